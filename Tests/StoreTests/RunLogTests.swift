import Foundation
import Store
import Testing

@Suite("Store: runs and disclosures")
struct RunLogTests {
  @Test("a run is recorded from start to end")
  func runs() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let id = try store.startRun(pipeline: Fixture.digest("pipeline"))
    #expect(try store.runs().map(\.outcome) == [nil])
    _ = try Store.open(folder.store)
    #expect(try store.runs().map(\.outcome) == [nil], "a run of a living process is not interrupted")
    try store.finishRun(id, outcome: .succeeded)
    let entry = try #require(try store.runs().first)
    #expect(entry.id == id && entry.outcome == .succeeded && entry.pipeline == Fixture.digest("pipeline"))
    #expect(entry.finished.map { $0 >= entry.started } == true)
    #expect(code { try store.finishRun(id, outcome: .failed) } == "store.run-finished")
    #expect(code { try store.finishRun([1], outcome: .failed) } == "store.unknown-run")
  }

  @Test("everything ever revealed about an artefact is listed, through its refreshes")
  func disclosures() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let data = try Fixture.save(store, "data", seed: 1)
    let model = try Fixture.save(store, "model", seed: 2)
    let refreshed = try Fixture.save(store, "data again", seed: 3)
    try store.recordRefresh(child: refreshed.identity, of: data.identity, proof: Fixture.digest("refresh"))
    let about = RevealedValue(claim: "rows", label: "count", value: "1000", about: [data.identity])
    let both = RevealedValue(claim: "accuracy", label: "threshold", value: "0.74")
    let first = ProofEntry(digest: Fixture.digest("1"), size: 10, artefacts: [data.identity, model.identity], revealed: [about, both])
    try store.recordProof(first)
    let later = RevealedValue(claim: "rows", label: "missing", value: "é\u{1b}\n", about: [refreshed.identity])
    try store.recordProof(ProofEntry(digest: Fixture.digest("2"), size: 11, artefacts: [refreshed.identity], revealed: [later]))
    let expected = RevealedValue(claim: both.claim, label: both.label, value: both.value, about: [data.identity, model.identity])
    for artefact in [data, refreshed] {
      let found = try store.disclosures(about: artefact.identity)
      #expect(found.map(\.revealed) == [about, expected, later])
      #expect(found.map(\.proof) == [first.digest, first.digest, Fixture.digest("2")])
    }
    #expect(try store.disclosures(about: model.identity).map(\.revealed) == [expected])
    #expect(try store.proof(first.digest)?.revealed == [about, expected])
    #expect(try store.proof(first.digest)?.artefacts == [data.identity, model.identity])
    #expect(try store.proof(Fixture.digest("3")) == nil)
  }

  @Test("a proof that is recorded twice, or about unknown things, is refused as a whole")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let data = try Fixture.save(store)
    func record(_ entry: ProofEntry) -> String? { code { try store.recordProof(entry) } }
    let good = ProofEntry(digest: Fixture.digest("1"), size: 1, artefacts: [data.identity, data.identity], revealed: [])
    #expect(record(good) == nil)
    #expect(record(good) == "store.already-recorded")
    let digest = Fixture.digest("2")
    #expect(record(ProofEntry(digest: digest, size: 0, artefacts: [], revealed: [])) == "store.invalid-argument")
    #expect(record(ProofEntry(digest: digest, run: [1], size: 1, artefacts: [], revealed: [])) == "store.unknown-run")
    #expect(record(ProofEntry(digest: digest, size: 1, artefacts: [digest], revealed: [])) == "store.unknown-artefact")
    let unnamed = RevealedValue(claim: "", label: "l", value: "v")
    #expect(record(ProofEntry(digest: digest, size: 1, artefacts: [data.identity], revealed: [unnamed])) == "store.invalid-argument")
    let cut = RevealedValue(claim: "c", label: "l", value: "1\u{0}2")
    #expect(record(ProofEntry(digest: digest, size: 1, artefacts: [data.identity], revealed: [cut])) == "store.invalid-argument")
    let stranger = RevealedValue(claim: "c", label: "l", value: "v", about: [digest])
    #expect(record(ProofEntry(digest: digest, size: 1, artefacts: [data.identity], revealed: [stranger])) == "store.unknown-artefact")
    #expect(try store.proof(digest) == nil)
    #expect(code { _ = try store.disclosures(about: digest) } == "store.unknown-artefact")
  }
}
