import Claims
import Fields
import Kernels
import Programs
import Prover
import ProofSystem

/// The private values of an artefact.
public enum ArtefactValues: Sendable {
  /// Cells of a table.
  case table(StoredTable)
  /// Weights of a model.
  case model(LinearModel)
  /// Nodes of a tree ensemble.
  case trees(TreeModel)
  /// Hidden tensors of an imported network.
  case network(NetworkModel)

  /// The values of a model.
  init(_ model: PredictiveModel) {
    switch model {
    case .linear(let model): self = .model(model)
    case .trees(let model): self = .trees(model)
    }
  }

  /// What is public about them, as a verifier reads it back: without the hints that a schema has for pipelines.
  public var contents: ArtefactContents {
    let own: ArtefactContents
    switch self {
    case .table(let table): own = .table(table.schema, rowCount: table.rowCount)
    case .model(let model): own = .linearModel(model.architecture)
    case .trees(let model): own = .treeEnsemble(model.architecture)
    case .network(let model): own = .network(model.architecture)
    }
    return (try? ArtefactContents(kind: own.kind, format: own.format)) ?? own
  }

  /// The values in the layout of a committed matrix; padding is zero.
  func matrix(_ layout: MatrixLayout) -> MatrixData<Goldilocks> {
    let data = MatrixData<Goldilocks>(layout: layout)
    switch self {
    case .table(let table):
      for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
    case .model(let model):
      let (rows, columns) = (model.architecture.weightShape.rows, model.architecture.weightShape.columns)
      let stride = 1 << log2Ceiling(columns)
      let target = data.tensor("W")
      for row in 0..<rows {
        for column in 0..<columns { target[row * stride + column] = Goldilocks(signed: model.weights[row * columns + column]) }
      }
    case .trees(let model):
      for (column, values) in zip(model.architecture.nodeColumns, model.columns) { data.set(column.name, values.map { Goldilocks(signed: $0) }) }
    case .network(let model): data.fill(model)
    }
    return data
  }

  /// Reads the values back; nil when they are not such contents.
  init?(_ contents: ArtefactContents, from data: MatrixData<Goldilocks>) {
    func integers(_ tensor: String, _ indices: some Sequence<Int>) -> [Int64]? {
      let values = data.tensor(tensor)
      var out: [Int64] = []
      for index in indices {
        guard let value = values[index].signedInteger else { return nil }
        out.append(value)
      }
      return out
    }
    switch contents {
    case .table(let schema, let rowCount):
      var columns: [[Int64]] = []
      for index in schema.storedColumns.indices {
        guard let column = integers("c\(index)", 0..<rowCount) else { return nil }
        columns.append(column)
      }
      guard let table = try? StoredTable(schema: schema, columns: columns) else { return nil }
      self = .table(table)
    case .linearModel(let architecture):
      let (rows, columns) = (architecture.weightShape.rows, architecture.weightShape.columns)
      let stride = 1 << log2Ceiling(columns)
      guard let weights = integers("W", (0..<rows).lazy.flatMap { row in (0..<columns).lazy.map { row * stride + $0 } }),
        let model = try? LinearModel(architecture: architecture, weights: weights)
      else { return nil }
      self = .model(model)
    case .treeEnsemble(let architecture):
      var columns: [[Int64]] = []
      for column in architecture.nodeColumns {
        guard let values = integers(column.name, 0..<architecture.nodeCount) else { return nil }
        columns.append(values)
      }
      guard let model = try? TreeModel(architecture: architecture, columns: columns) else { return nil }
      self = .trees(model)
    case .network(let architecture):
      var values: [[Int64]] = []
      for (index, parameter) in architecture.parameters.enumerated() {
        guard let own = integers(NetworkParameter.tensorName(index), parameter.paddedPositions) else { return nil }
        values.append(own)
      }
      guard let model = try? NetworkModel(architecture: architecture, values: values) else { return nil }
      self = .network(model)
    }
  }

  /// Inputs of a program in which the artefact plays a role.
  func inputs(role: String) -> [InputBinding: [Int64]] {
    switch self {
    case .table(let table): table.inputs(artefact: role)
    case .model(let model): [.tensor(artefact: role): model.weights]
    case .trees(let model): model.nodeInputs(artefact: role)
    case .network(let model): model.bindings
    }
  }
}
