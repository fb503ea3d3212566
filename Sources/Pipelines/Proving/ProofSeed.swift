import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import Synchronization

/// The seed of a proof's pads and masks: fresh randomness of the system hedged with the secrets of the store and everything the proof is about.
///
/// **Formula**: key = SHA-256("zkmlops/proof-seed/extract/v1" ‖ 32 bytes of the system's random source ‖ master secrets in artefact order);
/// seed = SHA-256("zkmlops/proof-seed/expand/v1" ‖ key ‖ digest of everything public ‖ digest of the auxiliary witness ‖ build id ‖ counter).
/// With a sound random source the seed is uniform whatever the rest is. With a broken one it is still secret, since the master secrets are,
/// and two proofs share a seed only if statement, witness and counter agree: then they are the same proof.
/// There is no way to choose it.
enum ProofSeed {
  /// Proofs begun by this process; never the same twice.
  private static let counter = Atomic<UInt64>(0)

  static func make<E: KernelField>(
    _ statement: Statement<E>, auxiliary: MatrixData<E.Base>, masterSecrets: [[UInt8]], identities: [Digest]
  ) -> [UInt8] {
    var extract = SHA256()
    extract.update(Array("zkmlops/proof-seed/extract/v1".utf8))
    extract.update(SystemRandom.bytes(32))
    for secret in masterSecrets { extract.update(secret) }
    var known = SHA256()
    statement.observeParameters { label, bytes in
      known.update(Array(label.utf8))
      known.update(bytes)
    }
    for identity in identities { known.update(identity.bytes) }
    var expand = SHA256()
    expand.update(Array("zkmlops/proof-seed/expand/v1".utf8))
    expand.update(extract.finalize().bytes)
    expand.update(known.finalize().bytes)
    expand.update(digest(auxiliary, E.self).bytes)
    expand.update(Array(BuildIdentity.current.utf8))
    expand.update(littleEndian: counter.add(1, ordering: .relaxed).oldValue)
    return expand.finalize().bytes
  }

  private static func digest<E: KernelField>(_ data: MatrixData<E.Base>, _ field: E.Type) -> Digest {
    var hasher = SHA256()
    let piece = 1 << 12
    for start in stride(from: 0, to: data.vector.count, by: piece) {
      let count = min(piece, data.vector.count - start)
      let bytes = [UInt8](unsafeUninitializedCapacity: count * E.Base.byteCount) { buffer, written in
        if let base = buffer.baseAddress { E.writeBytes(base, UnsafePointer(data.vector.pointer + start), count: count) }
        written = count * E.Base.byteCount
      }
      hasher.update(bytes)
    }
    return hasher.finalize()
  }
}

/// What this program is.
public enum BuildIdentity {
  /// Version of the tool, as bundles name it.
  public static let version = "0.1.0"
  /// Version, architecture and compiler.
  static var current: String {
    #if arch(x86_64)
      let architecture = "x86_64"
    #elseif arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "other"
    #endif
    return "zkmlops \(version) \(architecture) swift 6"
  }
}
