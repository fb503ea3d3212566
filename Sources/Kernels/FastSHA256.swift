internal import CFieldKernels
public import Hashing

/// SHA-256 with the processor's SHA instructions where it has them, and four messages side by side where there are many.
///
/// Pointers are to memory of the stated length. Digests lie one after the other, 32 bytes each.
public enum FastSHA256 {
  /// Domain label of leaf salts; 15 bytes.
  public static var saltLabel: String { "zkmlops/salt/v1" }
  /// Domain label of the random generator; 21 bytes.
  public static var randomnessLabel: String { "zkmlops/randomness/v1" }

  /// Whether the processor's SHA instructions are in use.
  public static var isAccelerated: Bool { zk_sha256_accelerated() != 0 }

  /// Switches to portable code (false) or back to the best available one (true), for the whole process: for tests.
  package static func setAccelerated(_ enabled: Bool) { zk_sha256_set_accelerated(enabled ? 1 : 0) }

  /// Makes the compression function of this module that of `Hashing.SHA256`; first of all in a program that proves.
  /// - Returns: false if it came too late, see `HashAcceleration.install`.
  @discardableResult public static func install() -> Bool { HashAcceleration.install(compress) }

  /// Absorbs the whole 64-byte blocks of `blocks`, as `SHA256.compress`.
  @Sendable public static func compress(_ state: inout SHA256State, _ blocks: Span<UInt8>) {
    blocks.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      withUnsafeMutablePointer(to: &state) {
        $0.withMemoryRebound(to: UInt32.self, capacity: 8) { zk_sha256_blocks($0, base, bytes.count / 64) }
      }
    }
  }

  /// The digest of a message.
  public static func hash(_ bytes: [UInt8]) -> Digest {
    var state = SHA256State.initial
    var tail = Array(bytes[(bytes.count & ~63)...])
    compress(&state, bytes.span)
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    let bits = UInt64(bytes.count) << 3
    for shift in stride(from: UInt64(56), through: 0, by: -8) { tail.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    compress(&state, tail.span)
    return state.digest
  }

  /// Writes the 32 bytes of the digest of `byteCount` bytes.
  public static func hash(_ out: UnsafeMutablePointer<UInt8>, _ bytes: UnsafePointer<UInt8>, byteCount: Int) {
    zk_sha256(out, bytes, byteCount)
  }
}

// MARK: Many messages

extension FastSHA256 {
  /// Leaves of a Merkle tree: out_j = SHA256(0x00 | salt_j | column_j), j < count.
  /// - Parameters:
  ///   - salts: 32 bytes for each leaf; nil: no salt.
  ///   - columns: column j is the `byteCount` bytes at offset j·strideBytes.
  public static func leaves(
    _ out: UnsafeMutablePointer<UInt8>, salts: UnsafePointer<UInt8>?, columns: UnsafePointer<UInt8>, byteCount: Int,
    strideBytes: Int, count: Int
  ) {
    zk_sha256_leaves(out, salts, columns, byteCount, strideBytes, count)
  }

  /// One layer of a Merkle tree: out_i = SHA256(0x01 | height | children[2i] | children[2i + 1]), i < count.
  /// - Parameters:
  ///   - out: may be the memory of `children`.
  ///   - height: of the new layer above the leaves, 1, 2, ….
  public static func nodes(_ out: UnsafeMutablePointer<UInt8>, children: UnsafePointer<UInt8>, height: UInt8, count: Int) {
    zk_sha256_nodes(out, children, height, count)
  }

  /// Salts of leaves: out_j = SHA256("zkmlops/salt/v1" | seed | u64le(first + j)), j < count; the seed has 32 bytes.
  public static func salts(_ out: UnsafeMutablePointer<UInt8>, seed: [UInt8], first: UInt64, count: Int) {
    counterBlocks(out, label: saltLabel, seed: seed, first: first, count: count)
  }

  /// Blocks of the random generator: out_j = SHA256("zkmlops/randomness/v1" | seed | u64le(first + j)), j < count; the seed has
  /// 32 bytes.
  public static func randomBlocks(_ out: UnsafeMutablePointer<UInt8>, seed: [UInt8], first: UInt64, count: Int) {
    counterBlocks(out, label: randomnessLabel, seed: seed, first: first, count: count)
  }

  private static func counterBlocks(
    _ out: UnsafeMutablePointer<UInt8>, label: String, seed: [UInt8], first: UInt64, count: Int
  ) {
    precondition(seed.count == 32, "a seed has 32 bytes")
    let label = Array(label.utf8)
    zk_sha256_counter(out, label, label.count, seed, first, count)
  }
}
