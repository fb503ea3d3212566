import Claims
import Evidence
import Hashing
import Programs

/// A verified bundle of a whole credit pipeline, as statements alone: source, two parts, fitted parameters, two transformed tables, a model and
/// its predictions. Tests change the claims and see what is made of them.
struct CreditWorld {
  static let nonce = Nonce(bytes: [0xab, 0xcd], source: .auditor)
  static let sexes = ["female", "male"]

  var roles: [(name: String, role: String)] = [
    ("source", "source"), ("train", "trainingSet"), ("test", "testSet"), ("parameters", "parameters"), ("train-ready", "trainingFeatures"),
    ("test-ready", "testFeatures"), ("model", "model"), ("predictions", "predictions"),
  ]
  var contents: [String: ArtefactContents] = [:]
  var claims: [(name: String, statement: ClaimStatement)] = []
  var signers: [Signer] = []
  /// What the verifier computed from a claim, by its name.
  var figures: [String: [Figure]] = [:]
  var trust = TrustedKeys.none
  var created = "2026-11-22T12:00:00Z"
  var soundnessBits = 128
  let architecture: LinearArchitecture

  static func key(_ name: String) -> String { SHA256.hash(Array(name.utf8)).hex }

  init() throws {
    let target = ColumnType.category(["bad", "good"])
    let raw = try TableSchema(columns: [
      TableColumn(name: "age", type: .integer(IntegerRange(18...75)), missing: .presence),
      TableColumn(name: "amount", type: .decimal(scale: 2, range: IntegerRange(0...2_000_000))),
      TableColumn(name: "sex", type: .category(Self.sexes)), TableColumn(name: "class", type: target),
    ])
    let ready = try TableSchema(columns: [
      TableColumn(name: "amount", type: .integer(IntegerRange(-8...8))), TableColumn(name: "class", type: target),
    ])
    let fitted = try TableSchema(columns: [TableColumn(name: "amount.mean", type: .integer(IntegerRange(0...2_000_000)))])
    architecture = try LinearArchitecture.choose(
      encoding: try FeatureEncoding(schema: ready, columns: ["amount"]), target: "class", task: .binary(positive: 1), magnitudeBits: 2)
    contents = [
      "source": .table(raw, rowCount: 1_000), "train": .table(raw, rowCount: 750), "test": .table(raw, rowCount: 250),
      "parameters": .table(fitted, rowCount: 1), "train-ready": .table(ready, rowCount: 750), "test-ready": .table(ready, rowCount: 250),
      "model": .linearModel(architecture),
      "predictions": .table(try TableSchema(columns: [TableColumn(name: "prediction", type: target)]), rowCount: 250),
    ]
    claims = roles.map { ("\($0.name)-well-formed", .wellFormed(artefact: $0.name)) }
    let none = TransformSpecification([])
    claims += [
      ("split", .data(.split(SplitClaim(table: "source", parts: ["train", "test"], rule: .random(Self.nonce))))),
      ("fit", .data(.fit(FitClaim(table: "train", parameters: "parameters", specification: FitSpecification([]))))),
      ("train-transform", .data(.transform(TransformClaim(input: "train", parameters: "parameters", output: "train-ready", specification: none)))),
      ("test-transform", .data(.transform(TransformClaim(input: "test", parameters: "parameters", output: "test-ready", specification: none)))),
      (
        "inference",
        .inference(model: "model", input: .table("test-ready"), outputs: ["prediction": .committed(artefact: "predictions", column: "prediction")])
      ),
      (
        "accuracy",
        .accuracy(
          labels: .init(artefact: "test-ready", column: "class"), predictions: .init(artefact: "predictions", column: "prediction"),
          disclosure: .revealed([40, 30, 20, 160]))
      ),
    ]
  }

  /// Adds a claim.
  mutating func add(_ name: String, _ claim: DataClaim) { claims.append((name, .data(claim))) }

  mutating func add(_ name: String, _ table: String, _ statistics: [Statistic]) {
    add(name, .statistics(StatisticsClaim(table: table, statistics: statistics)))
  }

  mutating func replace(_ name: String, _ statement: ClaimStatement) {
    for index in claims.indices where claims[index].name == name { claims[index].statement = statement }
  }

