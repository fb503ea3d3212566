import Fields
import Hashing

/// constant + Σ coefficient·view(i): one component of a looked-up tuple. Coefficients in F. A view without variables is one committed
/// scalar, the same in every row.
public struct LookupExpression<Base: PrimeField>: Hashable, Sendable {
  public struct Term: Hashable, Sendable {
    public let coefficient: Base
    public let view: View
    public init(_ coefficient: Base, _ view: View) {
      self.coefficient = coefficient
      self.view = view
    }
  }
  public let constant: Base
  public let terms: [Term]
  public init(constant: Base = .zero, _ terms: [Term]) {
    self.constant = constant
    self.terms = terms
  }
  public init(_ view: View) { self.init([Term(.one, view)]) }
  public init(signedConstant: Int64, _ terms: [(Int64, View)]) {
    self.init(constant: Base(signed: signedConstant), terms.map { Term(Base(signed: $0.0), $0.1) })
  }
}

/// Every selected row of `components` is a row of table number `table` (index into the table list).
public struct Lookup<Base: PrimeField>: Sendable {
  public let name: String
  public let table: Int
  public let components: [LookupExpression<Base>]
  /// Rows with every index below its count are selected: a public selector in closed form (spec L7).
  public let selected: [Extent]

  public init(name: String, table: Int, components: [LookupExpression<Base>], selected: [Extent]) {
    self.name = name
    self.table = table
    self.components = components
    self.selected = selected
  }
  public var bits: Int { selected.reduce(0) { $0 + $1.bits } }
  /// Selected rows.
  public var count: Int { selected.reduce(1) { $0 * $1.count } }
}

/// The rows of a lookup table.
public enum TableRows<Base: PrimeField>: Sendable {
  /// (0), (1), …, (2^bits − 1): evaluated in closed form.
  case integers(bits: Int)
  /// Distinct tuples of one width.
  case explicit(PublicRows<Base>)
  /// The first `count` rows of committed columns. Equal rows may occur: then only the sum of their multiplicities is determined.
  case committed([LookupExpression<Base>], Extent)
  /// `count` rows of committed columns for every piece: row i of piece f is (f·2^bits + i, pieces[f](i)…). The first component is a public
  /// number, in closed form: no two rows have the same.
  case numbered([[LookupExpression<Base>]], Extent)
}

/// A table with its multiplicities.
///
/// Public rows are pairwise distinct and leaves up to the next power of two are (0, 1): never repeated rows, else only the sum over equal
/// rows is determined and a multiplicity read as a count would be a lie (design 2, 3.2; spec L5). A multiplicity that is an OUTPUT
/// needs an identifier of its own.
public struct LookupTable<Base: PrimeField>: Sendable {
  public let name: String
  /// ≥ 1; the constant term of the fingerprint.
  public let identifier: UInt64
  public let rows: TableRows<Base>
  /// Committed multiplicities, or nil: every row of a committed table exactly once (a permutation).
  public let multiplicity: View?
  /// When the first components of the rows are consecutive, k, k + 1, …: k. Row j is then the one with first component k + j.
  public let firstKey: Base?

  /// Precondition: identifier ≥ 1, public rows distinct and of one width, multiplicities given unless the rows are committed.
  public init(name: String, identifier: UInt64, rows: TableRows<Base>, multiplicity: View?) {
    precondition(identifier > 0, "a table identifier is at least 1")
    var firstKey: Base?
    if case .explicit(let list) = rows {
      firstKey = list.consecutiveKey()
      precondition(list.areDistinct, "table \(name) has equal rows")
    }
    if case .numbered(let pieces, _) = rows {
      precondition(pieces.allSatisfy { $0.count == pieces.first?.count }, "table \(name) has rows of two widths")
    }
    self.firstKey = firstKey
    self.name = name
    self.identifier = identifier
    self.rows = rows
    self.multiplicity = multiplicity
  }

