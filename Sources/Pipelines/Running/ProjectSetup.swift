import Evidence
import Foundation
import Importers

/// What `init` writes.
public struct ProjectSetup: Sendable {
  /// The schema file.
  public let schemaPath: String
  /// The pipeline file.
  public let pipelinePath: String
  /// What a reader should know.
  public let notes: [String]

  /// Surveys a CSV file and writes `schema.yaml` and `pipeline.yaml` into `folder`.
  ///
  /// - Parameter replacing: whether files of these names may be replaced.
  /// - Throws: `ImportError`, `PipelineError.destination`, `BundleWriteError`.
  public static func create(data: String, target: String, folder: String, replacing: Bool = false) throws -> ProjectSetup {
    let (schema, pipeline) = (join(folder, "schema.yaml"), join(folder, "pipeline.yaml"))
    let project = try ProjectInitialiser.run(path: data, dataPath: relative(data, to: folder), target: target)
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw PipelineError(.destination, "The folder \(TerminalText.quoted(folder)) cannot be made.", remedy: "Choose another folder.")
    }
    for path in [schema, pipeline] where !replacing && FileManager.default.fileExists(atPath: path) {
      throw PipelineError(.destination, "\(TerminalText.quoted(path)) exists.", remedy: "Choose another folder with --out, or say --force.")
    }
    try BundleWriter.writeFile(Array(project.schemaText.utf8), to: schema)
    try BundleWriter.writeFile(Array(project.pipelineText.utf8), to: pipeline)
    return ProjectSetup(schemaPath: schema, pipelinePath: pipeline, notes: project.notes)
  }

  private static func join(_ folder: String, _ name: String) -> String { folder == "." ? name : FilePaths.join(folder, name) }

  /// The path of a file as seen from a folder.
  static func relative(_ path: String, to folder: String) -> String {
    let file = URL(fileURLWithPath: path).standardizedFileURL.pathComponents
    let base = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL.pathComponents
    let shared = zip(file, base).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: base.count - shared) + file[shared...]).joined(separator: "/")
  }
}
