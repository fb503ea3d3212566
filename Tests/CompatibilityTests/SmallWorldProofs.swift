import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness
import TestSupport

/// The prover's side of `SmallWorld`: fixed data, and proofs from fixed seeds.
struct SmallWorldProver<E: KernelField> {
  let world: SmallWorld
  let secrets: [String: ArtefactSecret<E>]
  let tables: [String: StoredTable]
  let model: LinearModel
  /// Correct predictions.
  let correct: Int64
  let rowLengths: SmallWorld.RowLengths

  init(rowLengths: SmallWorld.RowLengths) throws {
    world = try SmallWorld()
    self.rowLengths = rowLengths
    let architecture = world.architecture
    let weights = (0..<architecture.weightShape.count).map { Int64(($0 * 7_919) % 4_001) - 2_000 }
    model = try LinearModel(architecture: architecture, weights: weights)
    let test = try StoredTable(
      schema: world.test,
      columns: [[18, 75, 30, 41, 52, 63], [0, 20_000, 0, 1_234, 7, 5_000], [0, 1, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [0, 1, 1, 0, 1, 0]])
    let answers = try model.run(test).output("prediction") ?? []
    let predictions = try StoredTable(schema: world.predictions, columns: [answers])
    correct = Int64(zip(test.columns[4], answers).filter { $0 == $1 }.count)
    tables = ["test": test, "predictions": predictions]
    var secrets: [String: ArtefactSecret<E>] = [:]
    for (index, artefact) in world.artefacts.enumerated() {
      let m = artefact.name == "model" ? rowLengths.model : rowLengths.tables
      guard let shape = SmallWorld.shape(m) else { throw ClaimError.inconsistent("shape") }
      let data = MatrixData<E.Base>(layout: MatrixLayout(name: artefact.name, log2RowLength: m, tensors: artefact.contents.tensors))
      if let table = tables[artefact.name] {
        for (column, values) in table.columns.enumerated() { data.set("c\(column)", values.map { E.Base(signed: $0) }) }
      } else {
        data.set("W", weights.map { E.Base(signed: $0) })
      }
      secrets[artefact.name] = ArtefactSecret<E>(
        kind: artefact.contents.kind, format: artefact.contents.format, shape: shape, data: data,
        seed: [UInt8](repeating: UInt8(index + 1), count: 32))
    }
    self.secrets = secrets
  }

  var identities: [String: Digest] { secrets.mapValues { $0.publicPart.identity } }

  func prove(_ claims: SmallWorld.Claims, _ profile: SoundnessProfile, seed: UInt8 = 9) throws -> [UInt8] {
    let (statement, relation, compiled) = try world.statement(
      claims, E.self, profile: profile, rowLengths: rowLengths, identities: identities, correct: correct)
    let executions = try compiled.programs.map { claim -> Execution in
      var inputs = claim.publicInputs
      for (role, name) in claim.roles {
        if let table = tables[name] { inputs.merge(table.inputs(artefact: role)) { $1 } } else { inputs[.tensor(artefact: role)] = model.weights }
      }
      return try Interpreter.run(claim.program, inputs: inputs)
    }
    let auxiliary = WitnessFiller<E>.fill(relation, executions: executions, artefacts: secrets.mapValues(\.data))
    let opened = secrets.filter { name, _ in compiled.artefacts.contains { $0.name == name } }
    return try ProofSession<Production<E>>(
      statement: statement, relation: relation, secrets: opened, auxiliary: auxiliary,
      randomness: Randomness(seed: [UInt8](repeating: seed, count: 32))
    ).prove()
  }
}
