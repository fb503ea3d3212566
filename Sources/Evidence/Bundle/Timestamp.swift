#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A moment in UTC with whole seconds, in its one written form: RFC 3339, `2026-01-31T23:59:59Z`.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The written form; its order as text is the order in time.
  public let description: String

  /// Reads the written form; nil for anything else, leap seconds and dates that do not exist included.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 else { return nil }
    for (byte, expected) in zip(bytes, "0000-00-00T00:00:00Z".utf8) {
      let fits = expected == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == expected
      guard fits else { return nil }
    }
    func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    guard (1...12).contains(month), day >= 1, day <= Self.dayCount(year: year, month: month) else { return nil }
    guard number(11..<13) < 24, number(14..<16) < 60, number(17..<19) < 60 else { return nil }
    description = text
  }

  /// The moment `seconds` after 1970-01-01T00:00:00Z, not counting leap seconds; nil outside the years 0 to 9999.
  public init?(secondsSince1970 seconds: Int) {
    guard (-62_167_219_200...253_402_300_799).contains(seconds) else { return nil }
    // Days from 0000-03-01, so that the leap day is the last of its year.
    let days = (seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400) + 719_468
    let second = seconds - (days - 719_468) * 86_400
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2))"
    let clock = "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    self.init("\(date)T\(clock)Z")
  }

  /// The system's clock.
  public static var now: Timestamp {
    Timestamp(secondsSince1970: Int(time(nil))) ?? Timestamp(epoch: ())
  }

  /// 1970-01-01T00:00:00Z.
  private init(epoch: Void) {
    description = "1970-01-01T00:00:00Z"
  }

  /// Order in time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.description < right.description
  }

  private static func dayCount(year: Int, month: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    switch month {
    case 2: return isLeap ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }
}
