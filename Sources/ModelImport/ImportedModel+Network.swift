/// An imported model as an artefact: what is public and what is hidden.

import Programs

extension NetworkUnit {
  /// A positive finite number, exactly; nil for any other.
  public init?(_ value: Double) {
    guard value > 0, value.isFinite else { return nil }
    self.init(mantissa: UInt64(value.significand * 0x1p52), exponent: Int(value.exponent) - 52)
  }

  /// mantissa · 2^exponent, rounded where a double has fewer bits.
  public var real: Double { Double(sign: .plus, exponent: exponent, significand: Double(mantissa)) }
}

extension ImportedModel {
  /// The public part as the format of an artefact.
  ///
  /// - Throws: `.unsupported` for a program of more than one row (import with `batch` 1), or `.range` for parts that an artefact cannot have.
  public var architecture: NetworkArchitecture {
    get throws(ModelImportError) {
      func row(_ dimensions: [Int]) -> [Int] { dimensions.count > 1 && dimensions.first == 1 ? Array(dimensions.dropFirst()) : dimensions }
      var ownInputs: [NetworkInput] = []
      for input in inputs {
        guard let unit = NetworkUnit(input.unit) else { throw .malformed(place: input.name, reason: "an input without a unit") }
        ownInputs.append(
          NetworkInput(
            name: input.name, dimensions: row(input.dimensions), unit: unit, range: input.range, isText: input.isText, missing: input.missing))
      }
      var ownOutputs: [NetworkOutput] = []
      for output in outputs {
        guard let unit = NetworkUnit(output.unit) else { throw .malformed(place: output.name, reason: "an output without a unit") }
        ownOutputs.append(NetworkOutput(name: output.name, dimensions: row(output.dimensions), unit: unit, isText: output.isText))
      }
      do {
        return try NetworkArchitecture(
          program: program, inputs: ownInputs, outputs: ownOutputs, hidden: hidden.map { (name: $0.name, range: $0.range) })
      } catch { throw .range(node: "model", operation: "artefact", error: error) }
    }
  }

  /// The public part and the hidden integers, in the order of the committed matrix.
  /// - Throws: as `architecture`.
  public var network: NetworkModel {
    get throws(ModelImportError) {
      let architecture = try architecture
      do { return try NetworkModel(architecture: architecture, values: hidden.map(\.values)) } catch {
        throw .range(node: "model", operation: "artefact", error: error)
      }
    }
  }
}
