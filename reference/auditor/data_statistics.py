"""Integers about the columns of one table, each revealed or only bounded.  Means, deviations and shares follow from them by division."""

from .data_columns import Cells, integers, recorded, signed, sorted_cells
from .data_rows import texts
from .errors import require
from .expressions import SCALAR, Expression, entry, log2_ceil
from .json_text import elements, fields, integer, text
from .names import bundle_name
from .schema import Range, integer64

KINDS = {"missing": (), "sum": (), "sumOfSquares": ("centre",), "productSum": ("centres",), "order": ("rank", "present"),
         "histogram": ("edges",), "pairs": ()}
MAXIMUM_STATISTICS, MAXIMUM_EDGES, MAXIMUM_PAIRS, MAXIMUM_ROWS = 4_096, 4_097, 1 << 16, 1 << 30


class Statistic:
    def __init__(self, value):
        require(isinstance(value, dict), "a statistic: an object is expected")
        self.kind = next((k for k in KINDS if k in value), None)
        require(self.kind, "a statistic has one of " + ", ".join(KINDS))
        counted = self.kind in ("histogram", "pairs")
        shown = "counts" if counted else "value"
        fields(value, (self.kind, *KINDS[self.kind]), "a statistic", (shown, "within"))
        require((shown in value) != ("within" in value), f"a statistic has either {shown} or within")
        self.columns = texts(value[self.kind], self.kind, 2) if self.kind in ("productSum", "pairs") else [text(value[self.kind], self.kind)]
        require(self.kind not in ("productSum", "pairs") or len(self.columns) == 2, f"{self.kind}: must name two columns")
        self.value = integer64(value["value"], "value") if "value" in value else None
        self.within = Range.read(value["within"], "within") if "within" in value and not counted else None
        self.centres = [integer64(value["centre"], "centre")] if "centre" in value else integers(value.get("centres", []), "centres", 2)
        require(self.kind != "productSum" or len(self.centres) == 2, "centres: must be two centres")
        if self.kind == "order":
            self.rank, self.present = integer(value["rank"], "rank", 0, MAXIMUM_ROWS), integer(value["present"], "present", 1, MAXIMUM_ROWS)
        if counted:
            self.edges = integers(value.get("edges", []), "edges", MAXIMUM_EDGES)
            most = MAXIMUM_EDGES if self.kind == "histogram" else MAXIMUM_PAIRS
            self.is_bounded = "within" in value
            # What each count is: a number, or a range that it lies in.
            self.counts = [Range.read(x, "within") for x in elements(value["within"], "within", most)] if self.is_bounded \
                else integers(value["counts"], "counts", most)

    def canonical(self):
        shown = ["within", self.within.canonical()] if self.within else ["revealed", signed(self.value)] if self.value is not None else None
        bounded = getattr(self, "is_bounded", False)
        listed = [x.canonical() if bounded else signed(x) for x in getattr(self, "counts", [])]
        if self.kind == "productSum":
            (a, b), (c, d) = self.columns, self.centres
            return ["product sum", a, signed(c), b, signed(d), shown]
        return {"missing": lambda: ["missing", *self.columns, shown], "sum": lambda: ["sum", *self.columns, shown],
                "sumOfSquares": lambda: ["sum of squares", *self.columns, signed(self.centres[0]), shown],
                "order": lambda: ["order", *self.columns, self.rank, self.present, shown],
                "histogram": lambda: ["histogram bounds" if bounded else "histogram", *self.columns, [signed(x) for x in self.edges], listed],
                "pairs": lambda: ["pair bounds" if bounded else "pairs", *self.columns, listed]}[self.kind]()

    @property
    def range(self):
        return self.within or Range.only(self.value)


