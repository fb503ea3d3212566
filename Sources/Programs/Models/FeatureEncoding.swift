/// From table columns to model features, by public rules alone: nothing here is fitted to data.

/// The features that one table column, or the constant, contributes. F is the encoding's fraction bits.
public enum FeatureGroup: Hashable, Sendable {
  /// One feature: (x − lower)·2^(F − b) for b = bits of (upper − lower) ≤ F, else ⌊(x − lower)/2^(b − F) + 1/2⌋. In [0, 2^F].
  /// A missing cell stores x = lower and so has the value 0.
  case numeric(column: String, range: IntegerRange)
  /// One feature: 2^F where the cell is present, 0 where it is missing.
  case presence(column: String)
  /// One feature per class, 2^F for the row's class and 0 for the others. With `missing` a first further class stands for a missing
  /// cell: the class index is x + presence.
  case category(column: String, classCount: Int, missing: Bool)
  /// One feature, always 2^F: its weight is the bias.
  case constant

  /// Number of features.
  public var count: Int {
    switch self {
    case .numeric, .presence, .constant: 1
    case .category(_, let classCount, let missing): classCount + (missing ? 1 : 0)
    }
  }
}

/// The ordered features of a linear model over a table.
///
/// Feature order: for every feature column in schema order its numeric feature and then its presence, or its classes; the constant last.
public struct FeatureEncoding: Hashable, Sendable {
  /// The table's schema.
  public let schema: TableSchema
  /// Names of the feature columns, in schema order.
  public let columns: [String]
  /// F: a feature value v stands for v / 2^F, which is in [0, 1].
  public let fractionBits: Int
  /// What the columns and the constant contribute, in feature order.
  public let groups: [FeatureGroup]

  /// Least and greatest F that `init` chooses.
  public static let fractionBitRange = 8...24

  /// The encoding of the given columns.
  ///
  /// - Parameter fractionBits: F; nil chooses the bits of the widest numeric column, within 8 … 24.
  /// - Throws: `.unknownColumn`; `.invalidModel` for a repeated column, F outside 1 … 30, or more than 2^20 features.
  public init(schema: TableSchema, columns: [String], fractionBits: Int? = nil) throws(ProgramError) {
    var wanted: Set<String> = []
    for name in columns {
      guard schema.column(name) != nil else { throw .unknownColumn(name) }
      guard wanted.insert(name).inserted else { throw .invalidModel(reason: "feature column \(name) is listed twice") }
    }
    var groups: [FeatureGroup] = []
    var widest = Self.fractionBitRange.lowerBound
    let ordered = schema.columns.filter { wanted.contains($0.name) }
    for column in ordered {
      switch column.type {
      case .integer(let range), .decimal(_, let range):
        groups.append(.numeric(column: column.name, range: range))
        widest = max(widest, range.bitCount)
        if column.missing == .presence { groups.append(.presence(column: column.name)) }
      case .category(let names):
        groups.append(.category(column: column.name, classCount: names.count, missing: column.missing == .presence))
      }
    }
    groups.append(.constant)
    let bits = fractionBits ?? min(widest, Self.fractionBitRange.upperBound)
    guard (1...30).contains(bits) else { throw .invalidModel(reason: "\(bits) feature fraction bits; 1 to 30 are possible") }
    guard groups.reduce(0, { $0 + $1.count }) <= 1 << 20 else { throw .invalidModel(reason: "more than 2^20 features") }
    self.schema = schema
    self.columns = ordered.map(\.name)
    self.fractionBits = bits
    self.groups = groups
  }

  /// Number of features, the constant included.
  public var featureCount: Int { groups.reduce(0) { $0 + $1.count } }

  /// A name per feature: the column's; `column is present`; `column = class`; `column is missing`; `(constant)`.
  public var featureNames: [String] {
    groups.flatMap { group -> [String] in
      switch group {
      case .numeric(let column, _): return [column]
      case .presence(let column): return ["\(column) is present"]
      case .category(let column, _, let missing):
        guard case .category(let names)? = schema.column(column)?.type else { return [] }
        return (missing ? ["\(column) is missing"] : []) + names.map { "\(column) = \($0)" }
      case .constant: return ["(constant)"]
      }
    }
  }

  /// The right shift that brings a range to F bits; negative for a left shift.
  public func shift(for range: IntegerRange) -> Int { range.bitCount - fractionBits }

  /// The value of a numeric feature for a stored cell in `range`.
  public func numericFeature(_ value: Int64, range: IntegerRange) -> Int64 {
    let offset = value &- range.lower
    let shift = shift(for: range)
    return shift <= 0 ? offset << Int64(-shift) : Requantise(shift: shift).apply(offset)
  }

  /// Adds the nodes from the raw table columns to the feature matrix [rows, featureCount].
  ///
  /// Every node after the inputs is affine, one-hot or (for a column wider than F bits) a requantisation.
  public func addNodes(to builder: inout ProgramBuilder, rows: TensorShape, table: String) throws(ProgramError) -> NodeReference {
    var parts: [NodeReference] = []
    let one = Int64(1) << Int64(fractionBits)
    func input(_ column: String, _ part: StoredPart, _ range: IntegerRange, _ builder: inout ProgramBuilder) throws(ProgramError) -> NodeReference {
      try builder.add(
        "\(part.rawValue)(\(column))",
        .input(Input(binding: .column(artefact: table, column: column, part: part), range: range, shape: rows)))
    }
    for group in groups {
      switch group {
      case .numeric(let column, let range):
        let value = try input(column, .value, range, &builder)
        let shift = shift(for: range)
        let factor = Int64(1) << Int64(max(0, -shift))
        let (constant, overflow) = range.lower.multipliedReportingOverflow(by: -factor)
        guard !overflow else { throw .invalidModel(reason: "range \(range) of \(column) is too far from 0") }
        var feature = try builder.affine("offset(\(column))", [(factor, value)], constant: constant)
        if shift > 0 { feature = try builder.requantise("feature(\(column))", feature, shift: shift) }
        parts.append(feature)
      case .presence(let column):
        let presence = try input(column, .presence, IntegerRange(0...1), &builder)
        parts.append(try builder.affine("present(\(column))", [(one, presence)]))
      case .category(let column, let classCount, let missing):
        var index = try input(column, .value, IntegerRange(0...Int64(classCount - 1)), &builder)
        if missing {
          let presence = try input(column, .presence, IntegerRange(0...1), &builder)
          index = try builder.affine("class(\(column))", [(1, index), (1, presence)])
        }
        let bits = try builder.add("one-hot(\(column))", .oneHot(OneHot(classCount: group.count)), [index])
        parts.append(try builder.affine("feature(\(column))", [(one, bits)]))
      case .constant:
        parts.append(try builder.add("constant", .constant(Constant(.uniform(one), shape: rows))))
      }
    }
    return try builder.add("features", .concatenateColumns(ConcatenateColumns()), parts)
  }
}
