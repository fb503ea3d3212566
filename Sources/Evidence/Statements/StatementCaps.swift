/// Bounds on statements before anything is built from them, so that a hostile manifest costs a verifier little.
///
/// A cost unit is about one entry that the verifier computes or holds: cells of public rows and tables, columns, weights. The sum over all
/// claims of a bundle stays below `bundleCost`, which the largest tables that this program commits use a small part of.
package enum StatementCaps {
  /// Rows of a table: 2^24.
  static let rows = 1 << 24
  /// Columns of a table.
  static let columns = 1 << 12
  /// Weights of a model.
  static let weights = 1 << 20
  /// Features of a model.
  static let features = 1 << 14
  /// Cells of one committed matrix, padding included.
  static let cells = 1 << 28
  /// Cost of all claims of a bundle.
  package static let bundleCost = 1 << 21
  /// Artefacts of a bundle.
  static let artefacts = 2_000
  /// Imported networks of a bundle: their programs are analysed, with every function table, before any cost is known.
  static let networks = 16
  /// Claims of one proof.
  static let claims = 1_000
}
