/// Functions of one number that table nodes know, in integers (`FixedReal`).

/// A function with public parameters. Parameters are integers in units of 2^−40.
public enum ElementaryFunction: Hashable, Sendable {
  case exponential, logarithm, hyperbolicTangent, errorFunction, gelu, geluTanh, softplus, softsign, sine, cosine, tangent
  case arcsine, arccosine, arctangent, hyperbolicSine, hyperbolicCosine, inverseHyperbolicSine, inverseHyperbolicCosine
  case inverseHyperbolicTangent, squareRoot, reciprocal, logistic, absolute, sign, mish
  /// x · σ(a·x).
  case swish(Int64)
  /// a·(e^x − 1) for x < 0, else x.
  case elu(Int64)
  /// g·x for x > 0, else g·a·(e^x − 1).
  case selu(alpha: Int64, gamma: Int64)
  /// max(0, x) + min(0, a·(e^(x/a) − 1)).
  case celu(Int64)
  /// x for x ≥ 0, else a·x.
  case leakyRelu(Int64)
  /// min(1, max(0, a·x + b)).
  case hardSigmoid(alpha: Int64, beta: Int64)
  /// x · min(1, max(0, x/6 + 1/2)).
  case hardSwish
  /// x for x > a, else 0.
  case thresholdedRelu(Int64)
  /// x − b for x > l, x + b for x < −l, else 0.
  case shrink(bias: Int64, lambda: Int64)
  /// min(max(x, lower), upper).
  case clip(lower: Int64, upper: Int64)
  /// x^p = e^(p·ln x) for x > 0, 0 else.
  case power(Int64)

  /// Name in canonical descriptions, with parameters.
  public var description: [String] {
    switch self {
    case .swish(let a): ["swish", "\(a)"]
    case .elu(let a): ["elu", "\(a)"]
    case .selu(let a, let g): ["selu", "\(a)", "\(g)"]
    case .celu(let a): ["celu", "\(a)"]
    case .leakyRelu(let a): ["leakyRelu", "\(a)"]
    case .hardSigmoid(let a, let b): ["hardSigmoid", "\(a)", "\(b)"]
    case .thresholdedRelu(let a): ["thresholdedRelu", "\(a)"]
    case .shrink(let b, let l): ["shrink", "\(b)", "\(l)"]
    case .clip(let l, let u): ["clip", "\(l)", "\(u)"]
    case .power(let p): ["power", "\(p)"]
    default: ["\(self)"]
    }
  }

  /// The integer nearest to f(x / 2^inputBits) · 2^outputBits as the fixed-point steps give it, within `range` (clamped).
  public func value(at x: Int64, inputFractionBits: Int, outputFractionBits: Int, range: IntegerRange) -> Int64 {
    let result = value(FixedReal(x, fractionBits: inputFractionBits)).rounded(fractionBits: outputFractionBits)
    return max(range.lower, min(range.upper, result))
  }

