"""A bundle: its files, its manifest, and its verification from nothing but these.

  manifest.json       canonical JSON; bundle id = SHA256("zkmlops/bundle/v1" | 00 | canonical JSON without `bundle` and `signatures`)
  claims/NAME.json    {type, statement, reveals}; its SHA-256 is in the manifest
  proofs/DIGEST.zkp   bytes of a proof for an ordered list of claims over an ordered list of artefacts
  signatures/DIGEST.json, claims.jsonl   see `signatures`
"""

import hashlib
import os
import re
import stat

import verifier
from errors import ProofError
from serialize import encode

from . import json_text, signatures
from .artefacts import Committed, check_trees
from .claims import read_claim
from .errors import CannotRead, Rejection, require
from .json_text import elements, fields, text
from .meaning import Rows, edges, predictors, reveals
from .names import bundle_name, moment
from .relation import PROFILES, make_statement, soundness_bits

FOLDERS = ("claims", "proofs", "signatures")
LIMIT_BYTES, LIMIT_FILES = 64 << 20, 10_000
EDGES = ("derivedFrom", "fittedOn", "trainedOn", "evaluatedOn", "predictedBy", "sameDataAs")
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
MANIFEST = ("formatVersion", "bundle", "profile", "previous", "created", "toolVersion", "artefacts", "edges", "proofs", "claims", "statements",
            "attestations", "signatures")


def digest_text(value, place):
    require(DIGEST.match(text(value, place)), f"{place}: must be 64 lower-case hexadecimal digits")
    return value


def read_directory(path):
    """{name inside the bundle: bytes}; regular files only, links refused."""
    files, total = {}, 0
    try:
        names = [""] + sorted(os.listdir(path))
    except OSError as error:
        raise CannotRead(f"{path}: {error.strerror}") from None
    for folder in ("",) + FOLDERS:
        base = os.path.join(path, folder) if folder else path
        if folder and folder not in names:
            continue
        try:
            for name in sorted(os.listdir(base)):
                inside, full = f"{folder}/{name}" if folder else name, os.path.join(base, name)
                mode = os.lstat(full).st_mode
                if not folder and name in FOLDERS:
                    require(stat.S_ISDIR(mode), f"{name} is not a folder")
                    continue
                require(stat.S_ISREG(mode), f"{inside} is not a regular file")
                total += os.lstat(full).st_size
                require(total <= LIMIT_BYTES and len(files) < LIMIT_FILES, "the bundle is too large")
                with open(full, "rb") as source:
                    files[inside] = source.read() if inside != "report.html" else b""
        except OSError as error:
            raise CannotRead(f"{base}: {error.strerror}") from None
    return files


