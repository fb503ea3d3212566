import Fields
import Hashing
import Soundness

/// One level of the recursion: 2^rowBits rows of 2^log2RowLength entries over 2^log2Length points, `queryCount` queries.
public struct LigeritoLevel: Hashable, Sendable {
  public let rowBits: Int
  public let log2RowLength: Int
  public let log2Length: Int
  public let queryCount: Int
  public init(rowBits: Int, log2RowLength: Int, log2Length: Int, queryCount: Int) {
    self.rowBits = rowBits
    self.log2RowLength = log2RowLength
    self.log2Length = log2Length
    self.queryCount = queryCount
  }
  var description: CanonicalValue {
    .list([rowBits, log2RowLength, log2Length, queryCount].map { .integer(UInt64($0)) })
  }
}

/// A public linear claim ⟨Σ weights, v⟩ = value.
public struct OpeningClaim<E: ChallengeField>: Sendable {
  public var weights: [Weight<E>]
  public var value: E
  public init(_ weights: [Weight<E>], _ value: E) {
    self.weights = weights
    self.value = value
  }
}

/// Ligerito recursion (2025/1187) on a public-safe vector of 2^L entries with general linear claims; unique-decoding regime, no hiding.
///
/// Level i: λ; k product rounds → r, σ'; the next root, or the vector in clear; t positions of oracle i, columns → s_x = Σ_u eq(r,u)·col_x[u];
/// claims of level i+1: residual (bound W, σ'), then ⟨W_x, g⟩ = s_x. Last level: s_x is compared with g(x), ⟨W', g⟩ with σ'.
/// Source: design 2, section 1.2; spec `ligerito.py`, G4.
public enum Ligerito {
  package static func verify<Configuration: EngineConfiguration>(
    _ tape: inout VerifierTape<Configuration.E, Configuration.Chain>, _: Configuration.Type, root: Digest,
    claims: [OpeningClaim<Configuration.E>], levels: [LigeritoLevel], present: [Int]
  ) throws(VerificationError) {
    typealias E = Configuration.E
    var root = root
    var claims = claims
    var present = present
    for (depth, level) in levels.enumerated() {
      let isLast = depth == levels.count - 1
      var (weights, sigma) = batch(claims, tape.challenges("ligerito.batch", count: 1)[0])
      var r: [E] = []
      for _ in 0..<level.rowBits {
        let sent = try tape.message("ligerito.round", count: 2)
        let challenge = tape.challenges("ligerito.round.r", count: 1)[0]
        let c1 = sigma - sent[0] - sent[0] - sent[1]
        sigma = sent[0] + (c1 + sent[1] * challenge) * challenge
        r.append(challenge)
      }
      weights = weights.map { $0.bound(to: r) }
      var final: [E] = []
      var nextRoot = root
      if isLast {
        final = try tape.message("ligerito.final", count: 1 << level.log2RowLength)
      } else {
        nextRoot = try tape.messageDigest("ligerito.root")
      }
      let leaves = sortedDistinct(tape.indices("ligerito.query", count: level.queryCount, log2Range: level.log2Length))
      let columns = try readColumns(&tape, Configuration.self, leaves: leaves, width: present.count, root: root, depth: level.log2Length)
      let rowWeights = Equality.table(r)
      let points = EvaluationDomain.points(leaves, log2Length: level.log2Length, of: E.Base.self)
      var next = [OpeningClaim(weights, sigma)]
      for (x, column) in zip(points, columns) {
        var value = E.zero
        for (u, entry) in zip(present, column) { value += rowWeights[u] * entry }
        if isLast {
          try Configuration.require("ligerito.final_columns", value == horner(final, x))
        } else if Configuration.Policy.enforces("ligerito.query_claims") {
          next.append(OpeningClaim([.tensor(Tensor(.one, TensorFactor.powers(x, bits: level.log2RowLength)))], value))
        }
      }
      if isLast {
        var total = E.zero
        for weight in weights { total += weight.innerProduct(with: final) }
        try Configuration.require("ligerito.final_claim", total == sigma)
      } else {
        claims = next
        root = nextRoot
        present = Array(0..<(1 << levels[depth + 1].rowBits))
      }
    }
  }

