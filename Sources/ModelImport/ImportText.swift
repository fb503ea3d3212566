/// What `zkmlops import` prints.

import Foundation
import Programs

/// Texts of an import.
public struct ImportText {
  private let importer: ModelImporter
  /// What the import gave.
  public let model: ImportedModel

  /// Texts of one import.
  public init(_ importer: ModelImporter, _ model: ImportedModel) {
    self.importer = importer
    self.model = model
  }

  /// The public and the hidden lists.
  public func lists() -> String {
    var lines = ["Public (in the program, \(model.programDigest)):"]
    lines.append("  the operator graph: \(model.program.nodes.count) nodes; shapes, index plumbing and all formats below")
    for input in model.inputs {
      lines.append(
        "  input \(Self.safe(input.name)): \(input.dimensions), \(input.isText ? "texts by their codes" : "steps of \(Self.unit(input.unit)), integers \(input.range)")"
      )
    }
    for output in model.outputs {
      let what = output.isText ? "texts by their codes" : (output.isInteger ? "integers" : "steps of \(Self.unit(output.unit))")
      lines.append("  output \(Self.safe(output.name)): \(output.dimensions), \(what)")
    }
    lines.append("  the magnitudes that calibration chose, each a power of two: \(model.plan.entries.count)")
    for number in model.published { lines.append("  \(Self.safe(number.role)) of \(Self.safe(number.node)): \(number.value)") }
    lines.append("Hidden (in the artefact):")
    for tensor in model.hidden {
      lines.append(
        "  \(tensor.name): \(tensor.shape), \(tensor.values.count) integers in \(tensor.range), steps of \(Self.unit(tensor.unit)) (\(Self.safe(tensor.source)))"
      )
    }
    return lines.joined(separator: "\n")
  }

  /// Node → operator → format → error.
  public func table(_ reports: [NodeReport]) -> String {
    func cell(_ text: String, _ width: Int) -> String {
      text.count >= width ? text + " " : text.padding(toLength: width, withPad: " ", startingAt: 0)
    }
    var lines = [cell("node", 40) + cell("operator", 24) + cell("bits", 6) + cell("step", 12) + "largest error"]
    for report in reports {
      let error = report.error.map { String(format: "%.3g", $0) } ?? "-"
      lines.append(
        cell(Self.safe(report.node), 40) + cell(Self.safe(report.operation), 24) + cell("\(report.bits)", 6) + cell(Self.unit(report.unit), 12)
          + error)
    }
    return lines.joined(separator: "\n")
  }

  /// Outputs of the integer program against the float reference, and decisions against labels.
  public func comparison(_ comparison: ModelComparison) -> String {
    var lines: [String] = []
    for output in comparison.outputs {
      var line =
        "output \(Self.safe(output.name)): largest error \(String(format: "%.3g", output.error)) of values up to \(String(format: "%.3g", output.largest))"
      if let differing = output.differing { line += "; \(differing) of \(output.decisions) decisions differ" }
      lines.append(line)
    }
    if let float = comparison.floatAccuracy, let integer = comparison.integerAccuracy {
      lines.append(String(format: "accuracy on %d labels: float %.4f, integer %.4f", comparison.rows, float, integer))
    }
    return lines.joined(separator: "\n")
  }

  static func unit(_ unit: Double) -> String {
    unit.significand == 1 ? "2^\(Int(unit.exponent))" : String(format: "%.6g", unit)
  }

  /// Text of the file without control characters, cut at 120 or `most`.
  static func safe(_ text: String, most: Int = 120) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(most).map { $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? "?" : $0 }))
  }
}
