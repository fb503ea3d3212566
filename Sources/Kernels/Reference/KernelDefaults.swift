import Fields

// Every requirement has its twin as default; a conformance replaces those that it has a faster kernel for.

extension KernelField {
  @inlinable public static func transformRows(
    _ data: UnsafeMutablePointer<Base>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Base>
  ) {
    ReferenceKernels<Self>.transformRows(data, log2Count: log2Count, width: width, stride: stride, twiddles: twiddles)
  }

  @inlinable public static func transformRows(
    _ data: UnsafeMutablePointer<Base>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Base>, positions: UnsafePointer<UInt32>,
    count: Int
  ) {
    ReferenceKernels<Self>.transformRows(data, log2Count: log2Count, width: width, stride: stride, twiddles: twiddles)
  }

  @inlinable public static func transformRowsTransposed(
    _ data: UnsafeMutablePointer<Base>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Base>
  ) {
    ReferenceKernels<Self>.transformRowsTransposed(data, log2Count: log2Count, width: width, stride: stride, twiddles: twiddles)
  }

  @inlinable public static func gatherCoset(
    rows: UnsafePointer<UnsafePointer<Base>>, tails: UnsafePointer<UnsafePointer<Base>>, width: Int, log2Count: Int, tailCount: Int, tailFactor: Base,
    scales: UnsafePointer<Base>, into out: UnsafeMutablePointer<Base>, stride: Int
  ) {
    ReferenceKernels<Self>.gatherCoset(
      rows: rows, tails: tails, width: width, log2Count: log2Count, tailCount: tailCount, tailFactor: tailFactor, scales: scales, into: out,
      stride: stride)
  }

  @inlinable public static func fillPowers(_ out: UnsafeMutablePointer<Base>, count: Int, start: Base, ratio: Base) {
    ReferenceKernels<Self>.fillPowers(out, count: count, start: start, ratio: ratio)
  }

  @inlinable public static func writeBytes(_ out: UnsafeMutablePointer<UInt8>, _ values: UnsafePointer<Base>, count: Int) {
    ReferenceKernels<Self>.writeBytes(out, values, count: count)
  }

  @inlinable public static func accumulateRows(
    _ out: UnsafeMutablePointer<Self>, rows: UnsafePointer<UnsafePointer<Base>>, coefficients: UnsafePointer<Self>,
    rowCount: Int, count: Int
  ) {
    ReferenceKernels<Self>.accumulateRows(out, rows: rows, coefficients: coefficients, rowCount: rowCount, count: count)
  }

  @inlinable public static func dot(_ weights: UnsafePointer<Self>, _ values: UnsafePointer<Base>, count: Int) -> Self {
    ReferenceKernels<Self>.dotBase(weights, values, count: count)
  }

  @inlinable public static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int) -> Self {
    ReferenceKernels<Self>.dot(a, b, count: count)
  }

  @inlinable public static func accumulate(
    _ out: UnsafeMutablePointer<Self>, _ values: UnsafePointer<Self>, coefficient: Self, count: Int
  ) {
    ReferenceKernels<Self>.accumulate(out, values, coefficient: coefficient, count: count)
  }

  @inlinable public static func combine(
    _ out: UnsafeMutablePointer<Self>, _ p: UnsafePointer<Self>, _ q: UnsafePointer<Self>, count: Int, lambda: Self
  ) {
    ReferenceKernels<Self>.combine(out, p, q, count: count, lambda: lambda)
  }

  @inlinable public static func fillEqTable(_ out: UnsafeMutablePointer<Self>, point: [Self], scale: Self) {
    ReferenceKernels<Self>.fillEqTable(out, point: point, scale: scale)
  }

  @inlinable public static func fold(_ out: UnsafeMutablePointer<Self>, _ table: UnsafePointer<Self>, half: Int, by r: Self) {
    ReferenceKernels<Self>.fold(out, table, half: half, by: r)
  }
}

extension KernelField {
  @inlinable public static func productRound(
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, half: Int, range: Range<Int>
  ) -> (c0: Self, c2: Self) {
    ReferenceKernels<Self>.productRound(a, b, half: half, range: range)
  }

  @inlinable public static func productFoldRound(
    _ a: UnsafeMutablePointer<Self>, _ b: UnsafeMutablePointer<Self>, quarter: Int, range: Range<Int>, by r: Self
  ) -> (c0: Self, c2: Self) {
    ReferenceKernels<Self>.productFoldRound(a, b, quarter: quarter, range: range, by: r)
  }
}

// MARK: The fraction tree

