import Programs
import ProofSystem

/// Quotients, roots and rounding to even: advice in a range, and products that fix it.
extension NetworkCompiler {
  /// 0 ≤ node < 2^bits.
  mutating func bound(_ name: String, _ node: Int, bits: Int) throws(ClaimError) {
    guard bits <= 60 else { throw .tooWide(node: "\(prefix).\(name)", bits: bits) }
    let own = graph.nodes[node]
    let digits = limbs(bits, lower: 0, own.total)
    advise(name, .value(node, digits))
    let value = self.node("\(name).digits", digits, count: own.count, copies: own.copies)
    equal(name, [(1, node), (-1, value)])
  }

  /// upper − node ≥ 0 where digits from `lower` on reach beyond the upper end.
  mutating func boundAbove(_ name: String, _ node: Int, _ range: IntegerRange) throws(ClaimError) {
    guard range.bitCount <= 60 else { throw .tooWide(node: "\(prefix).\(name)", bits: range.bitCount) }
    guard range.upper - range.lower != (1 << Int64(range.bitCount)) - 1 else { return }
    let own = graph.nodes[node]
    let rest = combine("\(name).room", [(-1, node)], constant: range.upper, count: own.count, copies: own.copies)
    try bound("\(name).above", rest, bits: range.bitCount)
  }

  /// Advice for a node, with limbs that enforce its range.
  private mutating func advice(
    _ name: String, _ range: IntegerRange, count: Int, copies: Int, _ step: (NetworkDigits) -> NetworkAdvice.Step
  ) throws(ClaimError) -> Int {
    guard range.bitCount <= 60 else { throw .tooWide(node: "\(prefix).\(name)", bits: range.bitCount) }
    let digits = limbs(range.bitCount, lower: range.lower, copies * count)
    advise(name, step(digits))
    let value = node(name, digits, count: count, copies: copies)
    try boundAbove(name, value, range)
    return value
  }

  /// 2·a·2^s + b = 2·b·y + ρ, 0 ≤ ρ < 2·b; for a floor without the + b.
  mutating func compileDivide(_ number: Int, _ node: ProgramNode, _ divide: Divide, _ operands: [Int]) throws(ClaimError) -> Int {
    let (a, b) = (operands[0], operands[1])
    let (count, all) = (node.shape.count, copies(operands))
    let divisor = bounds[node.operands[1]].range
    let y = try advice(node.name, divide.range, count: count, copies: all) {
      .quotient(a, b, shift: divide.shift, isFloor: divide.isFloor, range: divide.range, $0)
    }
    let product = elementwise("\(node.name).product", b, y, count)
    let terms: [(coefficient: Int64, node: Int)] = [(1 << Int64(divide.shift + 1), a), (divide.isFloor ? 0 : 1, b), (-2, product)]
    let remainder = combine("\(node.name).remainder", terms, constant: 0, count: count, copies: all)
    let room = combine("\(node.name).room", [(2, b), (-1, remainder)], constant: -1, count: count, copies: all)
    let bits = IntegerRange(0...max(1, divisor.upper)).bitCount + 1
    try bound("\(node.name).remainder", remainder, bits: bits)
    try bound("\(node.name).room", room, bits: bits)
    return y
  }

  /// y² ≤ x·2^s ≤ y² + 2·y.
  mutating func compileSquareRoot(_ number: Int, _ node: ProgramNode, _ root: SquareRoot, _ operand: Int) throws(ClaimError) -> Int {
    let (count, all) = (node.shape.count, graph.nodes[operand].copies)
    let y = try advice(node.name, bounds[number].enforced, count: count, copies: all) { .root(operand, shift: root.shift, $0) }
    let square = elementwise("\(node.name).square", y, y, count)
    let rest = combine("\(node.name).rest", [(1 << Int64(root.shift), operand), (-1, square)], constant: 0, count: count, copies: all)
    let room = combine("\(node.name).room", [(2, y), (-1, rest)], constant: 0, count: count, copies: all)
    let bits = bounds[number].enforced.bitCount + 1
    try bound("\(node.name).rest", rest, bits: bits)
    try bound("\(node.name).room", room, bits: bits)
    return y
  }

  /// Half to even: with x·M + 2^(s−1) = q·2^s + ρ and q = 2·h + p, y = q − p·[ρ = 0].
  mutating func compileHalfEven(_ node: ProgramNode, _ requantise: Requantise, _ range: IntegerRange, _ operand: Int) throws(ClaimError) -> Int {
    let own = graph.nodes[operand]
    let (count, all) = (own.count, own.copies)
    guard range.lower > -(1 << 60), range.upper < 1 << 60, requantise.shift > 0 else { throw .tooWide(node: "\(prefix).\(node.name)", bits: 61) }
    // Before the correction the quotient may be one more; bits for both ends even.
    let wide = IntegerRange((range.lower >> 1)...((range.upper >> 1) + 1))
    let bits = wide.bitCount
    let half = limbs(bits, lower: wide.lower, own.total)
    let parity = limbs(1, lower: 0, own.total)
    let remainder = limbs(requantise.shift, lower: 0, own.total)
    advise(
      node.name,
      .halfEven(operand, multiplier: requantise.multiplier, shift: requantise.shift, half: half, parity: parity, remainder: remainder))
    let h = self.node("\(node.name).half", half, count: count, copies: all)
    let p = self.node("\(node.name).parity", parity, count: count, copies: all)
    let rest = self.node("\(node.name).remainder", remainder, count: count, copies: all)
    let unit = Int64(1) << Int64(requantise.shift)
    equal(node.name, [(requantise.multiplier, operand), (-2 * unit, h), (-unit, p), (-1, rest)], constant: requantise.halfUnit)
    // [ρ ≥ 1].
    let less = combine("\(node.name).less", [(1, rest)], constant: -1, count: count, copies: all)
    let digits = try signed("\(node.name).tie", less, IntegerRange(-1...(unit - 2)))
    let isNoTie = sign("\(node.name).noTie", digits, count: count, copies: all)
    let kept = elementwise("\(node.name).kept", p, isNoTie, count)
    // q − p + p·[ρ ≥ 1].
    let y = combine("\(node.name).even", [(2, h), (1, kept)], constant: 0, count: count, copies: all)
    let shifted = combine("\(node.name).from-below", [(1, y)], constant: 0 - range.lower, count: count, copies: all)
    try bound("\(node.name).range", shifted, bits: range.bitCount)
    try boundAbove("\(node.name).range", y, range)
    return y
  }
}
