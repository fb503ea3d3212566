import Foundation
import Store
import Testing

@Suite("Store: schema and files")
struct SchemaTests {
  @Test("a released migration is never edited")
  func migrationsAreAppendOnly() {
    let released = [
      ("2026-11-22 artefacts, budgets and runs", "1469f78ef45da1210e0598445d1f1b284d5a905f1aad9b27b7732ee32dc8d7b6"),
      ("2026-11-22 owners' statements and handovers", "170cfeb8cee5ade064ee3ad82069ba12e06c4e28b0740cda4b557cfc8df5f77c"),
    ]
    for (migration, expected) in zip(Store.migrationDigests, released) {
      #expect(migration.name == expected.0)
      #expect(migration.digest == expected.1)
    }
    #expect(Store.migrationDigests.count >= released.count)
  }

  @Test(
    "the schema refuses rows that no correct program writes",
    arguments: [
      "INSERT INTO store VALUES (2, zeroblob(16), NULL, 0, 'active')",
      "UPDATE store SET id = zeroblob(15)",
      "UPDATE store SET state = 'other'",
      "UPDATE place SET folder_inode = 0",
      "DELETE FROM place",
      "DELETE FROM secret",
      "DELETE FROM reservation",
      "UPDATE secret SET id = zeroblob(31)",
      "UPDATE secret SET payload_digest = zeroblob(32)",
      "UPDATE secret SET tail_length = 65",
      "UPDATE secret SET capacity = capacity + 1",
      "UPDATE secret SET capacity = used + 1",
      "UPDATE secret SET used = used - 1, positions = substr(positions, 5)",
      "UPDATE secret SET used = used + 1",
      "UPDATE secret SET used = 65, positions = zeroblob(260)",
      "UPDATE secret SET used = used + 60, positions = zeroblob(4 * (used + 60))",
      "UPDATE secret SET positions = 'text'",
      "UPDATE secret SET inherited = zeroblob(4)",
      "UPDATE reservation SET queries = queries + 1",
      "UPDATE reservation SET state = 'released' WHERE state = 'reserved'",
      "UPDATE reservation SET state = 'reserved', added = NULL WHERE state = 'charged'",
      "UPDATE reservation SET state = 'abandoned', added = NULL WHERE state = 'charged'",
      "UPDATE reservation SET state = 'charged', added = queries + 1 WHERE state = 'reserved'",
      "UPDATE reservation SET state = 'charged' WHERE state = 'reserved'",
      "INSERT INTO reservation SELECT zeroblob(16), id, 1000, '', 'reserved', NULL, 1, '', '', 0, 0 FROM secret",
      "INSERT INTO reservation SELECT zeroblob(16), id, 1, '', 'abandoned', NULL, 1, '', '', 0, 0 FROM secret",
      "INSERT INTO reservation SELECT zeroblob(15), id, 1, '', 'reserved', NULL, 1, '', '', 0, 0 FROM secret",
      "INSERT INTO reservation VALUES (zeroblob(16), zeroblob(32), 1, '', 'reserved', NULL, 1, '', '', 0, 0)",
      "INSERT INTO artefact SELECT zeroblob(32), 'applicants', 'x', x'00', id, 0, NULL FROM secret",
      "INSERT INTO artefact SELECT zeroblob(33), 'y', 'x', x'00', id, 0, NULL FROM secret",
      "INSERT INTO artefact SELECT zeroblob(32), NULL, 'x', x'00', id, 0, NULL FROM secret",
      "INSERT INTO artefact SELECT zeroblob(32), 'y', 'x', x'', id, 0, NULL FROM secret",
      "INSERT INTO artefact VALUES (zeroblob(32), 'y', 'x', x'00', zeroblob(32), 0, NULL)",
      "DELETE FROM artefact",
      "INSERT INTO refresh SELECT identity, identity, 1, zeroblob(32), 0 FROM artefact",
      "INSERT INTO refresh SELECT identity, zeroblob(32), 1, zeroblob(32), 0 FROM artefact",
      "INSERT INTO run VALUES (zeroblob(16), zeroblob(31), 0, NULL, NULL, 1, '', '')",
      "INSERT INTO run VALUES (zeroblob(16), zeroblob(32), 0, 1, NULL, 1, '', '')",
      "INSERT INTO run VALUES (zeroblob(16), zeroblob(32), 0, 1, 'won', 1, '', '')",
      "INSERT INTO proof VALUES (zeroblob(31), NULL, 1, 0)",
      "INSERT INTO proof VALUES (zeroblob(32), zeroblob(16), 1, 0)",
      "INSERT INTO proof_artefact VALUES (zeroblob(32), zeroblob(32))",
      "INSERT INTO revealed VALUES (99, zeroblob(32), 'c', 'l', 'v')",
      "DELETE FROM revealed",
      "UPDATE revealed SET value = 'less'",
    ])
  func refusesBadRows(statement: String) throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let first = try store.reserve(secret: artefact.secretID, queries: 4, purpose: "")
    try store.charge(first, positions: [1, 2])
    _ = try store.reserve(secret: artefact.secretID, queries: 5, purpose: "")
    let revealed = RevealedValue(claim: "accuracy", label: "threshold", value: "0.74")
    try store.recordProof(ProofEntry(digest: Fixture.digest("p"), size: 1, artefacts: [artefact.identity], revealed: [revealed]))
    #expect(code { try store.execute(sql: statement) } == "store.corrupt")
    #expect(try store.budget(of: artefact).left == 64 - 2 - 5)
    #expect(try store.disclosures(about: artefact.identity).count == 1)
  }

  @Test("a database of a newer program, a damaged one and a missing one are told apart")
  func foreignDatabases() throws {
    let folder = try TemporaryFolder()
    #expect(code { _ = try Store.open(folder.store, create: false) } == "store.missing")
    #expect(!FileManager.default.fileExists(atPath: folder.store.path))
    let store = try Store.open(folder.store)
    _ = try Fixture.save(store)
    try store.execute(sql: "INSERT INTO grdb_migrations VALUES ('2999-01-01 something new')")
    #expect(code { _ = try Store.open(folder.store) } == "store.newer-format")
    let database = folder.store.path + "/store.sqlite"
    try FileManager.default.removeItem(atPath: database)
    #expect(code { _ = try Store.open(folder.store) } == "store.database-missing")
    // The first attempt may leave an empty database behind; that must not make the second one succeed.
    #expect(code { _ = try Store.open(folder.store) } == "store.database-missing")
    try Data(repeating: 0x5a, count: 8192).write(to: URL(fileURLWithPath: database))
    chmod(database, 0o600)
    #expect(code { _ = try Store.open(folder.store) } == "store.corrupt")
  }

  @Test("a file where the folder should be, and a folder open to others, are refused")
  func folders() throws {
    let folder = try TemporaryFolder()
    let plain = folder.file("plain")
    try Data().write(to: URL(fileURLWithPath: plain))
    #expect(code { _ = try Store.open(URL(fileURLWithPath: plain)) } == "store.wrong-file-type")
    #expect(code { _ = try Store.open(URL(fileURLWithPath: folder.file("no/such/parent"))) } == "store.cannot-write")
    _ = try Store.open(folder.store)
    for mode: mode_t in [0o755, 0o710, 0o701] {
      chmod(folder.store.path, mode)
      #expect(code { _ = try Store.open(folder.store) } == "store.permissions-too-open")
    }
    chmod(folder.store.path, 0o700)
    _ = try Store.open(folder.store)
  }

  @Test("folder 0700 and files 0600 under any umask", arguments: [0o000, 0o022, 0o777])
  func modes(umask mask: Int) async throws {
    let folder = try TemporaryFolder()
    let path = folder.store.path
    await #expect(processExitsWith: .success) { [path = path as String, mask = mask as Int] in
      umask(mode_t(mask))
      let store = try Store.open(URL(fileURLWithPath: path))
      let artefact = try Fixture.save(store)
      _ = try store.reserve(secret: artefact.secretID, queries: 1, purpose: "makes a journal")
    }
    #expect(try permissions(path) == 0o700)
    #expect(try permissions(path + "/secrets") == 0o700)
    let top = try FileManager.default.contentsOfDirectory(atPath: path)
    let secrets = try FileManager.default.contentsOfDirectory(atPath: path + "/secrets")
    #expect(Set(top).isSuperset(of: ["store.sqlite", "lock", "secrets"]) && secrets.count == 1)
    for file in top.filter({ $0 != "secrets" }) + secrets.map({ "secrets/" + $0 }) {
      #expect(try permissions(path + "/" + file) == 0o600, "mode of \(file)")
    }
  }
}
