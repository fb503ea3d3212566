import Fields

/// A slot of the virtual pad row P before the layout is known: the i-th one-time pad, or a member of the j-th product group.
///
/// Group members: ab = P_a·P_b, f and g random, h = f·g (design 2, 2.2.3 step 3; spec P1).
@frozen public struct PadKey: Hashable, Comparable, Sendable {
  public enum Member: Int, Sendable, CaseIterable { case ab, f, g, h }
  /// i for pads; 2^40 + 4·j + member for groups.
  @usableFromInline let code: Int
  @inlinable init(code: Int) { self.code = code }
  public static func pad(_ index: Int) -> PadKey { PadKey(code: index) }
  public static func product(_ group: Int, _ member: Member) -> PadKey { PadKey(code: 1 << 40 + 4 * group + member.rawValue) }
  /// The slot once the number of one-time pads is known.
  public func slot(padCount: Int) -> Int { code < 1 << 40 ? code : padCount + code - 1 << 40 }
  @inlinable public static func < (lhs: PadKey, rhs: PadKey) -> Bool { lhs.code < rhs.code }
  /// The index when this is a one-time pad.
  public var padIndex: Int? { code < 1 << 40 ? code : nil }
}

/// const + Σ coefficient·pad over E, terms sorted by key.
public struct Affine<E: ChallengeField>: ClaimValue {
  public struct Term: Sendable {
    public var key: PadKey
    public var coefficient: E
  }
  public var constant: E
  public var terms: [Term]

  public init(_ constant: E) {
    self.constant = constant
    terms = []
  }
  public init(_ constant: E, pad: PadKey) {
    self.constant = constant
    terms = [Term(key: pad, coefficient: .one)]
  }
  init(constant: E, terms: [Term]) {
    self.constant = constant
    self.terms = terms
  }

  public static func + (lhs: Self, rhs: Self) -> Self {
    Self(constant: lhs.constant + rhs.constant, terms: merge(lhs.terms, rhs.terms, negate: false))
  }
  public static func - (lhs: Self, rhs: Self) -> Self {
    Self(constant: lhs.constant - rhs.constant, terms: merge(lhs.terms, rhs.terms, negate: true))
  }
  public static func * (lhs: Self, rhs: E) -> Self {
    Self(constant: lhs.constant * rhs, terms: lhs.terms.map { Term(key: $0.key, coefficient: $0.coefficient * rhs) })
  }
  public static func + (lhs: Self, rhs: E) -> Self { Self(constant: lhs.constant + rhs, terms: lhs.terms) }
  public static func - (lhs: Self, rhs: E) -> Self { Self(constant: lhs.constant - rhs, terms: lhs.terms) }

  private static func merge(_ left: [Term], _ right: [Term], negate: Bool) -> [Term] {
    if right.isEmpty { return left }
    var out: [Term] = []
    out.reserveCapacity(left.count + right.count)
    var i = 0
    for term in right {
      while i < left.count, left[i].key < term.key {
        out.append(left[i])
        i += 1
      }
      let coefficient = negate ? -term.coefficient : term.coefficient
      if i < left.count, left[i].key == term.key {
        out.append(Term(key: term.key, coefficient: left[i].coefficient + coefficient))
        i += 1
      } else {
        out.append(Term(key: term.key, coefficient: coefficient))
      }
    }
    out.append(contentsOf: left[i...])
    return out
  }
}

/// A plain element of E as a claim value: the reading without zero-knowledge, for tests and for the cost of zero-knowledge.
public struct Concrete<E: ChallengeField>: ClaimValue, Equatable {
  public var element: E
  public init(_ constant: E) { element = constant }
  public static func + (lhs: Self, rhs: Self) -> Self { Self(lhs.element + rhs.element) }
  public static func - (lhs: Self, rhs: Self) -> Self { Self(lhs.element - rhs.element) }
  public static func * (lhs: Self, rhs: E) -> Self { Self(lhs.element * rhs) }
}
