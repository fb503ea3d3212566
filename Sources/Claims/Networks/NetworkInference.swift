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
  /// Every input that the network reads, by name.
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
    let artefact = try compiler.artefact(model)
    let architecture = try artefact.network()
    var network = try compiled(architecture, prefix: prefix)
    let (own, rows) = (compiler, rows)
    try network.compile { name, table, columns, range throws(ClaimError) in
      try Self.views(own, name, table, columns, range, rows: rows)
    }
    var columns: [View] = []
    var unread: Set<Int> = []
    var tables: [Int: Int] = [:]
    for (kind, first, count) in network.kinds {
      let extent = Extent(count: count)
      var views: [View] = []
      for column in first..<(first + kind.width) {
        views.append(
          try compiler.builder.column(
            "\(prefix).cells\(column)", bits: extent.bits, .recorded(execution: index, key: NetworkWitness.key(column))))
      }
      columns += views
      for number in kind.tables where tables[number] == nil {
        let contents = try network.lookupTables[number].contents(columns, artefact, architecture)
        tables[number] = try compiler.builder.table("\(prefix).\(network.lookupTables[number].name)", contents).index
      }
      if case .path(let path) = kind { unread.formUnion(path.unread.map { first + $0 }) }
      try compiler.builder.lookUp(kind, views.map { ColumnExpression($0) }, extent, tables: tables, name: "\(prefix).cells\(first)")
    }
    compiler.builder.network(
      NetworkConstraint(
        name: prefix, graph: network.graph, equations: network.equations, columns: columns,
        parameters: architecture.parameters.indices.map { artefact.layout.view(NetworkParameter.tensorName($0)) },
        parameterDimensions: architecture.parameters.map(\.dimensions), permutations: network.permutations, unread: unread))
  }

  private func compiled(_ architecture: NetworkArchitecture, prefix: String) throws(ClaimError) -> NetworkCompiler {
    guard (1...Self.maximumRows).contains(rows) else { throw .inconsistent("an inference is about 1 to \(Self.maximumRows) rows") }
    guard !outputs.isEmpty else { throw .inconsistent("an inference binds at least one output") }
    for name in inputs.keys where !architecture.inputs.contains(where: { $0.name.hasSameBytes(as: name) }) {
      throw .inconsistent("the network has no input \(name)")
    }
    // What is said of an input holds because the program reads it.
    guard architecture.inputs.contains(where: { architecture.reads($0) }) else { throw .inconsistent("the network reads no input") }
    for input in architecture.inputs where !architecture.reads(input) {
      if inputs[input.name] != nil { throw .inconsistent("the network does not read input \(input.name)") }
    }
    return try NetworkCompiler(self, architecture, prefix: prefix)
  }

  /// Columns of a committed table as a network reads or writes them: stored integers of a whole column without missing cells.
  private static func views(
    _ compiler: ClaimCompiler, _ name: String, _ table: String, _ columns: [String], _ range: IntegerRange?, rows: Int
  ) throws(ClaimError) -> [View] {
    let artefact = try compiler.artefact(table)
    let (schema, extent) = try artefact.table()
    guard extent.count == rows else { throw .inconsistent("\(name): table \(table) has \(extent.count) rows, not \(rows)") }
    var views: [View] = []
    for column in columns {
      guard let found = schema.column(column) else { throw .unknownColumn(artefact: table, column: column) }
      guard found.missing == .refuse else { throw .inconsistent("column \(column) of \(table) may have missing cells") }
      let own: IntegerRange
      switch found.type {
      case .integer(let declared): own = declared
      case .category(let names): own = IntegerRange(0...Int64(max(1, names.count) - 1))
      case .decimal: throw .inconsistent("column \(column) of \(table) holds decimals: a network reads stored integers")
      }
      if let range, !range.contains(own) { throw .inconsistent("column \(column) of \(table) has the range \(own), \(name) takes \(range)") }
      views.append(try artefact.column(column, .value))
    }
    return views
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let model = try tables.network(model)
    var network: NetworkCompiler
    do throws(ClaimError) {
      network = try compiled(model.architecture, prefix: "")
      try network.compile { _, _, _, _ throws(ClaimError) in [] }
    } catch {
      if case .program(let own) = error { throw own }
      throw .invalidModel(reason: "the claim does not fit its network: \(error)")
    }
    var witness = NetworkWitness(network, model)
    return try witness.record(self, tables)
  }
}

extension RelationBuilder {
  /// The lookups that give one kind of cells its meaning.
  mutating func lookUp(
    _ kind: NetworkCells, _ cells: [ColumnExpression], _ rows: Extent, tables: [Int: Int], name: String
  ) throws(ClaimError) {
    func table(_ number: Int) throws(ClaimError) -> Int {
      guard let table = tables[number] else { throw .inconsistent("\(name): table \(number) is not there") }
      return table
    }
    switch kind {
    case .plain, .held: break
    case .reading(let number, _): lookup(name, table: try table(number), cells, [rows])
    case .path(let path): try lookUp(path, cells, rows, nodes: try table(path.nodes), features: try table(path.features), name: name)
    case .limb(let bits): lookup(name, table: try rangeTable(bits), [cells[0]], [rows])
    case .table(let table): lookup(name, table: try functionTable(table, node: name), [cells[0], cells[1]], [rows])
    case .sign(let high, let low):
      let half = Int64(1) << Int64(high - 1)
      let top = try sharedTable("network.sign.\(high)", name: "sign\(high)") { () throws(ProgramError) in
        (0..<(2 * half)).map { $0 < half ? [$0, 0, 0] : [$0, 1, $0 - half] }
      }
      lookup(name, table: top, [cells[0], cells[1], cells[2]], [rows])
      for (place, width) in low.enumerated() {
        let size = Int64(1) << Int64(width)
        // (s·2^w + lo, lo, s·lo): the first two determine s.
        let part = try sharedTable("network.part.\(width)", name: "part\(width)") { () throws(ProgramError) in
          (0..<(2 * size)).map { $0 < size ? [$0, $0, 0] : [$0, $0 - size, $0 - size] }
        }
        let (limb, own) = (cells[3 + 2 * place], cells[4 + 2 * place])
        lookup("\(name).part\(place)", table: part, [try limb.adding(cells[1], times: size), limb, own], [rows])
      }
    }
  }
}
