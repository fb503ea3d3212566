import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

extension ClaimRelation where E: KernelField {
  /// The prover of one network: the same walk from the results back as the verifier's, with the values at hand.
  func prove<Chain: TranscriptChain>(_ network: NetworkConstraint, _ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) {
    let point = channel.challenges("network.point", count: network.pointBits)
    var weights = NetworkWeights<E>(network, point: point, gamma: channel.challenge("network.batch"), loops: .parallel)
    let values = NetworkValues<E>(network, witness)
    for node in network.graph.nodes.indices.reversed() {
      guard case .product(let left, let right, _) = network.graph.nodes[node].kind else {
        weights.pass(node)
        continue
      }
      guard weights.isUsed(node) else { continue }
      let reduction = NetworkReduction(network, node)
      let points: [[E]]
      let tables: NetworkProductTables<E>
      if let single = weights.single(node) {
        points = single.points
        tables = NetworkProductTables(reduction, points, values)
        channel.send("network.value", [tables.value])
      } else {
        weights.settle()
        let dimensions = network.graph.dimensions(node)
        let own = NetworkLayout.padded(weights.full(node), dimensions)
        let result = NetworkLayout.padded(NetworkLayout.lift(values[node]) as [E], dimensions)
        channel.send("network.sum", [E.parallelDot(UnsafePointer(own.pointer), UnsafePointer(result.pointer), count: own.count)])
        let (end, weight, value) = SumcheckProver.product(&channel, own, result, label: "network.dense")
        points = NetworkLayout.split(end, dimensions)
        channel.record("network.weight", weight)
        channel.send("network.value", [value])
        tables = NetworkProductTables(reduction, points, values)
      }
      weights.finish(node)
      let (batch, inner) = tables.prove(&channel, points)
      let factors = channel.challenges("network.factors", count: 2)
      let own = reduction.weights(points, batch, inner)
      weights.add(own.left.scaled(by: factors[0]), to: left)
      weights.add(own.right.scaled(by: factors[1]), to: right)
    }
    weights.settle()
    channel.record("network.known", weights.known)
    let (weight, opening) = NetworkStackProver<E>(weights, witness).prove(&channel)
    channel.record("network.weight", weight)
    channel.send("network.opening", [opening])
  }
}

/// Lists of values in padded dimensions.
enum NetworkLayout {
  /// Entries of logical dimensions, row-major, at their places in dimensions padded to powers of two; zero elsewhere.
  @_specialize(where E == GoldilocksCubic)
  static func padded<E: KernelField>(_ values: [E], _ dimensions: [Int]) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(repeating: .zero, count: 1 << dimensions.reduce(0) { $0 + log2Ceiling($1) })
    let width = dimensions.last ?? 1
    let stride = 1 << log2Ceiling(width)
    var places = [0]
    for dimension in dimensions.dropLast() {
      let size = 1 << log2Ceiling(dimension)
      places = places.flatMap { place in (0..<dimension).map { place * size + $0 } }
    }
    for (row, place) in places.enumerated() { for column in 0..<width { out.pointer[place * stride + column] = values[row * width + column] } }
    return out
  }

  @_specialize(where E == GoldilocksCubic)
  static func lift<E: KernelField>(_ values: [E.Base]) -> [E] { values.map { E(base: $0) } }

  @_specialize(where E == GoldilocksCubic)
  static func lift<E: KernelField>(_ values: UnsafePointer<E.Base>, into out: UnsafeMutablePointer<E>, count: Int) {
    for index in 0..<count { out[index] = E(base: values[index]) }
  }

  /// A point's parts by the bits of the dimensions.
  static func split<E: KernelField>(_ point: [E], _ dimensions: [Int]) -> [[E]] {
    var start = 0
    return dimensions.map { dimension in
      let bits = log2Ceiling(dimension)
      defer { start += bits }
      return Array(point[start..<(start + bits)])
    }
  }
}
