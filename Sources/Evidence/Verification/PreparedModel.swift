import Claims
import Programs

/// How a row as it was measured becomes one that a model reads: the transformations that a verified bundle shows, cut to what the features need.
public struct PreparedModel: Sendable {
  /// One transformation.
  public struct Stage: Sendable {
    /// The committed parameters that it reads; nil for none.
    public let parameters: ManifestArtefact?
    /// The columns that are needed later.
    public let specification: TransformSpecification
  }

  /// The model in the bundle.
  public let model: ManifestArtefact
  /// Its features, task and number formats.
  public let architecture: ModelArchitecture
  /// In order; none for a model that reads a table as it is.
  public let stages: [Stage]
  /// Columns of a row before the first stage that are needed.
  public let rowSchema: TableSchema

  /// Every way from rows to a model that inference claims of the bundle and the transformations before them show, each once.
  public static func all(_ report: VerificationReport) -> [PreparedModel] {
    var transforms: [String: TransformClaim] = [:]
    for statement in report.statements.values {
      guard case .data(.transform(let claim)) = statement else { continue }
      transforms[claim.output] = claim
    }
    var out: [PreparedModel] = []
    for claim in report.claims {
      guard case .inference(let model, let input, _) = report.statements[claim.entry.name],
        let found = PreparedModel(report, model, input, transforms), !out.contains(where: { $0.model.name == model && $0.isSame(as: found) })
      else { continue }
      out.append(found)
    }
    return out
  }

  /// The first inference claim whose way from the row to the model is not understood: transformations that do not fit.
  static func unexplained(_ report: VerificationReport) -> String? {
    var transforms: [String: TransformClaim] = [:]
    for statement in report.statements.values {
      guard case .data(.transform(let claim)) = statement else { continue }
      transforms[claim.output] = claim
    }
    return report.claims.first { claim in
      guard case .inference(let model, let input, _) = report.statements[claim.entry.name] else { return false }
      return PreparedModel(report, model, input, transforms) == nil
    }?.entry.name
  }

  private init?(_ report: VerificationReport, _ name: String, _ input: InferenceInput, _ transforms: [String: TransformClaim]) {
    let artefacts = Dictionary(report.manifest.artefacts.map { ($0.name, $0) }) { first, _ in first }
    guard let model = artefacts[name], let architecture = report.contents[name]?.model else { return nil }
    var needed = Set(architecture.features)
    var stages: [Stage] = []
    var schema: TableSchema
    switch input {
    case .publicRow(let own, _): schema = own
    case .table(var current):
      // A circle of transformations ends after as many stages as there are artefacts.
      while let claim = transforms[current], stages.count < artefacts.count {
        guard case .table(let before, _)? = report.contents[claim.input] else { return nil }
        var parameters: TableSchema?
        if let name = claim.parameters {
          guard case .table(let schema, _)? = report.contents[name], artefacts[name] != nil else { return nil }
          parameters = schema
        }
        guard let plan = try? TransformPlan(claim.specification, table: before, parameters: parameters) else { return nil }
        let kept = zip(claim.specification.columns, plan.columns).filter { $1.outputs.contains { needed.contains($0.name) } }.map(\.0)
        needed = Set(kept.map(\.source))
        stages.insert(Stage(parameters: claim.parameters.flatMap { artefacts[$0] }, specification: TransformSpecification(kept)), at: 0)
        current = claim.input
      }
      guard case .table(let own, _)? = report.contents[current] else { return nil }
      schema = own
    }
    guard let rowSchema = try? TableSchema(columns: schema.columns.filter { needed.contains($0.name) }) else { return nil }
    self.model = model
    self.architecture = architecture
    self.stages = stages
    self.rowSchema = rowSchema
  }

  /// Whether both give the same answers by the same commitments: model, parameters of every stage, steps, and columns of the row.
  public func isSame(as other: PreparedModel) -> Bool { isSame(as: other, SameData()) }

