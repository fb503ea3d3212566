import Fields
import Soundness

/// The numbers of a field that decide whether it carries a proof.
public struct FieldFigures: Hashable, Sendable {
  /// For messages.
  public let name: String
  /// Of the base field: codes have at most 2^twoAdicity points.
  public let twoAdicity: Int
  /// log2 |E|, rounded down.
  public let log2Size: Double
  /// e = [E : F].
  public let extensionDegree: Int

  /// A field type; a run-time prime must be in force.
  public init<E: ChallengeField>(_: E.Type) {
    self.init(name: E.Base.name, twoAdicity: E.Base.twoAdicity, log2Size: E.log2Size, extensionDegree: E.degree)
  }

  /// `RuntimePrimeField` modulo this prime, which need not be in force.
  public init(_ prime: RuntimePrime) {
    self.init(name: prime.name, twoAdicity: prime.twoAdicity, log2Size: prime.log2Modulus, extensionDegree: 1)
  }

  init(name: String, twoAdicity: Int, log2Size: Double, extensionDegree: Int) {
    self.name = name
    self.twoAdicity = twoAdicity
    self.log2Size = log2Size
    self.extensionDegree = extensionDegree
  }
}

/// Why a field does not carry a proof of the size asked for. The first entry is the field's name.
public enum FieldRefusal: Error, Equatable, Sendable {
  /// The code needs 2^needed points, and the field has a domain of 2^twoAdicity only.
  case twoAdicityTooSmall(field: String, twoAdicity: Int, needed: Int)
  /// Challenges come from too few elements: this term of the soundness error has so many whole bits and misses the target.
  case fieldTooSmall(field: String, term: String, bits: Int, target: Int)
  /// The profile asks for parameters that do not exist.
  case noParameters(field: String, SoundnessError)
  /// More cells than any field carries, as logarithms.
  case tooLarge(field: String, log2Cells: Int, most: Int)
}

extension FieldRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .twoAdicityTooSmall(let field, let twoAdicity, let needed):
      "\(field): p − 1 is divisible by 2^\(twoAdicity) only, and the code of a proof of this size needs 2^\(needed)"
    case .fieldTooSmall(let field, let term, let bits, let target):
      "\(field): the field has too few elements for \(target) bits of soundness (\(term): \(bits))"
    case .noParameters(let field, let error):
      "\(field): no code parameters for this profile (\(error))"
    case .tooLarge(let field, let log2Cells, let most):
      "\(field): a witness of 2^\(log2Cells) cells; at most 2^\(most) are supported"
    }
  }
}

/// The code and the level table of a proof about one auxiliary matrix, a function of the field and of the sizes alone, so that prover and
/// verifier choose alike.
///
/// **Rule**: rows of 2^m, m = log2Cells − 5 within 11…22 and at most twoAdicity − 2, tail 2^m/8, rate 1/4: t = 199 at 128 bits; so up to
/// 32 rows, and up to 2^10 where the two-adicity is what limits m. Levels as for claims (Protocol section 6.1). Statements of circuits have
/// these codes when no artefact brings its own.
public struct CodePlan: Hashable, Sendable {
  public let profile: SoundnessProfile
  public let shape: CodeShape
  public let levels: [LigeritoLevel]

  /// log2 of the rows that a matrix has at most.
  static let maximumRowBits = 10
  static let rowLengths = 11...22

  /// Chooses, or says why the field carries no such proof.
  ///
  /// The soundness error is accounted with generous bounds on what a relation adds (2^13 batched claims and checks, 8 pad rows, points of
  /// 64 variables); `Statement.checkSoundness` has the exact account.
  /// - Parameters:
  ///   - log2Cells: log2 of the cells of the matrix, rounded up.
  ///   - lookupDegree: c·(N + M) of the relation's lookups, 0 without.
  /// **Throws** `FieldRefusal`.
  public init(log2Cells: Int, lookupDegree: Int = 0, field: FieldFigures, profile: SoundnessProfile) throws(FieldRefusal) {
    let most = Self.rowLengths.upperBound + Self.maximumRowBits
    guard log2Cells <= min(most, StatementLimits.maximumMatrixBits) else {
      throw .tooLarge(field: field.name, log2Cells: log2Cells, most: min(most, StatementLimits.maximumMatrixBits))
    }
    let log2Cells = max(0, log2Cells)
    let wanted = min(max(log2Cells - 5, Self.rowLengths.lowerBound), Self.rowLengths.upperBound)
    let m = min(wanted, field.twoAdicity - 2)
    let least = max(log2Cells - Self.maximumRowBits, Self.rowLengths.lowerBound)
    guard m >= least, let shape = CodeShape(name: "m\(m)", log2RowLength: m, tailCount: 1 << (m - 3), log2Length: m + 2) else {
      throw .twoAdicityTooSmall(field: field.name, twoAdicity: field.twoAdicity, needed: least + 2)
    }
    self.profile = profile
    self.shape = shape
    do throws(SoundnessError) {
      let levels = try Ligerito.schedule(
        variables: m + 1, rowBits: m - 3, finalBits: min(6, m - 3), profile: profile, firstLogRate: 3, foldBits: 3)
      self.levels = levels
      let queryCount = try QueryCount.queryCount(dimension: shape.dimension, codeLength: shape.length, profile: profile)
      let parameters = AccountedParameters(
        shapes: [.init(name: shape.name, dimension: shape.dimension, log2CodeLength: shape.log2Length, queryCount: queryCount)],
        levels: levels.map { .init(dimension: 1 << $0.log2RowLength, log2CodeLength: $0.log2Length, queryCount: $0.queryCount) },
        lookupDegree: lookupDegree, pointVariables: 64, batchedClaims: 1 << 13, linearChecks: 1 << 13, padRows: 8)
      try SoundnessAccount(parameters, log2FieldSize: field.log2Size).require(profile)
    } catch {
      guard case .tooLow(let term, let bits, let target) = error else { throw .noParameters(field: field.name, error) }
      throw .fieldTooSmall(field: field.name, term: term, bits: Int(exactly: bits.rounded(.down)) ?? 0, target: target)
    }
  }

  /// The plan for a run-time prime at 128 bits.
  public init(log2Cells: Int, lookupDegree: Int = 0, prime: RuntimePrime) throws(FieldRefusal) {
    try self.init(log2Cells: log2Cells, lookupDegree: lookupDegree, field: FieldFigures(prime), profile: .p128DegreeOne)
  }
}
