/// From the steps that a pipeline names to those that are fitted, computed and proved.

import Programs

/// Steps of one stage for one column, with the parameters that they read.
struct ColumnChain {
  let column: TableColumn
  let file: String
  private(set) var steps: [TransformStep] = []
  private(set) var parameters: [FittedParameter] = []

  init(_ column: TableColumn, file: String) {
    self.column = column
    self.file = file
  }

  /// Whether a step's parameters are of the column's values as earlier steps leave them: then it begins a stage of its own.
  /// What an imputation leaves counts as the column itself: its parameters are those of the cells that are there.
  static func beginsStage(_ step: StepSetting, after steps: [StepSetting]) -> Bool {
    let reads =
      switch step {
      case .impute(.constant), .round, .log, .missingIndicator: false
      case .impute, .scaling: true
      case .clip(let from, let to): [from, to].contains { $0?.isFitted ?? false }
      case .bucketise(let edges): edges.contains(where: \.isFitted)
      // The mask of seen categories is of the source's own; one that imputation adds counts as seen.
      case .oneHot, .ordinal: false
      }
    return reads && steps.contains { if case .impute = $0 { false } else { true } }
  }

  mutating func add(_ step: StepSetting) throws(ImportError) {
    switch step {
    case .impute(let method): try impute(method)
    case .scaling(let kind, let digits, let limit): try scale(kind, digits: digits, limit: limit)
    case .clip(let from, let to):
      steps.append(
        .clip(
          lower: try from.map { bound throws(ImportError) in try operand(bound) },
          upper: try to.map { bound throws(ImportError) in try operand(bound) }))
    case .log(let base, let digits): steps.append(.logarithm(base, scale: digits))
    case .bucketise(let edges):
      var operands: [Operand] = []
      for edge in edges { operands.append(try operand(edge)) }
      steps.append(.bucketise(operands))
    case .oneHot(let unseen): steps.append(.oneHot(unseen: rule(unseen)))
    case .ordinal(let order, let unseen):
      let names = column.categories ?? []
      let all = order.isEmpty ? names : order
      steps.append(.ordinal(all, unseen: unseen == .error && Set(all) == Set(names) ? .allKnown : rule(unseen)))
    case .missingIndicator: steps.append(.missingIndicator)
    case .round(let digits): try round(digits)
    }
  }

  func refused(_ found: String, _ expected: String, _ remedy: String) -> ImportError {
    ImportError(.invalidValue, at: FilePlace(file: file, column: column.name), found: found, expected: expected, remedy: remedy)
  }

  /// Digits after the point of the column; refuses categories.
  private func numberDigits(_ step: String) throws(ImportError) -> Int {
    guard let digits = column.digits else {
      throw refused("\(step) for a category", "a step for categories: impute, one-hot or ordinal", "Correct the chain in prepare.columns")
    }
    return digits
  }

  private mutating func use(_ parameter: FittedParameter) -> Operand {
    if !parameters.contains(parameter) { parameters.append(parameter) }
    return .parameter(parameter.name)
  }

  private mutating func impute(_ method: ImputeSetting) throws(ImportError) {
    if column.categories != nil {
      switch method {
      case .mode: steps.append(.impute(use(FittedParameter(column: column.name, kind: .mode))))
      case .constant(let text): steps.append(.imputeCategory(text))
      case .mean, .median: throw refused("the mean or median of categories", "impute: mode, or a category", "Correct the chain in prepare.columns")
      }
      return
    }
    let digits = try numberDigits("impute")
    switch method {
    case .mean: steps.append(.impute(use(FittedParameter(column: column.name, kind: .mean(scale: scale(digits, 3))))))
    case .median: steps.append(.impute(use(.median(column.name, scale: scale(digits, 1)))))
    case .mode: steps.append(.impute(use(FittedParameter(column: column.name, kind: .mode))))
    case .constant(let text): steps.append(.impute(try number(text)))
    }
  }

  /// The column's digits and up to `extra` more, as far as the parameter's range stays within 60 bits.
  private func scale(_ digits: Int, _ extra: Int) -> Int {
    var out = digits
    var bits = Int64(max(1, column.type.range.magnitude).bitWidth - max(1, column.type.range.magnitude).leadingZeroBitCount)
    while out < min(digits + extra, TableSchema.maximumScale), bits + 4 < 56 {
      out += 1
      bits += 4
    }
    return out
  }

  private func number(_ text: String) throws(ImportError) -> Operand {
    guard let number = try? DecimalText(text.utf8), number.scale <= TableSchema.maximumScale else {
      throw refused(text.quoted, "a number with at most \(TableSchema.maximumScale) digits after the point", "Correct the chain in prepare.columns")
    }
    return .number(number.mantissa, scale: number.scale)
  }

  private mutating func operand(_ bound: BoundSetting) throws(ImportError) -> Operand {
    let digits = try numberDigits("a bound")
    switch bound {
    case .number(let text): return try number(text)
    case .quantile(let numerator, let denominator):
      var (a, b) = (max(1, denominator), numerator)
      while b != 0 { (a, b) = (b, a % b) }
      return use(
        FittedParameter(
          column: column.name, kind: .quantile(numerator: numerator / a, denominator: max(1, denominator) / a, scale: scale(digits, 1))))
    }
  }

