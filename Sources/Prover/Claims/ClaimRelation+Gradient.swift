import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

extension ClaimRelation where E: KernelField {
  /// The prover of one gradient: one base × E product for each cell of the table, and a sumcheck over its rows.
  func prove<Chain: TranscriptChain>(_ gradient: GradientConstraint, _ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) {
    let point = channel.challenges("gradient.point", count: gradient.featureExtent.bits)
    let gammas = channel.challenge("gradient.batch").powers(gradient.residuals.count)
    let count = 1 << gradient.rows.bits
    let folded = Self.combination(gradient.features, Equality.table(point), count: count, witness)
    let residuals = Self.combination(gradient.residuals.map { ColumnExpression($0) }, gammas, count: count, witness)
    let (left, right) = (SendableConstPointer(folded.pointer), SendableConstPointer(residuals.pointer))
    let value = parallelMap(count: count, minimumChunk: 4096) { range in
      E.dot(left.pointer + range.lowerBound, right.pointer + range.lowerBound, count: range.count)
    }.reduce(.zero) { $0 + $1 }
    channel.send("gradient.value", [value])
    let (_, a, b) = SumcheckProver.product(&channel, folded, residuals, label: "gradient.round")
    channel.send("gradient.factors", [a, b])
  }

  /// Σ weight·expression over 2^bits rows, padding included: each column is read once where it lies.
  private static func combination(_ list: [ColumnExpression], _ weights: [E], count: Int, _ witness: WitnessReader<E>) -> FieldBuffer<E> {
    var constant = E.zero
    var places: [View: Int] = [:]
    var views: [View] = []
    var factors: [E] = []
    for (expression, weight) in zip(list, weights) {
      constant += weight.scaled(by: Base(signed: expression.constant))
      for term in expression.terms {
        let own = weight.scaled(by: Base(signed: term.coefficient))
        if let place = places[term.view] {
          factors[place] += own
        } else {
          places[term.view] = views.count
          views.append(term.view)
          factors.append(own)
        }
      }
    }
    let columns = views.map { witness.read($0) }
    let out = FieldBuffer<E>(repeating: constant, count: count)
    let (target, coefficients) = (SendablePointer(out.pointer), factors)
    parallelChunks(count: count, minimumChunk: 1024) { range in
      // Pieces that stay in the second-level cache while the columns are added.
      for first in stride(from: range.lowerBound, to: range.upperBound, by: 4096) {
        let rows = FieldBuffer(columns.map { $0.pointer + first })
        coefficients.withUnsafeBufferPointer { factors in
          guard let base = factors.baseAddress, !columns.isEmpty else { return }
          E.accumulateRows(
            target.pointer + first, rows: rows.pointer, coefficients: base, rowCount: columns.count, count: min(4096, range.upperBound - first))
        }
      }
    }
    withExtendedLifetime(columns) {}
    return out
  }
}
