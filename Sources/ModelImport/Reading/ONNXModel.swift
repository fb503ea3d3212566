/// An ONNX file as plain values: what the reader hands to the translator.

/// Element types of ONNX that are known here, with their numbers in the format.
public enum ElementType: Int, Hashable, Sendable {
  case float = 1
  case uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64
  case bfloat16 = 16

  package var isFloat: Bool { self == .float || self == .double || self == .float16 || self == .bfloat16 }
  package var isInteger: Bool { !isFloat && self != .string && self != .bool }

  /// Least and largest value of an integer type of at most 32 bits.
  var limits: (lower: Double, upper: Double)? {
    switch self {
    case .uint8: (0, 255)
    case .int8: (-128, 127)
    case .uint16: (0, 65_535)
    case .int16: (-32_768, 32_767)
    case .int32: (-2_147_483_648, 2_147_483_647)
    case .uint32: (0, 4_294_967_295)
    default: nil
    }
  }
}

/// A tensor of a file: numbers (integers exactly up to 2^53) or texts.
public struct ONNXTensor: Equatable, Sendable {
  /// What it holds.
  public let type: ElementType
  /// Dimensions; empty for a single value.
  public let dimensions: [Int]
  /// Row-major numbers; for texts their codes (`TextCode`).
  public let numbers: [Double]
  /// The texts, if it holds texts.
  public let texts: [String]

  /// A tensor; the count must be the product of the dimensions.
  public init(type: ElementType, dimensions: [Int], numbers: [Double], texts: [String] = []) {
    self.type = type
    self.dimensions = dimensions
    self.numbers = numbers
    self.texts = texts
  }
}

/// An attribute's value.
package enum ONNXAttribute: Sendable {
  case integer(Int)
  case real(Double)
  case text(String)
  case tensor(ONNXTensor)
  case integers([Int])
  case reals([Double])
  case texts([String])
  case other(String)

  /// Numbers that it holds.
  var numberCount: Int {
    switch self {
    case .integer, .real, .text, .other: 1
    case .tensor(let tensor): tensor.numbers.count
    case .integers(let values): values.count
    case .reals(let values): values.count
    case .texts(let values): values.count
    }
  }
}

/// A node of the graph.
package struct ONNXNode: Sendable {
  package let name: String
  package let operation: String
  package let domain: String
  package let inputs: [String]
  package let outputs: [String]
  package let attributes: [String: ONNXAttribute]

  /// A node from its parts.
  package init(name: String, operation: String, domain: String, inputs: [String], outputs: [String], attributes: [String: ONNXAttribute]) {
    self.name = name
    self.operation = operation
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }

  /// `domain:operation`, without the default domain.
  package var operationName: String { domain.isEmpty ? operation : "\(domain):\(operation)" }
}

/// A declared input or output.
package struct ONNXValueInfo: Sendable {
  package let name: String
  /// nil for sequences, maps and optionals.
  package let type: ElementType?
  /// A dimension without a number is nil; nil as a whole when no shape is declared.
  package let dimensions: [Int?]?
  /// Names of the symbolic dimensions, "" for others.
  package let symbols: [String]
}

/// A model.
package struct ONNXModel: Sendable {
  /// Version by domain ("" for ai.onnx).
  package let opsets: [String: Int]
  package let nodes: [ONNXNode]
  package let initialisers: [String: ONNXTensor]
  /// Inputs without an initialiser, in order.
  package let inputs: [ONNXValueInfo]
  package let outputs: [ONNXValueInfo]

  /// A model from its parts.
  package init(
    opsets: [String: Int], nodes: [ONNXNode], initialisers: [String: ONNXTensor], inputs: [ONNXValueInfo], outputs: [ONNXValueInfo]
  ) {
    self.opsets = opsets
    self.nodes = nodes
    self.initialisers = initialisers
    self.inputs = inputs
    self.outputs = outputs
  }
}
