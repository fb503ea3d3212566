import Fields
import Kernels
import Parallelism
import ProofSystem

/// Leaves of the fraction tree, made range by range from the columns: a large tree's are never held whole.
///
/// Selected rows of lookups are (1, α − φ), rows of tables (−m, α − φ), everything else is (0, 1), but the last leaf's denominator is ω.
public struct FractionLeaves<E: KernelField>: Sendable {
  public typealias Base = E.Base

  /// The numerators of one segment's selected rows.
  private enum Numerators: Sendable {
    case constant(Base)
    /// −m.
    case minus(WitnessColumn<Base>)
  }

  /// 2^bits leaves of one lookup, one table, or one piece of a table: denominators constant + Σ coefficient·column + slope·row.
  private struct Segment: Sendable {
    let range: Range<Int>
    let numerators: Numerators
    var constant: E
    var columns: [WitnessColumn<Base>] = []
    var coefficients: [E] = []
    /// Of a table of integers: the rows' own numbers, in closed form.
    var slope: E?
    /// Rows outside the logical shape, in order.
    var gaps: [Range<Int>] = []
  }

  let depth: Int
  private var segments: [Segment] = []
  private let omega: E

  init(_ tree: FractionTree<Base>, witness: WitnessReader<E>, omega: E, alpha: E, beta: E) {
    depth = tree.depth
    self.omega = omega
    let powers = beta.powers(tree.width + 1)
    for (lookup, offset) in zip(tree.lookups, tree.lookupOffsets) {
      var segment = Segment(
        range: offset..<offset + 1 << lookup.bits, numerators: .constant(.one), constant: alpha - E(tree.tables[lookup.table].identifier))
      Self.subtract(lookup.components, powers: powers, witness: witness, from: &segment)
      segment.gaps = Self.unselected(lookup.selected)
      segments.append(segment)
    }
    for (table, offset) in zip(tree.tables, tree.tableOffsets) {
      append(table, offset: offset, alpha: alpha, powers: powers, witness: witness)
    }
    segments.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  private mutating func append(_ table: LookupTable<Base>, offset: Int, alpha: E, powers: [E], witness: WitnessReader<E>) {
    let range = offset..<offset + 1 << table.bits
    let multiplicity = table.multiplicity.map(witness.read)
    let numerators = multiplicity.map { Numerators.minus($0) } ?? .constant(-.one)
    var segment = Segment(range: range, numerators: numerators, constant: alpha - E(table.identifier))
    switch table.rows {
    case .integers:
      segment.slope = powers[1]
      segments.append(segment)
    case .explicit(let rows):
      for k in 0..<table.width {
        segment.columns.append(WitnessColumn(FieldBuffer(rows.columns[k])))
        segment.coefficients.append(-powers[k + 1])
      }
      segment.gaps = rows.count < range.count ? [rows.count..<range.count] : []
      segments.append(segment)
    case .committed(let components, let extent):
      Self.subtract(components, powers: powers, witness: witness, from: &segment)
      segment.gaps = Self.unselected([extent])
      segments.append(segment)
    case .numbered(let pieces, let extent):
      // Row i of piece f: φ(f·2^bits + i, pieces[f](i)).
      let keys = WitnessColumn(FieldBuffer<Base>((0..<1 << extent.bits).map { Base(UInt64($0)) }))
      let gaps = Self.unselected(table.shape)
      for number in 0..<(1 << table.bits) >> extent.bits {
        let own = (number << extent.bits)..<((number + 1) << extent.bits)
        let minus = multiplicity.map { Numerators.minus($0.suffix(from: own.lowerBound)) } ?? .constant(-.one)
        var piece = Segment(range: (offset + own.lowerBound)..<(offset + own.upperBound), numerators: minus, constant: segment.constant)
        guard number < pieces.count else {
          piece.gaps = [0..<own.count]
          segments.append(piece)
          continue
        }
        let key = LookupExpression<Base>(constant: Base(UInt64(own.lowerBound)), [])
        Self.subtract([key] + pieces[number], powers: powers, witness: witness, from: &piece)
        piece.columns.append(keys)
        piece.coefficients.append(-powers[1])
        piece.gaps = Self.pieces(of: gaps, inside: own)
        segments.append(piece)
      }
    }
  }

  /// Takes φ's components off the segment's denominators.
  private static func subtract(
    _ components: [LookupExpression<Base>], powers: [E], witness: WitnessReader<E>, from segment: inout Segment
  ) {
    for (component, power) in zip(components, powers.dropFirst()) {
      segment.constant -= power.scaled(by: component.constant)
      for term in component.terms {
        let column = witness.read(term.view)
        let coefficient = -power.scaled(by: term.coefficient)
        if term.view.variableCount == 0 {
          segment.constant += coefficient.scaled(by: column[0])
        } else {
          segment.columns.append(column)
          segment.coefficients.append(coefficient)
        }
      }
    }
  }

  /// Writes the leaves of `range`.
  @_specialize(where E == GoldilocksCubic)
  func fill(_ range: Range<Int>, p: UnsafeMutablePointer<Base>, q: UnsafeMutablePointer<E>) {
    var position = range.lowerBound
    var place = firstSegment(endingAfter: position)
    while position < range.upperBound {
      let end: Int
      if place < segments.count, segments[place].range.lowerBound <= position {
        end = min(range.upperBound, segments[place].range.upperBound)
        fill(segments[place], position..<end, p: p + (position - range.lowerBound), q: q + (position - range.lowerBound))
        place += 1
      } else {
        end = place < segments.count ? min(range.upperBound, segments[place].range.lowerBound) : range.upperBound
        Self.clear(p + (position - range.lowerBound), q + (position - range.lowerBound), count: end - position)
      }
      position = end
    }
    if range.upperBound == 1 << depth { q[range.count - 1] = omega }
  }

  @_specialize(where E == GoldilocksCubic)
  private func firstSegment(endingAfter position: Int) -> Int {
    var (low, high) = (0, segments.count)
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].range.upperBound <= position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  @_specialize(where E == GoldilocksCubic)
  private func fill(_ segment: Segment, _ absolute: Range<Int>, p: UnsafeMutablePointer<Base>, q: UnsafeMutablePointer<E>) {
    let (first, count) = (absolute.lowerBound - segment.range.lowerBound, absolute.count)
    switch segment.numerators {
    case .constant(let value):
      E.fillBase(p, value, count: count)
      E.fill(q, segment.constant, count: count)
    case .minus(let column):
      // Rows beyond the multiplicities are gaps.
      let given = max(0, min(count, column.count - first))
      let slope = segment.slope ?? .zero
      E.fillIntegerLeaves(
        p: p, q: q, multiplicity: column.pointer + first, constant: segment.constant - slope.scaled(by: Base(UInt64(first))), slope: slope,
        range: 0..<given)
      Self.clear(p + given, q + given, count: count - given)
    }
    // An explicit table's rows end before its leaves do.
    accumulate(segment, first: first, count: max(0, min(count, (segment.columns.first?.count ?? 0) - first)), into: q)
    clearGaps(segment, first..<first + count, p: p, q: q)
  }

  @_specialize(where E == GoldilocksCubic)
  private func accumulate(_ segment: Segment, first: Int, count: Int, into q: UnsafeMutablePointer<E>) {
    guard count > 0 else { return }
    withUnsafeTemporaryAllocation(of: UnsafePointer<Base>.self, capacity: segment.columns.count) { rows in
      for index in segment.columns.indices { rows.initializeElement(at: index, to: segment.columns[index].pointer + first) }
      segment.coefficients.withUnsafeBufferPointer { factors in
        if let rows = rows.baseAddress, let factors = factors.baseAddress {
          E.accumulateRows(q, rows: UnsafePointer(rows), coefficients: factors, rowCount: segment.columns.count, count: count)
        }
      }
    }
  }

  @_specialize(where E == GoldilocksCubic)
  private func clearGaps(_ segment: Segment, _ rows: Range<Int>, p: UnsafeMutablePointer<Base>, q: UnsafeMutablePointer<E>) {
    let gaps = segment.gaps
    var (low, high) = (0, gaps.count)
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].upperBound <= rows.lowerBound { low = middle + 1 } else { high = middle }
    }
    while low < gaps.count, gaps[low].lowerBound < rows.upperBound {
      let part = gaps[low].clamped(to: rows)
      Self.clear(p + (part.lowerBound - rows.lowerBound), q + (part.lowerBound - rows.lowerBound), count: part.count)
      low += 1
    }
  }

  @_specialize(where E == GoldilocksCubic)
  private static func clear(_ p: UnsafeMutablePointer<Base>, _ q: UnsafeMutablePointer<E>, count: Int) {
    guard count > 0 else { return }
    E.fillBase(p, .zero, count: count)
    E.fill(q, .one, count: count)
  }
}
