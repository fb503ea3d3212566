import Hashing
import Programs

/// Decision trees for pipelines.
public enum TreeFitting {
  /// One tree of all rows; for a forest, whose rows and features follow from a seed that is not known yet, an ensemble of its format that was not
  /// trained.
  /// - Throws: what the growth or the architecture refuses.
  static func tree(
    _ table: StoredTable, features: [String], target: String, settings: TreeSettings, place: FilePlace
  ) throws(ImportError) -> TreeModel {
    try checked(table, settings, features: features.count, place)
    do throws(ProgramError) {
      guard let trees = settings.trees else { return try .train(table, features: features, target: target, growth: settings.growth) }
      return try .untrained(TreeModel.architecture(table.schema, features: features, target: target, growth: settings.growth, trees: trees))
    } catch { throw ImportError(error, at: place) }
  }

  /// The forest that a seed gives.
  /// - Throws: what the growth or the architecture refuses.
  public static func forest(
    _ table: StoredTable, _ architecture: TreeArchitecture, settings: TreeSettings, seed: Digest, place: FilePlace
  ) throws(ImportError) -> TreeModel {
    try checked(table, settings, features: architecture.features.count, place)
    let kept = settings.kept(of: architecture.features.count)
    do throws(ProgramError) {
      return try .train(
        table, features: architecture.features, target: architecture.target, growth: settings.growth,
        forest: TreeForest(trees: architecture.trees, features: kept, seed: seed))
    } catch { throw ImportError(error, at: place) }
  }

  private static func checked(_ table: StoredTable, _ settings: TreeSettings, features: Int, _ place: FilePlace) throws(ImportError) {
    guard table.rowCount > 0 else {
      throw ImportError(.noRows, at: place, found: "no training row", expected: "at least one", remedy: "Train on more rows")
    }
    guard settings.kept(of: features) <= features else {
      throw ImportError(
        .invalidValue, at: place, found: "features: \(settings.kept(of: features)) of \(features) features", expected: "at most all of them",
        remedy: "Correct model.features")
    }
  }
}
