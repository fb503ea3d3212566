import Fields
import ProofSystem
import Prover
import Synchronization
import TestSupport
import Testing

/// A budget record in memory: what a session asks of its ledger, in order.
final class LedgerSpy: HidingLedger {
  enum Call: Equatable {
    case reserved(Int)
    case charged([Int])
  }
  struct Exceeded: Error, Equatable {}
  private let state = Mutex<(log: [Call], used: Set<Int>)>(([], []))
  private let capacity: Int
  init(capacity: Int) { self.capacity = capacity }

  var log: [Call] { state.withLock { $0.log } }
  var used: Set<Int> { state.withLock { $0.used } }

  func reserve(_ requests: [BudgetRequest], purpose: String) throws -> [ReservationID] {
    try state.withLock { state in
      for request in requests {
        guard state.used.count + request.queries <= capacity else { throw Exceeded() }
        state.log.append(.reserved(request.queries))
      }
    }
    return requests.map { _ in ReservationID() }
  }
  func charge(_ charges: [BudgetCharge]) throws {
    state.withLock { state in
      for charge in charges {
        state.log.append(.charged(charge.positions))
        state.used.formUnion(charge.positions)
      }
    }
  }
  func release(_ reservation: ReservationID) throws {}
  func abandon(_ reservation: ReservationID) throws {}
}

@Suite("Hiding budget as the prover keeps it") struct LedgerTests {
  @Test("at most p distinct positions are ever opened, and a spent budget is refused before anything is computed") func budget() throws {
    let instance = try InnerInstances.make(GoldilocksCubic.self, seed: 4, m: 6, openings: 3)
    let capacity = try #require(instance.secrets["a"]).publicPart.shape.tailCount
    let queries = instance.statement.queryCounts[0]
    let ledger = LedgerSpy(capacity: capacity)
    var proofs = 0
    while ledger.used.count + queries <= capacity {
      let proof = try ProofSession<Production<GoldilocksCubic>>(instance, seed: 10 + proofs).prove(ledger: ledger)
      let opened = try instance.verify(proof).openedPositions[0]
      #expect(ledger.log.last == .charged(opened))
      proofs += 1
    }
    #expect(proofs >= 3)
    #expect(ledger.used.count <= capacity)
    let session = try ProofSession<Production<GoldilocksCubic>>(instance, seed: 99)
    #expect(throws: LedgerSpy.Exceeded.self) { try session.prove(ledger: ledger) }
    #expect(session.pads.isEmpty)
    #expect(ledger.log.count == 2 * proofs)
  }

  @Test("a shape whose tail is shorter than the query count is refused") func shortTail() throws {
    let instance = try InnerInstances.make(GoldilocksCubic.self, seed: 4, m: 4, bits: 3)
    let shape = try #require(CodeShape(name: "S", log2RowLength: 4, tailCount: 2, log2Length: 7))
    let levels = try ToyParts.levels([shape], rowBits: 1, finalBits: 1, profile: TestProfile.toy)
    let short = try instance.with(shapes: [shape], levels: levels)
    let queries = short.statement.queryCounts[0]
    #expect(throws: ProverError.tailTooShort(shape: "S", tail: 2, queries: queries)) {
      _ = try ProofSession<Dropped<GoldilocksCubic>>(short)
    }
  }

  @Test("a proof that is said to open nothing cannot open an artefact") func noOpenings() throws {
    let instance = try InnerInstances.make(GoldilocksCubic.self, seed: 1)
    let session = try ProofSession<Production<GoldilocksCubic>>(instance)
    #expect(throws: NoOpenings.Refused.self) { try session.prove(ledger: NoOpenings()) }
  }
}
