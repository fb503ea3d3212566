import Fields
import Hashing
import ProofSystem

/// Why no relation was made of a circuit and its public values.
public enum R1CSRelationError: Error, Equatable, Sendable {
  /// Not 1 to 2^30 instances, or not one list of public values for each.
  case instances(Int)
  /// An instance has another number of public values than the circuit has public wires.
  case publicCount(instance: Int, expected: Int, found: Int)
  /// Wires, constraints or entries of all instances together exceed `StatementLimits`.
  case tooLarge
  /// The auxiliary layout has no tensor of this name and size.
  case auxiliary
  /// A binding (by index) to wires that are public or do not exist.
  case bindingWires(Int)
  /// A binding to a matrix that the relation does not name, or to entries outside its column's extent.
  case bindingColumn(Int)
}

/// k instances of one rank-1 constraint system, proved with Spartan's two sumchecks; wires may be bound to committed artefacts.
///
/// z, the wires of all instances (constant 1, public wires, private wires), is one tensor [k, wires] of the auxiliary matrix, both sizes
/// padded to powers of two. Cells beyond the wires are don't-care: the matrices have no columns there. Reduction, with row index (i, x) of
/// instance and constraint:
///
/// 1. Public wires: one linear claim at a random point, Σ_{i<k, j≤n} eq(r, (i, j))·z_{i,j} = the same sum over (1, public values).
/// 2. Bindings: one random ρ; for each a linear claim Σ ρ^j·z[wire + j] = Σ ρ^j·v[offset + j].
/// 3. Σ_{i,x} eq(τ, (i, x))·(Az_i·Bz_i − Cz_i)(x) = 0 in eq form, degree 2 a round; at the end a, b, c are received and a·b − c must be the
///    last claim.
/// 4. Σ_y M(y)·Z(y) = a + α·b + α²·c with M(y) = (A + αB + α²C)~(r_row, y), Z(y) = Σ_i eq(r_instance, i)·z_i(y), in product form. The
///    verifier evaluates M at the final point itself, which leaves one linear claim on z.
///
/// Source: Setty, Spartan, 2019/550, section 5; design 2, section 3.5.
/// **Soundness**: (row variables)/|E| for τ, 2/|E| a round and for α; all covered by `SoundnessAccount`.
public struct R1CSRelation<E: ChallengeField>: Relation {
  public typealias Base = E.Base
  public let circuit: Circuit<Base>
  /// Digest of the circuit's canonical encoding.
  public let circuitDigest: Digest
  /// Values of wires 1...publicCount, for each instance.
  public let publicValues: [[Base]]
  public let bindings: [R1CSBinding]
  public let matrices: [RelationMatrix]
  public let auxiliary: MatrixLayout
  /// z: variables of the instance, then of the wire.
  public let wires: View

  /// k.
  public var instanceCount: Int { publicValues.count }
  public var instanceBits: Int { log2Ceiling(instanceCount) }
  public var constraintBits: Int { log2Ceiling(circuit.constraintCount) }
  public var wireBits: Int { log2Ceiling(circuit.wireCount) }
  /// Index bits of the constant and the public wires.
  var publicBits: Int { log2Ceiling(circuit.publicCount + 1) }

  public var lookupDegree: Int { 0 }
  public var pointVariables: Int {
    max(instanceBits + constraintBits, instanceBits + publicBits, bindings.map { $0.count - 1 }.max() ?? 0)
  }
  /// Az·Bz: two linear forms in committed wires.
  public var uncommittedDegree: Int { 2 }
  public var transcriptPaddingCells: Int { instanceCount * circuit.entryCount }

  /// The tensor that `auxiliary` needs for z.
  public static func wireTensor(_ circuit: Circuit<Base>, instances: Int, name: String = "z") -> TensorLayout {
    TensorLayout(name, [log2Ceiling(instances), log2Ceiling(circuit.wireCount)])
  }

