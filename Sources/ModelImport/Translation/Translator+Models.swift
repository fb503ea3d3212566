/// ai.onnx.ml: linear models and support vector machines.

import Programs

extension Translator {
  func linearModels() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "LinearRegressor":
      let scores = try linearScores(outputs: max(1, min(65_536, integer("targets") ?? 1)))
      return [try transformed(scores, text("post_transform") ?? "NONE")]
    case "LinearClassifier":
      let labels = try classLabels()
      guard let coefficients = reals("coefficients") else { throw graph.invalid("no coefficients") }
      let x = try input(0)
      let columns = x.dimensions.last ?? 1
      // As in ONNX Runtime: the intercepts count the scores, and coefficients beyond the features are not read.
      let rows = reals("intercepts")?.count ?? coefficients.count / max(1, columns)
      guard rows >= 1, coefficients.count / rows >= columns else { throw graph.invalid("\(coefficients.count) coefficients for \(columns) features") }
      return try classified(try linearScores(outputs: rows), labels: labels, post: text("post_transform") ?? "NONE", threshold: 0)
    default: return nil
    }
  }

  private func linearScores(outputs: Int) throws(ModelImportError) -> GraphValue {
    var x = try real(try input(0))
    if x.dimensions.count == 1 { x = try graph.reshape(x, [1, x.count]) }
    guard let columns = x.dimensions.last, let coefficients = reals("coefficients"), outputs >= 1, coefficients.count >= outputs * columns else {
      throw graph.invalid("coefficients for \(outputs) outputs")
    }
    let weights = try graph.known(Array(coefficients.prefix(outputs * columns)), [outputs, columns], .real, isPublic: false)
    let product = try graph.matrixProduct(x, try graph.transpose(weights, [1, 0]))
    guard let intercepts = try hidden("intercepts") else { return product }
    guard intercepts.count == outputs else { throw graph.invalid("\(intercepts.count) intercepts") }
    return try graph.sum(product, intercepts)
  }

  /// The labels of a classifier as numbers; texts by their codes.
  func classLabels() throws(ModelImportError) -> (numbers: [Double], kind: ValueKind) {
    for name in ["classlabels_strings", "class_labels"] {
      if let labels = texts(name), !labels.isEmpty {
        for text in labels { try graph.record(text) }
        return (labels.map(TextCode.code), .text)
      }
    }
    guard let labels = integers("classlabels_ints") ?? integers("classlabels_int64s"), !labels.isEmpty else { throw graph.invalid("no class labels") }
    return (labels.map { Double($0) }, .integer)
  }

  /// Labels and scores as ONNX Runtime makes them: with a single score, two columns, and the second label where it is above the threshold.
  func classified(
    _ scores: GraphValue, labels: (numbers: [Double], kind: ValueKind), post: String, threshold: Double
  ) throws(ModelImportError) -> [GraphValue] {
    let rows = scores.dimensions[0]
    // A single score with two labels stands for the second class.
    if scores.dimensions[1] == 1, labels.numbers.count <= 2 {
      let raw = try graph.reshape(scores, [rows])
      let isPositive = try graph.not(try graph.isAtLeast(try graph.constant(threshold), raw))
      let second = labels.numbers.count == 2 ? labels.numbers[1] : labels.numbers[0]
      let first = labels.numbers.count == 2 ? labels.numbers[0] : 0
      let label = try graph.linear([Int(second - first)], [isPositive], constant: first, kind: labels.kind)
      switch post {
      case "NONE": return [label, try graph.concatenate([try graph.linear([-1], [scores], constant: threshold == 0.5 ? 1 : 0), scores], axis: 1)]
      case "LOGISTIC":
        return [
          label, try graph.concatenate([try graph.function(.logistic, try graph.negated(scores)), try graph.function(.logistic, scores)], axis: 1),
        ]
      case "SOFTMAX", "SOFTMAX_ZERO":
        return [label, try graph.softmax(try graph.concatenate([try graph.negated(scores), scores], axis: 1), axes: [1])]
      default: throw graph.refuse("post_transform \(post) of one score")
      }
    }
    guard scores.dimensions[1] == labels.numbers.count else {
      throw graph.invalid("\(scores.dimensions[1]) scores for \(labels.numbers.count) labels")
    }
    let columns = labels.numbers.count
    let best = try graph.add(.argmax(columns: columns), [scores], [rows], .integer)
    return [try labelled(best, labels), try transformed(scores, post)]
  }

  /// The label of an index. Labels are public: they name the classes of the output.
  func labelled(_ index: GraphValue, _ labels: (numbers: [Double], kind: ValueKind)) throws(ModelImportError) -> GraphValue {
    if labels.numbers.enumerated().allSatisfy({ Double($0.offset) == $0.element }) { return index }
    let table = try graph.known(labels.numbers, [labels.numbers.count, 1], .integer, isPublic: true)
    return try graph.add(.rowLookup(columns: 1), [index, table], index.dimensions, labels.kind)
  }

  /// post_transform on scores [rows, columns].
  func transformed(_ scores: GraphValue, _ post: String) throws(ModelImportError) -> GraphValue {
    switch post {
    case "NONE": return scores
    case "LOGISTIC": return try graph.function(.logistic, scores)
    case "SOFTMAX": return try graph.softmax(scores, axes: [scores.dimensions.count - 1])
    case "SOFTMAX_ZERO":
      // Scores of exactly 0 stay 0.
      let isZero = try graph.isEqual(scores, try graph.constant(0))
      let last = scores.dimensions.count - 1
      let kept = scores.dimensions.indices.map { $0 == last ? 1 : scores.dimensions[$0] }
      let largest = try graph.reshape(try graph.rowMaximum(scores, axes: [last]), kept)
      let powers = try graph.function(.exponential, try graph.difference(scores, largest))
      let used = try graph.select(isZero, try graph.constant(0), powers)
      return try graph.quotient(used, try graph.reshape(try graph.rowSum(used, axes: [last]), kept))
    default: throw graph.refuse("post_transform \(post)")
    }
  }

  func supportVectors() throws(ModelImportError) -> [GraphValue]? {
    guard node.operation == "SVMRegressor" || node.operation == "SVMClassifier" else { return nil }
    var x = try real(try input(0))
    if x.dimensions.count == 1 { x = try graph.reshape(x, [1, x.count]) }
    guard let columns = x.dimensions.last, let coefficients = reals("coefficients"), let rho = reals("rho"), !rho.isEmpty else {
      throw graph.invalid("coefficients or rho are missing")
    }
    let vectors = reals("support_vectors") ?? []
    let isRegressor = node.operation == "SVMRegressor"
    if isRegressor {
      let count = max(0, min(1 << 24, integer("n_supports") ?? 0))
      let score: GraphValue
      if count > 0 {
        guard vectors.count == count * columns, coefficients.count == count else {
          throw graph.invalid("\(vectors.count) numbers for \(count) vectors")
        }
        let kernel = try kernels(x, try graph.known(vectors, [count, columns], .real, isPublic: false))
        score = try graph.matrixProduct(kernel, try graph.known(coefficients, [count, 1], .real, isPublic: false))
      } else {
        guard coefficients.count == columns else { throw graph.invalid("\(coefficients.count) coefficients") }
        score = try graph.matrixProduct(x, try graph.known(coefficients, [columns, 1], .real, isPublic: false))
      }
      let result = try graph.sum(score, try graph.known([rho[0]], [1], .real, isPublic: false))
      guard integer("one_class") ?? 0 == 0 else { throw graph.refuse("one_class") }
      return [try transformed(result, text("post_transform") ?? "NONE")]
    }
    return try supportVectorClassifier(x, coefficients, rho, vectors, columns)
  }

  private func supportVectorClassifier(
    _ x: GraphValue, _ coefficients: [Double], _ rho: [Double], _ vectors: [Double], _ columns: Int
  ) throws(ModelImportError) -> [GraphValue] {
    let labels = try classLabels()
    let classes = labels.numbers.count
    guard (reals("prob_a") ?? []).isEmpty, let perClass = integers("vectors_per_class"), perClass.count == classes, classes >= 2,
      perClass.allSatisfy({ (0...(1 << 20)).contains($0) }), classes <= 1_024
    else { throw graph.refuse("probabilities (prob_a), or a linear classifier without support vectors") }
    let count = perClass.reduce(0, +)
    guard count > 0, vectors.count == count * columns, coefficients.count == count * (classes - 1), rho.count == classes * (classes - 1) / 2 else {
      throw graph.invalid("\(vectors.count) numbers for \(count) vectors")
    }
    let kernel = try kernels(x, try graph.known(vectors, [count, columns], .real, isPublic: false))
    // Pair (i, j): vectors of class i with their coefficient in row j − 1, those of class j with row i.
    let starts = perClass.indices.map { perClass[..<$0].reduce(0, +) }
    let pairs = (0..<classes).flatMap { i in ((i + 1)..<max(i + 1, classes)).map { (i, $0) } }
    try graph.reserve(count * pairs.count + pairs.count * classes)
    var matrix = [Double](repeating: 0, count: count * pairs.count)
    for (p, (i, j)) in pairs.enumerated() {
      for s in 0..<perClass[i] { matrix[(starts[i] + s) * pairs.count + p] = coefficients[(j - 1) * count + starts[i] + s] }
      for s in 0..<perClass[j] { matrix[(starts[j] + s) * pairs.count + p] = coefficients[i * count + starts[j] + s] }
    }
    let product = try graph.matrixProduct(kernel, try graph.known(matrix, [count, pairs.count], .real, isPublic: false))
    let scores = try graph.sum(product, try graph.known(rho, [pairs.count], .real, isPublic: false))
    let rows = x.dimensions[0]
    // Votes; ties go to the lower class.
    let wins = try graph.not(try graph.isAtLeast(try graph.constant(0), scores))
    var signs = [Double](repeating: 0, count: pairs.count * classes)
    var base = [Double](repeating: 0, count: classes)
    for (p, (i, j)) in pairs.enumerated() {
      signs[p * classes + i] = 1
      signs[p * classes + j] = -1
      base[j] += 1
    }
    let votes = try graph.sum(
      try graph.matrixProduct(wins, try graph.known(signs, [pairs.count, classes], .integer, isPublic: true)),
      try graph.known(base, [classes], .integer, isPublic: true))
    let best = try graph.add(.argmax(columns: classes), [votes], [rows], .integer)
    let label = try labelled(best, labels)
    guard text("post_transform") ?? "NONE" == "NONE" else { throw graph.refuse("post_transform \(text("post_transform") ?? "")") }
    if classes == 2 {
      return [label, try graph.concatenate([try graph.negated(scores), scores], axis: 1)]
    }
    return [label, scores]
  }

  /// k(x, v) for all rows and vectors: [rows, vectors].
  private func kernels(_ x: GraphValue, _ vectors: GraphValue) throws(ModelImportError) -> GraphValue {
    let parameters = reals("kernel_params") ?? []
    func parameter(_ index: Int, _ standard: Double) -> Double { parameters.indices.contains(index) ? parameters[index] : standard }
    func hiddenNumber(_ value: Double) throws(ModelImportError) -> GraphValue { try graph.known([value], [], .real, isPublic: false) }
    let dot = try graph.matrixProduct(x, try graph.transpose(vectors, [1, 0]))
    let gamma = parameter(0, 0)
    switch text("kernel_type") ?? "LINEAR" {
    case "LINEAR": return dot
    case "RBF":
      // −γ·‖x − v‖² = γ·(2·x·v − ‖x‖² − ‖v‖²), the products with γ hidden.
      let own = try graph.rowSum(try graph.product(x, x), axes: [1])
      let theirs = try graph.rowSum(try graph.product(vectors, vectors), axes: [1])
      let distance = try graph.linear([2, -1, -1], [dot, try graph.reshape(own, [x.dimensions[0], 1]), theirs])
      return try graph.function(.exponential, try graph.product(distance, try hiddenNumber(gamma)))
    case "POLY":
      let degree = parameter(2, 3)
      graph.list("kernel degree", degree)
      let base = try graph.sum(try graph.product(dot, try hiddenNumber(gamma)), try hiddenNumber(parameter(1, 0)))
      guard degree >= 1, degree <= 8, degree.rounded() == degree else { throw graph.refuse("degree \(degree)") }
      var result = base
      for _ in 1..<Int(degree) { result = try graph.product(result, base) }
      return result
    case "SIGMOID":
      return try graph.function(
        .hyperbolicTangent, try graph.sum(try graph.product(dot, try hiddenNumber(gamma)), try hiddenNumber(parameter(1, 0))))
    default: throw graph.refuse("kernel \(text("kernel_type") ?? "")")
    }
  }
}
