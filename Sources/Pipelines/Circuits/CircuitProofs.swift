import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Importers
import Kernels
import ProofSystem
import Prover
import R1CS
import Soundness
import Store

/// Proofs about circom circuits: `zkmlops r1cs prove`.
public enum CircuitProofs {
  /// What to prove and with what.
  public struct Options: Sendable {
    public var circuit: String
    /// `.wtns` files, one for each instance of the circuit; all instances are one proof, whose work on the matrices is done once.
    public var witnesses: [String]
    /// `.sym` file with the names of wires; nil: names beside the circuit if there are any.
    public var symbols: String?
    public var output: String
    /// `SIGNAL[first..last]=ARTEFACT[COLUMN]` or `…[COLUMN:first..last]`.
    public var bindings: [String]
    public var store: String
    public var profile: SoundnessProfile

    public init(
      circuit: String, witnesses: [String], symbols: String? = nil, output: String, bindings: [String] = [], store: String = ".zkmlops",
      profile: SoundnessProfile = .p128
    ) {
      self.circuit = circuit
      self.witnesses = witnesses
      self.symbols = symbols
      self.output = output
      self.bindings = bindings
      self.store = store
      self.profile = profile
    }
  }

  /// What came of it.
  public struct Result: Sendable {
    public let proofByteCount: Int
    public let constraintCount: Int
    public let prime: FieldPrime
    public let seconds: Double
    /// Public outputs and inputs of each instance, in decimal.
    public let outputs: [[String]]
    public let inputs: [[String]]
    public let links: [CircuitProof.Link]
  }

  /// Most bytes of a circuit, witness or symbol file.
  public static let fileLimit = 1 << 32

  /// Reads a file whole. **Throws** `ImportError` naming it.
  public static func read(_ path: String) throws -> [UInt8] { try InputFile.read(path: path, limit: fileLimit) }

  /// Names of wires: the file given, or the one beside the circuit, or none.
  public static func symbols(_ path: String?, besides circuit: String) throws -> SymbolNames {
    if let path { return try SymbolNames(read(path)) }
    let guess = URL(fileURLWithPath: circuit).deletingPathExtension().appendingPathExtension("sym").path
    guard FileManager.default.fileExists(atPath: guess) else { return SymbolNames() }
    return try SymbolNames(read(guess))
  }

  /// Proves that each witness satisfies the circuit, with its public wires as public values; writes the proof file.
  /// - Throws: `CircuitError`, `CircuitProofError`, `ImportError`, `PipelineError`, `StoreError`.
  public static func prove(_ options: Options) throws -> Result {
    let folder = URL(fileURLWithPath: options.output).deletingLastPathComponent().path
    guard access(folder, W_OK | X_OK) == 0 else {
      throw PipelineError(
        .destination, "Nothing can be written in \(TerminalText.quoted(folder)).", remedy: "Choose another place for the proof with --out.")
    }
    let file = try R1CSFile(read(options.circuit))
    guard !options.witnesses.isEmpty else {
      throw PipelineError(
        .claimDoesNotFit, "There is no witness to prove.",
        remedy: "Make one with the circuit's witness generator (circom --wasm or --c) and give the .wtns file after the .r1cs file.")
    }
    guard options.witnesses.count <= 1 << 12 else {
      throw PipelineError(.claimDoesNotFit, "\(options.witnesses.count) witnesses are too many.", remedy: "Prove at most 4096 at a time.")
    }
    let witnesses = try options.witnesses.map { path -> WitnessFile in
      let witness = try WitnessFile(read(path))
      guard witness.prime == file.header.prime else {
        throw PipelineError(
          .claimDoesNotFit,
          "The witness \(TerminalText.quoted(path)) is over the field of \(witness.prime), the circuit over that of \(file.header.prime).",
          remedy: "Make the witness with the circuit's own prime.")
      }
      return witness
    }
    let names = try symbols(options.symbols, besides: options.circuit)
    let job = CircuitJob(options: options, file: file, witnesses: witnesses, names: names)
    switch try CircuitField(file.header.prime) {
    case .goldilocks where options.profile == .p100: return try job.proveLinked(GoldilocksQuadratic.self, .p100)
    case .goldilocks: return try job.proveLinked(GoldilocksCubic.self, .p128)
    case .bn254: return try job.prove(BN254Scalar.self, .p128DegreeOne)
    case .other(let prime): return try prime.withModulus { try job.prove(RuntimePrimeField.self, .p128DegreeOne) }
    }
  }
}

