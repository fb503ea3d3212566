import ArgumentParser
import Evidence
import Pipelines

struct EstimateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate",
    abstract: "Say what a pipeline's proofs will cost before any is made: size, time, memory, openings, what becomes public.",
    discussion: """
      Example:

        zkmlops estimate Examples/german-credit/pipeline.yaml

      Reads the data, fits and commits as `run` does, in a store that is thrown away, and lays the proofs out without making them. Sizes follow
      from the statements (positions are drawn at random, so that real proofs differ by some per cent), openings are exact. A proof that
      should take less than --calibration seconds is made once, against commitments that are thrown away with it, for its time and memory; the
      times of longer ones come from proofs about made-up tables and from what fresh memory takes, for as many seconds. Times hold for a machine that does
      then what it does now. Tables that other owners handed over are read from --store; nothing of it is spent.
      """)

  @Argument(help: "The pipeline file (see `zkmlops init`).", completion: .file(extensions: ["yaml"]))
  var pipeline: String
  @Option(help: "Seconds that the measurement of this machine takes.")
  var calibration: Double = 5
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard calibration > 0, calibration <= 600 else { throw ValidationError("--calibration is more than 0 and at most 600 seconds.") }
  }

  func run() throws {
    let console = Console(stageCount: 4, quiet: json.isSet)
    let estimate = try Estimate.make(pipeline, store: store.path, profile: profile.profile.profile, calibration: calibration) { console.hear($0) }
    show(json.isSet ? estimate.json.prettyText : "\n" + estimate.text, terminator: "")
  }
}
