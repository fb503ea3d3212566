/// The logarithm over more than 2^16 possible values: w = 10^digits + x is cut to its 16 leading bits.
///
/// **Formula**: w = j·2^s + ρ with 0 ≤ ρ < 2^s and j < 2^16, j ≥ 2^15 unless s = 0;
/// y = ⌊(A(j) + s·C − D)/10^g + 1/2⌋ with g guard digits, A(j) = 10^(scale + g)·log j, C = 10^(scale + g)·log 2 and
/// D = 10^(scale + g)·log 10^digits, each to the nearest integer.
/// **Error**: cutting changes ln w by less than 2^−15 = 3.1·10^−5, at most 0.31 of a step at scale 4 (log₂: 0.45); the rounded numbers by at
/// most 0.02 of a step. So y is less than one step from the true value.
public struct WideLogarithm: Sendable {
  public let plan: PlannedLogarithm
  /// C.
  public let doubling: Int64
  /// D.
  public let offset: Int64
  /// 10^g.
  public static let guardUnit = PowerOfTen.value(PlannedLogarithm.guardDigits) ?? 1
  /// Bits of j.
  public static let leadingBits = 16

  public init(_ plan: PlannedLogarithm) throws(ProgramError) {
    self.plan = plan
    let logarithm = FixedPointLogarithm(base: plan.base)
    let digits = plan.scale + PlannedLogarithm.guardDigits
    doubling = try logarithm.rounded(2, pointDigits: 0, digits: digits)
    offset = try logarithm.rounded(UInt64(plan.one), pointDigits: 0, digits: digits)
  }

  /// Most bits that are cut off in the domain.
  public var largestShift: Int { Self.shift(plan.one &+ plan.domain.upper) }

  /// A(1), …, A(2^16 − 1).
  public func leadingTable() throws(ProgramError) -> [Int64] {
    var out: [Int64] = []
    for j in 1..<(Int64(1) << Int64(Self.leadingBits)) { out.append(try leading(j)) }
    return out
  }

  private func leading(_ j: Int64) throws(ProgramError) -> Int64 {
    try FixedPointLogarithm(base: plan.base).rounded(UInt64(max(j, 1)), pointDigits: 0, digits: plan.scale + PlannedLogarithm.guardDigits)
  }

  private static func shift(_ w: Int64) -> Int { max(0, 64 - w.leadingZeroBitCount - leadingBits) }

  /// s, j, A(j) and y for x in the domain.
  public func parts(_ x: Int64) throws(ProgramError) -> (shift: Int, leading: Int64, tabulated: Int64, result: Int64) {
    let w = plan.one &+ x
    let shift = Self.shift(w)
    let j = w >> Int64(shift)
    let tabulated = try leading(j)
    let sum = Int128(tabulated) + Int128(shift) * Int128(doubling) - Int128(offset)
    let result = try Exact.narrowed(Exact.roundedQuotient(sum, Int128(Self.guardUnit)), node: "logarithm")
    return (shift, j, tabulated, result)
  }
}
