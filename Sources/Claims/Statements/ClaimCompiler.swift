import Fields
import Hashing
import Programs
import ProofSystem

/// A program that a claim runs, with the source of each input: the prover executes it to fill the witness.
public struct ClaimProgram: Sendable {
  public let program: Program
  /// Artefact name of each role in the program's bindings.
  public let roles: [String: String]
  /// Inputs that the statement gives in clear.
  public let publicInputs: [InputBinding: [Int64]]
}

/// Compiles an ordered list of claims over artefacts into one relation.
public struct CompiledClaims: Sendable {
  public let builder: RelationBuilder
  public let programs: [ClaimProgram]
  /// The data claims in order; the prover records the values of each.
  public let dataClaims: [DataClaim]
  public let artefacts: [ArtefactDescription]
  public let claims: [ClaimStatement]

  /// - artefacts: in statement order; each must be mentioned by a claim.
  public init(claims: [ClaimStatement], artefacts: [ArtefactDescription]) throws(ClaimError) {
    guard !claims.isEmpty, claims.count <= 1_000 else { throw .inconsistent("a proof carries 1 to 1,000 claims") }
    guard !artefacts.contains(where: { $0.name.hasPrefix(RelationBuilder.provisionalPrefix) }) else {
      throw .inconsistent("an artefact's name begins like that of an auxiliary column")
    }
    let mentioned = Set(claims.flatMap(\.artefacts))
    guard Set(artefacts.map(\.name)) == mentioned, artefacts.count == mentioned.count else {
      throw .inconsistent("the artefacts of a proof are those that its claims mention")
    }
    var rowBits = 0
    for artefact in artefacts { if case .table(_, let rows) = artefact.contents { rowBits = max(rowBits, log2Ceiling(rows)) } }
    for case .wellFormed(let name) in claims {
      // A tensor's entries are checked at once; larger tables than 2^16 rows are never made.
      guard case .network(let network)? = artefacts.first(where: { $0.name.hasSameBytes(as: name) })?.contents else { continue }
      for parameter in network.parameters { rowBits = max(rowBits, min(14, log2Ceiling(parameter.count))) }
    }
    for case .data(let claim) in claims { rowBits = max(rowBits, claim.definition.rowBits) }
    // Paths of an ensemble are as many as trees times rows.
    var treeBits = 0
    for artefact in artefacts { if case .treeEnsemble(let trees) = artefact.contents { treeBits = max(treeBits, log2Ceiling(trees.trees)) } }
    rowBits += treeBits
    var compiler = ClaimCompiler(artefacts: artefacts, builder: RelationBuilder(rowBits: rowBits))
    for (index, claim) in claims.enumerated() { try compiler.add(claim, prefix: "\(index)") }
    builder = compiler.builder
    programs = compiler.programs
    dataClaims = compiler.dataClaims
    self.artefacts = artefacts
    self.claims = claims
  }

  /// The same claims with constraints left out by name, on both sides: for tests that show what each constraint is for.
  package func dropping(_ names: Set<String>) -> CompiledClaims { CompiledClaims(self, builder: builder.dropping(names)) }

  private init(_ other: CompiledClaims, builder: RelationBuilder) {
    self.builder = builder
    programs = other.programs
    dataClaims = other.dataClaims
    artefacts = other.artefacts
    claims = other.claims
  }

  /// What the prover records for the data claims, in order. **Throws** `ProgramError` where a table does not satisfy a claim.
  public func records(_ tables: DataTables) throws(ProgramError) -> [[String: [Int64]]] {
    var out: [[String: [Int64]]] = []
    for claim in dataClaims { out.append(try claim.definition.record(tables)) }
    return out
  }

