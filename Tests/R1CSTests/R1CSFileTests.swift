import Fields
import Hashing
import R1CS
import Testing

@Suite("Files of circuits") struct R1CSFileTests {
  /// The example of the format's description.
  static let example = CircuitFixtures.bytes(
    hex: """
      72316373 01000000 03000000 01000000 40000000 00000000 20000000
      010000f0 93f5e143 9170b979 48e83328 5d588181 b64550b8 29a031e1 724e6430
      07000000 01000000 02000000 03000000 e8030000 00000000 03000000 02000000 88020000 00000000
      02000000 05000000 03\(zeros) 06000000 08\(zeros)
      03000000 00000000 02\(zeros) 02000000 14\(zeros) 03000000 0C\(zeros)
      02000000 00000000 05\(zeros) 02000000 07\(zeros)
      03000000 01000000 04\(zeros) 04000000 08\(zeros) 05000000 03\(zeros)
      02000000 03000000 2C\(zeros) 06000000 06\(zeros)
      00000000
      01000000 06000000 04\(zeros)
      03000000 00000000 06\(zeros) 02000000 0B\(zeros) 03000000 05\(zeros)
      01000000 06000000 5802\(String(repeating: "00", count: 30))
      03000000 38000000 00000000
      00000000 00000000 03000000 00000000 0a000000 00000000 0b000000 00000000
      0c000000 00000000 0f000000 00000000 44010000 00000000
      """)
  private static let zeros = String(repeating: "00", count: 31)

  @Test("the format's own example") func formatExample() throws {
    let file = try R1CSFile(Self.example)
    #expect(file.header.prime.name == "bn254")
    #expect([file.header.wireCount, file.header.publicOutputCount, file.header.publicInputCount, file.header.privateInputCount] == [7, 1, 2, 3])
    #expect(file.header.labelCount == 1000)
    #expect(file.labels == [0, 3, 10, 11, 12, 15, 324])
    let circuit = try file.read(as: BN254Scalar.self)
    #expect(circuit.a.columns == [5, 6, 1, 4, 5, 6])
    #expect(circuit.b.values == [2, 20, 12, 44, 6, 6, 11, 5].map { BN254Scalar($0) })
    #expect(circuit.c.rowStarts == [0, 2, 2, 3])
    #expect(circuit.readableConstraint(0) == "(3·w5 + 8·w6) · (2 + 20·w2 + 12·w3) = (5 + 7·w2)")
    #expect(circuit.readableConstraint(1) == "(4·w1 + 8·w4 + 3·w5) · (44·w3 + 6·w6) = (0)")
    let again = try circuit.r1csFile(privateInputCount: 3, labels: file.labels, labelCount: 1000)
    #expect(again == Self.example)
  }

  @Test("sections in any order, unknown and empty custom sections, elements wider than needed: one circuit")
  func sameCircuit() throws {
    let built = try CircuitFixtures.small(Goldilocks.self)
    let bytes = try built.r1csFile()
    let expected = built.circuit.digest
    var raw = RawSections(bytes)
    func digest(_ raw: RawSections) throws -> Digest { try R1CSFile(raw.bytes).read(as: Goldilocks.self).digest }
    #expect(raw.bytes == bytes)
    for order in [[2, 1, 3], [3, 2, 1], [2, 3, 1], [1, 3, 2], [3, 1, 2]] as [[UInt32]] {
      var changed = raw
      changed.sections = order.map { ($0, raw[$0]) }
      #expect(try digest(changed) == expected)
    }
    raw.sections.insert((9, [1, 2, 3]), at: 0)
    raw.sections.append((0, []))
    raw.sections.append((UInt32.max, [7]))
    raw.sections.append((9, []))
    raw.sections.append((4, [0, 0, 0, 0]))
    raw.sections.append((5, []))
    #expect(try digest(raw) == expected)
    for width in [16, 24, 32, 40, 64] {
      let wide = try built.circuit.r1csFile(fieldByteCount: width)
      #expect(try R1CSHeader.read(wide).fieldByteCount == width)
      #expect(try R1CSFile(wide).read(as: Goldilocks.self).digest == expected)
    }
    // In the middle of a larger array.
    let slice = ([9, 9] + bytes + [9])[2..<(2 + bytes.count)]
    #expect(try R1CSFile(slice).read(as: Goldilocks.self).digest == expected)
    #expect(try R1CSFile(slice).fileDigest == SHA256.hash(bytes))
  }

  /// One constraint over 4 wires of Goldilocks, from its terms.
  static func file(_ sides: [[(UInt32, UInt64)]], wires: UInt32 = 4) -> RawSections {
    var raw = RawSections(Array("r1cs".utf8) + little(UInt32(1)) + little(UInt32(0)))
    raw[1] = little(UInt32(8)) + little(Goldilocks.modulus) + little(wires) + little(UInt32(0)) + little(UInt32(0)) + little(UInt32(900))
    raw[1] += little(UInt64(5)) + little(UInt32(1))
    raw[2] = sides.flatMap { side in little(UInt32(side.count)) + side.flatMap { little($0.0) + little($0.1) } }
    raw[3] = Array(repeating: 0, count: 8 * Int(wires))
    return raw
  }

