/// A security level: the extension degree of the challenge field and the target of the round-by-round soundness error.
///
/// The target holds for every round separately; the error of the non-interactive proof against an adversary of T hash queries is
/// at most (T + k)·2^(−target) + 3.5·T²/2^256, k the number of rounds (Chiesa–Yogev, "Building Cryptographic Proofs from Hash
/// Functions", 2024). No grinding and no conjecture enters.
public struct SoundnessProfile: Hashable, Sendable {
  /// The name in statements and reports, e.g. `P128`.
  public let name: String
  /// e = [E : F].
  public let extensionDegree: Int
  /// −log2 of the largest error allowed in a round.
  public let targetBits: Int

  /// The default: degree 3 over Goldilocks, |E| ≈ 2^192, 128 bits.
  public static let p128 = SoundnessProfile(uncheckedName: "P128", extensionDegree: 3, targetBits: 128)
  /// Opt-in: degree 2 over Goldilocks, |E| ≈ 2^128, 100 bits.
  public static let p100 = SoundnessProfile(uncheckedName: "P100", extensionDegree: 2, targetBits: 100)

  /// P128 for a prime field that is its own challenge field: degree 1, 128 bits. Primes above about 2^150 reach it (`CodePlan`).
  public static let p128DegreeOne = SoundnessProfile(uncheckedName: "P128", extensionDegree: 1, targetBits: 128)

  /// The least and greatest target of a public profile.
  public static let allowedTargets = 100...256

  /// A profile of at least 100 bits.
  ///
  /// **Throws** `SoundnessError.targetOutOfRange` outside 100…256, `.invalidExtensionDegree` outside 1…8.
  public init(name: String, extensionDegree: Int, targetBits: Int) throws(SoundnessError) {
    guard Self.allowedTargets.contains(targetBits) else { throw .targetOutOfRange(targetBits) }
    guard (1...8).contains(extensionDegree) else { throw .invalidExtensionDegree(extensionDegree) }
    self.init(uncheckedName: name, extensionDegree: extensionDegree, targetBits: targetBits)
  }

  /// A profile with any target. Only TestSupport uses it, for small proofs without security.
  package init(uncheckedName name: String, extensionDegree: Int, targetBits: Int) {
    self.name = name
    self.extensionDegree = extensionDegree
    self.targetBits = targetBits
  }
}

/// Why parameters were refused.
public enum SoundnessError: Error, Equatable, Sendable {
  /// A profile target below 100 or above 256 bits.
  case targetOutOfRange(Int)
  /// An extension degree outside 1…8.
  case invalidExtensionDegree(Int)
  /// Not 1 ≤ dimension < code length ≤ 2^60, or a logarithm of a length outside 0…60.
  case invalidCode(dimension: Int, codeLength: Int)
  /// The code has so little redundancy that more than `QueryCount.maximum` positions would be needed.
  case rateTooHigh(dimension: Int, codeLength: Int)
  /// No tail of the asked budget fits into the code.
  case noTail(openings: Int)
  /// A count that must not be negative is.
  case negativeCount(String)
  /// An error term misses the target.
  case tooLow(term: String, bits: Double, target: Int)
}
