import Fields
import Kernels
import Parallelism
import ProofSystem

/// The row rounds of one shape by contraction.
///
/// The batched weight is Σ_g R_g(u)·C_g(b) over groups g of tensors with equal column factors. The rows are contracted once with each
/// C_g, c_g(u) = Σ_b C_g(b)·v(u, b), so the k0 rounds run on tables of 2^k0 entries and no table of the size of the data is built.
/// Cost: one pass of base × E over the columns where C_g is supported, for every group.
///
/// Where many groups have few rows each, as a network's weights do, that would be the product of both numbers. Then only the first t rounds
/// run on contracted rows, which takes of each group the rows that differ from one of its own in the first t variables only; afterwards the
/// rows and the weights are folded by t variables at once, 2^(k0 − t) rows over E, and the other rounds run on these.
package final class RowFolding<E: KernelField> {
  package typealias Base = E.Base

  /// A data row with its place in the stack, and its random entries.
  package typealias Row = (index: Int, pointer: UnsafePointer<Base>, tail: UnsafePointer<Base>)

  /// C_g: `table` at columns offset..<offset + table.count, zero elsewhere.
  private struct Group {
    let table: FieldBuffer<E>
    let offset: Int
    /// R_g, 2^bits entries; then folded.
    var rowWeights: [E]
    /// c_g.
    var contracted: [E]
  }

  private let stack: RowStack
  /// 2^m.
  private let length: Int
  private var groups: [Group] = []
  private let rows: [Row]
  /// t: rounds on contracted rows.
  private let contractedRounds: Int
  /// Challenges so far.
  private var point: [E] = []
  /// Rows and weights after t rounds, where t < k0.
  private var folded: FoldedRows<E>?

  /// `terms`: tensors over stack bits + m variables.
  convenience init(shape: CodeShape, stack: RowStack, terms: [Tensor<E>], rows: [Row]) {
    self.init(length: 1 << shape.log2RowLength, stack: stack, terms: terms, rows: rows)
  }

  /// `rows`: at least `length` entries each, with their index in the stack. `contractedRounds`: for tests; what is sent does not depend on it.
  package init(length: Int, stack: RowStack, terms: [Tensor<E>], rows: [Row], contractedRounds: Int? = nil) {
    self.length = length
    self.stack = stack
    self.rows = rows
    groups = Self.group(terms, stackBits: stack.bits)
    self.contractedRounds = min(stack.bits, contractedRounds ?? Self.cheapest(groups, bits: stack.bits, length: length, rows: rows))
    contract()
    foldWhenDue()
  }

  /// Rows of the rest of the variables, r < 2^rest, where a group has a weight: on the row p·2^rest + r for some p.
  private static func live(_ group: Group, rest: Int) -> [Bool] {
    var out = [Bool](repeating: false, count: 1 << rest)
    for (row, weight) in group.rowWeights.enumerated() where !weight.isZero { out[row & ((1 << rest) - 1)] = true }
    return out
  }

  /// The number of rounds on contracted rows that costs least, in products of base × E.
  private static func cheapest(_ groups: [Group], bits: Int, length: Int, rows: [Row]) -> Int {
    var best = (rounds: bits, cost: groups.reduce(0) { $0 + $1.table.count * rows.count })
    for rounds in 1..<max(1, min(bits, 6)) {
      let rest = bits - rounds
      var given = [Int](repeating: 0, count: 1 << rest)
      for row in rows { given[row.index & ((1 << rest) - 1)] += 1 }
      // Folding the rows; the rounds on folded rows, and memory for them; tables on folded rows, and the contractions.
      var cost = length * rows.count + (48 * length) << rest
      for group in groups {
        for (row, isLive) in live(group, rest: rest).enumerated() where isLive { cost += group.table.count * (4 + given[row]) }
      }
      if cost < best.cost { best = (rounds, cost) }
    }
    return best.rounds
  }

  /// The table of a group before it is written out: a sum of scale·tensor, all tensors with one support.
  private struct Draft {
    var parts: [(scale: E, factors: [TensorFactor<E>])]
    /// What the first part's tensor has in `rowWeights`.
    let coefficient: E
    let offset: Int
    var rowWeights: [E]
  }

  /// One group for each distinct list of column factors; tables of equal factors are shared. Of tensors that share no column factors, those
  /// with the same row factors and support that differ in their last factors only are one group: pieces of a weight that ends inside a row.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  @_specialize(where E == RuntimePrimeField)
  private static func group(_ terms: [Tensor<E>], stackBits: Int) -> [Group] {
    var uses: [[TensorFactor<E>]: Int] = [:]
    for term in terms where !term.coefficient.isZero { uses[Array(term.factors[stackBits...]), default: 0] += 1 }
    var drafts: [Draft] = []
    var order: [[TensorFactor<E>]: Int] = [:]
    var places: [[TensorFactor<E>]: [Int]] = [:]
    for term in terms where !term.coefficient.isZero {
      let columnFactors = Array(term.factors[stackBits...])
      if let known = order[columnFactors] {
        addRowWeights(term, bits: stackBits, to: &drafts[known].rowWeights)
        continue
      }
      let (scale, offset, rest) = support(columnFactors)
      let isSingle = uses[columnFactors] == 1
      let rowFactors = Array(term.factors[..<stackBits])
      if isSingle, let same = places[rowFactors]?.first(where: { drafts[$0].offset == offset && areNear(drafts[$0].parts[0].factors, rest) }),
        let inverse = drafts[same].coefficient.inverse()
      {
        drafts[same].parts.append((scale * term.coefficient * inverse, rest))
        continue
      }
      var draft = Draft(
        parts: [(scale, rest)], coefficient: term.coefficient, offset: offset, rowWeights: [E](repeating: .zero, count: 1 << stackBits))
      addRowWeights(term, bits: stackBits, to: &draft.rowWeights)
      if isSingle { places[rowFactors, default: []].append(drafts.count) }
      order[columnFactors] = drafts.count
      drafts.append(draft)
    }
    drafts = merged(drafts)
    // Equal tables are written out once.
    var sources: [Int] = []
    var tables: [[TensorFactor<E>]: Int] = [:]
    for (index, draft) in drafts.enumerated() {
      let isPlain = draft.parts.count == 1 && draft.parts[0].scale == .one
      let known = isPlain ? tables[draft.parts[0].factors] : nil
      if isPlain, known == nil { tables[draft.parts[0].factors] = index }
      sources.append(known ?? index)
    }
    let own = drafts.indices.filter { sources[$0] == $0 }
    let lists = own.map { drafts[$0].parts }
    let written = parallelMap(count: own.count, minimumChunk: 1) { range in range.map { table(lists[$0]) } }.flatMap { $0 }
    var byDraft: [Int: FieldBuffer<E>] = [:]
    for (index, table) in zip(own, written) { byDraft[index] = table }
    return drafts.enumerated().compactMap { index, draft in
      byDraft[sources[index]].map { Group(table: $0, offset: draft.offset, rowWeights: draft.rowWeights, contracted: []) }
    }
  }

  /// Groups on the same columns whose row weights are multiples of each other are one group: pieces of a tensor with a row of any length.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  @_specialize(where E == RuntimePrimeField)
  private static func merged(_ drafts: [Draft]) -> [Draft] {
    var out: [Draft] = []
    var places: [[Int]: [Int]] = [:]
    for draft in drafts {
      let rows = draft.rowWeights.indices.filter { !draft.rowWeights[$0].isZero }
      let key = [draft.offset, draft.parts[0].factors.count] + rows
      // Few: the inverse below is for those that will do.
      var found: Int?
      var ratio = E.zero
      if let first = rows.first, let second = rows.last {
        let (a, b) = (draft.rowWeights[first], draft.rowWeights[second])
        found = places[key]?.first { place in
          let other = out[place].rowWeights
          return other[first] * b == other[second] * a
        }
        if let found, let inverse = out[found].rowWeights[first].inverse() {
          ratio = a * inverse
          let other = out[found].rowWeights
          if !rows.allSatisfy({ other[$0] * ratio == draft.rowWeights[$0] }) { ratio = .zero }
        }
      }
      if let found, !ratio.isZero {
        let scale = ratio
        out[found].parts += draft.parts.map { ($0.scale * scale, $0.factors) }
      } else {
        places[key, default: []].append(out.count)
        out.append(draft)
      }
    }
    return out
  }

  /// Whether two tensors of one size differ in some of the last factors only, so that their sum costs little more than one of them.
  private static func areNear(_ a: [TensorFactor<E>], _ b: [TensorFactor<E>]) -> Bool {
    let differing = min(12, a.count - 1)
    return a.count == b.count && differing >= 0 && a.dropLast(differing) == b.dropLast(differing)
  }

  /// Σ scale·tensor: the factors that all have in common are written out once.
  private static func table(_ parts: [(scale: E, factors: [TensorFactor<E>])]) -> FieldBuffer<E> {
    guard let first = parts.first else { return FieldBuffer(uninitialisedCount: 0) }
    if parts.count == 1 { return expand(first.factors, scale: first.scale) }
    var common = 0
    while common < first.factors.count, parts.allSatisfy({ $0.factors[common] == first.factors[common] }) { common += 1 }
    let (high, width) = (expand(Array(first.factors[..<common]), scale: .one), 1 << (first.factors.count - common))
    let low = FieldBuffer<E>(repeating: .zero, count: width)
    for part in parts {
      let own = expand(Array(part.factors[common...]), scale: part.scale)
      for index in 0..<width { low.pointer[index] += own.pointer[index] }
      withExtendedLifetime(own) {}
    }
    let out = FieldBuffer<E>(uninitialisedCount: high.count * width)
    for row in 0..<high.count {
      let factor = high.pointer[row]
      for index in 0..<width { out.pointer[row * width + index] = factor * low.pointer[index] }
    }
    withExtendedLifetime((high, low)) {}
    return out
  }

  /// Strips leading factors with one zero: (product of the non-zero values, column offset, remaining factors).
  private static func support(_ factors: [TensorFactor<E>]) -> (E, Int, [TensorFactor<E>]) {
    var scale = E.one
    var offset = 0
    var position = 0
    while position < factors.count {
      let (low, high) = (factors[position].low, factors[position].high)
      guard low.isZero || high.isZero else { break }
      scale *= low.isZero ? high : low
      if low.isZero { offset += 1 << (factors.count - 1 - position) }
      position += 1
    }
    return (scale, offset, Array(factors[position...]))
  }

  /// The dense table of a tensor, first factor most significant.
  private static func expand(_ factors: [TensorFactor<E>], scale: E) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(uninitialisedCount: 1 << factors.count)
    let isEquality = factors.allSatisfy { $0.low + $0.high == .one }
    if isEquality {
      E.fillEqTable(out.pointer, point: factors.map(\.high), scale: scale)
      return out
    }
    // Grown from the least significant factor, so that each step copies blocks.
    out.pointer[0] = scale
    var length = 1
    for factor in factors.reversed() {
      let (low, high) = (factor.low, factor.high)
      for i in 0..<length {
        let value = out.pointer[i]
        out.pointer[length + i] = value * high
        out.pointer[i] = value * low
      }
      length *= 2
    }
    return out
  }

  private static func addRowWeights(_ term: Tensor<E>, bits: Int, to weights: inout [E]) {
    var live: [(Int, E)] = [(0, term.coefficient)]
    for factor in term.factors[..<bits] {
      var grown: [(Int, E)] = []
      for (index, value) in live {
        let (low, high) = (factor.low, factor.high)
        if !low.isZero { grown.append((2 * index, value * low)) }
        if !high.isZero { grown.append((2 * index + 1, value * high)) }
      }
      live = grown
    }
    for (index, value) in live { weights[index] += value }
  }

  @_specialize(where E == GoldilocksCubic)
  private func contract() {
    let size = 1 << stack.bits
    let rest = stack.bits - contractedRounds
    let work = groups.map { (table: $0.table, columns: $0.offset..<($0.offset + $0.table.count)) }
    let live = groups.map { Self.live($0, rest: rest) }
    let byRow = (0..<(1 << rest)).map { row in groups.indices.filter { live[$0][row] } }
    let list = rows.map { (SendableConstPointer($0.pointer), $0.index) }
    let (length, tile) = (self.length, min(self.length, Self.tile))
    // Tiles of columns, so that all groups' tables of one stay in the cache, and a row's while all groups take it.
    let parts = parallelMap(count: length / tile, minimumChunk: 1) { range in
      let sums = FieldBuffer<E>(repeating: .zero, count: work.count * size)
      for number in range {
        let columns = (number * tile)..<((number + 1) * tile)
        for (pointer, index) in list {
          for g in byRow[index & ((1 << rest) - 1)] {
            let shared = work[g].columns.clamped(to: columns)
            if shared.isEmpty { continue }
            sums.pointer[g * size + index] += E.dot(
              work[g].table.pointer + (shared.lowerBound - work[g].columns.lowerBound), pointer.pointer + shared.lowerBound, count: shared.count)
          }
        }
      }
      return sums
    }
    for g in groups.indices { groups[g].contracted = Self.sum(parts, from: g * size, count: size) }
  }

  /// Columns that all rows are contracted on at a time.
  private static var tile: Int { 1024 }

  @_specialize(where E == GoldilocksCubic)
  private static func sum(_ parts: [FieldBuffer<E>], from start: Int, count: Int) -> [E] {
    var out = [E](repeating: .zero, count: count)
    for part in parts { for index in 0..<count { out[index] += part.pointer[start + index] } }
    return out
  }

  private func foldWhenDue() {
    guard folded == nil, point.count == contractedRounds, contractedRounds < stack.bits else { return }
    let parts = groups.map { FoldedRows<E>.Part(table: $0.table, offset: $0.offset, scales: $0.rowWeights) }
    folded = FoldedRows(parts, rows: rows, point: point, count: 1 << (stack.bits - contractedRounds), length: length)
  }

  /// (c0, c2) of the next round.
  package func round() -> (c0: E, c2: E) { folded?.round() ?? Self.sums(groups) }

  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  @_specialize(where E == RuntimePrimeField)
  private static func sums(_ groups: [Group]) -> (c0: E, c2: E) {
    var c0 = E.zero
    var c2 = E.zero
    for group in groups {
      let half = group.contracted.count / 2
      for i in 0..<half {
        let (a, b) = (group.rowWeights[i], group.contracted[i])
        c0 += a * b
        c2 += (group.rowWeights[half + i] - a) * (group.contracted[half + i] - b)
      }
    }
    return (c0, c2)
  }

  package func bind(_ r: E) {
    point.append(r)
    if let folded { return folded.bind(r, isLast: point.count == stack.bits) }
    Self.fold(&groups, r)
    foldWhenDue()
  }

  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  @_specialize(where E == RuntimePrimeField)
  private static func fold(_ groups: inout [Group], _ r: E) {
    func fold(_ table: [E]) -> [E] {
      let half = table.count / 2
      return (0..<half).map { table[$0] + r * (table[half + $0] - table[$0]) }
    }
    for g in groups.indices {
      groups[g].rowWeights = fold(groups[g].rowWeights)
      groups[g].contracted = fold(groups[g].contracted)
    }
  }

  /// After all rounds: W' as a dense table of 2^m entries.
  package func boundWeights() -> FieldBuffer<E> {
    if let folded { return folded.weights }
    let out = FieldBuffer<E>(repeating: .zero, count: length)
    let target = SendablePointer(out.pointer)
    let parts = groups.map { (table: $0.table, offset: $0.offset, scale: $0.rowWeights[0]) }
    parallelChunks(count: out.count, minimumChunk: 4096) { range in
      for part in parts {
        let start = max(range.lowerBound, part.offset)
        let end = min(range.upperBound, part.offset + part.table.count)
        if start < end {
          E.accumulate(target.pointer + start, part.table.pointer + (start - part.offset), coefficient: part.scale, count: end - start)
        }
      }
    }
    return out
  }

  /// f_r = Σ_u eq(r, u)·row_u, random tails included: `dimension` entries.
  package func foldedRow(_ point: [E], dimension: Int) -> FieldBuffer<E> {
    let eq = Equality.table(point)
    let out = FieldBuffer<E>(repeating: .zero, count: dimension, secret: true)
    let target = SendablePointer(out.pointer)
    let coefficients = rows.map { eq[$0.index] }
    var parts = [(length, dimension, rows.map { SendableConstPointer($0.tail) })]
    if let folded { folded.copyRow(to: out.pointer) } else { parts.append((0, length, rows.map { SendableConstPointer($0.pointer) })) }
    for (start, end, pointers) in parts {
      parallelChunks(count: end - start, minimumChunk: 1024) { range in
        let shifted = FieldBuffer(pointers.map { $0.pointer + range.lowerBound })
        coefficients.withUnsafeBufferPointer { factors in
          guard let base = factors.baseAddress else { return }
          E.accumulateRows(
            target.pointer + start + range.lowerBound, rows: shifted.pointer, coefficients: base, rowCount: pointers.count, count: range.count)
        }
      }
    }
    return out
  }
}

extension KernelField {
  /// Σ_b a[b]·b[b] over large tables, on all cores.
  static func parallelDot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int) -> Self {
    let (left, right) = (SendableConstPointer(a), SendableConstPointer(b))
    return parallelMap(count: count, minimumChunk: 4096) { range in
      dot(left.pointer + range.lowerBound, right.pointer + range.lowerBound, count: range.count)
    }.reduce(.zero) { $0 + $1 }
  }

  /// out = a + coefficient·b on all cores.
  static func parallelCombine(_ a: FieldBuffer<Self>, _ b: FieldBuffer<Self>, coefficient: Self) -> FieldBuffer<Self> {
    let out = FieldBuffer<Self>(uninitialisedCount: a.count)
    let (left, right, target) = (SendableConstPointer(a.pointer), SendableConstPointer(b.pointer), SendablePointer(out.pointer))
    parallelChunks(count: a.count, minimumChunk: 4096) { range in
      combine(
        target.pointer + range.lowerBound, left.pointer + range.lowerBound, right.pointer + range.lowerBound, count: range.count,
        lambda: coefficient)
    }
    return out
  }
}
