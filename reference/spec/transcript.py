"""SHA-256 Fiat-Shamir transcript, and the two tapes (prover writes, verifier reads).

state_0        = SHA256("zkmlops/transcript/v1")
absorb         : state <- SHA256(0x10 | state | u8 len(label) | label | kind | u64le len(payload) | payload)
challenge      : seed  =  SHA256(0x11 | state | u8 len(label) | label | kind | u64le count)
                 block_j = SHA256(0x12 | seed | u64le j), j = 0, 1, ...; the stream is block_0 | block_1 | ...
                 state <- SHA256(0x13 | seed)
kinds          : 1 bytes, 2 base vector, 3 extension vector, 4 digest; challenges 0x81 extension, 0x82 index.
field sampling : 8-byte little-endian words of the stream in order, a word >= p is skipped (unbiased);
                 an extension element takes e accepted words, limb 0 first.
index sampling : one 8-byte little-endian word per index, index = word mod 2^log_n (a power of two: unbiased), WITH replacement.

Three verbs: message (absorbed and sent), observe (absorbed, known to both sides), hint (sent; an absorbed Merkle root or
identity binds it; opened columns are absorbed afterwards too).  Every group of elements sent together is one absorb.
"""

import hashlib

from field import P
from serialize import ProofReader, ProofWriter, u64

KIND_BYTES, KIND_BASE, KIND_EXT, KIND_DIGEST = 1, 2, 3, 4
KIND_CHALLENGE_EXT, KIND_CHALLENGE_INDEX = 0x81, 0x82


def sha(*parts):
    h = hashlib.sha256()
    for part in parts:
        h.update(part)
    return h.digest()


class Transcript:
    """The hash chain alone.  `inventory` records (verb, label, kind, count) for the golden list."""

    def __init__(self, ext):
        self.ext, self.inventory = ext, []
        self.state = sha(b"zkmlops/transcript/v1")

    def absorb(self, label, kind, payload, count=1):
        name = label.encode()
        self.inventory.append(("absorb", label, kind, count))
        self.state = sha(b"\x10", self.state, bytes([len(name)]), name, bytes([kind]), u64(len(payload)), payload)

    def _stream(self, label, kind, count):
        """The 8-byte words of one challenge.  The chain steps at once, also for a challenge of no elements."""
        name = label.encode()
        self.inventory.append(("challenge", label, kind, count))
        seed = sha(b"\x11", self.state, bytes([len(name)]), name, bytes([kind]), u64(count))
        self.state = sha(b"\x13", seed)
        return self._words(seed)

    @staticmethod
    def _words(seed):
        j = 0
        while True:
            block = sha(b"\x12", seed, u64(j))
            j += 1
            for k in range(0, 32, 8):
                yield int.from_bytes(block[k:k + 8], "little")

    def challenges(self, label, count):
        """count extension elements, uniform."""
        stream = self._stream(label, KIND_CHALLENGE_EXT, count)
        accepted = (w for w in stream if w < P)
        return [self.ext(tuple(next(accepted) for _ in range(self.ext.DEGREE))) for _ in range(count)]

    def challenge(self, label):
        return self.challenges(label, 1)[0]

    def indices(self, label, count, log_n):
        """count indices in [0, 2^log_n), uniform, independent, in drawing order."""
        stream = self._stream(label, KIND_CHALLENGE_INDEX, count)
        return [next(stream) & ((1 << log_n) - 1) for _ in range(count)]

    def observe(self, label, data):
        self.absorb(label, KIND_BYTES, data)

    def absorb_columns(self, label, raw, count):
        """Opened columns of one tree, positions ascending: hints bound by the root, absorbed so that proofs are unique."""
        self.absorb(label, KIND_BASE, raw, count)


class ProverTape(Transcript):
    """Transcript that writes the proof; `events` lets the prover replay the verifier on its own messages."""

    def __init__(self, ext):
        super().__init__(ext)
        self.writer, self.events = ProofWriter(), []

    def message(self, label, values):
        self.absorb(label, KIND_EXT, b"".join(x.to_bytes() for x in values), len(values))
        self.writer.ext(values)
        self.events.append((label, list(values)))

    def message_digest(self, label, value):
        self.absorb(label, KIND_DIGEST, value)
        self.writer.raw(value)

    def challenges(self, label, count):
        values = super().challenges(label, count)
        self.events.append((label, values))
        return values

    def hint_raw(self, data):
        self.writer.raw(data)

    def hint_base(self, values):
        self.writer.base(values)

    def hint_ext(self, values):
        self.writer.ext(values)

    def proof(self):
        return bytes(self.writer.out)


class VerifierTape(Transcript):
    """Transcript that reads the proof; every count is the caller's, i.e. the statement's."""

    def __init__(self, ext, proof, lenient=()):
        super().__init__(ext)
        self.reader = ProofReader(proof, lenient)

    def message(self, label, count):
        values = self.reader.ext(count, self.ext)
        self.absorb(label, KIND_EXT, b"".join(x.to_bytes() for x in values), count)
        return values

    def message_digest(self, label):
        value = self.reader.raw(32)
        self.absorb(label, KIND_DIGEST, value)
        return value

    def hint_raw(self, count):
        return self.reader.raw(count)

    def hint_base(self, count):
        return self.reader.base(count)

    def hint_ext(self, count):
        return self.reader.ext(count, self.ext)

    def finish(self):
        self.reader.finish()


class ReplayTape:
    """Feeds recorded events back to verifier code: same labels, same order, same values, no hashing."""

    def __init__(self, events):
        self.events, self.at = events, 0

    def _next(self, label, count):
        name, values = self.events[self.at]
        assert name == label and len(values) == count, f"replay: expected {label}x{count}, recorded {name}x{len(values)}"
        self.at += 1
        return list(values)

    message = challenges = _next

    def challenge(self, label):
        return self._next(label, 1)[0]
