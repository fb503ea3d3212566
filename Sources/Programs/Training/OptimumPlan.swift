/// An optimum's problem over the formats of a model and a table: shifts, coordinates, and bounds that exclude any wrap-around.

import Hashing

/// The integer relations between a table, a model's weights W and the gradient of a loss.
///
/// With F, wf the fraction bits of the model's features and weights, and acc = Σ_j feature_j·W_j its accumulator (F + wf fraction bits):
///
/// - classification: acc = 2^σ·s + lo, −2^(σ−1) ≤ lo < 2^(σ−1), σ = F + wf − f; the score is never rounded, lo corrects the table's value;
/// - number: Z = c + ⌊acc / 2^σ + 1/2⌋ in units of 2^−f of the target, σ = F + wf − u − shift; exact where σ ≤ 0;
/// - q·2^S·∂f/∂w_jk = a·Σ_i X_j(i)·r_k(i) + Σ_l C_jl·W_lk + C_j, a = q·2^(S − Φ − residual bits), Λ = p/q.
///
/// The last line holds as integers: w = W in the units of the X, so C has a power of two (times p) for each weight, and for the intercept
/// what the centres move.
public struct OptimumPlan: Hashable, Sendable {
  public struct Term: Hashable, Sendable {
    public let coefficient: Int64
    /// Row of W.
    public let weight: Int
  }

  /// factor·2^exponent·W[weight, ·].
  public struct Coordinate: Hashable, Sendable {
    public let factor: Int128
    public let exponent: Int
    public let weight: Int
  }

  public let problem: OptimumProblem
  public let rowCount: Int
  /// w_j, the weight of X_j / 2^Φ, as a sum of multiples of model weights; its own weight first. To the intercept of a number c·2^−f is added.
  public let coordinates: [[Coordinate]]
  /// σ.
  public let scoreShift: Int
  /// c.
  public let scoreOffset: Int64
  /// S.
  public let scale: Int
  /// a.
  public let gradientFactor: Int64
  /// C_j, for each feature: its terms.
  public let penalties: [[Term]]
  /// C of the intercept; every other feature has none.
  public let penaltyConstant: Int64
  /// For each feature of the model: left-shift of (x − lower), or of a bit; F.
  public let featureShifts: [Int]
  /// Lower bounds of the numeric columns, by name as bytes.
  let lowers: [[UInt8]: Int64]
  /// Σ over groups of the largest X², the squared length of a row at most; and the same without the constant.
  public let rowSquare: UInt128
  public let rowSquareWithoutConstant: UInt128
  /// Largest |a·Σ X·r + Σ C·W + C_j|.
  public let gradientReach: Int128

