import Evidence
import Fields
import Foundation
import Hashing
import Pipelines
import R1CS
import Store
import Testing

/// Wires of circuits bound to rows of committed columns, through a store, verified from the files alone.
@Suite("Circuits bound to a store", .serialized) struct CircuitBindingTests {
  let folder: TemporaryFolder
  /// Column `balance` by row: both signs.
  static let balances: [Int64] = [12, -7, 0, -500, 500, 3, -1, 44, -44, 9]
  var store: String { folder.file("store") }

  init() throws {
    folder = try TemporaryFolder()
    let rows = Self.balances.enumerated().map { "\($1),\($0 % 3 == 0 ? "a" : "b"),\($0 % 4 == 0 ? "no" : "yes")" }
    try folder.write((["balance,group,answer"] + rows).joined(separator: "\n") + "\n", to: "people.csv")
    try folder.write(
      """
      version: 1
      columns:
        - {name: balance, type: integer, range: [-500, 500]}
        - {name: group, type: category, values: [a, b]}
        - {name: answer, type: category, values: ["no", "yes"]}
      """, to: "people.yaml")
    _ = try Commitments.commit(
      data: folder.file("people.csv"), schema: folder.file("people.yaml"), name: "people", openings: 4, store: folder.file("store"))
  }

  /// out = Σ x of six private inputs, as files with the names of signals.
  @discardableResult func sum(_ cells: some Sequence<Int64>, _ name: String = "sum") throws -> (circuit: String, witness: String) {
    var builder = CircuitBuilder<Goldilocks>()
    let x = builder.privateInputs("x", count: 6)
    builder.publicOutput("out", builder.sum(x))
    let built = try builder.build()
    try Data(built.r1csFile()).write(to: URL(fileURLWithPath: folder.file("sum.r1cs")))
    try Data(built.symbolFile).write(to: URL(fileURLWithPath: folder.file("sum.sym")))
    let witness = try built.witness(privateInputs: cells.map { Goldilocks(signed: $0) })
    try Data(WitnessFile.file(values: witness)).write(to: URL(fileURLWithPath: folder.file("\(name).wtns")))
    return (folder.file("sum.r1cs"), folder.file("\(name).wtns"))
  }

  func prove(_ files: (circuit: String, witness: String), _ bindings: [String], _ out: String = "proof") throws -> CircuitProofs.Result {
    try CircuitProofs.prove(
      CircuitProofs.Options(
        circuit: files.circuit, witnesses: [files.witness], output: folder.file(out), bindings: bindings, store: store))
  }

  /// What a verifier does: its own copy of the circuit and the proof, no store.
  func verify(_ circuit: String, _ change: (inout CircuitProof) -> Void = { _ in }) throws -> CircuitReport {
    var proof = try CircuitProof(CircuitProofs.read(folder.file("proof")))
    change(&proof)
    return try CircuitVerifier.verify(R1CSFile(CircuitProofs.read(circuit)), proof)
  }

