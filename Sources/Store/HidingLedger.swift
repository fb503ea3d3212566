import Hashing

/// Names one reservation of hiding budget: 16 random bytes.
public struct ReservationID: Hashable, Sendable, CustomStringConvertible {
  /// The 16 bytes.
  public let bytes: [UInt8]

  /// The id with these 16 bytes, or nil when there are not 16.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// A fresh id from the operating system's random source.
  public init() { bytes = randomBytes(16) }

  /// Lower-case hexadecimal, 32 characters.
  public var description: String { hexadecimal(bytes) }
}

/// What a prover must do about the hiding budget of the secrets it opens (rule ONCE and section 2.5 of the protocol).
///
/// For one proof, in this order: `reserve` for every secret before any work, `charge` with the positions once the transcript
/// has fixed them, and only after `charge` has returned may a byte of the proof leave the process. A proof that is given up
/// before its reservation was charged is `abandon`ed; a process that dies leaves its reservations counted in full.
public protocol HidingLedger: Sendable {
  /// Sets aside `queries` positions (the worst case: all distinct and new) of the record of `secret`, durably.
  /// - Parameters:
  ///   - secret: 32-byte id of the tail secret.
  ///   - queries: number of positions the proof opens, at least 1.
  ///   - purpose: what the proof is for, in words, for the log; nothing secret.
  /// - Throws: when fewer than `queries` positions are left; nothing is recorded then.
  func reserve(secret: [UInt8], queries: Int, purpose: String) throws -> ReservationID
  /// Records the opened positions, durably, and gives back what the reservation did not need. Returns only after the commit.
  /// - Parameter positions: level-0 codeword positions; repetitions count once, positions opened before cost nothing.
  func charge(_ reservation: ReservationID, positions: [Int]) throws
  /// Gives a reservation back in full. The caller declares that nothing computed under it has left the process.
  func abandon(_ reservation: ReservationID) throws
}
