"""Hidden integers beyond the field's size, as digits to base 2^24 over scalars: sums, products and comparisons that are exact."""

from .errors import require
from .expressions import SCALAR, Expression

DIGIT = 24
BASE = 1 << DIGIT
LARGEST_COEFFICIENT = 1 << 36


class Digit:
    """An expression over scalars, and bounds that earlier constraints enforce."""

    def __init__(self, expression, lower, upper):
        self.expression, self.lower, self.upper = expression, lower, upper

    @classmethod
    def constant(cls, value):
        return cls(Expression(value), value, value)


class Wide:
    def __init__(self, digits):
        self.digits = digits

    @classmethod
    def constant(cls, value):
        """A public number, 0 or more."""
        digits = []
        while not digits or value:
            digits.append(Digit.constant(value % BASE))
            value //= BASE
        return cls(digits)

    def plus(self, other, sign=1):
        out = []
        for i in range(max(len(self.digits), len(other.digits))):
            a = self.digits[i] if i < len(self.digits) else Digit.constant(0)
            if i < len(other.digits):
                b = other.digits[i]
                low, high = (b.lower, b.upper) if sign > 0 else (-b.upper, -b.lower)
                a = Digit(a.expression.plus(b.expression, sign), a.lower + low, a.upper + high)
            out.append(a)
        return Wide(out)

    def minus(self, other):
        return self.plus(other, -1)

    def shifted(self, places):
        return Wide([Digit.constant(0) for _ in range(places)] + self.digits)


def settled(builder, name, digit):
    """The digit, or a column that equals it where a coefficient is above 2^36: products with public digits stay within 64 bits then."""
    largest = max(abs(x) for x in (digit.constant, *digit.terms.values()))
    if digit.is_constant or largest <= LARGEST_COEFFICIENT:
        return digit
    column = Expression.of(builder.column(f"{name}.settled", 0))
    builder.equal(SCALAR, digit.plus(column, -1))
    return column


def wide(builder, name, value, bound):
    """The digits of a scalar, thereby proved to lie in 0 ... 2^b - 1, b the bits of the bound."""
    if value.is_constant:
        return Wide.constant(value.constant)
    bits = max(1, max(bound, 0).bit_length())
    require(bits <= 61, f"{name}: {bits} bits are too wide")
    digits, lowest = [], value
    for shift in range(0, bits, DIGIT):
        width = min(DIGIT, bits - shift)
        expression = value
        if shift:
            expression = Expression.of(builder.column(f"{name}.digit{shift}", 0))
            builder.bits(f"{name}.digit{shift}.range", expression, width, SCALAR)
            lowest = lowest.plus(expression, -(1 << shift))
        digits.append(Digit(expression, 0, (1 << width) - 1))
    lowest = settled(builder, f"{name}.digit0", lowest)
    digits[0].expression = lowest
    builder.bits(f"{name}.digit0.range", lowest, min(bits, DIGIT), SCALAR)
    return Wide(digits)


def product(builder, name, a, b):
    """a * b with digits below 2^24 again; digits of both must be such already."""
    out = [Digit.constant(0) for _ in range(len(a.digits) + len(b.digits))]
    for i, x in enumerate(a.digits):
        for j, y in enumerate(b.digits):
            if x.expression.is_constant:
                own = y.expression.times(x.expression.constant)
            elif y.expression.is_constant:
                own = x.expression.times(y.expression.constant)
            else:
                own = builder.hadamard(f"{name}.{i}.{j}", 0, x.expression, y.expression)
            out[i + j] = Digit(out[i + j].expression.plus(own), out[i + j].lower, out[i + j].upper + x.upper * y.upper)
    return normalised(builder, name, Wide(out))


def non_negative(builder, name, value):
    normalised(builder, name, value)


def proper(builder, name, value):
    """The same number, ready to be a factor."""
    return value if all(d.lower >= 0 and d.upper < BASE for d in value.digits) else normalised(builder, name, value)


def normalised(builder, name, value):
    """The same number with digits in 0 ... 2^24 - 1, thereby proved not to be negative: carries from the lowest digit up."""
    carry, out, last = Digit.constant(0), [], len(value.digits) - 1
    for place, digit in enumerate(value.digits):
        total = digit.expression.plus(carry.expression)
        lower, upper = digit.lower + carry.lower, digit.upper + carry.upper
        require(max(abs(lower), abs(upper)) < 1 << 60, f"{name}: a digit is too wide")
        if total.is_constant and place < last:
            whole, rest = divmod(total.constant, BASE)
            out.append(Digit.constant(rest))
            carry = Digit.constant(whole)
            continue
        if place == last:
            # The top digit keeps the sign.
            if not total.is_constant or total.constant < 0:
                builder.bits(f"{name}.top", total, max(1, max(upper, 0).bit_length()), SCALAR)
            out.append(Digit(total, 0, max(upper, 0)))
            break
        least = lower >> DIGIT
        width = ((upper >> DIGIT) - least).bit_length()
        above = Expression(least)
        if width:
            column = Expression.of(builder.column(f"{name}.carry{place}", 0))
            builder.bits(f"{name}.carry{place}.range", column, width, SCALAR)
            above = column.plus(least)
        own = settled(builder, f"{name}.rest{place}", total.plus(above, -BASE))
        builder.bits(f"{name}.rest{place}", own, DIGIT, SCALAR)
        out.append(Digit(own, 0, BASE - 1))
        carry = Digit(above, least, least + (1 << width) - 1)
    # A top digit of 2^24 or more cannot be a factor: cut it further.
    while out and out[-1].upper >= BASE and not out[-1].expression.is_constant:
        top = out.pop()
        place, width = len(out), (top.upper >> DIGIT).bit_length()
        above = Expression.of(builder.column(f"{name}.carry{place}", 0))
        builder.bits(f"{name}.carry{place}.range", above, width, SCALAR)
        own = settled(builder, f"{name}.rest{place}", top.expression.plus(above, -BASE))
        builder.bits(f"{name}.rest{place}", own, DIGIT, SCALAR)
        out += [Digit(own, 0, BASE - 1), Digit(above, 0, (1 << width) - 1)]
    return Wide(out)
