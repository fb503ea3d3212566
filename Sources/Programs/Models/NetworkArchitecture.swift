/// Everything public about an imported network: the program of one row, how its inputs and outputs stand for numbers, and the shapes of its
/// hidden tensors.

import Hashing

/// A positive dyadic rational mantissa · 2^exponent with an odd mantissa: what one step of an integer stands for.
public struct NetworkUnit: Hashable, Sendable, CustomStringConvertible {
  /// Odd, at least 1.
  public let mantissa: UInt64
  /// −1,100 … 1,100.
  public let exponent: Int

  /// mantissa · 2^exponent in lowest terms, or nil for a mantissa of 0 or an exponent out of range.
  public init?(mantissa: UInt64, exponent: Int) {
    guard mantissa > 0, (-2_000...2_000).contains(exponent) else { return nil }
    let zeros = mantissa.trailingZeroBitCount
    guard (-1_100...1_100).contains(exponent + zeros) else { return nil }
    self.mantissa = mantissa >> UInt64(zeros)
    self.exponent = exponent + zeros
  }

  /// 1.
  public static let one = NetworkUnit()
  private init() {
    mantissa = 1
    exponent = 0
  }

  /// `1`, `2^-12`, `3·2^-5`.
  public var description: String {
    let power = "2^\(exponent)"
    if exponent == 0 { return "\(mantissa)" }
    return mantissa == 1 ? power : "\(mantissa)·\(power)"
  }
}

/// An input of a network. Row-major integers; a number is integer · unit.
public struct NetworkInput: Hashable, Sendable {
  /// Name in the model, unique among the inputs.
  public let name: String
  /// Dimensions of one row, without the batch.
  public let dimensions: [Int]
  /// What 1 stands for.
  public let unit: NetworkUnit
  /// Integers allowed.
  public let range: IntegerRange
  /// Whether the integers are codes of texts.
  public let isText: Bool
  /// The integer of a missing value, where one is allowed.
  public let missing: Int64?

  /// An input from its parts.
  public init(name: String, dimensions: [Int], unit: NetworkUnit, range: IntegerRange, isText: Bool = false, missing: Int64? = nil) {
    self.name = name
    self.dimensions = dimensions
    self.unit = unit
    self.range = range
    self.isText = isText
    self.missing = missing
  }

  /// Binding of the program's node.
  public var binding: InputBinding { .tensor(artefact: "input.\(name)") }
  /// Entries of one row.
  public var count: Int { dimensions.reduce(1, *) }
}

/// An output of a network.
public struct NetworkOutput: Hashable, Sendable {
  /// Name in the model and in the program.
  public let name: String
  /// Dimensions of one row, without the batch.
  public let dimensions: [Int]
  /// What 1 stands for.
  public let unit: NetworkUnit
  /// Whether the integers are codes of texts.
  public let isText: Bool

  /// An output from its parts.
  public init(name: String, dimensions: [Int], unit: NetworkUnit, isText: Bool = false) {
    self.name = name
    self.dimensions = dimensions
    self.unit = unit
    self.isText = isText
  }
}

/// A hidden tensor of a network: one tensor of the committed matrix.
public struct NetworkParameter: Hashable, Sendable {
  /// Name of the program's binding `.tensor(artefact: name)`.
  public let name: String
  /// Logical dimensions of the committed tensor, each padded to a power of two; their product is the node's number of entries.
  public let dimensions: [Int]
  /// Declared range of every entry.
  public let range: IntegerRange

  /// A parameter from its parts.
  public init(name: String, dimensions: [Int], range: IntegerRange) {
    self.name = name
    self.dimensions = dimensions
    self.range = range
  }

  /// Entries.
  public var count: Int { dimensions.reduce(1, *) }
  /// Name of the tensor number `index` in the committed matrix.
  public static func tensorName(_ index: Int) -> String { "w\(index)" }
}

/// The public part of an imported network.
///
/// **Semantics**: every row is one run of `program` by the interpreter; a proof of B rows runs it B times with the same hidden tensors.
public struct NetworkArchitecture: Hashable, Sendable {
  /// What it computes for one row.
  public let program: Program
  /// Inputs, in the model's order.
  public let inputs: [NetworkInput]
  /// Outputs, in the model's order.
  public let outputs: [NetworkOutput]
  /// Hidden tensors, in the order of the committed matrix.
  public let parameters: [NetworkParameter]
  /// What binds the artefact to the file that it was imported from: `ModelSource.commitment`; nil when nothing does.
  public private(set) var source: Digest?
  /// The program's analysis, which evaluates every function table: made once.
  public let bounds: [NodeBounds]

  /// An architecture from its parts, with the layout of the hidden tensors chosen by `parameterDimensions`.
  /// - Parameter hidden: name and range of every hidden tensor, in order.
  /// - Throws: `.invalidModel` when the program reads anything else, and what its analysis refuses.
  public init(
    program: Program, inputs: [NetworkInput], outputs: [NetworkOutput], hidden: [(name: String, range: IntegerRange)]
  ) throws(ProgramError) {
    var parameters: [NetworkParameter] = []
    for (name, range) in hidden {
      guard let node = program.inputs.first(where: { $0.input.binding == .tensor(artefact: name) })?.node else {
        throw .invalidModel(reason: "the program does not read the hidden tensor \(name)")
      }
      parameters.append(NetworkParameter(name: name, dimensions: Self.parameterDimensions(program, node: node), range: range))
    }
    try self.init(program: program, inputs: inputs, outputs: outputs, parameters: parameters)
  }

