import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// What binds a proof to its statement: identities of artefacts, the absorbed statement, the parameters.
enum BindingCheats<E: ToyField> {
  static var all: [Cheat] {
    [
      Cheat("swapped artefact", check: "commitment.identity", expecting: Cheat.mismatch("commitment.identity")) {
        let instance = try InnerInstances.make(E.self, seed: 4)
        let other = try InnerInstances.make(E.self, seed: 5)
        // Everything of instance 5 under the identities of instance 4.
        try unbound(other.with(artefacts: instance.statement.artefacts))
      },
      Cheat("stale commitment: one value changed since", check: "commitment.identity", expecting: Cheat.mismatch("commitment.identity")) {
        var data = InnerInstances.Data<E.Base>(bits: 5, seed: 4)
        let first = try InnerInstances.make(E.self, seed: 4, data: data)
        data.a[0] += .one
        try unbound(InnerInstances.make(E.self, seed: 4, data: data).with(artefacts: first.statement.artefacts))
      },
      Cheat("swapped weights", check: "commitment.identity", expecting: Cheat.mismatch("commitment.identity")) {
        try swapped("model", tamper: .init(before: { $0["model", "W"][0] = $0["model", "W"][0] == .one ? .two : .one }))
      },
      Cheat("swapped labels", check: "commitment.identity", expecting: Cheat.mismatch("commitment.identity")) {
        try swapped("dataset", tamper: .init(before: { $0["dataset", "labels"][0] = .one - $0["dataset", "labels"][0] }))
      },
      Cheat("same root under another schema", check: "commitment.identity", expecting: Cheat.mismatch("commitment.identity")) {
        let instance = try InnerInstances.make(E.self, seed: 4)
        try otherSchema(instance, kind: "tensor", format: .dictionary(["scale": 1]))
      },
      Cheat("same root as another kind", check: "commitment.identity", expecting: Cheat.mismatch("commitment.identity")) {
        let instance = try InnerInstances.make(E.self, seed: 4)
        try otherSchema(instance, kind: "model", format: .dictionary([:]))
      },
      Cheat("replay under another context", check: "statement.absorbed", expecting: Cheat.anyError) {
        let instance = try InnerInstances.make(E.self, seed: 4, context: Array("auditor 1".utf8))
        let other = try InnerInstances.make(E.self, seed: 4, context: Array("auditor 2".utf8))
        try Cheat.run(instance, ProofSession<Dropped<E>>(instance), against: other.statement)
      },
      Cheat(
        "weak parameters", check: "soundness",
        expecting: { if case .soundnessTooLow("query level 1", _, 6) = $0 { true } else { false } }
      ) {
        let instance = try InnerInstances.make(E.self, seed: 4)
        let weak = instance.statement.levels.map {
          LigeritoLevel(rowBits: $0.rowBits, log2RowLength: $0.log2RowLength, log2Length: $0.log2Length, queryCount: 1)
        }
        let other = try instance.with(levels: weak)
        try Cheat.run(other, ProofSession<Dropped<E>>(other))
      },
    ]
  }

  /// The prover does not look at identities; the verifier does unless the check is off.
  static func unbound(_ instance: ToyInstance<E>) throws {
    let proof = try Dropping.$names.withValue(["commitment.identity"]) { try instance.prove(Dropped<E>.self) }
    try instance.verify(proof, Dropped<E>.self)
  }

  static func swapped(_ name: String, tamper: LinearInstances.Tamper<E>) throws {
    let committed = try LinearInstances.make(E.self, seed: 21, slack: 3)
    let other = try LinearInstances.make(E.self, seed: 21, slack: 3, tamper: tamper)
    #expect(committed.statement.artefacts[name]?.identity != other.statement.artefacts[name]?.identity)
    try unbound(other.with(artefacts: committed.statement.artefacts))
  }

  /// The statement names the committed identity, but reads it under another schema; the prover plays along.
  static func otherSchema(_ instance: ToyInstance<E>, kind: String, format: CanonicalValue) throws {
    let real = try #require(instance.secrets["a"])
    let read = Artefact(
      kind: kind, shape: real.publicPart.shape, layout: real.publicPart.layout, format: format, root: real.publicPart.root, field: E.Base.self)
    var other = try instance.with(artefacts: ["a": ArtefactReference(kind: kind, format: format, identity: real.publicPart.identity)])
    other.secrets["a"] = ArtefactSecret(publicPart: read, data: real.data, matrix: real.matrix, tailSecret: real.tailSecret)
    try unbound(other)
  }
}
