import Hashing
import Programs
import ProofSystem

/// Where an inference reads its rows.
public enum InferenceInput: Hashable, Sendable {
  /// A committed table, by artefact name.
  case table(String)
  /// One public row: stored values in the order of `schema.storedColumns`.
  case publicRow(schema: TableSchema, values: [Int64])
}

/// What happens to an output of an inference.
public enum OutputBinding: Hashable, Sendable {
  /// Equal to a column of a committed table.
  case committed(artefact: String, column: String)
  /// Published, row by row (and column by column).
  case published([Int64])
  /// Only bounded: every value lies in the range.
  case bounded(IntegerRange)
}

/// How much of a confusion matrix is disclosed.
public enum AccuracyDisclosure: Hashable, Sendable {
  /// All counts, row-major by (label, prediction).
  case revealed([Int64])
  /// Only that at least this many predictions are correct.
  case atLeast(correct: Int64)
}

/// One public statement about committed artefacts. Names are those of the artefacts in the bundle.
public enum ClaimStatement: Hashable, Sendable {
  /// Every cell of a table, or every weight of a model, lies in its declared range; missing cells are stored as declared.
  case wellFormed(artefact: String)
  /// The outputs are what the committed linear model gives on the rows.
  case inference(model: String, input: InferenceInput, outputs: [String: OutputBinding])
  /// Counts of (label, prediction) pairs of two committed columns.
  case accuracy(labels: ColumnName, predictions: ColumnName, disclosure: AccuracyDisclosure)
  /// Two artefacts of equal format hold the same values: a refreshed commitment.
  case sameDataAs(artefact: String, original: String)
  /// About committed tables as data: splits, transformations, statistics.
  case data(DataClaim)

  public struct ColumnName: Hashable, Sendable {
    public let artefact: String
    public let column: String
    public init(artefact: String, column: String) {
      self.artefact = artefact
      self.column = column
    }
  }

  /// Stable name of the claim's type.
  public var type: String {
    switch self {
    case .wellFormed: "wellFormed"
    case .inference: "inference"
    case .accuracy: "accuracy"
    case .sameDataAs: "sameDataAs"
    case .data(let claim): Swift.type(of: claim.definition).type
    }
  }

  /// Artefacts that the claim speaks of, each once, in order of mention.
  public var artefacts: [String] {
    var out: [String] = []
    func add(_ name: String) { if !out.contains(name) { out.append(name) } }
    switch self {
    case .wellFormed(let artefact): add(artefact)
    case .inference(let model, let input, let outputs):
      add(model)
      if case .table(let table) = input { add(table) }
      for name in outputs.keys.sorted() { if case .committed(let artefact, _)? = outputs[name] { add(artefact) } }
    case .accuracy(let labels, let predictions, _):
      add(labels.artefact)
      add(predictions.artefact)
    case .sameDataAs(let artefact, let original):
      add(artefact)
      add(original)
    case .data(let claim):
      for name in claim.definition.artefacts { add(name) }
    }
    return out
  }

  /// Injective public encoding: the relation digest is over it.
  public var canonical: CanonicalValue {
    func numbers(_ values: [Int64]) -> CanonicalValue { .list(values.map { signedNumber($0) }) }
    switch self {
    case .wellFormed(let artefact): return ["well-formed/v1", .text(artefact)]
    case .inference(let model, let input, let outputs):
      let source: CanonicalValue
      switch input {
      case .table(let name): source = ["table", .text(name)]
      case .publicRow(let schema, let values): source = ["public row", schema.canonical, numbers(values)]
      }
      let bindings = outputs.mapValues { output -> CanonicalValue in
        switch output {
        case .committed(let artefact, let column): ["committed", .text(artefact), .text(column)]
        case .published(let values): ["published", numbers(values)]
        case .bounded(let range): ["bounded", range.canonical]
        }
      }
      return ["linear inference/v1", .text(model), source, .dictionary(bindings)]
    case .accuracy(let labels, let predictions, let disclosure):
      let shown: CanonicalValue
      switch disclosure {
      case .revealed(let counts): shown = ["revealed", numbers(counts)]
      case .atLeast(let correct): shown = ["at least", signedNumber(correct)]
      }
      return [
        "accuracy/v1", .text(labels.artefact), .text(labels.column), .text(predictions.artefact), .text(predictions.column), shown,
      ]
    case .sameDataAs(let artefact, let original): return ["same data/v1", .text(artefact), .text(original)]
    case .data(let claim): return claim.definition.canonical
    }
  }

  /// Every public value that depends on hidden data: what the claim reveals, derived from the statement itself.
  public var reveals: [Disclosure] {
    switch self {
    case .wellFormed, .sameDataAs: return []
    case .inference(_, let input, let outputs):
      var out: [Disclosure] = []
      if case .publicRow(_, let values) = input { out.append(Disclosure(subject: "input row", kind: .exact, values: values)) }
      for name in outputs.keys.sorted() {
        switch outputs[name] {
        case .published(let values)?: out.append(Disclosure(subject: name, kind: .exact, values: values))
        case .bounded(let range)?: out.append(Disclosure(subject: name, kind: .bounded, values: [range.lower, range.upper]))
        default: break
        }
      }
      return out
    case .accuracy(_, _, .revealed(let counts)): return [Disclosure(subject: "confusion matrix", kind: .exact, values: counts)]
    case .data(let claim): return claim.definition.reveals
    case .accuracy(_, _, .atLeast(let correct)): return [Disclosure(subject: "correct predictions", kind: .bounded, values: [correct])]
    }
  }
}

/// One public value of a claim that depends on hidden data.
public struct Disclosure: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case exact
    case bounded
  }
  public let subject: String
  public let kind: Kind
  public let values: [Int64]

  public init(subject: String, kind: Kind, values: [Int64]) {
    self.subject = subject
    self.kind = kind
    self.values = values
  }
}

/// A signed integer in the canonical encoding: its two's complement bits.
func signedNumber(_ value: Int64) -> CanonicalValue { .integer(UInt64(bitPattern: value)) }

extension FeatureEncoding {
  /// Whether a table with this schema has every feature column, name and categories byte by byte, with the same type and missing rule.
  func accepts(_ other: TableSchema) -> Bool {
    columns.allSatisfy { name in
      guard let own = schema.column(name), let theirs = other.column(name) else { return false }
      return own.type == theirs.type && own.missing == theirs.missing
    }
  }
}
