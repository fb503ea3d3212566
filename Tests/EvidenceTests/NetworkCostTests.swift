import Claims
import Evidence
import Fields
import Hashing
import Programs
import ProofSystem
import Testing

@Suite("Cost of claims about networks") struct NetworkCostTests {
  /// How a product reads the hidden matrix [inner, columns].
  enum Reading: CaseIterable {
    case direct, reshaped, transposed, twice, published
  }

  private static let inner = 512

  /// y = x·W with an input of 512 entries.
  private func architecture(columns: Int, _ reading: Reading) throws -> NetworkArchitecture {
    var builder = ProgramBuilder()
    let count = Self.inner * columns
    let (range, small) = (IntegerRange(-8...7), IntegerRange(-128...127))
    func shape(_ rows: Int, _ columns: Int = 1) throws -> TensorShape { try #require(TensorShape(rows: rows, columns: columns)) }
    let x = try builder.add("x", .input(Input(binding: .tensor(artefact: "input.x"), range: small, shape: shape(Self.inner))))
    let w = try builder.add("w", .input(Input(binding: .tensor(artefact: "w"), range: range, shape: shape(count))))
    var factor = w
    switch reading {
    case .reshaped: factor = try builder.add("reshaped", .view(.reshape(to: shape(Self.inner, columns))), [w])
    case .transposed:
      let axes = [
        ViewAxis(extent: columns, stride: Self.inner, terms: [.init(axis: 1, step: 1)]),
        ViewAxis(extent: Self.inner, stride: 1, terms: [.init(axis: 0, step: 1)]),
      ]
      factor = try builder.add(
        "turned", .view(TensorView(.axes(dimensions: [Self.inner, columns], source: axes), shape: shape(count))), [w])
    default: break
    }
    let product = BatchMatrixMultiply(batch: 1, rows: 1, inner: Self.inner, columns: columns, isLeftBatched: true, isRightBatched: true)
    let y = try builder.add("y", .batchMatrixMultiply(product), [x, factor])
    try builder.output("y", y)
    var outputs = [NetworkOutput(name: "y", dimensions: [columns], unit: .one)]
    if reading == .twice {
      try builder.output("z", try builder.add("z", .affine(Affine(coefficients: [2], constant: 0)), [w]))
      outputs.append(NetworkOutput(name: "z", dimensions: [count], unit: .one))
    }
    if reading == .published {
      try builder.output("w", w)
      outputs.append(NetworkOutput(name: "w", dimensions: [count], unit: .one))
    }
    return try NetworkArchitecture(
      program: builder.build(), inputs: [NetworkInput(name: "x", dimensions: [Self.inner], unit: .one, range: small)], outputs: outputs,
      hidden: [("w", range)])
  }

  private func artefact(_ contents: ArtefactContents) throws -> ArtefactDescription {
    let shape = try #require(CodeShapes.shape(log2RowLength: 19, field: Goldilocks.self))
    let root = SHA256.hash(Array("net".utf8))
    let commitment = Artefact(
      kind: contents.kind, shape: shape, layout: MatrixLayout(name: "net", log2RowLength: 19, tensors: contents.tensors), format: contents.format,
      root: root, field: Goldilocks.self, placement: nil)
    return ArtefactDescription(name: "net", contents: contents, shape: shape, identity: commitment.identity, root: root, placement: nil)
  }

  private func claims(columns: Int) -> [ClaimStatement] {
    let inference = NetworkInference(
      model: "net", rows: 1, inputs: ["x": .hidden], outputs: ["y": .published([Int64](repeating: 0, count: columns))])
    return [.wellFormed(artefact: "net"), .data(.network(inference))]
  }

  private func cost(_ statements: [ClaimStatement], _ artefact: ArtefactDescription) -> Int {
    statements.reduce(0) { $0 + StatementCost.of($1, ["net": artefact]) }
  }

  @Test("fifteen million weights in a bundle: what is counted is what is built, not the weights") func large() throws {
    let columns = 30_000
    let artefact = try artefact(.network(try architecture(columns: columns, .direct)))
    let statements = claims(columns: columns)
    let compiled = try CompiledClaims(claims: statements, artefacts: [artefact])
    let all = cost(statements, artefact)
    #expect(all >= DataClaimCostTests.measure(compiled.builder))
    #expect(all < 20_000)
  }

  @Test("weights that a verifier writes out are counted", arguments: Reading.allCases) func written(reading: Reading) throws {
    let columns = 20_000
    let artefact = try artefact(.network(try architecture(columns: columns, reading)))
    let all = cost(claims(columns: columns), artefact)
    let weights = Self.inner * columns / 8
    switch reading {
    case .direct: #expect(all < weights / 10)
    // The reshape's own entries, which may have to be looked through.
    case .reshaped: #expect(all >= weights)
    case .transposed, .twice: #expect(all >= 2 * weights)
    case .published: #expect(all >= weights)
    }
  }

  @Test("dimensions that are no powers of two cost their pieces") func pieces() throws {
    // 7^8 entries in eight dimensions: a sum over them has 3^8 terms.
    var builder = ProgramBuilder()
    let count = 5_764_801
    let shape = try #require(TensorShape(rows: count))
    let range = IntegerRange(0...1)
    let w = try builder.add("w", .input(Input(binding: .tensor(artefact: "w"), range: range, shape: shape)))
    try builder.output("y", w)
    func own(_ dimensions: [Int]) throws -> ArtefactDescription {
      try artefact(
        .network(
          try NetworkArchitecture(
            program: builder.build(), inputs: [], outputs: [NetworkOutput(name: "y", dimensions: [count], unit: .one)],
            parameters: [NetworkParameter(name: "w", dimensions: dimensions, range: range)])))
    }
    let well = ClaimStatement.wellFormed(artefact: "net")
    #expect(cost([well], try own([Int](repeating: 7, count: 8))) >= 4 * 6_561)
    #expect(cost([well], try own([count])) < 1_000)
  }
}
