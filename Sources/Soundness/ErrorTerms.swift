public import Fields

extension SoundnessAccount {
  /// The account of a proof with challenges from the field E.
  ///
  /// **Throws** `SoundnessError.invalidCode` for a code that is none, `.negativeCount` for a negative parameter.
  public init<E: ChallengeField>(_ parameters: AccountedParameters, challengeField: E.Type) throws(SoundnessError) {
    try self.init(parameters, log2FieldSize: E.log2Size)
  }

  /// The account of a proof whose challenge field has 2^log2FieldSize elements (to be rounded down, to 10^−10 or better).
  public init(_ parameters: AccountedParameters, log2FieldSize: Double) throws(SoundnessError) {
    for (name, count) in [
      ("lookup degree", parameters.lookupDegree), ("point variables", parameters.pointVariables), ("batched claims", parameters.batchedClaims),
      ("linear checks", parameters.linearChecks), ("pad rows", parameters.padRows),
    ] {
      guard count >= 0 else { throw .negativeCount(name) }
    }
    var terms: [ErrorTerm] = []
    /// A term of error numerator/|E|.
    func add(_ name: String, over numerator: Double, _ source: String) {
      guard numerator > 0 else { return }
      terms.append(ErrorTerm(name: name, bits: log2FieldSize - logarithm2(numerator), source: source))
    }
    for code in parameters.shapes {
      let length = try codeLength(code)
      terms.append(ErrorTerm(name: "query level 0 [\(code.name)]", bits: try queryBits(code), source: Source.query))
      add("fold, shield level 0 [\(code.name)]", over: length + 2, Source.fold)
      add("merge level 0 [\(code.name)]", over: Double(parameters.padRows) * (length + 1), Source.merge)
    }
    for (index, code) in parameters.levels.enumerated() {
      let length = try codeLength(code)
      terms.append(ErrorTerm(name: "query level \(index + 1)", bits: try queryBits(code), source: Source.query))
      add("fold level \(index + 1)", over: length + 2, Source.fold)
    }
    add("logup fingerprint", over: Double(parameters.lookupDegree), Source.lookup)
    add("random points", over: Double(parameters.pointVariables), Source.point)
    add("sumcheck round", over: 2, Source.sumcheck)
    add("claim batching", over: Double(parameters.batchedClaims), Source.batching)
    add("linear checks in L", over: Double(parameters.linearChecks), Source.batching)
    add("sacrifice", over: 1, Source.sacrifice)
    self.init(terms: terms)
  }
}

/// n/|E|, as bits: the error of folding words of a code of length 2^log2CodeLength by one challenge.
public func foldErrorBits(log2CodeLength: Int, log2FieldSize: Double) -> Double { log2FieldSize - Double(log2CodeLength) }

private func codeLength(_ code: AccountedParameters.Code) throws(SoundnessError) -> Double {
  guard (0...QueryCount.maximumLog2CodeLength).contains(code.log2CodeLength), code.queryCount >= 0 else {
    throw .invalidCode(dimension: code.dimension, codeLength: code.log2CodeLength)
  }
  return Double(1 << code.log2CodeLength)
}

private func queryBits(_ code: AccountedParameters.Code) throws(SoundnessError) -> Double {
  guard code.queryCount > 0 else { return 0 }
  return Double(code.queryCount) * (try QueryCount.bitsPerQuery(dimension: code.dimension, codeLength: 1 << code.log2CodeLength))
}

private enum Source {
  static let query = "unique decoding: a word outside radius ⌊(n−d)/2⌋ has more errors than that; t independent positions"
  static let fold = """
    Ben-Sasson, Carmon, Ishai, Kopparty, Saraf, Proximity Gaps for Reed–Solomon Codes (FOCS 2020, J. ACM), Theorems 1.2 and 1.4: \
    n/|E| within the unique-decoding radius; Diamond, Gruen, ePrint 2024/1351, Theorems 3.1 and 3.6: interleaving adds no factor; \
    2/|E| for the sumcheck round
    """
  static let merge = """
    Ben-Sasson et al., Proximity Gaps for Reed–Solomon Codes (FOCS 2020, J. ACM), Theorem 1.5 for curves of degree Q: Q·n/|E|, \
    and Q/|E| for the merged claim (Schwartz–Zippel)
    """
  static let lookup = """
    Haböck, Multivariate lookups based on logarithmic derivatives, ePrint 2022/1530, and Papini, Haböck, ePrint 2023/1284: \
    a false multiset is a non-zero rational function of degree at most c·(N + M)
    """
  static let point = "Schwartz–Zippel: a multilinear polynomial in n variables vanishes at a random point with chance at most n/|E|"
  static let sumcheck = "Lund, Fortnow, Karloff, Nisan, Algebraic methods for interactive proof systems (J. ACM 1992): degree 2 per round"
  static let batching = "Schwartz–Zippel: a combination by powers of one challenge has degree below the number of claims"
  static let sacrifice = "one linear equation in one challenge: a false committed product survives with chance 1/|E|"
}
