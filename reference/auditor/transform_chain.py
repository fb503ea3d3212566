"""The constraints of one chain of steps of a transformation."""

from .data_columns import public_column, recorded, recorded_bit
from .data_fit import gathered
from .errors import require
from .expressions import Expression, Extent
from .schema import Range
from .transform_plan import GUARD_DIGITS, LEADING_BITS


def bits(value):
    return max(value, 1).bit_length()


class Chain:
    def __init__(self, builder, label, rows, cells, parameters):
        self.builder, self.label, self.rows, self.parameters = builder, label, rows, parameters
        self.presence, self.value, self.range = cells.presence, cells.value, cells.range

    def compile(self, column, target):
        outputs = [Expression.of(target.column(x.name)) for x in column.outputs]
        for place, (kind, parts, interval) in enumerate(column.steps):
            if kind == "oneHot":
                return self.one_hot(*parts, place, outputs)
            self.target = outputs[0] if place == len(column.steps) - 1 else None
            getattr(self, kind)(*parts, name=f"{self.label}.{place}", interval=interval)
            self.range = interval
        difference = outputs[0].plus(self.value, -1)
        if not difference.is_constant or difference.constant:
            self.builder.equal(self.rows, difference)
        if column.outputs[0].missing == "presence":
            self.builder.equal(self.rows, Expression.of(target.column(column.outputs[0].name, "presence")).plus(self.presence, -1))

    # Parts

    def operand(self, operand):
        name, multiplier, constant, _ = operand
        if name is None:
            return Expression(constant)
        require(self.parameters is not None, f"{name} is not fitted: the claim names no parameters")
        return Expression.of(self.parameters.column(name)).times(multiplier)

    def unchecked(self, name):
        """The column of a step's result: the output's own where the step is the last."""
        return self.target if self.target is not None else recorded(self.builder, f"{name}.value", self.rows)

    def result(self, name, interval):
        """The same, range checked."""
        column = self.unchecked(name)
        if self.target is None:
            self.builder.interval(f"{name}.value", column, interval, self.rows)
        return column

    def maximum(self, name, x, own, bound, other):
        """max(x, bound) = bound + max(x - bound, 0)."""
        low, high = own.lower - other.upper, own.upper - other.lower
        if low >= 0:
            return x
        return bound if high <= 0 else bound.plus(self.positive_part(name, x.plus(bound, -1), low, high))

    def minimum(self, name, x, own, bound, other):
        low, high = other.lower - own.upper, other.upper - own.lower
        if low >= 0:
            return x
        return bound if high <= 0 else bound.plus(self.positive_part(name, bound.plus(x, -1), low, high), -1)

    def positive_part(self, name, d, low, high):
        """max(d, 0) as b d: at least 0 and at least d."""
        b = self.builder
        bit = recorded_bit(b, f"{name}.side", self.rows)
        part = b.hadamard(f"{name}.part", self.rows.bits, bit, d)
        b.bits(f"{name}.positive", part, bits(high), self.rows)
        b.bits(f"{name}.above", part.plus(d, -1), bits(-low), self.rows)
        return part

    # Steps on numbers

    def impute(self, operand, multiplier, lower, name, interval):
        """m x = presence m x + (1 - presence) lower."""
        missing, other = Expression(1).plus(self.presence, -1), self.operand(operand)
        filled = (missing.times(other.constant) if other.is_constant else
                  self.builder.hadamard(f"{name}.filled", self.rows.bits, missing, other))
        self.value = self.value.times(multiplier).plus(missing, -lower).plus(filled)

    def missingIndicator(self, name, interval):
        self.value = Expression(1).plus(self.presence, -1)

    def scaled_range(self, factor):
        return Range(factor * self.range.lower, factor * self.range.upper)

    def atLeast(self, operand, multiplier, name, interval):
        self.value = self.maximum(name, self.value.times(multiplier), self.scaled_range(multiplier), self.operand(operand), operand[3])

    def atMost(self, operand, multiplier, name, interval):
        self.value = self.minimum(name, self.value.times(multiplier), self.scaled_range(multiplier), self.operand(operand), operand[3])

    def divide(self, factor, centre, divisor, limit, saturates, own, name, interval):
        """0 <= 2 a + b - 2 b q < 2 b, a = factor x - centre, cut to the limit's multiples of b where it saturates."""
        b, top = self.builder, divisor[3]
        d = self.operand(divisor)
        numerator = self.value.times(factor).plus(self.operand(centre), -1)
        if saturates:
            low, high = (Range(*sorted((end * top.lower, end * top.upper))) for end in (limit.lower, limit.upper))
            numerator = self.maximum(f"{name}.raised", numerator, own, d.times(limit.lower), low)
            own = Range(max(own.lower, low.lower), max(own.upper, low.upper))
            numerator = self.minimum(f"{name}.lowered", numerator, own, d.times(limit.upper), high)
        quotient = self.result(name, limit)
        product = quotient.times(d.constant) if d.is_constant else b.hadamard(f"{name}.product", self.rows.bits, quotient, d)
        rest = numerator.times(2).plus(d).plus(product, -2)
        width = bits(2 * top.upper - 1)
        b.bits(f"{name}.rest", rest, width, self.rows)
        if not (d.is_constant and 2 * d.constant == 1 << width):
            b.bits(f"{name}.rest-below", d.times(2).plus(rest, -1).plus(-1), width, self.rows)
        self.value = quotient

    def logarithm(self, own, name, interval):
        b, rows = self.builder, self.rows
        if not own.is_wide:
            y = self.unchecked(name)
            key = ("log", own.base, own.digits, own.scale, own.domain)
            table = b.function_table(name, key, lambda: [(x, own.value(x)) for x in range(own.domain.lower, own.domain.upper + 1)])
            b.lookup(table, [self.value, y], rows)
            self.value = y
            return
        # w = j P + rest, 0 <= rest < P, (s, P, floor) in the table of shifts, floor <= j < 2^16; A(j) by table.
        shift, unit, floor, leading, tabulated = (recorded(b, f"{name}.{x}", rows) for x in ("shift", "power", "floor", "leading", "tabulated"))
        shifts, _ = b.table(f"{name}.shifts", [(s, 1 << s, 1 << (LEADING_BITS - 1) if s else 0) for s in range(own.largest_shift + 1)])
        b.lookup(shifts, [shift, unit, floor], rows)
        table = b.function_table(f"{name}.leading-table", ("leading log", own.base, own.scale),
                                 lambda: [(j, own.leading(j)) for j in range(1, 1 << LEADING_BITS)])
        b.lookup(table, [leading, tabulated], rows)
        b.bits(f"{name}.leading-floor", leading.plus(floor, -1), LEADING_BITS, rows)
        whole = b.hadamard(f"{name}.whole", rows.bits, leading, unit)
        rest = self.value.plus(own.one).plus(whole, -1)
        b.bits(f"{name}.cut", rest, own.largest_shift + 1, rows)
        b.bits(f"{name}.cut-below", unit.plus(rest, -1).plus(-1), own.largest_shift + 1, rows)
        y, guard = self.result(name, interval), 10 ** GUARD_DIGITS
        difference = tabulated.plus(shift, own.doubling).plus(y, -guard).plus(guard // 2 - own.offset)
        b.interval(f"{name}.rounding", difference, Range(0, guard - 1), rows)
        self.value = y

    def bucketise(self, edges, multiplier, domain, name, interval):
        """Public edges: (bin, low, high) in the table of bins, low <= x < high. Hidden ones: a bit for each, the bin their sum."""
        b, rows, x = self.builder, self.rows, self.value.times(multiplier)
        if all(e[0] is None for e in edges):
            inner = [e[2] for e in edges]
            bounds = [min(domain.lower, inner[0])] + inner + [max(domain.upper + 1, inner[-1])]
            bins = list(zip(bounds, bounds[1:]))
            table, _ = b.table(name, [(i, low, high) for i, (low, high) in enumerate(bins)])
            number = self.unchecked(name)
            low, high = recorded(b, f"{name}.low", rows), recorded(b, f"{name}.high", rows)
            b.lookup(table, [number, low, high], rows)
            width = bits(max(high - low for low, high in bins))
            b.bits(f"{name}.from-low", x.plus(low, -1), width, rows)
            b.bits(f"{name}.to-high", high.plus(x, -1).plus(-1), width, rows)
            self.value = number
            return
        self.value = Expression()
        for i, edge in enumerate(edges):
            width = max(bits(domain.upper - edge[3].lower), bits(edge[3].upper - domain.lower))
            bit = recorded_bit(b, f"{name}.edge{i}", rows)
            side = x.plus(self.operand(edge), -1).plus(bit, -(1 << width)).plus(1 << width)
            b.bits(f"{name}.side{i}", side, width, rows)
            self.value = self.value.plus(bit)

    # Encodings of categories

    def mask(self, encoding, name, domain):
        """1 for every category that was seen, as a column over the categories."""
        entries = []
        for own in encoding.seen:
            require(own is None or self.parameters is not None, f"{own} is not fitted: the claim names no parameters")
            entries.append(Expression(1) if own is None else Expression.of(self.parameters.column(own)))
        return gathered(self.builder, f"{name}.seen", entries, domain)

    def ordinal(self, encoding, name, interval):
        """(x, y) with y the place where seen, else the declared other code; without one every x is seen."""
        b, y = self.builder, self.unchecked(name)
        has_other = isinstance(encoding.unseen, tuple)
        if not any(encoding.seen):
            pairs = [(code, own if own is not None else encoding.other) for code, own in enumerate(encoding.places) if own is not None or has_other]
            table, _ = b.table(name, pairs)
            b.lookup(table, [self.value, y], self.rows)
        else:
            domain = Extent(len(encoding.categories))
            codes = public_column(b, f"{name}.codes", domain, range(domain.count))
            seen = self.mask(encoding, name, domain)
            weights = public_column(b, f"{name}.places", domain, [(encoding.other if p is None else p) - encoding.other for p in encoding.places])
            usable = public_column(b, f"{name}.usable", domain, [int(p is not None) for p in encoding.places])
            moved = b.hadamard(f"{name}.moved", domain.bits, weights, seen)
            known = b.hadamard(f"{name}.known", domain.bits, usable, seen)
            places = moved.plus(encoding.other)
            table, _ = b.committed_table(name, [codes, places] + ([] if has_other else [known]), domain, counted=True)
            b.lookup(table, [self.value, y] + ([] if has_other else [Expression(1)]), self.rows)
        self.value = y

    def one_hot(self, encoding, place, outputs):
        """Bits with the sum t and the code-weighted sum c, (x, t, c) in the table of (code, seen, code seen)."""
        b, name, count = self.builder, f"{self.label}.{place}", len(encoding.categories)
        group = outputs[:count]
        total = Expression.sum([(1, x) for x in group])
        code = Expression.sum([(k, x) for k, x in enumerate(group)])
        if isinstance(encoding.unseen, tuple):
            b.equal(self.rows, total.plus(outputs[-1]).plus(-1))
        has_mask = any(encoding.seen)
        if encoding.unseen in ("allKnown", "error") or not has_mask:
            b.equal(self.rows, total.plus(-1))
            b.equal(self.rows, code.plus(self.value, -1))
        if not has_mask:
            return
        domain = Extent(count)
        codes = public_column(b, f"{name}.codes", domain, range(count))
        seen = self.mask(encoding, name, domain)
        weighted = b.hadamard(f"{name}.weighted", domain.bits, codes, seen)
        table, _ = b.committed_table(name, [codes, seen, weighted], domain, counted=True)
        b.lookup(table, [self.value, total, code], self.rows)