  /// - Parameter schemas: of the tables whose columns are the features and the target, side by side.
  /// - Throws: `invalidModel` where the model has other features or another target; `unknownColumn`; `invalidParameter` where a column is not
  ///   what the problem says; `relationTooLarge` where a relation could wrap around.
  public init(_ problem: OptimumProblem, architecture: LinearArchitecture, schemas: [TableSchema], rowCount: Int) throws(ProgramError) {
    guard (1...(1 << 28)).contains(rowCount) else { throw OptimumProblem.refusal("\(rowCount) rows") }
    self.problem = problem
    self.rowCount = rowCount
    let reaches = try Self.reaches(problem, schemas)
    let squares = reaches.map { UInt128($0.magnitude) * UInt128($0.magnitude) }
    guard squares.allSatisfy({ $0 < 1 << 100 }) else { throw Self.tooLarge("a row's length", Int128.max) }
    rowSquare = squares.reduce(0, +)
    rowSquareWithoutConstant = rowSquare - (squares.last ?? 0)
    let (f, encoding) = (problem.formats, architecture.encoding)
    let weightFraction = architecture.weightFractionBits
    let unit = try Self.unit(problem, architecture)
    scoreShift = encoding.fractionBits + weightFraction - (problem.isNumber ? unit.shift : f.scoreFractionBits)
    scoreOffset = unit.offset
    let coordinates = try Coordinates(problem, architecture, unit: problem.isNumber ? unit.shift - f.scoreFractionBits : 0)
    self.coordinates = coordinates.terms
    featureShifts = coordinates.featureShifts
    lowers = coordinates.lowers
    let (data, p, q) = (f.featureFractionBits + problem.residualBits, problem.penalty.numerator, problem.penalty.denominator)
    let scale = max(data, coordinates.depth, unit.offset == 0 || problem.intercept == .eliminated ? 0 : f.scoreFractionBits)
    self.scale = scale
    gradientFactor = try Self.shifted(Int128(q), scale - data)
    var penalties: [[Term]] = []
    var reach: Int128 = 0
    let weight = Int128(1) << Int128(architecture.weightBits - 1)
    var constant: Int64 = 0
    if problem.intercept == .penalised { constant = try Self.shifted(Int128(p) * Int128(unit.offset), scale - f.scoreFractionBits) }
    let residual = try Self.residualReach(
      problem, schemas, accumulator: coordinates.accumulator(architecture), shift: scoreShift, offset: unit.offset)
    var place = 0
    for (feature, x) in zip(problem.features, reaches) {
      let (data, overflow) = (Int128(rowCount) * Int128(x)).multipliedReportingOverflow(by: residual * Int128(gradientFactor))
      if overflow || data >= 1 << 100 { throw Self.tooLarge("gradient", Int128.max) }
      for _ in 0..<feature.count {
        var own: [Term] = []
        let isFree = feature == .constant && problem.intercept == .eliminated
        var sum = data + (feature == .constant ? Int128(constant.magnitude) : 0)
        for term in isFree ? [] : coordinates.terms[place] {
          let coefficient = try Self.shifted(Int128(p) * term.factor, scale + term.exponent)
          own.append(Term(coefficient: coefficient, weight: term.weight))
          sum += Int128(coefficient.magnitude) * weight
        }
        reach = max(reach, sum)
        penalties.append(own)
        place += 1
      }
    }
    self.penalties = penalties
    penaltyConstant = constant
    gradientReach = reach
    // A gradient below 2^63 that agrees with a number below 2^60 modulo 2^64 − 2^32 + 1 equals it.
    guard reach < (1 << 63) - (1 << 61) else { throw Self.tooLarge("gradient", reach) }
    try checkPrediction(coordinates.accumulator(architecture))
  }

  /// Lower bound of a numeric feature's column.
  public func lower(_ column: String) -> Int64? { lowers[Array(column.utf8)] }

  /// τ: bits that a correction of a table's value is rounded by.
  public var correctionShift: Int {
    let f = problem.formats
    if case .classes = problem.target { return scoreShift + f.scoreFractionBits }
    return f.slopeBits + scoreShift + f.scoreFractionBits - f.probabilityBits
  }

  static func shifted(_ value: Int128, _ bits: Int) throws(ProgramError) -> Int64 {
    guard (0...61).contains(bits), value.magnitude < 1 << 62, value.magnitude << UInt128(bits) < 1 << 62 else {
      throw tooLarge("gradient", Int128.max)
    }
    return Int64(value << Int128(bits))
  }

  static func tooLarge(_ relation: String, _ bound: Int128) -> ProgramError {
    .relationTooLarge(node: "optimum", relation: relation, bound: bound, remedy: "Fewer fraction bits, or a penalty that is a simpler fraction")
  }

