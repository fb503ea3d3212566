"""python3 test_bundle.py BUNDLE [--signatures]

Accepts the bundle, then makes 50 tampered ones of it and checks that each is rejected for the reason that belongs to it: bytes in
every field of a proof, values of the manifest, statements and lists of the claims.  Wherever a tamperer could do so, digests, file
names and the bundle identifier are made anew, so that it is never a digest alone that rejects.  Changed proof messages move all
later challenges; a second pass keeps the challenges of the accepted proof, so that the algebraic checks alone must reject.
With --signatures only those of signatures, owners' statements and claims.jsonl (20 and more), of a signed bundle.
Exit code 0: accepted, and 50 rejected.  1: anything else.
"""

import base64
import copy
import hashlib
import json
import sys
import time

import auditor  # noqa: F401  (puts the specification on the path)
import verifier
from auditor import json_text
from auditor.artefacts import Committed
from auditor.bundle import Manifest, context, read_directory, statement_of, verify_files
from auditor.claims import read_claim
from auditor.errors import Rejection
from auditor.meaning import reveals
from errors import CheckFailed
from field import P
from transcript import VerifierTape


class Variant:
    """A bundle taken apart: manifest, claim files and proofs can be changed; `files` puts it together with fresh digests."""

    def __init__(self, files):
        self.manifest = json.loads(files["manifest.json"])
        self.claims = {c["name"]: json.loads(files[f"claims/{c['name']}.json"]) for c in self.manifest["claims"]}
        self.proofs = {p["digest"]: bytearray(files[f"proofs/{p['digest']}.zkp"]) for p in self.manifest["proofs"]}
        # Unsigned, so that it is never a signature alone that rejects; `signature_variants` looks at those.
        self.statements = {n: raw for n, raw in files.items() if n.startswith("signatures/")}
        self.manifest.update(attestations=None, signatures=[])

    def files(self, keep_identifier=False):
        out, manifest = dict(self.statements), copy.deepcopy(self.manifest)
        renamed = {}
        for old, raw in self.proofs.items():
            renamed[old] = hashlib.sha256(raw).hexdigest()
            out[f"proofs/{renamed[old]}.zkp"] = bytes(raw)
        for proof in manifest["proofs"]:
            proof["digest"] = renamed.get(proof["digest"], proof["digest"])
        for claim in manifest["claims"]:
            raw = json.dumps(self.claims[claim["name"]], ensure_ascii=False).encode()
            out[f"claims/{claim['name']}.json"] = raw
            claim["digest"] = hashlib.sha256(raw).hexdigest()
            claim["proof"] = renamed.get(claim["proof"], claim["proof"])
        body = {k: v for k, v in manifest.items() if k not in ("bundle", "signatures")}
        if not keep_identifier:
            manifest["bundle"] = hashlib.sha256(b"zkmlops/bundle/v1\0" + json_text.canonical(body)).hexdigest()
        out["manifest.json"] = json_text.canonical(manifest)
        return out

    def artefact(self, name):
        return next(a for a in self.manifest["artefacts"] if a["name"] == name)


class FieldMap(VerifierTape):
    """Notes where each field of a proof lies: {label: [(offset, bytes)]}."""

    places = {}

    def __init__(self, ext, proof, lenient=()):
        FieldMap.places = {"magic": [(0, 8)], "version": [(8, 2)]}
        self.verb = None
        super().__init__(ext, proof, lenient)

    def note(self, label, start):
        FieldMap.places.setdefault(label, []).append((start, self.reader.at - start))

    def message(self, label, count):
        start, values = self.reader.at, super().message(label, count)
        self.note(label, start)
        return values

    def message_digest(self, label):
        start, value = self.reader.at, super().message_digest(label)
        self.note(label, start)
        return value

    def hint_raw(self, count):
        start, value = self.reader.at, super().hint_raw(count)
        front = "ligerito.root" not in FieldMap.places
        self.note("artefact.root" if front else "level-0 salts and paths" if len(FieldMap.places["ligerito.root"]) == 1
                  and "ligerito.batch" not in self.drawn else "lower paths", start)
        return value

    def hint_base(self, count):
        start, values = self.reader.at, super().hint_base(count)
        self.note("level-0 columns", start)
        return values

    def hint_ext(self, count):
        start, values = self.reader.at, super().hint_ext(count)
        self.note("lower columns", start)
        return values

    @property
    def drawn(self):
        return {entry[1] for entry in self.inventory if entry[0] == "challenge"}


def proof_fields(files, statements):
    """{label: [(offset, bytes)]} of the first proof."""
    manifest = Manifest(files["manifest.json"])
    digest, names, own = manifest.proofs[0]
    statement = next(s for s in statements.values() if s.context == context(names))
    verifier.VerifierTape = FieldMap
    try:
        verifier.verify(statement, files[f"proofs/{digest}.zkp"])
    finally:
        verifier.VerifierTape = VerifierTape
    return digest, FieldMap.places


