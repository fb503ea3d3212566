import Evidence
import Fields
import Foundation
import R1CS

/// A circuit with a witness on the way into files: `NAME.r1cs`, `NAME.wtns`, `NAME.sym`.
public struct CircuitFiles: Sendable {
  /// Paths written.
  public let circuit: String
  public let witness: String
  public let symbols: String
  public let constraintCount: Int
  public let wireCount: Int
  /// Public signals by name, in order, with their values in decimal; one below 0 is p − |x|.
  public let publicSignals: [(name: String, value: String)]
  /// `--bind` options that tie the circuit's private inputs to the store's commitments, one for each column.
  public let bindings: [String]

  /// Writes the three files beside one another. The witness holds private values: it is readable for its owner alone.
  ///
  /// - Parameter output: the path without extension; its folders are made.
  /// - Throws: `PipelineError.destination`, `BundleWriteError`, `CircuitError`.
  static func write<F: PrimeField>(_ built: BuiltCircuit<F>, values: [F], to output: String, bindings: [String]) throws -> CircuitFiles {
    let name = URL(fileURLWithPath: output).lastPathComponent
    guard !output.hasSuffix("/"), !name.isEmpty, name != ".", name != ".." else {
      throw PipelineError(
        .destination, "\(TerminalText.quoted(output)) is no name for files.", remedy: "Give --out a path without extension, e.g. out/rule.")
    }
    let folder = URL(fileURLWithPath: output).deletingLastPathComponent().path
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw PipelineError(
        .destination, "The folder \(TerminalText.quoted(folder)) cannot be made.", remedy: "Choose another place for the circuit with --out.")
    }
    let files = (circuit: "\(output).r1cs", witness: "\(output).wtns", symbols: "\(output).sym")
    try BundleWriter.writeFile(built.r1csFile(), to: files.circuit)
    try BundleWriter.writeFile(built.symbolFile, to: files.symbols)
    // Its permissions are set before there is anything in it.
    try BundleWriter.writeFile([], to: files.witness)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: files.witness)
    let content = try WitnessFile.file(values: values)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: files.witness))
    defer { try? handle.close() }
    try handle.write(contentsOf: content)
    try handle.synchronize()
    let signals = (0..<built.circuit.publicCount).map { place -> (name: String, value: String) in
      var bytes: [UInt8] = []
      values[place + 1].appendBytes(to: &bytes)
      return (built.names[place + 1] ?? "w\(place + 1)", DecimalBytes.text(littleEndian: bytes))
    }
    return CircuitFiles(
      circuit: files.circuit, witness: files.witness, symbols: files.symbols, constraintCount: built.circuit.constraintCount,
      wireCount: built.circuit.wireCount, publicSignals: signals, bindings: bindings)
  }
}
