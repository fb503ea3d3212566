/// Chains of all features, cut into stages and computed.

import Programs

/// Parameters fitted on the training rows, and what they make of both parts.
public struct PreparationStage: Sendable {
  /// What is fitted; nil when no step reads a parameter.
  public let fit: FitSpecification?
  /// The fitted parameters, one row.
  public let parameters: StoredTable?
  /// The columns of the next tables.
  public let transform: TransformSpecification
  /// Training rows after the stage.
  public let training: StoredTable
  /// Test rows after the stage.
  public let test: StoredTable
}

/// Makes stages of the settings of a pipeline.
struct PreparationPlanner {
  /// One output (or a group of one-hot outputs) on its way through the stages.
  private struct Item {
    let name: String
    let source: String
    /// Steps of each stage that changes it, in order; it is copied through the stages before.
    let segments: [[StepSetting]]
  }

  let settings: PreparationSettings
  let features: [String]
  let target: String
  let file: String
  /// Bins of a number under `auto`, for models of trees; nil: numbers are standardised, categories one-hot.
  let bins: Int?
  private(set) var notes: [String] = []
  private var standardises = true

  init(_ settings: PreparationSettings, features: [String], target: String, file: String, bins: Int? = nil) {
    self.bins = bins
    self.settings = settings
    self.features = features
    self.target = target
    self.file = file
  }

  /// Refuses chains of columns that are no features.
  static func check(_ settings: PreparationSettings, features: [String], schema: TableSchema, file: String) throws(ImportError) {
    for name in settings.columns.keys.sorted() {
      _ = try schema.column(name, key: "prepare.columns", file: file)
      guard features.contains(name) else {
        throw ImportError(
          .invalidValue, at: FilePlace(file: file, column: name), found: "prepare.columns lists a column that is no feature",
          expected: "features: neither the target nor protected or excluded columns", remedy: "Remove it from prepare.columns")
      }
    }
  }

  /// Fits on `training` and transforms both parts.
  /// - Throws: file, column, expectation and remedy of the first chain that cannot be computed or proved.
  mutating func run(training: StoredTable, test: StoredTable) throws(ImportError) -> [PreparationStage] {
    let items = try plan(training)
    let count = items.map(\.segments.count).max() ?? 0
    var stages: [PreparationStage] = []
    var (first, second) = (training, test)
    for stage in 0..<max(1, count) {
      let isFirst = stage == 0
      var parameters: [FittedParameter] = []
      var columns: [ColumnTransform] = []
      for item in items {
        let source = isFirst ? item.source : item.name
        let place = stage - (max(1, count) - item.segments.count)
        guard item.segments.indices.contains(place) else {
          columns.append(ColumnTransform(name: item.name, source: source, steps: []))
          continue
        }
        guard let column = first.schema.column(source) else { continue }
        var chain = ColumnChain(column, file: file)
        for step in item.segments[place] { try chain.add(step) }
        try chain.checked()
        columns.append(ColumnTransform(name: item.name, source: source, steps: chain.steps))
        for parameter in chain.parameters where !parameters.contains(parameter) { parameters.append(parameter) }
      }
      columns.append(.copy(target))
      let next = try compute(parameters, TransformSpecification(columns), first, second)
      stages.append(next)
      (first, second) = (next.training, next.test)
    }
    return stages
  }

  private func compute(
    _ parameters: [FittedParameter], _ transform: TransformSpecification, _ training: StoredTable, _ test: StoredTable
  ) throws(ImportError) -> PreparationStage {
    do throws(ProgramError) {
      let fit = parameters.isEmpty ? nil : FitSpecification(parameters)
      let fitted = try fit.map { specification throws(ProgramError) in try specification.fit(training) }
      return PreparationStage(
        fit: fit, parameters: fitted, transform: transform, training: try transform.transform(training, parameters: fitted),
        test: try transform.transform(test, parameters: fitted))
    } catch {
      throw ImportError(preparation: error, file: file)
    }
  }

  // MARK: Chains

  /// Most numbers that `auto` standardises: a proof of a deviation costs a verifier about as much as one of fifty other columns.
  static let maximumStandardised = 64

