import ArgumentParser
import Evidence
import Pipelines

struct CommitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit",
    abstract: "Commit to a table or a model; print the commitment, what it gives away and what its openings cost.",
    discussion: """
      Examples:

        zkmlops commit applicants.csv --schema schema.yaml --openings 20
        zkmlops commit weights.npz --schema schema.yaml --target class --exclude sex --rows applicants.csv --name credit.model

      The commitment hides every cell, or every weight, and fixes them all. With --target the file holds the coefficients of a linear model
      (CSV: feature,coefficient; NPZ: coef, intercept, features); its features are the schema's columns without the target and the excluded
      ones. --rows says what rounding to integers changes on these rows. A `run` uses a model that is committed under the name that the run
      would give it (PIPELINE.model) when it is the same one.
      """)

  @Argument(help: "A CSV file, plain or gzip; or coefficients, CSV or NPZ.", completion: .file(extensions: ["csv", "gz", "npz"]))
  var file: String
  @Option(help: "The schema of the rows (see `zkmlops init`).", completion: .file(extensions: ["yaml"]))
  var schema: String
  @Option(help: "The column that a model predicts; the file holds its coefficients.")
  var target: String?
  @Option(help: "For a model of two classes: the class that the score stands for (default: the last).")
  var positive: String?
  @Option(help: "A column that is no feature of the model. May be given several times.")
  var exclude: [String] = []
  @Option(help: "Rows to compare the model in integers with its coefficients on.", completion: .file(extensions: ["csv", "gz"]))
  var rows: String?
  @Option(help: "Name in the store (default: the file's).")
  var name: String?
  @Option(help: "How many proofs the commitment shall serve; more make every proof larger.")
  var openings = 20
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (1...100_000).contains(openings) else { throw ValidationError("--openings is a number from 1 to 100000, e.g. 20.") }
    guard target != nil || (positive == nil && exclude.isEmpty && rows == nil) else {
      throw ValidationError("--positive, --exclude and --rows belong to a model: give its --target too.")
    }
  }

  func run() throws {
    let result: Commitments.Result
    if let target {
      let source = Commitments.ModelSource(
        coefficients: file, schema: schema, target: target, positive: positive, excluded: exclude, rows: rows)
      result = try Commitments.commit(model: source, name: name, openings: openings, store: store.path, profile: profile.profile.profile)
    } else {
      result = try Commitments.commit(
        data: file, schema: schema, name: name, openings: openings, store: store.path, profile: profile.profile.profile)
    }
    show(json.isSet ? result.json.prettyText : result.text + "\n", terminator: "")
  }
}

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Look after the private store.",
    discussion: """
      A store counts what every proof opens, so that no artefact is opened more often than it is hidden for. Two copies that both prove
      would count apart. Therefore a store that was moved or copied proves nothing until it is adopted.
      """,
    subcommands: [Adopt.self, Split.self, Check.self])

  struct Adopt: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "adopt",
      abstract: "Make the present place of a moved store its home.",
      discussion:
        "Example: zkmlops store adopt\n\nYou declare that no other copy of this store will ever prove again. If one stays in use, split instead.")
    @OptionGroup var store: StoreOption

    func run() throws { show(try StoreCare.adopt(store.path)) }
  }

  struct Split: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "split",
      abstract: "Give part of every budget to a second store, for another machine.",
      discussion: "Example: zkmlops store split /media/stick/.zkmlops --percent 50")
    @Argument(help: "The folder of the new store; must not exist.")
    var destination: String
    @Option(help: "Part of what is left that is given away, 1 to 99.")
    var percent = 50
    @OptionGroup var store: StoreOption

    func validate() throws {
      guard (1...99).contains(percent) else { throw ValidationError("--percent is a number from 1 to 99, e.g. 50.") }
    }

    func run() throws { show(try StoreCare.split(store.path, into: destination, percent: percent)) }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Check the store's database and every secret file.", discussion: "Example: zkmlops store check")
    @OptionGroup var store: StoreOption

    func run() throws { show(try StoreCare.check(store.path)) }
  }
}

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what on this machine would slow or stop a run.",
    discussion: "Example: zkmlops doctor\n\nExit code 2 when something would stop a run.")
  @OptionGroup var store: StoreOption
  @OptionGroup var json: JSONOption

  func run() throws {
    let findings = Doctor.examine(store: store.path)
    if json.isSet {
      let values = findings.map {
        JSONValue.object(["subject": .string($0.subject), "state": .string($0.state.rawValue), "words": .string($0.words)])
      }
      show(JSONValue.array(values).prettyText, terminator: "")
    } else {
      for finding in findings {
        show("  \(Console.padded(finding.state.rawValue, 5)) \(Console.padded(finding.subject, 15)) \(finding.words)")
      }
    }
    if findings.contains(where: { $0.state == .bad }) { throw ArgumentParser.ExitCode(2) }
  }
}
