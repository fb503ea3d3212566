import Programs
import Testing

@Suite("Interval analysis")
struct AnalysisTests {
  /// Bounds of the last node of a program.
  private func last(_ make: (inout ProgramBuilder) throws -> Void) throws -> NodeBounds {
    var builder = ProgramBuilder()
    try make(&builder)
    return try #require(try builder.build().analyse().last)
  }

  @Test("a one-hot group counts as a single weight in a product")
  func oneHotGroup() throws {
    func range(grouped: Bool) throws -> IntegerRange {
      try last { builder in
        let index = try builder.add("x", publicInput("x", 0...9, 4))
        var bits = try builder.add("bits", .oneHot(OneHot(classCount: 10)), [index])
        bits = try builder.affine("scaled", [(8, bits)])
        if !grouped { bits = try builder.affine("sum", [(1, bits), (0, bits)]) }  // two operands: the group is lost
        let weights = try builder.add("w", publicInput("w", -3...5, 10, 2))
        _ = try builder.add("y", .matrixMultiply(MatrixMultiply()), [bits, weights])
      }.range
    }
    #expect(try range(grouped: true) == IntegerRange(-24...40))
    #expect(try range(grouped: false) == IntegerRange(-240...400))
  }

  @Test("groups survive concatenation beside plain columns")
  func concatenation() throws {
    let bounds = try last { builder in
      let index = try builder.add("x", publicInput("x", 0...2, 4))
      let bits = try builder.add("bits", .oneHot(OneHot(classCount: 3)), [index])
      let plain = try builder.add("p", publicInput("p", -1...4, 4))
      let all = try builder.add("all", .concatenateColumns(ConcatenateColumns()), [bits, plain])
      let weights = try builder.add("w", publicInput("w", -10...10, 4, 1))
      _ = try builder.add("y", .matrixMultiply(MatrixMultiply()), [all, weights])
    }
    #expect(bounds.range == IntegerRange(-50...50))
  }

  @Test("refuses a relation that could reach 2^62, naming node, bound and remedy")
  func wrap() throws {
    var builder = ProgramBuilder()
    let x = try builder.add("x", publicInput("x", 0...(1 << 31), 2))
    _ = try builder.affine("too large", [(1 << 31, x)])
    let program = builder.build()
    do throws(ProgramError) {
      _ = try program.analyse()
      Issue.record("accepted")
    } catch {
      guard case .relationTooLarge(let node, _, let bound, let remedy) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(node == "too large" && bound == 1 << 62 && !remedy.isEmpty)
    }
    var smaller = ProgramBuilder()
    let y = try smaller.add("x", publicInput("x", 0...((1 << 31) - 1), 2))
    _ = try smaller.affine("fits", [(1 << 31, y)])
    #expect(throws: Never.self) { try smaller.build().analyse() }
  }

