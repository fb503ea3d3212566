import Evidence
import Hashing
import Testing

@Suite("Manifest")
struct ManifestTests {
  private let example = ExampleBundle.credit

  /// The example's manifest as JSON with one member changed, with a fresh identifier, as bytes.
  private func bytes(_ change: (inout JSONObject) -> Void) throws -> [UInt8] {
    var object = try JSONNode(example.bundle().manifest.json).object()
    change(&object)
    let body = JSONValue.object(object.setting("bundle", to: nil).setting("signatures", to: nil)).canonicalBytes
    let identifier = SHA256.hash(Array("zkmlops/bundle/v1".utf8) + [0] + body).hex
    if object["bundle"]?.kind == .string { object = object.setting("bundle", to: .string(identifier)) }
    return JSONValue.object(object).canonicalBytes
  }

  private func element(_ object: JSONObject, _ list: String, _ index: Int) throws -> JSONObject {
    try JSONNode(object[list] ?? .null).elements()[index].object()
  }

  @Test("is read back from its bytes")
  func roundTrip() throws {
    let manifest = try example.bundle().manifest
    #expect(try Manifest(fileBytes: manifest.json.canonicalBytes) == manifest)
    #expect(try Manifest(fileBytes: bytes { _ in }) == manifest)
    var next = manifest
    next.previous = manifest.bundleID
    #expect(try Manifest(fileBytes: next.json.canonicalBytes).previous == manifest.bundleID)
    #expect(next.bundleID != manifest.bundleID)
  }