# Fields of a proof in the order of the transcript, and how a flipped bit in one of them is found out.
ALGEBRA = ("ligerito.final_c", "MerkleMismatch", "MalformedProof", "NonCanonical")
PROOF_FIELDS = (
    ("magic", ("magic",)), ("version", ("version",)), ("artefact.root", ("the root of",)), ("aux.root", ALGEBRA),
    ("product.value", ALGEBRA), ("product.round", ALGEBRA), ("product.factors", ALGEBRA), ("network.value", ALGEBRA), ("network.sum", ALGEBRA),
    ("network.dense", ALGEBRA), ("network.batch.round", ALGEBRA), ("network.round", ALGEBRA), ("network.operands", ALGEBRA),
    ("network.cells", ALGEBRA), ("network.stack", ALGEBRA), ("network.opening", ALGEBRA), ("logup.root", ALGEBRA), ("logup.round", ALGEBRA),
    ("logup.children", ALGEBRA), ("split", ALGEBRA), ("sacrifice.open", ALGEBRA), ("rows.round", ALGEBRA), ("shield.mu", ALGEBRA),
    ("shield.a", ALGEBRA), ("pads.mu", ALGEBRA), ("merge.cross", ALGEBRA), ("ligerito.root", ALGEBRA),
    ("level-0 salts and paths", ("MerkleMismatch",)), ("level-0 columns", ALGEBRA), ("ligerito.round", ALGEBRA), ("lower columns", ALGEBRA),
    ("lower paths", ("MerkleMismatch",)), ("ligerito.final", ALGEBRA))


def proof_variants(files, statements):
    """(name, files, reasons): a low bit of the first and of the last place of every field, lengths, and encodings."""
    digest, places = proof_fields(files, statements)

    def with_proof(change):
        variant = Variant(files)
        change(variant.proofs[digest])
        return variant.files()

    def flip(at):
        def change(raw):
            raw[at] ^= 1
        return change

    def not_canonical(at):
        def change(raw):
            """The same element, written as a larger integer."""
            raw[at:at + 8] = (P + 5).to_bytes(8, "little")
        return change
    for label, reasons in PROOF_FIELDS:
        found = places.get(label, [])
        for which, (at, _) in (("first", found[0]), ("last", found[-1])) if len(found) > 1 else (("only", found[0]),) if found else ():
            yield f"proof: {label}, {which} place", with_proof(flip(at)), reasons
    at = places["shield.a"][0][0]
    yield "proof: an element of p or more", with_proof(not_canonical(at)), ("NonCanonical",)
    yield "proof: the last byte is missing", with_proof(lambda raw: raw.pop()), ("truncated",)
    yield "proof: a byte follows", with_proof(lambda raw: raw.append(0)), ("trailing bytes",)
    yield "proof: empty", with_proof(lambda raw: raw.clear()), ("the root of", "truncated")


class Recorder(VerifierTape):
    """Keeps every challenge of an accepted proof."""

    drawn = []

    def __init__(self, *arguments):
        Recorder.drawn = []
        super().__init__(*arguments)

    def challenges(self, label, count):
        Recorder.drawn.append(super().challenges(label, count))
        return Recorder.drawn[-1]

    def indices(self, label, count, log_n):
        Recorder.drawn.append(super().indices(label, count, log_n))
        return Recorder.drawn[-1]


class Frozen(VerifierTape):
    """The challenges of the accepted proof, whatever the bytes are: what is left to reject are the algebraic checks."""

    def __init__(self, *arguments):
        self.supply = iter(Recorder.drawn)
        super().__init__(*arguments)

    def challenges(self, label, count):
        return next(self.supply)

    def indices(self, label, count, log_n):
        return next(self.supply)


MESSAGES = ("product.value", "product.round", "product.factors", "network.value", "network.sum", "network.dense", "network.batch.round",
            "network.round", "network.operands", "network.cells", "network.stack", "network.opening", "logup.root", "logup.round", "logup.children", "split", "sacrifice.open",
            "rows.round", "shield.mu", "shield.a", "pads.mu", "merge.cross", "ligerito.round", "ligerito.final")


def frozen_checks(files, statements):
    """Number of messages in whose place a changed one is not rejected by the algebra alone."""
    digest, places = proof_fields(files, statements)
    raw = files[f"proofs/{digest}.zkp"]
    names = Manifest(files["manifest.json"]).proofs[0][1]
    statement = next(s for s in statements.values() if s.context == context(names))
    missed = 0
    verifier.VerifierTape = Recorder
    try:
        verifier.verify(statement, raw)
        verifier.VerifierTape = Frozen
        verifier.verify(statement, raw)
        for label in MESSAGES:
            for at, _ in places.get(label, [])[:1]:
                changed = bytearray(raw)
                changed[at] ^= 1
                try:
                    verifier.verify(statement, bytes(changed))
                    outcome = "ACCEPTED"
                except CheckFailed as error:
                    outcome = error.name
                missed += not outcome.startswith("ligerito.final")
                print(f"    frozen challenges, {label}: {outcome}")
    finally:
        verifier.VerifierTape = VerifierTape
    return missed


