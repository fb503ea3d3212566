import Foundation
import Store
import Testing

@Suite("Store: split")
struct SplitTests {
  @Test("both sides together never open more than the first store could", arguments: [1, 50, 99])
  func sum(percent: Int) throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let first = try store.reserve(secret: artefact.secretID, queries: 10, purpose: "")
    try store.charge(first, positions: Array(0..<10))
    let held = try store.reserve(secret: artefact.secretID, queries: 7, purpose: "under way")
    let destination = URL(fileURLWithPath: folder.file("second"))
    let other = try store.split(into: destination, percent: percent)
    let given = 47 * percent / 100
    let (here, there) = (try store.budget(of: artefact), try other.budget(of: artefact))
    #expect(here.capacity == 64 - given && here.left == 47 - given)
    #expect(there.capacity == given && there.used == 0 && there.left == given)
    #expect(try other.id() != store.id())
    #expect(try other.splitFrom() == store.id())
    #expect(try other.openedPositions(ofSecret: artefact.secretID) == Array(0..<10))
    #expect(try other.secret(of: artefact) == Fixture.payload(1))
    // Spend all on both sides, here from below and there from above, and what is known already for nothing.
    try store.charge(held, positions: Array(100..<107))
    var opened: Set<Int> = []
    for (side, start) in [(store, 200), (other, 1000)] {
      var next = start
      while try side.budget(of: artefact).left > 0 {
        let id = try side.reserve(secret: artefact.secretID, queries: 1, purpose: "")
        try side.charge(id, positions: [next])
        next += 1
      }
      #expect(code { _ = try side.reserve(secret: artefact.secretID, queries: 1, purpose: "") } == "store.budget-exceeded")
      opened.formUnion(try side.openedPositions(ofSecret: artefact.secretID))
    }
    #expect(opened.count == 64)
    try store.checkIntegrity()
    try other.checkIntegrity()
  }

  @Test("artefacts of one tree stay together, and their one budget is divided once")
  func sharedTree() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let saved = try store.saveArtefacts([Fixture.new("a"), Fixture.new("b")], secret: Fixture.payload(1))
    let first = try store.reserve(secret: saved[0].secretID, queries: 4, purpose: "")
    try store.charge(first, positions: [1, 2, 3, 4])
    let other = try store.split(into: URL(fileURLWithPath: folder.file("second")), percent: 50)
    for side in [store, other] {
      #expect(try side.sharingTree(with: side.artefact(named: "a")).map(\.name) == ["a", "b"])
      #expect(try side.budget(of: side.artefact(named: "a")) == side.budget(of: side.artefact(named: "b")))
      #expect(try side.budget(of: side.artefact(named: "b")).left == 30)
    }
    try other.checkIntegrity()
  }

  @Test("positions opened before the split cost nothing on the other side")
  func inherited() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let first = try store.reserve(secret: artefact.secretID, queries: 10, purpose: "")
    try store.charge(first, positions: Array(0..<10))
    let other = try store.split(into: URL(fileURLWithPath: folder.file("second")))
    let id = try other.reserve(secret: artefact.secretID, queries: 5, purpose: "")
    try other.charge(id, positions: [1, 2, 3, 50, 51])
    #expect(try other.budget(of: artefact).used == 2)
    // A split of the split still adds up.
    let third = try other.split(into: URL(fileURLWithPath: folder.file("third")))
    let budgets = try [store, other, third].map { try $0.budget(of: artefact).capacity }
    #expect(budgets.reduce(0, +) == 64)
    #expect(try third.openedPositions(ofSecret: artefact.secretID) == Array(0..<10) + [50, 51])
  }

  @Test("the record of proofs, refreshes and disclosures goes with it")
  func content() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let a = try Fixture.save(store, "a", seed: 1)
    let b = try Fixture.save(store, "b", seed: 2)
    let gone = try Fixture.save(store, "gone", seed: 3)
    try store.recordRefresh(child: b.identity, of: a.identity, proof: Fixture.digest("refresh"))
    let run = try store.startRun(pipeline: Fixture.digest("pipeline"))
    let value = RevealedValue(claim: "accuracy", label: "threshold", value: "0.74", about: [a.identity])
    try store.recordProof(ProofEntry(digest: Fixture.digest("p"), run: run, size: 5, artefacts: [a.identity], revealed: [value]))
    try store.finishRun(run, outcome: .succeeded)
    try store.eraseSecret(of: gone.identity)
    let other = try store.split(into: URL(fileURLWithPath: folder.file("second")))
    #expect(try other.artefacts() == store.artefacts())
    #expect(try other.refreshes() == store.refreshes())
    #expect(try other.runs() == store.runs())
    #expect(try other.disclosures(about: b.identity) == store.disclosures(about: b.identity))
    #expect(try other.disclosures(about: b.identity).map(\.revealed) == [value])
    #expect(code { _ = try other.secret(of: other.artefact(named: "gone")) } == "store.secret-erased")
    try other.checkIntegrity()
  }

  @Test("refuses a place that is taken or cannot be written, and loses nothing then")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    #expect(code { try store.split(into: folder.store) } == "store.invalid-argument")
    #expect(code { try store.split(into: URL(fileURLWithPath: folder.file("x")), percent: 0) } == "store.invalid-argument")
    #expect(code { try store.split(into: URL(fileURLWithPath: folder.file("x")), percent: 100) } == "store.invalid-argument")
    #expect(code { try store.split(into: URL(fileURLWithPath: folder.file("no/x"))) } == "store.cannot-write")
    let secrets = folder.store.path + "/secrets/"
    for name in try FileManager.default.contentsOfDirectory(atPath: secrets) { try FileManager.default.removeItem(atPath: secrets + name) }
    #expect(code { try store.split(into: URL(fileURLWithPath: folder.file("x"))) } == "store.secret-file")
    #expect(try store.budget(of: artefact).capacity == 64)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [".zkmlops"])
  }
}
