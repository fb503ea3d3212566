"""Elementary functions in integers: what the function tables of imported networks hold, by definition (`Docs/Semantics.md`, elementary functions).

A number is an integer in units of 2^-40, saturated to +-2^62 after every operation (so values to +-2^22).  Products are shifted down (toward
minus infinity), quotients cut toward zero; x / 0 is the limit with the dividend's sign.
  table entry = round(f(x / 2^input) 2^output), halves up, clamped to a range
"""

from math import isqrt

from .errors import Rejection, require

LIMIT = 1 << 62
ONE = 1 << 40
INT64 = 1 << 63
LN2, PI = 762_123_384_786, 3_454_217_652_358
FACTORIALS = (1099511627776, 1099511627776, 549755813888, 183251937963, 45812984491, 9162596898, 1527099483, 218157069, 27269634, 3029959,
              302996, 27545, 2295, 177)                                                                         # 1/n!, n = 0 ... 13
ODD = (1099511627776, 366503875925, 219902325555, 157073089682, 122167958642, 99955602525, 84577817521, 73300775185, 64677154575, 57869033041,
       52357696561, 47804853382, 43980465111, 40722652881, 37914194061, 35468117025)                            # 1/n, n = 1, 3, ... 31
SINE = (1099511627776, -183251937963, 9162596898, -218157069, 3029959, -27545, 177, -1, 0, 0)                   # (-1)^n / (2n + 1)!
ARCTANGENTS = (0, 269356888665, 509785937287, 707536951605, 863554413089)                                       # arctan(k/4)


def cut(a, b):
    """a / b toward zero."""
    return a // b if (a >= 0) == (b > 0) else -(-a // b)


def number(x):
    return max(-LIMIT, min(LIMIT, x))


def add(a, b):
    return number(a + b)


def sub(a, b):
    return number(a - b)


def mul(a, b):
    return number(a * b >> 40)


def div(a, b):
    return (-LIMIT if a < 0 else LIMIT) if b == 0 else number(cut(a << 40, b))


def half(a):
    return number(a >> 1)


def series(coefficients, x):
    """sum_n coefficients[n] x^n by Horner's rule."""
    total = 0
    for c in reversed(coefficients):
        total = add(mul(total, x), c)
    return total


