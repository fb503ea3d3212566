import Programs
import ProofSystem

extension OptimumClaim {
  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    guard (1...Self.maximumTables).contains(tables.count), Set(artefacts).count == artefacts.count else {
      throw .inconsistent("a claim about an optimum names 1 to \(Self.maximumTables) tables and a model, each once")
    }
    var sources: [ArtefactDescription] = []
    for name in tables { sources.append(try compiler.artefact(name)) }
    var schemas: [TableSchema] = []
    var rows = Extent(count: 1)
    for (place, source) in sources.enumerated() {
      let (schema, own) = try source.table()
      guard place == 0 || own == rows else { throw .inconsistent("tables side by side have the same number of rows") }
      rows = own
      schemas.append(schema)
    }
    let committed = try compiler.artefact(model)
    let architecture = try committed.linearModel()
    let plan = try ClaimError.planning { () throws(ProgramError) in
      let plan = try self.plan(architecture, schemas: schemas, rowCount: rows.count)
      _ = try account(plan)
      return plan
    }
    try checkColumns(architecture, schemas)
    let builder = OptimumCompiler(claim: self, plan: plan, index: index, prefix: prefix, rows: rows, sources: sources, model: committed)
    let bits = try builder.features(&compiler)
    let residuals = try builder.residuals(&compiler, try builder.accumulators(&compiler, bits))
    try builder.gradient(&compiler, bits, residuals)
  }

  /// The same meaning of every column in model and table: classes in their order, ranges, scales.
  private func checkColumns(_ architecture: LinearArchitecture, _ schemas: [TableSchema]) throws(ClaimError) {
    for name in architecture.encoding.columns + [architecture.target] {
      guard let own = architecture.encoding.schema.column(name), let stated = schemas.compactMap({ $0.column(name) }).first,
        own.type == stated.type, own.missing == stated.missing
      else { throw .inconsistent("the tables lack column \(name) of model \(model), or declare it otherwise") }
    }
  }
}

/// The columns and constraints of one claim about an optimum.
struct OptimumCompiler {
  let claim: OptimumClaim
  let plan: OptimumPlan
  let index: Int
  let prefix: String
  let rows: Extent
  let sources: [ArtefactDescription]
  let model: ArtefactDescription

  private var problem: OptimumProblem { plan.problem }
  private var formats: OptimumFormats { plan.problem.formats }
  private var outputs: Int { plan.problem.outputCount }

  private func column(_ name: String, _ part: StoredPart) throws(ClaimError) -> ColumnExpression {
    for source in sources {
      if case .table(let schema, _) = source.contents, schema.column(name) != nil { return ColumnExpression(try source.column(name, part)) }
    }
    throw .unknownColumn(artefact: claim.tables.first ?? "", column: name)
  }

  private func recorded(_ compiler: inout ClaimCompiler, _ key: String) throws(ClaimError) -> View {
    try compiler.builder.column("\(prefix).\(key)", bits: rows.bits, .recorded(execution: index, key: key))
  }

  /// One feature: what the model reads, (x − lower)·2^… or a bit, and X.
  typealias Feature = (own: ColumnExpression, x: ColumnExpression)

  /// All features in order.
  func features(_ compiler: inout ClaimCompiler) throws(ClaimError) -> [Feature] {
    var out: [Feature] = []
    let one = Int64(1) << Int64(formats.featureFractionBits)
    func add(_ bit: ColumnExpression) throws(ClaimError) {
      out.append((try bit.scaled(by: 1 << Int64(plan.featureShifts[out.count])), try bit.scaled(by: one)))
    }
    for (place, feature) in problem.features.enumerated() {
      switch feature {
      case .number(let name, let centre, let shift):
        let value = try column(name, .value)
        guard let lower = plan.lower(name) else { throw .unknownColumn(artefact: model.name, column: name) }
        out.append(
          (
            try value.adding(-lower).scaled(by: 1 << Int64(plan.featureShifts[out.count])),
            try value.adding(-centre).scaled(by: 1 << Int64(shift))
          ))
      case .presence(let name): try add(try column(name, .presence))
      case .category(let name, _, let missing):
        var code = try column(name, .value)
        if missing { code = try code.adding(try column(name, .presence)) }
        for bit in try compiler.oneHot("\(prefix).class.\(place)", key: "class.\(place)", code, count: feature.count, rows: rows, index: index) {
          try add(bit)
        }
      case .constant: try add(ColumnExpression(constant: 1))
      }
    }
    return out
  }

  /// acc_k = Σ_j feature_j·W_jk.
  func accumulators(_ compiler: inout ClaimCompiler, _ features: [Feature]) throws(ClaimError) -> [View] {
    var out: [View] = []
    for k in 0..<outputs { out.append(try recorded(&compiler, "accumulator.\(k)")) }
    compiler.builder.product(
      ProductConstraint(
        name: "\(prefix).scores", rows: rows, inner: Extent(count: features.count), columns: Extent(count: outputs), left: features.map(\.own),
        right: model.layout.view("W"), products: out))
    return out
  }

