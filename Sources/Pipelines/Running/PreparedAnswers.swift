import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Importers
import Kernels
import Programs
import ProofSystem
import Soundness
import Store

/// What is asked of a model whose rows are prepared.
public struct PreparedQuestion: Sendable {
  /// The bundle of the run that made the model: its claims say how rows are prepared.
  public var bundle: String
  /// The model's name in that bundle; nil: its only one.
  public var model: String?
  /// A CSV file of one row as it was measured, or `column=value,column="a, b"`.
  public var row: String
  /// Whether the row stays hidden behind its commitment.
  public var hidesRow: Bool
  /// Outputs of the model to publish.
  public var outputs: [String]

  /// A question.
  public init(bundle: String, model: String? = nil, row: String, hidesRow: Bool = false, outputs: [String] = ["prediction"]) {
    self.bundle = bundle
    self.model = model
    self.row = row
    self.hidesRow = hidesRow
    self.outputs = outputs
  }
}

extension SingleProofs {
  /// Names in the receipt's bundle.
  private static var rowName: String { "row" }
  private static var preparedName: String { "row-prepared" }
  /// Lifetime number of proofs of a row's commitment: the answer, and one more claim about the row.
  private static var rowOpenings: Int { 2 }

  /// Proves what a hidden model answers on a row as it was measured: the row is committed afresh, prepared by the committed parameters that the
  /// training rows gave, and answered by the committed model, in one proof. Parameters and weights stay hidden.
  ///
  /// The claims: well-formedness of all artefacts; `statistics` of the table of one row, which are its cells, unless the row is hidden; `transform`
  /// for every stage, with the specification of the bundle cut to the columns that the model reads; `inference` with published outputs.
  /// - Throws: `BundleError`, `VerificationError` for the bundle; `ImportError`, `PipelineError`, `StoreError`, `BundleWriteError`.
  public static func infer(
    _ question: PreparedQuestion, options: Pipeline.Options, listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> Result {
    options.profile == .p100
      ? try answer(question, options, listener, GoldilocksQuadratic.self) : try answer(question, options, listener, GoldilocksCubic.self)
  }

  private static func answer<E: KernelField>(
    _ question: PreparedQuestion, _ options: Pipeline.Options, _ listener: @escaping @Sendable (RunEvent) -> Void, _ field: E.Type
  ) throws -> Result where E.Base == Goldilocks {
    try Destination.prepare(options.output)
    var clock = StageClock(listener)
    let prepared = try clock.stage("read bundle") {
      let report = try BundleVerifier.verify(try BundleReader.read(question.bundle))
      return (try model(question.model, of: report), "bundle \(report.bundleID.prefix(16))… verified")
    }
    let row = try PublicRow.read(question.row, schema: prepared.rowSchema)
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<E>(store: store, profile: options.profile)
    let (kept, storedName) = try clock.stage("open artefacts") {
      let entries = (prepared.stages.compactMap(\.parameters) + [prepared.model]).reduce(into: [ManifestArtefact]()) {
        if !$0.map(\.name).contains($1.name) { $0.append($1) }
      }
      var storedName = prepared.model.name
      let kept = try entries.map { entry in
        let stored = try stored(entry, in: store, bundle: question.bundle)
        if entry.name == prepared.model.name { storedName = stored.name }
        return try vault.load(try vault.current(stored), as: entry.name, role: entry.role)
      }
      return ((kept, storedName), kept.map(\.name).joined(separator: ", "))
    }
    var parameters: [String: StoredTable] = [:]
    for artefact in kept { if case .table(let table) = artefact.values { parameters[artefact.name] = table } }
    let tables = try self.tables(row, prepared, parameters: parameters)
    let names = tables.indices.map { $0 == 0 ? rowName : $0 == tables.count - 1 ? preparedName : "row-stage-\($0)" }
    let rows = try clock.stage("commit row") {
      let parts = zip(names, tables).map { (name: $0, role: $0 == rowName ? "row" : "intermediate", values: ArtefactValues.table($1)) }
      let cells = parts.map { $0.values.contents.cellCount }.max() ?? 0
      let shape = try OpeningsPrice(openings: rowOpenings, cells: cells, profile: options.profile).shape()
      // Always afresh: a commitment that two receipts share would tell that they are about one row.
      let rows = CommittedArtefact<E>.together(parts, shape: shape)
      try vault.save(rows, storedNames: names.map { "\(storedName).\($0)" })
      return (rows, names.joined(separator: " + ") + " in one tree")
    }
    let artefacts = rows + kept
    let claims = try claims(prepared, question, row, names: names, artefacts: artefacts)
    var job = BundleJob<E>(
      store: store, profile: options.profile, output: options.output, purpose: "infer \(storedName)", run: nil, signing: options.signing)
    job.ownRows = Set(rows.map(\.identity))
    let result = try job.make(claims, artefacts: artefacts, &clock)
    return Result(report: result.report, spendings: result.spendings, output: options.output)
  }

  /// The only prepared model of a bundle, or the one of that name.
  private static func model(_ wanted: String?, of report: VerificationReport) throws -> PreparedModel {
    let models = PreparedModel.all(report).filter { !$0.stages.isEmpty && (wanted == nil || $0.model.name == wanted) }
    guard let model = models.first else {
      throw PipelineError(
        .claimDoesNotFit,
        "The bundle has no model \(wanted.map { TerminalText.quoted($0) + " " } ?? "")that answers for the rows of a prepared table.",
        remedy: "Give the bundle of the run that made the model; for a model that reads raw columns leave --bundle out.")
    }
    guard models.count == 1 else {
      throw PipelineError(
        .claimDoesNotFit,
        "The bundle has several models, or prepares rows in several ways: "
          + "\(models.map { TerminalText.quoted($0.model.name) }.joined(separator: ", ")).",
        remedy: "Name one with --model.")
    }
    return model
  }

  /// The tables of one row: as it was measured, and after every stage.
  private static func tables(_ row: StoredTable, _ prepared: PreparedModel, parameters: [String: StoredTable]) throws -> [StoredTable] {
    var tables = [row]
    for stage in prepared.stages {
      guard let last = tables.last else { break }
      do { tables.append(try stage.specification.transform(last, parameters: stage.parameters.flatMap { parameters[$0.name] })) } catch {
        throw PipelineError(
          .row, "The row cannot be prepared: \(TerminalText.escaped("\(error)")).",
          remedy: "The pipeline's preparation refuses such rows: give values that it takes.")
      }
    }
    return tables
  }

  private static func stored(_ entry: ManifestArtefact, in store: Store, bundle: String) throws -> StoredArtefact {
    guard let stored = try store.artefacts().first(where: { $0.identity.hex == entry.identity }) else {
      throw PipelineError(
        .claimDoesNotFit, "The store does not have \(TerminalText.quoted(entry.name)) of the bundle \(TerminalText.quoted(bundle)).",
        remedy: "Give the bundle of a run with this store: after another run of the pipeline, the newer bundle.")
    }
    return stored
  }

  private static func claims<E: KernelField>(
    _ prepared: PreparedModel, _ question: PreparedQuestion, _ row: StoredTable, names: [String], artefacts: [CommittedArtefact<E>]
  ) throws -> [ProofMaker<E>.Named] {
    var wanted: [(name: String, request: ClaimRequest)] = []
    if !question.hidesRow {
      wanted.append(("row", .data(.statistics(StatisticsClaim(table: rowName, statistics: cells(row))))))
    }
    for (index, stage) in prepared.stages.enumerated() {
      let claim = TransformClaim(
        input: names[index], parameters: stage.parameters?.name, output: names[index + 1], specification: stage.specification)
      wanted.append((prepared.stages.count == 1 ? "transform" : "transform-\(index + 1)", .data(.transform(claim))))
    }
    let outputs = Dictionary(question.outputs.map { ($0, RequestedOutput.published) }) { first, _ in first }
    wanted.append(("inference", .inference(model: prepared.model.name, input: .table(preparedName), outputs: outputs)))
    let resolver = ClaimResolver(
      values: Dictionary(artefacts.map { ($0.name, $0.values) }) { first, _ in first },
      identities: Dictionary(artefacts.map { ($0.name, $0.identity) }) { first, _ in first })
    return try withWellFormed(wanted, artefacts.map(\.name)).map { .init(name: $0.name, statement: try resolver.statement($0.request)) }
  }

  /// Statistics of a table of one row that tell its cells: the only value of each column, or that it is missing.
  private static func cells(_ row: StoredTable) -> [Statistic] {
    row.schema.columns.map { column in
      let presence: [Int64]? = row.values(column.name, .presence)
      return presence?.first == 0
        ? .missing(column: column.name, .revealed(1)) : .order(column: column.name, rank: 0, present: 1, .revealed(0))
    }
  }
}
