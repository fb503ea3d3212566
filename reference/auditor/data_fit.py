"""Parameters fitted on a table, exactly: a table of one row.

A column stores integers x in [L, H] with d digits after the point, n of its cells are present; m = 10^(scale - d), y = x - L (0 in missing
cells), S = sum y, Q = sum y^2.  mean: floor(m sum x / n + 1/2).  standard deviation s: ((2s - 1) n)^2 <= 4 m^2 (n Q - S^2) < ((2s + 1) n)^2.
quantile a/b: position (n - 1) a / b of the ascending cells, linear in between, times m, halves up.  A deviation or range of 0 becomes 1.0.
"""

from .data_columns import Cells, MAXIMUM_ROWS, public_column, recorded, recorded_bit, sorted_cells, total_bits
from .errors import require
from .expressions import SCALAR, Expression, Extent, entry
from .json_text import elements, fields, integer, text
from .names import bundle_name
from .schema import Column, Range, Schema
from .wide_numbers import DIGIT, Wide, non_negative, product, proper, wide

SCALED = {"mean": ("scale",), "standardDeviation": ("scale",), "interquartileRange": ("scale",), "quantile": ("position", "scale")}
KINDS = ("mean", "standardDeviation", "minimum", "maximum", "range", "quantile", "interquartileRange", "mode", "seen")
SUFFIX = {"mean": "mean", "standardDeviation": "std", "minimum": "min", "maximum": "max", "range": "range", "interquartileRange": "iqr", "mode": "mode"}
MAXIMUM_COUNT, MAXIMUM_COUNTED, MAXIMUM_SCALE, MAXIMUM_DENOMINATOR = 4_096, 1 << 20, 18, 10_000


def number_column(name, scale, low, high, missing="refuse", key=False):
    return Column(name, "decimal" if scale else "integer", Range(low, high), missing, key, scale or None)


class Parameter:
    def __init__(self, value):
        require(isinstance(value, dict), "a parameter: an object is expected")
        self.kind = next((k for k in KINDS if k in value), None)
        require(self.kind, "a parameter has one of " + ", ".join(KINDS))
        fields(value, (self.kind, *SCALED.get(self.kind, ())), "a parameter")
        self.column, self.scale, self.position = text(value[self.kind], self.kind), None, None
        if self.kind in SCALED:
            self.scale = integer(value["scale"], "scale", 0, MAXIMUM_SCALE)
        if self.kind == "quantile":
            require(len(elements(value["position"], "position")) == 2, "position: must be [numerator, denominator]")
            denominator = integer(value["position"][1], "position", 1, MAXIMUM_DENOMINATOR)
            self.position = integer(value["position"][0], "position", 0, denominator), denominator
        self.is_order = self.kind in ("quantile", "interquartileRange")

    @property
    def name(self):
        if self.kind == "quantile":
            return f"{self.column}.median" if self.position == (1, 2) else f"{self.column}.quantile.{self.position[0]}/{self.position[1]}"
        return f"{self.column}.{SUFFIX.get(self.kind, 'seen')}"

    def canonical(self):
        words = {"standardDeviation": "standard deviation", "interquartileRange": "interquartile range"}
        return [self.column, [words.get(self.kind, self.kind), *map(str, (*(self.position or ()), *([self.scale] if self.kind in SCALED else [])))]]

    def factor(self, column):
        """m; 1 for kinds in the column's own type."""
        require(column.kind != "category", f"{column.name} has categories, not numbers")
        if self.kind not in SCALED:
            return 1
        require(self.scale >= (column.scale or 0), f"{self.name}: scale {self.scale} is below the column's")
        return 10 ** (self.scale - (column.scale or 0))

    def unit(self, column):
        """The stored 1.0 that stands for a 0."""
        if self.kind in ("standardDeviation", "interquartileRange"):
            return 10 ** self.scale
        return 10 ** (column.scale or 0) if self.kind == "range" else 1

    def columns(self, column):
        """Columns of the parameter table."""
        low, high = column.range.lower, column.range.upper
        if self.kind == "seen":
            require(column.kind == "category", f"{column.name} has no categories")
            return [number_column(f"{column.name}.seen.{code}", 0, 0, 1) for code in range(len(column.categories))]
        if self.kind == "mode":
            require(column.range.bits <= 16, f"{self.name}: too many values")
        elif self.kind in ("mean", "quantile"):
            m = self.factor(column)
            return [number_column(self.name, self.scale, m * low, m * high)]
        elif self.kind in ("standardDeviation", "interquartileRange", "range"):
            scale = self.scale if self.kind in SCALED else column.scale or 0
            return [number_column(self.name, scale, 1, max(self.factor(column) * (high - low), 10 ** scale))]
        else:
            self.factor(column)
        return [Column(self.name, column.kind, column.range, "refuse", False, column.scale, column.categories)]


