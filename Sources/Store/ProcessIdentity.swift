import Foundation

/// A process, told apart from later ones with the same number: process id, start time and boot id.
struct ProcessIdentity: Equatable, Sendable {
  let identifier: Int32
  /// Clock ticks from boot to the start of the process, decimal; "unknown" where the system does not say.
  let startTime: String
  /// Random id of this boot of the machine; "unknown" where the system does not say.
  let bootID: String

  /// This process.
  static var current: ProcessIdentity {
    let identifier = getpid()
    return ProcessIdentity(identifier: identifier, startTime: startTime(of: identifier) ?? unknown, bootID: currentBootID)
  }

  /// False only when the process has certainly ended.
  var isAlive: Bool {
    if bootID != Self.unknown, Self.currentBootID != Self.unknown, bootID != Self.currentBootID { return false }
    return Self.isRunning(identifier, startTime: startTime)
  }

  /// False only when no process of this boot has this number and start time.
  static func isRunning(_ identifier: Int32, startTime: String) -> Bool {
    if identifier <= 0 { return false }
    if kill(identifier, 0) != 0, errno == ESRCH { return false }
    guard startTime != unknown, let found = Self.startTime(of: identifier) else { return true }
    return found == startTime
  }

  private static let unknown = "unknown"

  private static let currentBootID = line(of: "/proc/sys/kernel/random/boot_id") ?? unknown

  /// Field 22 of /proc/PID/stat. The command name (field 2) may hold spaces and brackets, so fields count from the last one.
  private static func startTime(of identifier: Int32) -> String? {
    guard let text = line(of: "/proc/\(identifier)/stat"), let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, fields[19].allSatisfy(\.isNumber) else { return nil }
    return String(fields[19])
  }

  /// The first line of a small file of the system, nil when absent or empty.
  static func line(of path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let text = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
    return text?.isEmpty == false ? text : nil
  }
}
