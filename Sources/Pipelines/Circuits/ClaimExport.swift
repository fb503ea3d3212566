import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Importers
import Kernels
import Programs
import ProofSystem
import Prover
import R1CS
import Soundness
import Store

/// Built-in claims as circuits for any prover: `zkmlops r1cs export`.
public enum ClaimExport {
  /// What to export.
  public struct Options: Sendable {
    /// Claim files, as for `zkmlops prove`.
    public var claims: [String]
    public var store: String
    /// Path of the files without extension.
    public var output: String
    /// Only the first rows of every table; nil: all.
    public var rows: Int?

    public init(claims: [String], store: String = ".zkmlops", output: String, rows: Int? = nil) {
      self.claims = claims
      self.store = store
      self.output = output
      self.rows = rows
    }
  }

  /// Writes the claims of claim files as one circuit over Goldilocks with its witness. Takes no opening: the files prove nothing about a
  /// commitment by themselves.
  ///
  /// Artefacts without a claim of well-formedness get one, as in `zkmlops prove`.
  /// - Throws: `ImportError`, `PipelineError`, `StoreError`, `StatementError`, `BundleWriteError`.
  public static func export(_ options: Options) throws -> CircuitFiles {
    typealias E = GoldilocksCubic
    let entries = try options.claims.flatMap { try ClaimDocument.read(path: $0).claims }
    for entry in entries {
      guard case .table = entry.claim else { continue }
      throw PipelineError(
        .claimDoesNotFit, "The claim \(TerminalText.quoted(entry.name)) is about tables, which no circuit states yet.",
        remedy: "Export claims of the types wellFormed, classCounts, accuracy and inference.")
    }
    let requests = try entries.map { (name: $0.name, request: try SingleProofs.request($0.claim)) }
    let names = requests.flatMap { $0.request.artefacts }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<E>(store: store, profile: .p128)
    var values: [String: ArtefactValues] = [:]
    for name in names {
      try ArtefactNames.check(name)
      values[name] = try first(options.rows, of: try vault.load(name, as: name, role: "artefact").values, name)
    }
    let resolver = ClaimResolver(values: values)
    let all = SingleProofs.withWellFormed(requests, names)
    let statements = try all.map { try resolver.statement($0.request) }
    let (circuit, witness) = try circuit(statements, names: all.map(\.name), artefacts: names, values)
    if let violation = try circuit.built.circuit.firstViolation(of: witness) {
      let text = circuit.built.circuit.readableConstraint(violation.constraint, names: try SymbolNames(circuit.built.symbolFile))
      throw PipelineError(
        .fault, "The values do not satisfy constraint \(violation.constraint): \(text).",
        remedy: "Report this as a defect.")
    }
    let bindings = circuit.signals.map { "\($0.name)[0..\($0.rowCount - 1)]=\($0.artefact)[\($0.column):0..\($0.rowCount - 1)]" }
    return try CircuitFiles.write(circuit.built, values: witness, to: options.output, bindings: bindings)
  }

  /// The circuit of statements over values, and its wires.
  static func circuit(
    _ statements: [ClaimStatement], names: [String], artefacts: [String], _ values: [String: ArtefactValues]
  ) throws -> (circuit: ClaimCircuit<GoldilocksCubic>, witness: [Goldilocks]) {
    typealias E = GoldilocksCubic
    // No commitment has a part in the circuit: any shape and identity do.
    guard let shape = CodeShapes.shape(log2RowLength: 11, field: Goldilocks.self) else {
      throw PipelineError(.fault, "There is no code.", remedy: "Report this as a defect.")
    }
    let nobody = SHA256.hash([UInt8]())
    let descriptions = artefacts.compactMap { name in
      values[name].map { ArtefactDescription(name: name, contents: $0.contents, shape: shape, identity: nobody) }
    }
    let compiled: CompiledClaims
    let relation: ClaimRelation<E>
    do {
      compiled = try CompiledClaims(claims: statements, artefacts: descriptions)
      relation = try compiled.relation(log2RowLength: shape.log2RowLength, field: E.self)
    } catch { throw StatementError.claim(error) }
    let circuit: ClaimCircuit<E>
    do { circuit = try ClaimCircuit<E>(compiled, relation, names: names) } catch { throw refusal(error) }
    let data = Dictionary(descriptions.compactMap { own in values[own.name].map { (own.name, $0.matrix(own.layout)) } }) { first, _ in first }
    let auxiliary = WitnessFiller<E>.fill(relation, executions: try compiled.executions(values), artefacts: data)
    return (circuit, try circuit.witness(artefacts: data, auxiliary: auxiliary))
  }

  private static func first(_ rows: Int?, of values: ArtefactValues, _ name: String) throws -> ArtefactValues {
    guard let rows, case .table(let table) = values else { return values }
    guard rows > 0, rows <= table.rowCount else {
      throw PipelineError(
        .claimDoesNotFit, "\(rows) rows of \(TerminalText.quoted(name)), which has \(table.rowCount), cannot be taken.",
        remedy: "Give --rows a number from 1 to \(table.rowCount).")
    }
    return .table(table.selecting(rows: Array(0..<rows)))
  }

  private static func refusal(_ error: ClaimCircuitError) -> any Error {
    switch error {
    case .tooLarge(let constraints, let entries):
      PipelineError(
        .claimDoesNotFit,
        "The circuit would have about \(constraints) constraints and \(entries) non-zero entries; at most "
          + "\(ClaimCircuit<GoldilocksCubic>.constraintLimit) and \(ClaimCircuit<GoldilocksCubic>.entryLimit) are written.",
        remedy: "Export the claim over the first rows alone: --rows N. `zkmlops prove` has no such limit.")
    case .committedTable(let name):
      PipelineError(
        .claimDoesNotFit, "The lookup \(TerminalText.quoted(name)) into committed columns has no circuit.",
        remedy: "Claims about models (inference, accuracy, classCounts, wellFormed) can be exported.")
    case .circuit(let error): error
    }
  }
}
