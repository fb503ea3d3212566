import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import R1CS
import TestSupport

/// A circuit with values that satisfy it.
struct SampleCircuit<F: PrimeField>: Sendable {
  var circuit: Circuit<F>
  var wires: [F]
  var publicValues: [F] { Array(wires[1...].prefix(circuit.publicCount)) }
  /// Stands for the circuit in statements of these tests.
  var digest: Digest { Self.digest(circuit) }

  static func digest(_ circuit: Circuit<F>) -> Digest {
    var bytes: [UInt8] = []
    for matrix in [circuit.a, circuit.b, circuit.c] {
      for word in matrix.rowStarts + matrix.columns { for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * UInt32(shift)))) } }
      for value in matrix.values { value.appendBytes(to: &bytes) }
    }
    return SHA256.hash(bytes)
  }
}

/// Random circuits: constraint i multiplies two random combinations and defines one wire; some rows are linear, some empty.
enum SampleCircuits {
  typealias Row<F> = [(column: Int, value: F)]

  static func matrix<F: PrimeField>(_ rows: [Row<F>], columnCount: Int) -> SparseMatrix<F> {
    var starts: [UInt32] = [0]
    var columns: [UInt32] = []
    var values: [F] = []
    for row in rows {
      for entry in row.sorted(by: { $0.column < $1.column }) {
        columns.append(UInt32(entry.column))
        values.append(entry.value)
      }
      starts.append(UInt32(columns.count))
    }
    guard let out = SparseMatrix(rowStarts: starts, columns: columns, values: values, columnCount: columnCount) else {
      preconditionFailure("rows of a matrix")
    }
    return out
  }

  static func circuit<F: PrimeField>(_ rows: [[Row<F>]], columnCount: Int, outputs: Int = 0, inputs: Int) -> Circuit<F> {
    let parts = rows.map { matrix($0, columnCount: columnCount) }
    guard let out = Circuit(a: parts[0], b: parts[1], c: parts[2], publicOutputCount: outputs, publicInputCount: inputs) else {
      preconditionFailure("matrices of a circuit")
    }
    return out
  }

  /// - Parameters:
  ///   - free: wires that no constraint defines, the public ones first.
  ///   - inputs: values of the free wires; random when nil.
  static func random<F: PrimeField>(
    _: F.Type, constraints: Int, free: Int, publicCount: Int, seed: UInt64, inputs: [F]? = nil
  ) -> SampleCircuit<F> {
    var generator = SeededGenerator(seed: seed)
    var shape = SeededGenerator(seed: seed &+ 1)
    var wires: [F] = [.one] + (inputs ?? (0..<free).map { _ in generator.element() })
    var rows: [[Row<F>]] = [[], [], []]
    func coefficient() -> F {
      switch shape.next() % 4 {
      case 0: .one
      case 1: -.one
      default: shape.element()
      }
    }
    for index in 0..<constraints {
      var sums: [F] = []
      for matrix in 0..<3 {
        // Empty rows in A or B now and then: their product is zero.
        let count = matrix < 2 && shape.next() % 8 == 0 ? 0 : 1 + Int(shape.next() % 3)
        var columns: Set<Int> = []
        while columns.count < min(count, wires.count) { columns.insert(Int(shape.next() % UInt64(wires.count))) }
        let row: Row<F> = columns.sorted().map { ($0, coefficient()) }
        sums.append(row.reduce(.zero) { $0 + $1.value * wires[$1.column] })
        rows[matrix].append(row)
      }
      // The last constraint may define nothing: then its own C is the product on the constant wire.
      let rest = sums[0] * sums[1] - sums[2]
      rows[2][index].append((wires.count, .one))
      wires.append(rest)
    }
    return SampleCircuit(circuit: circuit(rows, columnCount: wires.count, inputs: publicCount), wires: wires)
  }
}

