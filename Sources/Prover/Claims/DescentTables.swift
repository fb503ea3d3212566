import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

/// The tables of one descent's sumchecks, named as in `ClaimRelation.verify(_: DescentConstraint)`. Row-major, the step first.
final class DescentTables<E: KernelField> {
  typealias Base = E.Base
  private let descent: DescentConstraint
  private let point: DescentPoint<E>
  /// Feature columns over the table's rows, padding included.
  private let features: [WitnessColumn<Base>]
  /// P(t, j), W(t, j).
  let gathered: FieldBuffer<E>
  let weights: FieldBuffer<E>
  /// Q(t, b), E(t, b).
  let gatheredFold: FieldBuffer<E>
  let residuals: FieldBuffer<E>
  /// Σ_j eq(r_j, j)·X_j and Σ_k γ^k·target_k over rows.
  let fold: FieldBuffer<E>
  let target: FieldBuffer<E>
  /// Z, L, V, M, l over steps.
  let scores: FieldBuffer<E>
  let linear: FieldBuffer<E>
  let penalised: FieldBuffer<E>
  let mask: FieldBuffer<E>
  let penaltyFactors: FieldBuffer<E>

  init(_ descent: DescentConstraint, witness: WitnessReader<E>, point: DescentPoint<E>, gammas: [E]) {
    self.descent = descent
    self.point = point
    let features = descent.features.map { Self.column($0, bits: descent.rows.bits, witness) }
    self.features = features
    let stepCount = 1 << descent.steps.bits
    let own = Self.equality(point.step)
    let live = descent.steps.count
    let mask = FieldBuffer<E>(repeating: .zero, count: stepCount)
    let penalties = FieldBuffer<E>(repeating: .zero, count: stepCount)
    for t in 0..<live {
      mask.pointer[t] = own[t]
      penalties.pointer[t] = own[t].scaled(by: Base(signed: descent.penaltyCoefficients[t]))
    }
    self.mask = mask
    penaltyFactors = penalties
    gathered = Self.gather(descent, features, own, Self.equality(point.batch))
    // Over rows.
    let featureWeights = Self.equality(point.feature)
    fold = Self.combine(features, (0..<features.count).map { featureWeights[$0] }, count: 1 << descent.rows.bits)
    let targets = descent.targets.map { Self.column($0, bits: descent.rows.bits, witness) }
    target = Self.combine(targets, gammas, count: 1 << descent.rows.bits)
    // Over places.
    let placeBits = descent.steps.bits + descent.batchBits
    let outputs = Self.combine(descent.outputs.map { Self.column($0, bits: placeBits, witness) }, gammas, count: 1 << placeBits)
    residuals = outputs
    gatheredFold = Self.gatherFold(descent, own, fold, target, outputs)
    let sums = Self.combine(descent.scores.map { Self.column($0, bits: placeBits, witness) }, gammas, count: 1 << placeBits)
    scores = Self.contract(sums, Self.equality(point.batch), rows: stepCount)
    // Over features.
    let cellBits = descent.steps.bits + descent.featureBits
    let width = 1 << descent.featureBits
    let after = Self.combine(descent.weights.map { witness.read($0) }, gammas, count: 1 << cellBits)
    let remainders = Self.combine(descent.remainders.map { witness.read($0) }, gammas, count: 1 << cellBits)
    let initial = Self.start(descent.initial, gammas, descent, witness)
    let previous = Self.start(descent.previous, gammas, descent, witness)
    let weights = FieldBuffer<E>(uninitialisedCount: 1 << cellBits)
    weights.pointer.initialize(from: initial.pointer, count: width)
    (weights.pointer + width).initialize(from: after.pointer, count: (stepCount - 1) * width)
    self.weights = weights
    let later = Self.contract(after, featureWeights, rows: stepCount)
    let rests = Self.contract(remainders, featureWeights, rows: stepCount)
    let (atStart, before) = (Self.contract(initial, featureWeights, rows: 1)[0], Self.contract(previous, featureWeights, rows: 1)[0])
    let (linear, penalised) = (FieldBuffer<E>(uninitialisedCount: stepCount), FieldBuffer<E>(uninitialisedCount: stepCount))
    let scale = Base(signed: Int64(1) << Int64(descent.updateBits))
    let momentum = Base(signed: descent.momentum)
    let half = gammas.reduce(.zero, +).scaled(by: Base(signed: Int64(1) << Int64(descent.updateBits - 1)))
    func at(_ t: Int) -> E { t == 0 ? atStart : t < 0 ? before : later[t - 1] }
    for t in 0..<stepCount {
      let now = at(t)
      linear.pointer[t] =
        at(t + 1).scaled(by: scale) - now.scaled(by: scale + momentum) + at(t - 1).scaled(by: momentum) + rests[t] - half
      penalised.pointer[t] = now
      if let free = descent.unpenalised { penalised.pointer[t] -= featureWeights[free] * weights[t * width + free] }
    }
    self.linear = linear
    self.penalised = penalised
  }

