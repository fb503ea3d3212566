"""Claims about which rows a table has: filters, distinct rows, joins, disjoint keys, k-anonymity."""

from .data_columns import (MAXIMUM_NAMES, MAXIMUM_ROWS, MAXIMUM_TEXTS, WORD_BITS, Cells, ascending, packed_rows, public_column, ranged_columns, recorded,
                           recorded_bit, select, stored_columns, strictly_ascending, total_bits)
from .errors import require
from .expressions import Expression, Extent
from .json_text import elements, fields, integer, text
from .names import bundle_name
from .schema import Range, Schema


def names(value, place):
    return [bundle_name(x, place) for x in elements(value, place, MAXIMUM_NAMES)]


def texts(value, place, most=MAXIMUM_TEXTS):
    return [text(x, place) for x in elements(value, place, most)]


class Filter:
    """The output is exactly the rows that meet all conditions, in the same order."""

    def __init__(self, value):
        table, output, conditions = fields(value, ("table", "output", "conditions"), "statement")
        self.table, self.output = bundle_name(table, "table"), bundle_name(output, "output")
        self.conditions = [self.read_condition(x) for x in elements(conditions, "conditions", MAXIMUM_NAMES)]
        self.artefacts = list(dict.fromkeys([self.table, self.output]))

    @staticmethod
    def read_condition(value):
        within, interval, present = fields(value, (), "a condition", ("within", "range", "present"))
        require(set(value) in ({"within", "range"}, {"present"}), "a condition has either within and range, or present")
        return (text(within, "within"), Range.read(interval, "range")) if "within" in value else (text(present, "present"), None)

    def canonical(self):
        return ["filter/v1", self.table, self.output,
                [["within", column, interval.canonical()] if interval else ["present", column] for column, interval in self.conditions]]

    def compile(self, artefacts, builder, prefix):
        source, target = artefacts[self.table], artefacts[self.output]
        (schema, rows), (own, kept) = source.table(), target.table()
        require(own.canonical() == schema.canonical(), f"{self.output} does not have the columns of {self.table}")
        require(self.table != self.output and kept.count <= rows.count and 1 <= len(self.conditions) <= 64,
                "a filter has 1 to 64 conditions and no more rows than its table")
        bits = []
        for place, (name, interval) in enumerate(self.conditions):
            bits += self.parts(builder, Cells(name, source), interval, rows, f"{prefix}.{place}")
        # selected = AND: below every bit, and at least their sum less (count - 1).
        selected = recorded_bit(builder, f"{prefix}.selected", rows)
        for place, bit in enumerate(bits):
            builder.bits(f"{prefix}.needs.{place}", bit.plus(selected, -1), 1, rows)
        missing = Expression.sum([(-1, b) for b in bits], len(bits) - 1)
        builder.bits(f"{prefix}.all", missing.plus(selected), total_bits(len(bits)), rows)
        number = public_column(builder, f"{prefix}.row", rows, range(rows.count))
        select(builder, [number] + stored_columns(source), rows, selected, target, prefix)

    @staticmethod
    def parts(builder, cells, interval, rows, label):
        """Bits whose conjunction is the condition."""
        out = [cells.presence] if cells.has_missing else []
        if interval is None:
            return out or [Expression(1)]
        require(cells.range.bits <= 57 and interval.magnitude < 1 << 60 and cells.range.magnitude < 1 << 60, f"{label}: too wide")
        for key, bound, sign in (("above", interval.lower, 1), ("below", interval.upper, -1)):
            # b = 1 exactly when distance >= 0, for |distance| < 2^k.
            distance = cells.value.plus(-bound).times(sign)
            width = max(abs(cells.range.upper - bound), abs(bound - cells.range.lower), 1).bit_length()
            require(width <= 59, f"{label}: {width} bits are too wide")
            bit = recorded_bit(builder, f"{label}.{key}", rows)
            builder.bits(f"{label}.{key}.side", distance.plus(1 << width).plus(bit, -(1 << width)), width, rows)
            out.append(bit)
        return out

    def words(self, artefacts):
        (_, before), (_, after) = artefacts[self.table].table(), artefacts[self.output].table()
        return [f"{self.output} is exactly those {after.count} of the {before.count} rows of {self.table} that meet {len(self.conditions)} "
                f"conditions, on " + ", ".join(dict.fromkeys(c for c, _ in self.conditions)) + "."]


