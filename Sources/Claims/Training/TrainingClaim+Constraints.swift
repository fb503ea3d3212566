import Programs
import ProofSystem

extension TrainingClaim {
  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let source = try compiler.artefact(table)
    let (schema, rows) = try source.table()
    _ = try ClaimError.planning { () throws(ProgramError) in try run.bounds(schema) }
    let total = run.stepCount(rowCount: rows.count)
    guard Set(artefacts).count == artefacts.count, stepCount >= 1, firstStep >= 0, firstStep <= total, stepCount <= total - firstStep,
      (start == nil) == (firstStep == 0)
    else { throw .inconsistent("\(stepCount) steps from step \(firstStep) of \(total); a claim starts at zero or at a checkpoint") }
    let batchBits = log2Ceiling(run.batchSize)
    let steps = Extent(count: stepCount)
    let featureBits = log2Ceiling(run.featureCount)
    guard steps.bits + max(batchBits, featureBits) <= 24 else { throw .tooLarge("\(stepCount) steps in one claim") }
    let range = firstStep..<(firstStep + stepCount)
    let numbers = try ClaimError.planning { () throws(ProgramError) in try run.steps(range, rowCount: rows.count) }
    let batches = TrainingOrder.batches(run, seed: seed(source.identity), rowCount: rows.count, steps: range, batchBits: batchBits)
    let builder = TrainingCompiler(claim: self, index: index, prefix: prefix, rows: rows, steps: steps, source: source)
    let features = try builder.features(&compiler)
    let targets = try builder.targets(&compiler)
    let (scores, outputs) = try builder.predictions(&compiler)
    let (weights, remainders) = try builder.updates(&compiler)
    var initial: [View] = []
    var previous: [View] = []
    if let start { (initial, previous) = try builder.state(try compiler.artefact(start)) }
    compiler.builder.descent(
      DescentConstraint(
        name: "\(prefix).steps", rows: rows, steps: steps, batchBits: batchBits, batches: batches, features: features, targets: targets,
        scores: scores, outputs: outputs, weights: weights, remainders: remainders, initial: initial, previous: previous,
        updateBits: run.formats.updateBits, momentum: run.momentumCoefficient, gradientCoefficients: numbers.map(\.gradientCoefficient),
        penaltyCoefficients: numbers.map(\.penaltyCoefficient), unpenalised: run.penalisesIntercept ? nil : run.featureCount - 1))
    switch end {
    case .checkpoint(let name): try builder.checkpoint(&compiler, try compiler.artefact(name), weights, initial)
    case .model(let name):
      guard range.upperBound == total else { throw .inconsistent("a model has the weights after the last step, \(total)") }
      let own = try compiler.artefact(name)
      let architecture = try own.linearModel()
      // The same meaning of every column: classes in their order, ranges, scales.
      guard ModelArchitecture.linear(architecture).accepts(schema), let target = schema.column(architecture.target),
        let stated = architecture.encoding.schema.column(architecture.target), target.type == stated.type, target.missing == stated.missing
      else { throw .inconsistent("table \(table) lacks a feature or the target of model \(name), or declares it otherwise") }
      try builder.model(&compiler, own, weights)
    }
  }
}

/// The columns and constraints of one training claim.
struct TrainingCompiler {
  let claim: TrainingClaim
  let index: Int
  let prefix: String
  let rows: Extent
  let steps: Extent
  let source: ArtefactDescription

  private var run: TrainingRun { claim.run }
  private var formats: TrainingFormats { claim.run.formats }
  private var featureBits: Int { log2Ceiling(run.featureCount) }
  /// Places (t, b) of all steps, and (t, j): unused places and features included.
  private var places: Extent {
    let bits = log2Ceiling(run.batchSize)
    return Extent(bits: steps.bits + bits, count: steps.count << bits)
  }
  private var cells: Extent { Extent(bits: steps.bits + featureBits, count: steps.count << featureBits) }

  // MARK: The table's side

  /// X_j over the table's rows.
  func features(_ compiler: inout ClaimCompiler) throws(ClaimError) -> [ColumnExpression] {
    var out: [ColumnExpression] = []
    let one = Int64(1) << Int64(formats.featureFractionBits)
    for (place, feature) in run.features.enumerated() {
      switch feature {
      case .number(let column, let centre, let shift):
        out.append(try ColumnExpression(try source.column(column, .value)).adding(-centre).scaled(by: 1 << Int64(shift)))
      case .presence(let column): out.append(try ColumnExpression(try source.column(column, .presence)).scaled(by: one))
      case .category(let column, _, let missing):
        var code = ColumnExpression(try source.column(column, .value))
        if missing { code = try code.adding(ColumnExpression(try source.column(column, .presence))) }
        for bit in try compiler.oneHot("\(prefix).class.\(place)", key: "class.\(place)", code, count: feature.count, rows: rows, index: index) {
          out.append(try bit.scaled(by: one))
        }
      case .constant: out.append(ColumnExpression(constant: one))
      }
    }
    return out
  }

