import Foundation
import Testing

/// A built program of this package, run as a process of its own.
struct BuiltProgram: Sendable {
  let path: String

  /// The programs lie where the tests' own executable was built.
  init(_ name: String) throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    path = (own as NSString).deletingLastPathComponent + "/" + name
    try #require(FileManager.default.isExecutableFile(atPath: path), "\(name) is not built")
  }

  static func zkmlops() throws -> BuiltProgram { try BuiltProgram("zkmlops") }
  static func verifier() throws -> BuiltProgram { try BuiltProgram("zkmlops-verify") }

  /// What a process left.
  struct Outcome: Sendable {
    let status: Int32
    /// False when a signal ended it.
    let exited: Bool
    let output: String
    let errors: String

    /// The output as JSON.
    func json() throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
    /// One error in words on standard error, with nothing else than a remedy.
    var isClearError: Bool { errors.hasPrefix("error: ") && !errors.contains("Fatal") && errors.split(separator: "\n").count == 1 }
  }

  /// Runs to the end.
  /// - Parameters:
  ///   - folder: working directory.
  ///   - fileLimit: no file may grow beyond this many 512-byte blocks; writes fail like those to a full disk.
  ///   - wrapper: program with arguments that runs the command given after them.
  @discardableResult
  func run(_ arguments: [String], in folder: String? = nil, fileLimit: Int? = nil, wrapper: [String] = []) throws -> Outcome {
    let running = try start(arguments, in: folder, fileLimit: fileLimit, wrapper: wrapper)
    return running.wait()
  }

  func start(_ arguments: [String], in folder: String? = nil, fileLimit: Int? = nil, wrapper: [String] = []) throws -> Running {
    var command = wrapper + [path] + arguments
    // The limit counts for the files of output, too, which stay far below it.
    if let fileLimit { command = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f \(fileLimit); exec \"$@\"", "sh"] + command }
    return try Running(command, folder: folder)
  }

  /// A process under way; its output goes to files, so that it never waits for a reader.
  final class Running: @unchecked Sendable {
    private let process = Process()
    private let base: String

    init(_ command: [String], folder: String?) throws {
      base = FileManager.default.temporaryDirectory.appendingPathComponent("command-\(UUID().uuidString)").path
      for suffix in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: base + suffix)) }
      process.executableURL = URL(fileURLWithPath: command[0])
      process.arguments = Array(command.dropFirst())
      if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: base + "out"))
      process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: base + "err"))
      try process.run()
    }

    /// As `kill -9`.
    func stop() { kill(process.processIdentifier, SIGKILL) }

    func wait() -> Outcome {
      process.waitUntilExit()
      func text(_ suffix: String) -> String {
        defer { try? FileManager.default.removeItem(atPath: base + suffix) }
        return String(decoding: FileManager.default.contents(atPath: base + suffix) ?? Data(), as: UTF8.self)
      }
      return Outcome(
        status: process.terminationStatus, exited: process.terminationReason == .exit, output: text("out"), errors: text("err"))
    }
  }
}

/// A project of 24 rows in a folder of its own.
final class SampleProject: Sendable {
  let path: String
  var store: String { path + "/store" }

  init(openings: Int = 3, pipeline extra: String = "") throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("commands-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var lines = ["income,job,approved"]
    for index in 0..<24 { lines.append("\(900 + (index * 7_919) % 4_000),\(["clerk", "nurse"][index % 2]),\(index % 3 == 0 ? "yes" : "no")") }
    try write(lines.joined(separator: "\n") + "\n", to: "data.csv")
    try write(
      """
      version: 1
      columns:
        - {name: income, type: integer, range: [0, 9999]}
        - {name: job, type: category, values: [clerk, nurse]}
        - {name: approved, type: category, values: ["no", "yes"]}
      """, to: "schema.yaml")
    try write(
      """
      version: 1
      data: data.csv
      schema: schema.yaml
      target: approved
      split: {test: 0.4, seed: 3}
      openings: \(openings)
      \(extra)
      """, to: "pipeline.yaml")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }

  /// Arguments of a run; paths are relative to the project's folder.
  func arguments(_ output: String = "bundle", _ more: String...) -> [String] {
    ["run", "pipeline.yaml", "--out", output, "--store", "store"] + more
  }

  @discardableResult
  func run(_ program: BuiltProgram, _ output: String = "bundle", _ more: String...) throws -> BuiltProgram.Outcome {
    try program.run(arguments(output) + more, in: path)
  }

  /// Everything in the folder, hidden names included, but what lies in the store.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
  static let initialNames = ["data.csv", "pipeline.yaml", "schema.yaml"]

  /// Names of all files below `folder`, relative to it.
  func files(_ folder: String) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
  }
}
