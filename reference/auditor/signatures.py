"""Signatures of a bundle: the manifest, data owners' statements, claims.jsonl.  Both algorithms must verify.

  message      DSSE's encoding: "DSSEv1 LEN(type) type LEN(payload) payload"
  manifest     type application/vnd.zkmlops.manifest+json; version=1; role=ROLE, payload the canonical manifest without `signatures`
  statement    type application/vnd.zkmlops.dataset+json; version=1; role=owner, payload its canonical JSON; file signatures/DIGEST.json
  claim        type application/vnd.in-toto+json, payload a Statement v1 that follows from manifest and claim file; a line of claims.jsonl
"""

import base64
import binascii
import hashlib
import unicodedata

from serialize import encode

from . import ed25519, json_text, mldsa65
from .names import bundle_name
from .errors import Rejection, require
from .json_text import elements, fields, text

UNPRINTABLE = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
ATTESTATIONS_BYTES = 16 << 20
ROLES = ("owner", "provider", "auditor", "log")
ALGORITHMS = (("ed25519", "ed25519", ed25519.verify, 32, 64), ("mlDSA65", "ml-dsa-65", mldsa65.verify, 1952, 3309))


def base64_bytes(value, count, place):
    try:
        raw = base64.b64decode(text(value, place), validate=True)
    except binascii.Error:
        raise Rejection(f"{place}: not Base64") from None
    require(base64.b64encode(raw).decode() == value and count in (None, len(raw)), f"{place}: must be {count} bytes in Base64")
    return raw


def message(kind, payload):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


class Entry:
    """Role, public keys and signatures of one signer."""

    def __init__(self, value):
        role, stated, *pairs = fields(value, ("role", "fingerprint", "ed25519", "mlDSA65"), "a signature")
        require(role in ROLES, f"a signature in the role {role!r}")
        self.role, self.keys, self.signatures = role, {}, {}
        for (name, label, _, key_bytes, signature_bytes), pair in zip(ALGORITHMS, pairs):
            key, signature = fields(pair, ("publicKey", "signature"), name)
            self.keys[label] = base64_bytes(key, key_bytes, name)
            self.signatures[label] = base64_bytes(signature, signature_bytes, name)
        self.fingerprint = hashlib.sha256(encode(["zkmlops/signing-key/v1", self.keys])).hexdigest()
        require(text(stated, "fingerprint") == self.fingerprint, "a fingerprint is not the digest of its keys")

    def check(self, kind, payload, what, signatures=None):
        signed = message(kind, payload)
        for _, label, verify, _, _ in ALGORITHMS:
            require(verify(self.keys[label], signed, (signatures or self.signatures)[label]), f"{what}: the {label} signature is not valid")


def manifest_entries(value):
    entries = [Entry(x) for x in elements(value, "signatures")]
    require(len(entries) <= 16 and all(e.role != "owner" for e in entries), "signatures of a manifest")
    require(len({(e.role, e.fingerprint) for e in entries}) == len(entries), "the same key in the same role twice")
    return entries


def check_manifest(manifest):
    body = {k: v for k, v in manifest.value.items() if k != "signatures"}
    for entry in manifest.signatures:
        entry.check(f"application/vnd.zkmlops.manifest+json; version=1; role={entry.role}", json_text.canonical(body), "the manifest")


def check_statement(raw, artefact, is_moment):
    """The signer of a statement file; `artefact` is its entry in the manifest."""
    value = json_text.parse(raw, "a statement")
    version, statement, signature = fields(value, ("formatVersion", "statement", "signature"), "a statement")
    require(version == 1 and json_text.canonical(value) == raw, "a statement is of another version or not in canonical form")
    identity, schema, rows, name, keys, purpose, date = fields(
        statement, ("identity", "schema", "rows", "name", "keyColumns", "purpose", "date"), "a statement")
    bundle_name(name, "a statement's name")
    require(isinstance(purpose, str) and 1 <= len(purpose) <= 500 and all(unicodedata.category(c) not in UNPRINTABLE for c in purpose), "a purpose must be 1 to 500 printable characters")
    require(is_moment(text(date, "date")), "a statement's date must be a UTC time")
    columns = artefact["format"].get("columns")
    require(isinstance(columns, list), "a statement on an artefact that is no table")
    require(identity == artefact["identity"], "a statement is about another commitment")
    require(schema == hashlib.sha256(b"zkmlops/schema/v1\0" + json_text.canonical(columns)).hexdigest(), "a statement is about another schema")
    require(rows == artefact["format"].get("rows"), "a statement is about another number of rows")
    require(keys == [c["name"] for c in columns if c.get("key") is True], "a statement names other key columns")
    entry = Entry(signature)
    require(entry.role == "owner", "a dataset is signed by a data owner")
    entry.check("application/vnd.zkmlops.dataset+json; version=1; role=owner", json_text.canonical(statement), "an owner's statement")
    return entry


def attestation(entry, file, subjects, profile):
    """The in-toto statement of a claim: `entry` (name, type, digest, proof) of the manifest, `file` its parsed file."""
    name, kind, digest, proof = entry
    return {
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "urn:zkmlops:claim:v1",
        "subject": [{"name": a["name"], "digest": {"zkmlopsCommitment": a["identity"]}} for a in subjects],
        "predicate": {"claim": name, "claimType": kind, "statement": file["statement"], "reveals": file["reveals"],
                      "claimFile": {"digest": {"sha256": digest}}, "proof": {"digest": {"sha256": proof}, "profile": profile}}}


def check_attestations(raw, manifest, expected):
    """`expected`: the statements in the order of the claims.  Returns the fingerprint of the provider that signed all lines, or None."""
    require(len(raw) <= ATTESTATIONS_BYTES, f"claims.jsonl: more than {ATTESTATIONS_BYTES} bytes")
    require(raw.count(b"\n") == len(expected) and (not raw or raw.endswith(b"\n")), "claims.jsonl must have one line for each claim")
    signers = set()
    for line, statement in zip(raw.split(b"\n"), expected):
        value = json_text.parse(line, "claims.jsonl", ATTESTATIONS_BYTES)
        kind, payload, signatures = fields(value, ("payloadType", "payload", "signatures"), "a line of claims.jsonl")
        require(kind == "application/vnd.in-toto+json" and json_text.canonical(value) == line, "a line of claims.jsonl is not in canonical form")
        body = base64_bytes(payload, None, "payload")
        require(body == json_text.canonical(statement), "a line of claims.jsonl does not say what follows from its claim")
        signers.add(check_line(body, elements(signatures, "signatures"), manifest))
    require(len(signers) <= 1, "the lines of claims.jsonl are signed by different keys")
    return signers.pop() if signers else None


def check_line(body, signatures, manifest):
    if not signatures:
        return None
    pairs = [fields(s, ("keyid", "sig"), "a signature of a claim") for s in signatures]
    fingerprint = text(pairs[0][0], "keyid").split("/")[0]
    require([keyid for keyid, _ in pairs] == [f"{fingerprint}/{label}" for _, label, *_ in ALGORITHMS], "the key ids of a claim's signatures")
    signer = next((e for e in manifest.signatures if e.role == "provider" and e.fingerprint == fingerprint), None)
    require(signer is not None, "claims.jsonl is signed by a key that did not sign the manifest as provider")
    own = {label: base64_bytes(sig, count, "sig") for (_, sig), (_, label, _, _, count) in zip(pairs, ALGORITHMS)}
    signer.check("application/vnd.in-toto+json", body, "a claim's attestation", own)
    return fingerprint
