import Claims
import Evidence
import Importers
import Programs

extension PipelineRun {
  /// The forest that the training table's commitment and a nonce give, and the certificate that is asked for.
  ///
  /// One tree was grown with the preparation: nothing about it is drawn. For a forest the table is committed first.
  /// - Throws: `PipelineError` without a proved split; `ImportError` for what the growth refuses.
  func growTrees(_ plan: RunPlan, _ own: TreeModel, _ settings: TreeSettings, _ vault: ArtefactVault<E>) throws -> (RunPlan, String) {
    var grown = plan
    var sampling: TreeSampling?
    let place = FilePlace(file: plan.prepared.loaded.file)
    if settings.trees != nil {
      let (phase, committed, nonce) = try commitTraining(plan, vault, for: "Rows and features of a forest are drawn by")
      let kept = settings.kept(of: own.architecture.features.count)
      sampling = TreeSampling(nonce: nonce, features: kept)
      let forest = try TreeFitting.forest(
        plan.prepared.trainingTable, own.architecture, settings: settings, seed: TreeSampling.seed(nonce, committed.identity), place: place)
      grown = RunPlan(plan.prepared.replacing(model: .trees(forest)), project: plan.project, phase: phase)
      grown.smallestGroup = plan.smallestGroup
    }
    if settings.proof == .certificate {
      guard let phase = plan.phase else {
        throw PipelineError(
          .claimDoesNotFit, "That a tree is the best is proved of a committed training table, and this pipeline commits none.",
          remedy: "Set split.method, so that the split is proved, or model.training.proof: none.")
      }
      grown.treeTraining = TreeTrainingClaim(model: RunPlan.model, table: phase.trainingInput, growth: settings.growth, sampling: sampling)
    }
    return (grown, Self.outcome(own.architecture))
  }

  /// `one tree of depth 5`.
  static func outcome(_ architecture: TreeArchitecture) -> String {
    (architecture.trees == 1 ? "one tree" : "\(architecture.trees) trees") + " of depth \(architecture.depth)"
  }
}
