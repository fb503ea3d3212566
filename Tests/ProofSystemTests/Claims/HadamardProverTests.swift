import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem
import Prover
import TestSupport
import Testing

/// Row-wise products are proved from the columns themselves or from tables over E: what is sent must be the same.
@Suite("Row-wise products", .serialized) struct HadamardProverTests {
  typealias E = GoldilocksCubic

  /// Sums of squares and of products over `rows` random rows: `count` products, columns with a constant, with two terms and plain ones.
  private static func instance(rows: Int, count: Int) throws -> DataHarness.Instance {
    var state: UInt64 = 7
    func values() -> [Int64] {
      (0..<rows).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64(state >> 33) % 2001 - 1000
      }
    }
    let (a, b) = (values(), values())
    let harness = DataHarness(tables: ["t": try DataHarness.table([("a", a), ("b", b)])])
    let statistics: [Statistic] = [
      .sumOfSquares(column: "a", centre: 3, .revealed(a.reduce(0) { $0 + ($1 - 3) * ($1 - 3) })),
      .productSum(first: "a", centre: 0, second: "b", otherCentre: 5, .revealed(zip(a, b).reduce(0) { $0 + $1.0 * ($1.1 - 5) })),
      .sumOfSquares(column: "b", centre: 0, .revealed(b.reduce(0) { $0 + $1 * $1 })),
    ]
    return try harness.instance([.statistics(StatisticsClaim(table: "t", statistics: Array(statistics.prefix(count))))])
  }

  @Test("columns and tables send the same", arguments: [1, 2, 3]) func rounds(_ count: Int) throws {
    let instance = try Self.instance(rows: 700, count: count)
    let matrices = instance.secrets.mapValues(\.data).merging(["aux": instance.auxiliary]) { $1 }
    let group = try #require(instance.relation.hadamardGroups.first)
    #expect(group.count == count && group.first?.bits == 10)
    func send(_ columnRounds: Int) -> (events: [[E]], values: [E]) {
      var channel = ProverChannel<E, HashChain>(tape: ProverTape(), pads: [], isPadded: false)
      let z = channel.challenges("z", count: 10)
      let gamma = channel.challenge("gamma")
      let prover = HadamardProver<E>(
        group, powers: gamma.powers(count), witness: WitnessReader(matrices: matrices), columnRounds: columnRounds)
      let values = prover.prove(&channel, z: z, label: "round")
      return (channel.tape.events.map(\.values), values)
    }
    let expected = send(0)
    #expect(expected.values.count == 2 * count)
    for columnRounds in [1, 2, 3, 4, 9, 10] {
      let own = send(columnRounds)
      #expect(own.events == expected.events && own.values == expected.values, "\(columnRounds) rounds")
    }
  }

  @Test("long columns: proofs verify, and are the same bytes at 1, 2 and 8 threads") func threads() throws {
    let instance = try Self.instance(rows: 9000, count: 3)
    try DataHarness.check(instance)
    defer { Parallelism.threadLimit = 0 }
    var proofs: Set<[UInt8]> = []
    for threads in [1, 2, 8] {
      Parallelism.threadLimit = threads
      let session = try ProofSession<Production<E>>(
        statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
        randomness: Randomness(seed: [UInt8](repeating: 9, count: 32)))
      proofs.insert(try session.prove())
    }
    #expect(proofs.count == 1)
  }
}
