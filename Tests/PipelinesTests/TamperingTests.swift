import Evidence
import Foundation
import Hashing
import Pipelines
import Testing

/// The parts of a bundle, to be put together again with a part exchanged: all digests are right again afterwards.
struct Rebuilt {
  var profile: String
  var artefacts: [ManifestArtefact]
  var edges: [ManifestEdge]
  var proof: [UInt8]
  var claims: [BundleDraft.Claim]
  var order: [String]

  init(_ bundle: EvidenceBundle) throws {
    let manifest = bundle.manifest
    let entry = try #require(manifest.proofs.first)
    profile = manifest.profile
    artefacts = manifest.artefacts
    edges = manifest.edges
    proof = try #require(bundle.proofs[entry.digest])
    claims = try entry.claims.map { BundleDraft.Claim(name: $0, file: try #require(bundle.claims[$0])) }
    order = entry.artefacts
  }

  func bundle() throws -> EvidenceBundle {
    var draft = BundleDraft(profile: profile, created: .now, toolVersion: "0.1.0")
    for artefact in artefacts { draft.add(artefact) }
    for edge in edges { draft.add(edge) }
    draft.add(proof: proof, claims: claims, artefacts: order)
    return try draft.bundle()
  }

  /// The error of verification.
  func rejection() throws -> VerificationError? {
    let bundle = try bundle()
    do {
      _ = try BundleVerifier.verify(bundle)
      return nil
    } catch { return error }
  }

  /// Changes one claim's statement; its disclosures are made to fit by `disclosing`.
  mutating func alter(_ name: String, _ path: [String], to value: JSONValue, disclosing: ((inout [Disclosure]) -> Void)? = nil) {
    guard let index = claims.firstIndex(where: { $0.name == name }) else { return }
    claims[index].file.statement = Self.setting(claims[index].file.statement, path[...], value)
    disclosing?(&claims[index].file.discloses)
  }

  private static func setting(_ value: JSONValue, _ path: ArraySlice<String>, _ new: JSONValue) -> JSONValue {
    guard let key = path.first else { return new }
    guard case .object(let object) = value else { return value }
    return .object(object.setting(key, to: setting(object[key] ?? .null, path.dropFirst(), new)))
  }
}

extension VerificationError {
  var isProof: Bool { if case .proof = self { true } else { false } }
}

@Suite("Exchanged parts of a bundle") struct TamperingTests {
  let project: Project
  let honest: Rebuilt

  init() throws {
    project = try Project(PipelineText(accuracy: "{atLeast: 0.5}"))
    try project.run()
    honest = try Rebuilt(try project.bundle())
  }

  @Test("put together again unchanged, it verifies") func unchanged() throws { #expect(try honest.rejection() == nil) }

  @Test("a higher threshold is rejected") func threshold() throws {
    var parts = honest
    parts.alter("accuracy", ["atLeast"], to: 9) { $0[0].value = "9 or more of 16" }
    #expect(try #require(try parts.rejection()).isProof)
    parts.alter("accuracy", ["atLeast"], to: 7) { $0[0].value = "7 or more of 16" }
    #expect(try #require(try parts.rejection()).isProof)
  }

  @Test("a statement changed without its disclosures is rejected for that") func disclosures() throws {
    var parts = honest
    parts.alter("accuracy", ["atLeast"], to: 9)
    #expect(try parts.rejection() == .disclosure(claim: "accuracy"))
    parts = honest
    parts.claims[5].file.discloses.removeAll()
    #expect(try parts.rejection() == .disclosure(claim: parts.claims[5].name))
  }

  @Test("another labels column is rejected") func swappedLabels() throws {
    var parts = honest
    parts.alter("accuracy", ["labels"], to: .object(["artefact": "predictions", "column": "prediction"]))
    #expect(try parts.rejection() != nil)
    parts = honest
    parts.alter("accuracy", ["predictions"], to: .object(["artefact": "test", "column": "approved"]))
    #expect(try parts.rejection() != nil)
  }

  @Test("every flipped bit of 200 sampled bytes of the proof is rejected") func proofBytes() throws {
    for index in stride(from: 0, to: honest.proof.count, by: honest.proof.count / 200) {
      var parts = honest
      parts.proof[index] ^= UInt8(1 << (index % 8))
      #expect(try #require(try parts.rejection()).isProof, "byte \(index)")
    }
    var parts = honest
    parts.proof.removeLast()
    #expect(try #require(try parts.rejection()).isProof)
    parts.proof += [0, 0]
    #expect(try #require(try parts.rejection()).isProof)
  }

  @Test("the claims of one proof under other names are rejected") func replay() throws {
    var parts = honest
    parts.claims[3].name = "another-name"
    #expect(try #require(try parts.rejection()).isProof)
    parts = honest
    parts.claims.swapAt(0, 1)
    #expect(try #require(try parts.rejection()).isProof)
  }

  @Test("artefacts in another order are rejected") func artefactOrder() throws {
    var parts = honest
    parts.order.swapAt(0, 1)
    #expect(try #require(try parts.rejection()).isProof)
  }

  @Test("the proof of another bundle is rejected") func otherProof() throws {
    try project.run("other")
    var parts = honest
    parts.proof = try Rebuilt(try project.bundle("other")).proof
    // The same claims over the same commitments: the proof is as good.
    #expect(try parts.rejection() == nil)
    let stranger = try Project(PipelineText(accuracy: "{atLeast: 0.5}"))
    try stranger.run()
    parts.proof = try Rebuilt(try stranger.bundle()).proof
    #expect(try #require(try parts.rejection()).isProof)
  }

  @Test("another commitment in an artefact's place is rejected") func swappedArtefact() throws {
    let stranger = try Project(PipelineText(accuracy: "{atLeast: 0.5}"))
    try stranger.run()
    let other = try Rebuilt(try stranger.bundle())
    for index in honest.artefacts.indices {
      var parts = honest
      #expect(parts.artefacts[index].name == other.artefacts[index].name)
      parts.artefacts[index] = other.artefacts[index]
      #expect(try #require(try parts.rejection()).isProof)
    }
  }

  @Test("the same root under another schema is rejected") func otherSchema() throws {
    var parts = honest
    let text = JSONValue.object(parts.artefacts[0].format).canonicalText.replacingOccurrences(of: "\"no\",\"yes\"", with: "\"yes\",\"no\"")
    guard case .object(let format) = try JSONParser.parse(Array(text.utf8)) else { return }
    #expect(format != parts.artefacts[0].format)
    parts.artefacts[0].format = format
    #expect(try parts.rejection() == .identity(artefact: "test"))
    parts.artefacts[0].identity = try parts.artefacts[0].recomputedIdentity()
    #expect(try parts.rejection() != nil)
    parts = honest
    guard
      case .object(let narrower) = try JSONParser.parse(
        Array(JSONValue.object(parts.artefacts[0].format).canonicalText.replacingOccurrences(of: "[0,120]", with: "[0,100]").utf8))
    else { return }
    parts.artefacts[0].format = narrower
    parts.artefacts[0].identity = try parts.artefacts[0].recomputedIdentity()
    #expect(try parts.rejection() != nil)
  }

  @Test("claims on an artefact without its claim of well-formedness are rejected") func missingWellFormed() throws {
    for name in ["test", "model", "predictions"] {
      var parts = honest
      parts.claims.removeAll { $0.name == "\(name)-well-formed" }
      guard case .wellFormednessMissing(_, let artefact)? = try parts.rejection() else {
        Issue.record("not rejected for \(name)")
        continue
      }
      #expect(artefact == name)
    }
  }

  @Test("an edge that no claim establishes is rejected") func inventedEdge() throws {
    var parts = honest
    parts.edges.append(ManifestEdge(.trainedOn, from: "model", to: "test"))
    #expect(try parts.rejection() == .edgeNotEstablished(ManifestEdge(.trainedOn, from: "model", to: "test")))
  }

  @Test("another profile is rejected") func otherProfile() throws {
    for profile in ["P100", "P64", "p128"] {
      var parts = honest
      parts.profile = profile
      #expect(try #require(try parts.rejection()).isProof)
    }
  }

  @Test("changed class counts and published answers are rejected") func publicValues() throws {
    var parts = honest
    guard case .array(let counts)? = JSONValue.member(parts.claims, "class-counts", "counts"), case .integer(let first)? = counts.first else {
      Issue.record("no counts")
      return
    }
    parts.alter("class-counts", ["counts"], to: [.integer(first + 1), .integer(16 - first - 1)]) {
      $0[0].value = "\(first + 1) no, \(16 - first - 1) yes"
    }
    #expect(try #require(try parts.rejection()).isProof)
    let open = try Project(PipelineText(accuracy: "none", predictions: "public"))
    try open.run()
    var published = try Rebuilt(try open.bundle())
    guard case .object(let outputs)? = JSONValue.member(published.claims, "published-predictions", "outputs"),
      case .object(let binding)? = outputs["prediction"], case .array(var values)? = binding["published"], case .integer(let value)? = values.first
    else {
      Issue.record("no published values")
      return
    }
    values[0] = .integer(1 - value)
    published.alter("published-predictions", ["outputs", "prediction", "published"], to: .array(values)) { list in
      let names = values.map { $0 == .integer(1) ? "yes" : "no" }
      for index in list.indices where list[index].field == "prediction" { list[index].value = names.joined(separator: ", ") }
    }
    #expect(try #require(try published.rejection()).isProof)
  }
}

extension JSONValue {
  static func member(_ claims: [BundleDraft.Claim], _ name: String, _ key: String) -> JSONValue? {
    guard case .object(let object)? = claims.first(where: { $0.name == name })?.file.statement else { return nil }
    return object[key]
  }
}