  @Test("any bit of it changed, any prefix, any byte added is refused")
  func flips() throws {
    let small = ExampleBundle(
      artefacts: [example.artefacts[1]], edges: [],
      proofs: [([ExampleBundle.claim("w", "wellFormed", ["uses": ["model"]])], ["model"])])
    let bytes = try small.bundle().manifest.json.canonicalBytes
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        #expect(throws: BundleError.self) { try Manifest(fileBytes: changed) }
      }
      #expect(throws: BundleError.self) { try Manifest(fileBytes: Array(bytes.prefix(index))) }
    }
    #expect(throws: BundleError.self) { try Manifest(fileBytes: bytes + [0]) }
    #expect(throws: BundleError.manifestNotCanonical) { try Manifest(fileBytes: bytes + [0x0a]) }
    #expect(throws: BundleError.manifestNotCanonical) { try Manifest(fileBytes: small.bundle().manifest.json.prettyBytes) }
  }

  @Test("fields that are missing, unknown or of the wrong shape are named by path")
  func shapes() throws {
    func expect(_ path: String, _ problem: JSONShapeError.Problem, _ change: (inout JSONObject) -> Void) throws {
      let bytes = try bytes(change)
      #expect(throws: BundleError.shape(file: "manifest.json", JSONShapeError(problem, at: path))) { try Manifest(fileBytes: bytes) }
    }
    for key in [
      "formatVersion", "bundle", "profile", "previous", "created", "toolVersion", "artefacts", "edges", "proofs", "claims", "statements",
      "attestations", "signatures",
    ] {
      try expect("/\(key)", .missing) { $0 = $0.setting(key, to: nil) }
      try expect(
        "/\(key)",
        .kind(
          expected: [
            "formatVersion": .integer, "artefacts": .array, "edges": .array, "proofs": .array,
            "claims": .array, "statements": .array, "signatures": .array,
          ][key] ?? .string, actual: .bool)
      ) { $0 = $0.setting(key, to: true) }
    }
    try expect("/extra", .unknownField) { $0 = $0.setting("extra", to: 1) }
    try expect("/formatVersion", .notAllowed(rule: "must be in 1...1")) { $0 = $0.setting("formatVersion", to: 2) }
    try expect("/signatures/0", .kind(expected: .object, actual: .string)) { $0 = $0.setting("signatures", to: ["x"]) }
    let nameRule = "must be 1 to 80 of A-Z a-z 0-9 . _ - and begin with a letter or digit"
    for name in ["", ".", "..", "a/b", "../a", "a b", "é", String(repeating: "a", count: 81), "-a", "a\u{0}"] {
      let artefact = try element(try JSONNode(example.bundle().manifest.json).object(), "artefacts", 0).setting("name", to: .string(name))
      try expect("/artefacts/0/name", .notAllowed(rule: nameRule)) { $0 = $0.setting("artefacts", to: [.object(artefact)]) }
    }
    let claim = try element(try JSONNode(example.bundle().manifest.json).object(), "claims", 0)
    for digest in ["", "ab", String(repeating: "A", count: 64), String(repeating: "g", count: 64), String(repeating: "a", count: 65)] {
      try expect("/claims/0/digest", .notAllowed(rule: "must be a SHA-256 digest: 64 lower-case hexadecimal digits")) {
        $0 = $0.setting("claims", to: [.object(claim.setting("digest", to: .string(digest)))])
      }
    }
    try expect("/edges/0/kind", .notAllowed(rule: "must be one of derivedFrom, fittedOn, trainedOn, evaluatedOn, predictedBy, sameDataAs")) {
      $0 = $0.setting("edges", to: [.object(["kind": "inspiredBy", "from": "model", "to": "test"])])
    }
  }

  @Test("sizes that no artefact can have are refused", arguments: [(41, 0, 48), (6, -1, 8), (6, 193, 8), (6, 0, 5), (0, 0, 49)])
  func codeShape(m: Int, p: Int, logN: Int) throws {
    var manifest = try example.bundle().manifest
    manifest.artefacts[0].code = .init(m: m, p: p, logN: logN)
    #expect(throws: BundleError.self) { try Manifest(fileBytes: manifest.json.canonicalBytes) }
    manifest.artefacts[0].code = .init(m: 6, p: 192, logN: 8)
    #expect(throws: Never.self) { try Manifest(fileBytes: manifest.json.canonicalBytes) }
    manifest.artefacts[0].tensors[0].logDimensions = [30, 19]
    #expect(throws: BundleError.self) { try Manifest(fileBytes: manifest.json.canonicalBytes) }
  }

  /// The first two artefacts in rows `first` and `second` of a tree of `rows`, and of the same root.
  private func sharing(first: Int, second: Int, rows: Int) throws -> Manifest {
    var manifest = try example.bundle().manifest
    for (index, row) in [first, second].enumerated() {
      manifest.artefacts[index].tensors = [.init(name: "x", logDimensions: [7])]
      manifest.artefacts[index].root = SHA256.hash([7]).hex
      manifest.artefacts[index].tree = .init(firstRow: row, rows: rows)
    }
    return manifest
  }

  @Test("artefacts of one root lie apart in one tree; its members may be elsewhere")
  func sharedTrees() throws {
    // 2^7 values are 2 rows of 2^6.
    for (first, second, rows) in [(0, 2, 4), (2, 0, 4), (1, 5, 9)] {
      let manifest = try sharing(first: first, second: second, rows: rows)
      #expect(try Manifest(fileBytes: manifest.json.canonicalBytes) == manifest)
    }
    let names = try example.bundle().manifest.artefacts.map(\.name)
    func expect(_ problem: ManifestProblem, _ manifest: Manifest) {
      #expect(throws: BundleError.manifest(problem)) { try Manifest(fileBytes: manifest.json.canonicalBytes) }
    }
    expect(.sharedTree(names[0], names[1]), try sharing(first: 0, second: 1, rows: 4))
    expect(.sharedTree(names[1], names[0]), try sharing(first: 1, second: 0, rows: 4))
    expect(.sharedTree(names[0], names[1]), try sharing(first: 0, second: 0, rows: 4))
    expect(.treeRows(names[1]), try sharing(first: 0, second: 3, rows: 4))
    for change: (inout ManifestArtefact) -> Void in [
      { $0.tree?.rows = 5 }, { $0.tree = nil }, { $0.code = .init(m: 6, p: 41, logN: 8) },
    ] {
      var manifest = try sharing(first: 0, second: 2, rows: 4)
      change(&manifest.artefacts[0])
      expect(.sharedTree(names[0], names[1]), manifest)
    }
    for tree in [(0, 0), (-1, 4), (4, 4), (0, (1 << 14) + 1), (1 << 50, 1 << 51)] {
      var manifest = try sharing(first: 0, second: 2, rows: 4)
      manifest.artefacts[0].tree = .init(firstRow: tree.0, rows: tree.1)
      #expect(throws: BundleError.self) { try Manifest(fileBytes: manifest.json.canonicalBytes) }
    }
    let wrong: [JSONValue] = [
      .null, 3, [0, 4], .object(["firstRow": 0]), .object(["firstRow": 0, "rows": 4, "name": "x"]), .object(["firstRow": "0", "rows": 4]),
    ]
    for value in wrong {
      #expect(throws: BundleError.self) {
        try Manifest(
          fileBytes: bytes { object in
            guard let artefact = try? element(object, "artefacts", 0) else { return }
            object = object.setting("artefacts", to: [.object(artefact.setting("tree", to: value))])
          })
      }
    }
  }

  @Test("contradictions are refused")
  func contradictions() throws {
    func expect(_ problem: ManifestProblem, _ change: (inout Manifest) -> Void) throws {
      var manifest = try example.bundle().manifest
      change(&manifest)
      let bytes = manifest.json.canonicalBytes
      #expect(throws: BundleError.manifest(problem)) { try Manifest(fileBytes: bytes) }
    }
    let good = try example.bundle().manifest
    try expect(.duplicateName("MODEL")) { $0.artefacts[2].name = "MODEL" }
    try expect(.duplicateName("Test-well-formed")) { $0.claims[1].name = "Test-well-formed" }
    try expect(.duplicateName(good.proofs[0].digest)) { $0.proofs[1].digest = $0.proofs[0].digest }
    try expect(.duplicateIdentity(good.artefacts[0].identity)) { $0.artefacts[1].identity = $0.artefacts[0].identity }
    try expect(.unknownProof(claim: "test-well-formed")) { $0.claims[0].proof = String(repeating: "0", count: 64) }
    try expect(.unknownArtefact("ghost")) { $0.proofs[0].artefacts.append("ghost") }
    try expect(.duplicateName("test")) { $0.proofs[0].artefacts.append("test") }
    try expect(.unknownClaim("ghost")) { $0.proofs[0].claims.append("ghost") }
    try expect(.claimAndProof(claim: "inference")) { $0.proofs[0].claims.append("inference") }
    try expect(.claimAndProof(claim: "test-well-formed")) { $0.proofs[0].claims.append("test-well-formed") }
    try expect(.claimAndProof(claim: "training")) { $0.proofs[0].claims.removeLast() }
    try expect(.unknownArtefact("ghost")) { $0.edges.append(ManifestEdge(.derivedFrom, from: "test", to: "ghost")) }
    try expect(.duplicateEdge(from: "model", to: "train")) { $0.edges.append($0.edges[2]) }
    try expect(.cycle("test")) { $0.edges.append(ManifestEdge(.sameDataAs, from: "test", to: "test")) }
    try expect(.cycle("model")) { $0.edges.append(ManifestEdge(.derivedFrom, from: "train", to: "predictions")) }
  }

  @Test(
    "times have one written form",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
      (1_792_690_740, "2026-10-22T17:39:00Z"),
    ])
  func timestamps(seconds: Int, text: String) {
    #expect(Timestamp(secondsSince1970: seconds)?.description == text)
    #expect(Timestamp(text)?.description == text)
  }

  @Test(
    "other forms of time are refused",
    arguments: [
      "", "2026-11-22", "2026-11-22T17:39:00", "2026-11-22t17:39:00z", "2026-11-22T17:39:00+00:00", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-12-31T23:59:60Z",
      "2026-01-01T00:00:0٣Z",
    ])
  func badTimestamps(text: String) {
    #expect(Timestamp(text) == nil)
    #expect(Timestamp(secondsSince1970: 253_402_300_800) == nil)
  }
}
