import Foundation
import Hashing
import Store

/// A folder for one test, removed with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let base = FileManager.default.temporaryDirectory.appendingPathComponent("store-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
    path = base.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The store's folder in it.
  var store: URL { URL(fileURLWithPath: path).appendingPathComponent(".zkmlops") }
  func file(_ name: String) -> String { path + "/" + name }
}

/// A small repeatable generator (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

enum Fixture {
  /// A payload of `count` values whose seeds follow from `seed`.
  static func payload(_ seed: UInt8, count: Int = 5) throws -> SecretPayload {
    try SecretPayload(
      valueWidth: 8, values: (0..<8 * count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ Int(seed)) },
      tailSeed: [UInt8](repeating: seed, count: 32), saltSeed: [UInt8](repeating: seed ^ 0x55, count: 32),
      masterSecret: [UInt8](repeating: seed ^ 0xaa, count: 32))
  }

  static func payload(tail: [UInt8], count: Int = 5) throws -> SecretPayload {
    try SecretPayload(
      valueWidth: 8, values: [UInt8](repeating: 3, count: 8 * count), tailSeed: tail, saltSeed: tail, masterSecret: tail)
  }

  static func new(_ name: String, version: Int = 0, log2Row: Int = 9, tail: Int = 64) throws -> NewArtefact {
    let preimage = Array("preimage of \(name) \(version)".utf8)
    return NewArtefact(
      identity: SHA256.hash(preimage), name: name, kind: "dataset", preimage: preimage,
      shape: try StoredCodeShape(log2RowLength: log2Row, tailLength: tail, log2CodeLength: log2Row + 2))
  }

  /// Saves an artefact with a secret of its own.
  static func save(_ store: Store, _ name: String = "applicants", seed: UInt8 = 1, log2Row: Int = 9, tail: Int = 64) throws -> StoredArtefact {
    try store.saveArtefact(try new(name, log2Row: log2Row, tail: tail), secret: try payload(seed))
  }

  static func digest(_ text: String) -> Digest { SHA256.hash(Array(text.utf8)) }
}

/// The code of the store's error that `body` throws, nil when it throws none.
func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as StoreError {
    return error.code
  } catch {
    return "not a store error"
  }
}

func permissions(_ path: String) throws -> Int {
  let attributes = try FileManager.default.attributesOfItem(atPath: path)
  return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
}
