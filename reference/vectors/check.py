"""python3 reference/vectors/check.py [--write]

Regenerates the known-answer vectors from `reference/spec` and compares them byte for byte with the file that the Swift tests
read, Sources/TestSupport/Vectors/vectors.json.  --write replaces the file.  Exit code 0: equal (or written).  1: they differ.
"""

import difflib
import os
import sys

SPECIFICATION = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "spec")
sys.path.insert(0, SPECIFICATION)

import vectors  # noqa: E402


def main(arguments):
    fresh, path = vectors.text(), os.path.normpath(vectors.VECTORS)
    if arguments == ["--write"]:
        with open(path, "w") as out:
            out.write(fresh)
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    with open(path) as source:
        kept = source.read()
    if fresh == kept:
        print(f"{os.path.basename(path)}: {len(fresh)} characters, as the specification gives them")
        return 0
    for line in list(difflib.unified_diff(kept.splitlines(), fresh.splitlines(), "kept", "regenerated", lineterm="", n=1))[:40]:
        print(line[:160])
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
