/// Texts as integers: string inputs of encoders.

import Hashing

/// **Formula**: the first 40 bits, big-endian, of the SHA-256 of the text's UTF-8 bytes. Two different texts of one model with one code
/// are refused when the model is read.
public enum TextCode {
  /// The code of a text, below 2^40.
  public static func code(_ text: String) -> Double {
    var hash = SHA256()
    hash.update(Array(text.utf8))
    var value: UInt64 = 0
    for byte in hash.finalize().bytes.prefix(5) { value = value << 8 | UInt64(byte) }
    return Double(value)
  }
}
