import Fields

/// The prover's inner loops over one challenge field.
///
/// Every requirement has a default implementation in plain generic Swift (`Reference/`), which is its definition and the
/// oracle of its tests. `GoldilocksCubic` (and for the base-field ones both Goldilocks extensions) replaces them by the C
/// kernels. Pointers are to initialised memory of the stated length; ranges do not overlap unless said. Index conventions are
/// the project's: variable 0 is the MOST significant index bit and is bound first, so binding combines entries i and i + half.
/// Every function is single-threaded; callers split ranges.
public protocol KernelField: ChallengeField where Base: Sendable {
  // MARK: Codes (base field, position-major: entry u of position i at data[i·stride + u])

  /// In-place decimation-in-frequency transform of `width` interleaved columns of length n = 2^log2Count: natural order in,
  /// bit-reversed out. **Formula**: out[rev(j)-th position order] as in the spec's `_dif`: position j holds Σ_b in[b]·w^(rev(j)·b).
  /// `twiddles`[i] = w^i, i < n/2, w a primitive n-th root of unity.
  static func transformRows(_ data: UnsafeMutablePointer<Base>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Base>)
  /// `transformRows`, right only at `count` ascending positions; other positions hold anything afterwards.
  static func transformRows(
    _ data: UnsafeMutablePointer<Base>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Base>, positions: UnsafePointer<UInt32>,
    count: Int)
  /// The transposed map of `transformRows`: bit-reversed order in, natural out, out[b] = Σ_j in[j]·w^(rev(j)·b).
  static func transformRowsTransposed(_ data: UnsafeMutablePointer<Base>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Base>)
  /// Gathers coefficient rows into position-major order for one coset of 2^log2Count points:
  /// out[i·stride + u] = (rows[u][i] + tailFactor·tails[u][i])·scales[i], the tail term for i < tailCount only.
  /// Row u has 2^log2Count entries, its tail tailCount. Columns width..<stride are set to zero. `scales`[i] = s^i.
  static func gatherCoset(
    rows: UnsafePointer<UnsafePointer<Base>>, tails: UnsafePointer<UnsafePointer<Base>>, width: Int, log2Count: Int, tailCount: Int, tailFactor: Base,
    scales: UnsafePointer<Base>, into out: UnsafeMutablePointer<Base>, stride: Int)
  /// out[i] = start·ratio^i, i < count.
  static func fillPowers(_ out: UnsafeMutablePointer<Base>, count: Int, start: Base, ratio: Base)

  // MARK: Linear combinations with base-field data

