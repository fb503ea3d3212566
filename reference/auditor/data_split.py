"""Splits: every row of a table is in exactly one part, in the order of the table.

Seed = H("zkmlops/seed/v1", [purpose, identity of the table, nonce]); the order of 0 ... n - 1 is by the first 64 bits of
H("zkmlops/order/v1", [seed, index]), ties by index.  random: part k takes the next rows of that order, as many as it has.
stratified: within each class the first rows of the order go to the second part.  cutoff: rows with column >= from do.  groups: of the
distinct values of a column, numbered in ascending order, the first of an order of the numbers do.
"""

import hashlib

from serialize import digest, encode

from .data_columns import (MAXIMUM_NAMES, MAXIMUM_ROWS, ascending, integers, public_column, recorded, recorded_bit, select, signed, stored_columns,
                           total_bits)
from .errors import require
from .expressions import SCALAR, Expression, Extent, entry
from .json_text import elements, fields, integer, text
from .names import bundle_name, moment
from .schema import integer64

RULES = ("random", "stratified", "cutoff", "groups")


class Nonce:
    """Bytes and where they are said to come from."""

    def __init__(self, value):
        auditor, prover, dated, date = fields(value, (), "nonce", ("auditor", "prover", "dated", "date"))
        require(set(value) in ({"auditor"}, {"prover"}, {"dated", "date"}), "a nonce has one of auditor, prover, or dated with date")
        given = text(auditor if "auditor" in value else prover if "prover" in value else dated, "nonce")
        require(len(given) <= 2_048 and len(given) % 2 == 0 and set(given) <= set("0123456789abcdef"), "a nonce is at most 1,024 bytes in hexadecimal")
        self.source, self.bytes, self.date = next(iter(set(value) - {"date"})), bytes.fromhex(given), date
        require(date is None or moment(text(date, "date")), "date: must be a UTC time of the form 2026-01-31T23:59:59Z")

    def canonical(self):
        return ["dated", self.date, self.bytes] if self.source == "dated" else [self.source, self.bytes]

    def seed(self, purpose, identity):
        return digest("zkmlops/seed/v1", [purpose, identity, self.bytes])

    def order(self, purpose, identity, count):
        """0 ... count - 1 in the seeded order."""
        seed = self.seed(purpose, identity)
        start = encode(["zkmlops/order/v1", [seed, 0]])[:-8]
        return sorted(range(count), key=lambda i: (hashlib.sha256(start + i.to_bytes(8, "little")).digest()[:8], i))


