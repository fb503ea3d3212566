import Evidence
import Foundation
import Importers
import Pipelines
import Testing

@Suite("Any CSV file: init, run, verify", .serialized) struct AnyCSVTests {
  /// init + run + verify on a file, with what `init` writes.
  @discardableResult static func check(_ data: String, target: String) throws -> VerificationReport {
    let folder = try TemporaryFolder()
    let project = try ProjectSetup.create(data: data, target: target, folder: folder.path)
    let options = Pipeline.Options(store: folder.file("store"), output: folder.file("bundle"))
    let result = try Pipeline.run(project.pipelinePath, options: options)
    let report = try BundleVerifier.verify(try BundleReader.read(folder.file("bundle")))
    #expect(report.bundleID == result.report.bundleID)
    return report
  }

  @discardableResult static func check(text: String, target: String) throws -> VerificationReport {
    let folder = try TemporaryFolder()
    return try check(try folder.write(text, to: "data.csv"), target: target)
  }

  // MARK: Real files

  static let shared = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared/data/tabular")
    .standardizedFileURL.path

  static let files = [
    ("adult_train.csv.gz", "income"), ("bank_marketing.csv.gz", "deposit"), ("california_housing_drift.csv.gz", "clf_target"),
    ("credit_applicants.csv", "class"), ("diabetes_progression.csv", "target"), ("digits8x8.csv.gz", "target"), ("elec2.csv.gz", "class"),
    ("employment_ma_2015_2018.csv.gz", "employed"), ("german_credit.csv.gz", "creditability"), ("german_credit_dummies.csv.gz", "Class"),
    ("pbc_survival.csv", "status"), ("pima_diabetes.csv", "diabetes"), ("uci_credit_default.csv.gz", "default"), ("wdbc.csv.gz", "target"),
    ("wine.csv", "target"),
  ]

  @Test("a real data set", arguments: files) func realFile(_ name: String, _ target: String) throws {
    let path = AnyCSVTests.shared + "/" + name
    guard FileManager.default.fileExists(atPath: path) else {
      print("SKIPPED: \(name) is not in ../shared/data/tabular")
      return
    }
    let report = try Self.check(path, target: target)
    #expect(report.claims.count >= 4)
  }

