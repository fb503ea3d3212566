/// The import: read, translate, calibrate, lower, compare.

import Hashing
import Programs

/// Choices of an import.
public struct ImportOptions: Sendable {
  /// Widths of formats.
  public var formats = FormatOptions()
  /// Rows per run of the program, where the model leaves that open.
  public var batch = 1
  /// A plan made before, instead of calibrating.
  public var plan: FormatPlan?
  /// What an import takes on.
  public var limits = ImportLimits()
  /// Sizes of other open dimensions by their name.
  public var sizes: [String: Int] = [:]

  /// The defaults: 16 bits, one row a run.
  public init() {}
}

/// A model that was read and can be imported with different options.
public struct ModelImporter: Sendable {
  package let model: ONNXModel
  /// SHA-256 of the ONNX file, without data that lie in other files; nil for a model that was not read from a file.
  public let fileDigest: Digest?

  /// Reads a file, or the ONNX file of an MLflow model folder.
  public init(path: String) throws(ModelImportError) {
    let file = try ONNXReader.modelFile(path)
    let bytes = try ONNXReader.contents(file)
    model = try ONNXReader.read(bytes, path: file)
    fileDigest = SHA256.hash(bytes)
  }

  /// Reads bytes; data in other files are refused.
  public init(bytes: [UInt8]) throws(ModelImportError) {
    model = try ONNXReader.read(bytes, folder: nil)
    fileDigest = SHA256.hash(bytes)
  }

  package init(_ model: ONNXModel) {
    self.model = model
    fileDigest = nil
  }

  /// The model with inputs fixed to values, as if they were initialisers. Integers and booleans become public.
  public func fixing(_ values: [String: ONNXTensor]) -> ModelImporter {
    var initialisers = model.initialisers
    for (name, value) in values where model.inputs.contains(where: { $0.name == name }) { initialisers[name] = value }
    return ModelImporter(
      ONNXModel(
        opsets: model.opsets, nodes: model.nodes, initialisers: initialisers, inputs: model.inputs.filter { values[$0.name] == nil },
        outputs: model.outputs))
  }

  /// Names of the inputs.
  public var inputNames: [String] { model.inputs.map(\.name) }

  /// Names of the outputs.
  public var outputNames: [String] { model.outputs.map(\.name) }

  /// The integer program, calibrated on rows, or on made-up ones without.
  public func importModel(rows: ModelRows? = nil, options: ImportOptions = ImportOptions()) throws(ModelImportError) -> ImportedModel {
    let shapes = try inputShapes(rows, options)
    let runs = options.plan == nil ? try chunks(rows, shapes) : []
    return try importModel(chunks: runs, shapes: shapes, options: options, isCalibrated: rows != nil)
  }

  /// The integer program for given shapes, calibrated on given runs.
  func importModel(
    chunks: [[[Double]]], shapes: [[Int]], options: ImportOptions, isCalibrated: Bool = true
  ) throws(ModelImportError) -> ImportedModel {
    let graph = try ModelGraph(model, inputShapes: shapes, limits: options.limits)
    let plan: FormatPlan
    if let given = options.plan {
      plan = given
    } else {
      plan = try calibrate(graph, chunks)
    }
    let lowering = Lowering(graph, plan: plan, options: options.formats)
    let results = try lowering.run()
    var inputs: [InputFormat] = []
    for (info, value) in graph.inputs {
      if let lowered = lowering.lowered[value.id] {
        inputs.append(
          InputFormat(
            name: info.name, dimensions: value.dimensions, unit: lowered.unit, range: lowered.range, isText: value.kind == .text,
            missing: lowering.inputsWithMissing.contains(value.id) ? lowered.range.lower : nil))
      } else {
        // No output depends on it.
        inputs.append(
          InputFormat(
            name: info.name, dimensions: value.dimensions, unit: 0x1p-20, range: IntegerRange(-(1 << 61)...(1 << 61)), isText: value.kind == .text,
            missing: -(1 << 61)))
      }
    }
    let outputs = zip(graph.outputs, results).map { output, result in
      OutputFormat(
        name: output.name, dimensions: output.value.dimensions, unit: result.value.unit, isText: result.kind == .text,
        isInteger: result.kind != .real)
    }
    let traces = graph.live.compactMap { id in lowering.lowered[id].map { (graph.nodes[id].origin, id, $0) } }
    return ImportedModel(
      program: lowering.builder.build(), hidden: lowering.hidden, inputs: inputs, outputs: outputs, published: graph.published, plan: plan,
      isCalibrated: isCalibrated, trees: graph.trees, texts: graph.texts, traces: Self.lastOfEach(traces), origins: graph.origins)
  }

