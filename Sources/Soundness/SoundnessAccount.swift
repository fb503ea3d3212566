/// The accounting sheet of a proof: one error term for every round, as bits = −log2(error).
///
/// The round-by-round error is the maximum over the rounds, so the security of a proof is the minimum of the terms.
/// Prover and verifier both compute it from the statement; the verifier refuses a statement that misses its target.
///
/// **Rounding**: a term is computed in floating point with an absolute error below 5·10^−10 (at most `QueryCount.maximum`
/// logarithms of error 10^−13 each). `require` takes 10^−9 off every term, so rounding is always against the prover.
/// Query counts do not depend on rounding: `QueryCount` compares exactly.
public struct SoundnessAccount: Sendable, Equatable {
  /// The terms in the order of the protocol.
  public let terms: [ErrorTerm]

  /// The smallest term, in bits; +∞ without terms.
  public var minimum: Double { terms.map(\.bits).min() ?? .infinity }

  /// What `require` takes off every term.
  public static var roundingMargin: Double { 1e-9 }

  /// Refuses an account that has a term under the target of the profile.
  ///
  /// **Throws** `SoundnessError.tooLow` for the first such term.
  public func require(_ profile: SoundnessProfile) throws(SoundnessError) {
    for term in terms {
      // Written so that a NaN is refused.
      guard term.bits - Self.roundingMargin >= Double(profile.targetBits) else {
        throw .tooLow(term: term.name, bits: term.bits, target: profile.targetBits)
      }
    }
  }
}

/// One source of soundness error.
public struct ErrorTerm: Sendable, Equatable {
  /// What round it belongs to, e.g. `query level 1`.
  public let name: String
  /// −log2 of its error.
  public let bits: Double
  /// The theorem behind it.
  public let source: String
}

/// The parameters that the error of a proof depends on.
public struct AccountedParameters: Sendable, Equatable {
  /// A code whose codewords are opened.
  public struct Code: Sendable, Equatable {
    /// The name in reports; unused for inner levels.
    public var name: String
    /// The exact dimension, random tail included.
    public var dimension: Int
    /// log2 of the code length.
    public var log2CodeLength: Int
    /// The number of positions drawn.
    public var queryCount: Int

    public init(name: String = "", dimension: Int, log2CodeLength: Int, queryCount: Int) {
      self.name = name
      self.dimension = dimension
      self.log2CodeLength = log2CodeLength
      self.queryCount = queryCount
    }
  }

  /// The hiding codes of level 0, one per shape, in statement order.
  public var shapes: [Code]
  /// The codes of levels 1, 2, ….
  public var levels: [Code]
  /// c·(N + M): tuple width times number of leaves of the fraction tree; 0 without lookups.
  public var lookupDegree: Int
  /// The number of variables of the largest random evaluation point; 0 for none.
  public var pointVariables: Int
  /// The most claims batched by powers of one challenge.
  public var batchedClaims: Int
  /// The number of linear checks combined into the one about the pads.
  public var linearChecks: Int
  /// Q, the number of pad rows merged by powers of one challenge.
  public var padRows: Int

  public init(
    shapes: [Code], levels: [Code], lookupDegree: Int, pointVariables: Int, batchedClaims: Int, linearChecks: Int, padRows: Int
  ) {
    self.shapes = shapes
    self.levels = levels
    self.lookupDegree = lookupDegree
    self.pointVariables = pointVariables
    self.batchedClaims = batchedClaims
    self.linearChecks = linearChecks
    self.padRows = padRows
  }
}
