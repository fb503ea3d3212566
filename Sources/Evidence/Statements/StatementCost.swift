import Claims
import Programs

/// What a claim costs a verifier, in units of about one table row, from sizes alone. A lookup costs 64 units: its views are what takes
/// memory (about 14 kB) and time when a statement is built.
package enum StatementCost {
  private static let lookup = 64

  package static func of(_ statement: ClaimStatement, _ artefacts: [String: ArtefactDescription]) -> Int {
    switch statement {
    case .wellFormed(let name), .sameDataAs(let name, _): return size(artefacts[name])
    case .accuracy(let labels, let predictions, let disclosure):
      guard case .table(let schema, _)? = artefacts[labels.artefact]?.contents, case .category(let names)? = schema.column(labels.column)?.type
      else { return 1 }
      // A pair of classes is a row of a table, about 200 bytes; a published count of a pair is read, compared and put into words besides.
      let pairs = names.count * names.count
      guard labels != predictions, case .revealed = disclosure else { return lookup + pairs }
      return lookup + 8 * pairs + names.count * names.reduce(0) { $0 + $1.utf8.count } / 64
    case .data(let claim): return DataClaimCost(artefacts: artefacts).of(claim)
    case .inference(let model, let input, let outputs):
      if case .treeEnsemble(let architecture)? = artefacts[model]?.contents {
        var (cost, rows) = (0, 1)
        if case .table(let table) = input, case .table(_, let count)? = artefacts[table]?.contents { rows = count }
        if case .publicRow(let schema, let values) = input { cost += lookup * schema.columns.count + values.count }
        for output in outputs.values { if case .published(let values) = output { cost += values.count } }
        return cost + TreeCost.inference(architecture, rows: rows)
      }
      guard case .linearModel(let architecture)? = artefacts[model]?.contents else { return 1 }
      var cost = size(artefacts[model]) + features(architecture)
      // Rounding of a score and, for classes, the comparison with the maximum: up to 61 bits twice, and as much again to saturate.
      let scores = 32 * lookup * architecture.task.outputCount
      switch architecture.task {
      case .binary: cost += scores + 1 << LinearArchitecture.tableBits
      case .classes, .regression: cost += scores
      }
      if case .publicRow(let schema, let values) = input { cost += lookup * schema.columns.count + values.count }
      for output in outputs.values { if case .published(let values) = output { cost += values.count } }
      return cost
    }
  }

  /// Rounding of the columns that are wider than a feature; one-hot bits are counted with the weights.
  private static func features(_ architecture: LinearArchitecture) -> Int {
    architecture.encoding.groups.reduce(0) { cost, group in
      guard case .numeric(_, let range) = group else { return cost + lookup }
      return cost + lookup * (range.bitCount > architecture.encoding.fractionBits ? 1 + limbs(range) : 1)
    }
  }

  private static func size(_ artefact: ArtefactDescription?) -> Int {
    switch artefact?.contents {
    case .table(let schema, let rowCount)?:
      let lookups = schema.columns.reduce(0) { $0 + ($1.missing == .presence ? 2 + 3 * limbs($1.type.range) : 2 * limbs($1.type.range)) }
      // Every column's weights are cut into one piece per bit of the row count.
      return max(lookup * lookups, 32 * schema.storedColumns.count * (Int.bitWidth - rowCount.leadingZeroBitCount))
    case .linearModel(let architecture)?: return lookup * architecture.encoding.featureCount + architecture.weightShape.count
    case .treeEnsemble(let architecture)?: return TreeCost.wellFormed(architecture)
    case .network(let architecture)?: return NetworkCost.wellFormed(architecture)
    case nil: return 1
    }
  }

  /// Pieces of at least 8 bits that a range check cuts a value into.
  private static func limbs(_ range: IntegerRange) -> Int { max(1, (range.bitCount + 7) / 8) }
}
