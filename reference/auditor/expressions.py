"""Columns of numbers as affine expressions of committed columns, and the parts of a relation made of them.

A reference (matrix, tensor, fixed) is a committed tensor, bit i of its index fixed to fixed[i] unless that is None or beyond the end;
matrix "aux" is the proof's own witness.
"""

from .errors import Rejection, require

AUX = "aux"
INT64 = 1 << 63


def log2_ceil(x):
    return max(x - 1, 0).bit_length()


class Expression:
    """constant + sum of coefficient * reference(i), integers of 64 bits."""

    __slots__ = ("constant", "terms")

    def __init__(self, constant=0, terms=None):
        self.constant, self.terms = constant, terms or {}
        if not all(-INT64 <= x < INT64 for x in (constant, *self.terms.values())):
            raise Rejection("a coefficient leaves 64 bits")

    @classmethod
    def of(cls, reference):
        return cls(0, {reference: 1})

    def plus(self, other, times=1):
        """self + times * other, `other` an expression or an integer."""
        if isinstance(other, int):
            return Expression(self.constant + times * other, self.terms)
        terms = dict(self.terms)
        for reference, c in other.terms.items():
            terms[reference] = terms.get(reference, 0) + times * c
        return Expression(self.constant + times * other.constant, {r: c for r, c in terms.items() if c})

    def times(self, factor):
        return Expression().plus(self, factor)

    @classmethod
    def sum(cls, parts, constant=0):
        """constant + the sum of factor * part over (factor, part), each view once."""
        terms = {}
        for factor, part in parts:
            constant += factor * part.constant
            for reference, c in part.terms.items():
                terms[reference] = terms.get(reference, 0) + factor * c
        return cls(constant, {r: c for r, c in terms.items() if c})

    @property
    def is_constant(self):
        return not self.terms


class Extent:
    """`count` logical rows inside 2^bits."""

    __slots__ = ("bits", "count")

    def __init__(self, count, bits=None):
        self.bits, self.count = log2_ceil(count) if bits is None else bits, count

    def __eq__(self, other):
        return (self.bits, self.count) == (other.bits, other.count)

    def __hash__(self):
        return hash((self.bits, self.count))


SCALAR = Extent(1)


def entry(reference, bits, index):
    """One entry of a column of 2^bits entries: a scalar."""
    return (*reference[:2], reference[2] + tuple(index >> (bits - 1 - i) & 1 for i in range(bits)))


class Builder:
    """Columns, constraints, lookups and tables of all claims of one proof, in the order that fixes the layout."""

    def __init__(self, row_bits):
        """row_bits: log2 of the padded rows of the largest table; it decides how wide one range table is."""
        self.limb_bits = min(16, max(8, row_bits + 2))
        self.columns, self.linear, self.products, self.lookups, self.tables = [], [], [], [], []
        self.sums, self.shifts, self.hadamards, self.descents, self.gradients, self.networks = [], [], [], [], [], []
        self.names, self.ranges, self.functions = set(), {}, {}

    def column(self, name, bits):
        """A new auxiliary column of 2^bits entries: its reference."""
        require(name not in self.names, f"two columns are named {name}")
        self.names.add(name)
        self.columns.append((name, bits))
        return (AUX, name, ())

    def equal(self, rows, expression, public=None):
        """expression = 0, or = public[i], in every row."""
        self.linear.append((rows, expression, public))

    def lookup(self, table, components, rows):
        """(components) is a row of the table, in every row."""
        self.lookup_grid(table, components, [rows])

    def lookup_grid(self, table, components, grid):
        """The same over a grid of several dimensions."""
        self.lookups.append((table, components, [rows for rows in grid if rows != SCALAR]))

    def table(self, name, rows, bits=None):
        """A table with an identifier of its own; rows None stands for 0 ... 2^bits - 1. Returns (number, reference of multiplicities)."""
        contents = ("integers", bits) if rows is None else ("rows", rows)
        multiplicities = self.column(f"m.{name}", log2_ceil(1 << bits if rows is None else len(rows)))
        self.tables.append((name, contents, multiplicities))
        return len(self.tables) - 1, multiplicities

    def committed_table(self, name, components, rows, multiplicity=None, counted=False):
        """A table in committed columns. Its multiplicities are a column of their own (`counted`), one that is given, or 1 for every row."""
        if counted:
            multiplicity = self.column(f"m.{name}", rows.bits)
        self.tables.append((name, ("committed", components, rows), multiplicity))
        return len(self.tables) - 1, multiplicity

    def numbered_table(self, name, pieces, rows):
        """Row i of piece f is (f 2^bits + i, pieces[f](i)...): a committed table with public keys, and multiplicities of its own."""
        multiplicity = self.column(f"m.{name}", log2_ceil(len(pieces)) + rows.bits)
        self.tables.append((name, ("numbered", pieces, rows), multiplicity))
        return len(self.tables) - 1

    def sum(self, rows, expression, total):
        """The sum of the expression over the rows is `total`, an expression over scalars."""
        self.sums.append((rows, expression, total))

    def total(self, name, rows, expression):
        """A committed scalar that is the sum of the expression over the rows."""
        scalar = Expression.of(self.column(name, 0))
        self.sum(rows, expression, scalar)
        return scalar

    def hadamard(self, name, bits, left, right):
        """The committed column left * right, row by row, padding included."""
        product = self.column(name, bits)
        self.hadamards.append((bits, left, right, product))
        return Expression.of(product)

    def next(self, name, column, bits):
        """The committed column that holds row i + 1 of `column` in row i, and 0 in the last."""
        own = self.column(name, bits)
        self.shifts.append((bits, column, own))
        return Expression.of(own)

    def function_table(self, name, parameters, rows):
        """The table of a function: one for all lookups of a proof with these parameters, named by the first that uses it."""
        if parameters not in self.functions:
            self.functions[parameters] = self.table(name, rows())[0]
        return self.functions[parameters]

    def range_table(self, bits):
        if bits not in self.ranges:
            self.ranges[bits] = self.table(f"range{bits}", None, bits)[0]
        return self.ranges[bits]

    def bits(self, name, expression, bits, rows):
        """0 <= expression < 2^bits.

        Wide ranges are cut: upper limbs are columns in ranges of their own, and what is left below them is in the lowest range."""
        if bits == 0:
            return self.equal(rows, expression)
        self.bits_grid(name, expression, bits, [rows])

    def bits_grid(self, name, expression, bits, grid):
        """The same over a grid of several dimensions, at least one bit."""
        require(1 <= bits <= 61, f"{name}: {bits} bits are too wide")
        size, low, width = sum(rows.bits for rows in grid), expression, self.limb_bits
        for shift in range(width, bits, width):
            limb = self.column(f"{name}.limb{shift}", size)
            self.lookup_grid(self.range_table(min(width, bits - shift)), [Expression.of(limb)], grid)
            low = low.plus(Expression.of(limb), -(1 << shift))
        self.lookup_grid(self.range_table(min(width, bits)), [low], grid)

    def interval(self, name, expression, interval, rows):
        """lower <= expression <= upper."""
        bits = interval.bits
        self.bits(f"{name}.from-below", expression.plus(-interval.lower), bits, rows)
        if interval.upper - interval.lower != (1 << bits) - 1:
            self.bits(f"{name}.from-above", Expression(interval.upper).plus(expression, -1), bits, rows)
