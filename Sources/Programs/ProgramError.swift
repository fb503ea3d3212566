/// Everything this module refuses.

/// Why a schema, a program, an input or a model was refused. Node and column names are those of the caller's own files;
/// escape them before printing.
public enum ProgramError: Error, Equatable, Sendable {
  /// An operand has a shape the operator cannot take.
  case shapeMismatch(node: String, expected: String, actual: TensorShape)
  /// An operator got another number of operands.
  case operandCount(node: String, expected: Int, actual: Int)
  /// A node refers to a node that is not before it.
  case unknownOperand(node: String, operand: Int)
  /// Two nodes or outputs have one name.
  case duplicateName(String)
  /// No output of this name.
  case unknownName(String)
  /// A parameter of an operator is outside what it allows.
  case invalidParameter(node: String, reason: String)
  /// A relation over the integers could reach 2^62 in absolute value and so wrap around in the field.
  case relationTooLarge(node: String, relation: String, bound: Int128, remedy: String)
  /// The computed range does not fit the range that the operator enforces.
  case outOfRange(node: String, computed: IntegerRange, allowed: IntegerRange, remedy: String)
  /// A function table would have more rows than allowed.
  case tableTooLarge(node: String, rows: UInt64, limit: Int)
  /// The rounding of a table entry could not be decided at the working precision (ask for fewer output bits).
  case roundingUndecided(argument: Int64)
  /// An input of the program was not given.
  case inputMissing(node: String)
  /// An input has another number of values.
  case inputCount(node: String, expected: Int, actual: Int)
  /// A value of an input lies outside its declared range.
  case inputOutOfRange(node: String, index: Int, value: Int64, range: IntegerRange)
  /// A schema contradicts itself.
  case invalidSchema(column: String, reason: String)
  /// No column of this name in the schema.
  case unknownColumn(String)
  /// A stored cell lies outside its column's declared range, or is not the value stored for a missing cell. Rows count from 0.
  case cellOutOfRange(column: String, row: Int, value: Int64, range: IntegerRange)
  /// Columns of a table have different numbers of rows.
  case columnLength(column: String, expected: Int, actual: Int)
  /// A model and a schema or format do not belong together.
  case invalidModel(reason: String)
}
