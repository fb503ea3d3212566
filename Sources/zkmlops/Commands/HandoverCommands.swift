import ArgumentParser
import Evidence
import Pipelines

struct SignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign a committed table as its data owner.",
    discussion: """
      Example:

        zkmlops sign applicants --key city-bank --purpose "audit of the credit model, 2026"

      Signs identity, schema, row count, name, key columns, purpose and date, after the commitment was recomputed from the values. The
      statement goes into every bundle about this commitment, where everybody reads it.
      """)

  @Argument(help: "Name of the table in the store.")
  var artefact: String
  @Option(help: "Name of a data owner's key (see `zkmlops keys`).")
  var key: String
  @Option(help: "What the data are given away for; public.")
  var purpose: String
  @OptionGroup var store: StoreOption
  @OptionGroup var json: JSONOption

  func run() throws {
    let result = try DatasetSigning.sign(artefact, key: key, purpose: purpose, store: store.path)
    show(json.isSet ? result.json.prettyText : result.text + "\n", terminator: "")
  }
}

struct HandoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handover",
    abstract: "Hand a committed artefact over, with a share of its hiding budget.",
    discussion: """
      Example:

        zkmlops handover applicants --to applicants.handover --openings 10

      The file opens the commitment: it holds every value, unencrypted, mode 0600. Bring it over a protected channel to one receiver, and
      delete it afterwards. The share is subtracted here before the file has any content and never comes back: should writing fail, it is lost.
      """)

  @Argument(help: "Name of the artefact in the store.")
  var artefact: String
  @Option(help: "The file to write; must not exist.")
  var to: String
  @Option(help: "Proofs that the receiver may make; they are taken from what is left here.")
  var openings: Int
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (1...100_000).contains(openings) else { throw ValidationError("--openings is a number from 1 to 100000, e.g. 10.") }
  }

  func run() throws {
    let result = try Handovers.give(artefact, to: to, openings: openings, store: store.path, profile: profile.profile.profile)
    show(json.isSet ? result.json.prettyText : result.text + "\n", terminator: "")
  }
}

struct ReceiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receive",
    abstract: "Accept an artefact that was handed over.",
    discussion: """
      Example:

        zkmlops receive applicants.handover --trust keys.yaml

      Recomputes the commitment from the values and the secret, checks every data owner's signature, and records the share of the budget.
      With --trust a warning says when no owner of that list has signed; what is received is recorded all the same.
      A store accepts a handover once; that the file was not received in another store as well, no program can see.
      """)

  @Argument(help: "The file.", completion: .file())
  var file: String
  @Option(help: "Name in this store (default: the giver's).")
  var name: String?
  @Option(help: "Keys whose holders you know (see `zkmlops help verify`).", completion: .file(extensions: ["yaml", "json"]))
  var trust: String?
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var json: JSONOption

  func run() throws {
    let trusted = try trust.map { try TrustedKeys.read(path: $0) } ?? .none
    let result = try Handovers.receive(file, as: name, store: store.path, trust: trusted, profile: profile.profile.profile)
    if let warning = result.warning { complain(warning + "\n") }
    show(json.isSet ? result.json.prettyText : result.text + "\n", terminator: "")
  }
}
