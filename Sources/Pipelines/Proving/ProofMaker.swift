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

/// Makes one proof for an ordered list of claims over committed artefacts.
///
/// Order: everything is compiled; the disclosures can be shown; `prove` then fills the witness, reserves budget, proves and charges; `record`
/// puts the proof into the store's ledger. The bytes may leave the process after that.
struct ProofMaker<E: KernelField>: Sendable where E.Base == Goldilocks {
  /// A claim with its name in the bundle.
  struct Named: Sendable {
    let name: String
    let statement: ClaimStatement
  }

  /// A proof that its secrets' budgets are charged for.
  struct Proven: Sendable {
    let bytes: [UInt8]
    let reservations: [ReservationID]
    let digest: Digest
  }

  let claims: [Named]
  let artefacts: [CommittedArtefact<E>]
  let profile: SoundnessProfile
  private let compiled: CompiledClaims
  let statement: Statement<E>
  private let relation: ClaimRelation<E>
  /// Rows of inferences that nobody but the prover knows.
  var hiddenInputs: [NetworkInference: [String: [Int64]]] = [:]

  /// Compiles the claims.
  /// - Parameter artefacts: by name; those that claims mention are taken, in order of mention.
  /// - Throws: `StatementError`, `PipelineError`.
  init(claims: [Named], artefacts all: [CommittedArtefact<E>], profile: SoundnessProfile) throws {
    self.claims = claims
    self.profile = profile
    var mentioned: [String] = []
    for name in claims.flatMap(\.statement.artefacts) where !mentioned.contains(name) { mentioned.append(name) }
    artefacts = mentioned.compactMap { name in all.first { $0.name == name } }
    do {
      compiled = try CompiledClaims(claims: claims.map(\.statement), artefacts: artefacts.map(\.description))
      (statement, relation) = try ProofPlan.statement(
        claims: compiled, profile: profile, context: ProofPlan.context(claimNames: claims.map(\.name)), field: E.self)
    } catch { throw StatementError.claim(error) }
  }

  /// What the proof takes of each artefact's budget at most, in code positions.
  func queries(of artefact: CommittedArtefact<E>) -> Int {
    statement.shapes.firstIndex { $0 == artefact.description.shape }.map { statement.queryCounts[$0] } ?? 0
  }

  /// The auxiliary witness.
  private func witness() throws -> MatrixData<E.Base> {
    let values = Dictionary(artefacts.map { ($0.name, $0.values) }) { first, _ in first }
    let executions = try compiled.executions(values)
    let data = Dictionary(artefacts.map { ($0.name, $0.secret.data) }) { first, _ in first }
    let tables = values.compactMapValues { if case .table(let table) = $0 { table } else { nil } }
    let identities = Dictionary(artefacts.map { ($0.name, $0.identity) }) { first, _ in first }
    let models = values.compactMapValues { if case .trees(let model) = $0 { model } else { nil } }
    let networks = values.compactMapValues { if case .network(let model) = $0 { model } else { nil } }
    let linear = values.compactMapValues { if case .model(let model) = $0 { model } else { nil } }
    let records = try compiled.records(
      DataTables(
        tables: tables, identities: identities, models: models, linear: linear, networks: networks, hiddenInputs: hiddenInputs, products: .parallel))
    return WitnessFiller<E>.fill(relation, executions: executions, records: records, artefacts: data)
  }

  /// Makes the proof.
  ///
  /// - Parameters:
  ///   - store: reserves for every artefact before anything is computed, and is charged before the bytes are returned.
  ///   - purpose: for the store's log.
  /// - Throws: `StoreError` when a budget does not suffice; `ProverError`.
  func prove(store: Store, purpose: String) throws -> Proven { try prove(ledger: store, purpose: purpose) }

  /// What the proof makes the prover do.
  var workload: Workload { Workload(statement, relation: relation) }

  /// Bytes of the artefacts' commitments, which are there before a proof.
  var committedByteCount: Double {
    artefacts.groupedByTree().compactMap(\.first).reduce(0) { sum, artefact in
      let matrix = artefact.secret.matrix
      let cells = matrix.rowCount * (matrix.shape.dimension + matrix.shape.length)
      return sum + Double(cells * Goldilocks.byteCount + 64 * matrix.shape.length)
    }
  }

  /// The same with any ledger.
  func prove(ledger store: any HidingLedger, purpose: String) throws -> Proven {
    let auxiliary = try witness()
    let secrets = Dictionary(artefacts.map { ($0.name, $0.secret) }) { first, _ in first }
    var attempt = 0
    while true {
      attempt += 1
      let seed = ProofSeed.make(
        statement, auxiliary: auxiliary, masterSecrets: artefacts.map(\.masterSecret), identities: artefacts.map(\.identity))
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary, randomness: Randomness(seed: seed))
      do {
        let bytes = try session.prove(ledger: store, purpose: purpose)
        return Proven(bytes: bytes, reservations: session.reservations, digest: SHA256.hash(bytes))
      } catch ProverError.pole where attempt < Self.attempts { continue }
    }
  }

  /// Proofs begun before a pole is taken for a defect: one has a chance of about 2^-160.
  private static var attempts: Int { 8 }

  /// Records the proof and every value it tells in the store.
  /// - Parameter run: the store's run, or nil.
  func record(_ proven: Proven, store: Store, run: [UInt8]?) throws {
    try store.recordProof(
      ProofEntry(digest: proven.digest, run: run, size: proven.bytes.count, artefacts: artefacts.map(\.identity), revealed: try revealed()))
  }

  /// Every public value of the claims, for the store's ledger. What every proof tells (the public formats) is left out.
  private func revealed() throws -> [RevealedValue] {
    let meanings = try ClaimFiles.descriptions(claims.map { ($0.name, $0.statement) }, artefacts: artefacts.map(\.description), complete: true)
    return zip(claims, meanings).flatMap { claim, meaning -> [RevealedValue] in
      if case .wellFormed = claim.statement { return [] }
      let about = claim.statement.artefacts.compactMap { name in artefacts.first { $0.name == name }?.identity }
      return meaning.discloses.filter { $0.extent != .hidden }.map {
        RevealedValue(claim: claim.name, label: $0.field + ($0.extent == .bounded ? " (bound)" : ""), value: $0.value, about: about)
      }
    }
  }

  /// The claims with their public files.
  /// - Throws: `StatementError`.
  func claimFiles() throws -> [BundleDraft.Claim] {
    try ClaimFiles.make(claims.map { ($0.name, $0.statement) }, artefacts: artefacts.map(\.description))
  }

  /// What the claims mean, in order.
  /// - Throws: `StatementError`.
  func descriptions() throws -> [ClaimDescription] {
    try ClaimFiles.descriptions(claims.map { ($0.name, $0.statement) }, artefacts: artefacts.map(\.description))
  }
}

extension CompiledClaims {
  /// The programs' runs on private values, by artefact name.
  /// - Throws: `ProgramError`.
  func executions(_ values: [String: ArtefactValues]) throws -> [Execution] {
    try programs.map { program in
      var inputs = program.publicInputs
      for (role, name) in program.roles { inputs.merge(values[name]?.inputs(role: role) ?? [:]) { $1 } }
      return try Interpreter.run(program.program, inputs: inputs)
    }
  }
}
