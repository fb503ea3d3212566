import Programs
import Testing

@Suite("Logarithms that are rounded exactly") struct LogarithmTests {
  @Test("of all 16-bit probabilities to ten digits, as reference/auditor computes them by other arithmetic") func losses() throws {
    let logarithm = FixedPointLogarithm(base: .natural)
    var sum: UInt64 = 0
    for w in 1...65_536 as ClosedRange<UInt64> {
      sum &+= w &* UInt64(bitPattern: try logarithm.rounded(w, pointDigits: 0, digits: 10))
    }
    #expect(sum == 6_068_844_720_272_383_429)
    // 60 bits leave this one open.
    #expect(try logarithm.rounded(46_129, pointDigits: 0, digits: 10) == 107_391_970_984)
  }
}