  @Test("terms in any order, repeated and zero terms give the canonical row; more private inputs than wires do no harm")
  func canonicalRows() throws {
    let p = Goldilocks.modulus
    let raw = Self.file([[(3, 5), (0, 1), (2, 0), (3, p - 2)], [(1, 4), (1, p - 4)], [(2, 7), (1, 9)]])
    let file = try R1CSFile(raw.bytes)
    #expect(file.header.privateInputCount == 900)
    let circuit = try file.read(as: Goldilocks.self)
    #expect(circuit.a.columns == [0, 3] && circuit.a.values.map(\.value) == [1, 3])
    #expect(circuit.b.entryCount == 0)
    #expect(circuit.c.columns == [1, 2] && circuit.c.values.map(\.value) == [9, 7])
    #expect(circuit.linearConstraintCount == 1)
    let plain = try R1CSFile(Self.file([[(0, 1), (3, 3)], [], [(1, 9), (2, 7)]]).bytes).read(as: Goldilocks.self)
    #expect(circuit.digest == plain.digest)
    // Without the field, terms are counted as they are.
    let counts = try file.countTerms()
    #expect([counts.a, counts.b, counts.c, counts.linearConstraints] == [4, 2, 2, 0])
  }

  @Test("long coefficients: near p, and in the middle", arguments: [32, 40]) func longCoefficients(width: Int) throws {
    let big = BN254Scalar(0x1234_5678_9abc_def1) * BN254Scalar(0x0fed_cba9_8765_4321) * BN254Scalar(.max) * BN254Scalar(.max - 58)
    let values = [-BN254Scalar.one, -BN254Scalar(.max), BN254Scalar(.max), big, -big, BN254Scalar(.max) + .one]
    let matrix = try #require(
      SparseMatrix(rowStarts: [0, 6], columns: [0, 1, 2, 3, 4, 5], values: values, columnCount: 6))
    let circuit = try #require(Circuit(a: matrix, b: matrix, c: matrix, publicOutputCount: 0, publicInputCount: 2))
    let read = try R1CSFile(try circuit.r1csFile(fieldByteCount: width)).read(as: BN254Scalar.self)
    #expect(read.a.values == values)
    #expect(read.digest == circuit.digest)
    #expect(try WitnessFile(try WitnessFile.file(values: [.one] + values, fieldByteCount: width)).read(as: BN254Scalar.self) == [.one] + values)
  }

  @Test("writing is deterministic, reads back, and refuses what the format cannot hold") func writer() throws {
    let built = try CircuitFixtures.small(BN254Scalar.self)
    #expect(try built.r1csFile() == CircuitFixtures.small(BN254Scalar.self).r1csFile())
    let read = try R1CSFile(built.r1csFile())
    #expect(read.header.privateInputCount == 1)
    #expect(try read.read(as: BN254Scalar.self).digest == built.circuit.digest)
    #expect(throws: CircuitError.labelCount(expected: built.circuit.wireCount, found: 1)) { try built.circuit.r1csFile(labels: [0]) }
    for width in [0, 12, 24, -8, 1 << 17] {
      #expect(throws: CircuitError.notRepresentable("elements of \(width) bytes")) { try built.circuit.r1csFile(fieldByteCount: width) }
    }
    #expect(throws: CircuitError.self) { try built.circuit.r1csFile(privateInputCount: -1) }
    #expect(throws: CircuitError.self) { try built.circuit.r1csFile(privateInputCount: 1 << 32) }
  }

  @Test("a file of another prime is refused with both names") func otherPrime() throws {
    let bytes = try CircuitFixtures.small(Goldilocks.self).r1csFile()
    let expected = CircuitError.otherPrime(expected: FieldPrime(of: BN254Scalar.self), found: FieldPrime(of: Goldilocks.self))
    #expect(throws: expected) { try R1CSFile(bytes).read(as: BN254Scalar.self) }
    #expect(expected.description == "the file is over the field of goldilocks, expected bn254")
  }

  @Test("known primes are distinct, and the field types are among them") func knownPrimes() {
    #expect(KnownPrime.all.count == 21)
    #expect(Set(KnownPrime.all.map(\.prime)).count == 21 && Set(KnownPrime.all.map(\.name)).count == 21)
    #expect(FieldPrime(of: Goldilocks.self).name == Goldilocks.name)
    #expect(FieldPrime(of: BN254Scalar.self).name == BN254Scalar.name)
    #expect(FieldPrime(of: BN254Scalar.self).hex == "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001")
    #expect(FieldPrime(of: BN254Scalar.self).bitCount == 254)
    #expect(FieldPrime(littleEndian: [5, 1, 0]).description == "0x105")
    #expect(
      KnownPrime.all.map(\.prime.bitCount).sorted()
        == [31, 31, 31, 61, 64, 224, 251, 252, 252, 253, 253, 254, 254, 255, 255, 255, 255, 256, 256, 256, 256])
  }

  @Test("what info says") func info() throws {
    let built = try CircuitFixtures.small(Goldilocks.self)
    let file = try R1CSFile(built.r1csFile())
    let info = R1CSInfo(file, circuit: built.circuit)
    #expect(info.nonZeros == [3, 3, 4])
    #expect(
      info.description.split(separator: "\n").prefix(9) == [
        "prime: goldilocks (64 bits, 8 bytes an element)", "constraints: 3", "linear constraints: 1 (33.3 %)", "wires: 6",
        "non-zeros: 10 (A 3, B 3, C 4)", "public outputs: 1", "public inputs: 1", "private inputs: 1", "labels: 6",
      ])
    #expect(info.description.contains("circuit digest: \(built.circuit.digest.hex)\nfile SHA-256: \(file.fileDigest.hex) ("))
    #expect(try R1CSInfo(file).circuitDigest == nil)
  }
}
