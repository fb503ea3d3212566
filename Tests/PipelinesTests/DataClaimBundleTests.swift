import Claims
import Evidence
import Foundation
import Hashing
import Pipelines
import Programs
import Testing

/// Raw, training, test, parameter and prepared tables of a small project in a store.
struct DataProject {
  let folder: TemporaryFolder
  var options: Pipeline.Options { Pipeline.Options(store: folder.file("store"), output: folder.file("bundle")) }
  let tables: [String: StoredTable]
  /// Identity of the raw table's commitment.
  let identity: Digest

  static let nonce = Nonce(bytes: Array("round 1".utf8), source: .auditor)
  static let counts: [[Int64]] = [[0, 0], [0, 0]]
  static let rule = SplitRule.stratified(nonce, column: "class", numerator: 1, denominator: 4, counts: counts)
  static let fit = FitSpecification([
    FittedParameter(column: "amount", kind: .mean(scale: 4)), FittedParameter(column: "amount", kind: .standardDeviation(scale: 4)),
    .median("age", scale: 1), FittedParameter(column: "job", kind: .seen),
  ])
  static let transform = TransformSpecification([
    .copy("class"),
    ColumnTransform(
      name: "amount", source: "amount", steps: [.standardise("amount", scale: 4, limit: .saturate(IntegerRange(-80_000...80_000)))]),
    ColumnTransform(name: "age", source: "age", steps: [.impute(.parameter("age.median"))]),
    ColumnTransform(name: "job", source: "job", steps: [.oneHot(unseen: .zeros)]),
  ])

  static func raw() throws -> StoredTable {
    let schema = try TableSchema(columns: [
      TableColumn(name: "id", type: .integer(IntegerRange(0...999)), roles: [.key]),
      TableColumn(name: "amount", type: .decimal(scale: 2, range: IntegerRange(0...99_999))),
      TableColumn(name: "age", type: .integer(IntegerRange(0...120)), missing: .presence),
      TableColumn(name: "class", type: .category(["bad", "good"])), TableColumn(name: "job", type: .category(["clerk", "farmer", "nurse"])),
    ])
    let rows = Array(Int64(0)..<40)
    let present = rows.map { $0 % 5 == 0 ? Int64(0) : 1 }
    return try StoredTable(
      schema: schema,
      columns: [
        rows.map { $0 * 17 % 997 }, rows.map { $0 * 7_919 % 99_991 }, zip(rows, present).map { $1 * (20 + $0) }, present,
        rows.map { $0 % 3 == 0 ? 0 : 1 }, rows.map { $0 % 2 },
      ])
  }

  /// - Parameter altering: changes the tables between computing and committing them.
  init(altering change: (inout [String: StoredTable]) throws -> Void = { _ in }) throws {
    folder = try TemporaryFolder()
    let options = Pipeline.Options(store: folder.file("store"), output: folder.file("bundle"))
    let raw = try Self.raw()
    identity = try #require(try TableCommitments.commit([("raw", raw)], openings: 2, options: options)["raw"])
    // Classes of 14 and 26 rows: 4 and 7 of them in the second part (3.5 and 6.5, halves up).
    let rule = SplitRule.stratified(Self.nonce, column: "class", numerator: 1, denominator: 4, counts: [[10, 4], [19, 7]])
    let rows = SplitClaim.rows(rule, identity: identity, sizes: [29, 11], table: raw)
    let (train, test) = (raw.selecting(rows: rows[0]), raw.selecting(rows: rows[1]))
    let parameters = try Self.fit.fit(train)
    var tables = [
      "train": train, "test": test, "parameters": parameters, "prepared": try Self.transform.transform(train, parameters: parameters),
      "prepared-test": try Self.transform.transform(test, parameters: parameters),
    ]
    try change(&tables)
    _ = try TableCommitments.commit(tables.keys.sorted().map { ($0, tables[$0] ?? raw) }, openings: 2, options: options)
    tables["raw"] = raw
    self.tables = tables
  }

