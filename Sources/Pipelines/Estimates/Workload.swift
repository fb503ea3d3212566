import Claims
import Fields
import Kernels
import ProofSystem
import Prover

/// What a proof makes the prover do, from its statement alone.
struct Workload: Equatable, Sendable {
  /// Base elements of the codewords that the proof itself encodes and hashes, by the time that they take.
  let codewordCells: Double
  /// Leaves of the fraction tree, by the time that they take.
  let leaves: Double
  /// Cells of all matrices, artefacts included, that the row rounds contract.
  let stackCells: Double
  /// Elements of the level-1 codeword.
  let levelOneCells: Double
  /// Linear and other constraints, each of which costs the same whatever its rows.
  let constraints: Double
  /// Cells of the witness columns that the prover fills.
  let witnessCells: Double
  /// Terms of the looked-up expressions over all rows: read for the leaves and for the multiplicities.
  let lookupTerms: Double
  /// Cells read by products with weights, by row-wise products and by the steps of a descent.
  let productCells: Double
  /// Bytes held by commitments: rows, codewords, trees.
  let commitmentBytes: Double
  /// Bytes of the largest step beside the commitments.
  let stepBytes: Double

  init<E: KernelField>(_ statement: Statement<E>, relation: ClaimRelation<E>) {
    let base = Double(E.Base.byteCount)
    let element = base * Double(E.degree)
    var (cells, stack, commitments) = (0.0, 0.0, 0.0)
    for (index, shape) in statement.shapes.enumerated() {
      for tree in statement.trees(ofShape: index) {
        let isOwn = tree.name == statement.auxiliaryName(index)
        let codeword = Double(tree.rowCount * shape.length)
        // Codewords that no cache holds go through memory: measured 1.2 to 1.4 times the time of a cell of those that one holds.
        if isOwn { cells += codeword * (codeword > Double(1 << 25) ? 1.25 : 1) }
        stack += Double(tree.rowCount << shape.log2RowLength)
        // Rows, codeword, and two digests a leaf; the data of an artefact, and of the witness, are its rows.
        commitments += base * (Double(tree.rowCount * shape.dimension) + codeword) + 64 * Double(shape.length)
      }
    }
    codewordCells = cells
    stackCells = stack
    let depth = relation.tree.lookups.isEmpty ? 0 : relation.tree.depth
    // Where two layers are made anew, the leaves are made twice more: measured 1.25 to 1.5 times the time.
    leaves = relation.tree.lookups.isEmpty ? 0 : Double(1 << depth) * (FractionTreeMemory.isSecondLayerStreamed(depth: depth) ? 1.25 : 1)
    let first = statement.levels.first
    levelOneCells = first.map { Double(statement.presentRows.count * E.degree) * Double(1 << $0.log2Length) } ?? 0
    constraints = Double(
      relation.linear.count + relation.tree.lookups.count + relation.products.count * 8 + relation.sums.count + relation.hadamards.count)
    witnessCells = relation.columns.reduce(0) { $0 + Double(1 << $1.bits) }
    lookupTerms = relation.tree.lookups.reduce(0) { sum, lookup in
      sum + Double(lookup.components.reduce(0) { $0 + $1.terms.count }) * Double(1 << lookup.bits)
    }
    let products = relation.products.reduce(0.0) {
      $0 + Double(1 << $1.rows.bits) * Double($1.left.reduce($1.products.count) { $0 + $1.terms.count })
    }
    let rowwise = relation.hadamards.reduce(0.0) { $0 + Double(1 << $1.bits) * Double($1.left.terms.count + $1.right.terms.count + 1) }
    let descents = relation.descents.reduce(0.0) { sum, descent in
      sum + 2 * Double(descent.steps.count << descent.batchBits) * Double(descent.features.count * descent.scores.count)
    }
    productCells = products + rowwise + descents
    commitmentBytes = commitments
    // Layers of the fraction tree above those that are made anew when they are read.
    let fractions = leaves == 0 ? 0 : element * Double(FractionTreeMemory.elementCount(depth: depth))
    let vector = Double(1 << statement.levelOneVariables) * element
    let opening = levelOneCells * base * 1.4 + vector * 4
    stepBytes = max(fractions, opening)
  }

  /// The parts that take time, for the least squares.
  var features: [Double] { [codewordCells, leaves, stackCells, levelOneCells, constraints, witnessCells, lookupTerms, productCells] }
}

/// How long a unit of each part of a workload takes on this machine.
struct Speed: Equatable, Sendable {
  /// Seconds a unit, in the order of `Workload.features`, and the seconds of a proof of nothing.
  let seconds: [Double]
  /// Seconds a byte of memory that the process has not had before.
  var secondsPerFreshByte = 0.0

  /// Nanoseconds a unit that the parts have to each other on the machine where they were measured: the start, and where few samples say nothing.
  static let usual: [Double] = [1.8e-8, 6e-8, 1.2e-8, 1.6e-8, 4e-5, 5e-9, 2e-9, 2e-9]

  /// Seconds of a workload that takes `freshByteCount` bytes from the system.
  func seconds(_ workload: Workload, freshByteCount: Double) -> Double {
    zip(workload.features, seconds).reduce(secondsPerFreshByte * freshByteCount) { $0 + $1.0 * $1.1 }
  }

  /// Fits speeds to measured proofs: least squares of the relative errors, drawn a little towards the usual proportions, none negative.
  init(_ samples: [(workload: Workload, seconds: Double)]) {
    let usable = samples.filter { $0.seconds > 0 }
    let machine =
      usable.isEmpty
      ? 1
      : usable.map { $0.seconds / zip($0.workload.features, Self.usual).reduce(0) { $0 + $1.0 * $1.1 } }.sorted()[usable.count / 2]
    let prior = Self.usual.map { $0 * machine }
    // In units of the prior: x = 1 is the usual proportion.
    let rows = usable.map { sample in zip(sample.workload.features, prior).map { $0 * $1 / sample.seconds } }
    var x = [Double](repeating: 1, count: prior.count)
    let pull = 0.02
    for _ in 0..<500 {
      for k in x.indices {
        var (numerator, denominator) = (pull, pull)
        for row in rows {
          let rest = zip(row, x).enumerated().reduce(0.0) { $1.offset == k ? $0 : $0 + $1.element.0 * $1.element.1 }
          numerator += row[k] * (1 - rest)
          denominator += row[k] * row[k]
        }
        x[k] = max(0.1, numerator / denominator)
      }
    }
    seconds = zip(prior, x).map { $0 * $1 }
  }
}
