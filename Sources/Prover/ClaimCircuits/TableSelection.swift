import Fields
import R1CS

/// Membership in a public table of N rows as constraints: the index of a row is written h·L + l with L = ⌈√N⌉, and h and l are chosen by
/// one-hot bits.
///
/// Bits u_0 … u_(H−1) and v_0 … v_(L−1), each 0 or 1, Σ u = Σ v = 1, so that exactly one pair (h, l) is chosen. Component c must be
/// T_c(h, l): Σ_h u_h·(Σ_l T_c(h, l)·v_l), a product for each h whose row of T_c is not constant; a component of the form a_h + b_l takes no
/// product. Indices from N on stand for the last row again, so that every choice is a row of the table.
///
/// **Size**: H + L + 2 constraints and, for each component, 1 and a product for each h, about (2 + components)·√N; up to N entries a component.
struct TableSelection<F: PrimeField>: Sendable {
  private let rows: [[F]]
  /// Index of each row.
  private let indices: [[F]: Int]
  let lowCount: Int
  let highCount: Int
  private let isSeparable: [Bool]
  /// By component and h: whether T_c(h, l) is the same for all l.
  private let isConstant: [[Bool]]

  /// Precondition: at least one row, all of one width, rows distinct.
  init(_ rows: [[F]]) {
    self.rows = rows
    indices = Dictionary(rows.enumerated().map { ($1, $0) }) { first, _ in first }
    var low = 1
    while low * low < rows.count { low += 1 }
    lowCount = low
    let high = (rows.count + low - 1) / low
    highCount = high
    func cell(_ h: Int, _ l: Int) -> [F] { rows[min(h * low + l, rows.count - 1)] }
    isSeparable = (rows.first ?? []).indices.map { component in
      for h in 1..<max(1, high) {
        let difference = cell(h, 0)[component] - cell(0, 0)[component]
        for l in 1..<max(1, low) where cell(h, l)[component] - cell(0, l)[component] != difference { return false }
      }
      return true
    }
    isConstant = (rows.first ?? []).indices.map { component in
      (0..<high).map { h in (0..<low).allSatisfy { cell(h, $0)[component] == cell(h, 0)[component] } }
    }
  }

  private func cell(_ h: Int, _ l: Int, _ component: Int) -> F { rows[index(h, l)][component] }
  private func index(_ h: Int, _ l: Int) -> Int { min(h * lowCount + l, rows.count - 1) }

  /// Constraints and entries of one lookup, entries of components left out; `isCounted`: with a product for every row.
  func size(isCounted: Bool) -> (constraints: Int, entries: Int) {
    var constraints = highCount + lowCount + 2
    var entries = 5 * (highCount + lowCount) + 4
    for component in isSeparable.indices {
      constraints += 1
      if isSeparable[component] {
        entries += highCount + lowCount
      } else {
        let products = isConstant[component].count { !$0 }
        constraints += products
        entries += products * (lowCount + 3) + highCount
      }
    }
    guard isCounted else { return (constraints, entries) }
    return (constraints + highCount * lowCount, entries + 4 * highCount * lowCount)
  }

  /// Adds what makes `components` a row of the table.
  /// - Returns: one-hot bits u and v.
  func choose(
    _ components: [LinearCombination<F>], _ builder: inout CircuitBuilder<F>
  ) -> (high: [LinearCombination<F>], low: [LinearCombination<F>]) {
    func bits(_ count: Int, _ part: @escaping @Sendable (Int) -> Int) -> [LinearCombination<F>] {
      let bits = (0..<count).map { place in
        builder.wire(nil, .function(components) { [indices] values in indices[values].map(part) == place ? .one : .zero })
      }
      for bit in bits { builder.assertBoolean(bit) }
      builder.constrain(builder.sum(bits) == 1)
      return bits
    }
    let low = lowCount
    let u = bits(highCount) { $0 / low }
    let v = bits(lowCount) { $0 % low }
    for (component, value) in components.enumerated() {
      if isSeparable[component] {
        let first = cell(0, 0, component)
        let high = u.enumerated().map { $1.scaled(by: cell($0, 0, component)) }
        let rest = v.enumerated().map { $1.scaled(by: cell(0, $0, component) - first) }
        builder.constrain(builder.sum(high) + builder.sum(rest) == value)
        continue
      }
      var sum = LinearCombination<F>.zero
      for (h, bit) in u.enumerated() {
        if isConstant[component][h] {
          sum += bit.scaled(by: cell(h, 0, component))
        } else {
          sum += builder.product(bit, builder.sum(v.enumerated().map { $1.scaled(by: cell(h, $0, component)) }))
        }
      }
      builder.constrain(sum == value)
    }
    return (u, v)
  }

  /// Adds u_h·v_l of one lookup to the counts of the rows that they choose.
  func count(
    _ chosen: (high: [LinearCombination<F>], low: [LinearCombination<F>]), into counts: inout [LinearCombination<F>],
    _ builder: inout CircuitBuilder<F>
  ) {
    for (h, u) in chosen.high.enumerated() {
      for (l, v) in chosen.low.enumerated() { counts[index(h, l)] += builder.product(u, v) }
    }
  }
}