class Fit:
    def __init__(self, value):
        table, parameters, fit, present = fields(value, ("table", "parameters", "fit", "present"), "statement")
        self.table, self.parameters = bundle_name(table, "table"), bundle_name(parameters, "parameters")
        self.fit = [Parameter(x) for x in elements(fit, "fit", MAXIMUM_COUNT)]
        require(isinstance(present, dict), "present: an object is expected")
        self.present = {k: integer(present[k], "present", 1, MAXIMUM_ROWS) for k in sorted(present, key=str.encode)}
        self.artefacts = list(dict.fromkeys([self.table, self.parameters]))

    def canonical(self):
        return ["fit/v1", self.table, self.parameters, ["fit specification/v1", [p.canonical() for p in self.fit]],
                [[k, v] for k, v in self.present.items()]]

    def schema(self, table):
        """Schema of the parameter table."""
        require(1 <= len(self.fit) <= MAXIMUM_COUNT, "1 to 4,096 parameters can be fitted at once")
        columns, counted = [], 0
        for p in self.fit:
            column = table.column(p.column)
            columns += p.columns(column)
            counted += column.range.upper - column.range.lower + 1 if p.kind in ("mode", "seen") else 0
            require(counted <= MAXIMUM_COUNTED and len(columns) <= MAXIMUM_COUNT, f"{p.name}: too many values or columns")
        return Schema(columns)

    def compile(self, artefacts, builder, prefix):
        source, target = artefacts[self.table], artefacts[self.parameters]
        (schema, rows), (own, one) = source.table(), target.table()
        require(self.table != self.parameters and one.count == 1 and own.canonical() == self.schema(schema).canonical(),
                f"{self.parameters} is not a table of one row with the columns that are fitted on {self.table}")
        counted = {p.column for p in self.fit if p.is_order and schema.column(p.column).missing == "presence"}
        require(counted == set(self.present) and all(n <= rows.count for n in self.present.values()),
                "the numbers of present cells are public for exactly the columns with missing cells and an order statistic")
        fitted = {}
        for place, p in enumerate(self.fit):
            if p.column not in fitted:
                is_sorted = any(x.column == p.column and x.is_order for x in self.fit)
                fitted[p.column] = FittedColumn(builder, Cells(p.column, source), f"{prefix}.{len(fitted)}", self.present.get(p.column), is_sorted)
            fitted[p.column].add(p, place, target)

    def words(self, artefacts):
        return [f"{self.parameters} holds what was fitted on the {artefacts[self.table].table()[1].count} rows of {self.table}, exactly: "
                + ", ".join(p.name for p in self.fit) + "."]


