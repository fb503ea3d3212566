private import Synchronization

/// The process-wide choice of the SHA-256 block function.
///
/// A binary that proves installs a fast block function before it hashes anything; a verifier's binary installs none and stays
/// plain Swift. The choice is made once: the first hash of the process freezes it, so that every digest of a run comes from one
/// function. Digests do not depend on the choice: a block function must equal `SHA256.compress` on all inputs.
public enum HashAcceleration {
  /// Absorbs the whole 64-byte blocks of its input into the state; called with a multiple of 64 bytes, from any thread.
  public typealias BlockFunction = @Sendable (inout SHA256State, Span<UInt8>) -> Void

  private struct Choice: Sendable {
    var function: BlockFunction?
    var isFrozen = false
  }
  private static let choice = Mutex(Choice())

  /// Makes `function` the block function of the process. To be called before the first hash, usually first of all in `main`.
  ///
  /// Returns false, and changes nothing, when a hash was already computed or a function already installed.
  @discardableResult public static func install(_ function: @escaping BlockFunction) -> Bool {
    choice.withLock { choice in
      guard !choice.isFrozen, choice.function == nil else { return false }
      choice.function = function
      return true
    }
  }

  /// The function in force; reading it freezes the choice.
  static let blockFunction: BlockFunction = choice.withLock { choice in
    choice.isFrozen = true
    return choice.function ?? { state, blocks in SHA256.compress(&state, blocks) }
  }
}
