import Fields
import Kernels
import Parallelism
import ProofSystem

/// Inner products of tensor weights with the entries of one matrix.
package enum TensorInner<E: KernelField> {
  /// Most factors of a block whose weights are written out: 2^12 weights stay in cache.
  private static var blockBits: Int { 12 }

  /// Σ_i weight(i)·vector[i] with weight(i) = coefficient·Π_j factor_j[bit j of i], the first factor's bit the most significant. Entries beyond
  /// the vector's end are absent and count as zero.
  ///
  /// The last factors without a zero make one block of weights; every combination of the others that is not zero is one dot product with it.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  @_specialize(where E == RuntimePrimeField)
  package static func inner(_ tensor: Tensor<E>, _ vector: FieldBuffer<E.Base>) -> E {
    let factors = tensor.factors
    var bits = 0
    while bits < min(blockBits, factors.count) {
      let factor = factors[factors.count - 1 - bits]
      if factor.low.isZero || factor.high.isZero || vector.count % (2 << bits) != 0 { break }
      bits += 1
    }
    var weights: [E] = [.one]
    for factor in factors.suffix(bits) {
      var next: [E] = []
      next.reserveCapacity(2 * weights.count)
      for weight in weights {
        next.append(weight * factor.low)
        next.append(weight * factor.high)
      }
      weights = next
    }
    let block = 1 << bits
    let live = starts(Array(factors.dropLast(bits)), tensor.coefficient, block: block, count: vector.count)
    let (table, values) = (FieldBuffer(weights), vector)
    let parts = parallelMap(count: live.count, minimumChunk: max(1, (1 << 16) >> bits)) { range -> E in
      var sum = E.zero
      for index in range { sum += live[index].weight * E.dot(table.pointer, UnsafePointer(values.pointer + live[index].start), count: block) }
      return sum
    }
    return parts.reduce(.zero, +)
  }

  /// First entry and weight of every block whose weight is not zero.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  @_specialize(where E == RuntimePrimeField)
  private static func starts(_ factors: [TensorFactor<E>], _ coefficient: E, block: Int, count: Int) -> [(start: Int, weight: E)] {
    var live: [(start: Int, weight: E)] = coefficient.isZero ? [] : [(0, coefficient)]
    for (place, factor) in factors.enumerated() {
      // Entries that one step of this factor stands for.
      let step = block << (factors.count - 1 - place)
      var next: [(start: Int, weight: E)] = []
      next.reserveCapacity(2 * live.count)
      for (start, weight) in live {
        if !factor.low.isZero { next.append((start, weight * factor.low)) }
        if !factor.high.isZero, start + step < count { next.append((start + step, weight * factor.high)) }
      }
      live = next
    }
    return live
  }
}