  /// The relation with its auxiliary matrix in rows of 2^log2RowLength. `tensors`: of other relations of the same proof.
  public func relation<E: ChallengeField>(
    log2RowLength: Int, field: E.Type, tensors: [TensorLayout] = []
  ) throws(ClaimError) -> ClaimRelation<E> {
    let entries: [String: CanonicalValue] = [
      "relation": "zkmlops/claims/v1", "field": .text(E.Base.name), "claims": .list(claims.map(\.canonical)),
      "artefacts": .list(artefacts.map { [.text($0.name), .text($0.contents.kind), $0.contents.format] }),
    ]
    let descriptor = CanonicalValue.dictionary(entries.merging(E.Base.identityEntries) { $1 })
    let matrices = artefacts.map {
      RelationMatrix(
        name: $0.name, shape: $0.shape.name, layout: $0.layout, tree: $0.sharedTree?.name, placement: $0.sharedTree?.placement)
    }
    return try ClaimRelation(descriptor: descriptor, matrices: matrices, builder: builder, log2RowLength: log2RowLength, tensors: tensors)
  }
}

/// Adds the claims of one proof to one relation.
public struct ClaimCompiler {
  let artefacts: [ArtefactDescription]
  var builder: RelationBuilder
  var programs: [ClaimProgram] = []
  var dataClaims: [DataClaim] = []

  init(artefacts: [ArtefactDescription], builder: RelationBuilder) {
    self.artefacts = artefacts
    self.builder = builder
  }

  func artefact(_ name: String) throws(ClaimError) -> ArtefactDescription {
    guard let found = artefacts.first(where: { $0.name.hasSameBytes(as: name) }) else { throw .unknownArtefact(name) }
    return found
  }

  mutating func add(_ claim: ClaimStatement, prefix: String) throws(ClaimError) {
    switch claim {
    case .wellFormed(let name): try addWellFormed(try artefact(name), prefix)
    case .inference(let model, let input, let outputs): try addInference(try artefact(model), input, outputs, prefix)
    case .accuracy(let labels, let predictions, let disclosure): try addAccuracy(labels, predictions, disclosure, prefix)
    case .sameDataAs(let first, let second): try addSameData(try artefact(first), try artefact(second), prefix)
    case .data(let claim):
      let index = dataClaims.count
      dataClaims.append(claim)
      try claim.definition.compile(&self, index: index, prefix: prefix)
    }
  }

  /// Range of every stored cell; a missing cell stores the lower bound: value − lower ≤ presence·(2^b − 1).
  private mutating func addWellFormed(_ artefact: ArtefactDescription, _ prefix: String) throws(ClaimError) {
    switch artefact.contents {
    case .table(let schema, let rowCount):
      let rows = Extent(count: rowCount)
      let all = schema.storedColumns
      for (index, stored) in all.enumerated() {
        let label = "\(prefix).\(artefact.name).\(stored.column).\(stored.part.rawValue)"
        let value = ColumnExpression(try artefact.column(stored.column, stored.part))
        try builder.range(label, value, in: stored.range, rows)
        if stored.part == .presence {
          // A presence column follows its value.
          guard index > 0, all[index - 1].column == stored.column else { continue }
          let own = all[index - 1]
          let bits = own.range.bitCount
          guard bits <= 60 else { throw .tooWide(node: label, bits: bits) }
          let (lower, overflow) = own.range.lower.multipliedReportingOverflow(by: -1)
          if overflow { throw .coefficientOverflow }
          let cell = ColumnExpression(try artefact.column(stored.column, .value))
          let top = (Int64(1) << Int64(bits)) - 1
          let slack = try value.scaled(by: top).adding(cell, times: -1).adding(-lower)
          try builder.range("\(label).missing", slack, bits: bits, rows)
        }
      }
    case .linearModel(let architecture):
      let shape = architecture.weightShape
      let (rows, columns) = (Extent(count: shape.rows), Extent(count: shape.columns))
      let view = artefact.layout.view("W")
      // One row of weights after the other, so that padding stays out.
      for k in 0..<shape.rows {
        let bits = columns.bits
        let slots = view.slots.map { slot -> ViewSlot in
          guard case .variable(let j) = slot else { return slot }
          return j < rows.bits ? .bit((k >> (rows.bits - 1 - j)) & 1) : .variable(j - rows.bits)
        }
        precondition(slots.count == view.slots.count && bits == columns.bits)
        try builder.range(
          "\(prefix).\(artefact.name).\(k)", ColumnExpression(View(matrix: artefact.name, slots: slots)), in: architecture.weightRange, columns)
      }
    case .treeEnsemble(let architecture): try addWellFormed(artefact, architecture, prefix)
    case .network(let architecture): try addWellFormed(artefact, architecture, prefix)
    }
  }