  func targets(_ compiler: inout ClaimCompiler) throws(ClaimError) -> [ColumnExpression] {
    let unit = Int64(1) << Int64(formats.probabilityBits)
    let value = ColumnExpression(try source.column(run.target.column, .value))
    switch run.target {
    case .binary(_, let positive):
      return [positive == 1 ? try value.scaled(by: unit) : try ColumnExpression(constant: unit).adding(value, times: -unit)]
    case .classes(_, let count):
      var out: [ColumnExpression] = []
      for bit in try compiler.oneHot("\(prefix).label", key: "label", value, count: count, rows: rows, index: index) {
        out.append(try bit.scaled(by: unit))
      }
      return out
    case .number(_, let centre, let shift): return [try value.adding(-centre).scaled(by: 1 << Int64(shift))]
    }
  }

  // MARK: The steps' side

  private func recorded(_ compiler: inout ClaimCompiler, _ key: String, bits: Int) throws(ClaimError) -> View {
    try compiler.builder.column("\(prefix).\(key)", bits: bits, .recorded(execution: index, key: key))
  }

  /// What Σ_j X·w must be, 2^σ·s + ρ − 2^(σ−1), and the predictions, output by output.
  func predictions(_ compiler: inout ClaimCompiler) throws(ClaimError) -> (scores: [ColumnExpression], outputs: [ColumnExpression]) {
    let shift = run.scoreShift
    var sums: [ColumnExpression] = []
    var scores: [ColumnExpression] = []
    for k in 0..<run.outputCount {
      let score = ColumnExpression(try recorded(&compiler, "score.\(k)", bits: places.bits))
      let remainder = ColumnExpression(try recorded(&compiler, "score-remainder.\(k)", bits: places.bits))
      try compiler.builder.range("\(prefix).score-remainder.\(k)", remainder, bits: shift, places)
      sums.append(try score.scaled(by: 1 << Int64(shift)).adding(remainder).adding(-(1 << Int64(shift - 1))))
      scores.append(score)
    }
    switch run.target {
    case .number:
      try compiler.builder.range("\(prefix).score.0", try scores[0].adding(-run.scoreRange.lower), bits: formats.scoreBits, places)
      return (sums, scores)
    case .binary:
      let probability = ColumnExpression(try recorded(&compiler, "prediction.0", bits: places.bits))
      let table = try compiler.builder.functionTable(run.sigmoid, node: "\(prefix).sigmoid")
      compiler.builder.lookup("\(prefix).prediction", table: table, [scores[0], probability], [places])
      return (sums, [probability])
    case .classes: return (sums, try softmax(&compiler, scores))
    }
  }

  /// p_k = ⌊(2^(π+1)·e_k + S) / (2S)⌋, e_k the rounded exponential of score − largest, S = Σ e_k.
  private func softmax(_ compiler: inout ClaimCompiler, _ scores: [ColumnExpression]) throws(ClaimError) -> [ColumnExpression] {
    let (bits, unit) = (formats.scoreBits, formats.probabilityBits)
    let run = run
    let key = "exponential \(formats.scoreFractionBits) \(bits) \(unit)"
    let table = try compiler.builder.sharedTable(key, name: "\(prefix).exponential") { () throws(ProgramError) in
      try run.exponentials().enumerated().map { [Int64($0), $1] }
    }
    let largest = ColumnExpression(try recorded(&compiler, "largest", bits: places.bits))
    var exponentials: [ColumnExpression] = []
    var chosen: [ColumnExpression] = []
    let top = (Int64(1) << Int64(bits)) - 1
    for (k, score) in scores.enumerated() {
      try compiler.builder.range("\(prefix).score.\(k)", try score.adding(-run.scoreRange.lower), bits: bits, places)
      let exponential = ColumnExpression(try recorded(&compiler, "exponential.\(k)", bits: places.bits))
      let difference = try largest.adding(score, times: -1)
      compiler.builder.lookup("\(prefix).exponential.\(k)", table: table, [difference, exponential], [places])
      exponentials.append(exponential)
      // The largest is one of them: where the bit is set, the difference is 0.
      let bit = try compiler.recordedBit("\(prefix).chosen.\(k)", rows: places, index: index, key: "chosen.\(k)")
      let room = try ColumnExpression(constant: top).adding(bit, times: -top).adding(difference, times: -1)
      try compiler.builder.range("\(prefix).chosen.\(k).is-largest", room, bits: bits, places)
      chosen.append(bit)
    }
    compiler.builder.equal("\(prefix).chosen.one", rows: places, try ColumnExpression.sum(constant: -1, chosen.map { (1, $0) }))
    let sum = try ColumnExpression.sum(exponentials.map { (1, $0) })
    let width = log2Ceiling(2 * scores.count << unit) + 1
    var out: [ColumnExpression] = []
    for (k, exponential) in exponentials.enumerated() {
      let probability = ColumnExpression(try recorded(&compiler, "prediction.\(k)", bits: places.bits))
      try compiler.builder.range("\(prefix).prediction.\(k)", probability, bits: unit + 1, places)
      let product = try compiler.builder.hadamard("\(prefix).prediction.\(k).product", bits: places.bits, probability, sum)
      let remainder = try exponential.scaled(by: 1 << Int64(unit + 1)).adding(sum).adding(product, times: -2)
      try compiler.builder.range("\(prefix).prediction.\(k).remainder", remainder, bits: width, places)
      let above = try sum.scaled(by: 2).adding(-1).adding(remainder, times: -1)
      try compiler.builder.range("\(prefix).prediction.\(k).below", above, bits: width, places)
      out.append(probability)
    }
    return out
  }

