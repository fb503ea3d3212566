import Evidence
import Foundation
import Hashing
import Store
import Testing

@Suite("Store: handovers") struct HandoverTests {
  let folder: TemporaryFolder
  let giver: Store
  let receiver: Store
  let artefact: StoredArtefact

  init() throws {
    folder = try TemporaryFolder()
    giver = try Store.open(folder.store)
    receiver = try Store.open(URL(fileURLWithPath: folder.file("receiver")))
    artefact = try Fixture.save(giver)
  }

  private func accept(_ content: HandoverContent, as name: String = "received", into store: Store) throws -> StoredArtefact {
    try store.receive(
      content, as: name,
      secret: try SecretPayload(
        valueWidth: content.valueWidth, values: content.values, tailSeed: content.tailSeed, saltSeed: [UInt8](repeating: 7, count: 32),
        masterSecret: [UInt8](repeating: 8, count: 32)))
  }

  @Test("the share moves: what both may open together is what one had") func share() throws {
    let opened = try giver.reserve(secret: artefact.secretID, queries: 5, purpose: "")
    try giver.charge(opened, positions: [1, 2, 3])
    try giver.saveStatement([1, 2, 3], on: artefact.identity)
    let given = try giver.handOver(artefact.identity, to: folder.file("x.handover"), positions: 20)
    #expect(try permissions(folder.file("x.handover")) == 0o600)
    #expect(try giver.budget(of: artefact).capacity == 44 && giver.budget(of: artefact).left == 41)
    let content = try Store.readHandover(folder.file("x.handover"))
    #expect(content.id == given.id && content.values == given.values && content.share == 20 && content.statements == [[1, 2, 3]])
    let received = try accept(content, into: receiver)
    let budget = try receiver.budget(of: received)
    #expect(budget.capacity == 20 && budget.left == 20 && received.identity == artefact.identity && received.name == "received")
    // Positions that the giver opened cost nothing, others count.
    let id = try receiver.reserve(secret: received.secretID, queries: 6, purpose: "")
    try receiver.charge(id, positions: [1, 2, 3, 10, 11])
    #expect(try receiver.budget(of: received).used == 2)
    #expect(code { _ = try receiver.reserve(secret: received.secretID, queries: 19, purpose: "") } == "store.budget-exceeded")
    #expect(try giver.handovers().map(\.direction) == [.given] && receiver.handovers().map(\.direction) == [.received])
    try giver.checkIntegrity()
    try receiver.checkIntegrity()
  }

  @Test("more than is left cannot be given, nor what is reserved") func overShare() throws {
    _ = try giver.reserve(secret: artefact.secretID, queries: 60, purpose: "")
    #expect(code { try giver.handOver(artefact.identity, to: folder.file("x"), positions: 5) } == "store.budget-exceeded")
    #expect(code { try giver.handOver(artefact.identity, to: folder.file("x"), positions: 0) } == "store.invalid-argument")
    #expect(!FileManager.default.fileExists(atPath: folder.file("x")))
    try giver.handOver(artefact.identity, to: folder.file("x"), positions: 4)
    #expect(code { try giver.handOver(artefact.identity, to: folder.file("y"), positions: 1) } == "store.budget-exceeded")
    #expect(code { try giver.handOver(artefact.identity, to: folder.file("x"), positions: 1) } == "store.invalid-argument")
    #expect(code { try giver.handOver(Fixture.digest("other"), to: folder.file("z"), positions: 1) } == "store.unknown-artefact")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".partial") }.isEmpty)
  }

  @Test("a handover that cannot be written costs budget at most, never doubles it") func unwritable() throws {
    #expect(code { try giver.handOver(artefact.identity, to: folder.file("no/such/folder"), positions: 4) } == "store.cannot-write")
    #expect(try giver.budget(of: artefact).capacity == 64)
  }

