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
  /// Enters the seeds of proofs.
  let masterSecret: [UInt8]

  /// Commits to values with a fresh seed.
  init(name: String, role: String, values: ArtefactValues, shape: CodeShape) {
    self.init(name: name, role: role, values: values, shape: shape, seed: SystemRandom.bytes(32), masterSecret: SystemRandom.bytes(32))
  }

  /// The commitment that a seed makes.
  init(name: String, role: String, values: ArtefactValues, shape: CodeShape, seed: [UInt8], masterSecret: [UInt8]) {
    let contents = values.contents
    let layout = MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors)
    secret = ArtefactSecret(kind: contents.kind, format: contents.format, shape: shape, data: values.matrix(layout), seed: seed)
    self.name = name
    self.role = role
    self.values = values
    self.masterSecret = masterSecret
    description = ArtefactDescription(name: name, contents: contents, shape: shape, identity: secret.publicPart.identity)
    self.seed = seed
  }

  private let seed: [UInt8]

  /// The identity of the commitment.
  public var identity: Digest { description.identity }
  /// The root of the commitment's tree.
  public var root: Digest { secret.publicPart.root }

  /// The cells that the layout uses, canonical bytes.
  static func encoded(_ data: MatrixData<Goldilocks>) -> [UInt8] {
    let count = data.layout.size
    return [UInt8](unsafeUninitializedCapacity: count * Goldilocks.byteCount) { buffer, written in
      if let base = buffer.baseAddress { E.writeBytes(base, UnsafePointer(data.vector.pointer), count: count) }
      written = count * Goldilocks.byteCount
    }
  }

  /// What the store keeps secret.
  func payload() throws(StoreError) -> SecretPayload {
    try SecretPayload(
      valueWidth: Goldilocks.byteCount, values: Self.encoded(secret.data), tailSeed: seed, saltSeed: secret.matrix.saltSeed,
      masterSecret: masterSecret)
  }
}

/// The operating system's random source.
enum SystemRandom {
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
