/// Why the store did not do what it was asked: a stable code, what happened, and what to do.
///
/// Messages carry names, numbers and paths, never the content of a secret, a statement of the database or its arguments.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What happened, with its figures.
  public let reason: Reason

  /// An error for this reason.
  public init(_ reason: Reason) { self.reason = reason }

  /// Stable identifier for programs, `store.…`. Never renamed.
  public var code: String { texts.code }
  /// What happened, in one sentence.
  public var message: String { texts.message }
  /// What the person at the keyboard can do about it.
  public var remedy: String { texts.remedy }
  /// Message, remedy and code in one line.
  public var description: String { "\(message) \(remedy) [\(code)]" }

  /// Every way in which the store refuses.
  public enum Reason: Equatable, Sendable {
    // Files and database
    /// No store at this path.
    case missing(path: String)
    /// Something else than a directory or a regular file lies at this path.
    case wrongFileType(path: String)
    /// The operating system refused to create, write or remove.
    case cannotWrite(path: String, cause: String)
    /// The operating system refused to read.
    case cannotRead(path: String, cause: String)
    /// No space, quota or file size limit left.
    case diskFull(path: String)
    /// Another process held the store for this long.
    case busy(path: String, seconds: Int)
    /// Group or others have access; `mode` are the permission bits.
    case permissionsTooOpen(path: String, mode: Int)
    /// The database or one of its rows is not what the store writes.
    case corrupt(path: String, detail: String)
    /// The database has migrations that this program does not know.
    case newerFormat(path: String)
    /// Secret files without a database: their budgets are unknown.
    case databaseMissing(path: String, secretFiles: Int)
    /// A secret file is missing or damaged.
    case secretFile(path: String, fault: SecretFileFault)

    // Artefacts
    /// An argument that no call can satisfy; `name` is the parameter.
    case invalidArgument(name: String, rule: String)
    /// No current artefact has this name, or none this identity.
    case unknownArtefact(String)
    /// Another artefact has this name.
    case nameTaken(String)
    /// This identity is recorded already.
    case alreadyRecorded(String)
    /// The identity is not the SHA-256 digest of the public preimage.
    case identityMismatch
    /// A tail seed that already hides other data or another code shape.
    case tailSeedReused
    /// Something recorded still refers to the artefact.
    case referenced(name: String, refreshes: Int, proofs: Int, openReservations: Int)
    /// The secret of this artefact was erased.
    case secretErased(String)
    /// A refresh that would not stay within two links of the first commitment.
    case notAStar(child: String, parent: String)

    // Keys and handovers
    /// No signing key has this name.
    case unknownKey(String)
    /// There is a signing key of this name, or of one that differs in case only.
    case keyExists(String)
    /// The key was made for another role.
    case keyRole(name: String, is: String, needed: String)
    /// The file of a signing key is damaged.
    case keyFile(path: String, detail: String)
    /// The file of a handover is damaged, hostile, or of another version.
    case handoverFile(path: String, detail: String)
    /// This store has had the handover, or its secret, before.
    case alreadyReceived(String)
    /// The artefact shares its tree, and so its secret, with others.
    case sharedSecret(String)

    // Budget
    /// No tail secret with this id.
    case unknownSecret(String)
    /// Fewer positions are left than one proof may open.
    case budgetExceeded(HidingBudget, requested: Int)
    /// No reservation with this id.
    case unknownReservation(String)
    /// The reservation is not in a state that allows the step.
    case reservationState(id: String, state: String, step: String)
    /// Only the process that made a reservation may give it back.
    case foreignReservation(id: String)
    /// More distinct positions than were reserved.
    case reservationExceeded(id: String, reserved: Int, positions: Int)
    /// A position outside of the codeword of 2^`log2Length` points.
    case positionOutOfRange(log2Length: Int)
    /// The store is not where it was recorded to be.
    case elsewhere([StorePlace.Difference])
    /// The store is a half-finished split.
    case unfinishedSplit(path: String)

    // Run log
    /// No run with this id.
    case unknownRun(String)
    /// The run is finished already.
    case runFinished(String)
  }
}

/// What is wrong with the file of a secret.
public enum SecretFileFault: Equatable, Sendable {
  /// There is no such file.
  case missing
  /// A link, a device or a directory.
  case notARegularFile
  /// Too short for the fixed parts, or cut off: bytes expected, bytes found.
  case truncated(expected: UInt64, found: UInt64)
  /// More bytes than the header states.
  case trailingBytes(expected: UInt64, found: UInt64)
  /// The first bytes are not the file type's.
  case wrongMagic
  /// A version that this program does not read.
  case unsupportedVersion(UInt32)
  /// Header fields that contradict each other.
  case invalidHeader
  /// The SHA-256 checksum does not match the content.
  case checksum
  /// A sound file, but not the one that was recorded.
  case notTheRecordedSecret
}
