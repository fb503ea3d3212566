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

      --policy names what you want to see (Examples/policies/credit.yaml is one), in YAML or JSON. Each requirement ends as met, not met,
      not evidenced (nothing in the bundle says so) or not checkable (something that only you know is missing in the policy):

        version: 1
        name: Credit scoring
        requirements:
          - require: accuracy
            model: model           # role or name of artefacts in the bundle
            input: testSet
            minimum: 0.70
            articles: "9(8), 15"   # of a regulation; printed with the result

      Requirements and their keys; in parentheses those that may be left out, besides name and articles:

      \(PolicyReader.reference.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n      "))

      A receipt of `zkmlops infer` is a bundle too: --audited names the bundle that was examined before, and requires that model, fitted
      parameters and preparation are the same:

        zkmlops verify out/answer --audited out/german-credit

      --newer-than and --expect-previous refuse an older bundle that is shown again; date and predecessor count only when a provider
      of that list signed them.

      Exit code 0: everything in the bundle holds and what you asked for is met. 1: something does not hold. 2: there is no bundle to
      read, or no policy. 4: everything holds, but something that you asked for is not met, not evidenced or not checkable.
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
  @OptionGroup var json: JSONOption

  func run() throws {
    let examination = try BundleExamination(
      trust: trust, signedBy: signedBy, newerThan: newerThan, expectPrevious: expectPrevious, policy: policy, audited: audited,
      source: source)
    try examination.examine(bundle, json: json.isSet) { show($0, terminator: "") }
  }
}
