/// What a store implements so that no artefact is opened at more positions than it has random coefficients (design 2, section 2.5).
public protocol HidingLedger: Sendable {
  /// Before proving: refuses when used + reserved + queries could exceed the secret's capacity. Persisted before it returns.
  func reserve(artefact: [UInt8], queries: Int) throws
  /// Before release: the distinct positions that this proof opens. Persisted before it returns; the proof is released only then.
  func charge(artefact: [UInt8], positions: [Int]) throws
}
