import ArgumentParser
import Evidence

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Verify a bundle and write the evidence report as one HTML page.",
    discussion: """
      Example:

        zkmlops report out/german-credit --out report.html

        zkmlops report out/german-credit --policy credit.yaml --trust keys.yaml --out report.html

      --policy and --trust do what they do in `zkmlops verify`; the page says how every requirement ends. The page is made from the verified bundle; a report.html that lies in a bundle is never trusted.
      """)

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
    show("\(report.claims.count) claims verified; report in \(TerminalText.escaped(out))")
  }
}
