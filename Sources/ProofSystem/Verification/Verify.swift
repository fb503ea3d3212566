import Fields
import Hashing

/// What an accepted proof opened: the distinct positions of each shape, in shape order.
public struct VerifiedProof: Sendable, Equatable {
  public let openedPositions: [[Int]]
  /// Roots of the artefacts' trees as the proof carries them, by tree name.
  public let roots: [String: Digest]
  public let inventory: [TranscriptEntry]
}

/// The zero-knowledge verifier: a pure function of (statement, proof bytes). Ends in acceptance or in a typed error.
///
/// **Soundness**: round by round, `Statement.accounting`; refused under the profile's target.
/// > Warning: the statement must come from the verifier's own reading of public data, never from the prover's memory.
public enum ProofVerifier {
  public static func verify<E: ChallengeField>(_ statement: Statement<E>, proof: [UInt8]) throws(VerificationError) -> VerifiedProof {
    try verify(statement, proof: proof, configuration: Production<E>.self)
  }

  @_specialize(where Configuration == Production<GoldilocksCubic>)
  @_specialize(where Configuration == Production<GoldilocksQuadratic>)
  @_specialize(where Configuration == Production<BN254Scalar>)
  @_specialize(where Configuration == Production<RuntimePrimeField>)
  package static func verify<Configuration: EngineConfiguration>(
    _ statement: Statement<Configuration.E>, proof: [UInt8], configuration: Configuration.Type
  ) throws(VerificationError) -> VerifiedProof {
    typealias E = Configuration.E
    guard statement.isOfFieldInForce else { throw .statementMismatch("modulus") }
    if Configuration.Policy.enforces("soundness") { try statement.checkSoundness() }
    var tape = try VerifierTape<E, Configuration.Chain>(proof: proof)
    let roots = try begin(&tape, statement, Configuration.self)
    var treeRoots = roots
    for index in statement.shapes.indices { treeRoots[statement.auxiliaryName(index)] = try tape.messageDigest("aux.root") }
    if Configuration.Policy.enforces("statement.absorbed") {
      statement.observeAfterCommit({ tape.observe($0, $1) }, zeros: { tape.observeZeros($0, $1) })
    }

    var channel = AffineChannel(tape: tape, policy: Configuration.Policy.self)
    let front = try Front.run(&channel, relation: statement.relation, shapes: statement.shapes, stacks: statement.stacks)
    let checks = channel.checks
    let (weights, v) = statement.layout.combine(checks, zeta: channel.tape.challenges("pads.zeta", count: 1)[0])
    let padWeights = Merge.padWeightRows(weights, log2RowLength: statement.primary.log2RowLength, padRows: statement.padRowCount)
    let mu = try channel.tape.message("pads.mu", count: 1)[0]
    let epsilon2 = channel.tape.challenges("pads.epsilon", count: 1)[0]
    let cross = try channel.tape.message("merge.cross", count: Merge.crossCount(padRows: statement.padRowCount))
    let table = Merge.table(
      a: front.residuals[statement.primaryIndex].value, target: mu + epsilon2 * v, sent: cross, padRows: statement.padRowCount)
    let epsilon3 = channel.tape.challenges("merge.epsilon", count: 1)[0]
    let values = table.map { Merge.curve($0, epsilon3) }
    let shapeValues = front.residuals.enumerated().map { $0 == statement.primaryIndex ? values[0] : $1.value }
    var claims = statement.levelOneClaims(front, padWeights: padWeights, shapeValues: shapeValues, padValues: Array(values.dropFirst()))

    let levelOneRoot = try channel.tape.messageDigest("ligerito.root")
    let opened = zip(statement.shapes, statement.queryCounts).map { shape, count in
      sortedDistinct(channel.tape.indices("rows.query", count: count, log2Range: shape.log2Length))
    }
    for (index, leaves) in opened.enumerated() {
      let sums = try readColumns(
        &channel.tape, statement, Configuration.self, shape: index, leaves: leaves, roots: treeRoots,
        weights: statement.columnWeights(shape: index, front: front, epsilon2: epsilon2, epsilon3: epsilon3))
      guard Configuration.Policy.enforces("level0.claims") else { continue }
      let points = EvaluationDomain.points(leaves, log2Length: statement.shapes[index].log2Length, of: E.Base.self)
      for (x, sum) in zip(points, sums) { claims.append(statement.queryClaim(shape: index, x: x, value: sum)) }
    }
    try Ligerito.verify(
      &channel.tape, Configuration.self, root: levelOneRoot, claims: claims, levels: statement.levels, present: statement.presentRows)
    let inventory = channel.tape.chain.inventory
    try channel.tape.finish()
    return VerifiedProof(openedPositions: opened, roots: roots, inventory: inventory)
  }

