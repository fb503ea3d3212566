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
      Only when asked for: \(BenchmarkSuite.largeNames.joined(separator: ", "))
      """)

  @Argument(help: "Which to run; all when none is named.") var names: [String] = []
  @Flag(help: "One JSON object a line.") var json = false

  func validate() throws {
    for name in names where !(BenchmarkSuite.names + BenchmarkSuite.largeNames).contains(name) {
      throw ValidationError("there is no benchmark \(name); there are \(BenchmarkSuite.names.joined(separator: ", "))")
    }
  }

  func run() throws {
    for name in names.isEmpty ? BenchmarkSuite.names : names {
      for line in try BenchmarkSuite.run(name) ?? [] { print(json ? Self.json(line) : Self.text(line)) }
      Output.flush()
    }
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
