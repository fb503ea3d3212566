import Foundation
import Testing

/// `kill -9` of the real program while it runs a whole pipeline, two runs at a time over one store.
@Suite("Killed runs", .serialized) struct KilledRunTests {
  /// 25 stores, 4 pairs of runs on each: 200 processes.
  static let stores = 25
  static let pairs = 4

  /// What all stores together saw.
  struct Tally {
    var killed = 0
    var completed = 0
    /// Positions lost to runs that died while they proved.
    var burnt = 0
  }

  @Test("killed at 200 random moments, the store opens, counts at least what was released, and nothing is half-written")
  func killed() throws {
    let program = try BuiltProgram.zkmlops()
    var generator = SystemRandomNumberGenerator()
    var tally = Tally()
    // A run's length on this machine, as busy as it is.
    var length = Duration.zero
    for _ in 0..<Self.stores {
      let project = try SampleProject(openings: 10)
      for pair in 0..<Self.pairs {
        if length == .zero {
          let warm = try SampleProject(openings: 10)
          length = try ContinuousClock().measure { try #require(try warm.run(program).status == 0) }
        }
        let names = [0, 1].map { "bundle-\(pair)-\($0)" }
        let runs = try names.map { try program.start(project.arguments($0), in: project.path) }
        let delays = runs.map { _ in Double.random(in: 0..<1, using: &generator) * 1.2 * length.seconds }
        let order = delays.indices.sorted { delays[$0] < delays[$1] }
        var waited = 0.0
        for index in order {
          usleep(UInt32(max(0, delays[index] - waited) * 1_000_000))
          waited = delays[index]
          runs[index].stop()
        }
        for run in runs {
          let outcome = run.wait()
          if outcome.exited { try #require(outcome.status == 0, "\(outcome)") }
          tally.killed += outcome.exited ? 0 : 1
          tally.completed += outcome.exited ? 1 : 0
        }
        try check(project, program)
      }
      try finish(project, program, &tally)
    }
    print("killed \(tally.killed) runs, \(tally.completed) were faster; \(tally.burnt) positions lost")
    #expect(tally.killed + tally.completed == 200)
    // Some died while they proved: the test reaches the dangerous part.
    #expect(tally.killed > 0 && tally.burnt > 0, "\(tally)")
  }

  /// The store opens; every bundle under a final name is whole; the counters cover what these bundles show.
  private func check(_ project: SampleProject, _ program: BuiltProgram) throws {
    var shown: [String: Set<Int>] = [:]
    for name in project.names where !SampleProject.initialNames.contains(name) && name != "store" {
      if name.hasPrefix(".bundle-") { continue }
      try #require(name.hasPrefix("bundle-"), "\(name)")
      for (identity, positions) in try ReleasedProof(bundle: project.path + "/" + name).positions {
        shown[identity, default: []].formUnion(positions)
      }
    }
    guard project.files("store").contains("store.sqlite") else {
      try #require(shown.isEmpty)
      return
    }
    let inspection = try program.run(["inspect", "store", "--json"], in: project.path)
    try #require(inspection.status == 0, "\(inspection)")
    let artefacts = try #require(try inspection.json()["artefacts"] as? [[String: Any]])
    var counted: [String: Int] = [:]
    for artefact in artefacts {
      let budget = try Budget(artefact)
      try #require(budget.reserved == 0, "reservations of dead processes are lost, not open")
      try #require(budget.used + budget.burnt <= budget.capacity)
      counted[budget.identity] = budget.used
    }
    for (identity, positions) in shown { try #require(counted[identity, default: 0] >= positions.count) }
    let secrets = project.files("store/secrets")
    // Artefacts of one tree have one secret.
    try #require(secrets.allSatisfy { $0.hasSuffix(".secret") } && (artefacts.isEmpty || !secrets.isEmpty), "\(secrets)")
  }

  /// A last run over the same store goes through.
  private func finish(_ project: SampleProject, _ program: BuiltProgram, _ tally: inout Tally) throws {
    let last = try project.run(program, "bundle-last")
    try #require(last.exited && last.status == 0, "\(last)")
    try #require(try program.run(["verify", "bundle-last"], in: project.path).status == 0)
    let stored = try program.run(["store", "check", "--store", "store"], in: project.path)
    try #require(stored.status == 0, "\(stored)")
    try check(project, program)
    let inspection = try program.run(["inspect", "store", "--json"], in: project.path)
    for artefact in try #require(try inspection.json()["artefacts"] as? [[String: Any]]) { tally.burnt += try Budget(artefact).burnt }
  }

  /// The counters of one artefact, as `inspect --json` prints them.
  private struct Budget {
    let identity: String
    let capacity: Int
    let used: Int
    let reserved: Int
    let burnt: Int

    init(_ artefact: [String: Any]) throws {
      let numbers = try #require(artefact["positions"] as? [String: Any])
      func number(_ name: String) throws -> Int { try #require(numbers[name] as? Int) }
      identity = try #require(artefact["identity"] as? String)
      (capacity, used) = (try number("capacity"), try number("used"))
      (reserved, burnt) = (try number("reserved"), try number("burnt"))
    }
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
