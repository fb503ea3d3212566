import Fields
import Kernels
import Parallelism
import ProofSystem

/// Leaves of the fraction tree and multiplicities of its tables.
public enum FractionLeaves<E: KernelField> {
  public typealias Base = E.Base

  /// Numerators, which are base elements, and denominators of all leaves.
  static func build(
    _ tree: FractionTree<Base>, witness: WitnessReader<E>, omega: E, alpha: E, beta: E
  ) -> (p: FieldBuffer<Base>, q: FieldBuffer<E>) {
    let size = 1 << tree.depth
    let leaves = (p: FieldBuffer<Base>(uninitialisedCount: size), q: FieldBuffer<E>(uninitialisedCount: size))
    let (p, q) = (SendablePointer(leaves.p.pointer), SendablePointer(leaves.q.pointer))
    let powers = beta.powers(tree.width + 1)
    var used = 0
    for (lookup, offset) in zip(tree.lookups, tree.lookupOffsets) {
      fillLookup(
        lookup, identifier: tree.tables[lookup.table].identifier, witness: witness, alpha: alpha, powers: powers, p: p.pointer + offset,
        q: q.pointer + offset)
      used = max(used, offset + (1 << lookup.bits))
    }
    for (table, offset) in zip(tree.tables, tree.tableOffsets) {
      fillTable(table, witness: witness, alpha: alpha, powers: powers, p: p.pointer + offset, q: q.pointer + offset)
      used = max(used, offset + (1 << table.bits))
    }
    let first = used
    parallelChunks(count: size - first, minimumChunk: 1 << 14) { range in
      E.fillBase(p.pointer + first + range.lowerBound, .zero, count: range.count)
      E.fill(q.pointer + first + range.lowerBound, .one, count: range.count)
    }
    q.pointer[size - 1] = omega
    return leaves
  }

  /// Selected rows: (1, α − φ); others (0, 1).
  private static func fillLookup(
    _ lookup: Lookup<Base>, identifier: UInt64, witness: WitnessReader<E>, alpha: E, powers: [E], p: UnsafeMutablePointer<Base>,
    q: UnsafeMutablePointer<E>
  ) {
    let pOut = SendablePointer(p)
    parallelChunks(count: 1 << lookup.bits, minimumChunk: 4096) { range in
      E.fillBase(pOut.pointer + range.lowerBound, .one, count: range.count)
    }
    fillDenominators(lookup.components, bits: lookup.bits, identifier: identifier, witness: witness, alpha: alpha, powers: powers, q: q)
    clear(outside: lookup.selected, p: p, q: q)
  }

  /// q[i] = α − φ(i) for every i < 2^bits.
  private static func fillDenominators(
    _ components: [LookupExpression<Base>], bits: Int, identifier: UInt64, witness: WitnessReader<E>, alpha: E, powers: [E],
    q: UnsafeMutablePointer<E>
  ) {
    var constant = alpha - E(identifier)
    var columns: [WitnessColumn<Base>] = []
    var coefficients: [E] = []
    for (component, power) in zip(components, powers.dropFirst()) {
      constant -= power.scaled(by: component.constant)
      for term in component.terms {
        let column = witness.read(term.view)
        let coefficient = -power.scaled(by: term.coefficient)
        if term.view.variableCount == 0 {
          constant += coefficient.scaled(by: column[0])
        } else {
          columns.append(column)
          coefficients.append(coefficient)
        }
      }
    }
    let qOut = SendablePointer(q)
    let start = constant
    let (sources, factors) = (columns, coefficients)
    parallelChunks(count: 1 << bits, minimumChunk: 4096) { range in
      // Tile by tile, so that a tile is still in the cache when the columns are added.
      for first in stride(from: range.lowerBound, to: range.upperBound, by: 1024) {
        let count = min(1024, range.upperBound - first)
        E.fill(qOut.pointer + first, start, count: count)
        guard !sources.isEmpty else { continue }
        let rows = FieldBuffer(sources.map { $0.pointer + first })
        factors.withUnsafeBufferPointer { factors in
          if let base = factors.baseAddress {
            E.accumulateRows(qOut.pointer + first, rows: rows.pointer, coefficients: base, rowCount: sources.count, count: count)
          }
        }
      }
    }
    withExtendedLifetime(columns) {}
  }

  /// (0, 1) outside the logical shape.
  private static func clear(outside shape: [Extent], p: UnsafeMutablePointer<Base>, q: UnsafeMutablePointer<E>) {
    let (pOut, qOut) = (SendablePointer(p), SendablePointer(q))
    for range in unselected(shape) {
      parallelChunks(count: range.count, minimumChunk: 1 << 14) { piece in
        E.fillBase(pOut.pointer + range.lowerBound + piece.lowerBound, .zero, count: piece.count)
        E.fill(qOut.pointer + range.lowerBound + piece.lowerBound, .one, count: piece.count)
      }
    }
  }

