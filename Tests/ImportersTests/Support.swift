import Foundation
import Hashing
import Importers
import Programs
import Testing

/// The vectors of `Tests/Vectors/make_data_vectors.py` for this module.
struct ImportVectors: Decodable {
  struct Split: Decodable {
    let rows: Int
    let seed: UInt64
    let numerator: Int64
    let denominator: Int64
    let test: [Int]
  }
  struct Archives: Decodable {
    let sha256: String
    let first500: String
    let first1500: String
    let gzip: [String: String]
    let stored: String
    let deflated: String
    let integers: String
  }
  let split: [Split]
  let wilson: [[Double]]
  let archives: Archives

  static func load() throws -> ImportVectors {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try JSONDecoder().decode(ImportVectors.self, from: Data(contentsOf: folder.appendingPathComponent("Vectors/data_vectors.json")))
  }
}

/// Bytes of a hexadecimal text.
func bytes(hex: String) -> [UInt8] {
  let digits = hex.utf8.map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Data sets that are not part of the repository: `ZKMLOPS_SHARED_DATA`, or `shared/data` beside the package.
enum SharedData {
  static let folder: String = {
    if let path = ProcessInfo.processInfo.environment["ZKMLOPS_SHARED_DATA"] { return path }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared/data").path
  }()

  /// Whether the tables are there; tests that need them are skipped otherwise.
  static let hasTables = FileManager.default.fileExists(atPath: folder + "/tabular")

  static func table(_ name: String) -> String { "\(folder)/tabular/\(name)" }
}

/// A byte source that hands out small chunks, to cross every boundary.
struct TricklingSource: ByteSource {
  var bytes: ArraySlice<UInt8>
  let step: Int
  mutating func next() throws(ImportError) -> [UInt8]? {
    guard !bytes.isEmpty else { return nil }
    defer { bytes = bytes.dropFirst(step) }
    return Array(bytes.prefix(step))
  }
}

/// All bytes of a source.
func drain(_ source: some ByteSource) throws(ImportError) -> [UInt8] {
  var source = source
  var all: [UInt8] = []
  while let chunk = try source.next() { all += chunk }
  return all
}

/// All records of a text as texts.
func records(_ text: String, step: Int = 7) throws(ImportError) -> [[String]] {
  var parser = CSVParser(TricklingSource(bytes: Array(text.utf8)[...], step: step), file: "t.csv")
  var result: [[String]] = []
  while let record = try parser.next() { result.append((0..<record.count).map(record.text)) }
  return result
}

/// The problem that an expression throws.
func problem(_ body: () throws -> Void) -> ImportProblem? {
  do {
    try body()
    return nil
  } catch {
    return (error as? ImportError)?.problem
  }
}

/// The error that an expression throws.
func failure(_ body: () throws -> Void) -> ImportError? {
  do {
    try body()
    return nil
  } catch {
    return error as? ImportError
  }
}

/// A deterministic generator.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
