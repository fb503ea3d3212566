import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem

/// Rows of coefficients (2^m data, p random), their codewords and the salted tree over the columns.
public final class HidingMatrix<E: KernelField>: Sendable {
  public typealias Base = E.Base
  public let shape: CodeShape
  /// The coefficients.
  package let rows: HidingRows<Base>
  /// Position-major; nil when it is larger than `keptByteCount`: then it is made again, some rows at a time, where columns are read.
  private let codeword: FieldBuffer<Base>?
  private let encoder: ReedSolomonEncoder<E>
  let stride: Int
  /// Seed of the leaf salts, 32 bytes; secret.
  public let saltSeed: [UInt8]
  public let tree: DigestTree

  public var root: Digest { tree.root }
  public var rowCount: Int { rows.count }

  /// Encodes and hashes `rows`.
  package init(
    rows: HidingRows<Base>, shape: CodeShape, saltSeed: [UInt8], encoder: ReedSolomonEncoder<E>, keptByteCount: Int = HidingMatrix.keptByteCount
  ) {
    let width = rows.count
    precondition(width > 0 && rows.length == 1 << shape.log2RowLength && rows.tailCount == shape.tailCount)
    self.shape = shape
    self.rows = rows
    self.saltSeed = saltSeed
    let stride = Self.stride(forWidth: width)
    self.stride = stride
    self.encoder = encoder
    let tails = rows.tails.map { UnsafePointer($0) }
    guard (stride << shape.log2Length) * MemoryLayout<Base>.stride > keptByteCount else {
      let word = encoder.encode(rows: rows.data, tails: tails, tailCount: shape.tailCount, stride: stride)
      codeword = word
      tree = Self.hash(word, width: width, stride: stride, depth: shape.log2Length, saltSeed: saltSeed)
      return
    }
    codeword = nil
    // As many blocks at a time as there are cores that encode one each.
    let blocks = encoder.blockCount % 2 == 0 ? 2 : 1
    tree = DigestTree(depth: shape.log2Length, saltSeed: saltSeed, pieces: encoder.blockCount / blocks) { piece in
      let own = (piece * blocks)..<((piece + 1) * blocks)
      let word = encoder.encode(blocks: own, rows: rows.data, tails: tails, tailCount: shape.tailCount, stride: stride)
      return Self.hashing(word, from: own.lowerBound << shape.log2RowLength, width: width, stride: stride)
    }
  }

  /// Bytes of a codeword that is kept: beyond that memory is worth more than a second encoding.
  package static var keptByteCount: Int { 2 << 30 }

  /// Entries between positions: a multiple of 8 for whole vectors, except for a few columns, where padding would cost more than it saves.
  static func stride(forWidth width: Int) -> Int { width <= 3 ? width : (width + 7) & ~7 }

  static func hash(_ codeword: FieldBuffer<Base>, width: Int, stride: Int, depth: Int, saltSeed: [UInt8]?) -> DigestTree {
    DigestTree(depth: depth, saltSeed: saltSeed, hashColumns: hashing(codeword, from: 0, width: width, stride: stride))
  }

  /// Leaves of columns whose first one belongs to position `start`.
  private static func hashing(_ codeword: FieldBuffer<Base>, from start: Int, width: Int, stride: Int) -> DigestTree.HashColumns {
    let byteCount = width * Base.byteCount
    let isPlain = MemoryLayout<Base>.stride == Base.byteCount && Base.byteCount == 8
    return { range, salts, out in
      let first = codeword.pointer + (range.lowerBound - start) * stride
      if isPlain {
        FastSHA256.leaves(
          out, salts: salts, columns: UnsafeRawPointer(first).assumingMemoryBound(to: UInt8.self), byteCount: byteCount,
          strideBytes: stride * 8, count: range.count)
      } else {
        let bytes = FieldBuffer<UInt8>(uninitialisedCount: byteCount * range.count)
        for (k, _) in range.enumerated() { E.writeBytes(bytes.pointer + k * byteCount, first + k * stride, count: width) }
        FastSHA256.leaves(
          out, salts: salts, columns: bytes.pointer, byteCount: byteCount, strideBytes: byteCount, count: range.count)
      }
      withExtendedLifetime(codeword) {}
    }
  }

  /// The columns at some positions in ascending order, canonical bytes.
  package func columns(_ positions: [Int]) -> [[UInt8]] {
    if let codeword { return positions.map { Self.columnBytes(codeword, position: $0, width: rowCount, stride: stride) } }
    var out = [[UInt8]](repeating: [], count: positions.count)
    let blocks = encoder.blockCount % 2 == 0 ? 2 : 1
    for first in Swift.stride(from: 0, to: rowCount, by: 32) {
      let own = first..<min(first + 32, rowCount)
      let stride = Self.stride(forWidth: own.count)
      for block in Swift.stride(from: 0, to: encoder.blockCount, by: blocks) {
        let (start, end) = (block << shape.log2RowLength, (block + blocks) << shape.log2RowLength)
        let wanted = positions.indices.filter { (start..<end).contains(positions[$0]) }
        let word = encoder.encode(
          blocks: block..<(block + blocks), rows: Array(rows.data[own]), tails: rows.tails[own].map { UnsafePointer($0) },
          tailCount: shape.tailCount, stride: stride, positions: wanted.map { positions[$0] })
        for index in wanted { out[index] += Self.columnBytes(word, position: positions[index] - start, width: own.count, stride: stride) }
      }
    }
    return out
  }

  static func columnBytes(_ codeword: FieldBuffer<Base>, position: Int, width: Int, stride: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: width * Base.byteCount) { buffer, count in
      if let base = buffer.baseAddress { E.writeBytes(base, codeword.pointer + position * stride, count: width) }
      count = width * Base.byteCount
    }
  }

  func salt(_ position: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      if let base = buffer.baseAddress { FastSHA256.salts(base, seed: saltSeed, first: UInt64(position), count: 1) }
      count = 32
    }
  }
}

/// The data part of a matrix as one vector: rowCount·2^m entries, tensors at their layout's offsets.
public struct MatrixData<Base: PrimeField>: Sendable {
  public let layout: MatrixLayout
  public let vector: FieldBuffer<Base>

  /// All zeros.
  public init(layout: MatrixLayout) {
    self.layout = layout
    vector = FieldBuffer(repeating: .zero, count: layout.rowCount << layout.log2RowLength, secret: true)
  }

  /// The memory of one tensor, padding included: 2^bits entries.
  public func tensor(_ name: String) -> UnsafeMutableBufferPointer<Base> {
    guard let offset = layout.offsets[name], let shape = layout.tensors.first(where: { $0.name == name }) else {
      preconditionFailure("no tensor \(name) in \(layout.name)")
    }
    return UnsafeMutableBufferPointer(start: vector.pointer + offset, count: 1 << shape.bits)
  }

  /// Writes the first entries of a tensor (its padding stays zero).
  public func set(_ name: String, _ values: [Base]) {
    let target = tensor(name)
    precondition(values.count <= target.count)
    values.withUnsafeBufferPointer { values in
      if let source = values.baseAddress { target.baseAddress?.update(from: source, count: values.count) }
    }
  }
}
