import Claims
import Evidence
import Importers
import Programs

extension PipelineRun {
  /// Commits the training rows, trains on them in the order that their commitment and a nonce give, and puts the model into the plan.
  ///
  /// The rows are committed before anything else of the run; the commitment is found again with the rest.
  /// - Throws: `PipelineError` without a proved split; `ImportError` for what the run refuses.
  func train(_ plan: RunPlan, _ settings: TrainingSettings, _ vault: ArtefactVault<E>) throws -> (RunPlan, String) {
    let prepared = plan.prepared
    let (phase, committed, nonce) = try commitTraining(plan, vault, for: "The steps of a training are proved on")
    guard let architecture = prepared.model.linear?.architecture else {
      throw PipelineError(.fault, "Steps of a training are of a linear model.", remedy: "Report this as a defect.")
    }
    let name = phase.trainingInput
    let fitted = try ProcessTraining.fit(
      prepared.trainingTable, encoding: prepared.encoding, target: architecture.target, task: architecture.task, settings: settings,
      seed: nonce.seed(purpose: "training", identity: committed.identity), place: FilePlace(file: prepared.loaded.file))
    var trained = RunPlan(prepared.replacing(model: .linear(fitted.model)), project: plan.project, phase: phase)
    trained.smallestGroup = plan.smallestGroup
    for (index, state) in fitted.checkpoints.enumerated() {
      trained.checkpoints.append((RunPlan.checkpoint(index), try TrainingClaim.checkpoint(fitted.run, state)))
    }
    for (index, steps) in fitted.segments.enumerated() {
      let isLast = index == fitted.segments.count - 1
      trained.trainings.append(
        TrainingClaim(
          table: name, start: index == 0 ? nil : RunPlan.checkpoint(index - 1),
          end: isLast ? .model(RunPlan.model) : .checkpoint(RunPlan.checkpoint(index)), run: fitted.run, nonce: nonce, firstStep: steps.lowerBound,
          stepCount: steps.count))
    }
    let segments = fitted.segments.count > 1 ? ", \(counted(fitted.segments.count, "segment"))" : ""
    return (trained, "\(counted(fitted.stepCount, "step")), \(counted(settings.epochs, "epoch"))\(segments)")
  }
}

extension PipelineRun {
  /// Commits the table that a model is trained on, before anything that its commitment decides, and says by which nonce that is.
  ///
  /// The rows are committed in a tree of their own; the commitment is found again with the rest of the run.
  /// - Throws: `PipelineError` without a proved split, with `purpose` ("… on a committed training table") in it; `StoreError`.
  func commitTraining(
    _ plan: RunPlan, _ vault: ArtefactVault<E>, for purpose: String
  ) throws -> (phase: DataPhase, table: CommittedArtefact<E>, nonce: Nonce) {
    guard let phase = plan.phase else {
      throw PipelineError(
        .claimDoesNotFit, "\(purpose) a committed training table, and this pipeline commits none.",
        remedy: "Set split.method, so that the split is proved, or model.training.proof: none.")
    }
    let prepared = plan.prepared
    let name = phase.trainingInput
    guard let values = phase.artefacts.first(where: { $0.name == name })?.values else {
      throw PipelineError(.fault, "The pipeline has no training table.", remedy: "Report this as a defect.")
    }
    let cells = plan.artefacts(test: prepared.testTable, predictions: prepared.testTable, E.self).map { $0.values.contents.cellCount }.max() ?? 0
    let price = try OpeningsPrice(openings: prepared.configuration.openings, cells: cells, profile: options.profile)
    let part = ArtefactVault<E>.Part(storedName: plan.storedName(name), name: name, role: "trainingSet", values: values)
    return (phase, try vault.commit(part, price: price).artefact, phase.rule.nonce ?? Nonce(bytes: [], source: .prover))
  }
}

extension PipelineRun {
  /// Shows how near the model is to the optimum on the committed training rows: a model that is fitted here, or the imported one.
  /// - Throws: `PipelineError` without a proved split; `ImportError` where the distance that is asked for cannot be shown.
  func findOptimum(_ plan: RunPlan, _ settings: TrainingSettings) throws -> (RunPlan, String) {
    guard let phase = plan.phase else {
      throw PipelineError(
        .claimDoesNotFit, "An optimum is proved on a committed training table, and this pipeline commits none.",
        remedy: "Set split.method, so that the split is proved, or model.training.proof: none.")
    }
    let prepared = plan.prepared
    guard let model = prepared.model.linear else {
      throw PipelineError(.fault, "An optimum is of a linear model.", remedy: "Report this as a defect.")
    }
    let architecture = model.architecture
    var imported: LinearModel?
    if case .coefficients = prepared.configuration.source { imported = model }
    let fitted = try OptimumFitting.fit(
      prepared.trainingTable, encoding: prepared.encoding, target: architecture.target, task: architecture.task, settings: settings,
      model: imported, place: FilePlace(file: prepared.loaded.file))
    var found = RunPlan(prepared.replacing(model: .linear(fitted.model)), project: plan.project, phase: phase)
    found.smallestGroup = plan.smallestGroup
    found.optimum = OptimumClaim(
      tables: [phase.trainingInput], model: RunPlan.model, problem: fitted.problem, toleranceBits: fitted.toleranceBits, radius: fitted.radius,
      curvature: fitted.curvature)
    return (found, "at most \(fitted.account.distance.text) from the optimum")
  }
}

extension SplitRule {
  /// The nonce of a split by a seed.
  var nonce: Nonce? {
    switch self {
    case .random(let nonce), .stratified(let nonce, _, _, _, _), .groups(let nonce, _, _, _, _): nonce
    case .cutoff: nil
    }
  }
}