  /// L − α·Z.
  func linearLessScores(_ alpha: E) -> FieldBuffer<E> { E.parallelCombine(linear, scores, coefficient: -alpha) }

  /// Σ_j eq(point, j)·X_j over the table's rows.
  func folded(_ featurePoint: [E]) -> FieldBuffer<E> {
    let weights = Self.equality(featurePoint)
    return Self.combine(features, (0..<features.count).map { weights[$0] }, count: 1 << descent.rows.bits)
  }

  /// The public weights of the table's rows, for scores, gradients and targets.
  func gathers(stepPoint: [E], batchPoint: [E]) -> [FieldBuffer<E>] {
    let kinds: [(DescentPoint<E>.Gather, [E])] = [(.score, point.batch), (.gradient, batchPoint), (.target, batchPoint)]
    let (descent, point) = (descent, point)
    return parallelMap(count: 3, minimumChunk: 1) { range in
      range.map { index in
        let (kind, places) = kinds[index]
        return Self.scatter(descent, point.stepWeights(descent, at: stepPoint, kind), Self.equality(places))
      }
    }.flatMap { $0 }
  }

  // MARK: Passes

  private static func equality(_ point: [E]) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(uninitialisedCount: 1 << point.count)
    E.fillEqTable(out.pointer, point: point, scale: .one)
    return out
  }

  /// An expression over 2^bits rows as base elements, without a copy where it is a plain column.
  private static func column(_ expression: ColumnExpression, bits: Int, _ witness: WitnessReader<E>) -> WitnessColumn<Base> {
    if expression.constant == 0, expression.terms.count == 1, expression.terms[0].coefficient == 1, expression.terms[0].view.variableCount == bits {
      return witness.read(expression.terms[0].view)
    }
    let out = FieldBuffer<Base>(uninitialisedCount: 1 << bits)
    var constant = Base(signed: expression.constant)
    var columns: [WitnessColumn<Base>] = []
    var coefficients: [Base] = []
    for term in expression.terms {
      let column = witness.read(term.view)
      if term.view.variableCount == bits {
        columns.append(column)
        coefficients.append(Base(signed: term.coefficient))
      } else {
        constant += Base(signed: term.coefficient) * column[0]
      }
    }
    E.combineColumns(out.pointer, columns: columns.map(\.pointer), coefficients: coefficients, constant: constant, count: 1 << bits)
    withExtendedLifetime(columns) {}
    return WitnessColumn(owner: out, pointer: UnsafePointer(out.pointer), count: out.count)
  }

  /// Σ weight·column.
  private static func combine(_ columns: [WitnessColumn<Base>], _ weights: [E], count: Int) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(repeating: .zero, count: count)
    let target = SendablePointer(out.pointer)
    parallelChunks(count: count, minimumChunk: 1024) { range in
      let rows = FieldBuffer(columns.map { $0.pointer + range.lowerBound })
      weights.withUnsafeBufferPointer { factors in
        guard let base = factors.baseAddress, !columns.isEmpty else { return }
        E.accumulateRows(target.pointer + range.lowerBound, rows: rows.pointer, coefficients: base, rowCount: columns.count, count: range.count)
      }
    }
    withExtendedLifetime(columns) {}
    return out
  }

  /// Σ_i weights[i]·table[row, i] for every row.
  private static func contract(_ table: FieldBuffer<E>, _ weights: FieldBuffer<E>, rows: Int) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(uninitialisedCount: rows)
    let (source, factors, target) = (SendableConstPointer(table.pointer), SendableConstPointer(weights.pointer), SendablePointer(out.pointer))
    let width = weights.count
    parallelChunks(count: rows, minimumChunk: max(1, 4096 / width)) { range in
      for row in range { target.pointer[row] = E.dot(factors.pointer, source.pointer + row * width, count: width) }
    }
    withExtendedLifetime((table, weights)) {}
    return out
  }

  /// P(t, j) = eq(r_t, t)·Σ_b eq(r_b, b)·X_j(row), 0 beyond the steps and features.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private static func gather(
    _ descent: DescentConstraint, _ features: [WitnessColumn<Base>], _ steps: FieldBuffer<E>, _ places: FieldBuffer<E>
  ) -> FieldBuffer<E> {
    let width = 1 << descent.featureBits
    let out = FieldBuffer<E>(repeating: .zero, count: width << descent.steps.bits)
    let target = SendablePointer(out.pointer)
    let (stepWeights, placeWeights) = (SendableConstPointer(steps.pointer), SendableConstPointer(places.pointer))
    let batch = 1 << descent.batchBits
    descent.batches.withUnsafeBufferPointer { list in
      guard let base = list.baseAddress else { return }
      let rows = SendableConstPointer(base)
      parallelChunks(count: features.count, minimumChunk: 1) { range in
        let own = FieldBuffer<Base>(repeating: .zero, count: batch)
        for j in range {
          let column = features[j].pointer
          for t in 0..<descent.steps.count {
            let first = rows.pointer + t * batch
            for b in 0..<batch { own.pointer[b] = first[b] < 0 ? .zero : column[Int(first[b])] }
            target.pointer[t * width + j] = stepWeights.pointer[t] * E.dot(placeWeights.pointer, UnsafePointer(own.pointer), count: batch)
          }
        }
      }
    }
    withExtendedLifetime((features, steps, places)) {}
    return out
  }

  /// Q(t, b) = eq(r_t, t)·a_t·fold(row); and E(t, b), from the outputs in place, loses target(row).
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private static func gatherFold(
    _ descent: DescentConstraint, _ steps: FieldBuffer<E>, _ fold: FieldBuffer<E>, _ target: FieldBuffer<E>, _ outputs: FieldBuffer<E>
  ) -> FieldBuffer<E> {
    let batch = 1 << descent.batchBits
    let out = FieldBuffer<E>(repeating: .zero, count: batch << descent.steps.bits)
    for t in 0..<descent.steps.count {
      let weight = steps[t].scaled(by: Base(signed: descent.gradientCoefficients[t]))
      for b in 0..<batch {
        let place = t * batch + b
        let row = Int(descent.batches[place])
        if row < 0 { continue }
        out.pointer[place] = weight * fold[row]
        outputs.pointer[place] -= target[row]
      }
    }
    return out
  }

  /// Σ over places of a row: weight of the step · weight of the place.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private static func scatter(_ descent: DescentConstraint, _ steps: [E], _ places: FieldBuffer<E>) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(repeating: .zero, count: 1 << descent.rows.bits)
    let batch = 1 << descent.batchBits
    for t in 0..<descent.steps.count {
      let weight = steps[t]
      for b in 0..<batch {
        let row = Int(descent.batches[t * batch + b])
        if row >= 0 { out.pointer[row] += weight * places[b] }
      }
    }
    return out
  }

  /// Σ γ^k·column_k on the logical features, 0 beyond and without columns.
  private static func start(_ views: [View], _ gammas: [E], _ descent: DescentConstraint, _ witness: WitnessReader<E>) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(repeating: .zero, count: 1 << descent.featureBits)
    for (view, gamma) in zip(views, gammas) {
      let column = witness.read(view)
      for j in 0..<descent.features.count { out.pointer[j] += gamma.scaled(by: column[j]) }
    }
    return out
  }
}
