import ArgumentParser
import Evidence
import Foundation
import Pipelines

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say in words what a bundle, a proof in a bundle, or a store holds.",
    discussion: """
      Examples:

        zkmlops inspect out/german-credit                       the bundle's contents, not verified
        zkmlops inspect out/german-credit/proofs/98473acd….zkp  error terms and sizes of a proof
        zkmlops inspect .zkmlops                                budgets left, everything ever revealed
      """)

  @Argument(help: "A bundle (folder or .tar), a proof file inside a bundle's folder, or a store's folder.", completion: .file())
  var path: String
  @OptionGroup var json: JSONOption

  func run() throws {
    if FileManager.default.fileExists(atPath: path + "/store.sqlite") {
      let store = try StoreInspection(path: path)
      return show(json.isSet ? store.json.prettyText : store.text, terminator: "")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
      !FileManager.default.fileExists(atPath: path + "/manifest.json")
    {
      throw ValidationError("\(TerminalText.quoted(path)) is neither a bundle (no manifest.json) nor a store (no store.sqlite).")
    }
    let inspection = try BundleInspection(path: path)
    show(json.isSet ? inspection.json.prettyText : inspection.text, terminator: "")
  }
}
