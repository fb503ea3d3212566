/// Everything that importing a model can refuse, with the place, the reason and what to do instead.

import Programs

/// Why a model was not imported. Names come from the file; `description` has them without control characters.
public enum ModelImportError: Error, Equatable, Sendable {
  /// The file cannot be read, or is too large.
  case unreadable(file: String, reason: String)
  /// The file is a model of another format; the lines convert it.
  case notONNX(format: String, conversion: [String])
  /// The bytes are no ONNX model, or contradict themselves.
  case malformed(place: String, reason: String)
  /// A node, attribute, type or version that is not supported.
  case unsupported(node: String, operation: String, reason: String)
  /// A node's inputs or attributes contradict what the operator takes.
  case invalidNode(node: String, operation: String, reason: String)
  /// A trained number is not finite, or a value on the rows is not.
  case notFinite(node: String, operation: String)
  /// Sizes beyond what an import takes on.
  case tooLarge(node: String, reason: String)
  /// A value could wrap around or leaves its format.
  case range(node: String, operation: String, error: ProgramError)
  /// The rows do not fit the model's inputs.
  case rows(reason: String)
}

extension ModelImportError: CustomStringConvertible {
  /// One sentence, and what to do.
  public var description: String {
    if case .notONNX(let format, let conversion) = self {
      return "this is \(format), not an ONNX model; convert it with:\n" + conversion.map { "    \($0)" }.joined(separator: "\n")
    }
    return ImportText.safe(sentence, most: 2_000)
  }

  private var sentence: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .notONNX(let format, _): "this is \(format), not an ONNX model"
    case .malformed(let place, let reason): "\(place): \(reason). Export the model again, and check it with onnx.checker.check_model"
    case .unsupported(let node, let operation, let reason): "node \(node) (\(operation)) is not supported: \(reason)"
    case .invalidNode(let node, let operation, let reason): "node \(node) (\(operation)) is invalid: \(reason)"
    case .notFinite(let node, let operation): "node \(node) (\(operation)): a number is NaN or infinite"
    case .tooLarge(let node, let reason): "\(node): \(reason)"
    case .range(let node, let operation, let error): "node \(node) (\(operation)): \(Self.text(error))"
    case .rows(let reason): "rows: \(reason)"
    }
  }

  private static func text(_ error: ProgramError) -> String {
    switch error {
    case .relationTooLarge(_, let relation, let bound, let remedy): "\(relation) could reach \(bound) and wrap around; \(remedy)"
    case .outOfRange(_, let computed, let allowed, let remedy): "values \(computed) do not fit \(allowed); \(remedy)"
    case .inputOutOfRange(_, let index, let value, let range):
      "entry \(index) is \(value), outside its calibrated format \(range); calibrate on rows that reach it, or use more --bits"
    default: "\(error)"
    }
  }
}
