import Evidence
import Foundation
import Pipelines
import Synchronization

/// The terminal side of a run: a progress bar while a stage takes long, and a table at the end. Silent about progress when piped.
final class Console: Sendable {
  private struct State {
    var stage: String?
    var started = ContinuousClock.now
    var finished: [StageReport] = []
    var isShown = false
  }

  private let state = Mutex(State())
  private let isTerminal: Bool
  private let isQuiet: Bool
  /// Stages that a whole job has, for the bar.
  private let stageCount: Int

  /// - quiet: prints nothing at all, e.g. beside `--json`.
  init(stageCount: Int, quiet: Bool = false) {
    self.stageCount = stageCount
    isQuiet = quiet
    isTerminal = isatty(STDERR_FILENO) != 0 && !quiet
    if isTerminal { Thread.detachNewThread { [weak self] in while let console = self { console.tick(); usleep(100_000) } } }
  }

  /// Hears of a run's events.
  func hear(_ event: RunEvent) {
    guard !isQuiet else { return }
    switch event {
    case .began(let stage):
      state.withLock {
        $0.stage = stage
        $0.started = .now
      }
    case .ended(let report):
      clear {
        $0.stage = nil; $0.finished.append(report)
      }
      print("  \(Self.padded(report.name, 22)) \(Self.seconds(report.seconds))  \(report.outcome)")
    case .note(let text):
      clear()
      print("  note: \(text)")
    case .warning(let text):
      clear()
      complain("  warning: \(text)\n")
    case .willReveal(let plan):
      clear()
      show(plan)
    case .willSpend(let plan):
      clear()
      show(plan)
    }
    Output.flush()
  }

  private func show(_ plan: [PlannedDisclosure]) {
    print("\n  What this proof tells the world:")
    // What every proof tells of its artefacts, in one line when there are many.
    let formats = plan.filter { $0.type == ClaimDescription.wellFormedType }
    let isShort = formats.count > 4
    let width = plan.filter { !isShort || $0.type != ClaimDescription.wellFormedType }.map(\.claim.count).max() ?? 0
    if isShort {
      let counts = formats.flatMap(\.fields).filter { Int($0.value) != nil }.map { "\($0.value) \($0.field)" }
      print("    \(Self.padded("formats", width)) \(TerminalText.escaped(counts.joined(separator: ", ")))")
      print("    \(Self.padded("formats", width)) columns, types, ranges and categories of these, and the model's features: as in the manifest")
    }
    for claim in plan where !isShort || claim.type != ClaimDescription.wellFormedType {
      for field in claim.fields {
        let bound = field.extent == .bounded ? " (a bound)" : ""
        print("    \(Self.padded(claim.claim, width)) \(TerminalText.escaped(field.field)): \(TerminalText.escaped(Self.cut(field.value)))\(bound)")
      }
    }
  }

  private func show(_ plan: [PlannedSpending]) {
    print("\n  What it takes from hiding budgets (openings left):")
    let width = plan.map(\.subject.count).max() ?? 0
    for spending in plan {
      print("    \(Self.padded(spending.subject, width)) 1 of \(spending.openingsBefore); \(spending.openingsAfter) left afterwards, or more")
    }
    print("")
  }

  private func clear(_ change: (inout State) -> Void = { _ in }) {
    state.withLock {
      if $0.isShown { complain("\r\u{1b}[K") }
      $0.isShown = false
      change(&$0)
    }
  }

  private func tick() {
    state.withLock { state in
      guard let stage = state.stage else { return }
      let elapsed = ContinuousClock.now - state.started
      guard elapsed > .seconds(1) else { return }
      let done = min(stageCount, state.finished.count)
      let bar = String(repeating: "#", count: 20 * done / max(1, stageCount))
      let line = "\r\u{1b}[K  [\(Self.padded(bar, 20))] \(stage), \(elapsed.components.seconds) s"
      complain(line)
      state.isShown = true
    }
  }

  static func padded(_ text: String, _ width: Int) -> String {
    let escaped = TerminalText.escaped(text)
    return escaped + String(repeating: " ", count: max(0, width - escaped.unicodeScalars.count))
  }

  static func seconds(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1_000).rounded())
    let text = milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1_000).\(milliseconds / 100 % 10) s"
    return String(repeating: " ", count: max(0, 8 - text.count)) + text
  }

  private static func cut(_ text: String) -> String { text.count > 200 ? String(text.prefix(200)) + "…" : text }
}
