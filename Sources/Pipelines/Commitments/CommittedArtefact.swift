import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Store

/// A committed artefact with everything that proving about it takes.
public struct CommittedArtefact<E: KernelField>: Sendable where E.Base == Goldilocks {
  /// Name in a bundle.
  public let name: String
  /// What it is used for, e.g. `testSet`.
  public let role: String
  /// The private values.
  public let values: ArtefactValues
  /// The public side.
  public let description: ArtefactDescription
  /// The commitment's secret.
  let secret: ArtefactSecret<E>
  /// Seed of tails and salts.
  private let seed: [UInt8]
  /// Enters the seeds of proofs.
  let masterSecret: [UInt8]

  /// Commits to values with a fresh seed and random padding, in a tree of their own.
  init(name: String, role: String, values: ArtefactValues, shape: CodeShape) {
    let seed = SystemRandom.bytes(32)
    let data = values.matrix(MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: values.contents.tensors))
    data.fillPadding(of: values.contents, seed: seed)
    self.init(name: name, role: role, values: values, data: data, shape: shape, seed: seed, masterSecret: SystemRandom.bytes(32))
  }

  /// The commitment that a seed makes, in a tree of its own.
  /// - Parameter data: the values with their padding, to the end of the last row.
  init(
    name: String, role: String, values: ArtefactValues, data: MatrixData<Goldilocks>, shape: CodeShape, seed: [UInt8], masterSecret: [UInt8]
  ) {
    let contents = values.contents
    self.init(
      name: name, role: role, values: values,
      secret: ArtefactSecret(kind: contents.kind, format: contents.format, shape: shape, data: data, seed: seed), seed: seed,
      masterSecret: masterSecret)
  }

  /// An artefact of a tree that is known already, from its values.
  /// - Parameters:
  ///   - data: the values with their padding, as the tree has them.
  ///   - firstRow: where its rows begin in the tree.
  ///   - matrix: the tree's, made with `seed`.
  init(
    name: String, role: String, values: ArtefactValues, data: MatrixData<Goldilocks>, firstRow: Int, matrix: HidingMatrix<E>, seed: [UInt8],
    masterSecret: [UInt8]
  ) {
    let contents = values.contents
    let secret = ArtefactSecret<E>(kind: contents.kind, format: contents.format, data: data, firstRow: firstRow, matrix: matrix, seed: seed)
    self.init(name: name, role: role, values: values, secret: secret, seed: seed, masterSecret: masterSecret)
  }

  private init(
    name: String, role: String, values: ArtefactValues, secret: ArtefactSecret<E>, seed: [UInt8], masterSecret: [UInt8]
  ) {
    self.name = name
    self.role = role
    self.values = values
    self.secret = secret
    self.seed = seed
    self.masterSecret = masterSecret
    description = ArtefactDescription(
      name: name, contents: values.contents, shape: secret.publicPart.shape, identity: secret.publicPart.identity, root: secret.publicPart.root,
      placement: secret.placement)
  }

  /// Commits to several artefacts in one tree with one fresh seed and random padding, in the order given.
  static func together(_ parts: [(name: String, role: String, values: ArtefactValues)], shape: CodeShape) -> [CommittedArtefact] {
    let (seed, masterSecret) = (SystemRandom.bytes(32), SystemRandom.bytes(32))
    let secrets = ArtefactSecret<E>.commitTogether(
      parts.map { part in
        let contents = part.values.contents
        let layout = MatrixLayout(name: part.name, log2RowLength: shape.log2RowLength, tensors: contents.tensors)
        return (contents: contents, data: part.values.matrix(layout))
      }, shape: shape, seed: seed)
    return zip(parts, secrets).map {
      CommittedArtefact(name: $0.name, role: $0.role, values: $0.values, secret: $1, seed: seed, masterSecret: masterSecret)
    }
  }

  /// The identity of the commitment.
  public var identity: Digest { description.identity }
  /// The root of the commitment's tree.
  public var root: Digest { secret.publicPart.root }
  /// Rows that values take in a matrix of a shape.
  static func rowCount(_ values: ArtefactValues, shape: CodeShape) -> Int {
    (values.contents.cellCount + (1 << shape.log2RowLength) - 1) >> shape.log2RowLength
  }

  private static func encoded(_ values: UnsafePointer<Goldilocks>, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count * Goldilocks.byteCount) { buffer, written in
      if let base = buffer.baseAddress { E.writeBytes(base, values, count: count) }
      written = count * Goldilocks.byteCount
    }
  }

  /// What the store keeps secret: all rows of the tree, padding included, so that the tree can be made again, and a shared one whichever of its
  /// artefacts are still recorded.
  func payload() throws(StoreError) -> SecretPayload {
    var values: [UInt8] = []
    let matrix = secret.matrix
    let length = 1 << matrix.shape.log2RowLength
    values.reserveCapacity(matrix.rowCount * length * Goldilocks.byteCount)
    for row in 0..<matrix.rowCount {
      values += withExtendedLifetime(matrix) { Self.encoded(matrix.rows.data[row], count: length) }
    }
    return try SecretPayload(
      valueWidth: Goldilocks.byteCount, values: values, tailSeed: seed, saltSeed: secret.matrix.saltSeed, masterSecret: masterSecret)
  }
}

extension Array {
  /// The artefacts by the tree that they lie in, in order of the first of each.
  func groupedByTree<E>() -> [[CommittedArtefact<E>]] where Element == CommittedArtefact<E> {
    var groups: [[CommittedArtefact<E>]] = []
    for artefact in self {
      if let index = groups.firstIndex(where: { $0.first?.secret.tailSecret == artefact.secret.tailSecret }) {
        groups[index].append(artefact)
      } else {
        groups.append([artefact])
      }
    }
    return groups
  }
}

/// The operating system's random source.
enum SystemRandom {
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