class Statistics:
    def __init__(self, value):
        table, statistics = fields(value, ("table", "statistics"), "statement")
        self.table = bundle_name(table, "table")
        self.statistics = [Statistic(x) for x in elements(statistics, "statistics", MAXIMUM_STATISTICS)]
        self.artefacts = [self.table]

    def canonical(self):
        return ["statistics/v1", self.table, [x.canonical() for x in self.statistics]]

    def compile(self, artefacts, builder, prefix):
        require(self.statistics, "1 to 4,096 statistics a claim")
        source, ordered = artefacts[self.table], {}
        for place, own in enumerate(self.statistics):
            cells = [Cells(name, source) for name in own.columns]
            for x, centre in zip(cells, own.centres):
                require(x.range.contains(centre), f"the centre {centre} is outside the range of {x.column.name}")
            label, first, last = f"{prefix}.{place}", cells[0], cells[-1]
            rows, count = first.rows, first.rows.count
            if own.kind == "missing":
                self.bind(builder, label, own, Expression(1).plus(first.presence, -1), rows, count)
            elif own.kind == "sum":
                self.bind(builder, label, own, first.masked(0), rows, count * first.range.magnitude)
            elif own.kind == "sumOfSquares":
                c, = own.centres
                square = builder.hadamard(f"{label}.square", rows.bits, first.value.plus(-c), first.masked(c))
                self.bind(builder, label, own, square, rows, count * first.span ** 2)
            elif own.kind == "productSum":
                product = builder.hadamard(f"{label}.product", rows.bits, *(x.masked(c) for x, c in zip(cells, own.centres)))
                self.bind(builder, label, own, product, rows, count * first.span * last.span)
            elif own.kind == "order":
                self.order(builder, prefix, place, own, first, ordered)
            elif own.kind == "histogram":
                self.histogram(builder, label, own, first)
            else:
                self.pairs(builder, label, own, first, last)

    @staticmethod
    def disclose(builder, label, own, value):
        if own.within is None:
            return builder.equal(SCALAR, value, [own.value])
        require(own.within.bits <= 60, f"{label}: {own.within.bits} bits are too wide")
        builder.interval(f"{label}.within", value, own.within, SCALAR)

    def bind(self, builder, label, own, expression, rows, bound):
        """The sum of the expression over the rows is the statistic."""
        require(bound < 1 << 61 and own.range.magnitude < 1 << 61, f"{label}: the sum could reach 2^61")
        if own.within is None:
            builder.sum(rows, expression, Expression(own.value))
        else:
            self.disclose(builder, label, own, builder.total(label, rows, expression))

    def order(self, builder, prefix, place, own, cells, ordered):
        require(own.rank < own.present <= cells.rows.count and (cells.has_missing or own.present == cells.rows.count),
                f"rank {own.rank} of {own.present} present cells, {cells.rows.count} rows")
        key = own.columns[0], own.present
        if key not in ordered:
            ordered[key] = sorted_cells(builder, f"{prefix}.sorted.{place}", cells, own.present)
        column, rows = ordered[key]
        self.disclose(builder, f"{prefix}.{place}", own, Expression.of(entry(column, rows.bits, own.rank)))

    @staticmethod
    def publish(builder, label, uses, rows, own):
        for place, count in enumerate(own.counts):
            value = Expression.of(entry(uses, log2_ceil(rows), place))
            if own.is_bounded:
                require(count.bits <= 60, f"{label}: {count.bits} bits are too wide")
                builder.interval(f"{label}.count.{place}", value, count, SCALAR)
            else:
                builder.equal(SCALAR, value, [count])

    def histogram(self, builder, label, own, cells):
        """(bin, low, high, presence) is a row of the table of bins, whose multiplicities are the counts; low <= value < high."""
        edges, interval = own.edges, cells.range
        require(2 <= len(edges) == len(own.counts) and all(a < b for a, b in zip(edges, edges[1:])) and edges[0] <= interval.lower
                and edges[-1] > interval.upper and interval.bits <= 57 and max(abs(edges[0]), abs(edges[-1])) < 1 << 60
                and edges[-1] - edges[0] < 1 << 58 and (cells.has_missing or own.counts[-1] == (Range.only(0) if own.is_bounded else 0)),
                "a histogram needs ascending edges around the range, one count for each bin and one for missing cells")
        bins = [(i, low, high, 1) for i, (low, high) in enumerate(zip(edges, edges[1:]))]
        bins.append((len(bins), interval.lower, interval.lower + 1, 0))
        table, uses = builder.table(label, bins)
        number, low, high = (recorded(builder, f"{label}.{x}", cells.rows) for x in ("bin", "low", "high"))
        builder.lookup(table, [number, low, high, cells.presence], cells.rows)
        bits = max(b - a for a, b in zip(edges, edges[1:])).bit_length()
        builder.bits(f"{label}.from-low", cells.value.plus(low, -1), bits, cells.rows)
        builder.bits(f"{label}.to-high", high.plus(cells.value, -1).plus(-1), bits, cells.rows)
        self.publish(builder, label, uses, len(bins), own)

    def pairs(self, builder, label, own, first, last):
        a, b = (x.column.categories for x in (first, last))
        require(a and b and not first.has_missing and not last.has_missing and len(a) * len(b) <= MAXIMUM_PAIRS and len(own.counts) == len(a) * len(b),
                "counts of pairs need two category columns without missing cells and one count for each pair")
        table, uses = builder.table(label, [(i, j) for i in range(len(a)) for j in range(len(b))])
        builder.lookup(table, [first.value, last.value], first.rows)
        self.publish(builder, label, uses, len(a) * len(b), own)

    def words(self, artefacts):
        rows = artefacts[self.table].table()[1].count
        what = ", ".join(dict.fromkeys(f"{x.kind} of {' and '.join(x.columns)}" for x in self.statistics))
        return [f"Of the {rows} rows of {self.table} these numbers are as stated, exactly: {what}."]
