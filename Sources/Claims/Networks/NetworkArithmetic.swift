import Fields
import Programs
import ProofSystem

/// Loops over lists of weights. Each is linear in its inputs; counts are the callers'.
enum NetworkArithmetic {
  /// a_i·b_j, row-major.
  @_specialize(where E == GoldilocksCubic)
  static func outer<E: ChallengeField>(_ a: [E], _ b: [E]) -> [E] {
    if b.count == 1, b[0] == .one { return a }
    var out: [E] = []
    out.reserveCapacity(a.count * b.count)
    for x in a {
      if x == .one { out += b } else { for y in b { out.append(x * y) } }
    }
    return out
  }

  /// out += values.
  @_specialize(where E == GoldilocksCubic)
  static func add<E: ChallengeField>(_ out: inout [E], _ values: [E]) {
    for (index, value) in values.enumerated() { out[index] += value }
  }

  @_specialize(where E == GoldilocksCubic)
  static func scaled<E: ChallengeField>(_ values: [E], _ factor: E.Base) -> [E] {
    factor == .one ? values : values.map { $0.scaled(by: factor) }
  }

  @_specialize(where E == GoldilocksCubic)
  static func sum<E: ChallengeField>(_ values: [E]) -> E {
    var out = E.zero
    for value in values { out += value }
    return out
  }

  /// Σ weight·value.
  @_specialize(where E == GoldilocksCubic)
  static func inner<E: ChallengeField>(_ weights: [E], _ values: [Int64]) -> E {
    var out = E.zero
    for (weight, value) in zip(weights, values) where value != 0 { out += weight.scaled(by: E.Base(signed: value)) }
    return out
  }

  /// Σ a_i·b_(start + i) over the entries that both lists have; reduced once at the end.
  @_specialize(where E == GoldilocksCubic)
  static func dot<E: ChallengeField>(_ a: [E], _ b: [E], from start: Int = 0) -> E {
    var sum = E.Products()
    for (x, y) in zip(a, b[min(start, b.count)...]) { sum.add(x, times: y) }
    return sum.value
  }

  /// scale times the first `count` of eq(point, ·): little more than one product an entry.
  @_specialize(where E == GoldilocksCubic)
  static func equality<E: ChallengeField>(_ point: [E], count: Int, scale: E = .one) -> [E] {
    let count = min(count, 1 << point.count)
    guard count > 0 else { return [] }
    let bits = point.count / 2
    let low = Equality.table(Array(point.suffix(bits)))
    var out: [E] = []
    out.reserveCapacity(count)
    for factor in Equality.table(Array(point.dropLast(bits))) {
      let own = scale * factor
      for value in low.prefix(count - out.count) { out.append(own * value) }
      if out.count == count { break }
    }
    return out
  }

  /// The transpose of repeating [toCopies, toCount] over [copies, count], times a factor.
  @_specialize(where E == GoldilocksCubic)
  static func folded<E: ChallengeField>(
    _ values: [E], copies: Int, count: Int, toCopies: Int, toCount: Int, _ factor: E.Base
  ) -> [E] {
    var out = [E](repeating: .zero, count: toCopies * toCount)
    for copy in 0..<copies {
      let target = (toCopies == 1 ? 0 : copy) * toCount
      var place = 0
      for index in 0..<count {
        out[target + place] += values[copy * count + index]
        place += 1
        if place == toCount { place = 0 }
      }
    }
    return scaled(out, factor)
  }

  /// The transpose of a gather: entry i of each copy is added at its position; the sum of those at −1 is returned besides.
  @_specialize(where E == GoldilocksCubic)
  static func scatter<E: ChallengeField>(_ values: [E], _ positions: [Int32], copies: Int, count: Int) -> (out: [E], filled: E) {
    var out = [E](repeating: .zero, count: copies * count)
    var filled = E.zero
    for copy in 0..<copies {
      let start = copy * positions.count
      for (index, position) in positions.enumerated() {
        if position < 0 { filled += values[start + index] } else { out[copy * count + Int(position)] += values[start + index] }
      }
    }
    return (out, filled)
  }

