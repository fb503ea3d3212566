/// Elementary functions on floats, for the reference evaluation.

import Foundation
import Programs

extension ElementaryFunction {
  /// A parameter in units of 2^−40, saturated to ±2^21.
  static func parameter(_ value: Double) -> Int64 {
    guard value.isFinite else { return value < 0 ? -(1 << 61) : 1 << 61 }
    return Int64(max(-0x1p61, min(0x1p61, (value * 0x1p40).rounded())))
  }

  /// max(x, 0).
  static var relu: ElementaryFunction { .leakyRelu(0) }

  /// f(x) in double precision.
  package func real(_ x: Double) -> Double {
    func p(_ raw: Int64) -> Double { Double(raw) * 0x1p-40 }
    func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
    switch self {
    case .exponential: return exp(x)
    case .logarithm: return log(x)
    case .hyperbolicTangent: return tanh(x)
    case .errorFunction: return erf(x)
    case .gelu: return x * (1 + erf(x / 2.0.squareRoot())) / 2
    case .geluTanh: return x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2
    case .softplus: return softplus(x)
    case .softsign: return x / (1 + abs(x))
    case .sine: return sin(x)
    case .cosine: return cos(x)
    case .tangent: return tan(x)
    case .arcsine: return asin(x)
    case .arccosine: return acos(x)
    case .arctangent: return atan(x)
    case .hyperbolicSine: return sinh(x)
    case .hyperbolicCosine: return cosh(x)
    case .inverseHyperbolicSine: return asinh(x)
    case .inverseHyperbolicCosine: return acosh(x)
    case .inverseHyperbolicTangent: return atanh(x)
    case .squareRoot: return x.squareRoot()
    case .reciprocal: return 1 / x
    case .logistic: return logistic(x)
    case .absolute: return abs(x)
    case .sign: return x > 0 ? 1 : (x < 0 ? -1 : 0)
    case .mish: return x * tanh(softplus(x))
    case .swish(let a): return x * logistic(p(a) * x)
    case .elu(let a): return x >= 0 ? x : p(a) * expm1(x)
    case .selu(let a, let g): return p(g) * (x > 0 ? x : p(a) * expm1(x))
    case .celu(let a): return max(0, x) + min(0, p(a) * expm1(x / p(a)))
    case .leakyRelu(let a): return x >= 0 ? x : (a == 0 ? 0 : p(a) * x)
    case .hardSigmoid(let a, let b): return min(1, max(0, p(a) * x + p(b)))
    case .hardSwish: return x * min(1, max(0, x / 6 + 0.5))
    case .thresholdedRelu(let a): return x > p(a) ? x : 0
    case .shrink(let b, let l): return x > p(l) ? x - p(b) : (x < -p(l) ? x + p(b) : 0)
    case .clip(let l, let u): return min(max(x, l <= -(1 << 61) ? -.infinity : p(l)), u >= 1 << 61 ? .infinity : p(u))
    case .power(let e): return pow(x, p(e))
    }
  }

  /// Whether the function is made of straight lines, so that integers go to integers.
  var keepsIntegers: Bool {
    switch self {
    case .absolute, .sign: true
    case .leakyRelu(let a): a == 0
    case .clip(let l, let u): l % (1 << 40) == 0 && u % (1 << 40) == 0
    default: false
    }
  }
}