  static let requests: [(name: String, request: ClaimRequest)] = [
    ("split", .data(.split(SplitClaim(table: "raw", parts: ["train", "test"], rule: rule)))),
    (
      "statistics",
      .data(
        .statistics(
          StatisticsClaim(
            table: "train",
            statistics: [
              .sum(column: "amount", .revealed(0)), .sumOfSquares(column: "amount", centre: 50_000, .revealed(0)),
              .missing(column: "age", .within(IntegerRange(0...15))), .order(column: "amount", rank: 0, present: 0, .revealed(0)),
              .histogram(column: "age", edges: [0, 30, 50, 121], counts: []), .pairs(first: "job", second: "class", counts: []),
            ])))
    ),
    ("fit", .data(.fit(FitClaim(table: "train", parameters: "parameters", specification: fit)))),
    ("prepare", .data(.transform(TransformClaim(input: "train", parameters: "parameters", output: "prepared", specification: transform)))),
    (
      "prepare-test",
      .data(.transform(TransformClaim(input: "test", parameters: "parameters", output: "prepared-test", specification: transform)))
    ),
    ("disjoint", .data(.disjoint(DisjointClaim(tables: ["train", "test"], columns: ["id"], distinctCount: 0)))),
    ("anonymity", .data(.anonymity(AnonymityClaim(table: "raw", quasiIdentifiers: ["job", "class"], minimum: 5, classCount: 0)))),
  ]

  @discardableResult func prove(_ requests: [(name: String, request: ClaimRequest)] = DataProject.requests) throws -> SingleProofs.Result {
    try SingleProofs.prove(requests, options: options)
  }
}

@Suite("Bundles with claims about data") struct DataClaimBundleTests {
  let honest: Rebuilt
  let report: VerificationReport

  init() throws {
    let project = try DataProject()
    try project.prove()
    let bundle = try BundleReader.read(project.folder.file("bundle"))
    report = try BundleVerifier.verify(bundle)
    honest = try Rebuilt(bundle)
  }

