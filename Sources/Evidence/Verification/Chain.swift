import Claims
import Programs

/// The chain of a verified bundle as a tree: every artefact under what it comes from, with the claims that say so, and what no claim says.
public struct Chain: Equatable, Sendable {
  /// One artefact.
  public struct Node: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// What it is: role, size.
    public let what: String
    /// How it comes from the artefact above it, in words; nil at the top.
    public let derivation: String?
    /// The claim that says so.
    public let claim: String?
    /// Further artefacts that it comes from.
    public let others: [String]
    /// Names of the other claims about it.
    public let claims: [String]
    /// Who signed it, in words.
    public let signed: [String]
    /// Artefacts that come from it.
    public let children: [Node]
  }

  /// Artefacts that come from no other.
  public let roots: [Node]
  /// What no claim evidences, one sentence each.
  public let notEvidenced: [String]
  /// Artefacts that claims stand on; all of them have a proved well-formedness.
  public let wellFormedCount: Int

  /// One step of lineage and the claim that establishes it.
  private struct Link {
    let child: String
    let parents: [String]
    let words: String
    let claim: String
  }

  /// The chain of a report.
  public init(_ report: VerificationReport) {
    let provenance = Provenance(report)
    let artefacts = Dictionary(report.manifest.artefacts.map { ($0.name, $0) }) { first, _ in first }
    var links: [String: Link] = [:]
    for name in provenance.names {
      if let step = provenance.steps[name]?.first {
        links[name] = Link(child: name, parents: step.sources, words: step.words, claim: step.claim)
      }
    }
    for equality in provenance.equalities where links[equality.first] == nil {
      links[equality.first] = Link(child: equality.first, parents: [equality.second], words: "same data", claim: equality.claim)
    }
    // Whatever else claims establish, e.g. for claim types of other checkers.
    for claim in report.claims {
      for edge in claim.description.establishes where links[edge.from] == nil {
        let more = claim.description.establishes.filter { $0.from == edge.from && $0.to != edge.to }.map(\.to)
        links[edge.from] = Link(child: edge.from, parents: [edge.to] + more, words: "\(edge.kind.words) it", claim: claim.entry.name)
      }
    }
    var about: [String: [String]] = [:]
    for claim in report.claims {
      for name in claim.description.uses where links[name]?.claim != claim.entry.name { about[name, default: []].append(claim.entry.name) }
    }
    var children: [String: [String]] = [:]
    // A circle, which equal data can make, has no place in a tree: its members stand at the top.
    var placed: Set<String> = []
    var roots: [String] = []
    let parents = links.mapValues { $0.parents.first ?? "" }
    for name in provenance.names {
      guard let parent = parents[name], artefacts[parent] != nil, !Self.leads(from: parent, to: name, parents) else {
        roots.append(name)
        continue
      }
      children[parent, default: []].append(name)
      placed.insert(name)
    }
    func node(_ name: String) -> Node {
      let link = placed.contains(name) ? links[name] : nil
      let signed = report.signers.compactMap { signer -> String? in
        guard case .dataset(let table, let statement) = signer.subject, table == name else { return nil }
        return "signed by \(signer.role.words) \(report.name(of: signer) ?? "unknown, key \(signer.fingerprint.prefix(16))…") on \(statement.date)"
      }
      return Node(
        name: name, what: Self.words(artefacts[name], report.contents[name]), derivation: link?.words, claim: link?.claim,
        others: link.map { Array($0.parents.dropFirst()) } ?? [], claims: about[name] ?? [], signed: signed,
        children: (children[name] ?? []).map(node))
    }
    self.roots = roots.map(node)
    notEvidenced = Self.gaps(report, provenance, about, Set(links.keys))
    wellFormedCount = Set(report.claims.flatMap(\.description.uses)).count
  }

  /// Whether going up from `start` comes to `name`.
  private static func leads(from start: String, to name: String, _ parents: [String: String]) -> Bool {
    var current = start
    for _ in 0...parents.count {
      if current == name { return true }
      guard let next = parents[current] else { return false }
      current = next
    }
    return true
  }

  private static func words(_ artefact: ManifestArtefact?, _ contents: ArtefactContents?) -> String {
    guard let artefact else { return "" }
    switch contents {
    case .table(let schema, let rows)?:
      return "\(artefact.role), \(ClaimMeaning.count(rows, "row")) of \(ClaimMeaning.count(schema.columns.count, "column"))"
    case .linearModel(let architecture)?:
      return "\(artefact.role), linear model of \(ClaimMeaning.count(architecture.encoding.featureCount, "feature"))"
    case .network(let architecture)?:
      return "\(artefact.role), network of \(ClaimMeaning.count(architecture.parameters.count, "hidden tensor"))"
    case .treeEnsemble(let architecture)?: return "\(artefact.role), ensemble of \(ClaimMeaning.count(architecture.trees, "decision tree"))"
    case nil: return artefact.role == artefact.kind ? artefact.kind : "\(artefact.role), \(artefact.kind)"
    }
  }

  // MARK: What is missing

  private static func gaps(
    _ report: VerificationReport, _ provenance: Provenance, _ about: [String: [String]], _ linked: Set<String>
  ) -> [String] {
    var gaps: [String] = []
    for name in provenance.names {
      if about[name] == nil, !linked.contains(name) { gaps.append("\(name): anything; no claim is about it, not even that it is well-formed") }
      switch report.contents[name] {
      case .linearModel?, .network?: if provenance.determining(name).isEmpty { gaps.append("\(name): how it was trained, and on what") }
      case .treeEnsemble(let architecture)?:
        let proved = Set(
          report.statements.values.flatMap { statement -> [Int] in
            guard case .data(.treeTraining(let claim)) = statement, provenance.areEqual(claim.model, name) else { return [] }
            return claim.sampling == nil ? [claim.tree] : Array(0..<architecture.trees)
          })
        if proved.count < architecture.trees { gaps.append("\(name): how it was trained, and on what") }
      case .table?:
        if let columns = provenance.partlyFilled[name] {
          gaps.append("\(name): where its columns \(columns.prefix(5).joined(separator: ", "))\(columns.count > 5 ? ", …" : "") come from")
        } else if provenance.determining(name).isEmpty {
          let owners = report.signers.filter { signer in
            if case .dataset(let table, _) = signer.subject { return provenance.areEqual(table, name) }
            return false
          }
          if owners.isEmpty {
            gaps.append("\(name): where it comes from; no claim derives it and no data owner signed it")
          } else if owners.allSatisfy({ report.name(of: $0) == nil }) {
            gaps.append("\(name): whose data it is; it is signed, but whose key that is this verifier was not told")
          }
        }
      case nil: break
      }
    }
    for (name, statement) in report.claims.compactMap({ claim in report.statements[claim.entry.name].map { (claim.entry.name, $0) } }) {
      guard case .data(.split(let split)) = statement else { continue }
      if let gap = seedGap(split, report) { gaps.append("\(name): \(gap)") }
      let isApart = report.statements.values.contains { other in
        guard case .data(.disjoint(let claim)) = other else { return false }
        return split.parts.allSatisfy { part in claim.tables.contains { provenance.areEqual($0, part) } }
      }
      if !isApart { gaps.append("\(name): that no two parts hold equal rows; a row that \(split.table) has twice may be in both") }
    }
    return gaps + TrainingChain.gaps(report)
  }

  private static func seedGap(_ split: SplitClaim, _ report: VerificationReport) -> String? {
    guard let nonce = split.rule.nonce else { return "why the rows were cut just there: the prover may have chosen the place" }
    guard !nonce.bytes.isEmpty else { return "that the seed was not chosen: the split has no nonce, so the seed could have been ground" }
    switch nonce.source {
    case .prover: return "that the seed was not chosen: the prover chose the nonce, so the seed could have been ground"
    case .auditor:
      return
        "that \(Hexadecimal.text(Array(nonce.bytes.prefix(32)))) is an auditor's nonce, given after \(split.table) was committed: only the auditor can tell"
    case .dated(let text):
      let evaluation = PolicyEvaluation(report: report, now: report.manifest.created)
      guard let date = Timestamp(text) ?? Timestamp("\(text)T00:00:00Z"), let signed = evaluation.ownerDate(split.table), date > signed else {
        return "that \(split.table) was committed before the nonce's date \(text): the seed could have been ground"
      }
      return "that the nonce is the public value of \(text): look it up"
    }
  }
}
