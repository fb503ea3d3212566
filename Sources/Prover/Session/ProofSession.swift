import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem

/// The zero-knowledge prover. One instance makes one proof; each step is a method, so that tests can replace one by a dishonest one.
///
/// Transcript: design 2, section 2.2.3; spec P5. Draw order of the randomness: pads; per secret a non-zero replacement; per product f, g;
/// per shape: M, then (primary) witness tails, P tails, M'_1…, then the salt seed of that tree (spec G6).
open class ProofSession<Configuration: EngineConfiguration> where Configuration.E: KernelField {
  public typealias E = Configuration.E
  public typealias Base = E.Base
  public typealias Chain = Configuration.Chain

  public let statement: Statement<E>
  public let relation: any ProvableRelation<E>
  /// By matrix name.
  public let secrets: [String: ArtefactSecret<E>]
  /// The auxiliary matrix, filled.
  public let auxiliary: MatrixData<Base>
  public var randomness: Randomness

  package var tape = ProverTape<E, Chain>()
  /// Values of the P slots: pads, then (ab, f, g, h) of each product.
  public var pads: [E] = []
  package var matrices: [String: HidingMatrix<E>] = [:]
  package var encoders: [ReedSolomonEncoder<E>] = []
  /// M of each shape.
  public var masks: [FieldBuffer<E>] = []
  /// M'_q and P_q with tails.
  package var padMasks: [FieldBuffer<E>] = []
  package var padRows: [FieldBuffer<E>] = []
  /// Claims per shape, from the replay.
  package var claims: [[ShapeClaim<Affine<E>>]] = []
  /// The verifier's reading up to the claims: number of events, and what it gathered. Nil while there is none.
  package var reached: (events: Int, progress: AffineChannel<E, ReplayTape<E>, Configuration.Policy>.Progress)?
  package var boundWeights: [FieldBuffer<E>] = []
  package var foldedRows: [FieldBuffer<E>] = []
  /// g_s = M_s + ε·f_s.
  package var shielded: [FieldBuffer<E>] = []
  package var shieldedPads: [FieldBuffer<E>] = []
  package var padWeights: [[E]] = []
  /// G_s.
  package var merged: [FieldBuffer<E>] = []

  /// Fails when a secret is missing or is not the statement's commitment.
  ///
  /// `randomness` can be made inside this package only: whoever chose it could take the pads off the proof.
  public init(
    statement: Statement<E>, relation: any ProvableRelation<E>, secrets: [String: ArtefactSecret<E>], auxiliary: MatrixData<Base>,
    randomness: Randomness
  ) throws(ProverError) {
    for matrix in relation.matrices {
      guard let secret = secrets[matrix.name] else { throw .missingSecret(matrix.name) }
      guard secret.publicPart.identity == statement.artefacts[matrix.name]?.identity || !Configuration.Policy.enforces("commitment.identity") else {
        throw .wrongSecret(matrix.name)
      }
    }
    for (shape, queries) in zip(statement.shapes, statement.queryCounts) where shape.tailCount < queries {
      throw .tailTooShort(shape: shape.name, tail: shape.tailCount, queries: queries)
    }
    self.statement = statement
    self.relation = relation
    self.secrets = secrets
    self.auxiliary = auxiliary
    self.randomness = randomness
  }

  /// What `ledger` gave for the proof that was made; the caller releases them once the bytes have left.
  public private(set) var reservations: [ReservationID] = []
  /// Pads and masks serve one proof (rule ONCE): a second call is refused.
  private var isUsed = false

  /// Makes the proof. `ledger` is asked for all secrets before anything is computed and told the positions before the bytes are
  /// returned. What was reserved for a proof that fails before it is charged is given back.
  /// - Parameters:
  ///   - ledger: what counts the opened positions. There is no default: an opening that nobody counts leaks in the end.
  ///   - purpose: for the ledger's log.
  public func prove(ledger: any HidingLedger, purpose: String = "") throws -> [UInt8] {
    guard !isUsed else { throw ProverError.sessionUsed }
    guard statement.isOfFieldInForce else { throw ProverError.refusedByVerifier(.statementMismatch("modulus")) }
    isUsed = true
    var requests: [BudgetRequest] = []
    var shapes: [Int] = []
    for matrix in relation.matrices {
      guard let secret = secrets[matrix.name]?.tailSecret, let shape = statement.shapes.firstIndex(where: { $0.name == matrix.shape }),
        !requests.contains(where: { $0.secret == secret })
      else { continue }
      requests.append(BudgetRequest(secret: secret, queries: statement.queryCounts[shape]))
      shapes.append(shape)
    }
    reservations = try ledger.reserve(requests, purpose: purpose)
    do {
      samplePads()
      commitAuxiliary()
      try runProtocol()
    } catch {
      for reservation in reservations { try? ledger.abandon(reservation) }
      reservations = []
      throw error
    }
    openPads()
    merge()
    let (oracle, vector) = commitLevelOne()
    let positions = openRows()
    try ledger.charge(zip(reservations, shapes).map { BudgetCharge($0, positions: positions[$1]) })
    openLevels(oracle: oracle, vector: vector, positions: positions)
    return takeTape().finish()
  }

