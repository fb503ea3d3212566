import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Importers
import Kernels
import Programs
import Prover
import Soundness
import Store

/// The main job: a pipeline file to an evidence bundle.
public enum Pipeline {
  /// What is set outside of the pipeline file.
  public struct Options: Sendable {
    /// The store's folder.
    public var store: String
    /// Where the bundle goes.
    public var output: String
    /// The soundness profile.
    public var profile: SoundnessProfile
    /// Who signs the bundle, and which one comes before it.
    public var signing: BundleSigning
    /// What a dishonest provider does to the tables of the data phase, by name, before they are committed: for tests that show it is found out.
    package var tampering: (@Sendable (_ stages: [PreparationStage], _ tables: inout [String: StoredTable]) throws -> Void)?

    /// The same for those who apply it.
    var tableTampering: TableTampering? { tampering.map(TableTampering.init) }

    /// Rows of a group that claims about fairness show, in place of `claims.fairness.minimumGroup`; nil: the pipeline file's.
    public var minimumGroup: Int?

    /// Whether to stop where the proof would begin: `Estimate`.
    var isEstimate = false
    /// Where an estimate, whose own store is thrown away, finds received tables.
    var receivedStore: String?
    /// Seconds that an estimate measures this machine.
    var calibrationSeconds = 5.0

    /// Options of a run.
    public init(store: String, output: String, profile: SoundnessProfile = .p128, signing: BundleSigning = BundleSigning()) {
      self.store = store
      self.output = output
      self.profile = profile
      self.signing = signing
    }
  }

  /// Runs the pipeline at `path`: reads and checks the data, splits, fits or imports the model, commits what is claimed, predicts, proves all
  /// claims in one proof, and writes the bundle.
  ///
  /// - Parameter listener: hears of every stage, of what will be revealed and spent before the proof is made, and of warnings.
  /// - Throws: `ImportError`, `PipelineError`, `StoreError`, `BundleWriteError`; nothing is at `output` then that was not there before.
  public static func run(
    _ path: String, options: Options, listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> RunResult {
    options.profile == .p100
      ? try PipelineRun<GoldilocksQuadratic>(path: path, options: options, listener: listener).run()
      : try PipelineRun<GoldilocksCubic>(path: path, options: options, listener: listener).run()
  }

  /// The name of a pipeline, which its artefacts have in the store: the file's, or its folder's when the file is called `pipeline`.
  public static func projectName(_ path: String) -> String {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    let stem = url.deletingPathExtension().lastPathComponent
    let name = stem == "pipeline" ? url.deletingLastPathComponent().lastPathComponent : stem
    return ArtefactNames.sanitised(name)
  }
}

/// What came of a run.
public struct RunResult: Sendable {
  /// The bundle's report, as an auditor gets it.
  public let report: VerificationReport
  /// The stages with their times.
  public let stages: [StageReport]
  /// What was taken from hiding budgets.
  public let spendings: [PlannedSpending]
  /// Where the bundle is.
  public let output: String
  /// Names of the artefacts in the store, by name in the bundle.
  public let storedNames: [String: String]
  /// What goes most with each protected column: computed, not proved.
  public var associations: [ProtectedAssociation] = []
}

/// One run with a fixed challenge field.
struct PipelineRun<E: KernelField> where E.Base == Goldilocks {
  let path: String
  let options: Pipeline.Options
  let listener: @Sendable (RunEvent) -> Void

