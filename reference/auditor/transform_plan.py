"""A transformation resolved against schemas: scales aligned, intervals known, widths checked.

A step is (kind, parts, interval of the result); an operand is (parameter or None, multiplier, constant, interval): the public constant, or
multiplier times the parameter's stored value.
"""

from . import logarithm
from .data_fit import MAXIMUM_COUNT, MAXIMUM_SCALE, number_column
from .errors import require
from .schema import Column, Range, Schema

LIMIT = 1 << 60
MAXIMUM_TABLE_ROWS, MAXIMUM_HIDDEN_EDGES, MAXIMUM_CATEGORIES = 1 << 20, 64, 1_024
LEADING_BITS, GUARD_DIGITS = 16, 3
BIT = Range(0, 1)


def power(exponent):
    require(0 <= exponent <= MAXIMUM_SCALE, "the scales are too far apart")
    return 10 ** exponent


def scaled(interval, factor):
    out = Range(factor * interval.lower, factor * interval.upper)
    require(out.magnitude < LIMIT, "a number at the common scale reaches 2^60")
    return out


class Logarithm:
    """The nearest integer to 10^scale log((10^digits + x) / 10^digits). Wide: w = 10^digits + x is cut to its 16 leading bits j, shift s:
    floor((A(j) + s C - D) / 10^3 + 1/2) with A, C, D the logarithms of j, 2, 10^digits to three digits more."""

    def __init__(self, base, digits, scale, domain):
        self.base, self.digits, self.scale, self.domain = base, digits, scale, domain
        self.one, self.is_wide = 10 ** digits, domain.bits > 16
        self.doubling = logarithm.rounded(base, 2, 0, scale + GUARD_DIGITS)
        self.offset = logarithm.rounded(base, self.one, 0, scale + GUARD_DIGITS)

    @staticmethod
    def shift(w):
        return max(0, w.bit_length() - LEADING_BITS)

    @property
    def largest_shift(self):
        return self.shift(self.one + self.domain.upper)

    def leading(self, j):
        return logarithm.rounded(self.base, j, 0, self.scale + GUARD_DIGITS)

    def value(self, x):
        if not self.is_wide:
            return logarithm.rounded(self.base, self.one + x, self.digits, self.scale)
        w = self.one + x
        s = self.shift(w)
        unit = 10 ** GUARD_DIGITS
        return (2 * (self.leading(w >> s) + s * self.doubling - self.offset) + unit) // (2 * unit)

    @property
    def table_rows(self):
        return 1 << LEADING_BITS if self.is_wide else self.domain.upper - self.domain.lower + 1


class Encoding:
    """Categories, their places in an order (None outside it), the parameters that say which were seen, the rule and code for others."""

    def __init__(self, categories, places, seen, unseen, other):
        self.categories, self.places, self.seen, self.unseen, self.other = categories, places, seen, unseen, other


