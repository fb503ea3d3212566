/// The lineage of a bundle's artefacts as an inline SVG.
///
/// One row an artefact, earlier ones above later ones; an arc runs from each artefact to those made from it. Beside its name stands what each edge
/// means, so that nothing is said by colour alone.
struct LineagePicture {
  private static let width = 360
  private static let nameHeight = 24
  private static let relationHeight = 17

  private struct Row {
    let artefact: ManifestArtefact
    let relations: [ManifestEdge]
    let y: Int
  }

  private let rows: [Row]
  private let edges: [ManifestEdge]
  private let height: Int

  init(_ manifest: Manifest) {
    let byName = Dictionary(manifest.artefacts.map { ($0.name, $0) }) { first, _ in first }
    let relations = Dictionary(grouping: manifest.edges, by: \.from)
    var rows: [Row] = []
    var y = 16
    for name in Lineage.sourcesFirst(manifest.artefacts.map(\.name), edges: manifest.edges) {
      guard let artefact = byName[name] else { continue }
      let own = relations[name, default: []]
      rows.append(Row(artefact: artefact, relations: own, y: y))
      y += Self.nameHeight + Self.relationHeight * own.count + 10
    }
    self.rows = rows
    edges = manifest.edges
    height = y
  }

  /// The picture; empty without artefacts.
  var svg: HTML {
    guard !rows.isEmpty else { return "" }
    let index = Dictionary(rows.enumerated().map { ($1.artefact.name, $0) }) { first, _ in first }
    let spans = edges.compactMap { edge in index[edge.from].flatMap { later in index[edge.to].map { later - $0 } } }
    let gutter = 14 + min(7, spans.max() ?? 0) * 14
    let arcs = edges.html { edge in
      guard let later = index[edge.from], let earlier = index[edge.to] else { return "" }
      return arc(edge, from: rows[earlier].y, to: rows[later].y, span: later - earlier, gutter: gutter)
    }
    return """
      <svg class="lineage" viewBox="0 0 \(Self.width) \(height)" role="img" aria-label="Lineage of the artefacts, earlier ones above">
      \(arcs)\(rows.html { row($0, gutter: gutter) })</svg>

      """
  }

  private func arc(_ edge: ManifestEdge, from start: Int, to end: Int, span: Int, gutter: Int) -> HTML {
    // The farther apart the rows, the farther left the arc: arcs of different spans do not run over each other.
    let depth = min(gutter - 4, 4 + min(7, span) * 14)
    let x = gutter
    let title = "\(edge.from) \(edge.kind.words) \(edge.to)"
    return """
      <g style="stroke:\(edge.kind.color);fill:\(edge.kind.color)"><title>\(title)</title>\
      <path fill="none" stroke-width="1.8" d="M\(x) \(start)C\(x - depth) \(start + 10) \(x - depth) \(end) \(x - 8) \(end)"/>\
      <path stroke="none" d="M\(x - 9) \(end - 4)l7 4l-7 4z"/></g>

      """
  }

  private func row(_ row: Row, gutter: Int) -> HTML {
    let x = gutter + 12
    let artefact = row.artefact
    let name = Self.cut(artefact.name, to: 26)
    let both = artefact.role == artefact.kind ? artefact.kind : "\(artefact.role), \(artefact.kind)"
    let what = both.count <= 30 - name.count ? both : artefact.role
    let relations = row.relations.enumerated().html { index, edge in
      let y = row.y + Self.nameHeight - 3 + Self.relationHeight * index
      let words = Self.cut("\(edge.kind.words) \(edge.to)", to: 36)
      return """
        <line x1="\(x)" x2="\(x + 12)" y1="\(y - 4)" y2="\(y - 4)" stroke-width="2.5" style="stroke:\(edge.kind.color)"/>\
        <text x="\(x + 18)" y="\(y)" font-size="12" class="quiet">\(words)</text>

        """
    }
    return """
      <circle cx="\(gutter)" cy="\(row.y)" r="4.5" style="fill:var(--text)"/>\
      <text x="\(x)" y="\(row.y + 5)" font-size="14" font-weight="600"><title>\(artefact.name)</title>\(name)\
      <tspan font-size="12" font-weight="400" class="quiet" dx="6">\(Self.cut(what, to: 30 - name.count))</tspan></text>
      \(relations)
      """
  }

  /// At most `count` characters.
  private static func cut(_ text: String, to count: Int) -> String {
    text.count <= count ? text : String(text.prefix(max(1, count - 1))) + "…"
  }
}

extension ManifestEdge.Kind {
  /// The style sheet's colour of this kind of edge.
  fileprivate var color: String {
    switch self {
    case .derivedFrom: "var(--k0)"
    case .fittedOn: "var(--k1)"
    case .trainedOn: "var(--k2)"
    case .evaluatedOn: "var(--k3)"
    case .predictedBy: "var(--k4)"
    case .sameDataAs: "var(--k5)"
    }
  }
}
