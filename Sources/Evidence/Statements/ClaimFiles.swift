import Claims

/// Public files of claims, with what they disclose, as a prover writes them.
public enum ClaimFiles {
  /// One file a claim, in order.
  /// - Parameters:
  ///   - claims: names in the bundle and statements; together all claims of the bundle.
  ///   - artefacts: those that the claims mention.
  /// - Throws: `StatementError` when a claim does not fit its artefacts.
  public static func make(
    _ claims: [(name: String, statement: ClaimStatement)], artefacts: [ArtefactDescription]
  ) throws(StatementError) -> [BundleDraft.Claim] {
    var files: [BundleDraft.Claim] = []
    for (claim, description) in zip(claims, try descriptions(claims, artefacts: artefacts)) {
      let file = ClaimFile(
        type: ClaimJSON.type(claim.statement), statement: ClaimJSON.value(claim.statement), discloses: description.discloses)
      files.append(BundleDraft.Claim(name: claim.name, file: file, subjects: description.uses))
    }
    return files
  }

  /// What the claims mean, in order.
  /// - Parameter complete: whether disclosures write out every value, however many; files of claims do not.
  /// - Throws: `StatementError` when a claim does not fit its artefacts, or when together they cost a verifier more than it takes on.
  public static func descriptions(
    _ claims: [(name: String, statement: ClaimStatement)], artefacts: [ArtefactDescription], complete: Bool = false
  ) throws(StatementError) -> [ClaimDescription] {
    var counts: [ClaimStatement.ColumnName: [Int64]] = [:]
    for claim in claims {
      guard let (column, matrix) = ClaimJSON.countedColumn(claim.statement), let size = ClaimJSON.squareRoot(matrix.count) else { continue }
      counts[column] = (0..<size).map { matrix[$0 * size + $0] }
    }
    let named = Dictionary(artefacts.map { ($0.name, $0) }) { first, _ in first }
    guard claims.reduce(0, { $0 + StatementCost.of($1.statement, named) }) <= StatementCaps.bundleCost else {
      throw .tooLarge("these claims together; make fewer claims at a time, or claims about fewer columns or classes")
    }
    var meaning = ClaimMeaning(artefacts: named, classCounts: counts)
    meaning.predictors = ClaimMeaning.predictors(claims.map(\.statement))
    meaning.fits = ClaimMeaning.fits(claims.map(\.statement))
    meaning.links = RowLinks(claims.map(\.statement))
    if complete { meaning.listedValues = .max }
    var result: [ClaimDescription] = []
    for claim in claims { result.append(try meaning.describe(claim.statement)) }
    return result
  }
}
