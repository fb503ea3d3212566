import Evidence
import Foundation
import Store

/// `store adopt|split|check`, in words.
public enum StoreCare {
  /// Records the present place of a moved store as its home.
  /// - Returns: what had changed, in words.
  /// - Throws: `StoreError`.
  public static func adopt(_ path: String) throws -> String {
    let changed = try Store.open(URL(fileURLWithPath: path), create: false).adopt()
    if changed.isEmpty { return "The store is where it was recorded; nothing to adopt." }
    return "Adopted: \(changed.map(\.words).joined(separator: "; ")). No other copy of this store may prove from now on."
  }

  /// Gives part of every budget to a second store.
  /// - Returns: what was done, in words.
  /// - Throws: `StoreError`.
  public static func split(_ path: String, into destination: String, percent: Int) throws -> String {
    try Store.open(URL(fileURLWithPath: path), create: false).split(into: URL(fileURLWithPath: destination), percent: percent)
    return
      "\(TerminalText.escaped(destination)) has \(percent) % of what was left of every budget. Move it to its machine and run `zkmlops store adopt` there."
  }

  /// Checks the store's database and every secret file.
  /// - Returns: what was found, in words.
  /// - Throws: `StoreError` for the first fault.
  public static func check(_ path: String) throws -> String {
    let store = try Store.open(URL(fileURLWithPath: path), create: false)
    try store.checkIntegrity()
    let lost = try store.unreferencedSecretFiles()
    let differences = try store.differences()
    var lines = ["The database and all secret files are sound."]
    if !lost.isEmpty {
      lines.append("\(lost.count) secret files belong to no record: left by a process that died while saving, or newer than the database.")
    }
    if !differences.isEmpty {
      lines.append("The store is not where it was (\(differences.map(\.words).joined(separator: "; "))): see `zkmlops store adopt`.")
    }
    return lines.joined(separator: "\n")
  }
}
