import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

/// constant + Σ coefficient·column over the base field, the columns' memory at hand. Committed scalars have gone into the constant.
struct ColumnCombination<E: KernelField>: Sendable {
  typealias Base = E.Base
  private(set) var constant: Base
  private(set) var columns: [WitnessColumn<Base>] = []
  private(set) var coefficients: [Base] = []

  private init(constant: Base, _ terms: [(coefficient: Base, view: View)], _ witness: WitnessReader<E>) {
    self.constant = constant
    for (coefficient, view) in terms {
      let column = witness.read(view)
      if view.variableCount == 0 {
        self.constant += coefficient * column[0]
      } else {
        columns.append(column)
        coefficients.append(coefficient)
      }
    }
  }

  init(_ expression: ColumnExpression, _ witness: WitnessReader<E>) {
    self.init(constant: Base(signed: expression.constant), expression.terms.map { (Base(signed: $0.coefficient), $0.view) }, witness)
  }

  init(_ expression: LookupExpression<Base>, _ witness: WitnessReader<E>) {
    self.init(constant: expression.constant, expression.terms.map { ($0.coefficient, $0.view) }, witness)
  }

  /// The column itself when it is nothing else.
  private var plain: UnsafePointer<Base>? {
    guard columns.count == 1, coefficients[0] == .one, constant.isZero else { return nil }
    return columns[0].pointer
  }

  /// Writes the entries first ..< first + count.
  func fill(_ out: UnsafeMutablePointer<Base>, from first: Int, count: Int) {
    if let plain {
      out.update(from: plain + first, count: count)
    } else {
      E.combineColumns(out, columns: columns.map { $0.pointer + first }, coefficients: coefficients, constant: constant, count: count)
    }
  }

  /// The entries first ..< first + count: the column's own memory, else written to `scratch`.
  func entries(from first: Int, count: Int, scratch: UnsafeMutablePointer<Base>) -> UnsafePointer<Base> {
    if let plain { return plain + first }
    fill(scratch, from: first, count: count)
    return UnsafePointer(scratch)
  }

  /// Writes the entries 0 ..< count on all cores.
  func fillAll(_ out: UnsafeMutablePointer<Base>, count: Int) {
    let target = SendablePointer(out)
    parallelChunks(count: count, minimumChunk: 1 << 14) { range in
      fill(target.pointer + range.lowerBound, from: range.lowerBound, count: range.count)
    }
  }
}