class Deduplicate:
    """The output holds the first of every set of equal rows, in the same order."""

    def __init__(self, value):
        self.table, self.output = (bundle_name(x, "statement") for x in fields(value, ("table", "output"), "statement"))
        self.artefacts = list(dict.fromkeys([self.table, self.output]))

    def canonical(self):
        return ["deduplicate/v1", self.table, self.output]

    def compile(self, artefacts, builder, prefix):
        source, target = artefacts[self.table], artefacts[self.output]
        (schema, rows), (own, kept) = source.table(), target.table()
        require(own.canonical() == schema.canonical() and self.table != self.output and kept.count <= rows.count,
                f"{self.output} does not have the columns of {self.table}, or more rows")
        selected = recorded_bit(builder, f"{prefix}.selected", rows)
        number = public_column(builder, f"{prefix}.row", rows, range(rows.count))
        content = stored_columns(source)
        origin = select(builder, [number] + content, rows, selected, target, prefix)
        # Every row equals the output row of its first occurrence.
        first = recorded(builder, f"{prefix}.first", rows)
        table, _ = builder.committed_table(f"{prefix}.firsts", [origin] + stored_columns(target), kept, counted=True)
        builder.lookup(table, [first] + content, rows)
        builder.bits(f"{prefix}.no-later", number.plus(first, -1), total_bits(rows.count), rows)
        # All rows of the output differ.
        packed, bits = packed_rows(ranged_columns(target, []), f"{prefix}.content")
        words = [recorded(builder, f"{prefix}.word.{i}", kept) for i in range(len(packed))]
        permuted, _ = builder.committed_table(f"{prefix}.permuted", packed, kept)
        builder.lookup(permuted, words, kept)
        strictly_ascending(builder, f"{prefix}.distinct", kept, words, bits)

    def words(self, artefacts):
        return [f"{self.output} holds each of the {artefacts[self.output].table()[1].count} distinct rows of {self.table} once."]


class Join:
    """The rows of `left` in order, each with the columns of the one row of `right` that has the same key."""

    def __init__(self, value):
        left, right, output, key = fields(value, ("left", "right", "output", "key"), "statement")
        self.left, self.right, self.output = bundle_name(left, "left"), bundle_name(right, "right"), bundle_name(output, "output")
        self.key = text(key, "key")
        self.artefacts = list(dict.fromkeys([self.left, self.right, self.output]))

    def canonical(self):
        return ["join/v1", self.left, self.right, self.output, self.key]

    def compile(self, artefacts, builder, prefix):
        first, second, target = artefacts[self.left], artefacts[self.right], artefacts[self.output]
        (schema, rows), (other, other_rows), (own, own_rows) = first.table(), second.table(), target.table()
        joined = Schema(schema.columns + [c for c in other.columns if c.name != self.key])
        require(own.canonical() == joined.canonical() and own_rows == rows and len(self.artefacts) == 3,
                f"{self.output} does not have the rows of {self.left}, or not the columns of both tables")
        a, b = schema.column(self.key), other.column(self.key)
        require((a.kind, a.range, a.scale, a.categories) == (b.kind, b.range, b.scale, b.categories) and a.missing == b.missing == "refuse",
                f"the key {self.key} needs the same type in both tables and no missing cell")
        for name, part, _ in schema.stored():
            builder.equal(rows, Expression.of(target.column(name, part)).plus(Expression.of(first.column(name, part)), -1))
        others = [(name, part) for name, part, _ in other.stored() if name != self.key]
        wanted = [Expression.of(target.column(self.key))] + [Expression.of(target.column(*x)) for x in others]
        available = [Expression.of(second.column(self.key))] + [Expression.of(second.column(*x)) for x in others]
        table, _ = builder.committed_table(f"{prefix}.right", available, other_rows, counted=True)
        builder.lookup(table, wanted, rows)
        # Distinct keys: a permutation of them ascends strictly.
        ordered = recorded(builder, f"{prefix}.sorted", other_rows)
        keys, _ = builder.committed_table(f"{prefix}.keys", available[:1], other_rows)
        builder.lookup(keys, [ordered], other_rows)
        require(b.range.bits <= 58, f"{self.key}: {b.range.bits} bits are too wide")
        ascending(builder, f"{prefix}.sorted", other_rows, ordered, 1, b.range.bits)

    def words(self, artefacts):
        return [f"{self.output} has the rows of {self.left} in order, each with the columns of the one row of {self.right} of the same {self.key}."]


