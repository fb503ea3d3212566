import ArgumentParser
import Benchmarks
import Foundation

/// Measures the engine on this machine, each figure beside its limit.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the engine on this machine, each figure beside its limit.",
    discussion: """
      All proofs are made with zero-knowledge on at 128 bits. A limit is the least to reach, or a bound computed from this machine's own
      constants in the same run; a ratio above 1 misses it. Figures per core are processor time, so other load disturbs them little.

      Example: zkmlops bench open-2^20
      Names: \(BenchmarkSuite.names.joined(separator: ", "))
      Only when asked for: \((BenchmarkSuite.largeNames + ImportedBenchmarks.names).joined(separator: ", "))

      `large` stands for networks of the size of VGG-16 and GPT-2 with random weights, which reference/make_models.py writes. The limit of their
      memory is the system's limit of the address space: a run that needs more ends there. The other imported models are read from --models too:
      NAME.onnx, and NAME.npz with rows.
      """)

  @Argument(help: "Which to run; all when none is named.") var names: [String] = []
  @Option(help: "Folder of imported models.", completion: .directory) var models = ImportedBenchmarks.folder
  @Flag(help: "One JSON object a line.") var json = false

  func validate() throws {
    for name in names where !(BenchmarkSuite.names + BenchmarkSuite.largeNames + ImportedBenchmarks.names).contains(name) {
      throw ValidationError("there is no benchmark \(name); there are \(BenchmarkSuite.names.joined(separator: ", "))")
    }
  }

  func run() throws {
    for name in names.isEmpty ? BenchmarkSuite.names : names {
      guard let imported = ImportedBenchmarks.models(name) else {
        show(try BenchmarkSuite.run(name) ?? [])
        continue
      }
      for model in imported { show(try ImportedBenchmarks.run(model, folder: models)) }
    }
  }

  private func show(_ lines: [BenchmarkLine]) {
    for line in lines { print(json ? Self.json(line) : Self.text(line)) }
    Output.flush()
  }

  private static func text(_ line: BenchmarkLine) -> String {
    func number(_ value: Double) -> String { String(format: value < 10 ? "%.3f" : "%.1f", value) }
    let name = line.name.padding(toLength: 38, withPad: " ", startingAt: 0)
    let value = String(repeating: " ", count: max(0, 10 - number(line.value).count)) + number(line.value)
    var text = "\(name)\(value) \(line.unit)"
    if let limit = line.limit, let ratio = line.ratio { text += "   limit \(number(limit)), ratio \(String(format: "%.2f", ratio))" }
    return line.note.isEmpty ? text : text + "   (\(line.note))"
  }

  private static func json(_ line: BenchmarkLine) -> String {
    let limit = line.limit.map { "\($0)" } ?? "null"
    return "{\"name\": \"\(line.name)\", \"value\": \(line.value), \"unit\": \"\(line.unit)\", \"limit\": \(limit), \"note\": \"\(line.note)\"}"
  }
}
