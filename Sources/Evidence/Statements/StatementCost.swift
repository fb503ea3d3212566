import Claims
import Programs

/// What a claim costs a verifier, in units of about one table row or column, from sizes alone.
enum StatementCost {
  static func of(_ statement: ClaimStatement, _ artefacts: [String: ArtefactDescription]) -> Int {
    switch statement {
    case .wellFormed(let name), .sameDataAs(let name, _): return size(artefacts[name])
    case .accuracy(let labels, _, _):
      guard case .table(let schema, _)? = artefacts[labels.artefact]?.contents, case .category(let names)? = schema.column(labels.column)?.type
      else { return 1 }
      // A pair of classes is a row of a table and, when revealed, a constraint of its own.
      return 64 + 32 * names.count * names.count
    case .inference(let model, let input, let outputs):
      guard case .linearModel(let architecture)? = artefacts[model]?.contents else { return 1 }
      var cost = size(artefacts[model]) + 64 * architecture.encoding.schema.columns.count
      switch architecture.task {
      case .binary: cost += 1 << LinearArchitecture.tableBits
      case .classes(let count): cost += 256 * count
      case .regression: cost += 256
      }
      if case .publicRow(let schema, let values) = input { cost += 64 * schema.columns.count + values.count }
      for output in outputs.values { if case .published(let values) = output { cost += values.count } }
      return cost
    }
  }

  private static func size(_ artefact: ArtefactDescription?) -> Int {
    switch artefact?.contents {
    // Every column's weights are cut into one piece per bit of the row count.
    case .table(let schema, let rowCount)?: 32 * schema.storedColumns.count * (Int.bitWidth - rowCount.leadingZeroBitCount)
    case .linearModel(let architecture)?: 64 * architecture.encoding.featureCount + architecture.weightShape.count
    case nil: 1
    }
  }
}
