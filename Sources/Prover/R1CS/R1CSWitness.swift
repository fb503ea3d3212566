import Fields
import Kernels
import Parallelism
import ProofSystem
import R1CS

/// Puts the wires of all instances into the auxiliary matrix of a relation. Whether they satisfy the constraints is looked at when the
/// products are there, i.e. when the proof is made.
public enum R1CSWitness<E: KernelField> {
  public typealias Base = E.Base

  /// The auxiliary matrix of `relation` alone.
  ///
  /// - Parameters:
  ///   - wires: for each instance the values of all wires, the constant 1 first.
  ///   - artefacts: data of the matrices that bindings name.
  ///
  /// **Throws** `ProverError.instanceCount`, `.wireCount`, `.publicWire`, `.missingSecret`, `.unequalBinding`: the first that is found, in this
  /// order.
  public static func matrix(
    _ relation: R1CSRelation<E>, wires: [[Base]], artefacts: [String: MatrixData<Base>] = [:]
  ) throws(ProverError) -> MatrixData<Base> {
    let data = MatrixData<Base>(layout: relation.auxiliary)
    try fill(relation, wires: wires, artefacts: artefacts, into: data)
    return data
  }

  /// The same into the tensor of `data`, which may belong to several relations.
  public static func fill(
    _ relation: R1CSRelation<E>, wires: [[Base]], artefacts: [String: MatrixData<Base>] = [:], into data: MatrixData<Base>
  ) throws(ProverError) {
    let circuit = relation.circuit
    guard wires.count == relation.instanceCount else {
      throw .instanceCount(expected: relation.instanceCount, found: wires.count)
    }
    for (instance, own) in wires.enumerated() where own.count != circuit.wireCount {
      throw .wireCount(instance: instance, expected: circuit.wireCount, found: own.count)
    }
    for (instance, own) in wires.enumerated() {
      for (wire, value) in ([.one] + relation.publicValues[instance]).enumerated() where own[wire] != value {
        throw .publicWire(instance: instance, wire: wire)
      }
    }
    for (index, binding) in relation.bindings.enumerated() {
      guard let artefact = artefacts[binding.column.matrix] else { throw .missingSecret(binding.column.matrix) }
      let column = WitnessReader<E>(matrices: [binding.column.matrix: artefact]).read(binding.column)
      for j in 0..<binding.count {
        let value: Base =
          switch binding.cells {
          case .wires(let range, let instance): wires[instance][range.lowerBound + j]
          case .instances(let range, let wire): wires[range.lowerBound + j][wire]
          }
        guard value == column[binding.offset + j] else { throw .unequalBinding(index: index, entry: j) }
      }
    }
    let target = data.vector.pointer + relation.wires.offset
    for (instance, own) in wires.enumerated() {
      own.withUnsafeBufferPointer { source in
        if let base = source.baseAddress { (target + instance << relation.wireBits).update(from: base, count: own.count) }
      }
    }
  }

  /// The first constraint that the wires do not satisfy, by instance; nil when all hold. Proving looks for it anyway.
  public static func firstFailure(_ relation: R1CSRelation<E>, _ data: MatrixData<Base>) -> (instance: Int, constraint: Int)? {
    let column = WitnessReader<E>(matrices: [relation.wires.matrix: data]).read(relation.wires)
    guard let row = R1CSRelation<E>.firstFailure(relation.products(column)) else { return nil }
    return (row >> relation.constraintBits, row & ((1 << relation.constraintBits) - 1))
  }
}
