import Evidence
import Foundation
import Testing

@Suite("HTML report")
struct HTMLReportTests {
  private func page(_ example: ExampleBundle = .credit) throws -> String {
    HTMLReport.page(for: try verifyBundle(example.bundle(), with: ExampleChecker()))
  }

  @Test("says first what it is, then everything a claim shows and cannot show")
  func content() throws {
    let page = try page()
    let body = try #require(page.range(of: "<body>")).upperBound
    #expect(page[body...].hasPrefix("\n<p class=\"lead\">This is evidence for a determination, not a determination.</p>"))
    for part in [
      "226 of n = 300", "70.15 % to 79.88 %", "70.00 % (210 of 300)", "What is shown", "What it cannot show",
      "accuracy on future data; absence of backdoors",
      "that the metrics are apt", "representativeness of the population", "is trained on train",
      "The bundle is unsigned", "Not established by this bundle",
      "prefers-color-scheme: dark", "@media print", "<svg class=\"lineage\"", "<svg class=\"share\"",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("overrides events"), "rows of duties without a claim stay out")
    #expect(!page.contains("that oversight was effective"))
    #expect(!page.lowercased().contains("compliant"))
  }

  @Test("stands alone: no script, no link, no load")
  func selfContained() throws {
    let page = try page().lowercased()
    for part in ["<script", "http://", "https://", " src=", " href=", "@import", "url(", "<link", "<iframe", "onload", "javascript:"] {
      #expect(!page.contains(part), "\(part)")
    }
    #expect(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""))
  }

  @Test("everything from data is escaped")
  func escaping() throws {
    let hostile = "</td><script>alert(1)</script>\"'&\u{202e}\u{0}"
    let shown = "&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u{202e}\\u{0}"
    var example = ExampleBundle.credit
    example.proofs[1].claims[2] = ExampleBundle.claim(
      "accuracy", "accuracy",
      ["uses": ["test", "predictions"], "rows": 3, "correct": 2, "classes": [.string(hostile), "b"], "counts": [[1, 1], [0, 1]]])
    example.artefacts[0].tensors[0].name = hostile
    example.artefacts[0].identity = ExampleChecker.identity(example.artefacts[0])
    let page = try page(example)
    #expect(!page.contains("<script>"))
    #expect(!page.contains("\u{202e}") && !page.contains("\u{0}"))
    #expect(page.components(separatedBy: shown).count - 1 >= 3)
  }

  @Test("tags are balanced")
  func balance() throws {
    var open: [String] = []
    let void: Set<String> = ["meta", "line", "path", "rect", "circle", "!doctype"]
    for piece in try page().split(separator: "<").dropFirst() {
      let name = piece.prefix { !" >/\n".contains($0) || piece.first == "/" && $0 == "/" }.lowercased()
      if name.hasPrefix("/") {
        #expect(open.popLast() == String(name.dropFirst()))
      } else if !void.contains(name) {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
  }

  @Test("a bundle without edges, with one artefact, and one with many has a picture")
  func shapes() throws {
    var one = ExampleBundle.credit
    one.edges = []
    one.artefacts = [one.artefacts[1]]
    one.proofs = [([ExampleBundle.claim("w", "wellFormed", ["uses": ["model"]])], ["model"])]
    #expect(try page(one).contains("<circle"))
    var many = ExampleBundle(artefacts: [], edges: [], proofs: [])
    let names = (0..<40).map { "step-\($0)" }
    many.artefacts = names.map { ExampleBundle.artefact($0, kind: "table", role: "step", tensors: [("x", [4])]) }
    many.edges = zip(names.dropFirst(), names).map { ManifestEdge(.derivedFrom, from: $0, to: $1) }
    var claims = [ExampleBundle.claim("w", "wellFormed", ["uses": .array(names.map(JSONValue.string))])]
    claims += many.edges.map { ExampleBundle.claim($0.from, "step", ["uses": [.string($0.from), .string($0.to)], "edge": "derivedFrom"]) }
    many.proofs = [(claims, names)]
    #expect(try page(many).components(separatedBy: "<circle").count - 1 == 40)
  }
}
