import Fields
import ProofSystem
import Prover
import TestSupport
import Testing

/// A false final check repaired by P_ab + delta. delta depends on the challenges, which a real prover does not know when it commits;
/// frozen challenges (a dry run) give it, so that the sacrifice alone stands in the way.
final class ProductPad<Configuration: EngineConfiguration>: ProofSession<Configuration> where Configuration.E: ToyField {
  enum Skew { case none, sigma, tau }
  var delta: E = .zero
  var skew = Skew.none

  private func slot(_ group: Int, _ member: PadKey.Member) -> Int { PadKey.product(group, member).slot(padCount: statement.layout.count) }

  override func samplePads() {
    super.samplePads()
    pads[slot(0, .ab)] += delta
  }

  /// σ or τ skewed so that the product check holds: ∂residual/∂σ = −(g + τ), ∂residual/∂τ = −(f + σ).
  override func sacrifice(_ channel: inout ProverChannel<E, Chain>) {
    let rho = channel.challenge("sacrifice.rho")
    var opened: [E] = []
    for (group, (a, b)) in statement.layout.products.enumerated() {
      let (ab, f, g, h) = (pads[slot(group, .ab)], pads[slot(group, .f)], pads[slot(group, .g)], pads[slot(group, .h)])
      var sigma = rho * pads[a] - f
      var tau = pads[b] - g
      let residual = rho * ab - h - sigma * g - tau * f - sigma * tau
      switch skew {
      case .none: break
      case .sigma: sigma += residual * ((g + tau).inverse() ?? .zero)
      case .tau: tau += residual * ((f + sigma).inverse() ?? .zero)
      }
      opened += [sigma, tau]
    }
    channel.clear("sacrifice.open", opened)
  }
}

/// F1 of design 2, section 8: each of the three checks of the sacrifice is needed.
enum ProductPadCheats<E: ToyField> {
  static var all: [Cheat] {
    [
      Cheat("false product pad", check: "sacrifice.product") { try attempt(.none) },
      Cheat("free sigma", check: "sacrifice.sigma") { try attempt(.sigma) },
      Cheat("free tau", check: "sacrifice.tau") { try attempt(.tau) },
    ]
  }

  /// −(residual of the final check) under the honest pads.
  static func delta(_ instance: ToyInstance<E>) throws -> E {
    let dry = try ProofSession<Frozen<E>>(instance)
    dry.samplePads()
    dry.commitAuxiliary()
    try dry.runProtocol()
    var reading = dry.replay(dry.tape.events)
    _ = try Front.run(&reading, relation: dry.relation, shapes: dry.statement.shapes, stacks: dry.statement.stacks)
    let final = try #require(reading.checks.first { $0.check == "inner.final" })
    let residual = final.form.terms.reduce(final.form.constant) {
      $0 + $1.coefficient * dry.pads[$1.key.slot(padCount: dry.statement.layout.count)]
    }
    #expect(!residual.isZero)
    return -residual
  }

  static func attempt(_ skew: ProductPad<Frozen<E>>.Skew) throws {
    let instance = try InnerInstances.make(E.self, seed: 4, excess: .one)
    let session = try ProductPad<Frozen<E>>(instance)
    session.delta = try Dropping.$names.withValue([]) { try delta(instance) }
    session.skew = skew
    try Cheat.run(instance, session)
  }
}