/// One proof over one field.
struct CircuitJob {
  let options: CircuitProofs.Options
  let file: R1CSFile
  let witnesses: [WitnessFile]
  let names: SymbolNames

  /// A circuit whose wires nothing is bound to.
  func prove<E: KernelField>(_: E.Type, _ profile: SoundnessProfile) throws -> CircuitProofs.Result {
    guard options.bindings.isEmpty else {
      throw PipelineError(
        .claimDoesNotFit, "Artefacts are committed over Goldilocks; a circuit over \(file.header.prime) cannot be bound to them.",
        remedy: "Compile the circuit with `circom --prime goldilocks`.")
    }
    return try prove(links: [], artefacts: [], described: [], data: [:], profile) { (session: ProofSession<Production<E>>) in
      try session.prove(ledger: NoOpenings())
    }
  }

  /// A circuit over Goldilocks, perhaps with wires bound to artefacts of the store.
  func proveLinked<E: KernelField>(_ field: E.Type, _ profile: SoundnessProfile) throws -> CircuitProofs.Result where E.Base == Goldilocks {
    guard !options.bindings.isEmpty else { return try prove(E.self, profile) }
    guard witnesses.count == 1 else {
      throw PipelineError(
        .claimDoesNotFit, "Wires of \(witnesses.count) instances cannot be bound in one proof.", remedy: "Prove one witness at a time with --bind.")
    }
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<E>(store: store, profile: profile)
    let links = try options.bindings.flatMap {
      try CircuitBindingText($0).links(names: names, wireCount: file.header.wireCount, rows: { try rows(of: $0, store) })
    }
    var loaded: [CommittedArtefact<E>] = []
    for link in links where !loaded.contains(where: { $0.name == link.artefact }) {
      loaded.append(try vault.load(link.artefact, as: link.artefact, role: "artefact"))
    }
    let manifest = loaded.map { ManifestArtefact($0.description, root: $0.secret.publicPart.root, role: $0.role) }
    let secrets = Dictionary(loaded.map { ($0.name, $0.secret) }) { first, _ in first }
    let purpose = "r1cs prove \(URL(fileURLWithPath: options.circuit).lastPathComponent.prefix(200))"
    return try prove(
      links: links, artefacts: manifest, described: loaded.map(\.masterSecret), data: secrets, profile
    ) { (session: ProofSession<Production<E>>) in
      let bytes = try session.prove(ledger: store, purpose: purpose)
      // Public signals are functions of the linked cells: what they tell is told about every linked artefact.
      let told = try revealed(about: loaded.map(\.identity))
      try store.recordProof(
        ProofEntry(digest: SHA256.hash(bytes), run: nil, size: bytes.count, artefacts: loaded.map(\.identity), revealed: told))
      return bytes
    }
  }

  /// Every public signal, for the store's ledger.
  private func revealed(about identities: [Digest]) throws -> [RevealedValue] {
    let circuit = try file.read(as: Goldilocks.self)
    return try witnesses.flatMap { witness in
      let wires = try witness.read(for: circuit)
      return (0..<circuit.publicCount).map { place in
        var bytes: [UInt8] = []
        wires[place + 1].appendBytes(to: &bytes)
        return RevealedValue(
          claim: "r1cs", label: names.name(ofWire: place + 1), value: DecimalBytes.text(littleEndian: bytes), about: identities)
      }
    }
  }

