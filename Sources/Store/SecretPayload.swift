import Prover

/// What hides an artefact and what it hides: the content of one secret file.
///
/// > Warning: with it every commitment made from it can be opened. It belongs into the store and into memory, nowhere else;
/// > printing one shows only its size.
public struct SecretPayload: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Length in bytes of each seed.
  public static let seedLength = 32

  /// Bytes of one value: 8 for Goldilocks, 32 for a four-limb field.
  public let valueWidth: Int
  /// Canonical encodings of the data values in layout order, `valueWidth` bytes each.
  public let values: [UInt8]
  /// Seed of the random row tails. The hiding budget belongs to it.
  public let tailSeed: [UInt8]
  /// Seed of the leaf salts.
  public let saltSeed: [UInt8]
  /// Enters the seed of every proof's pads and masks beside fresh randomness.
  public let masterSecret: [UInt8]

  /// - Throws: `invalidArgument` unless the seeds have 32 bytes, `valueWidth` is in 1...64 and divides the number of bytes.
  public init(valueWidth: Int, values: [UInt8], tailSeed: [UInt8], saltSeed: [UInt8], masterSecret: [UInt8]) throws(StoreError) {
    guard (1...64).contains(valueWidth) else { throw StoreError(.invalidArgument(name: "valueWidth", rule: "from 1 to 64")) }
    guard values.count % valueWidth == 0 else {
      throw StoreError(.invalidArgument(name: "values", rule: "a whole number of values"))
    }
    for (name, seed) in [("tailSeed", tailSeed), ("saltSeed", saltSeed), ("masterSecret", masterSecret)] {
      guard seed.count == Self.seedLength else { throw StoreError(.invalidArgument(name: name, rule: "\(Self.seedLength) bytes")) }
    }
    self.valueWidth = valueWidth
    self.values = values
    self.tailSeed = tailSeed
    self.saltSeed = saltSeed
    self.masterSecret = masterSecret
  }

  /// Id of the tail secret, 32 bytes: SHA-256("zkmlops/tail-secret/v1" ‖ tailSeed). Says nothing about a random seed.
  public var secretID: [UInt8] { TailSecret.id(seed: tailSeed) }

  /// Number of values.
  public var count: Int { values.count / valueWidth }

  /// Size only.
  public var description: String { "SecretPayload(\(count) values, redacted)" }
  /// Size only.
  public var debugDescription: String { description }
  /// Shows no stored property.
  public var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
