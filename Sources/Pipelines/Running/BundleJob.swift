import Claims
import Evidence
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness
import Store

/// From claims that are asked for to a bundle on disk with one proof: what `run`, `prove`, `infer` and `refresh` share.
struct BundleJob<E: KernelField> where E.Base == Goldilocks {
  let store: Store
  let profile: SoundnessProfile
  let output: String
  /// For the store's log.
  let purpose: String
  var run: [UInt8]?
  /// Who signs the bundle.
  var signing = BundleSigning()
  /// Rows of networks that only the prover knows, by claim and input.
  var hiddenInputs: [NetworkInference: [String: [Int64]]] = [:]
  /// Commitments to rows that the claims are meant to tell about: no warning that they do.
  var ownRows: Set<Digest> = []

  /// What came of it.
  struct Result {
    let report: VerificationReport
    let proof: ProofMaker<E>.Proven
    let spendings: [PlannedSpending]
  }

  /// Proves and writes.
  ///
  /// - Parameter beforeRelease: runs after the proof is recorded and before it is written.
  /// - Throws: whatever a part refuses; then nothing is at `output` that was not there before.
  func make(
    _ claims: [ProofMaker<E>.Named], artefacts: [CommittedArtefact<E>], _ clock: inout StageClock,
    beforeRelease: (ProofMaker<E>.Proven) throws -> Void = { _ in }
  ) throws -> Result {
    let signer = try signing.signer(store)
    let previous = try signing.previousID()
    let maker = try clock.stage("compile claims") {
      var maker = try ProofMaker<E>(claims: claims, artefacts: artefacts, profile: profile)
      maker.hiddenInputs = hiddenInputs
      return (maker, "\(counted(claims.count, "claim")), \(counted(maker.artefacts.count, "artefact")), one proof")
    }
    let descriptions = try maker.descriptions()
    clock.listener(
      .willReveal(
        zip(claims, descriptions).map { claim, description in
          PlannedDisclosure(
            claim: claim.name, type: ClaimJSON.type(claim.statement), fields: description.discloses.filter { $0.extent != .hidden })
        }))
    for warning in try differences(claims, descriptions, maker.artefacts) { clock.listener(.warning(warning)) }
    let spendings = try maker.artefacts.groupedByTree().compactMap { group in
      try group.first.map { first in
        PlannedSpending(
          artefacts: group.map(\.name), before: try store.budget(of: try store.artefact(identity: first.identity)), queries: maker.queries(of: first))
      }
    }
    clock.listener(.willSpend(spendings))
    for spending in spendings where spending.openingsBefore > 0 && spending.isLowAfter {
      clock.listener(
        .warning(
          "\(spending.subject): after this proof less than 20 % of its hiding budget is left, enough for \(counted(spending.openingsAfter, "opening")); "
            + "`zkmlops refresh` renews it while one is left"))
    }
    let proven = try clock.stage("prove") {
      let proven = try maker.prove(store: store, purpose: purpose)
      return (proven, "proof of \(byteText(proven.bytes.count))")
    }
    let bundle = try draft(maker, proven, descriptions, previous: previous).bundle(signedBy: signer)
    let report = try clock.stage("check as an auditor") {
      let report = try check(bundle)
      return (report, "\(counted(report.claims.count, "claim")) verified")
    }
    try maker.record(proven, store: store, run: run)
    try beforeRelease(proven)
    try clock.stage("write bundle") {
      try BundleWriter.write(bundle, to: output, report: HTMLReport.page(for: report))
      return ((), TerminalText.escaped(output))
    }
    for reservation in proven.reservations { try store.release(reservation) }
    return Result(report: report, proof: proven, spendings: spendings)
  }

