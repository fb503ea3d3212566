"""Numbers from 0 in units of 2^-64, rounded up at every step: what a verifier says of a distance."""

from math import isqrt

from .errors import require

LIMIT = 1 << 127


def ceil(a, b):
    return -(-a // b)


class Bound:
    def __init__(self, units):
        require(units <= LIMIT, "a bound is beyond 2^63")
        self.units = units

    @classmethod
    def of(cls, numerator, denominator=1, exponent=0):
        shift = 64 + exponent
        if shift < 0:
            return cls(0 if numerator == 0 else ceil(ceil(numerator, denominator), 1 << -shift))
        return cls(ceil(numerator << shift, denominator))

    def __add__(self, other):
        return Bound(self.units + other.units)

    def times(self, factor, divisor=1):
        return Bound(ceil(self.units * factor, divisor))

    def __mul__(self, other):
        """Each is first rounded up to 2^-drop, the least bits that let the product fit 128 bits."""
        width = self.units.bit_length() + other.units.bit_length()
        drop = max(0, (width - 126) // 2)
        product = ceil(self.units, 1 << drop) * ceil(other.units, 1 << drop)
        left = 64 - 2 * drop
        return Bound(ceil(product, 1 << left) if left >= 0 else product << -left)

    def over(self, units):
        """At least self / (units 2^-64), both halved until the quotient fits 128 bits."""
        top, bottom = self.units, units
        while top >= 1 << 63:
            top, bottom = ceil(top, 2), bottom // 2
        require(bottom > 0, "a divisor is too small")
        return Bound(ceil(top << 64, bottom))

    def __str__(self):
        """Three significant digits, rounded up."""
        if not self.units:
            return "0"
        value, exponent = self.units, 0
        while value >= 1000 << 64:
            value, exponent = ceil(value, 10), exponent + 1
        while value < 100 << 64:
            value, exponent = value * 10, exponent - 1
        digits = ceil(value, 1 << 64)
        if digits == 1000:
            digits, exponent = 100, exponent + 1
        figures, power = str(digits), exponent + 2
        if 2 <= power <= 6:
            return figures + "0" * (power - 2)
        if 0 <= power < 2:
            return figures[:power + 1] + "." + figures[power + 1:]
        if -4 <= power < 0:
            return "0." + "0" * (-power - 1) + figures
        return f"{figures[0]}.{figures[1:]}e{power}"


def root(value):
    """The least integer whose square is at least `value`."""
    own = isqrt(value)
    return own if own * own == value else own + 1