  /// Signs a table as its owner, known to the reader or not.
  mutating func sign(_ table: String, on date: String = "2026-11-01T00:00:00Z", trusted: Bool = true, holder: String = "City Bank") throws {
    let fingerprint = Self.key(holder)
    guard let artefact = manifest.artefacts.first(where: { $0.name == table }), let moment = Timestamp(date),
      let statement = DatasetStatement(about: artefact, name: table, purpose: "a test", date: moment)
    else { throw ExampleChecker.Refusal(description: "no table") }
    signers.append(Signer(role: .owner, fingerprint: fingerprint, subject: .dataset(artefact: table, statement)))
    if trusted { tell(holder, .owner) }
  }

  mutating func signBundle(_ role: SigningRole, trusted: Bool = true, holder: String = "ACME") {
    signers.append(Signer(role: role, fingerprint: Self.key(holder), subject: .manifest(claims: true)))
    if trusted { tell(holder, role) }
  }

  mutating func tell(_ holder: String, _ role: SigningRole) {
    trust = TrustedKeys(entries: trust.entries + [.init(fingerprint: Self.key(holder), name: holder, role: role)])
  }

  var manifest: Manifest {
    let digest = Self.key("proof")
    return Manifest(
      profile: "P128", created: Timestamp(created) ?? .now, toolVersion: "0.1.0",
      artefacts: roles.map { name, role in
        var artefact = ExampleBundle.artefact(name, kind: name == "model" ? "linear-model" : "table", role: role, tensors: [])
        if case .table(_, let rows)? = contents[name] {
          artefact.format = JSONObject([("rows", .integer(rows)), ("columns", [])])
        }
        artefact.identity = Self.key("identity of \(name)")
        return artefact
      },
      edges: [], proofs: [ManifestProof(digest: digest, claims: claims.map(\.name), artefacts: roles.map(\.name))],
      claims: claims.map { ManifestClaim(name: $0.name, type: ClaimJSON.type($0.statement), digest: Self.key($0.name), proof: digest) })
  }

  /// What the verifier says of it.
  var report: VerificationReport {
    let manifest = manifest
    let described = zip(manifest.claims, claims).map { entry, claim in
      var description = ClaimDescription(uses: claim.statement.artefacts, shows: ["\(entry.name) holds."], doesNotShow: ["Anything else."])
      if case .accuracy(_, _, let disclosure) = claim.statement, let figure = figure(disclosure) { description.figures = [.accuracy(figure)] }
      description.figures += figures[entry.name] ?? []
      return VerificationReport.Claim(entry: entry, description: description)
    }
    let proofs = manifest.proofs.map {
      VerificationReport.Proof(
        entry: $0, summary: ProofSummary(soundnessBits: soundnessBits, field: "Goldilocks", relationDigest: Self.key("relation")), byteCount: 1_000,
        microseconds: 1)
    }
    var report = VerificationReport(
      manifest: manifest, bundleID: Self.key("bundle"), claims: described, proofs: proofs, hasUncheckedReport: false, byteCount: 2_000,
      microseconds: 1, signers: signers, trust: trust)
    report.statements = Dictionary(claims.map { ($0.name, $0.statement) }) { first, _ in first }
    report.contents = contents
    return report
  }

  private func figure(_ disclosure: AccuracyDisclosure) -> AccuracyFigure? {
    switch disclosure {
    case .revealed(let counts):
      guard counts.count == 4 else { return nil }
      return AccuracyFigure(
        correct: Int(counts[0] + counts[3]), total: 250, extent: .exact,
        baseline: MajorityBaseline(classCounts: [Int(counts[0] + counts[1]), Int(counts[2] + counts[3])]))
    case .atLeast(let correct): return AccuracyFigure(correct: Int(correct), total: 250, extent: .atLeast)
    }
  }

  /// How requirements, written as the lines of list entries, end.
  func outcomes(_ requirements: String) throws -> [BundleRequirements.Outcome] {
    let text = "version: 1\nname: x\nrequirements:\n" + requirements
    let policy = try Policy(fileBytes: Array(text.utf8), path: "policy")
    guard let now = Timestamp("2026-11-23T00:00:00Z") else { return [] }
    return policy.outcomes(for: report, now: now)
  }

  /// How one requirement ends: its kind, and its keys as `key: value` parts.
  func state(_ kind: String, _ keys: String...) throws -> BundleRequirements.State? {
    try outcomes((["  - require: \(kind)"] + keys.map { "    \($0)" }).joined(separator: "\n") + "\n").first?.state
  }
}