  private mutating func plan(_ training: StoredTable) throws(ImportError) -> [Item] {
    var items: [Item] = []
    let numbers = features.filter { name in
      guard (settings.columns[name] ?? settings.others) == .auto, let column = training.schema.column(name) else { return false }
      return column.digits != nil && column.type.range != IntegerRange(0...1)
    }
    standardises = bins != nil || numbers.count <= Self.maximumStandardised
    if !standardises { notes.append("\(numbers.count) numbers are not standardised: auto does so with up to \(Self.maximumStandardised)") }
    var taken: Set<String> = [target]
    func fresh(_ name: String, _ outputs: (String) -> [String]) -> String {
      var name = name
      while outputs(name).contains(where: taken.contains) { name += "'" }
      taken.formUnion(outputs(name))
      return name
    }
    for feature in features {
      guard let column = training.schema.column(feature) else { continue }
      let chain = settings.columns[feature] ?? settings.others ?? .steps([])
      for (suffix, steps) in try chains(chain, column, training) {
        let hasGroup = steps.contains { if case .oneHot = $0 { true } else { false } }
        let name = fresh(feature + suffix) { name in
          hasGroup ? ((column.categories ?? []) + [Self.missingCategory]).map { "\(name)=\($0)" } + [name] : [name]
        }
        items.append(Item(name: name, source: feature, segments: Self.segments(steps)))
      }
    }
    return items
  }

  /// The category of missing cells under `auto`.
  static let missingCategory = "(missing)"

  private static func segments(_ steps: [StepSetting]) -> [[StepSetting]] {
    var segments: [[StepSetting]] = []
    var current: [StepSetting] = []
    for step in steps {
      if ColumnChain.beginsStage(step, after: current) {
        segments.append(current)
        current = []
      }
      current.append(step)
    }
    return current.isEmpty ? segments : segments + [current]
  }

  /// The chains of a column: name suffix and steps.
  private mutating func chains(_ setting: ChainSetting, _ column: TableColumn, _ training: StoredTable) throws(ImportError) -> [(
    String, [StepSetting]
  )] {
    switch setting {
    case .drop: return []
    case .steps(let steps): return [("", steps)]
    case .auto: break
    }
    let presence: [Int64]? = training.values(column.name, .presence)
    guard presence?.contains(1) ?? true else {
      notes.append("\(column.name.quoted) is no feature: no training row has a value of it")
      return []
    }
    if let names = column.categories {
      guard names.count < TransformSpecification.maximumCategories else {
        notes.append("\(column.name.quoted) is no feature: it has \(names.count) categories, more than can be encoded")
        return []
      }
      // Trees compare categories by their place in the schema.
      let encoding: [StepSetting] = bins == nil ? [.oneHot(unseen: .zeros)] : []
      guard presence != nil else { return [("", encoding)] }
      var missing = Self.missingCategory
      while names.contains(missing) { missing += "'" }
      return [("", [.impute(.constant(missing))] + encoding)]
    }
    let impute: [StepSetting] = presence == nil ? [] : [.impute(.median)]
    let indicator: [(String, [StepSetting])] = presence == nil ? [] : [(" is missing", [.missingIndicator])]
    if column.type.range == IntegerRange(0...1), column.digits == 0, presence == nil { return [("", [])] }
    if let bins {
      let range = column.type.range
      if range.upper - range.lower < Int64(bins), column.digits == 0, presence == nil { return [("", [])] }
      return [("", impute + [.bucketise((1..<bins).map { .quantile(numerator: $0, denominator: bins) })])] + indicator
    }
    let scaled: [[StepSetting]] = standardises ? [impute + [.scaling(.standardise, digits: 3, limit: 10)]] : []
    for steps in scaled + (column.type.range.bitCount > 29 ? [impute + [.round(digits: Self.narrowDigits(column))]] : []) + [impute] {
      var chain = ColumnChain(column, file: file)
      do throws(ImportError) {
        for step in steps { try chain.add(step) }
        try chain.checked()
      } catch { continue }
      if case .round(let digits)? = steps.last {
        notes.append("\(column.name.quoted) is rounded to \(digits) digits after the point, not standardised: its range is too wide")
      }
      return [("", steps)] + indicator
    }
    notes.append("\(column.name.quoted) is no feature: its range is too wide to be prepared")
    return []
  }

  /// Digits after the point that leave about 24 bits of the declared range.
  private static func narrowDigits(_ column: TableColumn) -> Int {
    var digits = column.digits ?? 0
    var bits = column.type.range.bitCount
    while bits > 24 {
      digits -= 1
      bits -= 3
    }
    return digits
  }
}
