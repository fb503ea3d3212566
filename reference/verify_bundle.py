"""python3 verify_bundle.py BUNDLE

Verifies an evidence bundle with nothing but its files and prints what is established.
Exit code 0: everything holds.  1: rejected, with the reason.  2: the bundle cannot be read."""

import sys
import time

from auditor.bundle import read_directory, verify_files
from auditor.errors import CannotRead, Rejection


def printable(line):
    """Text from data cannot act on a terminal."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in line)


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    start = time.time()
    try:
        report = verify_files(read_directory(arguments[0]))
    except CannotRead as error:
        print(printable(f"cannot read: {error}"), file=sys.stderr)
        return 2
    except Rejection as error:
        print(printable(f"REJECTED: {error}"))
        return 1
    print(f"Accepted bundle {report.bundle.bundle}, profile {report.bundle.profile}{'' if report.signers else ', unsigned'}.")
    for role, fingerprint, what in report.signers:
        print(f"Signed as {role} by key {fingerprint} (whose it is, no bundle can say): {what}")
    for number, (name, kind, words) in enumerate(report.claims, 1):
        print(printable(f"{number}. {name} ({kind})"))
        for line in words:
            print(printable(f"     {line}"))
    for kind, later, earlier in report.bundle.edges:
        print(f"Lineage: {later} {kind} {earlier}")
    for digest, names, size, bits in report.proofs:
        print(f"Proof {digest[:16]}…: {size} bytes, {bits:.2f} bits of soundness, carries {', '.join(names)}")
    print(f"Verified in {time.time() - start:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