  private mutating func addInference(
    _ model: ArtefactDescription, _ input: InferenceInput, _ outputs: [String: OutputBinding], _ prefix: String
  ) throws(ClaimError) {
    let architecture = try model.model()
    let options = InferenceOptions(table: "table", weights: "weights")
    var rowCount = 1
    var publicInputs: [InputBinding: [Int64]] = [:]
    var table: ArtefactDescription?
    switch input {
    case .table(let name):
      let found = try artefact(name)
      let (schema, rows) = try found.table()
      guard architecture.accepts(schema) else {
        throw .inconsistent("table \(name) lacks a feature column of model \(model.name), or declares it otherwise")
      }
      rowCount = rows.count
      table = found
    case .publicRow(let schema, let values):
      guard architecture.accepts(schema) else { throw .inconsistent("the public row lacks a feature column of model \(model.name)") }
      let stored: StoredTable
      do { stored = try StoredTable(schema: schema, columns: values.map { [$0] }) } catch { throw .program(error) }
      publicInputs = stored.inputs(artefact: "table")
    }
    let program: Program
    do { program = try architecture.program(rows: rowCount, options: options) } catch { throw .program(error) }
    let index = programs.count
    let source = { (binding: InputBinding) throws(ClaimError) -> ProgramCompiler.Source in
      switch binding {
      case .tensor: return .tensor(model.layout.view("W"))
      case .column("weights", let column, .value): return .column(try model.nodeColumn(column))
      case .column(_, let column, let part):
        if let table { return .column(try table.column(column, part)) }
        guard let values = publicInputs[binding] else { throw .unknownColumn(artefact: "public row", column: column) }
        return .publicValues(values)
      case .publicValues(let name): throw .unknownColumn(artefact: "public", column: name)
      }
    }
    var roles = ["weights": model.name]
    if let table { roles["table"] = table.name }
    programs.append(ClaimProgram(program: program, roles: roles, publicInputs: publicInputs))
    let compiler = try ProgramCompiler(program: program, index: index, prefix: prefix, source: source)
    let values = try compiler.compile(&builder)
    guard !outputs.isEmpty else { throw .inconsistent("an inference binds at least one output") }
    for name in outputs.keys.sorted() {
      guard let binding = outputs[name], let (node, column) = program.outputColumn(name), case .columns(let all, let rows) = values[node],
        column.map(all.indices.contains) ?? true
      else { throw .inconsistent("the model has no output \(name)") }
      let columns = column.map { [all[$0]] } ?? all
      if case .committed(let target, let column) = binding { try checkOutputColumn(name, try artefact(target), column, architecture) }
      try bind("\(prefix).output.\(name)", columns, rows, binding)
    }
  }

  /// A committed prediction means what the model's target means: same type (classes in the same order, or kind and scale), no missing cell.
  /// Stored indices alone would let a table with the classes swapped read every prediction the other way round. Other outputs are numbers:
  /// a column of categories would read them as classes, and a column with missing cells would read its lower bound as missing.
  private func checkOutputColumn(
    _ output: String, _ table: ArtefactDescription, _ name: String, _ architecture: ModelArchitecture
  ) throws(ClaimError) {
    guard let column = try table.table().schema.column(name) else { throw .unknownColumn(artefact: table.name, column: name) }
    guard column.missing == .refuse else { throw .inconsistent("column \(name) of \(table.name), an output of the model, may have missing cells") }
    guard output == "prediction" else {
      if case .category = column.type { throw .inconsistent("column \(name) of \(table.name) has categories, the output \(output) is a number") }
      return
    }
    guard let target = architecture.schema.column(architecture.target) else { throw .inconsistent("the model has no target column") }
    let isSame =
      switch (column.type, target.type) {
      case (.category(let own), .category(let classes)): own.hasSameBytes(as: classes)
      case (.integer, .integer): true
      case (.decimal(let own, _), .decimal(let scale, _)): own == scale
      default: false
      }
    guard isSame else {
      throw .inconsistent("column \(name) of \(table.name) does not have the type of the model's target \(architecture.target)")
    }
  }

