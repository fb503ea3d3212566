import Fields
import Kernels
import ProofSystem

/// Reads views of committed matrices.
public struct WitnessReader<E: KernelField>: Sendable {
  public typealias Base = E.Base
  private let matrices: [String: MatrixData<Base>]

  public init(matrices: [String: MatrixData<Base>]) { self.matrices = matrices }

  /// The entries of a view: memory of the matrix when it is contiguous, else a copy. Absent rows read as zero.
  public func read(_ view: View) -> WitnessColumn<Base> {
    guard let data = matrices[view.matrix] else { preconditionFailure("no matrix \(view.matrix)") }
    let count = 1 << view.variableCount
    let offset = view.offset
    if view.isContiguous, offset + count <= data.vector.count {
      return WitnessColumn(owner: data.vector, pointer: UnsafePointer(data.vector.pointer + offset), count: count)
    }
    let copy = FieldBuffer<Base>(view.indices.map { $0 < data.vector.count ? data.vector.pointer[$0] : .zero })
    return WitnessColumn(owner: copy, pointer: UnsafePointer(copy.pointer), count: count)
  }
}

/// Entries of one view; keeps their memory alive.
public struct WitnessColumn<Base: PrimeField>: @unchecked Sendable {
  private let owner: FieldBuffer<Base>
  public let pointer: UnsafePointer<Base>
  public let count: Int
  init(owner: FieldBuffer<Base>, pointer: UnsafePointer<Base>, count: Int) {
    self.owner = owner
    self.pointer = pointer
    self.count = count
  }
  /// All of a buffer.
  package init(_ owner: FieldBuffer<Base>) { self.init(owner: owner, pointer: UnsafePointer(owner.pointer), count: owner.count) }

  /// The entries from `first` on, none when there are fewer.
  func suffix(from first: Int) -> WitnessColumn {
    let skipped = min(first, count)
    return WitnessColumn(owner: owner, pointer: pointer + skipped, count: count - skipped)
  }
  public subscript(_ index: Int) -> Base { pointer[index] }
}
