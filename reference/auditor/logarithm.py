"""floor(10^digits log(w / 10^point) + 1/2) of positive integers w, natural or to base 2, by intervals of integers in units of 2^-192.

ln 2 = 2 artanh(1/3); ln w = k ln 2 + 2 artanh((w - 2^k) / (w + 2^k)) with 2^k <= w < 2^(k+1), each series cut off where its terms vanish.
A number is rounded only when both ends of its interval round alike; it is no tie, being an integer or irrational.
"""

from functools import lru_cache

from .errors import require

BITS = 192
ONE = 1 << BITS


def artanh_doubled(a, b):
    """An interval of 2 artanh(a / b), 0 <= a/b <= 1/3: each term loses less than 3 units, the tail is below one."""
    z = (a << BITS) // b
    square, power, total, odd = z * z >> BITS, z, 0, 1
    while power:
        total += power // odd
        power = power * square >> BITS
        odd += 2
    return 2 * total, 2 * total + 8 * odd


@lru_cache(maxsize=None)
def natural(w):
    """An interval of ln w."""
    k = w.bit_length() - 1
    low, high = artanh_doubled(w - (1 << k), w + (1 << k))
    two_low, two_high = artanh_doubled(1, 3)
    return k * two_low + low, k * two_high + high


def rounded(base, w, point, digits):
    """The nearest integer to 10^digits (log w - log 10^point)."""
    unit = 10 ** point
    if w == unit:
        return 0
    (a, b), (c, d) = natural(w), natural(unit)
    low, high = a - d, b - c
    if base == "two":
        two_low, two_high = natural(2)
        # Dividing by an interval: the sign decides which end is which.
        low = (low << BITS) // (two_high if low >= 0 else two_low) - 1
        high = (high << BITS) // (two_low if high >= 0 else two_high) + 1
    scale = 10 ** digits
    one, other = ((2 * scale * x + ONE) // (2 * ONE) for x in (low, high))
    require(one == other, f"the rounding of log {w} is undecided")
    return one
