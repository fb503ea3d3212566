import Claims
import Fields
import Programs
import ProofSystem

extension MatrixData {
  /// Writes the hidden tensors of a network into the matrix of its artefact; padding stays zero.
  public func fill(_ model: NetworkModel) {
    for (index, (parameter, values)) in zip(model.architecture.parameters, model.values).enumerated() {
      let target = tensor(NetworkParameter.tensorName(index))
      for (place, value) in zip(parameter.paddedPositions, values) { target[place] = Base(signed: value) }
    }
  }
}
