import ArgumentParser
import Evidence
import Pipelines

struct InferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer",
    abstract: "Prove what a hidden model answers on one row; write the receipt, a bundle.",
    discussion: """
      Examples:

        zkmlops infer --bundle out/german-credit --row applicant.csv --out out/answer
        zkmlops infer --bundle out/german-credit --row 'duration=24,amount=3500,purpose="radio, television",…' --hide-row
        zkmlops infer --model scores.model --row 'income=4500,job=nurse'

        zkmlops infer --model digits --rows images.npz                    an imported network answers; nothing is proved
        zkmlops infer --model digits --rows images.npz --prove            the images stay hidden, the answers are published
        zkmlops infer --model digits --rows images.npz --prove --public-input --output probabilities=hidden
        zkmlops infer --model credit --table test --columns age,amount --output label=committed --labels class --prove

      --bundle names the bundle of the run that made the model: the row is one as it was measured, and is prepared as that bundle says, by the
      same hidden parameters; the proof shows it. Whoever has the receipt checks it with `zkmlops verify`, and with --audited that model
      and preparation are those of the bundle. Without --bundle the row has the model's own features, and nothing is said about where they
      come from.

      The answer becomes public, and the row unless --hide-row is given; weights and fitted parameters stay hidden. Every answer that is
      published tells a little about the model. Each receipt takes one opening of the model.

      For an imported network (`zkmlops import --into`) all rows go into one proof. They come from a file, and stay with the prover unless
      --public-input is given, or are columns of whole numbers and categories of a committed table. An output is published, hidden, or committed as
      columns of a new table, which further claims can speak of; with --labels the accuracy against that column of the table is proved too.
      """)

  @Option(help: "The bundle of the run (folder or .tar), for a model that reads prepared rows.", completion: .file())
  var bundle: String?
  @Option(help: "Name of the model in the store; with --bundle its name there, needed only where it has several.")
  var model: String?
  @Flag(help: "Keep the row behind its commitment (with --bundle).")
  var hideRow = false
  @Option(help: "A CSV file of one row, or column=value,… (a value with commas in double quotes).")
  var row: String?
  @Option(help: "Output of the model to publish: prediction, probability (two classes) or score. May be given several times.")
  var reveal: [String] = ["prediction"]
  @OptionGroup var network: NetworkOptions
  @Option(name: [.customLong("out"), .short], help: "Where the bundle goes.")
  var out = "bundle"
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var signing: SigningOption
  @OptionGroup var json: JSONOption

  func run() throws {
    let options = Pipeline.Options(store: store.path, output: out, profile: profile.profile.profile, signing: signing.signing)
    if network.isUsed {
      try network.run(model: model ?? "", options: options, json: json.isSet)
    } else if let bundle, let row {
      let console = Console(stageCount: 7, quiet: json.isSet)
      let question = PreparedQuestion(bundle: bundle, model: model, row: row, hidesRow: hideRow, outputs: reveal)
      console.finish(try SingleProofs.infer(question, options: options) { console.hear($0) }, json: json.isSet)
    } else if let model, let row {
      let console = Console(stageCount: 5, quiet: json.isSet)
      console.finish(try SingleProofs.infer(model: model, row: row, outputs: reveal, options: options) { console.hear($0) }, json: json.isSet)
    }
  }

  func validate() throws {
    if network.isUsed { return try network.validate(model: model, bundle: bundle, row: row, hidesRow: hideRow) }
    guard row != nil else { throw ValidationError("Give --row, or for an imported network --rows or --table.") }
    guard bundle != nil || model != nil else { throw ValidationError("Give --bundle with the run's bundle, or --model with a name in the store.") }
    guard bundle != nil || !hideRow else { throw ValidationError("--hide-row needs --bundle: without it the row is part of the statement.") }
  }
}
