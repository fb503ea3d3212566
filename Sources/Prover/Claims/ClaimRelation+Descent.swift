import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

extension ClaimRelation where E: KernelField {
  /// The prover of one descent. Passes over the data: one base × E product for each cell of a batch (P), three for each cell of the table.
  func prove<Chain: TranscriptChain>(_ descent: DescentConstraint, _ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) {
    let point = DescentPoint<E>(
      descent, channel.challenges("descent.point", count: descent.steps.bits + descent.batchBits + descent.featureBits))
    let batching = channel.challenges("descent.batch", count: 2)
    let tables = DescentTables<E>(descent, witness: witness, point: point, gammas: batching[0].powers(descent.scores.count))
    let alpha = batching[1]
    var scores = ProductInstance(tables.gathered, tables.weights)
    var gradients = ProductInstance(tables.gatheredFold, tables.residuals)
    var linear = ProductInstance(tables.mask, tables.linearLessScores(alpha))
    var penalty = ProductInstance(tables.penaltyFactors, tables.penalised.copy())
    var steps: [E] = []
    for _ in 0..<descent.steps.bits {
      let parts = [scores.round(), gradients.round(), linear.round(), penalty.round()]
      let factors = [alpha, .one, .one, .one]
      var (c0, c2) = (E.zero, E.zero)
      for (part, factor) in zip(parts, factors) {
        c0 += factor * part.c0
        c2 += factor * part.c2
      }
      channel.send("descent.steps", [c0, c2])
      let r = channel.challenge("descent.steps.r")
      scores.bind(r, more: scores.count > 2)
      gradients.bind(r, more: gradients.count > 2)
      linear.bind(r, more: linear.count > 2)
      penalty.bind(r, more: penalty.count > 2)
      steps.append(r)
    }
    channel.record("descent.mask", linear.a[0])
    channel.record("descent.penalty", penalty.a[0])
    let first = E.dot(UnsafePointer(scores.a.pointer), UnsafePointer(scores.b.pointer), count: scores.count)
    channel.send("descent.parts", [first, tables.scores.value(at: steps), tables.linear.value(at: steps), tables.penalised.value(at: steps)])
    let (featurePoint, batchPoint) = Self.lockstep(&channel, &scores, &gradients)
    let gathers = tables.gathers(stepPoint: steps, batchPoint: batchPoint)
    let folded = tables.folded(featurePoint)
    let target = E.parallelDot(gathers[2].pointer, tables.target.pointer, count: gathers[2].count)
    channel.send("descent.factors", [scores.a[0], scores.b[0], gradients.a[0], gradients.b[0], target])
    var rows0 = ProductInstance(gathers[0], folded)
    var rows1 = ProductInstance(gathers[1], tables.fold)
    var rows2 = ProductInstance(gathers[2], tables.target)
    while rows0.count > 1 {
      let parts = [rows0.round(), rows1.round(), rows2.round()]
      channel.send("descent.rows", parts.flatMap { [$0.c0, $0.c2] })
      let r = channel.challenge("descent.rows.r")
      rows0.bind(r, more: rows0.count > 2)
      rows1.bind(r, more: rows1.count > 2)
      rows2.bind(r, more: rows2.count > 2)
    }
    for table in gathers { channel.record("descent.gather", table[0]) }
  }

  /// Rounds over features and places with one challenge; the shorter stops first.
  private static func lockstep<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, _ first: inout ProductInstance<E>, _ second: inout ProductInstance<E>
  ) -> (first: [E], second: [E]) {
    var points: (first: [E], second: [E]) = ([], [])
    while first.count > 1 || second.count > 1 {
      let (one, two) = (first.count > 1, second.count > 1)
      var message: [E] = []
      if one {
        let (c0, c2) = first.round()
        message += [c0, c2]
      }
      if two {
        let (c0, c2) = second.round()
        message += [c0, c2]
      }
      channel.send("descent.inner", message)
      let r = channel.challenge("descent.inner.r")
      if one {
        first.bind(r, more: first.count > 2)
        points.first.append(r)
      }
      if two {
        second.bind(r, more: second.count > 2)
        points.second.append(r)
      }
    }
    return points
  }
}

extension FieldBuffer where Element: KernelField {
  /// The multilinear extension of 2^point.count entries.
  fileprivate func value(at point: [Element]) -> Element {
    let table = FieldBuffer<Element>(uninitialisedCount: 1 << point.count)
    Element.fillEqTable(table.pointer, point: point, scale: .one)
    return Element.parallelDot(UnsafePointer(table.pointer), UnsafePointer(pointer), count: table.count)
  }

  fileprivate func copy() -> FieldBuffer<Element> {
    let out = FieldBuffer<Element>(uninitialisedCount: count)
    out.pointer.initialize(from: pointer, count: count)
    return out
  }
}
