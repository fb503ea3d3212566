/// From coefficients in data units to integer weights of an encoding.

import Programs

extension CoefficientFile {
  /// The integer model nearest to the coefficients.
  ///
  /// Names match columns (numbers), `column = class`, `column_class` or `column is present`; without names the order is the encoding's, the
  /// constant left out. A numeric cell c = (lower + offset)/10^digits has the feature offset/2^b in [0, 1], so its weight is
  /// coefficient · 2^b / 10^digits and coefficient · lower / 10^digits goes to the bias (to the presence where cells may be missing).
  /// - Throws: `.invalidModel` for unknown names, other counts, or classes that are not the target's.
  /// - Parameter fine: weights of 32 bits, for a claim about an optimum.
  public func model(encoding: FeatureEncoding, target: String, task: LinearTask, fine: Bool = false) throws(ImportError) -> LinearModel {
    let weights = try weights(encoding: encoding, target: target, task: task)
    let scale = Double(sign: .plus, exponent: RealWeights.fractionBits, significand: 1)
    guard weights.allSatisfy({ abs($0) < Double(sign: .plus, exponent: 70, significand: 1) }) else {
      throw Self.error(file, nil, found: "coefficients beyond 2^70", expected: "smaller coefficients")
    }
    let real = RealWeights(values: weights.map { Int128(($0 * scale).rounded()) })
    do throws(ProgramError) { return try real.model(encoding: encoding, target: target, task: task, fine: fine) } catch {
      throw ImportError(error, at: FilePlace(file: file))
    }
  }

  /// The coefficients as weights of the encoding's features, [featureCount, outputs] row-major, not rounded.
  /// - Throws: `.invalidModel`.
  func weights(encoding: FeatureEncoding, target: String, task: LinearTask) throws(ImportError) -> [Double] {
    let rows = try ordered(encoding)
    let outputs = try outputOrder(encoding: encoding, target: target, task: task)
    var unit = 1.0
    var offset = 0.0
    if case .regression(let range, let unitShift) = task {
      // Scores count 2^unitShift stored units above the range's lower bound.
      let digits = Self.power10(encoding.schema.column(target))
      unit = digits / Double(sign: .plus, exponent: unitShift, significand: 1)
      offset = -Double(range.lower) / Double(sign: .plus, exponent: unitShift, significand: 1)
    }
    var weights = [Double](repeating: 0, count: encoding.featureCount * outputs.count)
    for (k, (output, sign)) in outputs.enumerated() {
      var next = 0
      var bias = intercepts[output] * sign * unit + offset
      for group in encoding.groups {
        switch group {
        case .numeric(let column, let range):
          let divisor = Self.power10(encoding.schema.column(column))
          let coefficient = rows[next][output] * sign * unit
          weights[next * outputs.count + k] += coefficient * Double(sign: .plus, exponent: range.bitCount, significand: 1) / divisor
          let base = coefficient * Double(range.lower) / divisor
          if encoding.schema.column(column)?.missing == .presence {
            weights[(next + 1) * outputs.count + k] += base
          } else {
            bias += base
          }
        case .presence, .category:
          for index in next..<(next + group.count) { weights[index * outputs.count + k] += rows[index][output] * sign * unit }
        case .constant: weights[next * outputs.count + k] = bias
        }
        next += group.count
      }
    }
    return weights
  }

  static func power10(_ column: TableColumn?) -> Double {
    guard case .decimal(let scale, _)? = column?.type else { return 1 }
    return (0..<scale).reduce(1.0) { value, _ in value * 10 }
  }

  /// Coefficients per feature of the encoding (the constant's row is 0) and output.
  private func ordered(_ encoding: FeatureEncoding) throws(ImportError) -> [[Double]] {
    let outputs = coefficients.count
    let zero = [Double](repeating: 0, count: outputs)
    guard let features else {
      let width = coefficients.first?.count ?? 0
      guard width == encoding.featureCount - 1 else {
        throw Self.error(file, nil, found: "\(width) coefficients", expected: "\(encoding.featureCount - 1), one per feature of the schema's columns")
      }
      return (0..<width).map { index in coefficients.map { $0[index] } } + [zero]
    }
    var positions: [String: Int] = [:]
    for (index, name) in encoding.featureNames.enumerated() { positions[name] = index }
    for (index, name) in Self.underscoreNames(encoding).enumerated() where positions[name] == nil { positions[name] = index }
    var rows = [[Double]](repeating: zero, count: encoding.featureCount)
    for (index, name) in features.enumerated() {
      guard let position = positions[name] else {
        throw Self.error(
          file, nil, found: "the unknown feature \(name.quoted)",
          expected: "a feature of the pipeline, e.g. \(YAMLGroup.nearest(name, among: encoding.featureNames).quoted)")
      }
      rows[position] = coefficients.map { $0[index] }
    }
    return rows
  }

  /// `column_class` for classes; the usual names otherwise.
  private static func underscoreNames(_ encoding: FeatureEncoding) -> [String] {
    encoding.groups.flatMap { group -> [String] in
      switch group {
      case .category(let column, _, let missing):
        guard case .category(let names)? = encoding.schema.column(column)?.type else { return [] }
        return (missing ? ["\(column)_"] : []) + names.map { "\(column)_\($0)" }
      case .numeric(let column, _): return [column]
      case .presence(let column): return ["\(column)_present"]
      case .constant: return ["(constant)"]
      }
    }
  }

  /// For every output of the task: the file's output and a sign.
  private func outputOrder(encoding: FeatureEncoding, target: String, task: LinearTask) throws(ImportError) -> [(Int, Double)] {
    guard case .category(let names)? = encoding.schema.column(target)?.type else {
      guard coefficients.count == 1 else { throw Self.error(file, nil, found: "\(coefficients.count) outputs", expected: "one") }
      return [(0, 1)]
    }
    if let classes {
      guard Set(classes) == Set(names), classes.count == names.count else {
        throw Self.error(
          file, nil, found: "the classes \(classes.prefix(8).map(\.quoted).joined(separator: ", "))",
          expected: "those of the target: \(names.prefix(8).map(\.quoted).joined(separator: ", "))")
      }
    }
    let order = classes ?? names
    switch task {
    case .binary(let positive):
      guard coefficients.count == 1 else { throw Self.error(file, nil, found: "\(coefficients.count) outputs", expected: "one for two classes") }
      // One output scores the second of the file's classes.
      return [(0, order.last == names[positive] ? 1 : -1)]
    case .classes(let count):
      guard coefficients.count == count else { throw Self.error(file, nil, found: "\(coefficients.count) outputs", expected: "\(count)") }
      return names.map { (order.firstIndex(of: $0) ?? 0, 1) }
    case .regression: throw Self.error(file, nil, found: "a category target", expected: "a numeric one")
    }
  }
}
