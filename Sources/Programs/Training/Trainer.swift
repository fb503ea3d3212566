import Hashing

/// Weights between two steps, [features, outputs] row-major.
public struct TrainingState: Equatable, Sendable {
  public var weights: [Int64]
  /// Before the last step; the velocity is the difference.
  public var previous: [Int64]

  public init(weights: [Int64], previous: [Int64]) {
    self.weights = weights
    self.previous = previous
  }

  /// Where every run starts: all zero.
  public static func zero(_ run: TrainingRun) -> TrainingState {
    let count = run.featureCount * run.outputCount
    return TrainingState(weights: [Int64](repeating: 0, count: count), previous: [Int64](repeating: 0, count: count))
  }
}

/// The reference trainer: what a run means, in integers and exactly.
public struct Trainer {
  public let run: TrainingRun
  let data: TrainingData
  let seed: Digest
  /// Sigmoid from the least score, or e^(−d) from d = 0.
  private let table: [Int64]

  /// **Throws** `ProgramError` where the run does not fit the table.
  public init(_ run: TrainingRun, _ table: StoredTable, seed: Digest) throws(ProgramError) {
    self.run = run
    self.seed = seed
    data = try TrainingData(run, table)
    switch run.target {
    case .binary: self.table = try run.sigmoid.outputs(node: "training")
    case .classes: self.table = try run.exponentials()
    case .number: self.table = []
    }
  }

  public var rowCount: Int { data.rowCount }
  public var stepCount: Int { run.stepCount(rowCount: data.rowCount) }

  /// The state after the steps. **Throws** `invalidParameter` where a weight or score leaves its format.
  public func train(from state: TrainingState, steps: Range<Int>) throws(ProgramError) -> TrainingState {
    var trace: TrainingTrace?
    return try train(from: state, steps: steps, trace: &trace)
  }

  /// The same with every intermediate value.
  func trace(from state: TrainingState, steps: Range<Int>) throws(ProgramError) -> (state: TrainingState, trace: TrainingTrace) {
    var trace: TrainingTrace? = TrainingTrace(run, stepCount: steps.count)
    let last = try train(from: state, steps: steps, trace: &trace)
    return (last, trace ?? TrainingTrace(run, stepCount: 0))
  }

  private func train(from state: TrainingState, steps: Range<Int>, trace: inout TrainingTrace?) throws(ProgramError) -> TrainingState {
    let bits = log2(run.batchSize)
    let batches = TrainingOrder.batches(run, seed: seed, rowCount: data.rowCount, steps: steps, batchBits: bits)
    let numbers = try run.steps(steps, rowCount: data.rowCount)
    let (d, outputs) = (data.featureCount, run.outputCount)
    guard state.weights.count == d * outputs, state.previous.count == d * outputs else { throw TrainingRun.refusal("a state of another run") }
    var state = state
    let (scale, half) = (Int64(run.formats.updateBits), Int64(1) << Int64(run.formats.updateBits - 1))
    let momentum = run.momentumCoefficient
    let penalised = run.penalisesIntercept ? d : d - 1
    var gradient = [Int64](repeating: 0, count: d * outputs)
    var row = BatchRow(outputs: outputs)
    for (t, step) in numbers.enumerated() {
      for index in gradient.indices { gradient[index] = 0 }
      for b in 0..<(1 << bits) {
        let index = Int(batches[t << bits + b])
        if index < 0, trace == nil { continue }
        try predict(index, state.weights, &row, step: steps.lowerBound + t)
        trace?.record(row, place: t << bits + b)
        if index >= 0 { accumulate(index, row, &gradient) }
      }
      var next = state.weights
      for place in next.indices {
        let w = state.weights[place]
        // |sum| < 2^61 by `bounds`.
        var sum = momentum * (w - state.previous[place]) - step.gradientCoefficient * gradient[place] + half
        if place / outputs < penalised { sum -= step.penaltyCoefficient * w }
        let update = sum >> scale
        next[place] = w + update
        guard run.weightRange.contains(next[place]) else {
          throw TrainingRun.refusal("a weight leaves its format in step \(steps.lowerBound + t); a smaller learning rate, or more weight bits")
        }
        trace?.record(weight: next[place], remainder: sum - update << scale, step: t, feature: place / outputs, output: place % outputs)
      }
      state = TrainingState(weights: next, previous: state.weights)
    }
    return state
  }

