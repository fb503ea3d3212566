/// Element-wise arithmetic, comparisons, logic and activations.

import Programs

extension Translator {
  func arithmetic() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "Add": return [try graph.sum(try input(0), try input(1))]
    case "Sub": return [try graph.difference(try input(0), try input(1))]
    case "Mul": return [try graph.product(try input(0), try input(1))]
    case "Div": return [try division()]
    case "Neg": return [try graph.negated(try input(0))]
    case "Sum":
      let terms = try allInputs()
      return [try graph.linear(terms.map { _ in 1 }, terms)]
    case "Mean":
      let terms = try allInputs()
      return [try graph.scaled(try graph.linear(terms.map { _ in 1 }, terms), 1 / Double(terms.count))]
    case "Max", "Min":
      let terms = try allInputs()
      var result = terms[0]
      for term in terms.dropFirst() { result = node.operation == "Max" ? try graph.maximum(result, term) : try graph.minimum(result, term) }
      return [result]
    case "Pow": return [try power(try input(0), try input(1))]
    case "Sqrt": return [try graph.squareRoot(try input(0))]
    case "Reciprocal":
      let x = try input(0)
      return [try graph.quotient(try graph.constant(1), x)]
    case "Mod": return [try modulo()]
    case "Floor", "Ceil", "Round":
      let x = try input(0)
      if x.kind != .real { return [x] }
      if node.operation == "Round" { return [try graph.add(.roundEven, [x], x.dimensions, .real)] }
      if node.operation == "Floor" { return [try graph.add(.floor, [x], x.dimensions, .real)] }
      return [try graph.negated(try graph.add(.floor, [try graph.negated(x)], x.dimensions, .real))]
    case "Clip": return [try clip()]
    default: return nil
    }
  }

  /// Integers are divided toward zero.
  private func division() throws(ModelImportError) -> GraphValue {
    let (a, b) = (try input(0), try input(1))
    guard a.kind == .integer, b.kind == .integer else { return try graph.quotient(a, b) }
    let shape = try graph.broadcastShape([a.dimensions, b.dimensions])
    let (x, y) = (try graph.broadcast(a, to: shape), try graph.broadcast(b, to: shape))
    if let left = graph[x].known, let right = graph[y].known {
      guard !right.contains(0) else { throw graph.invalid("division by zero") }
      let values = zip(left, right).map { ($0 / $1).rounded(.towardZero) }
      return try graph.known(values, shape, .integer, isPublic: graph[x].isPublic && graph[y].isPublic)
    }
    let isNonNegative = try graph.isAtLeast(x, try graph.constant(0, kind: .integer))
    let size = try graph.select(isNonNegative, x, try graph.negated(x))
    guard let divisors = graph[y].known, divisors.allSatisfy({ $0 > 0 }) else {
      throw graph.refuse("integer division by a computed or negative value")
    }
    let quotient = try graph.add(.divide(isFloor: true), [size, y], shape, .integer)
    return try graph.select(isNonNegative, quotient, try graph.negated(quotient))
  }

  private func modulo() throws(ModelImportError) -> GraphValue {
    let (a, b) = (try input(0), try input(1))
    guard integer("fmod") ?? 0 == 0, a.kind == .integer else { throw graph.refuse("fmod, or floats") }
    let shape = try graph.broadcastShape([a.dimensions, b.dimensions])
    let (x, y) = (try graph.broadcast(a, to: shape), try graph.broadcast(b, to: shape))
    guard let divisors = graph[y].known, divisors.allSatisfy({ $0 > 0 }) else { throw graph.refuse("a computed or negative divisor") }
    let quotient = try graph.add(.divide(isFloor: true), [x, y], shape, .integer)
    return try graph.difference(x, try graph.product(quotient, y))
  }

  func power(_ x: GraphValue, _ exponent: GraphValue) throws(ModelImportError) -> GraphValue {
    guard let numbers = graph[exponent].known, let first = numbers.first, numbers.allSatisfy({ $0 == first }) else {
      // x^y = e^(y · ln x), for positive x.
      return try graph.function(.exponential, try graph.product(exponent, try graph.function(.logarithm, x)))
    }
    let p = try graph.publish(exponent, role: "Pow exponent")
    let shape = try graph.broadcastShape([x.dimensions, exponent.dimensions])
    let base = try graph.broadcast(x, to: shape)
    switch p {
    case 1: return base
    case 2, 3, 4:
      var result = try graph.product(base, base)
      if p == 3 { result = try graph.product(result, base) }
      if p == 4 { result = try graph.product(result, result) }
      return result
    case 0.5: return try graph.squareRoot(base)
    case -1: return try graph.quotient(try graph.constant(1), base)
    case -0.5: return try graph.quotient(try graph.constant(1), try graph.squareRoot(base))
    default: return try graph.function(.power(ElementaryFunction.parameter(p)), base)
    }
  }

  private func clip() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    var bounds = [-Double.infinity, Double.infinity]
    for (index, name) in ["min", "max"].enumerated() {
      if let value = try optionalInput(index + 1) {
        guard graph[value].known != nil else {
          let lower = try optionalInput(1).map { $0 }
          let upper = try optionalInput(2).map { $0 }
          var result = x
          if let lower { result = try graph.maximum(result, lower) }
          if let upper { result = try graph.minimum(result, upper) }
          return result
        }
        bounds[index] = try graph.publish(value, role: "Clip \(name)")
      } else if let value = real(name) {
        bounds[index] = value
        if value.isFinite { graph.list("Clip \(name)", value) }
      }
    }
    if bounds[0] < -1e6 { bounds[0] = -.infinity }
    if bounds[1] > 1e6 { bounds[1] = .infinity }
    if bounds[0].isInfinite && bounds[1].isInfinite { return x }
    // ONNX takes the upper bound where the bounds cross.
    bounds[0] = min(bounds[0], bounds[1])
    return try graph.function(
      .clip(lower: ElementaryFunction.parameter(bounds[0]), upper: ElementaryFunction.parameter(bounds[1])), x)
  }

  func comparisons() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "Equal": return [try graph.isEqual(try input(0), try input(1))]
    case "GreaterOrEqual": return [try graph.isAtLeast(try input(0), try input(1))]
    case "LessOrEqual": return [try graph.isAtLeast(try input(1), try input(0))]
    case "Greater": return [try graph.not(try graph.isAtLeast(try input(1), try input(0)))]
    case "Less": return [try graph.not(try graph.isAtLeast(try input(0), try input(1)))]
    case "Not": return [try graph.not(try input(0))]
    case "And": return [try graph.product(try input(0), try input(1))]
    case "Or": return [try either(try input(0), try input(1), both: -1)]
    case "Xor": return [try either(try input(0), try input(1), both: -2)]
    case "Where":
      let condition = try input(0)
      return [try graph.select(condition, try input(1), try input(2))]
    case "IsNaN":
      let x = try input(0)
      return [try graph.add(.isMissing, [x], x.dimensions, .boolean)]
    default: return nil
    }
  }

  private func either(_ a: GraphValue, _ b: GraphValue, both: Int) throws(ModelImportError) -> GraphValue {
    try graph.linear([1, 1, both], [a, b, try graph.product(a, b)], kind: .boolean)
  }

  func activations() throws(ModelImportError) -> [GraphValue]? {
    if let function = try activation(node.operation, alpha: nil, beta: nil) { return [try graph.function(function, try input(0))] }
    switch node.operation {
    case "PRelu":
      let x = try input(0)
      var slope = try input(1)
      if slope.dimensions.count > x.dimensions.count { throw graph.invalid("slope of \(slope.dimensions)") }
      slope = try graph.broadcast(slope, to: x.dimensions)
      let positive = try graph.function(.relu, x)
      return [try graph.sum(positive, try graph.product(slope, try graph.difference(x, positive)))]
    case "Gelu":
      return [try graph.function(text("approximate") == "tanh" ? .geluTanh : .gelu, try input(0))]
    case "Softmax", "LogSoftmax":
      let x = try input(0)
      let rank = x.dimensions.count
      let chosen = try axis(integer("axis") ?? (opset < 13 ? 1 : -1), rank: rank)
      let axes = opset < 13 ? Array(chosen..<max(rank, chosen + 1)) : [chosen]
      if node.operation == "Softmax" { return [try graph.softmax(x, axes: axes)] }
      let kept = x.dimensions.indices.map { axes.contains($0) ? 1 : x.dimensions[$0] }
      let gap = try graph.difference(x, try graph.reshape(try graph.rowMaximum(x, axes: axes), kept))
      let total = try graph.rowSum(try graph.function(.exponential, gap), axes: axes)
      return [try graph.difference(gap, try graph.reshape(try graph.function(.logarithm, total), kept))]
    case "Hardmax":
      let x = try input(0)
      let rank = x.dimensions.count
      let chosen = try axis(integer("axis") ?? (opset < 13 ? 1 : -1), rank: rank)
      let axes = opset < 13 ? Array(chosen..<rank) : [chosen]
      let (moved, rest, columns) = try graph.rows(x, axes: axes)
      let best = try graph.add(.argmax(columns: columns), [moved], rest, .integer)
      let hot = try oneHot(best, depth: columns)
      let order = x.dimensions.indices.filter { !axes.contains($0) } + axes
      let split = try graph.reshape(hot, order.map { x.dimensions[$0] })
      return [try graph.transpose(split, x.dimensions.indices.map { order.firstIndex(of: $0) ?? 0 })]
    default: return nil
    }
  }

  /// [index = k] for k below depth, on a new last axis.
  func oneHot(_ index: GraphValue, depth: Int) throws(ModelImportError) -> GraphValue {
    let codes = try graph.integers(Array(0..<depth))
    return try graph.isEqual(try graph.reshape(index, index.dimensions + [1]), codes)
  }

  /// A function with its hyper-parameters; those given override the attributes (activations of recurrent layers).
  func activation(_ name: String, alpha: Double?, beta: Double?) throws(ModelImportError) -> ElementaryFunction? {
    func parameter(_ attribute: String, _ given: Double?, _ standard: Double) throws(ModelImportError) -> Int64 {
      if let given { return ElementaryFunction.parameter(given) }
      return ElementaryFunction.parameter(try published(attribute, default: standard))
    }
    switch name {
    case "Relu": return .relu
    case "Sigmoid": return .logistic
    case "Tanh": return .hyperbolicTangent
    case "Exp": return .exponential
    case "Log": return .logarithm
    case "Erf": return .errorFunction
    case "Abs": return .absolute
    case "Sign": return .sign
    case "Softplus": return .softplus
    case "Softsign": return .softsign
    case "Sin": return .sine
    case "Cos": return .cosine
    case "Tan": return .tangent
    case "Asin": return .arcsine
    case "Acos": return .arccosine
    case "Atan": return .arctangent
    case "Sinh": return .hyperbolicSine
    case "Cosh": return .hyperbolicCosine
    case "Asinh": return .inverseHyperbolicSine
    case "Acosh": return .inverseHyperbolicCosine
    case "Atanh": return .inverseHyperbolicTangent
    case "Mish": return .mish
    case "HardSwish": return .hardSwish
    case "Elu": return .elu(try parameter("alpha", alpha, 1))
    case "Celu": return .celu(try parameter("alpha", alpha, 1))
    case "LeakyRelu": return .leakyRelu(try parameter("alpha", alpha, 0.01))
    case "ThresholdedRelu": return .thresholdedRelu(try parameter("alpha", alpha, 1))
    case "Swish": return .swish(try parameter("alpha", alpha, 1))
    case "Selu":
      return .selu(alpha: try parameter("alpha", alpha, 1.67326319217681884765625), gamma: try parameter("gamma", beta, 1.05070102214813232421875))
    case "HardSigmoid": return .hardSigmoid(alpha: try parameter("alpha", alpha, 0.2), beta: try parameter("beta", beta, 0.5))
    case "Shrink": return .shrink(bias: try parameter("bias", alpha, 0), lambda: try parameter("lambd", beta, 0.5))
    default: return nil
    }
  }
}
