import Fields
import ProofSystem
import Prover
import Soundness
import TestSupport
import Testing

/// A dishonest prover: rejected as `isExpected` says, accepted when the one check (or constraint) in its way is off on both sides.
struct Cheat: Sendable, CustomTestStringConvertible {
  private(set) var name: String
  /// The check that stands in the way; nil when it is a constraint of the relation.
  let check: CheckName?
  let isExpected: @Sendable (VerificationError) -> Bool
  /// Proves and verifies; the argument says that the check is off.
  private let attempt: @Sendable (Bool) throws -> Void

  var testDescription: String { check.map { "\(name): \($0)" } ?? name }

  /// A cheat against a check of the verifier, left out by `Dropping`.
  init(
    _ name: String, check: CheckName, expecting isExpected: @escaping @Sendable (VerificationError) -> Bool = Cheat.finalClaim,
    _ attempt: @escaping @Sendable () throws -> Void
  ) {
    self.name = name
    self.check = check
    self.isExpected = isExpected
    self.attempt = { isOff in try Dropping.$names.withValue(isOff ? [check] : []) { try attempt() } }
  }

  /// A cheat against a constraint of the relation, left out by `attempt` itself.
  init(
    _ name: String, expecting isExpected: @escaping @Sendable (VerificationError) -> Bool = Cheat.finalClaim,
    constraint attempt: @escaping @Sendable (_ isOff: Bool) throws -> Void
  ) {
    self.name = name
    check = nil
    self.isExpected = isExpected
    self.attempt = attempt
  }

  /// The same with the field in its name.
  func named(_ field: any ToyField.Type) -> Cheat {
    var copy = self
    copy.name = "\(field.toyProfile.name): " + name
    return copy
  }

  /// In zero-knowledge every algebraic check is a term of ⟨L, P⟩ = v, so what fails is the last claim.
  static let finalClaim: @Sendable (VerificationError) -> Bool = { $0 == .checkFailed("ligerito.final_claim") }
  static let anyError: @Sendable (VerificationError) -> Bool = { _ in true }
  static func failing(_ check: CheckName) -> @Sendable (VerificationError) -> Bool { { $0 == .checkFailed(check) } }
  static func mismatch(_ check: CheckName) -> @Sendable (VerificationError) -> Bool { { $0 == .statementMismatch(check) } }

  /// Both halves of the test.
  func expectCaughtByThisCheckAlone() throws {
    do {
      try attempt(false)
      Issue.record("\(testDescription): accepted")
    } catch let error as VerificationError {
      #expect(isExpected(error), "\(testDescription): rejected by \(error)")
    }
    try attempt(true)
  }

  /// Proves with the session class and configuration, verifies with the same configuration.
  static func run<E: ToyField, Configuration: EngineConfiguration>(
    _ instance: ToyInstance<E>, _ session: ProofSession<Configuration>, against statement: Statement<E>? = nil
  ) throws where Configuration.E == E {
    _ = try ProofVerifier.verify(statement ?? instance.statement, proof: session.prove(), configuration: Configuration.self)
  }
}

/// Every dishonest prover of this module that stands against a named check, over one field.
enum CheatCatalogue<E: ToyField> {
  static var all: [Cheat] {
    LayerCheats<E>.all + BindingCheats<E>.all + ProductPadCheats<E>.all + AuditCheats<E>.all + LookupCheats<E>.all + LigeritoCheats<E>.all
  }
}

extension Array where Element == Cheat {
  /// One catalogue for all three fields, the field in each name.
  static func allFields(_ make: (any ToyField.Type) -> [Cheat]) -> [Cheat] {
    let fields: [any ToyField.Type] = [GoldilocksCubic.self, GoldilocksQuadratic.self, BN254Scalar.self]
    return fields.flatMap { field in make(field).map { $0.named(field) } }
  }
}
