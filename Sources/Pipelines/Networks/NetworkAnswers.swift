import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Kernels
import Programs
import ProofSystem
import Soundness
import Store

extension SingleProofs {
  /// The public part of a network of the store; nil for an artefact of another kind.
  /// - Throws: `StoreError`.
  public static func network(_ name: String, store path: String) throws -> NetworkArchitecture? {
    let store = try Store.open(URL(fileURLWithPath: path), create: false)
    guard case .network(let architecture)? = ArtefactVault<GoldilocksCubic>.contents(try store.artefact(named: name)) else { return nil }
    return architecture
  }

  /// What a network answers; nothing is proved, and nothing written.
  /// - Throws: `PipelineError`, `StoreError`.
  public static func answer(_ question: NetworkQuestion, options: Pipeline.Options) throws -> NetworkAnswer {
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<GoldilocksCubic>(store: store, profile: options.profile)
    let execution = try NetworkExecution(
      question, model: try network(try vault.load(question.model, as: "model", role: "model"), question.model),
      table: try table(question, vault)?.table)
    return NetworkAnswer(architecture: execution.architecture, rows: execution.rows, outputs: execution.outputs)
  }

  /// Proves what a hidden network answers, for all rows of the question in one proof: with inputs and outputs each published, hidden or committed.
  ///
  /// The claims: well-formedness of all artefacts; `networkInference`; `accuracy`, where labels are named.
  /// - Throws: `PipelineError`, `StoreError`, `BundleWriteError`.
  public static func infer(
    _ question: NetworkQuestion, options: Pipeline.Options, listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> Result {
    options.profile == .p100
      ? try infer(question, options, listener, GoldilocksQuadratic.self) : try infer(question, options, listener, GoldilocksCubic.self)
  }

  private static func infer<E: KernelField>(
    _ question: NetworkQuestion, _ options: Pipeline.Options, _ listener: @escaping @Sendable (RunEvent) -> Void, _ field: E.Type
  ) throws -> Result where E.Base == Goldilocks {
    try Destination.prepare(options.output)
    try ArtefactNames.check(question.model)
    var clock = StageClock(listener)
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<E>(store: store, profile: options.profile)
    let (artefact, rows) = try clock.stage("open artefacts") {
      let artefact = try vault.load(question.model, as: question.model, role: "model")
      return ((artefact, try table(question, vault)), question.model)
    }
    let model = try network(artefact, question.model)
    let execution = try clock.stage("run the model") {
      let execution = try NetworkExecution(question, model: model, table: rows?.table)
      return (execution, counted(execution.rows, "row"))
    }
    var artefacts = [artefact] + (rows.map { [$0.artefact] } ?? [])
    let predictions = question.predictions ?? String("\(question.model).predictions".prefix(80))
    let outputs = NetworkOutputs(question, execution, labels: try labels(question, rows?.table), predictions: predictions)
    if let table = try outputs.table() {
      artefacts.append(
        try clock.stage("commit predictions") {
          try ArtefactNames.check(predictions)
          let values = ArtefactValues.table(table)
          let price = try OpeningsPrice(openings: predictionOpenings, cells: values.contents.cellCount, profile: options.profile)
          let part = ArtefactVault<E>.Part(storedName: predictions, name: predictions, role: "predictions", values: values)
          return (try vault.commit(part, price: price).artefact, predictions)
        })
    }
    let inference = outputs.claim()
    var claims = artefacts.map { ("well-formed-\($0.name.prefix(60))", ClaimStatement.wellFormed(artefact: $0.name)) }
    claims.append(("inference", .data(.network(inference))))
    if let accuracy = try outputs.accuracy(rows?.table) { claims.append(("accuracy", accuracy)) }
    var job = BundleJob<E>(
      store: store, profile: options.profile, output: options.output, purpose: "infer \(question.model)", run: nil, signing: options.signing)
    if case .given(_, let inputs, false) = question.rows { job.hiddenInputs = [inference: inputs] }
    let result = try job.make(claims.map { .init(name: $0.0, statement: $0.1) }, artefacts: artefacts, &clock)
    return Result(report: result.report, spendings: result.spendings, output: options.output)
  }

  /// Proofs that a table of predictions serves: this one, and claims about it.
  private static var predictionOpenings: Int { 8 }

  private static func network<E>(_ artefact: CommittedArtefact<E>, _ name: String) throws -> NetworkModel {
    guard case .network(let model) = artefact.values else {
      throw PipelineError(
        .claimDoesNotFit, "\(TerminalText.quoted(name)) is no imported network.", remedy: "`zkmlops inspect` on the store lists its artefacts.")
    }
    return model
  }

  private static func table<E: KernelField>(
    _ question: NetworkQuestion, _ vault: ArtefactVault<E>
  ) throws -> (artefact: CommittedArtefact<E>, table: StoredTable)? where E.Base == Goldilocks {
    guard case .table(let name, _) = question.rows else { return nil }
    try ArtefactNames.check(name)
    let artefact = try vault.load(name, as: name, role: "rows")
    guard case .table(let table) = artefact.values else {
      throw PipelineError(
        .claimDoesNotFit, "\(TerminalText.quoted(name)) is no table.", remedy: "`zkmlops inspect` on the store lists its artefacts.")
    }
    return (artefact, table)
  }

  private static func labels(_ question: NetworkQuestion, _ table: StoredTable?) throws -> TableColumn? {
    guard let name = question.labels else { return nil }
    guard let column = table?.schema.column(name), case .category = column.type, column.missing == .refuse else {
      throw PipelineError(
        .claimDoesNotFit, "The rows have no column \(TerminalText.quoted(name)) of categories without missing cells.",
        remedy: "Labels are a column of the table that the rows come from.")
    }
    return column
  }
}