  /// - Parameters:
  ///   - digest: of the circuit's canonical encoding; a verifier computes it from the matrices that it evaluates.
  ///   - publicValues: public outputs, then public inputs, for each instance.
  ///   - matrices: artefacts that bindings name.
  ///   - auxiliary: a layout with the tensor `tensor`, for relations that share one auxiliary matrix; by default one of its own in rows of
  ///     2^log2RowLength.
  public init(
    circuit: Circuit<Base>, digest: Digest, publicValues: [[Base]], bindings: [R1CSBinding] = [], matrices: [RelationMatrix] = [],
    log2RowLength: Int, auxiliary: MatrixLayout? = nil, tensor: String = "z"
  ) throws(R1CSRelationError) {
    guard !publicValues.isEmpty, publicValues.count <= 1 << StatementLimits.maximumMatrixBits else { throw .instances(publicValues.count) }
    for (index, values) in publicValues.enumerated() where values.count != circuit.publicCount {
      throw .publicCount(instance: index, expected: circuit.publicCount, found: values.count)
    }
    let own = Self.wireTensor(circuit, instances: publicValues.count, name: tensor)
    let (entries, overflow) = publicValues.count.multipliedReportingOverflow(by: circuit.entryCount)
    guard own.bits <= StatementLimits.maximumMatrixBits, !overflow, entries <= 1 << StatementLimits.maximumEntryBits,
      own.log2Dimensions[0] + log2Ceiling(circuit.constraintCount) <= StatementLimits.maximumMatrixBits
    else { throw .tooLarge }
    let layout = auxiliary ?? MatrixLayout(name: "aux", log2RowLength: log2RowLength, tensors: [own])
    guard layout.tensors.contains(own) else { throw .auxiliary }
    for (index, binding) in bindings.enumerated() {
      try Self.check(binding, index, circuit, instances: publicValues.count, matrices)
    }
    self.circuit = circuit
    circuitDigest = digest
    self.publicValues = publicValues
    self.bindings = bindings
    self.matrices = matrices
    self.auxiliary = layout
    wires = layout.view(tensor)
  }

  private static func check(
    _ binding: R1CSBinding, _ index: Int, _ circuit: Circuit<Base>, instances: Int, _ matrices: [RelationMatrix]
  ) throws(R1CSRelationError) {
    let places: (wires: Range<Int>, instances: Range<Int>)
    switch binding.cells {
    case .wires(let wires, let instance):
      guard (0..<instances).contains(instance) else { throw .bindingWires(index) }
      places = (wires, instance..<(instance + 1))
    case .instances(let chosen, let wire):
      guard wire >= 0, wire < circuit.wireCount else { throw .bindingWires(index) }
      places = (wire..<(wire + 1), chosen)
    }
    guard !places.wires.isEmpty, !places.instances.isEmpty, places.wires.lowerBound > circuit.publicCount,
      places.wires.upperBound <= circuit.wireCount, places.instances.lowerBound >= 0, places.instances.upperBound <= instances
    else { throw .bindingWires(index) }
    guard let matrix = matrices.first(where: { $0.name == binding.column.matrix }),
      binding.column.slots.count == matrix.layout.variableCount, binding.column.variableCount <= StatementLimits.maximumMatrixBits,
      binding.offset >= 0, binding.extent <= 1 << binding.column.variableCount, binding.count <= binding.extent,
      binding.offset <= binding.extent - binding.count
    else { throw .bindingColumn(index) }
    // Every variable occurs once: a view with a gap would have no such tensor.
    let variables = binding.column.slots.compactMap { slot -> Int? in if case .variable(let j) = slot { j } else { nil } }
    guard variables.sorted() == Array(0..<binding.column.variableCount) else { throw .bindingColumn(index) }
  }

  /// Circuit, sizes, public values and bindings; absorbed (as the relation digest) before the first challenge.
  public var descriptor: CanonicalValue {
    func number(_ value: Int) -> CanonicalValue { .integer(UInt64(value)) }
    return .dictionary([
      "relation": "zkmlops/spartan/v1", "field": .text(Base.name), "circuit": .bytes(circuitDigest.bytes),
      "constraints": number(circuit.constraintCount), "wires": number(circuit.wireCount), "outputs": number(circuit.publicOutputCount),
      "inputs": number(circuit.publicInputCount), "entries": .list([circuit.a, circuit.b, circuit.c].map { number($0.entryCount) }),
      "instances": number(instanceCount),
      "public": .list(
        publicValues.map { values in
          var bytes: [UInt8] = []
          bytes.reserveCapacity(values.count * Base.byteCount)
          for value in values { value.appendBytes(to: &bytes) }
          return .bytes(bytes)
        }),
      "bindings": .list(bindings.map(\.canonical)),
    ])
  }
}
