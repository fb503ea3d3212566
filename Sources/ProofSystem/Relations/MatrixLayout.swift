import Fields
import Hashing

/// One index bit of a view inside a matrix vector: fixed, or variable `index` of the view.
public enum ViewSlot: Hashable, Sendable {
  case bit(Int)
  case variable(Int)
}

/// A multilinear table inside a committed matrix.
public struct View: Hashable, Sendable {
  /// Name of the matrix.
  public let matrix: String
  /// One slot per variable of the matrix vector, most significant first.
  public let slots: [ViewSlot]
  /// Variables of the table itself.
  public let variableCount: Int

  public init(matrix: String, slots: [ViewSlot]) {
    self.matrix = matrix
    self.slots = slots
    variableCount = slots.reduce(0) { if case .variable = $1 { $0 + 1 } else { $0 } }
  }

  /// Weight coefficient · Π_j factors[j][index_j] on the table's own index bits, as a weight on the matrix vector.
  @inlinable public func tensor<E>(_ factors: [TensorFactor<E>], _ coefficient: E) -> Tensor<E> {
    Tensor(
      coefficient,
      slots.map { slot in
        switch slot {
        case .bit(let bit): bit == 1 ? .oneBit : .zeroBit
        case .variable(let j): factors[j]
        }
      })
  }

  public func equality<E>(_ point: [E], _ coefficient: E) -> Tensor<E> { tensor(TensorFactor.equality(point), coefficient) }

  /// The single entry `index` of the table, as a view without variables.
  public func entry(_ index: Int) -> View {
    View(
      matrix: matrix,
      slots: slots.map { slot in
        if case .variable(let j) = slot { .bit((index >> (variableCount - 1 - j)) & 1) } else { slot }
      })
  }

  /// Column j of a table of 2^rowBits rows, row-major: the variables after the first `rowBits` are fixed to the bits of j.
  public func column(_ j: Int, rowBits: Int) -> View {
    View(
      matrix: matrix,
      slots: slots.map { slot in
        if case .variable(let k) = slot, k >= rowBits { .bit((j >> (variableCount - 1 - k)) & 1) } else { slot }
      })
  }

  /// This part of a table that by itself is a matrix, as the same part of the table at its real place: variable j of `real` becomes slot j
  /// of this view, which has as many slots as `real` has variables.
  public func placed(in real: View) -> View {
    View(
      matrix: real.matrix,
      slots: real.slots.map { slot in
        if case .variable(let j) = slot, slots.indices.contains(j) { slots[j] } else { slot }
      })
  }

  /// Index of the table's entry 0 in the matrix vector. Tables whose variables are the last slots in order are contiguous.
  public var offset: Int { slots.reduce(0) { if case .bit(let bit) = $1 { 2 * $0 + bit } else { 2 * $0 } } }

  /// True when entry i lies at `offset + i`.
  public var isContiguous: Bool {
    for (position, slot) in slots.suffix(variableCount).enumerated() where slot != .variable(position) { return false }
    return true
  }

  /// Matrix-vector index of each entry, in the table's order.
  public var indices: [Int] {
    (0..<(1 << variableCount)).map { i in
      slots.reduce(0) { index, slot in
        switch slot {
        case .bit(let bit): 2 * index + bit
        case .variable(let j): 2 * index + ((i >> (variableCount - 1 - j)) & 1)
        }
      }
    }
  }
}

/// A named tensor of a matrix: log2 of the padded size of each dimension, row-major, first dimension most significant.
public struct TensorLayout: Hashable, Sendable {
  public let name: String
  public let log2Dimensions: [Int]
  public init(_ name: String, _ log2Dimensions: [Int]) {
    self.name = name
    self.log2Dimensions = log2Dimensions
  }
  /// log2 of the padded entry count.
  public var bits: Int { log2Dimensions.reduce(0, +) }
}

/// Where the tensors of one matrix lie: by decreasing padded size (ties: declaration order), each at a multiple of its size.
///
/// A matrix of R rows of 2^m data entries stands for the vector v of length 2^(K+m), K = ⌈log2 R⌉: entry (u, b) is v[u·2^m + b];
/// rows R..<2^K are absent and count as zero. Source: spec `blocks.py`, O3.
public struct MatrixLayout: Sendable {
  public let name: String
  /// m: log2 of the data entries of a row.
  public let log2RowLength: Int
  public let tensors: [TensorLayout]
  public let offsets: [String: Int]
  /// log2 of each tensor's padded size.
  private let bits: [String: Int]
  /// Entries used, padding inside tensors included.
  public let size: Int
  /// R.
  public let rowCount: Int

  public init(name: String, log2RowLength: Int, tensors: [TensorLayout]) {
    self.name = name
    self.log2RowLength = log2RowLength
    self.tensors = tensors
    let order = tensors.indices.sorted { (tensors[$1].bits, $0) < (tensors[$0].bits, $1) }
    var offset = 0
    var offsets: [String: Int] = [:]
    for index in order {
      precondition(offsets[tensors[index].name] == nil, "tensor \(tensors[index].name) is declared twice in \(name)")
      offsets[tensors[index].name] = offset
      offset += 1 << tensors[index].bits
    }
    self.offsets = offsets
    bits = Dictionary(tensors.map { ($0.name, $0.bits) }) { first, _ in first }
    size = offset
    rowCount = (offset + (1 << log2RowLength) - 1) >> log2RowLength
  }

  /// K.
  public var rowBits: Int { log2Ceiling(rowCount) }
  /// Variables of the matrix vector, K + m.
  public var variableCount: Int { rowBits + log2RowLength }

  public var description: CanonicalValue {
    .dictionary([
      "name": .text(name), "m": .integer(UInt64(log2RowLength)), "tensors": tensorDescription,
    ])
  }
  /// [[name, [log2 dimension, …]], …], the part of the description that an identity binds.
  public var tensorDescription: CanonicalValue {
    .list(tensors.map { .list([.text($0.name), .list($0.log2Dimensions.map { .integer(UInt64($0)) })]) })
  }

  /// The whole tensor `name`. Precondition: it is declared.
  public func view(_ tensor: String) -> View {
    guard let offset = offsets[tensor], let bits = bits[tensor] else { preconditionFailure("no tensor \(tensor) in \(name)") }
    let constant = variableCount - bits
    let prefix = offset >> bits
    return View(
      matrix: name,
      slots: (0..<constant).map { .bit((prefix >> (constant - 1 - $0)) & 1) } + (0..<bits).map { .variable($0) })
  }
}