  func run() throws -> RunResult {
    var clock = StageClock(listener)
    try Destination.prepare(options.output)
    let project = Pipeline.projectName(path)
    let opened = OpenedStore<E>(path: options.store, profile: options.profile)
    let owned = options.receivedStore.map { OpenedStore<E>(path: $0, profile: options.profile) } ?? opened
    let loading = try clock.stage("read data") {
      var received: [String: CommittedArtefact<E>] = [:]
      let loaded = try LoadedPipeline.load(path: path) { storedName, join in
        let name = join.map(CommittedSource<E>.raw(join:)) ?? CommittedSource<E>.raw
        let artefact = try owned.table(storedName, as: name, role: join == nil ? "dataset" : "joinedDataset")
        received[name] = artefact.artefact
        return artefact.table
      }
      return (
        (loaded: loaded, received: received), "\(counted(loaded.table.rowCount, "row")), \(counted(loaded.table.schema.columns.count, "column"))"
      )
    }
    let loaded = loading.loaded
    let store = try opened.store()
    var signing = options.signing
    signing.key = signing.key ?? loaded.configuration.signingKey
    // The throw-away store of an estimate has no keys.
    if !options.isEstimate { _ = try signing.signer(store) }
    let run = try store.startRun(pipeline: try digest(loaded))
    do {
      let vault = ArtefactVault<E>(store: store, profile: options.profile)
      var source: CommittedSource<E>?
      if loaded.configuration.hasDataPhase {
        source = try clock.stage("commit data") {
          let source = try CommittedSource<E>.make(
            loaded, received: loading.received, project: project, vault: vault, tampering: options.tableTampering)
          return (source, Self.outcome(source.artefacts.map { ($0, false) }))
        }
      }
      var plan = try clock.stage(source == nil ? "fit model" : "split, prepare, fit") {
        var plan = try prepare(loaded, source, project)
        plan.smallestGroup = options.minimumGroup
        return (plan, Self.outcome(plan.prepared))
      }
      for note in plan.prepared.notes { listener(.note(note)) }
      let associations = try plan.prepared.associations()
      for association in associations { listener(.note(association.words)) }
      if case .training(let settings) = plan.prepared.configuration.source, settings.proof == .process {
        plan = try clock.stage("train step by step") { try train(plan, settings, vault) }
      } else if case .trees(let settings) = plan.prepared.configuration.source, case .trees(let own) = plan.prepared.model {
        plan = try clock.stage("grow trees") { try growTrees(plan, own, settings, vault) }
        if settings.proof == .none { listener(.note("how the trees came about is not proved: what is proved is which model answered")) }
      } else if let settings = plan.prepared.configuration.optimum {
        plan = try clock.stage("find the optimum") { try findOptimum(plan, settings) }
      } else if plan.prepared.epochs != nil {
        listener(.note("the training of the model is not proved: what is proved is which model answered, not how it came about"))
      }
      listener(
        .note(
          RowDealing.provenance(loaded.configuration, isFresh: source?.isFresh ?? true)
            ?? "the split into training and test rows is not proved: split.method proves one"))
      var result = try prove(plan, source, vault, run, signing, &clock)
      result.associations = associations
      try store.finishRun(run, outcome: .succeeded)
      return result
    } catch {
      try? store.finishRun(run, outcome: .failed)
      throw error
    }
  }

  /// Deals the rows, prepares the columns and fits the model.
  private func prepare(_ loaded: LoadedPipeline, _ source: CommittedSource<E>?, _ project: String) throws -> RunPlan {
    guard let source, let table = source.split, case .table(let rows) = table.values else {
      return RunPlan(try PreparedPipeline(loaded), project: project)
    }
    let dealing = try RowDealing(loaded.configuration, table: rows, identity: table.identity, file: path)
    let prepared = try PreparedPipeline(loaded, table: rows, split: dealing.split)
    let phase = DataPhase(prepared: prepared, rule: dealing.rule, raw: source.whole, source: table.name, rawTable: loaded.table)
    return RunPlan(prepared, project: project, phase: phase)
  }

  private static func outcome(_ prepared: PreparedPipeline) -> String {
    let rows = "\(prepared.split.training.count) training and \(counted(prepared.split.test.count, "test row"))"
    if case .trees(let model) = prepared.model {
      return "\(rows), \(counted(model.architecture.features.count, "feature")), \(outcome(model.architecture))"
    }
    return "\(rows), \(counted(prepared.encoding.featureCount, "feature")), "
      + (prepared.epochs.map { counted($0, "epoch") } ?? "imported coefficients")
  }

  /// `test + model in one tree, predictions (2 as committed before)`.
  private static func outcome(_ committed: [(artefact: CommittedArtefact<E>, isKept: Bool)]) -> String {
    let trees = committed.map(\.artefact).groupedByTree().map { $0.map(\.name).joined(separator: " + ") + ($0.count > 1 ? " in one tree" : "") }
    let kept = committed.filter(\.isKept).count
    return trees.joined(separator: ", ") + (kept > 0 ? " (\(kept) as committed before)" : "")
  }

  private func digest(_ loaded: LoadedPipeline) throws -> Digest {
    SHA256.hash(try InputFile.read(path: path, limit: 1 << 24) + loaded.table.schema.canonical.encoded)
  }

