import ArgumentParser
import Evidence

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Verify a bundle and write the evidence report as one HTML page.",
    discussion: """
      Example:

        zkmlops report out/german-credit --out report.html

      The page is made from the verified bundle; a report.html that lies in a bundle is never trusted.
      """)

  @Argument(help: "A bundle: a folder, or a .tar of one.", completion: .file())
  var bundle: String
  @Option(name: [.customLong("out"), .short], help: "The HTML file to write.")
  var out = "report.html"

  func run() throws {
    let report = try BundleVerifier.verify(try BundleReader.read(bundle))
    try BundleWriter.writeFile(Array(HTMLReport.page(for: report).utf8), to: out)
    show("\(report.claims.count) claims verified; report in \(TerminalText.escaped(out))")
  }
}
