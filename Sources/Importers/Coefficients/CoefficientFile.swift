/// Coefficients of a linear model fitted elsewhere.

import Programs

/// Coefficients in the units of the data: score = intercept + Σ coefficient · cell, a class counting as 0 or 1.
public struct CoefficientFile: Equatable, Sendable {
  /// Names of the features, or nil when they are in the order of the encoding.
  public let features: [String]?
  /// Names of the classes that the outputs stand for; nil: the order of the schema.
  public let classes: [String]?
  /// [outputs][features].
  public let coefficients: [[Double]]
  /// One per output.
  public let intercepts: [Double]
  let file: String

  /// Names of the intercept's row in a CSV file.
  static let interceptNames: Set<String> = ["(intercept)", "(constant)", "intercept", "constant"]

  /// Opens a file: NPZ when it begins as a zip archive, else CSV.
  public static func read(path: String, displayName: String? = nil) throws(ImportError) -> CoefficientFile {
    let bytes = try InputFile.read(path: path, displayName: displayName, limit: 1 << 26)
    let name = displayName ?? path
    return bytes.starts(with: [0x50, 0x4B]) ? try CoefficientFile(npz: bytes, file: name) : try CoefficientFile(csv: bytes, file: name)
  }

  /// Reads CSV: a first line `feature,NAME…` with one name per output, then one line per feature; a feature called `(intercept)` or
  /// `(constant)` holds the intercepts (0 when there is none).
  public init(csv bytes: [UInt8], file: String) throws(ImportError) {
    var parser = CSVParser(MemorySource(bytes), file: file)
    let header = try CSVHeader(&parser, file: file)
    guard header.names.count >= 2 else {
      throw Self.error(file, 1, found: "a single column", expected: "feature, then one column per output")
    }
    var names: [String] = []
    var seen: Set<String> = []
    var rows: [[Double]] = []
    var intercepts = [Double](repeating: 0, count: header.names.count - 1)
    while let record = try header.next(&parser) {
      var values: [Double] = []
      for index in 1..<record.count {
        guard let value = Double(record.text(index)), value.isFinite else {
          throw Self.error(file, record.line, found: record.text(index).quoted, expected: "a number")
        }
        values.append(value)
      }
      let name = record.text(0)
      guard seen.insert(name).inserted else { throw Self.error(file, record.line, found: "\(name.quoted) again", expected: "every feature once") }
      if Self.interceptNames.contains(name) {
        intercepts = values
      } else {
        names.append(name)
        rows.append(values)
      }
    }
    features = names
    classes = header.names.count > 2 ? Array(header.names.dropFirst()) : nil
    coefficients = (1..<header.names.count).map { output in rows.map { $0[output - 1] } }
    self.intercepts = intercepts
    self.file = file
  }

  /// Reads NPZ: arrays `coef` [features] or [outputs, features], `intercept` (one per output; optional), `classes` (optional) and
  /// `features` (names; optional).
  public init(npz bytes: [UInt8], file: String) throws(ImportError) {
    let arrays = try NPZArchive.read(bytes, file: file)
    guard let coef = arrays["coef"], let values = coef.numbers, (1...2).contains(coef.shape.count) else {
      throw Self.error(file, nil, found: "no numeric array coef of one or two dimensions", expected: "coef [features] or [outputs, features]")
    }
    let outputs = coef.shape.count == 2 ? coef.shape[0] : 1
    let width = coef.shape.last ?? 0
    guard outputs >= 1, values.count == outputs * width, values.allSatisfy(\.isFinite) else {
      throw Self.error(file, nil, found: "an empty coef, or values that are not finite", expected: "finite coefficients")
    }
    coefficients = (0..<outputs).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
    let intercept = arrays["intercept"]?.numbers ?? [Double](repeating: 0, count: outputs)
    guard intercept.count == outputs, intercept.allSatisfy(\.isFinite) else {
      throw Self.error(file, nil, found: "\(intercept.count) intercepts", expected: "\(outputs)")
    }
    intercepts = intercept
    classes = try arrays["classes"].map { array throws(ImportError) in
      guard let texts = array.texts else { throw Self.error(file, nil, found: "classes of an unknown type", expected: "texts or integers") }
      return texts
    }
    let names = arrays["features"]?.texts
    guard names.map({ $0.count == width }) ?? true else {
      throw Self.error(file, nil, found: "\(names?.count ?? 0) names for \(width) features", expected: "one name per feature")
    }
    features = names
    self.file = file
  }

  static func error(_ file: String, _ line: Int?, found: String, expected: String) -> ImportError {
    ImportError(
      .invalidModel, at: FilePlace(file: file, line: line), found: found, expected: expected, remedy: "Correct the file of coefficients")
  }
}
