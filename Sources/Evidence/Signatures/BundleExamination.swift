/// `verify` on the command line: a bundle, the keys that the reader knows, and what the reader asks for.
public struct BundleExamination: Sendable {
  /// Keys whose holders are known.
  public let trust: TrustedKeys
  /// What is asked of the bundle beyond its being sound.
  public let requirements: BundleRequirements
  /// What an auditor wants to see, or nil.
  public let policy: Policy?
  /// Path of the bundle whose model shall have given the answers, or nil.
  public let audited: String?
  /// The file that a model of the bundle shall be bound to, or nil.
  public let source: ModelSourceStatement?

  /// From the words of a command line; nil ones were not given.
  ///
  /// - Parameters:
  ///   - trust: path of a list of trusted keys.
  ///   - signedBy: a name or fingerprint of that list.
  ///   - newerThan: `2026-01-31` (its beginning) or `2026-01-31T12:00:00Z`.
  ///   - expectPrevious: an identifier, or `none`.
  ///   - policy: path of a policy; its keys are trusted too.
  ///   - audited: path of the bundle whose model shall have given the answers.
  ///   - source: path of what `zkmlops import --reveal-source` wrote.
  /// - Throws: `TrustFileError`, `PolicyError`; `RequirementError` for words that are no date or identifier.
  public init(
    trust: String? = nil, signedBy: String? = nil, newerThan: String? = nil, expectPrevious: String? = nil, policy: String? = nil,
    audited: String? = nil, source: String? = nil
  ) throws {
    var requirements = BundleRequirements(signedBy: signedBy)
    if let newerThan {
      guard let moment = Timestamp(newerThan) ?? Timestamp("\(newerThan)T00:00:00Z") else {
        throw RequirementError(problem: "--newer-than is a day or a UTC moment, e.g. 2026-01-31 or 2026-01-31T12:00:00Z")
      }
      requirements.newerThan = moment
    }
    if let expectPrevious {
      guard expectPrevious == "none" || Hexadecimal.isDigest(expectPrevious) else {
        throw RequirementError(problem: "--expect-previous is the identifier of a bundle, 64 hexadecimal digits, or none")
      }
      requirements.predecessor = expectPrevious == "none" ? BundleRequirements.Predecessor.none : .bundle(expectPrevious)
    }
    self.requirements = requirements
    self.audited = audited
    self.source = try source.map { try ModelSourceStatement(path: $0) }
    let read = try policy.map { try Policy.read(path: $0) }
    self.policy = read
    self.trust = (try trust.map { try TrustedKeys.read(path: $0) } ?? .none).merging(read?.keys ?? .none)
  }

  /// Verifies a bundle.
  /// - Returns: What is established, and how every requirement ends: those of the command line, then those of the policy.
  /// - Throws: `BundleError`, `VerificationError`.
  public func report(on path: String) throws -> (report: VerificationReport, outcomes: [BundleRequirements.Outcome]) {
    var report = try BundleVerifier.verify(try BundleReader.read(path), trust: trust)
    report.policy = policy?.name
    var outcomes = requirements.outcomes(for: report)
    if let audited {
      let other = try BundleVerifier.verify(try BundleReader.read(audited), trust: trust)
      outcomes.append(ReceiptComparison(audited: other).outcome(for: report))
    }
    if let source { outcomes.append(source.outcome(for: report)) }
    return (report, outcomes + (policy?.outcomes(for: report) ?? []))
  }

  /// Verifies a bundle, prints what is established and how every requirement ends.
  /// - Throws: `BundleError`, `VerificationError`; `RequirementsNotMet` after printing.
  public func examine(_ path: String, json: Bool, print: (String) -> Void) throws {
    let (report, outcomes) = try report(on: path)
    if json {
      guard case .object(let object) = report.json else { return }
      let list = JSONValue.array(
        outcomes.map {
          .object([
            "requirement": .string($0.requirement), "state": .string($0.state.rawValue), "reason": .string($0.reason),
            "articles": $0.articles.map(JSONValue.string) ?? .null,
          ])
        })
      let policyName = policy.map { JSONValue.string($0.name) } ?? .null
      print(JSONValue.object(object.setting("requirements", to: list).setting("policy", to: policyName)).prettyText)
    } else {
      print(report.text + text(outcomes))
    }
    let failed = outcomes.filter { $0.state != .met }
    guard failed.isEmpty else { throw RequirementsNotMet(outcomes: failed) }
  }

  private func text(_ outcomes: [BundleRequirements.Outcome]) -> String {
    guard !outcomes.isEmpty else { return "" }
    let width = BundleRequirements.State.notEvidenced.rawValue.count
    var lines = ["", "Asked for" + (policy.map { ", policy \(TerminalText.escaped($0.name))" } ?? "")]
    for outcome in outcomes {
      let state = outcome.state.rawValue
      let articles = outcome.articles.map { "  [\(TerminalText.escaped($0))]" } ?? ""
      let margin = String(repeating: " ", count: width + 4)
      let head = Self.folded("\(TerminalText.escaped(outcome.requirement))\(articles)", margin)
      lines.append("  \(state)\(String(repeating: " ", count: max(0, width - state.count)))  \(head.drop { $0 == " " })")
      lines.append(Self.folded("– \(TerminalText.escaped(outcome.reason))", margin))
    }
    let counts = [BundleRequirements.State.met, .notMet, .notEvidenced, .notCheckable].compactMap { state -> String? in
      let count = outcomes.count { $0.state == state }
      return count == 0 ? nil : "\(count) \(state.rawValue)"
    }
    lines.append("  In all: \(counts.joined(separator: ", ")). Whether a duty is met is for people to determine.")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension BundleExamination {
  /// Lines of at most 100 columns behind a margin.
  private static func folded(_ text: String, _ margin: String) -> String {
    var lines: [String] = []
    var line = margin
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if line.unicodeScalars.count + 1 + word.unicodeScalars.count > 100, line.count > margin.count {
        lines.append(line)
        line = margin
      }
      line += (line.count > margin.count ? " " : "") + word
    }
    return (lines + [line]).joined(separator: "\n")
  }
}

/// A requirement that cannot be understood.
public struct RequirementError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was expected.
  public let problem: String
  /// Process exit code: 2.
  public var exitCode: ExitCode { .cannotDo }
  /// The error in words.
  public var description: String { problem }
}

/// A sound bundle that lacks something that was asked for.
public struct RequirementsNotMet: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is not met, not evidenced or not checkable.
  public let outcomes: [BundleRequirements.Outcome]
  /// Process exit code: 4.
  public var exitCode: ExitCode { .requirementNotMet }
  /// The error in words, safe to print on a terminal.
  public var description: String {
    "the bundle is sound, but not all that was asked for is met: "
      + outcomes.prefix(3).map { "\(TerminalText.escaped($0.requirement)) (\($0.state.rawValue))" }.joined(separator: "; ")
      + (outcomes.count > 3 ? "; and \(outcomes.count - 3) more" : "")
  }
}