  // MARK: Step 0: pads, masks, auxiliary trees

  open func samplePads() {
    let layout = statement.layout
    pads = randomness.ext(layout.count)
    for index in layout.secrets { pads[index] = randomness.nonzero() }
    for (a, b) in layout.products {
      let pair: [E] = randomness.ext(2)
      pads += [pads[a] * pads[b], pair[0], pair[1], pair[0] * pair[1]]
    }
  }

  func begin() {
    if Configuration.Policy.enforces("statement.absorbed") { statement.observeParameters { tape.observe($0, $1) } }
    for matrix in relation.matrices {
      guard let secret = secrets[matrix.name] else { continue }
      if matrices[matrix.tree] == nil {
        tape.hint(secret.publicPart.root.bytes)
        matrices[matrix.tree] = secret.matrix
      }
      tape.observe("artefact", Statement<E>.artefactPayload(matrix, secret.publicPart))
    }
    if Configuration.Policy.enforces("statement.absorbed") { tape.observe("trees", statement.treeDescription.encoded) }
  }

  open func commitAuxiliary() {
    begin()
    for (index, shape) in statement.shapes.enumerated() {
      let encoder = ReedSolomonEncoder<E>(log2RowLength: shape.log2RowLength, log2Length: shape.log2Length)
      encoders.append(encoder)
      let mask = randomMask(shape)
      masks.append(mask)
      var rows = HidingRows<Base>(shape)
      var masking = [mask]
      if index == statement.primaryIndex {
        precondition(shape.log2RowLength == auxiliary.layout.log2RowLength)
        rows.append(auxiliary.vector, randomness: &randomness)
        samplePadRows(shape)
        masking = padRows + [mask] + padMasks
      }
      rows.append(whole: limbs(masking, shape: shape))
      let matrix = HidingMatrix<E>(rows: rows, shape: shape, saltSeed: randomness.block(), encoder: encoder)
      matrices[statement.auxiliaryName(index)] = matrix
      tape.messageDigest("aux.root", matrix.root)
    }
    if Configuration.Policy.enforces("statement.absorbed") {
      statement.observeAfterCommit({ tape.observe($0, $1) }, zeros: { tape.observeZeros($0, $1) })
    }
  }