class Manifest:
    def __init__(self, raw):
        value = json_text.parse(raw, "manifest.json")
        (version, stated, profile, previous, created, tool, artefacts, edge_list, proofs, claims, statements, attestations, signed) = fields(
            value, MANIFEST, "manifest.json")
        json_text.integer(version, "formatVersion", 1, 1)
        self.value, self.signatures = value, signatures.manifest_entries(signed)
        require(json_text.canonical(value) == raw, "manifest.json is not in canonical form")
        body = {k: v for k, v in value.items() if k not in ("bundle", "signatures")}
        self.bundle = hashlib.sha256(b"zkmlops/bundle/v1\0" + json_text.canonical(body)).hexdigest()
        require(digest_text(stated, "bundle") == self.bundle, "the bundle identifier is not the digest of the manifest")
        self.profile = bundle_name(profile, "profile")
        if previous is not None:
            digest_text(previous, "previous")
        require(moment(text(created, "created")), "created: must be a UTC time of the form 2026-01-31T23:59:59Z")
        require(isinstance(tool, str) and 1 <= len(tool) <= 80 and all(" " <= c <= "~" for c in tool), "toolVersion")
        self.created, self.tool = created, tool
        self.artefacts = [self.artefact(x) for x in elements(artefacts, "artefacts")]
        self.edges = [self.edge(x) for x in elements(edge_list, "edges")]
        self.proofs = [self.proof(x) for x in elements(proofs, "proofs")]
        self.claims = [self.claim(x) for x in elements(claims, "claims")]
        self.statements = [self.statement(x) for x in elements(statements, "statements")]
        self.attestations = attestations if attestations is None else digest_text(attestations, "attestations")
        self.validate()

    @staticmethod
    def artefact(value):
        name, kind, role, identity, root, *_ = fields(
            value, ("name", "kind", "role", "identity", "root", "format", "tensors", "code"), "an artefact", ("tree",))
        require("tree" not in value or value["tree"] is not None, "tree is left out unless it is an object")
        bundle_name(name, "an artefact"), bundle_name(kind, "kind"), bundle_name(role, "role"), digest_text(root, "root")
        digest_text(identity, "identity")
        return value

    @staticmethod
    def edge(value):
        kind, source, target = fields(value, ("kind", "from", "to"), "an edge")
        require(kind in EDGES, f"an edge of kind {kind!r}")
        return kind, bundle_name(source, "from"), bundle_name(target, "to")

    @staticmethod
    def proof(value):
        digest, claims, artefacts = fields(value, ("digest", "claims", "artefacts"), "a proof")
        require(elements(claims, "claims"), "a proof must name at least one claim")
        own = [bundle_name(x, "artefacts") for x in elements(artefacts, "artefacts")]
        return digest_text(digest, "digest"), [bundle_name(x, "claims") for x in claims], own

    @staticmethod
    def claim(value):
        name, kind, digest, proof = fields(value, ("name", "type", "digest", "proof"), "a claim")
        return bundle_name(name, "a claim"), bundle_name(kind, "type"), digest_text(digest, "digest"), digest_text(proof, "proof")

    @staticmethod
    def statement(value):
        artefact, digest = fields(value, ("artefact", "digest"), "a statement's entry")
        return bundle_name(artefact, "artefact"), digest_text(digest, "digest")

    def validate(self):
        """Names distinct but for case, references with their targets, each claim in exactly the proof it names, edges acyclic."""
        names = [a["name"] for a in self.artefacts]
        for what, list_ in (("artefacts", names), ("claims", [c[0] for c in self.claims]), ("proofs", [p[0] for p in self.proofs])):
            require(len({n.lower() for n in list_}) == len(list_), f"two {what} have one name")
        identities = [a["identity"] for a in self.artefacts]
        require(len(set(identities)) == len(identities), "two artefacts have one identity")
        carried = [(claim, digest) for digest, claims, _ in self.proofs for claim in claims]
        require(sorted(carried) == sorted((c[0], c[3]) for c in self.claims), "claims and the proofs that carry them do not agree")
        for _, _, own in self.proofs:
            require(len(set(own)) == len(own) and set(own) <= set(names), "a proof lists an artefact twice, or an unknown one")
        require(len(set(self.edges)) == len(self.edges), "an edge is listed twice")
        require(all(end in names for _, *ends in self.edges for end in ends), "an edge has an unknown end")
        require(all(a in names for a, _ in self.statements), "a statement on an unknown artefact")
        require(len({d for _, d in self.statements}) == len(self.statements), "a statement is listed twice")
        ready = set()
        for _ in names:
            ready |= {n for n in names if all(b in ready for _, a, b in self.edges if a == n)}
        require(len(ready) == len(names), "the edges have a cycle")


class Report:
    def __init__(self, bundle, claims, proofs, signers):
        self.bundle, self.claims, self.proofs, self.signers = bundle, claims, proofs, signers


def context(claim_names):
    """Bytes bound to a proof beside its claims: their names in the bundle, and an empty nonce."""
    return encode(["zkmlops/context/v1", list(claim_names), b""])


def verify_files(files, statements=None):
    """Report of what is established, or Rejection.

    `statements`: a dictionary that keeps the statements of the proof system by everything that they are made of, for repeated runs."""
    require("manifest.json" in files, "manifest.json is missing")
    manifest = Manifest(files["manifest.json"])
    expected = {"manifest.json", "report.html"} | {f"claims/{c[0]}.json" for c in manifest.claims} | {f"proofs/{p[0]}.zkp" for p in manifest.proofs}
    expected |= {f"signatures/{d}.json" for _, d in manifest.statements} | ({"claims.jsonl"} if manifest.attestations else set())
    for name in sorted(files):
        require(name in expected, f"{name} is not listed in the manifest")
    artefacts = {}
    for entry in manifest.artefacts:
        own = Committed(entry["name"], entry["kind"], entry["format"], entry["tensors"], entry["code"], bytes.fromhex(entry["root"]),
                        entry.get("tree"))
        require(own.identity.hex() == entry["identity"], f"artefact {own.name}: its identity is not the digest of its description")
        artefacts[own.name] = own
    check_trees(list(artefacts.values()))
    opened = {digest: own for digest, _, own in manifest.proofs}
    claims, established, well_formed, published = {}, set(), set(), []
    for name, kind, digest, proof in manifest.claims:
        claim = read_claim_file(files, name, kind, digest)
        for artefact in claim.artefacts:
            require(artefact in opened[proof], f"claim {name} speaks of artefact {artefact}, which its proof does not open")
        stated = json_text.parse(files[f"claims/{name}.json"], name)["reveals"]
        require(stated == reveals(claim, artefacts), f"claim {name}: its list of what it reveals is not the one that follows from its statement")
        claims[name] = claim
        if kind == "wellFormed":
            well_formed.add(claim.artefact)
        published.append((name, kind, claim.words(artefacts)))
    for name, claim in claims.items():
        for artefact in claim.artefacts:
            require(artefact in well_formed, f"claim {name} stands on artefact {artefact}, whose well-formedness is not proved in this bundle")
    predicted, rows = predictors(claims.values()), Rows(claims.values())
    for claim in claims.values():
        established |= set(edges(claim, predicted, rows))
    for edge in manifest.edges:
        require(edge in established, f"no claim establishes the edge {edge[1]} {edge[0]} {edge[2]}")
    signers = verify_signatures(files, manifest, claims)
    proofs = [verify_proof(files, manifest, *entry, claims, artefacts, statements if statements is not None else {}) for entry in manifest.proofs]
    return Report(manifest, published, proofs, signers)


