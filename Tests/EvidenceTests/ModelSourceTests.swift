import Evidence
import Foundation
import Hashing
import Programs
import Testing

@Suite("Sources of models")
struct ModelSourceTests {
  private let file = SHA256.hash(Array("a model".utf8))

  @Test("a statement is read back, and one whose numbers do not belong together is refused")
  func statements() throws {
    let source = try #require(ModelSource(salt: [UInt8](0..<32), fileDigest: file))
    let statement = ModelSourceStatement(artefact: file.hex, source: source)
    let text = statement.json.prettyText
    #expect(try ModelSourceStatement(json: Array(text.utf8)) == statement)
    let salt = source.salt.map { String(format: "%02x", $0) }.joined()
    for (from, to) in [
      (salt, String(repeating: "0", count: 64)), (file.hex, SHA256.hash([]).hex), ("\"salt\"", "\"sold\""), (salt, "00"), ("{", "["),
    ] {
      let changed = Array(text.replacingOccurrences(of: from, with: to).utf8)
      // The identity of the artefact is also the file's digest here: both change.
      #expect(throws: RequirementError.self) { try ModelSourceStatement(json: changed) }
    }
  }

  @Test("salts have 32 bytes, and another salt gives another commitment")
  func salts() throws {
    #expect(ModelSource(salt: [1, 2, 3], fileDigest: file) == nil)
    let (first, second) = (
      ModelSource(salt: [UInt8](repeating: 1, count: 32), fileDigest: file), ModelSource(salt: [UInt8](repeating: 2, count: 32), fileDigest: file)
    )
    #expect(first?.commitment != second?.commitment)
    #expect(first?.commitment != SHA256.hash(file.bytes))
  }
}
