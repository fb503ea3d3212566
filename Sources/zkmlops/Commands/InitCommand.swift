import ArgumentParser
import Evidence
import Pipelines

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Look at a CSV file and write a schema and a pipeline that run as they are.",
    discussion: """
      Example:

        zkmlops init data.csv --target defaulted
        zkmlops run pipeline.yaml

      Both files are commented: read them, and correct what was guessed, before you commit to anything.
      """)

  @Argument(help: "A CSV file, plain or gzip.", completion: .file(extensions: ["csv", "gz"]))
  var data: String
  @Option(help: "The column to predict.")
  var target: String
  @Option(name: [.customLong("out"), .short], help: "The folder for the two files (default: the current one).")
  var out = "."
  @Flag(help: "Replace files that are there.")
  var force = false

  func run() throws {
    let project = try ProjectSetup.create(data: data, target: target, folder: out, replacing: force)
    for note in project.notes { show("  note: \(note)") }
    show("Wrote \(TerminalText.escaped(project.schemaPath)) and \(TerminalText.escaped(project.pipelinePath)).")
    show("Next: zkmlops run \(TerminalText.escaped(project.pipelinePath)) --out bundle")
  }
}
