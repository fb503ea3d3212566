/// ai.onnx.ml: scalers, imputers, encoders.

import Programs

extension Translator {
  /// Trained floats of an attribute as a hidden tensor.
  func hidden(_ name: String) throws(ModelImportError) -> GraphValue? {
    guard let values = reals(name), !values.isEmpty else { return nil }
    return try graph.known(values, [values.count], .real, isPublic: false)
  }

  func scalers() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "Scaler":
      var x = try real(try input(0))
      if let offset = try hidden("offset") { x = try graph.difference(x, offset) }
      if let scale = try hidden("scale") { x = try graph.product(x, scale) }
      return [x]
    case "Normalizer":
      let x = try real(try input(0))
      let last = max(0, x.dimensions.count - 1)
      let kept = x.dimensions.indices.map { $0 == last ? 1 : x.dimensions[$0] }
      var norm: GraphValue
      switch text("norm") ?? "MAX" {
      case "L1": norm = try graph.rowSum(try graph.function(.absolute, x), axes: [last])
      case "L2": norm = try graph.squareRoot(try graph.rowSum(try graph.product(x, x), axes: [last]))
      default: norm = try graph.rowMaximum(x, axes: [last])
      }
      norm = try graph.reshape(norm, kept)
      // A row of zeros stays one.
      let isZero = try graph.not(try graph.not(try graph.isEqual(norm, try graph.constant(0))))
      return [try graph.quotient(x, try graph.select(isZero, try graph.constant(1), norm))]
    case "Imputer":
      let x = try input(0)
      if let values = try hidden("imputed_value_floats") {
        let isMissing: GraphValue
        if let sentinel = real("replaced_value_float"), !sentinel.isNaN {
          isMissing = try graph.isEqual(x, try graph.known([sentinel], [], .real, isPublic: false))
        } else {
          isMissing = try graph.add(.isMissing, [x], x.dimensions, .boolean)
        }
        return [try graph.select(isMissing, values, x)]
      }
      guard let values = integers("imputed_value_int64s") else { throw graph.invalid("no imputed values") }
      let replacement = try graph.known(values.map { Double($0) }, [values.count], .integer, isPublic: false)
      let sentinel = try graph.constant(Double(integer("replaced_value_int64") ?? 0), kind: .integer)
      return [try graph.select(try graph.isEqual(x, sentinel), replacement, x)]
    case "Binarizer":
      let x = try real(try input(0))
      let threshold = try graph.known([real("threshold") ?? 0], [], .real, isPublic: false)
      return [graph.relabelled(try graph.not(try graph.isAtLeast(threshold, x)), kind: .real)]
    case "FeatureVectorizer":
      var parts: [GraphValue] = []
      for value in try allInputs() {
        let part = try real(value)
        parts.append(part.dimensions.count == 1 ? try graph.reshape(part, [1, part.count]) : part)
      }
      return [try graph.concatenate(parts, axis: 1)]
    case "ArrayFeatureExtractor":
      let x = try input(0)
      let indices = try graph.plumbing(try input(1), role: "indices")
      guard let last = x.dimensions.indices.last else { throw graph.invalid("no axis") }
      let picked = try take(x, indices, axis: last, shape: nil)
      return [x.dimensions.count == 1 ? try graph.reshape(picked, [1, indices.count]) : picked]
    case "ZipMap": return [try input(0)]
    default: return nil
    }
  }

  /// A number as a float.
  func real(_ x: GraphValue) throws(ModelImportError) -> GraphValue {
    guard x.kind != .text else { throw graph.refuse("texts") }
    return x.kind == .real ? x : graph.relabelled(x, kind: .real)
  }

  func encoders() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "OneHotEncoder":
      let x = try input(0)
      let codes: GraphValue
      if let categories = texts("cats_strings"), !categories.isEmpty {
        for text in categories { try graph.record(text) }
        codes = try graph.known(categories.map(TextCode.code), [categories.count], .text, isPublic: false)
      } else if let categories = integers("cats_int64s") {
        codes = try graph.known(categories.map { Double($0) }, [categories.count], .integer, isPublic: false)
      } else {
        throw graph.invalid("no categories")
      }
      guard integer("zeros") ?? 1 != 0 else { throw graph.refuse("zeros = 0 (unknown categories as errors)") }
      // A column [n, 1] becomes [n, categories]; another shape gets a new axis.
      let wide = try graph.reshape(x, x.dimensions + [1])
      return [graph.relabelled(try graph.isEqual(wide, codes), kind: .real)]
    case "LabelEncoder", "CategoryMapper": return [try labelEncoder()]
    default: return nil
    }
  }

  /// default + Σ_k [x = key_k] · (value_k − default), keys and values hidden.
  private func labelEncoder() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    func list(_ prefix: String) throws(ModelImportError) -> (numbers: [Double], kind: ValueKind)? {
      if let values = texts("\(prefix)_strings") {
        for text in values { try graph.record(text) }
        return (values.map(TextCode.code), .text)
      }
      if let values = integers("\(prefix)_int64s") { return (values.map { Double($0) }, .integer) }
      if let values = reals("\(prefix)_floats") { return (values, .real) }
      if case .tensor(let tensor)? = node.attributes["\(prefix)_tensor"] {
        for text in tensor.texts { try graph.record(text) }
        return (tensor.numbers, tensor.type == .string ? .text : (tensor.type.isFloat ? .real : .integer))
      }
      return nil
    }
    var keys = try list("keys")
    var values = try list("values")
    if node.operation == "CategoryMapper" || keys == nil {
      guard let names = texts("cats_strings") ?? texts("classes_strings") else { throw graph.invalid("no keys") }
      let numbers = (integers("cats_int64s") ?? Array(names.indices)).map { Double($0) }
      for text in names { try graph.record(text) }
      let codes = (names.map(TextCode.code), ValueKind.text)
      (keys, values) = x.kind == .text ? (codes, (numbers, .integer)) : ((numbers, .integer), codes)
    }
    guard let keys, let values, keys.numbers.count == values.numbers.count, !keys.numbers.isEmpty else {
      throw graph.invalid("keys and values differ in length")
    }
    var fallback: Double
    switch values.kind {
    case .text:
      let name = text("default_string") ?? "_Unused"
      try graph.record(name)
      fallback = TextCode.code(name)
    case .integer: fallback = Double(integer("default_int64") ?? -1)
    default: fallback = real("default_float") ?? 0
    }
    if case .tensor(let tensor)? = node.attributes["default_tensor"], let number = tensor.numbers.first { fallback = number }
    guard !keys.numbers.contains(where: \.isNaN), values.numbers.allSatisfy(\.isFinite), fallback.isFinite else {
      throw graph.refuse("a NaN key or a value that is not finite")
    }
    // The first of equal keys counts.
    var seen: Set<Double> = []
    let chosen = keys.numbers.indices.filter { seen.insert(keys.numbers[$0]).inserted }
    let keyTensor = try graph.known(chosen.map { keys.numbers[$0] }, [chosen.count], keys.kind, isPublic: false)
    let gaps = try graph.known(
      chosen.map { values.numbers[$0] - fallback }, [chosen.count, 1], values.kind == .real ? .real : .integer, isPublic: false)
    let hits = try graph.isEqual(try graph.reshape(x, x.dimensions + [1]), keyTensor)
    let product = try graph.matrixProduct(hits, gaps)
    let base = try graph.known([fallback], [], values.kind == .real ? .real : .integer, isPublic: false)
    let flat = try graph.reshape(product, x.dimensions)
    return try graph.linear([1, 1], [flat, base], kind: values.kind)
  }
}