  /// Powers of λ: Σ λ^j w_j and Σ λ^j y_j.
  static func batch<E: ChallengeField>(_ claims: [OpeningClaim<E>], _ lambda: E) -> ([Weight<E>], E) {
    var weights: [Weight<E>] = []
    var sigma = E.zero
    var run = E.one
    for claim in claims {
      weights += claim.weights.map { $0.scaled(by: run) }
      sigma += run * claim.value
      run *= lambda
    }
    return (weights, sigma)
  }

  private static func readColumns<Configuration: EngineConfiguration>(
    _ tape: inout VerifierTape<Configuration.E, Configuration.Chain>, _: Configuration.Type, leaves: [Int], width: Int, root: Digest, depth: Int
  ) throws(VerificationError) -> [[Configuration.E]] {
    var columns: [[Configuration.E]] = []
    var hashes: [Digest] = []
    var payload: [UInt8] = []
    for _ in leaves {
      let column = try tape.hintElements(width)
      var bytes: [UInt8] = []
      for element in column { element.appendBytes(to: &bytes) }
      hashes.append(Merkle.leafHash(salt: [], column: bytes))
      payload += bytes
      columns.append(column)
    }
    tape.absorbColumns("ligerito.columns", payload: payload, count: width * leaves.count)
    try checkMultiproof(&tape, Configuration.self, "ligerito.merkle", root: root, depth: depth, leaves: leaves, hashes: hashes)
    return columns
  }

  /// Evaluates Σ_b g[b]·x^b.
  static func horner<E: ChallengeField>(_ coefficients: [E], _ x: E.Base) -> E {
    var total = E.zero
    for coefficient in coefficients.reversed() { total = total.scaled(by: x) + coefficient }
    return total
  }

  /// The level table that these shapes imply: rows of 2^(m−3) for the smallest m, as far as every 2^m + p is a multiple of it; rate 1/8
  /// first and halved at each level, folds of 3, clear at 2^6 (spec G5).
  public static func schedule(shapes: [CodeShape], profile: SoundnessProfile) throws(SoundnessError) -> [LigeritoLevel] {
    let variables = log2Ceiling(shapes.reduce(0) { $0 + (2 << $1.log2RowLength) })
    var rowBits = variables
    for shape in shapes { rowBits = min(rowBits, shape.log2RowLength - 3, shape.dimension.trailingZeroBitCount) }
    return try schedule(variables: variables, rowBits: rowBits, finalBits: min(6, rowBits), profile: profile, firstLogRate: 3, foldBits: 3)
  }

  /// The per-level table: first rows of 2^rowBits, then folds of `foldBits` down to at most 2^finalBits in clear; rate 2^−firstLogRate
  /// at level 1, halved at each further level; t from the accounting (spec G5).
  public static func schedule(
    variables: Int, rowBits: Int, finalBits: Int, profile: SoundnessProfile, firstLogRate: Int, foldBits: Int
  ) throws(SoundnessError) -> [LigeritoLevel] {
    var levels: [LigeritoLevel] = []
    var (k, m, rate) = (variables - rowBits, rowBits, firstLogRate)
    while true {
      let t = try QueryCount.queryCount(dimension: 1 << m, codeLength: 1 << (m + rate), profile: profile)
      levels.append(LigeritoLevel(rowBits: k, log2RowLength: m, log2Length: m + rate, queryCount: t))
      if m <= finalBits { return levels }
      k = min(foldBits, m - finalBits)
      m -= k
      rate += 1
    }
  }
}

/// Sorted distinct values.
func sortedDistinct(_ values: [Int]) -> [Int] {
  var out: [Int] = []
  for value in values.sorted() where out.last != value { out.append(value) }
  return out
}

/// Reads the siblings that the positions call for and checks the multiproof.
func checkMultiproof<Configuration: EngineConfiguration>(
  _ tape: inout VerifierTape<Configuration.E, Configuration.Chain>, _: Configuration.Type, _ check: CheckName, root: Digest, depth: Int,
  leaves: [Int], hashes: [Digest]
) throws(VerificationError) {
  var siblings: [Digest] = []
  for _ in 0..<Merkle.siblingCount(indices: leaves, depth: depth) { siblings.append(try tape.hintDigest()) }
  let holds: Bool
  do throws(MerkleError) {
    try Merkle.verifyMultiproof(root: root, depth: depth, indices: leaves, leaves: hashes, siblings: siblings)
    holds = true
  } catch {
    holds = false
  }
  try Configuration.require(check, holds)
}
