import Fields
import Kernels
import Parallelism
import ProofSystem

/// Leaves of the fraction tree and multiplicities of its tables.
public enum FractionLeaves<E: KernelField> {
  public typealias Base = E.Base

  /// Numerators and denominators of all leaves; fails on a zero denominator.
  static func build(
    _ tree: FractionTree<Base>, witness: WitnessReader<E>, omega: E, alpha: E, beta: E
  ) throws(ProverError) -> FractionTreeProver<E>.Layer {
    let size = 1 << tree.depth
    let layer = FractionTreeProver<E>.Layer(p: FieldBuffer(uninitialisedCount: size), q: FieldBuffer(uninitialisedCount: size))
    let (p, q) = (SendablePointer(layer.p.pointer), SendablePointer(layer.q.pointer))
    let powers = beta.powers(tree.width + 1)
    var used = 0
    for (lookup, offset) in zip(tree.lookups, tree.lookupOffsets) {
      fillLookup(lookup, identifier: tree.tables[lookup.table].identifier, witness: witness, alpha: alpha, powers: powers, p: p.pointer + offset, q: q.pointer + offset)
      used = max(used, offset + (1 << lookup.bits))
    }
    for (table, offset) in zip(tree.tables, tree.tableOffsets) {
      fillTable(table, witness: witness, alpha: alpha, powers: powers, p: p.pointer + offset, q: q.pointer + offset)
      used = max(used, offset + (1 << table.bits))
    }
    let first = used
    parallelChunks(count: size - first, minimumChunk: 1 << 14) { range in
      for i in range {
        p.pointer[first + i] = .zero
        q.pointer[first + i] = .one
      }
    }
    q.pointer[size - 1] = omega
    let poles = parallelMap(count: size, minimumChunk: 1 << 14) { range in range.contains { q.pointer[$0].isZero } }
    if poles.contains(true) { throw .pole }
    return layer
  }

  /// Selected rows: (1, α − φ); others (0, 1).
  private static func fillLookup(
    _ lookup: Lookup<Base>, identifier: UInt64, witness: WitnessReader<E>, alpha: E, powers: [E], p: UnsafeMutablePointer<E>, q: UnsafeMutablePointer<E>
  ) {
    var constant = alpha - E(identifier)
    var columns: [WitnessColumn<Base>] = []
    var coefficients: [E] = []
    for (component, power) in zip(lookup.components, powers.dropFirst()) {
      constant -= power.scaled(by: component.constant)
      for term in component.terms {
        columns.append(witness.read(term.view))
        coefficients.append(-power.scaled(by: term.coefficient))
      }
    }
    let (pOut, qOut) = (SendablePointer(p), SendablePointer(q))
    let start = constant
    let (sources, factors) = (columns, coefficients)
    parallelChunks(count: 1 << lookup.bits, minimumChunk: 4096) { range in
      for i in range {
        pOut.pointer[i] = .one
        qOut.pointer[i] = start
      }
      let rows = FieldBuffer(sources.map { $0.pointer + range.lowerBound })
      factors.withUnsafeBufferPointer { factors in
        if let base = factors.baseAddress {
          E.accumulateRows(qOut.pointer + range.lowerBound, rows: rows.pointer, coefficients: base, rowCount: sources.count, count: range.count)
        }
      }
    }
    for range in unselected(lookup.selected) {
      parallelChunks(count: range.count, minimumChunk: 1 << 14) { piece in
        for i in piece {
          pOut.pointer[range.lowerBound + i] = .zero
          qOut.pointer[range.lowerBound + i] = .one
        }
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
    _ table: LookupTable<Base>, witness: WitnessReader<E>, alpha: E, powers: [E], p: UnsafeMutablePointer<E>, q: UnsafeMutablePointer<E>
  ) {
    let multiplicity = witness.read(table.multiplicity)
    let (pOut, qOut) = (SendablePointer(p), SendablePointer(q))
    let constant = alpha - E(table.identifier)
    let count = table.count
    parallelChunks(count: 1 << table.bits, minimumChunk: 4096) { range in
      for j in range {
        guard j < count else {
          pOut.pointer[j] = .zero
          qOut.pointer[j] = .one
          continue
        }
        pOut.pointer[j] = -E(base: multiplicity[j])
        switch table.rows {
        case .integers: qOut.pointer[j] = constant - powers[1].scaled(by: Base(UInt64(j)))
        case .explicit(let rows):
          var value = constant
          for (entry, power) in zip(rows[j], powers.dropFirst()) { value -= power.scaled(by: entry) }
          qOut.pointer[j] = value
        }
      }
    }
  }

  /// How often each row of table `index` occurs among the selected rows of its lookups; tuples outside the table are not counted.
  public static func multiplicities(_ tree: FractionTree<Base>, table index: Int, witness: WitnessReader<E>) -> [UInt64] {
    let table = tree.tables[index]
    var counts = [UInt64](repeating: 0, count: 1 << table.bits)
    var rowIndex: [Base: [Int]] = [:]
    if case .explicit(let rows) = table.rows {
      for (j, row) in rows.enumerated() { rowIndex[row.first ?? .zero, default: []].append(j) }
    }
    for lookup in tree.lookups where lookup.table == index {
      let components = lookup.components.map { component in (component.constant, component.terms.map { ($0.coefficient, witness.read($0.view)) }) }
      let skipped = unselected(lookup.selected)
      var next = 0
      for i in 0..<(1 << lookup.bits) {
        while next < skipped.count, i >= skipped[next].upperBound { next += 1 }
        if next < skipped.count, skipped[next].contains(i) { continue }
        let tuple = components.map { constant, terms in terms.reduce(constant) { $0 + $1.0 * $1.1[i] } }
        switch table.rows {
        case .integers(let bits):
          if tuple.count == 1, let value = tuple[0].signedInteger, value >= 0, value < 1 << bits { counts[Int(value)] += 1 }
        case .explicit(let rows):
          if let j = rowIndex[tuple.first ?? .zero]?.first(where: { rows[$0] == tuple }) { counts[j] += 1 }
        }
      }
    }
    return counts
  }
}
