import Evidence
import Foundation
import Hashing
import Pipelines
import Testing

@Suite("Bundles made to cost or confuse a verifier") struct HostileBundleTests {
  let honest: Rebuilt

  init() throws {
    let project = try Project()
    try project.run()
    honest = try Rebuilt(try project.bundle())
  }

  private func artefact(_ format: [String: JSONValue], kind: String = "table", m: Int = 22, columns: Int = 1, bits: Int) throws -> ManifestArtefact {
    let tensors = (0..<columns).map { ManifestArtefact.Tensor(name: "c\($0)", logDimensions: [bits]) }
    return ManifestArtefact(
      name: "big", kind: kind, role: "x", identity: String(repeating: "0", count: 64), root: String(repeating: "0", count: 64),
      format: JSONObject(format.map { ($0.key, $0.value) }), tensors: tensors, code: .init(m: m, p: 1 << (m - 3), logN: m + 2))
  }

  private func column(_ name: String) -> JSONValue {
    .object(["name": .string(name), "type": "integer", "missing": "refuse", "range": [0, 1_000_000]])
  }

  @Test("sizes beyond the caps are refused before anything is built") func sizes() throws {
    let one: JSONValue = .array([column("x")])
    let many: JSONValue = .array((0..<4_000).map { column("x\($0)") })
    for candidate in [
      try artefact(["rows": .integer(1 << 40), "columns": one], bits: 40), try artefact(["rows": .integer((1 << 24) + 1), "columns": one], bits: 25),
      try artefact(["rows": .integer(1 << 24), "columns": many], columns: 4_000, bits: 24),
      try artefact(["rows": .integer(1 << 24), "columns": .array([column("x"), column("y")])], m: 11, columns: 2, bits: 24),
      try artefact(["rows": 0, "columns": one], bits: 0),
      try artefact(["rows": -1, "columns": one], bits: 0), try artefact(["rows": "1", "columns": one], bits: 0),
    ] {
      #expect(throws: StatementError.self) { try candidate.described() }
    }
  }

  @Test("a model with more weights than the caps allow is refused before its program is built") func manyWeights() throws {
    let names = (0..<1_000).map { JSONValue.string("k\($0)") }
    let wide = (0..<64).map { index -> JSONValue in
      .object(["name": .string("f\(index)"), "type": "category", "missing": "refuse", "categories": .array(names)])
    }
    let target: JSONValue = .object(["name": "t", "type": "category", "missing": "refuse", "categories": .array(names)])
    let architecture: JSONValue = .object([
      "schema": .array(wide + [target]), "features": .array((0..<64).map { .string("f\($0)") }), "featureFractionBits": 8, "target": "t",
      "task": .object(["type": "classes"]), "weightBits": 16, "weightFractionBits": 10, "scoreFractionBits": 8, "saturationBits": .null,
    ])
    let candidate = try artefact(["architecture": architecture], kind: "linear-model", bits: 26)
    do {
      _ = try candidate.described()
      Issue.record("accepted")
    } catch { guard case .tooLarge = error else { Issue.record("\(error)"); return } }
  }

  @Test("many costly claims are refused together") func manyClaims() throws {
    var parts = honest
    let inference = try #require(parts.claims.first { $0.name == "inference" })
    for index in 0..<900 { parts.claims.append(BundleDraft.Claim(name: "again-\(index)", file: inference.file)) }
    guard case .statement(_, let reason)? = try parts.rejection() else {
      Issue.record("not refused as a statement")
      return
    }
    #expect(reason.contains("too large"))
  }

  @Test("names of the proof system's own trees are refused") func reservedNames() throws {
    for name in ["aux", "mask.m11p256n13"] {
      var parts = honest
      parts.artefacts[0].name = name
      parts.order[0] = name
      parts.edges = []
      guard case .artefact(name, _)? = try parts.rejection() else {
        Issue.record("\(name) accepted")
        continue
      }
    }
  }

  @Test("unknown members, missing members and wrong kinds of statements and formats are refused") func strictness() throws {
    for index in honest.claims.indices {
      guard case .object(let statement) = honest.claims[index].file.statement else { continue }
      for member in statement.members {
        for value in [nil, JSONValue.null, 7, "x", [], .object([:])] as [JSONValue?] where value != member.value {
          var parts = honest
          parts.claims[index].file.statement = .object(statement.setting(member.key, to: value))
          #expect(try parts.rejection() != nil, "\(honest.claims[index].name).\(member.key) = \(String(describing: value))")
        }
      }
      var parts = honest
      parts.claims[index].file.statement = .object(statement.setting("extra", to: 1))
      guard case .statement? = try parts.rejection() else {
        Issue.record("an unknown member of \(honest.claims[index].name) is not refused")
        continue
      }
    }
    for index in honest.artefacts.indices {
      for member in honest.artefacts[index].format.members {
        for value in [nil, JSONValue.null, 7, "x", [], .object([:])] as [JSONValue?] {
          var parts = honest
          parts.artefacts[index].format = parts.artefacts[index].format.setting(member.key, to: value)
          #expect(try parts.rejection() != nil)
        }
      }
      var parts = honest
      parts.artefacts[index].format = parts.artefacts[index].format.setting("extra", to: 1)
      guard case .artefact? = try parts.rejection() else {
        Issue.record("an unknown member of a format is not refused")
        continue
      }
    }
  }

  @Test("other tensors and other codes are refused") func commitments() throws {
    for change in [
      { (artefact: inout ManifestArtefact) in artefact.tensors[0].logDimensions = [5] }, { $0.tensors.removeLast() }, { $0.tensors[0].name = "d" },
      { $0.code.p += 1 }, { $0.code.m += 1 }, { $0.code.logN += 1 }, { $0.kind = "linear-model" }, { $0.kind = "tensor" },
    ] {
      var parts = honest
      // In a tree of its own, so that nothing but the change is wrong with its description.
      (parts.artefacts[0].tree, parts.artefacts[0].root) = (nil, String(repeating: "1", count: 64))
      change(&parts.artefacts[0])
      guard case .artefact("test", _)? = try parts.rejection() else {
        Issue.record("accepted")
        continue
      }
    }
  }

  @Test("every statement comes back from its own JSON") func roundTrip() throws {
    for claim in honest.claims {
      let statement = try ClaimJSON.read(type: claim.file.type, JSONNode(claim.file.statement))
      #expect(ClaimJSON.type(statement) == claim.file.type)
      #expect(ClaimJSON.value(statement) == claim.file.statement)
    }
  }
}
