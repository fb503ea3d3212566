import Hashing

/// What one proof asks of one tail secret.
public struct BudgetRequest: Equatable, Sendable {
  /// 32-byte id of the tail secret, see `TailSecret.id`.
  public let secret: [UInt8]
  /// Positions that the proof opens (the worst case: all distinct and new), at least 1.
  public let queries: Int

  /// A request of `queries` positions of `secret`.
  public init(secret: [UInt8], queries: Int) {
    self.secret = secret
    self.queries = queries
  }
}

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
  public init() {
    var generator = SystemRandomNumberGenerator()
    bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// Lower-case hexadecimal, 32 characters.
  public var description: String { hexadecimal(bytes) }
}

/// The opened positions of one reservation.
public struct BudgetCharge: Equatable, Sendable {
  /// The reservation.
  public let reservation: ReservationID
  /// Level-0 codeword positions; repetitions count once, positions opened before cost nothing.
  public let positions: [Int]

  /// A charge of `positions` to `reservation`.
  public init(_ reservation: ReservationID, positions: [Int]) {
    self.reservation = reservation
    self.positions = positions
  }
}

/// What a store implements so that no tail secret is opened at more positions than it has random coefficients (rule ONCE and section 2.5
/// of the protocol).
///
/// For one proof, in this order: `reserve` for all its secrets before any work, `charge` with the positions once the transcript has
/// fixed them, and only after `charge` has returned may a byte of the proof leave the process; then `release`, for the log. A proof that
/// is given up before it was charged is `abandon`ed; a process that dies leaves its reservations counted in full.
public protocol HidingLedger: Sendable {
  /// Sets aside budget for every request, or for none, durably.
  /// - Parameter purpose: what the proof is for, in words, for the log; nothing secret.
  /// - Returns: one reservation for each request, in order.
  /// - Throws: when a secret has fewer positions left than asked; nothing is recorded then.
  func reserve(_ requests: [BudgetRequest], purpose: String) throws -> [ReservationID]
  /// Records the opened positions of every charge, or of none, durably, and gives back what the reservations did not need. Returns only
  /// after the commit. When it throws, the proof must not leave the process.
  func charge(_ charges: [BudgetCharge]) throws
  /// Notes that the proof of a charged reservation has left the process. For the log: nothing depends on it.
  func release(_ reservation: ReservationID) throws
  /// Gives a reservation back in full. The caller declares that nothing computed under it has left the process.
  func abandon(_ reservation: ReservationID) throws
}

/// A ledger that counts nothing: for artefacts that are thrown away with the process, in tests and benchmarks.
/// > Warning: an artefact that anybody keeps is opened through a store only.
package struct UncountedOpenings: HidingLedger {
  package init() {}
  package func reserve(_ requests: [BudgetRequest], purpose: String) -> [ReservationID] { requests.map { _ in ReservationID() } }
  package func charge(_ charges: [BudgetCharge]) {}
  package func release(_ reservation: ReservationID) {}
  package func abandon(_ reservation: ReservationID) {}
}

/// A ledger for proofs that open no artefact at all: any request is refused.
package struct NoOpenings: HidingLedger {
  /// A proof wanted to open an artefact after all.
  package struct Refused: Error, Equatable {}

  package init() {}
  package func reserve(_ requests: [BudgetRequest], purpose: String) throws -> [ReservationID] {
    guard requests.isEmpty else { throw Refused() }
    return []
  }
  package func charge(_ charges: [BudgetCharge]) {}
  package func release(_ reservation: ReservationID) {}
  package func abandon(_ reservation: ReservationID) {}
}

/// The name of the seed of an artefact's random tails: hiding budgets belong to it.
public enum TailSecret {
  /// SHA-256("zkmlops/tail-secret/v1" ‖ seed), 32 bytes. Says nothing about a random seed.
  public static func id(seed: [UInt8]) -> [UInt8] { SHA256.hash(Array("zkmlops/tail-secret/v1".utf8) + seed).bytes }
}
