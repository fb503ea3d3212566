import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

/// A constraint that another one backs up: no false witness breaks it alone and changes an output.
struct Redundancy {
  /// The case in which it is so; nil for every case.
  var onlyCase: String?
  /// How its name ends.
  let suffix: String
  /// How the names end that have to go with it for a false witness to pass; empty when none is left that could.
  let with: [String]
  let reason: String
}

/// The constraints of one program, each with the false witness that it alone keeps out.
struct OperatorCheats {
  let harness: ProgramHarness
  let program: Program
  let honest: ProgramHarness.Instance
  let system: ConstraintSystem
  private let matrices: [String: MatrixData<Goldilocks>]
  private let rowCount: Int

  static let redundancies: [Redundancy] = [
    Redundancy(
      onlyCase: "requantise half even", suffix: ".quotient", with: [".half"],
      reason: "q − base = 2·half + odd with half and odd in their ranges: the quotient has one bit more than half"),
    Redundancy(
      onlyCase: "requantise half even", suffix: ".remainder", with: [".exact-zero"],
      reason: "e = 0 gives 1 ≤ ρ ≤ 2^s − 1 and e = 1 gives ρ = 0 by exact-zero and not-exact"),
    Redundancy(
      onlyCase: "requantise half even", suffix: ".odd", with: [".tie-odd"],
      reason: "half is an integer, so odd has the right parity; tie-odd, tie-exact and tie-both leave no tie but the right one"),
    Redundancy(
      onlyCase: "requantise half even", suffix: ".exact", with: [".tie"],
      reason: "exact-zero and not-exact leave e = 0, 1, and −1 where ρ = 2^s − 1; tie-exact then asks for a negative tie"),
    Redundancy(
      onlyCase: "saturation", suffix: "1.r.0.quotient", with: [],
      reason: "the rounded value is compared, and the comparison's range check bounds it; not so where nothing compares it"),
    Redundancy(
      onlyCase: "one-hot of four classes", suffix: "1.quarter.0.quotient", with: [],
      reason: "the rounded value is a class index, and one-hot's sums bound it"),
    Redundancy(
      onlyCase: "counts", suffix: ".bit", with: [], reason: "the pair of bits is in the table of pairs"),
    Redundancy(
      onlyCase: "argmax with ties", suffix: ".below-maximum", with: [".is-maximum"],
      reason: "is-maximum gives D ≥ 0 where the bit is 0 and D ≤ 0 where it is 1, so the selected key is no less than the maximum"),
    Redundancy(
      onlyCase: "argmax with ties", suffix: ".bit", with: [".bit"],
      reason: "two other bits cannot be 1, since their keys differ and is-maximum gives both the maximum; so the sum leaves 0 or 1"),
  ]

  let caseName: String

  func redundancy(_ name: String) -> Redundancy? {
    Self.redundancies.first { name.hasSuffix($0.suffix) && ($0.onlyCase ?? caseName) == caseName }
  }

  init(_ operatorCase: OperatorTests.Case) throws {
    caseName = operatorCase.testDescription
    (harness, program) = try operatorCase.make()
    honest = try harness.instance(program)
    system = ConstraintSystem(honest.relation)
    matrices = honest.secrets.mapValues(\.data).merging(["aux": honest.auxiliary]) { $1 }
    rowCount = harness.columns.first?.values.count ?? 0
  }

  /// Constraints of the program. Those of the table's well-formedness are another test's.
  var names: [String] { system.names.filter { $0.hasPrefix("1.") } }

  static func isOutput(_ name: String) -> Bool { name.hasPrefix("1.output.") }

  private func read(_ cell: Cell) -> Goldilocks { matrices[cell.matrix]?.vector.pointer[cell.index] ?? .zero }

  /// Every auxiliary cell of a row but limbs and multiplicities.
  private func unknowns(_ row: Int) -> [Cell] {
    honest.relation.columns.compactMap { column in
      if case .multiplicity = column.recipe { return nil }
      guard ConstraintSystem.limb(column.name) == nil, column.bits == log2Ceiling(rowCount),
        let offset = honest.relation.auxiliary.offsets[column.name]
      else { return nil }
      return Cell(matrix: "aux", index: offset + row)
    }
  }

