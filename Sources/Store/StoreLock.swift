import Foundation

/// An exclusive advisory lock on a file, held for the length of one change of the store.
///
/// It comes on top of the database's own locks: it also covers the steps outside of the database (renaming a secret file,
/// splitting), and it does not depend on the record locks that a process loses when it closes any descriptor of a file.
/// The system drops it with the process, so a killed process leaves nothing to clean up.
struct StoreLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until the lock is free.
  /// - Throws: `busy` after `seconds`.
  init(path: String, seconds: Int) throws(StoreError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, PrivateFiles.fileMode)
    guard descriptor >= 0 else { throw PrivateFiles.writeFailure(path) }
    guard fchmod(descriptor, PrivateFiles.fileMode) == 0 else { throw PrivateFiles.writeFailure(path) }
    let start = ContinuousClock.now
    var pause: UInt32 = 200
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR else { throw PrivateFiles.writeFailure(path, code) }
      guard ContinuousClock.now - start < .seconds(seconds) else { throw StoreError(.busy(path: path, seconds: seconds)) }
      usleep(pause)
      pause = min(2 * pause, 10_000)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