  private func rows(of artefact: String, _ store: Store) throws -> Int {
    guard case .table(_, let rows)? = ArtefactVault<GoldilocksCubic>.contents(try store.artefact(named: artefact)) else {
      throw PipelineError(
        .claimDoesNotFit, "\(TerminalText.quoted(artefact)) is no table.", remedy: "`zkmlops inspect` on the store lists its artefacts.")
    }
    return rows
  }

  private func prove<E: KernelField>(
    links: [CircuitProof.Link], artefacts: [ManifestArtefact], described masterSecrets: [[UInt8]], data secrets: [String: ArtefactSecret<E>],
    _ profile: SoundnessProfile, _ make: (ProofSession<Production<E>>) throws -> [UInt8]
  ) throws -> CircuitProofs.Result {
    let circuit = try file.read(as: E.Base.self)
    let wires = try witnesses.map { try $0.read(for: circuit) }
    try CircuitField(file.header.prime).check(
      log2Cells: log2Ceiling(wires.count) + log2Ceiling(circuit.wireCount), targetBits: profile.targetBits)
    let publicValues = wires.map { own in
      own.dropFirst().prefix(circuit.publicCount).map { value -> [UInt8] in
        var bytes: [UInt8] = []
        value.appendBytes(to: &bytes)
        return bytes
      }
    }
    var proof = CircuitProof(
      circuit: circuit.digest, file: file.fileDigest, prime: file.header.prime, targetBits: profile.targetBits, publicValues: publicValues,
      artefacts: artefacts, links: links)
    let clock = ContinuousClock()
    let start = clock.now
    let (statement, relation) = try CircuitVerifier.statement(circuit, proof.circuit, proof, profile, E.self)
    do {
      let auxiliary = try R1CSWitness.matrix(relation, wires: wires, artefacts: secrets.mapValues(\.data))
      let seed = ProofSeed.make(statement, auxiliary: auxiliary, masterSecrets: masterSecrets, identities: [])
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary, randomness: Randomness(seed: seed))
      proof.proof = try make(session)
    } catch let error as ProverError { throw refusal(error, circuit, links) }
    let (seconds, attoseconds) = (clock.now - start).components
    let bytes = proof.bytes
    try BundleWriter.writeFile(bytes, to: options.output)
    let texts = publicValues.map { $0.map { DecimalBytes.text(littleEndian: $0) } }
    return CircuitProofs.Result(
      proofByteCount: bytes.count, constraintCount: circuit.constraintCount, prime: file.header.prime,
      seconds: Double(seconds) + Double(attoseconds) / 1e18, outputs: texts.map { Array($0.prefix(circuit.publicOutputCount)) },
      inputs: texts.map { Array($0.dropFirst(circuit.publicOutputCount)) }, links: links)
  }

  /// The path of one of several witnesses.
  private func which(_ instance: Int) -> String {
    options.witnesses.count > 1 && options.witnesses.indices.contains(instance) ? " \(TerminalText.quoted(options.witnesses[instance]))" : ""
  }

  /// A prover's refusal in words, without any value of the witness.
  private func refusal<F: PrimeField>(_ error: ProverError, _ circuit: Circuit<F>, _ links: [CircuitProof.Link]) -> any Error {
    switch error {
    case .unsatisfiedConstraint(let instance, let row):
      PipelineError(
        .claimDoesNotFit,
        "The witness\(which(instance)) does not satisfy constraint \(row): \(circuit.readableConstraint(row, names: names)).",
        remedy: "Nothing was proved. Make the witness with the circuit that is proved.")
    case .unequalBinding(let index, let entry) where links.indices.contains(index):
      PipelineError(
        .claimDoesNotFit,
        "\(names.name(ofWire: links[index].firstWire + entry)) is not row \(links[index].firstRow + entry) of "
          + "\(TerminalText.quoted(links[index].artefact)), column \(TerminalText.quoted(links[index].column)).",
        remedy: "Nothing was proved. Make the witness from the committed values, as stored integers; a negative one is p − |x|.")
    default: error
    }
  }
}
