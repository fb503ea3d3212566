/// Rows from CSV files: a column per feature of the one input, or a column per input.

import Importers

extension ModelImporter {
  /// The inputs as columns of a file fill them.
  package var rowInputs: [ModelRows.Input] {
    model.inputs.map { ModelRows.Input(name: $0.name, dimensions: $0.dimensions.map { Array($0.dropFirst()) }, isText: $0.type == .string) }
  }

  /// Rows of a CSV file with a header, as `ModelRows.read` takes them.
  public func rows(csv bytes: [UInt8], file: String, labels: String? = nil) throws(ModelImportError) -> (rows: ModelRows, labels: [Double]?) {
    try ModelRows.read(csv: bytes, file: file, inputs: rowInputs, labels: labels)
  }
}

extension ModelRows {
  /// An input that rows are read for.
  public struct Input: Sendable {
    /// Its name.
    public let name: String
    /// Dimensions of one row, nil for open ones; nil when none are declared.
    public let dimensions: [Int?]?
    /// Whether it takes texts.
    public let isText: Bool

    /// An input from its parts.
    public init(name: String, dimensions: [Int?]?, isText: Bool) {
      self.name = name
      self.dimensions = dimensions
      self.isText = isText
    }
  }

  /// Rows of a CSV file with a header. A model with one input of several columns takes all columns but the label's in their order; a model
  /// with one input per column takes them by name. Empty cells are missing values.
  public static func read(
    csv bytes: [UInt8], file: String, inputs: [Input], labels: String? = nil
  ) throws(ModelImportError) -> (rows: ModelRows, labels: [Double]?) {
    var records: [[String]] = []
    let names: [String]
    do {
      var parser = CSVParser(MemorySource(bytes), file: file)
      let header = try CSVHeader(&parser, file: file)
      names = header.names
      while let record = try header.next(&parser) { records.append((0..<names.count).map(record.text)) }
    } catch {
      throw .rows(reason: error.description)
    }
    guard !records.isEmpty else { throw .rows(reason: "\(file) has no row") }
    var labelIndex: Int?
    if let labels {
      guard let index = names.firstIndex(of: labels) else { throw .rows(reason: "\(file) has no column \(labels)") }
      labelIndex = index
    }
    func numbers(_ columns: [Int], isText: Bool) throws(ModelImportError) -> [Double] {
      var result: [Double] = []
      for (row, record) in records.enumerated() {
        for column in columns {
          let cell = record[column]
          if isText {
            result.append(TextCode.code(cell))
          } else if let number = Double(cell) {
            result.append(number)
          } else if cell.isEmpty {
            result.append(.nan)
          } else {
            throw .rows(reason: "\(file), row \(row + 1), column \(names[column]): \(cell.prefix(40)) is no number")
          }
        }
      }
      return result
    }
    var arrays: [String: ModelRows.Array] = [:]
    let features = names.indices.filter { $0 != labelIndex }
    for input in inputs {
      let isText = input.isText
      let columns: [Int]
      if let own = names.firstIndex(of: input.name) {
        columns = [own]
      } else if inputs.count == 1 {
        columns = features
      } else {
        throw .rows(reason: "\(file) has no column \(input.name)")
      }
      let values = try numbers(columns, isText: isText)
      // A flat row fills whatever axes the input declares after the first.
      let declared = input.dimensions?.compactMap { $0 } ?? []
      let shape = !declared.isEmpty && declared.reduce(1, *) == columns.count ? declared : [columns.count]
      arrays[input.name] = ModelRows.Array(dimensions: [records.count] + shape, numbers: values)
    }
    let judged = try labelIndex.map { (index) throws(ModelImportError) in
      records.allSatisfy { Double($0[index]) != nil } ? try numbers([index], isText: false) : try numbers([index], isText: true)
    }
    return (ModelRows(arrays), judged)
  }
}
