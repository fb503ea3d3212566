import Evidence
import Foundation
import Hashing

/// A claim type for tests that says of itself what it means: the statement is the description.
///
/// Its "proof" is the digest of everything a proof must bind, so that any change to claims, artefacts, their order or the proof is noticed.
final class ExampleChecker: ClaimChecker {
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var verifiedProofs = 0

  static func identity(_ artefact: ManifestArtefact) -> String {
    var bound = artefact
    bound.name = ""
    bound.role = ""
    bound.identity = ""
    return SHA256.hash(bound.json.canonicalBytes).hex
  }

  static func proof(_ claims: [NamedClaim], _ artefacts: [ManifestArtefact], _ profile: String) -> [UInt8] {
    let bound: JSONValue = [
      .string(profile), .array(claims.map { [.string($0.type), $0.statement] }), .array(artefacts.map { .string($0.identity) }),
    ]
    return Array("PROOF".utf8) + SHA256.hash(bound.canonicalBytes).bytes
  }

  func identity(of artefact: ManifestArtefact) throws -> String {
    if artefact.kind == "impossible" { throw Refusal(description: "no such kind\u{1b}[2J") }
    return Self.identity(artefact)
  }

  func describe(_ claim: NamedClaim, artefacts: [ManifestArtefact]) throws -> ClaimDescription {
    let fields = try JSONNode(claim.statement).fields(["uses"], optional: ["edge", "rows", "correct", "classes", "counts", "atLeast"])
    let uses = try fields.node("uses").elements().map { try $0.string() }
    var description = ClaimDescription(
      uses: uses, shows: ["\(claim.type) holds for \(uses.joined(separator: ", "))."], doesNotShow: ["That the data are true."],
      discloses: uses.map { Disclosure("values of \($0)", .hidden) })
    if claim.type == ClaimDescription.wellFormedType { description.duties = [.dataGovernance] }
    if let edge = fields.optional("edge"), uses.count == 2, let kind = ManifestEdge.Kind(rawValue: try edge.string()) {
      description.establishes = [ManifestEdge(kind, from: uses[0], to: uses[1])]
    }
    if let rows = fields.optional("rows"), let correct = fields.optional("correct") {
      try addAccuracy(rows: rows.integer(), correct: correct.integer(), fields, to: &description)
    }
    return description
  }

  private func addAccuracy(rows: Int, correct: Int, _ fields: JSONFields, to description: inout ClaimDescription) throws {
    description.duties = [.testing, .accuracy]
    description.discloses += [Disclosure("number of test rows", .exact, value: String(rows))]
    description.doesNotShow += ["Accuracy on other or future rows.", "How many models were tried on these rows."]
    var baseline: MajorityBaseline?
    if let names = fields.optional("classes"), let table = fields.optional("counts") {
      let classes = try names.elements().map { try $0.string() }
      let counts = try table.elements().map { row in try row.elements().map { cell in try cell.integer() } }
      guard let matrix = ConfusionMatrix(classes: classes, counts: counts) else { throw Refusal(description: "not a matrix") }
      description.figures.append(.confusionMatrix(matrix))
      description.discloses.append(Disclosure("confusion matrix", .exact, value: "\(counts)"))
      baseline = MajorityBaseline(classCounts: matrix.classCounts)
    }
    let extent: AccuracyFigure.Extent = fields.optional("atLeast") == nil ? .exact : .atLeast
    guard let accuracy = AccuracyFigure(correct: correct, total: rows, extent: extent, baseline: baseline) else {
      throw Refusal(description: "counts do not fit")
    }
    description.figures.insert(.accuracy(accuracy), at: 0)
    description.discloses.append(Disclosure("rows predicted correctly", extent == .exact ? .exact : .bounded, value: "\(correct) of \(rows)"))
  }

  func verify(_ claims: [NamedClaim], over artefacts: [ManifestArtefact], profile: String, proof: [UInt8]) throws -> ProofSummary {
    verifiedProofs += 1
    guard proof == Self.proof(claims, artefacts, profile) else { throw Refusal(description: "digest mismatch") }
    return ProofSummary(soundnessBits: 128, field: "Goldilocks, cubic extension", relationDigest: String(repeating: "ab", count: 32))
  }
}