def verify_signatures(files, manifest, claims):
    """[(role, fingerprint, what was signed)]; every signature must hold, whoever made it."""
    signatures.check_manifest(manifest)
    signers = [(e.role, e.fingerprint, "the bundle") for e in manifest.signatures]
    entries = {a["name"]: a for a in manifest.artefacts}
    for artefact, digest in manifest.statements:
        raw = read_file(files, f"signatures/{digest}.json", digest)
        entry = signatures.check_statement(raw, entries[artefact], moment)
        signers.append((entry.role, entry.fingerprint, f"the dataset {artefact}"))
    if manifest.attestations:
        expected = [signatures.attestation(c, json_text.parse(files[f"claims/{c[0]}.json"], c[0]), [entries[a] for a in claims[c[0]].artefacts],
                                           manifest.profile) for c in manifest.claims]
        signatures.check_attestations(read_file(files, "claims.jsonl", manifest.attestations), manifest, expected)
    return signers


def read_file(files, name, digest):
    require(name in files, f"{name} is missing")
    require(hashlib.sha256(files[name]).hexdigest() == digest, f"{name}: its digest is not the one in the manifest")
    return files[name]


def read_claim_file(files, name, kind, digest):
    place = f"claims/{name}.json"
    value = json_text.parse(read_file(files, place, digest), place)
    own, statement, disclosed = fields(value, ("type", "statement", "reveals"), place)
    require(own == kind, f"{place}: the type differs from the manifest's")
    elements(disclosed, place)
    try:
        return read_claim(kind, statement)
    except Rejection as error:
        raise Rejection(f"{place}: {error}") from None


def statement_of(manifest, names, own, claims, artefacts, statements):
    require(manifest.profile in PROFILES, f"unknown soundness profile {manifest.profile}")
    public = [manifest.profile, names, [claims[n].canonical() for n in names],
              [[a, artefacts[a].kind, artefacts[a].format, artefacts[a].identity] for a in own]]
    key = hashlib.sha256(encode(public)).digest()
    if key not in statements:
        statements[key] = make_statement([claims[n] for n in names], [artefacts[a] for a in own], PROFILES[manifest.profile], context(names))
    return statements[key]


def verify_proof(files, manifest, digest, names, own, claims, artefacts, statements):
    """(digest, claim names, bytes, soundness bits)."""
    raw = read_file(files, f"proofs/{digest}.zkp", digest)
    try:
        statement = statement_of(manifest, names, own, claims, artefacts, statements)
        for a in own:
            stated = next(x["root"] for x in manifest.artefacts if x["name"] == a)
            require(bytes.fromhex(stated) == root_in_proof(statement, raw, a), f"the root of {a} is not the manifest's")
        verifier.verify(statement, raw)
    except (ProofError, Rejection) as error:
        raise Rejection(f"proof {digest[:16]}… of {', '.join(names)}: {type(error).__name__}: {error}") from None
    return digest, names, len(raw), soundness_bits(statement)


def root_in_proof(statement, raw, name):
    """The roots are the first 32-byte fields of a proof, one for each tree in the order of the artefacts; the identity binds them too."""
    trees = list(dict.fromkeys(statement.place(n)[0] for n in statement.relation.matrices))
    at = 10 + 32 * trees.index(statement.place(name)[0])
    return raw[at:at + 32]
