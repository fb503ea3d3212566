import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness
import TestSupport

/// Commits a network, proves inferences of it, and verifies the bytes.
struct NetworkHarness {
  typealias E = GoldilocksCubic

  struct Instance {
    let statement: Statement<E>
    let relation: ClaimRelation<E>
    let secrets: [String: ArtefactSecret<E>]
    let auxiliary: MatrixData<Goldilocks>
  }

  let model: NetworkModel
  var tables: [String: StoredTable] = [:]
  var profile = TestProfile.toy
  /// log2 of a row of the test's code.
  var rowBits = 9

  func shape() throws -> CodeShape {
    if profile.targetBits > 100 {
      guard let shape = CodeShapes.shape(log2RowLength: rowBits, field: Goldilocks.self) else { throw ClaimError.tooLarge("shape") }
      return shape
    }
    guard let shape = CodeShape(name: "S", log2RowLength: rowBits, tailCount: 64, log2Length: rowBits + 3) else { throw ClaimError.tooLarge("shape") }
    return shape
  }

  /// - dropped: names of constraints that neither side has.
  /// - forge: changes the honest record, which is made for `honest` instead of the claim itself.
  func instance(
    _ claims: [NetworkInference], hidden: [[String: [Int64]]] = [], dropped: Set<String> = [], wellFormed: Bool = false,
    honest: NetworkInference? = nil, forge: ((inout [String: [Int64]]) -> Void)? = nil
  ) throws -> Instance {
    let shape = try shape()
    var descriptions: [ArtefactDescription] = []
    var secrets: [String: ArtefactSecret<E>] = [:]
    let mentioned = Set(claims.flatMap(\.artefacts))
    func add(_ name: String, _ contents: ArtefactContents, _ fill: (MatrixData<Goldilocks>) -> Void) {
      guard mentioned.contains(name) else { return }
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors))
      fill(data)
      data.fillPadding(of: contents, seed: [UInt8](repeating: 5, count: 32))
      let secret = ArtefactSecret<E>(
        kind: contents.kind, format: contents.format, shape: shape, data: data, seed: [UInt8](repeating: UInt8(40 + descriptions.count), count: 32))
      secrets[name] = secret
      descriptions.append(ArtefactDescription(name: name, contents: contents, shape: shape, identity: secret.publicPart.identity))
    }
    for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
      add(name, .table(table.schema, rowCount: table.rowCount)) { data in
        for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
      }
    }
    add("net", .network(model.architecture)) { $0.fill(model) }
    let all: [ClaimStatement] = claims.map { .data(.network($0)) } + (wellFormed ? [.wellFormed(artefact: "net")] : [])
    let compiled = try CompiledClaims(claims: all, artefacts: descriptions).dropping(dropped)
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: profile, context: [], field: E.self)
    var inputs: [NetworkInference: [String: [Int64]]] = [:]
    for (claim, own) in zip(honest.map { [$0] } ?? claims, hidden) { inputs[claim] = own }
    let source = DataTables(
      tables: tables, identities: Dictionary(uniqueKeysWithValues: descriptions.map { ($0.name, $0.identity) }), networks: ["net": model],
      hiddenInputs: inputs)
    var records = try honest.map { [try $0.record(source)] } ?? compiled.records(source)
    if let forge { forge(&records[0]) }
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: records, artefacts: secrets.mapValues(\.data))
    return Instance(statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary)
  }

  /// The proof of a fixed seed.
  static func prove(_ instance: Instance) throws -> [UInt8] {
    try ProofSession<Production<E>>(
      statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
      randomness: Randomness(seed: [UInt8](repeating: 3, count: 32))
    ).prove()
  }

  /// Proves and verifies; throws what the verifier throws.
  static func check(_ instance: Instance) throws {
    _ = try ProofVerifier.verify(instance.statement, proof: try prove(instance), configuration: Production<E>.self)
  }

  /// Hidden inputs, published outputs as the interpreter gives them; proved and verified.
  func check(rows: Int, _ inputs: [String: [Int64]], outputs names: [String]? = nil) throws {
    try Self.check(try instance([try published(rows: rows, inputs, outputs: names)], hidden: [inputs]))
  }

  /// The claim that publishes what the interpreter gives.
  func published(rows: Int, _ inputs: [String: [Int64]], outputs names: [String]? = nil) throws -> NetworkInference {
    let outputs = try model.run(rows: rows, inputs: inputs)
    var targets: [String: NetworkInference.Target] = [:]
    for (name, values) in outputs where names?.contains(name) ?? true { targets[name] = .published(values) }
    return NetworkInference(model: "net", rows: rows, inputs: inputs.mapValues { _ in .hidden }, outputs: targets)
  }
}

