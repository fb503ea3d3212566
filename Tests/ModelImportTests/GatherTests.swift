import Claims
import ONNXProto
import Programs
import TestSupport
import Testing

import ModelImport

/// Gathers by computed indices: each index belongs to its axis, and negative ones count from the end.
@Suite("Gathers by computed indices")
struct GatherTests {
  /// x [2, 3] and indices [2, 3] of `axis`, both integers. Calibration decides whether indices have a sign.
  private func imported(_ operation: String, axis: Int64, _ dimensions: [Int64] = [2, 3], calibration: [Double]) throws -> ImportedModel {
    var node = Sample.node(operation, ["x", "i"], ["y"])
    var attribute = Onnx_AttributeProto()
    attribute.name = "axis"
    attribute.type = .int
    attribute.i = axis
    node.attribute = [attribute]
    var (x, i) = (Sample.info("x", [2, 3]), Sample.info("i", dimensions))
    x.type.tensorType.elemType = 7
    i.type.tensorType.elemType = 7
    let importer = try ModelImporter(bytes: try Sample.bytes(Sample.model([node], inputs: [x, i], outputs: ["y"])))
    let rows = ModelRows([
      "x": try #require(ModelRows.Array(dimensions: [2, 3], numbers: Self.x)),
      "i": try #require(ModelRows.Array(dimensions: dimensions.map { Int($0) }, numbers: calibration)),
    ])
    return try importer.importModel(rows: rows)
  }

  private static let x: [Double] = [10, 20, 30, 40, 50, 60]

  /// Whether the run is refused for an index of `range`.
  private func isRefused(_ model: ImportedModel, _ indices: [Double], range: IntegerRange) -> Bool {
    do {
      _ = try model.run([Self.x, indices])
      return false
    } catch {
      guard case .range(_, _, .inputOutOfRange(_, _, _, let own)) = error else { return false }
      return own == range
    }
  }

  @Test("GatherElements: negative indices count from the end of their axis, and no index leaves it")
  func elements() throws {
    let model = try imported("GatherElements", axis: 1, calibration: [-3, 2, 0, 1, -1, -2])
    #expect(try model.run([Self.x, [0, -1, 2, -3, 1, -2]]).first == [10, 30, 30, 40, 50, 50])
    // Entry 3 of the tensor is the first of the second row, entry −4 + 3 + 3 the last of the first.
    #expect(isRefused(model, [3, 0, 0, 0, 0, 0], range: IntegerRange(0...2)))
    #expect(isRefused(model, [0, 0, 0, -4, 0, 0], range: IntegerRange(0...2)))
    let other = try imported("GatherElements", axis: 0, calibration: [-2, 1, 0, 1, -1, -2])
    #expect(try other.run([Self.x, [1, -1, 0, -2, 0, 1]]).first == [40, 50, 30, 10, 20, 60])
    #expect(isRefused(other, [2, 0, 0, 0, 0, 0], range: IntegerRange(0...1)))
    let unsigned = try imported("GatherElements", axis: 1, calibration: [0, 1, 2, 0, 1, 2])
    #expect(try unsigned.run([Self.x, [2, 1, 0, 0, 0, 2]]).first == [30, 20, 10, 40, 40, 60])
    #expect(isRefused(unsigned, [3, 0, 0, 0, 0, 0], range: IntegerRange(0...2)))
  }

  @Test("Gather: negative indices count from the end, and others are refused")
  func gather() throws {
    let model = try imported("Gather", axis: 1, [2], calibration: [-3, 2])
    #expect(try model.run([Self.x, [-1, 0]]).first == [30, 10, 60, 40])
    #expect(isRefused(model, [3, 0], range: IntegerRange(0...2)))
    #expect(isRefused(model, [0, -4], range: IntegerRange(0...2)))
  }

  @Test("a proof follows: indices of both signs are proved, and one beyond the axis is stopped by the check of the axis alone")
  func dishonest() throws {
    let signed = try imported("GatherElements", axis: 1, calibration: [-3, 2, 0, 1, -1, -2])
    try NetworkHarness(model: try signed.network).check(rows: 2, inputs([[0, -1, 2, -3, 1, -2], [2, 1, 0, -1, -2, -3]]))
    let gather = try imported("Gather", axis: 1, [2], calibration: [-3, 2])
    try NetworkHarness(model: try gather.network).check(rows: 2, inputs([[0, -1], [2, -3]]))

    let harness = NetworkHarness(model: try imported("GatherElements", axis: 1, calibration: [0, 1, 2, 0, 1, 2]).network)
    func given(_ index: Int64) -> [String: [Int64]] { inputs([[index, 0, 0, 0, 0, 0]]) }
    func record(_ index: Int64) throws -> (claim: NetworkInference, cells: [String: [Int64]]) {
      let claim = try harness.published(rows: 1, given(index))
      var cells: [String: [Int64]] = [:]
      _ = try harness.instance([claim], hidden: [given(index)]) { cells = $0 }
      return (claim, cells)
    }
    // Every cell is linear in the index, the entries that are read too: what 3 needs follows from what 1 and 2 have.
    let (first, second) = (try record(1), try record(2))
    let claim = NetworkInference(
      model: "net", rows: 1, inputs: second.claim.inputs, outputs: ["y": .published([40, 10, 10, 40, 40, 40])])
    var negative: [(key: String, entry: Int)] = []
    let forged = second.cells.reduce(into: [String: [Int64]]()) { out, column in
      out[column.key] = zip(column.value, first.cells[column.key] ?? []).enumerated().map { entry, pair in
        let value = 2 * pair.0 - pair.1
        if value < 0 { negative.append((column.key, entry)) }
        return max(0, value)
      }
    }
    // Only the distance from the axis' end would have to be negative.
    #expect(negative.count == 1)
    let name = try #require(
      harness.model.architecture.program.nodes.last { if case .rescale = $0.operation { true } else { false } }?.name)
    for (dropped, isWanted) in [(Set<String>(), false), (["0.\(name).above"], true)] {
      let instance = try harness.instance([claim], hidden: [given(2)], dropped: dropped, honest: second.claim) { $0 = forged }
      #expect(((try? NetworkHarness.check(instance)) != nil) == isWanted)
    }
    #expect(throws: ProgramError.self) { try harness.instance([claim], hidden: [given(3)]) }
  }

  /// The rows' integers: x and indices count in steps of 1.
  private func inputs(_ indices: [[Int64]]) -> [String: [Int64]] {
    ["x": indices.flatMap { _ in Self.x.map { Int64($0) } }, "i": indices.flatMap { $0 }]
  }
}
