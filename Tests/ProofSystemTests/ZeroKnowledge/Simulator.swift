import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import TestSupport

/// Uniform messages, drawn once and kept; `given` overrides a label. Challenges are frozen.
struct DrawnTape<E: ToyField>: MessageTape, ~Copyable {
  var chain = FrozenChallenges()
  var randomness: Randomness
  let given: [String: [E]]
  private(set) var sent: [(label: String, values: [E])] = []

  init(randomness: Randomness, given: [String: [E]]) {
    self.randomness = randomness
    self.given = given
  }
  mutating func message(_ label: String, count: Int) -> [E] {
    let values = given[label] ?? randomness.ext(count)
    sent.append((label, values))
    return values
  }
  mutating func challenges(_ label: String, count: Int) -> [E] { chain.challenges(label, count: count, as: E.self) }
}

/// The zero-knowledge simulator of design 2, section 2.4, for one shape: an accepting proof from the statement alone, challenges
/// programmed. All padded messages, σ, τ, g, g2 and the opened entries of data and pad rows are uniform; opened mask entries are computed
/// from g, g2; a, μ2 and the cross values too; unopened leaves are random digests. Source: spec `test_simulator.py`.
struct Simulator<E: ToyField> {
  typealias Base = E.Base
  let statement: Statement<E>
  var randomness: Randomness

  /// Columns and salts at the opened positions, random digests elsewhere.
  struct Opened {
    let columns: [Int: [Base]]
    let salts: [Int: [UInt8]]
    let tree: MerkleTree
  }

  init(_ statement: Statement<E>, seed: Int) {
    self.statement = statement
    randomness = Randomness(seed: ToyRandom.seed(seed))
  }

  private mutating func opened(_ columns: [Int: [Base]], log2Length: Int) throws -> Opened {
    var leaves: [Digest] = []
    for _ in 0..<(1 << log2Length) { leaves.append(SHA256.hash(randomness.block())) }
    var salts: [Int: [UInt8]] = [:]
    for (position, column) in columns.sorted(by: { $0.key < $1.key }) {
      let salt = randomness.block()
      salts[position] = salt
      leaves[position] = Merkle.leafHash(salt: salt, column: Self.bytes(column))
    }
    return Opened(columns: columns, salts: salts, tree: try MerkleTree(leaves: leaves))
  }

  static func bytes(_ column: [Base]) -> [UInt8] {
    var out: [UInt8] = []
    for entry in column { entry.appendBytes(to: &out) }
    return out
  }

  /// Σ_b row[b]·x^b.
  static func evaluate(_ row: [E], at x: Base) -> E { row.reversed().reduce(.zero) { $0.scaled(by: x) + $1 } }

  /// The proof, and the statement with the identities of the simulated artefacts.
  mutating func run() throws -> (proof: [UInt8], statement: Statement<E>) {
    let shape = statement.shapes[0]
    let length = 1 << shape.log2RowLength
    var preview = FrozenChallenges()
    let leaves = Set(preview.indices("rows.query", count: statement.queryCounts[0], log2Range: shape.log2Length)).sorted()
    let epsilon2 = preview.challenges("pads.epsilon", count: 1, as: E.self)[0]
    let epsilon3 = preview.challenges("merge.epsilon", count: 1, as: E.self)[0]
    let zeta = preview.challenges("pads.zeta", count: 1, as: E.self)[0]
    let g: [E] = randomness.ext(shape.dimension)
    let g2 = (0..<statement.padRowCount).map { _ -> [E] in randomness.ext(shape.dimension) }
    func inner(_ weights: [E], _ row: [E]) -> E { zip(weights, row).reduce(.zero) { $0 + $1.0 * $1.1 } }

    // a needs W', which needs challenges only: once on placeholders, then with a = ⟨W', g⟩.
    var blank = AffineChannel(tape: DrawnTape<E>(randomness: randomness, given: [:]), policy: AllChecks.self)
    let placeholder = try Front.run(&blank, relation: statement.relation, shapes: statement.shapes, stacks: statement.stacks)
    let bound = DenseReference.table(placeholder.residuals[0].weights.map { Weight.tensor($0) }, variables: shape.log2RowLength)
    let fresh = Randomness(seed: randomness.block())
    var channel = AffineChannel(
      tape: DrawnTape<E>(randomness: fresh, given: ["shield.a": [inner(bound, Array(g.prefix(length)))]]), policy: AllChecks.self)
    let front = try Front.run(&channel, relation: statement.relation, shapes: statement.shapes, stacks: statement.stacks)

    let matrices = try columns(leaves, front: front, g: g, g2: g2, epsilon2: epsilon2)
    let simulated = try identified(matrices)
    var tape = ProverTape<E, FrozenChallenges>()
    simulated.observeParameters { tape.observe($0, $1) }
    var named: Set<String> = []
    for matrix in simulated.relation.matrices {
      guard let own = matrices[matrix.tree], let reference = simulated.artefacts[matrix.name] else { continue }
      if named.insert(matrix.tree).inserted { tape.hint(own.tree.root.bytes) }
      let artefact = Artefact(
        kind: reference.kind, shape: shape, layout: matrix.layout, format: reference.format, root: own.tree.root, field: Base.self,
        placement: matrix.placement)
      tape.observe("artefact", Statement<E>.artefactPayload(matrix, artefact))
    }
    tape.observe("trees", simulated.treeDescription.encoded)
    if let own = matrices["aux"] { tape.messageDigest("aux.root", own.tree.root) }
    simulated.observeAfterCommit({ tape.observe($0, $1) }, zeros: { tape.observeZeros($0, $1) })
    for (label, values) in channel.tape.sent { tape.message(label, values) }

    let (weights, v) = simulated.layout.combine(channel.checks, zeta: zeta)
    let padWeights = Merge.padWeightRows(weights, log2RowLength: shape.log2RowLength, padRows: simulated.padRowCount)
    tape.message("pads.mu", [zip(padWeights, g2).reduce(.zero) { $0 + inner($1.0, $1.1) } - epsilon2 * v])
    let rows = [g] + g2
    var cross: [E] = []
    for (w, form) in ([bound] + padWeights).enumerated() {
      for (j, row) in rows.enumerated() where (w, j) != (0, 0) && (w, j) != (1, 1) { cross.append(inner(form, row)) }
    }
    tape.message("merge.cross", cross)
    let merged = (0..<shape.dimension).map { b in Merge.curve(rows.map { $0[b] }, epsilon3) }
    try finish(&tape, simulated, front: front, padWeights: padWeights, merged: merged, leaves: leaves, matrices: matrices)
    return (tape.finish(), simulated)
  }

