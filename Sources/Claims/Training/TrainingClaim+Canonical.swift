import Hashing
import Programs

extension TrainingClaim {
  public var canonical: CanonicalValue {
    let final: CanonicalValue
    switch end {
    case .model(let name): final = ["model", .text(name)]
    case .checkpoint(let name): final = ["checkpoint", .text(name)]
    }
    return [
      "training/v1", .text(table), .list(start.map { [.text($0)] } ?? []), final, run.canonical, nonce.canonical,
      .integer(UInt64(clamping: firstStep)), .integer(UInt64(clamping: stepCount)),
    ]
  }
}

extension TrainingRun {
  /// Injective public encoding.
  public var canonical: CanonicalValue {
    func number(_ value: Int) -> CanonicalValue { .integer(UInt64(clamping: value)) }
    func fraction(_ value: PublicFraction) -> CanonicalValue { [signedNumber(value.numerator), signedNumber(value.denominator)] }
    let rates: CanonicalValue
    switch schedule {
    case .constant: rates = ["constant"]
    case .inverse(let decay): rates = ["inverse", fraction(decay)]
    case .halving(let every): rates = ["halving", number(every)]
    case .linear: rates = ["linear"]
    }
    let f = formats
    return .dictionary([
      "features": .list(features.map(\.canonical)), "target": target.canonical,
      "formats": .list(
        [f.featureFractionBits, f.weightFractionBits, f.weightBits, f.scoreFractionBits, f.scoreBits, f.probabilityBits, f.updateBits].map(number)),
      "batch": number(batchSize), "epochs": number(epochs), "rate": fraction(learningRate), "schedule": rates, "momentum": fraction(momentum),
      "penalty": fraction(penalty), "penalisedIntercept": number(penalisesIntercept ? 1 : 0),
    ])
  }
}

extension TrainingFeature {
  /// Injective public encoding.
  var canonical: CanonicalValue {
    switch self {
    case .number(let column, let centre, let shift): ["number", .text(column), signedNumber(centre), .integer(UInt64(clamping: shift))]
    case .presence(let column): ["presence", .text(column)]
    case .category(let column, let count, let missing):
      ["category", .text(column), .integer(UInt64(clamping: count)), .integer(missing ? 1 : 0)]
    case .constant: ["constant"]
    }
  }
}

extension TrainingTarget {
  /// Injective public encoding.
  var canonical: CanonicalValue {
    switch self {
    case .binary(let column, let positive): ["binary", .text(column), .integer(UInt64(clamping: positive))]
    case .classes(let column, let count): ["classes", .text(column), .integer(UInt64(clamping: count))]
    case .number(let column, let centre, let shift): ["number", .text(column), signedNumber(centre), .integer(UInt64(clamping: shift))]
    }
  }
}
