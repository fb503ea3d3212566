#!/usr/bin/env python3
"""Test vectors for Programs and Importers, from plain integers, fractions, mpmath, hashlib, gzip and numpy.

Usage: python3 make_data_vectors.py > data_vectors.json     (needs mpmath and numpy; shares no code with the Swift sources)
"""
import gzip, hashlib, io, json, random, sys, zlib
from decimal import Decimal
from fractions import Fraction
from math import floor, sqrt
import mpmath
import numpy

mpmath.mp.prec = 300
rng = random.Random(20240501)


def half_up(value):
    return floor(value + Fraction(1, 2))


def half_even(value):
    return round(value)  # Python rounds ties of Fractions to even


def requantise():
    cases = []
    for _ in range(200):
        s = rng.choice([0, 1, 2, 5, 16, 30])
        m = rng.choice([1, 3, 77, 4095])
        acc = rng.randint(-2**40, 2**40)
        if s and rng.random() < 0.5:  # make a tie
            m = 1
            acc = rng.randint(-1000, 1000) * 2**s + 2 ** (s - 1)
        exact = Fraction(acc * m, 2**s)
        cases.append([acc, m, s, half_up(exact), half_even(exact)])
    return cases


def division():
    cases = []
    for _ in range(100):
        a, b = rng.randint(-10**12, 10**12), rng.choice([-1, 1]) * rng.randint(1, 10**6)
        r = a % abs(b)
        cases.append([a, b, (a - r) // b, r])
    return cases


def sigmoid_value(x, f, o):
    exact = mpmath.mpf(2) ** o / (1 + mpmath.exp(-mpmath.mpf(x) / 2**f))
    return int(mpmath.floor(exact + mpmath.mpf(1) / 2))


def sigmoid():
    samples = []
    for _ in range(300):
        f, o = rng.randint(0, 14), rng.randint(1, 30)
        x = rng.randint(-(2**15), 2**15 - 1)
        samples.append([x, f, o, sigmoid_value(x, f, o)])
    tables = []
    for f, o in [(10, 16), (6, 16), (12, 24)]:
        values = [sigmoid_value(x, f, o) for x in range(-(2**15), 2**15)]
        text = ",".join(map(str, values))
        tables.append({"input": f, "output": o, "sha256": hashlib.sha256(text.encode()).hexdigest()})
    return {"samples": samples, "tables": tables}


def decimals():
    cases = []
    texts = ["0", "-0", "1", "-1", "+7", "1.5", "-1.50", ".5", "5.", "1e3", "1.25e1", "5e-06", "12.345", "0.000", "  3.0 ", "9223372036854775807",
             "9223372036854775808", "922337203685477580.7", "1E2", "1e-3"]
    bad = ["", "-", ".", "1e", "1.2.3", "0x10", "1,000", "NaN", "inf", "1 2", "e5", "--1", "1e+", "१", "1_000"]
    for _ in range(60):
        texts.append(f"{rng.randint(-10**6, 10**6)}.{rng.randint(0, 10**rng.randint(1, 5)):05d}")
    for text in texts:
        for digits in (0, 2, 5):
            value = Decimal(text.strip())
            sign, ds, exponent = value.as_tuple()
            fraction = max(0, -exponent)
            scaled = value.scaleb(digits)
            rounded = half_up(Fraction(value) * 10**digits)
            if fraction > digits:
                expected = "tooManyDigits"
            elif not -(2**63) < int(scaled) < 2**63:
                expected = "tooLarge"
            else:
                expected = str(int(scaled))
            cases.append({"text": text, "digits": digits, "exact": expected, "rounded": rounded if abs(rounded) < 2**53 else None})
    long = []
    for _ in range(100):
        text = f"{rng.choice(['', '-'])}{rng.randint(0, 9999)}.{rng.randint(0, 10**24):024d}"
        digits = rng.randint(0, 10)
        long.append({"text": text, "digits": digits, "rounded": half_up(Fraction(Decimal(text)) * 10**digits)})
    for text, digits in [("0.50000000000000000000000001", 0), ("-0.50000000000000000000000001", 0), ("-0.5", 0), ("0.49999999999999999999999999", 0)]:
        long.append({"text": text, "digits": digits, "rounded": half_up(Fraction(Decimal(text)) * 10**digits)})
    return {"good": cases, "bad": bad, "long": long}


def bits(span):
    return span.bit_length()


def linear_model():
    """A table with every kind of column, and a model over it, evaluated from the raw integers."""
    F, wf, sf = 16, 11, 8
    columns = [
        {"name": "age", "type": "integer", "lower": -5, "upper": 90, "missing": True},
        {"name": "amount", "type": "decimal", "digits": 2, "lower": 0, "upper": 2_000_000, "missing": False},
        {"name": "wide", "type": "decimal", "digits": 9, "lower": -(10**12), "upper": 10**13, "missing": False},
        {"name": "job", "type": "category", "values": ["a", "b", "c"], "missing": True},
        {"name": "home", "type": "category", "values": ["own", "rent"], "missing": False},
    ]
    rows = 40
    stored = []
    for c in columns:
        lo, hi = (0, len(c["values"]) - 1) if c["type"] == "category" else (c["lower"], c["upper"])
        values = [rng.randint(lo, hi) for _ in range(rows)]
        values[0], values[1] = lo, hi
        presence = [1] * rows
        if c["missing"]:
            presence = [1 if i < 2 else rng.randint(0, 1) for i in range(rows)]
            values = [v if p else lo for v, p in zip(values, presence)]
        stored.append((values, presence))
    features = []
    for i in range(rows):
        row = []
        for c, (values, presence) in zip(columns, stored):
            if c["type"] == "category":
                size = len(c["values"]) + (1 if c["missing"] else 0)
                index = (values[i] + 1 if presence[i] else 0) if c["missing"] else values[i]
                row += [2**F if k == index else 0 for k in range(size)]
            else:
                b = bits(c["upper"] - c["lower"])
                exact = Fraction((values[i] - c["lower"]) * 2**F, 2**b)
                row.append(half_up(exact))
                if c["missing"]:
                    row.append(2**F if presence[i] else 0)
        row.append(2**F)
        features.append(row)
    result = {"columns": columns, "rows": rows, "featureBits": F, "weightFraction": wf, "scoreFraction": sf, "features": features,
              "stored": [list(v) if not c["missing"] else [v, p] for c, (v, p) in zip(columns, stored)]}
    result["stored"] = []
    for c, (v, p) in zip(columns, stored):
        result["stored"].append(v)
        if c["missing"]:
            result["stored"].append(p)
    width = len(features[0])
    s = F + wf - sf
    for name, outputs in (("binary", 1), ("classes", 3)):
        w = [rng.randint(-(2**15), 2**15 - 1) for _ in range(width * outputs)]
        acc = [[sum(x * w[k * outputs + o] for k, x in enumerate(row)) for o in range(outputs)] for row in features]
        score = [[half_up(Fraction(a, 2**s)) for a in row] for row in acc]
        if name == "binary":
            low = [[max(-(2**9), min(2**9 - 1, v)) for v in row] for row in score]  # saturated to 10 bits
            probability = [sigmoid_value(row[0], sf, 16) for row in low]
            result[name] = {"weights": w, "score": [r[0] for r in low], "probability": probability,
                            "prediction": [1 if p >= 2**15 else 0 for p in probability]}
        else:
            prediction = [max(range(outputs), key=lambda k: (row[k], -k)) for row in score]
            labels = [rng.randint(0, 2) for _ in range(rows)]
            confusion = [[sum(1 for l, p in zip(labels, prediction) if (l, p) == (a, b)) for b in range(3)] for a in range(3)]
            result[name] = {"weights": w, "score": sum(score, []), "prediction": prediction, "labels": labels, "confusion": sum(confusion, [])}
    return result


def split():
    out = []
    for n, seed, num, den in [(1, 1, 1, 4), (2, 7, 1, 2), (50, 1, 1, 4), (101, 2**53, 3, 10)]:
        keys = []
        for row in range(n):
            data = b"zkmlops row split" + seed.to_bytes(8, "little") + row.to_bytes(8, "little")
            keys.append((hashlib.sha256(data).digest()[:8], row))
        count = max(min(1, n), min(n * num // den, max(1, n - 1)))
        chosen = sorted(row for _, row in sorted(keys)[:count])
        out.append({"rows": n, "seed": seed, "numerator": num, "denominator": den, "test": chosen})
    return out


def wilson():
    z = 1.959963984540054
    out = []
    for k, n in [(0, 10), (10, 10), (7, 10), (185, 250), (1, 1), (4999, 10000)]:
        p = k / n
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        out.append([k, n, max(0, centre - spread), min(1, centre + spread)])
    return out


def archives():
    text = b"".join(b"%d,%d,row %d\n" % (i, i * i % 97, i % 13) for i in range(3000)) + bytes(rng.randrange(256) for _ in range(4000))
    gz = {}
    for level in (0, 1, 6, 9):
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=level, mtime=0, filename="x.csv") as f:
            f.write(text)
        gz[f"level{level}"] = buffer.getvalue().hex()
    fixed = zlib.compressobj(9, zlib.DEFLATED, 31, 9, zlib.Z_FIXED)
    gz["fixed"] = (fixed.compress(text[:500]) + fixed.flush()).hex()
    gz["twoMembers"] = (gzip.compress(text[:1000], mtime=0) + gzip.compress(text[1000:1500], mtime=0) + bytes(3)).hex()
    out = {"sha256": hashlib.sha256(text).hexdigest(), "first500": text[:500].hex(), "first1500": hashlib.sha256(text[:1500]).hexdigest(), "gzip": gz}
    arrays = {"coef": numpy.array([[0.5, -1.25, 3.0]]), "intercept": numpy.array([-0.75], dtype="<f4"), "classes": numpy.array(["no", "yes"])}
    for name, save in (("stored", numpy.savez), ("deflated", numpy.savez_compressed)):
        buffer = io.BytesIO()
        save(buffer, **arrays)
        out[name] = buffer.getvalue().hex()
    buffer = io.BytesIO()
    numpy.savez(buffer, coef=numpy.array([1, -2, 3], dtype="<i2"), classes=numpy.array([0, 1]), intercept=numpy.array([4], dtype="<u1"))
    out["integers"] = buffer.getvalue().hex()
    return out


result = {"made by": "Tests/Vectors/make_data_vectors.py", "requantise": requantise(), "division": division(), "sigmoid": sigmoid(), "decimals": decimals(),
          "linearModel": linear_model(), "split": split(), "wilson": wilson(), "archives": archives()}
json.dump(result, sys.stdout, separators=(",", ":"))
print()
