import ArgumentParser
import Evidence
import Pipelines

struct CommitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit",
    abstract: "Commit to a table; print the commitment, what it gives away and what its openings cost.",
    discussion: """
      Example:

        zkmlops commit applicants.csv --schema schema.yaml --openings 20

      The commitment hides every cell and fixes them all. Models are committed by `run`.
      """)

  @Argument(help: "A CSV file, plain or gzip.", completion: .file(extensions: ["csv", "gz"]))
  var file: String
  @Option(help: "Its schema (see `zkmlops init`).", completion: .file(extensions: ["yaml"]))
  var schema: String
  @Option(help: "Name in the store (default: the file's).")
  var name: String?
  @Option(help: "How many proofs the commitment shall serve; more make every proof larger.")
  var openings = 20
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (1...100_000).contains(openings) else { throw ValidationError("--openings is a number from 1 to 100000, e.g. 20.") }
  }

  func run() throws {
    let result = try Commitments.commit(
      data: file, schema: schema, name: name, openings: openings, store: store.path, profile: profile.profile.profile)
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