  private func value(_ x: FixedReal) -> FixedReal {
    let one = FixedReal.one
    func parameter(_ raw: Int64) -> FixedReal { FixedReal(raw: Int128(raw)) }
    func logistic(_ x: FixedReal) -> FixedReal {
      let e = (-x.magnitude).exponential
      return (x.raw >= 0 ? one : e) / (one + e)
    }
    func tanh(_ x: FixedReal) -> FixedReal {
      let e = (-(x.magnitude + x.magnitude)).exponential
      let y = (one - e) / (one + e)
      return x.raw < 0 ? -y : y
    }
    func below(_ a: FixedReal, _ x: FixedReal) -> FixedReal { a * (x.exponential - one) }
    switch self {
    case .exponential: return x.exponential
    case .logarithm: return x.logarithm
    case .hyperbolicTangent: return tanh(x)
    case .errorFunction: return Self.error(x)
    case .gelu: return (x * (one + Self.error(x * FixedReal(raw: 777_472_127_994)))).halved(1)  // 1/√2
    case .geluTanh:
      let inner = FixedReal(raw: 877_283_352_226) * (x + FixedReal(raw: 49_164_662_436) * x * x * x)  // √(2/π), 0.044715
      return (x * (one + tanh(inner))).halved(1)
    case .softplus: return (x.raw > 0 ? x : .zero) + (one + (-x.magnitude).exponential).logarithm
    case .softsign: return x / (one + x.magnitude)
    case .sine: return x.sine
    case .cosine: return (x + FixedReal.pi.halved(1)).sine
    case .tangent: return x.sine / (x + FixedReal.pi.halved(1)).sine
    case .arcsine: return (x / (one - x * x).squareRoot).arctangent
    case .arccosine: return FixedReal.pi.halved(1) - (x / (one - x * x).squareRoot).arctangent
    case .arctangent: return x.arctangent
    case .hyperbolicSine: return (x.exponential - (-x).exponential).halved(1)
    case .hyperbolicCosine: return (x.exponential + (-x).exponential).halved(1)
    case .inverseHyperbolicSine:
      let y = (x.magnitude + (x * x + one).squareRoot).logarithm
      return x.raw < 0 ? -y : y
    case .inverseHyperbolicCosine: return (x + (x * x - one).squareRoot).logarithm
    case .inverseHyperbolicTangent: return ((one + x) / (one - x)).logarithm.halved(1)
    case .squareRoot: return x.squareRoot
    case .reciprocal: return one / x
    case .logistic: return logistic(x)
    case .absolute: return x.magnitude
    case .sign: return FixedReal(Int64(x.raw.signum()))
    case .mish: return x * tanh((x.raw > 0 ? x : .zero) + (one + (-x.magnitude).exponential).logarithm)
    case .swish(let a): return x * logistic(parameter(a) * x)
    case .elu(let a): return x.raw >= 0 ? x : below(parameter(a), x)
    case .selu(let a, let g): return parameter(g) * (x.raw > 0 ? x : below(parameter(a), x))
    case .celu(let a): return x.raw >= 0 ? x : below(parameter(a), x / parameter(a))
    case .leakyRelu(let a): return x.raw >= 0 ? x : parameter(a) * x
    case .hardSigmoid(let a, let b): return min(one, max(.zero, parameter(a) * x + parameter(b)))
    case .hardSwish: return x * min(one, max(.zero, FixedReal(raw: x.raw / 6) + one.halved(1)))
    case .thresholdedRelu(let a): return x > parameter(a) ? x : .zero
    case .shrink(let bias, let lambda):
      return x > parameter(lambda) ? x - parameter(bias) : (x < -parameter(lambda) ? x + parameter(bias) : .zero)
    case .clip(let lower, let upper): return min(max(x, parameter(lower)), parameter(upper))
    case .power(let p): return x.raw > 0 ? (parameter(p) * x.logarithm).exponential : .zero
    }
  }

  /// erf: for |x| < 2 the series 2/√π · e^(−x²) · Σ 2^n x^(2n+1) / (1·3·…·(2n+1)); above, 1 − erfc by 40 levels of the continued fraction.
  private static func error(_ x: FixedReal) -> FixedReal {
    let one = FixedReal.one
    let a = x.magnitude
    if a > FixedReal(6) { return x.raw < 0 ? -one : one }
    let square = a * a
    var result: FixedReal
    if a < FixedReal(2) {
      var term = a
      var sum = a
      for n in 1...32 {
        term = FixedReal(raw: (term * square).raw * 2 / Int128(2 * n + 1))
        sum = sum + term
        if term.raw == 0 { break }
      }
      result = FixedReal(raw: 1_240_666_014_762) * (-square).exponential * sum  // 2/√π
    } else {
      var fraction = a
      for n in stride(from: Int64(40), through: 1, by: -1) { fraction = a + FixedReal(n, over: 2) / fraction }
      result = one - FixedReal(raw: 620_333_007_381) * (-square).exponential / fraction  // 1/√π
    }
    result = min(one, result)
    return x.raw < 0 ? -result : result
  }
}