  @Test("handovers killed at any moment never double a budget") func killed() async throws {
    let tail = 1 << 15
    let path = folder.path
    let large = try Fixture.save(giver, "large", seed: 77, log2Row: 16, tail: tail)
    let bytes = large.identity.bytes
    var generator = SeededGenerator(state: 11)
    for round in 0..<20 {
      let delay = Int.random(in: 0..<60_000, using: &generator)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, bytes = bytes as [UInt8], round = round as Int, delay = delay as Int] in
        Thread.detachNewThread {
          usleep(UInt32(delay))
          kill(getpid(), SIGKILL)
        }
        let store = try Store.open(URL(fileURLWithPath: path).appendingPathComponent(".zkmlops"))
        let identity = try #require(Digest(bytes: bytes))
        var turn = 0
        while true {
          turn += 1
          try store.handOver(identity, to: "\(path)/\(round)-\(turn).handover", positions: 7)
        }
      }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".handover") }
    // Every file with its final name is whole, and was paid for.
    let given = try names.map { try Store.readHandover(folder.file($0)).share }.reduce(0, +)
    let store = try Store.open(folder.store)
    let capacity = try store.budget(of: large).capacity
    #expect(!names.isEmpty && capacity + given <= tail)
    #expect(try store.handovers().map(\.share).reduce(0, +) == tail - capacity)
    try store.checkIntegrity()
  }

  @Test("a share is received once: not twice, not at home, not after removal, not by a split") func once() throws {
    try giver.handOver(artefact.identity, to: folder.file("x"), positions: 20)
    let content = try Store.readHandover(folder.file("x"))
    let received = try accept(content, into: receiver)
    #expect(code { _ = try accept(content, as: "again", into: receiver) } == "store.already-received")
    #expect(code { _ = try accept(content, as: "mine", into: giver) } == "store.already-received")
    try receiver.deleteArtefact(received.identity)
    #expect(code { _ = try accept(content, as: "again", into: receiver) } == "store.already-received")
    let part = try receiver.split(into: URL(fileURLWithPath: folder.file("part")))
    #expect(code { _ = try accept(content, as: "again", into: part) } == "store.already-received")
    // A second handover of the same commitment is another share of the same secret.
    try giver.handOver(artefact.identity, to: folder.file("y"), positions: 20)
    #expect(code { _ = try accept(try Store.readHandover(folder.file("y")), as: "more", into: receiver) } == "store.already-received")
  }

  @Test("a name that is taken stays with its artefact") func taken() throws {
    _ = try Fixture.save(receiver, "received", seed: 9)
    try giver.handOver(artefact.identity, to: folder.file("x"), positions: 20)
    let content = try Store.readHandover(folder.file("x"))
    #expect(throws: StoreError.self) { try accept(content, into: receiver) }
    #expect(throws: Never.self) { try accept(content, as: "another", into: receiver) }
  }

  @Test("an artefact that shares its secret is not handed over") func shared() throws {
    try giver.saveArtefact(try Fixture.new("neighbour"), secret: try Fixture.payload(1))
    #expect(code { try giver.handOver(artefact.identity, to: folder.file("x"), positions: 1) } == "store.shared-secret")
  }

  @Test("cut off, changed and hostile files end in an error") func hostile() throws {
    try giver.handOver(artefact.identity, to: folder.file("x"), positions: 20)
    let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("x"))))
    func refused(_ bytes: [UInt8], resealed: Bool = false) throws -> Bool {
      let sealed = resealed ? Array(bytes.dropLast(32)) + SHA256.hash(Array(bytes.dropLast(32))).bytes : bytes
      try Data(sealed).write(to: URL(fileURLWithPath: folder.file("bad")))
      return code { _ = try Store.readHandover(folder.file("bad")) } == "store.handover-file"
    }
    for count in stride(from: 0, to: good.count, by: 17) {
      #expect(try refused(Array(good[..<count])))
      if count > 48 { #expect(try refused(Array(good[..<count]), resealed: true)) }
    }
    #expect(try refused(good + [0]) && refused(good + [0], resealed: true))
    for index in stride(from: 0, to: good.count, by: 29) {
      var bytes = good
      bytes[index] ^= 1
      #expect(try refused(bytes))
    }
    let header = String(decoding: good[16..<(16 + Int(good[12]) + Int(good[13]) << 8)], as: UTF8.self)
    func rewritten(_ from: String, _ to: String) -> [UInt8] {
      let new = Array(header.replacingOccurrences(of: from, with: to).utf8)
      #expect(new != Array(header.utf8), "\(from)")
      let length = (0..<4).map { UInt8(truncatingIfNeeded: new.count >> (8 * $0)) }
      return Array(good[..<12]) + length + new + good[(16 + header.utf8.count)...]
    }
    #expect(try !refused(rewritten("\"share\":20", "\"share\":21"), resealed: true), "within what the tail hides, a file is taken at its word")
    for (from, to) in [
      ("\"share\":20", "\"share\":65"), ("\"share\":20", "\"share\":0"), ("\"share\":20", "\"share\":-1"), ("\"openedCount\":0", "\"openedCount\":1"),
      ("\"openedCount\":0", "\"openedCount\":4294967296"), ("\"valueCount\":5", "\"valueCount\":9007199254740991"),
      ("\"valueWidth\":8", "\"valueWidth\":0"),
      ("\"valueCount\":5", "\"valueCount\":4"), ("\"p\":64", "\"p\":4096"), ("\"m\":9", "\"m\":77"), ("{\"code\"", "{\"a\":1,\"code\""),
      ("{\"code\"", " {\"code\""), ("\"statements\":[]", "\"statements\":[1]"), ("\"name\":\"applicants\"", "\"name\":\"../../x\""),
    ] {
      #expect(try refused(rewritten(from, to), resealed: true), "\(to)")
    }
    try FileManager.default.removeItem(atPath: folder.file("bad"))
    symlink(folder.file("x"), folder.file("bad"))
    #expect(code { _ = try Store.readHandover(folder.file("bad")) } == "store.handover-file")
    #expect(code { _ = try Store.readHandover(folder.path) } == "store.handover-file")
    #expect(code { _ = try Store.readHandover(folder.file("nothing")) } == "store.cannot-read")
  }
}
