/// Query counts and code shapes in the unique-decoding regime.
///
/// A code of length n and exact dimension d (random tail included) corrects e = ⌊(n − d)/2⌋ errors. A word outside the radius
/// has at least e + 1 errors, so t positions drawn with replacement all miss them with probability at most (1 − (e+1)/n)^t.
public enum QueryCount {
  /// The greatest query count that is computed; rates up to 0.95 stay under it at 128 bits.
  public static var maximum: Int { 4096 }
  /// log2 of the longest code.
  public static var maximumLog2CodeLength: Int { 60 }

  /// The chance that one position misses a word outside the radius: n − e − 1 over n, not reduced.
  ///
  /// **Throws** `SoundnessError.invalidCode` unless 1 ≤ dimension < codeLength ≤ 2^60.
  public static func miss(dimension: Int, codeLength: Int) throws(SoundnessError) -> (numerator: UInt64, denominator: UInt64) {
    guard dimension >= 1, dimension < codeLength, codeLength <= 1 << maximumLog2CodeLength else {
      throw .invalidCode(dimension: dimension, codeLength: codeLength)
    }
    let errors = (codeLength &- dimension) / 2 &+ 1
    return (UInt64(codeLength &- errors), UInt64(codeLength))
  }

  /// −log2 of the chance that one position misses.
  public static func bitsPerQuery(dimension: Int, codeLength: Int) throws(SoundnessError) -> Double {
    let (numerator, denominator) = try miss(dimension: dimension, codeLength: codeLength)
    guard numerator > 0 else { return .infinity }
    return logarithm2(Double(denominator) / Double(numerator))
  }

  /// The least t ≥ 1 with (1 − (e+1)/n)^t ≤ 2^(−target), compared exactly.
  ///
  /// **Throws** `SoundnessError.invalidCode`; `.rateTooHigh` when t would exceed `maximum`.
  public static func queryCount(dimension: Int, codeLength: Int, profile: SoundnessProfile) throws(SoundnessError) -> Int {
    let (numerator, denominator) = try miss(dimension: dimension, codeLength: codeLength)
    let bits = try bitsPerQuery(dimension: dimension, codeLength: codeLength)
    let guess = Double(profile.targetBits) / bits
    guard guess <= Double(maximum) else { throw .rateTooHigh(dimension: dimension, codeLength: codeLength) }
    func suffices(_ t: Int) -> Bool {
      // numerator^t · 2^target ≤ denominator^t
      let left = Natural(numerator).power(t).shiftedLeft(max(0, profile.targetBits))
      return left <= Natural(denominator).power(t)
    }
    // The guess is within one of the answer; the exact comparison decides.
    var t = max(1, Int(guess))
    while !suffices(t) { t += 1 }
    while t > 1, suffices(t - 1) { t -= 1 }
    guard t <= maximum else { throw .rateTooHigh(dimension: dimension, codeLength: codeLength) }
    return t
  }

  /// The least tail p, a multiple of 2^log2RowLength, with p ≥ openings · t(p), where t(p) counts p in the dimension 2^m + p.
  ///
  /// p is the number of random coefficients of a hiding row of 2^m data coefficients in a code of length 2^log2CodeLength;
  /// `openings` is the number of proofs it may serve. **Throws** `SoundnessError.noTail` when none fits.
  public static func tailForBudget(
    m: Int, log2CodeLength: Int, openings: Int, log2RowLength: Int, profile: SoundnessProfile
  ) throws(SoundnessError) -> (tail: Int, queryCount: Int) {
    guard (0...60).contains(m), (0...60).contains(log2CodeLength), (0...60).contains(log2RowLength) else {
      throw .invalidCode(dimension: m, codeLength: log2CodeLength)
    }
    guard openings >= 0 else { throw .negativeCount("openings") }
    let step = 1 << log2RowLength
    let length = 1 << log2CodeLength
    var tail = step
    while (1 << m) + tail < length {
      // The only refusal left here is a rate too high, and greater tails only raise the rate.
      guard let t = try? queryCount(dimension: (1 << m) + tail, codeLength: length, profile: profile) else { break }
      let (needed, overflow) = openings.multipliedReportingOverflow(by: t)
      guard !overflow, needed < length else { break }
      if needed <= tail { return (tail, t) }
      // t grows with the tail, so every tail below `needed` fails too.
      tail = (needed + step - 1) / step * step
    }
    throw .noTail(openings: openings)
  }

  /// The shape of a hiding row of 2^m data coefficients in the table that all statements share: tail 2^m / 8, rate 2^(−log2Rate)
  /// before the tail. **Throws** `SoundnessError.invalidCode` when m < 3 or the code is longer than 2^60.
  public static func globalShape(m: Int, profile: SoundnessProfile, log2InverseRate: Int = 2) throws(SoundnessError) -> HidingRowShape {
    guard (3...58).contains(m), (1...8).contains(log2InverseRate), m + log2InverseRate <= maximumLog2CodeLength else {
      throw .invalidCode(dimension: m, codeLength: m)
    }
    let tail = 1 << (m - 3)
    let log2CodeLength = m + log2InverseRate
    let t = try queryCount(dimension: (1 << m) + tail, codeLength: 1 << log2CodeLength, profile: profile)
    return HidingRowShape(m: m, tail: tail, log2CodeLength: log2CodeLength, queryCount: t)
  }
}

/// The code of a committed row: 2^m data coefficients below, `tail` uniform ones above, evaluated at 2^log2CodeLength points.
public struct HidingRowShape: Hashable, Sendable {
  /// log2 of the number of data coefficients.
  public let m: Int
  /// p, the number of random coefficients: at most so many distinct positions may ever be opened.
  public let tail: Int
  /// log2 of the code length n.
  public let log2CodeLength: Int
  /// t, the positions opened per proof.
  public let queryCount: Int

  /// d = 2^m + p, exactly.
  public var dimension: Int { (1 << m) + tail }
  /// B = ⌊p / t⌋, the number of proofs that the tail is sure to serve.
  public var budget: Int { tail / queryCount }
}