  /// Scores and predictions of one row; of row −1, which stands for none, of all features 0.
  private func predict(_ index: Int, _ weights: [Int64], _ row: inout BatchRow, step: Int) throws(ProgramError) {
    let (d, outputs) = (data.featureCount, run.outputCount)
    for k in 0..<outputs { row.scores[k] = 0 }
    if index >= 0 {
      let start = index * d
      for j in 0..<d {
        let x = data.features[start + j]
        if x == 0 { continue }
        for k in 0..<outputs { row.scores[k] &+= x &* weights[j * outputs + k] }
      }
    }
    let shift = Int64(run.scoreShift)
    for k in 0..<outputs {
      let sum = row.scores[k] + (1 << (shift - 1))
      row.scores[k] = sum >> shift
      row.remainders[k] = sum - row.scores[k] << shift
      guard run.scoreRange.contains(row.scores[k]) else {
        throw TrainingRun.refusal("a score leaves its format in step \(step); fewer fraction bits of scores")
      }
    }
    switch run.target {
    case .binary: row.predictions[0] = table[Int(row.scores[0] - run.scoreRange.lower)]
    case .number: row.predictions[0] = row.scores[0]
    case .classes:
      row.largest = row.scores.max() ?? 0
      row.chosen = row.scores.firstIndex(of: row.largest) ?? 0
      var total: Int64 = 0
      for k in 0..<outputs {
        row.exponentials[k] = table[Int(row.largest - row.scores[k])]
        total += row.exponentials[k]
      }
      for k in 0..<outputs {
        row.predictions[k] = (row.exponentials[k] << Int64(run.formats.probabilityBits + 1) + total) / (2 * total)
      }
    }
  }

  private func accumulate(_ index: Int, _ row: BatchRow, _ gradient: inout [Int64]) {
    let (d, outputs) = (data.featureCount, run.outputCount)
    let start = index * d
    for j in 0..<d {
      let x = data.features[start + j]
      if x == 0 { continue }
      for k in 0..<outputs { gradient[j * outputs + k] &+= x &* (row.predictions[k] - data.targets[index * outputs + k]) }
    }
  }

  private func log2(_ value: Int) -> Int { value <= 1 ? 0 : Int.bitWidth - (value - 1).leadingZeroBitCount }
}

/// What one row of a batch gives.
struct BatchRow {
  var scores: [Int64]
  var remainders: [Int64]
  var predictions: [Int64]
  var exponentials: [Int64]
  var largest: Int64 = 0
  var chosen = 0

  init(outputs: Int) {
    scores = [Int64](repeating: 0, count: outputs)
    (remainders, predictions, exponentials) = (scores, scores, scores)
  }
}

/// The witness of a run's steps: columns by key, output by output.
///
/// Over (step, place in the batch): `score.k`, `score-remainder.k`, `prediction.k`; with classes also `largest`, `chosen.k`,
/// `exponential.k`. Over (step, feature): `weight.k` (after the step), `update-remainder.k`. Places without a row and features beyond the
/// last hold what the relations give for features 0.
struct TrainingTrace {
  private(set) var columns: [String: [Int64]] = [:]
  private let featureBits: Int
  private let outputs: Int
  private var cells: [[Int64]]
  private var weights: [[Int64]]
  private let isSoftmax: Bool

