import Fields
import Kernels
import Parallelism
import ProofSystem
import R1CS

extension R1CSRelation: ProvableRelation where E: KernelField {
  /// **Throws** `ProverError.unsatisfiedConstraint` when the wires do not satisfy the circuit.
  public func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    try prove(&channel, witness, refusesFalseWires: true)
  }

  /// For dishonest provers: `refusesFalseWires` false goes on with wires that do not satisfy the circuit, `factors` replaces a, b, c.
  package func prove<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>, refusesFalseWires: Bool, factors: ([E]) -> [E] = { $0 }
  ) throws(ProverError) {
    _ = channel.challenges("r1cs.public", count: instanceBits + log2Ceiling(circuit.publicCount + 1))
    if !bindings.isEmpty { _ = channel.challenge("r1cs.bind") }
    let tau = channel.challenges("r1cs.tau", count: instanceBits + constraintBits)
    let wires = witness.read(self.wires)
    let tables = products(wires)
    if refusesFalseWires, let failure = Self.firstFailure(tables) {
      throw .unsatisfiedConstraint(instance: failure >> constraintBits, constraint: failure & ((1 << constraintBits) - 1))
    }
    let (point, values) = ConstraintSumcheck<E>.prove(&channel, a: tables[0], b: tables[1], c: tables[2], tau: tau, label: "r1cs.rows")
    channel.send("r1cs.factors", factors(values))
    let alpha = channel.challenge("r1cs.alpha")
    let columns = MatrixProducts<E>.columns(circuit, point: Array(point.dropFirst(instanceBits)), alpha: alpha, columnBits: wireBits)
    let final =
      instanceBits == 0
      ? Self.columnRounds(&channel, columns, wires)
      : SumcheckProver.product(
        &channel, columns,
        ConstraintSumcheck<E>.fold(
          wires.pointer, rows: instanceCount, stride: 1 << wireBits, weights: Equality.table(Array(point.prefix(instanceBits)))),
        label: "r1cs.columns"
      ).a
    withExtendedLifetime(wires) {}
    channel.record("r1cs.matrix", final)
  }

  /// A·z, B·z and C·z of all instances.
  func products(_ wires: WitnessColumn<Base>) -> [FieldBuffer<Base>] {
    let out = [circuit.a, circuit.b, circuit.c].map { matrix in
      MatrixProducts<E>.rows(
        matrix, wires: wires.pointer, wireBits: wireBits, instances: instanceCount, instanceBits: instanceBits, constraintBits: constraintBits)
    }
    withExtendedLifetime(wires) {}
    return out
  }

  /// The first row with a·b ≠ c.
  static func firstFailure(_ tables: [FieldBuffer<Base>]) -> Int? {
    parallelMap(count: tables[0].count, minimumChunk: 8192) { range -> Int? in
      let length = min(range.count, 2048)
      let block = FieldBuffer<Base>(uninitialisedCount: length, secret: true)
      for start in stride(from: range.lowerBound, to: range.upperBound, by: length) {
        let own = start..<min(start + length, range.upperBound)
        E.constraintTerms(block.pointer, a: tables[0].pointer, b: tables[1].pointer, c: tables[2].pointer, range: own)
        if !E.allZero(block.pointer, count: own.count), let j = own.indices.first(where: { !block[$0 - start].isZero }) { return j }
      }
      return nil
    }.lazy.compactMap { $0 }.first
  }

  /// Rounds of Σ_y M(y)·z(y) with z in the base field until the first challenge. Returns M at the point.
  private static func columnRounds<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, _ columns: FieldBuffer<E>, _ wires: WitnessColumn<Base>
  ) -> E {
    guard wires.count > 1 else { return columns[0] }
    let half = wires.count / 2
    let (m, z) = (SendableConstPointer(columns.pointer), SendableConstPointer(wires.pointer))
    let parts = parallelMap(count: half, minimumChunk: 4096) { range -> (c0: E, c2: E) in
      let (low, high, count) = (range.lowerBound, half + range.lowerBound, range.count)
      let c0 = E.dot(m.pointer + low, z.pointer + low, count: count)
      let mixed = E.dot(m.pointer + low, z.pointer + high, count: count) + E.dot(m.pointer + high, z.pointer + low, count: count)
      return (c0, c0 + E.dot(m.pointer + high, z.pointer + high, count: count) - mixed)
    }
    let sums = ProductInstance<E>.sum(parts)
    channel.send("r1cs.columns", [sums.c0, sums.c2])
    let r = channel.challenge("r1cs.columns.r")
    let target = SendablePointer(columns.pointer)
    parallelChunks(count: half, minimumChunk: 4096) { range in E.foldRange(target.pointer, half: half, range: range, by: r) }
    let folded = ConstraintSumcheck<E>.fold(wires.pointer, rows: 2, stride: half, weights: [.one - r, r])
    return SumcheckProver.product(&channel, columns, folded, count: half, label: "r1cs.columns").a
  }
}
