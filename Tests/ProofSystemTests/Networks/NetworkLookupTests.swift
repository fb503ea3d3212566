import Claims
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

@Suite("Rows by number and orders of rows inside networks")
struct NetworkLookupTests {
  private static func shape(_ rows: Int, _ columns: Int) throws -> TensorShape { try #require(TensorShape(rows: rows, columns: columns)) }

  /// Hidden rows of few and of many columns, constants, rows of the row itself, and one table read twice.
  static func lookups() throws -> NetworkModel {
    var samples = NetworkSamples(31)
    let index = try samples.input("index", 3, 0...4)
    let x = try samples.input("x", 10, -50...50)
    let narrow = try samples.reshape(try samples.weights(15, -100...100), 5, 3)
    let wide = try samples.reshape(try samples.weights(100, -100...100), 5, 20)
    let labels = try samples.add(.constant(Constant(.values([7, -3, 0, 9, 4]), shape: try shape(5, 1))))
    let own = try samples.reshape(x, 5, 2)
    let column = try samples.weights(5, -9...9)
    let turned = try samples.gather(index, [2, 1, 0])
    for (name, operands) in [
      ("narrow", [index, narrow]), ("wide", [index, wide]), ("labels", [index, labels]), ("own", [index, own]), ("column", [index, column]),
      ("again", [turned, narrow]),
    ] {
      let rows = try samples.add(.rowLookup(RowLookup()), operands)
      try samples.output(name, try samples.reshape(rows, rows.shape.count))
    }
    let first = try samples.add(.argmax(Argmax()), [try samples.reshape(x, 2, 5)])
    let chosen = try samples.add(.rowLookup(RowLookup()), [first, own])
    try samples.output("chosen", try samples.reshape(chosen, 4))
    return try samples.model()
  }

  @Test("rows of hidden, public and row-dependent tables", arguments: [1, 3]) func rows(count: Int) throws {
    var samples = NetworkSamples(32)
    let inputs = ["index": samples.numbers(3 * count, 0...4), "x": samples.numbers(10 * count, -50...50)]
    try NetworkHarness(model: try Self.lookups()).check(rows: count, inputs)
  }

  @Test("a row that is not there has no proof") func outside() throws {
    var samples = NetworkSamples(33)
    let index = try samples.input("index", 1, -4...9)
    let table = try samples.reshape(try samples.weights(10, -9...9), 5, 2)
    try samples.output("y", try samples.reshape(try samples.add(.rowLookup(RowLookup()), [index, table]), 2))
    let harness = NetworkHarness(model: try samples.model())
    for (row, isThere) in [(Int64(-1), false), (0, true), (4, true), (5, false)] {
      let answers = isThere ? try #require(try harness.model.run(rows: 1, inputs: ["index": [row]])["y"]) : [0, 0]
      let claim = NetworkInference(model: "net", rows: 1, inputs: ["index": .hidden], outputs: ["y": .published(answers)])
      if isThere {
        try NetworkHarness.check(try harness.instance([claim], hidden: [["index": [row]]]))
      } else {
        #expect(throws: ProgramError.self) { try harness.instance([claim], hidden: [["index": [row]]]) }
      }
    }
  }

  static func orders(_ seed: UInt64, rows: Int, columns: Int, range: ClosedRange<Int64>) throws -> NetworkModel {
    var samples = NetworkSamples(seed)
    let x = try samples.input("x", rows * columns, range)
    let bias = try samples.weights(rows * columns, 0...1)
    let sum = try samples.reshape(try samples.add(.affine(Affine(coefficients: [2, 1], constant: 0)), [x, bias]), rows, columns)
    for (isDescending, givesColumns, count) in [(true, true, 1), (true, false, columns), (false, true, columns), (false, false, (columns + 1) / 2)] {
      let order = RowOrder(count: count, isDescending: isDescending, givesColumns: givesColumns)
      let found = try samples.add(.rowOrder(order), [sum])
      try samples.output("y\(isDescending)\(givesColumns)", try samples.reshape(found, rows * count))
    }
    return try samples.model()
  }

  @Test("orders with ties, as values and as columns", arguments: [1, 3]) func order(count: Int) throws {
    var samples = NetworkSamples(34)
    for (rows, columns, range) in [(2, 5, Int64(-2)...2), (1, 16, -1_000...1_000), (1, 1, 0...3), (3, 2, 0...1)] {
      let model = try Self.orders(35, rows: rows, columns: columns, range: range)
      try NetworkHarness(model: model).check(rows: count, ["x": samples.numbers(rows * columns * count, range)])
    }
  }

  // MARK: Dishonest provers

  private struct Subject {
    let harness: NetworkHarness
    let claim: NetworkInference
    let inputs: [String: [Int64]]
    /// Name of the operator's node.
    let node: String

    init(_ samples: NetworkSamples, _ inputs: [String: [Int64]], _ isWanted: (Operator) -> Bool) throws {
      harness = NetworkHarness(model: try samples.model())
      claim = try harness.published(rows: 1, inputs)
      self.inputs = inputs
      node = "0." + (harness.model.architecture.program.nodes.last { isWanted($0.operation) }?.name ?? "")
    }

    /// First column of the cells that are read from a committed table, from the lookup that has a key.
    func reading() throws -> Int {
      let instance = try harness.instance([claim], hidden: [inputs])
      let lookups = instance.relation.tree.lookups.filter { lookup in
        if case .numbered = instance.relation.tree.tables[lookup.table].rows { true } else { false }
      }
      return try #require(lookups.first.flatMap { Int($0.name.dropFirst("0.cells".count)) })
    }

    func isAccepted(_ answers: [Int64], dropped: Set<String>, _ forge: @escaping (inout [String: [Int64]]) -> Void) throws -> Bool {
      let stated = NetworkInference(model: "net", rows: 1, inputs: claim.inputs, outputs: ["y": .published(answers)])
      let instance = try harness.instance([stated], hidden: [inputs], dropped: dropped, honest: claim, forge: forge)
      return (try? NetworkHarness.check(instance)) != nil
    }

    func isStoppedAlone(_ answers: [Int64], by check: String, _ forge: @escaping (inout [String: [Int64]]) -> Void) throws -> Bool {
      let isStopped = try !isAccepted(answers, dropped: [], forge)
      return try isStopped && isAccepted(answers, dropped: [check], forge)
    }
  }

  @Test("another row, a false row, a false table: one check each") func falseRows() throws {
    var samples = NetworkSamples(36)
    let index = try samples.input("index", 1, 0...3)
    let table = try samples.reshape(try samples.weights([10, 11, 20, 21, 30, 31], -9...99), 3, 2)
    try samples.output("y", try samples.reshape(try samples.add(.rowLookup(RowLookup()), [index, table]), 2))
    let subject = try Subject(samples, ["index": [1]]) { if case .rowLookup = $0 { true } else { false } }
    let first = try subject.reading()
    #expect(try subject.isAccepted([20, 21], dropped: []) { _ in })
    #expect(
      try subject.isStoppedAlone([30, 31], by: "\(subject.node).key") {
        $0["cells\(first)"] = [2]
        $0["cells\(first + 1)"] = [30]
        $0["cells\(first + 2)"] = [31]
      })
    #expect(try subject.isStoppedAlone([30, 21], by: "0.cells\(first)") { $0["cells\(first + 1)"] = [30] })
    #expect(
      try subject.isStoppedAlone([50, 21], by: "\(subject.node).table") {
        $0["cells\(first + 1)"] = [50]
        $0["cells\(first - 2)"]?[1] = 50
      })
  }

  @Test("columns out of order, a column twice, another value, another entry, false entries: one check each") func falseOrder() throws {
    var samples = NetworkSamples(37)
    let x = try samples.reshape(try samples.input("x", 3, 0...7), 1, 3)
    _ = try samples.weights(1, 0...1)
    try samples.output("y", try samples.reshape(try samples.add(.rowOrder(RowOrder(count: 3, isDescending: true, givesColumns: false)), [x]), 3))
    let subject = try Subject(samples, ["x": [4, 6, 4]]) { if case .rowOrder = $0 { true } else { false } }
    let first = try subject.reading()
    #expect(try subject.isAccepted([6, 4, 4], dropped: []) { _ in })
    // Digits of columns: entries 3 … 5 of the cells of two bits, or of three after the input; they are found by their content.
    func places(_ record: [String: [Int64]]) -> (key: String, start: Int)? {
      for key in record.keys.sorted() where key != "cells\(first)" && key != "cells\(first + 1)" {
        let list = record[key] ?? []
        for start in list.indices where Array(list.dropFirst(start).prefix(3)) == [1, 0, 2] { return (key, start) }
      }
      return nil
    }
    func write(_ columns: [Int64], _ values: [Int64], _ record: inout [String: [Int64]]) {
      guard let (key, start) = places(record) else { return }
      for (place, column) in columns.enumerated() { record[key]?[start + place] = column }
      record["cells\(first)"] = columns
      record["cells\(first + 1)"] = values
    }
    #expect(try subject.isStoppedAlone([4, 6, 4], by: "\(subject.node).order") { write([0, 1, 2], [4, 6, 4], &$0) })
    #expect(try subject.isStoppedAlone([6, 6, 4], by: "\(subject.node).order") { write([1, 1, 2], [6, 6, 4], &$0) })
    // The entry of column 1 twice, said to be of columns 0 and 1: in order, with the gaps that fit.
    #expect(
      try subject.isStoppedAlone([6, 6, 4], by: "\(subject.node).key") { record in
        guard let (key, start) = places(record), let gaps = record.keys.first(where: { record[$0] == [6, 1] }) else { return }
        for (place, column) in [Int64(0), 1, 2].enumerated() { record[key]?[start + place] = column }
        record["cells\(first)"] = [1, 1, 2]
        record["cells\(first + 1)"] = [6, 6, 4]
        record[gaps] = [0, 8]
      })
    // Another row's cells over this row's inputs, and over this row's entries too.
    let other = try Subject(samples, ["x": [4, 7, 4]]) { if case .rowOrder = $0 { true } else { false } }
    var cells: [String: [Int64]] = [:]
    _ = try other.harness.instance([other.claim], hidden: [other.inputs]) { cells = $0 }
    let foreign = cells
    #expect(
      try subject.isStoppedAlone([7, 4, 4], by: "\(subject.node).entries") { record in
        record = foreign.merging(["cells0": [4, 6, 4]]) { $1 }
      })
    #expect(
      try subject.isStoppedAlone([7, 4, 4], by: "0.cells\(first)") { record in
        record = foreign.merging(["cells0": [4, 6, 4], "cells\(first - 2)": record["cells\(first - 2)"] ?? []]) { $1 }
      })
  }
}
