import ArgumentParser
import Evidence
import Foundation
import Importers
import ModelImport
import Pipelines
import R1CS
import Store
import Synchronization

/// From an error to a message and an exit code.
enum Failure {
  /// Prints the error (help goes to standard output) and returns the exit code of the process.
  static func report(_ error: any Error, of root: any ParsableCommand.Type) -> Int32 {
    if let code = error as? ArgumentParser.ExitCode { return code.rawValue }
    guard let code = exitCode(error) else {
      let text = root.fullMessage(for: error)
      guard root.exitCode(for: error) != .success else {
        print(text)
        return 0
      }
      complain(text + "\n")
      return Evidence.ExitCode.cannotDo.rawValue
    }
    var text = "\(error)"
    if case .system? = error as? BundleWriteError { text += ". Make room or choose another place with --out; nothing was left behind." }
    complain("error: " + text + "\n")
    return code.rawValue
  }

  /// nil for errors of the command line itself.
  static func exitCode(_ error: any Error) -> Evidence.ExitCode? {
    switch error {
    case let error as BundleError: error.exitCode
    case let error as Evidence.VerificationError: error.exitCode
    case let error as BundleWriteError: error.exitCode
    case let error as PipelineError: error.exitCode
    case let error as TrustFileError: error.exitCode
    case let error as PolicyError: error.exitCode
    case let error as RequirementsNotMet: error.exitCode
    case let error as RequirementError: error.exitCode
    case is SignatureError: .internalError
    case let error as CircuitProofError: if case .field = error { .cannotDo } else { .rejected }
    case is CircuitError: .cannotDo
    case is ImportError, is ModelImportError, is StoreError, is StatementError: .cannotDo
    case is ValidationError, is CleanExit: nil
    case let error where "\(type(of: error))".contains("Command") || "\(type(of: error))".contains("Parser"): nil
    default: .internalError
    }
  }
}

/// Writes to standard error; where that is closed or full, nothing happens: the exit code still tells.
func complain(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

/// Standard output and what became of it.
enum Output {
  private static let hasFailed = Atomic<Bool>(false)

  /// Writes what is buffered. False when this or an earlier call could not.
  @discardableResult static func flush() -> Bool {
    if fflush(nil) != 0 { hasFailed.store(true, ordering: .relaxed) }
    return !hasFailed.load(ordering: .relaxed)
  }

  /// Writes text at once, after what is buffered: a long text would lose its error in the buffer.
  static func write(_ text: String) {
    flush()
    do { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) } catch { hasFailed.store(true, ordering: .relaxed) }
  }
}
