/// Rows for a network of a store: numbers in the units of its inputs.

import Programs

extension NetworkInput {
  /// The input as columns of a file fill it.
  package var rowInput: ModelRows.Input { ModelRows.Input(name: name, dimensions: dimensions.map { $0 }, isText: isText) }

  /// The rows of an array as integers, nearest with ties to even.
  ///
  /// - Parameter array: [rows, the input's dimensions], or [rows, their product].
  /// - Throws: `.rows` for another shape, a missing value where none is allowed, or a number outside the format.
  public func integers(_ array: ModelRows.Array) throws(ModelImportError) -> (rows: Int, values: [Int64]) {
    let own = array.dimensions.dropFirst().reduce(1, *)
    let rows = array.dimensions.first ?? 1
    guard own == count, rows >= 1 else { throw .rows(reason: "\(name) takes \(dimensions) a row, the array has \(array.dimensions)") }
    let step = unit.real
    var values: [Int64] = []
    values.reserveCapacity(array.numbers.count)
    for (index, number) in array.numbers.enumerated() {
      func place() -> String { "row \(index / max(1, count)), entry \(index % max(1, count)) of \(name)" }
      if number.isNaN {
        guard let missing else { throw .rows(reason: "\(place()) is missing, and nothing in the model takes missing values") }
        values.append(missing)
        continue
      }
      let scaled = (number / step).rounded(.toNearestOrEven)
      guard scaled.magnitude < 0x1p62, range.contains(Int64(scaled)), Int64(scaled) != missing else {
        throw .rows(reason: "\(place()) is \(number), outside its format \(range) · \(unit); import the model with rows that reach it")
      }
      values.append(Int64(scaled))
    }
    return (rows, values)
  }
}

extension ModelRows {
  /// Integers by input name for all inputs of a network.
  /// - Throws: `.rows`; also for inputs with different numbers of rows.
  public func integers(for network: NetworkArchitecture) throws(ModelImportError) -> (rows: Int, inputs: [String: [Int64]]) {
    var inputs: [String: [Int64]] = [:]
    var count: Int?
    for input in network.inputs {
      guard let array = arrays[input.name] else {
        throw .rows(reason: "there is no array called \(input.name); the model takes \(network.inputs.map(\.name).joined(separator: ", "))")
      }
      let (rows, values) = try input.integers(array)
      guard count == nil || count == rows else { throw .rows(reason: "\(input.name) has \(rows) rows, another input \(count ?? 0)") }
      count = rows
      inputs[input.name] = values
    }
    return (count ?? 1, inputs)
  }

  /// Rows for a network from an .npz or .csv file.
  public static func read(_ bytes: [UInt8], file: String, for network: NetworkArchitecture) throws(ModelImportError) -> ModelRows {
    guard file.lowercased().hasSuffix(".csv") else { return try ModelRows(npz: bytes, file: file) }
    return try read(csv: bytes, file: file, inputs: network.inputs.map(\.rowInput)).rows
  }
}