class FittedColumn:
    """Constraints of all parameters of one column; sums, order and counts are shared between them."""

    def __init__(self, builder, cells, prefix, present, is_sorted):
        self.builder, self.cells, self.prefix, self.is_sorted = builder, cells, prefix, is_sorted
        self.present = present or cells.rows.count
        self.made = {}

    def once(self, make):
        if make.__name__ not in self.made:
            self.made[make.__name__] = make()
        return self.made[make.__name__]

    def add(self, p, place, target):
        label, b = f"{self.prefix}.p{place}", self.builder
        if p.kind == "seen":
            return self.seen(label, target)
        value, m, unit = Expression.of(target.column(p.name)), 1, 1
        if p.kind != "mode":
            m, unit = p.factor(self.cells.column), p.unit(self.cells.column)
        low = self.cells.range.lower
        if p.kind == "mean":
            self.mean(label, value, m)
        elif p.kind == "standardDeviation":
            self.deviation(label, *self.replacing_zero(label, value, unit, m), m)
        elif p.kind in ("minimum", "maximum"):
            b.equal(SCALAR, value.plus(self.once(self.extremes)[p.kind == "maximum"], -1))
        elif p.kind == "range":
            magnitude, _ = self.replacing_zero(label, value, unit, m)
            least, most = self.once(self.extremes)
            b.equal(SCALAR, most.plus(least, -1).plus(magnitude, -1))
        elif p.kind == "quantile":
            self.rounded(label, self.quantile(*p.position), m, p.position[1], value.plus(-m * low))
        elif p.kind == "interquartileRange":
            magnitude, _ = self.replacing_zero(label, value, unit, m)
            self.rounded(label, self.quantile(3, 4).plus(self.quantile(1, 4), -1), m, 4, magnitude)
        else:
            self.mode(label, value)

    # Moments

    def count(self):
        """n, public or the hidden sum of presences."""
        cells = self.cells
        if not cells.has_missing:
            return Wide.constant(cells.rows.count)
        return wide(self.builder, f"{self.prefix}.present", self.builder.total(f"{self.prefix}.present", cells.rows, cells.presence), cells.rows.count)

    def total(self):
        """S."""
        bound = self.cells.rows.count * self.cells.span
        require(bound < 1 << 60, f"{self.cells.column.name}: the sum is too wide")
        label = f"{self.prefix}.sum"
        return wide(self.builder, label, self.builder.total(label, self.cells.rows, self.cells.value.plus(-self.cells.range.lower)), bound)

    def squares(self):
        """Q; squares are cut in two where their sum could reach 2^60."""
        b, rows, widest, label = self.builder, self.cells.rows, self.cells.span ** 2, f"{self.prefix}.squares"
        require(widest < 1 << 60, f"{self.cells.column.name}: squares are too wide")
        y = self.cells.value.plus(-self.cells.range.lower)
        square = b.hadamard(f"{label}.cells", rows.bits, y, y)
        if rows.count * widest < 1 << 60:
            return wide(b, label, b.total(label, rows, square), rows.count * widest)
        bits = (widest >> DIGIT).bit_length()
        high = Expression.of(b.column(f"{label}.high", rows.bits))
        low = square.plus(high, -(1 << DIGIT))
        b.bits(f"{label}.high.range", high, bits, rows)
        b.bits(f"{label}.low.range", low, DIGIT, rows)
        upper_total = b.total(f"{label}.high.sum", rows, high)
        lower_total = b.total(f"{label}.low.sum", rows, low)
        require(rows.count << bits < 1 << 60, f"{self.cells.column.name}: squares are too wide")
        lower = wide(b, f"{label}.low.sum", lower_total, rows.count << DIGIT)
        upper = wide(b, f"{label}.high.sum", upper_total, rows.count << bits)
        return lower.plus(upper.shifted(1))

    def mean(self, label, value, m):
        """0 <= 2 m S + n - 2 n (mean - m L) < 2 n."""
        b, n, total = self.builder, self.once(self.count), self.once(self.total)
        above = wide(b, f"{label}.above", value.plus(-m * self.cells.range.lower), m * self.cells.span)
        twice = product(b, f"{label}.doubled", Wide.constant(2 * m), total)
        half = product(b, f"{label}.quotient", above, n)
        rest = twice.minus(half).minus(half)
        non_negative(b, f"{label}.least", rest.plus(n))
        non_negative(b, f"{label}.most", n.minus(rest).minus(Wide.constant(1)))

    def deviation(self, label, magnitude, zero, m):
        """((2s - 1 + z) n)^2 + 4 m^2 S^2 <= 4 m^2 n Q < ((2s + 1) n)^2 + 4 m^2 S^2, z = 1 only where s = 0."""
        b, n, total, squares = self.builder, self.once(self.count), self.once(self.total), self.once(self.squares)
        require(4 * m * m * self.cells.rows.count ** 2 * self.cells.span ** 2 < 1 << 127, f"{label}: too wide")
        factor = Wide.constant(4 * m * m)

        def squared(part, odd):
            root = wide(b, f"{label}.{part}", odd, 2 * m * self.cells.span + 1)
            side = product(b, f"{label}.{part}.side", root, n)
            return product(b, f"{label}.{part}.square", side, side)
        below = squared("below", magnitude.times(2).plus(-1).plus(zero))
        above = squared("above", magnitude.times(2).plus(1))
        centre = product(b, f"{label}.centre", product(b, f"{label}.centre.square", total, total), factor)
        own = proper(b, f"{label}.squares", squares)
        whole = product(b, f"{label}.total", product(b, f"{label}.total.squares", own, n), factor)
        non_negative(b, f"{label}.least", whole.minus(centre).minus(below))
        non_negative(b, f"{label}.most", above.plus(centre).minus(whole).minus(Wide.constant(1)))

    def replacing_zero(self, label, value, unit, m):
        """value = magnitude + unit z, z a bit, z magnitude = 0, magnitude + z >= 1."""
        b = self.builder
        magnitude, zero = recorded(b, f"{label}.magnitude", SCALAR), recorded_bit(b, f"{label}.zero", SCALAR)
        b.equal(SCALAR, magnitude.plus(zero, unit).plus(value, -1))
        b.equal(SCALAR, b.hadamard(f"{label}.both", 0, magnitude, zero))
        b.bits(f"{label}.positive", magnitude.plus(zero).plus(-1), max(1, (m * self.cells.span).bit_length()), SCALAR)
        return magnitude, zero

    # Order and counts

    def ascending(self):
        return sorted_cells(self.builder, f"{self.prefix}.sorted", self.cells, self.present)

    def rank(self, place):
        column, rows = self.once(self.ascending)
        return Expression.of(entry(column, rows.bits, place))

    def extremes(self):
        """Least and greatest present cell."""
        if self.is_sorted:
            return self.rank(0), self.rank(self.present - 1)
        b, cells, label = self.builder, self.cells, f"{self.prefix}.extremes"
        require(cells.span < 1 << 58, f"{label}: too wide")
        table, _ = b.committed_table(label, [cells.value] + ([cells.presence] if cells.has_missing else []), cells.rows, counted=True)
        least, most = recorded(b, f"{self.prefix}.minimum", SCALAR), recorded(b, f"{self.prefix}.maximum", SCALAR)
        for extreme in (least, most):
            b.lookup(table, [extreme] + ([Expression(1)] if cells.has_missing else []), SCALAR)
        # A missing cell holds L: (1 - presence) (H - L) lifts it over every minimum.
        lifted = cells.value.plus(cells.span).plus(cells.presence, -cells.span) if cells.has_missing else cells.value
        b.bits(f"{label}.above", lifted.plus(least, -1), cells.range.bits, cells.rows)
        b.bits(f"{label}.below", most.plus(cells.value, -1), cells.range.bits, cells.rows)
        return least, most

    def quantile(self, numerator, denominator):
        """denominator (the quantile - L)."""
        place, fraction = divmod((self.present - 1) * numerator, denominator)
        low, high = self.rank(place), self.rank(place + (fraction > 0))
        return low.plus(-self.cells.range.lower).times(denominator).plus(high, fraction).plus(low, -fraction)

    def rounded(self, label, numbers, m, denominator, quotient):
        """0 <= 2 m numbers + b - 2 b quotient < 2 b."""
        bound = 4 * m * denominator
        require(bound < 1 << 60 and bound * (self.cells.span + 1) < 1 << 61, f"{label}: too wide")
        rest = numbers.times(2 * m).plus(quotient, -2 * denominator).plus(denominator)
        self.builder.interval(f"{label}.rest", rest, Range(0, 2 * denominator - 1), SCALAR)

    def counts(self):
        """Multiplicities of L, ..., H among the present cells."""
        b, cells = self.builder, self.cells
        require(cells.range.bits <= 16 and cells.range.magnitude < 1 << 60, f"{cells.column.name}: too many values")
        rows = [(v, 1) for v in range(cells.range.lower, cells.range.upper + 1)] + ([(cells.range.lower, 0)] if cells.has_missing else [])
        table, uses = b.table(f"{self.prefix}.counts", rows)
        b.lookup(table, [cells.value, cells.presence], cells.rows)
        return uses, (len(rows) - 1).bit_length()

    def mode(self, label, value):
        """key(v) = count(v) 2^k + (H - v): (value, top) is a row of (v, key(v)), no key is above top, top's count is at least 1."""
        b, interval = self.builder, self.cells.range
        uses, bits = self.once(self.counts)
        unit, domain = 1 << interval.bits, Extent(self.cells.span + 1, bits)
        values = public_column(b, f"{label}.values", domain, range(interval.lower, interval.upper + 1))
        keys = Expression.of(uses).times(unit).plus(interval.upper).plus(values, -1)
        table, _ = b.committed_table(f"{label}.keys", [values, keys], domain, counted=True)
        top = recorded(b, f"{label}.top", SCALAR)
        b.lookup(table, [value, top], SCALAR)
        width = ((self.cells.rows.count + 1) << interval.bits).bit_length()
        b.bits(f"{label}.highest", top.plus(keys, -1), width, domain)
        b.bits(f"{label}.occurs", top.plus(-unit), width, SCALAR)

    def seen(self, label, target):
        """count >= seen and count <= rows seen for every category."""
        b, rows = self.builder, self.cells.rows.count
        uses, bits = self.once(self.counts)
        domain = Extent(len(self.cells.column.categories), bits)
        scalars = [Expression.of(target.column(f"{self.cells.column.name}.seen.{code}")) for code in range(domain.count)]
        seen = gathered(b, f"{label}.seen", scalars, domain)
        count = Expression.of(uses)
        b.bits(f"{label}.least", count.plus(seen, -1), total_bits(rows), domain)
        b.bits(f"{label}.most", seen.times(rows).plus(count, -1), total_bits(rows), domain)


def gathered(builder, name, scalars, rows):
    """A column whose entries are these scalars."""
    column = builder.column(name, rows.bits)
    for place, scalar in enumerate(scalars):
        builder.equal(SCALAR, scalar.plus(Expression.of(entry(column, rows.bits, place)), -1))
    return Expression.of(column)
