import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import Soundness
import TestSupport
import Testing

@Suite("Which field carries a proof of which size") struct CodePlanTests {
  /// Σ_i x_i·y_i = 0 for two committed vectors of 2^bits cells, y = 0; no artefacts.
  struct Orthogonal<E: KernelField>: ProvableRelation {
    let bits: Int
    let auxiliary: MatrixLayout
    var matrices: [RelationMatrix] { [] }
    var lookupDegree: Int { 0 }
    var pointVariables: Int { 0 }
    var uncommittedDegree: Int { 2 }
    var descriptor: CanonicalValue { .dictionary(["relation": "orthogonal", "bits": .integer(UInt64(bits))]) }

    init(bits: Int, shape: CodeShape) {
      self.bits = bits
      auxiliary = MatrixLayout(name: "aux", log2RowLength: shape.log2RowLength, tensors: [TensorLayout("x", [bits]), TensorLayout("y", [bits])])
    }

    func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
    where Channel.E == E {
      let (point, claim) = try Sumcheck.verifyProduct(&channel, claim: Channel.Value(.zero), rounds: bits, label: "round")
      let values = try channel.receive("values", count: 2)
      try channel.assertZero("final", channel.product(values[0], values[1]) - claim)
      return zip(["x", "y"], values).map { LinearClaim([("aux", auxiliary.view($0).equality(point, E.one))], $1) }
    }

    func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
      func lifted(_ name: String) -> FieldBuffer<E> {
        let column = witness.read(auxiliary.view(name))
        return FieldBuffer((0..<column.count).map { E(base: column[$0]) })
      }
      let (_, x, y) = SumcheckProver.product(&channel, lifted("x"), lifted("y"), label: "round")
      channel.send("values", [x, y])
    }
  }

  static func instance<E: KernelField>(
    _: E.Type, bits: Int, plan: CodePlan
  ) throws -> (statement: Statement<E>, relation: Orthogonal<E>, auxiliary: MatrixData<E.Base>) {
    let relation = Orthogonal<E>(bits: bits, shape: plan.shape)
    let auxiliary = MatrixData<E.Base>(layout: relation.auxiliary)
    auxiliary.set("x", ToyRandom.elements(1 << bits, seed: 5))
    let statement = try Statement<E>(
      profile: plan.profile, shapes: [plan.shape], primary: plan.shape.name, levels: plan.levels, relation: relation, artefacts: [:])
    return (statement, relation, auxiliary)
  }

  @Test("every planned statement is consistent and meets its target", arguments: [0, 5, 12, 15, 20, 24]) func plans(_ log2Cells: Int) throws {
    func check<E: KernelField>(_: E.Type, _ profile: SoundnessProfile) throws {
      let plan = try CodePlan(log2Cells: log2Cells, field: FieldFigures(E.self), profile: profile)
      let relation = Orthogonal<E>(bits: max(0, log2Cells - 1), shape: plan.shape)
      let statement = try Statement<E>(
        profile: plan.profile, shapes: [plan.shape], primary: plan.shape.name, levels: plan.levels, relation: relation, artefacts: [:])
      try statement.checkSoundness()
      #expect(statement.queryCounts[0] <= plan.shape.tailCount)
    }
    try check(GoldilocksCubic.self, .p128)
    try check(GoldilocksQuadratic.self, .p100)
    try check(BN254Scalar.self, .p128DegreeOne)
    for hexadecimal in [TestPrimes.vesta, TestPrimes.bls12377, TestPrimes.stark252, TestPrimes.random200, TestPrimes.random256] {
      try TestPrimes.prime(hexadecimal).withModulus { try check(RuntimePrimeField.self, .p128DegreeOne) }
    }
  }

  private func refusal(_ hexadecimal: String, _ log2Cells: Int) throws -> FieldRefusal? {
    let prime = try TestPrimes.prime(hexadecimal)
    do throws(FieldRefusal) {
      _ = try CodePlan(log2Cells: log2Cells, prime: prime)
      return nil
    } catch { return error }
  }

  @Test("a two-adicity that does not carry the code is refused by name") func twoAdicity() throws {
    #expect(try refusal(TestPrimes.secp256k1, 1) == .twoAdicityTooSmall(field: "secp256k1", twoAdicity: 6, needed: 13))
    #expect(try refusal(TestPrimes.grumpkin, 20) == .twoAdicityTooSmall(field: "grumpkin", twoAdicity: 1, needed: 13))
    #expect(try refusal("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", 1)?.description.hasPrefix("secp256k1-base: ") == true)
    let name = try TestPrimes.prime(TestPrimes.shallow255).name
    #expect(try refusal(TestPrimes.shallow255, 5) == .twoAdicityTooSmall(field: name, twoAdicity: 12, needed: 13))
    // 2^14 points: rows of 2^12, at most 2^10 of them.
    let shallow = try TestPrimes.prime(TestPrimes.shallow256)
    #expect(try CodePlan(log2Cells: 22, prime: shallow).shape.log2RowLength == 12)
    #expect(throws: FieldRefusal.twoAdicityTooSmall(field: shallow.name, twoAdicity: 14, needed: 15)) {
      try CodePlan(log2Cells: 23, prime: shallow)
    }
  }

  @Test("a field too small for the target is refused by name") func size() throws {
    for (hexadecimal, name, bits) in [("78000001", "babybear", 31), ("ffffffff00000001", "goldilocks", 64), ("7f000001", "koalabear", 31)] {
      guard case .fieldTooSmall(name, _, let found, 128)? = try refusal(hexadecimal, 10) else {
        Issue.record("\(name) is not refused")
        continue
      }
      #expect(found < bits && found > bits - 30)
    }
    // n·8/|E| for the merge of the shortest code, n = 2^13: 142 bits are a few too few, and 160 carry codes of 2^24 points too.
    guard case .fieldTooSmall(_, "merge level 0 [m11]", 125, 128)? = try refusal(TestPrimes.random142, 10) else {
      Issue.record("142 bits are not refused")
      return
    }
    #expect(try refusal(TestPrimes.random160, 25) == nil)
  }

  @Test("a witness beyond all limits is refused") func tooLarge() throws {
    #expect(try refusal(TestPrimes.vesta, 31) == .tooLarge(field: "vesta", log2Cells: 31, most: 30))
    #expect(try refusal(TestPrimes.vesta, .max) == .tooLarge(field: "vesta", log2Cells: .max, most: 30))
    #expect(try refusal(TestPrimes.vesta, 30) == nil)
  }
}
