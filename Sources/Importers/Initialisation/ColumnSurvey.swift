/// What one pass over a file shows about a column.

import Programs

/// Facts about the cells of a column.
struct ColumnSurvey {
  /// Most different texts that are remembered.
  static let distinctLimit = 1_100
  /// Digits to which numbers are brought for comparison.
  private static let digits = TableSchema.maximumScale

  let name: String
  private(set) var rowCount = 0
  private(set) var missingCount = 0
  /// Cells that are no number (or none that 64 bits hold exactly), and the first of them.
  private(set) var otherCount = 0
  private(set) var firstOther: String?
  /// Most digits after the point of a number.
  private(set) var scale = 0
  /// Numbers with a digit other than 0 after the point exist.
  private(set) var hasFraction = false
  private var minimum: Int128?
  private var maximum: Int128?
  private var last: Int128?
  /// Every number so far was larger than the one before.
  private(set) var isIncreasing = true
  /// Numbers with more digits than 64 bits or 18 places hold exactly exist.
  private(set) var needsRounding = false
  /// The different texts, those of at most 7 bytes packed into an integer; nil once there are too many.
  private var distinct: Distinct? = Distinct()

  private struct Distinct {
    var short: Set<UInt64> = []
    var long: Set<String> = []
    var count: Int { short.count + long.count }
  }

  init(name: String) { self.name = name }

  mutating func add(_ cell: ArraySlice<UInt8>) {
    rowCount += 1
    guard !cell.isEmpty else {
      missingCount += 1
      return
    }
    remember(cell)
    var parsed = try? DecimalText(cell)
    if parsed.map({ $0.scale > Self.digits }) ?? true {
      parsed = try? DecimalText(DecimalText.shortened(cell)[...])
      if parsed != nil { needsRounding = true }
    }
    guard let number = parsed else {
      otherCount += 1
      if firstOther == nil { firstOther = String(decoding: cell, as: UTF8.self) }
      return
    }
    scale = max(scale, min(number.scale, Self.digits))
    let value = Self.value(number)
    if value % Self.power(Self.digits) != 0 { hasFraction = true }
    minimum = min(minimum ?? value, value)
    maximum = max(maximum ?? value, value)
    if let last, value <= last { isIncreasing = false }
    last = value
  }

  private mutating func remember(_ cell: ArraySlice<UInt8>) {
    guard distinct != nil else { return }
    if cell.count <= 7 {
      distinct?.short.insert(cell.reduce(UInt64(cell.count)) { $0 << 8 | UInt64($1) })
    } else {
      distinct?.long.insert(String(decoding: cell, as: UTF8.self))
    }
    if let count = distinct?.count, count > Self.distinctLimit { distinct = nil }
  }

  /// The number in units of 10^−18, cut off below; at most 2^63 · 10^18 < 2^123.
  private static func value(_ number: DecimalText) -> Int128 {
    let excess = number.scale - digits
    return excess <= 0 ? Int128(number.mantissa) * powers[-excess] : Int128(number.mantissa) / powers[min(excess, 18)]
  }

  private static let powers: [Int128] = (0...18).map(power)

  static func power(_ exponent: Int) -> Int128 { (0..<max(0, exponent)).reduce(Int128(1)) { product, _ in product * 10 } }

  /// Cells that are there.
  var presentCount: Int { rowCount - missingCount }

  /// Every cell that is there is a number.
  var isNumeric: Bool { presentCount > 0 && otherCount == 0 }

  /// Number of different texts, or nil for more than the limit.
  var distinctCount: Int? { distinct?.count }

  /// The different texts: numbers by value, else by their UTF-8 bytes.
  var orderedTexts: [String] {
    var texts = Array(distinct?.long ?? [])
    for packed in distinct?.short ?? [] {
      let count = (63 - packed.leadingZeroBitCount) / 8  // the byte count stands in the highest byte that is not 0
      var bytes: [UInt8] = []
      for index in stride(from: count - 1, through: 0, by: -1) { bytes.append(UInt8(truncatingIfNeeded: packed >> UInt64(8 * index))) }
      texts.append(String(decoding: bytes, as: UTF8.self))
    }
    texts.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard isNumeric else { return texts }
    func value(_ text: String) -> Int128 { (try? DecimalText(text.utf8)).map(Self.value) ?? 0 }
    return texts.map { (value($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)  // the sort is stable
  }

  /// The number type with a range rounded outward, and whether cells must be rounded to its digits; nil when nothing fits.
  ///
  /// All digits are kept when 60 bits hold the range; else as many as 40 bits hold.
  var numberType: (type: ColumnType, isRounded: Bool)? {
    guard isNumeric else { return nil }
    if !needsRounding, let type = numberType(digits: scale, bits: 60) { return (type, false) }
    for digits in stride(from: min(scale, 12), through: 0, by: -1) {
      if let type = numberType(digits: digits, bits: 40) { return (type, true) }
    }
    return nil
  }

  /// The bounds are rounded to a multiple of 10^⌊log10(maximum − minimum)⌋ and reach down to 0 where that is nearer than the range is
  /// wide, so that they say little about single cells.
  private func numberType(digits: Int, bits: Int) -> ColumnType? {
    guard let minimum, let maximum else { return nil }
    let unit = Self.power(Self.digits - digits)
    let low = Self.floor(minimum, unit) / unit
    let high = -Self.floor(-maximum, unit) / unit
    let span = high > low ? high - low : max(abs(high), 1)
    var step: Int128 = 1
    while step * 10 <= span { step *= 10 }
    var lower = Self.floor(low, step)
    var upper = -Self.floor(-high, step)
    if low >= 0, lower <= span { lower = 0 }
    if high <= 0, -upper <= span { upper = 0 }
    if lower == upper { upper += step }
    guard let first = Int64(exactly: lower), let end = Int64(exactly: upper), let range = IntegerRange(lower: first, upper: end),
      range.bitCount <= bits, range.magnitude < 1 << 61
    else { return nil }
    return digits == 0 ? .integer(range) : .decimal(scale: digits, range: range)
  }

  /// The largest multiple of `step` that is at most `value`.
  private static func floor(_ value: Int128, _ step: Int128) -> Int128 {
    let quotient = value / step
    return (value % step < 0 ? quotient - 1 : quotient) * step
  }
}