  @Test("a product of wide operands is refused for every overflow in between")
  func wideProduct() throws {
    let wide: ClosedRange<Int64> = -(1 << 61)...(1 << 61)
    #expect(throws: ProgramError.self) {
      try last { builder in
        let x = try builder.add("x", publicInput("x", wide, 2, 1_000))
        let w = try builder.add("w", publicInput("w", wide, 1_000, 2))
        _ = try builder.add("y", .matrixMultiply(MatrixMultiply()), [x, w])
      }
    }
  }

  @Test("requantisation bounds both sides, the half unit and the padded range included")
  func requantise() throws {
    let bounds = try last { builder in
      let x = try builder.add("x", publicInput("x", -1_000...1_000, 2))
      _ = try builder.requantise("y", x, multiplier: 3, shift: 4)
    }
    #expect(bounds.range == IntegerRange(-187...188))  // ⌊(±3000 + 8)/16⌋
    #expect(bounds.enforced == IntegerRange(-187...(-187 + 511)))
    #expect(bounds.relationMagnitude == (-187 + 511) * 16 + 16)
    #expect(throws: ProgramError.self) {
      try last { builder in
        let x = try builder.add("x", publicInput("x", 0...((1 << 61) + 1), 2))
        _ = try builder.requantise("y", x, shift: 61)  // 2^61 + 1 + 2^60 fits, y·2^s + ρ does not
      }
    }
  }

  @Test("static refusal and saturation of a requantisation")
  func outOfRange() throws {
    #expect(throws: ProgramError.self) {
      try last { builder in
        let x = try builder.add("x", publicInput("x", -1_000...1_000, 2))
        _ = try builder.requantise("y", x, shift: 1, outOfRange: .refuse(limit: IntegerRange(-128...127)))
      }
    }
    let bounds = try last { builder in
      let x = try builder.add("x", publicInput("x", -1_000...1_000, 2))
      _ = try builder.requantise("y", x, shift: 1, outOfRange: .saturate(bits: 8))
    }
    #expect(bounds.range == IntegerRange(-128...127))
  }

  @Test("operands outside what an operator enforces are refused")
  func enforced() throws {
    let cases: [(String, (inout ProgramBuilder, NodeReference) throws -> Void)] = [
      ("one-hot", { builder, x in _ = try builder.add("y", .oneHot(OneHot(classCount: 4)), [x]) }),
      ("table", { builder, x in _ = try builder.add("y", .table(TableLookup(function: .relu, domain: IntegerRange(0...3))), [x]) }),
      ("select", { builder, x in _ = try builder.add("y", .select(Select()), [x, x, x]) }),
      ("confusion", { builder, x in _ = try builder.add("y", .confusionCounts(ConfusionCounts(classCount: 4)), [x, x]) }),
    ]
    for (name, make) in cases {
      var builder = ProgramBuilder()
      let x = try builder.add("x", publicInput("x", 0...4, 3))
      try make(&builder, x)
      let program = builder.build()
      do throws(ProgramError) {
        _ = try program.analyse()
        Issue.record("\(name) accepted")
      } catch {
        guard case .outOfRange(let node, let computed, _, let remedy) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(node == "y" && computed == IntegerRange(0...4) && !remedy.isEmpty)
      }
    }
  }

  @Test("bounds hold for random programs and random inputs")
  func random() throws {
    var random = SplitMix(state: 7)
    var accepted = 0
    for _ in 0..<300 {
      let (program, inputs) = try randomProgram(&random)
      guard let bounds = try? program.analyse() else { continue }
      accepted += 1
      let run = try Interpreter.run(program, inputs: inputs)
      for (values, bound) in zip(run.values, bounds) {
        #expect(values.allSatisfy(bound.range.contains))
        #expect(bound.enforced.contains(bound.range))
        #expect(bound.relationMagnitude < 1 << 62)
      }
    }
    #expect(accepted > 150)
  }

  /// A chain of random operators over two inputs.
  private func randomProgram(_ random: inout SplitMix) throws -> (Program, [InputBinding: [Int64]]) {
    var builder = ProgramBuilder()
    let rows = Int.random(in: 1...6, using: &random)
    var inputs: [InputBinding: [Int64]] = [:]
    var nodes: [NodeReference] = []
    for name in ["a", "b"] {
      let low = Int64.random(in: -1_000_000...10, using: &random)
      let high = Int64.random(in: low...1_000_000, using: &random)
      nodes.append(try builder.add(name, publicInput(name, low...high, rows)))
      inputs[.publicValues(name: name)] = (0..<rows).map { _ in Int64.random(in: low...high, using: &random) }
    }
    for step in 0..<8 {
      let x = nodes[Int.random(in: 0..<nodes.count, using: &random)]
      let y = nodes[Int.random(in: 0..<nodes.count, using: &random)]
      let name = "n\(step)"
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        nodes.append(
          try builder.affine(
            name, [(Int64.random(in: -50...50, using: &random), x), (Int64.random(in: -50...50, using: &random), y)],
            constant: Int64.random(in: -9...9, using: &random)))
      case 1:
        nodes.append(
          try builder.requantise(
            name, x, multiplier: Int64.random(in: 1...9, using: &random), shift: Int.random(in: 0...12, using: &random),
            rounding: Bool.random(using: &random) ? .halfUp : .halfEven))
      case 2: nodes.append(try builder.requantise(name, x, shift: 2, outOfRange: .saturate(bits: Int.random(in: 2...12, using: &random))))
      case 3:
        let condition = try builder.add(
          name, .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: Int64.random(in: -99...99, using: &random))), [x])
        nodes.append(try builder.add("\(name)s", .select(Select()), [condition, x, y]))
        nodes.append(try builder.add("\(name)t", .select(Select()), [condition, y, x]))
      case 4:
        let pair = try builder.add(name, .concatenateColumns(ConcatenateColumns()), [x, y])
        nodes.append(try builder.add("\(name)m", .argmax(Argmax()), [pair]))
      default:
        let low = try builder.saturate(name, x, to: IntegerRange(0...3))
        let bits = try builder.add("\(name)h", .oneHot(OneHot(classCount: 4)), [low])
        let weights = try builder.add(
          "\(name)w", .constant(Constant(.values((0..<4).map { _ in Int64.random(in: -99...99, using: &random) }), shape: shape(4))))
        nodes.append(try builder.add("\(name)p", .matrixMultiply(MatrixMultiply()), [bits, weights]))
      }
    }
    return (builder.build(), inputs)
  }
}
