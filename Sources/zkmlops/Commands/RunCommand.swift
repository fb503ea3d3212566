import ArgumentParser
import Evidence
import Pipelines

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a pipeline: split, prepare, fit, commit, predict, prove; write an evidence bundle.",
    discussion: """
      Example:

        zkmlops run Examples/german-credit/pipeline.yaml --out out/german-credit

      Prints, before anything is proved, what the proof will reveal and what it takes from the artefacts' hiding budgets.
      `sign: KEY` in the pipeline file does what --sign does. The bundle holds nothing private; data, weights and openings stay in the store.
      """)

  @Argument(help: "The pipeline file (see `zkmlops init`).", completion: .file(extensions: ["yaml"]))
  var pipeline: String
  @Option(name: [.customLong("out"), .short], help: "Where the bundle goes; an older bundle there is replaced.")
  var out = "bundle"
  @Option(help: "Rows that a group needs to be shown by claims about fairness (default: the pipeline file's, else 30).")
  var minimumGroup: Int?
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var signing: SigningOption
  @OptionGroup var json: JSONOption

  func validate() throws {
    if let minimumGroup, !(1...1_000_000).contains(minimumGroup) {
      throw ValidationError("--minimum-group is a number of rows from 1 to 1000000")
    }
  }

  func run() throws {
    let console = Console(stageCount: 9, quiet: json.isSet)
    var options = Pipeline.Options(store: store.path, output: out, profile: profile.profile.profile, signing: signing.signing)
    options.minimumGroup = minimumGroup
    let result = try Pipeline.run(pipeline, options: options) { console.hear($0) }
    guard !json.isSet else { return show(result.json.prettyText, terminator: "") }
    show("\n\(result.summary)")
  }
}
