import Fields
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

@Suite("Zero knowledge: rank of the view") struct RankTests {
  static func instance<E: ToyField>(_: E.Type, secondM: Int? = nil, seed: Int = 1) throws -> ToyInstance<E> {
    try InnerInstances.make(E.self, seed: seed, m: 4, bits: 4, secondM: secondM)
  }

  static func fullRank<E: ToyField>(_ field: E.Type) throws {
    for secondM in [nil, 4] {
      let deficits = try RankRun(instance: instance(field, secondM: secondM)).deficits()
      #expect(deficits == (0, 0, 0), "\(secondM == nil ? "one shape" : "two shapes")")
    }
  }

  @Test("everything revealed is of full rank, cubic") func cubic() throws { try Self.fullRank(GoldilocksCubic.self) }
  @Test("everything revealed is of full rank, quadratic") func quadratic() throws { try Self.fullRank(GoldilocksQuadratic.self) }
  @Test("everything revealed is of full rank, BN254") func prime() throws { try Self.fullRank(BN254Scalar.self) }

  @Test("control: more positions than random coefficients") func tooManyPositions() throws {
    let instance = try Self.instance(GoldilocksCubic.self)
    let tail = instance.statement.shapes[0].tailCount
    #expect(try RankRun(instance: instance, opened: tail).deficits() == (0, 0, 0))
    #expect(try RankRun(instance: instance, opened: tail + 1).deficits().second > 0)
  }

  @Test("control: a mask over the base field") func baseFieldMask() throws {
    #expect(try RankRun(instance: Self.instance(GoldilocksCubic.self), fault: .baseFieldMask).deficits().second > 0)
    #expect(try RankRun(instance: Self.instance(GoldilocksQuadratic.self), fault: .baseFieldMask).deficits().second > 0)
  }

  @Test("control: a pad used twice") func padUsedTwice() throws {
    let deficits = try RankRun(instance: Self.instance(GoldilocksCubic.self), fault: .padReused).deficits()
    #expect(deficits.first == 3)
  }

  @Test("control: a row without a tail") func rowWithoutTail() throws {
    let instance = try Self.instance(GoldilocksCubic.self)
    let deficits = try RankRun(instance: instance, fault: .rowWithoutTail).deficits()
    #expect(deficits.second == instance.statement.queryCounts[0])
  }
}

/// Stage 2 over several proofs on one artefact: the same tail, fresh masks and pads, other positions and challenges.
@Suite("Zero knowledge over several proofs") struct SeveralProofsTests {
  typealias E = GoldilocksCubic

  /// Missing rank of the views together. `sharedMasks`: one prover randomness for all of them.
  static func leaked(_ openings: [(start: Int, count: Int)], sharedMasks: Bool = false) throws -> Int {
    try leaked(RankTests.instance(E.self), openings, sharedMasks: sharedMasks)
  }

  static func leaked(_ instance: ToyInstance<E>, _ openings: [(start: Int, count: Int)], sharedMasks: Bool = false) throws -> Int {
    let runs = openings.map { opening in
      RankRun(
        instance: instance, start: opening.start, opened: opening.count, challengeSeed: opening.start,
        proverSeed: sharedMasks ? 1 : opening.start + 100)
    }
    let bases = try runs.map { try $0.reveal().second }
    var rows: [[Goldilocks]] = []
    for coordinate in runs[0].coordinates where !runs[0].isFirstStage(coordinate) {
      let parts = try zip(runs, bases).map { RankRun<E>.difference(try $0.reveal([coordinate: .one]).second, $1) }
      let isShared = if case .artefactTail = coordinate { true } else { sharedMasks }
      if isShared {
        rows.append(parts.flatMap { $0 })
      } else {
        // Each proof draws its own.
        for index in parts.indices {
          rows.append(parts.indices.flatMap { $0 == index ? parts[$0] : [Goldilocks](repeating: .zero, count: parts[$0].count) })
        }
      }
    }
    return bases.reduce(0) { $0 + $1.count } - LinearAlgebra.rank(rows)
  }

  static func tail() throws -> Int { try RankTests.instance(E.self).statement.shapes[0].tailCount }

  @Test("within the budget nothing leaks") func withinBudget() throws {
    let p = try Self.tail()
    #expect(try Self.leaked([(3, p / 2), (3 + p / 2, p - p / 2)]) == 0)
    #expect(try Self.leaked([(3, 2), (5, 2), (7, p - 4)]) == 0)
  }

  @Test("control: beyond the budget") func beyondBudget() throws {
    let p = try Self.tail()
    #expect(try Self.leaked([(3, p), (3 + p, 1)]) > 0)
  }

  @Test("control: masks and pads reused") func masksReused() throws { #expect(try Self.leaked([(3, 2), (5, 2)], sharedMasks: true) > 0) }

  @Test("control (F2): the pads opened twice under one mask") func padsOpenedTwice() throws {
    let run = RankRun(instance: try RankTests.instance(E.self))
    let base = try run.reveal()
    // g2 = M' + ε2·P with another ε2: what a second opening of P would show beside the first.
    func second(_ changes: [Coordinate: Goldilocks]) throws -> [Goldilocks] {
      let session = try RankSession<E>(run.instance, seed: run.proverSeed)
      session.changes = changes
      defer { session.restoreArtefacts() }
      session.samplePads()
      session.commitAuxiliary()
      return zip(session.padMasks, session.padRows).flatMap { mask, row in
        zip(mask.array, row.array).flatMap { m, p in (0..<3).map { (m + E(12345) * p).limb($0) } }
      }
    }
    let other = try second([:])
    var rows: [[Goldilocks]] = []
    for coordinate in run.coordinates where !run.isFirstStage(coordinate) {
      let both = try run.reveal([coordinate: .one]).second + second([coordinate: .one])
      rows.append(RankRun<E>.difference(both, base.second + other))
    }
    #expect(base.second.count + other.count - LinearAlgebra.rank(rows) > 0)
  }
}
