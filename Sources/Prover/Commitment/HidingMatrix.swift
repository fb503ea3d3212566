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
  package let codeword: FieldBuffer<Base>
  let stride: Int
  /// Seed of the leaf salts, 32 bytes; secret.
  public let saltSeed: [UInt8]
  public let tree: DigestTree

  public var root: Digest { tree.root }
  public var rowCount: Int { rows.count }

  /// Encodes and hashes `rows`.
  package init(rows: HidingRows<Base>, shape: CodeShape, saltSeed: [UInt8], encoder: ReedSolomonEncoder<E>) {
    let width = rows.count
    precondition(width > 0 && rows.length == 1 << shape.log2RowLength && rows.tailCount == shape.tailCount)
    self.shape = shape
    self.rows = rows
    self.saltSeed = saltSeed
    let stride = Self.stride(forWidth: width)
    self.stride = stride
    codeword = encoder.encode(rows: rows.data, tails: rows.tails.map { UnsafePointer($0) }, tailCount: shape.tailCount, stride: stride)
    tree = Self.hash(codeword, width: width, stride: stride, depth: shape.log2Length, saltSeed: saltSeed)
  }

  /// Entries between positions: a multiple of 8 for whole vectors, except for a few columns, where padding would cost more than it saves.
  static func stride(forWidth width: Int) -> Int { width <= 3 ? width : (width + 7) & ~7 }

  static func hash(_ codeword: FieldBuffer<Base>, width: Int, stride: Int, depth: Int, saltSeed: [UInt8]?) -> DigestTree {
    let byteCount = width * Base.byteCount
    let isPlain = MemoryLayout<Base>.stride == Base.byteCount && Base.byteCount == 8
    let source = SendableConstPointer(codeword.pointer)
    return DigestTree(depth: depth, saltSeed: saltSeed) { range, salts, out in
      let first = source.pointer + range.lowerBound * stride
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
    }
  }

  /// The column at one position, canonical bytes.
  func columnBytes(_ position: Int) -> [UInt8] { Self.columnBytes(codeword, position: position, width: rowCount, stride: stride) }

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
