import Evidence
import Fields
import Foundation
import Importers
import Programs
import R1CS
import Soundness
import Store

/// A custom audit rule as a circuit over columns of the store: `zkmlops r1cs fairness`.
public enum FairnessExport {
  /// The rule and its columns.
  public struct Options: Sendable {
    /// `ARTEFACT[COLUMN]` with two classes.
    public var predictions: String
    public var groups: String
    /// The largest difference of the groups' rates, a decimal text from 0 to 1 with at most 4 digits after the point.
    public var maximumDifference: String
    /// Least rows of each group.
    public var minimumGroupSize: Int
    public var store: String
    /// Path of the files without extension.
    public var output: String

    public init(
      predictions: String, groups: String, maximumDifference: String, minimumGroupSize: Int = 1, store: String = ".zkmlops", output: String
    ) {
      self.predictions = predictions
      self.groups = groups
      self.maximumDifference = maximumDifference
      self.minimumGroupSize = minimumGroupSize
      self.store = store
      self.output = output
    }
  }

  /// What the owner gets to know about its own data.
  public struct Result: Sendable {
    public let files: CircuitFiles
    public let rowCount: Int
    /// Class of the predictions that is counted, e.g. `good`.
    public let countedClass: String
    /// Of both groups: the name, its rows, and its rows with the counted class.
    public let groups: [(name: String, rows: Int, counted: Int)]
  }

  /// Writes the circuit of `FairnessCircuit` with a witness from the store's columns. Takes no opening.
  ///
  /// - Throws: `PipelineError` for columns that do not fit or a rule that does not hold, `StoreError`, `BundleWriteError`.
  public static func export(_ options: Options) throws -> Result {
    guard let share = RowSplit.fraction(options.maximumDifference), share.denominator <= 10_000 else {
      throw misfit(
        "\(TerminalText.quoted(options.maximumDifference)) is no largest difference", "Give a decimal from 0 to 1 with at most 4 digits: 0.1.")
    }
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<GoldilocksCubic>(store: store, profile: .p128)
    let (predictions, groups) = (try Column(options.predictions, vault), try Column(options.groups, vault))
    let rows = predictions.values.count
    guard rows <= rowLimit else { throw misfit("\(rows) rows are too many for this circuit", "Commit to at most \(rowLimit) rows.") }
    guard groups.values.count == rows else {
      throw misfit(
        "\(rows) predictions and \(groups.values.count) group cells do not belong to the same rows", "Name columns of tables with the same rows.")
    }
    guard options.minimumGroupSize >= 1, options.minimumGroupSize <= rows else {
      throw misfit(
        "a group of at least \(options.minimumGroupSize) of \(rows) rows cannot be asked for", "Give --minimum-group-size a number from 1.")
    }
    let circuit = try FairnessCircuit<Goldilocks>(rowCount: rows)
    let witness = try circuit.witness(
      predictions: predictions.values, groups: groups.values, thresholdNumerator: UInt64(share.numerator),
      thresholdDenominator: UInt64(share.denominator), minimumGroupSize: UInt64(options.minimumGroupSize))
    let summary = groups.classes.enumerated().map { index, name in
      let own = zip(predictions.values, groups.values).filter { Int($0.1) == index }
      return (name: name, rows: own.count, counted: own.count { $0.0 == 1 })
    }
    guard try circuit.built.circuit.firstViolation(of: witness) == nil else {
      let rates = summary.map { "\($0.counted) of \($0.rows) of \(TerminalText.quoted($0.name))" }.joined(separator: ", ")
      throw PipelineError(
        .belowThreshold,
        "The rule does not hold: \(TerminalText.quoted(predictions.classes[1])) is predicted for \(rates); the rates may differ by at most "
          + "\(options.maximumDifference), and each group must have at least \(options.minimumGroupSize) rows.",
        remedy: "Nothing was written, and this message is for you alone. Improve the model, or state a weaker rule.")
    }
    let bindings = [
      "main.prediction[0..\(rows - 1)]=\(predictions.artefact)[\(predictions.column)]",
      "main.group[0..\(rows - 1)]=\(groups.artefact)[\(groups.column)]",
    ]
    let files = try CircuitFiles.write(circuit.built, values: witness, to: options.output, bindings: bindings)
    return Result(files: files, rowCount: rows, countedClass: predictions.classes[1], groups: summary)
  }

  /// Writes the circuit alone, as a verifier makes it from the number of rows.
  ///
  /// - Throws: `PipelineError`, `BundleWriteError`.
  public static func circuit(rows: Int, output: String) throws -> CircuitFiles {
    guard rows > 0, rows <= rowLimit else {
      throw misfit("a table of \(rows) rows has no such circuit", "Give --rows a number from 1 to \(rowLimit).")
    }
    return try CircuitFiles.write(FairnessCircuit<Goldilocks>(rowCount: rows).built, values: nil as [Goldilocks]?, to: output, bindings: [])
  }

  /// Most rows of a circuit: 3 constraints each.
  public static let rowLimit = 1 << 18

  private static func misfit(_ message: String, _ remedy: String) -> PipelineError { PipelineError(.claimDoesNotFit, message + ".", remedy: remedy) }

  /// A column of two classes, as 0 and 1.
  private struct Column {
    let artefact: String
    let column: String
    let classes: [String]
    let values: [UInt8]

    init(_ text: String, _ vault: ArtefactVault<GoldilocksCubic>) throws {
      guard let open = text.firstIndex(of: "["), text.hasSuffix("]") else {
        throw misfit("\(TerminalText.quoted(text)) names no column", "Write ARTEFACT[COLUMN], e.g. credit.test[sex].")
      }
      artefact = String(text[..<open])
      column = String(text[text.index(after: open)...].dropLast())
      guard case .table(let table) = try vault.load(artefact, as: artefact, role: "artefact").values else {
        throw misfit("\(TerminalText.quoted(artefact)) is no table", "`zkmlops inspect` on the store lists its artefacts.")
      }
      guard let own = table.schema.column(column), let cells = table.values(column) else {
        throw misfit(
          "\(TerminalText.quoted(artefact)) has no column \(TerminalText.quoted(column))", "`zkmlops inspect` on the store lists its columns.")
      }
      guard case .category(let names) = own.type, names.count == 2, own.missing == .refuse else {
        throw misfit(
          "Column \(TerminalText.quoted(column)) of \(TerminalText.quoted(artefact)) has not exactly two classes, or missing cells",
          "The rule compares two groups in one of two predicted classes.")
      }
      classes = names
      values = cells.map { $0 == 1 ? 1 : 0 }
    }
  }
}