def frozen_statements(files):
    """Number of false statements about a network that the algebra alone does not reject: the proof's own challenges, its bytes as they are, and
    constraints compiled from another statement of the same sizes."""
    if not any(c["type"] == "networkInference" for c in Variant(files).claims.values()):
        return 0

    def outputs(variant):
        claim = next(c for c in variant.claims.values() if c["type"] == "networkInference")["statement"]
        return [t["published"] for t in claim["outputs"].values() if "published" in t]

    def nodes(variant, kind):
        return [n[1] for n in next(a for a in variant.manifest["artefacts"] if a["kind"] == "network")["format"]["architecture"]["program"]["nodes"]
                if n[1][0] == kind]

    def step(values):
        values[-1] = str(int(values[-1]) + 1)
    changes = [("an output", outputs, step), ("a coefficient", lambda v: nodes(v, "affine"), lambda o: o[1].__setitem__(0, "-1")),
               ("a constant", lambda v: nodes(v, "affine"), lambda o: o.__setitem__(2, "1")),
               ("a multiplier", lambda v: nodes(v, "rescale"), lambda o: o.__setitem__(1, "3")),
               ("an order", lambda v: nodes(v, "row-order"), lambda o: o.__setitem__(2, not o[2])),
               ("values and columns of an order", lambda v: nodes(v, "row-order"), lambda o: o.__setitem__(3, not o[3]))]
    missed, unchanged = 0, frozen_outcome(Variant(files), record=True)
    print(f"    frozen challenges, nothing changed: {unchanged}")
    for what, find, change in changes:
        variant = Variant(files)
        found = find(variant)
        if not found:
            continue
        change(found[-1])
        remade(variant.manifest)
        try:
            outcome = frozen_outcome(variant)
        except Rejection as error:
            outcome = f"refused before: {error}"
        missed += not outcome.startswith(("ligerito.final", "refused before"))
        print(f"    frozen challenges, {what} of the statement: {outcome}")
    return missed + (unchanged != "ACCEPTED")


def frozen_outcome(variant, record=False):
    """What the first proof's verification says with the recorded challenges."""
    files = variant.files()
    manifest = Manifest(files["manifest.json"])
    artefacts = {a["name"]: Committed(a["name"], a["kind"], a["format"], a["tensors"], a["code"], bytes.fromhex(a["root"]), a.get("tree"))
                 for a in manifest.artefacts}
    claims = {name: read_claim(kind, variant.claims[name]["statement"]) for name, kind, _, _ in manifest.claims}
    digest, names, own = manifest.proofs[0]
    statement = statement_of(manifest, names, own, claims, artefacts, {})
    verifier.VerifierTape = Recorder if record else Frozen
    try:
        verifier.verify(statement, files[f"proofs/{digest}.zkp"])
        return "ACCEPTED"
    except CheckFailed as error:
        return error.name
    finally:
        verifier.VerifierTape = VerifierTape


def manifest_variants(files):
    """(name, files, reasons)."""
    def edited(change, keep=False):
        variant = Variant(files)
        change(variant.manifest)
        return variant.files(keep)
    first = lambda m: m["artefacts"][0]                               # noqa: E731
    table = lambda m: next((a for a in m["artefacts"] if a["kind"] == "table"), None)  # noqa: E731
    model = lambda m: next((a for a in m["artefacts"] if a["kind"] == "linear-model"), None)       # noqa: E731
    identity = ("its identity is not the digest",)

    def hexadecimal(text):
        return ("0" if text[0] != "0" else "1") + text[1:]
    yield "manifest: role, identifier kept", edited(lambda m: first(m).update(role="other"), keep=True), ("bundle identifier",)
    yield "manifest: a space", {**files, "manifest.json": files["manifest.json"] + b" "}, ("canonical",)
    yield "manifest: not JSON", {**files, "manifest.json": files["manifest.json"][:-1]}, ("manifest.json:",)
    yield "manifest: unknown field", edited(lambda m: m.update(extra=1)), ("not a field",)
    yield "manifest: profile P100", edited(lambda m: m.update(profile="P100")), ("proof", "MalformedProof")
    yield "manifest: unknown profile", edited(lambda m: m.update(profile="P64")), ("unknown soundness profile",)
    yield "manifest: identity", edited(lambda m: first(m).update(identity=hexadecimal(first(m)["identity"]))), identity
    yield "manifest: root", edited(lambda m: first(m).update(root=hexadecimal(first(m)["root"]))), identity
    if table(json.loads(files["manifest.json"])):
        yield "manifest: one row fewer", edited(lambda m: table(m)["format"].update(rows=table(m)["format"]["rows"] - 1)), identity
        yield "manifest: a column renamed", edited(lambda m: table(m)["format"]["columns"][0].update(name="renamed")), identity
    yield "manifest: code", edited(lambda m: first(m)["code"].update(m=first(m)["code"]["m"] + 1)), ("its code is not one",)
    yield "manifest: tensors", edited(lambda m: first(m)["tensors"][0].update(name="other")), ("its tensors are not",)
    yield "manifest: a reserved name", edited(lambda m: first(m).update(name="aux")), ("own trees", "unknown one")
    yield "manifest: claim dropped from its proof", edited(lambda m: m["proofs"][0]["claims"].pop()), ("do not agree", "at least one claim")
    yield "manifest: order of claims in a proof", edited(lambda m: m["proofs"][0]["claims"].reverse()), ("proof",)
    if len(json.loads(files["manifest.json"])["proofs"][0]["artefacts"]) > 1:
        yield "manifest: order of artefacts in a proof", edited(lambda m: m["proofs"][0]["artefacts"].reverse()), ("the root of", "proof")
    yield from tree_variants(files)
    yield from network_variants(files)
    yield "manifest: an edge that no claim establishes", edited(lambda m: m["edges"].append(
        {"kind": "trainedOn", "from": m["artefacts"][0]["name"], "to": m["artefacts"][-1]["name"]})), ("no claim establishes", "cycle")
    if model(files_manifest := json.loads(files["manifest.json"])):
        finer = model(files_manifest)["format"]["architecture"]["weightFractionBits"] + 1
        yield "manifest: number format of the model", edited(lambda m: model(m)["format"]["architecture"].update(weightFractionBits=finer)), (
            "its identity is not the digest", "shift", "wrap around", "can leave")
    yield "files: one more", {**files, "claims/extra.json": b"{}"}, ("not listed",)
    missing = dict(files)
    del missing[next(n for n in files if n.startswith("proofs/"))]
    yield "files: a proof is missing", missing, ("is missing",)


