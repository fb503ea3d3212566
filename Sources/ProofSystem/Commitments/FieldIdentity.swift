import Fields
import Hashing

extension PrimeField {
  /// What commitments and parameters say of the field: nothing for Goldilocks, the default; else its name and, since a name identifies
  /// nothing, its modulus. Two primes never have equal entries, whatever they are called.
  public static var identityEntries: [String: CanonicalValue] {
    guard Self.self != Goldilocks.self else { return [:] }
    return ["field": .text(name), "modulus": .bytes(modulusBytes)]
  }
}
