extension ProgramError: CustomStringConvertible {
  /// The error in words; names in it come from data and are escaped where they are printed.
  public var description: String {
    switch self {
    case .shapeMismatch(let node, let expected, let actual): "\(node): an operand of shape \(actual), expected \(expected)"
    case .operandCount(let node, let expected, let actual): "\(node): \(actual) operands, expected \(expected)"
    case .unknownOperand(let node, let operand): "\(node): node \(operand) is not before it"
    case .duplicateName(let name): "the name \(name) stands twice"
    case .unknownName(let name): "there is nothing called \(name)"
    case .invalidParameter(let node, let reason): "\(node): \(reason)"
    case .relationTooLarge(let node, let relation, let bound, let remedy):
      "\(node): \(relation) could reach \(bound), which is too large to be proved: \(remedy)"
    case .outOfRange(let node, let computed, let allowed, let remedy):
      "\(node): numbers from \(computed.lower) to \(computed.upper), allowed are \(allowed.lower) to \(allowed.upper): \(remedy)"
    case .tableTooLarge(let node, let rows, let limit): "\(node): a table of \(rows) rows, at most \(limit) are possible"
    case .roundingUndecided(let argument): "the rounding at \(argument) could not be decided: ask for fewer digits"
    case .inputMissing(let node): "\(node): no values were given"
    case .inputCount(let node, let expected, let actual): "\(node): \(actual) values, expected \(expected)"
    case .inputOutOfRange(let node, let index, let value, let range):
      "\(node): the value \(value) at place \(index) is not from \(range.lower) to \(range.upper)"
    case .invalidSchema(let column, let reason): "column \(column): \(reason)"
    case .unknownColumn(let column): "there is no column \(column)"
    case .cellOutOfRange(let column, let row, let value, let range):
      "column \(column): the stored value \(value) in row \(row) (from 0) is not from \(range.lower) to \(range.upper)"
    case .columnLength(let column, let expected, let actual): "column \(column): \(actual) rows, expected \(expected)"
    case .invalidModel(let reason): reason
    }
  }

  /// Name of the column or node that the error is about, where it is about one.
  public var subject: String? {
    switch self {
    case .shapeMismatch(let node, _, _), .operandCount(let node, _, _), .unknownOperand(let node, _), .invalidParameter(let node, _),
      .relationTooLarge(let node, _, _, _), .outOfRange(let node, _, _, _), .tableTooLarge(let node, _, _), .inputMissing(let node),
      .inputCount(let node, _, _), .inputOutOfRange(let node, _, _, _):
      node
    case .invalidSchema(let column, _), .unknownColumn(let column), .cellOutOfRange(let column, _, _, _), .columnLength(let column, _, _): column
    case .duplicateName, .unknownName, .roundingUndecided, .invalidModel: nil
    }
  }
}
