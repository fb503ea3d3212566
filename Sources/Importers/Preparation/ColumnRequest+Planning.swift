/// From the columns of a claim file to what is fitted and transformed.

import Programs

extension ColumnRequest {
  /// What these columns fit, and what they make, of a table with this schema: one stage, in which parameters are those of the input's own cells.
  ///
  /// - Parameter file: the claim file's name in errors.
  /// - Throws: `ImportError` with column, expectation and remedy of the first chain that does not fit.
  public static func plan(
    _ requests: [ColumnRequest], schema: TableSchema, file: String
  ) throws(ImportError) -> (fit: FitSpecification?, transform: TransformSpecification) {
    var parameters: [FittedParameter] = []
    var columns: [ColumnTransform] = []
    for request in requests {
      let column = try schema.column(request.source, key: "columns", file: file)
      var chain = ColumnChain(column, file: file)
      for (index, step) in request.steps.enumerated() {
        guard !ColumnChain.beginsStage(step, after: Array(request.steps.prefix(index))) else {
          throw ImportError(
            .invalidValue, at: FilePlace(file: file, column: request.name), found: "a parameter of values that an earlier step has changed",
            expected: "steps whose parameters are of the input's own cells",
            remedy: "Transform in two claims: the first up to this step, the second from it on")
        }
        try chain.add(step)
      }
      try chain.checked()
      columns.append(ColumnTransform(name: request.name, source: request.source, steps: chain.steps))
      for parameter in chain.parameters where !parameters.contains(parameter) { parameters.append(parameter) }
    }
    return (parameters.isEmpty ? nil : FitSpecification(parameters), TransformSpecification(columns))
  }
}