  private func prove(
    _ plan: RunPlan, _ source: CommittedSource<E>?, _ vault: ArtefactVault<E>, _ run: [UInt8], _ signing: BundleSigning, _ clock: inout StageClock
  ) throws -> RunResult {
    let prepared = plan.prepared
    if plan.hasTooManyClasses, prepared.configuration.accuracy != .none {
      guard prepared.configuration.accuracy == .revealed else {
        throw PipelineError(
          .claimDoesNotFit, "The target has more than \(plan.maximumClasses) classes, too many for an accuracy claim.",
          remedy: "Set claims.accuracy: none.")
      }
      listener(
        .warning(
          "no accuracy is claimed: the target has more than \(plan.maximumClasses) classes, too many to publish a confusion matrix; "
            + "claims.accuracy: {atLeast: …} takes more"))
    }
    let test = prepared.testTable
    let predictions = try clock.stage("predict") {
      let execution = try prepared.model.run(test)
      let table = try plan.predictions(execution)
      return (table, plan.outcome(table, test: test))
    }
    let phase = try plan.phase?.claims()
    for note in phase?.notes ?? [] { listener(.note(note)) }
    let made = try clock.stage("commit") {
      var parts = plan.artefacts(test: test, predictions: predictions, E.self)
      try options.tableTampering?.apply(plan.prepared.stages, to: &parts)
      let cells = parts.map { $0.values.contents.cellCount }.max() ?? 0
      let price = try OpeningsPrice(openings: prepared.configuration.openings, cells: cells, profile: options.profile)
      listener(.note(price.words))
      let committed = try vault.commit(parts, price: price, trees: plan.trees)
      return (committed.map(\.artefact), Self.outcome(committed))
    }
    let artefacts = (source?.artefacts ?? []) + made
    let resolver = ClaimResolver(values: Dictionary(artefacts.map { ($0.name, $0.values) }) { first, _ in first })
    var claims = (source?.artefacts ?? []).map { ProofMaker<E>.Named(name: "\($0.name)-well-formed", statement: .wellFormed(artefact: $0.name)) }
    let answers = try plan.requests().map { ProofMaker<E>.Named(name: $0.name, statement: try resolver.statement($0.request)) }
    for warning in try plan.metricWarnings(answers.map(\.statement)) { listener(.note(warning)) }
    let isForm: (ProofMaker<E>.Named) -> Bool = { if case .wellFormed = $0.statement { true } else { false } }
    claims += answers.filter(isForm) + (source?.claims ?? [])
    claims += (phase?.claims ?? []).map { ProofMaker<E>.Named(name: $0.name, statement: $0.statement) }
    for (index, training) in plan.trainings.enumerated() {
      let name = plan.trainings.count == 1 ? "training" : "training-\(index + 1)"
      claims.append(ProofMaker<E>.Named(name: name, statement: .data(.training(training))))
    }
    if let training = plan.treeTraining { claims.append(ProofMaker<E>.Named(name: "training", statement: .data(.treeTraining(training)))) }
    if let optimum = plan.optimum { claims.append(ProofMaker<E>.Named(name: "optimum", statement: .data(.optimum(optimum)))) }
    claims += answers.filter { !isForm($0) }
    let job = BundleJob<E>(
      store: vault.store, profile: options.profile, output: options.output, purpose: "run \(plan.project)", run: run, signing: signing)
    if options.isEstimate { throw EstimateReached(estimate: try job.estimate(claims, artefacts, calibration: options.calibrationSeconds, &clock)) }
    let result: BundleJob<E>.Result
    do { result = try job.make(claims, artefacts: artefacts, &clock) } catch let error as StatementError where plan.phase != nil {
      throw PipelineError(
        .claimDoesNotFit, "The claims of the data phase cannot be proved: \(TerminalText.escaped("\(error)")).",
        remedy: "Narrow the ranges of wide columns in the schema, begin their chains with round, or drop them under prepare.columns.")
    }
    var storedNames = source?.storedNames ?? [:]
    for artefact in made { storedNames[artefact.name] = plan.storedName(artefact.name) }
    return RunResult(
      report: result.report, stages: clock.stages, spendings: result.spendings, output: options.output,
      storedNames: storedNames)
  }
}

/// What a dishonest provider does to tables before committing to them, in tests.
struct TableTampering {
  let change: @Sendable (_ stages: [PreparationStage], _ tables: inout [String: StoredTable]) throws -> Void

  func apply<E>(_ stages: [PreparationStage], to parts: inout [ArtefactVault<E>.Part]) throws {
    var tables: [String: StoredTable] = [:]
    for part in parts { if case .table(let table) = part.values { tables[part.name] = table } }
    try change(stages, &tables)
    parts = parts.map { part in
      .init(storedName: part.storedName, name: part.name, role: part.role, values: tables[part.name].map { .table($0) } ?? part.values)
    }
  }
}

/// The store of a run, opened once and only when needed.
private final class OpenedStore<E: KernelField> where E.Base == Goldilocks {
  private let path: String
  private let profile: SoundnessProfile
  private var opened: Store?

  init(path: String, profile: SoundnessProfile) {
    self.path = path
    self.profile = profile
  }

  func store(create: Bool = true) throws -> Store {
    if let opened { return opened }
    let store = try Store.open(URL(fileURLWithPath: path), create: create)
    opened = store
    return store
  }

  /// A committed table of the store.
  /// - Throws: `StoreError`, `PipelineError.claimDoesNotFit`.
  func table(_ storedName: String, as name: String, role: String) throws -> (artefact: CommittedArtefact<E>, table: StoredTable) {
    let artefact = try ArtefactVault<E>(store: try store(create: false), profile: profile).load(storedName, as: name, role: role)
    guard case .table(let table) = artefact.values else {
      throw PipelineError(
        .claimDoesNotFit, "\(TerminalText.quoted(storedName)) is no table.", remedy: "`zkmlops inspect` on the store lists its artefacts.")
    }
    return (artefact, table)
  }
}
