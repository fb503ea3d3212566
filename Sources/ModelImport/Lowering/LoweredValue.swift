/// A tensor of the integer program and what its integers stand for.

import Programs

/// Integers times a public unit.
struct LoweredValue {
  let reference: NodeReference
  /// value = integer · unit; a power of two except where a public factor was taken in.
  let unit: Double
  /// Bounds of the integers, from the program's own analysis.
  let bounds: ValueBounds

  var range: IntegerRange { bounds.range }

  /// The e with unit = 2^e, if there is one.
  var exponent: Int? { unit.significand == 1 ? Int(unit.exponent) : nil }

  /// Bits of a signed format that holds the range.
  var bits: Int { max(64 - range.lower.magnitude.leadingZeroBitCount, 64 - range.upper.magnitude.leadingZeroBitCount) + 1 }
}

extension Int64 {
  /// The nearest integer, ties to even, clamped to ±2^62; 0 for NaN.
  init(nearest value: Double) {
    let rounded = value.rounded(.toNearestOrEven)
    self = rounded.isNaN ? 0 : Int64(Swift.max(-0x1p62, Swift.min(0x1p62, rounded)))
  }
}

extension Double {
  /// 2^exponent.
  static func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
}

/// How wide formats are.
public struct FormatOptions: Hashable, Sendable {
  /// Bits of activations after rounding, 8 … 24; tables take at most 16.
  public var bits: Int
  /// Bits of weights of dense layers and convolutions.
  public var weightBits: Int

  /// Formats of `bits` bits (default 16); weights have four more.
  public init(bits: Int = 16) {
    self.bits = max(8, min(24, bits))
    weightBits = max(8, min(24, bits + 4))
  }
}

/// A tensor of the hidden artefact.
public struct HiddenTensor: Hashable, Sendable {
  /// Name of the binding in the program.
  public let name: String
  /// Node of the model it was made for.
  public let source: String
  /// Dimensions in the program.
  public let shape: TensorShape
  /// Declared range.
  public let range: IntegerRange
  /// value = integer · unit.
  public let unit: Double
  /// The integers.
  public let values: [Int64]
}
