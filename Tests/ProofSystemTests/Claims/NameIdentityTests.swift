import Claims
import Fields
import Hashing
import Programs
import ProofSystem
import TestSupport
import Testing

/// Names are identities by their bytes. Swift's `==` takes the two spellings of ü for one text; digests do not.
@Suite("Names as identities") struct NameIdentityTests {
  /// ü as one scalar, and as u with a diaeresis.
  static let composed = "\u{fc}"
  static let decomposed = "u\u{308}"

  static func table(_ name: String, _ category: String, missing: MissingRule = .refuse) throws -> TableSchema {
    try TableSchema(columns: [TableColumn(name: name, type: .category(["a", category]), missing: missing)])
  }

  static func artefact(_ name: String, _ contents: ArtefactContents) throws -> ArtefactDescription {
    ArtefactDescription(name: name, contents: contents, shape: try ProgramHarness.shape(), identity: SHA256.hash([1]))
  }

  @Test("the premise: Swift takes the two spellings for equal") func premise() {
    #expect(Self.composed == Self.decomposed && !Self.composed.hasSameBytes(as: Self.decomposed))
    #expect(["a", Self.composed].hasSameBytes(as: ["a", Self.composed]) && !["a", Self.composed].hasSameBytes(as: ["a", Self.decomposed]))
  }

  @Test("public values are equal when their encodings are") func canonical() {
    #expect(CanonicalValue.text(Self.composed) != .text(Self.decomposed))
    #expect(CanonicalValue.list([.text(Self.composed)]) != .list([.text(Self.decomposed)]))
    #expect(CanonicalValue.dictionary([Self.composed: 1]) != .dictionary([Self.decomposed: 1]))
    #expect(Set([CanonicalValue.text(Self.composed), .text(Self.decomposed)]).count == 2)
  }

  @Test("a schema has no two names or categories that are canonically equivalent") func schema() {
    for names in [["x", "x"], [Self.composed, Self.decomposed]] {
      #expect(throws: ProgramError.self) {
        try TableSchema(columns: names.map { TableColumn(name: $0, type: .integer(IntegerRange(0...1))) })
      }
      #expect(throws: ProgramError.self) { try TableSchema(columns: [TableColumn(name: "c", type: .category(names))]) }
    }
  }

  @Test("columns are found, and schemas compared, byte by byte") func columns() throws {
    let schema = try Self.table(Self.composed, Self.composed)
    #expect(schema.column(Self.composed) != nil && schema.column(Self.decomposed) == nil)
    #expect(try schema != Self.table(Self.decomposed, Self.composed))
    #expect(try schema != Self.table(Self.composed, Self.decomposed))
    let stored = try StoredTable(schema: schema, columns: [[1]])
    #expect(stored.values(Self.composed) == [1] && stored.values(Self.decomposed) == nil)
  }

  @Test("a claim that spells a column or an artefact otherwise is refused") func claims() throws {
    let contents = ArtefactContents.table(try Self.table(Self.composed, "b"), rowCount: 2)
    func accuracy(_ artefact: String, _ column: String) throws -> CompiledClaims {
      let name = ClaimStatement.ColumnName(artefact: artefact, column: column)
      return try CompiledClaims(
        claims: [.accuracy(labels: name, predictions: name, disclosure: .atLeast(correct: 1))], artefacts: [Self.artefact(Self.composed, contents)])
    }
    _ = try accuracy(Self.composed, Self.composed)
    #expect(throws: ClaimError.self) { try accuracy(Self.composed, Self.decomposed) }
    #expect(throws: ClaimError.self) { try accuracy(Self.decomposed, Self.composed) }
  }

  @Test("equal data needs equal formats, byte by byte") func sameData() throws {
    func compile(_ category: String) throws -> CompiledClaims {
      let one = try Self.artefact("one", .table(try Self.table("c", Self.composed), rowCount: 2))
      let two = try Self.artefact("two", .table(try Self.table("c", category), rowCount: 2))
      return try CompiledClaims(claims: [.sameDataAs(artefact: "one", original: "two")], artefacts: [one, two])
    }
    _ = try compile(Self.composed)
    #expect(throws: ClaimError.self) { try compile(Self.decomposed) }
  }

  @Test("a model reads columns and categories spelled as its own") func features() throws {
    let target = TableColumn(name: "t", type: .category(["k0", "k1", "k2"]))
    let feature = TableColumn(name: Self.composed, type: .category(["a", Self.composed]))
    let encoding = try FeatureEncoding(schema: try TableSchema(columns: [feature, target]), columns: [Self.composed])
    let architecture = try LinearArchitecture.choose(encoding: encoding, target: "t", task: .classes(count: 3), magnitudeBits: 2)
    func compile(_ name: String, _ category: String) throws -> CompiledClaims {
      let table = try Self.artefact("table", .table(try Self.table(name, category), rowCount: 2))
      return try CompiledClaims(
        claims: [.inference(model: "model", input: .table("table"), outputs: ["prediction": .bounded(IntegerRange(0...2))])],
        artefacts: [Self.artefact("model", .linearModel(architecture)), table])
    }
    _ = try compile(Self.composed, Self.composed)
    #expect(throws: ClaimError.self) { try compile(Self.decomposed, Self.composed) }
    #expect(throws: ClaimError.self) { try compile(Self.composed, Self.decomposed) }
  }

  @Test("no artefact has the name of a column that is not placed yet") func provisional() throws {
    let contents = ArtefactContents.table(try Self.table("c", "b"), rowCount: 2)
    #expect(throws: ClaimError.self) {
      _ = try CompiledClaims(claims: [.wellFormed(artefact: "aux?0.c")], artefacts: [Self.artefact("aux?0.c", contents)])
    }
  }

  @Test("outputs that are numbers go into columns of numbers without missing cells") func outputColumns() throws {
    func compile(_ column: TableColumn) throws -> CompiledClaims {
      let binary = try Self.binary()
      let artefacts = try [
        Self.artefact("model", .linearModel(binary)), Self.artefact("table", .table(binary.encoding.schema, rowCount: 2)),
        Self.artefact("out", .table(try TableSchema(columns: [column]), rowCount: 2)),
      ]
      return try CompiledClaims(
        claims: [.inference(model: "model", input: .table("table"), outputs: ["score": .committed(artefact: "out", column: "s")])],
        artefacts: artefacts)
    }
    let range = IntegerRange(-32_768...32_767)
    _ = try compile(TableColumn(name: "s", type: .integer(range)))
    #expect(throws: ClaimError.self) { try compile(TableColumn(name: "s", type: .integer(range), missing: .presence)) }
    #expect(throws: ClaimError.self) { try compile(TableColumn(name: "s", type: .category(["a", "b"]))) }
  }

  static func binary() throws -> LinearArchitecture {
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .integer(IntegerRange(0...9))), TableColumn(name: "t", type: .category(["no", "yes"])),
    ])
    return try LinearArchitecture.choose(
      encoding: try FeatureEncoding(schema: schema, columns: ["x"]), target: "t", task: .binary(positive: 1), magnitudeBits: 2)
  }
}
