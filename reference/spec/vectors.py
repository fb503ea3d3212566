"""Writes the test vectors: python3 vectors.py [FILE], default Sources/TestSupport/Vectors/vectors.json.

Plain integers and hex strings.  Field elements are decimal strings (they exceed 2^53), extension elements lists of limbs.
Section "proofs" holds whole small proofs with the encoded statement, every secret input and the prover's 32-byte seeds, so
that a second implementation can check the verifier on the bytes and its prover for equality."""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "..", "Sources", "TestSupport", "Vectors", "vectors.json")
sys.path.insert(0, os.path.join(HERE, "tests"))

import support  # noqa: E402
import soundness  # noqa: E402
from artefact import Randomness  # noqa: E402
from field import EXTENSIONS, GENERATOR, P, root_of_unity  # noqa: E402
from merkle import MerkleTree, leaf_hash  # noqa: E402
from prover import Prover  # noqa: E402
from reed_solomon import encode, point  # noqa: E402
from serialize import digest, encode as encode_object  # noqa: E402
from transcript import Transcript  # noqa: E402
from verifier import verify  # noqa: E402
from weights import Tensor, eq_table, evaluate_at_indices, masked_eq  # noqa: E402


def num(x):
    return str(x)


def ext(x):
    return [num(c) for c in x.c]


def field_vectors():
    out, rng = [], Randomness(bytes(32))
    for e, cls in EXTENSIONS.items():
        for a, b in [rng.ext(2, cls) for _ in range(4)] + [(cls.lift(P - 1), cls.basis(1))]:
            out.append({"degree": e, "a": ext(a), "b": ext(b), "sum": ext(a + b), "product": ext(a * b), "inverse of a": ext(a.inverse())})
    return {"modulus": num(P), "generator": GENERATOR, "root of order 2^32": num(root_of_unity(32)), "cases": out}


def transcript_vectors():
    t, steps = Transcript(EXTENSIONS[3]), []
    steps.append({"step": "start", "state": t.state.hex()})
    t.absorb("alpha", 1, b"hello")
    steps.append({"step": "absorb bytes", "label": "alpha", "payload": b"hello".hex(), "state": t.state.hex()})
    c = t.challenges("beta", 2)
    steps.append({"step": "challenges", "label": "beta", "count": 2, "values": [ext(x) for x in c], "state": t.state.hex()})
    payload = b"".join(x.to_bytes() for x in c)
    t.absorb("gamma", 3, payload)
    steps.append({"step": "absorb extension vector", "label": "gamma", "payload": payload.hex(), "state": t.state.hex()})
    steps.append({"step": "indices", "label": "delta", "count": 5, "log2 range": 10, "values": t.indices("delta", 5, 10), "state": t.state.hex()})
    return steps


def code_vectors():
    coefficients = list(range(1, 8))
    leaves = [leaf_hash(bytes([j]) * 32, bytes([j])) for j in range(8)]
    tree = MerkleTree(leaves)
    z = Randomness(b"z" * 32).ext(3, EXTENSIONS[3])
    sample = {"b": [1, "two", b"\x03"], "a": True}
    return {"reed solomon": {"coefficients": coefficients, "log2 length": 4, "points": [num(point(j, 4)) for j in range(16)],
                             "codeword": [num(x) for x in encode(coefficients, 4)]},
            "merkle": {"leaf j": "salt = 32 bytes of value j, column = one byte of value j", "root": tree.root.hex(),
                       "indices": [1, 2, 7], "multiproof": [d.hex() for d in tree.multiproof([1, 2, 7])]},
            "eq": {"point": [ext(x) for x in z], "table": [ext(x) for x in eq_table(z, EXTENSIONS[3])]},
            "masked eq": {"point": "as in eq", "dimensions [bits, count]": [[1, 1], [2, 3]], "table": [ext(x) for x in evaluate_at_indices(
                [Tensor(EXTENSIONS[3].lift(1), f) for f in masked_eq(z, [(1, 1), (2, 3)])], 8, EXTENSIONS[3])]},
            "encode": {"object": "{b: [1, 'two', bytes 03], a: true}", "bytes": encode_object(sample).hex(),
                       "digest with tag 'tag'": digest("tag", sample).hex()}}


def soundness_vectors():
    rows = []
    for profile in (soundness.P128, soundness.P100):
        for m in (11, 12, 13, 14, 15, 16, 17, 19):
            p, log_n, t, budget = soundness.global_shape(m, profile)
            rows.append({"profile": profile.name, "m": m, "p": p, "log2 n": log_n, "t": t, "budget": budget})
    plain = [{"profile": p.name, "dimension": 1 << m, "log2 n": m + r, "t": soundness.query_count(1 << m, 1 << (m + r), p)}
             for p in (soundness.P128, soundness.P100) for m, r in ((6, 5), (8, 4), (9, 4), (11, 3), (12, 3), (16, 3))]
    return {"hiding rows": rows, "plain codes": plain}


def proof_vector(name, statement, secrets, aux, seed):
    prover = Prover(statement, secrets, aux, support.seeded(seed))
    proof = prover.prove()
    verify(statement, proof)
    return {"name": name, "parameters": encode_object(statement.parameters()).hex(), "context": statement.context.hex(),
            "relation": encode_object([statement.relation.descriptor(), statement.relation.aux.describe()]).hex(),
            "relation digest": statement.relation_digest().hex(), "trees": encode_object(statement.trees()).hex(),
            "zero bytes": statement.zero_bytes(),
            "artefacts": {n: {"values": {t: [num(x) for x in v] for t, v in s.values.items()},
                              "preimage": s.public.preimage.hex(), "identity": s.public.identity.hex()} for n, s in secrets.items()},
            "aux": {t: [num(x) for x in v] for t, v in aux.items()}, "prover seed": support.seeded(seed).seed.hex(),
            "pads": statement.layout.count, "products": [list(x) for x in statement.layout.products],
            "queries": statement.queries, "final transcript state": prover.tape.state.hex(), "proof": proof.hex(),
            "inventory": [list(x) for x in prover.tape.inventory]}


def vectors():
    return {"source": "executable specification, vectors.py", "protocol": "zkmlops/padzk/v1",
            "field": field_vectors(), "transcript": transcript_vectors(), "codes": code_vectors(), "soundness": soundness_vectors(),
            "proofs": [proof_vector("inner product", *support.inner_instance(6, m=4, bits=2), 6),
                       proof_vector("inner product, two shapes, quadratic extension",
                                    *support.inner_instance(7, m=5, bits=3, second_m=4, profile=soundness.TOY2), 7),
                       proof_vector("linear audit", *support.linear_instance(1, slack=1), 1)]}


def text():
    return json.dumps(vectors(), indent=1, sort_keys=False) + "\n"


if __name__ == "__main__":
    with open(sys.argv[1] if len(sys.argv) > 1 else VECTORS, "w") as out:
        out.write(text())
