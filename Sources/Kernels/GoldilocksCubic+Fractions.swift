internal import CFieldKernels
import Fields

// MARK: The fraction tree

extension GoldilocksCubic {
  public static func fractionRound(
    u: UnsafePointer<Self>, q1: UnsafePointer<Self>, p1: UnsafePointer<Self>, q0: UnsafePointer<Self>, half: Int,
    range: Range<Int>, eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    zk_fraction_round(u, q1, p1, q0, half, range.lowerBound, range.upperBound, eqHigh, eqLow, lowBits).sums
  }

  public static func fractionFirstRound(
    p0: UnsafeMutablePointer<Self>, q1: UnsafePointer<Self>, p1: UnsafePointer<Self>, q0: UnsafePointer<Self>, half: Int,
    range: Range<Int>, lambda: Self, eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    zk_fraction_first_round(
      p0, q1, p1, q0, half, range.lowerBound, range.upperBound, lambda.words, eqHigh, eqLow, lowBits
    ).sums
  }

  public static func fractionFoldRound(
    u: UnsafeMutablePointer<Self>, q1: UnsafeMutablePointer<Self>, p1: UnsafeMutablePointer<Self>,
    q0: UnsafeMutablePointer<Self>, quarter: Int, range: Range<Int>, by r: Self, eqHigh: UnsafePointer<Self>,
    eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    zk_fraction_fold_round(
      u, q1, p1, q0, quarter, range.lowerBound, range.upperBound, r.words, eqHigh, eqLow, lowBits
    ).sums
  }

  public static func leafFirstRound(
    p0: UnsafePointer<Goldilocks>, q1: UnsafePointer<Self>, p1: UnsafePointer<Goldilocks>, q0: UnsafePointer<Self>, half: Int,
    range: Range<Int>, lambda: Self, eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    zk_leaf_first_round(p0, q1, p1, q0, half, range.lowerBound, range.upperBound, lambda.words, eqHigh, eqLow, lowBits).sums
  }

  public static func leafFoldRound(
    p0: UnsafePointer<Goldilocks>, q1: UnsafeMutablePointer<Self>, p1: UnsafePointer<Goldilocks>, q0: UnsafeMutablePointer<Self>,
    uOut: UnsafeMutablePointer<Self>, p1Out: UnsafeMutablePointer<Self>, quarter: Int, range: Range<Int>, by r: Self, lambda: Self,
    eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    zk_leaf_fold_round(
      p0, q1, p1, q0, uOut, p1Out, quarter, range.lowerBound, range.upperBound, r.words, lambda.words, eqHigh, eqLow, lowBits
    ).sums
  }

  public static func fractionParents(
    p: UnsafePointer<Self>, q: UnsafePointer<Self>, half: Int, range: Range<Int>,
    pOut: UnsafeMutablePointer<Self>, qOut: UnsafeMutablePointer<Self>
  ) {
    zk_fraction_parents(p, q, half, range.lowerBound, range.upperBound, pOut, qOut)
  }

  public static func leafParents(
    p: UnsafePointer<Goldilocks>, q: UnsafePointer<Self>, half: Int, range: Range<Int>,
    pOut: UnsafeMutablePointer<Self>, qOut: UnsafeMutablePointer<Self>
  ) {
    zk_leaf_parents(p, q, half, range.lowerBound, range.upperBound, pOut, qOut)
  }
}
