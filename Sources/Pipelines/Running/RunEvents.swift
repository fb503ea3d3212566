import Evidence
import Store

/// What happens during a run, as it happens.
public enum RunEvent: Sendable {
  /// A stage began.
  case began(String)
  /// A stage ended.
  case ended(StageReport)
  /// Something a reader should know.
  case note(String)
  /// Something a reader should act on.
  case warning(String)
  /// What the proof that is about to be made will tell the world.
  case willReveal([PlannedDisclosure])
  /// What it will take from hiding budgets.
  case willSpend([PlannedSpending])
}

/// A stage that ended.
public struct StageReport: Equatable, Sendable {
  /// Its name.
  public let name: String
  /// Wall-clock time.
  public let seconds: Double
  /// What came out, in a few words.
  public let outcome: String
}

/// What one claim will tell.
public struct PlannedDisclosure: Equatable, Sendable {
  /// The claim's name in the bundle.
  public let claim: String
  /// The claim's type.
  public let type: String
  /// Field by field; hidden ones are left out.
  public let fields: [Evidence.Disclosure]
}

/// What a proof takes from one hiding budget: that of an artefact, or of the artefacts that share a tree.
public struct PlannedSpending: Equatable, Sendable {
  /// Names in the bundle of the artefacts that the budget belongs to.
  public let artefacts: [String]
  /// The budget before.
  public let before: HidingBudget
  /// Positions that the proof opens at most.
  public let queries: Int

  /// The artefacts in words.
  public var subject: String { artefacts.joined(separator: " + ") }
  /// Whole proofs of this size that are left before.
  public var openingsBefore: Int { before.openingsLeft(queries: queries) }
  /// And after, at worst.
  public var openingsAfter: Int { max(0, openingsBefore - 1) }
  /// Less than a fifth of the budget, or no whole proof, is left after, at worst.
  public var isLowAfter: Bool { 5 * (before.left - queries) < before.capacity || openingsAfter == 0 }
}

/// Tells a listener about the stages of a run.
struct StageClock {
  let listener: @Sendable (RunEvent) -> Void
  private(set) var stages: [StageReport] = []

  init(_ listener: @escaping @Sendable (RunEvent) -> Void) { self.listener = listener }

  /// Runs a stage; `body` returns its result and what came out in a few words.
  mutating func stage<Value>(_ name: String, _ body: () throws -> (Value, String)) throws -> Value {
    listener(.began(name))
    let clock = ContinuousClock()
    let start = clock.now
    let (value, outcome) = try body()
    let (seconds, attoseconds) = (clock.now - start).components
    let report = StageReport(name: name, seconds: Double(seconds) + Double(attoseconds) / 1e18, outcome: outcome)
    stages.append(report)
    listener(.ended(report))
    return value
  }
}
