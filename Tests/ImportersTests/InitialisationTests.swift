import Foundation
import Importers
import Programs
import Testing

@Suite("init on generated files")
struct InitialisationTests {
  /// Initialises, reads both files back as written, prepares and predicts; returns everything.
  static func run(_ text: [UInt8], target: String, file: String = "d.csv", edit: (inout PipelineConfiguration) -> Void = { _ in }) throws -> (
    project: InitialisedProject, pipeline: PreparedPipeline, execution: Execution
  ) {
    let project = try ProjectInitialiser.run(MemorySource(text), file: file, dataPath: file, target: target)
    let document = try SchemaDocument(yaml: Array(project.schemaText.utf8), file: "schema.yaml")
    #expect(document.schema == project.document.schema && document.ignored == project.document.ignored)
    #expect(document.rounded == project.document.rounded && document.droppedWhenMissing == project.document.droppedWhenMissing)
    var configuration = try PipelineConfiguration(yaml: Array(project.pipelineText.utf8), file: "pipeline.yaml")
    #expect(configuration == project.configuration)
    edit(&configuration)
    let imported = try TableReader.read(MemorySource(text), file: file, document: document)
    let pipeline = try PreparedPipeline(LoadedPipeline(configuration: configuration, imported: imported, file: "pipeline.yaml"))
    let counts = pipeline.model.classCount != nil
    return (project, pipeline, try #require(pipeline.model.linear).run(pipeline.testTable, options: InferenceOptions(countsLabels: counts)))
  }

  private func run(_ text: String, target: String) throws -> (project: InitialisedProject, pipeline: PreparedPipeline, execution: Execution) {
    try Self.run(Array(text.utf8), target: target)
  }

  @Test("types, ranges, scales, missing cells and what is left out")
  func inference() throws {
    var text = "id,amount,rate,job,name,empty,same,mixed,y\n"
    for i in 0..<60 {
      let job = ["clerk", "\"other, misc\"", "boss"][i % 3]
      text += "\(i),\(250 + i * 311),\(i % 7).2\(i % 10),\(job),person \(i),,x,\(i % 9 == 0 ? "?" : "\(i)"),\(i % 2)\n"
    }
    text += "60,300,,,person 60,,x,1,1\n"
    let (project, pipeline, _) = try run(text, target: "y")
    let schema = project.document.schema
    #expect(project.document.ignored == ["id", "name", "empty", "mixed"])
    #expect(schema.column("amount")?.type == .integer(IntegerRange(0...20_000)))
    #expect(schema.column("rate")?.type == .decimal(scale: 2, range: IntegerRange(0...700)))
    #expect(schema.column("rate")?.missing == .presence)
    #expect(schema.column("job")?.type == .category(["boss", "clerk", "other, misc"]) && schema.column("job")?.missing == .presence)
    #expect(schema.column("y")?.type == .category(["0", "1"]))
    #expect(project.configuration.excluded == ["same"] && project.configuration.positive == "1" && project.configuration.protected.isEmpty)
    #expect(project.notes.contains { $0.contains("mixed") && $0.contains("no numbers") })
    #expect(!pipeline.encoding.columns.contains("same") && pipeline.encoding.columns.contains("amount"))
  }

  @Test("quotes, commas, CR LF, byte order mark and Unicode categories")
  func nasty() throws {
    var text = "\u{FEFF}\"a \"\"b\"\", c\",straße,\"emoji\n🐎\",y: [z]\r\n"
    for i in 0..<40 { text += "\(i % 5),\"\(["né, \"\"x\"\"", "東京", "#&*!{}"][i % 3])\",\"l1\nl2 \(i % 2)\",\(["no", "yes"][i % 2])\r\n" }
    let (project, pipeline, execution) = try run(text, target: "y: [z]")
    #expect(project.document.schema.columns.map(\.name) == ["a \"b\", c", "straße", "emoji\n🐎", "y: [z]"])
    #expect(project.document.schema.column("straße")?.type == .category(["#&*!{}", "né, \"x\"", "東京"]))
    #expect(execution.output("prediction") == pipeline.testTable.values("y: [z]"))
  }

  @Test("a single row, one class, one column, constant columns")
  func degenerate() throws {
    let single = try run("a,b,y\n1,x,yes\n", target: "y")
    #expect(single.pipeline.split.test == [0] && single.pipeline.split.training.isEmpty)
    #expect(single.execution.output("prediction") == [0] && single.execution.output("confusion") == [1])
    let oneClass = try run("a,y\n" + (0..<30).map { "\($0 % 7),only\n" }.joined(), target: "y")
    #expect(oneClass.execution.output("prediction")?.allSatisfy { $0 == 0 } == true)
    let oneColumn = try run("y\n1\n0\n1\n1\n0\n1\n1\n1\n", target: "y")
    #expect(oneColumn.pipeline.encoding.featureCount == 1 && oneColumn.execution.output("prediction")?.count == 2)
    let constant = try run("a,b,y\n" + (0..<40).map { "7,same,\($0 % 2)\n" }.joined(), target: "y")
    #expect(constant.project.configuration.excluded == ["a", "b"])
    let numbers = try run("a,y\n" + (0..<50).map { "\($0 % 10),\(Double($0 % 10) * 3.5 + 100)\n" }.joined(), target: "y")
    let labels = try #require(numbers.pipeline.testTable.values("y"))
    let predictions = try #require(numbers.execution.output("prediction"))
    #expect(RegressionSummary(labels: labels, predictions: predictions, digits: 1).rSquared > 0.99)
    let constantTarget = try run("a,b,y\n" + (0..<50).map { "\($0 % 10),\($0 % 3),\($0 % 2 == 0 ? "1.5" : "1.50")\n" }.joined(), target: "y")
    #expect(constantTarget.execution.output("prediction") != nil)
  }

  @Test("a category that only test rows have")
  func unseenCategory() throws {
    let testRow = RowSplit(rowCount: 40, seed: 1, fraction: (25, 100)).test[0]
    let text = "c,y\n" + (0..<40).map { "\($0 == testRow ? "rare" : ["p", "q"][$0 % 2]),\(["n", "y"][$0 % 2])\n" }.joined()
    let (project, pipeline, execution) = try run(text, target: "y")
    #expect(project.document.schema.column("c")?.type == .category(["p", "q", "rare"]))
    let names = pipeline.encoding.featureNames
    let index = try #require(names.firstIndex(of: "c=rare"))
    #expect(pipeline.model.linear?.weights[index] == 0)
    #expect(execution.output("prediction")?.count == 10)
  }

  @Test("rows without a target are left out, float noise is rounded on request of the schema")
  func targets() throws {
    let text = "x,y\n" + (0..<40).map { "0.\($0)0000000000000000000000\($0 % 7 + 1),\($0 % 5 == 0 ? "" : "\($0 % 2)")\n" }.joined()
    let (project, pipeline, _) = try run(text, target: "y")
    #expect(pipeline.droppedRowCount == 8 && pipeline.table.rowCount == 32)
    #expect(project.document.rounded == ["x"])
  }

  @Test("unusable files and targets are refused")
  func refused() {
    func problemOf(_ text: String, _ target: String) -> ImportProblem? { problem { _ = try run(text, target: target) } }
    #expect(problemOf("", "y") == .emptyFile)
    #expect(problemOf("a,y\n", "y") == .noRows)
    #expect(problemOf("a,y\n1,2\n", "z") == .missingColumn)
    #expect(problemOf("a,y\n1,\n2,\n", "y") == .invalidTarget)
    #expect(problemOf("a,y\n" + (0..<1_200).map { "1,t\($0)\n" }.joined(), "y") == .invalidTarget)
    #expect(problemOf("a,y\n1\n", "y") == .raggedRow)
  }

  @Test("pipelines that do not fit their schema are refused")
  func misfits() throws {
    let text = Array(("a,b,y\n" + (0..<40).map { "\($0 % 7),\(["u", "v"][$0 % 2]),\(["n", "y"][$0 % 2])\n" }.joined()).utf8)
    func problemOf(_ edit: @escaping (inout PipelineConfiguration) -> Void) -> ImportProblem? {
      problem { _ = try Self.run(text, target: "y", edit: edit) }
    }
    #expect(problemOf { $0.excluded = ["zz"] } == .unknownColumn)
    #expect(problemOf { $0.target = "zz" } == .unknownColumn)
    #expect(problemOf { $0.positive = "zz" } == .unknownCategory)
    #expect(problemOf { $0.kind = .linear } == .invalidModel)
    #expect(problemOf { $0.target = "a" } == .invalidValue)  // accuracy of a numeric target
    #expect(
      problemOf {
        $0.target = "a"; $0.accuracy = .none; $0.kind = .logistic
      } == .invalidModel)
    #expect(problemOf { $0.protected = [ProtectedColumn(column: "y")] } == .determinedProtected)
    #expect(problemOf { $0.source = .coefficients(path: "w.csv") } == .invalidModel)
    #expect(problemOf { $0.kind = .softmax } == nil)
    #expect(problemOf { $0.protected = [ProtectedColumn(column: "b")] } == nil)
  }
}

