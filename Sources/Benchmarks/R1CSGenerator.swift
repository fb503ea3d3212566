import Fields
import R1CS

/// Circuits with a witness for benchmarks: constraint i is ⟨A_i, z⟩·⟨B_i, z⟩ = z_new + two other wires, each side a combination of three
/// wires with random coefficients, the new wire the one that the constraint defines.
struct R1CSGenerator {
  static let inputCount = 16
  static let publicCount = 4

  private var state: UInt64

  /// `constraintCount` constraints over as many wires: 1, the inputs, the defined ones; the last constraints repeat earlier ones.
  /// - Parameter window: columns lie within this many of the row; nil: anywhere.
  static func circuit<F: PrimeField>(constraintCount: Int, window: Int?, field: F.Type) -> (circuit: Circuit<F>, wires: [F]) {
    var generator = R1CSGenerator(state: 0x9E37_79B9_7F4A_7C15)
    var wires: [F] = [.one] + (0..<inputCount).map { _ in generator.element() }
    var rows: [[[(column: Int, value: F)]]] = [[], [], []]
    let first = wires.count
    let defined = constraintCount - first
    for row in 0..<constraintCount {
      guard row < defined else {
        for matrix in 0..<3 { rows[matrix].append(rows[matrix][row - first]) }
        continue
      }
      let new = wires.count
      let columns = window.map { max(0, row + first - $0)..<new } ?? 0..<new
      var sums: [F] = []
      for matrix in 0..<3 {
        let picked = generator.distinct(matrix == 2 ? 2 : 3, in: columns)
        var entries = picked.map { (column: $0, value: generator.element() as F) }
        sums.append(entries.reduce(.zero) { $0 + $1.value * wires[$1.column] })
        if matrix == 2 { entries.append((new, .one)) }
        rows[matrix].append(entries)
      }
      wires.append(sums[0] * sums[1] - sums[2])
    }
    let matrices = rows.map { matrix($0, columnCount: wires.count) }
    guard let circuit = Circuit(a: matrices[0], b: matrices[1], c: matrices[2], publicOutputCount: 0, publicInputCount: publicCount) else {
      preconditionFailure("a generated circuit is one")
    }
    return (circuit, wires)
  }

  private static func matrix<F>(_ rows: [[(column: Int, value: F)]], columnCount: Int) -> SparseMatrix<F> {
    var starts: [UInt32] = [0]
    var columns: [UInt32] = []
    var values: [F] = []
    for row in rows {
      for entry in row {
        columns.append(UInt32(entry.column))
        values.append(entry.value)
      }
      starts.append(UInt32(columns.count))
    }
    guard let matrix = SparseMatrix(rowStarts: starts, columns: columns, values: values, columnCount: columnCount) else {
      preconditionFailure("a generated matrix is canonical")
    }
    return matrix
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Of all sizes: products of words in larger fields.
  private mutating func element<F: PrimeField>() -> F {
    var out = F(next() | 1)
    for _ in 1..<max(1, F.byteCount / 8) { out = out * F(UInt64.max) + F(next()) }
    return out.isZero ? .one : out
  }

  private mutating func distinct(_ count: Int, in range: Range<Int>) -> [Int] {
    var out: [Int] = []
    while out.count < count {
      let value = range.lowerBound + Int(next() % UInt64(range.count))
      if !out.contains(value) { out.append(value) }
    }
    return out.sorted()
  }
}