def tree_variants(files):
    """Artefacts of a shared tree elsewhere in it, or in another tree, with identities that fit; nothing without a shared tree."""
    def edited(change, keep=False):
        variant = Variant(files)
        shared = [a for a in variant.manifest["artefacts"] if "tree" in a]
        change(shared)
        for a in shared if not keep else ():
            try:
                own = Committed(a["name"], a["kind"], a["format"], a["tensors"], a["code"], bytes.fromhex(a["root"]), a["tree"])
                a["identity"] = own.identity.hex()
            except Rejection:
                pass
        return variant.files()

    def swap(shared):
        shared[0]["tree"], shared[1]["tree"] = shared[1]["tree"], shared[0]["tree"]

    def rows(shared, more):
        for a in shared:
            a["tree"]["rows"] += more
    if sum("tree" in a for a in Variant(files).manifest["artefacts"]) < 2:
        return
    apart, identity = ("do not lie apart",), ("its identity is not the digest",)
    yield "trees: rows swapped", edited(swap, keep=True), identity
    yield "trees: rows swapped, identities made anew", edited(swap), ("proof",)
    yield "trees: rows of the tree, identity kept", edited(lambda s: rows(s, 1), keep=True), identity
    yield "trees: more rows of the tree for all", edited(lambda s: rows(s, 1)), ("MerkleMismatch", "MalformedProof")
    yield "trees: fewer rows of the tree for all", edited(lambda s: rows(s, -1)), ("leave the tree", "is outside")
    yield "trees: more rows of the tree for one", edited(lambda s: rows(s[:1], 1)), apart
    yield "trees: two in the same rows", edited(lambda s: s[1].update(tree=dict(s[0]["tree"]))), apart
    yield "trees: a row range that leaves the tree", edited(lambda s: s[0]["tree"].update(firstRow=s[0]["tree"]["rows"])), ("is outside",)
    yield "trees: one in another tree", edited(lambda s: s[0].update(root="1" * 64)), ("the root of",)
    yield "trees: null", edited(lambda s: s[0].update(tree=None), keep=True), ("tree is left out",)


def remade(manifest):
    """Identities that fit the descriptions; nothing where a description is refused."""
    for a in manifest["artefacts"]:
        try:
            a["identity"] = Committed(a["name"], a["kind"], a["format"], a["tensors"], a["code"], bytes.fromhex(a["root"]),
                                      a.get("tree")).identity.hex()
        except Rejection:
            pass


