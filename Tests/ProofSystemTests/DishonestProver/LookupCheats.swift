import Fields
import ProofSystem
import Prover
import TestSupport
import Testing

/// The random leaf ω is zero: the root is (0, 0) whatever the lookups say.
final class ZeroOmega<Configuration: EngineConfiguration>: ProofSession<Configuration> where Configuration.E: ToyField {
  override func samplePads() {
    super.samplePads()
    for index in statement.layout.secrets { pads[index] = .zero }
  }
}

/// Cheats against the fraction tree.
enum LookupCheats<E: ToyField> {
  static var all: [Cheat] {
    [
      Cheat("0/0 root: omega = 0", check: "logup.root_nonzero", expecting: Cheat.failing("logup.root_nonzero")) {
        let instance = try dishonest { $0["x"][0] = E.Base(100) }
        let proof = try Dropping.$names.withValue(["logup.root_nonzero"]) { try ZeroOmega<Dropped<E>>(instance).prove() }
        try instance.verify(proof, Dropped<E>.self)
      },
      Cheat("value outside its table", check: "logup.layer") {
        try attempt {
          $0["x"][0] = E.Base(6)
        } recounting: {
          true
        }
      },
      Cheat("pair outside its table", check: "logup.layer") {
        try attempt {
          $0["v"][0] += .one
        } recounting: {
          true
        }
      },
      Cheat("multiplicity off by one", check: "logup.layer") { try attempt { $0["m.r"][0] += .one } },
      Cheat("count moved to the filling of a table (F4)", check: "logup.layer") {
        try attempt {
          $0["m.t"][0] -= .one
          $0["m.t"][3] += .one
        }
      },
      Cheat("count moved to another row of its table", check: "logup.layer") {
        try attempt {
          $0["m.t"][0] -= .one
          $0["m.t"][1] += .one
        }
      },
    ] + poles
  }

  /// A pole lies in E: a cell of F can hit it when E = F alone.
  private static var poles: [Cheat] {
    guard E.degree == 1 else { return [] }
    return [
      Cheat("pole: values with a zero denominator", check: "logup.root_nonzero", expecting: Cheat.failing("logup.root_nonzero")) { try pole() }
    ]
  }

  static func dishonest(
    _ change: (inout LookupWitness<E>) -> Void, recounting: () -> Bool = { false }
  ) throws -> ToyInstance<E> {
    var relation = LookupRelation<E>(bits: 3, count: 7, log2RowLength: 5)
    relation.refusesPoles = false
    var witness = LookupWitness(relation, seed: 3)
    change(&witness)
    if recounting() { witness.recount() }
    return try witness.instance(seed: 3)
  }

  static func attempt(_ change: (inout LookupWitness<E>) -> Void, recounting: () -> Bool = { false }) throws {
    let instance = try dishonest(change, recounting: recounting)
    try Cheat.run(instance, ProofSession<Dropped<E>>(instance))
  }

  /// E = F and challenges known in advance: two cells with α − φ = 0 make the root (0, 0); q_root ≠ 0 is what refuses it.
  static func pole() throws {
    var relation = LookupRelation<E>(bits: 3, count: 7, log2RowLength: 5)
    relation.refusesPoles = false
    var chain = FrozenChallenges()
    let drawn = chain.challenges("logup.fingerprint", count: 2, as: E.self)
    var witness = LookupWitness(relation, seed: 3)
    // φ = 1 + β·(x + 3) = α.
    let value = (drawn[0] - .one) * (drawn[1].inverse() ?? .zero)
    for i in 0..<2 { witness["x"][i] = value.limb(0) - E.Base(3) }
    let instance = try witness.instance(seed: 3)
    let proof = try Dropping.$names.withValue(["logup.root_nonzero"]) { try ProofSession<Frozen<E>>(instance).prove() }
    try instance.verify(proof, Frozen<E>.self)
  }
}