  private func checkPrediction(_ accumulator: Int128) throws(ProgramError) {
    let (f, shift) = (problem.formats, scoreShift)
    guard accumulator < 1 << 61 else { throw Self.tooLarge("score", accumulator) }
    let classes = log2(problem.outputCount)
    let widths: [Int]
    switch problem.target {
    case .number:
      guard (-40...48).contains(shift) else { throw OptimumProblem.refusal("fraction bits of scores") }
      widths = shift > 0 ? [shift + f.scoreBits] : []
      guard accumulator << Int128(max(0, -shift)) < 1 << 61 else { throw Self.tooLarge("score", accumulator) }
    case .binary: widths = [shift + f.scoreBits, f.slopeBits + shift, correctionShift + f.probabilityBits - f.scoreFractionBits]
    case .classes:
      widths = [shift + f.scoreBits + 1, f.slopeBits + shift + 2, f.slopeBits + f.probabilityBits + classes + 4]
    }
    if !problem.isNumber {
      guard (1...48).contains(shift), (1...60).contains(correctionShift) else {
        throw OptimumProblem.refusal("the model's weights are too coarse, or too fine, for these score bits")
      }
    }
    for width in widths where width > 61 { throw Self.tooLarge("prediction of \(width) bits", Int128.max) }
  }

  private func log2(_ value: Int) -> Int { value <= 1 ? 0 : Int.bitWidth - (value - 1).leadingZeroBitCount }

  // MARK: The table

  static func column(_ name: String, _ schemas: [TableSchema]) throws(ProgramError) -> TableColumn {
    let found = schemas.compactMap { $0.column(name) }
    guard let column = found.first, found.count == 1 else { throw .unknownColumn(name) }
    return column
  }

  /// The largest |X| of each group.
  private static func reaches(_ problem: OptimumProblem, _ schemas: [TableSchema]) throws(ProgramError) -> [Int64] {
    let one = Int64(1) << Int64(problem.formats.featureFractionBits)
    var out: [Int64] = []
    for feature in problem.features {
      switch feature {
      case .number(let name, let centre, let shift):
        let column = try column(name, schemas)
        if case .category = column.type { throw OptimumProblem.refusal("feature \(name) is a category") }
        let range = column.type.range
        let reach = max((Int128(range.lower) - Int128(centre)).magnitude, (Int128(range.upper) - Int128(centre)).magnitude) << UInt128(shift)
        guard reach < 1 << 49 else { throw tooLarge("feature \(name)", Int128(clamping: reach)) }
        out.append(Int64(reach))
      case .presence(let name):
        guard try column(name, schemas).missing == .presence else { throw OptimumProblem.refusal("\(name) has no missing cells") }
        out.append(one)
      case .category(let name, let classes, let missing):
        let column = try column(name, schemas)
        guard case .category(let names) = column.type, names.count == classes, missing == (column.missing == .presence) else {
          throw OptimumProblem.refusal("feature \(name) is not a category of \(classes) classes")
        }
        out.append(one)
      case .constant: out.append(one)
      }
    }
    return out
  }

  private static func residualReach(
    _ problem: OptimumProblem, _ schemas: [TableSchema], accumulator: Int128, shift: Int, offset: Int64
  ) throws(ProgramError) -> Int128 {
    let f = problem.formats
    let target = try column(problem.target.column, schemas)
    guard target.missing == .refuse else { throw OptimumProblem.refusal("the target \(target.name) may be missing") }
    switch (problem.target, target.type) {
    case (.binary, .category(let names)):
      guard names.count == 2 else { throw OptimumProblem.refusal("a logistic regression has two classes") }
      return Int128(1) << Int128(f.probabilityBits) + Int128(1) << Int128(max(0, f.probabilityBits - f.scoreFractionBits - 2))
    case (.classes(_, let count), .category(let names)):
      guard names.count == count else { throw OptimumProblem.refusal("the target has \(names.count) classes") }
      return Int128(1) << Int128(f.probabilityBits)
    case (.number(_, let centre, let own), .integer(let range)), (.number(_, let centre, let own), .decimal(_, let range)):
      let label = max((Int128(range.lower) - Int128(centre)).magnitude, (Int128(range.upper) - Int128(centre)).magnitude) << UInt128(own)
      let score = shift > 0 ? Int128(1) << Int128(f.scoreBits - 1) : accumulator << Int128(min(60, -shift))
      let sum = Int128(clamping: label) + score + Int128(offset.magnitude)
      guard accumulator < 1 << 61, sum < 1 << 61 else { throw tooLarge("target", sum) }
      return sum
    default: throw OptimumProblem.refusal("the target \(target.name) has another type")
    }
  }

