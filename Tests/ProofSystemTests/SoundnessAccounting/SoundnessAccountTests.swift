import Fields
import Soundness
import TestSupport
import Testing

@Suite struct SoundnessAccountTests {
  private func parameters(_ example: KnownAnswers.AccountCase) -> AccountedParameters {
    func code(_ code: KnownAnswers.AccountCase.Code) -> AccountedParameters.Code {
      AccountedParameters.Code(name: code.name ?? "", dimension: code.dimension, log2CodeLength: code.log2n, queryCount: code.t)
    }
    return AccountedParameters(
      shapes: example.shapes.map(code), levels: example.levels.map(code), lookupDegree: example.lookupDegree,
      pointVariables: example.pointVariables, batchedClaims: example.batchedClaims, linearChecks: example.linearChecks, padRows: example.padRows)
  }

  private func account(_ example: KnownAnswers.AccountCase) throws -> SoundnessAccount {
    example.degree == 3
      ? try SoundnessAccount(parameters(example), challengeField: GoldilocksCubic.self)
      : try SoundnessAccount(parameters(example), challengeField: GoldilocksQuadratic.self)
  }

  /// Every term against exact rationals.
  @Test func termsAgreeWithExactArithmetic() throws {
    for example in try KnownAnswers.load().accounts {
      let found = try account(example)
      #expect(found.terms.map(\.name) == example.terms.map(\.name))
      for (term, expected) in zip(found.terms, example.terms) {
        #expect(abs(term.bits - expected.bits) < 1e-8, "\(term.name)")
        #expect(!term.source.isEmpty)
      }
      #expect(found.minimum == found.terms.map(\.bits).min())
    }
  }

  /// The error budget of the design: at 2^28 lookup leaves P128 has its minimum in the queries.
  @Test func budgetOfTheDefaultProfile() throws {
    let example = try #require(try KnownAnswers.load().accounts.first)
    let found = try account(example)
    try found.require(.p128)
    #expect(found.minimum > 128.2 && found.minimum < 128.3)
    func bits(_ name: String) -> Double? { found.terms.first { $0.name == name }?.bits }
    #expect(try #require(bits("logup fingerprint")).rounded() == 164)
    #expect(try #require(bits("sumcheck round")) > 189)
    #expect(try #require(bits("sacrifice")).rounded() == 192)
    #expect(foldErrorBits(log2CodeLength: 20, log2FieldSize: GoldilocksQuadratic.log2Size).rounded() == 108)
  }

  /// Each term in turn is weakened below the target and must be the one that is named.
  @Test func everyTermIsRequired() throws {
    let example = try #require(try KnownAnswers.load().accounts.last)
    let sound = parameters(example)
    let size = GoldilocksQuadratic.log2Size
    try SoundnessAccount(sound, log2FieldSize: size).require(.p100)
    func refusal(_ change: (inout AccountedParameters) -> Void) throws -> String? {
      var weak = sound
      change(&weak)
      do throws(SoundnessError) {
        try SoundnessAccount(weak, log2FieldSize: size).require(.p100)
        return nil
      } catch {
        guard case .tooLow(let term, let bits, let target) = error else { throw error }
        #expect(bits < 100 && target == 100)
        return term
      }
    }
    #expect(try refusal { $0.shapes[1].queryCount -= 1 } == "query level 0 [T]")
    #expect(try refusal { $0.shapes[0].queryCount = 0 } == "query level 0 [S]")
    #expect(try refusal { $0.levels[1].queryCount -= 1 } == "query level 2")
    #expect(try refusal { $0.shapes[0].log2CodeLength = 28 } == "fold, shield level 0 [S]")
    #expect(try refusal { $0.levels[0].log2CodeLength = 30 } == "fold level 1")
    #expect(try refusal { $0.padRows = 1 << 20 } == "merge level 0 [S]")
    #expect(try refusal { $0.lookupDegree = 1 << 29 } == "logup fingerprint")
    #expect(try refusal { $0.pointVariables = 1 << 29 } == "random points")
    #expect(try refusal { $0.batchedClaims = 1 << 29 } == "claim batching")
    #expect(try refusal { $0.linearChecks = 1 << 29 } == "linear checks in L")
    #expect(try refusal { _ in } == nil)
  }

  @Test func smallFieldsFailTheConstantTerms() throws {
    let none = AccountedParameters(shapes: [], levels: [], lookupDegree: 0, pointVariables: 0, batchedClaims: 0, linearChecks: 0, padRows: 0)
    #expect(try SoundnessAccount(none, log2FieldSize: 128).terms.map(\.name) == ["sumcheck round", "sacrifice"])
    #expect(throws: SoundnessError.self) { try SoundnessAccount(none, log2FieldSize: 128).require(.p128) }
    #expect(throws: SoundnessError.self) { try SoundnessAccount(none, log2FieldSize: .nan).require(.p128) }
    try SoundnessAccount(none, challengeField: BN254Scalar.self).require(.p128)
    // Exactly on the target is refused: the margin is taken off.
    #expect(throws: SoundnessError.self) { try SoundnessAccount(none, log2FieldSize: 129).require(.p128) }
    try SoundnessAccount(none, log2FieldSize: 129.00001).require(.p128)
  }

  @Test func anyParametersAreAnsweredWithAnError() throws {
    let base = AccountedParameters(shapes: [], levels: [], lookupDegree: 0, pointVariables: 0, batchedClaims: 0, linearChecks: 0, padRows: 0)
    for path in [
      \AccountedParameters.lookupDegree, \.pointVariables, \.batchedClaims, \.linearChecks, \.padRows,
    ] as [WritableKeyPath<AccountedParameters, Int>] {
      var changed = base
      changed[keyPath: path] = -1
      #expect(throws: SoundnessError.self) { try SoundnessAccount(changed, log2FieldSize: 192) }
      changed[keyPath: path] = .max
      #expect(try SoundnessAccount(changed, log2FieldSize: 192).minimum <= 192)
    }
    for code in [
      AccountedParameters.Code(dimension: 5, log2CodeLength: 2, queryCount: 9), .init(dimension: 0, log2CodeLength: 4, queryCount: 9),
      .init(dimension: 5, log2CodeLength: -1, queryCount: 9), .init(dimension: 5, log2CodeLength: 61, queryCount: 9),
      .init(dimension: .min, log2CodeLength: .max, queryCount: .min), .init(dimension: 1, log2CodeLength: 4, queryCount: -1),
    ] {
      var changed = base
      changed.levels = [code]
      #expect(throws: SoundnessError.self) { try SoundnessAccount(changed, log2FieldSize: 192) }
      changed.levels = []
      changed.shapes = [code]
      #expect(throws: SoundnessError.self) { try SoundnessAccount(changed, log2FieldSize: 192) }
    }
  }

  @Test func publicProfilesHaveAtLeastAHundredBits() throws {
    #expect(SoundnessProfile.p128.targetBits == 128 && SoundnessProfile.p128.extensionDegree == 3)
    #expect(SoundnessProfile.p100.targetBits == 100 && SoundnessProfile.p100.extensionDegree == 2)
    #expect(try SoundnessProfile(name: "P128", extensionDegree: 3, targetBits: 128) == .p128)
    for target in [.min, 0, 6, 99, 257, .max] {
      #expect(throws: SoundnessError.targetOutOfRange(target)) { try SoundnessProfile(name: "x", extensionDegree: 3, targetBits: target) }
    }
    for degree in [.min, 0, 9, .max] {
      #expect(throws: SoundnessError.invalidExtensionDegree(degree)) { try SoundnessProfile(name: "x", extensionDegree: degree, targetBits: 100) }
    }
  }
}
