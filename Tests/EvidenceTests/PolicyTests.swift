import Claims
import Evidence
import Programs
import Testing

@Suite("Policies against verified bundles") struct PolicyTests {
  typealias State = BundleRequirements.State

  // MARK: Splits

  private func withRule(_ rule: SplitRule) throws -> CreditWorld {
    var world = try CreditWorld()
    world.replace("split", .data(.split(SplitClaim(table: "source", parts: ["train", "test"], rule: rule))))
    return world
  }

  @Test("a seed counts when the nonce is known to be the auditor's, for this commitment") func auditorNonce() throws {
    let world = try CreditWorld()
    let identity = try #require(world.manifest.artefacts.first).identity
    #expect(try world.state("split", "table: source", "parts: [trainingSet, test]", "methods: random") == .met)
    #expect(try world.state("split", "table: source", "methods: [stratified]") == .notMet)
    #expect(try world.state("split", "table: source", "nonces: [auditor]") == .notCheckable)
    #expect(try world.state("split", "table: source", "nonces: [auditor]", "auditorNonce: abcd") == .notCheckable)
    #expect(try world.state("split", "table: source", "nonces: [auditor]", "auditorNonce: abcd", "commitment: \(identity)") == .met)
    #expect(try world.state("split", "table: source", "nonces: [auditor]", "auditorNonce: abce", "commitment: \(identity)") == .notMet)
    let other = CreditWorld.key("another")
    #expect(try world.state("split", "table: source", "nonces: [auditor]", "auditorNonce: abcd", "commitment: \(other)") == .notMet)
    #expect(try world.state("split", "table: source", "nonces: [dated]") == .notMet)
    #expect(try world.state("split", "table: train") == .notEvidenced)
    #expect(try world.state("split", "table: source", "parts: [predictions]") == .notEvidenced)
    #expect(try world.state("split", "table: nothing") == .notEvidenced)
    var signed = world
    try signed.sign("source")
    #expect(try signed.state("split", "table: source", "nonces: [auditor]", "auditorNonce: abcd") == .met)
    let ground = try withRule(.random(Nonce(bytes: [1], source: .prover)))
    #expect(try ground.state("split", "table: source", "nonces: [auditor, dated]") == .notMet)
    #expect(try ground.state("split", "table: source") == .met)
    #expect(try withRule(.cutoff(column: "age", from: 40)).state("split", "table: source", "methods: [cutoff]", "nonces: [auditor]") == .met)
  }

  @Test("a dated nonce is later than a trusted owner's signature on the very table, and recent") func datedNonce() throws {
    var world = try withRule(.random(Nonce(bytes: Array("7 11 21".utf8), source: .dated("2026-11-10T00:00:00Z"))))
    func state(_ days: Int? = nil, value: String? = "7 11 21", known: String = "2026-11-10") throws -> State? {
      try world.state(
        "split", "table: source", "nonces: [dated]", days.map { "maximumAgeDays: \($0)" } ?? "methods: [random]",
        value.map { "datedNonce: \"\($0)\"\n    nonceDate: \(known)" } ?? "parts: [train]")
    }
    #expect(try state() == .notEvidenced)
    try world.sign("source", on: "2026-11-20T00:00:00Z")
    #expect(try state() == .notMet)
    world.signers = []
    try world.sign("source", on: "2026-11-01T00:00:00Z", holder: "Nobody's")
    #expect(try state() == .met && state(30) == .notEvidenced)
    // What nobody looked up, or another value than was looked up.
    #expect(try state(value: nil) == .notCheckable && state(value: "7 11 22") == .notMet && state(value: "37203131203231") == .met)
    // Known before the owner signed, whatever date the prover gives it.
    #expect(try state(known: "2026-10-31") == .notMet)
    world.created = "2026-11-09T00:00:00Z"
    #expect(try state() == .notMet)
    world.created = "2026-11-22T12:00:00Z"
    world.signBundle(.provider)
    #expect(try state(30) == .met && state(12) == .notMet && state(13) == .met)
    // The owner signed a table of equal values, but the seed is of a commitment made afterwards.
    var refreshed = world
    refreshed.roles.append(("older", "older"))
    refreshed.contents["older"] = refreshed.contents["source"]
    refreshed.claims.append(("same", .sameDataAs(artefact: "source", original: "older")))
    refreshed.signers = []
    try refreshed.sign("older")
    #expect(try refreshed.state("split", "table: source", "nonces: [dated]") == .notEvidenced)
    #expect(try refreshed.state("signer", "role: owner", "table: source") == .met)
  }