  /// Index ranges outside the logical shape, row-major.
  static func unselected(_ shape: [Extent]) -> [Range<Int>] {
    guard let first = shape.first else { return [] }
    let inner = Array(shape.dropFirst())
    let innerBits = inner.reduce(0) { $0 + $1.bits }
    var out: [Range<Int>] = []
    let innerRanges = unselected(inner)
    if !innerRanges.isEmpty {
      for i in 0..<first.count { out += innerRanges.map { ($0.lowerBound + i << innerBits)..<($0.upperBound + i << innerBits) } }
    }
    if first.count < 1 << first.bits { out.append((first.count << innerBits)..<((1 << first.bits) << innerBits)) }
    return out
  }

  /// Table rows: (−m_j, α − φ(t_j)); the filling (0, 1).
  private static func fillTable(
    _ table: LookupTable<Base>, witness: WitnessReader<E>, alpha: E, powers: [E], p: UnsafeMutablePointer<Base>, q: UnsafeMutablePointer<E>
  ) {
    if case .committed(let components, let extent) = table.rows {
      fillDenominators(components, bits: extent.bits, identifier: table.identifier, witness: witness, alpha: alpha, powers: powers, q: q)
      if let multiplicity = table.multiplicity.map(witness.read) {
        for j in 0..<extent.count { p[j] = -multiplicity[j] }
      } else {
        E.fillBase(p, -.one, count: extent.count)
      }
      clear(outside: [extent], p: p, q: q)
      return
    }
    if case .numbered(let pieces, let extent) = table.rows {
      fillNumbered(table, pieces, extent, witness: witness, alpha: alpha, powers: powers, p: p, q: q)
      return
    }
    guard let multiplicity = table.multiplicity.map(witness.read) else { return }
    let (pOut, qOut) = (SendablePointer(p), SendablePointer(q))
    let constant = alpha - E(table.identifier)
    let count = table.count
    if case .integers = table.rows {
      let slope = powers[1]
      parallelChunks(count: count, minimumChunk: 4096) { range in
        E.fillIntegerLeaves(
          p: pOut.pointer, q: qOut.pointer, multiplicity: multiplicity.pointer, constant: constant, slope: slope, range: range)
      }
      return
    }
    guard case .explicit(let rows) = table.rows else { return }
    // The tuple's components as columns, then one linear combination.
    let columns = (0..<table.width).map { k in FieldBuffer(rows.map { $0[k] }) }
    let coefficients = powers.dropFirst().prefix(table.width).map { -$0 }
    let sources = FieldBuffer(columns.map { UnsafePointer($0.pointer) })
    E.fillBase(pOut.pointer, .zero, count: 1 << table.bits)
    E.fill(qOut.pointer, .one, count: 1 << table.bits)
    E.fillIntegerLeaves(
      p: pOut.pointer, q: qOut.pointer, multiplicity: multiplicity.pointer, constant: constant, slope: .zero, range: 0..<count)
    coefficients.withUnsafeBufferPointer { factors in
      guard let base = factors.baseAddress else { return }
      E.accumulateRows(qOut.pointer, rows: sources.pointer, coefficients: base, rowCount: columns.count, count: count)
    }
    withExtendedLifetime(columns) {}
  }

  /// Row i of piece f: (−m, α − φ(f·2^bits + i, pieces[f](i))).
  private static func fillNumbered(
    _ table: LookupTable<Base>, _ pieces: [[LookupExpression<Base>]], _ extent: Extent, witness: WitnessReader<E>, alpha: E, powers: [E],
    p: UnsafeMutablePointer<Base>, q: UnsafeMutablePointer<E>
  ) {
    let size = 1 << extent.bits
    let keys = FieldBuffer<Base>((0..<size).map { Base(UInt64($0)) })
    let keySource = FieldBuffer([UnsafePointer(keys.pointer)])
    for (number, components) in pieces.enumerated() {
      let key = LookupExpression<Base>(constant: Base(UInt64(number << extent.bits)), [])
      let start = q + number << extent.bits
      fillDenominators(
        [key] + components, bits: extent.bits, identifier: table.identifier, witness: witness, alpha: alpha, powers: powers, q: start)
      let (qOut, source) = (SendablePointer(start), SendablePointer(UnsafeMutablePointer(mutating: keySource.pointer[0])))
      let slope = -powers[1]
      parallelChunks(count: size, minimumChunk: 4096) { range in
        let rows = FieldBuffer([UnsafePointer(source.pointer + range.lowerBound)])
        withUnsafePointer(to: slope) {
          E.accumulateRows(qOut.pointer + range.lowerBound, rows: rows.pointer, coefficients: $0, rowCount: 1, count: range.count)
        }
      }
    }
    if let multiplicity = table.multiplicity.map(witness.read) {
      for j in 0..<(1 << table.bits) { p[j] = -multiplicity[j] }
    } else {
      E.fillBase(p, -.one, count: 1 << table.bits)
    }
    withExtendedLifetime((keys, keySource)) {}
    clear(outside: table.shape, p: p, q: q)
  }

  /// Index ranges inside the logical shape, row-major.
  static func selected(_ shape: [Extent]) -> [Range<Int>] {
    var out: [Range<Int>] = []
    var next = 0
    for gap in unselected(shape) {
      if gap.lowerBound > next { out.append(next..<gap.lowerBound) }
      next = gap.upperBound
    }
    let size = 1 << shape.reduce(0) { $0 + $1.bits }
    if next < size { out.append(next..<size) }
    return out
  }
}
