import Fields

/// Plain loops over layouts and leaves. They are specialised for every field of this module, and memory-bound: no C twin exists.
extension KernelField {
  public static func foldRange(_ table: UnsafeMutablePointer<Self>, half: Int, range: Range<Int>, by r: Self) {
    for i in range { table[i] += r * (table[half + i] - table[i]) }
  }

  public static func fill(_ out: UnsafeMutablePointer<Self>, _ value: Self, count: Int) {
    out.update(repeating: value, count: count)
  }

  public static func fillBase(_ out: UnsafeMutablePointer<Base>, _ value: Base, count: Int) {
    out.update(repeating: value, count: count)
  }

  public static func splitLimbs(_ out: UnsafeMutablePointer<Base>, rowStride: Int, _ values: UnsafePointer<Self>, count: Int) {
    for b in 0..<count {
      let value = values[b]
      for limb in 0..<degree { out[limb * rowStride + b] = value.limb(limb) }
    }
  }

  public static func accumulateScaled(
    _ out: UnsafeMutablePointer<Self>, upper: UnsafeMutablePointer<Self>?, _ block: UnsafePointer<Self>, ratio: Base, tailFactor: Base,
    range: Range<Int>
  ) {
    var scale = ratio.power(UInt64(range.lowerBound))
    for b in range {
      let value = block[b].scaled(by: scale)
      out[b] += value
      if let upper { upper[b] += value.scaled(by: tailFactor) }
      scale *= ratio
    }
  }

  public static func fillIntegerLeaves(
    p: UnsafeMutablePointer<Base>, q: UnsafeMutablePointer<Self>, multiplicity: UnsafePointer<Base>, constant: Self, slope: Self, range: Range<Int>
  ) {
    for j in range {
      p[j] = -multiplicity[j]
      q[j] = constant - slope.scaled(by: Base(UInt64(j)))
    }
  }

  public static func countIntegers(_ counts: UnsafeMutablePointer<UInt64>, size: Int, _ values: UnsafePointer<Base>, count: Int) {
    for i in 0..<count {
      if let value = values[i].signedInteger, value >= 0, value < size { counts[Int(value)] += 1 }
    }
  }
}