  // MARK: Tables

  @Test("disjointness, by as many columns or fewer") func disjoint() throws {
    var world = try CreditWorld()
    #expect(try world.state("disjoint", "tables: [trainingSet, testSet]") == .notEvidenced)
    world.add("apart", .disjoint(DisjointClaim(tables: ["train", "test"], columns: ["age"], distinctCount: 50)))
    #expect(try world.state("disjoint", "tables: [trainingSet, testSet]") == .met)
    #expect(try world.state("disjoint", "tables: [trainingSet, testSet]", "key: [age, sex]") == .met)
    #expect(try world.state("disjoint", "tables: [trainingSet, testSet]", "key: sex") == .notEvidenced)
    #expect(try world.state("disjoint", "tables: [trainingSet, source]") == .notEvidenced)
    #expect(try world.state("disjoint", "tables: [train]") == .notEvidenced)
    var whole = try CreditWorld()
    whole.add("apart", .disjoint(DisjointClaim(tables: ["train", "test"], columns: [], distinctCount: 1_000)))
    #expect(
      try whole.state("disjoint", "tables: [train, test]") == .met && whole.state("disjoint", "tables: [train, test]", "key: age") == .notEvidenced)
  }

  @Test("statistics, revealed and bounded, in the units of the column") func statistics() throws {
    var world = try CreditWorld()
    #expect(try world.state("statistic", "table: train", "column: age", "statistic: missing") == .notEvidenced)
    #expect(try world.state("statistic", "table: train", "column: amount", "statistic: missing", "maximum: 0") == .met)
    world.add(
      "numbers", "train",
      [
        .missing(column: "age", .within(IntegerRange(0...30))), .sum(column: "amount", .revealed(150_000_000)),
        .order(column: "age", rank: 0, present: 740, .revealed(19)), .order(column: "age", rank: 739, present: 740, .within(IntegerRange(60...75))),
        .histogram(column: "age", edges: [18, 40, 76], counts: [400, 340, 10]),
        .pairs(first: "sex", second: "class", counts: [100, 150, 200, 300]),
      ])
    func state(_ column: String, _ statistic: String, _ bounds: String...) throws -> State? {
      try world.state(
        "statistic", "table: trainingSet", "column: \(column)", "statistic: \(statistic)", bounds.first ?? "name: a",
        bounds.dropFirst().first ?? "articles: b")
    }
    #expect(try state("age", "missing", "maximum: 10") == .met && state("age", "missing", "maximum: 9") == .notMet)
    #expect(try state("age", "missingShare", "maximum: 0.0134") == .met && state("age", "missingShare", "maximum: 0.0133") == .notMet)
    #expect(try state("amount", "sum", "minimum: 1500000.00", "maximum: 1500000") == .met)
    #expect(try state("amount", "mean", "minimum: 2000", "maximum: 2000") == .met && state("amount", "mean", "maximum: 1999.99") == .notMet)
    #expect(try state("age", "mean") == .notEvidenced && state("sex", "mean") == .notEvidenced && state("height", "mean") == .notEvidenced)
    #expect(try state("age", "least", "minimum: 18") == .met && state("age", "least", "minimum: 20") == .notMet)
    #expect(try state("age", "greatest", "maximum: 75") == .met && state("age", "greatest", "maximum: 70") == .notEvidenced)
    #expect(
      try state("age", "greatest", "maximum: 59") == .notMet && state("age", "histogram") == .met && state("amount", "histogram") == .notEvidenced)
    #expect(try state("sex", "pairs", "second: class") == .met && state("class", "pairs", "second: sex") == .met)
    #expect(try state("sex", "histogram") == .met)
    #expect(try state("amount", "sum", "maximum: 999999999999999999") == .met)
  }

  @Test("group sizes from every claim that gives them") func groups() throws {
    func states(_ world: CreditWorld, _ table: String, _ columns: String, _ more: String = "name: x") throws -> [State?] {
      try [50, 51].map { try world.state("groups", "table: \(table)", "columns: \(columns)", "minimum: \($0)", more) }
    }
    let bare = try CreditWorld()
    #expect(try states(bare, "test", "[sex]") == [.notEvidenced, .notEvidenced])
    var pairs = bare
    pairs.add("pairs", "test", [.pairs(first: "sex", second: "class", counts: [20, 30, 100, 100])])
    #expect(try states(pairs, "test", "[sex]") == [.met, .notMet] && states(pairs, "test", "[class, sex]") == [.notMet, .notMet])
    var histogram = bare
    histogram.add("histogram", "test", [.histogram(column: "sex", edges: [0, 1, 2], counts: [50, 200, 0])])
    #expect(try states(histogram, "test", "sex") == [.met, .notMet])
    var stratified = bare
    let rule = SplitRule.stratified(CreditWorld.nonce, column: "sex", numerator: 1, denominator: 4, counts: [[150, 50], [600, 200]])
    stratified.replace("split", .data(.split(SplitClaim(table: "source", parts: ["train", "test"], rule: rule))))
    #expect(try states(stratified, "test", "sex") == [.met, .notMet] && states(stratified, "source", "sex") == [.met, .met])
    #expect(try states(bare, "test-ready", "class") == [.met, .met])
    var absent = bare
    absent.add("pairs", "test", [.pairs(first: "sex", second: "class", counts: [0, 0, 100, 150])])
    #expect(try states(absent, "test", "sex") == [.notMet, .notMet] && states(absent, "test", "sex", "allowAbsent: true") == [.met, .met])
    var anonymous = bare
    anonymous.add("anonymous", .anonymity(AnonymityClaim(table: "test", quasiIdentifiers: ["sex", "age"], minimum: 50, classCount: 4)))
    #expect(try states(anonymous, "test", "sex") == [.notEvidenced, .notEvidenced])
    #expect(try states(anonymous, "test", "sex", "allowAbsent: true") == [.met, .notEvidenced])
    #expect(try anonymous.state("anonymity", "table: test", "columns: [sex]", "minimum: 5") == .met)
    #expect(try anonymous.state("anonymity", "table: test", "columns: [sex, amount]", "minimum: 5") == .notEvidenced)
    #expect(try anonymous.state("anonymity", "table: test", "columns: [age]", "minimum: 60") == .notEvidenced)
  }

  // MARK: Preprocessing and model

  @Test("parameters are fitted on the training part alone") func fit() throws {
    let world = try CreditWorld()
    #expect(try world.state("fit", "on: trainingSet") == .met && world.state("fit", "on: testSet") == .notMet)
    var leaking = world
    leaking.replace("fit", .data(.fit(FitClaim(table: "source", parameters: "parameters", specification: FitSpecification([])))))
    #expect(try leaking.state("fit", "on: trainingSet") == .notMet)
    var open = world
    open.claims.removeAll { $0.name == "fit" }
    #expect(try open.state("fit", "on: trainingSet") == .notEvidenced)
    open.claims.removeAll { $0.name.hasSuffix("transform") }
    #expect(try open.state("fit", "on: trainingSet") == .notEvidenced && open.state("transform", "table: test-ready") == .notEvidenced)
    #expect(try world.state("transform", "table: testFeatures", "from: source") == .met)
    #expect(try world.state("transform", "table: testFeatures", "from: predictions") == .notMet)
    #expect(try world.state("transform", "table: testFeatures", "from: elsewhere") == .notEvidenced)
  }

  @Test("accuracy is the model's own, on these rows, against its target") func accuracy() throws {
    let world = try CreditWorld()
    func state(_ world: CreditWorld, _ more: String...) throws -> State? {
      try world.state("accuracy", "model: model", "input: testFeatures", more.first ?? "name: x", more.dropFirst().first ?? "articles: y")
    }
    #expect(try state(world, "minimum: 0.8") == .met && state(world, "minimum: 0.80000001") == .notMet)
    #expect(try state(world, "rows: 250") == .met && state(world, "rows: 251") == .notMet)
    #expect(try state(world, "minimum: 0.8", "aboveBaseline: true") == .met)
    func replaced(_ labels: (String, String), _ predictions: (String, String), _ disclosure: AccuracyDisclosure) -> CreditWorld {
      var other = world
      other.replace(
        "accuracy",
        .accuracy(
          labels: .init(artefact: labels.0, column: labels.1), predictions: .init(artefact: predictions.0, column: predictions.1),
          disclosure: disclosure))
      return other
    }
    let counts = AccuracyDisclosure.revealed([40, 30, 20, 160])
    #expect(try state(replaced(("test-ready", "class"), ("predictions", "prediction"), .atLeast(correct: 190)), "minimum: 0.76") == .met)
    #expect(try state(replaced(("test-ready", "class"), ("predictions", "prediction"), .atLeast(correct: 190)), "minimum: 0.77") == .notEvidenced)
    #expect(
      try state(replaced(("test-ready", "class"), ("predictions", "prediction"), .revealed([0, 70, 0, 180])), "aboveBaseline: true") == .notMet)
    // Labels of other rows, another column, predictions of nobody.
    #expect(try state(replaced(("test", "class"), ("predictions", "prediction"), counts)) == .notEvidenced)
    #expect(try state(replaced(("test-ready", "amount"), ("predictions", "prediction"), counts)) == .notEvidenced)
    #expect(try state(replaced(("test-ready", "class"), ("train-ready", "class"), counts)) == .notEvidenced)
    // A second table in the same role needs the claim too.
    var second = world
    second.roles.append(("harder", "testFeatures"))
    second.contents["harder"] = second.contents["test-ready"]
    #expect(try state(second) == .notEvidenced)
    #expect(try world.state("inference", "model: model", "input: testFeatures", "output: predictions") == .met)
    #expect(
      try world.state("inference", "model: model", "input: testSet") == .met
        && world.state("inference", "model: model", "input: source") == .notEvidenced)
    #expect(try world.state("inference", "model: predictions", "input: testFeatures") == .notEvidenced)
  }

  @Test("rows before and after preparation are one set of rows") func preparedRows() throws {
    var world = try CreditWorld()
    world.roles = world.roles.map { ($0.name, ["train-ready": "trainingSet", "test-ready": "testSet"][$0.name] ?? $0.role) }
    world.add("apart", .disjoint(DisjointClaim(tables: ["train", "test"], columns: [], distinctCount: 1_000)))
    #expect(try world.state("disjoint", "tables: [trainingSet, testSet]") == .met && world.state("fit", "on: trainingSet") == .met)
    #expect(try world.state("accuracy", "model: model", "input: testSet", "minimum: 0.8") == .met)
    #expect(
      try world.state("metric", "model: model", "input: testSet", "metric: accuracy", "minimum: 0.8") == .met
        && world.state("metric", "model: model", "input: testSet", "metric: accuracy", "minimum: 0.9") == .notMet)
    // Of counts by group, when all groups are shown.
    for (counts, expected) in [([30, 20, 10, 90, 10, 10, 10, 70], State.met), ([30, 20, 10, 90, 10, 10, 10, 69], .notEvidenced)] {
      var grouped = world
      grouped.replace(
        "accuracy",
        .data(
          .confusion(
            ConfusionClaim(
              labels: .init(artefact: "test-ready", column: "class"), predictions: .init(artefact: "predictions", column: "prediction"),
              group: GroupColumn(column: .init(artefact: "test", column: "sex")), shownGroups: [0, 1], minimumGroup: 1,
              shown: .counts(counts.map { Int64($0) })))))
      #expect(try grouped.state("accuracy", "model: model", "input: testSet", "minimum: 0.8") == expected)
    }
    #expect(try world.state("accuracy", "model: model", "input: trainingSet") == .notEvidenced)
    // Training rows that are called a test set are none: parameters were fitted on them.
    var misnamed = world
    misnamed.roles = world.roles.map { ($0.name, $0.name.hasPrefix("train") ? "testSet" : $0.role == "testSet" ? "other" : $0.role) }
    #expect(try misnamed.state("accuracy", "model: model", "input: testSet") == .notMet)
    #expect(try misnamed.state("metric", "model: model", "input: testSet", "metric: auc") == .notMet)
    #expect(try world.state("inference", "model: model", "input: testSet", "output: predictions") == .met)
    #expect(try world.state("split", "table: source", "parts: [trainingSet, testSet]") == .met)
    // A split of what a filter leaves is one of the table; who signed the table did not sign what is split.
    world.roles.append(("adults", "selectedRows"))
    world.contents["adults"] = world.contents["source"]
    world.add("filter", .filter(FilterClaim(table: "source", output: "adults", conditions: [])))
    let dated = SplitRule.random(Nonce(bytes: [1], source: .dated("2026-11-10")))
    world.replace("split", .data(.split(SplitClaim(table: "adults", parts: ["train", "test"], rule: dated))))
    try world.sign("source")
    #expect(try world.state("split", "table: source", "parts: [trainingSet, testSet]") == .met)
    #expect(try world.state("split", "table: source", "nonces: [dated]") == .notEvidenced && world.state("lineage") == .met)
  }

  // MARK: Trust

  @Test("signers by role, known and unknown; date and soundness") func trust() throws {
    var world = try CreditWorld()
    func signer(_ world: CreditWorld, _ more: String...) throws -> State? {
      try world.state("signer", more.first ?? "role: provider", more.dropFirst().first ?? "name: x", more.dropFirst(2).first ?? "articles: y")
    }
    #expect(try signer(world) == .notMet)
    world.signBundle(.provider, trusted: false)
    #expect(try signer(world) == .notCheckable && world.state("date", "after: 2026-11-01") == .notEvidenced)
    world.tell("Somebody else", .provider)
    #expect(try signer(world) == .notMet)
    world.tell("ACME", .provider)
    #expect(try signer(world) == .met && signer(world, "role: provider", "holder: ACME") == .met)
    #expect(try signer(world, "role: provider", "holder: Other") == .notMet && signer(world, "role: auditor") == .notMet)
    #expect(try world.state("date", "after: 2026-11-01", "before: 2026-12-01", "maximumAgeDays: 1") == .met)
    #expect(try world.state("date", "after: 2026-11-22T12:00:00Z") == .notMet && world.state("date", "maximumAgeDays: 0") == .notMet)
    world.created = "2026-12-22T12:00:00Z"
    #expect(try world.state("date", "maximumAgeDays: 100") == .notMet)
    #expect(try world.state("soundness", "bits: 128", "profile: P128") == .met)
    #expect(try world.state("soundness", "bits: 129") == .notMet && world.state("soundness", "profile: P100") == .notMet)
    #expect(try world.state("claim", "type: split", "about: testSet") == .met && world.state("claim", "type: split", "about: model") == .notEvidenced)
    #expect(
      try world.state("claim", "type: training", "about: model") == .notEvidenced
        && world.state("claim", "type: astrology", "about: model") == .notCheckable)
    #expect(try world.state("rows", "table: testSet", "minimum: 250", "maximum: 250") == .met && world.state("rows", "table: model") == .notEvidenced)
  }

  @Test("every table reaches a table that a trusted owner signed") func lineage() throws {
    var world = try CreditWorld()
    #expect(try world.state("lineage") == .notEvidenced)
    try world.sign("source", trusted: false)
    #expect(try world.state("lineage") == .notEvidenced)
    world.tell("City Bank", .owner)
    #expect(try world.state("lineage") == .met && world.state("lineage", "tables: [predictions]") == .met)
    #expect(try world.state("lineage", "tables: [model]") == .notCheckable && world.state("lineage", "tables: [nothing]") == .notEvidenced)
    // A column that no claim determines.
    var open = world
    open.contents["predictions"] = .table(
      try TableSchema(columns: [
        TableColumn(name: "prediction", type: .category(["bad", "good"])), TableColumn(name: "extra", type: .integer(IntegerRange(0...1))),
      ]), rowCount: 250)
    let outcome = try #require(try open.outcomes("  - require: lineage\n").first)
    #expect(outcome.state == .notEvidenced && outcome.reason.contains("extra"))
    // A missing step.
    var broken = world
    broken.claims.removeAll { $0.name == "test-transform" }
    #expect(try broken.state("lineage", "tables: [testFeatures]") == .notEvidenced && broken.state("lineage", "tables: [trainingFeatures]") == .met)
    // A join needs both sides.
    var joined = world
    joined.roles += [("extra", "extra"), ("joined", "joined")]
    joined.contents["extra"] = joined.contents["source"]
    joined.contents["joined"] = joined.contents["source"]
    joined.add("join", .join(JoinClaim(left: "source", right: "extra", output: "joined", key: "age")))
    #expect(try joined.state("lineage", "tables: [joined]") == .notEvidenced)
    try joined.sign("extra")
    #expect(try joined.state("lineage", "tables: [joined]") == .met)
  }

  @Test("tables that determine only each other come from nowhere, even where one of them is joined with a signed table") func circles() throws {
    var world = try CreditWorld()
    try world.sign("source")
    for name in ["left", "wide"] {
      world.roles.append((name, name))
      world.contents[name] = world.contents["source"]
    }
    world.add("widen", .join(JoinClaim(left: "left", right: "source", output: "wide", key: "age")))
    #expect(try world.state("lineage", "tables: [wide]") == .notEvidenced)
    world.add("back", .filter(FilterClaim(table: "wide", output: "left", conditions: [])))
    let outcome = try #require(try world.outcomes("  - require: lineage\n    tables: [wide]\n").first)
    #expect(outcome.state == .notEvidenced && outcome.reason.contains("determine only each other"))
    // Another claim that determines one of them from a signed table breaks the circle.
    world.add("again", .filter(FilterClaim(table: "source", output: "left", conditions: [])))
    #expect(try world.state("lineage", "tables: [wide]") == .met && world.state("lineage", "tables: [left]") == .met)
  }

  @Test("the example policy ends in all four states") func example() throws {
    var world = try CreditWorld()
    world.signBundle(.provider)
    let states = try world.outcomes(
      """
        - require: accuracy
          model: model
          input: testFeatures
          articles: "15"
        - require: accuracy
          model: model
          input: testFeatures
          minimum: 0.9
        - require: lineage
        - require: split
          table: source
          nonces: [auditor]

      """)
    #expect(states.map(\.state) == [.met, .notMet, .notEvidenced, .notCheckable] && states.first?.articles == "15")
    #expect(states.allSatisfy { !$0.reason.isEmpty && !$0.requirement.isEmpty })
  }
}