  func find(_ family: Set<String>) -> FalseWitness? {
    FalseWitness.find(
      FalseWitness.Problem(
        system: system, read: read, unknowns: unknowns, isOutput: Self.isOutput, isCounted: countNames.contains, rowCount: rowCount),
      family: family)
  }

  /// Names of lookups whose multiplicities are counts.
  var countNames: Set<String> {
    Set(program.nodes.compactMap { node in if case .confusionCounts = node.operation { "1.\(node.name)" } else { nil } })
  }

  /// What the outputs are with another witness: published, so that they hide nothing.
  func outputs(_ auxiliary: MatrixData<Goldilocks>) throws -> [String: [Int64]] {
    func read(_ cell: Cell) -> Goldilocks { cell.matrix == "aux" ? auxiliary.vector.pointer[cell.index] : self.read(cell) }
    var out: [String: [Int64]] = [:]
    for output in program.outputs {
      let shape = program.nodes[output.node].shape
      var values = [Int64](repeating: 0, count: shape.count)
      let own = honest.relation.linear.filter { $0.name.hasPrefix("1.output.\(output.name).") }
      for (position, constraint) in own.enumerated() {
        let terms = constraint.expression.terms.map { (Goldilocks(signed: $0.coefficient), $0.view.matrix, $0.view.indices) }
        for row in 0..<constraint.rows.count {
          let value = terms.reduce(Goldilocks(signed: constraint.expression.constant)) {
            $0 + $1.0 * read(Cell(matrix: $1.1, index: $1.2[row]))
          }
          values[own.count == shape.columns ? row * shape.columns + position : position] = try #require(value.signedInteger)
        }
      }
      out[output.name] = values
    }
    return out
  }

  /// Writes the false cells, and limbs so that of a broken range check exactly the lookup `member` fails.
  private func apply(_ witness: FalseWitness, member: String, to data: MatrixData<Goldilocks>) {
    for (cell, value) in witness.changes where cell.matrix == "aux" { data.vector.pointer[cell.index] = value }
    for check in system.checks where check.row == witness.row {
      guard case .range(let form, let bits) = check.condition else { continue }
      let value = form.value { $0.matrix == "aux" ? data.vector.pointer[$0.index] : read($0) }
      for limb in system.limbValues(check.name, value, bits: bits, broken: member) { data.tensor(limb.column)[witness.row] = limb.value }
    }
  }

  /// Proves and verifies the false witness without the constraints `dropped`.
  func attempt(_ witness: FalseWitness, member: String, dropping dropped: Set<String>) throws {
    func instance(_ published: [String: [Int64]]) throws -> ProgramHarness.Instance {
      try harness.instance(program, published: published, dropping: dropped, tamper: { apply(witness, member: member, to: $1) })
    }
    // Counts follow the false cells, and the published values follow the counts.
    let draft = try instance([:])
    try ProgramHarness.check(try instance(outputs(draft.auxiliary)), Production<GoldilocksCubic>.self)
  }

  // MARK: Cheats that are not a row's

  /// An output published otherwise.
  func attemptFalseOutput(_ name: String, isDropped: Bool) throws {
    let parts = name.split(separator: ".")
    let output = String(parts[2])
    let position = try #require(Int(parts[3]))
    var values = try outputs(honest.auxiliary)
    values[output]?[position] += 1
    let instance = try harness.instance(program, published: values, dropping: isDropped ? [name] : [])
    try ProgramHarness.check(instance, Production<GoldilocksCubic>.self)
  }

  /// One pair counted as another: the multiplicities are the counts.
  func attemptShiftedCounts(_ name: String, isDropped: Bool) throws {
    let counts = honest.auxiliary.tensor("m.\(name)").map { $0 }
    func shift(_ data: MatrixData<Goldilocks>) {
      let target = data.tensor("m.\(name)")
      for (index, count) in counts.enumerated() { target[index] = count }
      target[0] += .one
      target[1] -= .one
    }
    func instance(_ published: [String: [Int64]]) throws -> ProgramHarness.Instance {
      try harness.instance(program, published: published, dropping: isDropped ? [name] : [], recounted: { shift($1) })
    }
    let draft = try instance([:])
    try ProgramHarness.check(try instance(outputs(draft.auxiliary)), Production<GoldilocksCubic>.self)
  }
}
