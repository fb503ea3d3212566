/// Numbers with 40 fraction bits for function tables, and the functions e^x, ln, √, sin and arctan on them: integers only, so that every
/// machine makes the same tables.
///
/// Values are saturated to ±2^22. Constants are rounded to 2^−40; each operation adds at most one unit of 2^−40, so that the functions here
/// are within 2^−34 of the truth relative to max(1, |value|). What a table holds is *defined* by these steps.

/// An integer multiple of 2^−40.
struct FixedReal: Hashable, Sendable, Comparable {
  static let fractionBits = 40
  static let limit = Int128(1) << 62
  static let one = FixedReal(raw: 1 << 40)
  static let zero = FixedReal(raw: 0)
  /// ln 2 = 0.69314718055994530942.
  static let logarithmOfTwo = FixedReal(raw: 762_123_384_786)
  /// π = 3.14159265358979323846.
  static let pi = FixedReal(raw: 3_454_217_652_358)

  let raw: Int128

  /// Saturates.
  init(raw: Int128) { self.raw = max(-Self.limit, min(Self.limit, raw)) }

  init(_ integer: Int64) { self.init(raw: Int128(integer) << 40) }

  /// numerator / denominator rounded down.
  init(_ numerator: Int64, over denominator: Int64) { self.init(raw: (Int128(numerator) << 40) / Int128(denominator)) }

  /// integer / 2^fractionBits (negative: times a power).
  init(_ integer: Int64, fractionBits: Int) {
    let shift = Self.fractionBits - fractionBits
    if shift >= 62 {
      self.init(raw: Int128(integer.signum()) << 62)
    } else {
      self.init(raw: shift >= 0 ? Int128(integer) << Int128(shift) : Int128(integer) >> Int128(-shift))
    }
  }

  /// The nearest integer to value · 2^bits, ties toward plus infinity.
  func rounded(fractionBits bits: Int) -> Int64 {
    let shift = Self.fractionBits - bits
    if shift <= 0 { return Int64(clamping: raw << Int128(min(60, -shift))) }
    return Int64(clamping: (raw + (Int128(1) << Int128(min(100, shift) - 1))) >> Int128(min(100, shift)))
  }

  static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  static func + (a: Self, b: Self) -> Self { Self(raw: a.raw + b.raw) }
  static func - (a: Self, b: Self) -> Self { Self(raw: a.raw - b.raw) }
  static prefix func - (a: Self) -> Self { Self(raw: -a.raw) }
  static func * (a: Self, b: Self) -> Self { Self(raw: (a.raw * b.raw) >> 40) }  // |product| ≤ 2^124
  /// 0 divisors give the limit with the dividend's sign.
  static func / (a: Self, b: Self) -> Self {
    b.raw == 0 ? Self(raw: a.raw < 0 ? -limit : limit) : Self(raw: (a.raw << 40) / b.raw)
  }

  var magnitude: Self { raw < 0 ? -self : self }
  func halved(_ times: Int) -> Self { Self(raw: raw >> Int128(times)) }

  /// 1/n! for n = 0 … 13.
  private static let factorials: [Int128] = [
    1099511627776, 1099511627776, 549755813888, 183251937963, 45812984491, 9162596898, 1527099483, 218157069, 27269634, 3029959, 302996, 27545, 2295,
    177,
  ]
  /// 1/n for odd n = 1 … 31.
  private static let oddReciprocals: [Int128] = [
    1099511627776, 366503875925, 219902325555, 157073089682, 122167958642, 99955602525, 84577817521, 73300775185, 64677154575, 57869033041,
    52357696561, 47804853382, 43980465111, 40722652881, 37914194061, 35468117025,
  ]
  /// (−1)^n / (2n + 1)! for n = 0 … 9.
  private static let sineCoefficients: [Int128] = [1099511627776, -183251937963, 9162596898, -218157069, 3029959, -27545, 177, -1, 0, 0]
  /// arctan(k/4) for k = 0 … 4.
  private static let arctangents: [Int128] = [0, 269356888665, 509785937287, 707536951605, 863554413089]

  /// e^x: 2^k · e^r with |r| ≤ ln 2 / 2, by the series to r^13 / 13!.
  var exponential: Self {
    if self > Self(16) { return Self(raw: Self.limit) }
    if self < Self(-40) { return .zero }
    let k = (raw * 2 + Self.logarithmOfTwo.raw) / (2 * Self.logarithmOfTwo.raw) - (raw < -Self.logarithmOfTwo.raw / 2 ? 1 : 0)
    let r = Self(raw: raw - k * Self.logarithmOfTwo.raw)
    var sum = Self.zero
    for coefficient in Self.factorials.reversed() { sum = sum * r + Self(raw: coefficient) }
    return k >= 0 ? Self(raw: sum.raw << k) : sum.halved(Int(-k))
  }

  /// ln x: k·ln 2 + 2·artanh((m − 1)/(m + 1)) with x = 2^k·m, 1 ≤ m < 2. For x ≤ 0: −64.
  var logarithm: Self {
    guard raw > 0 else { return Self(-64) }
    let k = 127 - raw.leadingZeroBitCount - 1 - Self.fractionBits + 1
    let m = k >= 0 ? Self(raw: raw >> Int128(k)) : Self(raw: raw << Int128(-k))
    let z = (m - .one) / (m + .one)
    let square = z * z
    var sum = Self.zero
    for coefficient in Self.oddReciprocals.reversed() { sum = sum * square + Self(raw: coefficient) }
    sum = sum * z
    return Self(raw: Self.logarithmOfTwo.raw * Int128(k)) + sum + sum
  }

  /// √x rounded down; 0 for x ≤ 0.
  var squareRoot: Self {
    guard raw > 0 else { return .zero }
    let target = UInt128(raw) << 40
    var result: UInt128 = 0
    for bit in stride(from: 52, through: 0, by: -1) {
      let next = result | UInt128(1) << UInt128(bit)
      if next * next <= target { result = next }
    }
    return Self(raw: Int128(result))
  }

  /// sin x, reduced to [−π, π] and then to [−π/2, π/2].
  var sine: Self {
    let turn = Self.pi.raw * 2
    var r = raw % turn
    if r > Self.pi.raw { r -= turn }
    if r < -Self.pi.raw { r += turn }
    if r > Self.pi.raw / 2 { r = Self.pi.raw - r }
    if r < -Self.pi.raw / 2 { r = -Self.pi.raw - r }
    let x = Self(raw: r)
    let square = x * x
    var sum = Self.zero
    for coefficient in Self.sineCoefficients.reversed() { sum = sum * square + Self(raw: coefficient) }
    return sum * x
  }

  /// arctan x: for |x| > 1 by π/2 − arctan(1/x); else arctan c + arctan((x − c)/(1 + x·c)) with c = k/4 nearest to x, and the series.
  var arctangent: Self {
    let isLarge = magnitude > .one
    let x = isLarge ? .one / magnitude : magnitude
    let k = Int((x.raw * 4 + Self.one.raw / 2) >> 40)
    let c = Self(raw: Int128(k) << 38)
    let z = (x - c) / (.one + x * c)
    let square = -(z * z)
    var sum = Self.zero
    for coefficient in Self.oddReciprocals.prefix(9).reversed() { sum = sum * square + Self(raw: coefficient) }
    let angle = Self(raw: Self.arctangents[min(4, k)]) + sum * z
    let turned = isLarge ? Self.pi.halved(1) - angle : angle
    return raw < 0 ? -turned : turned
  }
}