@Suite("init on real data sets")
struct SharedDataTests {
  /// File, target, and the least accuracy (or R² for a regression) that a sensible linear model reaches.
  static let cases: [(String, String, Double)] = [
    ("adult_train.csv.gz", "income", 0.84), ("bank_marketing.csv.gz", "deposit", 0.89), ("california_housing_drift.csv.gz", "clf_target", 0.80),
    ("credit_applicants.csv", "class", 0.74), ("diabetes_progression.csv", "target", 0.40), ("digits8x8.csv.gz", "target", 0.92),
    ("elec2.csv.gz", "class", 0.72), ("employment_ma_2015_2018.csv.gz", "employed", 0.80), ("german_credit.csv.gz", "creditability", 0.71),
    ("german_credit_dummies.csv.gz", "Class", 0.73), ("pbc_survival.csv", "status", 0.72), ("pima_diabetes.csv", "diabetes", 0.72),
    ("uci_credit_default.csv.gz", "default", 0.79), ("wdbc.csv.gz", "target", 0.93), ("wine.csv", "target", 0.93),
  ]

  @Test("runs as written and predicts well", .enabled(if: SharedData.hasTables, "shared data are not here"), arguments: cases)
  func dataSet(name: String, target: String, least: Double) throws {
    let path = SharedData.table(name)
    try #require(FileManager.default.fileExists(atPath: path), "\(name) is not in the folder")
    let (_, pipeline, execution) = try InitialisationTests.run(InputFile.read(path: path, limit: 1 << 28), target: target, file: name)
    if let classCount = pipeline.model.classCount {
      let confusion = try #require(execution.output("confusion"))
      let summary = try #require(AccuracySummary(confusion: confusion, classCount: classCount))
      #expect(summary.accuracy >= least && summary.count == pipeline.split.test.count)
      #expect(execution.output("correct") == [summary.correct])
    } else {
      let labels = try #require(pipeline.testTable.values(target))
      let predictions = try #require(execution.output("prediction"))
      #expect(RegressionSummary(labels: labels, predictions: predictions, digits: 0).rSquared >= least)
    }
  }
}
