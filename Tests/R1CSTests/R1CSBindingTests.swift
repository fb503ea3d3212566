import Fields
import ProofSystem
import Prover
import R1CS
import TestSupport
import Testing

/// Wires that are slices of committed artefacts.
@Suite("R1CS: bindings") struct R1CSBindingTests {
  typealias E = GoldilocksCubic

  static func column(_ count: Int, seed: Int) -> [Goldilocks] { ToyRandom.elements(count, seed: seed) }

  /// A circuit of 20 free private wires after 2 public ones.
  static func sample(_ inputs: [Goldilocks]) -> SampleCircuit<Goldilocks> {
    SampleCircuits.random(Goldilocks.self, constraints: 7, free: 22, publicCount: 2, seed: 11, inputs: inputs)
  }

  /// Wires 3..<10 are entries 5..<12 of t.c1; wires 10..<23 are u.c0 from its start; wire 12 is bound twice.
  static func instance(changing change: (artefact: Int, column: Int, entry: Int)? = nil) throws -> ToyInstance<E> {
    var t = [column(13, seed: 1), column(13, seed: 2)]
    var u = [column(13, seed: 3)]
    let sample = sample([Goldilocks(8), Goldilocks(9)] + t[1][5..<12] + u[0])
    if let change {
      if change.artefact == 0 { t[change.column][change.entry] += .one } else { u[change.column][change.entry] += .one }
    }
    return try R1CSInstances.make(
      E.self, sample.circuit, wires: [sample.wires],
      bindings: { layouts in
        guard let t = layouts["t"], let u = layouts["u"] else { return [] }
        return [
          R1CSBinding(.wires(3..<10, instance: 0), column: t.view("c1"), offset: 5, extent: 13),
          R1CSBinding(.wires(10..<23, instance: 0), column: u.view("c0"), extent: 13),
          R1CSBinding(.wires(12..<13, instance: 0), column: u.view("c0"), offset: 2, extent: 13),
        ]
      }, artefacts: [("t", t), ("u", u)])
  }

  @Test("equal values are accepted") func equal() throws {
    let instance = try Self.instance()
    try instance.verify(instance.prove())
  }

  @Test("one cell that differs is rejected, by the claim of its binding", arguments: [(0, 5), (0, 8), (0, 11), (1, 0), (1, 7), (1, 12)])
  func different(artefact: Int, entry: Int) throws {
    let instance = try Self.instance(changing: (artefact, artefact == 0 ? 1 : 0, entry))
    try R1CSDishonestTests.expectCaught(instance, byClaim: 1 + artefact)
  }

  @Test("cells outside the slice do not matter") func outside() throws {
    for change in [(0, 0, 6), (0, 1, 4), (0, 1, 12)] {
      let instance = try Self.instance(changing: change)
      try instance.verify(instance.prove())
    }
  }

