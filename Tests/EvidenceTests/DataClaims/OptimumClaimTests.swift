import Claims
import Evidence
import Fields
import Hashing
import Programs
import ProofSystem
import Testing

@Suite("Claims about an optimum: JSON and words") struct OptimumClaimTests {
  static func claim(_ variant: Int, tables: [String] = ["train"], radius: PublicFraction = PublicFraction(1, over: 10)) throws -> OptimumClaim {
    let targets: [TrainingTarget] = [
      .binary(column: "default", positive: 1), .classes(column: "kind", count: 3), .number(column: "price", centre: 1 << 55, shift: 3),
      .classes(column: "kind", count: 3), .binary(column: "default", positive: 0),
    ]
    let problem = try OptimumProblem(
      features: [
        .number(column: "x", centre: -1 << 54, shift: 3), .presence(column: "x"), .category(column: "k", classCount: 3, missing: true), .constant,
      ], target: targets[variant], formats: OptimumFormats(), penalty: PublicFraction(1, over: 3),
      intercept: variant == 2 || variant == 4 ? .eliminated : .penalised, fixedClass: variant == 3 ? 2 : nil)
    return OptimumClaim(
      tables: tables, model: "m", problem: problem, toleranceBits: 20 + variant, radius: radius, curvature: variant == 4 ? 1 << 55 : nil)
  }

  @Test("what is written is read again", arguments: 0..<5) func roundTrip(_ variant: Int) throws {
    let statement = ClaimStatement.data(.optimum(try Self.claim(variant)))
    #expect(try ClaimJSON.read(type: "optimum", JSONNode(ClaimJSON.value(statement))) == statement)
    #expect(statement.reveals.allSatisfy { $0.kind == .bounded } && statement.reveals.count == (variant == 4 ? 3 : 2))
  }

  @Test("every part is in the encoding that the proof is bound to") func injective() throws {
    var seen: Set<[UInt8]> = []
    for variant in 0..<5 { seen.insert(try Self.claim(variant).canonical.encoded) }
    seen.insert(try Self.claim(0, tables: ["train", "more"]).canonical.encoded)
    seen.insert(try Self.claim(0, radius: PublicFraction(2, over: 10)).canonical.encoded)
    let own = try Self.claim(0)
    seen.insert(OptimumClaim(tables: own.tables, model: "n", problem: own.problem, toleranceBits: 20, radius: own.radius).canonical.encoded)
    seen.insert(OptimumClaim(tables: own.tables, model: "m", problem: own.problem, toleranceBits: 21, radius: own.radius).canonical.encoded)
    let free = try Self.claim(4)
    seen.insert(
      OptimumClaim(tables: free.tables, model: "m", problem: free.problem, toleranceBits: 24, radius: free.radius, curvature: 1 << 54).canonical
        .encoded)
    #expect(seen.count == 10)
  }

  @Test("another document is refused") func hostile() throws {
    guard case .object(let members) = ClaimJSON.value(.data(.optimum(try Self.claim(0)))) else {
      Issue.record("a claim is an object")
      return
    }
    func refused(_ change: [String: JSONValue], without: Set<String> = []) {
      var pairs = members.members.filter { change[$0.key] == nil && !without.contains($0.key) }.map { ($0.key, $0.value) }
      for (key, own) in change { pairs.append((key, own)) }
      #expect(throws: (any Error).self) { try ClaimJSON.read(type: "optimum", JSONNode(.object(JSONObject(pairs)))) }
    }
    for key in ["tables", "model", "problem", "tolerance", "radius"] { refused([:], without: [key]) }
    refused(["tolerance": .integer(61)])
    refused(["tolerance": .integer(-1)])
    refused(["radius": .array([.integer(1)])])
    refused(["problem": .object([:])])
    refused(["more": .integer(1)])
    refused(["curvature": .bool(true)])
    guard case .object(let problem)? = members.members.first(where: { $0.key == "problem" })?.value else { return }
    for (key, value) in [("penalty", JSONValue.array([.integer(0), .integer(1)])), ("intercept", .string("free")), ("fixed", .integer(0))] {
      let pairs = problem.members.filter { $0.key != key }.map { ($0.key, $0.value) } + [(key, value)]
      refused(["problem": .object(JSONObject(pairs))])
    }
  }

  @Test("a description says every error term, and refuses a radius that they exceed") func words() throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .decimal(scale: 3, range: IntegerRange(-8_000...8_000))),
      TableColumn(name: "y", type: .category(["no", "yes"])),
    ])
    let encoding = try FeatureEncoding(schema: schema, columns: ["x"])
    let architecture = try LinearArchitecture.choose(encoding: encoding, target: "y", task: .binary(positive: 1), magnitudeBits: 4, weightBits: 32)
    let shape = try #require(CodeShapes.shape(log2RowLength: 11, field: Goldilocks.self))
    let identity = SHA256.hash([1])
    let artefacts = [
      ArtefactDescription(name: "train", contents: .table(schema, rowCount: 1_000), shape: shape, identity: identity),
      ArtefactDescription(name: "m", contents: .linearModel(architecture), shape: shape, identity: identity),
    ]
    let problem = try OptimumProblem(
      features: [.number(column: "x", centre: 0, shift: 2), .constant], target: .binary(column: "y", positive: 1), formats: OptimumFormats(),
      penalty: PublicFraction(1))
    func describe(_ radius: PublicFraction) throws -> ClaimDescription {
      let claim = OptimumClaim(tables: ["train"], model: "m", problem: problem, toleranceBits: 20, radius: radius)
      return try #require(try ClaimFiles.descriptions([("optimum", .data(.optimum(claim)))], artefacts: artefacts).first)
    }
    let own = try describe(PublicFraction(1))
    let text = own.shows.joined(separator: " ")
    for part in [
      "1000 rows", "curvature between the table's points", "rounding of the table", "rounding of probabilities", "distance to the optimum",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    #expect(own.establishes == [ManifestEdge(.trainedOn, from: "m", to: "train")])
    #expect(own.discloses.filter { $0.extent == .bounded }.count == 2)
    #expect(throws: StatementError.self) { try describe(PublicFraction(1, over: 1_000_000)) }
    let claim = OptimumClaim(tables: ["train"], model: "m", problem: problem, toleranceBits: 20, radius: PublicFraction(1))
    let compiled = try CompiledClaims(claims: [.data(.optimum(claim))], artefacts: artefacts)
    let cost = StatementCost.of(.data(.optimum(claim)), Dictionary(uniqueKeysWithValues: artefacts.map { ($0.name, $0) }))
    #expect(cost >= DataClaimCostTests.measure(compiled.builder))
    let free = OptimumClaim(
      tables: ["train"], model: "m",
      problem: try OptimumProblem(
        features: problem.features, target: problem.target, formats: problem.formats, penalty: problem.penalty, intercept: .eliminated),
      toleranceBits: 20, radius: PublicFraction(1), curvature: 100 << 18)
    let said = try #require(try ClaimFiles.descriptions([("optimum", .data(.optimum(free)))], artefacts: artefacts).first)
    #expect(said.shows.contains { $0.contains("Along the intercept the loss curves by at least \(100 << 18)/262144") })
    #expect(said.discloses.filter { $0.extent == .bounded }.count == 3)
    let more = StatementCost.of(.data(.optimum(free)), Dictionary(uniqueKeysWithValues: artefacts.map { ($0.name, $0) }))
    #expect(more >= DataClaimCostTests.measure(try CompiledClaims(claims: [.data(.optimum(free))], artefacts: artefacts).builder))
  }
}
