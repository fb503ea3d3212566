import Evidence
import Foundation
import Testing

@Suite("Policy files") struct PolicyFileTests {
  private func read(_ text: String) throws(PolicyError) -> Policy { try Policy(fileBytes: Array(text.utf8), path: "p.yaml") }

  private func policy(_ requirement: String) -> String { "version: 1\nname: x\nrequirements:\n" + requirement }

  @Test("every kind of requirement, in YAML and in JSON") func kinds() throws {
    let policy = try read(
      policy(
        """
          - require: claim
            type: filter
            about: source
          - require: split
            table: source
            parts: [train, "te, st"]   # a comment
            methods: [random, 'groups']
            nonces: [auditor, dated]
            auditorNonce: "00ff"
            commitment: \(String(repeating: "ab", count: 32))
            maximumAgeDays: 30
          - require: statistic
            table: a
            column: "größe: cm"
            statistic: mean
            minimum: -1.50
          - require: signer
            role: owner
            holder: City Bank
            table: source
            articles: "10(2)-(3)"
            name: signed at the source
          - require: lineage

        """))
    #expect(policy.requirements.count == 5 && policy.requirements.map(\.line) == [4, 7, 15, 20, 26])
    #expect(policy.requirements[3].articles == "10(2)-(3)")
    let words = policy.requirements.map(\.words)
    #expect(
      words[0] == "a filter claim about source"
        && words[1].contains("into train, te, st, random or groups, seed from a nonce that is auditor or dated"))
    #expect(words[2] == "mean of größe: cm in a at least -1.50" && words[3].hasPrefix("signed at the source: source signed by data owner City Bank"))
    let json = try read(
      """
      {"version": 1, "name": "x", "requirements": [{"require": "groups", "table": "t", "columns": ["sex"], "minimum": 5, "allowAbsent": true}]}
      """)
    #expect(json.requirements.map(\.words) == ["every group of sex in t has at least 5 rows"])
    let flow = try read(
      self.policy("  - {require: rows, table: raw, minimum: 500}\n  - {require: disjoint, tables: [a, \"b\"], name: 'x, y'}  # why\n"))
    #expect(flow.requirements.map(\.line) == [4, 5] && flow.requirements[1].name == "x, y")
    #expect(flow.requirements[0].words == (try read(self.policy("  - require: rows\n    table: raw\n    minimum: 500\n"))).requirements[0].words)
    // Windows line ends.
    #expect(try read("version: 1\r\nname: x\r\nrequirements:\r\n  - require: fit\r\n    on: train\r\n").requirements.count == 1)
  }

  @Test(
    "what is no policy is refused with its line and what to write",
    arguments: [
      ("", nil, "requirements"), ("version: 2\nname: x\nrequirements:\n  - require: lineage\n", 1, "must be 1"),
      ("version: 1\nname: x\nrequirements:\n", 3, "no requirement"), ("version: 1\nname: x\nrequirements: none\n", 3, "array"),
      ("version: 1\nname: x\ncolour: red\nrequirements:\n  - require: lineage\n", 3, "colour"),
      ("version: 1\nname: x\nrequirements:\n  - name: y\n", 4, "require"),
      ("version: 1\nname: x\nrequirements:\n  - require: magic\n", 4, "accuracy"),
      ("version: 1\nname: x\nrequirements:\n  - require: rows\n    table: t\n    least: 3\n", 6, "minimum"),
      ("version: 1\nname: x\nrequirements:\n  - require: rows\n    minimum: 3\n", 4, "table"),
      ("version: 1\nname: x\nrequirements:\n  - require: rows\n    table: t\n    minimum: few\n", 6, "decimal"),
      ("version: 1\nname: x\nrequirements:\n  - require: rows\n    table: t\n    minimum: 1.5\n", 6, "whole"),
      ("version: 1\nname: x\nrequirements:\n  - require: rows\n    table: ../t\n", 5, "A-Z"),
      ("version: 1\nname: x\nrequirements:\n  - require: split\n    table: t\n    methods: [best]\n", 6, "stratified"),
      ("version: 1\nname: x\nrequirements:\n  - require: split\n    table: t\n    maximumAgeDays: 3\n", 6, "dated"),
      ("version: 1\nname: x\nrequirements:\n  - require: signer\n    role: king\n", 5, "provider"),
      ("version: 1\nname: x\nrequirements:\n  - require: signer\n    role: owner\n", 4, "table"),
      ("version: 1\nname: x\nrequirements:\n  - require: signer\n    role: provider\n    table: t\n", 6, "owner"),
      ("version: 1\nname: x\nrequirements:\n  - require: soundness\n", 4, "nothing"),
      ("version: 1\nname: x\nrequirements:\n  - require: date\n    after: soon\n", 5, "2026-01-31"),
      ("version: 1\nname: x\nrequirements:\n  - require: disjoint\n    tables: []\n", 5, "table"),
      ("version: 1\nname: x\nrequirements:\n  - require: disjoint\n    tables: [a, b\n", 5, "]"),
      ("version: 1\nname: x\nrequirements:\n  - require: disjoint\n    tables: [a, , b]\n", 5, "empty"),
      ("version: 1\nname: x\nrequirements:\n  - require: disjoint\n    tables: [a, [b]]\n", 5, "texts"),
      ("version: 1\nname: x\nrequirements:\n  - require: disjoint\n    tables:\n      - a\n", 5, "no value"),
      ("version: 1\nname: x\nrequirements:\n  - require: statistic\n    table: t\n    column: c\n    statistic: mode\n", 7, "mean"),
      (
        "version: 1\nname: x\nrequirements:\n  - require: statistic\n    table: t\n    column: c\n    statistic: histogram\n    minimum: 1\n", 7,
        "counts"
      ),
      ("version: 1\nname: \"x\u{1b}\"\nrequirements:\n  - require: lineage\n", 2, "printable"), ("{\"version\": 1}", nil, "name"), ("{", nil, "JSON"),
    ] as [(String, Int?, String)])
  func refused(text: String, line: Int?, word: String) {
    do {
      _ = try read(text)
      Issue.record("accepted: \(text)")
    } catch {
      #expect(error.line == line, "\(error)")
      #expect("\(error)".contains(word) && !error.remedy.isEmpty && error.exitCode == .cannotDo, "\(error)")
      #expect(!"\(error)".unicodeScalars.contains("\u{1b}"))
    }
  }

  @Test("any bytes are a policy or an error") func totality() {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let sample = Array(
      policy(
        "  - require: split\n    table: t\n    methods: [random, \"groups\"]\n    nonces: [dated]\n    maximumAgeDays: 9\n  - require: rows\n    table: t\n"
      ).utf8)
    let bytes: [UInt8] = Array("-[]:,\"'# \n\r\t0{}\u{0}é".utf8)
    var refused = 0
    for _ in 0..<5_000 {
      var text = sample
      for _ in 0...next(3) {
        switch next(3) {
        case 0: text[next(text.count)] = bytes[next(bytes.count)]
        case 1: text.remove(at: next(text.count))
        default: text.insert(bytes[next(bytes.count)], at: next(text.count))
        }
      }
      do { _ = try Policy(fileBytes: text, path: "p") } catch { refused += 1 }
    }
    #expect(refused > 1_000)
    #expect(throws: PolicyError.self) { try Policy.read(path: "/nonexistent/policy") }
    #expect(throws: PolicyError.self) { try Policy.read(path: "/dev/zero") }
  }

  @Test("the example is a policy") func example() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Examples/policies/credit.yaml").path
    let policy = try Policy.read(path: path)
    #expect(policy.requirements.count == 16 && policy.requirements.allSatisfy { !$0.words.isEmpty })
  }
}
