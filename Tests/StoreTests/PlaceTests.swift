import Foundation
import Store
import Testing

@Suite("Store: place, adoption and refresh")
struct PlaceTests {
  private func machine(_ folder: TemporaryFolder, _ text: String?) throws -> Store.Options {
    var options = Store.Options()
    options.machineIDPath = folder.file("machine-id")
    try? FileManager.default.removeItem(atPath: options.machineIDPath)
    if let text { try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: options.machineIDPath)) }
    return options
  }

  @Test("a copied store reads, does not prove, and proves again once adopted")
  func copied() throws {
    let folder = try TemporaryFolder()
    let options = try machine(folder, "0123")
    let original = try Store.open(folder.store, options: options)
    let artefact = try Fixture.save(original)
    let held = try original.reserve(secret: artefact.secretID, queries: 3, purpose: "")
    let copyPath = URL(fileURLWithPath: folder.file("copy"))
    try FileManager.default.copyItem(at: folder.store, to: copyPath)
    chmod(copyPath.path, 0o700)
    let copy = try Store.open(copyPath, create: false, options: options)
    let differences = try copy.differences()
    #expect(differences.count == 2)
    #expect(throws: StoreError(.elsewhere(differences))) { _ = try copy.reserve(secret: artefact.secretID, queries: 1, purpose: "") }
    #expect(throws: StoreError(.elsewhere(differences))) { try copy.charge(held, positions: [1]) }
    #expect(code { _ = try Fixture.save(copy, "b", seed: 2) } == "store.elsewhere")
    #expect(StoreError(.elsewhere(differences)).message.contains("inode"))
    #expect(StoreError(.elsewhere(differences)).remedy.contains("adopt"))
    #expect(try copy.secret(of: artefact) == Fixture.payload(1))
    #expect(try copy.reservations().map(\.state) == ["reserved"])
    #expect(try copy.adopt() == differences)
    #expect(try copy.adopt().isEmpty)
    _ = try copy.reserve(secret: artefact.secretID, queries: 1, purpose: "")
    #expect(try copy.places().map(\.event) == ["created", "adopted"])
    #expect(try copy.id() == original.id())
    #expect(try original.differences().isEmpty)
  }

  @Test("a moved folder on the same device needs nothing; another machine and a replaced database are noticed")
  func moved() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store, options: try machine(folder, "0123"))
    let artefact = try Fixture.save(store)
    _ = try machine(folder, "4567")
    #expect(try store.differences() == [.machine(recorded: true, found: true)])
    #expect(code { _ = try store.reserve(secret: artefact.secretID, queries: 1, purpose: "") } == "store.elsewhere")
    _ = try machine(folder, nil)
    #expect(try store.differences() == [.machine(recorded: true, found: false)])
    try store.adopt()
    #expect(try store.places().last?.place.machine == nil)
    #expect(try store.differences().isEmpty)
    let options = try machine(folder, "0123")
    #expect(try store.differences() == [.machine(recorded: false, found: true)])
    try store.adopt()
    let moved = URL(fileURLWithPath: folder.file("moved"))
    try FileManager.default.moveItem(at: folder.store, to: moved)
    #expect(try Store.open(moved, options: options).differences().isEmpty)
    let database = moved.path + "/store.sqlite"
    try FileManager.default.copyItem(atPath: database, toPath: database + ".backup")
    #expect(rename(database + ".backup", database) == 0)
    chmod(database, 0o600)
    guard case .database = try Store.open(moved, options: options).differences().first else {
      Issue.record("a database that was put back was not noticed")
      return
    }
  }

  @Test("refreshes form a star of at most two links")
  func star() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let all = try (0..<5).map { try Fixture.save(store, "v\($0)", seed: UInt8($0 + 1)) }
    let twin = try Fixture.save(store, "twin", seed: 1)
    let proof = Fixture.digest("proof")
    let edge = try store.recordRefresh(child: all[1].identity, of: all[0].identity, proof: proof)
    #expect(edge.depth == 1 && edge.proof == proof)
    #expect(try store.recordRefresh(child: all[2].identity, of: all[0].identity, proof: proof).depth == 1)
    #expect(try store.recordRefresh(child: all[3].identity, of: all[1].identity, proof: proof).depth == 2)
    func refused(_ child: StoredArtefact, _ parent: StoredArtefact) -> Bool {
      code { try store.recordRefresh(child: child.identity, of: parent.identity, proof: proof) } == "store.not-a-star"
    }
    #expect(refused(all[4], all[3]))
    #expect(refused(all[0], all[4]))
    #expect(refused(all[1], all[4]))
    #expect(refused(all[4], all[4]))
    #expect(refused(twin, all[0]))
    #expect(code { try store.recordRefresh(child: Fixture.digest("?"), of: all[0].identity, proof: proof) } == "store.unknown-artefact")
    for member in all.prefix(4) {
      #expect(try store.sameData(as: member.identity).map(\.name) == ["v0", "v1", "v2", "v3"])
    }
    #expect(try store.sameData(as: all[4].identity).map(\.name) == ["v4"])
    #expect(try store.refreshes().map(\.child) == [all[1], all[2], all[3]].map(\.identity))
  }
}