/// Builds bundles for tests.
struct ExampleBundle {
  var artefacts: [ManifestArtefact]
  var edges: [ManifestEdge]
  /// Proofs as lists of claims (name, type, statement) and artefact names.
  var proofs: [(claims: [NamedClaim], artefacts: [String])]
  var profile = "P128"

  static func artefact(_ name: String, kind: String, role: String, tensors: [(String, [Int])]) -> ManifestArtefact {
    var artefact = ManifestArtefact(
      name: name, kind: kind, role: role, identity: "", root: SHA256.hash(Array(name.utf8)).hex,
      format: JSONObject([("columns", ["age", "größe"]), ("rows", 700)]),
      tensors: tensors.map { .init(name: $0.0, logDimensions: $0.1) }, code: .init(m: 6, p: 40, logN: 8))
    artefact.identity = ExampleChecker.identity(artefact)
    return artefact
  }

  static func claim(_ name: String, _ type: String, _ statement: [String: JSONValue]) -> NamedClaim {
    NamedClaim(name: name, type: type, statement: .object(statement))
  }

  /// Four artefacts, two proofs, six claims.
  static var credit: ExampleBundle {
    ExampleBundle(
      artefacts: [
        artefact("test", kind: "table", role: "testSet", tensors: [("features", [8, 6]), ("labels", [8])]),
        artefact("model", kind: "model", role: "model", tensors: [("weights", [6, 1])]),
        artefact("predictions", kind: "table", role: "predictions", tensors: [("class", [8])]),
        artefact("train", kind: "table", role: "trainingSet", tensors: [("features", [10, 6])]),
      ],
      edges: [
        ManifestEdge(.predictedBy, from: "predictions", to: "model"), ManifestEdge(.derivedFrom, from: "predictions", to: "test"),
        ManifestEdge(.trainedOn, from: "model", to: "train"),
      ],
      proofs: [
        (
          [
            claim("test-well-formed", "wellFormed", ["uses": ["test"]]),
            claim("rest-well-formed", "wellFormed", ["uses": ["model", "predictions", "train"]]),
            claim("training", "training", ["uses": ["model", "train"], "edge": "trainedOn"]),
          ], ["test", "model", "predictions", "train"]
        ),
        (
          [
            claim("inference", "inference", ["uses": ["predictions", "model"], "edge": "predictedBy"]),
            claim("rows", "inference", ["uses": ["predictions", "test"], "edge": "derivedFrom"]),
            claim(
              "accuracy", "accuracy",
              [
                "uses": ["test", "predictions"], "rows": 300, "correct": 226, "classes": ["good <b>&amp;", "bad\u{202e}"],
                "counts": [[180, 30], [44, 46]],
              ]),
          ], ["model", "test", "predictions"]
        ),
      ])
  }

  /// The parts as a draft, with honest proofs and claim files; `alter` can spoil a claim file.
  func draft(altering alter: (NamedClaim, inout ClaimFile) -> Void = { _, _ in }) throws -> BundleDraft {
    let checker = ExampleChecker()
    let created = Timestamp("2026-11-22T17:39:00Z") ?? .now
    var draft = BundleDraft(profile: profile, created: created, toolVersion: "0.1.0")
    for artefact in artefacts { draft.add(artefact) }
    for edge in edges { draft.add(edge) }
    for (claims, names) in proofs {
      let opened = names.compactMap { name in artefacts.first { $0.name == name } }
      let files = try claims.map { claim in
        let description = try checker.describe(claim, artefacts: opened)
        var file = ClaimFile(type: claim.type, statement: claim.statement, discloses: description.discloses)
        alter(claim, &file)
        return BundleDraft.Claim(name: claim.name, file: file, subjects: description.uses)
      }
      draft.add(proof: ExampleChecker.proof(claims, opened, profile), claims: files, artefacts: names)
    }
    return draft
  }

  func bundle() throws -> EvidenceBundle { try draft().bundle() }
}

/// A directory that is removed at the end of its life.
final class TemporaryDirectory {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("evidence-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file below the directory, with the folders above it.
  func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// Names in the directory, sorted.
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}
