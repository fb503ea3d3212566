"""Writes known-answers.json: python3 known_answers.py. Standard library only, exact integers and rationals.

Sections: "bn254" (arithmetic of the BN254 scalar field), "query counts" (least t by exact comparison) and "accounts" (all error
terms of a few parameter sets). Field elements are decimal strings, encodings are hexadecimal.
"""

import json
import os
import random
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60
R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
FACTORS = (2, 3, 13, 29, 983, 11003, 237073, 405928799, 1670836401704629, 13818364434197438864469338081)
GOLDILOCKS = 2**64 - 2**32 + 1


def little_endian(x):
    return x.to_bytes(32, "little").hex()


def bn254(rng):
    rest = R - 1
    for q in FACTORS:
        assert rest % q == 0 and pow(5, (R - 1) // q, R) != 1  # 5 generates the multiplicative group
        while rest % q == 0:
            rest //= q
    assert rest == 1
    special = [0, 1, 2, R - 1, R - 2, (R - 1) // 2, (R + 1) // 2, 2**64 - 1, 2**64, 2**128 - 1, 2**192, 2**253, 2**256 % R, pow(2, -256, R)]
    pairs = [(a, b) for a in special for b in (R - 1, 2**128 - 1, 2**256 % R)] + [(rng.randrange(R), rng.randrange(R)) for _ in range(40)]
    cases = [{"a": little_endian(a), "b": little_endian(b), "sum": little_endian((a + b) % R), "difference": little_endian((a - b) % R),
              "product": little_endian(a * b % R), "inverse of a": little_endian(pow(a, -1, R)) if a else None} for a, b in pairs]
    draws = []
    for top in (0, R >> 192, (R >> 192) - 1, 2**62 - 1, 2**64 - 1, 1 << 63):
        words = [rng.getrandbits(64) for _ in range(3)] + [top]
        value = sum(w << 64 * i for i, w in enumerate(words)) % 2**254
        draws.append({"words": [str(w) for w in words], "value": little_endian(value) if value < R else None})
    for value in (R - 1, R, R + 1):
        words = [value >> 64 * i & (2**64 - 1) for i in range(4)]
        draws.append({"words": [str(w) for w in words], "value": little_endian(value) if value < R else None})
    return {"modulus": str(R), "modulus bytes": little_endian(R), "two-adicity": 28, "generator": 5,
            "root of order 2^28": little_endian(pow(5, (R - 1) >> 28, R)), "cases": cases, "draws": draws}


def miss(d, n):
    return 1 - Fraction((n - d) // 2 + 1, n)


def least(d, n, target):
    """By doubling and bisection on the exact condition."""
    one, bound = miss(d, n), Fraction(1, 1 << target)
    low, high = 0, 1
    while one ** high > bound:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if one ** middle <= bound else (middle, high)
    return high


def query_counts(rng):
    cases = [(1, 2), (2, 4), (3, 4), (1, 1 << 20), (1 << 20, 1 << 21), ((1 << 20) - 1, 1 << 20), (7, 9), (1000, 1025)]
    cases += [(rng.randrange(1, 15 * n // 16), n) for n in (1 << rng.randrange(4, 26) for _ in range(30))]
    out = []
    for d, n in cases:
        for target in (6, 100, 128):
            t = least(d, n, target) if miss(d, n) < Fraction(63, 64) else None
            out.append({"dimension": d, "code length": n, "target": target, "t": t})
    return out


def bits(error):
    return float((Decimal(error.denominator).ln() - Decimal(error.numerator).ln()) / Decimal(2).ln())


def account(degree, shapes, levels, lookup, point, batch, checks, pads):
    one = Fraction(1, GOLDILOCKS ** degree)
    rows = []
    for name, d, log_n, t in shapes:
        n = 1 << log_n
        rows += [[f"query level 0 [{name}]", bits(miss(d, n) ** t)], [f"fold, shield level 0 [{name}]", bits((n + 2) * one)],
                 [f"merge level 0 [{name}]", bits(pads * (n + 1) * one)]]
    for i, (d, log_n, t) in enumerate(levels, 1):
        rows += [[f"query level {i}", bits(miss(d, 1 << log_n) ** t)], [f"fold level {i}", bits(((1 << log_n) + 2) * one)]]
    degrees = (("logup fingerprint", lookup), ("random points", point), ("sumcheck round", 2), ("claim batching", batch),
               ("linear checks in L", checks), ("sacrifice", 1))
    rows += [[name, bits(count * one)] for name, count in degrees if count]
    return {"degree": degree, "shapes": [dict(zip(("name", "dimension", "log2 n", "t"), s)) for s in shapes],
            "levels": [dict(zip(("dimension", "log2 n", "t"), x)) for x in levels], "lookup degree": lookup, "point variables": point,
            "batched claims": batch, "linear checks": checks, "pad rows": pads, "terms": [{"name": a, "bits": b} for a, b in rows]}


def main():
    rng = random.Random(254)
    out = {
        "source": "known_answers.py",
        "bn254": bn254(rng),
        "query counts": query_counts(rng),
        "accounts": [
            account(3, [("S", 18432, 16, 200)], [(2048, 14, 155), (256, 12, 141), (64, 11, 134)], 1 << 28, 24, 201, 40, 1),
            account(2, [("S", 18432, 16, 156), ("T", 9216, 15, 156)], [(1024, 13, 121), (256, 12, 110)], 0, 18, 320, 57, 2),
        ],
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "known-answers.json"), "w") as file:
        json.dump(out, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
