import Soundness

/// Profiles without security, for proofs of a few kilobytes. They cannot be built outside the package's tests.
public enum TestProfile {
  public static let toy = SoundnessProfile(uncheckedName: "toy", extensionDegree: 3, targetBits: 6)
  public static let toyQuadratic = SoundnessProfile(uncheckedName: "toy2", extensionDegree: 2, targetBits: 6)
  public static let toyPrime = SoundnessProfile(uncheckedName: "toy1", extensionDegree: 1, targetBits: 6)
}
