/// Reading canonical descriptions back: total on any value, and only accepting what describes itself the same way.

import Hashing

extension CanonicalValue {
  var textValue: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  var boolValue: Bool? {
    guard case .boolean(let value) = self else { return nil }
    return value
  }

  var listValue: [CanonicalValue]? {
    guard case .list(let items) = self else { return nil }
    return items
  }

  /// A non-negative count.
  var countValue: Int? {
    guard case .integer(let value) = self else { return nil }
    return Int(exactly: value)
  }

  /// A signed integer written as decimal text.
  var signedValue: Int64? { textValue.flatMap { Int64($0) } }

  /// The entries of a dictionary with exactly these keys.
  func entries(_ keys: Set<String>) -> [String: CanonicalValue]? {
    guard case .dictionary(let entries) = self, Set(entries.keys) == keys else { return nil }
    return entries
  }
}

extension IntegerRange {
  /// Reads [lower, upper]; nil for anything else.
  public init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, items.count == 2, let lower = items[0].signedValue, let upper = items[1].signedValue else {
      return nil
    }
    self.init(lower: lower, upper: upper)
  }
}

extension TableColumn {
  init?(canonical value: CanonicalValue) {
    guard case .dictionary(let all) = value, let typeName = all["type"]?.textValue else { return nil }
    let common: Set<String> = ["name", "missing", "key", "type"]
    let type: ColumnType
    switch typeName {
    case "integer":
      guard let entries = value.entries(common.union(["range"])), let range = entries["range"].flatMap(IntegerRange.init(canonical:)) else {
        return nil
      }
      type = .integer(range)
    case "decimal":
      guard let entries = value.entries(common.union(["range", "scale"])), let scale = entries["scale"]?.countValue,
        let range = entries["range"].flatMap(IntegerRange.init(canonical:))
      else { return nil }
      type = .decimal(scale: scale, range: range)
    case "category":
      guard let entries = value.entries(common.union(["categories"])), let items = entries["categories"]?.listValue else { return nil }
      let names = items.compactMap(\.textValue)
      guard names.count == items.count else { return nil }
      type = .category(names)
    default: return nil
    }
    guard let name = all["name"]?.textValue, let key = all["key"]?.boolValue,
      let missing = all["missing"]?.textValue.flatMap(MissingRule.init(rawValue:))
    else { return nil }
    self.init(name: name, type: type, missing: missing, roles: key ? [.key] : [])
  }
}

extension TableSchema {
  /// Reads what `canonical` writes.
  /// - Throws: `.invalidSchema` for anything else.
  public init(canonical value: CanonicalValue) throws(ProgramError) {
    guard let items = value.listValue else { throw .invalidSchema(column: "", reason: "a schema is a list of columns") }
    var columns: [TableColumn] = []
    for (index, item) in items.enumerated() {
      guard let column = TableColumn(canonical: item) else {
        throw .invalidSchema(column: "", reason: "column \(index + 1) has unknown or missing entries")
      }
      columns.append(column)
    }
    try self.init(columns: columns)
    guard canonical == value else { throw .invalidSchema(column: "", reason: "not in canonical form") }
  }
}

extension LinearTask {
  init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, items.count >= 2, let name = items[0].textValue else { return nil }
    switch (name, items.count) {
    case ("binary", 2):
      guard let positive = items[1].countValue else { return nil }
      self = .binary(positive: positive)
    case ("classes", 2):
      guard let count = items[1].countValue else { return nil }
      self = .classes(count: count)
    case ("regression", 3):
      guard let range = IntegerRange(canonical: items[1]), let shift = items[2].countValue else { return nil }
      self = .regression(target: range, unitShift: shift)
    default: return nil
    }
  }
}

extension LinearArchitecture {
  /// Reads what `canonical` writes.
  /// - Throws: `.invalidModel`, `.invalidSchema`, `.unknownColumn`, or what the analysis refuses.
  public init(canonical value: CanonicalValue) throws(ProgramError) {
    let keys: Set<String> = [
      "schema", "features", "featureFractionBits", "target", "task", "weightBits", "weightFractionBits", "scoreFractionBits",
      "saturationBits",
    ]
    guard let entries = value.entries(keys), let schemaValue = entries["schema"], let features = entries["features"]?.listValue,
      let featureBits = entries["featureFractionBits"]?.countValue, let target = entries["target"]?.textValue,
      let task = entries["task"].flatMap(LinearTask.init(canonical:)), let weightBits = entries["weightBits"]?.countValue,
      let weightFraction = entries["weightFractionBits"]?.signedValue, let scoreFraction = entries["scoreFractionBits"]?.countValue,
      let saturationValue = entries["saturationBits"], (-1_000...1_000).contains(weightFraction), scoreFraction <= 1_000
    else { throw .invalidModel(reason: "a description of a linear model has unknown or missing entries") }
    let saturation = saturationValue.countValue
    let columns = features.compactMap(\.textValue)
    guard columns.count == features.count else { throw .invalidModel(reason: "feature columns are texts") }
    let encoding = try FeatureEncoding(schema: TableSchema(canonical: schemaValue), columns: columns, fractionBits: featureBits)
    try self.init(
      encoding: encoding, target: target, task: task, weightBits: weightBits, weightFractionBits: Int(weightFraction),
      scoreFractionBits: scoreFraction, saturationBits: saturation)
    guard canonical == value else { throw .invalidModel(reason: "not in canonical form") }
  }
}
