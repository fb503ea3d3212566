import Fields
import Kernels
import Parallelism
import ProofSystem

extension FractionLeaves {
  /// Rows that are evaluated at a time.
  private static var tile: Int { 2048 }

  /// One lookup's rows of one range, with the rows before it in the whole list.
  private struct Part: Sendable {
    let components: [ColumnCombination<E>]
    let range: Range<Int>
    let before: Int
  }

  /// Where tuples are found in a table whose rows are not 0, 1, 2, ….
  private struct TupleIndex: Sendable {
    let columns: [FieldBuffer<Base>]
    let slots: FieldBuffer<UInt32>
    let bits: Int

    init(_ columns: [FieldBuffer<Base>], count: Int) {
      self.columns = columns
      bits = log2Ceiling(count + 1) + 1
      slots = FieldBuffer(repeating: 0, count: 1 << bits)
      E.indexTuples(slots.pointer, bits: bits, columns: columns.map { UnsafePointer($0.pointer) }, count: count)
    }
  }

  /// How often each row of table `index` occurs among the selected rows of its lookups; tuples outside the table are not counted. Of equal
  /// rows of a committed table the first one is counted.
  public static func multiplicities(_ tree: FractionTree<Base>, table index: Int, witness: WitnessReader<E>) -> [UInt64] {
    let table = tree.tables[index]
    let size = 1 << table.bits
    var parts: [Part] = []
    var total = 0
    for lookup in tree.lookups where lookup.table == index && lookup.components.count == table.width {
      let components = lookup.components.map { ColumnCombination<E>($0, witness) }
      for range in selected(lookup.selected) where !range.isEmpty {
        parts.append(Part(components: components, range: range, before: total))
        total += range.count
      }
    }
    let known = tupleIndex(table, witness)
    let (work, width, count) = (parts, table.width, table.count)
    // Each chunk counts for itself; a sum of counts does not depend on the order.
    let counted = parallelMap(count: total, minimumChunk: max(1 << 14, 2 * size)) { chunk in
      let counts = FieldBuffer<UInt64>(repeating: 0, count: size)
      let scratch = FieldBuffer<Base>(uninitialisedCount: width * tile, secret: true)
      var place = firstPart(work, chunk.lowerBound)
      var position = chunk.lowerBound
      while position < chunk.upperBound {
        let part = work[place]
        let first = part.range.lowerBound + position - part.before
        let length = min(tile, part.range.upperBound - first, chunk.upperBound - position)
        let values = part.components.enumerated().map { k, component in
          component.entries(from: first, count: length, scratch: scratch.pointer + k * tile)
        }
        if let known {
          E.countTuples(
            counts.pointer, slots: known.slots.pointer, bits: known.bits, columns: known.columns.map { UnsafePointer($0.pointer) }, values: values,
            count: length)
        } else if let value = values.first {
          E.countIntegers(counts.pointer, size: count, value, count: length)
        }
        position += length
        if first + length == part.range.upperBound { place += 1 }
      }
      return counts
    }
    var out = [UInt64](repeating: 0, count: size)
    for counts in counted { for row in 0..<size { out[row] += counts.pointer[row] } }
    return out
  }

  /// Nil for a table of integers, which are their own places.
  private static func tupleIndex(_ table: LookupTable<Base>, _ witness: WitnessReader<E>) -> TupleIndex? {
    switch table.rows {
    case .integers: return nil
    case .explicit(let rows):
      return TupleIndex(rows.columns.map { FieldBuffer($0) }, count: rows.count)
    case .committed(let components, let extent):
      let columns = components.map { component -> FieldBuffer<Base> in
        let out = FieldBuffer<Base>(uninitialisedCount: extent.count, secret: true)
        ColumnCombination<E>(component, witness).fillAll(out.pointer, count: extent.count)
        return out
      }
      return TupleIndex(columns, count: extent.count)
    case .numbered(let pieces, let extent):
      // Padding between the pieces has −1 for its number, which no row of the table has.
      let count = pieces.count << extent.bits
      let columns = (0..<table.width).map { _ in FieldBuffer<Base>(repeating: -.one, count: count) }
      for (number, components) in pieces.enumerated() {
        let start = number << extent.bits
        for row in 0..<extent.count { columns[0].pointer[start + row] = Base(UInt64(start + row)) }
        for (column, component) in zip(columns.dropFirst(), components) {
          ColumnCombination<E>(component, witness).fillAll(column.pointer + start, count: extent.count)
        }
      }
      return TupleIndex(columns, count: count)
    }
  }

  /// The last part that begins at or before a position of the whole list.
  private static func firstPart(_ parts: [Part], _ position: Int) -> Int {
    var (low, high) = (0, parts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if parts[middle].before <= position { low = middle } else { high = middle }
    }
    return low
  }
}
