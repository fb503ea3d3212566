import Claims
import Programs
import ProofSystem
import TestSupport
import Testing

/// Programs that were made to be proved as others than they are, or to stop a verifier.
@Suite("Networks made to mislead or to stop a verifier")
struct NetworkAttackTests {
  private func masked(_ source: [ViewAxis], dimensions: [Int], weights count: Int) throws -> NetworkModel {
    var samples = NetworkSamples(77)
    let x = try samples.reshape(try samples.input("x", 3, -9...9), 1, 3)
    let w = try samples.weights(count, -50...50)
    let view = TensorView(.axes(dimensions: dimensions, source: source), shape: try #require(TensorShape(rows: 3, columns: 4)))
    let seen = try samples.add(.view(view), [w])
    try samples.output("y", try samples.reshape(try samples.add(.matrixMultiply(MatrixMultiply()), [x, seen]), 4))
    return try samples.model()
  }

  @Test("a view that fills rows in is no transposition: the answer is the program's, not that of all weights") func mask() throws {
    let full = ViewAxis(extent: 12, stride: 1, terms: [ViewAxis.Term(axis: 0, step: 4), ViewAxis.Term(axis: 1, step: 1)])
    let rows = ViewAxis(extent: 1, stride: 0, terms: [ViewAxis.Term(axis: 0, step: 1)])
    let model = try masked([full, rows], dimensions: [3, 4], weights: 12)
    let whole = try masked([full], dimensions: [3, 4], weights: 12)
    let inputs = ["x": [Int64](arrayLiteral: 1, 5, -3)]
    try NetworkHarness(model: model).check(rows: 1, inputs)
    let claim = try NetworkHarness(model: whole).published(rows: 1, inputs)
    #expect(try claim.outputs != NetworkHarness(model: model).published(rows: 1, inputs).outputs)
    let harness = NetworkHarness(model: model)
    let honest = try harness.published(rows: 1, inputs)
    #expect(throws: (any Error).self) { try NetworkHarness.check(try harness.instance([claim], hidden: [inputs], honest: honest)) }
    // Everything filled in: an axis of one entry that begins beyond it.
    let beyond = ViewAxis(extent: 1, stride: 0, start: 1, terms: [])
    try NetworkHarness(model: try masked([full, beyond], dimensions: [3, 4], weights: 12)).check(rows: 2, ["x": [1, 5, -3, 2, 2, 2]])
  }

  @Test("a slice with an axis of one entry proves as the slice that it is") func slice() throws {
    let axis = ViewAxis(extent: 12, stride: 1, terms: [ViewAxis.Term(axis: 1, step: 4), ViewAxis.Term(axis: 2, step: 1)])
    try NetworkHarness(model: try masked([axis], dimensions: [1, 3, 4], weights: 24)).check(rows: 1, ["x": [4, 0, -9]])
    let view = TensorView(.axes(dimensions: [1, 3, 4], source: [axis]), shape: try #require(TensorShape(rows: 3, columns: 4)))
    #expect(view.permutation(sourceCount: 24) == nil)
    let squeezed = try #require(view.permutation(sourceCount: 12)?.squeezed)
    #expect(squeezed.dimensions == [3, 4] && squeezed.explains(Array(0..<12)) && !squeezed.explains(Array(0..<12).reversed()))
    let transposed = ViewAxis(extent: 12, stride: 1, terms: [ViewAxis.Term(axis: 0, step: 1), ViewAxis.Term(axis: 1, step: 4)])
    let turned = TensorView(.axes(dimensions: [4, 3], source: [transposed]), shape: try #require(TensorShape(rows: 4, columns: 3)))
    let list = try #require(TensorView.positions(turned.map, sourceCount: 12))
    #expect(try #require(turned.permutation(sourceCount: 12)?.squeezed).explains(list) && list != Array(0..<12))
  }

  @Test("max(0, x) that its table clamps or saturates is proved as the table", arguments: [0, 1, 2]) func clamped(kind: Int) throws {
    var samples = NetworkSamples(5)
    let (bits, domain, range): (Int, ClosedRange<Int64>, ClosedRange<Int64>) =
      [(0, -10...(-5), -10...(-5)), (-30, -64...63, 0...63), (-10, -8_192...8_191, 0...8_191)][kind]
    let x = try samples.input("x", 4, domain)
    let w = try samples.weights(4, 0...0)
    let table = TableLookup(
      function: .elementary(.leakyRelu(0), inputFractionBits: bits, outputFractionBits: bits, range: IntegerRange(range)),
      domain: IntegerRange(domain))
    let sum = try samples.add(.affine(Affine(coefficients: [1, 1], constant: 0)), [x, w])
    try samples.output("y", try samples.add(.table(table), [sum]))
    let rows = [domain.lowerBound, domain.upperBound, domain.lowerBound + 1, domain.upperBound - 1]
    try NetworkHarness(model: try samples.model()).check(rows: 1, ["x": rows])
  }

  @Test("sums of sums are laid out in no more steps than there are") func doubling() throws {
    var samples = NetworkSamples(6)
    var x = try samples.input("x", 1, 0...1)
    let w = try samples.weights(1, 0...1)
    x = try samples.add(.affine(Affine(coefficients: [1, 1], constant: 0)), [x, w])
    for _ in 0..<45 { x = try samples.add(.affine(Affine(coefficients: [1, 1], constant: 0)), [x, x]) }
    try samples.output("y", x)
    try NetworkHarness(model: try samples.model()).check(rows: 1, ["x": [1]])
  }

  @Test("views of many axes, or with coordinates beyond all bounds, are refused") func hostileViews() {
    let step = ViewAxis(extent: 1, stride: 0, terms: [ViewAxis.Term(axis: 0, step: 1 << 31)])
    #expect(TensorView.positions(.axes(dimensions: [1 << 21], source: [step]), sourceCount: 1) == nil)
    let flat = ViewAxis(extent: 1, stride: 0, terms: [])
    #expect(TensorView.positions(.axes(dimensions: [1], source: [ViewAxis](repeating: flat, count: 33)), sourceCount: 1) == nil)
    #expect(TensorView.positions(.axes(dimensions: [Int](repeating: 1, count: 33), source: [flat]), sourceCount: 1) == nil)
    #expect(TensorView.positions(.axes(dimensions: [2, 2], source: [flat]), sourceCount: 1) == [0, 0, 0, 0])
  }

  @Test("views of the least integer, of many unit axes, and of axes that nothing moves are refused or read at once") func extremes() throws {
    for axis in [
      ViewAxis(extent: 1, stride: 0, start: .min, terms: []), ViewAxis(extent: 1, stride: 0, terms: [ViewAxis.Term(axis: 0, step: .min)]),
    ] { #expect(TensorView.positions(.axes(dimensions: [2], source: [axis]), sourceCount: 4) == nil) }
    // 2^22 entries with 31 carries each would take minutes.
    let idle = ViewAxis(extent: 3, stride: 1, start: 2, terms: [])
    let unit = ViewAxis(extent: 2, stride: 3, start: 1, terms: [ViewAxis.Term(axis: 1, step: 5)])
    let dimensions = [1 << 22] + [Int](repeating: 1, count: 31)
    let list = try #require(TensorView.positions(.axes(dimensions: dimensions, source: [idle, unit]), sourceCount: 6))
    #expect(list.count == 1 << 22 && list.allSatisfy { $0 == 5 })
    let beyond = ViewAxis(extent: 2, stride: 1, start: 2, terms: [])
    #expect(TensorView.positions(.axes(dimensions: [3, 1], source: [idle, beyond]), sourceCount: 6) == [-1, -1, -1])
  }

  @Test("columns doubled again and again are one group; more groups than a program may have, and long names, are refused") func growth() throws {
    var builder = ProgramBuilder()
    func input(_ name: String, _ range: ClosedRange<Int64>, _ builder: inout ProgramBuilder) throws -> NodeReference {
      let shape = try #require(TensorShape(rows: 1, columns: 1))
      return try builder.add(name, .input(Input(binding: .tensor(artefact: name), range: IntegerRange(range), shape: shape)))
    }
    let (x, y) = (try input("x", 0...9, &builder), try input("y", -3...3, &builder))
    var (same, mixed) = (x, try builder.add("xy", .concatenateColumns(ConcatenateColumns()), [x, y]))
    for step in 0..<12 { same = try builder.add("same\(step)", .concatenateColumns(ConcatenateColumns()), [same, same]) }
    let bounds = try builder.build().analyse()
    #expect(bounds.last?.values.groups == [.independent(count: 4_096, range: IntegerRange(0...9))])
    for step in 0..<21 { mixed = try builder.add("mixed\(step)", .concatenateColumns(ConcatenateColumns()), [mixed, mixed]) }
    #expect(throws: ProgramError.self) { try builder.build().analyse() }
    #expect(throws: ProgramError.self) { try input(String(repeating: "n", count: 1_025), 0...1, &builder) }
    #expect(throws: ProgramError.self) { try builder.output(String(repeating: "n", count: 1_025), x) }
  }

  @Test("nothing is claimed of an input that the network does not read") func unread() throws {
    var samples = NetworkSamples(8)
    let x = try samples.input("x", 2, 0...9)
    let w = try samples.weights(2, 0...9)
    try samples.output("y", try samples.add(.affine(Affine(coefficients: [1, 1], constant: 0)), [x, w]))
    let own = try samples.model()
    let idle = NetworkInput(name: "idle", dimensions: [1], unit: .one, range: IntegerRange(0...9))
    let architecture = try NetworkArchitecture(
      program: own.architecture.program, inputs: own.architecture.inputs + [idle], outputs: own.architecture.outputs,
      parameters: own.architecture.parameters)
    let harness = NetworkHarness(model: try NetworkModel(architecture: architecture, values: own.values))
    let inputs = ["x": [Int64](arrayLiteral: 3, 4)]
    try NetworkHarness.check(
      try harness.instance([try harness.published(rows: 1, inputs.merging(["idle": [1]]) { $1 }).reading("x")], hidden: [inputs]))
    for source in [NetworkInference.Source.hidden, .published([1]), .columns(table: "nothing", columns: ["none"])] {
      let claim = NetworkInference(model: "net", rows: 1, inputs: ["x": .hidden, "idle": source], outputs: ["y": .published([0, 0])])
      #expect(throws: ClaimError.self) { try harness.instance([claim], hidden: [inputs]) }
    }
  }
}

extension NetworkInference {
  /// The same with one input alone.
  fileprivate func reading(_ name: String) -> NetworkInference {
    NetworkInference(model: model, rows: rows, inputs: inputs.filter { $0.key == name }, outputs: outputs)
  }
}
