import Hashing

/// From the weights of a run to those of a committed model, by public affine maps and one rounding.

/// The weights of a linear model as rounded public combinations of a run's weights.
///
/// **Formula**: W[j, k] = ⌊(Σ_i M_ji·w[i, k] + c_jk) / 2^s + 1/2⌋. Run and model score the same row alike: the model's feature of a number is
/// (x − lower)·2^(F − b), the run's is (x − centre)·2^shift, so that a weight only changes its scale, and the intercept takes what the
/// centres moved.
public struct TrainingExport: Hashable, Sendable {
  public struct Term: Hashable, Sendable {
    public let coefficient: Int64
    /// Index of a feature of the run.
    public let feature: Int
  }
  /// s, 0 … 60.
  public let shift: Int
  /// For each feature of the model: the terms of M.
  public let terms: [[Term]]
  /// c of the intercept; every other feature has none.
  public let constant: Int64

  /// - Throws: `invalidModel` where the architecture has other features or another target than the run; `relationTooLarge`.
  public init(_ run: TrainingRun, to architecture: LinearArchitecture) throws(ProgramError) {
    let encoding = architecture.encoding
    guard encoding.groups.count == run.features.count else { throw Self.refusal("\(encoding.groups.count) groups of features") }
    let formats = run.formats
    let scale = architecture.weightFractionBits
    // 2^unit of the model's score is 1 of the run's; the target's centre in units of the score.
    var unit = 0
    var offset: Int128 = 0
    var offsetShift = 0
    switch (run.target, architecture.task) {
    case (.binary(let column, let positive), .binary(let own)):
      guard column.hasSameBytes(as: architecture.target), positive == own else { throw Self.refusal("another target") }
    case (.classes(let column, let count), .classes(let own)):
      guard column.hasSameBytes(as: architecture.target), count == own else { throw Self.refusal("another target") }
    case (.number(let column, let centre, let shift), .regression(let range, let unitShift)):
      guard column.hasSameBytes(as: architecture.target), architecture.scoreFractionBits == 0 else { throw Self.refusal("another target") }
      unit = formats.scoreFractionBits - shift - unitShift
      offset = Int128(centre) - Int128(range.lower)
      offsetShift = unitShift
    default: throw Self.refusal("another task")
    }
    let base = scale - formats.weightFractionBits + unit
    let s = max(0, formats.featureFractionBits - base, -base, offset == 0 ? 0 : offsetShift - scale)
    // A constant that is moved further than that leaves 2^60 in any case.
    guard s <= 60, offset == 0 || s + scale - offsetShift <= 60 else { throw Self.refusal("its weights are too coarse for the run") }
    let bound = Bound(run)
    var terms: [[Term]] = []
    var intercept: [Term] = []
    var place = 0
    for (feature, group) in zip(run.features, encoding.groups) {
      switch (feature, group) {
      case (.number(let column, let centre, let shift), .numeric(let name, let range)):
        guard column.hasSameBytes(as: name), encoding.shift(for: range) <= 0 else { throw Self.refusal("feature \(name) differs or is rounded") }
        let own = s + base - formats.featureFractionBits + shift
        terms.append([try bound.term(1, shift: own + range.bitCount, place)])
        if centre != range.lower {
          intercept.append(try bound.term(Int128(range.lower) - Int128(centre), shift: own, place))
        }
      case (.presence(let column), .presence(let name)):
        guard column.hasSameBytes(as: name) else { throw Self.refusal("feature \(name) differs") }
        terms.append([try bound.term(1, shift: s + base, place)])
      case (.category(let column, let count, let missing), .category(let name, let own, let ownMissing)):
        guard column.hasSameBytes(as: name), count == own, missing == ownMissing else { throw Self.refusal("feature \(name) differs") }
        for k in 0..<feature.count { terms.append([try bound.term(1, shift: s + base, place + k)]) }
      case (.constant, .constant): terms.append([try bound.term(1, shift: s + base, place)] + intercept)
      default: throw Self.refusal("the features differ")
      }
      place += feature.count
    }
    let moved = offset == 0 ? 0 : offset << Int128(max(0, s + scale - offsetShift))
    guard moved.magnitude < 1 << 60, bound.largest(terms) + Int128(moved.magnitude) < 1 << 60,
      Int128(1) << Int128(s + architecture.weightBits) < 1 << 60
    else {
      throw .relationTooLarge(node: "training", relation: "model weight", bound: bound.largest(terms), remedy: "Fewer weight bits")
    }
    self.terms = terms
    shift = s
    constant = Int64(moved)
  }

  /// The model's weights, [features, outputs] row-major. **Throws** `invalidModel` where one leaves the architecture's format.
  public func weights(_ state: [Int64], outputs: Int) -> [Int64] {
    var out: [Int64] = []
    let half = shift == 0 ? 0 : Int64(1) << Int64(shift - 1)
    for (j, list) in terms.enumerated() {
      for k in 0..<outputs {
        let sum = list.reduce(half + (j == terms.count - 1 ? constant : 0)) { $0 + $1.coefficient * state[$1.feature * outputs + k] }
        out.append(sum >> Int64(shift))
      }
    }
    return out
  }

  private static func refusal(_ reason: String) -> ProgramError { .invalidModel(reason: "the model does not belong to the training run: \(reason)") }

  private struct Bound {
    let weight: Int128
    init(_ run: TrainingRun) { weight = Int128(1) << Int128(run.formats.weightBits - 1) }

    func term(_ factor: Int128, shift: Int, _ feature: Int) throws(ProgramError) -> Term {
      guard (0...60).contains(shift), factor.magnitude < 1 << 61 else { throw TrainingExport.refusal("its formats are too far from the run's") }
      let value = factor << Int128(shift)
      guard value.magnitude < 1 << 60 else { throw TrainingExport.refusal("its formats are too far from the run's") }
      return Term(coefficient: Int64(value), feature: feature)
    }

    func largest(_ terms: [[Term]]) -> Int128 {
      terms.map { $0.reduce(Int128(0)) { $0 + Int128($1.coefficient.magnitude) * weight } }.max() ?? 0
    }
  }
}

extension TrainingRun {
  /// The model of a run's last weights. **Throws** `invalidModel` where a weight leaves the architecture's format.
  public func model(_ state: TrainingState, architecture: LinearArchitecture) throws(ProgramError) -> LinearModel {
    let export = try TrainingExport(self, to: architecture)
    guard state.weights.count == featureCount * outputCount else { throw Self.refusal("a state of another run") }
    return try LinearModel(architecture: architecture, weights: export.weights(state.weights, outputs: outputCount))
  }
}
