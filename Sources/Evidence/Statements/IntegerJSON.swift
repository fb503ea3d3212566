import Programs

/// Integers of 64 bits in JSON: a number below 2^53 in size, else its decimal text. One form for each value.
enum IntegerJSON {
  static func value(_ number: Int64) -> JSONValue {
    number.magnitude <= UInt64(JSONValue.largestInteger) ? .integer(Int(number)) : .string(String(number))
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> Int64 {
    if case .integer(let number) = node.value { return Int64(number) }
    let text = try node.string()
    guard let number = Int64(text), number.magnitude > UInt64(JSONValue.largestInteger), String(number) == text else {
      throw node.notAllowed("must be an integer; 2^53 and more as decimal text")
    }
    return number
  }

  static func list(_ numbers: [Int64]) -> JSONValue { .array(numbers.map(value)) }

  static func readList(_ node: JSONNode) throws(JSONShapeError) -> [Int64] {
    try node.list { item throws(JSONShapeError) in try read(item) }
  }
}

/// Ranges in JSON: [lowest, highest], as integers or, for columns with digits after the point, as decimal texts.
enum RangeJSON {
  static func value(_ range: IntegerRange) -> JSONValue { IntegerJSON.list([range.lower, range.upper]) }

  static func value(_ range: IntegerRange, digits: Int) -> JSONValue {
    .array([range.lower, range.upper].map { .string(DecimalText.text($0, digits: digits)) })
  }

  static func read(_ node: JSONNode, digits: Int? = nil) throws(JSONShapeError) -> IntegerRange {
    let ends = try node.elements(atMost: 2)
    var bounds: [Int64] = []
    for end in ends {
      if let digits { bounds.append(try decimal(end, digits)) } else { bounds.append(try IntegerJSON.read(end)) }
    }
    guard bounds.count == 2, let range = IntegerRange(lower: bounds[0], upper: bounds[1]) else {
      throw node.notAllowed("must be [lowest, highest]")
    }
    return range
  }

  /// A decimal text with exactly `digits` digits after the point.
  private static func decimal(_ node: JSONNode, _ digits: Int) throws(JSONShapeError) -> Int64 {
    let text = try node.string()
    guard text.utf8.count <= 40, let value = try? DecimalText(text.utf8).scaled(toDigits: digits), DecimalText.text(value, digits: digits) == text
    else { throw node.notAllowed("must be a decimal number with \(digits) digits after the point") }
    return value
  }
}