  /// The float reference on rows: one list of numbers per output, chunk after chunk.
  public func evaluate(_ rows: ModelRows, options: ImportOptions = ImportOptions()) throws(ModelImportError) -> [[Double]] {
    let shapes = try inputShapes(rows, options)
    let graph = try ModelGraph(model, inputShapes: shapes, limits: options.limits)
    var results = [[Double]](repeating: [], count: graph.outputs.count)
    let kept = Set(graph.outputs.map(\.value.id))
    for chunk in try chunks(rows, shapes) {
      let values = try graph.evaluate(chunk, keeping: kept) { _, _ in true }
      for (index, output) in graph.outputs.enumerated() { results[index] += values[output.value.id] }
    }
    return results
  }

  /// Node by node: the format, and the largest error on the first rows.
  public func report(_ imported: ImportedModel, rows: ModelRows?, options: ImportOptions = ImportOptions()) throws(ModelImportError) -> [NodeReport] {
    var errors: [Int: Double] = [:]
    if let rows {
      let shapes = try inputShapes(rows, options)
      let graph = try ModelGraph(model, inputShapes: shapes, limits: options.limits)
      let kept = Set(imported.traces.map(\.graphNode))
      if let chunk = try chunks(rows, shapes).first {
        let values = try graph.evaluate(chunk, keeping: kept) { _, _ in true }
        let execution = try imported.execute(chunk)
        for trace in imported.traces {
          let integers = execution.values[trace.value.reference.index]
          errors[trace.graphNode] = zip(integers, values[trace.graphNode]).reduce(0) { max($0, abs(Double($1.0) * trace.value.unit - $1.1)) }
        }
      }
    }
    return imported.traces.map { trace in
      let origin = imported.origins.indices.contains(trace.origin) ? imported.origins[trace.origin] : ("input", "input")
      return NodeReport(
        node: origin.0, operation: origin.1, programNodes: trace.count, unit: trace.value.unit, bits: trace.value.bits,
        error: errors[trace.graphNode])
    }
  }

  private static func lastOfEach(
    _ traces: [(Int, Int, LoweredValue)]
  ) -> [(origin: Int, graphNode: Int, value: LoweredValue, count: Int)] {
    var last: [Int: (Int, LoweredValue, Int)] = [:]
    for (origin, node, value) in traces where origin >= 0 { last[origin] = (node, value, (last[origin]?.2 ?? 0) + 1) }
    return last.keys.sorted().compactMap { origin in last[origin].map { (origin, $0.0, $0.1, $0.2) } }
  }

  // MARK: Shapes and rows

