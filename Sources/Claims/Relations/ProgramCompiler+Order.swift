import Programs
import ProofSystem

/// Operators whose relations are range checks: requantise, compare, select, argmax.
///
/// Ranges: advice of a node is bounded by what the node's own range checks enforce. Its operands have their true values, by induction over
/// the nodes (`Docs/SecurityModel.md`, section 4.4), and so lie in the ranges that the program's arithmetic implies; here the powers of two
/// that cover those ranges are taken, which are wider.
extension ProgramCompiler {
  /// acc·M + 2^(s−1) = y·2^s + ρ, 0 ≤ ρ < 2^s, y in its enforced interval; half-even subtracts a tie bit.
  func compileRequantise(
    _ number: Int, _ node: ProgramNode, _ requantise: Requantise, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let (list, rows) = try columns(node, operands.first)
    let shift = Int64(requantise.shift)
    let half: Int64 = shift == 0 ? 0 : 1 << (shift - 1)
    var out: [ColumnExpression] = []
    for (column, accumulator) in list.enumerated() {
      let sum = try accumulator.scaled(by: requantise.multiplier).adding(half)
      if shift == 0 {
        out.append(sum)
        continue
      }
      let label = "\(name(node)).\(column)"
      // The quotient as a column; the remainder ρ = sum − y·2^s is an expression.
      let quotient: ColumnExpression
      if requantise.rounding == .halfUp {
        quotient = try committed(number, column, rows, &builder)
      } else {
        quotient = ColumnExpression(
          try builder.column(
            "\(label).up", bits: rows.bits, .computed(program: index, roundedUp(number, column, requantise, node))))
      }
      let enforced = bounds[number].enforced
      var bits = enforced.bitCount
      var lower = enforced.lower
      if requantise.rounding == .halfEven {
        // Half up may exceed half even by one.
        guard bits < 61 else { throw .tooWide(node: name(node), bits: bits) }
        bits += 1
        lower = enforced.lower
      }
      try builder.range("\(label).quotient", try quotient.adding(try negated(lower)), bits: bits, rows)
      let remainder = try sum.adding(quotient, times: -(1 << shift))
      try builder.range("\(label).remainder", remainder, bits: requantise.shift, rows)
      out.append(
        requantise.rounding == .halfUp
          ? quotient : try tieToEven(label, quotient, remainder, shift: requantise.shift, lower: lower, bits: bits, rows, &builder))
    }
    return .columns(out, rows: rows)
  }

  private func negated(_ value: Int64) throws(ClaimError) -> Int64 {
    let (result, overflow) = value.multipliedReportingOverflow(by: -1)
    if overflow { throw .coefficientOverflow }
    return result
  }

  private func roundedUp(
    _ number: Int, _ column: Int, _ requantise: Requantise, _ node: ProgramNode
  ) -> @Sendable ([[Int64]]) -> [Int64] {
    let operand = node.operands.first ?? 0
    let columns = node.shape.columns
    let (multiplier, shift) = (requantise.multiplier, Int64(requantise.shift))
    return { values in
      stride(from: column, to: values[operand].count, by: columns).map {
        (values[operand][$0] &* multiplier &+ (1 << (shift - 1))) >> shift
      }
    }
  }

  /// y = q − t, t = [ρ = 0]·[q odd]. Bits: odd (q = 2·quot + odd), e = [ρ = 0], t = odd ∧ e; each pinned by range checks.
  private func tieToEven(
    _ label: String, _ quotient: ColumnExpression, _ remainder: ColumnExpression, shift: Int, lower: Int64, bits: Int, _ rows: Extent,
    _ builder: inout RelationBuilder
  ) throws(ClaimError) -> ColumnExpression {
    // q − even(lower) = 2·half + odd, so the parity of q is that of `odd`.
    let base = lower - (lower & 1)
    let shifted = try quotient.adding(try negated(base))
    let halved = ColumnExpression(try builder.column("\(label).half", bits: rows.bits, .limb(shifted, shift: 1, bits: bits)))
    let odd = try shifted.adding(halved, times: -2)
    try builder.range("\(label).half", halved, bits: bits, rows)
    try builder.range("\(label).odd", odd, bits: 1, rows)
    // e = 1 − [ρ ≥ 1]: ρ ≤ (1 − e)(2^s − 1) and ρ ≥ 1 − e.
    let step = ColumnExpression(
      try builder.column("\(label).exact", bits: rows.bits, .limb(try remainder.scaled(by: -1).adding(1 << Int64(shift)), shift: shift, bits: 1)))
    try builder.range("\(label).exact", step, bits: 1, rows)
    let top = (Int64(1) << Int64(shift)) - 1
    try builder.range(
      "\(label).not-exact", try ColumnExpression(constant: top).adding(step, times: -top).adding(remainder, times: -1), bits: shift, rows)
    try builder.range("\(label).exact-zero", try remainder.adding(step).adding(-1), bits: shift, rows)
    let tie = ColumnExpression(
      try builder.column("\(label).tie", bits: rows.bits, .limb(try odd.adding(step), shift: 1, bits: 1)))
    try builder.range("\(label).tie", tie, bits: 1, rows)
    try builder.range("\(label).tie-odd", try odd.adding(tie, times: -1), bits: 1, rows)
    try builder.range("\(label).tie-exact", try step.adding(tie, times: -1), bits: 1, rows)
    try builder.range("\(label).tie-both", try tie.adding(odd, times: -1).adding(step, times: -1).adding(1), bits: 1, rows)
    return try quotient.adding(tie, times: -1)
  }

