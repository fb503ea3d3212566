/// Named integer functions whose tables the verifier regenerates by itself.

/// A function on integers.
public enum TableFunction: Hashable, Sendable {
  /// max(x, 0).
  case relu
  /// min(max(x, lower), upper); the interval's bounds.
  case clamp(IntegerRange)
  /// The integer nearest to 2^o / (1 + e^(−x / 2^f)); f input fraction bits (0 … 30), o output fraction bits (1 … 30).
  /// The value is never a tie for x ≠ 0 (e to a non-zero rational power is irrational), and for x = 0 it is 2^(o−1) exactly.
  case sigmoid(inputFractionBits: Int, outputFractionBits: Int)
  /// What the fixed-point steps of an elementary function give for x / 2^f, times 2^o, rounded and clamped to the range; f and o in −30 … 40.
  case elementary(ElementaryFunction, inputFractionBits: Int, outputFractionBits: Int, range: IntegerRange)

  /// Whether larger arguments never have smaller values: known of the first three, and of products with a factor of at least 0.
  var isMonotone: Bool {
    guard case .elementary(let function, _, _, _) = self else { return true }
    if case .leakyRelu(0) = function { return true }
    return false
  }

  /// Refuses parameters outside the ranges above.
  func checkParameters(node: String) throws(ProgramError) {
    if case .elementary(_, let input, let output, _) = self, !(-30...40).contains(input) || !(-30...40).contains(output) {
      throw .invalidParameter(node: node, reason: "an elementary function takes -30 to 40 fraction bits")
    }
    guard case .sigmoid(let input, let output) = self else { return }
    guard (0...30).contains(input), (1...30).contains(output) else {
      throw .invalidParameter(node: node, reason: "sigmoid takes 0 to 30 input and 1 to 30 output fraction bits")
    }
  }

  /// f(x).
  /// - Throws: `.roundingUndecided` when the error bound straddles a rounding boundary; `.invalidParameter`.
  public func value(at x: Int64) throws(ProgramError) -> Int64 {
    switch self {
    case .relu: return max(0, x)
    case .clamp(let range): return min(max(x, range.lower), range.upper)
    case .sigmoid(let input, let output):
      try checkParameters(node: "sigmoid")
      guard let exponential = FixedPointExponential(inputFractionBits: input) else {
        throw .invalidParameter(node: "sigmoid", reason: "input fraction bits")
      }
      return try Self.sigmoid(x, exponential, outputFractionBits: output)
    case .elementary(let function, let input, let output, let range):
      return function.value(at: x, inputFractionBits: input, outputFractionBits: output, range: range)
    }
  }

  /// f(lower), …, f(upper).
  func values(over domain: IntegerRange) throws(ProgramError) -> [Int64] {
    var result: [Int64] = []
    guard case .sigmoid(let input, let output) = self else {
      for x in domain.lower...domain.upper { result.append(try value(at: x)) }
      return result
    }
    guard let exponential = FixedPointExponential(inputFractionBits: input) else {
      throw .invalidParameter(node: "sigmoid", reason: "input fraction bits")
    }
    for x in domain.lower...domain.upper { result.append(try Self.sigmoid(x, exponential, outputFractionBits: output)) }
    return result
  }

  /// With E = e^(−|x|/2^f) in [e − δ, e + δ]·2^−62: round(2^o / (1 + E)) must be the same at both ends. σ(−x) = 1 − σ(x), and as no
  /// value but x = 0 is a tie, rounding commutes with that.
  private static func sigmoid(_ x: Int64, _ exponential: FixedPointExponential, outputFractionBits: Int) throws(ProgramError) -> Int64 {
    let full = Int64(1) << Int64(outputFractionBits)
    if x == 0 { return full / 2 }
    let e = exponential.value(x.magnitude)
    let error = FixedPointExponential.errorUnits
    let largest = nearest(e > error ? e - error : 0, outputFractionBits)
    let smallest = nearest(e + error, outputFractionBits)
    guard largest == smallest else { throw .roundingUndecided(argument: x) }
    return x > 0 ? largest : full - largest
  }

  /// ⌊2^o / (1 + E) + 1/2⌋ = ⌊(2^(o+1)·2^62 + D) / (2·D)⌋ with D = 2^62 + E; all below 2^94.
  private static func nearest(_ e: UInt64, _ outputFractionBits: Int) -> Int64 {
    let d = UInt128(FixedPointExponential.one) + UInt128(e)
    let quotient = ((UInt128(FixedPointExponential.one) << UInt128(outputFractionBits + 1)) + d) / (2 * d)
    return Int64(quotient)
  }
}
