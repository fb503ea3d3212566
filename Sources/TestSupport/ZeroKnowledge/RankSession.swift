import Fields
import Kernels
import ProofSystem
import Prover

/// One random base-field element that the prover or an artefact's owner draws.
public enum Coordinate: Hashable, Sendable {
  case pad(Int, limb: Int)
  case triple(Int, PadKey.Member, limb: Int)
  case mask(shape: Int, Int, limb: Int)
  case padMask(row: Int, Int, limb: Int)
  case padTail(row: Int, Int, limb: Int)
  case witnessTail(row: Int, Int)
  case artefactTail(String, row: Int, Int)
}

/// Ways of being wrong about randomness.
public enum HidingFault: Sendable { case none, baseFieldMask, padReused, rowWithoutTail }

/// A prover whose random elements can be moved one by one; challenges are frozen, so what it reveals is a function of them alone.
package final class RankSession<E: ToyField>: ProofSession<Frozen<E>> {
  package var changes: [Coordinate: E.Base] = [:]
  package var fault = HidingFault.none

  /// All coordinates, in drawing order; a fault removes those that are not drawn.
  package static func coordinates(_ statement: Statement<E>, fault: HidingFault) -> [Coordinate] {
    let limbs = 0..<E.degree
    let layout = statement.layout
    let primary = statement.primary
    var out: [Coordinate] = []
    for slot in 0..<layout.count where fault != .padReused || slot != 1 { for limb in limbs { out.append(.pad(slot, limb: limb)) } }
    for group in layout.products.indices {
      for member in [PadKey.Member.f, .g] { for limb in limbs { out.append(.triple(group, member, limb: limb)) } }
    }
    for (index, shape) in statement.shapes.enumerated() {
      for b in 0..<shape.dimension { for limb in limbs where fault != .baseFieldMask || limb == 0 { out.append(.mask(shape: index, b, limb: limb)) } }
    }
    for row in 0..<statement.padRowCount {
      for b in 0..<primary.dimension { for limb in limbs { out.append(.padMask(row: row, b, limb: limb)) } }
      for b in 0..<primary.tailCount { for limb in limbs { out.append(.padTail(row: row, b, limb: limb)) } }
    }
    for row in 0..<statement.relation.auxiliary.rowCount where fault != .rowWithoutTail || row != 0 {
      for b in 0..<primary.tailCount { out.append(.witnessTail(row: row, b)) }
    }
    // By tree: rows of a shared tree that no artefact of the statement owns have tails too.
    for tree in statement.artefactTrees {
      let tail = statement.shapes.first { $0.name == tree.shape }?.tailCount ?? 0
      for row in 0..<tree.rowCount { for b in 0..<tail { out.append(.artefactTail(tree.name, row: row, b)) } }
    }
    return out
  }

  private func slot(_ group: Int, _ member: PadKey.Member) -> Int { PadKey.product(group, member).slot(padCount: statement.layout.count) }

  package override func samplePads() {
    super.samplePads()
    for (coordinate, change) in changes {
      switch coordinate {
      case .pad(let index, let limb): pads[index] += E.basis(limb).scaled(by: change)
      case .triple(let group, let member, let limb): pads[slot(group, member)] += E.basis(limb).scaled(by: change)
      default: break
      }
    }
    if fault == .padReused { pads[1] = pads[0] }
    for (group, (a, b)) in statement.layout.products.enumerated() {
      pads[slot(group, .ab)] = pads[a] * pads[b]
      pads[slot(group, .h)] = pads[slot(group, .f)] * pads[slot(group, .g)]
    }
  }

  package override func commitAuxiliary() {
    super.commitAuxiliary()
    for (coordinate, change) in changes { move(coordinate, by: change) }
  }

  /// Artefacts are shared between runs: their tails are put back.
  package func restoreArtefacts() {
    for (coordinate, change) in changes { if case .artefactTail = coordinate { move(coordinate, by: -change) } }
  }

  private func move(_ coordinate: Coordinate, by change: E.Base) {
    let primary = statement.primary
    let length = 1 << primary.log2RowLength
    switch coordinate {
    case .pad, .triple: break
    case .mask(let shape, let b, let limb): masks[shape][b] += E.basis(limb).scaled(by: change)
    case .padMask(let row, let b, let limb): padMasks[row][b] += E.basis(limb).scaled(by: change)
    case .padTail(let row, let b, let limb):
      padRows[row][length + b] += E.basis(limb).scaled(by: change)
      let base = statement.relation.auxiliary.rowCount + row * E.degree + limb
      matrices["aux"]?.rows.tails[base][b] += change
    case .witnessTail(let row, let b): matrices["aux"]?.rows.tails[row][b] += change
    case .artefactTail(let name, let row, let b):
      guard let matrix = matrices[name] else { return }
      matrix.rows.tails[row][b] += change
    }
  }

  /// What the verifier sees, in two stages; see `RankTests`. `positions`: those opened of each shape.
  package struct View: Equatable {
    package var first: [E.Base] = []
    package var second: [E.Base] = []
    /// Labels of everything else that is sent, and of the challenges.
    package var other: Set<String> = []
    /// Everything sent.
    package var sent: [[E]] = []
  }

  /// Runs the steps before level 1.
  package func reveal(positions: (Int) -> [Int]) throws -> View {
    defer { restoreArtefacts() }
    samplePads()
    commitAuxiliary()
    try runProtocol()
    openPads()
    merge()
    var view = View()
    func limbs(_ values: [E]) -> [E.Base] { values.flatMap { value in (0..<E.degree).map { value.limb($0) } } }
    for (label, values) in tape.events {
      switch label {
      case "inner.round", "inner.values", "rows.round", "sacrifice.open", "split", "r1cs.rows", "r1cs.factors", "r1cs.columns", "product.value",
        "product.round", "product.factors", "logup.root", "logup.round", "logup.children":
        view.first += limbs(values)
      case "shield.mu": view.second += limbs(values)
      default: view.other.insert(label)
      }
      view.sent.append(values)
    }
    for row in shielded + shieldedPads { view.second += limbs(row.array) }
    for (index, shape) in statement.shapes.enumerated() {
      let points: [Base] = EvaluationDomain.points(positions(index), log2Length: shape.log2Length, of: Base.self)
      for tree in statement.trees(ofShape: index) {
        guard let matrix = matrices[tree.name] else { continue }
        // Masks are determined by g, g2 and the other columns.
        let isAuxiliary = tree.name == statement.auxiliaryName(index)
        let masked = isAuxiliary ? E.degree * (index == statement.primaryIndex ? 1 + statement.padRowCount : 1) : 0
        for row in 0..<(tree.rowCount - masked) {
          let coefficients = (0..<shape.dimension).map { matrix.rows.coefficient(row, $0) }
          for x in points { view.second.append(coefficients.reversed().reduce(.zero) { $0 * x + $1 }) }
        }
      }
    }
    return view
  }
}
