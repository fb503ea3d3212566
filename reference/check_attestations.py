"""python3 check_attestations.py BUNDLE

Reads every line of the bundle's claims.jsonl with in-toto's own library (PyPI in-toto-attestation): a DSSE envelope whose payload is a
valid Statement v1 with a subject and a predicate that come out of the library's message as they went in.
Exit code 0: all do.  1: one does not.  2: the bundle has none.  77: the library is not installed.
"""

import base64
import json
import os
import sys


def main(path):
    try:
        from google.protobuf import json_format
        from in_toto_attestation.v1 import statement_pb2
        from in_toto_attestation.v1.statement import Statement
    except ImportError as error:
        print(f"SKIPPED: {error}; pip install -r reference/requirements.txt", file=sys.stderr)
        return 77
    try:
        with open(os.path.join(path, "claims.jsonl"), "rb") as source:
            lines = source.read().splitlines()
        with open(os.path.join(path, "manifest.json"), "rb") as source:
            identities = {a["name"]: a["identity"] for a in json.load(source)["artefacts"]}
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    for number, line in enumerate(lines, 1):
        envelope = json.loads(line)
        assert envelope["payloadType"] == "application/vnd.in-toto+json", envelope["payloadType"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        message = json_format.Parse(payload, statement_pb2.Statement())
        statement = Statement.copy_from_pb(message)
        statement.validate()
        assert json_format.MessageToDict(message) == json.loads(payload), f"line {number} changes on its way through the library"
        for subject in message.subject:
            assert subject.digest["zkmlopsCommitment"] == identities[subject.name], f"line {number}: {subject.name}"
        print(f"{number:3d} {message.predicate['claimType']}: valid, of {', '.join(s.name for s in message.subject)}, "
              f"{len(envelope['signatures'])} signatures")
    return 0 if lines else 2


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