def network_variants(files):
    """A network's program and formats changed, with identities that fit; nothing without a network."""
    if not any(a["kind"] == "network" for a in json.loads(files["manifest.json"])["artefacts"]):
        return

    def edited(change, again=True):
        variant = Variant(files)
        change(next(a for a in variant.manifest["artefacts"] if a["kind"] == "network")["format"]["architecture"])
        if again:
            remade(variant.manifest)
        return variant.files()

    def operation(a, kind, last=False):
        nodes = [n for n in a["program"]["nodes"] if n[1][0] == kind]
        return (nodes[-1] if last else nodes[0])[1]
    identity, proof = ("its identity is not the digest",), ("proof",)
    architecture = next(a for a in json.loads(files["manifest.json"])["artefacts"] if a["kind"] == "network")["format"]["architecture"]
    kinds = {n[1][0] for n in architecture["program"]["nodes"]}

    def source(a):
        a["source"] = ("0" if a["source"][0] != "0" else "1") + a["source"][1:] if a["source"] != "none" else "0" * 64
    yield "network: the file, identity kept", edited(source, False), identity
    yield "network: the file", edited(source), (*proof, "what it reveals")
    yield "network: a hidden tensor's range", edited(lambda a: a["parameters"][0]["range"].__setitem__(1, "1")), ("differs from the program's",)
    yield "network: a hidden tensor's dimensions", edited(lambda a: a["parameters"][0].update(
        dimensions=a["parameters"][0]["dimensions"] + [1])), ("its tensors are not",)
    yield "network: an operator that is not known", edited(lambda a: a["program"]["nodes"][-1].__setitem__(1, ["tree-paths"])), ("not known",)
    yield "network: an operator that is none", edited(lambda a: a["program"]["nodes"][-1].__setitem__(1, ["guess"])), ("no operator is called",)
    yield "network: a node's shape", edited(lambda a: a["program"]["nodes"][-1].__setitem__(3, [1, 1 << 20])), ("shape",)
    yield "network: an operand after its reader", edited(lambda a: a["program"]["nodes"][0].__setitem__(2, [5])), ("outside",)
    yield "network: two nodes of one name", edited(lambda a: a["program"]["nodes"][1].__setitem__(0, a["program"]["nodes"][0][0])), ("two nodes",)
    yield "network: an integer in another form", edited(lambda a: a["program"]["nodes"][0][1][2].__setitem__(0, "-08388608")), ("integer as text",)
    yield "network: a further entry", edited(lambda a: a.update(more="none")), ("not a field",)
    yield "network: an output's unit", edited(lambda a: a["outputs"][0]["unit"].__setitem__(1, "7")), ("what it reveals",)
    yield "network: an input's unit", edited(lambda a: a["inputs"][0]["unit"].__setitem__(1, "-19")), proof
    if "rescale" in kinds:
        yield "network: a shift", edited(lambda a: operation(a, "rescale").__setitem__(2, "30")), (*proof, "wrap around")
        yield "network: a wide shift", edited(lambda a: operation(a, "rescale").__setitem__(2, "62")), ("shift of 0 to 61",)
        yield "network: a multiplier", edited(lambda a: operation(a, "rescale", True).__setitem__(1, "3")), proof
        yield "network: a rounding", edited(lambda a: operation(a, "rescale", True).__setitem__(3, "halfEven")), proof
        yield "network: a rounding that is none", edited(lambda a: operation(a, "rescale").__setitem__(3, "down")), ("halfUp or halfEven",)
        yield "network: a multiplier beyond 2^62", edited(lambda a: operation(a, "rescale").__setitem__(1, str(1 << 61))), ("wrap around",)
    if "table" in kinds:
        yield "network: a function", edited(lambda a: operation(a, "table")[1].__setitem__(1, ["absolute"])), proof
        yield "network: a function that is none", edited(lambda a: operation(a, "table")[1].__setitem__(1, ["guess"])), ("is not known",)
        yield "network: a narrow domain", edited(lambda a: operation(a, "table")[2].__setitem__(0, "0")), ("can leave the table",)
    if "row-order" in kinds:
        yield "network: an order turned round", edited(lambda a: operation(a, "row-order").__setitem__(2, not operation(a, "row-order")[2])), proof
        yield "network: columns for values", edited(lambda a: operation(a, "row-order").__setitem__(3, not operation(a, "row-order")[3])), (
            *proof, "can leave")
        yield "network: no entry of an order", edited(lambda a: operation(a, "row-order")[1].__setitem__(0, "0")), ("0 of",)
    if "row-lookup" in kinds:
        def another_table(a):
            nodes = a["program"]["nodes"]
            own = next(n for n in nodes if n[1][0] == "row-lookup")
            own[2][1] = own[2][0]
        yield "network: rows of another table", edited(another_table), (*proof, "shape")
    if "tree-ensemble" in kinds:
        trees = lambda a: operation(a, "tree-ensemble")                                                       # noqa: E731
        yield "network: a level more", edited(lambda a: trees(a)[1].__setitem__(1, str(int(trees(a)[1][1]) + 1))), proof
        yield "network: a level fewer", edited(lambda a: trees(a)[1].__setitem__(1, str(int(trees(a)[1][1]) - 1))), proof
        yield "network: too many levels", edited(lambda a: trees(a)[1].__setitem__(1, "5000")), ("at most 4096 steps",)
        yield "network: a tree more", edited(lambda a: trees(a)[1].__setitem__(0, str(int(trees(a)[1][0]) + 1))), ("shape",)
        yield "network: another number for missing values", edited(lambda a: trees(a).__setitem__(2, "0" if trees(a)[2] == "none" else "none")), proof
    if "view" in kinds:
        yield "network: a view that leaves its operand", edited(lambda a: operation(a, "view")[1][2][0][0].__setitem__(1, "1000000")), ("leaves",)
    if "affine" in kinds:
        yield "network: a coefficient", edited(lambda a: operation(a, "affine", True)[1].__setitem__(0, "-1")), proof
        yield "network: a constant", edited(lambda a: operation(a, "affine", True).__setitem__(2, "1")), proof


def network_changes(kind, statement):
    """(what, change of the statement, reasons) of an inference of a network."""
    if kind != "networkInference":
        return
    proof = ("proof", "no claim establishes")
    for name, target in statement["outputs"].items():
        if "published" in target:
            for place in {0, len(target["published"]) - 1}:
                def step(s, name=name, place=place):
                    values = s["outputs"][name]["published"]
                    values[place] = str(int(values[place]) + 1)
                yield f"output {name}, entry {place}", step, proof
            yield f"output {name}: an entry fewer", lambda s, name=name: s["outputs"][name]["published"].pop(), (*proof, "integers")
            yield f"output {name}: a number for a text", lambda s, name=name: s["outputs"][name]["published"].__setitem__(0, 1), ("integer as text",)
        else:
            yield f"output {name}: no table", lambda s, name=name: s["outputs"][name].update(table="no-such-table"), ("which its proof does not open",)
        yield f"output {name}: hidden", lambda s, name=name: s["outputs"].pop(name), (*proof, "at least one output", "artefacts of a proof")
        yield f"output {name}: another name", lambda s, name=name: s["outputs"].update(other=s["outputs"].pop(name)), (*proof, "what it reveals")
    for name, source in statement["inputs"].items():
        if source == "hidden":
            count = statement["rows"]
            yield f"input {name}: said to be public", lambda s, name=name: s["inputs"].update({name: {"published": ["0"] * count}}), proof
        elif "published" in source:
            def other(s, name=name):
                values = s["inputs"][name]["published"]
                values[0] = str(int(values[0]) - 1)
            yield f"input {name}: another value", other, proof
            yield f"input {name}: said to be hidden", lambda s, name=name: s["inputs"].update({name: "hidden"}), proof
        else:
            yield f"input {name}: columns in another order", lambda s, name=name: s["inputs"][name]["columns"].reverse(), proof
            yield f"input {name}: a column fewer", lambda s, name=name: s["inputs"][name]["columns"].pop(), proof
        yield f"input {name}: nothing said", lambda s, name=name: s["inputs"].pop(name), proof
    yield "an input that is none", lambda s: s["inputs"].update(other="hidden"), proof
    yield "a row more", lambda s: s.update(rows=s["rows"] + 1), proof


