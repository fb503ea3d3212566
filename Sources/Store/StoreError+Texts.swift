extension StoreError {
  typealias Texts = (code: String, message: String, remedy: String)

  /// The three texts of a reason.
  var texts: Texts {
    fileTexts ?? artefactTexts ?? handoverTexts ?? budgetTexts ?? ("store.internal", "The store failed.", "Report this as a defect.")
  }

  private var fileTexts: Texts? {
    switch reason {
    case .missing(let path):
      ("store.missing", "There is no store at \(quoted(path)).", "Create one with `zkmlops commit` or name the folder that holds it.")
    case .wrongFileType(let path):
      ("store.wrong-file-type", "\(quoted(path)) is not the kind of file it should be.", "Move it away, or name another folder.")
    case .cannotWrite(let path, let cause):
      ("store.cannot-write", "Cannot write \(quoted(path)): \(cause).", "Make the folder writable for this user, or choose another one.")
    case .cannotRead(let path, let cause):
      ("store.cannot-read", "Cannot read \(quoted(path)): \(cause).", "Check the owner and the permissions of the file.")
    case .diskFull(let path):
      ("store.disk-full", "No space left to write \(quoted(path)).", "Free space or raise the quota, then run again; nothing was half-written.")
    case .busy(let path, let seconds):
      ("store.busy", "Another process has held \(quoted(path)) for \(seconds) s.", "Wait for it to finish, then run again.")
    case .permissionsTooOpen(let path, let mode):
      (
        "store.permissions-too-open", "\(quoted(path)) is open to other users (mode \(String(mode, radix: 8))).",
        "If nobody else has read it: chmod go= on it and on the files in it. Otherwise commit the data afresh."
      )
    case .corrupt(let path, let detail):
      (
        "store.corrupt", "\(quoted(path)) is damaged: \(detail).",
        "Commit the data anew from its source. A restored backup has forgotten what was opened since: never prove from its commitments again."
      )
    case .newerFormat(let path):
      ("store.newer-format", "\(quoted(path)) was written by a newer version.", "Use that version.")
    case .databaseMissing(let path, let count):
      (
        "store.database-missing", "\(quoted(path)) holds \(count) secret files but no database, so their hiding budgets are unknown.",
        "Restore the database, or remove the secret files and commit the data afresh."
      )
    case .secretFile(let path, let fault):
      (
        "store.secret-file", "The secret file \(quoted(path)) cannot be used: \(words(for: fault)).",
        "Restore it from a backup, or commit the data afresh."
      )
    default: nil
    }
  }

  private var artefactTexts: Texts? {
    switch reason {
    case .invalidArgument(let name, let rule):
      ("store.invalid-argument", "`\(name)` must be \(rule).", "Correct the call.")
    case .unknownArtefact(let name):
      ("store.unknown-artefact", "The store has no artefact \(quoted(name)).", "`zkmlops inspect` on the store lists what it has.")
    case .nameTaken(let name):
      ("store.name-taken", "There is already an artefact named \(quoted(name)).", "Choose another name, or replace it explicitly.")
    case .alreadyRecorded(let name):
      ("store.already-recorded", "\(quoted(name)) is recorded already.", "Use the recorded one.")
    case .identityMismatch:
      ("store.identity-mismatch", "The identity is not the digest of the public description.", "Commit the data afresh.")
    case .tailSeedReused:
      ("store.tail-seed-reused", "This tail seed already hides other data.", "Commit with a fresh tail seed; one seed never hides two data sets.")
    case .referenced(let name, let refreshes, let proofs, let openReservations):
      (
        "store.referenced",
        "\(quoted(name)) is still referred to by \(refreshes) refreshes, \(proofs) proofs and \(openReservations) open reservations.",
        "Erase its secret instead; the public record then stays."
      )
    case .secretErased(let name):
      ("store.secret-erased", "The secret of \(quoted(name)) was erased.", "Commit the data afresh.")
    case .notAStar(let child, let parent):
      (
        "store.not-a-star", "\(quoted(child)) cannot be a refresh of \(quoted(parent)): a refresh is at most two links from the first commitment.",
        "Refresh the first commitment or one of its direct children, with a fresh secret."
      )
    default: nil
    }
  }

  private var handoverTexts: Texts? {
    switch reason {
    case .unknownKey(let name):
      ("store.unknown-key", "The store has no signing key \(quoted(name)).", "`zkmlops keys list` shows those it has; `zkmlops keys new` makes one.")
    case .keyExists(let name): ("store.key-exists", "There is already a signing key named \(quoted(name)).", "Choose another name.")
    case .keyRole(let name, let role, let needed):
      ("store.key-role", "The key \(quoted(name)) signs as \(role), this takes a key of a \(needed).", "Make one with `zkmlops keys new`.")
    case .keyFile(let path, let detail):
      ("store.key-file", "The key file \(quoted(path)) cannot be used: \(detail).", "Restore it from a backup, or make a new key.")
    case .handoverFile(let path, let detail):
      (
        "store.handover-file", "The handover file \(quoted(path)) cannot be used: \(detail).",
        "Ask its giver for a fresh handover; the share in this one is lost."
      )
    case .alreadyReceived(let name):
      (
        "store.already-received", "This store has had the handover of \(quoted(name)), or its secret, before.",
        "A share is received once. Ask the giver for a fresh commitment when it is used up."
      )
    case .sharedSecret(let name):
      (
        "store.shared-secret", "\(quoted(name)) was committed together with other artefacts, whose values its secret opens too.",
        "Commit it alone (`zkmlops commit`), then hand that over."
      )
    default: nil
    }
  }

  private var budgetTexts: Texts? {
    switch reason {
    case .unknownSecret(let id):
      ("store.unknown-secret", "The store has no secret \(id).", "Use the store in which the data was committed.")
    case .budgetExceeded(let budget, let requested):
      (
        "store.budget-exceeded",
        "The hiding budget does not suffice: of \(budget.capacity) positions \(budget.used) are used and \(budget.reserved + budget.burnt) reserved, "
          + "\(budget.left) are left, this proof may open \(requested).",
        "Refresh the artefact (`zkmlops refresh`) and prove with the new commitment."
      )
    case .unknownReservation(let id):
      ("store.unknown-reservation", "There is no reservation \(id).", "Start the proof again.")
    case .reservationState(let id, let state, let step):
      ("store.reservation-state", "Reservation \(id) is \(state); it cannot be \(step).", "Start the proof again.")
    case .foreignReservation(let id):
      ("store.foreign-reservation", "Reservation \(id) belongs to another process.", "Only the process that made it knows that nothing was released.")
    case .reservationExceeded(let id, let reserved, let positions):
      ("store.reservation-exceeded", "Reservation \(id) is for \(reserved) positions, the proof opens \(positions).", "Report this as a defect.")
    case .positionOutOfRange(let log2Length):
      ("store.position-out-of-range", "A position lies outside of 0..<2^\(log2Length).", "Report this as a defect.")
    case .elsewhere(let differences):
      (
        "store.elsewhere", "The store is not where it was: \(differences.map(\.words).joined(separator: "; ")). It is read-only for proving.",
        "If it was moved and no other copy will ever prove: `zkmlops store adopt`. If a copy stays in use: `zkmlops store split` there."
      )
    case .unfinishedSplit(let path):
      ("store.unfinished-split", "\(quoted(path)) is an unfinished split.", "Remove it and split again.")
    case .unknownRun(let id):
      ("store.unknown-run", "There is no run \(id).", "Start the run again.")
    case .runFinished(let id):
      ("store.run-finished", "Run \(id) is finished already.", "Start a new run.")
    default: nil
    }
  }

  private func words(for fault: SecretFileFault) -> String {
    switch fault {
    case .missing: "it is missing"
    case .notARegularFile: "it is not a regular file"
    case .truncated(let expected, let found): "it is cut off (\(found) of \(expected) bytes)"
    case .trailingBytes(let expected, let found): "it is too long (\(found) instead of \(expected) bytes)"
    case .wrongMagic: "it is not a secret file"
    case .unsupportedVersion(let version): "it has the unknown version \(version)"
    case .invalidHeader: "its header contradicts itself"
    case .checksum: "its checksum does not match"
    case .notTheRecordedSecret: "it is not the one that was recorded"
    }
  }
}

/// The text in quotation marks, control characters and quotation marks escaped, so that a name cannot steer a terminal.
func quoted(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
      out += "\\u{\(String(scalar.value, radix: 16))}"
    default:
      if scalar == "\"" || scalar == "\\" { out += "\\" }
      out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}
