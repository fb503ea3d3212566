import ArgumentParser
import Evidence
import Pipelines

struct CircuitExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write built-in claims about artefacts of the store as a circuit: .r1cs, .wtns and .sym for any R1CS prover.",
    discussion: """
      Takes the claim files of `zkmlops prove`:

        zkmlops r1cs export claim.yaml --rows 50 --out out/claim
        zkmlops r1cs prove out/claim.r1cs out/claim.wtns --out out/claim.proof

      The circuit is over Goldilocks. Its public inputs are the claim's public values; its private inputs are the cells that the claim reads.
      The commitments are NOT part of the circuit: alone it says that some table and model have these public values. The --bind options
      that the command prints tie the cells to the store's commitments in `zkmlops r1cs prove`. The .wtns file holds the private values.
      """)

  @Argument(help: "Claim files.", completion: .file(extensions: ["yaml", "json"])) var claims: [String]
  @Option(help: "Take only the first so many rows of every table.") var rows: Int?
  @Option(name: [.customLong("out"), .short], help: "Path of the files, without extension.") var out = "claim"
  @OptionGroup var store: StoreOption
  @OptionGroup var json: JSONOption

  func run() throws {
    let files = try ClaimExport.export(ClaimExport.Options(claims: claims, store: store.path, output: out, rows: rows))
    if json.isSet { return show(CircuitTexts.json(files).prettyText, terminator: "") }
    show(CircuitTexts.written(files), terminator: "")
    show("Prove it: zkmlops r1cs prove \(TerminalText.escaped(files.circuit)) \(TerminalText.escaped(files.witness ?? "WITNESS"))")
    show("The commitments are not part of the circuit. To tie its private inputs to the store's, each --bind to one column:")
    for binding in files.bindings { show("  --bind '\(TerminalText.escaped(binding))'") }
  }
}

struct CircuitFairnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fairness",
    abstract: "Write a custom rule as a circuit: two groups of a committed column get a prediction at rates that differ by at most a bound.",
    discussion: """
      Example, after `make demo`:

        zkmlops r1cs fairness --predictions german-credit.predictions[prediction] --groups german-credit.test[sex] \\
          --maximum-difference 0.15 --minimum-group-size 50 --store out/german-credit.store --out out/fairness

      Both columns have two classes and the same rows. Neither rates nor sizes of the groups become public. The command prints the
      `zkmlops r1cs prove` that ties the circuit to the committed columns. The .wtns file holds the private values.

      A verifier makes the same circuit, without data, from the number of rows: zkmlops r1cs fairness --rows 250 --out fairness
      """)

  @Option(help: "ARTEFACT[COLUMN] with the predicted class of each row.") var predictions: String?
  @Option(help: "ARTEFACT[COLUMN] with the group of each row.") var groups: String?
  @Option(help: "Largest difference of the two rates: a decimal from 0 to 1 with at most 4 digits.") var maximumDifference: String?
  @Option(help: "Write the circuit for so many rows alone, without data.") var rows: Int?
  @Option(help: "Least rows of each group.") var minimumGroupSize = 1
  @Option(name: [.customLong("out"), .short], help: "Path of the files, without extension.") var out = "fairness"
  @OptionGroup var store: StoreOption
  @OptionGroup var json: JSONOption

  func validate() throws {
    let isComplete = predictions != nil && groups != nil && maximumDifference != nil
    guard rows == nil ? isComplete : predictions == nil && groups == nil && maximumDifference == nil else {
      throw ValidationError("Give --predictions, --groups and --maximum-difference, or --rows alone.")
    }
  }

  func run() throws {
    if let rows {
      let files = try FairnessExport.circuit(rows: rows, output: out)
      return show(json.isSet ? CircuitTexts.json(files).prettyText : CircuitTexts.written(files), terminator: "")
    }
    guard let predictions, let groups, let maximumDifference else { return }
    let result = try FairnessExport.export(
      FairnessExport.Options(
        predictions: predictions, groups: groups, maximumDifference: maximumDifference, minimumGroupSize: minimumGroupSize, store: store.path,
        output: out))
    let files = result.files
    if json.isSet { return show(CircuitTexts.json(files).prettyText, terminator: "") }
    let counted = TerminalText.quoted(result.countedClass)
    let rates = result.groups.map { "\(counted) for \($0.counted) of \($0.rows) \(TerminalText.quoted($0.name))" }
    show("Private, for you: \(rates.joined(separator: ", ")).")
    show(CircuitTexts.written(files), terminator: "")
    let quoted = { (text: String) in "'\(TerminalText.escaped(text))'" }
    show("Prove it for the committed rows:")
    let words = [files.circuit, files.witness ?? "WITNESS", "--store", store.path].map { TerminalText.escaped($0) }
    show("  zkmlops r1cs prove \(words.joined(separator: " ")) \\")
    show(files.bindings.map { "    --bind \(quoted($0)) \\\n" }.joined() + "    --out \(TerminalText.escaped(out)).proof")
  }
}

extension CircuitTexts {
  static func json(_ files: CircuitFiles) -> JSONValue {
    .object([
      "circuit": .string(files.circuit), "witness": files.witness.map { .string($0) } ?? .null, "symbols": .string(files.symbols),
      "constraints": .integer(files.constraintCount), "wires": .integer(files.wireCount),
      "public": .array(files.publicSignals.map { .object(["name": .string($0.name), "value": .string($0.value)]) }),
      "bindings": .array(files.bindings.map { .string($0) }),
    ])
  }

  /// What was written, and the public inputs, at most 16 of them.
  static func written(_ files: CircuitFiles) -> String {
    var lines = [
      "\(files.constraintCount) constraints on \(files.wireCount) wires over goldilocks: \(TerminalText.escaped(files.circuit)), .sym"
        + (files.witness.map { "; witness, secret: " + TerminalText.escaped($0) } ?? "")
    ]
    for signal in files.publicSignals.prefix(16) { lines.append("  public \(TerminalText.escaped(signal.name)) = \(signal.value)") }
    if files.publicSignals.count > 16 { lines.append("  … and \(files.publicSignals.count - 16) more public inputs") }
    return lines.map { $0 + "\n" }.joined()
  }
}
