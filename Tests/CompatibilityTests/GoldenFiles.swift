import Foundation
import Hashing

/// What version 1 of the formats promised, as files of this target: proofs that must go on verifying, and digests of what must not change.
///
/// With `ZKMLOPS_WRITE_GOLDEN=1` in the environment the tests write the files anew, in the source folder, and then fail. Do that only with
/// a new version of what changed (proof format, claim type, relation), or before the first release; say why in the commit.
struct GoldenFiles {
  /// A stored proof of `SmallWorld`, beside the file `NAME.zkp`.
  struct StoredProof: Codable {
    var claims: String
    var correct: Int64
    /// Log2 of the row length.
    var rows: Int
    var identities: [String: String]
    /// SHA-256 of the proof.
    var proof: String
    /// Digests of the statement's parts, so that a failure says which one moved.
    var parameters: String
    var relation: String
    var trees: String
  }

  struct Contents: Codable {
    var proofs: [String: StoredProof] = [:]
    /// SHA-256 of encoded parameters of public profiles.
    var parameters: [String: String] = [:]
    /// Of the claim compiler's output: content and relation digest, by name of the example.
    var compiler: [String: CompilerOutput] = [:]
    /// Bundle identifiers of stored archives.
    var bundles: [String: String] = [:]
  }

  struct CompilerOutput: Codable, Equatable {
    var content: String
    var relation: String
  }

  static var isWriting: Bool { ProcessInfo.processInfo.environment["ZKMLOPS_WRITE_GOLDEN"] != nil }
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")

  static func bytes(_ name: String) throws -> [UInt8] {
    guard let url = Bundle.module.url(forResource: "Golden", withExtension: nil) else { throw CocoaError(.fileNoSuchFile) }
    return Array(try Data(contentsOf: url.appendingPathComponent(name)))
  }

  static func contents() throws -> Contents { try JSONDecoder().decode(Contents.self, from: Data(try bytes("golden.json"))) }

  /// Writes a file of the source folder.
  static func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: sources.appendingPathComponent(name)) }

  /// Changes the index in the source folder.
  static func update(_ change: (inout Contents) -> Void) throws {
    let url = sources.appendingPathComponent("golden.json")
    var contents = (try? JSONDecoder().decode(Contents.self, from: Data(contentsOf: url))) ?? Contents()
    change(&contents)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (encoder.encode(contents) + Data("\n".utf8)).write(to: url)
  }
}