/// Statements over circuits with everything their prover needs.
enum R1CSInstances {
  /// - Parameters:
  ///   - wires: per instance; the public values are theirs unless stated.
  ///   - artefacts: data of the tensors `c0`, `c1`, … of the artefacts that bindings name.
  static func make<E: ToyField>(
    _: E.Type, _ circuit: Circuit<E.Base>, wires: [[E.Base]], publicValues: [[E.Base]]? = nil, digest: Digest? = nil,
    bindings: (([String: MatrixLayout]) -> [R1CSBinding])? = nil, artefacts: [(name: String, columns: [[E.Base]])] = [], m: Int = 5,
    openings: Int = 1
  ) throws -> ToyInstance<E> {
    let shape = try ToyParts.shape("S", m: m, log2Length: m + 3, rowBits: m - 1, openings: openings, profile: E.toyProfile)
    var layouts: [String: MatrixLayout] = [:]
    var secrets: [String: ArtefactSecret<E>] = [:]
    for (index, artefact) in artefacts.enumerated() {
      let tensors = artefact.columns.enumerated().map { TensorLayout("c\($0.offset)", [log2Ceiling($0.element.count)]) }
      let layout = MatrixLayout(name: artefact.name, log2RowLength: m, tensors: tensors)
      layouts[artefact.name] = layout
      let columns = Dictionary(uniqueKeysWithValues: artefact.columns.enumerated().map { ("c\($0.offset)", $0.element) })
      secrets[artefact.name] = ArtefactSecret(
        kind: "table", format: .dictionary([:]), shape: shape, data: ToyParts.matrix(layout, columns), seed: ToyRandom.seed(300 + index))
    }
    let matrices = artefacts.compactMap { artefact in layouts[artefact.name].map { RelationMatrix(name: artefact.name, shape: "S", layout: $0) } }
    let relation = try R1CSRelation<E>(
      circuit: circuit, digest: digest ?? SampleCircuit.digest(circuit),
      publicValues: publicValues ?? wires.map { Array($0[1...].prefix(circuit.publicCount)) }, bindings: bindings?(layouts) ?? [],
      matrices: matrices, log2RowLength: m)
    let statement = try Statement<E>(
      profile: E.toyProfile, shapes: [shape], primary: "S",
      levels: ToyParts.levels([shape], rowBits: m - 1, finalBits: 2, profile: E.toyProfile), relation: relation,
      artefacts: ToyParts.references(secrets))
    return ToyInstance(statement: statement, relation: relation, secrets: secrets, auxiliary: unchecked(relation, wires))
  }

  /// Wires as they are, true or false.
  static func unchecked<E: ToyField>(_ relation: R1CSRelation<E>, _ wires: [[E.Base]]) -> MatrixData<E.Base> {
    let data = MatrixData<E.Base>(layout: relation.auxiliary)
    let tensor = data.tensor("z")
    for (instance, own) in wires.enumerated() { for (wire, value) in own.enumerated() { tensor[instance << relation.wireBits + wire] = value } }
    return data
  }

  static func sample<E: ToyField>(
    _ field: E.Type, constraints: Int = 5, free: Int = 3, publicCount: Int = 2, instances: Int = 1, seed: UInt64 = 1
  ) throws -> ToyInstance<E> {
    let circuit = SampleCircuits.random(E.Base.self, constraints: constraints, free: free, publicCount: publicCount, seed: seed).circuit
    let wires = (0..<instances).map { instance in
      var generator = SeededGenerator(seed: 77 + UInt64(instance))
      let inputs: [E.Base] = (0..<free).map { _ in generator.element() }
      return SampleCircuits.random(
        E.Base.self, constraints: constraints, free: free, publicCount: publicCount, seed: seed, inputs: inputs
      ).wires
    }
    return try make(field, circuit, wires: wires, m: max(5, log2Ceiling(instances) + log2Ceiling(circuit.wireCount) - 3))
  }
}

/// Dishonest provers of circuits, and verifiers that leave a claim out.
struct TamperedR1CS<E: ToyField>: ProvableRelation {
  var honest: R1CSRelation<E>
  /// Wires that satisfy nothing are proved all the same.
  var isDishonest = true
  /// Claims left out: 0 is the public one, then one for each binding, the last is the one on the matrices.
  var omittedClaim: Int?
  /// What is sent in place of a, b, c.
  var factors: (@Sendable ([E]) -> [E])?

  var descriptor: CanonicalValue { honest.descriptor }
  var matrices: [RelationMatrix] { honest.matrices }
  var auxiliary: MatrixLayout { honest.auxiliary }
  var lookupDegree: Int { honest.lookupDegree }
  var pointVariables: Int { honest.pointVariables }
  var uncommittedDegree: Int { honest.uncommittedDegree }
  var transcriptPaddingCells: Int { honest.transcriptPaddingCells }

  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E {
    var claims = try honest.verify(&channel)
    if let omittedClaim { claims.remove(at: omittedClaim) }
    return claims
  }

  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    try honest.prove(&channel, witness, refusesFalseWires: !isDishonest, factors: factors ?? { $0 })
  }
}
