import Foundation
import Prover
import Store
import Testing

@Suite("Store: hiding budget")
struct BudgetTests {
  @Test("reserve, charge and release count distinct positions and give the rest back")
  func arithmetic() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let first = try store.reserve(secret: artefact.secretID, queries: 20, purpose: "accuracy")
    #expect(try store.budget(of: artefact).reserved == 20)
    #expect(try store.budget(of: artefact).left == 44)
    try store.charge(first, positions: [7, 7, 3, 2047, 0])
    var budget = try store.budget(of: artefact)
    #expect(budget.used == 4 && budget.reserved == 0 && budget.left == 60)
    #expect(budget.openingsLeft(queries: 20) == 3 && budget.openingsLeft(queries: 61) == 0 && budget.openingsLeft(queries: 0) == 0)
    try store.release(first)
    let second = try store.reserve(secret: artefact.secretID, queries: 3, purpose: "again")
    try store.charge(second, positions: [3, 7, 8])
    #expect(try store.budget(of: artefact).used == 5)
    #expect(try store.openedPositions(ofSecret: artefact.secretID) == [0, 3, 7, 8, 2047])
    let third = try store.reserve(secret: artefact.secretID, queries: 59, purpose: "to the last position")
    budget = try store.budget(of: artefact)
    #expect(budget.left == 0 && budget.isLow)
    #expect(throws: StoreError(.budgetExceeded(budget, requested: 1))) { _ = try store.reserve(secret: artefact.secretID, queries: 1, purpose: "") }
    try store.abandon(third)
    #expect(try store.budget(of: artefact).left == 59)
    let entries = try store.reservations(ofSecret: artefact.secretID)
    #expect(entries.map(\.state) == ["released", "charged", "abandoned"])
    #expect(entries.map(\.added) == [4, 1, nil])
    #expect(entries.map(\.purpose) == ["accuracy", "again", "to the last position"])
  }

  @Test("the refusal names the figures and the remedy")
  func refusalText() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let id = try store.reserve(secret: artefact.secretID, queries: 50, purpose: "")
    try store.charge(id, positions: Array(100..<140))
    _ = try store.reserve(secret: artefact.secretID, queries: 14, purpose: "")
    do {
      _ = try store.reserve(secret: artefact.secretID, queries: 11, purpose: "")
      Issue.record("an overdrawn reservation was granted")
    } catch {
      #expect(error.code == "store.budget-exceeded")
      for figure in ["64", "40", "14", "10", "11"] { #expect(error.message.contains(figure)) }
      #expect(error.remedy.contains("refresh"))
    }
  }

  @Test("steps out of order and impossible arguments are refused and change nothing")
  func misuse() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let secret = artefact.secretID
    #expect(code { _ = try store.reserve(secret: secret, queries: 0, purpose: "") } == "store.invalid-argument")
    #expect(code { _ = try store.reserve(secret: secret, queries: -1, purpose: "") } == "store.invalid-argument")
    #expect(code { _ = try store.reserve(secret: secret, queries: .max, purpose: "") } == "store.invalid-argument")
    #expect(code { _ = try store.reserve(secret: secret, queries: 1, purpose: String(repeating: "x", count: 501)) } == "store.invalid-argument")
    #expect(code { _ = try store.reserve(secret: [1, 2], queries: 1, purpose: "") } == "store.unknown-secret")
    #expect(code { try store.charge(ReservationID(), positions: []) } == "store.unknown-reservation")
    let id = try store.reserve(secret: secret, queries: 4, purpose: "")
    #expect(code { try store.release(id) } == "store.reservation-state")
    #expect(code { try store.charge(id, positions: [0, 1, 2, 3, 4]) } == "store.reservation-exceeded")
    for position in [-1, 2048, Int.max, Int.min] {
      #expect(code { try store.charge(id, positions: [position]) } == "store.position-out-of-range")
    }
    let untouched = try store.budget(of: artefact)
    #expect(untouched.capacity == 64 && untouched.used == 0 && untouched.reserved == 4 && untouched.burnt == 0)
    try store.charge(id, positions: [0, 1, 2, 3, 3, 2, 1, 0])
    #expect(code { try store.charge(id, positions: [5]) } == "store.reservation-state")
    #expect(code { try store.abandon(id) } == "store.reservation-state")
    try store.release(id)
    #expect(code { try store.release(id) } == "store.reservation-state")
    #expect(try store.budget(of: artefact).used == 4)
  }

  @Test("a proof over several secrets reserves and charges all or nothing")
  func batches() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let a = try Fixture.save(store, "a", seed: 1)
    let b = try Fixture.save(store, "b", seed: 2, tail: 8)
    let tooMuch = [BudgetRequest(secret: a.secretID, queries: 9), BudgetRequest(secret: b.secretID, queries: 9)]
    #expect(code { _ = try store.reserve(tooMuch, purpose: "") } == "store.budget-exceeded")
    #expect(try store.budget(of: a).left == 64)
    let twice = [BudgetRequest(secret: b.secretID, queries: 5), BudgetRequest(secret: b.secretID, queries: 4)]
    #expect(code { _ = try store.reserve(twice, purpose: "") } == "store.budget-exceeded")
    let ids = try store.reserve([BudgetRequest(secret: a.secretID, queries: 8), BudgetRequest(secret: b.secretID, queries: 8)], purpose: "")
    #expect(
      code { try store.charge([BudgetCharge(ids[0], positions: [1, 2]), BudgetCharge(ids[1], positions: [9999])]) } == "store.position-out-of-range")
    #expect(try store.budget(of: a).used == 0)
    try store.charge([BudgetCharge(ids[0], positions: [1, 2]), BudgetCharge(ids[1], positions: [1])])
    #expect(try store.budget(of: a).used == 2)
    #expect(try store.budget(of: b).left == 7)
  }

  @Test("1,000 random steps agree with a model, over re-openings", arguments: [1, 2, 3] as [UInt64])
  func model(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var store = try Store.open(folder.store)
    let artefact = try Fixture.save(store, tail: 200)
    var generator = SeededGenerator(state: seed)
    var opened: Set<Int> = []
    var pending: [(id: ReservationID, queries: Int)] = []
    for step in 0..<1000 {
      let reserved = pending.map(\.queries).reduce(0, +)
      let left = 200 - opened.count - reserved
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<5:
        let queries = Int.random(in: 1...25, using: &generator)
        if queries <= left {
          pending.append((try store.reserve(secret: artefact.secretID, queries: queries, purpose: "step \(step)"), queries))
        } else {
          #expect(code { _ = try store.reserve(secret: artefact.secretID, queries: queries, purpose: "") } == "store.budget-exceeded")
        }
      case 5..<7:
        guard !pending.isEmpty else { continue }
        let (id, queries) = pending.remove(at: Int.random(in: 0..<pending.count, using: &generator))
        // Some positions again, some new; few enough so that the run does not end early.
        let positions = (0..<Int.random(in: 0...queries, using: &generator)).map { _ in Int.random(in: 0..<230, using: &generator) }
        try store.charge(id, positions: positions)
        opened.formUnion(positions)
        if Bool.random(using: &generator) { try store.release(id) }
      case 7..<9:
        guard !pending.isEmpty else { continue }
        try store.abandon(pending.remove(at: Int.random(in: 0..<pending.count, using: &generator)).id)
      default:
        store = try Store.open(folder.store, create: false)
      }
      let budget = try store.budget(of: artefact)
      try #require(budget.used == opened.count)
      try #require(budget.reserved == pending.map(\.queries).reduce(0, +))
      try #require(budget.used + budget.reserved + budget.burnt + budget.left == 200)
    }
    #expect(try store.openedPositions(ofSecret: artefact.secretID) == opened.sorted())
    try store.checkIntegrity()
  }
}
