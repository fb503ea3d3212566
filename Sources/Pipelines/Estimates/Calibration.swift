import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness

/// Measures this machine with proofs about made-up tables, for some five seconds.
enum Calibration {
  /// Rows (log2), columns and bits of a cell of the tables.
  private static let tables: [(rows: Int, columns: Int, bits: Int)] = [
    (8, 8, 8), (10, 24, 16), (12, 4, 30), (8, 96, 8), (14, 6, 16), (12, 48, 12), (16, 4, 24), (15, 24, 16),
  ]

  /// Proves until the time is over, every table at least once unless it has been over for long.
  static func speed<E: KernelField>(_ field: E.Type, profile: SoundnessProfile, seconds limit: Double = 5) throws -> Speed
  where E.Base == Goldilocks {
    let clock = ContinuousClock()
    let start = clock.now
    func elapsed() -> Double { Self.seconds(clock.now - start) }
    var samples: [(workload: Workload, seconds: Double)] = []
    // The first proof of a process is slow and is not counted.
    _ = try sample(tables[0], field, profile)
    for table in tables where elapsed() < limit {
      var best: (workload: Workload, seconds: Double)?
      for _ in 0..<2 where best == nil || elapsed() < limit {
        let own = try sample(table, field, profile)
        if best == nil || own.seconds < best?.seconds ?? 0 { best = own }
      }
      if let best { samples.append(best) }
    }
    var speed = Speed(samples)
    // Last: the small proofs would otherwise be given what was cleared for this.
    speed.secondsPerFreshByte = FreshMemory.secondsPerByte()
    return speed
  }

  /// Makes the proof and throws it away: its time, and the process's peak of memory where that rose.
  /// - Parameter memory: what was computed for the peak.
  static func measure<E: KernelField>(_ maker: ProofMaker<E>, memory: Int) throws -> (seconds: Double, memoryByteCount: Int)
  where E.Base == Goldilocks {
    let before = ResidentMemory.peak
    let clock = ContinuousClock()
    let start = clock.now
    _ = try maker.prove(ledger: UncountedOpenings(), purpose: "estimate")
    let seconds = Self.seconds(clock.now - start)
    guard let before, let after = ResidentMemory.peak, after > before else { return (seconds, memory) }
    return (seconds, after)
  }

  private static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  private static func sample<E: KernelField>(
    _ size: (rows: Int, columns: Int, bits: Int), _ field: E.Type, _ profile: SoundnessProfile
  ) throws -> (workload: Workload, seconds: Double) where E.Base == Goldilocks {
    let range = IntegerRange(0...(Int64(1) << Int64(size.bits)) - 1)
    let schema = try TableSchema(columns: (0..<size.columns).map { TableColumn(name: "c\($0)", type: .integer(range)) })
    var state: UInt64 = 88_172_645_463_325_252
    let columns = (0..<size.columns).map { _ in
      (0..<(1 << size.rows)).map { _ -> Int64 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64(state >> UInt64(64 - size.bits))
      }
    }
    let values = ArtefactValues.table(try StoredTable(schema: schema, columns: columns))
    let price = try OpeningsPrice(openings: 4, cells: values.contents.cellCount, profile: profile)
    let artefact = CommittedArtefact<E>(name: "table", role: "table", values: values, shape: try price.shape())
    let maker = try ProofMaker<E>(
      claims: [.init(name: "well-formed", statement: .wellFormed(artefact: "table"))], artefacts: [artefact], profile: profile)
    let workload = maker.workload
    let clock = ContinuousClock()
    let start = clock.now
    _ = try maker.prove(ledger: UncountedOpenings(), purpose: "calibration")
    return (workload, seconds(clock.now - start))
  }
}
