import Fields
import R1CS
import Testing

@Suite("Hostile circuit files") struct HostileCircuitFileTests {
  private func read(_ bytes: [UInt8]) throws { _ = try R1CSFile(bytes).read(as: Goldilocks.self) }
  private let good: RawSections
  init() throws { good = RawSections(try CircuitFixtures.small(Goldilocks.self).r1csFile()) }

  @Test("frame: magic, version, sections") func frame() throws {
    #expect(fault { try read([]) } == .magic(found: []))
    #expect(fault { try read(Array("wtns".utf8)) } == .magic(found: Array("wtns".utf8)))
    #expect(fault { try read(Array("r1cs".utf8) + [1, 0]) } == .truncated(needed: 8, available: 2))
    var raw = good
    raw.version = 2
    #expect(fault { try read(raw.bytes) } == .version(expected: 1, found: 2))
    #expect(fault { try read(good.bytes + [0]) } == .trailingBytes(1))
    #expect(fault { try read(Array("r1cs".utf8) + little(UInt32(1)) + little(UInt32.max)) } == .truncated(needed: 12, available: 0))
    for type in [1, 2, 3] as [UInt32] {
      var missing = good
      missing.sections.removeAll { $0.type == type }
      #expect(fault { try read(missing.bytes) } == .missingSection)
      #expect(place { try read(missing.bytes) }?.section == type)
      var twice = good
      twice.sections.append((type, good[type]))
      #expect(fault { try read(twice.bytes) }.map { if case .duplicateSection = $0 { true } else { false } } == true)
    }
    // A length that reaches into the next section, to the end of the file, and beyond 2^63.
    for length in [41, 400, UInt64.max, 1 << 63] {
      var bytes = good.bytes
      bytes.replaceSubrange(16..<24, with: little(length))
      #expect(fault { try read(bytes) } != nil)
    }
  }

  @Test("every truncation and every changed byte of the frame and header ends in an answer") func truncations() throws {
    let bytes = good.bytes
    for count in 0..<bytes.count { #expect(fault { try read(Array(bytes[..<count])) } != nil) }
    for position in 0..<bytes.count {
      for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
        var changed = bytes
        changed[position] = value
        _ = fault { try read(changed) }
      }
    }
  }

