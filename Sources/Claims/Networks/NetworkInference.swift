import Hashing
import Programs
import ProofSystem

/// A committed network run on a number of rows: what its outputs are, with inputs and outputs each hidden, published or committed.
///
/// **Semantics**: row i of the outputs is what the interpreter gives for the architecture's program on row i of the inputs and the hidden
/// tensors of the commitment. The network's well-formedness is a claim of its own.
public struct NetworkInference: Hashable, Sendable {
  /// Where the rows of one input are.
  public enum Source: Hashable, Sendable {
    /// Known to the prover alone; the proof shows that they lie in the input's range, and nothing else about them.
    case hidden
    /// In clear: rows · entries integers, row after row.
    case published([Int64])
    /// Stored integers of columns of a committed table, one column for each entry of the input; as many rows as the table has.
    case columns(table: String, columns: [String])
  }

  /// What happens to one output.
  public enum Target: Hashable, Sendable {
    /// In clear: rows · entries integers, row after row.
    case published([Int64])
    /// Equal to the stored integers of columns of a committed table, one for each entry of the output.
    case columns(table: String, columns: [String])
  }

  /// Name of the network's artefact.
  public let model: String
  /// B.
  public let rows: Int
  /// Every input of the architecture, by name.
  public let inputs: [String: Source]
  /// Outputs by name; those that are left out stay hidden.
  public let outputs: [String: Target]

  /// A claim from its parts; they are checked against the artefacts when it is compiled.
  public init(model: String, rows: Int, inputs: [String: Source], outputs: [String: Target]) {
    self.model = model
    self.rows = rows
    self.inputs = inputs
    self.outputs = outputs
  }
}

extension NetworkInference {
  public static var type: String { "networkInference" }

  /// Most rows of one claim.
  public static let maximumRows = 1 << 20

  public var artefacts: [String] {
    var out = [model]
    func add(_ name: String) { if !out.contains(name) { out.append(name) } }
    for name in inputs.keys.sorted() { if case .columns(let table, _)? = inputs[name] { add(table) } }
    for name in outputs.keys.sorted() { if case .columns(let table, _)? = outputs[name] { add(table) } }
    return out
  }

  public var canonical: CanonicalValue {
    func numbers(_ values: [Int64]) -> CanonicalValue { .list(values.map { signedNumber($0) }) }
    func texts(_ values: [String]) -> CanonicalValue { .list(values.map { .text($0) }) }
    let sources = inputs.mapValues { source -> CanonicalValue in
      switch source {
      case .hidden: ["hidden"]
      case .published(let values): ["published", numbers(values)]
      case .columns(let table, let columns): ["columns", .text(table), texts(columns)]
      }
    }
    let targets = outputs.mapValues { target -> CanonicalValue in
      switch target {
      case .published(let values): ["published", numbers(values)]
      case .columns(let table, let columns): ["columns", .text(table), texts(columns)]
      }
    }
    return [
      "network inference/v1", .text(model), .integer(UInt64(max(0, rows))), .dictionary(sources), .dictionary(targets),
    ]
  }

  public var reveals: [Disclosure] {
    var out: [Disclosure] = []
    for name in inputs.keys.sorted() {
      if case .published(let values)? = inputs[name] { out.append(Disclosure(subject: "input \(name)", kind: .exact, values: values)) }
    }
    for name in outputs.keys.sorted() {
      if case .published(let values)? = outputs[name] { out.append(Disclosure(subject: name, kind: .exact, values: values)) }
    }
    return out
  }
}

extension NetworkInference: DataRelation {
  public var rowBits: Int { min(20, log2Ceiling(rows)) }

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    throw .unsupported(node: model, reason: "inference of imported networks has no relation yet")
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] { [:] }
}
