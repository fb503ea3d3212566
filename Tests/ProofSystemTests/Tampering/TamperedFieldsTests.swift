import Claims
import Fields
import Parallelism
import ProofSystem
import Soundness
import TestSupport
import Testing

/// A proof at 128 bits of five claims over three artefacts, changed in one byte at 2,000 places: each is rejected, for the expected reason
/// where that is determined.
@Suite("Tampered fields of a 128-bit proof") struct TamperedFieldsTests {
  static let samples = 2_000

  /// One changed byte.
  struct Change: Sendable {
    let field: ProofField
    let offset: Int
    let mask: UInt8
  }

  /// Every field that is no column, salt or path digest, the first and last of these in every tree and level, and others at random: distinct
  /// fields, one byte each.
  static func changes(_ fields: [ProofField]) -> [Change] {
    struct Group: Hashable {
      let label: String
      let occurrence: Int
    }
    var random = ToyRandom(17)
    var chosen: Set<Int> = []
    for members in Dictionary(grouping: fields.indices, by: { Group(label: fields[$0].label, occurrence: fields[$0].occurrence) }).values {
      // Grouping keeps the order.
      for index in [members.first, members.last] { if let index { chosen.insert(index) } }
    }
    for index in fields.indices.shuffled(using: &random) where chosen.count < samples { chosen.insert(index) }
    return chosen.sorted().map { index in
      let field = fields[index]
      return Change(
        field: field, offset: Int.random(in: field.range, using: &random), mask: UInt8.random(in: 1...255, using: &random))
    }
  }

  /// Whether the error is one that the changed field can give.
  static func fits(_ error: VerificationError, _ field: ProofField) -> Bool {
    switch (field.label, error) {
    case ("magic", .magic), ("version", .version), ("artefact.root", .statementMismatch("commitment.identity")): true
    case ("magic", _), ("version", _), ("artefact.root", _): false
    case ("rows.column", .nonCanonical(let offset)), ("ligerito.column", .nonCanonical(let offset)): field.range.contains(offset)
    case ("rows.salt", _), ("rows.column", _), ("rows.path", _): error == .checkFailed("level0.merkle")
    case ("ligerito.column", _), ("ligerito.path", _): error == .checkFailed("ligerito.merkle")
    // Whatever follows from a message: other challenges, and so other positions to open.
    case (_, .nonCanonical(let offset)): offset >= field.range.lowerBound
    case (_, .checkFailed), (_, .truncated), (_, .trailingBytes): true
    default: false
    }
  }

  @Test("2,000 changed bytes, at least one in every field") func tampered() throws {
    let world = try ManyClaimsTests.world()
    let artefacts = try ManyClaimsTests.artefacts(world, together: false)
    let claims = ManyClaimsTests.claims(world)
    let proof = try ManyClaimsTests.prove(claims, world, artefacts)
    let compiled = try CompiledClaims(claims: claims, artefacts: artefacts.map(\.0))
    let statement = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: GoldilocksCubic.self).statement
    let fields = try ProofFields.of(proof, statement)
    try #require(fields.first?.range.lowerBound == 0 && fields.last?.range.upperBound == proof.count)
    try #require(zip(fields, fields.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
    let changes = Self.changes(fields)
    try #require(changes.count == Self.samples)
    // Every message of the transcript has its change.
    let inventory = try ProofVerifier.verify(statement, proof: proof).inventory
    let sent = inventory.filter { $0.verb == .absorb && ($0.kind == .challengeField || $0.kind == .digest) }
    let messages = Set(["magic", "version", "artefact.root", "rows.salt", "rows.column", "rows.path", "ligerito.column", "ligerito.path"])
    #expect(changes.filter { !messages.contains($0.field.label) }.count == sent.count && sent.count > 100)
    let outcomes = parallelMap(count: changes.count) { range in
      changes[range].compactMap { change -> String? in
        var other = proof
        other[change.offset] ^= change.mask
        do throws(VerificationError) {
          _ = try ProofVerifier.verify(statement, proof: other)
          return "accepted: \(change)"
        } catch { return Self.fits(error, change.field) ? nil : "\(error): \(change)" }
      }
    }
    let wrong = outcomes.flatMap { $0 }
    #expect(wrong.isEmpty, "\(wrong.count), e.g. \(wrong.prefix(3))")
  }
}
