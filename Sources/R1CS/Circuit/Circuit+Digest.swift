import Fields
import Hashing

extension Circuit {
  /// The digest that stands for the circuit in statements: of the field, the counts and the canonical matrices.
  ///
  /// **Formula**: SHA-256(H ‖ A ‖ B ‖ C). H is the canonical encoding of the list [`zkmlops/r1cs/v1`, p as w little-endian bytes,
  /// constraints, wires, public outputs, public inputs, entries of A, of B, of C], w = 8·⌈bits of p / 64⌉. A matrix is: the number of
  /// entries of each row (u32 each), the columns of all entries (u32 each), their values (w bytes each), all little-endian, rows in
  /// order, in a row by ascending column. Docs/WireFormat.md, section 7.
  ///
  /// Neither the order of sections or terms in a file, nor the width of its elements, nor names, labels and the count of private
  /// inputs have a part in it.
  /// **Complexity** one pass over the entries: compute it once and keep it.
  public var digest: Digest { computeDigest() }

  @_specialize(where F == Goldilocks)
  @_specialize(where F == BN254Scalar)
  @_specialize(where F == RuntimePrimeField)
  func computeDigest() -> Digest {
    let width = F.fileByteCount
    let modulus = F.modulusBytes.prefix(width)
    let head: CanonicalValue = .list([
      "zkmlops/r1cs/v1", .bytes(Array(modulus)), .integer(UInt64(constraintCount)), .integer(UInt64(wireCount)),
      .integer(UInt64(publicOutputCount)), .integer(UInt64(publicInputCount)), .integer(UInt64(a.entryCount)), .integer(UInt64(b.entryCount)),
      .integer(UInt64(c.entryCount)),
    ])
    var hasher = SHA256()
    hasher.update(head.encoded)
    a.update(&hasher)
    b.update(&hasher)
    c.update(&hasher)
    return hasher.finalize()
  }
}

/// Entries that are encoded and hashed at a time.
private let digestChunk = 4096

extension SparseMatrix {
  @_specialize(where F == Goldilocks)
  @_specialize(where F == BN254Scalar)
  @_specialize(where F == RuntimePrimeField)
  func update(_ hasher: inout SHA256) {
    var buffer = Array<UInt8>(repeating: 0, count: digestChunk &* 4)
    for start in stride(from: 0, to: rowCount, by: digestChunk) {
      let end = min(start &+ digestChunk, rowCount)
      var bytes = buffer.mutableSpan
      for row in start..<end { store32(rowStarts[row &+ 1] &- rowStarts[row], &bytes, 4 &* (row &- start)) }
      hasher.update(buffer[..<(4 &* (end &- start))])
    }
    for start in stride(from: 0, to: entryCount, by: digestChunk) {
      let end = min(start &+ digestChunk, entryCount)
      var bytes = buffer.mutableSpan
      for entry in start..<end { store32(columns[entry], &bytes, 4 &* (entry &- start)) }
      hasher.update(buffer[..<(4 &* (end &- start))])
    }
    if F.fileByteCount == 8 { updateWithWords(&hasher) } else { updateWithElements(&hasher) }
  }

  /// Values of a field of at most 64 bits.
  @inline(__always) private func updateWithWords(_ hasher: inout SHA256) {
    let modulus = FieldPrime(of: F.self).word(0)
    var buffer = Array<UInt8>(repeating: 0, count: digestChunk &* 8)
    for start in stride(from: 0, to: entryCount, by: digestChunk) {
      let end = min(start &+ digestChunk, entryCount)
      var bytes = buffer.mutableSpan
      for entry in start..<end {
        // The signed integer always fits: |x| < p/2 < 2^63.
        let signed = values[entry].signedInteger ?? 0
        store64(signed < 0 ? modulus &- signed.magnitude : signed.magnitude, &bytes, 8 &* (entry &- start))
      }
      hasher.update(buffer[..<(8 &* (end &- start))])
    }
  }

  private func updateWithElements(_ hasher: inout SHA256) {
    let width = F.fileByteCount
    var buffer: [UInt8] = []
    buffer.reserveCapacity(digestChunk &* max(width, F.byteCount))
    for start in stride(from: 0, to: entryCount, by: digestChunk) {
      buffer.removeAll(keepingCapacity: true)
      for entry in start..<min(start &+ digestChunk, entryCount) { values[entry].appendFileBytes(count: width, to: &buffer) }
      hasher.update(buffer[...])
    }
  }
}

@inline(__always) private func store32(_ word: UInt32, _ bytes: inout MutableSpan<UInt8>, _ offset: Int) {
  bytes[offset] = UInt8(truncatingIfNeeded: word)
  bytes[offset &+ 1] = UInt8(truncatingIfNeeded: word &>> 8)
  bytes[offset &+ 2] = UInt8(truncatingIfNeeded: word &>> 16)
  bytes[offset &+ 3] = UInt8(truncatingIfNeeded: word &>> 24)
}

@inline(__always) private func store64(_ word: UInt64, _ bytes: inout MutableSpan<UInt8>, _ offset: Int) {
  store32(UInt32(truncatingIfNeeded: word), &bytes, offset)
  store32(UInt32(truncatingIfNeeded: word &>> 32), &bytes, offset &+ 4)
}
