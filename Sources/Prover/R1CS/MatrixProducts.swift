import Fields
import Kernels
import Parallelism
import ProofSystem
import R1CS

/// Products of a circuit's matrices with vectors, on all cores.
enum MatrixProducts<E: KernelField> {
  typealias Base = E.Base

  /// M·z of every instance: entry (i, x) at i·2^constraintBits + x; zero for absent constraints and instances.
  /// `wires`: instance i at i·2^wireBits.
  static func rows(
    _ matrix: SparseMatrix<Base>, wires: UnsafePointer<Base>, wireBits: Int, instances: Int, instanceBits: Int, constraintBits: Int
  ) -> FieldBuffer<Base> {
    let out = FieldBuffer<Base>(uninitialisedCount: 1 << (instanceBits + constraintBits), secret: true)
    let length = 1 << constraintBits
    let (target, source) = (SendablePointer(out.pointer), SendableConstPointer(wires))
    let count = matrix.rowCount
    with(matrix) { parts in
      for instance in 0..<(1 << instanceBits) {
        let used = instance < instances ? count : 0
        let row = SendablePointer(target.pointer + instance * length)
        parallelChunks(count: used, minimumChunk: 4096) { range in
          E.sparseRows(
            row.pointer, starts: parts.starts, columns: parts.columns, values: parts.values, vector: source.pointer + (instance << wireBits),
            range: range)
        }
        (row.pointer + used).initialize(repeating: .zero, count: length - used)
      }
    }
    return out
  }

  /// (A + αB + α²C)~(point, y) for every column y: 2^columnBits entries.
  ///
  /// Rows are cut into a part for each core, each with a table of its own, which are added at the end: no two threads write one entry, and sums in a
  /// field do not depend on their order.
  static func columns(_ circuit: Circuit<Base>, point: [E], alpha: E, columnBits: Int) -> FieldBuffer<E> {
    let size = 1 << columnBits
    let memory = max(1, (256 << 20) / (size * MemoryLayout<E>.stride))
    let parts = min(Parallelism.workerCount, memory, max(1, circuit.entryCount / max(size, 4096)))
    let tables = FieldBuffer<E>(uninitialisedCount: parts * size)
    let eq = SplitEquality(point)
    let scales = [E.one, alpha, alpha * alpha]
    let target = SendablePointer(tables.pointer)
    let rowCount = circuit.constraintCount
    with(circuit.a) { a in
      with(circuit.b) { b in
        with(circuit.c) { c in
          parallelChunks(count: parts, minimumChunk: 1) { range in
            for part in range {
              let own = target.pointer + part * size
              E.fill(own, .zero, count: size)
              scatter([a, b, c], eq, scales, rows: (rowCount * part / parts)..<(rowCount * (part + 1) / parts), into: own)
            }
          }
        }
      }
    }
    guard parts > 1 else { return tables }
    let out = FieldBuffer<E>(uninitialisedCount: size)
    let sum = SendablePointer(out.pointer)
    parallelChunks(count: size, minimumChunk: 4096) { range in
      let own = sum.pointer + range.lowerBound
      own.update(from: target.pointer + range.lowerBound, count: range.count)
      for part in 1..<parts { E.accumulate(own, target.pointer + part * size + range.lowerBound, coefficient: .one, count: range.count) }
    }
    withExtendedLifetime(tables) {}
    return out
  }

  /// Rows in blocks of equal high eq factor, whose weights are made for each matrix in turn.
  private static func scatter(
    _ matrices: [Parts], _ eq: SplitEquality<E>, _ scales: [E], rows: Range<Int>, into out: UnsafeMutablePointer<E>
  ) {
    let length = 1 << eq.lowBits
    let weights = FieldBuffer<E>(uninitialisedCount: length)
    var first = rows.lowerBound
    while first < rows.upperBound {
      let offset = first & (length - 1)
      let end = min(rows.upperBound, first - offset + length)
      for (matrix, scale) in zip(matrices, scales) {
        E.fill(weights.pointer, .zero, count: end - first)
        E.accumulate(weights.pointer, eq.low.pointer + offset, coefficient: eq.high[first >> eq.lowBits] * scale, count: end - first)
        E.scatterRows(
          out, starts: matrix.starts, columns: matrix.columns, values: matrix.values, weights: weights.pointer, range: first..<end)
      }
      first = end
    }
  }

  /// Borrowed memory of a matrix.
  struct Parts: @unchecked Sendable {
    let starts: UnsafePointer<UInt32>
    let columns: UnsafePointer<UInt32>
    let values: UnsafePointer<Base>
  }

  private static func with(_ matrix: SparseMatrix<Base>, _ body: (Parts) -> Void) {
    matrix.rowStarts.withUnsafeBufferPointer { starts in
      matrix.columns.withUnsafeBufferPointer { columns in
        matrix.values.withUnsafeBufferPointer { values in
          guard let first = starts.baseAddress else { return }
          // A matrix without entries has no memory, and none of it is read.
          if let second = columns.baseAddress, let third = values.baseAddress {
            body(Parts(starts: first, columns: second, values: third))
          } else {
            let (noColumn, noValue) = (FieldBuffer<UInt32>(repeating: 0, count: 1), FieldBuffer<Base>(repeating: .zero, count: 1))
            body(Parts(starts: first, columns: noColumn.pointer, values: noValue.pointer))
            withExtendedLifetime((noColumn, noValue)) {}
          }
        }
      }
    }
  }
}