  @Test("every file of ../shared/data/tabular is in the list above") func everyFile() throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: AnyCSVTests.shared) else {
      print("SKIPPED: there is no ../shared/data/tabular")
      return
    }
    #expect(Set(names).subtracting(AnyCSVTests.files.map(\.0)).isEmpty)
  }

  // MARK: Generated files

  private static func rows(_ count: Int, _ row: (Int) -> String) -> String { (0..<count).map(row).joined(separator: "\n") + "\n" }

  @Test("quotes, commas, line ends and quotation marks in cells") func quotes() throws {
    let text =
      "\"a, b\",\"says \"\"x\"\"\",y\n"
      + Self.rows(60) { "\($0 % 7),\"\(["one, two", "line\nend", "\"\"quoted\"\""][$0 % 3])\",\($0 % 2 == 0 ? "\"no, never\"" : "yes")" }
    let report = try Self.check(text: text, target: "y")
    #expect(report.text.contains("no, never"))
  }

  @Test("a byte order mark and CRLF") func windows() throws {
    let text = "\u{feff}x,y\r\n" + (0..<50).map { "\($0),\($0 > 25 ? "hi" : "lo")\r\n" }.joined()
    try Self.check(text: text, target: "y")
  }

  @Test("Unicode names and categories, control and direction marks escaped in the report") func unicode() throws {
    let classes = ["größer", "次", "e\u{301}", "rtl\u{202e}x", "tab\tx"]
    let text = "größe,мишень\n" + Self.rows(120) { "\($0),\(classes[$0 % classes.count])" }
    let report = try Self.check(text: text, target: "мишень")
    #expect(report.text.contains("größer") && report.text.contains("次"))
    #expect(!report.text.contains("\u{202e}") && report.text.contains("\\u{202e}"))
  }

  @Test("texts that differ only in their Unicode form: no feature, and a clear refusal as classes") func unicodeForms() throws {
    let forms = ["e\u{301}", "\u{e9}", "z"]
    let text = "k,x,y\n" + Self.rows(60) { "\(forms[$0 % 3]),\($0 % 7),\($0 % 2 == 0 ? "a" : "b")" }
    try Self.check(text: text, target: "y")
    #expect(throws: ImportError.self) { try Self.check(text: text, target: "k") }
  }

  @Test("a constant column") func constantColumn() throws {
    try Self.check(text: "a,c,y\n" + Self.rows(40) { "\($0),7,\($0 % 2)" }, target: "y")
  }

  @Test("only constant columns") func onlyConstants() throws {
    try Self.check(text: "c,y\n" + Self.rows(40) { "7,\($0 % 2)" }, target: "y")
  }

  @Test("a category that only a test row has") func categoryInTestRows() throws {
    let split = RowSplit(rowCount: 60, seed: 1, fraction: (1, 4))
    let row = try #require(split.test.first)
    try Self.check(
      text: "k,x,y\n" + Self.rows(60) { "\($0 == row ? "rare" : ["a", "b"][$0 % 2]),\($0 % 11),\($0 % 3 == 0 ? "n" : "p")" }, target: "y")
  }

  @Test("a class that only test rows have") func classInTestRows() throws {
    let split = RowSplit(rowCount: 60, seed: 1, fraction: (1, 4))
    let row = try #require(split.test.first)
    try Self.check(text: "x,y\n" + Self.rows(60) { "\($0 % 11),\($0 == row ? "third" : ["a", "b"][$0 % 2])" }, target: "y")
  }

  @Test("one class only") func oneClass() throws {
    try Self.check(text: "x,y\n" + Self.rows(40) { "\($0),always" }, target: "y")
  }

  @Test("more classes than a confusion matrix may have: no accuracy is claimed, and that is said") func manyClasses() throws {
    let report = try Self.check(text: "x,y\n" + Self.rows(1_300) { "\($0 % 7),c\($0 % 300)" }, target: "y")
    #expect(report.claim("accuracy") == nil && report.claim("inference") != nil)
  }

  @Test("hundreds of columns") func manyColumns() throws {
    let names = (0..<300).map { "x\($0)" } + ["y"]
    let text =
      names.joined(separator: ",") + "\n"
      + Self.rows(50) { row in
        ((0..<300).map { String(($0 * 31 + row * 17) % 1_000) } + [row % 3 == 0 ? "a" : "b"]).joined(separator: ",")
      }
    try Self.check(text: text, target: "y")
  }

  @Test("a single row") func singleRow() throws {
    try Self.check(text: "x,k,y\n3,a,b\n", target: "y")
    try Self.check(text: "x,k,y\n3,a,1.5\n", target: "x")
  }

  @Test("two rows, and a target that may be missing") func fewRows() throws {
    try Self.check(text: "x,y\n1,a\n2,b\n", target: "y")
    try Self.check(text: "x,y\n1,a\n2,\n,b\n4,a\n", target: "y")
  }

  @Test("a numeric target with negative and fractional values") func regression() throws {
    try Self.check(
      text: "x,z,y\n" + Self.rows(80) { "\($0 % 13),\($0 % 3 == 0 ? "" : "\(Double($0) / 4)"),\(Double(($0 * 37) % 101) / 8 - 6)" }, target: "y")
  }

  @Test("columns without a cell, and a column that is no number in one row") func oddColumns() throws {
    try Self.check(text: "e,m,y\n" + Self.rows(40) { ",\($0 == 20 ? "n/a" : String($0)),\($0 % 2 == 0 ? "u" : "v")" }, target: "y")
  }
}