  /// residual_k = prediction − target, as columns that are zero outside the rows.
  func residuals(_ compiler: inout ClaimCompiler, _ accumulators: [View]) throws(ClaimError) -> [View] {
    let unit = Int64(1) << Int64(formats.probabilityBits)
    let target = try column(problem.target.column, .value)
    var differences: [ColumnExpression] = []
    switch problem.target {
    case .number(_, let centre, let shift):
      let label = try target.adding(-centre).scaled(by: 1 << Int64(shift))
      differences = [try number(&compiler, ColumnExpression(accumulators[0])).adding(label, times: -1)]
    case .binary(_, let positive):
      let label = positive == 1 ? try target.scaled(by: unit) : try ColumnExpression(constant: unit).adding(target, times: -unit)
      differences = [try binary(&compiler, ColumnExpression(accumulators[0])).adding(label, times: -1)]
    case .classes(_, let count):
      let labels = try compiler.oneHot("\(prefix).label", key: "label", target, count: count, rows: rows, index: index)
      let predictions = try classes(&compiler, accumulators.map { ColumnExpression($0) })
      for (prediction, label) in zip(predictions, labels) { differences.append(try prediction.adding(label, times: -unit)) }
    }
    var out: [View] = []
    for (k, difference) in differences.enumerated() {
      let residual = try recorded(&compiler, "residual.\(k)")
      compiler.builder.equal("\(prefix).residual.\(k)", rows: rows, try ColumnExpression(residual).adding(difference, times: -1))
      out.append(residual)
    }
    return out
  }

  /// c + ⌊acc/2^σ + 1/2⌋.
  private func number(_ compiler: inout ClaimCompiler, _ accumulator: ColumnExpression) throws(ClaimError) -> ColumnExpression {
    let shift = plan.scoreShift
    if shift <= 0 { return try accumulator.scaled(by: 1 << Int64(-shift)).adding(plan.scoreOffset) }
    let score = ColumnExpression(try recorded(&compiler, "score.0"))
    let low = try accumulator.adding(score, times: -(1 << Int64(shift))).adding(1 << Int64(shift - 1))
    try compiler.builder.range("\(prefix).score-remainder.0", low, bits: shift, rows)
    let half = Int64(1) << Int64(formats.scoreBits - 1)
    try compiler.builder.range("\(prefix).score.0", try score.adding(half), bits: formats.scoreBits, rows)
    return try score.adding(plan.scoreOffset)
  }

  private func table(_ compiler: inout ClaimCompiler) throws(ClaimError) -> Int {
    let (problem, f) = (self.problem, formats)
    let kind = if case .classes = problem.target { "exponential" } else { "sigmoid" }
    let key = "\(kind) with slope \(f.scoreFractionBits) \(f.scoreBits) \(f.probabilityBits) \(f.slopeBits)"
    return try compiler.builder.sharedTable(key, name: "\(prefix).\(kind)") { () throws(ProgramError) in try problem.tableRows() }
  }

  /// 0 ≤ 2^τ·(corrected − value) ⋯: corrected = value + ⌊(product + 2^(τ−1))/2^τ⌋, the correction at most 2^bits in size.
  private func corrected(
    _ compiler: inout ClaimCompiler, _ name: String, _ value: ColumnExpression, _ product: ColumnExpression, sign: Int64, bits: Int
  ) throws(ClaimError) -> ColumnExpression {
    let shift = plan.correctionShift
    let out = ColumnExpression(try recorded(&compiler, name))
    let correction = try out.adding(value, times: -1)
    try compiler.builder.range("\(prefix).\(name).correction", try correction.adding(1 << Int64(bits)), bits: bits + 1, rows)
    let remainder = try product.scaled(by: sign).adding(correction, times: -(1 << Int64(shift))).adding(1 << Int64(shift - 1))
    try compiler.builder.range("\(prefix).\(name).remainder", remainder, bits: shift, rows)
    return out
  }

  /// σ(acc / 2^(σ+f)) by the table's tangent.
  private func binary(_ compiler: inout ClaimCompiler, _ accumulator: ColumnExpression) throws(ClaimError) -> ColumnExpression {
    let (shift, f) = (plan.scoreShift, formats)
    let score = ColumnExpression(try recorded(&compiler, "score.0"))
    let value = ColumnExpression(try recorded(&compiler, "value.0"))
    let slope = ColumnExpression(try recorded(&compiler, "slope.0"))
    compiler.builder.lookup("\(prefix).sigmoid.0", table: try table(&compiler), [score, value, slope], [rows])
    if let curvature = claim.curvature {
      let sum = try compiler.builder.total("\(prefix).curvature", rows: rows, slope, .recorded(execution: index, key: "curvature"))
      // No slope is above 2^(β−2).
      try compiler.builder.range(
        "\(prefix).curvature", try sum.adding(-curvature), bits: log2Ceiling(rows.count) + f.slopeBits - 1, Extent(bits: 0, count: 1))
    }
    let low = try accumulator.adding(score, times: -(1 << Int64(shift)))
    try compiler.builder.range("\(prefix).low.0", try low.adding(1 << Int64(shift - 1)), bits: shift, rows)
    let product = try compiler.builder.hadamard("\(prefix).tangent.0", bits: rows.bits, slope, low)
    return try corrected(&compiler, "prediction.0", value, product, sign: 1, bits: f.probabilityBits - f.scoreFractionBits - 2)
  }

