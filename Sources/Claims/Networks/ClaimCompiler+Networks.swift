import Programs
import ProofSystem

extension ClaimCompiler {
  /// Every entry of every hidden tensor in its declared range; padding stays out.
  mutating func addWellFormed(_ artefact: ArtefactDescription, _ architecture: NetworkArchitecture, _ prefix: String) throws(ClaimError) {
    for (index, parameter) in architecture.parameters.enumerated() {
      let tensor = NetworkParameter.tensorName(index)
      let grid = parameter.dimensions.map { Extent(count: $0) }
      let label = "\(prefix).\(artefact.name).\(tensor)"
      try builder.range(label, ColumnExpression(artefact.layout.view(tensor)), in: parameter.range, grid: grid)
    }
  }
}

extension RelationBuilder {
  /// lower ≤ expression ≤ upper over a grid of several dimensions.
  mutating func range(_ name: String, _ expression: ColumnExpression, in range: IntegerRange, grid: [Extent]) throws(ClaimError) {
    let bits = max(1, range.bitCount)
    guard bits <= 60 else { throw .tooWide(node: name, bits: bits) }
    let (negated, overflow) = range.lower.multipliedReportingOverflow(by: -1)
    if overflow { throw .coefficientOverflow }
    try self.range("\(name).from-below", try expression.adding(negated), bits: bits, grid: grid)
    if range.upper - range.lower != (1 << Int64(bits)) - 1 {
      try self.range("\(name).from-above", try ColumnExpression(constant: range.upper).adding(expression, times: -1), bits: bits, grid: grid)
    }
  }
}
