import ArgumentParser
import Evidence

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Verify a bundle with nothing but the bundle, and say what it establishes.",
    discussion: """
      Example:

        zkmlops verify out/german-credit

      Exit code 0: everything in the bundle holds. 1: something does not. 2: there is no bundle to read.
      """)

  @Argument(help: "A bundle: a folder, or a .tar of one.", completion: .file())
  var bundle: String
  @OptionGroup var json: JSONOption

  func run() throws {
    let report = try BundleVerifier.verify(try BundleReader.read(bundle))
    show(json.isSet ? report.json.prettyText : report.text, terminator: "")
  }
}