def claim_variants(files):
    """(name, files, reasons): for every claim a changed statement with its digest made anew, then the lists of disclosures."""
    names = [c["name"] for c in json.loads(files["manifest.json"])["claims"]]
    artefacts = {a["name"]: Committed(a["name"], a["kind"], a["format"], a["tensors"], a["code"], bytes.fromhex(a["root"]), a.get("tree"))
                 for a in json.loads(files["manifest.json"])["artefacts"]}

    def edited(name, change):
        variant = Variant(files)
        change(variant.claims[name])
        return variant.files()

    def disclosed(name, change):
        """The same with the list of disclosures that follows from the changed statement."""
        def both(c):
            change(c["statement"])
            try:
                c["reveals"] = reveals(read_claim(c["type"], c["statement"]), artefacts)
            except Rejection:
                pass
        return edited(name, both)
    for name in names:
        claim = Variant(files).claims[name]
        other = "sameDataAs" if claim["type"] != "sameDataAs" else "wellFormed"
        yield f"claim {name}: type", edited(name, lambda c, other=other: c.update(type=other)), ("type differs",)
        yield f"claim {name}: disclosures", edited(name, lambda c: c["reveals"].pop()), ("what it reveals",)
        for what, change, reasons in statement_changes(claim):
            yield f"claim {name}: {what}", edited(name, change), reasons
        for what, change, reasons in data_changes(claim["type"], claim["statement"]):
            yield f"claim {name}: {what}", disclosed(name, change), reasons
        for what, change, reasons in network_changes(claim["type"], claim["statement"]):
            yield f"claim {name}: {what}", disclosed(name, change), reasons
        for what, change, reasons in metric_changes(claim["type"], claim["statement"], artefacts):
            yield f"claim {name}: {what}", disclosed(name, change), reasons
    one = f"claims/{names[0]}.json"
    yield "claim: bytes, digest kept", {**files, one: files[one] + b"\n"}, ("its digest is not",)


def statement_changes(claim):
    statement, proof = claim["statement"], ("proof", "what it reveals", "do not establish", "no claim establishes")
    if claim["type"] == "accuracy" and "atLeast" in statement:
        def raise_threshold(c):
            """A larger threshold, with the list of disclosures that follows from it."""
            least = c["statement"]["atLeast"] + 1
            c["statement"]["atLeast"] = least
            for item in c["reveals"]:
                item["value"] = item["value"].replace(f"{least - 1} or more", f"{least} or more")
        yield "threshold", raise_threshold, ("proof",)

        def swap(c):
            c["statement"]["labels"], c["statement"]["predictions"] = c["statement"]["predictions"], c["statement"]["labels"]
        yield "labels and predictions swapped", swap, ("proof", "no claim establishes", "artefacts of a proof")
    if claim["type"] == "classCounts":
        def shift(c):
            c["statement"]["counts"][0] += 1
            c["statement"]["counts"][-1] -= 1
        yield "counts", shift, proof
    if claim["type"] == "wellFormed":
        yield "another artefact", lambda c: c["statement"].update(artefact="no-such-artefact"), ("which its proof does not open",)
    if claim["type"] == "inference":
        def rename(c):
            c["statement"]["outputs"]["score"] = c["statement"]["outputs"].pop(sorted(c["statement"]["outputs"])[0])
        yield "another output", rename, ("proof", "what it reveals")


