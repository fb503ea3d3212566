import Evidence
import Foundation

/// Where a bundle goes: looked at before anything is spent on it.
enum Destination {
  /// Makes the folders above `path` and makes sure that a bundle can be written there.
  /// - Throws: `PipelineError.destination`.
  static func prepare(_ path: String) throws(PipelineError) {
    let shown = TerminalText.quoted(path)
    let folder = PathText.parent(of: path)
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw PipelineError(.destination, "The folder \(TerminalText.quoted(folder)) cannot be made.", remedy: "Choose another place for the bundle.")
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw PipelineError(
        .destination, "Nothing can be written in \(TerminalText.quoted(folder)).",
        remedy: "Choose another place for the bundle, or change its permissions.")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? ["?"]
    guard isFolder.boolValue, names.isEmpty || names.contains("manifest.json") else {
      throw PipelineError(.destination, "\(shown) exists and is not a bundle.", remedy: "Choose another place for the bundle, or move it away.")
    }
  }
}