  mutating func bind(_ label: String, _ columns: [ColumnExpression], _ rows: Extent, _ binding: OutputBinding) throws(ClaimError) {
    switch binding {
    case .committed(let name, let column):
      let target = try artefact(name)
      guard columns.count == 1, let own = columns.first, try target.table().rows == rows else {
        throw .inconsistent("output and column \(column) of \(name) have other dimensions")
      }
      builder.equal(label, rows: rows, try own.adding(ColumnExpression(try target.column(column, .value)), times: -1))
    case .published(let values):
      guard values.count == rows.count * columns.count else { throw .inconsistent("\(label): \(values.count) published values") }
      for (j, column) in columns.enumerated() {
        let own = stride(from: j, to: values.count, by: columns.count).map { values[$0] }
        builder.equal("\(label).\(j)", rows: rows, column, publicValues: own)
      }
    case .bounded(let range):
      guard range.bitCount <= 60 else { throw .tooWide(node: label, bits: range.bitCount) }
      for (j, column) in columns.enumerated() { try builder.range("\(label).\(j)", column, in: range, rows) }
    }
  }

  private mutating func addAccuracy(
    _ labels: ClaimStatement.ColumnName, _ predictions: ClaimStatement.ColumnName, _ disclosure: AccuracyDisclosure, _ prefix: String
  ) throws(ClaimError) {
    let (first, second) = (try artefact(labels.artefact), try artefact(predictions.artefact))
    let (schema, rows) = try first.table()
    let (other, otherRows) = try second.table()
    guard case .category(let names)? = schema.column(labels.column)?.type, case .category(let predicted)? = other.column(predictions.column)?.type,
      names.hasSameBytes(as: predicted), rows == otherRows,
      schema.column(labels.column)?.missing == .refuse, other.column(predictions.column)?.missing == .refuse
    else { throw .inconsistent("labels and predictions are columns of equal length, without missing cells, with the same classes in the same order") }
    let (one, two) = (
      InputBinding.column(artefact: "labels", column: labels.column, part: .value),
      InputBinding.column(artefact: "predictions", column: predictions.column, part: .value)
    )
    let program: Program
    do {
      program = try AccuracyProgram.make(rows: rows.count, classCount: names.count, labels: one, predictions: two)
    } catch { throw .program(error) }
    let source = { (binding: InputBinding) throws(ClaimError) -> ProgramCompiler.Source in
      guard case .column(let role, let column, let part) = binding else { throw .inconsistent("accuracy reads columns") }
      return .column(try (role == "labels" ? first : second).column(column, part))
    }
    let index = programs.count
    programs.append(
      ClaimProgram(program: program, roles: ["labels": first.name, "predictions": second.name], publicInputs: [:]))
    let values = try ProgramCompiler(program: program, index: index, prefix: prefix, source: source).compile(&builder)
    guard let counts = program.output("confusion"), case .counts(let confusion, let count) = values[counts], let total = program.output("correct"),
      case .entries(let correct) = values[total], let sum = correct.first
    else { throw .inconsistent("the accuracy program lacks its outputs") }
    let scalar = Extent(bits: 0, count: 1)
    switch disclosure {
    case .revealed(let values):
      guard values.count == count else { throw .inconsistent("\(values.count) counts for \(names.count) classes") }
      // One constraint for all of them: the multiplicities are a column.
      builder.equal("\(prefix).counts", rows: Extent(count: count), ColumnExpression(confusion), publicValues: values)
    case .atLeast(let least):
      guard least >= 0, least <= Int64(rows.count) else { throw .inconsistent("a threshold of \(least) of \(rows.count) rows") }
      try builder.range("\(prefix).slack", try sum.adding(-least), bits: 64 - UInt64(rows.count).leadingZeroBitCount, scalar)
    }
  }