def metric_changes(kind, statement, artefacts):
    """The same of claims about metrics."""
    proof = ("proof", "no claim establishes")
    if kind not in ("confusion", "ranking", "errors"):
        return
    answers = "scores" if kind == "ranking" else "predictions"

    def swap(s):
        s["labels"], s[answers] = s[answers], s["labels"]
    yield "labels and answers swapped", swap, (*proof, "labels", "artefacts of a proof", "unknown column", "no column")
    if kind == "confusion":
        if "counts" in statement:
            def flip(s):
                """A row that was predicted right is counted as predicted wrong."""
                place = next(i for i, c in enumerate(s["counts"]) if c)
                s["counts"][place] -= 1
                s["counts"][place ^ 1] += 1
            yield "a row counted elsewhere", flip, proof
        else:
            def stricter(s):
                upper = s["bounds"][0]["metric"].endswith("Difference")
                s["bounds"][0]["bound"] = [0, 1] if upper else [1, 1]
            yield "a stricter bound", stricter, proof

            def relabel(s):
                place = next(i for i, c in enumerate(s["rows"]) if c)
                s["rows"][place] -= 1
                s["rows"][place ^ 1] += 1
            yield "a row of another label", relabel, proof
            yield "a bound fewer", lambda s: s["bounds"].pop(), (*proof, "1 to 64")
        if "groups" in statement:
            each = len(statement["counts" if "counts" in statement else "rows"]) // max(1, len(statement["shown"]))

            def leave_out(s):
                """A group that is large enough is said to be too small."""
                s["shown"].pop()
                key = "counts" if "counts" in s else "rows"
                s[key] = s[key][:-each]
            if statement["shown"]:
                yield "a group left out", leave_out, proof
            if statement["groups"]["edges"]:
                def move(s):
                    s["groups"]["edges"][0] += 1
                yield "another edge of the bands", move, (*proof, "bands need")

            def other_rows(s):
                """The sensitive column of another table of this bundle."""
                name, column = s["groups"]["of"]["artefact"], s["groups"]["of"]["column"]
                s["groups"]["of"]["artefact"] = next(
                    (a.name for a in artefacts.values() if a.name != name and a.schema is not None
                     and any(c.name == column for c in a.schema.columns)), "no-such-table")
            yield "the groups of other rows", other_rows, (*proof, "rows, the labels", "does not open", "artefacts of a proof")
        yield "another minimum", lambda s: s.update(minimumGroup=s["minimumGroup"] + 1), proof
    for place, own in enumerate(statement.get("measures", [])):
        def change(s, place=place):
            x = s["measures"][place]
            if "value" in x:
                x["value"] = x["value"] + 1 if isinstance(x["value"], int) else str(int(x["value"]) + 1)
            elif "within" in x:
                x["within"][0] = x["within"][0] + 1 if isinstance(x["within"][0], int) else x["within"][0]
                x["within"][1] = x["within"][0]
            elif "counts" in x:
                x["counts"][1] += 1
            else:
                x["sum"] += 1
        yield f"measure {place}, {own['measure']}", change, proof
    if kind == "ranking":
        yield "a positive row more", lambda s: s.update(positives=s["positives"] + 1), proof
        yield "the other class", lambda s: s.update(positive=1 - s["positive"]), proof
        if "unit" in statement:
            yield "another unit", lambda s: s.update(unit=s["unit"] - 1), proof


def data_changes(kind, statement):
    """(name, change of the statement, reasons) of claims about data; their lists of disclosures are made to fit."""
    proof = ("proof",)
    if kind == "split":
        rule, = statement["rule"]
        nonce = statement["rule"][rule] if rule == "random" else statement["rule"][rule].get("nonce")
        yield "parts swapped", lambda s: s["parts"].reverse(), (*proof, "asks for another number")
        if nonce:
            given = next(k for k in nonce if k != "date")

            def renonce(s, change):
                own = s["rule"][rule] if rule == "random" else s["rule"][rule]["nonce"]
                change(own)
            yield "another nonce", lambda s: renonce(s, lambda n: n.update({given: n[given] + "00"})), proof

            def claim_other(n):
                n["prover" if given == "auditor" else "auditor"] = n.pop(given)
                n.pop("date", None)
            yield "another source of the nonce", lambda s: renonce(s, claim_other), proof
        if rule == "stratified":
            def move(s):
                first, second = s["rule"][rule]["counts"][0]
                s["rule"][rule]["counts"][0] = [first + 1, second - 1]
            yield "a row of a class in the other part", move, proof
    if kind == "statistics":
        for place, own in enumerate(statement["statistics"]):
            what = next(iter(set(own) & {"missing", "sum", "sumOfSquares", "productSum", "order", "histogram", "pairs"}))

            def change(s, place=place):
                x = s["statistics"][place]
                if "value" in x:
                    x["value"] = x["value"] + 1 if isinstance(x["value"], int) else str(int(x["value"]) + 1)
                elif "within" in x:
                    x["within"][1] += 1
                else:
                    x["counts"][0], x["counts"][1] = x["counts"][0] + 1, x["counts"][1] - 1
            yield f"statistic {place}, {what}", change, proof
        yield "a statistic left out", lambda s: s["statistics"].pop(), (*proof, "1 to 4,096")
    if kind == "filter":
        def widen(s):
            s["conditions"][0]["range"][0] -= 1
        yield "a wider condition", widen if "range" in statement["conditions"][0] else lambda s: s["conditions"].pop(), (*proof, "1 to 64")
    if kind == "disjoint":
        yield "a key fewer", lambda s: s.update(distinct=s["distinct"] - 1), proof
        yield "other columns", lambda s: s.update(columns=[] if s["columns"] else ["no-such-column"]), (*proof, "no column")
    if kind == "anonymity":
        yield "a larger minimum", lambda s: s.update(minimum=s["minimum"] + 1), proof
        yield "a smaller minimum", lambda s: s.update(minimum=s["minimum"] - 1), (*proof, "outside")
        yield "a column fewer", lambda s: s["quasiIdentifiers"].pop(), proof
    if kind == "fit":
        yield "a parameter fewer", lambda s: s["fit"].pop(), proof
        if statement["present"]:
            yield "a present cell more", lambda s: s["present"].update({k: n - 1 for k, n in s["present"].items()}), proof
    if kind == "transform":
        yield "a column fewer", lambda s: s["columns"].pop(), proof
        yield "columns in another order", lambda s: s["columns"].reverse(), (*proof,)
        yield "a step left out", lambda s: next(c for c in s["columns"] if c["steps"])["steps"].pop(), proof
        for place, column in enumerate(statement["columns"]):
            for step, own in enumerate(column["steps"]):
                if "divide" in own:
                    def narrow(s, place=place, step=step):
                        body = s["columns"][place]["steps"][step]["divide"]
                        limit = body.get("refuse") or body["saturate"]
                        limit[1] -= 1
                    yield f"column {place}, step {step}: another limit", narrow, proof


