import Programs
import ProofSystem

/// Cells of the steps of one ensemble's paths: one entry for each row, tree and level.
///
/// Columns key, move, test, feature, threshold, delta, cell, value, isLess, isEqual; where values may be missing tracksTrue, isMissing; then all
/// limbs of the distance but the lowest. A step *moves* by 0 to the false side, by 1 to the true side, by 2 nowhere.
struct NetworkPathCells: Hashable, Sendable {
  /// Table of nodes: one piece for each move, of (move, test, feature, threshold, tracksTrue, delta).
  let nodes: Int
  /// Table of (value, isMissing) by feature and sample.
  let features: Int
  let hasMissing: Bool
  /// Widths of the limbs of value − threshold, the lowest first.
  let limbs: [Int]

  /// The test of a step that stays where it is.
  static let stay: Int64 = 7

  /// Columns of one entry; limbs come after them.
  enum Part: Int {
    case key, move, test, feature, threshold, delta, cell, value, isLess, isEqual, tracksTrue, isMissing
  }

  private var parts: Int { hasMissing ? 12 : 10 }
  var width: Int { parts + max(0, limbs.count - 1) }
  /// Bits of the distance.
  var bits: Int { limbs.reduce(0, +) }
  /// Column of limb number `index`, at least 1.
  func limb(_ index: Int) -> Int { parts + index - 1 }

  /// Columns that no equation reads.
  var unread: [Int] {
    let read = [Part.key, .move, .delta, .cell, .feature].map(\.rawValue)
    return (0..<width).filter { !read.contains($0) }
  }

  /// (test, isLess, isEqual, move), or (test, tracksTrue, isMissing, isLess, isEqual, move): every move that the semantics allow.
  var rules: [[Int64]] {
    var out: [[Int64]] = []
    for (isLess, isEqual) in [(true, false), (false, true), (false, false)] {
      let sign: [Int64] = [isLess ? 1 : 0, isEqual ? 1 : 0]
      let outcomes = [isLess || isEqual, isLess, !isLess, !isLess && !isEqual, isEqual, !isEqual]
      for (place, holds) in outcomes.enumerated() {
        let test = Int64(place + 1)
        guard hasMissing else {
          out.append([test] + sign + [holds ? 1 : 0])
          continue
        }
        for tracks in [Int64(0), 1] {
          out.append([test, tracks, 0] + sign + [holds ? 1 : 0])
          out.append([test, tracks, 1] + sign + [tracks])
        }
      }
      if hasMissing {
        for isMissing in [Int64(0), 1] { out.append([Self.stay, 0, isMissing] + sign + [2]) }
      } else {
        out.append([Self.stay] + sign + [2])
      }
    }
    return out
  }
}

/// What the prover needs to write the cells of an ensemble's paths.
struct NetworkTreePaths: Sendable {
  /// Nodes of the graph: features, and the table of tree nodes.
  let x: Int
  let nodes: Int
  let features: Int
  let trees: Int
  let depth: Int
  let missing: Int64?
  /// Bits of the samples and of the tree nodes.
  let sampleBits: Int
  let keyBits: Int
  let cells: NetworkPathCells
  /// First column and offset.
  let first: Int
  let offset: Int
}

extension RelationBuilder {
  /// What a step's cells are looked up in: its tree node, its feature's value, the moves that are allowed, and limbs that say how value and
  /// threshold compare. With d = value − threshold, |d| ≤ 2^k: d + (2^k + 1)·isLess + isEqual − 1 in [0, 2^k), and 0 where isEqual.
  mutating func lookUp(
    _ path: NetworkPathCells, _ cells: [ColumnExpression], _ rows: Extent, nodes: Int, features: Int, name: String
  ) throws(ClaimError) {
    func part(_ part: NetworkPathCells.Part) -> ColumnExpression { cells[part.rawValue] }
    let tracks = path.hasMissing ? [part(.tracksTrue)] : []
    let isMissing = path.hasMissing ? [part(.isMissing)] : []
    lookup(
      "\(name).node", table: nodes, [part(.key), part(.move), part(.test), part(.feature), part(.threshold)] + tracks + [part(.delta)], [rows])
    lookup("\(name).cell", table: features, [part(.cell), part(.value)] + isMissing, [rows])
    let rule = try sharedTable("network.rules.\(path.hasMissing)", name: "rules") { () throws(ProgramError) in path.rules }
    lookup("\(name).rule", table: rule, [part(.test)] + tracks + isMissing + [part(.isLess), part(.isEqual), part(.move)], [rows])
    var lowest = try part(.value).adding(part(.threshold), times: -1).adding(part(.isLess), times: (1 << Int64(path.bits)) + 1)
    lowest = try lowest.adding(part(.isEqual)).adding(-1)
    var shift = path.limbs.first ?? 0
    for (index, width) in path.limbs.enumerated().dropFirst() {
      lowest = try lowest.adding(cells[path.limb(index)], times: -(1 << Int64(shift)))
      shift += width
    }
    for (index, width) in path.limbs.enumerated() {
      let limb = index == 0 ? lowest : cells[path.limb(index)]
      let side = try sharedTable("network.side.\(width)", name: "side\(width)") { () throws(ProgramError) in
        (0..<(Int64(1) << Int64(width))).map { [0, $0] } + [[1, 0]]
      }
      lookup("\(name).side\(index)", table: side, [part(.isEqual), limb], [rows])
    }
  }
}
