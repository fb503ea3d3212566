/// Canonical description of a network's public part, and reading it back.

import Hashing

extension NetworkUnit {
  /// [mantissa, exponent].
  public var canonical: CanonicalValue { .list([.integer(mantissa), CanonicalValue(signed: Int64(exponent))]) }

  /// Reads what `canonical` writes; nil for anything else.
  public init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, items.count == 2, case .integer(let mantissa) = items[0], let exponent = items[1].smallValue else {
      return nil
    }
    self.init(mantissa: mantissa, exponent: exponent)
  }
}

extension NetworkInput {
  /// Every part.
  public var canonical: CanonicalValue {
    [
      "name": .text(name), "dimensions": .list(dimensions.map { .integer(UInt64(max(0, $0))) }), "unit": unit.canonical, "range": range.canonical,
      "text": .boolean(isText), "missing": missing.map { CanonicalValue(signed: $0) } ?? "none",
    ]
  }

  /// Reads what `canonical` writes; nil for anything else.
  public init?(canonical value: CanonicalValue) {
    guard let entries = value.entries(["name", "dimensions", "unit", "range", "text", "missing"]), let name = entries["name"]?.textValue,
      let dimensions = entries["dimensions"]?.countList, let unit = entries["unit"].flatMap(NetworkUnit.init(canonical:)),
      let range = entries["range"].flatMap(IntegerRange.init(canonical:)), let isText = entries["text"]?.boolValue, let missing = entries["missing"]
    else { return nil }
    self.init(name: name, dimensions: dimensions, unit: unit, range: range, isText: isText, missing: missing.signedValue)
  }
}

extension NetworkOutput {
  /// Every part.
  public var canonical: CanonicalValue {
    [
      "name": .text(name), "dimensions": .list(dimensions.map { .integer(UInt64(max(0, $0))) }), "unit": unit.canonical, "text": .boolean(isText),
    ]
  }

  /// Reads what `canonical` writes; nil for anything else.
  public init?(canonical value: CanonicalValue) {
    guard let entries = value.entries(["name", "dimensions", "unit", "text"]), let name = entries["name"]?.textValue,
      let dimensions = entries["dimensions"]?.countList, let unit = entries["unit"].flatMap(NetworkUnit.init(canonical:)),
      let isText = entries["text"]?.boolValue
    else { return nil }
    self.init(name: name, dimensions: dimensions, unit: unit, isText: isText)
  }
}

extension NetworkParameter {
  /// Every part.
  public var canonical: CanonicalValue {
    ["name": .text(name), "dimensions": .list(dimensions.map { .integer(UInt64(max(0, $0))) }), "range": range.canonical]
  }

  /// Reads what `canonical` writes; nil for anything else.
  public init?(canonical value: CanonicalValue) {
    guard let entries = value.entries(["name", "dimensions", "range"]), let name = entries["name"]?.textValue,
      let dimensions = entries["dimensions"]?.countList, let range = entries["range"].flatMap(IntegerRange.init(canonical:))
    else { return nil }
    self.init(name: name, dimensions: dimensions, range: range)
  }
}

extension CanonicalValue {
  /// A list of non-negative counts.
  fileprivate var countList: [Int]? {
    guard let items = listValue else { return nil }
    let values = items.compactMap(\.countValue)
    return values.count == items.count ? values : nil
  }
}

extension NetworkArchitecture {
  /// Program, inputs, outputs, hidden tensors, and the file that they came from behind a salt.
  public var canonical: CanonicalValue {
    [
      "program": program.canonical, "inputs": .list(inputs.map(\.canonical)), "outputs": .list(outputs.map(\.canonical)),
      "parameters": .list(parameters.map(\.canonical)), "source": source.map { .text($0.hex) } ?? "none",
    ]
  }

  /// Reads what `canonical` writes.
  /// - Throws: `.invalidModel`, or what the program refuses.
  public init(canonical value: CanonicalValue) throws(ProgramError) {
    guard let entries = value.entries(["program", "inputs", "outputs", "parameters", "source"]), let program = entries["program"],
      let inputs = entries["inputs"]?.listValue, let outputs = entries["outputs"]?.listValue, let parameters = entries["parameters"]?.listValue,
      let source = entries["source"]?.textValue, inputs.count <= 1_024, outputs.count <= 1_024, parameters.count <= 4_096
    else { throw .invalidModel(reason: "a description of a network has unknown or missing entries") }
    let ownInputs = inputs.compactMap(NetworkInput.init(canonical:))
    let ownOutputs = outputs.compactMap(NetworkOutput.init(canonical:))
    let ownParameters = parameters.compactMap(NetworkParameter.init(canonical:))
    guard ownInputs.count == inputs.count, ownOutputs.count == outputs.count, ownParameters.count == parameters.count else {
      throw .invalidModel(reason: "an input, output or hidden tensor of a network has unknown parts")
    }
    try self.init(program: try Program(canonical: program), inputs: ownInputs, outputs: ownOutputs, parameters: ownParameters)
    self = bound(to: Digest(hex: source))
    guard canonical == value else { throw .invalidModel(reason: "not in canonical form") }
  }
}
