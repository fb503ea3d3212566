/// The result of an import: a public program, a hidden artefact, and how both relate to numbers outside.

import Hashing
import Programs

/// An input of the program.
public struct InputFormat: Hashable, Sendable {
  /// Name in the model; the program's binding is `.tensor(artefact: "input." + name)`.
  public let name: String
  /// Dimensions as the model has them.
  public let dimensions: [Int]
  /// value = integer · unit.
  public let unit: Double
  /// Integers allowed.
  public let range: IntegerRange
  /// Whether the entries are texts, given by their codes (`TextCode`).
  public let isText: Bool
  /// The integer of a missing value.
  public let missing: Int64?

  /// Binding of the program's node.
  public var binding: InputBinding { .tensor(artefact: "input.\(name)") }

  /// Integers for numbers, nearest with ties to even.
  /// - Throws: `.rows` for another count, a missing value where none is allowed, or a number outside the format.
  public func integers(_ numbers: [Double]) throws(ModelImportError) -> [Int64] {
    guard numbers.count == dimensions.reduce(1, *) else { throw .rows(reason: "\(name) takes \(dimensions), not \(numbers.count) numbers") }
    var result: [Int64] = []
    result.reserveCapacity(numbers.count)
    for (index, number) in numbers.enumerated() {
      if number.isNaN {
        guard let missing else { throw .rows(reason: "entry \(index) of \(name) is missing, and nothing in the model takes missing values") }
        result.append(missing)
        continue
      }
      let scaled = (number / unit).rounded(.toNearestOrEven)
      guard scaled.magnitude < 0x1p62, range.contains(Int64(scaled)), Int64(scaled) != missing else {
        throw .rows(reason: "entry \(index) of \(name) is \(number), outside its format \(range) · \(unit); calibrate on rows that reach it")
      }
      result.append(Int64(scaled))
    }
    return result
  }
}

/// An output of the program.
public struct OutputFormat: Hashable, Sendable {
  /// Name in the model and in the program.
  public let name: String
  /// Dimensions as the model has them.
  public let dimensions: [Int]
  /// value = integer · unit.
  public let unit: Double
  /// Whether the values are codes of texts.
  public let isText: Bool
  /// Whether the values are integers, e.g. labels.
  public let isInteger: Bool
}

/// How one ONNX node came out.
public struct NodeReport: Hashable, Sendable {
  /// Name in the model.
  public let node: String
  /// Operator with its domain.
  public let operation: String
  /// Program nodes made for it.
  public let programNodes: Int
  /// Distance of neighbouring values of its last result.
  public let unit: Double
  /// Bits of its last result.
  public let bits: Int
  /// Largest |integer · unit − float reference| on the rows, nil without rows.
  public let error: Double?
}

/// A model as an integer program.
public struct ImportedModel: Sendable {
  /// The public relation.
  public let program: Program
  /// Everything that came from training, as integers.
  public let hidden: [HiddenTensor]
  /// The inputs in the model's order.
  public let inputs: [InputFormat]
  /// The outputs in the model's order.
  public let outputs: [OutputFormat]
  /// Numbers of the file that the program shows.
  public let published: [PublishedNumber]
  /// What calibration chose; public.
  public let plan: FormatPlan
  /// Whether any rows were given to calibrate on.
  public let isCalibrated: Bool
  /// The tree ensembles of the model, in order, for a prover that commits to them as trees.
  public let trees: [TreeDescription]
  /// Texts by code.
  public let texts: [Double: String]
  /// Program node of the last primitive of each ONNX node, for the report.
  let traces: [(origin: Int, graphNode: Int, value: LoweredValue, count: Int)]
  let origins: [(name: String, operation: String)]

  /// SHA-256 of the program's canonical description.
  public var programDigest: Digest { SHA256.hash(program.canonical.encoded) }

  /// SHA-256 of the hidden tensors.
  public var artefactDigest: Digest {
    var hash = SHA256()
    for tensor in hidden {
      hash.update(Array(tensor.name.utf8)[...])
      for value in tensor.values { withUnsafeBytes(of: value.littleEndian) { hash.update(Array($0)[...]) } }
    }
    return hash.finalize()
  }

  /// The hidden tensors as bindings of the interpreter.
  public var bindings: [InputBinding: [Int64]] {
    var result: [InputBinding: [Int64]] = [:]
    for tensor in hidden { result[.tensor(artefact: tensor.name)] = tensor.values }
    return result
  }

  /// Runs the integer program on numbers, one array per input.
  /// - Throws: `.rows`, or `.range` when a value leaves its calibrated format.
  public func run(_ inputs: [[Double]]) throws(ModelImportError) -> [[Double]] {
    let execution = try execute(inputs)
    return outputs.map { output in (execution.output(output.name) ?? []).map { Double($0) * output.unit } }
  }

  func execute(_ numbers: [[Double]]) throws(ModelImportError) -> Execution {
    guard numbers.count == inputs.count else { throw .rows(reason: "\(numbers.count) arrays for \(inputs.count) inputs") }
    var given = bindings
    for (format, values) in zip(inputs, numbers) { given[format.binding] = try format.integers(values) }
    do {
      return try Interpreter.run(program, inputs: given)
    } catch {
      throw .range(node: Self.node(of: error), operation: "run", error: error)
    }
  }

  private static func node(of error: ProgramError) -> String {
    switch error {
    case .inputOutOfRange(let node, _, _, _), .relationTooLarge(let node, _, _, _), .outOfRange(let node, _, _, _), .invalidParameter(let node, _):
      node
    default: "program"
    }
  }
}
