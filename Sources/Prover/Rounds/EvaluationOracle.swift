import Fields
import Kernels
import Parallelism
import ProofSystem

/// Evaluations of committed columns at a point, with split eq tables: one base × E product per entry and no table of full size.
public enum EvaluationOracle {
  /// Σ_i eq(point, i)·column_i. Precondition: column.count = 2^point.count.
  public static func evaluate<E: KernelField>(_ column: WitnessColumn<E.Base>, at point: [E]) -> E {
    let lowBits = min(point.count, 14)
    let low = FieldBuffer<E>(uninitialisedCount: 1 << lowBits)
    E.fillEqTable(low.pointer, point: Array(point.suffix(lowBits)), scale: .one)
    let high = Equality.table(Array(point.dropLast(lowBits)))
    return parallelMap(count: high.count, minimumChunk: 1) { range in
      range.reduce(E.zero) { $0 + high[$1] * E.dot(UnsafePointer(low.pointer), column.pointer + ($1 << lowBits), count: 1 << lowBits) }
    }.reduce(.zero) { $0 + $1 }
  }
}