def exponential(x):
    """2^k e^r, k = round(x / ln 2), the series to r^13; e^16 and more is the limit, below e^-40 0."""
    if x > 16 * ONE:
        return LIMIT
    if x < -40 * ONE:
        return 0
    k = cut(2 * x + LN2, 2 * LN2) - (1 if x < -(LN2 // 2) else 0)
    total = series(FACTORIALS, number(x - k * LN2))
    return number(total << k) if k >= 0 else number(total >> -k)


def logarithm(x):
    """k ln 2 + 2 artanh((m - 1) / (m + 1)), x = 2^k m, 1 <= m < 2; -64 for x <= 0."""
    if x <= 0:
        return -64 * ONE
    k = x.bit_length() - 41
    m = number(x >> k) if k >= 0 else number(x << -k)
    z = div(sub(m, ONE), add(m, ONE))
    total = mul(series(ODD, mul(z, z)), z)
    return add(add(number(LN2 * k), total), total)


def root(x):
    return number(isqrt(x << 40)) if x > 0 else 0


def sine(x):
    """Reduced to [-pi, pi], then to [-pi/2, pi/2]."""
    turn = 2 * PI
    r = x - turn * cut(x, turn)
    if r > PI:
        r -= turn
    if r < -PI:
        r += turn
    if r > PI // 2:
        r = PI - r
    if r < -(PI // 2):
        r = -PI - r
    return mul(series(SINE, mul(r, r)), r)


def arctangent(x):
    """arctan c + arctan((y - c) / (1 + y c)), c = k/4 nearest to y; y = 1/|x| where |x| > 1, then pi/2 less that."""
    large, y = abs(x) > ONE, abs(x)
    if large:
        y = div(ONE, y)
    k = (4 * y + ONE // 2) >> 40
    c = k << 38
    z = div(sub(y, c), add(ONE, mul(y, c)))
    angle = add(ARCTANGENTS[min(4, k)], mul(series(ODD[:9], number(-mul(z, z))), z))
    if large:
        angle = sub(half(PI), angle)
    return -angle if x < 0 else angle


def error_function(x):
    """Below 2 the series 2/sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) / (1 3 ... (2n+1)); from there 40 levels of the continued fraction; 1 above 6."""
    a = abs(x)
    if a > 6 * ONE:
        return -ONE if x < 0 else ONE
    square = mul(a, a)
    if a < 2 * ONE:
        term = total = a
        for n in range(1, 33):
            term = number(cut(mul(term, square) * 2, 2 * n + 1))
            total = add(total, term)
            if term == 0:
                break
        result = mul(mul(1_240_666_014_762, exponential(-square)), total)
    else:
        fraction = a
        for n in range(40, 0, -1):
            fraction = add(a, div(cut(n << 40, 2), fraction))
        result = sub(ONE, div(mul(620_333_007_381, exponential(-square)), fraction))
    result = min(ONE, result)
    return -result if x < 0 else result


def logistic(x):
    e = exponential(-abs(x))
    return div(ONE if x >= 0 else e, add(ONE, e))


def tanh(x):
    e = exponential(-add(abs(x), abs(x)))
    y = div(sub(ONE, e), add(ONE, e))
    return -y if x < 0 else y


def softplus(x):
    return add(max(x, 0), logarithm(add(ONE, exponential(-abs(x)))))


def below(a, x):
    """a (e^x - 1)."""
    return mul(a, sub(exponential(x), ONE))


def gelu_tanh(x):
    inner = mul(877_283_352_226, add(x, mul(mul(mul(49_164_662_436, x), x), x)))
    return half(mul(x, add(ONE, tanh(inner))))


def inverse_hyperbolic_sine(x):
    y = logarithm(add(abs(x), root(add(mul(x, x), ONE))))
    return -y if x < 0 else y


def shrink(x, bias, limit):
    return sub(x, bias) if x > limit else add(x, bias) if x < -limit else 0


# Name in canonical descriptions: (number of parameters, in units of 2^-40, and the function of x and these).
FUNCTIONS = {
    "exponential": (0, exponential), "logarithm": (0, logarithm), "hyperbolicTangent": (0, tanh), "errorFunction": (0, error_function),
    "gelu": (0, lambda x: half(mul(x, add(ONE, error_function(mul(x, 777_472_127_994)))))), "geluTanh": (0, gelu_tanh),
    "softplus": (0, softplus), "softsign": (0, lambda x: div(x, add(ONE, abs(x)))), "sine": (0, sine),
    "cosine": (0, lambda x: sine(add(x, half(PI)))), "tangent": (0, lambda x: div(sine(x), sine(add(x, half(PI))))),
    "arcsine": (0, lambda x: arctangent(div(x, root(sub(ONE, mul(x, x)))))),
    "arccosine": (0, lambda x: sub(half(PI), arctangent(div(x, root(sub(ONE, mul(x, x))))))), "arctangent": (0, arctangent),
    "hyperbolicSine": (0, lambda x: half(sub(exponential(x), exponential(-x)))),
    "hyperbolicCosine": (0, lambda x: half(add(exponential(x), exponential(-x)))),
    "inverseHyperbolicSine": (0, inverse_hyperbolic_sine),
    "inverseHyperbolicCosine": (0, lambda x: logarithm(add(x, root(sub(mul(x, x), ONE))))),
    "inverseHyperbolicTangent": (0, lambda x: half(logarithm(div(add(ONE, x), sub(ONE, x))))), "squareRoot": (0, root),
    "reciprocal": (0, lambda x: div(ONE, x)), "logistic": (0, logistic), "absolute": (0, abs),
    "sign": (0, lambda x: ONE * ((x > 0) - (x < 0))), "mish": (0, lambda x: mul(x, tanh(softplus(x)))),
    "hardSwish": (0, lambda x: mul(x, min(ONE, max(0, add(number(cut(x, 6)), half(ONE)))))),
    "swish": (1, lambda x, a: mul(x, logistic(mul(a, x)))), "elu": (1, lambda x, a: x if x >= 0 else below(a, x)),
    "selu": (2, lambda x, a, g: mul(g, x if x > 0 else below(a, x))), "celu": (1, lambda x, a: x if x >= 0 else below(a, div(x, a))),
    "leakyRelu": (1, lambda x, a: x if x >= 0 else mul(a, x)),
    "hardSigmoid": (2, lambda x, a, b: min(ONE, max(0, add(mul(a, x), b)))), "thresholdedRelu": (1, lambda x, a: x if x > a else 0),
    "shrink": (2, shrink), "clip": (2, lambda x, low, high: min(max(x, low), high)),
    "power": (1, lambda x, p: exponential(mul(p, logarithm(x))) if x > 0 else 0)}


def read(description, place):
    """The function of [name, parameters ...], texts as in a format."""
    require(isinstance(description, list) and description and all(isinstance(t, str) for t in description), f"{place}: a function")
    name, *texts = description
    if name not in FUNCTIONS or len(texts) != FUNCTIONS[name][0]:
        raise Rejection(f"{place}: the function {name!r} with {len(texts)} parameters is not known")
    values = [int(t) for t in texts if t.lstrip("-").isdecimal() and str(int(t)) == t]
    require(len(values) == len(texts) and all(abs(v) < 1 << 60 for v in values), f"{place}: the parameters of {name}")
    return name, tuple(values)


def value(function, x, input_bits, output_bits, interval):
    """Table entry of the function at the integer x."""
    name, parameters = function
    shift = 40 - input_bits
    y = ((x > 0) - (x < 0)) * LIMIT if shift >= 62 else number(x << shift)
    y = FUNCTIONS[name][1](y, *parameters)
    shift = 40 - output_bits
    y = y << -shift if shift <= 0 else (y + (1 << (shift - 1))) >> shift
    return max(interval.lower, min(interval.upper, max(-INT64, min(INT64 - 1, y))))
