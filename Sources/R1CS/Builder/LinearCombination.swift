import Fields

/// Σ_j c_j·z_j over wires of one `CircuitBuilder`; wire 0 is the constant 1.
///
/// Sums and multiples of linear combinations are linear combinations and cost no constraint; the product of two is a
/// `WireProduct`, which only a constraint can hold: `builder.constrain(x * y == z + 3)`.
public struct LinearCombination<F: PrimeField>: Sendable {
  struct Term: Sendable {
    var wire: UInt32
    var coefficient: F
  }
  /// In any order, wires may repeat.
  var terms: [Term]

  init(terms: [Term]) { self.terms = terms }
  init(wire: UInt32) { terms = [Term(wire: wire, coefficient: .one)] }

  /// The constant c.
  public init(constant: F) { terms = constant.isZero ? [] : [Term(wire: 0, coefficient: constant)] }
  /// The constant c.
  public init(_ constant: Int64) { self.init(constant: F(signed: constant)) }
  public static var zero: Self { Self(terms: []) }
  public static var one: Self { Self(1) }

  /// **Formula**: Σ items. **Complexity** O(terms).
  public static func sum(_ items: some Sequence<Self>) -> Self {
    var out = zero
    for item in items { out += item }
    return out
  }

  /// factor·self.
  public func scaled(by factor: F) -> Self {
    Self(terms: terms.map { Term(wire: $0.wire, coefficient: $0.coefficient * factor) })
  }

  /// The value when no wire but the constant occurs.
  var constant: F? {
    var sum = F.zero
    for term in terms {
      guard term.wire == 0 else { return nil }
      sum += term.coefficient
    }
    return sum
  }

  /// The wire when this is 1 times one wire.
  var singleWire: UInt32? {
    guard terms.count == 1, let term = terms.first, term.coefficient == .one else { return nil }
    return term.wire
  }

  /// The value at z, of more entries than any wire named.
  func value(_ z: [F]) -> F { terms.reduce(.zero) { $0 + $1.coefficient * z[Int($1.wire)] } }

  public static func + (lhs: Self, rhs: Self) -> Self { Self(terms: lhs.terms + rhs.terms) }
  public static func += (lhs: inout Self, rhs: Self) { lhs.terms.append(contentsOf: rhs.terms) }
  public static func - (lhs: Self, rhs: Self) -> Self { lhs + (-rhs) }
  public static prefix func - (operand: Self) -> Self { operand.scaled(by: -.one) }
  public static func + (lhs: Self, rhs: Int64) -> Self { lhs + Self(rhs) }
  public static func + (lhs: Int64, rhs: Self) -> Self { Self(lhs) + rhs }
  public static func - (lhs: Self, rhs: Int64) -> Self { lhs - Self(rhs) }
  public static func - (lhs: Int64, rhs: Self) -> Self { Self(lhs) - rhs }
  public static func * (lhs: Int64, rhs: Self) -> Self { rhs.scaled(by: F(signed: lhs)) }

  public static func * (lhs: Self, rhs: Self) -> WireProduct<F> { WireProduct(left: lhs, right: rhs) }
  /// The linear constraint lhs = rhs, as 0·0 = lhs − rhs.
  public static func == (lhs: Self, rhs: Self) -> RankOneConstraint<F> { RankOneConstraint(a: .zero, b: .zero, c: lhs - rhs) }
  /// The linear constraint lhs = rhs.
  public static func == (lhs: Self, rhs: Int64) -> RankOneConstraint<F> { lhs == Self(rhs) }
}

/// A product of two linear combinations: one side of a constraint.
public struct WireProduct<F: PrimeField>: Sendable {
  let left: LinearCombination<F>
  let right: LinearCombination<F>

  /// The constraint left·right = rhs.
  public static func == (lhs: Self, rhs: LinearCombination<F>) -> RankOneConstraint<F> {
    RankOneConstraint(a: lhs.left, b: lhs.right, c: rhs)
  }
  /// The constraint left·right = rhs.
  public static func == (lhs: Self, rhs: Int64) -> RankOneConstraint<F> { lhs == LinearCombination(rhs) }
}

/// a·b = c.
public struct RankOneConstraint<F: PrimeField>: Sendable {
  let a: LinearCombination<F>
  let b: LinearCombination<F>
  let c: LinearCombination<F>
}
