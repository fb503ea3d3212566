import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// One way into every case of `VerificationError`; a new case does not compile until it has one here.
@Suite("Typed errors of the verifier") struct TypedErrorTests {
  typealias E = GoldilocksCubic

  /// Name of the case, by an exhaustive switch.
  static func name(_ error: VerificationError) -> String {
    switch error {
    case .magic: "magic"
    case .version: "version"
    case .truncated: "truncated"
    case .trailingBytes: "trailingBytes"
    case .nonCanonical: "nonCanonical"
    case .statementMismatch: "statementMismatch"
    case .soundnessTooLow: "soundnessTooLow"
    case .zeroCoordinate: "zeroCoordinate"
    case .checkFailed: "checkFailed"
    case .tooLarge: "tooLarge"
    }
  }

  static func error(_ body: () throws -> Void) -> String? {
    do { try body() } catch let error as VerificationError { return name(error) } catch { return nil }
    return nil
  }

  /// Ones for messages and challenges, zeros under one label.
  struct ZeroTape: MessageTape, ~Copyable {
    let zeroLabel: String
    mutating func message(_ label: String, count: Int) -> [E] { Array(repeating: .one, count: count) }
    mutating func challenges(_ label: String, count: Int) -> [E] { Array(repeating: label == zeroLabel ? .zero : E(3), count: count) }
  }

  @Test("a zero coordinate is an error, not a division") func zeroCoordinate() throws {
    let relation = LookupRelation<E>(bits: 3, count: 5, log2RowLength: 5)
    for label in ["logup.mu", "logup.round.r"] {
      var channel = AffineChannel(tape: ZeroTape(zeroLabel: label), policy: AllChecks.self)
      #expect(throws: VerificationError.zeroCoordinate("logup.round")) { _ = try relation.verify(&channel) }
    }
    var other = AffineChannel(tape: ZeroTape(zeroLabel: "none"), policy: AllChecks.self)
    #expect(try relation.verify(&other).count == 2)
  }

  @Test("every case is reached") func everyCase() throws {
    let instance = try InnerInstances.make(E.self, seed: 4)
    let proof = try instance.prove()
    func flipped(_ at: Int, _ bytes: [UInt8]) -> [UInt8] {
      var other = proof
      other.replaceSubrange(at..<(at + bytes.count), with: bytes)
      return other
    }
    let weak = instance.statement.levels.map {
      LigeritoLevel(rowBits: $0.rowBits, log2RowLength: $0.log2RowLength, log2Length: $0.log2Length, queryCount: 1)
    }
    let huge = InnerProductRelation<E>(bits: 31, log2RowLength: 4, shape: "S", total: .one)
    var seen: Set<String> = []
    let attempts: [() throws -> Void] = [
      { try instance.verify(flipped(0, [0])) },
      { try instance.verify(flipped(8, [9])) },
      { try instance.verify(Array(proof.dropLast())) },
      { try instance.verify(proof + [0]) },
      { try instance.verify(flipped(74, [UInt8](repeating: 0xff, count: 8))) },
      { try instance.verify(flipped(20, [proof[20] ^ 1])) },
      { try instance.with(levels: weak).verify(proof) },
      {
        var channel = AffineChannel(tape: ZeroTape(zeroLabel: "logup.mu"), policy: AllChecks.self)
        _ = try LookupRelation<E>(bits: 3, count: 5, log2RowLength: 5).verify(&channel)
      },
      { try instance.verify(flipped(74, [proof[74] ^ 1])) },
      { _ = try instance.with(relation: huge) },
    ]
    for attempt in attempts { if let name = Self.error(attempt) { seen.insert(name) } }
    #expect(
      seen == [
        "magic", "version", "truncated", "trailingBytes", "nonCanonical", "statementMismatch", "soundnessTooLow", "zeroCoordinate", "checkFailed",
        "tooLarge",
      ])
  }

  /// Statements whose parts do not fit are refused before any proof is read.
  @Test("inconsistent statements") func statements() throws {
    let instance = try InnerInstances.make(E.self, seed: 4, m: 5, secondM: 4)
    let base = instance.statement
    func expect(_ check: CheckName, _ body: () throws -> Void) {
      #expect(throws: VerificationError.statementMismatch(check)) { try body() }
    }
    expect("shapes") { _ = try instance.with(shapes: []) }
    expect("shapes") { _ = try instance.with(shapes: [base.shapes[0], base.shapes[0]]) }
    expect("matrix shape") { _ = try instance.with(shapes: [base.shapes[0]]) }
    expect("level table") { _ = try instance.with(levels: []) }
    expect("level table") { _ = try instance.with(levels: Array(base.levels.dropFirst())) }
    expect("level table") { _ = try instance.with(levels: [base.levels[0], base.levels[0]]) }
    let unread = base.levels.map { LigeritoLevel(rowBits: $0.rowBits, log2RowLength: $0.log2RowLength, log2Length: $0.log2Length, queryCount: 0) }
    expect("level table") { _ = try instance.with(levels: unread) }
    let full = base.levels.map {
      LigeritoLevel(rowBits: $0.rowBits, log2RowLength: $0.log2RowLength, log2Length: $0.log2RowLength, queryCount: $0.queryCount)
    }
    expect("level table") { _ = try instance.with(levels: full) }
    let deep = base.levels.map { LigeritoLevel(rowBits: $0.rowBits, log2RowLength: $0.log2RowLength, log2Length: 33, queryCount: $0.queryCount) }
    expect("two-adicity") { _ = try instance.with(levels: deep) }
    let negative = [LigeritoLevel(rowBits: -1, log2RowLength: base.levelOneVariables + 1, log2Length: 20, queryCount: 2)]
    expect("level table") { _ = try instance.with(levels: negative) }
    expect("artefact d") { try instance.with(artefacts: base.artefacts.filter { $0.key == "a" }).verify(instance.prove()) }
    expect("shapes") {
      _ = try Statement<E>(
        profile: TestProfile.toyQuadratic, shapes: base.shapes, primary: "S", levels: base.levels, relation: base.relation, artefacts: base.artefacts)
    }
    expect("shapes") {
      _ = try Statement<E>(
        profile: base.profile, shapes: base.shapes, primary: "U", levels: base.levels, relation: base.relation, artefacts: base.artefacts)
    }
  }

  @Test("a code shape has 0 < p ≤ 2^m and fits its code") func codeShapes() {
    let bad: [(Int, Int, Int)] = [
      (4, 0, 7), (4, 17, 7), (4, -1, 7), (4, 16, 4), (-1, 1, 7), (29, 8, 32), (4, 8, 33), (4, 8, 0), (4, .max, 7), (.max, 1, 7),
    ]
    for (m, p, n) in bad { #expect(CodeShape(name: "S", log2RowLength: m, tailCount: p, log2Length: n) == nil) }
    #expect(CodeShape(name: "S", log2RowLength: 4, tailCount: 16, log2Length: 5) != nil)
  }
}
