import Fields
import Kernels
import ProofSystem

/// Rows of 2^m data entries and p random ones each, where they lie: the data are not copied.
package struct HidingRows<Base: PrimeField>: @unchecked Sendable {
  /// 2^m and p.
  package let length: Int
  package let tailCount: Int
  /// Of every row, its first data entry and its first random one.
  package private(set) var data: [UnsafePointer<Base>] = []
  package private(set) var tails: [UnsafeMutablePointer<Base>] = []
  private var owners: [FieldBuffer<Base>] = []

  package var count: Int { data.count }

  package init(_ shape: CodeShape) {
    length = 1 << shape.log2RowLength
    tailCount = shape.tailCount
  }

  /// Adds the rows of a vector of k·2^m entries, which must not change any more, with fresh tails, drawn row by row.
  package mutating func append(_ vector: FieldBuffer<Base>, randomness: inout Randomness) {
    let rowCount = vector.count / length
    precondition(vector.count == rowCount * length)
    let fresh = FieldBuffer<Base>(uninitialisedCount: rowCount * tailCount, secret: true)
    for row in 0..<rowCount {
      randomness.fill(fresh.pointer + row * tailCount, count: tailCount)
      data.append(UnsafePointer(vector.pointer + row * length))
      tails.append(fresh.pointer + row * tailCount)
    }
    owners += [vector, fresh]
  }

  /// Adds rows of 2^m + p entries, one after the other.
  mutating func append(whole rows: FieldBuffer<Base>) {
    let dimension = length + tailCount
    precondition(rows.count % dimension == 0)
    for start in stride(from: 0, to: rows.count, by: dimension) {
      data.append(UnsafePointer(rows.pointer + start))
      tails.append(rows.pointer + start + length)
    }
    owners.append(rows)
  }

  /// Coefficient b of a row, b < 2^m + p.
  package func coefficient(_ row: Int, _ b: Int) -> Base { b < length ? data[row][b] : tails[row][b - length] }
}
