import Claims
import Evidence
import Hashing
import Programs
import Testing

@Suite("Training claims in JSON") struct TrainingClaimJSONTests {
  static func claim(_ variant: Int) throws -> TrainingClaim {
    let targets: [TrainingTarget] = [
      .binary(column: "default", positive: 1), .classes(column: "kind", count: 3), .number(column: "price", centre: 1 << 55, shift: 3),
      .binary(column: "default", positive: 0),
    ]
    let schedules: [TrainingSchedule] = [.constant, .inverse(decay: PublicFraction(1, over: 10)), .halving(every: 4), .linear]
    let ends: [TrainingEnd] = [.model("m"), .checkpoint("c"), .model("m"), .checkpoint("d")]
    let run = try TrainingRun(
      features: [
        .number(column: "x", centre: -1 << 54, shift: 3), .presence(column: "x"), .category(column: "k", classCount: 3, missing: true), .constant,
      ], target: targets[variant], formats: TrainingFormats(), batchSize: 32, epochs: 5, learningRate: PublicFraction(1, over: 10),
      schedule: schedules[variant], momentum: PublicFraction(9, over: 10), penalty: PublicFraction(1, over: 1_000), penalisesIntercept: variant == 1)
    return TrainingClaim(
      table: "train", start: variant % 2 == 0 ? nil : "c", end: ends[variant], run: run, nonce: Nonce(bytes: [1, 2], source: .prover),
      firstStep: variant % 2 == 0 ? 0 : 7, stepCount: 9)
  }

  @Test("what is written is read again", arguments: 0..<4) func roundTrip(_ variant: Int) throws {
    let statement = ClaimStatement.data(.training(try Self.claim(variant)))
    #expect(try ClaimJSON.read(type: "training", JSONNode(ClaimJSON.value(statement))) == statement)
    #expect(statement.reveals.isEmpty)
  }

  @Test("every part is in the encoding that the proof is bound to") func injective() throws {
    var seen: Set<[UInt8]> = []
    for variant in 0..<4 { seen.insert(try Self.claim(variant).canonical.encoded) }
    let own = try Self.claim(0)
    let others = [
      TrainingClaim(table: "other", end: own.end, run: own.run, nonce: own.nonce, stepCount: 9),
      TrainingClaim(table: "train", end: .checkpoint("m"), run: own.run, nonce: own.nonce, stepCount: 9),
      TrainingClaim(table: "train", end: own.end, run: own.run, nonce: Nonce(bytes: [1, 2], source: .auditor), stepCount: 9),
      TrainingClaim(table: "train", end: own.end, run: own.run, nonce: own.nonce, stepCount: 8),
    ]
    for other in others { seen.insert(other.canonical.encoded) }
    #expect(seen.count == 8)
  }

  @Test("another document is refused") func hostile() throws {
    guard case .object(let members) = ClaimJSON.value(.data(.training(try Self.claim(0)))) else {
      Issue.record("a claim is an object")
      return
    }
    func refused(_ change: [String: JSONValue], without: Set<String> = []) {
      var pairs = members.members.filter { change[$0.key] == nil && !without.contains($0.key) }.map { ($0.key, $0.value) }
      for (key, own) in change { pairs.append((key, own)) }
      let value = JSONValue.object(JSONObject(pairs))
      #expect(throws: (any Error).self) { try ClaimJSON.read(type: "training", JSONNode(value)) }
    }
    refused([:], without: ["model"])
    refused(["checkpoint": .string("c")])
    refused(["steps": .array([.integer(3), .integer(3)])])
    refused(["steps": .array([.integer(-1), .integer(3)])])
    refused(["run": .object([:])])
    refused(["nonce": .object([:])])
    refused(["more": .integer(1)])
    refused([:], without: ["table"])
  }
}