  /// Uniform columns of data and pad rows; masks from g(x) = M(x) + ε·f_r(x), g2_q(x) = M'_q(x) + ε2·P_q(x).
  private mutating func columns(_ leaves: [Int], front: Front<E>, g: [E], g2: [[E]], epsilon2: E) throws -> [String: Opened] {
    let shape = statement.shapes[0]
    let eq = Equality.table(front.residuals[0].point)
    let points: [Base] = EvaluationDomain.points(leaves, log2Length: shape.log2Length, of: Base.self)
    var out: [String: [Int: [Base]]] = [:]
    for (j, x) in zip(leaves, points) {
      var folded = E.zero
      for tree in statement.artefactTrees.map({ ($0.name, $0.rowCount) }) + [("aux", statement.relation.auxiliary.rowCount)] {
        let column: [Base] = randomness.base(tree.1)
        // Rows of a shared tree that the statement does not name are opened too, and weigh nothing.
        let named = statement.relation.matrices.filter { $0.tree == tree.0 }.map { ($0.name, $0.placement?.firstRow ?? 0) }
        let own = tree.0 == "aux" ? [("aux", 0)] : named
        for (name, first) in own {
          guard let member = statement.stacks[0].member(name) else { continue }
          for (u, entry) in column.dropFirst(first).prefix(member.layout.rowCount).enumerated() { folded += eq[member.offset + u].scaled(by: entry) }
        }
        out[tree.0, default: [:]][j] = column
      }
      let pads: [E] = randomness.ext(statement.padRowCount)
      let masks = [Self.evaluate(g, at: x) - front.epsilon * folded] + zip(g2, pads).map { Self.evaluate($0, at: x) - epsilon2 * $1 }
      out["aux", default: [:]][j, default: []] += (pads + masks).flatMap { value in (0..<E.degree).map { value.limb($0) } }
    }
    var matrices: [String: Opened] = [:]
    for (name, columns) in out.sorted(by: { $0.key < $1.key }) { matrices[name] = try opened(columns, log2Length: shape.log2Length) }
    return matrices
  }

  private func identified(_ matrices: [String: Opened]) throws -> Statement<E> {
    var references = statement.artefacts
    for matrix in statement.relation.matrices {
      guard let own = matrices[matrix.tree], let reference = references[matrix.name] else { continue }
      let artefact = Artefact(
        kind: reference.kind, shape: statement.shapes[0], layout: matrix.layout, format: reference.format, root: own.tree.root, field: Base.self,
        placement: matrix.placement)
      references[matrix.name] = ArtefactReference(kind: reference.kind, format: reference.format, identity: artefact.identity)
    }
    return try Statement(
      profile: statement.profile, shapes: statement.shapes, primary: statement.primary.name, levels: statement.levels,
      relation: statement.relation, artefacts: references, context: statement.context)
  }

  /// Level 1, opened columns, the recursion: honest runs on G.
  private func finish(
    _ tape: inout ProverTape<E, FrozenChallenges>, _ statement: Statement<E>, front: Front<E>, padWeights: [[E]], merged: [E], leaves: [Int],
    matrices: [String: Opened]
  ) throws {
    let shape = statement.shapes[0]
    var vector = [E](repeating: .zero, count: 1 << statement.levelOneVariables)
    vector.replaceSubrange(statement.blockOffsets[0]..<(statement.blockOffsets[0] + merged.count), with: merged)
    let oracle = LevelOracle<E>(vector: FieldBuffer(vector), level: statement.levels[0], present: statement.presentRows)
    tape.messageDigest("ligerito.root", oracle.tree.root)
    for tree in statement.trees(ofShape: 0) {
      guard let own = matrices[tree.name] else { continue }
      var payload: [UInt8] = []
      for j in leaves {
        let column = Self.bytes(own.columns[j] ?? [])
        tape.hint(own.salts[j] ?? [])
        tape.hint(column)
        payload += column
      }
      tape.absorbColumns("rows.columns", payload: payload, count: leaves.count * tree.rowCount)
      for digest in try own.tree.multiproof(indices: leaves) { tape.hint(digest.bytes) }
    }
    var claims = statement.levelOneClaims(front, padWeights: padWeights, shapeValues: [.zero], padValues: padWeights.map { _ in .zero })
    let points: [Base] = EvaluationDomain.points(leaves, log2Length: shape.log2Length, of: Base.self)
    for x in points { claims.append(statement.queryClaim(shape: 0, x: x, value: .zero)) }
    LigeritoProver<E>.open(&tape, Frozen<E>.self, oracle: oracle, vector: FieldBuffer(vector), levels: statement.levels) { lambda, dense in
      var run = E.one
      for claim in claims {
        for (b, entry) in DenseReference.table(claim.weights, variables: statement.levelOneVariables).enumerated() { dense[b] += run * entry }
        run *= lambda
      }
    }
  }
}