  /// Equal values in every tensor, on the logical shape.
  private mutating func addSameData(_ first: ArtefactDescription, _ second: ArtefactDescription, _ prefix: String) throws(ClaimError) {
    guard first.contents.kind == second.contents.kind, first.contents.format == second.contents.format else {
      throw .inconsistent("\(first.name) and \(second.name) have different formats")
    }
    for tensor in first.contents.tensors {
      let (one, other) = (first.layout.view(tensor.name), second.layout.view(tensor.name))
      if case .network = first.contents {
        // d and −d in {0, 1} over all dimensions at once: only d = 0 is both.
        let (own, others) = (ColumnExpression(one), ColumnExpression(other))
        let grid = first.contents.logicalShape(of: tensor)
        try builder.range("\(prefix).\(tensor.name).up", try own.adding(others, times: -1), bits: 1, grid: grid)
        try builder.range("\(prefix).\(tensor.name).down", try others.adding(own, times: -1), bits: 1, grid: grid)
        continue
      }
      let shape = first.contents.logicalShape(of: tensor)
      guard let rows = shape.first, shape.count <= 2 else { throw .inconsistent("tensor \(tensor.name) has \(shape.count) dimensions") }
      // One constraint for each column of a tensor: what lies in the padding is nobody's business.
      let columns = shape.dropFirst().first ?? Extent(bits: 0, count: 1)
      for j in 0..<columns.count {
        let (own, others) = (ColumnExpression(one.column(j, rowBits: rows.bits)), ColumnExpression(other.column(j, rowBits: rows.bits)))
        let difference = try own.adding(others, times: -1)
        builder.equal(columns.count == 1 ? "\(prefix).\(tensor.name)" : "\(prefix).\(tensor.name).\(j)", rows: rows, difference)
      }
    }
  }
}

extension CompiledClaims {
  /// One program over one committed table with all outputs published: how the tests of operators reach every operator.
  ///
  /// Inputs are bound to columns of the artefact (any role name) or to the values given.
  package init(
    program: Program, table: ArtefactDescription, tensors: [String: ArtefactDescription] = [:], publicInputs: [String: [Int64]] = [:],
    published: [String: [Int64]]
  ) throws(ClaimError) {
    let rows = try table.table().rows
    var compiler = ClaimCompiler(artefacts: [table] + tensors.values.sorted { $0.name < $1.name }, builder: RelationBuilder(rowBits: rows.bits))
    try compiler.add(.wellFormed(artefact: table.name), prefix: "0")
    let source = { (binding: InputBinding) throws(ClaimError) -> ProgramCompiler.Source in
      switch binding {
      case .column(_, let column, let part): return .column(try table.column(column, part))
      case .tensor(let name):
        guard let tensor = tensors[name] else { throw .unknownArtefact(name) }
        return .tensor(tensor.layout.view("W"))
      case .publicValues(let name): return .publicValues(publicInputs[name] ?? [])
      }
    }
    let values = try ProgramCompiler(program: program, index: 0, prefix: "1", source: source).compile(&compiler.builder)
    for name in published.keys.sorted() {
      guard let node = program.output(name), let numbers = published[name] else { throw .inconsistent("no output \(name)") }
      switch values[node] {
      case .columns(let columns, let extent): try compiler.bind("1.output.\(name)", columns, extent, .published(numbers))
      case .entries, .counts:
        let entries = ProgramCompiler.entries(values[node]) ?? []
        guard entries.count == numbers.count else { throw .inconsistent("counts of \(name)") }
        for (position, (entry, number)) in zip(entries, numbers).enumerated() {
          compiler.builder.equal("1.output.\(name).\(position)", rows: Extent(bits: 0, count: 1), entry, publicValues: [number])
        }
      case .tensor, .paths: throw .inconsistent("output \(name) is a tensor")
      }
    }
    builder = compiler.builder
    var bindings: [InputBinding: [Int64]] = [:]
    for (name, numbers) in publicInputs { bindings[.publicValues(name: name)] = numbers }
    programs = [ClaimProgram(program: program, roles: ["table": table.name], publicInputs: bindings)]
    artefacts = compiler.artefacts
    claims = []
    dataClaims = []
  }
}
