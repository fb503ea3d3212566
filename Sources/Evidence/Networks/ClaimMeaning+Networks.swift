import Claims
import Programs

/// Imported networks: what their artefacts and inferences say.
extension ClaimMeaning {
  func describeWellFormed(_ name: String, _ identity: String, _ architecture: NetworkArchitecture) -> ClaimDescription {
    let weights = architecture.parameters.reduce(0) { $0 + $1.count }
    return ClaimDescription(
      uses: [name],
      shows: [
        "Model \(name) (commitment \(identity)…) is a network with the public program of the manifest; each of its "
          + "\(Self.count(weights, "hidden number")), in \(Self.count(architecture.parameters.count, "tensor")), lies in its declared range."
      ],
      doesNotShow: ["How the network was trained, and on what.", "That it came from the file that is said to be its source."],
      discloses: [
        Disclosure("operators, shapes and number formats of \(name)", .exact, value: "as in the manifest"),
        Disclosure("weights of \(name)", .hidden),
      ], duties: [.documentation])
  }

  func describe(_ claim: NetworkInference) throws(StatementError) -> ClaimDescription {
    guard case .network(let architecture) = try artefact(claim.model).contents else { throw .claim(.unknownArtefact(claim.model)) }
    var shows: [String] = []
    var discloses: [Disclosure] = []
    for input in architecture.inputs {
      switch claim.inputs[input.name] {
      case .published(let values)?:
        shows.append("Input \(input.name) is in the statement, \(Self.count(values.count, "integer")) in units of \(input.unit).")
        discloses.append(Disclosure("input \(input.name)", .exact, value: "in the statement"))
      case .columns(let table, let columns)?:
        shows.append("Input \(input.name) is \(Self.count(columns.count, "column")) of \(table), row by row.")
        discloses.append(Disclosure("input \(input.name)", .hidden))
      case .hidden?, nil:
        shows.append("Input \(input.name) is known to the prover alone; its integers lie in \(input.range.lower)…\(input.range.upper).")
        discloses.append(Disclosure("input \(input.name)", .hidden))
      }
    }
    for output in architecture.outputs {
      switch claim.outputs[output.name] {
      case .published(let values)?:
        shows.append(
          "Output \(output.name) of \(claim.model) for \(Self.count(claim.rows, "row")) is exactly what the statement says, "
            + "\(Self.count(values.count, "integer")) in units of \(output.unit).")
        let text = values.count <= listedValues ? values.map(String.init).joined(separator: ", ") : "\(values.count) integers, in the statement"
        discloses.append(Disclosure("output \(output.name)", .exact, value: text))
      case .columns(let table, let columns)?:
        shows.append("Output \(output.name) of \(claim.model) equals \(columns.joined(separator: ", ")) of \(table), row by row.")
        discloses.append(Disclosure("output \(output.name)", .hidden))
      case nil: discloses.append(Disclosure("output \(output.name)", .hidden))
      }
    }
    return ClaimDescription(
      uses: claim.artefacts, shows: shows,
      doesNotShow: ["That the answers are right, or that the integer program answers as the float model does beyond what the import measured."],
      discloses: discloses, duties: [.documentation])
  }
}
