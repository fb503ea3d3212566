import Fields

/// The usual building blocks. Booleans are linear combinations that are 0 or 1 whenever the constraints hold.
extension CircuitBuilder {
  /// x·y: one wire and one constraint, none when a factor is a constant.
  public mutating func product(_ x: LinearCombination<F>, _ y: LinearCombination<F>, name: String? = nil) -> LinearCombination<F> {
    if let constant = x.constant { return y.scaled(by: constant) }
    if let constant = y.constant { return x.scaled(by: constant) }
    let out = wire(name, .product(x, y))
    constrain(x * y == out)
    return out
  }

  /// 1/x, where x is enforced not to be 0: one constraint.
  public mutating func inverse(_ x: LinearCombination<F>, name: String? = nil) -> LinearCombination<F> {
    let out = wire(name, .inverseOrZero(x))
    constrain(x * out == 1)
    return out
  }

  /// 1 when x = 0, else 0: two constraints, x·i = 1 − out and x·out = 0.
  public mutating func isZero(_ x: LinearCombination<F>, name: String? = nil) -> LinearCombination<F> {
    let inverse = wire(name.map { "\($0).inverse" }, .inverseOrZero(x))
    let out = wire(name, .function([x]) { $0.first?.isZero == true ? .one : .zero })
    constrain(x * inverse == 1 - out)
    constrain(x * out == 0)
    return out
  }

  /// 1 when x = y, else 0: two constraints.
  public mutating func isEqual(_ x: LinearCombination<F>, _ y: LinearCombination<F>, name: String? = nil) -> LinearCombination<F> {
    isZero(x - y, name: name)
  }

  /// x ∈ {0, 1}: one constraint.
  public mutating func assertBoolean(_ x: LinearCombination<F>) { constrain(x * (x - 1) == 0) }

  /// x and y, of booleans: one constraint.
  public mutating func and(_ x: LinearCombination<F>, _ y: LinearCombination<F>) -> LinearCombination<F> { product(x, y) }
  /// x or y, of booleans: one constraint.
  public mutating func or(_ x: LinearCombination<F>, _ y: LinearCombination<F>) -> LinearCombination<F> { x + y - product(x, y) }
  /// Not x, of a boolean: no constraint.
  public func not(_ x: LinearCombination<F>) -> LinearCombination<F> { 1 - x }

  /// The bits of x, least first, with 0 ≤ x < 2^count enforced: count + 1 constraints.
  ///
  /// 2^count must stay below p, or x would have several decompositions. **Throws** `invalidCircuit` when it does not.
  public mutating func bits(_ x: LinearCombination<F>, count: Int, name: String? = nil) throws(CircuitError) -> [LinearCombination<F>] {
    guard count >= 0, count < F.modulusBitCount else {
      throw .invalidCircuit("a range of \(count) bits in a field of \(F.modulusBitCount) bits: at most \(F.modulusBitCount - 1)")
    }
    var bits: [LinearCombination<F>] = []
    var sum = LinearCombination<F>.zero
    var weight = F.one
    for index in 0..<count {
      let bit = wire(name.map { "\($0).bit[\(index)]" }, .bit(x, index))
      assertBoolean(bit)
      sum += bit.scaled(by: weight)
      weight += weight
      bits.append(bit)
    }
    constrain(sum == x)
    return bits
  }

  /// 0 ≤ x < 2^bits. **Throws** as `bits`.
  public mutating func assertRange(_ x: LinearCombination<F>, bits count: Int, name: String? = nil) throws(CircuitError) {
    _ = try bits(x, count: count, name: name)
  }

  /// 1 when x < y, else 0, for x and y in [0, 2^bits), which the caller has enforced: bit `bits` of x + 2^bits − y, negated.
  ///
  /// bits + 2 constraints. **Throws** `invalidCircuit` unless 2^(bits + 1) stays below p.
  public mutating func isLess(
    _ x: LinearCombination<F>, _ y: LinearCombination<F>, bits count: Int, name: String? = nil
  ) throws(CircuitError) -> LinearCombination<F> {
    guard count >= 0 else { throw .invalidCircuit("a range of \(count) bits") }
    let offset = F.two.power(UInt64(count))
    let bits = try bits(x + LinearCombination(constant: offset) - y, count: count &+ 1, name: name)
    return bits.last.map { 1 - $0 } ?? .zero
  }

  /// 1 when x ≤ y, else 0: as `isLess`.
  public mutating func isLessOrEqual(
    _ x: LinearCombination<F>, _ y: LinearCombination<F>, bits count: Int, name: String? = nil
  ) throws(CircuitError) -> LinearCombination<F> {
    1 - (try isLess(y, x, bits: count, name: name))
  }

  /// `ifTrue` when the boolean condition is 1, else `ifFalse`: one constraint.
  public mutating func select(
    _ condition: LinearCombination<F>, _ ifTrue: LinearCombination<F>, _ ifFalse: LinearCombination<F>, name: String? = nil
  ) -> LinearCombination<F> {
    ifFalse + product(condition, ifTrue - ifFalse, name: name)
  }

  /// Σ x: no constraint.
  public func sum(_ items: some Sequence<LinearCombination<F>>) -> LinearCombination<F> { .sum(items) }

  /// Σ x_i·y_i: a constraint for each pair. Pairs end with the shorter list.
  public mutating func innerProduct(_ x: [LinearCombination<F>], _ y: [LinearCombination<F>]) -> LinearCombination<F> {
    var out = LinearCombination<F>.zero
    for (left, right) in zip(x, y) { out += product(left, right) }
    return out
  }
}
