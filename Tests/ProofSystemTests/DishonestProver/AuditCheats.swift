import Fields
import ProofSystem
import Prover
import TestSupport
import Testing

/// False witnesses of the linear audit, each caught by one constraint (or one check).
enum AuditCheats<E: ToyField> {
  typealias Tamper = LinearInstances.Tamper<E>

  static var all: [Cheat] {
    [
      caught(by: "matmul.final", "wrong product, off-by-one rounding", wrongProduct),
      without("remainder", "remainder out of range: skipped range check", outOfRangeRemainder),
      without("activation", "wrong table value", wrongActivation),
      without("decision", "flipped decision: wrong output", flippedDecision),
      without("confusion", "non-Boolean decision", nonBooleanDecision),
      without("confusion", "label outside {0, 1}", Tamper(before: { $0["dataset", "labels"][0] = .two })),
      without(
        "range X", "feature outside its declared range",
        Tamper(before: { $0["dataset", "X"][0] = E.Base(1 << UInt64($0.relation.parameters.xb - 1)) })),
      without(
        "range W", "weight outside its declared range",
        Tamper(before: { $0["model", "W"][0] = E.Base(1 << UInt64($0.relation.parameters.xb - 1)) })),
      without("mask", "padding used as an undeclared feature", hiddenWeight),
      caught(by: "logup.layer", "shifted multiplicity", shiftedMultiplicity),
      without("slack", "claimed count too high", Tamper(), slack: -1),
    ]
  }

  private static func caught(by check: CheckName, _ name: String, _ tamper: Tamper) -> Cheat {
    Cheat(name, check: check) {
      let instance = try LinearInstances.make(E.self, seed: 21, tamper: tamper)
      try Cheat.run(instance, ProofSession<Dropped<E>>(instance))
    }
  }

  private static func without(_ constraint: String, _ name: String, _ tamper: Tamper, slack: Int = 2) -> Cheat {
    Cheat("\(name) [\(constraint)]") { isOff in
      let instance = try LinearInstances.make(E.self, seed: 21, slack: slack, skip: isOff ? [constraint] : [], tamper: tamper)
      try Cheat.run(instance, ProofSession<Dropped<E>>(instance))
    }
  }

  /// rem + 1 in one row: another accumulator, every lookup still holds.
  static var wrongProduct: Tamper {
    Tamper(after: { witness in
      let limit = 1 << witness.relation.parameters.sigma
      guard let i = (0..<witness.relation.parameters.n).first(where: { witness.integer("aux", "rem", $0) + 1 < limit }) else { return }
      witness["aux", "rem"][i] += .one
      witness.recount()
    })
  }

  /// h − 1, rem + 2^sigma: rounds to the wrong neighbour, the identity holds.
  static var outOfRangeRemainder: Tamper {
    Tamper(after: { witness in
      let q = witness.relation.parameters
      let h = witness.integer("aux", "h", 0) - 1
      let y = witness.activation(h)
      witness["aux", "h"][0] = E.Base(signed: Int64(h))
      witness["aux", "rem"][0] += E.Base(1 << UInt64(q.sigma))
      witness["aux", "y"][0] = E.Base(UInt64(y))
      witness["aux", "dec"][0] = y >= q.theta ? .one : .zero
      witness.recount()
    })
  }

  static var wrongActivation: Tamper {
    Tamper(after: { witness in
      let q = witness.relation.parameters
      let rows = 0..<q.n
      guard let i = rows.first(where: { ![0, q.theta].contains(witness.integer("aux", "y", $0)) }) else { return }
      let y = witness.integer("aux", "y", i) - 1
      witness["aux", "y"][i] = E.Base(UInt64(y))
      witness["aux", "dec"][i] = y >= q.theta ? .one : .zero
      witness.recount()
    })
  }

  /// A wrong decision turned into the label: raises the count.
  static var flippedDecision: Tamper {
    Tamper(after: { witness in
      let rows = 0..<witness.relation.parameters.n
      guard let i = rows.first(where: { witness["aux", "dec"][$0] != witness["dataset", "labels"][$0] }) else { return }
      witness["aux", "dec"][i] = witness["dataset", "labels"][i]
      witness.recount()
    })
  }

  /// dec with y − theta + (1 − dec)·2^yb = 0 (or 1): the decision lookup holds, the confusion lookup does not.
  static var nonBooleanDecision: Tamper {
    Tamper(after: { witness in
      let q = witness.relation.parameters
      let two = E.Base(1 << UInt64(q.yb))
      let inverse = two.inverse() ?? .zero
      let excess = witness["aux", "y"][0] - E.Base(UInt64(q.theta)) + two
      var decision = excess * inverse
      if decision.isZero || decision == .one { decision = (excess - .one) * inverse }
      witness["aux", "dec"][0] = decision
      witness.recount()
    })
  }

  /// A padding column of X and a padding row of W: an undeclared feature enters every accumulator.
  static var hiddenWeight: Tamper {
    Tamper(
      before: { witness in
        witness["dataset", "X"][witness.relation.parameters.d] = .one
        witness["model", "W"][witness.relation.parameters.d * witness.paddedOutputs] = E.Base(5)
      }, after: { $0.run(contraction: $0.paddedFeatures) })
  }

  /// One wrong decision counted as correct in the confusion counts alone; the slack count follows.
  static var shiftedMultiplicity: Tamper {
    Tamper(after: { witness in
      let wrong = witness.confusion[1] > 0 ? 1 : 2
      let q = witness.relation.parameters
      let slack = "m.range\(Int.bitWidth - (q.n * q.c).leadingZeroBitCount)"
      let old = witness.confusion[0] + witness.confusion[3] - q.minCorrect
      witness["aux", "m.confusion"][wrong] -= .one
      witness["aux", "m.confusion"][0] += .one
      witness["aux", slack][old] -= .one
      witness["aux", slack][old + 1] += .one
    })
  }
}
