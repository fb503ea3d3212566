/// An imported network: public architecture and hidden integers.

/// Hidden integers for an architecture.
public struct NetworkModel: Equatable, Sendable {
  /// The public part.
  public let architecture: NetworkArchitecture
  /// Entries of each parameter in the architecture's order, row-major over its dimensions.
  public let values: [[Int64]]

  /// Checks number and range of the entries.
  /// - Throws: `.invalidModel`.
  public init(architecture: NetworkArchitecture, values: [[Int64]]) throws(ProgramError) {
    guard values.count == architecture.parameters.count else {
      throw .invalidModel(reason: "\(values.count) hidden tensors; the architecture has \(architecture.parameters.count)")
    }
    for (parameter, own) in zip(architecture.parameters, values) {
      guard own.count == parameter.count, own.allSatisfy(parameter.range.contains) else {
        throw .invalidModel(reason: "the hidden tensor \(parameter.name) has another count, or an entry outside \(parameter.range)")
      }
    }
    self.architecture = architecture
    self.values = values
  }

  /// The hidden tensors as inputs of the program.
  public var bindings: [InputBinding: [Int64]] {
    var out: [InputBinding: [Int64]] = [:]
    for (parameter, own) in zip(architecture.parameters, values) { out[.tensor(artefact: parameter.name)] = own }
    return out
  }

  /// Runs the program on each row.
  ///
  /// - Parameter inputs: by input name, rows · entries values, row after row.
  /// - Returns: by output name, rows · entries values, row after row.
  /// - Throws: `.inputMissing`, `.inputCount`, and what the interpreter refuses.
  public func run(rows: Int, inputs: [String: [Int64]]) throws(ProgramError) -> [String: [Int64]] {
    var out: [String: [Int64]] = [:]
    var memo = TableMemo()
    for row in 0..<rows {
      var given = bindings
      for input in architecture.inputs {
        guard let own = inputs[input.name] else { throw .inputMissing(node: input.name) }
        guard own.count == rows * input.count else { throw .inputCount(node: input.name, expected: rows * input.count, actual: own.count) }
        given[input.binding] = Array(own[(row * input.count)..<((row + 1) * input.count)])
      }
      let execution = try Interpreter.run(architecture.program, inputs: given, memo: &memo)
      for output in architecture.outputs { out[output.name, default: []] += execution.output(output.name) ?? [] }
    }
    return out
  }
}