  /// What `make` would cost.
  func estimate(
    _ claims: [ProofMaker<E>.Named], _ artefacts: [CommittedArtefact<E>], calibration: Double, _ clock: inout StageClock
  ) throws -> Estimate {
    let maker = try clock.stage("compile claims") {
      let maker = try ProofMaker<E>(claims: claims, artefacts: artefacts, profile: profile)
      return (maker, "\(counted(claims.count, "claim")), \(counted(maker.artefacts.count, "artefact")), one proof")
    }
    for warning in try differences(claims, try maker.descriptions(), maker.artefacts) { clock.listener(.warning(warning)) }
    let stages = clock.stages
    let proof = try Estimate.Proof(maker, speed: Speed([]))
    let (seconds, memory) = try clock.stage("measure the machine") {
      // A proof that is made within the calibration's time is its own best measure; it is thrown away.
      if proof.seconds < calibration {
        let measured = try Calibration.measure(maker, memory: proof.memoryByteCount)
        return ((measured.seconds, measured.memoryByteCount), "one proof, thrown away")
      }
      let speed = try Calibration.speed(E.self, profile: profile, seconds: calibration)
      return ((speed.seconds(maker.workload, freshByteCount: proof.freshByteCount), proof.memoryByteCount), "")
    }
    return Estimate(proofs: [proof.measured(seconds, memory: memory)], stages: stages)
  }

  /// Warnings about what the numbers of this proof tell together with each other and with those of before.
  private func differences(
    _ claims: [ProofMaker<E>.Named], _ descriptions: [ClaimDescription], _ artefacts: [CommittedArtefact<E>]
  ) throws -> [String] {
    let stored = Dictionary(try store.artefacts().map { ($0.identity, $0.name) }) { first, _ in first }
    var planned: [RevealedStatistic] = []
    for (claim, description) in zip(claims, descriptions) {
      if case .wellFormed = claim.statement { continue }
      for artefact in artefacts where claim.statement.artefacts.contains(artefact.name) && !ownRows.contains(artefact.identity) {
        planned += description.discloses.filter { $0.extent == .exact }.compactMap {
          Differencing.statistic(
            stored[artefact.identity] ?? artefact.name, artefact.identity, artefact.description.contents, claim: claim.name, label: $0.field)
        }
      }
    }
    // Parts of one split have no row in common.
    let identities = Dictionary(artefacts.map { ($0.name, $0.identity) }) { first, _ in first }
    var apart: [Digest: Set<Digest>] = [:]
    for claim in claims {
      guard case .data(.split(let split)) = claim.statement else { continue }
      let parts = Set(split.parts.compactMap { identities[$0] })
      for part in parts { apart[part, default: []].formUnion(parts) }
    }
    let origins = try Differencing.origins(in: store)
    func origin(_ identity: Digest) -> Digest { origins[identity] ?? identity }
    return Differencing.warnings(try Differencing.revealed(in: store) + planned, about: { planned.contains($0) }) { first, second in
      origin(first) == origin(second) || apart[first]?.contains(second) == true
    }
  }

  private func check(_ bundle: EvidenceBundle) throws -> VerificationReport {
    do { return try BundleVerifier.verify(bundle) } catch {
      throw PipelineError(.fault, "The bundle that was made does not verify (\(error)); it is not released.", remedy: "Report this as a defect.")
    }
  }

  private func draft(
    _ maker: ProofMaker<E>, _ proven: ProofMaker<E>.Proven, _ descriptions: [ClaimDescription], previous: String?
  ) throws -> BundleDraft {
    var draft = BundleDraft(profile: profile.name, previous: previous, created: .now, toolVersion: BuildIdentity.version)
    for artefact in maker.artefacts {
      for statement in try DatasetSigning.statements(on: artefact.identity, store) { draft.add(statement, on: artefact.name) }
    }
    for artefact in maker.artefacts { draft.add(ManifestArtefact(artefact.description, root: artefact.root, role: artefact.role)) }
    var edges: [ManifestEdge] = []
    for edge in descriptions.flatMap(\.establishes) where !edges.contains(edge) { edges.append(edge) }
    for edge in edges { draft.add(edge) }
    draft.add(proof: proven.bytes, claims: try maker.claimFiles(), artefacts: maker.artefacts.map(\.name))
    return draft
  }
}

/// Sizes as text, in powers of 1000, rounded up.
public func byteText(_ count: Int) -> String {
  var (unit, tenths) = (1, 0)
  let names = ["B", "kB", "MB", "GB", "TB"]
  var index = 0
  guard count >= 1_000 else { return "\(count) B" }
  repeat {
    unit *= 1_000
    index += 1
    tenths = count / (unit / 10) + (count.isMultiple(of: unit / 10) ? 0 : 1)
  } while tenths >= 10_000 && index < names.count - 1
  return "\(tenths / 10).\(tenths % 10) \(names[index])"
}

/// "1 row", "2 rows".
func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
