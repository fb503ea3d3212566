import Claims
import Evidence
import Fields
import ProofSystem
import Soundness

/// What a number of openings costs: the code shape that allows them.
///
/// A row of 2^m values carries 2^m / 8 random ones; a proof opens at most t of the 2^(m+2) code positions and every position opened uses
/// one random value up, so that a shape serves ⌊2^m / 8 / t⌋ proofs. More openings make rows longer, and proofs larger by what the longer
/// authentication paths and recursion cost.
public struct OpeningsPrice: Equatable, Sendable {
  /// Openings asked for.
  public let requested: Int
  /// Whole proofs that the shape serves at least.
  public let openings: Int
  /// log2 of the values of a row.
  public let log2RowLength: Int
  /// Random values of a row.
  public let tailCount: Int
  /// Code positions that one proof opens at most.
  public let queryCount: Int

  /// Rows that a committed matrix may have before it gets longer ones.
  static let maximumRows = 128

  /// The smallest shape for `openings` proofs over a matrix of `cells` cells.
  /// - Throws: `PipelineError.noCodeShape`.
  public init(openings: Int, cells: Int, profile: SoundnessProfile) throws(PipelineError) {
    for m in 11...22 {
      guard let shape = try? QueryCount.globalShape(m: m, profile: profile), shape.budget >= openings else { continue }
      guard cells <= Self.maximumRows << m || m == 22 && cells >> m < StatementLimits.maximumRows else { continue }
      requested = openings
      self.openings = shape.budget
      log2RowLength = m
      tailCount = shape.tail
      queryCount = shape.queryCount
      return
    }
    throw PipelineError(
      .noCodeShape, "No code shape serves \(openings) openings of \(cells) cells.", remedy: "Ask for fewer openings, or commit less at a time.")
  }

  /// The shape.
  /// - Throws: `PipelineError.noCodeShape`.
  func shape() throws(PipelineError) -> CodeShape {
    guard let shape = CodeShapes.shape(log2RowLength: log2RowLength, field: Goldilocks.self) else {
      throw PipelineError(.noCodeShape, "There is no code of rows of 2^\(log2RowLength).", remedy: "Ask for fewer openings.")
    }
    return shape
  }

  /// The price in words.
  public var words: String {
    "\(requested) openings: rows of 2^\(log2RowLength) values and \(tailCount) random ones; a proof uses at most \(queryCount) of these, so they "
      + "serve \(openings) proofs"
  }
}