/// Builds small networks with weights of a fixed sequence.
struct NetworkSamples {
  var builder = ProgramBuilder()
  private var state: UInt64
  private var hidden: [(name: String, range: IntegerRange)] = []
  private var values: [[Int64]] = []
  private var inputs: [NetworkInput] = []
  private var outputs: [NetworkOutput] = []
  private var count = 0

  init(_ seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

  mutating func next(_ range: ClosedRange<Int64>) -> Int64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + Int64((state >> 33) % UInt64(range.upperBound - range.lowerBound + 1))
  }

  mutating func numbers(_ count: Int, _ range: ClosedRange<Int64>) -> [Int64] {
    var out: [Int64] = []
    for _ in 0..<count { out.append(next(range)) }
    return out
  }

  mutating func add(_ operation: Operator, _ operands: [NodeReference] = []) throws -> NodeReference {
    count += 1
    return try builder.add("n\(count)", operation, operands)
  }

  mutating func input(_ name: String, _ count: Int, _ range: ClosedRange<Int64>) throws -> NodeReference {
    let own = IntegerRange(range)
    inputs.append(NetworkInput(name: name, dimensions: [count], unit: .one, range: own))
    guard let shape = TensorShape(rows: count) else { throw ProgramError.unknownName(name) }
    return try add(.input(Input(binding: .tensor(artefact: "input.\(name)"), range: own, shape: shape)))
  }

  mutating func weights(_ count: Int, _ range: ClosedRange<Int64>) throws -> NodeReference { try weights(numbers(count, range), range) }

  /// A hidden tensor with these values.
  mutating func weights(_ own: [Int64], _ range: ClosedRange<Int64>) throws -> NodeReference {
    let name = "weights.\(hidden.count)"
    hidden.append((name, IntegerRange(range)))
    values.append(own)
    guard let shape = TensorShape(rows: own.count) else { throw ProgramError.unknownName(name) }
    return try add(.input(Input(binding: .tensor(artefact: name), range: IntegerRange(range), shape: shape)))
  }

  mutating func reshape(_ node: NodeReference, _ rows: Int, _ columns: Int = 1) throws -> NodeReference {
    guard let shape = TensorShape(rows: rows, columns: columns) else { throw ProgramError.unknownName("shape") }
    return try add(.view(.reshape(to: shape)), [node])
  }

  /// Entries by position.
  mutating func gather(_ node: NodeReference, _ positions: [Int]) throws -> NodeReference {
    guard let shape = TensorShape(rows: positions.count) else { throw ProgramError.unknownName("shape") }
    return try add(.view(TensorView(.list(positions), shape: shape)), [node])
  }

  /// x [1, inner] times w [inner, columns], with a bias, rounded to `bits` bits.
  mutating func dense(_ x: NodeReference, _ inner: Int, _ columns: Int, shift: Int, bits: Int) throws -> NodeReference {
    let w = try weights(inner * columns, -100...100)
    let bias = try weights(columns, -3_000...3_000)
    let product = try add(
      .batchMatrixMultiply(BatchMatrixMultiply(batch: 1, rows: 1, inner: inner, columns: columns, isLeftBatched: true, isRightBatched: true)), [x, w])
    let flat = try reshape(product, columns)
    let sum = try add(.affine(Affine(coefficients: [1, 1], constant: 7)), [flat, bias])
    return try rescale(sum, shift: shift, bits: bits)
  }

  mutating func rescale(_ x: NodeReference, shift: Int, bits: Int) throws -> NodeReference {
    let half = Int64(1) << Int64(bits - 1)
    return try add(.rescale(Rescale(shift: shift, range: IntegerRange(-half...(half - 1)))), [x])
  }

  mutating func relu(_ x: NodeReference, bits: Int) throws -> NodeReference {
    let half = Int64(1) << Int64(bits - 1)
    return try add(.table(TableLookup(function: .relu, domain: IntegerRange(-half...(half - 1)))), [x])
  }

  mutating func output(_ name: String, _ node: NodeReference) throws {
    try builder.output(name, node)
    outputs.append(NetworkOutput(name: name, dimensions: [node.shape.count], unit: .one))
  }

  func model() throws -> NetworkModel {
    try NetworkModel(
      architecture: try NetworkArchitecture(program: builder.build(), inputs: inputs, outputs: outputs, hidden: hidden), values: values)
  }
}