class Disjoint:
    """No key occurs in two of the tables."""

    def __init__(self, value):
        tables, columns, distinct = fields(value, ("tables", "columns", "distinct"), "statement")
        self.tables, self.columns = names(tables, "tables"), texts(columns, "columns")
        self.distinct = integer(distinct, "distinct", 1, MAXIMUM_ROWS)
        self.artefacts = list(dict.fromkeys(self.tables))

    def canonical(self):
        return ["disjoint/v1", list(self.tables), list(self.columns), self.distinct]

    def compile(self, artefacts, builder, prefix):
        require(2 <= len(self.tables) <= 64 and len(self.artefacts) == len(self.tables), "disjointness is of 2 to 64 tables")
        packed, key, total = [], None, 0
        for name in self.tables:
            schema, rows = artefacts[name].table()
            columns = ranged_columns(artefacts[name], self.columns)
            own = [(c.name, *c.means()) for c in schema.columns if not self.columns or c.name in self.columns]
            # In another order, or with other categories, equal rows would be packed into other words.
            require(key in (None, own), f"the key columns of {name} have another order, name or type")
            key, total = own, total + rows.count
            packed.append((rows, *packed_rows(columns, f"{prefix}.key")))
        bits = packed[0][2]
        require(self.distinct <= total, f"{self.distinct} distinct keys of {total} rows")
        rows, words = Extent(self.distinct), []
        for i, width in enumerate(bits):
            words.append(recorded(builder, f"{prefix}.word.{i}", rows))
            # Without it unused entries could lead the order around the field and back to a key.
            builder.bits(f"{prefix}.word.{i}.range", words[i], width, rows)
        part = recorded(builder, f"{prefix}.part", rows)
        strictly_ascending(builder, f"{prefix}.key", rows, words, bits)
        table, uses = builder.committed_table(f"{prefix}.keys", words + [part], rows, counted=True)
        for place, (own, keys, _) in enumerate(packed):
            builder.lookup(table, keys + [Expression(place)], own)
        builder.bits(f"{prefix}.used", Expression.of(uses).plus(-1), total_bits(total), rows)

    def words(self, artefacts):
        what = f"combination of {', '.join(self.columns)}" if self.columns else "row"
        return [f"No {what} occurs in two of {', '.join(self.tables)}; they have {self.distinct} different ones."]


class Anonymity:
    """Every combination of the quasi-identifiers that occurs, occurs in at least k rows."""

    def __init__(self, value):
        table, columns, minimum, classes = fields(value, ("table", "quasiIdentifiers", "minimum", "classes"), "statement")
        self.table, self.columns = bundle_name(table, "table"), texts(columns, "quasiIdentifiers")
        self.minimum, self.classes = integer(minimum, "minimum", 1, MAXIMUM_ROWS), integer(classes, "classes", 1, MAXIMUM_ROWS)
        self.artefacts = [self.table]

    def canonical(self):
        return ["anonymity/v1", self.table, list(self.columns), self.minimum, self.classes]

    def compile(self, artefacts, builder, prefix):
        source = artefacts[self.table]
        _, rows = source.table()
        require(self.columns and self.classes * self.minimum <= rows.count,
                f"{self.classes} combinations with {self.minimum} rows or more each, in {rows.count} rows")
        columns = ranged_columns(source, self.columns)
        own = [expression for expression, _ in columns]
        classes = Extent(self.classes)
        listed = [recorded(builder, f"{prefix}.class.{i}", classes) for i in range(len(own))]
        widths = [max(1, interval.bits) for _, interval in columns]
        require(max(widths) <= WORD_BITS, f"{prefix}: quasi-identifiers of more than {WORD_BITS} bits")
        strictly_ascending(builder, f"{prefix}.class", classes, listed, widths)
        table, uses = builder.committed_table(f"{prefix}.classes", listed, classes, counted=True)
        builder.lookup(table, own, rows)
        builder.bits(f"{prefix}.size", Expression.of(uses).plus(-self.minimum), total_bits(rows.count), classes)

    def words(self, artefacts):
        return [f"Every combination of {', '.join(self.columns)} in {self.table} occurs in {self.minimum} or more rows; {self.classes} occur."]
