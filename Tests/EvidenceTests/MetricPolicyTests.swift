import Claims
import Evidence
import Programs
import Testing

@Suite("Policies about scores and trainings") struct MetricPolicyTests {
  private static func name(_ artefact: String, _ column: String) -> ClaimStatement.ColumnName { .init(artefact: artefact, column: column) }

  /// The world with committed probabilities, and a Brier score of 0.2 claimed of them.
  private func scored(positive: Int, unit: Int64?, output: String = "probability", slice: RowSlice? = nil) throws -> CreditWorld {
    var world = try CreditWorld()
    let target = ColumnType.category(["bad", "good"])
    world.contents["predictions"] = .table(
      try TableSchema(columns: [
        TableColumn(name: "prediction", type: target), TableColumn(name: "score", type: .integer(IntegerRange(0...65_535))),
      ]), rowCount: 250)
    world.replace(
      "inference",
      .inference(
        model: "model", input: .table("test-ready"),
        outputs: [
          "prediction": .committed(artefact: "predictions", column: "prediction"), output: .committed(artefact: "predictions", column: "score"),
        ]))
    world.add(
      "brier",
      .ranking(
        RankingClaim(
          labels: Self.name("test-ready", "class"), scores: Self.name("predictions", "score"), positive: positive, positives: 180, unit: unit,
          measures: [.squaredError(.revealed(1))], slice: slice)))
    world.figures["brier"] = [.metric(MetricFigure("brier", 0.2, rows: 250))]
    return world
  }

  private func state(_ world: CreditWorld) throws -> BundleRequirements.State? {
    try world.state("metric", "model: model", "input: testFeatures", "metric: brier", "maximum: 0.25")
  }

  @Test("a Brier score counts when class and unit are those of the model's output") func scores() throws {
    let unit = Int64(1) << Int64(LinearArchitecture.probabilityBits)
    #expect(try state(try scored(positive: 1, unit: unit)) == .met)
    // Of the other class, in a unit that makes every error small, and of an output that is no probability: the prover's words.
    #expect(try state(try scored(positive: 0, unit: unit)) == .notEvidenced)
    #expect(try state(try scored(positive: 1, unit: unit * 4)) == .notEvidenced)
    #expect(try state(try scored(positive: 1, unit: unit, output: "score")) == .notEvidenced)
    #expect(try state(try scored(positive: 1, unit: nil, output: "score")) == .met)
    // Of one group only.
    let slice = RowSlice(group: GroupColumn(column: Self.name("test", "sex")), index: 0, rows: 40)
    #expect(try state(try scored(positive: 1, unit: unit, slice: slice)) == .notEvidenced)
    let tooHigh = try scored(positive: 1, unit: unit).state("metric", "model: model", "input: testFeatures", "metric: brier", "maximum: 0.1")
    #expect(tooHigh == .notMet)
  }

  @Test("the last segment of a training counts only when the segments before it are there") func segments() throws {
    var world = try CreditWorld()
    let run = try TrainingClaimJSONTests.claim(0).run
    let nonce = Nonce(bytes: [1], source: .auditor)
    func segment(_ first: Int, _ count: Int, from start: String?, to end: TrainingEnd, nonce own: Nonce = nonce) -> DataClaim {
      .training(TrainingClaim(table: "train-ready", start: start, end: end, run: run, nonce: own, firstStep: first, stepCount: count))
    }
    func state() throws -> BundleRequirements.State? { try world.state("claim", "type: training", "about: model") }
    #expect(try state() == .notEvidenced)
    world.add("last", segment(20, 10, from: "second", to: .model("model")))
    let alone = try #require(try world.outcomes("  - require: claim\n    type: training\n    about: model\n").first)
    #expect(alone.state == .notEvidenced && alone.reason.contains("checkpoint"))
    world.add("middle", segment(10, 10, from: "first", to: .checkpoint("second")))
    #expect(try state() == .notEvidenced)
    // Beginnings that do not fit: of fewer steps, with another order of rows.
    world.add("short", segment(0, 9, from: nil, to: .checkpoint("first")))
    world.add("other", segment(0, 10, from: nil, to: .checkpoint("first"), nonce: Nonce(bytes: [2], source: .auditor)))
    #expect(try state() == .notEvidenced)
    world.add("beginning", segment(0, 10, from: nil, to: .checkpoint("first")))
    #expect(try state() == .met)
  }

  @Test("a metric of rows that a model was trained on says so") func trainingRows() throws {
    let tree = try TreeClaimTests.architecture(.classes(count: 3), target: "class")
    let artefacts = [
      try TreeClaimTests.artefact("tree", .treeEnsemble(tree)), try TreeClaimTests.artefact("train", .table(TreeClaimTests.schema(), rowCount: 700)),
      try TreeClaimTests.artefact("rest", .table(TreeClaimTests.schema(), rowCount: 700)),
    ]
    let training = TreeTrainingClaim(model: "tree", table: "train", tree: 0, growth: TreeGrowth(depth: 3, minimumSplit: 4, minimumLeaf: 2))
    for (table, isSeen) in [("train", true), ("rest", false)] {
      let errors = DataClaim.errors(
        ErrorClaim(labels: Self.name(table, "number"), predictions: Self.name(table, "a"), measures: [.absolute(.revealed(900))]))
      let said = try #require(
        try ClaimFiles.descriptions([("own", .data(errors)), ("trained", .data(.treeTraining(training)))], artefacts: artefacts).first)
      #expect(said.doesNotShow.contains { $0.contains("the rows of train, on which a model was trained") } == isSeen, "\(said.doesNotShow)")
    }
  }

  @Test("a calibration over many classes costs what its constraints are") func calibrationCost() throws {
    for classes in [2, 40, 250] {
      let schema = try TableSchema(columns: [
        TableColumn(name: "class", type: .category((0..<classes).map { "c\($0)" })),
        TableColumn(name: "score", type: .integer(IntegerRange(0...255))),
      ])
      let table = try DataClaimSamples.table("all", schema, rows: 1_000)
      let bins = 64
      let claim = DataClaim.ranking(
        RankingClaim(
          labels: Self.name("all", "class"), scores: Self.name("all", "score"), positive: 1, positives: 100, unit: 256,
          measures: [.calibration(edges: (0...bins).map { Int64($0 * 256 / bins) }, counts: [Int64](repeating: 0, count: 3 * bins))]))
      let compiled = try CompiledClaims(claims: [.data(claim)], artefacts: [table])
      let cost = StatementCost.of(.data(claim), ["all": table])
      #expect(cost >= DataClaimCostTests.measure(compiled.builder), "\(classes) classes")
      #expect(cost >= bins * (classes - 1))
    }
  }
}
