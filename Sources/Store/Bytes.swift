import Hashing

/// `count` bytes of the operating system's random source.
func randomBytes(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// `count` bytes of `value`, least significant first.
func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}

/// The number whose bytes, least significant first, are `bytes` (at most 8 of them).
func littleEndian(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

/// SHA-256 of the concatenated parts.
func sha256(_ parts: [UInt8]...) -> [UInt8] {
  var hasher = SHA256()
  for part in parts { hasher.update(part[...]) }
  return hasher.finalize().bytes
}
