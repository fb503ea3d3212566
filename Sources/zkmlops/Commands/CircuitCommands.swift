import ArgumentParser
import Evidence
import Fields
import Hashing
import Pipelines
import R1CS

struct CircuitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "r1cs",
    abstract: "Prove and verify circom circuits: .r1cs and .wtns files, no set-up.",
    discussion: """
      Example:

        circom transfer.circom --r1cs --wasm --sym --prime goldilocks
        zkmlops r1cs info transfer.r1cs
        zkmlops r1cs prove transfer.r1cs transfer.wtns --out transfer.proof
        zkmlops r1cs verify transfer.r1cs transfer.proof

      `zkmlops r1cs export` writes built-in claims as circuits, `zkmlops r1cs fairness` a custom rule over committed columns.

      Fields: Goldilocks (fastest, and the only one whose circuits can be bound to committed artefacts), BN254, BLS12-381, Pallas, Vesta
      and every other prime of up to 256 bits whose two-adicity carries the code.
      """,
    subcommands: [
      CircuitInfoCommand.self, CircuitProveCommand.self, CircuitVerifyCommand.self, CircuitExportCommand.self, CircuitFairnessCommand.self,
    ])
}

struct CircuitInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "info", abstract: "What an .r1cs file holds: sizes, prime, public signals, digests.")

  @Argument(help: "The .r1cs file.", completion: .file(extensions: ["r1cs"])) var circuit: String
  @OptionGroup var json: JSONOption

  func run() throws {
    let file = try R1CSFile(CircuitProofs.read(circuit))
    let info = try CircuitTexts.info(file)
    show(json.isSet ? CircuitTexts.json(info).prettyText : info.description + "\n", terminator: "")
  }
}

struct CircuitProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Prove that a witness satisfies a circuit; only its public signals become known.",
    discussion: """
      A circuit over Goldilocks can take its private inputs from committed artefacts:

        zkmlops r1cs prove rule.r1cs rule.wtns --bind 'main.prediction[0..199]=credit.predictions[prediction]'

      The wires are then proved to be those rows of that column, as stored integers (a negative value is p − |x|). Such a proof takes one
      opening of each artefact. Ranges of the column are proved by the artefact's own claim of well-formedness, not here.

      Several .wtns files are proved together as instances of the circuit; the work on its matrices is then done once for all of them:

        zkmlops r1cs prove rule.r1cs monday.wtns tuesday.wtns --out week.proof
      """)

  @Argument(help: "The .r1cs file.", completion: .file(extensions: ["r1cs"])) var circuit: String
  @Argument(help: "The .wtns file; several for several instances.", completion: .file(extensions: ["wtns"])) var witnesses: [String] = []
  @Option(help: "The .sym file with the names of signals; by default the one beside the circuit, if there is one.") var sym: String?
  @Option(name: [.customLong("out"), .short], help: "Where the proof goes.") var out = "circuit.proof"
  @Option(help: "SIGNAL[first..last]=ARTEFACT[COLUMN] or …[COLUMN:first..last]. May be given several times.") var bind: [String] = []
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var json: JSONOption

  func run() throws {
    let result = try CircuitProofs.prove(
      CircuitProofs.Options(
        circuit: circuit, witnesses: witnesses, symbols: sym, output: out, bindings: bind, store: store.path, profile: profile.profile.profile))
    let names = try CircuitProofs.symbols(sym, besides: circuit)
    if json.isSet {
      show(
        JSONValue.object([
          "proof": .string(out), "bytes": .integer(result.proofByteCount), "constraints": .integer(result.constraintCount),
          "prime": .string("\(result.prime)"), "outputs": CircuitTexts.lists(result.outputs), "inputs": CircuitTexts.lists(result.inputs),
          "microseconds": .integer(Int(result.seconds * 1e6)),
        ]).prettyText, terminator: "")
      return
    }
    show(
      "\(result.constraintCount) constraints\(witnesses.count > 1 ? ", \(witnesses.count) instances" : "") over \(result.prime) proved in \(Int(result.seconds * 1_000)) ms: \(out), \(result.proofByteCount) bytes."
    )
    show(CircuitTexts.signals(outputs: result.outputs, inputs: result.inputs, links: result.links, names: names), terminator: "")
  }
}

