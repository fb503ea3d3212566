import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import Soundness
import TestSupport
import Testing

/// Findings of design 2, section 8, that concern the engine. F1 is `ProductPadCheats`; F2 is in the rank tests (pads opened twice).
/// F6 to F12 concern operators, tables, splits, logs, receipts, ratios and optima: they belong to the modules that bring those.
@Suite("Findings of the protocol's review") struct ReviewFindingTests {
  typealias E = GoldilocksCubic

  @Test("F2: the pads lie in one tree of one shape") func padsInOneTree() throws {
    let instance = try LinearInstances.make(E.self, seed: 1, twoShapes: true)
    let statement = instance.statement
    let trees = statement.shapes.indices.flatMap { statement.trees(ofShape: $0) }
    let auxiliary = trees.filter { !statement.artefacts.keys.contains($0.name) }
    let padRows = 3 * statement.padRowCount
    #expect(auxiliary.map(\.rowCount) == [statement.relation.auxiliary.rowCount + 2 * padRows + 3, 3])
  }

  @Test("F2: a session makes one proof, its pads and masks serve no second one") func onlyOnce() throws {
    let session = try ProofSession<Production<E>>(InnerInstances.make(E.self, seed: 4))
    _ = try session.prove()
    #expect(throws: ProverError.sessionUsed) { _ = try session.prove() }
  }

  @Test("F3: a code with free slots at level 1 is refused") func freeSlots() throws {
    let instance = try InnerInstances.make(E.self, seed: 4, m: 5)
    let shape = instance.statement.shapes[0]
    for extra in 1..<(1 << instance.statement.levels[0].log2RowLength) {
      let larger = try #require(
        CodeShape(name: "S", log2RowLength: shape.log2RowLength, tailCount: shape.tailCount - extra, log2Length: shape.log2Length))
      #expect(throws: VerificationError.statementMismatch("level-1 rows")) { _ = try instance.with(shapes: [larger]) }
    }
  }

  @Test("F3: query counts follow the dimension with its tail") func dimensionOfQueries() throws {
    let instance = try InnerInstances.make(E.self, seed: 4, m: 6, openings: 6)
    let shape = instance.statement.shapes[0]
    #expect(shape.dimension == 64 + shape.tailCount)
    #expect(
      instance.statement.queryCounts[0] == (try QueryCount.queryCount(dimension: shape.dimension, codeLength: shape.length, profile: E.toyProfile)))
    #expect(
      instance.statement.queryCounts[0] > (try QueryCount.queryCount(dimension: 64, codeLength: shape.length, profile: E.toyProfile)))
  }

  static func multiplicity(_ bits: Int) -> View {
    MatrixLayout(name: "aux", log2RowLength: 4, tensors: [TensorLayout("m", [bits])]).view("m")
  }
  static func table(_ identifier: UInt64, _ rows: [[UInt64]]) -> LookupTable<Goldilocks> {
    LookupTable(
      name: "t", identifier: identifier, rows: .explicit(PublicRows(rows: rows.map { $0.map { Goldilocks($0) } })),
      multiplicity: multiplicity(log2Ceiling(rows.count)))
  }

  @Test("F4: a table with repeated rows cannot be built") func repeatedRows() async {
    await #expect(processExitsWith: .failure) { _ = ReviewFindingTests.table(1, [[1, 2], [3, 4], [1, 2]]) }
  }

  @Test("F4: two tables cannot share an identifier") func sharedIdentifier() async {
    await #expect(processExitsWith: .failure) {
      _ = FractionTree(lookups: [], tables: [ReviewFindingTests.table(1, [[1]]), ReviewFindingTests.table(1, [[2]])])
    }
  }

  @Test("F5: no table has identifier 0, no two widths, and a lookup is as wide as its table") func widths() async {
    await #expect(processExitsWith: .failure) { _ = ReviewFindingTests.table(0, [[1]]) }
    await #expect(processExitsWith: .failure) { _ = ReviewFindingTests.table(1, [[1], [2, 0]]) }
    await #expect(processExitsWith: .failure) {
      let column = LookupExpression<Goldilocks>(ReviewFindingTests.multiplicity(2))
      _ = FractionTree(
        lookups: [Lookup(name: "l", table: 0, components: [column], selected: [Extent(bits: 2, count: 4)])],
        tables: [ReviewFindingTests.table(1, [[1, 0], [2, 0]])])
    }
  }

  /// Why: with repeated rows, a shared identifier or a missing component the sums of fractions cannot tell the counts apart.
  @Test("F4, F5: the sums of fractions that such tables would give") func undeterminedCounts() {
    let alpha = E(limbs: ToyRandom.elements(3, seed: 1))
    let beta = E(limbs: ToyRandom.elements(3, seed: 2))
    func fraction(_ identifier: UInt64, _ row: [UInt64], _ count: UInt64) -> E {
      let powers = beta.powers(row.count + 1).dropFirst()
      let fingerprint = zip(row, powers).reduce(E(identifier)) { $0 + $1.1.scaled(by: Goldilocks($1.0)) }
      return ((alpha - fingerprint).inverse() ?? .zero).scaled(by: Goldilocks(count))
    }
    #expect(fraction(1, [1, 2], 5) == fraction(1, [1, 2], 3) + fraction(1, [1, 2], 2))
    #expect(fraction(1, [1, 2], 5) != fraction(1, [1, 2], 3) + fraction(2, [1, 2], 2))
    #expect(fraction(1, [7], 1) == fraction(1, [7, 0], 1))
    #expect(fraction(1, [7], 1) != fraction(2, [7, 0], 1))
    // Identifier 0: ((1)) of width 1 under a shift of components equals (0, …): β·1 alone.
    #expect(fraction(0, [0, 1], 1) != fraction(0, [1], 1))
  }

  @Test("a relation of uncommitted degree above 4 is refused") func uncommittedDegree() throws {
    let instance = try InnerInstances.make(E.self, seed: 4)
    let honest = try #require(instance.relation as? InnerProductRelation<E>)
    #expect(throws: VerificationError.statementMismatch("uncommitted degree")) {
      _ = try instance.with(relation: DegreeFive(honest: honest))
    }
  }
}

/// An inner product that declares uncommitted values of degree 5.
struct DegreeFive<E: ToyField>: ProvableRelation {
  let honest: InnerProductRelation<E>
  var descriptor: CanonicalValue { honest.descriptor }
  var matrices: [RelationMatrix] { honest.matrices }
  var auxiliary: MatrixLayout { honest.auxiliary }
  var lookupDegree: Int { 0 }
  var pointVariables: Int { 0 }
  var uncommittedDegree: Int { 5 }

  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E { try honest.verify(&channel) }
  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    try honest.prove(&channel, witness)
  }
}
