import Foundation
import Hashing
import Store
import Testing

@Suite("Store: artefacts and secrets")
struct ArtefactTests {
  @Test("what was saved is read back, also after opening again")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let saved = try Fixture.save(try Store.open(folder.store))
    let store = try Store.open(folder.store, create: false)
    let found = try store.artefact(named: "applicants")
    #expect(found == saved)
    #expect(found.preimage == Array("preimage of applicants 0".utf8))
    #expect(found.shape.tailLength == 64 && found.shape.log2RowLength == 9 && found.shape.log2CodeLength == 11)
    #expect(try store.artefact(identity: found.identity) == found)
    #expect(try store.secret(of: found) == Fixture.payload(1))
    #expect(try store.artefacts() == [found])
    #expect(try store.budget(of: found).left == 64)
    #expect(try store.unreferencedSecretFiles().isEmpty)
    try store.checkIntegrity()
    #expect(code { _ = try store.artefact(named: "other") } == "store.unknown-artefact")
  }

  @Test("refuses what would make a name, an identity or a tail seed ambiguous")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let first = try Fixture.save(store)
    #expect(code { try store.saveArtefact(Fixture.new("applicants", version: 1), secret: Fixture.payload(2)) } == "store.name-taken")
    #expect(code { try store.saveArtefact(Fixture.new("applicants"), secret: Fixture.payload(2), replacing: true) } == "store.already-recorded")
    #expect(code { try store.saveArtefact(Fixture.new("b"), secret: Fixture.payload(1, count: 6)) } == "store.tail-seed-reused")
    #expect(code { try store.saveArtefact(Fixture.new("b", tail: 32), secret: Fixture.payload(1)) } == "store.tail-seed-reused")
    var wrong = try Fixture.new("b")
    wrong.preimage.append(0)
    #expect(code { try store.saveArtefact(wrong, secret: Fixture.payload(2)) } == "store.identity-mismatch")
    for name in ["", "a\u{1b}[2J", String(repeating: "x", count: 201)] {
      #expect(code { try store.saveArtefact(Fixture.new(name), secret: Fixture.payload(2)) } == "store.invalid-argument")
    }
    #expect(try store.artefacts() == [first])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.store.path + "/secrets").count == 1)
    try store.saveArtefact(Fixture.new("Bewerber 申請者 🏦"), secret: Fixture.payload(3))
  }

  @Test("a replaced artefact stays, under its identity")
  func replacing() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let first = try Fixture.save(store)
    let second = try store.saveArtefact(Fixture.new("applicants", version: 1), secret: Fixture.payload(2), replacing: true)
    #expect(try store.artefact(named: "applicants") == second)
    #expect(try store.artefact(identity: first.identity).isSuperseded)
    #expect(try store.artefacts().map(\.identity) == [first.identity, second.identity])
    #expect(try store.secret(of: first) == Fixture.payload(1))
  }

  @Test("artefacts of one tree are saved together, all or none")
  func savedTogether() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let members = try ["a", "b", "c"].map { try Fixture.new($0) }
    let saved = try store.saveArtefacts(members, secret: Fixture.payload(1))
    #expect(saved.map(\.name) == ["a", "b", "c"] && Set(saved.map(\.secretID)).count == 1)
    #expect(try store.sharingTree(with: saved[1]) == saved)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.store.path + "/secrets").count == 1)
    // One that is taken, one that is recorded already, two of one name, another shape: none of the others is saved.
    #expect(code { try store.saveArtefacts([Fixture.new("d"), Fixture.new("a", version: 1)], secret: Fixture.payload(2)) } == "store.name-taken")
    #expect(
      code { try store.saveArtefacts([Fixture.new("d"), members[0]], secret: Fixture.payload(2), replacing: true) } == "store.already-recorded")
    #expect(code { try store.saveArtefacts([Fixture.new("d"), Fixture.new("d", version: 1)], secret: Fixture.payload(2)) } == "store.name-taken")
    #expect(code { try store.saveArtefacts([Fixture.new("d"), Fixture.new("e", tail: 32)], secret: Fixture.payload(2)) } == "store.invalid-argument")
    #expect(try store.artefacts() == saved)
    #expect(try store.unreferencedSecretFiles().isEmpty)
    #expect(try store.saveArtefacts([], secret: Fixture.payload(3)).isEmpty)
    try store.deleteArtefact(saved[0].identity)
    try store.deleteArtefact(saved[1].identity)
    #expect(try store.secret(of: saved[2]) == Fixture.payload(1))
    try store.checkIntegrity()
  }

  @Test("artefacts of one tree share one secret and one budget")
  func sharedSecret() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let first = try Fixture.save(store, "rows 0 to 3")
    let second = try Fixture.save(store, "rows 4 to 7")
    #expect(first.secretID == second.secretID)
    let id = try store.reserve(secret: first.secretID, queries: 10, purpose: "test")
    try store.charge(id, positions: [1, 2, 3])
    #expect(try store.budget(of: second).used == 3)
    try store.release(id)
    try store.deleteArtefact(first.identity)
    #expect(try store.secret(of: second) == Fixture.payload(1))
    try store.deleteArtefact(second.identity)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.store.path + "/secrets").isEmpty)
  }

  @Test("a deleted secret that comes back meets its old budget record")
  func deletion() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let id = try store.reserve(secret: artefact.secretID, queries: 10, purpose: "test")
    #expect(code { try store.deleteArtefact(artefact.identity) } == "store.referenced")
    try store.charge(id, positions: Array(0..<10))
    #expect(code { try store.eraseSecret(of: artefact.identity) } == "store.referenced")
    try store.release(id)
    try store.deleteArtefact(artefact.identity)
    #expect(code { _ = try store.artefact(named: "applicants") } == "store.unknown-artefact")
    #expect(try store.budget(ofSecret: artefact.secretID).used == 10)
    #expect(code { _ = try Fixture.save(store) } == "store.secret-erased")
    #expect(code { _ = try store.reserve(secret: artefact.secretID, queries: 1, purpose: "") } == "store.secret-erased")
  }

  @Test("deletion is refused while a refresh or a proof refers to the artefact; erasing the secret keeps the record")
  func referenced() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let root = try Fixture.save(store, "root", seed: 1)
    let child = try Fixture.save(store, "child", seed: 2)
    let proved = try Fixture.save(store, "proved", seed: 3)
    try store.recordRefresh(child: child.identity, of: root.identity, proof: Fixture.digest("refresh"))
    try store.recordProof(ProofEntry(digest: Fixture.digest("p"), size: 9, artefacts: [proved.identity], revealed: []))
    for artefact in [root, child] {
      #expect(throws: StoreError(.referenced(name: artefact.name, refreshes: 1, proofs: 0, openReservations: 0))) {
        try store.deleteArtefact(artefact.identity)
      }
    }
    #expect(throws: StoreError(.referenced(name: "proved", refreshes: 0, proofs: 1, openReservations: 0))) {
      try store.deleteArtefact(proved.identity)
    }
    try store.eraseSecret(of: proved.identity)
    let erased = try store.artefact(named: "proved")
    #expect(!erased.hasSecret)
    #expect(code { _ = try store.secret(of: erased) } == "store.secret-erased")
    #expect(code { try store.eraseSecret(of: proved.identity) } == "store.secret-erased")
    try store.checkIntegrity()
  }

  @Test("an erasure that a crash interrupted is carried out at the next opening")
  func interruptedErasure() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    _ = try Fixture.save(store)
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.store.path + "/secrets").first)
    try store.execute(sql: "UPDATE secret SET erased_at = 1")
    _ = try Store.open(folder.store)
    #expect(!FileManager.default.fileExists(atPath: folder.store.path + "/secrets/" + name))
  }
}