struct CircuitVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify a proof against your own copy of the circuit.",
    discussion: "A file with the same constraints in another order of sections or terms is the same circuit.")

  @Argument(help: "The .r1cs file.", completion: .file(extensions: ["r1cs"])) var circuit: String
  @Argument(help: "The proof.") var proof: String
  @Option(help: "The .sym file with the names of signals.") var sym: String?
  @OptionGroup var json: JSONOption

  func run() throws {
    let file = try R1CSFile(CircuitProofs.read(circuit))
    let clock = ContinuousClock()
    let start = clock.now
    let report = try CircuitVerifier.verify(file, try CircuitProof(try CircuitProofs.read(proof)))
    let (seconds, attoseconds) = (clock.now - start).components
    let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    if json.isSet {
      show(CircuitTexts.json(report).prettyText, terminator: "")
      return
    }
    let names = try CircuitProofs.symbols(sym, besides: circuit)
    show(
      "VERIFIED: somebody knows wires that satisfy all \(report.constraintCount) constraints of circuit \(report.circuit.hex.prefix(16))… "
        + "over \(report.prime), with these public signals (\(report.targetBits) bits of soundness, \(report.proofByteCount) bytes, \(milliseconds) ms):"
    )
    show(CircuitTexts.signals(outputs: report.outputs, inputs: report.inputs, links: report.links, names: names), terminator: "")
    if report.isReordered { show("note: the proof was made from another file of the same circuit.") }
    for artefact in report.artefacts {
      show(
        "artefact \(TerminalText.escaped(artefact.name)): \(artefact.identity). That its cells lie in their declared ranges is another claim; look "
          + "for this identity in a verified bundle.")
    }
  }
}

/// Circuits in words and JSON.
enum CircuitTexts {
  /// What the file holds, with the digest where the field is one that is computed in.
  static func info(_ file: R1CSFile) throws -> R1CSInfo {
    guard file.header.customGateCount == 0, file.header.customGateUseCount == 0 else { return try R1CSInfo(file) }
    switch try? CircuitField(file.header.prime) {
    case .goldilocks?: return R1CSInfo(file, circuit: try file.read(as: Goldilocks.self))
    case .bn254?: return R1CSInfo(file, circuit: try file.read(as: BN254Scalar.self))
    case .other(let prime)?: return try prime.withModulus { R1CSInfo(file, circuit: try file.read(as: RuntimePrimeField.self)) }
    case nil: return try R1CSInfo(file)
    }
  }

  static func json(_ info: R1CSInfo) -> JSONValue {
    .object([
      "constraints": .integer(info.constraints), "linearConstraints": .integer(info.linearConstraints), "wires": .integer(info.wires),
      "nonZeros": .object(["a": .integer(info.nonZeros[0]), "b": .integer(info.nonZeros[1]), "c": .integer(info.nonZeros[2])]),
      "linearPerMille": .integer(info.linearPerMille), "prime": .string("\(info.prime)"), "primeHex": .string(info.prime.hex),
      "fieldBytes": .integer(info.fieldByteCount), "publicOutputs": .integer(info.publicOutputs), "publicInputs": .integer(info.publicInputs),
      "privateInputs": .integer(info.privateInputs), "customGates": .integer(Int(info.customGates)), "fileBytes": .integer(info.fileByteCount),
      "fileSHA256": .string(info.fileDigest.hex), "circuit": info.circuitDigest.map { .string($0.hex) } ?? .null,
    ])
  }

  static func lists(_ values: [[String]]) -> JSONValue { .array(values.map { .array($0.map { .string($0) }) }) }

  static func json(_ report: CircuitReport) -> JSONValue {
    .object([
      "verified": .bool(true), "constraints": .integer(report.constraintCount), "wires": .integer(report.wireCount),
      "nonZeros": .integer(report.entryCount), "prime": .string("\(report.prime)"), "circuit": .string(report.circuit.hex),
      "sameFile": .bool(!report.isReordered), "targetBits": .integer(report.targetBits), "outputs": lists(report.outputs),
      "inputs": lists(report.inputs), "proofBytes": .integer(report.proofByteCount),
      "links": .array(
        report.links.map {
          .object([
            "artefact": .string($0.artefact), "column": .string($0.column), "firstWire": .integer($0.firstWire), "count": .integer($0.count),
            "firstRow": .integer($0.firstRow),
          ])
        }),
    ])
  }

  /// Public signals in file order, then linked wires.
  static func signals(outputs: [[String]], inputs: [[String]], links: [CircuitProof.Link], names: SymbolNames) -> String {
    var lines: [String] = []
    for (instance, (out, own)) in zip(outputs, inputs).enumerated() {
      let prefix = outputs.count > 1 ? "  [\(instance)] " : "  "
      for (place, value) in out.enumerated() { lines.append("\(prefix)output \(TerminalText.escaped(names.name(ofWire: place + 1))) = \(value)") }
      for (place, value) in own.enumerated() {
        lines.append("\(prefix)input  \(TerminalText.escaped(names.name(ofWire: out.count + place + 1))) = \(value)")
      }
    }
    for link in links {
      lines.append(
        "  wires \(TerminalText.escaped(names.name(ofWire: link.firstWire)))…\(TerminalText.escaped(names.name(ofWire: link.firstWire + link.count - 1))) are rows "
          + "\(link.firstRow)…\(link.firstRow + link.count - 1) of \(TerminalText.escaped(link.artefact)), column \(TerminalText.escaped(link.column))"
      )
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