  /// Columns from ..< from + columns of [rows, width], rows folded to `toRows`.
  @_specialize(where E == GoldilocksCubic)
  static func columns<E: ChallengeField>(_ values: [E], rows: Int, width: Int, from start: Int, columns: Int, toRows: Int) -> [E] {
    var out = [E](repeating: .zero, count: toRows * columns)
    for row in 0..<rows {
      let target = (row % toRows) * columns
      for column in 0..<columns { out[target + column] += values[row * width + start + column] }
    }
    return out
  }

  /// The transpose of x ↦ x·C: weights [rows, columns] to weights [rows, inner].
  @_specialize(where E == GoldilocksCubic)
  static func transposed<E: ChallengeField>(_ values: [E], _ matrix: [Int64], inner: Int, columns: Int) -> [E] {
    let rows = values.count / columns
    let factors = matrix.map { E.Base(signed: $0) }
    var out = [E](repeating: .zero, count: rows * inner)
    for row in 0..<rows {
      for k in 0..<inner {
        var sum = E.zero
        for j in 0..<columns {
          let factor = factors[k * columns + j]
          if factor.isZero { continue }
          sum += factor == .one ? values[row * columns + j] : values[row * columns + j].scaled(by: factor)
        }
        out[row * inner + k] = sum
      }
    }
    return out
  }

  /// U[q] = Σ over output positions o and kernel positions k that read input position q of a[o]·b[k].
  @_specialize(where E == GoldilocksCubic)
  static func convolutionWeights<E: ChallengeField>(_ geometry: ConvolutionGeometry, _ a: [E], _ b: [E]) -> [E] {
    var out = [E](repeating: .zero, count: geometry.input.reduce(1, *))
    geometry.forEachPosition { output, kernel, input in out[input] += a[output] * b[kernel] }
    return out
  }

  /// Tensors that sum to the product of the factors on the first `count` entries, and to 0 elsewhere.
  static func masked<E: ChallengeField>(_ factors: [TensorFactor<E>], count: Int) -> [[TensorFactor<E>]] {
    var pieces: [[TensorFactor<E>]] = []
    var start = 0
    while start < count {
      var size = 0
      while size < factors.count, start % (2 << size) == 0, start + (2 << size) <= count { size += 1 }
      let fixed = factors.count - size
      pieces.append(
        factors.enumerated().map { index, factor in
          if index >= fixed { return factor }
          return (start >> (factors.count - 1 - index)) & 1 == 1 ? .pair(.zero, factor.high) : .pair(factor.low, .zero)
        })
      start += 1 << size
    }
    return pieces
  }
}

extension ConvolutionGeometry {
  /// Every (output position, kernel position, input position) of one channel whose input exists, all row-major.
  @inlinable public func forEachPosition(_ body: (_ output: Int, _ kernel: Int, _ input: Int) -> Void) {
    let missing = 3 - input.count
    func full(_ list: [Int], _ filler: Int) -> [Int] { [Int](repeating: filler, count: missing) + list }
    let (i, k, o) = (full(input, 1), full(kernel, 1), full(output, 1))
    let (s, d, p) = (full(strides, 1), full(dilations, 1), full(padding, 0))
    for k0 in 0..<k[0] {
      for k1 in 0..<k[1] {
        for k2 in 0..<k[2] {
          let position = (k0 * k[1] + k1) * k[2] + k2
          for o0 in 0..<o[0] {
            let x0 = o0 * s[0] + k0 * d[0] - p[0]
            if x0 < 0 || x0 >= i[0] { continue }
            for o1 in 0..<o[1] {
              let x1 = o1 * s[1] + k1 * d[1] - p[1]
              if x1 < 0 || x1 >= i[1] { continue }
              for o2 in 0..<o[2] {
                let x2 = o2 * s[2] + k2 * d[2] - p[2]
                if x2 < 0 || x2 >= i[2] { continue }
                body((o0 * o[1] + o1) * o[2] + o2, position, (x0 * i[1] + x1) * i[2] + x2)
              }
            }
          }
        }
      }
    }
  }
}