  /// The same where commitments to the same values count as one.
  public func isSame(as other: PreparedModel, _ data: SameData) -> Bool {
    func first(_ artefact: ManifestArtefact?) -> String? { artefact.map { data.first(of: $0.identity) } }
    return first(model) == first(other.model) && rowSchema.canonical == other.rowSchema.canonical && stages.count == other.stages.count
      && zip(stages, other.stages).allSatisfy {
        first($0.parameters) == first($1.parameters) && $0.specification.canonical == $1.specification.canonical
      }
  }
}

/// Which commitments are proved to hold the same values: an equivalence of identities, from `sameDataAs` claims of verified bundles.
public struct SameData: Sendable {
  private var parents: [String: String] = [:]

  /// Every commitment equals itself alone.
  public init() {}

  /// - Parameter reports: verified bundles, e.g. those that `refresh` wrote.
  public init(_ reports: [VerificationReport]) {
    for report in reports {
      let identities = Dictionary(report.manifest.artefacts.map { ($0.name, $0.identity) }) { first, _ in first }
      for claim in report.claims {
        guard case .sameDataAs(let artefact, let original)? = report.statements[claim.entry.name], let one = identities[artefact],
          let other = identities[original]
        else { continue }
        let (from, to) = (first(of: one), first(of: other))
        if from != to { parents[from] = to }
      }
    }
  }

  /// The one of its class that stands for a commitment.
  public func first(of identity: String) -> String {
    var current = identity
    while let parent = parents[current] { current = parent }
    return current
  }
}

/// Whether the answers of a receipt are those of the model that another bundle is about.
public struct ReceiptComparison: Sendable {
  /// What the audited bundle shows.
  private let audited: [PreparedModel]
  private let bundleID: String
  private let refreshed: [VerificationReport]

  /// - Parameters:
  ///   - audited: the verified bundle of the run, e.g. the one that an auditor examined.
  ///   - refreshed: verified bundles that show that later commitments hold the values of that run's.
  public init(audited: VerificationReport, refreshed: [VerificationReport] = []) {
    self.audited = PreparedModel.all(audited)
    bundleID = audited.bundleID
    self.refreshed = refreshed + [audited]
  }

  /// How the requirement ends for a verified receipt.
  public func outcome(for receipt: VerificationReport) -> BundleRequirements.Outcome {
    let requirement = "answers of the model of bundle \(bundleID.prefix(16))…, for rows that are prepared as there"
    func ended(_ state: BundleRequirements.State, _ reason: String) -> BundleRequirements.Outcome {
      .init(requirement: requirement, state: state, reason: reason)
    }
    let own = PreparedModel.all(receipt)
    if let claim = PreparedModel.unexplained(receipt) {
      return ended(.notEvidenced, "\(claim) is an answer that cannot be compared: how its rows are prepared is not understood")
    }
    guard !own.isEmpty else { return ended(.notEvidenced, "the bundle has no answer of a model") }
    let data = SameData(refreshed + [receipt])
    for answer in own {
      let name = answer.model.name
      let same = audited.filter { data.first(of: $0.model.identity) == data.first(of: answer.model.identity) }
      guard !same.isEmpty else {
        return ended(
          .notMet,
          "\(name), commitment \(answer.model.identity.prefix(16))…, is no model that answers in that bundle; after a refresh, --refreshed names its bundle"
        )
      }
      guard same.contains(where: { $0.isSame(as: answer, data) }) else {
        return ended(.notMet, "\(name) is a model of that bundle, but the rows are prepared otherwise, by other parameters, or have other columns")
      }
    }
    let isDirect = own.allSatisfy { answer in audited.contains { $0.isSame(as: answer) } }
    return ended(
      .met,
      (isDirect ? "commitments of model and parameters" : "commitments of model and parameters, some of them refreshed with proof of the same values")
        + ", every step of the preparation and the columns of a row are the same")
  }
}
