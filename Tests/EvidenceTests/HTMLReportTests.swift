import Claims
import Evidence
import Foundation
import Programs
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

  /// A table with every statistic, its columns and classes named by `word`.
  private func world(_ word: String) throws -> CreditWorld {
    var world = try CreditWorld()
    let schema = try TableSchema(columns: [
      TableColumn(name: "\(word)1", type: .integer(IntegerRange(18...75)), missing: .presence),
      TableColumn(name: "\(word)2", type: .decimal(scale: 2, range: IntegerRange(0...2_000_000))),
      TableColumn(name: "\(word)3", type: .category(["\(word)a", "\(word)b"])),
      TableColumn(name: "\(word)4", type: .category(["\(word)c", "\(word)d"])),
    ])
    world.contents["source"] = .table(schema, rowCount: 1_000)
    world.add(
      "numbers", "source",
      [
        .missing(column: "\(word)1", .revealed(50)), .sum(column: "\(word)1", .revealed(33_725)),
        .sumOfSquares(column: "\(word)1", centre: 35, .revealed(120_000)), .order(column: "\(word)1", rank: 0, present: 950, .revealed(19)),
        .histogram(column: "\(word)1", edges: [18, 30, 45, 76], counts: [400, 350, 200, 50]),
        .sum(column: "\(word)2", .within(IntegerRange(100_000_000...200_000_000))),
        .histogram(column: "\(word)3", edges: [0, 1, 2], counts: [310, 690, 0]),
        .pairs(first: "\(word)3", second: "\(word)4", counts: [110, 200, 190, 500]),
      ])
    return world
  }

  @Test("the data sheet draws proved numbers") func dataSheet() throws {
    let page = HTMLReport.page(for: try world("c").report)
    for part in [
      "<h2>Data sheet</h2>", "50 (5.00 %)", ">35.50<", ">19<", "Histogram of c1: 18 to below 30: 400", "690 · 69.00 %", "c3 by c4",
      "mean 1000.0000 to 2000.0000",
      "What no claim evidences in this chain", "model: how it was trained",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(page.components(separatedBy: "<svg class=\"chart\"").count - 1 == 6)
    #expect(!HTMLReport.page(for: try CreditWorld().report).contains("Data sheet"))
  }

  @Test("names in the data sheet and in policies are escaped") func dataSheetEscaping() throws {
    let hostile = "</text><script>\"'&\u{202e}"
    let report = try world(hostile).report
    let outcome = BundleRequirements.Outcome(requirement: hostile, state: .notMet, reason: hostile, articles: hostile)
    let page = HTMLReport.page(for: report, outcomes: [outcome])
    #expect(!page.contains("<script") && !page.contains("\u{202e}") && !page.contains("\"'&\""))
    #expect(page.components(separatedBy: "&lt;/text&gt;").count > 20)
    try checkBalance(page)
    try checkBalance(HTMLReport.page(for: try world("c").report, outcomes: [outcome]))
  }

  private func checkBalance(_ page: String) throws {
    var open: [String] = []
    let void: Set<String> = ["meta", "line", "path", "rect", "circle", "!doctype", "br"]
    for piece in page.split(separator: "<").dropFirst() {
      let name = piece.prefix { !" >/\n".contains($0) || piece.first == "/" && $0 == "/" }.lowercased()
      if name.hasPrefix("/") { #expect(open.popLast() == String(name.dropFirst())) } else if !void.contains(name) { open.append(name) }
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
