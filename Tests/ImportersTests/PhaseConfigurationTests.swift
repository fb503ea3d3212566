import Importers
import Programs
import Testing

@Suite("The data phase in pipeline.yaml")
struct PhaseConfigurationTests {
  private let minimal = "version: 1\ndata: d.csv\nschema: s.yaml\ntarget: y\n"
  private let proved = "version: 1\ndata: d.csv\nschema: s.yaml\ntarget: y\nsplit: {method: random}\n"

  private func pipeline(_ text: String) throws -> PipelineConfiguration { try PipelineConfiguration(yaml: Array(text.utf8), file: "p.yaml") }

  @Test("every way to split")
  func splits() throws {
    func split(_ text: String) throws -> PipelineConfiguration { try pipeline(minimal + "split: \(text)\n") }
    #expect(try split("{test: 0.3, seed: 4}").provedSplit == nil)
    let random = try split("{test: 0.3, method: random}")
    #expect(random.provedSplit == ProvedSplit() && random.testFraction == "0.3" && random.hasDataPhase)
    #expect(try split("{method: random, folds: 5}").folds == 5)
    #expect(try split("{method: stratified}").provedSplit?.method == .stratified(column: nil))
    #expect(try split("{method: stratified, stratify: sex}").provedSplit?.method == .stratified(column: "sex"))
    #expect(try split("{method: cutoff, column: day, from: 30.5}").provedSplit?.method == .cutoff(column: "day", from: "30.5"))
    #expect(try split("{method: groups, column: customer, test: 0.1}").provedSplit?.method == .groups(column: "customer"))
    #expect(
      try split("{method: random, nonce: {auditor: 00112233445566FF}}").provedSplit?.nonce == .auditor([0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0xFF]))
    #expect(
      try split("{method: random, nonce: {dated: pulse 7, date: 2026-11-01}}").provedSplit?.nonce == .dated(Array("pulse 7".utf8), date: "2026-11-01")
    )
    #expect(
      try split("{method: random, nonce: {dated: \"0102030405060708\", date: 2026-11-01T10:00:00Z}}").provedSplit?.nonce
        == .dated([1, 2, 3, 4, 5, 6, 7, 8], date: "2026-11-01T10:00:00Z"))
  }

  @Test("preparation, statistics, anonymity, disjointness and a received table")
  func sections() throws {
    #expect(try pipeline(proved + "prepare: auto\n").preparation == PreparationSettings())
    let full = try pipeline(
      proved + """
        prepare:
          filter: [{column: a, from: 1, to: 2.5}, {column: b, is: x}, {column: c, present: true}]
          deduplicate: true
          others: drop
          columns:
            a: [impute: median, standardise]
            b: [impute: mode, one-hot: {unseen: {other: rest}}]
            c: [clip: {from: 1%, to: 99.5%}, log: {base: two, digits: 3}, min-max: {digits: 2, limit: 1}]
            d: [impute: {constant: mean}, bucketise: [10, 20]]
            e: [bucketise: {quantiles: 4}, robust]
            f: [ordinal: [low, high]]
            g: drop
            h: auto
            i: [missing-indicator]
            j: [impute: 7, round: -2]
            k: keep
            l: [ordinal: {order: [u, v], unseen: known}]

        """)
    let preparation = try #require(full.preparation)
    #expect(
      preparation.filters == [
        FilterSetting(column: "a", condition: .between(from: "1", to: "2.5")), FilterSetting(column: "b", condition: .equals("x")),
        FilterSetting(column: "c", condition: .present),
      ])
    #expect(preparation.deduplicates && preparation.others == .drop && preparation.columns.count == 12)
    #expect(preparation.columns["a"] == .steps([.impute(.median), .scaling(.standardise, digits: 3, limit: 10)]))
    #expect(preparation.columns["b"] == .steps([.impute(.mode), .oneHot(unseen: .other("rest"))]))
    #expect(
      preparation.columns["c"]
        == .steps([
          .clip(from: .quantile(numerator: 100, denominator: 10_000), to: .quantile(numerator: 9_950, denominator: 10_000)),
          .log(base: .two, digits: 3),
          .scaling(.minMax, digits: 2, limit: 1),
        ]))
    #expect(preparation.columns["d"] == .steps([.impute(.constant("mean")), .bucketise([.number("10"), .number("20")])]))
    #expect(
      preparation.columns["e"]
        == .steps([.bucketise((1...3).map { .quantile(numerator: $0, denominator: 4) }), .scaling(.robust, digits: 3, limit: 20)]))
    #expect(preparation.columns["f"] == .steps([.ordinal(["low", "high"], unseen: .error)]))
    #expect(preparation.columns["g"] == .drop && preparation.columns["h"] == .auto && preparation.columns["k"] == .steps([]))
    #expect(preparation.columns["i"] == .steps([.missingIndicator]))
    #expect(preparation.columns["j"] == .steps([.impute(.constant("7")), .round(digits: -2)]))
    #expect(preparation.columns["l"] == .steps([.ordinal(["u", "v"], unseen: .known)]))
    let filterOnly = try #require(try pipeline(proved + "prepare: {deduplicate: true}\n").preparation)
    #expect(!filterOnly.transforms && filterOnly.deduplicates)

    #expect(try pipeline(proved + "statistics: auto\n").statistics == .auto)
    let list = try pipeline(
      proved + "statistics: [{column: a, show: [mean, counts], minimum: {from: 1, to: 2}, missing: {from: 0, to: 0.1}}, {pairs: [b, y]}]\n")
    #expect(
      list.statistics
        == .list([
          .revealed(column: "a", .mean), .revealed(column: "a", .counts), .bounded(column: "a", .missing, from: "0", to: "0.1"),
          .bounded(column: "a", .minimum, from: "1", to: "2"), .pairs(first: "b", second: "y"),
        ]))
    let more = try pipeline(
      proved + """
        statistics:
          - {correlation: [a, b], from: -0.5, to: 0.5}
          - {correlation: [a, c]}
          - {column: a, quantiles: [5%, {at: 99.5%, from: 1, to: 2}], deviation: {from: 1, to: 2}}
          - {histogram: {column: a, edges: [1, 2.5]}, from: 0.1, to: 1}
          - {histogram: {column: b, edges: [1]}}
          - {column: d, shares: {x: {from: 0.1, to: 0.2}}}
          - {pairs: [d, y], from: 0, to: 1}

        """)
    #expect(
      more.statistics
        == .list([
          .correlation(first: "a", second: "b", within: BoundsSetting(from: "-0.5", to: "0.5")),
          .correlation(first: "a", second: "c", within: nil), .bounded(column: "a", .deviation, from: "1", to: "2"),
          .quantile(column: "a", numerator: 500, denominator: 10_000, within: nil),
          .quantile(column: "a", numerator: 9_950, denominator: 10_000, within: BoundsSetting(from: "1", to: "2")),
          .histogram(column: "a", edges: ["1", "2.5"], share: BoundsSetting(from: "0.1", to: "1")),
          .histogram(column: "b", edges: ["1"], share: nil),
          .shares(column: "d", [ClassShare(name: "x", bounds: BoundsSetting(from: "0.1", to: "0.2"))]),
          .pairShares(first: "d", second: "y", BoundsSetting(from: "0", to: "1")),
        ]))
    #expect(try pipeline(proved + "anonymity: {columns: [a, b], minimum: 5}\n").anonymity == AnonymitySetting(columns: ["a", "b"], minimum: 5))
    #expect(try pipeline(proved + "disjoint: true\n").disjoint == .rows)
    #expect(try pipeline(proved + "disjoint: false\n").disjoint == nil)
    #expect(try pipeline(proved + "disjoint: [id]\n").disjoint == .key(["id"]))
    let received = try pipeline("version: 1\nraw: {artefact: applicants}\ntarget: y\nsplit: {method: random}\n")
    #expect(received.rawArtefact == "applicants" && received.data.isEmpty && received.schema.isEmpty)
  }

  @Test(
    "what is wrong is refused at its place",
    arguments: [
      ("split: {nonce: {auditor: 0011223344556677}}\n", ImportProblem.invalidValue, 6, "16"), ("split: {method: randm}\n", .invalidValue, 6, "17"),
      ("split: {method: random, seed: 1}\n", .invalidValue, 6, "31"), ("split: {method: random, column: a}\n", .invalidValue, 6, "33"),
      ("split: {method: cutoff, column: a}\n", .missingKey, 6, "8"),
      ("split: {method: cutoff, column: a, from: 1, test: 0.2}\n", .invalidValue, 6, "51"),
      ("split: {method: groups}\n", .missingKey, 6, "8"), ("split: {method: random, folds: 1}\n", .invalidValue, 6, "32"),
      ("split: {method: random, folds: 3, test: 0.2}\n", .invalidValue, 6, "32"),
      ("split: {method: random, test: 0.1234567}\n", .invalidValue, 6, "31"),
      ("split: {method: random, test: 0.0}\n", .invalidValue, 6, "31"), ("split: {test: 1}\n", .invalidValue, 6, "15"),
      ("split: {method: stratified, from: 2}\n", .invalidValue, 6, "35"), ("split: {column: a}\n", .invalidValue, 6, "17"),
      ("split: {method: random, nonce: {}}\n", .invalidValue, 6, "32"), ("split: {method: random, nonce: {auditor: xyz}}\n", .invalidValue, 6, "42"),
      ("split: {method: random, nonce: {auditor: 0011}}\n", .invalidValue, 6, "42"),
      ("split: {method: random, nonce: {auditor: 0011223344556677, dated: x}}\n", .invalidValue, 6, "32"),
      ("split: {method: random, nonce: {auditor: 0011223344556677, date: 2026-01-01}}\n", .invalidValue, 6, "66"),
      ("split: {method: random, nonce: {dated: x}}\n", .missingKey, 6, "32"),
      ("split: {method: random, nonce: {dated: x, date: 2026-13-01}}\n", .invalidValue, 6, "49"),
      ("split: {method: random, nonce: {dated: x, date: today}}\n", .invalidValue, 6, "49"),
      ("split: {method: random, nonce: {nounce: x}}\n", .unknownKey, 6, "33"), ("split: {method: random, method: random}\n", .duplicateKey, 6, "25"),
    ])
  func refusedSplit(text: String, expected: ImportProblem, line: Int, column: String) {
    check("version: 1\ndata: d.csv\nschema: s.yaml\ntarget: y\nopenings: 3\n" + text, expected, line, column)
  }

  @Test(
    "contradictions and mistakes in the sections are refused at their place",
    arguments: [
      ("prepare: automatic\n", ImportProblem.invalidValue, "10"), ("prepare: {filters: []}\n", .unknownKey, "11"),
      ("prepare: {filter: []}\n", .invalidValue, "19"),
      ("prepare: {filter: [{column: a}]}\n", .invalidValue, "20"), ("prepare: {filter: [{column: a, from: x}]}\n", .invalidValue, "38"),
      ("prepare: {filter: [{column: a, is: x, from: 1}]}\n", .invalidValue, "20"),
      ("prepare: {filter: [{column: a, present: false}]}\n", .invalidValue, "41"),
      ("prepare: {filter: [{from: 1}]}\n", .missingKey, "20"), ("prepare: {deduplicate: maybe}\n", .invalidValue, "24"),
      ("prepare: {others: drop}\n", .invalidValue, "19"), ("prepare: {columns: auto, others: drop}\n", .invalidValue, "34"),
      ("prepare: {columns: all}\n", .invalidValue, "20"), ("prepare: {columns: [a]}\n", .invalidValue, "20"),
      ("prepare: {columns: {a: fine}}\n", .invalidValue, "24"),
      ("prepare: {columns: {a: [standardize]}}\n", .invalidValue, "25"), ("prepare: {columns: {a: [impute]}}\n", .invalidValue, "25"),
      ("prepare: {columns: {a: [clip]}}\n", .invalidValue, "25"), ("prepare: {columns: {a: [clip: {}]}}\n", .invalidValue, "31"),
      ("prepare: {columns: {a: [clip: {from: 101%}]}}\n", .invalidValue, "38"), ("prepare: {columns: {a: [bucketise: []]}}\n", .invalidValue, "36"),
      ("prepare: {columns: {a: [bucketise: {quantiles: 1}]}}\n", .invalidValue, "48"),
      ("prepare: {columns: {a: [log: {base: ten}]}}\n", .invalidValue, "37"),
      ("prepare: {columns: {a: [one-hot: {unseen: none}]}}\n", .invalidValue, "43"),
      ("prepare: {columns: {a: [ordinal: {order: [x], unseen: zeros}]}}\n", .invalidValue, "55"),
      ("prepare: {columns: {a: [standardise: {digits: 7}]}}\n", .invalidValue, "47"),
      ("prepare: {columns: {a: [{impute: mean, log: {}}]}}\n", .invalidValue, "25"),
      ("prepare: {columns: {a: drop, a: drop}}\n", .duplicateKey, "30"), ("prepare: {columns: {a: [missing-indicator: 1]}}\n", .invalidValue, "44"),
      ("prepare: {columns: {a: [clip: {from: 60, to: 20}]}}\n", .invalidValue, "31"),
      ("prepare: {columns: {a: [clip: {from: 9%, to: 1%}]}}\n", .invalidValue, "31"),
      ("prepare: {columns: {a: [bucketise: [3, 3.0]]}}\n", .invalidValue, "36"),
      ("statistics: [{column: a, mean: {from: 2, to: 1.5}}]\n", .invalidValue, "46"),
      ("statistics: [{column: a, quantiles: [5]}]\n", .invalidValue, "38"),
      ("statistics: [{column: a, from: 1, to: 2}]\n", .invalidValue, "32"),
      ("statistics: [{column: a, shares: {}}]\n", .invalidValue, "34"),
      ("statistics: [{histogram: {column: a, edges: []}}]\n", .invalidValue, "45"),
      ("statistics: [{correlation: [a, a]}]\n", .invalidValue, "28"), ("prepare: {columns: {a: [round]}}\n", .invalidValue, "25"),
      ("statistics: all\n", .invalidValue, "13"),
      ("statistics: []\n", .invalidValue, "13"),
      ("statistics: [{column: a}]\n", .invalidValue, "14"), ("statistics: [{column: a, show: [men]}]\n", .invalidValue, "33"),
      ("statistics: [{column: a, mean: {from: 1}}]\n", .missingKey, "32"),
      ("statistics: [{column: a, show: [mean], mean: {from: 1, to: 2}}]\n", .invalidValue, "46"),
      ("statistics: [{pairs: [a]}]\n", .invalidValue, "22"), ("statistics: [{pairs: [a, a]}]\n", .invalidValue, "22"),
      ("statistics: [{pairs: [a, b], column: c}]\n", .invalidValue, "14"), ("statistics: [{column: a, show: [mean, mean]}]\n", .invalidValue, "14"),
      ("anonymity: {columns: [], minimum: 5}\n", .invalidValue, "22"), ("anonymity: {columns: [a]}\n", .missingKey, "12"),
      ("anonymity: {columns: [a], minimum: 1}\n", .invalidValue, "36"), ("anonymity: {columns: [a, a], minimum: 2}\n", .invalidValue, "22"),
      ("disjoint: maybe\n", .invalidValue, "11"), ("disjoint: []\n", .invalidValue, "11"), ("disjoint: [a, a]\n", .invalidValue, "11"),
    ])
  func refusedSection(text: String, expected: ImportProblem, column: String) { check(proved + text, expected, 6, column) }

  @Test("sections need a proved split, and a received table excludes a file")
  func contradictions() {
    for text in ["prepare: auto\n", "statistics: auto\n", "anonymity: {columns: [a], minimum: 2}\n", "disjoint: true\n"] {
      let error = failure { _ = try pipeline(minimal + text) }
      #expect(
        error?.problem == .invalidValue && error?.place.line == 5 && error?.remedy.contains("method") == true, "\(text): \(String(describing: error))"
      )
    }
    #expect(failure { _ = try pipeline(minimal + "disjoint: false\n") } == nil)
    let artefact = failure { _ = try pipeline("version: 1\ndata: {artefact: a}\ntarget: y\nsplit: {method: random}\n") }
    #expect(artefact?.place.line == 2 && artefact?.remedy.contains("raw: {artefact: NAME}") == true)
    #expect(failure { _ = try pipeline(proved + "raw: {artefact: a}\n") }?.problem == .invalidValue)
    #expect(failure { _ = try pipeline("version: 1\nraw: {artefact: a}\ntarget: y\n") }?.problem == .invalidValue)
    #expect(failure { _ = try pipeline("version: 1\nraw: {}\ntarget: y\nsplit: {method: random}\n") }?.problem == .missingKey)
    #expect(failure { _ = try pipeline("version: 1\ntarget: y\nsplit: {method: random}\n") }?.problem == .missingKey)
  }

  private func check(_ text: String, _ expected: ImportProblem, _ line: Int, _ column: String) {
    let error = failure { _ = try pipeline(text) }
    #expect(error?.problem == expected, "\(text): \(String(describing: error))")
    #expect(error?.place.line == line && error?.place.column == column, "\(text): \(String(describing: error))")
  }
}