def signature_variants(files):
    """(name, files, reasons): claims.jsonl, the manifest's signatures and owners' statements, whichever the bundle has."""
    manifest = json.loads(files["manifest.json"])

    def edited(change, identifier=False, more=()):
        own = copy.deepcopy(manifest)
        change(own)
        if identifier:
            body = {k: v for k, v in own.items() if k not in ("bundle", "signatures")}
            own["bundle"] = hashlib.sha256(b"zkmlops/bundle/v1\0" + json_text.canonical(body)).hexdigest()
        return {**files, "manifest.json": json_text.canonical(own), **dict(more)}

    def lines(raw):
        return edited(lambda m: m.update(attestations=hashlib.sha256(raw).hexdigest(), signatures=[]), True, {"claims.jsonl": raw}.items())
    if "claims.jsonl" in files:
        raw = files["claims.jsonl"]
        own = raw.splitlines(keepends=True)
        other = json.loads(own[0])
        other["payload"] = base64.b64encode(base64.b64decode(other["payload"]).replace(b"wellFormed", b"WellFormed")).decode()
        yield "claims.jsonl: a line changed", lines(json_text.canonical(other) + b"\n" + b"".join(own[1:])), ("does not say",)
        yield "claims.jsonl: lines swapped", lines(b"".join(reversed(own))), ("does not say",)
        yield "claims.jsonl: a line fewer", lines(b"".join(own[1:])), ("one line for each",)
        yield "claims.jsonl: digest kept", {**files, "claims.jsonl": raw.replace(b"json", b"jsOn", 1)}, ("its digest is not",)
    if not manifest["signatures"]:
        return

    def flip(field, at):
        def change(own):
            value = bytearray(base64.b64decode(own["signatures"][0][field]["signature"]))
            value[at] ^= 1
            own["signatures"][0][field]["signature"] = base64.b64encode(value).decode()
        return edited(change)
    for at in (0, 40):
        yield f"signature: Ed25519, byte {at}", flip("ed25519", at), ("the manifest: the ed25519 signature",)
    for at in (0, 100, 2000, 3250, 3308):
        yield f"signature: ML-DSA-65, byte {at}", flip("mlDSA65", at), ("the manifest: the ml-dsa-65 signature",)
    yield "signature: taken off", edited(lambda m: m.update(signatures=[])), ("did not sign the manifest",)
    yield "signature: another role", edited(lambda m: m["signatures"][0].update(role="auditor")), ("the manifest: the ed25519",)
    yield "signature: another fingerprint", edited(lambda m: m["signatures"][0].update(fingerprint="0" * 64)), ("not the digest of its keys",)
    yield "signature: another manifest", edited(lambda m: m.update(created="2020-01-01T00:00:00Z"), True), ("the manifest: the ed25519",)
    if manifest["statements"]:
        name = f"signatures/{manifest['statements'][0]['digest']}.json"
        signed = json.loads(files[name])

        def statement(what, reasons, **change):
            own = copy.deepcopy(signed)
            own["statement"].update(change)
            raw = json_text.canonical(own)
            digest = hashlib.sha256(raw).hexdigest()
            made = edited(lambda m: (m["statements"][0].update(digest=digest), m.update(signatures=[], attestations=None)), True)
            made = {k: v for k, v in made.items() if k not in (name, "claims.jsonl")}
            return f"statement: {what}", {**made, f"signatures/{digest}.json": raw}, reasons
        yield statement("another purpose", ("the ed25519 signature",), purpose="anything")
        yield statement("another date", ("the ed25519 signature",), date="2020-01-01T00:00:00Z")
        yield statement("another commitment", ("another commitment",), identity="0" * 64)
        yield statement("another schema", ("another schema",), schema="0" * 64)
        yield statement("a row more", ("another number of rows",), rows=signed["statement"]["rows"] + 1)


WANTED = 50


def main(path, signatures_only=False):
    files, statements = read_directory(path), {}
    start = time.time()
    report = verify_files(files, statements)
    print(f"accepted: {len(report.claims)} claims, {sum(p[2] for p in report.proofs)} bytes of proofs, {time.time() - start:.1f} s")
    groups = [list(signature_variants(files))] if signatures_only else [list(proof_variants(files, statements)), list(manifest_variants(files)), list(claim_variants(files)), list(signature_variants(files))]
    # Every field of the proof and of the manifest; claims fill up to the number wanted, and all of them are tried.
    variants = [v for group in groups for v in group]
    failures = 0 if signatures_only else frozen_checks(files, statements) + frozen_statements(files)
    for number, (name, tampered, reasons) in enumerate(variants, 1):
        try:
            verify_files(tampered, dict(statements))
            outcome = None
        except Rejection as error:
            outcome = str(error)
        good = outcome is not None and any(r in outcome for r in reasons)
        failures += not good
        print(f"{number:3d} {'rejected' if outcome else 'ACCEPTED'}{'' if good else ' FOR ANOTHER REASON'}: {name}: {(outcome or '')[:140]}")
    print(f"{len(variants)} tampered bundles, {failures} not as they should be, {time.time() - start:.0f} s")
    return 0 if failures == 0 and len(variants) >= (20 if signatures_only else WANTED) else 1


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "--signatures"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    sys.exit(main(arguments[0], "--signatures" in sys.argv))