  @Test("from a store to a bundle that verifies, with lineage, words and numbers") func endToEnd() throws {
    #expect(try honest.rejection() == nil)
    #expect(
      report.claims.map(\.entry.type).filter { $0 != "wellFormed" } == [
        "split", "statistics", "fit", "transform", "transform", "disjoint", "anonymity",
      ])
    #expect(
      Set(report.manifest.edges) == [
        .init(.derivedFrom, from: "train", to: "raw"), .init(.derivedFrom, from: "test", to: "raw"),
        .init(.fittedOn, from: "parameters", to: "train"), .init(.derivedFrom, from: "prepared", to: "train"),
        .init(.derivedFrom, from: "prepared", to: "parameters"), .init(.derivedFrom, from: "prepared-test", to: "test"),
        .init(.derivedFrom, from: "prepared-test", to: "parameters"),
      ])
    let text = report.text
    for part in [
      "bad: 10 in train, 4 in test; good: 19 in train, 7 in test", "amount: mean ", "standard deviation ",
      "No combination of id occurs in two of the tables",
      "5-anonymity", "were fitted on train", "different keys of train, test: 40",
    ] { #expect(text.contains(part), "\(part)") }
  }

  @Test("every statement comes back from its own JSON") func roundTrip() throws {
    for claim in honest.claims {
      let statement = try ClaimJSON.read(type: claim.file.type, JSONNode(claim.file.statement))
      #expect(ClaimJSON.type(statement) == claim.file.type && ClaimJSON.value(statement) == claim.file.statement)
    }
  }

  @Test("an altered value is rejected, with disclosures that fit it and without") func alteredValue() throws {
    func index(_ name: String) throws -> Int { try #require(honest.claims.firstIndex { $0.name == name }) }
    func altered(_ name: String, _ old: String, _ new: String) throws -> Rebuilt {
      var parts = honest
      let place = try index(name)
      let text = parts.claims[place].file.statement.canonicalText
      #expect(text.contains(old))
      parts.claims[place].file.statement = try JSONParser.parse(Array(text.replacingOccurrences(of: old, with: new).utf8))
      return parts
    }
    func redisclosed(_ parts: Rebuilt) throws -> Rebuilt {
      var parts = parts
      let statements = try parts.claims.map { ($0.name, try ClaimJSON.read(type: $0.file.type, JSONNode($0.file.statement))) }
      let artefacts = try parts.artefacts.map { try $0.described() }
      for (place, description) in try ClaimFiles.descriptions(statements, artefacts: artefacts).enumerated() {
        parts.claims[place].file.discloses = description.discloses
      }
      return parts
    }
    #expect(try redisclosed(honest).rejection() == nil)
    for (name, old, new) in [
      ("split", "[10,4]", "[9,5]"), ("split", "[10,4],[19,7]", "[11,4],[18,7]"), ("split", "\"auditor\"", "\"prover\""), ("split", "726f", "726e"),
      ("split", "[1,4]", "[1,5]"), ("split", "[\"train\",\"test\"]", "[\"test\",\"train\"]"), ("statistics", "\"centre\":50000", "\"centre\":50001"),
      ("statistics", "[0,15]", "[0,3]"), ("statistics", "[0,30,50,121]", "[0,31,50,121]"), ("statistics", "\"rank\":0", "\"rank\":1"),
      ("statistics", "\"table\":\"train\"", "\"table\":\"raw\""), ("fit", "\"age\":2", "\"age\":3"),
      ("fit", "{\"mean\":\"amount\",\"scale\":4}", "{\"mean\":\"amount\",\"scale\":3}"),
      ("fit", "\"table\":\"train\"", "\"table\":\"raw\""), ("prepare", "80000", "70000"), ("prepare", "\"zeros\"", "\"error\""),
      ("prepare", "\"amount.mean\"", "\"age.median\""), ("prepare-test", "\"input\":\"test\"", "\"input\":\"train\""),
      ("disjoint", "\"distinct\":40", "\"distinct\":39"), ("disjoint", "[\"id\"]", "[]"), ("anonymity", "\"minimum\":5", "\"minimum\":6"),
      ("anonymity", "\"classes\":4", "\"classes\":3"), ("anonymity", "[\"job\",\"class\"]", "[\"job\"]"),
    ] {
      let parts = try altered(name, old, new)
      #expect(try parts.rejection() != nil, "\(name): \(new)")
      // With disclosures that fit the statement, it is the proof that does not.
      if let whole = try? redisclosed(parts) { #expect(try whole.rejection() != nil, "\(name): \(new)") }
    }
    var parts = try redisclosed(try altered("anonymity", "\"minimum\":5", "\"minimum\":4"))
    // A weaker claim than the one that was proved is another claim.
    #expect(try #require(try parts.rejection()).isProof)
    parts = try redisclosed(try altered("statistics", "[0,15]", "[0,16]"))
    #expect(try #require(try parts.rejection()).isProof)
  }

  @Test("edges to other artefacts, of another kind or backwards are rejected") func edges() throws {
    for wrong in [
      ManifestEdge(.fittedOn, from: "parameters", to: "raw"), .init(.fittedOn, from: "parameters", to: "test"),
      .init(.derivedFrom, from: "prepared", to: "raw"), .init(.derivedFrom, from: "prepared-test", to: "train"),
      .init(.fittedOn, from: "prepared", to: "train"), .init(.derivedFrom, from: "parameters", to: "train"),
      .init(.trainedOn, from: "parameters", to: "train"),
    ] {
      var parts = honest
      parts.edges.append(wrong)
      #expect(try parts.rejection() == .edgeNotEstablished(wrong))
    }
  }

  @Test("a claim taken out of the bundle takes its edges and its proof with it") func removed() throws {
    for name in ["split", "fit", "prepare"] {
      var parts = honest
      parts.claims.removeAll { $0.name == name }
      guard case .edgeNotEstablished? = try parts.rejection() else {
        Issue.record("\(name): its edges stay")
        continue
      }
      parts.edges = []
      #expect(try #require(try parts.rejection()).isProof)
    }
    var parts = honest
    let index = try #require(parts.claims.firstIndex { $0.file.type == "wellFormed" && $0.file.statement.canonicalText.contains("\"prepared\"") })
    parts.claims.remove(at: index)
    #expect(try parts.rejection() == .wellFormednessMissing(claim: "prepare", artefact: "prepared"))
  }

  @Test("artefacts exchanged under a claim are rejected") func exchanged() throws {
    var parts = honest
    let (train, prepared) = try (
      #require(parts.artefacts.firstIndex { $0.name == "prepared" }), #require(parts.artefacts.firstIndex { $0.name == "prepared-test" })
    )
    parts.artefacts[train].name = "prepared-test"
    parts.artefacts[prepared].name = "prepared"
    #expect(try parts.rejection() != nil)
  }
}

@Suite("Claims about data that are asked for in vain") struct DataClaimRefusalTests {
  private func refused(_ problem: PipelineError.Problem, _ requests: [(name: String, request: ClaimRequest)], _ project: DataProject) throws {
    #expect {
      try project.prove(requests)
    } throws: { error in (error as? PipelineError)?.problem == problem }
    #expect(!FileManager.default.fileExists(atPath: project.folder.file("bundle")))
  }

  @Test("a table that is not what the claim says stops the proof before it is made", arguments: ["train", "test", "parameters", "prepared"])
  func altered(_ name: String) throws {
    let project = try DataProject { tables in
      guard let table = tables[name] else { return }
      var columns = table.columns
      columns[1][0] = columns[1][0] == 0 ? 1 : columns[1][0] - 1
      tables[name] = try StoredTable(schema: table.schema, columns: columns)
    }
    try refused(.claimDoesNotFit, DataProject.requests, project)
  }

  @Test("bounds that the data do not meet are told as such") func bounds() throws {
    let project = try DataProject()
    try refused(
      .belowThreshold, [("k", .data(.anonymity(AnonymityClaim(table: "raw", quasiIdentifiers: ["id"], minimum: 2, classCount: 0))))], project)
    try refused(
      .belowThreshold,
      [("s", .data(.statistics(StatisticsClaim(table: "raw", statistics: [.sum(column: "amount", .within(IntegerRange(0...1)))]))))], project)
    #expect(throws: ProgramError.self) {
      try project.prove([("d", .data(.disjoint(DisjointClaim(tables: ["train", "raw"], columns: ["id"], distinctCount: 0))))])
    }
    try refused(
      .claimDoesNotFit, [("s", .data(.statistics(StatisticsClaim(table: "raw", statistics: [.sum(column: "none", .revealed(0))]))))], project)
  }

  /// All nine claims and all rules of splits. When golden files are written, the bundle becomes the one that the tests of compatibility and the
  /// second verifier read.
  @Test("filters, duplicates, joins and the other splits are proved from the store too") func others() throws {
    let project = try DataProject()
    let raw = try DataProject.raw()
    let conditions: [RowCondition] = [.within(column: "amount", IntegerRange(10_000...60_000)), .present(column: "age")]
    let narrow = try StoredTable(schema: try TableSchema(columns: Array(raw.schema.columns[3...])), columns: Array(raw.columns[4...]))
    let names = try StoredTable(
      schema: try TableSchema(columns: [raw.schema.columns[4], TableColumn(name: "code", type: .integer(IntegerRange(0...9)))]),
      columns: [[2, 0, 1], [7, 8, 9]])
    var tables: [(name: String, table: StoredTable)] = [
      ("filtered", raw.selecting(rows: try FilterClaim.rows(conditions, raw))), ("narrow", narrow),
      ("distinct", narrow.selecting(rows: DeduplicateClaim.rows(narrow))), ("names", names), ("joined", try JoinClaim.joined(raw, names, key: "job")),
    ]
    let dated = Nonce(bytes: [1, 2, 3], source: .dated("2026-01-21T12:00:00Z"))
    let rules: [(name: String, rule: SplitRule, sizes: [Int])] = [
      ("random", .random(dated), [20, 13, 7]), ("cutoff", .cutoff(column: "amount", from: 40_000), [1, 1]),
      (
        "groups",
        .groups(Nonce(bytes: [], source: .prover), column: "job", numerator: 1, denominator: 2, groups: Set(raw.values("job") ?? []).count), [1, 1]
      ),
    ]
    var splits: [(name: String, request: ClaimRequest)] = []
    for (name, rule, sizes) in rules {
      let rows = SplitClaim.rows(rule, identity: project.identity, sizes: sizes, table: raw)
      tables += rows.enumerated().map { ("\(name)-\($0)", raw.selecting(rows: $1)) }
      splits.append((name, .data(.split(SplitClaim(table: "raw", parts: rows.indices.map { "\(name)-\($0)" }, rule: rule)))))
    }
    _ = try TableCommitments.commit(tables, openings: 2, options: project.options)
    let result = try project.prove(
      DataProject.requests + splits + [
        ("filter", .data(.filter(FilterClaim(table: "raw", output: "filtered", conditions: conditions)))),
        ("deduplicate", .data(.deduplicate(DeduplicateClaim(table: "narrow", output: "distinct")))),
        ("join", .data(.join(JoinClaim(left: "raw", right: "names", output: "joined", key: "job")))),
      ])
    #expect(result.report.manifest.edges.count == 18)
    let words = result.report.claims.flatMap(\.description.shows).joined(separator: "\n")
    for part in [
      "of which this holds: amount is present and from 100.00 to 600.00; age is present", "holds each distinct row of narrow once",
      "the one row of names that has the same job", "before this bundle was written: compare it with its source", "without a nonce: committing again",
      "Rows with amount of 400.00 or more are in cutoff-1",
    ] { #expect(words.contains(part), "\(part)") }
    let bundle = try BundleReader.read(project.folder.file("bundle"))
    if ProcessInfo.processInfo.environment["ZKMLOPS_WRITE_GOLDEN"] != nil {
      let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      try BundleWriter.writeArchive(bundle, to: tests.appendingPathComponent("CompatibilityTests/Golden/data-claims-p128.tar").path)
      Issue.record("data-claims-p128.tar is written anew; the tests of compatibility write its identifier")
    }
  }
}