  /// For a number: the score's fraction bits in units of acc, u + shift, and c = (lower − centre)·2^shift.
  private static func unit(_ problem: OptimumProblem, _ architecture: LinearArchitecture) throws(ProgramError) -> (shift: Int, offset: Int64) {
    switch (problem.target, architecture.task) {
    case (.binary(let column, let positive), .binary(let own)) where column.hasSameBytes(as: architecture.target) && positive == own: return (0, 0)
    case (.classes(let column, let count), .classes(let own)) where column.hasSameBytes(as: architecture.target) && count == own: return (0, 0)
    case (.number(let column, let centre, let shift), .regression(let range, let unitShift)) where column.hasSameBytes(as: architecture.target):
      return (unitShift + shift, try shifted(Int128(range.lower) - Int128(centre), shift))
    default: throw Coordinates.refusal("another target or task")
    }
  }
}

/// A run's weights as exact multiples of a model's.
private struct Coordinates {
  /// For each feature: w_j = Σ factor·2^exponent·W_row.
  var terms: [[OptimumPlan.Coordinate]] = []
  var featureShifts: [Int] = []
  var lowers: [[UInt8]: Int64] = [:]
  /// The least V ≥ 0 with integers w_j·2^V.
  var depth = 0

  static func refusal(_ reason: String) -> ProgramError { .invalidModel(reason: "the model does not belong to the problem: \(reason)") }

  init(_ problem: OptimumProblem, _ architecture: LinearArchitecture, unit: Int) throws(ProgramError) {
    let encoding = architecture.encoding
    guard encoding.groups.count == problem.features.count else { throw Self.refusal("\(encoding.groups.count) groups of features") }
    let base = unit - architecture.weightFractionBits
    var intercept: [OptimumPlan.Coordinate] = []
    var place = 0
    for (feature, group) in zip(problem.features, encoding.groups) {
      switch (feature, group) {
      case (.number(let column, let centre, let shift), .numeric(let name, let range)):
        guard column.hasSameBytes(as: name), encoding.shift(for: range) <= 0 else { throw Self.refusal("feature \(name) differs or is rounded") }
        let exponent = problem.formats.featureFractionBits - shift - range.bitCount + base
        terms.append([OptimumPlan.Coordinate(factor: 1, exponent: exponent, weight: place)])
        featureShifts.append(-encoding.shift(for: range))
        lowers[Array(column.utf8)] = range.lower
        let moved = Int128(centre) - Int128(range.lower)
        if moved != 0 { intercept.append(OptimumPlan.Coordinate(factor: moved, exponent: base - range.bitCount, weight: place)) }
      case (.presence(let column), .presence(let name)):
        guard column.hasSameBytes(as: name) else { throw Self.refusal("feature \(name) differs") }
        append(base, place, encoding)
      case (.category(let column, let count, let missing), .category(let name, let own, let ownMissing)):
        guard column.hasSameBytes(as: name), count == own, missing == ownMissing else { throw Self.refusal("feature \(name) differs") }
        for k in 0..<feature.count { append(base, place + k, encoding) }
      case (.constant, .constant):
        append(base, place, encoding)
        terms[place] += intercept
      default: throw Self.refusal("the features differ")
      }
      place += feature.count
    }
    let counted = problem.intercept == .penalised ? terms[...] : terms.dropLast()
    depth = max(0, -(counted.joined().map(\.exponent).min() ?? 0))
  }

  private mutating func append(_ base: Int, _ place: Int, _ encoding: FeatureEncoding) {
    terms.append([OptimumPlan.Coordinate(factor: 1, exponent: base, weight: place)])
    featureShifts.append(encoding.fractionBits)
  }

  /// The largest |acc|: of a category one feature is set.
  func accumulator(_ architecture: LinearArchitecture) -> Int128 {
    let shift = Int128(architecture.encoding.fractionBits + architecture.weightBits - 1)
    return Int128(architecture.encoding.groups.count) << shift
  }
}
