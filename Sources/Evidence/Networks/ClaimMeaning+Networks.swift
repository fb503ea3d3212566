import Claims
import Hashing
import Programs

/// Imported networks: what their artefacts and inferences say.
extension ClaimMeaning {
  func describeWellFormed(_ name: String, _ identity: String, _ architecture: NetworkArchitecture) -> ClaimDescription {
    let weights = architecture.parameters.reduce(0) { $0 + $1.count }
    var description = ClaimDescription(
      uses: [name],
      shows: [
        "Model \(name) (commitment \(identity)…) is a network with the public program of the manifest; each of its "
          + "\(Self.count(weights, "hidden number")), in \(Self.count(architecture.parameters.count, "tensor")), lies in its declared range."
      ],
      doesNotShow: ["How the network was trained, and on what."],
      discloses: [
        Disclosure("operators, shapes and number formats of \(name)", .exact, value: "as in the manifest"),
        Disclosure("weights of \(name)", .hidden),
      ], duties: [.documentation])
    if let source = architecture.source {
      description.discloses.append(Disclosure("file of \(name)", .hidden))
      description.shows.append(
        "It is bound to a file by \(source.hex.prefix(16))…, a digest behind a salt: who is shown both can check which (verify --source).")
      description.doesNotShow.append("That it is what the importer makes of that file: whoever holds file and rows can import it again and compare.")
    } else {
      description.doesNotShow.append("Which file it came from.")
    }
    return description
  }

  func describe(_ claim: NetworkInference) throws(StatementError) -> ClaimDescription {
    guard case .network(let architecture) = try artefact(claim.model).contents else { throw .claim(.unknownArtefact(claim.model)) }
    let rows = Self.count(claim.rows, "row")
    var description = ClaimDescription(
      uses: claim.artefacts, shows: [],
      doesNotShow: [
        "That the answers are right, fair or apt: only that they are the committed network's.",
        "That the integer program answers as the float model does, beyond what its provider measured at the import.",
      ], duties: [.logs, .accuracy])
    for input in architecture.inputs {
      guard architecture.reads(input) else {
        description.shows.append("Input \(input.name) is not read by the network.")
        continue
      }
      switch claim.inputs[input.name] {
      case .published(let values)?:
        description.shows.append(
          "Input \(input.name) of \(rows) is in the statement: \(Self.count(values.count, "integer")) in steps of \(input.unit).")
        description.discloses.append(Disclosure("input \(input.name)", .exact, value: list(values)))
      case .columns(let table, let columns)?:
        description.shows.append(
          "Input \(input.name) is, row by row, \(columns.count == 1 ? "column" : "columns") \(names(columns)) of \(table), their stored integers in steps of "
            + "\(input.unit).")
        description.discloses.append(Disclosure("rows of \(table) that the model reads", .hidden))
      case .hidden?, nil:
        description.shows.append(
          "Input \(input.name) of \(rows) is known to the prover alone; its integers lie in \(input.range.lower)…\(input.range.upper).")
        description.doesNotShow.append("Where input \(input.name) comes from: any rows of that range would do.")
        description.discloses.append(Disclosure("input \(input.name)", .hidden))
      }
    }
    for output in architecture.outputs { describe(output, of: claim, rows, &description) }
    description.discloses.append(Disclosure("weights of \(claim.model)", .hidden))
    if claim.outputs.values.contains(where: { if case .published = $0 { true } else { false } }) {
      description.doesNotShow.append(
        "That published answers give nothing away: with enough of them a model can be imitated, and facts about its training data inferred.")
    }
    return description
  }

  private func describe(_ output: NetworkOutput, of claim: NetworkInference, _ rows: String, _ description: inout ClaimDescription) {
    switch claim.outputs[output.name] {
    case .published(let values)?:
      let unit = output.isText ? "codes of texts" : "in steps of \(output.unit)"
      let text = "\(list(values)) (\(unit))"
      description.shows.append("Network \(claim.model) gives for \(rows) the published \(output.name): \(text).")
      description.discloses.append(Disclosure(output.name, .exact, value: text))
    case .columns(let table, let columns)?:
      description.shows.append(
        "\(columns.count == 1 ? "Column" : "Columns") \(names(columns)) of \(table) \(columns.count == 1 ? "holds" : "hold"), row by row, the "
          + "\(output.name) that network \(claim.model) gives, in steps of \(output.unit).")
      if columns.contains(where: { self.isCategory($0, of: table) }) {
        description.doesNotShow.append("That code k of output \(output.name) means the k-th category of its column: the provider named them.")
      }
      description.discloses.append(Disclosure("\(output.name) of every row", .hidden))
      var edges = [ManifestEdge(.predictedBy, from: table, to: claim.model)]
      edges += NetworkAnswers.tables(claim).map { ManifestEdge(.derivedFrom, from: table, to: $0) }
      for edge in edges where edge.from != edge.to && !description.establishes.contains(edge) { description.establishes.append(edge) }
    case nil: description.discloses.append(Disclosure(output.name, .hidden))
    }
  }

  private func isCategory(_ column: String, of table: String) -> Bool {
    guard case .table(let schema, _)? = artefacts[table]?.contents, case .category? = schema.column(column)?.type else { return false }
    return true
  }

  private func list(_ values: [Int64]) -> String {
    let shown = values.prefix(listedValues).map(String.init).joined(separator: ", ")
    return shown + (values.count > listedValues ? ", … and \(values.count - listedValues) more, all in the statement" : "")
  }

  private func names(_ columns: [String]) -> String {
    columns.prefix(8).joined(separator: ", ") + (columns.count > 8 ? ", … and \(columns.count - 8) more" : "")
  }
}
