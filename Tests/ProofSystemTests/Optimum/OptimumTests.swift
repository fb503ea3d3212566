import Claims
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Optimum, result proof") struct OptimumTests {
  typealias Kind = OptimumHarness.Kind

  @Test("weights at the optimum are accepted, however the table lies", arguments: Kind.allCases, [false, true])
  func accepted(_ kind: Kind, _ split: Bool) throws {
    let harness = try OptimumHarness(kind, split: split)
    try TrainingHarness.check(harness.instance(harness.claim()))
  }

  @Test("rows that fill a power of two", arguments: [Kind.binary, .number]) func full(_ kind: Kind) throws {
    let harness = try OptimumHarness(kind, rows: 32)
    try TrainingHarness.check(harness.instance(harness.claim()))
  }

  @Test("the integer gradient is the true one within the account's terms", arguments: Kind.allCases) func gradient(_ kind: Kind) throws {
    let harness = try OptimumHarness(kind)
    // Away from the optimum too.
    for change in [Int64(0), 1 << 20, -(1 << 21)] {
      var weights = harness.model.weights
      let free = harness.problem.freeOutputs[0]
      weights[free] += change
      let account = try harness.account(0, weights)
      let truth = harness.optimum.gradient(harness.optimum.coordinates(weights))
      let integers = try harness.witness(weights).gradients
      let scale = Double(harness.problem.penalty.denominator) * Double(sign: .plus, exponent: harness.plan.scale, significand: 1)
      var difference = 0.0
      for (place, k) in harness.problem.freeOutputs.enumerated() {
        for (j, value) in truth[place].enumerated() {
          difference += (Double(integers[k][j]) / scale - value) * (Double(integers[k][j]) / scale - value)
        }
      }
      let bound = Double(account.error.units) / Double(sign: .plus, exponent: 64, significand: 1)
      #expect(difference.squareRoot() <= bound + 1e-10)
      #expect(bound < 1e-3)
    }
  }

  @Test("distance and gap hold for the true optimum", arguments: Kind.allCases) func distance(_ kind: Kind) throws {
    let harness = try OptimumHarness(kind)
    let best = harness.optimum.solve()
    for change in [Int64(0), 1 << 12, 1 << 18] {
      var weights = harness.model.weights
      weights[harness.problem.freeOutputs[0]] += change
      let account = try harness.account(harness.toleranceBits(weights), weights)
      let own = harness.optimum.coordinates(weights)
      let distance = zip(own.joined(), best.joined()).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      let unit = Double(sign: .plus, exponent: 64, significand: 1)
      #expect(distance <= Double(account.distance.units) / unit)
      #expect(harness.optimum.loss(own) - harness.optimum.loss(best) <= Double(account.gap.units) / unit + 1e-12)
    }
  }

  @Test("a radius that gradient and errors exceed is refused, by prover and verifier") func radius() throws {
    let harness = try OptimumHarness(.binary)
    let bits = try harness.toleranceBits()
    let account = try OptimumAccount(harness.plan, toleranceBits: bits)
    let least = Int64((account.distance.units * 1_000_000_000) >> 64)
    let narrow = try harness.claim(toleranceBits: bits, radius: PublicFraction(least, over: 1_000_000_000))
    #expect(throws: ClaimError.self) { try harness.instance(narrow, record: [:]) }
    #expect(throws: ProgramError.self) { try narrow.record(harness.source()) }
    try TrainingHarness.check(harness.instance(harness.claim(toleranceBits: bits, radius: PublicFraction(least + 1, over: 1_000_000_000))))
    for radius in [PublicFraction(0), PublicFraction(-1), PublicFraction(1, over: 0), PublicFraction(.max, over: .min)] {
      #expect(throws: ClaimError.self) { try harness.instance(harness.claim(toleranceBits: bits, radius: radius), record: [:]) }
    }
  }

  @Test("losses that are not strongly convex are refused") func convexity() throws {
    let own = try OptimumHarness(.binary).problem
    func make(_ penalty: PublicFraction, _ intercept: OptimumIntercept = .penalised, target: TrainingTarget? = nil, fixed: Int? = nil) throws {
      _ = try OptimumProblem(
        features: own.features, target: target ?? own.target, formats: own.formats, penalty: penalty, intercept: intercept, fixedClass: fixed)
    }
    #expect(throws: ProgramError.self) { try make(PublicFraction(0)) }
    #expect(throws: ProgramError.self) { try make(PublicFraction(-1)) }
    #expect(throws: Never.self) { try make(PublicFraction(1), .eliminated) }
    #expect(throws: ProgramError.self) { try make(PublicFraction(1), .eliminated, target: .classes(column: "kind", count: 3)) }
    #expect(throws: ProgramError.self) { try make(PublicFraction(1), fixed: 0) }
    #expect(throws: Never.self) { try make(PublicFraction(1)) }
  }

  @Test("an intercept of two classes without penalty needs a curvature, positive and large beside the gradient; nothing else has one")
  func curvature() throws {
    let harness = try OptimumHarness(.freeIntercept)
    let claim = try harness.claim()
    let own = try #require(claim.curvature)
    func other(_ curvature: Int64?, bits: Int? = nil) -> OptimumClaim {
      OptimumClaim(
        tables: claim.tables, model: "model", problem: claim.problem, toleranceBits: bits ?? claim.toleranceBits,
        radius: PublicFraction(1_000_000), curvature: curvature)
    }
    try TrainingHarness.check(harness.instance(other(own)))
    try TrainingHarness.check(harness.instance(other(own / 2)))
    for wrong in [other(nil), other(0), other(-1), other(.min), other(1), other(own, bits: 60)] {
      #expect(throws: ClaimError.self) { try harness.instance(wrong, record: [:]) }
    }
    try TrainingHarness.check(harness.instance(other(try harness.slopes())))
    #expect(throws: ProgramError.self) { try other(try harness.slopes() + 1).record(harness.source()) }
    let penalised = try OptimumHarness(.binary).claim()
    let stated = OptimumClaim(
      tables: penalised.tables, model: "model", problem: penalised.problem, toleranceBits: penalised.toleranceBits, radius: PublicFraction(1_000_000),
      curvature: own)
    #expect(throws: ClaimError.self) { try OptimumHarness(.binary).instance(stated, record: [:]) }
    // The less curvature is claimed, the further away the optimum may be.
    let (full, half) = (try claim.account(harness.plan), try other(own / 2).account(harness.plan))
    #expect(half.distance > full.distance && half.gap > full.gap)
  }

  @Test("labels of one class alone have no optimum, and no curvature shows one") func oneClass() throws {
    let harness = try OptimumHarness(.freeIntercept)
    // At weights of any size the gradient along the intercept is at least the curvature: n − Σ p ≥ Σ p·(1 − p).
    for change in [-harness.model.weights[harness.model.weights.count - 1], 0, 1 << 26, 1 << 28] {
      var weights = harness.model.weights
      weights[weights.count - 1] += change
      let witness = try OptimumReference(harness.plan).witness(weights: weights) { name, part throws(ProgramError) in
        let values = try harness.column(name, part)
        return name == "y" ? values.map { _ in 1 } : values
      }
      let largest = witness.gradients.joined().reduce(UInt64(1)) { max($0, $1.magnitude) }
      let sum = (witness.columns["slope.0"] ?? []).reduce(0, +)
      #expect(sum > 0)
      #expect(throws: ProgramError.self) {
        try OptimumAccount(harness.plan, toleranceBits: 64 - largest.leadingZeroBitCount, curvature: sum)
      }
    }
  }

  @Test("relations that could wrap around, and statements that contradict themselves, are refused") func refusals() throws {
    let harness = try OptimumHarness(.binary)
    let claim = try harness.claim()
    func other(_ penalty: PublicFraction, tables: [String]? = nil, bits: Int? = nil) throws -> OptimumClaim {
      let problem = try OptimumProblem(
        features: harness.problem.features, target: harness.problem.target, formats: harness.problem.formats, penalty: penalty)
      return OptimumClaim(
        tables: tables ?? claim.tables, model: "model", problem: problem, toleranceBits: bits ?? claim.toleranceBits,
        radius: PublicFraction(1_000_000))
    }
    #expect(throws: Never.self) { try harness.instance(other(PublicFraction(1, over: 2))) }
    for wrong in [
      try other(PublicFraction(999_999_999_989, over: 1_000_000_000_000)), try other(PublicFraction(1), bits: 61),
      try other(PublicFraction(1), bits: -1),
      try other(PublicFraction(1), tables: []), try other(PublicFraction(1), tables: ["table0", "table0"]),
      try other(PublicFraction(1), tables: ["model"]),
    ] { #expect(throws: ClaimError.self) { try harness.instance(wrong, record: [:]) } }
  }

  @Test("upper bounds round up") func bounds() throws {
    #expect(UpperBound(1, over: 3)?.units == (UInt128(1) << 64) / 3 + 1)
    #expect(UpperBound(1, over: 3, exponent: -70)?.units == 1)
    #expect(UpperBound(3, over: 2)?.times(UpperBound(1, over: 2))?.units == UInt128(3) << 62)
    #expect(UpperBound(1 << 40)?.times(UpperBound(1 << 24)) == nil)
    #expect((UpperBound(1 << 20, over: 3)?.times(UpperBound(1 << 20, over: 7)) ?? .zero) >= (UpperBound(1 << 40, over: 21) ?? .zero))
    #expect(UpperBound.squareRoot(17) == 5)
    #expect(UpperBound.squareRoot(1 << 126) == 1 << 63)
    let texts: [(UInt128, UInt128, String)] = [
      (1, 1, "1.00"), (1, 3, "0.334"), (1, 1_000_000, "1.01e-6"), (123_400, 1, "124000"), (999_999, 1_000, "1000"),
    ]
    for (a, b, text) in texts { #expect(UpperBound(a, over: b)?.text == text) }
  }
}
