import Claims
import Evidence
import Fields
import Foundation
import Kernels
import ProofSystem
import Soundness

/// What a pipeline's proofs will cost, before any of them is made.
public struct Estimate: Sendable {
  /// One proof.
  public struct Proof: Equatable, Sendable {
    /// Claims that it carries, in order.
    public let claims: [String]
    /// Expected bytes.
    public let byteCount: Int
    /// Openings that it takes: names of the artefacts of each budget, and the code positions that it opens at most.
    public let openings: [Opening]
    /// Seconds of proving on this machine.
    public private(set) var seconds: Double
    /// Peak bytes of memory while it is made, the process included.
    public private(set) var memoryByteCount: Int
    /// Bytes of it that are taken from the system for the proof.
    let freshByteCount: Double
    /// What it will tell the world, field by field; values are left out.
    public let reveals: [String]
  }

  /// What one hiding budget is charged: one opening.
  public struct Opening: Equatable, Sendable {
    /// Names in the bundle of the artefacts that the budget belongs to.
    public let artefacts: [String]
    /// Positions at most.
    public let positions: Int
    /// Whole proofs that the budget of a new commitment serves.
    public let openingsOfNew: Int
  }

  /// The proofs in the order in which they are made.
  public let proofs: [Proof]
  /// What the stages before proving took: reading, fitting, committing.
  public let stages: [StageReport]

  /// Lays out the proofs of the pipeline at `path`: everything but the proofs is done, in a store that is thrown away.
  ///
  /// - Parameters:
  ///   - store: where tables are that the pipeline has from other owners; they are read, nothing is written or counted.
  ///   - calibration: seconds that the measurement of this machine may take.
  /// - Throws: what `Pipeline.run` throws before it proves.
  public static func make(
    _ path: String, store: String? = nil, profile: SoundnessProfile = .p128, calibration: Double = 5,
    listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> Estimate {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("zkmlops-estimate-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var options = Pipeline.Options(
      store: folder.appendingPathComponent("store").path, output: folder.appendingPathComponent("bundle").path, profile: profile)
    options.isEstimate = true
    options.receivedStore = store
    options.calibrationSeconds = calibration
    do {
      _ = try Pipeline.run(path, options: options, listener: listener)
    } catch let reached as EstimateReached { return reached.estimate }
    throw PipelineError(.fault, "The pipeline was run instead of estimated.", remedy: "Report this as a defect.")
  }

  /// The estimate for a terminal.
  public var text: String {
    var lines: [String] = []
    for (index, proof) in proofs.enumerated() {
      lines.append("Proof \(index + 1) of \(proofs.count): \(counted(proof.claims.count, "claim"))")
      lines.append("  size      about \(byteText(proof.byteCount))")
      lines.append("  time      about \(Self.words(proof.seconds)) to prove on this machine")
      lines.append("  memory    about \(byteText(proof.memoryByteCount)) at the peak")
      lines.append("  openings  " + (proof.openings.isEmpty ? "none" : ""))
      for opening in proof.openings {
        lines.append(
          "            1 of \(opening.artefacts.map(TerminalText.escaped).joined(separator: " + ")): at most \(opening.positions) positions; a new commitment "
            + "serves \(counted(opening.openingsOfNew, "proof"))")
      }
      lines.append("  claims    \(proof.claims.map(TerminalText.escaped).joined(separator: ", "))")
      lines.append("  reveals   " + (proof.reveals.isEmpty ? "nothing but public formats" : ""))
      for field in proof.reveals { lines.append("            \(TerminalText.escaped(field))") }
      lines.append("")
    }
    let before = stages.reduce(0) { $0 + $1.seconds }
    lines.append(
      "In all: \(counted(proofs.count, "proof")), about \(byteText(byteCount)), \(Self.words(seconds)) of proving after \(Self.words(before)) of reading, fitting "
        + "and committing, \(byteText(memoryByteCount)) of memory.")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Bytes of all proofs.
  public var byteCount: Int { proofs.reduce(0) { $0 + $1.byteCount } }
  /// Seconds of all proofs.
  public var seconds: Double { proofs.reduce(0) { $0 + $1.seconds } }
  /// The largest peak.
  public var memoryByteCount: Int { proofs.map(\.memoryByteCount).max() ?? 0 }

  private static func words(_ seconds: Double) -> String {
    seconds < 10 ? "\(Int((seconds * 1_000).rounded())) ms" : "\(Int(seconds.rounded())) s"
  }

  /// The estimate for programs; times in milliseconds.
  public var json: JSONValue {
    func milliseconds(_ seconds: Double) -> JSONValue { .integer(Int((seconds * 1_000).rounded())) }
    return .object([
      "proofs": .array(
        proofs.map { proof in
          .object([
            "claims": .array(proof.claims.map(JSONValue.string)), "byteCount": .integer(proof.byteCount), "milliseconds": milliseconds(proof.seconds),
            "memoryByteCount": .integer(proof.memoryByteCount), "reveals": .array(proof.reveals.map(JSONValue.string)),
            "openings": .array(
              proof.openings.map {
                .object([
                  "artefacts": .array($0.artefacts.map(JSONValue.string)), "positions": .integer($0.positions),
                  "openingsOfNew": .integer($0.openingsOfNew),
                ])
              }),
          ])
        }),
      "byteCount": .integer(byteCount), "milliseconds": milliseconds(seconds), "memoryByteCount": .integer(memoryByteCount),
      "millisecondsBefore": milliseconds(stages.reduce(0) { $0 + $1.seconds }),
    ])
  }
}

/// Ends a run where its proof would begin.
struct EstimateReached: Error {
  let estimate: Estimate
}

extension Estimate.Proof {
  /// The same with another time and peak.
  func measured(_ seconds: Double, memory: Int) -> Self {
    var out = self
    out.seconds = seconds
    out.memoryByteCount = memory
    return out
  }

  /// Lays out the proof of a maker.
  /// - Throws: what `descriptions` throws.
  init<E: KernelField>(_ maker: ProofMaker<E>, speed: Speed) throws where E.Base == Goldilocks {
    let workload = maker.workload
    // The artefacts' commitments are there already.
    freshByteCount = max(0, workload.commitmentBytes - maker.committedByteCount) + workload.stepBytes
    claims = maker.claims.map(\.name)
    byteCount = try ProofSize(maker.statement).byteCount
    openings = maker.artefacts.groupedByTree().compactMap { group in
      group.first.map { first in
        let queries = maker.queries(of: first)
        return Estimate.Opening(
          artefacts: group.map(\.name), positions: queries, openingsOfNew: queries > 0 ? first.description.shape.tailCount / queries : 0)
      }
    }
    seconds = speed.seconds(workload, freshByteCount: freshByteCount)
    memoryByteCount = Int(Double(ResidentMemory.byteCount) + freshByteCount)
    reveals = try zip(maker.claims, maker.descriptions()).flatMap { claim, description -> [String] in
      if case .wellFormed = claim.statement { return [] }
      return description.discloses.filter { $0.extent != .hidden }.map { "\(claim.name): \($0.field)\($0.extent == .bounded ? " (a bound)" : "")" }
    }
  }
}

/// What the system accounts to this process now.
enum ResidentMemory {
  static var byteCount: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii) else { return 0 }
    let words = text.split(separator: " ")
    guard words.count > 1, let pages = Int(words[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// The most that it was accounted so far; nil where the system does not say.
  static var peak: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1_024 }
  }
}
