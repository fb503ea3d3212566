import Fields
import Hashing
import ProofSystem

/// Private wires that are a slice of a committed artefact: wire cell i equals entry offset + i of a column, for every i < count.
public struct R1CSBinding: Sendable {
  /// Cells of the wire vectors, in order.
  public enum Cells: Hashable, Sendable {
    /// Consecutive wires of one instance.
    case wires(Range<Int>, instance: Int)
    /// One wire of consecutive instances.
    case instances(Range<Int>, wire: Int)

    public var count: Int {
      switch self {
      case .wires(let wires, _): wires.count
      case .instances(let instances, _): instances.count
      }
    }
  }
  public let cells: Cells
  /// A column of an artefact (`MatrixLayout.view`), or any other view of it: fixed index bits in front, between or behind make strides.
  public let column: View
  /// First entry.
  public let offset: Int
  /// Entries of the column that hold data; a slice beyond them is refused, since padding cells are don't-care.
  public let extent: Int

  public init(_ cells: Cells, column: View, offset: Int = 0, extent: Int) {
    self.cells = cells
    self.column = column
    self.offset = offset
    self.extent = extent
  }

  public var count: Int { cells.count }

  /// [matrix, [slot], offset, count, kind, first, fixed]: slot 0 and 1 are fixed bits, 2 + j is variable j.
  var canonical: CanonicalValue {
    func number(_ value: Int) -> CanonicalValue { .integer(UInt64(value)) }
    let slots: [CanonicalValue] = column.slots.map { slot in
      switch slot {
      case .bit(let bit): number(bit)
      case .variable(let j): number(2 + j)
      }
    }
    let place: [CanonicalValue] =
      switch cells {
      case .wires(let wires, let instance): [.text("wires"), number(wires.lowerBound), number(instance)]
      case .instances(let instances, let wire): [.text("instances"), number(instances.lowerBound), number(wire)]
      }
    return .list([.text(column.matrix), .list(slots), number(offset), number(count)] + place)
  }
}

/// Powers as weights: unlike eq they move along a table at the price of a factor, so that slices need no alignment.
enum PowerWeights {
  /// Tensors over `bits` variables that sum to weight ρ^(b − start) for start ≤ b < stop and 0 elsewhere, one for each dyadic piece.
  static func range<E: ChallengeField>(_ rho: E, bits: Int, from start: Int, to stop: Int) -> [Tensor<E>] {
    var squares: [E] = []
    var square = rho
    for _ in 0..<bits {
      squares.append(square)
      square *= square
    }
    var pieces: [Tensor<E>] = []
    var position = start
    var coefficient = E.one
    while position < stop {
      var size = 0
      while size < bits, position % (2 << size) == 0, position + (2 << size) <= stop { size += 1 }
      let own = squares.prefix(size).reversed().map { TensorFactor<E>.pair(.one, $0) }
      pieces.append(Tensor(coefficient, TensorFactor.fixing(position >> size, bits: bits - size) + own))
      // ρ^(2^size), also for size = bits, where the loop ends.
      if size < bits { coefficient *= squares[size] }
      position += 1 << size
    }
    return pieces
  }
}
