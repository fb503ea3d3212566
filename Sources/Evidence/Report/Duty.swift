/// Duties of the EU AI Act (Regulation (EU) 2024/1689) to which a verified claim can be evidence, with what it can and cannot show.
///
/// The duties for high-risk systems of Annex III apply from 2 December 2027. Which duty a claim serves is said by the claim's type.
public enum Duty: String, Equatable, Sendable, CaseIterable {
  /// Art. 9(8).
  case testing = "9(8)"
  /// Art. 10(2)–(3).
  case dataGovernance = "10(2)–(3)"
  /// Art. 10(5).
  case specialCategories = "10(5)"
  /// Art. 11 and Annex IV.
  case documentation = "11, Annex IV"
  /// Art. 12 and 19.
  case logs = "12, 19"
  /// Art. 13.
  case instructions = "13"
  /// Art. 14.
  case oversight = "14"
  /// Art. 15.
  case accuracy = "15"
  /// Art. 18.
  case retention = "18"
  /// Art. 26 and 27.
  case deployers = "26, 27"
  /// Art. 43.
  case conformityAssessment = "43"
  /// Art. 72.
  case monitoring = "72"
  /// Art. 73.
  case incidents = "73"

  /// The duty in a few words.
  public var title: String { row.title }
  /// What evidence can support.
  public var support: String { row.support }
  /// What evidence cannot show.
  public var limit: String { row.limit }

  private var row: (title: String, support: String, limit: String) {
    switch self {
    case .testing:
      (
        "tests against metrics and thresholds defined beforehand",
        "threshold committed before the test; metric at or above the threshold on a committed test set",
        "that the metrics are apt"
      )
    case .dataGovernance:
      (
        "data governance; data relevant, representative and free of errors as far as possible; examination for bias",
        "row counts, ranges, missing rates, class and group shares, disjoint splits, declared preprocessing applied, authorised source signature",
        "representativeness of the population, truth of labels, lawful collection"
      )
    case .specialCategories:
      (
        "special categories of data for correction of bias only",
        "fairness audited while sensitive columns never leave their holder", "legal basis, deletion"
      )
    case .documentation:
      (
        "technical documentation", "machine-checkable attachments: commitments, training proof, metric proofs, change log",
        "quality of the narrative"
      )
    case .logs:
      (
        "logs over the lifetime, kept at least six months",
        "append-only log with signed checkpoints; each output is the committed model's on its input",
        "that every use was logged (that needs counters, receipts, third-party checkpoints)"
      )
    case .instructions:
      ("instructions for use with accuracy and limits", "declared number linked to a metric proof", "comprehensibility")
    case .oversight:
      (
        "human oversight", "override events in the log; the decision followed the approved model or was overridden",
        "that oversight was effective"
      )
    case .accuracy:
      (
        "accuracy, robustness, cybersecurity",
        "accuracy on a committed set, per slice; served weights are the audited weights; perturbation tests",
        "accuracy on future data; absence of backdoors"
      )
    case .retention:
      ("documentation kept for ten years", "frozen format, small verifier, post-quantum proofs", "that anyone keeps it")
    case .deployers:
      (
        "deployers' duties; fundamental-rights impact assessment", "receipts verified offline; metric proofs as inputs",
        "the assessment itself"
      )
    case .conformityAssessment:
      ("conformity assessment", "a notified body verifies without receiving model or data", "conformity itself")
    case .monitoring:
      (
        "post-market monitoring", "drift, performance, fairness per window over committed logs, chained to the deployed model",
        "that deployers' data are genuine unless signed at the source"
      )
    case .incidents:
      ("serious incidents", "tamper-evident version, input and output at the time", "causation")
    }
  }
}