  /// Step 0: reads the artefact roots and binds everything public.
  private static func begin<Configuration: EngineConfiguration>(
    _ tape: inout VerifierTape<Configuration.E, Configuration.Chain>, _ statement: Statement<Configuration.E>, _: Configuration.Type
  ) throws(VerificationError) -> [String: Digest] {
    let bound = Configuration.Policy.enforces("statement.absorbed")
    if bound { statement.observeParameters { tape.observe($0, $1) } }
    var roots: [String: Digest] = [:]
    for matrix in statement.relation.matrices {
      guard let reference = statement.artefacts[matrix.name], let shape = statement.shapes.first(where: { $0.name == matrix.shape }) else {
        throw .statementMismatch(CheckName("artefact \(matrix.name)"))
      }
      // One root for each tree, where its first artefact is named.
      let root: Digest
      if let known = roots[matrix.tree] { root = known } else { root = try tape.hintDigest() }
      let artefact = Artefact(
        kind: reference.kind, shape: shape, layout: matrix.layout, format: reference.format, root: root, field: Configuration.E.Base.self,
        placement: matrix.placement)
      if Configuration.Policy.enforces("commitment.identity"), artefact.identity != reference.identity {
        throw .statementMismatch("commitment.identity")
      }
      roots[matrix.tree] = root
      tape.observe("artefact", Statement<Configuration.E>.artefactPayload(matrix, artefact))
    }
    if bound { tape.observe("trees", statement.treeDescription.encoded) }
    return roots
  }

  /// Reads and checks the opened columns of every tree of one shape; returns Σ_trees Σ_rows weight·entry per position.
  private static func readColumns<Configuration: EngineConfiguration>(
    _ tape: inout VerifierTape<Configuration.E, Configuration.Chain>, _ statement: Statement<Configuration.E>, _: Configuration.Type,
    shape index: Int, leaves: [Int], roots: [String: Digest], weights: [[Configuration.E]]
  ) throws(VerificationError) -> [Configuration.E] {
    typealias E = Configuration.E
    var sums = [E](repeating: .zero, count: leaves.count)
    for (tree, treeWeights) in zip(statement.trees(ofShape: index), weights) {
      guard treeWeights.count == tree.rowCount else { throw .statementMismatch("tree rows") }
      var hashes: [Digest] = []
      var payload: [UInt8] = []
      for position in leaves.indices {
        let salt = Array(try tape.hintBytes(Artefact.saltByteCount))
        let column = try tape.hintBase(tree.rowCount)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(column.count * E.Base.byteCount)
        var sum = E.zero
        for (weight, entry) in zip(treeWeights, column) {
          entry.appendBytes(to: &bytes)
          sum += weight.scaled(by: entry)
        }
        sums[position] += sum
        hashes.append(Merkle.leafHash(salt: salt, column: bytes))
        payload += bytes
      }
      tape.absorbColumns("rows.columns", payload: payload, count: tree.rowCount * leaves.count)
      guard let root = roots[tree.name] else { throw .statementMismatch("tree") }
      try checkMultiproof(
        &tape, Configuration.self, "level0.merkle", root: root, depth: statement.shapes[index].log2Length, leaves: leaves, hashes: hashes)
    }
    return sums
  }
}

extension Statement {
  /// Step 0 before the artefacts: parameters, relation, context.
  public func observeParameters(_ observe: (String, [UInt8]) -> Void) {
    observe("parameters", parameters.encoded)
    observe("relation", relationDigest.bytes)
    observe("context", context)
  }

  public static func artefactPayload(_ matrix: RelationMatrix, _ artefact: Artefact) -> [UInt8] {
    CanonicalValue.list([.text(matrix.name), .text(matrix.shape), .bytes(artefact.preimage)]).encoded
  }

  /// Step 1 after the auxiliary roots: the relation digest again and Z zero bytes.
  public func observeAfterCommit(_ observe: (String, [UInt8]) -> Void, zeros: (String, Int) -> Void) {
    observe("relation", relationDigest.bytes)
    zeros("zeros", zeroByteCount)
  }
}