  @Test("the witness is compared before anything is proved") func refusals() throws {
    let instance = try Self.instance()
    let relation = try #require(instance.relation as? R1CSRelation<E>)
    let wires = (0..<relation.circuit.wireCount).map { instance.auxiliary.tensor("z")[$0] }
    let data = instance.secrets.mapValues(\.data)
    _ = try R1CSWitness.matrix(relation, wires: [wires], artefacts: data)
    func refused(_ expected: ProverError, _ change: (inout [Goldilocks]) -> Void, artefacts: [String: MatrixData<Goldilocks>]? = nil) {
      var other = wires
      change(&other)
      #expect(throws: expected) { try R1CSWitness.matrix(relation, wires: [other], artefacts: artefacts ?? data) }
    }
    refused(.unequalBinding(index: 0, entry: 2)) { $0[5] += .one }
    refused(.unequalBinding(index: 1, entry: 12)) { $0[22] += .one }
    refused(.publicWire(instance: 0, wire: 0)) { $0[0] = .two }
    refused(.publicWire(instance: 0, wire: 2)) { $0[2] += .one }
    refused(.wireCount(instance: 0, expected: wires.count, found: wires.count - 1)) { $0.removeLast() }
    refused(.missingSecret("u"), { _ in }, artefacts: data.filter { $0.key == "t" })
    #expect(throws: ProverError.instanceCount(expected: 1, found: 2)) {
      try R1CSWitness.matrix(relation, wires: [wires, wires], artefacts: data)
    }
  }

  @Test("bindings to public wires, to absent wires and outside the column are refused") func malformed() throws {
    let sample = Self.sample(Self.column(22, seed: 4))
    func make(_ cells: R1CSBinding.Cells, offset: Int = 0, extent: Int = 13, view: ((MatrixLayout) -> View)? = nil) throws -> ToyInstance<E> {
      try R1CSInstances.make(
        E.self, sample.circuit, wires: [sample.wires, sample.wires],
        bindings: { layouts in
          layouts["t"].map { [R1CSBinding(cells, column: view?($0) ?? $0.view("c0"), offset: offset, extent: extent)] } ?? []
        }, artefacts: [("t", [Self.column(13, seed: 1)])], m: 6)
    }
    _ = try make(.wires(3..<16, instance: 1))
    for cells: R1CSBinding.Cells in [
      .wires(2..<5, instance: 0), .wires(0..<1, instance: 0), .wires(28..<31, instance: 0), .wires(5..<5, instance: 0), .wires(3..<5, instance: 2),
      .wires(3..<5, instance: -1), .instances(0..<3, wire: 5), .instances(0..<2, wire: 1), .instances(0..<2, wire: 30), .instances(-1..<1, wire: 5),
      .instances(1..<1, wire: 5),
    ] {
      #expect(throws: R1CSRelationError.bindingWires(0), "\(cells)") { try make(cells) }
    }
    #expect(throws: R1CSRelationError.bindingColumn(0)) { try make(.wires(3..<16, instance: 0), offset: 1) }
    #expect(throws: R1CSRelationError.bindingColumn(0)) { try make(.wires(3..<4, instance: 0), offset: -1) }
    #expect(throws: R1CSRelationError.bindingColumn(0)) { try make(.wires(3..<4, instance: 0), offset: 13) }
    #expect(throws: R1CSRelationError.bindingColumn(0)) { try make(.wires(3..<4, instance: 0), offset: .max) }
    #expect(throws: R1CSRelationError.bindingColumn(0)) { try make(.wires(3..<4, instance: 0), extent: 17) }
    #expect(throws: R1CSRelationError.bindingColumn(0)) {
      try make(.wires(3..<4, instance: 0)) { View(matrix: "other", slots: $0.view("c0").slots) }
    }
    #expect(throws: R1CSRelationError.bindingColumn(0)) {
      try make(.wires(3..<4, instance: 0)) { View(matrix: "t", slots: $0.view("c0").slots + [.bit(0)]) }
    }
    #expect(throws: R1CSRelationError.bindingColumn(0)) {
      try make(.wires(3..<4, instance: 0)) { View(matrix: "t", slots: $0.view("c0").slots.map { $0 == .variable(1) ? .variable(0) : $0 }) }
    }
  }

  @Test("one wire of all instances is a column, and a strided slice is a view with fixed bits") func acrossInstances() throws {
    let values = Self.column(16, seed: 6)
    let circuit = Self.sample(Self.column(22, seed: 4)).circuit
    func instance(_ change: Int?) throws -> ToyInstance<E> {
      var committed = values
      if let change { committed[change] += .one }
      let wires = (0..<5).map { own in
        var inputs = Self.column(22, seed: 40 + own)
        inputs[6] = values[3 + own]
        // Wire 9 of instance 4: wires 8, 9, 10 are the odd entries 2·1 + 1, 2·2 + 1, 2·3 + 1.
        if own == 4 { for j in 0..<3 { inputs[7 + j] = values[2 * (1 + j) + 1] } }
        return Self.sample(inputs).wires
      }
      return try R1CSInstances.make(
        E.self, circuit, wires: wires,
        bindings: { layouts in
          guard let view = layouts["t"]?.view("c0") else { return [] }
          let odd = View(matrix: "t", slots: view.slots.map { $0 == .variable(3) ? .bit(1) : $0 })
          return [
            R1CSBinding(.instances(0..<5, wire: 7), column: view, offset: 3, extent: 16),
            R1CSBinding(.wires(8..<11, instance: 4), column: odd, offset: 1, extent: 8),
          ]
        }, artefacts: [("t", [committed])], m: 6)
    }
    let honest = try instance(nil)
    try honest.verify(honest.prove())
    // Entry 4 is bound across instances alone, entry 2 not at all.
    try R1CSDishonestTests.expectCaught(instance(4), byClaim: 1)
    let free = try instance(2)
    try free.verify(free.prove())
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) {
      let both = try R1CSDishonestTests.tampered(instance(5)) { $0.omittedClaim = 1 }
      try both.verify(both.prove())
    }
  }
}
