import Fields

/// Elimination over F.
public enum LinearAlgebra {
  /// The rank of a list of rows.
  public static func rank<F: PrimeField>(_ rows: [[F]]) -> Int {
    var rows = rows
    var found = 0
    for column in 0..<(rows.first?.count ?? 0) {
      guard let pivot = (found..<rows.count).first(where: { !rows[$0][column].isZero }) else { continue }
      rows.swapAt(found, pivot)
      let scale = rows[found][column].inverse() ?? .zero
      let top = rows[found].map { $0 * scale }
      rows[found] = top
      for i in (found + 1)..<max(rows.count, found + 1) where !rows[i][column].isZero {
        let factor = rows[i][column]
        for k in column..<top.count { rows[i][k] -= factor * top[k] }
      }
      found += 1
    }
    return found
  }

  /// x with Σ_k x_k·rows[k] = target, or nil.
  public static func solve<F: PrimeField>(_ rows: [[F]], _ target: [F]) -> [F]? {
    // One equation per column: coefficients of x, then the right side.
    var equations = target.indices.map { column in rows.map { $0[column] } + [target[column]] }
    let unknowns = rows.count
    var pivots: [Int] = []
    for unknown in 0..<unknowns {
      let found = pivots.count
      guard let pivot = (found..<equations.count).first(where: { !equations[$0][unknown].isZero }) else { continue }
      equations.swapAt(found, pivot)
      let scale = equations[found][unknown].inverse() ?? .zero
      let top = equations[found].map { $0 * scale }
      equations[found] = top
      for i in equations.indices where i != found && !equations[i][unknown].isZero {
        let factor = equations[i][unknown]
        for k in unknown..<top.count { equations[i][k] -= factor * top[k] }
      }
      pivots.append(unknown)
    }
    guard equations.dropFirst(pivots.count).allSatisfy({ $0[unknowns].isZero }) else { return nil }
    var out = [F](repeating: .zero, count: unknowns)
    for (equation, unknown) in zip(equations, pivots) { out[unknown] = equation[unknowns] }
    return out
  }
}
