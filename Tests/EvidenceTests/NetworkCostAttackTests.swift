import Claims
import Evidence
import Fields
import Hashing
import Programs
import ProofSystem
import Testing

/// Small statements that would take a verifier minutes, or gigabytes: each costs more than a bundle may.
@Suite("Networks that are made to cost much") struct NetworkCostAttackTests {
  /// A network under construction, with one visible input of a single number.
  private struct Network {
    var builder = ProgramBuilder()
    var parameters: [NetworkParameter] = []
    var read: [NodeReference] = []
    private var count = 0
    let bit = IntegerRange(0...1)

    static func shape(_ rows: Int, _ columns: Int = 1) throws -> TensorShape { try #require(TensorShape(rows: rows, columns: columns)) }

    init() throws {
      read = [try builder.add("x", .input(Input(binding: .tensor(artefact: "input.x"), range: bit, shape: try Self.shape(1))))]
    }

    mutating func parameter(_ rows: Int, _ columns: Int, _ dimensions: [Int]) throws -> NodeReference {
      let name = "w\(parameters.count)"
      parameters.append(NetworkParameter(name: name, dimensions: dimensions, range: bit))
      return try builder.add(name, .input(Input(binding: .tensor(artefact: name), range: bit, shape: try Self.shape(rows, columns))))
    }

    mutating func add(_ operation: Operator, _ operands: [NodeReference]) throws -> NodeReference {
      count += 1
      return try builder.add("n\(count)", operation, operands)
    }

    /// Entry `index` of a node is part of the output.
    mutating func show(_ node: NodeReference, _ index: Int = 0) throws {
      read.append(try add(.view(TensorView(.list([index]), shape: try Self.shape(1))), [node]))
    }

    /// Units that its inference on one row costs, with an input that nobody sees.
    mutating func cost() throws -> Int {
      let all = try add(.concatenateColumns(ConcatenateColumns()), read)
      try builder.output("y", all)
      let architecture = try NetworkArchitecture(
        program: builder.build(), inputs: [NetworkInput(name: "x", dimensions: [1], unit: .one, range: bit)],
        outputs: [NetworkOutput(name: "y", dimensions: [read.count], unit: .one)], parameters: parameters)
      let shape = try #require(CodeShapes.shape(log2RowLength: 19, field: Goldilocks.self))
      let contents = ArtefactContents.network(architecture)
      let root = SHA256.hash(Array("net".utf8))
      let commitment = Artefact(
        kind: contents.kind, shape: shape, layout: MatrixLayout(name: "net", log2RowLength: 19, tensors: contents.tensors), format: contents.format,
        root: root, field: Goldilocks.self, placement: nil)
      let artefact = ArtefactDescription(name: "net", contents: contents, shape: shape, identity: commitment.identity, root: root, placement: nil)
      let claim = NetworkInference(
        model: "net", rows: 1, inputs: ["x": .hidden], outputs: ["y": .published([Int64](repeating: 0, count: read.count))])
      return StatementCost.of(.data(.network(claim)), ["net": artefact])
    }
  }

  @Test("many single entries of one large tensor") func slices() throws {
    var network = try Network()
    let w = try network.parameter(1 << 22, 1, [1 << 22])
    for index in 0..<100 { try network.show(w, index) }
    #expect(try network.cost() > StatementCaps.bundleCost)
  }

  @Test("many maxima of one large tensor") func maxima() throws {
    var network = try Network()
    let w = try network.parameter(1, 1 << 20, [1 << 20])
    for _ in 0..<20 { network.read.append(try network.add(.rowMaximum(RowMaximum()), [w])) }
    #expect(try network.cost() > StatementCaps.bundleCost)
  }

  @Test("a hidden tensor times a constant that is reshaped first is written out", arguments: [65_536, 1 << 20]) func reshaped(_ rows: Int) throws {
    var network = try Network()
    let w = try network.parameter(rows, 127, [rows, 127])
    let constant = try network.add(.constant(Constant(.uniform(1), shape: try Network.shape(1, 127))), [])
    let turned = try network.add(.view(.reshape(to: try Network.shape(127, 1))), [constant])
    try network.show(try network.add(.matrixMultiply(MatrixMultiply()), [w, turned]))
    #expect(try network.cost() > rows * 127 / 8)
  }

  @Test("dimensions just above a power of two cost what they are padded to") func padded() throws {
    var network = try Network()
    let w = try network.parameter(531_441, 1, [9, 9, 9, 9, 9, 9])
    try network.show(w)
    #expect(try network.cost() > StatementCaps.bundleCost)
  }

  @Test("every product that reads a tensor of many pieces costs them") func products() throws {
    var network = try Network()
    let w = try network.parameter(16_383, 127, [16_383, 127])
    let u = try network.parameter(1, 16_383, [16_383])
    for _ in 0..<2_000 {
      try network.show(try network.add(.matrixMultiply(MatrixMultiply()), [u, w]))
    }
    #expect(try network.cost() > StatementCaps.bundleCost)
  }
}