  public var count: Int {
    switch rows {
    case .integers(let bits): 1 << bits
    case .explicit(let list): list.count
    case .committed(_, let extent): extent.count
    case .numbered(let pieces, let extent): pieces.count * extent.count
    }
  }
  /// Logical shape of the section: only numbered tables of several pieces have two dimensions.
  public var shape: [Extent] {
    switch rows {
    case .integers, .explicit: [Extent(bits: bits, count: count)]
    case .committed(_, let extent): [extent]
    case .numbered(let pieces, let extent): [Extent(count: pieces.count), extent]
    }
  }
  /// Expressions over committed columns in the rows.
  public var committedComponents: [LookupExpression<Base>] {
    switch rows {
    case .integers, .explicit: []
    case .committed(let components, _): components
    case .numbered(let pieces, _): pieces.flatMap { $0 }
    }
  }
  public var bits: Int {
    switch rows {
    case .integers, .explicit: log2Ceiling(count)
    case .committed(_, let extent): extent.bits
    case .numbered(let pieces, let extent): log2Ceiling(pieces.count) + extent.bits
    }
  }
  public var width: Int {
    switch rows {
    case .integers: 1
    case .explicit(let list): list.width
    case .committed(let components, _): components.count
    case .numbered(let pieces, _): 1 + (pieces.first?.count ?? 0)
    }
  }
}

/// The one fraction tree of a proof: lookups then tables, by decreasing padded size, ties by that order; the last leaf is random.
///
/// 2^depth exceeds the sum of the sections, so a leaf is always free for ω (spec L4).
public struct FractionTree<Base: PrimeField>: Sendable {
  public let lookups: [Lookup<Base>]
  public let tables: [LookupTable<Base>]
  public let lookupOffsets: [Int]
  public let tableOffsets: [Int]
  public let depth: Int
  /// Largest tuple width.
  public let width: Int

  /// Precondition: identifiers are pairwise distinct (rows shared by two tables would leave their counts undetermined), and every lookup
  /// is as wide as its table (a missing component would read as 0).
  public init(lookups: [Lookup<Base>], tables: [LookupTable<Base>]) {
    precondition(Set(tables.map(\.identifier)).count == tables.count, "two tables share an identifier")
    for lookup in lookups {
      precondition(
        tables.indices.contains(lookup.table) && lookup.components.count == tables[lookup.table].width,
        "lookup \(lookup.name) and its table differ in width")
    }
    self.lookups = lookups
    self.tables = tables
    let bits = lookups.map(\.bits) + tables.map(\.bits)
    let order = bits.indices.sorted { (bits[$1], $0) < (bits[$0], $1) }
    var offsets = [Int](repeating: 0, count: bits.count)
    var offset = 0
    for index in order {
      offsets[index] = offset
      offset += 1 << bits[index]
    }
    lookupOffsets = Array(offsets.prefix(lookups.count))
    tableOffsets = Array(offsets.dropFirst(lookups.count))
    depth = Int.bitWidth - offset.leadingZeroBitCount
    width = max(lookups.map(\.components.count).max() ?? 0, tables.map(\.width).max() ?? 0)
  }

  /// c·(N + M) with the identifier counted as a component.
  public var degree: Int { (width + 1) << depth }

  /// Canonical description for the relation digest: tables with every row (or its closed form), lookups with their expressions.
  public var description: CanonicalValue {
    func bytes(_ element: Base) -> CanonicalValue {
      var out: [UInt8] = []
      element.appendBytes(to: &out)
      return .bytes(out)
    }
    func number(_ value: Int) -> CanonicalValue { .integer(UInt64(value)) }
    func slots(_ view: View) -> CanonicalValue {
      .list(
        [.text(view.matrix)]
          + view.slots.map { slot in
            switch slot {
            case .bit(let bit): number(bit)
            case .variable(let j): number(2 + j)
            }
          })
    }
    func expressions(_ components: [LookupExpression<Base>]) -> CanonicalValue {
      .list(components.map { .list([bytes($0.constant)] + $0.terms.map { .list([bytes($0.coefficient), slots($0.view)]) }) })
    }
    let tableList = tables.map { table -> CanonicalValue in
      let rows: CanonicalValue
      switch table.rows {
      case .integers(let bits): rows = .dictionary(["integers": number(bits)])
      case .explicit(let list): rows = .list(list.rows.map { .list($0.map(bytes)) })
      case .committed(let components, let extent):
        rows = .dictionary(["committed": expressions(components), "extent": .list([number(extent.bits), number(extent.count)])])
      case .numbered(let pieces, let extent):
        rows = .dictionary([
          "numbered": .list(pieces.map(expressions)), "extent": .list([number(extent.bits), number(extent.count)]),
        ])
      }
      return .list([.text(table.name), .integer(table.identifier), rows, table.multiplicity.map(slots) ?? .text("once")])
    }
    let lookupList = lookups.map { lookup -> CanonicalValue in
      .list([
        .text(lookup.name), number(lookup.table), .list(lookup.selected.map { .list([number($0.bits), number($0.count)]) }),
        expressions(lookup.components),
      ])
    }
    return .dictionary(["tables": .list(tableList), "lookups": .list(lookupList)])
  }
}
