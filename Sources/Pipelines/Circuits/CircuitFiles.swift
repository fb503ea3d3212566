import Evidence
import Fields
import Foundation
import R1CS

/// A circuit, perhaps with a witness, as files: `NAME.r1cs`, `NAME.sym`, `NAME.wtns`.
public struct CircuitFiles: Sendable {
  /// Paths written.
  public let circuit: String
  public let symbols: String
  /// Nil for a circuit alone, as a verifier makes it.
  public let witness: String?
  public let constraintCount: Int
  public let wireCount: Int
  /// Public signals by name, in order, with their values in decimal; one below 0 is p − |x|.
  public let publicSignals: [(name: String, value: String)]
  /// `--bind` options that tie the circuit's private inputs to the store's commitments, one for each column.
  public let bindings: [String]

  /// Writes the files beside one another. The witness holds private values: it is readable for its owner alone.
  ///
  /// - Parameters:
  ///   - values: of all wires; nil: no witness is written.
  ///   - output: the path without extension; its folders are made.
  /// - Throws: `PipelineError.destination`, `BundleWriteError`, `CircuitError`.
  static func write<F: PrimeField>(_ built: BuiltCircuit<F>, values: [F]?, to output: String, bindings: [String]) throws -> CircuitFiles {
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
    try BundleWriter.writeFile(built.r1csFile(), to: "\(output).r1cs")
    try BundleWriter.writeFile(built.symbolFile, to: "\(output).sym")
    var signals: [(name: String, value: String)] = []
    if let values {
      try writeSecret(WitnessFile.file(values: values), to: "\(output).wtns")
      signals = (0..<built.circuit.publicCount).map { place in
        var bytes: [UInt8] = []
        values[place + 1].appendBytes(to: &bytes)
        return (built.names[place + 1] ?? "w\(place + 1)", DecimalBytes.text(littleEndian: bytes))
      }
    }
    return CircuitFiles(
      circuit: "\(output).r1cs", symbols: "\(output).sym", witness: values.map { _ in "\(output).wtns" },
      constraintCount: built.circuit.constraintCount, wireCount: built.circuit.wireCount, publicSignals: signals, bindings: bindings)
  }

  /// A file for its owner alone: its permissions are set before there is anything in it.
  private static func writeSecret(_ bytes: [UInt8], to path: String) throws {
    try BundleWriter.writeFile([], to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    try handle.write(contentsOf: bytes)
    try handle.synchronize()
  }
}