  /// out[b] += Σ_u coefficients[u]·rows[u][b], b < count.
  static func accumulateRows(
    _ out: UnsafeMutablePointer<Self>, rows: UnsafePointer<UnsafePointer<Base>>, coefficients: UnsafePointer<Self>, rowCount: Int, count: Int)
  /// Σ_b weights[b]·values[b].
  static func dot(_ weights: UnsafePointer<Self>, _ values: UnsafePointer<Base>, count: Int) -> Self
  /// Σ_b a[b]·b[b].
  static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int) -> Self
  /// out[b] += coefficient·values[b].
  static func accumulate(_ out: UnsafeMutablePointer<Self>, _ values: UnsafePointer<Self>, coefficient: Self, count: Int)
  /// out[i] = p[i] + lambda·q[i].
  static func combine(_ out: UnsafeMutablePointer<Self>, _ p: UnsafePointer<Self>, _ q: UnsafePointer<Self>, count: Int, lambda: Self)

  // MARK: Multilinear tables

  /// out[u] = scale·eq(point, u), 2^point.count entries, point[0] for the most significant bit of u.
  static func fillEqTable(_ out: UnsafeMutablePointer<Self>, point: [Self], scale: Self)
  /// out[i] = table[i] + r·(table[half + i] − table[i]), i < half; `out` may be `table`.
  static func fold(_ out: UnsafeMutablePointer<Self>, _ table: UnsafePointer<Self>, half: Int, by r: Self)

  // MARK: Sumcheck rounds: (c0, c2) = (h(0), leading coefficient)

  /// c0 = Σ a[i]·b[i], c2 = Σ (a[half+i] − a[i])·(b[half+i] − b[i]), i in `range` ⊂ 0..<half.
  static func productRound(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, half: Int, range: Range<Int>) -> (c0: Self, c2: Self)
  /// Folds both tables (4·quarter entries each, in place) by r and evaluates the next round in the same pass: after folding entry i is
  /// x[i] + r·(x[2·quarter + i] − x[i]), i < 2·quarter, and the sums are those of `productRound` with half = quarter, for j in
  /// `range` ⊂ 0..<quarter (entries j and j + quarter are written).
  static func productFoldRound(
    _ a: UnsafeMutablePointer<Self>, _ b: UnsafeMutablePointer<Self>, quarter: Int, range: Range<Int>, by r: Self
  ) -> (c0: Self, c2: Self)

  // MARK: Fraction tree, with weights e(j) = eqHigh[j >> lowBits]·eqLow[j & (2^lowBits − 1)] in the rounds

  /// c0 = Σ e(j)·(u·q1 + p1·q0)(j), c2 = Σ e(j)·(Δu·Δq1 + Δp1·Δq0)(j), Δx = x[half + j] − x[j], j in `range` ⊂ 0..<half.
  static func fractionRound(
    u: UnsafePointer<Self>, q1: UnsafePointer<Self>, p1: UnsafePointer<Self>, q0: UnsafePointer<Self>, half: Int, range: Range<Int>,
    eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self)
  /// First round of a layer: p0 is replaced by u = p0 + lambda·q0 at j and half + j; the sums are those of `fractionRound`.
  static func fractionFirstRound(
    p0: UnsafeMutablePointer<Self>, q1: UnsafePointer<Self>, p1: UnsafePointer<Self>, q0: UnsafePointer<Self>, half: Int, range: Range<Int>,
    lambda: Self, eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self)
  /// Folds the four tables as `productFoldRound` does; the sums are those of `fractionRound` with half = quarter.
  static func fractionFoldRound(
    u: UnsafeMutablePointer<Self>, q1: UnsafeMutablePointer<Self>, p1: UnsafeMutablePointer<Self>, q0: UnsafeMutablePointer<Self>,
    quarter: Int, range: Range<Int>, by r: Self,
    eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self)
  /// The sums of `fractionFirstRound` over leaves, whose numerators are base elements; nothing is written.
  static func leafFirstRound(
    p0: UnsafePointer<Base>, q1: UnsafePointer<Self>, p1: UnsafePointer<Base>, q0: UnsafePointer<Self>, half: Int, range: Range<Int>,
    lambda: Self, eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self)
  /// `fractionFoldRound` over leaves, each table of 4·quarter entries: q1 and q0 are folded in place, u = p0 + lambda·q0 and p1 into
  /// `uOut` and `p1Out` of 2·quarter entries.
  static func leafFoldRound(
    p0: UnsafePointer<Base>, q1: UnsafeMutablePointer<Self>, p1: UnsafePointer<Base>, q0: UnsafeMutablePointer<Self>,
    uOut: UnsafeMutablePointer<Self>, p1Out: UnsafeMutablePointer<Self>, quarter: Int, range: Range<Int>, by r: Self, lambda: Self,
    eqHigh: UnsafePointer<Self>, eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self)
  /// Parents of a layer: pOut[i] = p[i]·q[half+i] + p[half+i]·q[i], qOut[i] = q[i]·q[half+i], i in `range` ⊂ 0..<half.
  static func fractionParents(
    p: UnsafePointer<Self>, q: UnsafePointer<Self>, half: Int, range: Range<Int>,
    pOut: UnsafeMutablePointer<Self>, qOut: UnsafeMutablePointer<Self>)
  /// The same for leaves, whose numerators are base elements.
  static func leafParents(
    p: UnsafePointer<Base>, q: UnsafePointer<Self>, half: Int, range: Range<Int>,
    pOut: UnsafeMutablePointer<Self>, qOut: UnsafeMutablePointer<Self>)

  // MARK: Sparse rows: entries starts[i]..<starts[i + 1] belong to row i

  /// out[i] = Σ_entries values·vector[column], i in `range`.
  static func sparseRows(
    _ out: UnsafeMutablePointer<Base>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>, values: UnsafePointer<Base>,
    vector: UnsafePointer<Base>, range: Range<Int>)
  /// The transposed map: out[column] += values·weights[i − range.lowerBound] for every entry of the rows i in `range`.
  static func scatterRows(
    _ out: UnsafeMutablePointer<Self>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>, values: UnsafePointer<Base>,
    weights: UnsafePointer<Self>, range: Range<Int>)
  /// Terms of the first eq-form round of Σ eq·(a·b − c), tables of 2·half base elements: for j in `range` ⊂ 0..<half, k = half + j,
  /// at place j − range.lowerBound: constant = a[j]·b[j] − c[j], leading = (a[k] − a[j])·(b[k] − b[j]).
  static func constraintFirstRound(
    _ constant: UnsafeMutablePointer<Base>, _ leading: UnsafeMutablePointer<Base>, a: UnsafePointer<Base>, b: UnsafePointer<Base>,
    c: UnsafePointer<Base>, half: Int, range: Range<Int>)
  /// The second round, over E: c0 = Σ e(j)·(a·b − c)(j), c2 = Σ e(j)·(Δa·Δb)(j), Δx = x[half + j] − x[j], with weight
  /// e(j) = eqHigh[j >> lowBits]·eqLow[j & (2^lowBits − 1)], j in `range` ⊂ 0..<half.
  static func constraintSecondRound(
    a: UnsafePointer<Self>, b: UnsafePointer<Self>, c: UnsafePointer<Self>, half: Int, range: Range<Int>, eqHigh: UnsafePointer<Self>,
    eqLow: UnsafePointer<Self>, lowBits: Int
  ) -> (c0: Self, c2: Self)
  /// The first of the two terms of the first round alone: out[j − range.lowerBound] = a[j]·b[j] − c[j], j in `range`.
  static func constraintTerms(
    _ out: UnsafeMutablePointer<Base>, a: UnsafePointer<Base>, b: UnsafePointer<Base>, c: UnsafePointer<Base>, range: Range<Int>)
  /// Whether values[i] = 0 for all i < count.
  static func allZero(_ values: UnsafePointer<Base>, count: Int) -> Bool

  // MARK: Hashing and randomness

  /// Canonical little-endian bytes of `count` base elements, appended position by position (a memcpy for Goldilocks).
  static func writeBytes(_ out: UnsafeMutablePointer<UInt8>, _ values: UnsafePointer<Base>, count: Int)

  // MARK: Layout

  /// table[i] += r·(table[half + i] − table[i]) for i in `range` ⊂ 0..<half.
  static func foldRange(_ table: UnsafeMutablePointer<Self>, half: Int, range: Range<Int>, by r: Self)
  /// out[i] = value, i < count.
  static func fill(_ out: UnsafeMutablePointer<Self>, _ value: Self, count: Int)
  /// out[i] = value, i < count, over the base field.
  static func fillBase(_ out: UnsafeMutablePointer<Base>, _ value: Base, count: Int)
  /// Limbs as rows of their own: out[limb·rowStride + b] = limb of values[b], b < count.
  static func splitLimbs(_ out: UnsafeMutablePointer<Base>, rowStride: Int, _ values: UnsafePointer<Self>, count: Int)
  /// out[b] += scale_b·block[b] and, when given, upper[b] += tailFactor·scale_b·block[b], scale_b = ratio^b, for b in `range`.
  static func accumulateScaled(
    _ out: UnsafeMutablePointer<Self>, upper: UnsafeMutablePointer<Self>?, _ block: UnsafePointer<Self>, ratio: Base, tailFactor: Base,
    range: Range<Int>)
  /// Leaves of a table of integers: p[j] = −multiplicity[j], q[j] = constant − slope·j, j in `range`.
  static func fillIntegerLeaves(
    p: UnsafeMutablePointer<Base>, q: UnsafeMutablePointer<Self>, multiplicity: UnsafePointer<Base>, constant: Self, slope: Self, range: Range<Int>)
  /// out[i] = constant + Σ_k coefficients[k]·columns[k][i], i < count.
  static func combineColumns(
    _ out: UnsafeMutablePointer<Base>, columns: [UnsafePointer<Base>], coefficients: [Base], constant: Base, count: Int)
  /// out[i] = a[i]·b[i], i < count, over the base field.
  static func multiplyBase(_ out: UnsafeMutablePointer<Base>, _ a: UnsafePointer<Base>, _ b: UnsafePointer<Base>, count: Int)
  /// out[i] = ⌊(constant + Σ_k coefficients[k]·columns[k][i]) / 2^shift⌋ mod 2^bits, i < count, entries as the integers they stand for (0 where
  /// that has more than 64 bits) and the sum modulo 2^64 as a signed number; shift + bits ≤ 64, bits ≤ 61.
  static func limbColumn(
    _ out: UnsafeMutablePointer<Base>, columns: [UnsafePointer<Base>], coefficients: [Int64], constant: Int64, shift: Int, bits: Int, count: Int)
  /// out[i] = values[i·stride], i < count.
  static func fillSigned(_ out: UnsafeMutablePointer<Base>, _ values: UnsafePointer<Int64>, stride: Int, count: Int)
  /// Puts the rows j < count, made of columns[k][j], into a table of 2^bits > count slots, which are zero on entry: slot = 1 + j. Of equal rows
  /// the first.
  static func indexTuples(_ slots: UnsafeMutablePointer<UInt32>, bits: Int, columns: [UnsafePointer<Base>], count: Int)
  /// counts[j] += 1 for every i < count whose tuple values[k][i] is row j of `indexTuples`; other tuples are not counted.
  static func countTuples(
    _ counts: UnsafeMutablePointer<UInt64>, slots: UnsafePointer<UInt32>, bits: Int, columns: [UnsafePointer<Base>],
    values: [UnsafePointer<Base>], count: Int)
  /// counts[v] += 1 for every values[i] = v < size, i < count; other values are not counted.
  static func countIntegers(_ counts: UnsafeMutablePointer<UInt64>, size: Int, _ values: UnsafePointer<Base>, count: Int)
}
