import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import R1CS

/// Why claims were not written as a circuit.
public enum ClaimCircuitError: Error, Equatable, Sendable {
  /// A claim compares committed columns with one another as multisets, for which there is no small circuit: the table's name.
  case committedTable(String)
  /// More constraints, or more non-zero entries, than the limit.
  case tooLarge(constraints: Int, entries: Int)
  case circuit(CircuitError)
}

/// Compiled claims as a rank-1 constraint system for any prover: the constraints of a `ClaimRelation`, each over the same committed cells.
///
/// Wires: the claims' public values (public inputs), the cells of the artefacts and of the auxiliary matrix that constraints read (private
/// inputs), and wires that the translation adds. What becomes of each part of the relation (`Docs/Protocol.md`, 8.7):
///
/// - a linear constraint, a sum, a shift: one linear constraint for each row (for a sum one in all);
/// - a matrix product: one product for each row, inner index and output;
/// - a row-wise product: one constraint for each row, padding included;
/// - a range [0, 2^b): b bits and their sum;
/// - membership in a public table: one-hot selection (`TableSelection`); where counts of the table's rows are read, a product for every row
///   of the table, whose sum over all lookups is the count. Multiplicities that nothing reads have no wire.
///
/// The circuit is satisfied exactly by the cells that satisfy the relation. **What it does not say**: that the cells are those of the
/// commitments. Only bindings (`R1CSBinding`) say so.
public struct ClaimCircuit<E: KernelField>: Sendable {
  public typealias Base = E.Base

  /// A committed column with the signal `NAME[i]` of its row i, for bindings.
  public struct Signal: Hashable, Sendable {
    /// With the prefix `main.`.
    public let name: String
    public let artefact: String
    public let column: String
    public let rowCount: Int
  }

  public let built: BuiltCircuit<Base>
  /// Values of the public inputs, in order.
  public let publicValues: [Base]
  /// Columns of tables all of whose cells are private inputs.
  public let signals: [Signal]
  private let places: [ClaimCells.Place]
  private let matrices: [String]

  /// Most constraints of a circuit.
  public static var constraintLimit: Int { 1 << 20 }
  /// Most entries of A, B and C together.
  public static var entryLimit: Int { 1 << 24 }

  /// - Parameters:
  ///   - relation: of `claims`.
  ///   - names: of the claims, for signals; as many as claims.
  public init(_ claims: CompiledClaims, _ relation: ClaimRelation<E>, names: [String]) throws(ClaimCircuitError) {
    let translation = try ClaimTranslation(relation, claims: claims.claims)
    try translation.checkSize(constraints: Self.constraintLimit, entries: Self.entryLimit)
    var cells = translation.cells
    var naming = ClaimSignals(claims, names: names)
    var builder = CircuitBuilder<Base>()
    let (wires, places) = cells.declare(&builder) { naming.cell($0, $1, $2) }
    var emitter = ClaimEmitter(translation, cells: cells, wires: wires, builder: builder, naming: naming)
    emitter.emit()
    let built: BuiltCircuit<Base>
    do { built = try emitter.builder.build() } catch { throw .circuit(error) }
    self.built = built
    publicValues = emitter.publicValues
    signals = naming.columns.filter { built.wire(named: "\($0.name)[\($0.rowCount - 1)]") != nil }.map {
      Signal(name: $0.name, artefact: $0.artefact, column: $0.column, rowCount: $0.rowCount)
    }
    self.places = places
    matrices = relation.matrices.map(\.name) + [relation.auxiliary.name]
  }

  /// The values of all wires.
  ///
  /// - Parameters:
  ///   - artefacts: data of every artefact, by name.
  ///   - auxiliary: as `WitnessFiller` fills it. Whether the values satisfy the circuit, `built.circuit.firstViolation` says.
  public func witness(artefacts: [String: MatrixData<Base>], auxiliary: MatrixData<Base>) throws(ClaimCircuitError) -> [Base] {
    let data = matrices.dropLast().map { artefacts[$0] } + [auxiliary]
    var inputs: [Base] = []
    inputs.reserveCapacity(places.count)
    for place in places {
      guard let own = data[place.matrix] else { throw .circuit(.invalidCircuit("no values of \(matrices[place.matrix])")) }
      inputs.append(withExtendedLifetime(own.vector) { own.vector.pointer[place.index] })
    }
    do { return try built.witness(publicInputs: publicValues, privateInputs: inputs) } catch { throw .circuit(error) }
  }
}

/// Names of the signals of claims: `ARTEFACT.COLUMN[row]`, `MODEL.weight[i]`, `CLAIM.…[row]`, without the prefix `main.`.
struct ClaimSignals {
  /// A table's column.
  struct Column {
    let name: String
    let artefact: String
    let column: String
    let rowCount: Int
  }

  private let claims: CompiledClaims
  private let claimNames: [String]
  private var taken: Set<String> = []
  /// Name of each tensor, by matrix and tensor.
  private var tensors: [String: String] = [:]
  /// Value columns of tables in order.
  private(set) var columns: [Column] = []

  init(_ claims: CompiledClaims, names: [String]) {
    self.claims = claims
    claimNames = names
  }

  /// Letters, digits, `_`, `-` and `.` are kept, every other byte becomes `_`; a name that is taken gets `_` at its end.
  private mutating func unique(_ text: String) -> String {
    let kept = text.utf8.map { byte -> UInt8 in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: byte
      default: 0x5F
      }
    }
    var name = String(decoding: kept, as: UTF8.self)
    while !taken.insert(name).inserted { name += "_" }
    return name
  }

  /// `0.output.prediction` with the claim's name for its number.
  mutating func constraint(_ name: String) -> String {
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), claimNames.indices.contains(number) else { return unique("claims." + name) }
    return unique("\(claimNames[number]).\(parts[1])")
  }

  /// - matrix: index among the artefacts; the next one is the auxiliary matrix.
  mutating func cell(_ matrix: Int, _ tensor: TensorLayout, _ index: Int) -> String {
    let key = "\(matrix) \(tensor.name)"
    if let known = tensors[key] { return "\(known)[\(index)]" }
    let name: String
    if claims.artefacts.indices.contains(matrix) {
      let artefact = claims.artefacts[matrix]
      switch artefact.contents {
      case .table(let schema, let rowCount):
        guard let place = Int(tensor.name.dropFirst()), schema.storedColumns.indices.contains(place) else { preconditionFailure("no column") }
        let stored = schema.storedColumns[place]
        name = unique("\(artefact.name).\(stored.column)" + (stored.part == .presence ? ".presence" : ""))
        if stored.part == .value {
          columns.append(Column(name: "main.\(name)", artefact: artefact.name, column: stored.column, rowCount: rowCount))
        }
      case .linearModel: name = unique("\(artefact.name).weight")
      case .treeEnsemble, .network: name = unique("\(artefact.name).\(tensor.name)")
      }
    } else {
      name = constraint(tensor.name)
    }
    tensors[key] = name
    return "\(name)[\(index)]"
  }
}