  /// An architecture from all its parts.
  /// - Throws: `.invalidModel` when they do not belong together, and what the program's analysis refuses.
  public init(
    program: Program, inputs: [NetworkInput], outputs: [NetworkOutput], parameters: [NetworkParameter]
  ) throws(ProgramError) {
    self.program = program
    self.inputs = inputs
    self.outputs = outputs
    self.parameters = parameters
    bounds = try program.analyse()
    try check()
  }

  /// The same network, bound to a file.
  public func bound(to source: Digest?) -> NetworkArchitecture {
    var copy = self
    copy.source = source
    return copy
  }

  /// Whether the program reads the input at all.
  public func reads(_ input: NetworkInput) -> Bool { program.inputs.contains { $0.input.binding == input.binding } }

  private func check() throws(ProgramError) {
    let nodes = program.inputs
    var bindings: Set<InputBinding> = []
    guard nodes.allSatisfy({ bindings.insert($0.input.binding).inserted }) else {
      throw .invalidModel(reason: "two input nodes read the same values")
    }
    let byBinding = Dictionary(nodes.map { ($0.input.binding, $0) }) { first, _ in first }
    func node(_ binding: InputBinding) -> (node: Int, input: Input)? { byBinding[binding] }
    for name in inputs.map(\.name) + outputs.map(\.name) + parameters.map(\.name) where name.utf8.count > ProgramLimits.nameBytes {
      throw ProgramBuilder.longName(name)
    }
    var expected: Set<InputBinding> = []
    for input in inputs {
      guard let count = TensorView.checkedCount(input.dimensions + [1]), expected.insert(input.binding).inserted else {
        throw .invalidModel(reason: "input \(input.name) has dimensions \(input.dimensions), or occurs twice")
      }
      if let missing = input.missing, !input.range.contains(missing) { throw .invalidModel(reason: "input \(input.name): the missing value") }
      // An input that nothing reads has no node.
      guard let found = node(input.binding) else { continue }
      guard found.input.dimensions.count == count, found.input.range == input.range else {
        throw .invalidModel(reason: "input \(input.name) differs from the program's")
      }
    }
    for parameter in parameters {
      let binding = InputBinding.tensor(artefact: parameter.name)
      guard let count = TensorView.checkedCount(parameter.dimensions), !parameter.dimensions.isEmpty, parameter.dimensions.count <= 8,
        expected.insert(binding).inserted, let found = node(binding), found.input.dimensions.count == count,
        found.input.range == parameter.range, parameter.range.bitCount <= 60
      else { throw .invalidModel(reason: "hidden tensor \(parameter.name) differs from the program's") }
    }
    guard bindings.isSubset(of: expected) else { throw .invalidModel(reason: "the program reads values that are neither inputs nor hidden tensors") }
    var names: Set<String> = []
    for output in outputs {
      guard names.insert(output.name).inserted, let node = program.output(output.name),
        TensorView.checkedCount(output.dimensions + [1]) == program.nodes[node].shape.count
      else { throw .invalidModel(reason: "output \(output.name) differs from the program's") }
    }
    guard !parameters.isEmpty, parameters.count <= 4_096, inputs.count <= 1_024, !outputs.isEmpty, outputs.count <= 1_024 else {
      throw .invalidModel(reason: "a network has 1 to 4,096 hidden tensors and 1 to 1,024 outputs")
    }
  }

  /// The dimensions in which a hidden tensor is committed: those of the first product that reads it, directly or through a transposition,
  /// with the positions of a kernel as one dimension; else all entries in one.
  ///
  /// A convolution's kernel is [O, C/G, positions] (with the groups before it), a matrix's factor [inner, columns] or [rows, inner] (with the batch before it).
  public static func parameterDimensions(_ program: Program, node: Int) -> [Int] {
    for (number, reader) in program.nodes.enumerated() where reader.operands.contains(node) {
      switch reader.operation {
      case .convolution(let convolution) where reader.operands.last == node:
        let g = convolution.geometry
        let channels = [g.outputChannels / g.groups, g.inputChannels / g.groups, g.kernel.reduce(1, *)]
        return g.groups == 1 ? channels : [g.groups] + channels
      case .batchMatrixMultiply(let product):
        let sizes =
          reader.operands.last == node
          ? [product.isRightBatched ? product.batch : 1, product.inner, product.columns]
          : [product.isLeftBatched ? product.batch : 1, product.rows, product.inner]
        return sizes[0] == 1 ? Array(sizes.dropFirst()) : sizes
      case .matrixMultiply:
        if reader.operands.last == node { return [program.nodes[node].shape.rows, program.nodes[node].shape.columns] }
      case .view(let view):
        guard let permuted = view.permutation(sourceCount: program.nodes[node].shape.count) else { continue }
        let target = parameterDimensions(program, node: number)
        if let own = permuted.sourceDimensions(of: target) { return own }
      default: continue
      }
    }
    return [program.nodes[node].shape.count]
  }
}
