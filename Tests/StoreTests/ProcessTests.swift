import Foundation
import Store
import Testing

/// Positions that a process has shown to the world, appended to a file once `charge` has returned.
private struct Output {
  let descriptor: Int32

  init(_ path: String) { descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600) }

  func release(_ positions: [Int]) {
    let line = Array((positions.map(String.init).joined(separator: " ") + "\n").utf8)
    _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  /// The positions of every whole or cut-off line: a cut-off number is left out.
  static func released(in folder: String) throws -> [[Int]] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("output") }.flatMap { name in
      let text = String(decoding: FileManager.default.contents(atPath: folder + "/" + name) ?? Data(), as: UTF8.self)
      return text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
    }
  }
}

/// Ends this process as `kill -9` does, some time from now, whatever it is doing then.
private func killThisProcess(afterMicroseconds delay: Int) {
  Thread.detachNewThread {
    usleep(UInt32(delay))
    kill(getpid(), SIGKILL)
  }
}

/// Several processes, and processes that die. Each child is this test program run anew.
@Suite("Store: processes", .serialized)
struct ProcessTests {
  private static let log2Row = 16
  private static let tail = 1 << 15

  @Test("killed at 200 random moments, the store opens, counts at least what was shown and holds no partial file")
  func killed() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let artefact = try Fixture.save(try Store.open(folder.store), log2Row: Self.log2Row, tail: Self.tail)
    var generator = SeededGenerator(state: 200)
    // Longer on a machine that is busy with other work, where children get less far in the same time.
    var longestDelay = 60_000
    for round in 0..<100 {
      let delays = (0..<2).map { _ in Int.random(in: 0..<longestDelay, using: &generator) }
      // Two at a time, so that one also dies while the other waits or works.
      async let first: Void = Self.child(path, artefact.secretID, delay: delays[0], name: "\(round)a")
      async let second: Void = Self.child(path, artefact.secretID, delay: delays[1], name: "\(round)b")
      _ = await (first, second)
      if round % 10 == 9 {
        try check(folder, artefact)
        let states = Set(try Store.open(folder.store).reservations().map(\.state))
        if try Output.released(in: path).count < 5 * (round + 1) / 10 || !states.isSuperset(of: Self.states) {
          longestDelay = min(2 * longestDelay, 2_000_000)
        }
      }
    }
    try check(folder, artefact)
    let released = try Output.released(in: path)
    // The children did get somewhere, and were stopped in different states.
    #expect(released.count > 20)
    let states = Set(try Store.open(folder.store).reservations().map(\.state))
    #expect(states.isSuperset(of: Self.states))
  }

  private static let states: Set<String> = ["charged", "released", "abandoned", "burnt"]

  private func check(_ folder: TemporaryFolder, _ artefact: StoredArtefact) throws {
    let store = try Store.open(folder.store, create: false)
    let shown = Set(try Output.released(in: folder.path).joined())
    let counted = Set(try store.openedPositions(ofSecret: artefact.secretID))
    try #require(shown.isSubset(of: counted))
    let budget = try store.budget(of: artefact)
    try #require(budget.used == counted.count)
    try #require(budget.reserved == 0, "reservations of dead processes are burnt")
    let burnt = try store.reservations().filter { $0.state == "burnt" }.map(\.queries).reduce(0, +)
    try #require(budget.burnt == burnt)
    try #require(budget.left == Self.tail - counted.count - burnt)
    // Every recorded secret is whole, nothing temporary is left, and unrecorded files with a final name are whole too.
    try store.checkIntegrity()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.store.path + "/secrets")
    try #require(names.allSatisfy { $0.hasSuffix(".secret") })
    for name in names {
      try SecretFile.check(folder.store.path + "/secrets/" + name)
    }
  }

  private static func child(_ path: String, _ secret: [UInt8], delay: Int, name: String) async {
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, secret = secret as [UInt8], delay = delay as Int, name = name as String] in
      killThisProcess(afterMicroseconds: delay)
      let store = try Store.open(URL(fileURLWithPath: path).appendingPathComponent(".zkmlops"))
      let output = Output(path + "/output-" + name)
      var turn = 0
      while true {
        turn += 1
        let queries = Int.random(in: 1...12)
        let id = try store.reserve(secret: secret, queries: queries, purpose: "child \(name)")
        if turn % 5 == 0 {
          try store.abandon(id)
          continue
        }
        let positions = (0..<queries).map { _ in Int.random(in: 0..<1 << 18) }
        try store.charge(id, positions: positions)
        output.release(positions)
        try store.release(id)
        if turn % 7 == 0 {
          let tail = (0..<32).map { _ in UInt8.random(in: 0...255) }
          try store.saveArtefact(
            try Fixture.new("model", version: Int.random(in: 0..<1 << 40)), secret: try Fixture.payload(tail: tail, count: 20_000),
            replacing: true)
        }
      }
    }
  }

  @Test("a split killed at any moment never doubles a budget")
  func killedSplit() async throws {
    let folder = try TemporaryFolder()
    let artefact = try Fixture.save(try Store.open(folder.store), log2Row: Self.log2Row, tail: Self.tail)
    var generator = SeededGenerator(state: 40)
    var longestDelay = 50_000
    for round in 0..<40 {
      let delay = Int.random(in: 0..<longestDelay, using: &generator)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = folder.path as String, delay = delay as Int, round = round as Int] in
        killThisProcess(afterMicroseconds: delay)
        let store = try Store.open(URL(fileURLWithPath: path).appendingPathComponent(".zkmlops"))
        try store.split(into: URL(fileURLWithPath: path + "/part\(round)"), percent: 5)
        while true { usleep(1000) }
      }
      var total = 0
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        // A half-made copy may lack its database, or be pending: it never proves.
        guard let store = try? Store.open(URL(fileURLWithPath: folder.file(name)), create: false),
          (try? store.reserve(secret: artefact.secretID, queries: 1, purpose: "")) != nil
        else { continue }
        total += try store.budget(of: artefact).capacity
      }
      try #require(total <= Self.tail)
      if round % 5 == 4, try Store.open(folder.store).budget(of: artefact).capacity == Self.tail { longestDelay = min(2 * longestDelay, 2_000_000) }
    }
    #expect(try Store.open(folder.store).budget(of: artefact).capacity < Self.tail, "some splits came through")
  }

  @Test("four processes at once cannot overspend and leave nothing unspent")
  func contention() async throws {
    let folder = try TemporaryFolder()
    let artefact = try Fixture.save(try Store.open(folder.store), log2Row: 12, tail: 500)
    await withTaskGroup(of: Void.self) { group in
      for child in 0..<4 {
        group.addTask { [path = folder.path, secret = artefact.secretID] in
          await #expect(processExitsWith: .success) {
            [path = path as String, secret = secret as [UInt8], child = child as Int] in
            let store = try Store.open(URL(fileURLWithPath: path).appendingPathComponent(".zkmlops"))
            let output = Output(path + "/output-\(child)")
            var turn = 0
            while let id = try? store.reserve(secret: secret, queries: 7, purpose: "child \(child)") {
              turn += 1
              // All different over all children, so that every reservation is spent in full.
              let positions = (0..<7).map { child * 4096 + turn * 7 + $0 }
              try store.charge(id, positions: positions)
              output.release(positions)
            }
          }
        }
      }
    }
    let budget = try Store.open(folder.store).budget(of: artefact)
    let shown = Set(try Output.released(in: folder.path).joined())
    #expect(shown.count == budget.used)
    #expect(budget.used == 71 * 7 && budget.left == 500 - 71 * 7)
  }

  @Test("threads of one process, over two open stores, cannot overspend")
  func threads() async throws {
    let folder = try TemporaryFolder()
    let stores = [try Store.open(folder.store), try Store.open(folder.store)]
    let artefact = try Fixture.save(stores[0], tail: 100)
    let granted = await withTaskGroup(of: Int.self) { group in
      for store in stores + stores {
        group.addTask {
          var count = 0
          while (try? store.reserve(secret: artefact.secretID, queries: 3, purpose: "")) != nil { count += 1 }
          return count
        }
      }
      return await group.reduce(0, +)
    }
    #expect(granted == 33)
    #expect(try stores[0].budget(of: artefact).left == 1)
  }

  @Test("what a dead process had reserved stays burnt in full, what it had charged counts exactly")
  func orphans() async throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let own = try store.reserve(secret: artefact.secretID, queries: 5, purpose: "mine")
    await #expect(processExitsWith: .success) { [path = folder.path as String, secret = artefact.secretID as [UInt8]] in
      let store = try Store.open(URL(fileURLWithPath: path).appendingPathComponent(".zkmlops"))
      _ = try store.startRun(pipeline: Fixture.digest("pipeline"))
      _ = try store.reserve(secret: secret, queries: 20, purpose: "lost")
      try store.charge(try store.reserve(secret: secret, queries: 10, purpose: "charged"), positions: [4, 5])
    }
    let before = try store.budget(of: artefact)
    #expect(before.reserved == 25 && before.used == 2 && before.left == 37)
    let lost = try #require(try store.reservations().first { $0.purpose == "lost" }).id
    #expect(code { try store.abandon(lost) } == "store.foreign-reservation")
    let again = try Store.open(folder.store)
    let after = try again.budget(of: artefact)
    #expect(after.reserved == 5 && after.burnt == 20 && after.used == 2 && after.left == 37)
    #expect(try again.runs().map(\.outcome) == [.interrupted])
    #expect(code { try again.abandon(lost) } == "store.reservation-state")
    try again.abandon(own)
    #expect(try again.budget(of: artefact).left == 42)
  }

  @Test("a full disk gives one clear error and nothing half-written")
  func fullDisk() async throws {
    let folder = try TemporaryFolder()
    let artefact = try Fixture.save(try Store.open(folder.store), log2Row: Self.log2Row, tail: Self.tail)
    await #expect(processExitsWith: .success) { [path = folder.path as String, secret = artefact.secretID as [UInt8]] in
      let store = try Store.open(URL(fileURLWithPath: path).appendingPathComponent(".zkmlops"))
      let id = try store.reserve(secret: secret, queries: 30_000, purpose: "")
      // Stands in for a full disk: no file may grow beyond 256 KB.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 256 * 1024, rlim_max: 256 * 1024)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let large = try Fixture.payload(9, count: 100_000)
      #expect(code { try store.saveArtefact(try Fixture.new("large"), secret: large) } == "store.disk-full")
      let failed = code { try store.charge(id, positions: (0..<30_000).map { $0 * 5 }) }
      if failed != nil {
        #expect(failed == "store.cannot-write" || failed == "store.disk-full")
        #expect(try store.budget(ofSecret: secret).used == 0)
      }
      var attempts = 0
      var refusal: String?
      while refusal == nil, attempts < 10_000 {
        attempts += 1
        refusal = code { _ = try store.reserve(secret: secret, queries: 1, purpose: String(repeating: "x", count: 500)) }
      }
      #expect(refusal == "store.cannot-write" || refusal == "store.disk-full")
      #expect(try store.budget(ofSecret: secret).reserved >= attempts - 1)
    }
    let store = try Store.open(folder.store)
    try store.checkIntegrity()
    #expect(try store.artefacts() == [artefact])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.store.path + "/secrets").count == 1)
  }

  @Test("an unwritable folder gives one clear error")
  func unwritable() async throws {
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      // The superuser may write everywhere: be somebody else.
      if geteuid() == 0 { #expect(setgid(65534) == 0 && setuid(65534) == 0) }
      let error = #expect(throws: StoreError.self) { _ = try Store.open(URL(fileURLWithPath: path).appendingPathComponent(".zkmlops")) }
      #expect(error?.code == "store.cannot-write")
      #expect(error?.message.contains(path) == true)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test("a process that waits too long for another one says so")
  func busy() async throws {
    let folder = try TemporaryFolder()
    let artefact = try Fixture.save(try Store.open(folder.store))
    let descriptor = open(folder.store.path + "/lock", O_RDWR)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_SH) == 0)
    #expect(code { _ = try Store.open(folder.store, options: Store.Options(lockSeconds: 0)) } == "store.busy")
    #expect(flock(descriptor, LOCK_UN) == 0)
    #expect(try Store.open(folder.store, options: Store.Options(lockSeconds: 0)).budget(of: artefact).left == 64)
  }
}
