/// What an auditor wants to see in a bundle, with the articles of a regulation that each requirement serves: data, not code.
///
/// A file in JSON or in a plain part of YAML:
///
/// ```yaml
/// version: 1
/// name: Credit scoring
/// requirements:
///   - require: accuracy
///     model: model
///     input: testSet
///     minimum: 0.70
///     articles: "9(8), 15"
/// ```
/// `PolicyReader.reference` lists all requirements with their keys.
public struct Policy: Equatable, Sendable {
  /// What the policy is called.
  public let name: String
  /// Keys whose holders the policy names.
  public let keys: TrustedKeys
  /// In the order of the file.
  public let requirements: [PolicyRequirement]

  static let maximumByteCount = 1 << 20
  static let maximumRequirements = 1_000

  /// Reads a file.
  /// - Throws: `PolicyError`.
  public static func read(path: String) throws(PolicyError) -> Policy {
    let bytes: [UInt8]
    do {
      let file = try SystemFile.open(path, followingLinks: true)
      guard case .regular(let count) = try file.kind(), count <= maximumByteCount else {
        throw PolicyError(path: path, line: nil, problem: "not a regular file of at most \(maximumByteCount) bytes", remedy: "Name a policy file.")
      }
      bytes = try file.read(atMost: maximumByteCount, expecting: count)
    } catch {
      if let error = error as? PolicyError { throw error }
      let reason = SystemFile.message((error as? SystemError)?.code ?? 0)
      throw PolicyError(path: path, line: nil, problem: "cannot be read: \(reason)", remedy: "Name a policy file that is there.")
    }
    return try Policy(fileBytes: bytes, path: path)
  }

  /// Reads the bytes of a file; `path` is for errors.
  public init(fileBytes bytes: [UInt8], path: String) throws(PolicyError) {
    self = try PolicyReader(path: path).read(bytes)
  }

  init(name: String, keys: TrustedKeys, requirements: [PolicyRequirement]) {
    self.name = name
    self.keys = keys
    self.requirements = requirements
  }

  /// How each requirement ends for a verified bundle, in the order of the policy.
  /// - Parameter now: the verifier's clock, for ages.
  public func outcomes(for report: VerificationReport, now: Timestamp = .now) -> [BundleRequirements.Outcome] {
    let evaluation = PolicyEvaluation(report: report, now: now)
    return requirements.map { requirement in
      let verdict = evaluation.verdict(requirement.kind)
      return BundleRequirements.Outcome(
        requirement: requirement.words, state: verdict.state, reason: verdict.reason, articles: requirement.articles)
    }
  }
}

/// Why a policy cannot be read.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The line, counted from 1, where one is known.
  public let line: Int?
  /// What is wrong.
  public let problem: String
  /// What to do.
  public let remedy: String

  /// Process exit code: 2.
  public var exitCode: ExitCode { .cannotDo }

  /// The error in words, safe to print on a terminal.
  public var description: String {
    "policy \(TerminalText.quoted(path))\(line.map { ", line \($0)" } ?? ""): \(TerminalText.escaped(problem)). \(TerminalText.escaped(remedy))"
  }
}
