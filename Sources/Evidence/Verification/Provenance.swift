import Claims
import Programs

/// Where every artefact of a verified bundle comes from, read off the statements: stricter than the edges of the manifest, which a writer may
/// leave out.
///
/// An artefact is *determined* by a claim when the claim leaves no freedom about any of its cells: the parts of a split, the output of a filter, of
/// a removal of duplicates, of a join or of a transformation, fitted parameters, and a table all of whose columns are outputs of models.
struct Provenance {
  /// One claim that determines an artefact.
  struct Step: Equatable {
    /// The claim.
    let claim: String
    /// Its type.
    let type: String
    /// What the artefact is computed from, by name.
    let sources: [String]
    /// What was done, in a few words.
    let words: String
  }

  /// Artefacts in the order of the manifest.
  let names: [String]
  /// Claims that determine an artefact, by its name.
  private(set) var steps: [String: [Step]] = [:]
  /// Columns of tables that outputs of models fill, where they are not all: by table.
  private(set) var partlyFilled: [String: [String]] = [:]
  /// Claims of equal values: pairs of names with the claim's.
  private(set) var equalities: [(claim: String, first: String, second: String)] = []
  private var representative: [String: String] = [:]
  private var members: [String: [String]] = [:]

  init(_ report: VerificationReport) {
    names = report.manifest.artefacts.map(\.name)
    let whole = TrainingChain.whole(report.statements)
    var filled: [String: [(claim: String, column: String, sources: [String])]] = [:]
    for claim in report.claims {
      guard let statement = report.statements[claim.entry.name] else { continue }
      let name = claim.entry.name
      switch statement {
      case .sameDataAs(let first, let second): equalities.append((name, first, second))
      case .data(let data):
        // An input that no table holds may be anything, and the answers with it.
        if case .network(let claim) = data, claim.inputs.values.allSatisfy({ if case .columns = $0 { true } else { false } }) {
          let sources = NetworkAnswers.tables(claim) + [claim.model]
          for column in NetworkAnswers.filled(claim) { filled[column.artefact, default: []].append((name, column.column, sources)) }
        }
        // Steps from a checkpoint that may be anything determine nothing.
        if case .training = data, !whole.contains(name) { continue }
        add(data, name)
      case .inference(let model, let input, let outputs):
        var sources = [model]
        if case .table(let table) = input { sources.insert(table, at: 0) }
        for output in outputs.keys.sorted() {
          if case .committed(let artefact, let column)? = outputs[output] { filled[artefact, default: []].append((name, column, sources)) }
        }
      case .wellFormed, .accuracy: break
      }
    }
    for (table, columns) in filled {
      guard case .table(let schema, _)? = report.contents[table] else { continue }
      let open = schema.columns.map(\.name).filter { name in !columns.contains { $0.column.hasSameScalars(as: name) } }
      guard open.isEmpty else {
        partlyFilled[table] = open
        continue
      }
      var sources: [String] = []
      for source in columns.flatMap(\.sources) where !sources.contains(source) { sources.append(source) }
      let claims = columns.map(\.claim).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      steps[table, default: []].append(
        Step(claim: claims.joined(separator: ", "), type: "inference", sources: sources, words: "outputs of \(sources.last ?? "a model")"))
    }
    joinEqual()
  }

  private mutating func add(_ data: DataClaim, _ claim: String) {
    func step(_ sources: [String], _ words: String) -> Step {
      Step(claim: claim, type: Swift.type(of: data.definition).type, sources: sources, words: words)
    }
    switch data {
    case .split(let split):
      for part in split.parts { steps[part, default: []].append(step([split.table], "part of a split, \(split.rule.words)")) }
    case .filter(let filter): steps[filter.output, default: []].append(step([filter.table], "rows that meet a filter"))
    case .deduplicate(let claim): steps[claim.output, default: []].append(step([claim.table], "without repeated rows"))
    case .join(let join): steps[join.output, default: []].append(step([join.left, join.right], "joined by \(join.key)"))
    case .fit(let fit): steps[fit.parameters, default: []].append(step([fit.table], "parameters fitted"))
    case .transform(let transform):
      steps[transform.output, default: []].append(
        step([transform.input] + (transform.parameters.map { [$0] } ?? []), "transformed, row by row"))
    case .training(let training):
      steps[training.end.name, default: []].append(
        step([training.table] + (training.start.map { [$0] } ?? []), "trained, step by step"))
    case .optimum(let optimum):
      steps[optimum.model, default: []].append(step(optimum.tables, "near the optimum of a stated loss on its rows"))
    case .treeTraining(let training):
      steps[training.model, default: []].append(step([training.table], "tree \(training.tree) grown on its rows"))
    case .statistics, .disjoint, .anonymity, .confusion, .ranking, .errors, .network: break
    }
  }