extension KernelField {
  @inlinable public static func fractionRound(
    u: UnsafePointer<Self>, q1: UnsafePointer<Self>, p1: UnsafePointer<Self>, q0: UnsafePointer<Self>, half: Int,
    range: Range<Int>, eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    ReferenceKernels<Self>.fractionRound(
      u: u, q1: q1, p1: p1, q0: q0, half: half, range: range, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
  }

  @inlinable public static func fractionFirstRound(
    p0: UnsafeMutablePointer<Self>, q1: UnsafePointer<Self>, p1: UnsafePointer<Self>, q0: UnsafePointer<Self>, half: Int,
    range: Range<Int>, lambda: Self, eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    ReferenceKernels<Self>.fractionFirstRound(
      p0: p0, q1: q1, p1: p1, q0: q0, half: half, range: range, lambda: lambda, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
  }

  @inlinable public static func fractionFoldRound(
    u: UnsafeMutablePointer<Self>, q1: UnsafeMutablePointer<Self>, p1: UnsafeMutablePointer<Self>,
    q0: UnsafeMutablePointer<Self>, quarter: Int, range: Range<Int>, by r: Self, eqHigh: UnsafePointer<Self>,
    eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    ReferenceKernels<Self>.fractionFoldRound(
      u: u, q1: q1, p1: p1, q0: q0, quarter: quarter, range: range, by: r, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
  }

  @inlinable public static func leafFirstRound(
    p0: UnsafePointer<Base>, q1: UnsafePointer<Self>, p1: UnsafePointer<Base>, q0: UnsafePointer<Self>, half: Int, range: Range<Int>,
    lambda: Self, eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    ReferenceKernels<Self>.leafFirstRound(
      p0: p0, q1: q1, p1: p1, q0: q0, half: half, range: range, lambda: lambda, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
  }

  @inlinable public static func leafFoldRound(
    p0: UnsafePointer<Base>, q1: UnsafeMutablePointer<Self>, p1: UnsafePointer<Base>, q0: UnsafeMutablePointer<Self>,
    uOut: UnsafeMutablePointer<Self>, p1Out: UnsafeMutablePointer<Self>, quarter: Int, range: Range<Int>, by r: Self, lambda: Self,
    eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    ReferenceKernels<Self>.leafFoldRound(
      p0: p0, q1: q1, p1: p1, q0: q0, uOut: uOut, p1Out: p1Out, quarter: quarter, range: range, by: r, lambda: lambda, eqHigh: eqHigh,
      eqLow: eqLow, lowBits: lowBits)
  }

  @inlinable public static func fractionParents(
    p: UnsafePointer<Self>, q: UnsafePointer<Self>, half: Int, range: Range<Int>,
    pOut: UnsafeMutablePointer<Self>, qOut: UnsafeMutablePointer<Self>
  ) {
    ReferenceKernels<Self>.fractionParents(p: p, q: q, half: half, range: range, pOut: pOut, qOut: qOut)
  }

  @inlinable public static func leafParents(
    p: UnsafePointer<Base>, q: UnsafePointer<Self>, half: Int, range: Range<Int>,
    pOut: UnsafeMutablePointer<Self>, qOut: UnsafeMutablePointer<Self>
  ) {
    ReferenceKernels<Self>.leafParents(p: p, q: q, half: half, range: range, pOut: pOut, qOut: qOut)
  }
}

extension KernelField where Base == Self {
  /// Over a prime field used as its own challenge field both `dot` requirements are one function.
  @inlinable public static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int) -> Self {
    ReferenceKernels<Self>.dot(a, b, count: count)
  }
}

extension KernelField {
  @inlinable public static func sparseRows(
    _ out: UnsafeMutablePointer<Base>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>, values: UnsafePointer<Base>,
    vector: UnsafePointer<Base>, range: Range<Int>
  ) {
    ReferenceKernels<Self>.sparseRows(out, starts: starts, columns: columns, values: values, vector: vector, range: range)
  }

  @inlinable public static func scatterRows(
    _ out: UnsafeMutablePointer<Self>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>, values: UnsafePointer<Base>,
    weights: UnsafePointer<Self>, range: Range<Int>
  ) {
    ReferenceKernels<Self>.scatterRows(out, starts: starts, columns: columns, values: values, weights: weights, range: range)
  }

  @inlinable public static func constraintFirstRound(
    _ constant: UnsafeMutablePointer<Base>, _ leading: UnsafeMutablePointer<Base>, a: UnsafePointer<Base>, b: UnsafePointer<Base>,
    c: UnsafePointer<Base>, half: Int, range: Range<Int>
  ) {
    ReferenceKernels<Self>.constraintFirstRound(constant, leading, a: a, b: b, c: c, half: half, range: range)
  }

  @inlinable public static func constraintSecondRound(
    a: UnsafePointer<Self>, b: UnsafePointer<Self>, c: UnsafePointer<Self>, half: Int, range: Range<Int>, eqHigh: UnsafePointer<Self>,
    eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self) {
    ReferenceKernels<Self>.constraintSecondRound(
      a: a, b: b, c: c, half: half, range: range, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
  }

  @inlinable public static func constraintTerms(
    _ out: UnsafeMutablePointer<Base>, a: UnsafePointer<Base>, b: UnsafePointer<Base>, c: UnsafePointer<Base>, range: Range<Int>
  ) {
    ReferenceKernels<Self>.constraintTerms(out, a: a, b: b, c: c, range: range)
  }

  @inlinable public static func allZero(_ values: UnsafePointer<Base>, count: Int) -> Bool {
    ReferenceKernels<Self>.allZero(values, count: count)
  }
}