  /// Shapes of the inputs for one run: declared sizes, the batch for an open first axis, and the rows' sizes for other open axes.
  package func inputShapes(_ rows: ModelRows?, _ options: ImportOptions) throws(ModelImportError) -> [[Int]] {
    var result: [[Int]] = []
    for input in model.inputs {
      let array = rows?.arrays[input.name]
      if rows != nil, array == nil {
        throw .rows(reason: "there is no array called \(input.name); the model takes \(inputNames.joined(separator: ", "))")
      }
      guard let declared = input.dimensions else {
        guard var shape = array?.dimensions else { throw .rows(reason: "\(input.name) declares no shape; give rows") }
        if !shape.isEmpty { shape[0] = options.batch }
        result.append(shape)
        continue
      }
      if let array, array.dimensions.count != declared.count {
        throw .rows(reason: "\(input.name) takes \(declared.count) axes, the array has \(array.dimensions)")
      }
      var shape: [Int] = []
      for (axis, size) in declared.enumerated() {
        let symbol = input.symbols.indices.contains(axis) ? input.symbols[axis] : ""
        if let size {
          if axis > 0, let array, array.dimensions[axis] != size {
            throw .rows(reason: "\(input.name) takes \(size) on axis \(axis), the array has \(array.dimensions)")
          }
          shape.append(size)
        } else if let named = options.sizes[symbol] {
          shape.append(named)
        } else if axis == 0 {
          shape.append(options.batch)
        } else if let array {
          shape.append(array.dimensions[axis])
        } else {
          throw .rows(reason: "axis \(axis) of \(input.name) (\(symbol)) is open; give rows, or its size")
        }
      }
      result.append(shape)
    }
    for (input, shape) in zip(model.inputs, result) {
      var count = 1
      for size in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 1, !overflow, product <= options.limits.count else { throw .tooLarge(node: input.name, reason: "an input of \(shape)") }
        count = product
      }
    }
    return result
  }

  /// The rows in runs; the last run repeats its last row.
  package func chunks(_ rows: ModelRows?, _ shapes: [[Int]]) throws(ModelImportError) -> [[[Double]]] {
    guard let rows else { return Self.madeUp(model, shapes) }
    var count = 0
    for (input, shape) in zip(model.inputs, shapes) {
      guard let array = rows.arrays[input.name], let total = array.dimensions.first ?? 1 as Int?, let size = shape.first ?? 1 as Int? else {
        continue
      }
      count = max(count, (total + size - 1) / max(1, size))
    }
    var result: [[[Double]]] = []
    for chunk in 0..<count {
      var given: [[Double]] = []
      for (input, shape) in zip(model.inputs, shapes) {
        guard let array = rows.arrays[input.name] else { continue }
        let total = array.dimensions.first ?? 1
        let size = shape.first ?? 1
        let width = array.numbers.count / max(1, total)
        guard width == shape.dropFirst().reduce(1, *) else { throw .rows(reason: "\(input.name) takes \(shape), the array has \(array.dimensions)") }
        var numbers: [Double] = []
        numbers.reserveCapacity(size * width)
        for row in 0..<size {
          let source = min(total - 1, chunk * size + row)
          numbers += array.numbers[(source * width)..<((source + 1) * width)]
        }
        given.append(numbers)
      }
      result.append(given)
    }
    return result
  }

  /// Without rows: sixteen made-up runs between −1 and 1 (integers 0 or 1).
  private static func madeUp(_ model: ONNXModel, _ shapes: [[Int]]) -> [[[Double]]] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) * 0x1p-52 - 1
    }
    return (0..<16).map { _ in
      zip(model.inputs, shapes).map { input, shape in
        (0..<shape.reduce(1, *)).map { _ in
          guard let type = input.type, !type.isFloat else { return next() }
          return next() > 0 ? 1 : 0
        }
      }
    }
  }

  private func calibrate(_ graph: ModelGraph, _ chunks: [[[Double]]]) throws(ModelImportError) -> FormatPlan {
    var calibration = Calibration(count: graph.nodes.count)
    for chunk in chunks {
      _ = try graph.evaluate(chunk, keeping: []) { id, values in
        switch graph.nodes[id].primitive {
        case .view(_, let fill) where fill.isInfinite:
          // The fill of a maximum stands for the least value of the format.
          return calibration.record(id, values.filter { $0 > -.infinity }, allowsMissing: true)
        case .input, .view, .concatenate, .linear, .product, .select: return calibration.record(id, values, allowsMissing: true)
        default: return calibration.record(id, values, allowsMissing: false)
        }
      }
    }
    var plan = calibration.plan(graph.live)
    for id in graph.live {
      if case .treeEnsemble(let trees, _) = graph.nodes[id].primitive {
        let largest = trees.nodes.reduce(0.0) { max($0, $1.leaf.map { abs($0) }.max() ?? 0) }
        plan.entries[~id] = FormatPlan.Entry(
          exponent: FormatPlan.exponent(largest), isIntegral: false, isSigned: true, isNeverPositive: false, hasMissing: false)
      }
    }
    return plan
  }
}
