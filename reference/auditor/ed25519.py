"""Verification of Ed25519 signatures (RFC 8032, section 5.1.7, without cofactor), from the standard's formulas."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Sum in extended coordinates (X, Y, Z, T), x = X/Z, y = Y/Z, xy = T/Z."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    u, v, w, x = f - e, h - g, h + g, f + e
    return u * v % P, w * x % P, v * w % P, u * x % P


def multiply(scalar, point):
    out = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            out = add(out, point)
        point, scalar = add(point, point), scalar >> 1
    return out


def encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(raw):
    """The point of 32 bytes, or None."""
    value = int.from_bytes(raw, "little")
    y, sign = value & (1 << 255) - 1, value >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT % P
    if x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verify(key, message, signature):
    """Whether `signature` (64 bytes) is one of `message` under `key` (32 bytes)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    point, scalar = decode(key), int.from_bytes(signature[32:], "little")
    if point is None or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus = (P - point[0], point[1], point[2], P - point[3])
    return encode(add(multiply(scalar, BASE), multiply(challenge, minus))) == signature[:32]