  /// Classes of artefacts with equal values, by the first name of each in the manifest.
  private mutating func joinEqual() {
    for name in names { representative[name] = name }
    for equality in equalities {
      guard let first = representative[equality.first], let second = representative[equality.second], first != second else { continue }
      for name in names where representative[name] == second { representative[name] = first }
    }
    for name in names { members[representative[name] ?? name, default: []].append(name) }
  }

  /// The artefact and all that are proved to hold the same values.
  func equals(_ name: String) -> [String] { members[representative[name] ?? name] ?? [name] }

  /// Whether two artefacts are one or proved to hold the same values.
  func areEqual(_ first: String, _ second: String) -> Bool {
    first == second || representative[first] == representative[second] && representative[first] != nil
  }

  /// Claims that determine the artefact or one of equal values.
  func determining(_ name: String) -> [Step] { equals(name).flatMap { steps[$0] ?? [] } }

  /// The tables that hold the same rows with other columns: the artefact, what it was transformed from, and the table that a join added columns to,
  /// nearest first; equal ones too.
  func sameRows(_ name: String) -> [String] { following([TransformClaim.type, JoinClaim.type], from: name) { $0.prefix(1) } }

  /// The tables that its rows were taken from, by filters, removal of duplicates, transformations and joins (of these the left table); itself first.
  func rowSources(_ name: String) -> [String] {
    following([TransformClaim.type, JoinClaim.type, FilterClaim.type, DeduplicateClaim.type], from: name) { $0.prefix(1) }
  }

  private func following(_ types: Set<String>, from name: String, _ sources: ([String]) -> ArraySlice<String>) -> [String] {
    var found = equals(name)
    var index = 0
    while index < found.count {
      let own = determining(found[index]).filter { types.contains($0.type) }
      index += 1
      // A table that comes from several ones: whose rows these are, nobody can say.
      guard Set(own.map { sources($0.sources).map { representative[$0] ?? $0 } }).count <= 1 else { continue }
      for equal in own.flatMap({ sources($0.sources).flatMap(equals) }) where !found.contains(equal) { found.append(equal) }
    }
    return found
  }

  /// Everything that the artefact is computed from, over any number of claims, itself included; equal ones too.
  func ancestors(_ name: String) -> Set<String> {
    var found = Set(equals(name))
    var open = Array(found)
    while let next = open.popLast() {
      for source in (steps[next] ?? []).flatMap(\.sources) {
        for equal in equals(source) where found.insert(equal).inserted { open.append(equal) }
      }
    }
    return found
  }
}

extension SplitRule {
  /// How rows are dealt, in a few words.
  var words: String {
    switch self {
    case .random: "random rows by a seed"
    case .stratified(_, let column, _, _, _): "stratified by \(column)"
    case .cutoff(let column, _): "by a cut-off in \(column)"
    case .groups(_, let column, _, _, _): "whole groups of \(column)"
    }
  }

  /// The word for the rule in policies.
  var method: String {
    switch self {
    case .random: "random"
    case .stratified: "stratified"
    case .cutoff: "cutoff"
    case .groups: "groups"
    }
  }

  /// What the seed comes from; nil for a rule without one.
  var nonce: Nonce? {
    switch self {
    case .random(let nonce), .stratified(let nonce, _, _, _, _), .groups(let nonce, _, _, _, _): nonce
    case .cutoff: nil
    }
  }
}
