import Claims
import Fields
import Foundation
import Hashing
import ProofSystem

/// The size of a proof from its statement alone, without a witness or a commitment.
///
/// Everything but the opened positions is fixed by the statement. Positions are uniform and repeat, and close ones share paths, so that opened
/// columns and authentication paths have sizes at random: these enter by their expectations.
struct ProofSize: Equatable, Sendable {
  /// Magic, version, roots, and the messages of all rounds.
  let messages: Double
  /// Opened columns with their salts.
  let columns: Double
  /// Digests of authentication paths.
  let paths: Double

  /// Bytes in all.
  var byteCount: Int { Int((messages + columns + paths).rounded()) }

  /// Lays the statement out.
  /// - Throws: `ProofSystem.VerificationError`, which a statement that exists does not.
  init<E: ChallengeField>(_ statement: Statement<E>) throws {
    let element = E.degree * E.Base.byteCount
    var channel = AffineChannel(tape: CountingTape<E>(), policy: AllChecks.self)
    _ = try Front.run(&channel, relation: statement.relation, shapes: statement.shapes, stacks: statement.stacks)
    var elements = channel.tape.elementCount
    // μ2 and the cross values.
    elements += 1 + Merge.crossCount(padRows: statement.padRowCount)
    // Roots of the artefacts, of one auxiliary tree a shape, of level 1; 10 bytes of magic and version.
    var digests = statement.artefactTrees.count + statement.shapes.count + 1
    var (columns, paths) = (0.0, 0.0)
    for (index, shape) in statement.shapes.enumerated() {
      let opening = Opening(draws: statement.queryCounts[index], depth: shape.log2Length)
      for tree in statement.trees(ofShape: index) {
        columns += opening.positions * Double(tree.rowCount * E.Base.byteCount + Artefact.saltByteCount)
        paths += opening.siblings * Double(Digest.byteCount)
      }
    }
    var width = statement.presentRows.count
    for (depth, level) in statement.levels.enumerated() {
      elements += 2 * level.rowBits
      let isLast = depth == statement.levels.count - 1
      if isLast { elements += 1 << level.log2RowLength } else { digests += 1 }
      let opening = Opening(draws: level.queryCount, depth: level.log2Length)
      columns += opening.positions * Double(width * element)
      paths += opening.siblings * Double(Digest.byteCount)
      if !isLast { width = 1 << statement.levels[depth + 1].rowBits }
    }
    messages = Double(10 + elements * element + digests * Digest.byteCount)
    self.columns = columns
    self.paths = paths
  }

  /// Expected numbers for positions drawn uniformly with repetition from the 2^depth leaves of a tree.
  struct Opening {
    /// Distinct positions.
    let positions: Double
    /// Digests that their common paths need.
    let siblings: Double

    /// With N = 2^k nodes on a level, t draws reach N·(1 − (1 − 1/N)^t) of them. A reached node whose sibling is not reached needs its digest: twice
    /// the parents reached, less the nodes reached.
    init(draws: Int, depth: Int) {
      func reached(_ k: Int) -> Double {
        let nodes = Double(1 << k)
        return -nodes * expm1(Double(draws) * log1p(-1 / nodes))
      }
      positions = depth == 0 ? 1 : reached(depth)
      siblings = (0..<depth).reduce(0) { sum, k in sum + 2 * (k == 0 ? 1 : reached(k)) - reached(k + 1) }
    }
  }
}

/// The verifier's reading of a proof that does not exist: counts what would be sent.
struct CountingTape<E: ChallengeField>: MessageTape, ~Copyable {
  private var layout = LayoutTape<E>()
  /// Elements of messages so far.
  private(set) var elementCount = 0

  mutating func message(_ label: String, count: Int) -> [E] {
    elementCount += count
    return layout.message(label, count: count)
  }
  mutating func challenges(_ label: String, count: Int) -> [E] { layout.challenges(label, count: count) }
  mutating func publicValue(_ label: String, _ compute: () -> E) -> E { .one }
}
