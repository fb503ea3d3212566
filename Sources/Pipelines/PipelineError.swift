import Evidence

/// Why a pipeline or a single command could not do what was asked: one clear sentence and a remedy.
///
/// Errors of reading (`ImportError`), of the store (`StoreError`) and of bundles pass through as they are.
public struct PipelineError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What happened, for programs.
  public enum Problem: String, Equatable, Sendable {
    /// The number of openings or the size of the data is beyond every code shape.
    case noCodeShape
    /// The metric is below the threshold that was to be proved.
    case belowThreshold
    /// A claim does not fit the artefacts it names.
    case claimDoesNotFit
    /// The destination cannot be written.
    case destination
    /// A value of a row is missing, unknown or malformed.
    case row
    /// The store's record of an artefact is not one that this program made.
    case foreignArtefact
    /// A text that cannot be a name.
    case name
    /// No commitment of an artefact has budget left for what was asked.
    case spent
    /// A fault of this program.
    case fault
  }

  /// What happened, for programs.
  public let problem: Problem
  /// What happened, in one sentence; names from data are escaped already.
  public let message: String
  /// What to do.
  public let remedy: String

  /// An error from its parts.
  public init(_ problem: Problem, _ message: String, remedy: String) {
    self.problem = problem
    self.message = message
    self.remedy = remedy
  }

  /// Message and remedy in one line.
  public var description: String { "\(message) \(remedy)" }

  /// 3 for a fault of this program, else 2.
  public var exitCode: ExitCode { problem == .fault ? .internalError : .cannotDo }
}