  /// The most precise parameters, to three digits more than the column's, with which a proof of the quotient fits.
  private mutating func scale(_ kind: ScalingSetting, digits: Int, limit: Int) throws(ImportError) {
    let own = try numberDigits(kind.rawValue)
    let unit = (0..<digits).reduce(Int64(1)) { product, _ in product * 10 }
    let bound = unit * Int64(limit)
    let lower = kind == .minMax ? -unit * Int64(max(1, limit) - 1) : -bound
    guard let range = IntegerRange(lower: lower, upper: bound) else { return }
    var problem: ProgramError?
    for extra in [3, 2, 1, 0] where own + extra <= TableSchema.maximumScale {
      let fitted: [FittedParameter.Kind] =
        switch kind {
        case .standardise: [.mean(scale: own + extra), .standardDeviation(scale: own + extra)]
        case .minMax: [.minimum, .range]
        case .robust: [.quantile(numerator: 1, denominator: 2, scale: own + extra), .interquartileRange(scale: own + extra)]
        }
      let all = fitted.map { FittedParameter(column: column.name, kind: $0) }
      let saturating = QuotientLimit.saturate(range)
      let step: TransformStep =
        switch kind {
        case .standardise: .standardise(column.name, scale: digits, limit: saturating)
        case .minMax: .minMax(column.name, scale: digits, limit: saturating)
        case .robust: .robust(column.name, scale: digits, limit: saturating)
        }
      // Fitted parameters go by name: a median that an imputation has asked for already keeps its scale.
      let added = all.filter { new in !parameters.contains { $0.name == new.name } }
      do {
        try check(steps + [step], parameters + added)
        if kind == .standardise, column.type.range.bitCount > Self.momentBits {
          throw ProgramError.relationTooLarge(
            node: column.name, relation: "the sum of squares", bound: 1 << Int128(2 * column.type.range.bitCount), remedy: "round it first")
        }
        steps.append(step)
        parameters += added
        return
      } catch { problem = error as? ProgramError }
    }
    if let problem, case .invalidParameter = problem {
      throw refused(
        "\(kind.rawValue) that cannot be computed: \("\(problem)".escaped(limit: 200))",
        "steps that fit the column, \(column.typeName) in \(column.rangeText)",
        PreparationAdvice.remedy(problem))
    }
    throw refused(
      "\(kind.rawValue) cannot be proved of a column in \(column.rangeText)\(problem.map { ": \("\($0)".escaped(limit: 200))" } ?? "")",
      "a range of at most 2^\(Self.momentBits) stored values", "Narrow the range in the schema, or begin the chain with round")
  }

  /// Bits of the widest range whose squares can be summed.
  static let momentBits = 29

  private mutating func round(_ digits: Int) throws(ImportError) {
    let own = try numberDigits("round")
    guard steps.isEmpty || steps.allSatisfy({ if case .impute = $0 { true } else { false } }) else {
      throw refused("round after another step", "round first, or after impute", "Correct the chain in prepare.columns")
    }
    // From `own` digits to `digits`; negative: to tens, hundreds, …
    let excess = own - digits
    guard excess > 0, let power = PowerText.power(excess), let tens = PowerText.power(max(0, -digits)) else {
      throw refused("round: \(digits)", "fewer digits than the column's \(own), by at most 18", "Correct the chain in prepare.columns")
    }
    let range = column.type.range
    guard let limit = IntegerRange(lower: range.lower / power - 1, upper: range.upper / power + 1) else { return }
    steps.append(.divide(centre: .number(0, scale: 0), divisor: .number(tens, scale: 0), scale: max(0, digits), limit: .refuse(limit)))
  }

  private mutating func rule(_ unseen: UnseenSetting) -> UnseenRule {
    if unseen != .known { _ = use(FittedParameter(column: column.name, kind: .seen)) }
    switch unseen {
    case .zeros: return .zeros
    case .error: return .error
    case .known: return .allKnown
    case .other(let name): return .other(name)
    }
  }

  /// Plans the chain alone.
  func check(_ steps: [TransformStep], _ parameters: [FittedParameter]) throws(ProgramError) {
    let table = try TableSchema(columns: [column])
    let fitted = try parameters.isEmpty ? nil : FitSpecification(parameters).schema(of: table)
    _ = try TransformPlan(
      TransformSpecification([ColumnTransform(name: column.name, source: column.name, steps: steps)]), table: table, parameters: fitted)
  }

  /// Refuses a chain that cannot be proved, naming the column.
  func checked() throws(ImportError) {
    do throws(ProgramError) { try check(steps, parameters) } catch {
      throw refused(
        "a chain that cannot be computed: \("\(error)".escaped(limit: 300))", "steps that fit the column, \(column.typeName) in \(column.rangeText)",
        PreparationAdvice.remedy(error))
    }
  }
}

extension BoundSetting {
  var isFitted: Bool { if case .quantile = self { true } else { false } }

  /// Whether both are numbers, or both quantiles, and this one is the smaller; of a number and a quantile only the data decide.
  func isBelow(_ other: BoundSetting) -> Bool {
    switch (self, other) {
    case (.number(let own), .number(let others)):
      guard let own = try? DecimalText(own.utf8), let others = try? DecimalText(others.utf8) else { return false }
      return own.isLess(than: others)
    case (.quantile(let a, let b), .quantile(let c, let d)): return Int128(a) * Int128(d) < Int128(c) * Int128(b)
    default: return false
    }
  }
}

/// Powers of ten.
enum PowerText {
  /// 10^exponent for 0 ≤ exponent ≤ 18, else nil.
  static func power(_ exponent: Int) -> Int64? {
    guard (0...18).contains(exponent) else { return nil }
    return (0..<exponent).reduce(Int64(1)) { product, _ in product * 10 }
  }
}