  /// Softmax: exponentials of acc_k − largest by the table's tangent, over their sum.
  private func classes(_ compiler: inout ClaimCompiler, _ accumulators: [ColumnExpression]) throws(ClaimError) -> [ColumnExpression] {
    let (shift, f) = (plan.scoreShift, formats)
    let table = try table(&compiler)
    let largest = ColumnExpression(try recorded(&compiler, "largest"))
    var exponentials: [ColumnExpression] = []
    for (k, accumulator) in accumulators.enumerated() {
      let step = ColumnExpression(try recorded(&compiler, "step.\(k)"))
      let value = ColumnExpression(try recorded(&compiler, "value.\(k)"))
      compiler.builder.lookup("\(prefix).exponential.\(k)", table: table, [step, value], [rows])
      let low = try largest.adding(accumulator, times: -1).adding(step, times: -(1 << Int64(shift)))
      try compiler.builder.range("\(prefix).low.\(k)", low, bits: shift, rows)
      let centred = try low.adding(-(1 << Int64(shift - 1)))
      let product = try compiler.builder.hadamard("\(prefix).tangent.\(k)", bits: rows.bits, value, centred)
      exponentials.append(try corrected(&compiler, "exponential.\(k)", value, product, sign: -1, bits: f.slopeBits - f.scoreFractionBits))
    }
    let sum = try ColumnExpression.sum(exponentials.map { (1, $0) })
    let classes = log2Ceiling(outputs)
    // Not the largest score itself but what it is for: an exponential near 1 is among them.
    try compiler.builder.range("\(prefix).sum", try sum.adding(-(3 << Int64(f.slopeBits - 2))), bits: f.slopeBits + classes + 1, rows)
    let width = f.slopeBits + classes + 3
    var out: [ColumnExpression] = []
    for (k, exponential) in exponentials.enumerated() {
      let probability = ColumnExpression(try recorded(&compiler, "prediction.\(k)"))
      try compiler.builder.range("\(prefix).prediction.\(k)", probability, bits: f.probabilityBits + 1, rows)
      let product = try compiler.builder.hadamard("\(prefix).prediction.\(k).product", bits: rows.bits, probability, sum)
      let remainder = try exponential.scaled(by: 1 << Int64(f.probabilityBits + 1)).adding(sum).adding(product, times: -2)
      try compiler.builder.range("\(prefix).prediction.\(k).remainder", remainder, bits: width, rows)
      let above = try sum.scaled(by: 2).adding(-1).adding(remainder, times: -1)
      try compiler.builder.range("\(prefix).prediction.\(k).below", above, bits: width, rows)
      out.append(probability)
    }
    return out
  }

  /// The gradient of every free output, within the tolerance; a fixed class has weights 0.
  func gradient(_ compiler: inout ClaimCompiler, _ features: [Feature], _ residuals: [View]) throws(ClaimError) {
    let extent = Extent(count: features.count)
    let weights = model.layout.view("W")
    let width = log2Ceiling(outputs)
    if let fixed = problem.fixedClass {
      compiler.builder.equal("\(prefix).fixed", rows: extent, ColumnExpression(weights.column(fixed, rowBits: extent.bits)))
    }
    let free = problem.freeOutputs
    var values: [View] = []
    var penalties: [[ColumnExpression]] = []
    let tolerance = Int64(1) << Int64(claim.toleranceBits)
    for k in free {
      let view = try compiler.builder.column("\(prefix).gradient.\(k)", bits: extent.bits, .recorded(execution: index, key: "gradient.\(k)"))
      try compiler.builder.range("\(prefix).gradient.\(k)", try ColumnExpression(view).adding(tolerance), bits: claim.toleranceBits + 1, extent)
      values.append(view)
      var own: [ColumnExpression] = []
      for (j, terms) in plan.penalties.enumerated() {
        let constant = j == features.count - 1 ? plan.penaltyConstant : 0
        own.append(
          try ColumnExpression.sum(constant: constant, terms.map { ($0.coefficient, ColumnExpression(weights.entry($0.weight << width + k))) }))
      }
      penalties.append(own)
    }
    compiler.builder.gradient(
      GradientConstraint(
        name: "\(prefix).gradient", rows: rows, features: features.map(\.x), residuals: free.map { residuals[$0] }, factor: plan.gradientFactor,
        penalties: penalties, values: values))
  }
}