  @Test("header: widths, primes, counts") func header() throws {
    func with(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
      var raw = good
      change(&raw[1])
      return raw.bytes
    }
    for width in [0, 7, 12, 0xFFFF_FFF9] as [UInt32] {
      #expect(fault { try read(with { $0.replaceSubrange(0..<4, with: little(width)) }) } == .fieldByteCount(width))
    }
    #expect(
      fault { try read(with { $0.replaceSubrange(0..<4, with: little(UInt32(0xFFFF_FFF8))) }) }
        == .sectionLength(expected: 0xFFFF_FFF8 + 32, found: 40))
    #expect(fault { try read(with { $0 = [8, 0] }) } == .truncated(needed: 4, available: 2))
    #expect(fault { try read(with { $0.append(0) }) } == .sectionLength(expected: 40, found: 41))
    for modulus in [0, 1, 2, Goldilocks.modulus - 1] {
      #expect(
        fault { try read(with { $0.replaceSubrange(4..<12, with: little(modulus)) }) } == .notAnOddPrime(FieldPrime(littleEndian: little(modulus))))
    }
    // Wires, outputs, inputs, constraints of 2^32 − 1 each in a file of some hundred bytes.
    let huge = little(UInt32.max)
    #expect(fault { try read(with { $0.replaceSubrange(12..<16, with: huge) }) } == .sectionLength(expected: 8 * 0xFFFF_FFFF, found: 48))
    #expect(fault { try read(with { $0.replaceSubrange(16..<20, with: huge) }) } == .publicWires(needed: 1 << 32 + 1, wires: 6))
    #expect(fault { try read(with { $0.replaceSubrange(20..<24, with: huge) }) } == .publicWires(needed: 1 << 32 + 1, wires: 6))
    #expect(fault { try read(with { $0.replaceSubrange(12..<16, with: little(UInt32(0))) }) } == .publicWires(needed: 3, wires: 0))
    #expect(fault { try read(with { $0.replaceSubrange(36..<40, with: huge) }) } == .truncated(needed: 4, available: 0))
    #expect(
      fault { try read(with { $0.replaceSubrange(36..<40, with: little(UInt32(2))) }) } == .trailingBytes(36))
    // The number of labels and of private inputs means nothing to the circuit.
    try read(with { $0.replaceSubrange(24..<36, with: Array(repeating: 0xFF, count: 12)) })
  }

  @Test("constraints: counts, wires, coefficients, with their place") func constraints() throws {
    let p = Goldilocks.modulus
    #expect(fault { try read(R1CSFileTests.file([[(4, 1)], [], []]).bytes) } == .wireOutOfRange(wire: 4, wires: 4))
    let late = R1CSFileTests.file([[(1, 1)], [(2, 1), (3, p)], []])
    #expect(fault { try read(late.bytes) } == .notBelowPrime(FieldPrime(of: Goldilocks.self)))
    // Frame 12, head 12, header 40, head 12: A has 4 + 12 bytes, B its count and a term before the bad one's wire.
    #expect(
      place { try read(late.bytes) } == CircuitFilePlace(.r1cs, section: 2, offset: 76 + 16 + 4 + 12 + 4, constraint: 0, wire: 3))
    let error = CircuitError.file(
      CircuitFilePlace(.r1cs, section: 2, offset: 112, constraint: 0, wire: 3), .notBelowPrime(FieldPrime(of: Goldilocks.self)))
    #expect(error.description == ".r1cs, section 2 (constraints), constraint 0, wire 3, byte 112: an element that is not below the prime goldilocks")
    var raw = R1CSFileTests.file([[(1, 1)], [], []])
    raw[2].replaceSubrange(0..<4, with: little(UInt32.max))
    #expect(fault { try read(raw.bytes) } == .truncated(needed: UInt64(UInt32.max) * 12, available: 20))
    raw = R1CSFileTests.file([[(1, 1)], [], []])
    raw[2].append(contentsOf: [0, 0, 0])
    #expect(fault { try read(raw.bytes) } == .trailingBytes(3))
    raw = R1CSFileTests.file([[(1, 1)], [], []])
    raw[2].removeLast()
    #expect(fault { try read(raw.bytes) } == .truncated(needed: 4, available: 3))
    // A coefficient of 16 bytes whose high half is not zero.
    let wide = RawSections(try CircuitFixtures.small(Goldilocks.self).circuit.r1csFile(fieldByteCount: 16))
    var changed = wide
    changed[2][4 + 4 + 8] = 1
    try read(wide.bytes)
    #expect(fault { try read(changed.bytes) } == .notBelowPrime(FieldPrime(of: Goldilocks.self)))
  }

  @Test("custom gates are refused by number, malformed sections too; the header can still be read") func customGates() throws {
    for type in [4, 5] as [UInt32] {
      var raw = good
      raw[type] = little(UInt32(2)) + [1, 2, 3]
      let file = try R1CSFile(raw.bytes)
      #expect(max(file.header.customGateCount, file.header.customGateUseCount) == 2)
      #expect(fault { try read(raw.bytes) } == .customGates(count: 2))
      #expect(try R1CSInfo(file).customGates == 2)
      raw[type] = [0, 0]
      #expect(fault { try read(raw.bytes) } == .truncated(needed: 4, available: 2))
      raw[type] = [0, 0, 0, 0, 0]
      #expect(fault { try read(raw.bytes) } == .sectionLength(expected: 4, found: 5))
    }
  }

  @Test("witnesses: every way to be wrong has its error") func witnesses() throws {
    let built = try CircuitFixtures.small(Goldilocks.self)
    let values = try built.witness(publicInputs: [Goldilocks(3)], privateInputs: [Goldilocks(4)])
    let good = RawSections(try WitnessFile.file(values: values))
    func read(_ bytes: [UInt8]) throws { _ = try WitnessFile(bytes).read(for: built.circuit) }
    try read(good.bytes)
    var raw = good
    raw.sections.reverse()
    raw.sections.append((3, [1]))
    try read(raw.bytes)
    for count in 0..<good.bytes.count { #expect(fault { try read(Array(good.bytes[..<count])) } != nil) }
    #expect(fault { try read(good.bytes + [1]) } == .trailingBytes(1))
    raw = good
    raw.version = 1
    #expect(fault { try read(raw.bytes) } == .version(expected: 2, found: 1))
    raw = good
    raw[2].replaceSubrange(8..<16, with: little(Goldilocks.modulus))
    #expect(place { try read(raw.bytes) } == CircuitFilePlace(.wtns, section: 2, offset: 60, wire: 1))
    raw = good
    raw[2].replaceSubrange(0..<8, with: little(UInt64(2)))
    #expect(throws: CircuitError.constantNotOne) { try read(raw.bytes) }
    raw = good
    raw[1].replaceSubrange(12..<16, with: little(UInt32.max))
    #expect(fault { try read(raw.bytes) } == .sectionLength(expected: 8 * 0xFFFF_FFFF, found: 48))
    #expect(throws: CircuitError.valueCount(expected: 6, found: 5)) { try read(WitnessFile.file(values: Array(values.dropLast()))) }
    #expect(throws: CircuitError.valueCount(expected: 6, found: 7)) { try read(WitnessFile.file(values: values + [.one])) }
    #expect(throws: CircuitError.constantNotOne) { try WitnessFile(WitnessFile.file(values: [Goldilocks]())).read(as: Goldilocks.self) }
    #expect(throws: CircuitError.otherPrime(expected: FieldPrime(of: Goldilocks.self), found: FieldPrime(of: BN254Scalar.self))) {
      try read(WitnessFile.file(values: values.map { BN254Scalar($0.value) }))
    }
    #expect(throws: CircuitError.valueCount(expected: 6, found: 5)) { try built.circuit.firstViolation(of: Array(values.dropLast())) }
    #expect(throws: CircuitError.constantNotOne) { try built.circuit.firstViolation(of: [.zero] + values.dropFirst()) }
  }

  @Test("names: what a .sym file may hold") func symbols() throws {
    let text = "1,1,1,main.out\n2,-1,1,main.gone\r\n\n3,3,1,main.x[0]\n4,3,1,main.alias\n5,2,-1,main.late,with comma\n6,9,0,a\u{1B}[31m"
    let names = try SymbolNames(Array(text.utf8))
    #expect(names.count == 4)
    #expect((0...4).map(names.name(ofWire:)) == ["one", "main.out", "main.late,with comma", "main.x[0]", "w4"])
    #expect(names.name(ofWire: 9) == "a?[31m")
    #expect(names.wire(named: "main.x[0]") == 3)
    #expect(names.wire(named: "main.alias") == nil)
    #expect(try SymbolNames([]).count == 0)
    let long = String(repeating: "9", count: 19)
    for (line, part) in [
      ("x", "label"), ("1", "label"), ("-1,1,1,a", "label"), ("1,a,1,b", "wire"), ("1,-2,1,b", "wire"), ("1,2", "wire"), ("1,2,,b", "component"),
      ("1,2,3", "component"), ("1,2,3,", "name"), ("1,\(long),3,b", "wire"), (",1,1,b", "label"),
    ] {
      #expect(fault { _ = try SymbolNames(Array("1,1,1,a\n\(line)\n".utf8)) } == .symbolLine(part))
      #expect(place { _ = try SymbolNames(Array("1,1,1,a\n\(line)\n".utf8)) } == CircuitFilePlace(.sym, offset: 8, line: 2))
    }
  }
}
