/// What to write in place of a preparation that does not work.

import Programs

/// Advice about errors of chains.
public enum PreparationAdvice {
  /// What a person who wrote the chain can do.
  public static func remedy(_ error: ProgramError) -> String {
    if case .relationTooLarge = error { return "Narrow the column's range in the schema, or begin its chain with round" }
    guard case .invalidParameter(_, let reason) = error else { return "Correct the column's chain, or drop the column" }
    return phrases.first { reason.contains($0.words) }?.remedy ?? "Correct the column's chain, or drop the column"
  }

  /// The phrases are those of `Programs/Preparation`; tests keep the two together.
  private static let phrases: [(words: String, remedy: String)] = [
    ("missing cells", "Write impute first, e.g. [impute: median, standardise], or filter the rows where the column is present"),
    (
      "not seen in training",
      "Write unseen: zeros or unseen: {other: NAME} in place of error (an ordinal has no zeros), or filter the rows with that category"
    ),
    ("no cell of the column is present", "Drop the column (COLUMN: drop), or impute a constant: no row that is fitted on has a value in it"),
    ("edges ascend", "Sort the edges, each once"),
    ("logarithm of 1 + x", "Write clip: {from: 0} before log, and log before standardise, min-max or robust"),
    ("on categories", "Write one-hot or ordinal before it, or leave it out"), ("for categories on numbers", "Leave the step out, or bucketise first"),
    ("is a category", "Leave the step out: categories take impute: mode, one-hot and ordinal"),
    ("a missing indicator is the first step", "Write missing-indicator alone, as a column of its own"),
    ("one-hot encoding is the last step", "Write one-hot last"),
    ("an order lists categories", "List categories of the schema, each once"),
    ("all of them", "List every category of the column, or declare unseen: error"),
  ]
}

extension ImportError {
  /// An error of a chain or of what it computes, with the column that it is about.
  public init(preparation error: ProgramError, file: String, column: String? = nil) {
    self.init(
      .invalidValue, at: FilePlace(file: file, column: column ?? error.subject),
      found: "a preparation that cannot be computed: \("\(error)".escaped(limit: 300))",
      expected: "steps that fit the column's cells", remedy: PreparationAdvice.remedy(error))
  }
}