  /// w_(t+1) and the remainder of its update, each in range.
  func updates(_ compiler: inout ClaimCompiler) throws(ClaimError) -> (weights: [View], remainders: [View]) {
    var weights: [View] = []
    var remainders: [View] = []
    for k in 0..<run.outputCount {
      let weight = try recorded(&compiler, "weight.\(k)", bits: cells.bits)
      try compiler.builder.range(
        "\(prefix).weight.\(k)", try ColumnExpression(weight).adding(-run.weightRange.lower), bits: formats.weightBits, cells)
      let remainder = try recorded(&compiler, "update-remainder.\(k)", bits: cells.bits)
      try compiler.builder.range("\(prefix).update-remainder.\(k)", ColumnExpression(remainder), bits: formats.updateBits, cells)
      weights.append(weight)
      remainders.append(remainder)
    }
    return (weights, remainders)
  }

  // MARK: The ends

  /// Columns of a checkpoint. **Throws** `inconsistent` for a table of another form.
  func state(_ artefact: ArtefactDescription) throws(ClaimError) -> (weights: [View], previous: [View]) {
    let (schema, extent) = try artefact.table()
    let run = run
    let expected = try ClaimError.planning { () throws(ProgramError) in try TrainingClaim.checkpointSchema(run) }
    guard schema.canonical == expected.canonical, extent.count == run.featureCount else {
      throw .inconsistent("\(artefact.name) is no checkpoint of this run: \(run.featureCount) rows, columns of weights before and after a step")
    }
    var weights: [View] = []
    var previous: [View] = []
    for k in 0..<run.outputCount {
      weights.append(try artefact.column("weight.\(k)", .value))
      previous.append(try artefact.column("previous.\(k)", .value))
    }
    return (weights, previous)
  }

  /// The row of step t of a (step, feature) column.
  private func row(_ view: View, _ t: Int) -> View {
    let bits = steps.bits
    return View(
      matrix: view.matrix,
      slots: view.slots.map { slot in
        guard case .variable(let j) = slot else { return slot }
        return j < bits ? .bit((t >> (bits - 1 - j)) & 1) : .variable(j - bits)
      })
  }

  func checkpoint(
    _ compiler: inout ClaimCompiler, _ artefact: ArtefactDescription, _ weights: [View], _ initial: [View]
  ) throws(ClaimError) {
    let (after, before) = try state(artefact)
    let extent = Extent(count: run.featureCount)
    for k in weights.indices {
      let last = ColumnExpression(row(weights[k], steps.count - 1))
      compiler.builder.equal("\(prefix).end.weight.\(k)", rows: extent, try ColumnExpression(after[k]).adding(last, times: -1))
      var earlier = ColumnExpression(constant: 0)
      if steps.count > 1 {
        earlier = ColumnExpression(row(weights[k], steps.count - 2))
      } else if k < initial.count {
        earlier = ColumnExpression(initial[k])
      }
      compiler.builder.equal("\(prefix).end.previous.\(k)", rows: extent, try ColumnExpression(before[k]).adding(earlier, times: -1))
    }
  }

  /// 0 ≤ Σ M_ji·w[i, k] + c + 2^(s−1) − 2^s·W[j, k] < 2^s.
  func model(_ compiler: inout ClaimCompiler, _ artefact: ArtefactDescription, _ weights: [View]) throws(ClaimError) {
    let architecture = try artefact.linearModel()
    let run = run
    let export = try ClaimError.planning { () throws(ProgramError) in try TrainingExport(run, to: architecture) }
    let committed = artefact.layout.view("W")
    let half = export.shift == 0 ? 0 : Int64(1) << Int64(export.shift - 1)
    let columns = log2Ceiling(run.outputCount)
    for k in weights.indices {
      let own = row(weights[k], steps.count - 1)
      for (j, list) in export.terms.enumerated() {
        let model = ColumnExpression(committed.entry(j << columns + k))
        let constant = half + (j == export.terms.count - 1 ? export.constant : 0)
        let parts = list.map { (factor: $0.coefficient, part: ColumnExpression(own.entry($0.feature))) }
        let rounding = try ColumnExpression.sum(constant: constant, parts + [(factor: -(1 << Int64(export.shift)), part: model)])
        try compiler.builder.range("\(prefix).model.\(j).\(k)", rounding, bits: export.shift, Extent(bits: 0, count: 1))
      }
    }
  }
}