  /// A bit b with x − θ + (1 − b)·2^k in [0, 2^k), where |x − θ| < 2^k: b = 1 exactly when x ≥ θ.
  func compileCompare(
    _ number: Int, _ node: ProgramNode, _ compare: CompareGreaterOrEqual, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let (list, rows) = try columns(node, operands.first)
    let range = bounds[node.operands.first ?? 0].enforced
    let difference = Int128(range.upper) - Int128(compare.threshold)
    let other = Int128(compare.threshold) - Int128(range.lower)
    let bits = bitCount(max(difference, other, 0))
    guard bits <= 60 else { throw .tooWide(node: name(node), bits: bits) }
    var out: [ColumnExpression] = []
    for (column, x) in list.enumerated() {
      let bit = try committed(number, column, rows, &builder)
      try builder.range("\(name(node)).\(column).bit", bit, bits: 1, rows)
      let shifted = try x.adding(try negated(compare.threshold)).adding(1 << Int64(bits)).adding(bit, times: -(1 << Int64(bits)))
      try builder.range("\(name(node)).\(column).side", shifted, bits: bits, rows)
      out.append(bit)
    }
    return .columns(out, rows: rows)
  }

  /// Bits of a magnitude: least k with magnitude < 2^k.
  private func bitCount(_ magnitude: Int128) -> Int { 128 - magnitude.leadingZeroBitCount }

  /// y with c·B ± (y − b) ≥ 0 and (1 − c)·B ± (y − a) ≥ 0, B = 2^k > |a − b|: y = b when c = 0 and y = a when c = 1.
  func compileSelect(
    _ number: Int, _ node: ProgramNode, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    guard operands.count == 3 else { throw unsupported(node, "three operands are needed") }
    let (conditions, rows) = try columns(node, operands[0])
    let (left, _) = try columns(node, operands[1])
    let (right, _) = try columns(node, operands[2])
    let first = bounds[node.operands[1]].enforced
    let second = bounds[node.operands[2]].enforced
    let hull = first.hull(second)
    let bits = hull.bitCount + 1
    guard bits <= 59, hull.magnitude < 1 << 60 else { throw .tooWide(node: name(node), bits: bits) }
    let wide = Int64(1) << Int64(bits)
    var out: [ColumnExpression] = []
    for column in 0..<node.shape.columns {
      guard conditions.count == 1 || conditions.indices.contains(column), left.indices.contains(column), right.indices.contains(column) else {
        throw unsupported(node, "operands have other dimensions")
      }
      let condition = conditions.count == 1 ? conditions[0] : conditions[column]
      let y = try committed(number, column, rows, &builder)
      let label = "\(name(node)).\(column)"
      let toRight = try y.adding(right[column], times: -1)
      let toLeft = try y.adding(left[column], times: -1)
      let zeroSide = try condition.scaled(by: wide)
      let oneSide = try ColumnExpression(constant: wide).adding(condition, times: -wide)
      try builder.range("\(label).right-above", try zeroSide.adding(toRight), bits: bits + 1, rows)
      try builder.range("\(label).right-below", try zeroSide.adding(toRight, times: -1), bits: bits + 1, rows)
      try builder.range("\(label).left-above", try oneSide.adding(toLeft), bits: bits + 1, rows)
      try builder.range("\(label).left-below", try oneSide.adding(toLeft, times: -1), bits: bits + 1, rows)
      out.append(y)
    }
    return .columns(out, rows: rows)
  }

  /// Keys z_j = x_j·2^κ + (2^κ − 1 − j), all distinct, so the lowest index wins ties. M is committed with D_j = M − z_j in [0, 2^B) for
  /// every j; bits O_j with ΣO_j = 1 and (1 − O_j)(2^B − 1) − D_j ≥ 0, so O_j = 1 forces D_j = 0. Result: Σ j·O_j.
  func compileArgmax(
    _ number: Int, _ node: ProgramNode, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let (list, rows) = try columns(node, operands.first)
    let operand = node.operands.first ?? 0
    let count = list.count
    let keyBits = Int64(Argmax.keyShift(columns: count))
    let range = bounds[operand].enforced
    let bits = range.bitCount + Int(keyBits)
    guard bits <= 60, range.magnitude < 1 << UInt64(61 - keyBits) else { throw .tooWide(node: name(node), bits: bits) }
    let scale = Int64(1) << keyBits
    let maximum = ColumnExpression(
      try builder.column(
        "\(name(node)).maximum", bits: rows.bits,
        .computed(program: index) { values in
          stride(from: 0, to: values[operand].count, by: count).map { start in
            (0..<count).map { values[operand][start + $0] &* scale &+ (scale - 1 - Int64($0)) }.max() ?? 0
          }
        }))
    let top = (Int64(1) << Int64(bits)) - 1
    var bitsOfRow: [(factor: Int64, part: ColumnExpression)] = []
    var weighted: [(factor: Int64, part: ColumnExpression)] = []
    for (j, x) in list.enumerated() {
      let label = "\(name(node)).\(j)"
      let selected = ColumnExpression(
        try builder.column(
          "\(label).selected", bits: rows.bits, .computed(program: index) { values in values[number].map { $0 == Int64(j) ? 1 : 0 } }))
      try builder.range("\(label).bit", selected, bits: 1, rows)
      let distance = try maximum.adding(x, times: -scale).adding(-(scale - 1 - Int64(j)))
      try builder.range("\(label).below-maximum", distance, bits: bits, rows)
      try builder.range(
        "\(label).is-maximum", try ColumnExpression(constant: top).adding(selected, times: -top).adding(distance, times: -1), bits: bits, rows)
      bitsOfRow.append((1, selected))
      weighted.append((Int64(j), selected))
    }
    builder.equal("\(name(node)).one", rows: rows, try ColumnExpression.sum(constant: -1, bitsOfRow))
    return .columns([try ColumnExpression.sum(weighted)], rows: rows)
  }
}