  func openingsLeft() throws -> Int { try #require(try StoreInspection(path: store).artefacts.first).openings.left }

  @Test("accepted for the committed rows, negative values included; verified without the store") func accepted() throws {
    let files = try sum(Self.balances[2..<8])
    let before = try openingsLeft()
    let result = try prove(files, ["main.x[0..5]=people[balance:2..7]"])
    #expect(result.outputs == [["46"]] && result.links.count == 1)
    #expect(try openingsLeft() == before - 1)
    try FileManager.default.removeItem(atPath: store)
    let report = try verify(files.circuit)
    #expect(report.links == [CircuitProof.Link(firstWire: 2, count: 6, artefact: "people", column: "balance", firstRow: 2)])
    #expect(report.outputs == [["46"]] && report.artefacts.map(\.name) == ["people"])
    // Any other statement about rows, columns and artefacts is refused.
    func refused(_ change: (inout CircuitProof) -> Void) { #expect(throws: CircuitProofError.self) { try verify(files.circuit, change) } }
    refused { $0.links[0].firstRow = 3 }
    refused { $0.links[0].firstRow = 9 }
    refused { $0.links[0].count = 5 }
    refused { $0.links[0].firstWire = 1 }
    refused { $0.links[0].column = "group" }
    refused { $0.links[0].column = "nothing" }
    refused { $0.links[0].artefact = "others" }
    refused { $0.links = [] }
    refused { $0.links.append($0.links[0]) }
    refused { $0.artefacts = [] }
    refused { $0.artefacts[0].role = "dataset" }
    refused { $0.publicValues[0][0][0] ^= 1 }
    refused { $0.publicValues.append($0.publicValues[0]) }
  }

  @Test("a negative sum is p − |x|") func negativeSum() throws {
    let files = try sum(Self.balances[1..<7].map { $0 })
    let result = try prove(files, ["main.x=people[balance:1..6]"])
    #expect(result.outputs == [["\(Goldilocks.modulus - 5)"]])
    #expect(try verify(files.circuit).outputs == result.outputs)
  }

  @Test("wires in pieces from two columns") func pieces() throws {
    let files = try sum([12, -7, 0, 0, 1, 1])
    let result = try prove(files, ["main.x[0..2]=people[balance]", "main.x[3..5]=people[group:0..2]"])
    #expect(result.links.map(\.column) == ["balance", "group"])
    #expect(try verify(files.circuit).links == result.links)
  }

  @Test("refused: other rows, magnitudes without sign, ranges that do not fit, what does not exist; nothing is written or spent")
  func refusals() throws {
    let files = try sum(Self.balances[2..<8])
    let before = try openingsLeft()
    let absolute = try sum(Self.balances[2..<8].map { abs($0) }, "absolute")
    func message(_ files: (circuit: String, witness: String), _ bindings: String...) -> String? {
      #expect(throws: PipelineError.self) { try prove(files, bindings) }?.message
    }
    #expect(message(files, "main.x[0..5]=people[balance:3..8]")?.contains("main.x[0] is not row 3") == true)
    #expect(message(absolute, "main.x[0..5]=people[balance:2..7]")?.contains("main.x[1] is not row 3") == true)
    #expect(message(files, "main.x[0..5]=people[balance:5..10]")?.contains("10 rows") == true)
    #expect(message(files, "main.x[0..5]=people[balance:2..6]")?.contains("6 wires") == true)
    #expect(message(files, "main.y[0..5]=people[balance:2..7]")?.contains("main.y[0]") == true)
    #expect(message(files, "main.x[0..6]=people[balance:2..8]")?.contains("main.x[6]") == true)
    for text in ["main.x", "main.x=people", "=people[balance]", "main.x=[balance]", "main.x=people[]", "main.x[3..1]=people[balance]"] {
      #expect(throws: (any Error).self, "\(text)") { try prove(files, [text]) }
    }
    #expect(throws: StoreError.self) { try prove(files, ["main.x[0..5]=nobody[balance:2..7]"]) }
    #expect(throws: CircuitProofError.self) { try prove(files, ["main.x[0..5]=people[nothing:2..7]"]) }
    // Public signals take their values from the statement, not from a commitment.
    #expect(throws: CircuitProofError.self) { try prove(files, ["main.out=people[balance:0..0]"]) }
    #expect(!FileManager.default.fileExists(atPath: folder.file("proof")))
    #expect(try openingsLeft() == before)
  }

  @Test("several witnesses are instances of one proof, and cannot be bound") func instances() throws {
    let first = try sum(1...6)
    let second = try sum(2...7, "second")
    func prove(_ bindings: [String]) throws -> CircuitProofs.Result {
      try CircuitProofs.prove(
        CircuitProofs.Options(
          circuit: first.circuit, witnesses: [first.witness, second.witness, first.witness], output: folder.file("proof"), bindings: bindings,
          store: store))
    }
    #expect(try prove([]).outputs == [["21"], ["27"], ["21"]])
    #expect(try verify(first.circuit).outputs == [["21"], ["27"], ["21"]])
    #expect(throws: CircuitProofError.self) { try verify(first.circuit) { $0.publicValues.swapAt(0, 1) } }
    #expect(throws: CircuitProofError.self) { try verify(first.circuit) { $0.publicValues.removeLast() } }
    #expect(throws: PipelineError.self) { try prove(["main.x=people[balance:2..7]"]) }
    #expect(throws: PipelineError.self) {
      try CircuitProofs.prove(CircuitProofs.Options(circuit: first.circuit, witnesses: [], output: folder.file("proof")))
    }
  }

  @Test("the fairness rule over committed columns: written, proved, verified; a rule that does not hold is not written") func fairness() throws {
    func export(_ difference: String, least: Int = 4, groups: String = "people[group]") throws -> FairnessExport.Result {
      try FairnessExport.export(
        FairnessExport.Options(
          predictions: "people[answer]", groups: groups, maximumDifference: difference, minimumGroupSize: least, store: store,
          output: folder.file("new/rule")))
    }
    // yes: rows 1, 2, 3, 5, 6, 7, 9; group a: rows 0, 3, 6, 9, of which 3 say yes; group b: 4 of 6. 3/4 − 4/6 = 1/12.
    let result = try export("0.0834")
    #expect(result.countedClass == "yes" && result.groups.map(\.rows) == [4, 6] && result.groups.map(\.counted) == [3, 4])
    #expect(result.files.publicSignals.map(\.value) == ["834", "10000", "4"])
    let witness = try #require(result.files.witness)
    let proof = try prove((result.files.circuit, witness), result.files.bindings)
    #expect(proof.links.map(\.column) == ["answer", "group"])
    #expect(try verify(result.files.circuit).inputs == [["834", "10000", "4"]])
    // A third party makes the same circuit from the number of rows.
    let other = try FairnessExport.circuit(rows: 10, output: folder.file("auditor"))
    #expect(other.witness == nil && other.constraintCount == result.files.constraintCount)
    #expect(try !verify(other.circuit).isReordered)
    #expect(throws: CircuitProofError.self) { try verify(FairnessExport.circuit(rows: 9, output: folder.file("nine")).circuit) }
    for rows in [0, -1, 1 << 30] { #expect(throws: PipelineError.self) { try FairnessExport.circuit(rows: rows, output: folder.file("no")) } }
    #expect(try (FileManager.default.attributesOfItem(atPath: witness)[.posixPermissions] as? Int) == 0o600)
    try FileManager.default.removeItem(atPath: folder.file("new"))
    for (difference, least) in [("0.0833", 4), ("0.5", 5), ("1.1", 1), ("0.00001", 1), ("x", 1), ("0.1", 0), ("0.1", 11)] {
      #expect(throws: PipelineError.self, "\(difference) \(least)") { try export(difference, least: least) }
    }
    for groups in ["people[balance]", "people[nothing]", "people"] { #expect(throws: PipelineError.self) { try export("1", groups: groups) } }
    #expect(throws: StoreError.self) { try export("1", groups: "nobody[group]") }
    #expect(!FileManager.default.fileExists(atPath: folder.file("new")))
  }
}

/// Built-in claims as circuits.
@Suite("Exported claims", .serialized) struct ClaimExportTests {
  let project: Project
  let prefix: String

  init() throws {
    project = try Project(PipelineText(openings: 3))
    try project.run()
    prefix = Pipeline.projectName(project.folder.file("pipeline.yaml"))
    try project.folder.write(
      """
      version: 1
      claims:
        - name: threshold
          type: accuracy
          labels: {artefact: \(prefix).test, column: approved}
          predictions: {artefact: \(prefix).predictions, column: prediction}
          atLeast: 0.5
        - {name: classes, type: classCounts, of: {artefact: \(prefix).test, column: approved}}
        - name: answers
          type: inference
          model: \(prefix).model
          table: \(prefix).test
          published: true
      """, to: "claims.yaml")
  }

  func export(rows: Int?) throws -> CircuitFiles {
    try ClaimExport.export(
      ClaimExport.Options(claims: [project.folder.file("claims.yaml")], store: project.store, output: project.folder.file("claim"), rows: rows))
  }

  @Test("inference, accuracy and counts: exported, proved by our own prover, bound to the commitments", arguments: [nil, 5]) func proved(_ rows: Int?)
    throws
  {
    let files = try export(rows: rows)
    let file = try R1CSFile(CircuitProofs.read(files.circuit))
    let circuit = try file.read(as: Goldilocks.self)
    let witness = try WitnessFile(CircuitProofs.read(#require(files.witness))).read(for: circuit)
    #expect(try circuit.firstViolation(of: witness) == nil && circuit.constraintCount == files.constraintCount)
    let names = files.publicSignals.map(\.name)
    let path = try #require(files.witness)
    #expect(names.contains("main.threshold.atLeast") && names.contains("main.classes.counts[0]") && names.count > 5)
    let table = files.bindings.filter { $0.contains("=\(prefix).test[") }
    #expect(table.count == 4 && files.bindings.count == 5)
    let proof = project.folder.file("proof")
    let options = { (bindings: [String]) in
      CircuitProofs.Options(circuit: files.circuit, witnesses: [path], output: proof, bindings: bindings, store: project.store)
    }
    let result = try CircuitProofs.prove(options(files.bindings))
    #expect(result.inputs == [files.publicSignals.map(\.value)])
    let report = try CircuitVerifier.verify(file, CircuitProof(CircuitProofs.read(proof)))
    #expect(report.inputs == result.inputs && report.links == result.links && report.artefacts.count == 2)
    // A public value off by one violates the circuit.
    for wire in 1...circuit.publicCount {
      var other = witness
      other[wire] += .one
      #expect(try circuit.firstViolation(of: other) != nil)
    }
  }

  @Test("the same claims give the same circuit, other rows another one") func shape() throws {
    func digest(_ rows: Int?) throws -> String { try R1CSFile(CircuitProofs.read(export(rows: rows).circuit)).read(as: Goldilocks.self).digest.hex }
    let first = try digest(5)
    #expect(try digest(5) == first)
    #expect(try digest(6) != first)
    for rows in [0, -1, 1_000] { #expect(throws: PipelineError.self) { try export(rows: rows) } }
  }
}
