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

    /// Whether to stop where the proof would begin: `Estimate`.
    var isEstimate = false
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
}

/// One run with a fixed challenge field.
struct PipelineRun<E: KernelField> where E.Base == Goldilocks {
  let path: String
  let options: Pipeline.Options
  let listener: @Sendable (RunEvent) -> Void

  func run() throws -> RunResult {
    var clock = StageClock(listener)
    try Destination.prepare(options.output)
    let prepared = try clock.stage("read data, fit model") {
      let prepared = try PreparedPipeline.load(path: path)
      return (prepared, Self.outcome(prepared))
    }
    for note in prepared.notes { listener(.note(note)) }
    if prepared.epochs != nil {
      listener(.note("the training of the model is not proved: what is proved is which model answered, not how it came about"))
    }
    let store = try Store.open(URL(fileURLWithPath: options.store))
    var signing = options.signing
    signing.key = signing.key ?? prepared.configuration.signingKey
    // The throw-away store of an estimate has no keys.
    if !options.isEstimate { _ = try signing.signer(store) }
    let run = try store.startRun(pipeline: try digest(prepared))
    do {
      let result = try prove(prepared, store, run, signing, &clock)
      try store.finishRun(run, outcome: .succeeded)
      return result
    } catch {
      try? store.finishRun(run, outcome: .failed)
      throw error
    }
  }

  private static func outcome(_ prepared: PreparedPipeline) -> String {
    let rows = "\(prepared.split.training.count) training and \(counted(prepared.split.test.count, "test row"))"
    return "\(rows), \(counted(prepared.encoding.featureCount, "feature")), "
      + (prepared.epochs.map { counted($0, "epoch") } ?? "imported coefficients")
  }

  /// `test + model in one tree, predictions (2 as committed before)`.
  private static func outcome(_ committed: [(artefact: CommittedArtefact<E>, isKept: Bool)]) -> String {
    let trees = committed.map(\.artefact).groupedByTree().map { $0.map(\.name).joined(separator: " + ") + ($0.count > 1 ? " in one tree" : "") }
    let kept = committed.filter(\.isKept).count
    return trees.joined(separator: ", ") + (kept > 0 ? " (\(kept) as committed before)" : "")
  }

  private func digest(_ prepared: PreparedPipeline) throws -> Digest {
    SHA256.hash(try InputFile.read(path: path, limit: 1 << 24) + prepared.table.schema.canonical.encoded)
  }

  private func prove(
    _ prepared: PreparedPipeline, _ store: Store, _ run: [UInt8], _ signing: BundleSigning, _ clock: inout StageClock
  ) throws -> RunResult {
    let plan = RunPlan(prepared, project: Pipeline.projectName(path))
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
    let vault = ArtefactVault<E>(store: store, profile: options.profile)
    let artefacts = try clock.stage("commit") {
      let parts = plan.artefacts(test: test, predictions: predictions, E.self)
      let cells = parts.map { $0.values.contents.cellCount }.max() ?? 0
      let price = try OpeningsPrice(openings: prepared.configuration.openings, cells: cells, profile: options.profile)
      listener(.note(price.words))
      let committed = try vault.commit(parts, price: price, trees: plan.trees)
      return (committed.map(\.artefact), Self.outcome(committed))
    }
    let resolver = ClaimResolver(values: Dictionary(artefacts.map { ($0.name, $0.values) }) { first, _ in first })
    let claims = try plan.requests.map { ProofMaker<E>.Named(name: $0.name, statement: try resolver.statement($0.request)) }
    let job = BundleJob<E>(
      store: store, profile: options.profile, output: options.output, purpose: "run \(plan.project)", run: run, signing: signing)
    if options.isEstimate { throw EstimateReached(estimate: try job.estimate(claims, artefacts, calibration: options.calibrationSeconds, &clock)) }
    let result = try job.make(claims, artefacts: artefacts, &clock)
    return RunResult(
      report: result.report, stages: clock.stages, spendings: result.spendings, output: options.output,
      storedNames: Dictionary(artefacts.map { ($0.name, plan.storedName($0.name)) }) { first, _ in first })
  }
}
