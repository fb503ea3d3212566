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

      Exit codes: 0 all verified; 1 something does not hold; 2 there is no bundle to read; 3 a fault of this program.
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
    discussion: "Example: zkmlops-verify verify out/german-credit")

  @Argument(help: "A bundle: a folder, or a .tar of one.", completion: .file())
  var bundle: String
  @Flag(help: "Print JSON for programs instead of text.")
  var json = false

  func run() throws {
    let report = try BundleVerifier.verify(try BundleReader.read(bundle))
    show(json ? report.json.prettyText : report.text)
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

  func run() throws {
    let report = try BundleVerifier.verify(try BundleReader.read(bundle))
    try BundleWriter.writeFile(Array(HTMLReport.page(for: report).utf8), to: out)
    show("\(report.claims.count) claims verified; report in \(TerminalText.escaped(out))\n")
  }
}
