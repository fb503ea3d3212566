import ArgumentParser
import Evidence
import Foundation
import Kernels

/// The program: prepares the hash function, runs one command, and turns its error into a message and an exit code.
@main struct ZKMLOps: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zkmlops",
    abstract: "Proves what a machine-learning pipeline did, to people who may not see its data or its model.",
    discussion: """
      Two commands suffice to start, with any CSV file:

        zkmlops init data.csv --target COLUMN      writes schema.yaml and pipeline.yaml
        zkmlops run pipeline.yaml --out bundle     fits, commits, predicts, proves
        zkmlops verify bundle                      what an auditor runs, with the bundle alone

      Exit codes: 0 all verified; 1 something in a bundle does not hold; 2 what was asked cannot be done;
      3 a fault of this program; 4 everything holds, but a requirement is not met.
      """,
    version: "zkmlops \(BuildInfo.version)",
    subcommands: [
      InitCommand.self, EstimateCommand.self, RunCommand.self, VerifyCommand.self, ReportCommand.self, CommitCommand.self, ProveCommand.self,
      InferCommand.self, ImportCommand.self,
      InspectCommand.self, RefreshCommand.self, KeysCommand.self, SignCommand.self,
      HandoverCommand.self, ReceiveCommand.self, StoreCommand.self, CircuitCommand.self, DoctorCommand.self, BenchCommand.self,
    ])

  static func main() {
    FastSHA256.install()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Foundation.exit(Failure.report(error, of: Self.self))
    }
    // A reader must not take a cut-off report for a whole one.
    guard Output.flush() else {
      complain("error: the output cannot be written (is the disk full?). What the command did is done.\n")
      Foundation.exit(Evidence.ExitCode.cannotDo.rawValue)
    }
  }
}
