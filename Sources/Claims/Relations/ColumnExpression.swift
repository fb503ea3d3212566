import Programs
import ProofSystem

/// constant + Σ coefficient·view(i) over committed columns, with integer coefficients: the symbolic value of one tensor column.
public struct ColumnExpression: Hashable, Sendable {
  public struct Term: Hashable, Sendable {
    public var coefficient: Int64
    public var view: View
  }
  public var constant: Int64
  public var terms: [Term]

  public init(constant: Int64) {
    self.constant = constant
    terms = []
  }
  public init(_ view: View) {
    constant = 0
    terms = [Term(coefficient: 1, view: view)]
  }

  /// Σ factor·part + constant in one pass: the terms of equal views are added up. **Throws** `coefficientOverflow` beyond 64 bits.
  public static func sum(constant: Int64 = 0, _ parts: [(factor: Int64, part: ColumnExpression)]) throws(ClaimError) -> ColumnExpression {
    var out = ColumnExpression(constant: constant)
    var places: [View: Int] = [:]
    for (factor, part) in parts {
      out.constant = try sum(out.constant, product(part.constant, factor))
      for term in part.terms {
        let coefficient = try product(term.coefficient, factor)
        if let index = places[term.view] {
          out.terms[index].coefficient = try sum(out.terms[index].coefficient, coefficient)
        } else {
          places[term.view] = out.terms.count
          out.terms.append(Term(coefficient: coefficient, view: term.view))
        }
      }
    }
    out.terms.removeAll { $0.coefficient == 0 }
    return out
  }

  /// True when the value is the same public number in every row.
  public var isConstant: Bool { terms.isEmpty }

  /// self + factor·other. **Throws** `coefficientOverflow` beyond 64 bits.
  public func adding(_ other: ColumnExpression, times factor: Int64 = 1) throws(ClaimError) -> ColumnExpression {
    var out = self
    out.constant = try Self.sum(constant, Self.product(other.constant, factor))
    for term in other.terms {
      let coefficient = try Self.product(term.coefficient, factor)
      if let index = out.terms.firstIndex(where: { $0.view == term.view }) {
        out.terms[index].coefficient = try Self.sum(out.terms[index].coefficient, coefficient)
      } else {
        out.terms.append(Term(coefficient: coefficient, view: term.view))
      }
    }
    out.terms.removeAll { $0.coefficient == 0 }
    return out
  }

  public func adding(_ number: Int64) throws(ClaimError) -> ColumnExpression {
    var out = self
    out.constant = try Self.sum(constant, number)
    return out
  }

  /// factor·self.
  public func scaled(by factor: Int64) throws(ClaimError) -> ColumnExpression {
    try ColumnExpression(constant: 0).adding(self, times: factor)
  }

  private static func sum(_ a: Int64, _ b: Int64) throws(ClaimError) -> Int64 {
    let (value, overflow) = a.addingReportingOverflow(b)
    if overflow { throw .coefficientOverflow }
    return value
  }
  private static func product(_ a: Int64, _ b: Int64) throws(ClaimError) -> Int64 {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    if overflow { throw .coefficientOverflow }
    return value
  }
}

/// Why a statement cannot be turned into a relation. All of it is public.
public enum ClaimError: Error, Equatable, Sendable {
  /// A coefficient left 64 bits: the program's numbers are too wide for the relation.
  case coefficientOverflow
  /// A relation over the integers could wrap around: the named node and the bits it would need.
  case tooWide(node: String, bits: Int)
  /// The compiler has no relation for this use of an operator.
  case unsupported(node: String, reason: String)
  /// The program itself is refused.
  case program(ProgramError)
  /// A claim names an artefact that is not in the statement, or of another kind.
  case unknownArtefact(String)
  /// A claim names a column that the artefact's schema does not have.
  case unknownColumn(artefact: String, column: String)
  /// Parts of a claim do not fit together.
  case inconsistent(String)
  /// A size beyond what statements may have.
  case tooLarge(String)
}