  init(_ run: TrainingRun, stepCount: Int) {
    func log2(_ value: Int) -> Int { value <= 1 ? 0 : Int.bitWidth - (value - 1).leadingZeroBitCount }
    outputs = run.outputCount
    featureBits = log2(run.featureCount)
    if case .classes = run.target { isSoftmax = true } else { isSoftmax = false }
    let batch = [Int64](repeating: 0, count: stepCount << log2(run.batchSize))
    cells = [[Int64]](repeating: batch, count: (isSoftmax ? 5 : 3) * outputs + 1)
    let zeros = [Int64](repeating: 0, count: stepCount << featureBits)
    let halves = [Int64](repeating: 1 << Int64(run.formats.updateBits - 1), count: stepCount << featureBits)
    weights = [[Int64]](repeating: zeros, count: outputs) + [[Int64]](repeating: halves, count: outputs)
  }

  mutating func record(_ row: BatchRow, place: Int) {
    for k in 0..<outputs {
      cells[k][place] = row.scores[k]
      cells[outputs + k][place] = row.remainders[k]
      cells[2 * outputs + k][place] = row.predictions[k]
    }
    guard isSoftmax else { return }
    for k in 0..<outputs { cells[3 * outputs + k][place] = row.exponentials[k] }
    cells[4 * outputs + row.chosen][place] = 1
    cells[5 * outputs][place] = row.largest
  }

  mutating func record(weight: Int64, remainder: Int64, step: Int, feature: Int, output: Int) {
    weights[output][step << featureBits + feature] = weight
    weights[outputs + output][step << featureBits + feature] = remainder
  }

  /// All columns by key.
  func byKey() -> [String: [Int64]] {
    var out: [String: [Int64]] = [:]
    for k in 0..<outputs {
      out["score.\(k)"] = cells[k]
      out["score-remainder.\(k)"] = cells[outputs + k]
      out["prediction.\(k)"] = cells[2 * outputs + k]
      out["weight.\(k)"] = weights[k]
      out["update-remainder.\(k)"] = weights[outputs + k]
      if isSoftmax {
        out["exponential.\(k)"] = cells[3 * outputs + k]
        out["chosen.\(k)"] = cells[4 * outputs + k]
      }
    }
    if isSoftmax { out["largest"] = cells[5 * outputs] }
    return out
  }
}

extension Trainer {
  /// The witness of the steps from a state, and the state after them.
  public func witness(from state: TrainingState, steps: Range<Int>) throws(ProgramError) -> (state: TrainingState, columns: [String: [Int64]]) {
    let (last, trace) = try trace(from: state, steps: steps)
    return (last, trace.byKey())
  }
}

extension TrainingRun {
  /// The probability of a score, for a binary target.
  public var sigmoid: TableLookup {
    TableLookup(
      function: .sigmoid(inputFractionBits: formats.scoreFractionBits, outputFractionBits: formats.probabilityBits), domain: scoreRange)
  }

  /// ⌊2^π·e^(−d / 2^f) + 1/2⌋ for d = 0 … 2^scoreBits − 1.
  /// - Throws: `roundingUndecided` where the error bound of the exponential leaves the rounding open.
  public func exponentials() throws(ProgramError) -> [Int64] {
    guard let exponential = FixedPointExponential(inputFractionBits: formats.scoreFractionBits) else { throw Self.refusal("score fraction bits") }
    let drop = UInt64(FixedPointExponential.fractionBits - formats.probabilityBits)
    let half = UInt64(1) << (drop - 1)
    var out: [Int64] = []
    out.reserveCapacity(1 << formats.scoreBits)
    for d in 0..<(UInt64(1) << UInt64(formats.scoreBits)) {
      if d == 0 {
        out.append(1 << Int64(formats.probabilityBits))
        continue
      }
      let e = exponential.value(d)
      let error = FixedPointExponential.errorUnits
      let (low, high) = (((e > error ? e - error : 0) + half) >> drop, (e + error + half) >> drop)
      guard low == high else { throw .roundingUndecided(argument: Int64(d)) }
      out.append(Int64(low))
    }
    return out
  }
}
