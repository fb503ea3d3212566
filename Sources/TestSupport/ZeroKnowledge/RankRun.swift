import Fields
import Kernels
import ProofSystem
import Prover

/// The rank test at toy sizes. Challenges are frozen, so revealed values are functions of the prover's fresh randomness; every random
/// base-field element is one coordinate, moved by 1.
///   Stage 1: (ẑ except shield.mu, σ, τ) is affine ONTO in the message pads and f, g, and depends on nothing else: uniform.
///   Stage 2: with those fixed, (shield.mu, all g, all g2, the opened columns of every row that is not a mask) is affine ONTO in (pad of
///   shield.mu, tails, M, M'): uniform, independent of stage 1 and of the witness.
/// Everything else revealed is a function of these and of public values: a, μ2, cross values, opened mask columns, level 1.
/// Source: spec `test_zero_knowledge.py`; design 2, sections 2.4 and 5.4.
package struct RankRun<E: ToyField> {
  package let instance: ToyInstance<E>
  package var fault = HidingFault.none
  /// First opened position and how many; t unless stated.
  package var start = 3
  package var opened: Int?
  /// Of the challenges, and of the prover's randomness.
  package var challengeSeed = 0
  package var proverSeed = 1

  package init(
    instance: ToyInstance<E>, fault: HidingFault = .none, start: Int = 3, opened: Int? = nil, challengeSeed: Int = 0, proverSeed: Int = 1
  ) {
    self.instance = instance
    self.fault = fault
    self.start = start
    self.opened = opened
    self.challengeSeed = challengeSeed
    self.proverSeed = proverSeed
  }

  package func reveal(_ changes: [Coordinate: E.Base] = [:]) throws -> RankSession<E>.View {
    try FrozenChallenges.$seed.withValue(challengeSeed) {
      let session = try RankSession<E>(instance, seed: proverSeed)
      session.fault = fault
      session.changes = changes
      return try session.reveal { index in (0..<(opened ?? instance.statement.queryCounts[index])).map { start + $0 } }
    }
  }

  package var coordinates: [Coordinate] { RankSession<E>.coordinates(instance.statement, fault: fault) }

  /// Pads of `shield.mu` are the last group; the others and f, g belong to stage 1.
  package func isFirstStage(_ coordinate: Coordinate) -> Bool {
    switch coordinate {
    case .pad(let slot, _): slot < instance.statement.layout.count - instance.statement.shapes.count
    case .triple: true
    default: false
    }
  }

  package static func difference(_ a: [E.Base], _ b: [E.Base]) -> [E.Base] { zip(a, b).map { $0 - $1 } }

  /// Missing ranks of the two stages, and how many coordinates of stage 2 reach into stage 1.
  package func deficits() throws -> (first: Int, second: Int, leaks: Int) {
    let base = try reveal()
    var (first, second): ([[E.Base]], [[E.Base]]) = ([], [])
    var leaks = 0
    for coordinate in coordinates {
      let moved = try reveal([coordinate: .one])
      if isFirstStage(coordinate) {
        first.append(Self.difference(moved.first, base.first))
      } else {
        second.append(Self.difference(moved.second, base.second))
        if moved.first != base.first { leaks += 1 }
      }
    }
    return (base.first.count - LinearAlgebra.rank(first), base.second.count - LinearAlgebra.rank(second), leaks)
  }
}

extension RankRun {
  /// Nil when some randomness of the second prover shows exactly what the first one does. It is solved for, stage by stage, and everything
  /// sent is compared; else what differs.
  package static func difference(between one: ToyInstance<E>, _ two: ToyInstance<E>) throws -> String? {
    let seen = try RankRun(instance: one, proverSeed: 1).reveal()
    let other = RankRun(instance: two, proverSeed: 2)
    var randomness: [Coordinate: E.Base] = [:]
    for isFirst in [true, false] {
      let base = try other.reveal(randomness)
      func values(_ view: RankSession<E>.View) -> [E.Base] { isFirst ? view.first : view.second }
      let free = other.coordinates.filter { other.isFirstStage($0) == isFirst }
      let rows = try free.map { coordinate in
        difference(values(try other.reveal(randomness.merging([coordinate: .one]) { $0 + $1 })), values(base))
      }
      let wanted = difference(values(seen), values(base))
      guard wanted.contains(where: { !$0.isZero }) else { return "two provers with other randomness show the same" }
      guard let solution = LinearAlgebra.solve(rows, wanted) else { return "no randomness makes the other witness look the same" }
      for (coordinate, value) in zip(free, solution) { randomness[coordinate, default: .zero] += value }
    }
    let view = try other.reveal(randomness)
    guard view.first == seen.first, view.second == seen.second else { return "the two stages differ" }
    return view.sent == seen.sent ? nil : "a message is not a function of the two stages"
  }
}
