import Hashing

/// Plain twins of `FastSHA256`'s functions over many messages: the definition, one message after the other.
public enum ReferenceSHA256 {
  /// Twin of `FastSHA256.leaves`.
  public static func leaves(
    _ out: UnsafeMutablePointer<UInt8>, salts: UnsafePointer<UInt8>?, columns: UnsafePointer<UInt8>, byteCount: Int,
    strideBytes: Int, count: Int
  ) {
    for j in 0..<count {
      var message: [UInt8] = [0]
      if let salts { message += UnsafeBufferPointer(start: salts + 32 * j, count: 32) }
      message += UnsafeBufferPointer(start: columns + j * strideBytes, count: byteCount)
      write(message, to: out + 32 * j)
    }
  }

  /// Twin of `FastSHA256.nodes`.
  public static func nodes(_ out: UnsafeMutablePointer<UInt8>, children: UnsafePointer<UInt8>, height: UInt8, count: Int) {
    for i in 0..<count { write([1, height] + UnsafeBufferPointer(start: children + 64 * i, count: 64), to: out + 32 * i) }
  }

  /// Twin of `FastSHA256.salts`.
  public static func salts(_ out: UnsafeMutablePointer<UInt8>, seed: [UInt8], first: UInt64, count: Int) {
    counterBlocks(out, label: FastSHA256.saltLabel, seed: seed, first: first, count: count)
  }

  /// Twin of `FastSHA256.randomBlocks`.
  public static func randomBlocks(_ out: UnsafeMutablePointer<UInt8>, seed: [UInt8], first: UInt64, count: Int) {
    counterBlocks(out, label: FastSHA256.randomnessLabel, seed: seed, first: first, count: count)
  }

  private static func counterBlocks(
    _ out: UnsafeMutablePointer<UInt8>, label: String, seed: [UInt8], first: UInt64, count: Int
  ) {
    for j in 0..<count {
      var message = Array(label.utf8) + seed
      message.append(littleEndian: first &+ UInt64(j))
      write(message, to: out + 32 * j)
    }
  }

  private static func write(_ message: [UInt8], to out: UnsafeMutablePointer<UInt8>) {
    for (k, byte) in SHA256.hash(message).bytes.enumerated() { out[k] = byte }
  }
}