  open func randomMask(_ shape: CodeShape) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(uninitialisedCount: shape.dimension, secret: true)
    out.pointer.withMemoryRebound(to: Base.self, capacity: shape.dimension * E.degree) { limbs in
      randomness.fill(limbs, count: shape.dimension * E.degree)
    }
    return out
  }

  private func samplePadRows(_ shape: CodeShape) {
    let length = 1 << shape.log2RowLength
    for q in 0..<statement.padRowCount {
      let row = FieldBuffer<E>(repeating: .zero, count: shape.dimension, secret: true)
      for (b, value) in pads.dropFirst(q * length).prefix(length).enumerated() { row.pointer[b] = value }
      let tail: [E] = randomness.ext(shape.tailCount)
      for (b, value) in tail.enumerated() { row.pointer[length + b] = value }
      padRows.append(row)
    }
    padMasks = (0..<statement.padRowCount).map { _ in randomMask(shape) }
  }

  /// Rows over E as `E.degree` rows of limbs each.
  private func limbs(_ rows: [FieldBuffer<E>], shape: CodeShape) -> FieldBuffer<Base> {
    let out = FieldBuffer<Base>(uninitialisedCount: rows.count * E.degree * shape.dimension, secret: true)
    for (place, row) in rows.enumerated() {
      E.splitLimbs(out.pointer + place * E.degree * shape.dimension, rowStride: shape.dimension, row.pointer, count: shape.dimension)
    }
    return out
  }

  // MARK: Steps 2–5: the relation, splits, sacrifice, row rounds, shield

  open func runProtocol() throws {
    var channel = ProverChannel(tape: takeTape(), pads: pads)
    try relation.prove(&channel, witness)
    try sendSplits(&channel)
    sacrifice(&channel)
    foldRows(&channel)
    shield(&channel)
    let used = channel.used
    swap(&tape, &channel.tape)
    guard used == statement.layout.count else { throw ProverError.padMismatch(used: used, expected: statement.layout.count) }
  }

  func takeTape() -> ProverTape<E, Chain> {
    var out = ProverTape<E, Chain>()
    swap(&out, &tape)
    return out
  }

  public var witness: WitnessReader<E> {
    WitnessReader(matrices: secrets.mapValues(\.data).merging(["aux": auxiliary]) { $1 })
  }

  /// The verifier's reading of what was sent so far.
  package func replay(_ events: [ReplayTape<E>.Event]) -> AffineChannel<E, ReplayTape<E>, Configuration.Policy> {
    AffineChannel(tape: ReplayTape(events: events), policy: Configuration.Policy.self)
  }

  func replayedClaims(
    _ channel: inout AffineChannel<E, ReplayTape<E>, Configuration.Policy>
  ) throws(ProverError) -> [LinearClaim<Affine<E>>] {
    do { return try relation.verify(&channel) } catch { throw .refusedByVerifier(error) }
  }

  private func sendSplits(_ channel: inout ProverChannel<E, Chain>) throws(ProverError) {
    var reading = replay(channel.tape.events)
    let all = try replayedClaims(&reading)
    let known = channel.tape.events.count
    for claim in all {
      let parts = statement.stacks.map { stack in claim.terms.filter { stack.member($0.matrix) != nil } }.filter { !$0.isEmpty }
      guard parts.count > 1 else { continue }
      channel.send("split", parts.dropLast().map { part in part.reduce(.zero) { $0 + inner($1.tensor, $1.matrix) } })
    }
    reading.tape.append(channel.tape.events[known...])
    do { claims = try Front<E>.split(&reading, all, shapes: statement.shapes, stacks: statement.stacks) } catch {
      throw .refusedByVerifier(error)
    }
    reached = (channel.tape.events.count, reading.progress)
  }

  /// ⟨tensor, data of one matrix⟩.
  private func inner(_ tensor: Tensor<E>, _ name: String) -> E {
    guard let data = name == "aux" ? auxiliary : secrets[name]?.data else { preconditionFailure("no matrix \(name)") }
    return TensorInner<E>.inner(tensor, data.vector)
  }

  open func sacrifice(_ channel: inout ProverChannel<E, Chain>) {
    let layout = statement.layout
    guard !layout.products.isEmpty else { return }
    let rho = channel.challenge("sacrifice.rho")
    var opened: [E] = []
    for (group, (a, b)) in layout.products.enumerated() {
      let f = pads[PadKey.product(group, .f).slot(padCount: layout.count)]
      let g = pads[PadKey.product(group, .g).slot(padCount: layout.count)]
      opened += [rho * pads[a] - f, pads[b] - g]
    }
    channel.clear("sacrifice.open", opened)
  }

  private func foldRows(_ channel: inout ProverChannel<E, Chain>) {
    let lambda = channel.challenge("rows.batch")
    let foldings = zip(zip(statement.shapes, statement.stacks), claims).map { pair, claims in
      RowFolding<E>(
        shape: pair.0, stack: pair.1, terms: Front<E>.batchWeight(claims, stack: pair.1, lambda: lambda), rows: rows(pair.1))
    }
    var points: [[E]] = foldings.map { _ in [] }
    let rounds = statement.stacks.map(\.bits)
    for round in 0..<(rounds.max() ?? 0) {
      let active = rounds.indices.filter { rounds[$0] > round }
      channel.send("rows.round", active.flatMap { index in [foldings[index].round()].flatMap { [$0.c0, $0.c2] } })
      let r = channel.challenge("rows.round.r")
      for index in active {
        foldings[index].bind(r)
        points[index].append(r)
      }
    }
    boundWeights = foldings.map { $0.boundWeights() }
    foldedRows = zip(zip(foldings, points), statement.shapes).map { $0.0.foldedRow($0.1, dimension: $1.dimension) }
  }

  /// Rows of every member of a stack: name → its first row in the matrix of its tree.
  private func rows(_ stack: RowStack) -> [RowFolding<E>.Row] {
    stack.members.flatMap { member -> [RowFolding<E>.Row] in
      let own = relation.matrices.first { $0.name == member.name }
      guard let matrix = matrices[own?.tree ?? member.name] else { preconditionFailure("no matrix \(member.name)") }
      let first = own?.placement?.firstRow ?? 0
      return (0..<member.layout.rowCount).map { (member.offset + $0, matrix.rows.data[first + $0], UnsafePointer(matrix.rows.tails[first + $0])) }
    }
  }

  open func shield(_ channel: inout ProverChannel<E, Chain>) {
    channel.send("shield.mu", zip(boundWeights, masks).map { E.parallelDot($0.pointer, $1.pointer, count: $0.count) })
    let epsilon = channel.challenge("shield.epsilon")
    shielded = zip(masks, foldedRows).map { E.parallelCombine($0, $1, coefficient: epsilon) }
    channel.clear("shield.a", zip(boundWeights, shielded).map { E.parallelDot($0.pointer, $1.pointer, count: $0.count) })
  }
}