class ColumnPlan:
    """One chain of steps: what it makes of its source."""

    def __init__(self, transform, source, parameters):
        self.name, self.source, self.parameters = transform.name, source, parameters
        self.kind, self.scale, self.range, self.categories = source.kind, source.scale, source.range, source.categories
        self.has_missing, self.steps, self.outputs = source.missing == "presence", [], None
        for place, step in enumerate(transform.steps):
            if step.kind == "oneHot":
                require(place == len(transform.steps) - 1, "one-hot encoding is the last step")
                return self.one_hot(step.unseen)
            self.add(step)
        self.outputs = [Column(transform.name, self.kind, self.range, "presence" if self.has_missing else "refuse",
                               source.key and not transform.steps, self.scale, self.categories)]

    def append(self, kind, parts, interval, scale=None, categories=None):
        """scale: digits of a number, None for categories."""
        self.steps.append((kind, parts, interval))
        self.kind = "category" if categories else "decimal" if scale else "integer"
        self.scale, self.range, self.categories = scale or None, interval, categories

    def append_number(self, kind, parts, scale, interval):
        require(interval.magnitude < LIMIT and interval.bits <= 60, "the step's result reaches 2^60")
        self.append(kind, parts, interval, scale)

    def numbers(self):
        require(self.kind != "category", "a step for numbers on categories: encode them first")
        return self.scale or 0

    def parameter(self, name):
        column = self.parameters.get(name)
        require(column is not None and column.missing == "refuse", f"no parameter {name!r}")
        require(column.kind != "category", f"{name} is a category")
        return column.scale or 0, column.range

    def operand_scale(self, operand):
        return operand.scale if operand.parameter is None else self.parameter(operand.parameter)[0]

    def planned(self, operand, factor):
        if operand.parameter is None:
            constant = scaled(Range.only(operand.mantissa), factor)
            return None, 1, constant.lower, constant
        return operand.parameter, factor, 0, scaled(self.parameter(operand.parameter)[1], factor)

    def aligned(self, operand):
        """(scale, factor of x, interval of factor x, operand) at the larger scale."""
        digits, own = self.numbers(), self.operand_scale(operand)
        scale = max(digits, own)
        planned = self.planned(operand, power(scale - own))
        return scale, power(scale - digits), scaled(self.range, power(scale - digits)), planned

    def add(self, step):
        if step.kind == "missingIndicator":
            require(not self.steps, "a missing indicator is the first step")
            self.append("missingIndicator", (), BIT, 0)
            self.has_missing = False
            return
        if step.kind in ("impute", "imputeCategory"):
            if not self.has_missing:
                return
        else:
            require(not self.has_missing, f"{self.name}: the column has missing cells; impute them first")
        getattr(self, "add_" + step.kind)(step)

    def add_impute(self, step):
        self.has_missing = False
        if self.kind == "category":
            column = self.parameters.get(step.operand.parameter)
            require(column is not None and column.kind == "category" and column.categories == self.categories,
                    "categories are imputed by a fitted category of the same column, or by a text")
            return self.append("impute", ((step.operand.parameter, 1, 0, column.range), 1, 0), self.range, None, self.categories)
        scale, factor, own, operand = self.aligned(step.operand)
        self.append_number("impute", (operand, factor, own.lower), scale, own.hull(operand[3]))

    def add_imputeCategory(self, step):
        require(self.kind == "category", "a step for categories on numbers")
        names = list(self.categories)
        if step.text not in names:
            names.append(step.text)
        code = names.index(step.text)
        self.append("impute", ((None, 1, code, Range.only(code)), 1, 0), Range(0, len(names) - 1), None, names)
        self.has_missing = False

    def add_clip(self, step):
        for operand, kind, pick in ((step.lower, "atLeast", max), (step.upper, "atMost", min)):
            if operand is not None:
                scale, factor, own, bound = self.aligned(operand)
                ends = pick(own.lower, bound[3].lower), pick(own.upper, bound[3].upper)
                self.append_number(kind, (bound, factor), scale, Range(*ends))

    def add_divide(self, step):
        digits = self.numbers()
        common = max(digits, self.operand_scale(step.centre))
        exponent = self.operand_scale(step.divisor) + step.scale - common
        up, down = power(max(exponent, 0)), power(max(-exponent, 0))
        factor, rest = up * power(common - digits), up * power(common - self.operand_scale(step.centre))
        require(max(factor, rest) < LIMIT, "a power of ten reaches 2^60")
        centre, divisor = self.planned(step.centre, rest), self.planned(step.divisor, down)
        require(divisor[3].lower >= 1, "the divisor can be less than one unit")
        own = scaled(self.range, factor)
        numerator = Range(own.lower - centre[3].upper, own.upper - centre[3].lower)
        top = divisor[3].upper
        quotient = step.limit.magnitude + 1
        require(max(2 * numerator.magnitude + top, 2 * top * quotient + 2 * top) < LIMIT, "the division reaches 2^60")
        self.append_number("divide", (factor, centre, divisor, step.limit, step.saturates, numerator), step.scale, step.limit)

    def add_logarithm(self, step):
        digits = self.numbers()
        require(self.range.lower >= 0, "the logarithm of 1 + x needs x >= 0: clip it first")
        require(step.scale <= (4 if self.range.bits > 16 else 6), f"scale {step.scale} of a logarithm")
        require(10 ** digits + self.range.upper < 1 << 46, "1 + x reaches 2^46")
        own = Logarithm(step.base, digits, step.scale, self.range)
        # The wide form is monotone up to a unit of its guard digits.
        slack = int(own.is_wide)
        self.append_number("logarithm", (own,), step.scale, Range(own.value(self.range.lower) - slack, own.value(self.range.upper) + slack))

    def add_bucketise(self, step):
        require(1 <= len(step.edges) <= 4_096, "1 to 4,096 edges are possible")
        scale = max([self.numbers()] + [self.operand_scale(e) for e in step.edges])
        factor = power(scale - self.numbers())
        own = scaled(self.range, factor)
        edges = [self.planned(e, power(scale - self.operand_scale(e))) for e in step.edges]
        if all(e[0] is None for e in edges):
            require(all(a[2] < b[2] for a, b in zip(edges, edges[1:])), "edges ascend strictly")
        else:
            require(len(edges) <= MAXIMUM_HIDDEN_EDGES, "more than 64 edges of which one is hidden")
        hull = own
        for e in edges:
            hull = hull.hull(e[3])
        require(hull.upper - hull.lower < LIMIT >> 2 and hull.magnitude < LIMIT, "x - edge is too wide")
        self.append("bucketise", (edges, factor, own), Range(0, len(edges)), 0)

    def encoding(self, places, unseen, other):
        names = self.categories
        seen = [None] * len(names)
        if unseen != "allKnown" and self.source.kind == "category":
            for code in range(min(len(self.source.categories), len(names))):
                name = f"{self.source.name}.seen.{code}"
                column = self.parameters.get(name)
                require(column is not None and (column.kind, column.range) == ("integer", BIT), f"no parameter {name!r}")
                seen[code] = name
        return Encoding(names, places, seen, unseen, other)

    def all_categories(self):
        require(self.kind == "category", "a step for categories on numbers")
        require(len(self.categories) <= MAXIMUM_CATEGORIES, f"{len(self.categories)} categories; {MAXIMUM_CATEGORIES} can be encoded")
        return self.categories

    def add_ordinal(self, step):
        names, order = self.all_categories(), step.order
        index = {name: i for i, name in enumerate(order)}
        require(order and len(index) == len(order) and set(order) <= set(names), "an order lists categories of the column, each at most once")
        require(step.unseen != "zeros", "an order has no zeros")
        require(step.unseen != "allKnown" or len(order) == len(names), "an order without a rule for unseen categories lists all of them")
        own = self.encoding([index.get(name) for name in names], step.unseen, len(order))
        self.append("ordinal", (own,), Range(0, len(order) - (0 if isinstance(step.unseen, tuple) else 1)), 0)

    def one_hot(self, unseen):
        require(not self.has_missing, f"{self.name}: the column has missing cells; impute them first")
        names = self.all_categories()
        self.steps.append(("oneHot", (self.encoding(list(range(len(names))), unseen, len(names)),), BIT))
        own = names + ([unseen[1]] if isinstance(unseen, tuple) else [])
        self.outputs = [number_column(f"{self.name}={x}", 0, 0, 1) for x in own]

    @property
    def table_rows(self):
        rows = {"logarithm": lambda x: x.table_rows, "bucketise": lambda edges, *_: len(edges) + 1,
                "ordinal": lambda x: len(x.categories), "oneHot": lambda x: len(x.categories)}
        return sum(rows[kind](*parts) for kind, parts, _ in self.steps if kind in rows)


def plan(columns, table, parameters):
    """([ColumnPlan], schema of the output)."""
    require(1 <= len(columns) <= MAXIMUM_COUNT, "1 to 4,096 columns can be made")
    known = {c.name: c for c in parameters.columns} if parameters else {}
    out, count, rows = [], 0, 0
    for column in columns:
        own = ColumnPlan(column, table.column(column.source), known)
        count, rows = count + len(own.outputs), rows + own.table_rows
        require(count <= MAXIMUM_COUNT and rows <= MAXIMUM_TABLE_ROWS, f"{column.name}: more columns or table rows than are possible")
        out.append(own)
    return out, Schema([c for own in out for c in own.outputs])
