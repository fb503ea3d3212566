import Fields
import Hashing

// Offsets are checked by the callers; a wrong one ends in the bounds check of `Span`, never outside the bytes.

/// The little-endian 32-bit word at `offset`.
@inline(__always) func word32(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
  // Cut out first: constant indices need one bounds check.
  let cell = bytes.extracting(offset..<(offset &+ 4))
  return UInt32(cell[0]) | UInt32(cell[1]) &<< 8 | UInt32(cell[2]) &<< 16 | UInt32(cell[3]) &<< 24
}

/// The little-endian 64-bit word at `offset`.
@inline(__always) func word64(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
  let cell = bytes.extracting(offset..<(offset &+ 8))
  let low = UInt64(cell[0]) | UInt64(cell[1]) &<< 8 | UInt64(cell[2]) &<< 16 | UInt64(cell[3]) &<< 24
  let high = UInt64(cell[4]) | UInt64(cell[5]) &<< 8 | UInt64(cell[6]) &<< 16 | UInt64(cell[7]) &<< 24
  return low | high &<< 32
}

/// Reads field elements of one width out of a file.
///
/// Most coefficients are small, or p minus something small: they take a short way through `F.init(_: UInt64)`.
struct ElementReader<F: PrimeField> {
  /// Bytes of an element in the file, a positive multiple of 8.
  let fieldByteCount: Int
  /// The largest canonical element that has one word.
  let greatestWord: UInt64
  /// Words 0 … 3 of p.
  private let modulus: (UInt64, UInt64, UInt64, UInt64)

  init(fieldByteCount: Int) {
    self.fieldByteCount = fieldByteCount
    let prime = FieldPrime(of: F.self)
    modulus = (prime.word(0), prime.word(1), prime.word(2), prime.word(3))
    greatestWord = F.modulusBitCount > 64 ? .max : prime.word(0) &- 1
  }

  /// The element at `offset` of `bytes`, which is `source.span`; nil when it is not below p.
  @inline(__always) func element(_ bytes: Span<UInt8>, _ source: ArraySlice<UInt8>, at offset: Int) -> F? {
    let low = word64(bytes, offset)
    if fieldByteCount == 32 {
      let (word1, word2, word3) = (word64(bytes, offset &+ 8), word64(bytes, offset &+ 16), word64(bytes, offset &+ 24))
      if word1 | word2 | word3 == 0, low <= greatestWord { return F(low) }
      if word1 == modulus.1, word2 == modulus.2, word3 == modulus.3, low < modulus.0 { return -F(modulus.0 &- low) }
      return longElement(source, at: offset)
    }
    var high: UInt64 = 0
    var at = offset &+ 8
    while at < offset &+ fieldByteCount {
      high |= word64(bytes, at)
      at = at &+ 8
    }
    if high == 0, low <= greatestWord { return F(low) }
    return longElement(source, at: offset)
  }

  @inline(never) func longElement(_ source: ArraySlice<UInt8>, at offset: Int) -> F? {
    let start = source.startIndex &+ offset
    let bytes = source[start..<(start &+ fieldByteCount)]
    if bytes.count >= F.byteCount {
      guard bytes.dropFirst(F.byteCount).allSatisfy({ $0 == 0 }) else { return nil }
      return F(canonicalBytes: bytes.prefix(F.byteCount))
    }
    return F(canonicalBytes: Array(bytes) + Array(repeating: 0, count: F.byteCount &- bytes.count), at: 0)
  }
}

extension PrimeField {
  /// Bytes of an element in files and in the circuit's digest: 8·⌈bits of p / 64⌉, whatever `byteCount` is.
  static var fileByteCount: Int { (modulusBitCount &+ 63) / 64 &* 8 }

  /// Appends the canonical element as `count` little-endian bytes; `count` is at least `fileByteCount`.
  func appendFileBytes(count: Int, to bytes: inout [UInt8]) {
    let end = bytes.count &+ count
    appendBytes(to: &bytes)
    if bytes.count > end {
      bytes.removeLast(bytes.count &- end)
    } else {
      bytes.append(contentsOf: repeatElement(0, count: end &- bytes.count))
    }
  }
}

extension Array where Element == UInt8 {
  /// Appends the 4 little-endian bytes of `word`.
  mutating func append(littleEndian word: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) { append(UInt8(truncatingIfNeeded: word &>> shift)) }
  }
}

func hexadecimalText(_ bytes: [UInt8]) -> String { bytes.isEmpty ? "(none)" : hexadecimal(bytes) }
