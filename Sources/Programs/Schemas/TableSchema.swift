/// The public meaning of a table's columns.

import Hashing

/// What the cells of a column are.
public enum ColumnType: Hashable, Sendable {
  /// Whole numbers; the cell is the number.
  case integer(IntegerRange)
  /// Decimal numbers with `scale` digits after the point; the cell is number · 10^scale, exactly, and the range is of such integers.
  case decimal(scale: Int, range: IntegerRange)
  /// One of a list of texts; the cell is the index in the list.
  case category([String])

  /// Categories are compared byte by byte.
  public static func == (lhs: ColumnType, rhs: ColumnType) -> Bool {
    switch (lhs, rhs) {
    case (.integer(let a), .integer(let b)): a == b
    case (.decimal(let scale, let a), .decimal(let other, let b)): scale == other && a == b
    case (.category(let a), .category(let b)): a.hasSameBytes(as: b)
    default: false
    }
  }

  /// Range of the stored integer.
  public var range: IntegerRange {
    switch self {
    case .integer(let range), .decimal(_, let range): range
    case .category(let names): IntegerRange(0...Int64(max(1, names.count) - 1))
    }
  }
}

/// How a column treats missing cells.
public enum MissingRule: String, Hashable, Sendable, CaseIterable {
  /// There are none.
  case refuse
  /// A second stored column holds 1 where the cell is present and 0 where it is missing; a missing cell stores the range's lower bound.
  case presence
}

/// Hints about a column's part in a pipeline.
public enum ColumnRole: String, Hashable, Sendable, CaseIterable {
  /// What the model predicts.
  case target
  /// A characteristic that no feature may stand for.
  case protected
  /// Marked by the owner as naming the row. The mark is part of the table's identity; nothing checks or proves that no value is repeated.
  case key
}

/// One column of a table.
public struct TableColumn: Hashable, Sendable {
  /// Unique in the table, not empty.
  public let name: String
  /// Type with its range.
  public let type: ColumnType
  /// Treatment of missing cells.
  public let missing: MissingRule
  /// Hints; only `key` is part of the canonical description.
  public let roles: Set<ColumnRole>

  /// A column from its parts; checked by `TableSchema`.
  public init(name: String, type: ColumnType, missing: MissingRule = .refuse, roles: Set<ColumnRole> = []) {
    self.name = name
    self.type = type
    self.missing = missing
    self.roles = roles
  }

  /// Names are compared byte by byte.
  public static func == (lhs: TableColumn, rhs: TableColumn) -> Bool {
    lhs.name.hasSameBytes(as: rhs.name) && lhs.type == rhs.type && lhs.missing == rhs.missing && lhs.roles == rhs.roles
  }
}

/// A column as it is stored and committed: every table column gives one, or two when cells may be missing.
public struct StoredColumn: Hashable, Sendable {
  /// Name of the table column.
  public let column: String
  /// Its value or its presence.
  public let part: StoredPart
  /// Range of the stored integers.
  public let range: IntegerRange
}

/// The columns of a table in order.
public struct TableSchema: Hashable, Sendable {
  /// In order; names unique.
  public let columns: [TableColumn]

  /// Most classes of a category column: 65,536.
  public static let maximumCategoryCount = 65_536
  /// Most digits after the point: 18.
  public static let maximumScale = 18

  /// Checks the columns.
  /// - Throws: `.invalidSchema` for no column, an empty or repeated name, a range that is not below 2^62 in absolute value or wider
  ///   than 2^61, a scale outside 0 … 18, a category list that is empty, too long or has a repeated entry, or more than one target.
  ///   Canonically equivalent texts count as repeated, although their bytes differ: nobody could tell them apart in print.
  public init(columns: [TableColumn]) throws(ProgramError) {
    guard !columns.isEmpty else { throw .invalidSchema(column: "", reason: "a table needs at least one column") }
    var names: Set<String> = []
    for column in columns {
      func refuse(_ reason: String) -> ProgramError { .invalidSchema(column: column.name, reason: reason) }
      guard !column.name.isEmpty else { throw refuse("a column needs a name") }
      guard names.insert(column.name).inserted else { throw refuse("the name occurs twice") }
      switch column.type {
      case .category(let list):
        guard (1...Self.maximumCategoryCount).contains(list.count) else {
          throw refuse("\(list.count) categories; 1 to \(Self.maximumCategoryCount) are possible")
        }
        guard Set(list).count == list.count else { throw refuse("a category occurs twice") }
      case .decimal(let scale, _):
        guard (0...Self.maximumScale).contains(scale) else {
          throw refuse("scale \(scale); 0 to \(Self.maximumScale) digits are possible")
        }
      case .integer: break
      }
      let range = column.type.range
      guard range.magnitude < 1 << 62, range.bitCount <= 61 else {
        throw refuse("range \(range); bounds must be below 2^62 in absolute value and at most 2^61 apart")
      }
    }
    guard columns.filter({ $0.roles.contains(.target) }).count <= 1 else {
      throw .invalidSchema(column: "", reason: "more than one target column")
    }
    self.columns = columns
  }

  /// The column of exactly that name, byte by byte, or nil.
  public func column(_ name: String) -> TableColumn? { columns.first { $0.name.hasSameBytes(as: name) } }

  /// The stored columns in order: value, then presence if there is one, column by column.
  public var storedColumns: [StoredColumn] {
    columns.flatMap { column -> [StoredColumn] in
      let value = StoredColumn(column: column.name, part: .value, range: column.type.range)
      guard column.missing == .presence else { return [value] }
      return [value, StoredColumn(column: column.name, part: .presence, range: IntegerRange(0...1))]
    }
  }
}
