"""The sigmoid table, correctly rounded, by interval arithmetic on integers.

value(x) = the integer nearest to 2^o / (1 + e^(-x / 2^f)),  x = -2^15 ... 2^15 - 1.

Every real number is kept as an interval [low, high] of integers in units of 2^-B, B = 256, all roundings outward:
  q = e^(-1/2^f)      alternating Taylor series with decreasing terms: consecutive partial sums enclose the limit;
  E_n = e^(-n/2^f)    E_0 = 1, E_(n+1) in [floor(low(E_n) low(q) / 2^B), ceil(high(E_n) high(q) / 2^B)].
1/(1+E) falls with E and E/(1+E) = 1 - 1/(1+E) rises, so the images of both ends enclose the value; if both ends round to the
same integer, that is the correct rounding, and it is proved.  No value but x = 0 is a tie: e to a non-zero rational power is
irrational (Lindemann), so enough bits always decide.  x = 0 gives 2^(o-1) exactly.
"""

from functools import lru_cache

from .errors import Rejection

BITS = 256
ONE = 1 << BITS
HALF_DOMAIN = 1 << 15


def exponential_step(f):
    """An interval of e^(-2^-f): sum over k of (-1)^k 2^(-f k) / k!."""
    low_term = high_term = ONE
    low = high = ONE
    k = 0
    while True:
        k += 1
        low_term = (low_term >> f) // k
        high_term = -((-high_term >> f) // k)
        if k % 2:
            low, high = low - high_term, high - low_term
        else:
            low, high = low + low_term, high + high_term
        if high_term <= 1:
            # The limit differs from this partial sum by at most the next term, which is at most this one.
            return low - high_term, high + high_term


def nearest(numerator, denominator):
    """floor(numerator / denominator + 1/2)."""
    return (2 * numerator + denominator) // (2 * denominator)


@lru_cache(maxsize=None)
def table(f, o, half=HALF_DOMAIN):
    """[value(-half), ..., value(half - 1)]; half = 2^15 unless stated."""
    step_low, step_high = exponential_step(f)
    low = high = ONE
    right, left = [1 << (o - 1)], []
    for n in range(1, half + 1):
        low = low * step_low >> BITS
        high = -(-high * step_high >> BITS)
        # sigma(n) = 1 / (1 + E_n), sigma(-n) = E_n / (1 + E_n)
        right.append(decided(nearest(ONE << o, ONE + high), nearest(ONE << o, ONE + low), n))
        left.append(decided(nearest(low << o, ONE + low), nearest(high << o, ONE + high), -n))
    return tuple(reversed(left)) + tuple(right[:-1])


def decided(a, b, x):
    if a != b:
        raise Rejection(f"the rounding of sigmoid({x}) is not decided by {BITS} bits")
    return a
