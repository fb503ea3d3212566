import ArgumentParser
import Evidence

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Verify a bundle with nothing but the bundle, and say what it establishes.",
    discussion: """
      Example:

        zkmlops verify out/german-credit

        zkmlops verify out/german-credit --trust keys.yaml --signed-by "City Bank" --newer-than 2026-11-01

      Every signature in the bundle must hold, whoever made it. Whose keys they are, a bundle cannot say: --trust names a file of
      fingerprints that you have from their holders, in YAML or JSON:

        version: 1
        keys:
          - fingerprint: 64 hexadecimal digits
            name: City Bank
            role: owner          # owner, provider, auditor or log

      --newer-than and --expect-previous refuse an older bundle that is shown again; date and predecessor count only when a provider
      of that list signed them.

      Exit code 0: everything in the bundle holds and what you asked for is met. 1: something does not hold. 2: there is no bundle to
      read. 4: everything holds, but something that you asked for is not met or not evidenced.
      """)

  @Argument(help: "A bundle: a folder, or a .tar of one.", completion: .file())
  var bundle: String
  @Option(help: "Keys whose holders you know.", completion: .file(extensions: ["yaml", "json"]))
  var trust: String?
  @Option(help: "Require that a trusted provider signed: its name in the list, or its fingerprint.")
  var signedBy: String?
  @Option(help: "Require that the bundle was written after this day or moment, e.g. 2026-01-31 or 2026-01-31T12:00:00Z.")
  var newerThan: String?
  @Option(help: "Require that the bundle follows this one: an identifier, or none for the first of a chain.")
  var expectPrevious: String?
  @OptionGroup var json: JSONOption

  func run() throws {
    let examination = try BundleExamination(trust: trust, signedBy: signedBy, newerThan: newerThan, expectPrevious: expectPrevious)
    try examination.examine(bundle, json: json.isSet) { show($0, terminator: "") }
  }
}