def rounded_share(count, numerator, denominator):
    return (count * numerator + denominator // 2) // denominator


class Split:
    def __init__(self, value):
        table, parts, rule = fields(value, ("table", "parts", "rule"), "statement")
        self.table = bundle_name(table, "table")
        self.parts = [bundle_name(x, "parts") for x in elements(parts, "parts", MAXIMUM_NAMES)]
        fields(rule, (), "rule", RULES)
        require(len(rule) == 1, "rule: must have one of " + ", ".join(RULES))
        self.kind, = rule
        getattr(self, "read_" + self.kind)(rule[self.kind])
        self.artefacts = list(dict.fromkeys([self.table] + self.parts))

    def read_random(self, value):
        self.nonce = Nonce(value)

    def read_cutoff(self, value):
        column, start = fields(value, ("column", "from"), "cutoff")
        self.column, self.start = text(column, "column"), integer64(start, "from")

    def read_stratified(self, value):
        nonce, column, share, counts = fields(value, ("nonce", "column", "share", "counts"), "stratified")
        self.nonce, self.column, self.share = Nonce(nonce), text(column, "column"), self.read_share(share)
        self.counts = [integers(x, "counts") for x in elements(counts, "counts", 1 << 16)]
        require(all(len(x) == 2 and min(x) >= 0 for x in self.counts), "counts: must be pairs of counts, one for each class")

    def read_groups(self, value):
        nonce, column, share, groups = fields(value, ("nonce", "column", "share", "groups"), "groups")
        self.nonce, self.column, self.share = Nonce(nonce), text(column, "column"), self.read_share(share)
        self.groups = integer(groups, "groups", 1, MAXIMUM_ROWS)

    @staticmethod
    def read_share(value):
        require(len(elements(value, "share")) == 2, "share: must be [numerator, denominator]")
        denominator = integer(value[1], "share", 1, 1 << 20)
        return integer(value[0], "share", 0, denominator), denominator

    def canonical(self):
        how = {"random": lambda: ["random", self.nonce.canonical()],
               "cutoff": lambda: ["cut-off", self.column, signed(self.start)],
               "stratified": lambda: ["stratified", self.nonce.canonical(), self.column, *self.share, [list(x) for x in self.counts]],
               "groups": lambda: ["groups", self.nonce.canonical(), self.column, *self.share, self.groups]}[self.kind]()
        return ["split/v1", self.table, list(self.parts), how]

    # Constraints

    def compile(self, artefacts, builder, prefix):
        source = artefacts[self.table]
        schema, rows = source.table()
        require(2 <= len(self.parts) <= 64 and len(set(self.parts)) == len(self.parts) and self.table not in self.parts,
                "a split has 2 to 64 parts, each another table")
        sizes = []
        for part in self.parts:
            own, extent = artefacts[part].table()
            require(own.canonical() == schema.canonical(), f"part {part} does not have the columns of {self.table}")
            sizes.append(extent.count)
        require(sum(sizes) == rows.count, f"the parts of {self.table} have {sum(sizes)} rows together")
        number = public_column(builder, f"{prefix}.row", rows, range(rows.count))
        content = [number] + stored_columns(source)
        if self.kind == "random":
            return self.deal(artefacts, builder, prefix, source, rows, sizes, content)
        require(len(self.parts) == 2, "a split by class, cut-off or group has two parts")
        second = recorded_bit(builder, f"{prefix}.second", rows)
        {"cutoff": self.cut, "groups": self.group, "stratified": self.stratify}[self.kind](builder, source, second, rows, prefix)
        for part, (name, selected) in enumerate(zip(self.parts, [Expression(1).plus(second, -1), second])):
            select(builder, content, rows, selected, artefacts[name], f"{prefix}.part.{part}")

    def deal(self, artefacts, builder, prefix, source, rows, sizes, content):
        """Public places: the parts' rows are a permutation of the table's."""
        order, at = self.nonce.order("split", source.identity, rows.count), 0
        table, _ = builder.committed_table(f"{prefix}.rows", content, rows)
        for part, name in enumerate(self.parts):
            own = artefacts[name].table()[1]
            origin = public_column(builder, f"{prefix}.origin.{part}", own, sorted(order[at:at + sizes[part]]))
            at += sizes[part]
            builder.lookup(table, [origin] + stored_columns(artefacts[name]), own)

    def cut(self, builder, source, second, rows, prefix):
        """second = [value >= from]."""
        own = source.table()[0].column(self.column)
        require(own.missing == "refuse", f"a cut-off needs a column of {self.table} without missing cells")
        require(own.range.contains(self.start) and own.range.bits <= 58, f"the cut-off {self.start} is outside {own.range}")
        wide = 1 << (own.range.bits + 1)
        value = Expression.of(source.column(self.column))
        builder.bits(f"{prefix}.side", value.plus(-self.start).plus(wide).plus(second, -wide), own.range.bits + 1, rows)

    def group(self, builder, source, second, rows, prefix):
        """(value, second) is a row of the list of groups: ascending, each with the public part of its number, each used."""
        own = source.table()[0].column(self.column)
        require(own.missing == "refuse" and own.range.bits <= 58, f"a split by group needs a column of {self.table} without missing cells")
        require(self.groups <= rows.count, f"{self.groups} groups of {rows.count} rows")
        extent = Extent(self.groups)
        values = recorded(builder, f"{prefix}.group", extent)
        ascending(builder, f"{prefix}.group", extent, values, 1, own.range.bits)
        chosen = set(self.nonce.order("split", source.identity, self.groups)[:rounded_share(self.groups, *self.share)])
        parts = public_column(builder, f"{prefix}.group-part", extent, [int(i in chosen) for i in range(self.groups)])
        table, uses = builder.committed_table(f"{prefix}.groups", [values, parts], extent, counted=True)
        builder.lookup(table, [Expression.of(source.column(self.column)), second], rows)
        builder.bits(f"{prefix}.used", Expression.of(uses).plus(-1), total_bits(rows.count), extent)

    def stratify(self, builder, source, second, rows, prefix):
        """second = [rank < threshold of the row's class]; the counts by class and part are public, and as the share wants them."""
        own = source.table()[0].column(self.column)
        require(own.kind == "category" and own.missing == "refuse" and len(self.counts) == len(own.categories)
                and all(max(x) <= rows.count for x in self.counts),
                "a stratified split needs a category column without missing cells, and two counts for each class")
        for name, (first, other) in zip(own.categories, self.counts):
            require(rounded_share(first + other, *self.share) == other, f"the share asks for another number of rows of class {name!r}")
        ranks = [0] * rows.count
        for place, index in enumerate(self.nonce.order("split", source.identity, rows.count)):
            ranks[index] = place
        rank = public_column(builder, f"{prefix}.rank", rows, ranks)
        classes, bits = Extent(len(own.categories)), total_bits(rows.count)
        labels = public_column(builder, f"{prefix}.class", classes, range(classes.count))
        thresholds = recorded(builder, f"{prefix}.threshold", classes)
        builder.bits(f"{prefix}.threshold", thresholds, bits, classes)
        table, _ = builder.committed_table(f"{prefix}.thresholds", [labels, thresholds], classes, counted=True)
        value = Expression.of(source.column(self.column))
        threshold = recorded(builder, f"{prefix}.own", rows)
        builder.lookup(table, [value, threshold], rows)
        builder.bits(f"{prefix}.side", rank.plus(threshold, -1).plus(second, 1 << bits), bits, rows)
        counted, uses = builder.table(f"{prefix}.counts", [(label, part) for label in range(classes.count) for part in (0, 1)])
        builder.lookup(counted, [value, second], rows)
        count_bits = (2 * classes.count - 1).bit_length()
        for place, count in enumerate(c for pair in self.counts for c in pair):
            builder.equal(SCALAR, Expression.of(entry(uses, count_bits, place)), [count])

    def words(self, artefacts):
        parts = ", ".join(f"{p} ({artefacts[p].table()[1].count} rows)" for p in self.parts)
        how = {"random": "by a seeded order", "stratified": f"by a seeded order within each class of {getattr(self, 'column', '')}",
               "cutoff": f"by {getattr(self, 'column', '')}", "groups": f"by the values of {getattr(self, 'column', '')}"}[self.kind]
        source = {"auditor": "a nonce that is said to be the auditor's", "prover": "a nonce that the prover chose, who could steer the split",
                  "dated": f"a nonce said to be public since {getattr(self, 'nonce', None) and self.nonce.date}"}
        seed = "" if self.kind == "cutoff" else f", seeded by the commitment and {source[self.nonce.source]}"
        return [f"Every row of {self.table} is in exactly one of {parts}: {how}{seed}."]
