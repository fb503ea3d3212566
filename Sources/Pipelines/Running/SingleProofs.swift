import Claims
import Evidence
import Fields
import Foundation
import Importers
import Kernels
import Programs
import Soundness
import Store

/// Proofs about artefacts of the store, one bundle each: `prove`, `infer`, `refresh`.
public enum SingleProofs {
  /// What came of a proof.
  public struct Result: Sendable {
    /// The bundle's report, as an auditor gets it.
    public let report: VerificationReport
    /// What was taken from hiding budgets.
    public let spendings: [PlannedSpending]
    /// Where the bundle is.
    public let output: String

    /// The result for programs.
    public var json: JSONValue {
      .object(["bundle": .string(output), "bundleID": .string(report.bundleID), "verification": report.json])
    }
  }

  /// Proves the claims of claim files in one proof.
  ///
  /// Artefacts without a claim of well-formedness get one, since no verifier accepts a claim on an artefact that lacks it.
  /// - Throws: `ImportError`, `PipelineError`, `StoreError`, `BundleWriteError`.
  public static func prove(
    files: [String], options: Pipeline.Options, listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> Result {
    var wanted: [WantedClaim] = []
    for file in files {
      let document = try ClaimDocument.read(path: file)
      for entry in document.claims {
        if case .table(let claim) = entry.claim {
          let openings = entry.commits ? document.openings : nil
          wanted.append(WantedClaim(name: entry.name, content: .table(claim, file: "\(file), claim \(entry.name)", openings: openings)))
        } else {
          wanted.append(WantedClaim(name: entry.name, content: .request(try request(entry.claim))))
        }
      }
    }
    return try make(wanted, purpose: "prove \(wanted.map(\.name).joined(separator: ", "))", options: options, listener: listener)
  }

  /// Proves claims that are asked for in one proof, over artefacts of the store by their names there.
  ///
  /// - Parameter requests: with the names that the claims shall have in the bundle.
  /// - Throws: `PipelineError`, `StoreError`, `BundleWriteError`.
  public static func prove(
    _ requests: [(name: String, request: ClaimRequest)], options: Pipeline.Options, listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> Result {
    try make(
      requests.map { WantedClaim(name: $0.name, content: .request($0.request)) }, purpose: "prove \(requests.map(\.name).joined(separator: ", "))",
      options: options, listener: listener)
  }

  /// Proves what a hidden model answers on a public row.
  ///
  /// - Parameters:
  ///   - model: name in the store.
  ///   - row: a CSV file of one row, or `column=value,column="a, b"`.
  ///   - outputs: outputs of the model to publish, e.g. `prediction`.
  /// - Throws: `ImportError`, `PipelineError`, `StoreError`, `BundleWriteError`.
  public static func infer(
    model: String, row: String, outputs: [String] = ["prediction"], options: Pipeline.Options,
    listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> Result {
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let stored = try store.artefact(named: model)
    guard let architecture = ArtefactVault<GoldilocksCubic>.contents(stored)?.model else {
      throw PipelineError(
        .claimDoesNotFit, "\(TerminalText.quoted(model)) is no model.", remedy: "`zkmlops inspect` on the store lists its artefacts.")
    }
    let table: StoredTable
    do { table = try PublicRow.read(row, architecture: architecture) } catch {
      guard isPrepared(model, architecture, store) else { throw error }
      throw PipelineError(
        .row, "The model \(TerminalText.quoted(model)) reads prepared columns, not those of the raw table (\(error)).",
        remedy: "A row as it was measured takes the run's bundle, which says how rows are prepared: `zkmlops infer --bundle DIR --row ROW`. With "
          + "--model it is a CSV file of prepared numbers, of the features \(architecture.features.prefix(4).map(TerminalText.quoted).joined(separator: ", "))"
          + "\(architecture.features.count > 4 ? ", …" : ""), and proves nothing about where they come from.")
    }
    let bindings = Dictionary(outputs.map { ($0, RequestedOutput.published) }) { first, _ in first }
    let input = InferenceInput.publicRow(schema: table.schema, values: table.columns.compactMap(\.first))
    return try make(
      [WantedClaim(name: "inference", content: .request(.inference(model: model, input: input, outputs: bindings)))], purpose: "infer \(model)",
      options: options, listener: listener)
  }

  /// Whether the model's rows are those that a data phase makes: a table of the same pipeline has them.
  private static func isPrepared(_ model: String, _ architecture: ModelArchitecture, _ store: Store) -> Bool {
    guard let dot = model.lastIndex(of: "."), let stored = try? store.artefact(named: "\(model[..<dot]).\(DataPhase.test)-prepared"),
      case .table(let schema, _)? = ArtefactVault<GoldilocksCubic>.contents(stored)
    else { return false }
    return schema.canonical == architecture.schema.canonical
  }

  /// What a claim file's entry asks for.
  /// - Throws: `PipelineError.fault` for a claim about tables, which `TableClaimMaker` makes.
  static func request(_ claim: RequestedClaim) throws -> ClaimRequest {
    func name(_ column: ClaimColumn) -> ClaimStatement.ColumnName { .init(artefact: column.artefact, column: column.column) }
    switch claim {
    case .wellFormed(let artefact): return .wellFormed(artefact: artefact)
    case .classCounts(let column): return .classCounts(name(column))
    case .accuracy(let labels, let predictions, .atLeast(let numerator, let denominator)):
      return .accuracy(labels: name(labels), predictions: name(predictions), .atLeast(numerator: numerator, denominator: denominator))
    case .accuracy(let labels, let predictions, _): return .accuracy(labels: name(labels), predictions: name(predictions), .revealed)
    case .inference(let model, let table, let output, let committed):
      let binding = committed.map { RequestedOutput.committed(artefact: $0.artefact, column: $0.column) } ?? .published
      return .inference(model: model, input: .table(table), outputs: [output: binding])
    case .table: throw PipelineError(.fault, "A claim about tables was not made from its tables.", remedy: "Report this as a defect.")
    }
  }

  private static func make(
    _ wanted: [WantedClaim], purpose: String, options: Pipeline.Options, listener: @escaping @Sendable (RunEvent) -> Void
  ) throws -> Result {
    options.profile == .p100
      ? try make(wanted, purpose, options, listener, GoldilocksQuadratic.self)
      : try make(wanted, purpose, options, listener, GoldilocksCubic.self)
  }

  private static func make<E: KernelField>(
    _ wanted: [WantedClaim], _ purpose: String, _ options: Pipeline.Options,
    _ listener: @escaping @Sendable (RunEvent) -> Void, _ field: E.Type
  ) throws -> Result where E.Base == Goldilocks {
    try Destination.prepare(options.output)
    var clock = StageClock(listener)
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<E>(store: store, profile: options.profile)
    let names = wanted.flatMap(\.artefacts).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    if wanted.contains(where: \.commits) {
      try clock.stage("commit outputs") {
        let made = try OutputCommitments<E>(vault: vault).commit(wanted)
        return ((), made.isEmpty ? "all in the store" : made.joined(separator: ", "))
      }
    }
    try OutputCommitments<E>(vault: vault).check(wanted)
    let artefacts = try clock.stage("open artefacts") {
      let artefacts = try names.map { name in
        try ArtefactNames.check(name)
        let artefact = try vault.load(name, as: name, role: "artefact")
        return artefact
      }
      return (artefacts, names.joined(separator: ", "))
    }
    let resolver = ClaimResolver(
      values: Dictionary(artefacts.map { ($0.name, $0.values) }) { first, _ in first },
      identities: Dictionary(artefacts.map { ($0.name, $0.identity) }) { first, _ in first })
    let maker = TableClaimMakerSource(artefacts: artefacts)
    let requests = try wanted.map { (name: $0.name, request: try $0.request(maker.tables, maker.identities)) }
    let claims = try withWellFormed(requests, names).map { ProofMaker<E>.Named(name: $0.name, statement: try resolver.statement($0.request)) }
    let job = BundleJob<E>(
      store: store, profile: options.profile, output: options.output, purpose: String(purpose.prefix(400)), run: nil, signing: options.signing)
    let result = try job.make(claims, artefacts: artefacts, &clock)
    return Result(report: result.report, spendings: result.spendings, output: options.output)
  }
}

extension SingleProofs {
  /// The requests, after a claim of well-formedness for every artefact that has none: other claims rely on the declared ranges.
  static func withWellFormed(
    _ requests: [(name: String, request: ClaimRequest)], _ names: [String]
  ) -> [(name: String, request: ClaimRequest)] {
    let covered = requests.compactMap { request -> String? in if case .wellFormed(let name) = request.request { name } else { nil } }
    return names.filter { !covered.contains($0) }.map { ("well-formed-\($0.prefix(60))", .wellFormed(artefact: $0)) } + requests
  }
}

extension ClaimRequest {
  /// Artefacts that the claim speaks of.
  var artefacts: [String] {
    switch self {
    case .wellFormed(let artefact): return [artefact]
    case .classCounts(let column): return [column.artefact]
    case .accuracy(let labels, let predictions, _): return [labels.artefact, predictions.artefact]
    case .sameDataAs(let artefact, let original): return [artefact, original]
    case .data(let claim): return claim.definition.artefacts
    case .inference(let model, let input, let outputs):
      var names = [model]
      if case .table(let table) = input { names.append(table) }
      for name in outputs.keys.sorted() { if case .committed(let artefact, _)? = outputs[name] { names.append(artefact) } }
      return names
    }
  }
}
