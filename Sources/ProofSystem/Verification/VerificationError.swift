/// Name of one check that the verifier makes, e.g. `matmul.final`. Names are part of error messages and of the tests that list
/// every check; they are not absorbed.
public struct CheckName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let description: String
  public init(stringLiteral value: String) { description = value }
  public init(_ value: String) { description = value }
}

/// Why a proof (or the statement beside it) is rejected. The verifier ends in acceptance or in one of these.
public enum VerificationError: Error, Equatable, Sendable {
  /// The first eight bytes are not `ZKMPROOF`.
  case magic
  /// A format version this verifier does not know.
  case version(found: Int)
  /// The proof ends before the statement's shape is filled: bytes needed at the failing read, bytes left.
  case truncated(needed: Int, left: Int)
  /// Bytes are left after the last element that the statement calls for.
  case trailingBytes(count: Int)
  /// A field element was encoded by an integer ≥ p, at this byte offset.
  case nonCanonical(offset: Int)
  /// A commitment identity, dimension or parameter differs from the statement's.
  case statementMismatch(CheckName)
  /// The parameters give fewer bits than the profile's target.
  case soundnessTooLow(term: CheckName, bits: Double, target: Int)
  /// A challenge coordinate that must be inverted is zero (probability about 1/|E|).
  case zeroCoordinate(CheckName)
  /// A check failed.
  case checkFailed(CheckName)
  /// The statement asks for more than this verifier accepts (sizes beyond the caps of `StatementLimits`).
  case tooLarge(CheckName)
}
