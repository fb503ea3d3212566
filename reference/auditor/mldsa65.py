"""Verification of ML-DSA-65 signatures (FIPS 204, algorithms 3 and 8; pure, empty context), from the standard's formulas."""

import hashlib

Q, N, K, L = 8380417, 256, 6, 5
DROPPED, TAU, GAMMA1, GAMMA2, BETA, OMEGA = 13, 49, 1 << 19, (8380417 - 1) // 32, 196, 55
KEY_BYTES, SIGNATURE_BYTES, CHALLENGE_BYTES = 32 + 320 * K, 48 + 640 * L + OMEGA + K, 48
ZETAS = [pow(1753, int(f"{i:08b}"[::-1], 2), Q) for i in range(N)]


def ntt(values):
    out, m, length = list(values), 0, 128
    while length:
        for start in range(0, N, 2 * length):
            m += 1
            for j in range(start, start + length):
                t = ZETAS[m] * out[j + length] % Q
                out[j + length], out[j] = (out[j] - t) % Q, (out[j] + t) % Q
        length //= 2
    return out


def inverse_ntt(values):
    out, m, length = list(values), N, 1
    while length < N:
        for start in range(0, N, 2 * length):
            m -= 1
            for j in range(start, start + length):
                t = out[j]
                out[j], out[j + length] = (t + out[j + length]) % Q, -ZETAS[m] * (t - out[j + length]) % Q
        length *= 2
    scale = pow(N, Q - 2, Q)
    return [x * scale % Q for x in out]


def unpack(raw, bits):
    value = int.from_bytes(raw, "little")
    return [value >> bits * i & (1 << bits) - 1 for i in range(8 * len(raw) // bits)]


def expand_matrix(seed):
    """K rows of L polynomials in the transformed domain (algorithm 32)."""
    return [[sample_uniform(seed + bytes([column, row])) for column in range(L)] for row in range(K)]


def sample_uniform(seed):
    length = 840
    while True:
        stream, out = hashlib.shake_128(seed).digest(length), []
        for i in range(0, length - 2, 3):
            value = stream[i] | stream[i + 1] << 8 | (stream[i + 2] & 0x7F) << 16
            if value < Q:
                out.append(value)
                if len(out) == N:
                    return out
        length *= 2


def sample_in_ball(seed):
    stream, out = hashlib.shake_256(seed).digest(1024), [0] * N
    signs, at = int.from_bytes(stream[:8], "little"), 8
    for i in range(N - TAU, N):
        while stream[at] > i:
            at += 1
        out[i] = out[stream[at]]
        out[stream[at]] = 1 - 2 * (signs >> (i + TAU - N) & 1)
        at += 1
    return out


def unpack_hints(raw):
    """K sets of positions, or None for an encoding that is not the one of its hints (algorithm 21)."""
    hints, first = [], 0
    for i in range(K):
        last = raw[OMEGA + i]
        if last < first or last > OMEGA:
            return None
        own = raw[first:last]
        if any(a >= b for a, b in zip(own, own[1:])):
            return None
        hints.append(set(own))
        first = last
    return hints if not any(raw[first:OMEGA]) else None


def use_hint(value, hinted):
    low = value % (2 * GAMMA2)
    low -= 2 * GAMMA2 if low > GAMMA2 else 0
    high, low = (0, low - 1) if value - low == Q - 1 else ((value - low) // (2 * GAMMA2), low)
    if not hinted:
        return high
    return (high + (1 if low > 0 else -1)) % 16


def verify(key, message, signature):
    """Whether `signature` is one of `message` under `key`."""
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    top = [unpack(key[32 + 320 * i:352 + 320 * i], 10) for i in range(K)]
    challenge, hints = signature[:CHALLENGE_BYTES], unpack_hints(signature[-(OMEGA + K):])
    answer = [[GAMMA1 - x for x in unpack(signature[48 + 640 * i:688 + 640 * i], 20)] for i in range(L)]
    if hints is None or any(abs(x) >= GAMMA1 - BETA for row in answer for x in row):
        return False
    digest = hashlib.shake_256(hashlib.shake_256(key).digest(64) + b"\0\0" + message).digest(64)
    matrix, ball = expand_matrix(key[:32]), ntt(sample_in_ball(challenge))
    answer, rounded = [ntt(row) for row in answer], b""
    for i in range(K):
        scaled = ntt([x << DROPPED for x in top[i]])
        sums = [(sum(matrix[i][j][n] * answer[j][n] for j in range(L)) - ball[n] * scaled[n]) % Q for n in range(N)]
        highs = [use_hint(x, n in hints[i]) for n, x in enumerate(inverse_ntt(sums))]
        rounded += bytes(a | b << 4 for a, b in zip(highs[::2], highs[1::2]))
    return hashlib.shake_256(digest + rounded).digest(CHALLENGE_BYTES) == challenge
