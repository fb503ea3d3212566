import Foundation
import GRDB
import Hashing

/// Column access that never traps: a missing column, NULL or another type is a damaged database.
extension Row {
  private func storage(_ column: String) -> DatabaseValue.Storage {
    for (name, value) in self where name == column { return value.storage }
    return .null
  }

  private func damaged(_ column: String) -> StoreError {
    StoreError(.corrupt(path: Store.databaseName, detail: "column \(column) has an unexpected type"))
  }

  /// Bytes of a BLOB column of this length (any when nil).
  func bytes(_ column: String, count: Int? = nil) throws(StoreError) -> [UInt8] {
    guard case .blob(let data) = storage(column), count == nil || data.count == count else { throw damaged(column) }
    return [UInt8](data)
  }

  /// The digest in a BLOB column of 32 bytes.
  func digest(_ column: String) throws(StoreError) -> Digest {
    guard let digest = Digest(bytes: try bytes(column)) else { throw damaged(column) }
    return digest
  }

  /// Bytes of a BLOB column or nil for NULL.
  func optionalBytes(_ column: String) throws(StoreError) -> [UInt8]? {
    if case .null = storage(column) { return nil }
    return try bytes(column)
  }

  func integer(_ column: String) throws(StoreError) -> Int {
    guard case .int64(let value) = storage(column), let value = Int(exactly: value) else { throw damaged(column) }
    return value
  }

  func optionalInteger(_ column: String) throws(StoreError) -> Int? {
    if case .null = storage(column) { return nil }
    return try integer(column)
  }

  func text(_ column: String) throws(StoreError) -> String {
    guard case .string(let value) = storage(column) else { throw damaged(column) }
    return value
  }

  func optionalText(_ column: String) throws(StoreError) -> String? {
    if case .null = storage(column) { return nil }
    return try text(column)
  }

  /// A time column: milliseconds since 1970.
  func date(_ column: String) throws(StoreError) -> Date { Date(timeIntervalSince1970: Double(try integer(column)) / 1000) }

  func optionalDate(_ column: String) throws(StoreError) -> Date? {
    try optionalInteger(column).map { Date(timeIntervalSince1970: Double($0) / 1000) }
  }
}

extension Digest {
  /// As a BLOB.
  var data: Data { Data(bytes) }
}

/// Milliseconds since 1970.
func currentTime() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
