import Claims
import Fields
import Programs
import ProofSystem
import R1CS

/// The committed cells that the constraints of claims read, in the order of their wires: by artefact, then of the auxiliary matrix, each by
/// its place in the matrix. Every cell is one private input, whichever constraints read it.
struct ClaimCells {
  /// A view with the place of each entry in its matrix.
  struct Column {
    let matrix: Int
    private let offset: Int
    /// Nil when entry i lies at offset + i.
    private let indices: [Int]?
    /// One entry, which counts for every row.
    private let isScalar: Bool

    init(_ view: View, matrix: Int) {
      self.matrix = matrix
      offset = view.offset
      indices = view.isContiguous ? nil : view.indices
      isScalar = view.variableCount == 0
    }

    func place(_ entry: Int) -> Int { isScalar ? offset : indices?[entry] ?? offset + entry }
  }

  /// A cell's place.
  struct Place: Sendable {
    let matrix: Int
    let index: Int
  }

  private let layouts: [MatrixLayout]
  private var columns: [View: Column] = [:]
  /// By matrix and place; −1 for a cell that nothing reads, else 0 until the wires are declared, then the number of its input.
  private var numbers: [[Int32]]

  /// - Parameter layouts: of the artefacts, then of the auxiliary matrix.
  init(_ layouts: [MatrixLayout]) {
    self.layouts = layouts
    numbers = layouts.map { Array(repeating: -1, count: $0.rowCount << $0.log2RowLength) }
  }

  /// Precondition: the view is of one of the layouts.
  mutating func column(_ view: View) -> Column {
    if let known = columns[view] { return known }
    guard let matrix = layouts.firstIndex(where: { $0.name == view.matrix }) else { preconditionFailure("no matrix \(view.matrix)") }
    let column = Column(view, matrix: matrix)
    columns[view] = column
    return column
  }

  /// Notes that entries of a view are read.
  mutating func read(_ view: View, _ entries: some Sequence<Int>) {
    let column = column(view)
    for entry in entries { numbers[column.matrix][column.place(entry)] = 0 }
  }

  /// Whether any entry of a view is read.
  mutating func isRead(_ view: View) -> Bool {
    let column = column(view)
    return (0..<(1 << view.variableCount)).contains { numbers[column.matrix][column.place($0)] >= 0 }
  }

  /// Declares a private input for every cell that is read.
  /// - Parameter name: the signal of a cell: matrix, tensor, index in the tensor.
  mutating func declare<F: PrimeField>(
    _ builder: inout CircuitBuilder<F>, name: (_ matrix: Int, _ tensor: TensorLayout, _ index: Int) -> String
  ) -> (wires: [LinearCombination<F>], places: [Place]) {
    var wires: [LinearCombination<F>] = []
    var places: [Place] = []
    for (matrix, layout) in layouts.enumerated() {
      let tensors = layout.tensors.map { (layout: $0, offset: layout.offsets[$0.name] ?? 0) }.sorted { $0.offset < $1.offset }
      for tensor in tensors {
        for index in 0..<(1 << tensor.layout.bits) where numbers[matrix][tensor.offset + index] >= 0 {
          numbers[matrix][tensor.offset + index] = Int32(wires.count)
          wires.append(builder.privateInput(name(matrix, tensor.layout, index)))
          places.append(Place(matrix: matrix, index: tensor.offset + index))
        }
      }
    }
    return (wires, places)
  }

  /// The number of an entry's input. Precondition: it was read and declared.
  func number(_ column: Column, _ entry: Int) -> Int { Int(numbers[column.matrix][column.place(entry)]) }
}
