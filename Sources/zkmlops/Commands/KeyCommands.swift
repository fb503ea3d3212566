import ArgumentParser
import Evidence
import Pipelines

extension SigningRole: ExpressibleByArgument {}

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Signing keys: make, list, show, export.",
    discussion: """
      Examples:

        zkmlops keys new city-bank --role owner
        zkmlops keys export city-bank --out city-bank.key.json

      A key is a pair, Ed25519 and ML-DSA-65 (safe against quantum computers): every signature is made with both, and both must hold. The
      private halves stay in the store, in `keys`; whoever has a copy of them signs in your name. The fingerprint is what others compare.
      """,
    subcommands: [New.self, List.self, Show.self, Export.self])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new", abstract: "Make a pair of keys.", discussion: "Example: zkmlops keys new city-bank --role owner")
    @Argument(help: "Name of the key in the store.")
    var name: String
    @Option(help: "owner signs datasets, provider signs bundles; auditor and log countersign.")
    var role: SigningRole
    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption

    func run() throws { show(try KeyCare.create(name, role: role, store: store.path), json) }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the keys of the store.", discussion: "Example: zkmlops keys list")
    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption

    func run() throws {
      let keys = try KeyCare.list(store: store.path)
      guard !json.isSet else { return zkmlops.show(JSONValue.array(keys.map(\.json)).prettyText, terminator: "") }
      if keys.isEmpty { zkmlops.show("No keys. `zkmlops keys new NAME --role ROLE` makes one.") }
      for key in keys { zkmlops.show("\(Console.padded(key.role.rawValue, 9)) \(key.key.fingerprint)  \(key.name)") }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show a key's role and fingerprint, and the lines for a list of trusted keys.",
      discussion: "Example: zkmlops keys show city-bank")
    @Argument(help: "Name of the key in the store.")
    var name: String
    @OptionGroup var store: StoreOption
    @OptionGroup var json: JSONOption

    func run() throws { show(try KeyCare.show(name, store: store.path), json) }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write the public half of a key to a file.",
      discussion: "Example: zkmlops keys export city-bank --out city-bank.key.json")
    @Argument(help: "Name of the key in the store.")
    var name: String
    @Option(name: [.customLong("out"), .short], help: "The JSON file to write (default: NAME.key.json).")
    var out: String?
    @OptionGroup var store: StoreOption

    func run() throws {
      let path = out ?? "\(name).key.json"
      let file = try KeyCare.export(name, to: path, store: store.path)
      zkmlops.show("Public key of \(file.name) in \(TerminalText.escaped(path)), fingerprint \(file.key.fingerprint)")
    }
  }
}

/// A key, for people or programs.
private func show(_ key: PublicKeyFile, _ json: JSONOption) {
  show(json.isSet ? key.json.prettyText : KeyCare.text(key) + "\n", terminator: "")
}
