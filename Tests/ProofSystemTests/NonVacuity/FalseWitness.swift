import Claims
import Fields
import ProofSystem

/// A witness that breaks constraints of one family in one row and no other constraint at all, found by search.
///
/// The search gives the unknown cells of a row values one by one: the honest one and its neighbours, 0, ±1, 2, and for each constraint in
/// which only this cell is open the field elements that put the constraint on an edge (for a range: 0, 1, the middle, the last value and
/// those just outside). So it also finds witnesses over the field, such as bits that are fractions. A branch ends when a constraint
/// outside the family is broken.
struct FalseWitness {
  let row: Int
  /// New values of cells.
  let changes: [Cell: Goldilocks]
  /// Names of broken constraints.
  let broken: Set<String>

  /// What is searched.
  struct Problem {
    let system: ConstraintSystem
    /// Honest values.
    let read: (Cell) -> Goldilocks
    /// Cells of a row that the prover is free to choose.
    let unknowns: (_ row: Int) -> [Cell]
    /// Public outputs: they follow the witness, and one of them has to change.
    let isOutput: (String) -> Bool
    /// Lookups whose multiplicities are public counts: another tuple changes them.
    var isCounted: (String) -> Bool = { _ in false }
    /// Whether a false witness must change an output.
    var mustChangeOutput = true
    let rowCount: Int
  }

  /// Most nodes of the search tree of one row.
  static let limit = 400_000

  static func find(_ problem: Problem, family: Set<String>) -> FalseWitness? {
    for row in 0..<problem.rowCount {
      for reversed in [false, true] {
        var search = Search(problem, family: family, row: row, reversed: reversed)
        if let found = search.run() { return found }
      }
    }
    return nil
  }

  private struct Search {
    let problem: Problem
    let family: Set<String>
    let row: Int
    let unknowns: [Cell]
    /// Checks on each unknown that is the last of theirs in the order.
    let due: [[RowCheck]]
    /// Outputs that read an unknown.
    let outputs: [RowCheck]
    let target: [RowCheck]
    var values: [Cell: Goldilocks] = [:]
    var nodes = 0

    init(_ problem: Problem, family: Set<String>, row: Int, reversed: Bool) {
      self.problem = problem
      self.family = family
      self.row = row
      let unknowns = reversed ? problem.unknowns(row).reversed() : problem.unknowns(row)
      self.unknowns = unknowns
      let places = Dictionary(unknowns.enumerated().map { ($1, $0) }) { first, _ in first }
      var due: [[RowCheck]] = unknowns.map { _ in [] }
      var outputs: [RowCheck] = []
      var target: [RowCheck] = []
      for check in problem.system.checks {
        guard let last = ConstraintSystem.cells(check).compactMap({ places[$0] }).max() else { continue }
        if problem.isOutput(check.name) { outputs.append(check) } else { due[last].append(check) }
        if family.contains(check.name) { target.append(check) }
      }
      self.due = due
      self.outputs = outputs
      self.target = target
    }

    func read(_ cell: Cell) -> Goldilocks { values[cell] ?? problem.read(cell) }

    mutating func run() -> FalseWitness? {
      guard !target.isEmpty else { return nil }
      return extend(0)
    }

    private mutating func extend(_ place: Int) -> FalseWitness? {
      guard place < unknowns.count else { return leaf() }
      let cell = unknowns[place]
      for value in candidates(cell, place) {
        nodes += 1
        if nodes > FalseWitness.limit { return nil }
        values[cell] = value
        if due[place].allSatisfy({ family.contains($0.name) || problem.system.holds($0, read) }), let found = extend(place + 1) { return found }
      }
      values[cell] = nil
      return nil
    }

    private func leaf() -> FalseWitness? {
      let broken = Set(target.filter { !problem.system.holds($0, read) }.map(\.name))
      guard !broken.isEmpty else { return nil }
      if problem.mustChangeOutput, outputs.allSatisfy({ problem.system.holds($0, read) }), !changesCount { return nil }
      return FalseWitness(row: row, changes: values, broken: broken)
    }

    private var changesCount: Bool {
      due.joined().contains { check in
        guard problem.isCounted(check.name), case .member(let forms, _) = check.condition else { return false }
        return forms.contains { $0.value(read) != $0.value(problem.read) }
      }
    }

    /// Values worth trying, each once, the honest one first.
    private func candidates(_ cell: Cell, _ place: Int) -> [Goldilocks] {
      let honest = problem.read(cell)
      var out = [honest, honest + .one, honest - .one, .zero, .one, .two, -.one]
      for check in due[place] { out += edges(check, cell) }
      var seen: Set<Goldilocks> = []
      return out.filter { seen.insert($0).inserted }
    }

    /// Values of the only open cell that put a check on an edge.
    private func edges(_ check: RowCheck, _ cell: Cell) -> [Goldilocks] {
      func solve(_ form: CellForm, _ targets: [Goldilocks]) -> [Goldilocks] {
        var (slope, rest) = (Goldilocks.zero, form.constant)
        for term in form.terms { if term.cell == cell { slope += term.coefficient } else { rest += term.coefficient * read(term.cell) } }
        guard let inverse = slope.inverse() else { return [] }
        return targets.map { ($0 - rest) * inverse }
      }
      switch check.condition {
      case .zero(let form): return solve(form, [.zero])
      case .range(let form, let bits):
        let top = Goldilocks(UInt64(1) << UInt64(bits))
        return solve(form, [.zero, .one, top - .one, Goldilocks((UInt64(1) << UInt64(bits)) / 2), top, -.one])
      case .member(let forms, let table):
        // Completions of the tuple to rows of the table.
        let open = forms.indices.filter { index in forms[index].terms.contains { $0.cell == cell } }
        guard let place = open.first, open.count == 1, let rows = problem.system.tables[table] else { return [] }
        let known = forms.indices.map { $0 == place ? nil : forms[$0].value(read) }
        let fitting = rows.filter { row in row.indices.allSatisfy { known[$0] == nil || known[$0] == row[$0] } }.prefix(4)
        return solve(forms[place], fitting.map { $0[place] })
      case .product(let terms, let output):
        return output == cell ? [terms.reduce(.zero) { $0 + $1.left.value(read) * read($1.right) }] : []
      }
    }
  }
}

extension ConstraintSystem {
  /// Values of the limbs of a range check whose form has this value: its digits when it is in range. When it is not, exactly the lookup
  /// `broken` fails, and that one by the whole excess: the other limbs are 0.
  func limbValues(_ base: String, _ value: Goldilocks, bits: Int, broken: String?) -> [(column: String, value: Goldilocks)] {
    let own = (limbs[base] ?? []).sorted { $0.shift < $1.shift }
    if Self.isBelow(value, bits: bits), let integer = value.signedInteger {
      return own.enumerated().map { index, limb in
        let next = index + 1 < own.count ? own[index + 1].shift : bits
        return (limb.column, Goldilocks(UInt64(bitPattern: integer >> Int64(limb.shift)) & ((1 << UInt64(next - limb.shift)) - 1)))
      }
    }
    return own.map { limb in
      guard limb.column == broken, let inverse = Goldilocks(UInt64(1) << UInt64(limb.shift)).inverse() else { return (limb.column, .zero) }
      return (limb.column, value * inverse)
    }
  }
}
