import ArgumentParser
import Evidence

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Prints a text. One that cannot be written whole ends the program with 2: a reader must not take a cut-off report for a whole one.
private func show(_ text: String) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else {
      ZKMLOpsVerify.complain("error: the output cannot be written (is the disk full?).")
      leave(.cannotDo)
    }
    rest = rest.dropFirst(count)
  }
}

private func leave(_ code: Evidence.ExitCode) -> Never { exit(code.rawValue) }

/// The auditor's program: verifies bundles and nothing else. It links no importer, no database, no prover.
@main struct ZKMLOpsVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zkmlops-verify",
    abstract: "Verify evidence bundles: what is established, what is not, what a proof is made of.",
    discussion: """
      Example:

        zkmlops-verify out/german-credit          or: zkmlops-verify verify out/german-credit

      Exit codes: 0 all verified; 1 something does not hold; 2 there is no bundle to read; 3 a fault of this program;
      4 everything holds, but something that was asked for is not met or not evidenced.
      """,
    subcommands: [Verify.self, Inspect.self, Report.self], defaultSubcommand: Verify.self)

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code: Evidence.ExitCode
      switch error {
      case let error as BundleError: code = error.exitCode
      case let error as VerificationError: code = error.exitCode
      case let error as BundleWriteError: code = error.exitCode
      case let error as TrustFileError: code = error.exitCode
      case let error as PolicyError: code = error.exitCode
      case let error as RequirementsNotMet: code = error.exitCode
      case let error as RequirementError: code = error.exitCode
      case is StatementError: code = .rejected
      default:
        let text = fullMessage(for: error)
        guard exitCode(for: error) != .success else {
          print(text)
          return
        }
        complain(text)
        leave(.cannotDo)
      }
      complain("error: \(error)")
      leave(code)
    }
  }

  fileprivate static func complain(_ text: String) {
    fflush(nil)
    _ = (text + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify a bundle with nothing but the bundle, and say what it establishes.",
    discussion: """
      Examples:

        zkmlops-verify verify out/german-credit
        zkmlops-verify verify out/german-credit --trust keys.yaml --signed-by "City Bank" --newer-than 2026-11-01
        zkmlops-verify verify out/german-credit --policy credit.yaml

      A policy is YAML or JSON: `version: 1`, `name:` and `requirements:`, a list of groups that begin with `- require: KIND`. Kinds and
      their keys; in parentheses those that may be left out, besides name and articles:

      \(PolicyReader.reference.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n      "))

      The list of trusted keys is YAML or JSON: `version: 1` and `keys:`, a list of fingerprint, name and role (owner, provider, auditor,
      log).
      """)

  @Argument(help: "A bundle: a folder, or a .tar of one.", completion: .file())
  var bundle: String
  @Option(help: "Keys whose holders you know.", completion: .file(extensions: ["yaml", "json"]))
  var trust: String?
  @Option(help: "What you want to see: a policy; keys that it lists are trusted.", completion: .file(extensions: ["yaml", "json"]))
  var policy: String?
  @Option(help: "Require that a trusted provider signed: its name in the list, or its fingerprint.")
  var signedBy: String?
  @Option(help: "Require that the bundle was written after this day or moment, e.g. 2026-01-31 or 2026-01-31T12:00:00Z.")
  var newerThan: String?
  @Option(help: "Require that the bundle follows this one: an identifier, or none for the first of a chain.")
  var expectPrevious: String?
  @Option(help: "For receipts: require that the answers are those of this bundle's model, of rows prepared as there.", completion: .file())
  var audited: String?
  @Option(help: "Require that a model is bound to the file that this statement of `zkmlops import --reveal-source` names.", completion: .file())
  var source: String?
  @Flag(help: "Print JSON for programs instead of text.")
  var json = false

  func run() throws {
    let examination = try BundleExamination(
      trust: trust, signedBy: signedBy, newerThan: newerThan, expectPrevious: expectPrevious, policy: policy, audited: audited,
      source: source)
    try examination.examine(bundle, json: json) { show($0) }
  }
}

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say in words what a bundle, or a proof in a bundle, holds.",
    discussion: "Example: zkmlops-verify inspect out/german-credit/proofs/98473acd….zkp")

  @Argument(help: "A bundle (folder or .tar), or a proof file inside a bundle's folder.", completion: .file())
  var path: String
  @Flag(help: "Print JSON for programs instead of text.")
  var json = false

  func run() throws {
    let inspection = try BundleInspection(path: path)
    show(json ? inspection.json.prettyText : inspection.text)
  }
}

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify a bundle and write the evidence report as one HTML page.",
    discussion: "Example: zkmlops-verify report out/german-credit --out report.html")

  @Argument(help: "A bundle: a folder, or a .tar of one.", completion: .file())
  var bundle: String
  @Option(name: [.customLong("out"), .short], help: "The HTML file to write.")
  var out = "report.html"

  @Option(help: "What you want to see: a policy.", completion: .file(extensions: ["yaml", "json"]))
  var policy: String?
  @Option(help: "Keys whose holders you know.", completion: .file(extensions: ["yaml", "json"]))
  var trust: String?

  func run() throws {
    let (report, outcomes) = try BundleExamination(trust: trust, policy: policy).report(on: bundle)
    try BundleWriter.writeFile(Array(HTMLReport.page(for: report, outcomes: outcomes).utf8), to: out)
    show("\(report.claims.count) claims verified; report in \(TerminalText.escaped(out))\n")
  }
}
