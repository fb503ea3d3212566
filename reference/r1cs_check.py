#!/usr/bin/env python3
"""Checks a circom circuit against a witness, independently of the Swift code.

    r1cs_check.py FILE.r1cs [FILE.wtns] [--digest]

Reads both files with its own reader (iden3's .r1cs version 1 and .wtns version 2), checks that every constraint a*b = c holds, and
prints one line. With --digest, or without a witness, it prints the circuit's digest too (Docs/WireFormat.md, section 7).
Exit code 0: every constraint holds (or no witness was given and the circuit can be read); 1: anything else.
Python 3 standard library only.
"""
import hashlib
import struct
import sys


class Bad(Exception):
    pass


def sections(data, magic, version):
    """{type: content}; every type once."""
    if data[:4] != magic:
        raise Bad("not a %s file" % magic.decode())
    if len(data) < 12:
        raise Bad("the file ends in its first 12 bytes")
    found, count = struct.unpack_from("<II", data, 4)
    if found != version:
        raise Bad("version %d, expected %d" % (found, version))
    out, at = {}, 12
    for _ in range(count):
        if len(data) - at < 12:
            raise Bad("the file ends in the head of a section at byte %d" % at)
        kind, length = struct.unpack_from("<IQ", data, at)
        at += 12
        if len(data) - at < length:
            raise Bad("section %d at byte %d has %d bytes, %d are left" % (kind, at, length, len(data) - at))
        if kind in out and kind <= 5:
            raise Bad("two sections of type %d" % kind)
        out[kind] = data[at:at + length]
        at += length
    if at != len(data):
        raise Bad("%d bytes after the last section" % (len(data) - at))
    return out


def field(header, rest, name):
    """Width of elements, the prime and the bytes after it."""
    if len(header) < 4:
        raise Bad("the header of the %s file is too short" % name)
    width = struct.unpack_from("<I", header)[0]
    if width == 0 or width % 8 or len(header) != 4 + width + rest:
        raise Bad("the header of the %s file has %d bytes with elements of %d bytes" % (name, len(header), width))
    prime = int.from_bytes(header[4:4 + width], "little")
    if prime < 3 or prime % 2 == 0:
        raise Bad("the modulus is no odd prime")
    return width, prime, header[4 + width:]


class Circuit:
    """prime, wires, outputs, inputs and the rows: constraints as triples of {wire: coefficient}, zeros dropped."""

    def __init__(self, data):
        parts = sections(data, b"r1cs", 1)
        for kind, name in ((1, "header"), (2, "constraints"), (3, "wire-to-label map")):
            if kind not in parts:
                raise Bad("no %s section" % name)
        for kind in (4, 5):
            if parts.get(kind, b"") not in (b"", bytes(4)):
                raise Bad("custom gates: the constraints do not say all")
        width, self.prime, rest = field(parts[1], 28, ".r1cs")
        self.wires, self.outputs, self.inputs, self.private, _labels, count = struct.unpack("<IIIIQI", rest)
        if 1 + self.outputs + self.inputs > self.wires:
            raise Bad("more public wires than wires")
        if len(parts[3]) != 8 * self.wires:
            raise Bad("the label map has %d bytes for %d wires" % (len(parts[3]), self.wires))
        body, at, self.rows = parts[2], 0, []
        for row in range(count):
            sides = []
            for _ in range(3):
                if len(body) - at < 4:
                    raise Bad("constraint %d: the section ends" % row)
                terms = struct.unpack_from("<I", body, at)[0]
                at += 4
                if len(body) - at < terms * (4 + width):
                    raise Bad("constraint %d: the section ends" % row)
                side = {}
                for _ in range(terms):
                    wire = struct.unpack_from("<I", body, at)[0]
                    value = int.from_bytes(body[at + 4:at + 4 + width], "little")
                    at += 4 + width
                    if wire >= self.wires:
                        raise Bad("constraint %d: wire %d of %d" % (row, wire, self.wires))
                    if value >= self.prime:
                        raise Bad("constraint %d, wire %d: a coefficient not below the prime" % (row, wire))
                    side[wire] = (side.get(wire, 0) + value) % self.prime
                sides.append({wire: value for wire, value in side.items() if value})
            self.rows.append(sides)
        if at != len(body):
            raise Bad("%d bytes after the last constraint" % (len(body) - at))

    def digest(self):
        width = 8 * ((self.prime.bit_length() + 63) // 64)

        def integer(value):
            return b"i" + struct.pack("<Q", value)

        def counted(tag, content):
            return tag + struct.pack("<Q", len(content)) + content

        counts = [len(self.rows), self.wires, self.outputs, self.inputs]
        counts += [sum(len(row[side]) for row in self.rows) for side in range(3)]
        items = [counted(b"s", b"zkmlops/r1cs/v1"), counted(b"b", self.prime.to_bytes(width, "little"))]
        items += [integer(value) for value in counts]
        state = hashlib.sha256(b"l" + struct.pack("<Q", len(items)) + b"".join(items))
        for side in range(3):
            for row in self.rows:
                state.update(struct.pack("<I", len(row[side])))
            for row in self.rows:
                for wire in sorted(row[side]):
                    state.update(struct.pack("<I", wire))
            for row in self.rows:
                for wire in sorted(row[side]):
                    state.update(row[side][wire].to_bytes(width, "little"))
        return state.hexdigest()


def witness(data, circuit):
    parts = sections(data, b"wtns", 2)
    for kind, name in ((1, "header"), (2, "values")):
        if kind not in parts:
            raise Bad("no %s section in the witness" % name)
    width, prime, rest = field(parts[1], 4, ".wtns")
    if prime != circuit.prime:
        raise Bad("the witness is over another prime, %#x, expected %#x" % (prime, circuit.prime))
    count = struct.unpack("<I", rest)[0]
    if len(parts[2]) != count * width:
        raise Bad("the witness has %d bytes for %d values" % (len(parts[2]), count))
    if count != circuit.wires:
        raise Bad("%d values for %d wires" % (count, circuit.wires))
    values = [int.from_bytes(parts[2][i * width:(i + 1) * width], "little") for i in range(count)]
    for wire, value in enumerate(values):
        if value >= prime:
            raise Bad("wire %d: a value not below the prime" % wire)
    if values[0] != 1:
        raise Bad("wire 0 is not 1")
    return values


def main(arguments):
    paths = [argument for argument in arguments if argument != "--digest"]
    if not 1 <= len(paths) <= 2 or any(path.startswith("-") for path in paths):
        print(__doc__, file=sys.stderr)
        return 1
    try:
        with open(paths[0], "rb") as file:
            circuit = Circuit(file.read())
        if "--digest" in arguments or len(paths) == 1:
            print("digest %s" % circuit.digest())
        entries = sum(len(side) for row in circuit.rows for side in row)
        if len(paths) == 1:
            print("%d constraints, %d wires, %d non-zeros, no witness" % (len(circuit.rows), circuit.wires, entries))
            return 0
        with open(paths[1], "rb") as file:
            values = witness(file.read(), circuit)
        for number, row in enumerate(circuit.rows):
            a, b, c = (sum(value * values[wire] for wire, value in side.items()) % circuit.prime for side in row)
            if a * b % circuit.prime != c:
                raise Bad("constraint %d does not hold" % number)
        print("%d constraints hold, %d wires, %d non-zeros" % (len(circuit.rows), circuit.wires, entries))
        return 0
    except (Bad, OSError) as error:
        print("refused: %s" % error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
