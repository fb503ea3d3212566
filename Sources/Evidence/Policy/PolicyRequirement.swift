/// One thing that a policy wants to see in a bundle.
///
/// Artefacts are named by a word: their role in the manifest, or their name. A requirement is about every artefact that its word names, so that a
/// second artefact in the same role cannot stand in for a worse one.
public struct PolicyRequirement: Equatable, Sendable {
  /// What is wanted.
  enum Kind: Equatable, Sendable {
    case claim(type: String, about: String)
    case rows(table: String, minimum: PolicyNumber?, maximum: PolicyNumber?)
    case split(SplitWanted)
    case disjoint(tables: [String], key: [String])
    case statistic(StatisticWanted)
    case groups(table: String, columns: [String], minimum: PolicyNumber, allowAbsent: Bool)
    case anonymity(table: String, columns: [String], minimum: PolicyNumber)
    case fit(on: String)
    case transform(table: String, from: String?)
    case inference(model: String, input: String, output: String?)
    case accuracy(AccuracyWanted)
    case metric(MetricWanted)
    case fairness(FairnessWanted)
    case signer(role: SigningRole, name: String?, table: String?)
    case soundness(bits: Int?, profile: String?)
    case date(after: Timestamp?, before: Timestamp?, maximumAgeDays: Int?)
    case lineage(tables: [String])
  }

  struct SplitWanted: Equatable, Sendable {
    let table: String
    let parts: [String]
    /// Empty: any.
    let methods: [String]
    /// Sources of the seed that are accepted; empty: any, the prover's choice included.
    let nonces: [String]
    /// The nonce that the auditor gave, hexadecimal.
    let auditorNonce: String?
    /// Identity of the table that it was given for.
    let commitment: String?
    /// The public value that was looked up, as text or hexadecimal.
    let datedNonce: String?
    /// When it became public.
    let nonceDate: Timestamp?
    let maximumAgeDays: Int?
  }

  struct StatisticWanted: Equatable, Sendable {
    let table: String
    let column: String
    /// The second column of counts of pairs.
    let second: String?
    let statistic: StatisticName
    let minimum: PolicyNumber?
    let maximum: PolicyNumber?
  }

  /// Statistics as policies call them.
  enum StatisticName: String, CaseIterable, Sendable {
    case missing, missingShare, sum, mean, least, greatest, histogram, pairs

    /// Whether it is one number, which can have bounds.
    var isNumber: Bool { self != .histogram && self != .pairs }
  }

  struct AccuracyWanted: Equatable, Sendable {
    let model: String
    let input: String
    let minimum: PolicyNumber?
    let rows: PolicyNumber?
    let aboveBaseline: Bool
  }

  let kind: Kind
  /// The policy's own name for it.
  public let name: String?
  /// Articles of a regulation that it serves, in the policy's words.
  public let articles: String?
  /// Line of the policy.
  public let line: Int?

  /// What is wanted, in words.
  public var words: String {
    let own = kindWords
    return name.map { "\($0): \(own)" } ?? own
  }

  private var kindWords: String {
    func list(_ words: [String]) -> String { words.joined(separator: ", ") }
    switch kind {
    case .claim(let type, let about): return "a \(type) claim about \(about)"
    case .rows(let table, let minimum, let maximum): return "rows of \(table)\(boundWords(minimum: minimum, maximum: maximum))"
    case .split(let split):
      var words = "a proved split of \(split.table)"
      if !split.parts.isEmpty { words += " into \(list(split.parts))" }
      if !split.methods.isEmpty { words += ", \(split.methods.joined(separator: " or "))" }
      if !split.nonces.isEmpty { words += ", seed from a nonce that is \(split.nonces.joined(separator: " or "))" }
      return words
    case .disjoint(let tables, let key): return "no \(key.isEmpty ? "row" : "value of \(list(key))") in two of \(list(tables))"
    case .statistic(let wanted):
      let pair = wanted.second.map { " by \($0)" } ?? ""
      return "\(wanted.statistic.rawValue) of \(wanted.column)\(pair) in \(wanted.table)"
        + boundWords(minimum: wanted.minimum, maximum: wanted.maximum)
    case .groups(let table, let columns, let minimum, _): return "every group of \(list(columns)) in \(table) has at least \(minimum) rows"
    case .anonymity(let table, let columns, let minimum): return "\(table) is \(minimum)-anonymous in \(list(columns))"
    case .fit(let table): return "preprocessing is fitted on \(table) alone"
    case .transform(let table, let source): return "\(table) is a proved transformation\(source.map { " of \($0)" } ?? "")"
    case .inference(let model, let input, let output): return "\(output ?? "answers") come from \(model) on \(input)"
    case .accuracy(let wanted):
      let bound = boundWords(minimum: wanted.minimum, maximum: nil)
      let rows = wanted.rows.map { ", n at least \($0)" } ?? ""
      return "accuracy of \(wanted.model) on \(wanted.input)\(bound)\(rows)\(wanted.aboveBaseline ? ", above the majority class" : "")"
    case .metric(let wanted):
      let about = wanted.category.map { " of \($0)" } ?? ""
      return "\(wanted.metric)\(about) of \(wanted.model) on \(wanted.input)\(boundWords(minimum: wanted.minimum, maximum: wanted.maximum))"
        + (wanted.rows.map { ", n at least \($0)" } ?? "")
    case .fairness(let wanted):
      return "\(wanted.metric) by \(wanted.by) of the prediction \(wanted.outcome) of \(wanted.model) on \(wanted.input)"
        + boundWords(minimum: wanted.minimum, maximum: wanted.maximum)
        + (wanted.minimumGroup.map { ", among all groups of at least \($0) rows" } ?? "")
    case .signer(let role, let name, let table):
      return "\(table ?? "the bundle") signed by \(name.map { "\(role.words) \($0)" } ?? "a trusted \(role.words)")"
    case .soundness(let bits, let profile):
      return "soundness" + (bits.map { " of at least \($0) bits" } ?? "") + (profile.map { " at profile \($0)" } ?? "")
    case .date(let after, let before, let age):
      return "written" + (after.map { " after \($0)" } ?? "") + (before.map { " before \($0)" } ?? "") + (age.map { " at most \($0) days ago" } ?? "")
    case .lineage(let tables): return "\(tables.isEmpty ? "every table" : list(tables)) comes from tables that a trusted data owner signed"
    }
  }
}
