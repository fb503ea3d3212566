import Claims
import Evidence
import Programs
import Testing

@Suite("The chain of a bundle") struct ChainTests {
  private func names(_ node: Chain.Node) -> [String] { [node.name] + node.children.flatMap(names) }

  @Test("every artefact stands once, under what it comes from, with the claim that says so") func tree() throws {
    var world = try CreditWorld()
    try world.sign("source")
    let chain = Chain(world.report)
    #expect(chain.roots.map(\.name) == ["source", "model"] && chain.roots.flatMap(names).count == 8 && chain.wellFormedCount == 8)
    let source = try #require(chain.roots.first)
    #expect(source.children.map(\.name) == ["train", "test"] && source.signed.count == 1 && source.derivation == nil)
    #expect(source.children.map(\.claim) == ["split", "split"])
    let train = try #require(source.children.first)
    #expect(train.children.map(\.name) == ["parameters", "train-ready"] && train.children.last?.others == ["parameters"])
    let ready = try #require(source.children.last?.children.first)
    #expect(ready.name == "test-ready" && ready.children.map(\.name) == ["predictions"] && ready.children.first?.others == ["model"])
    #expect(ready.claims.contains("accuracy") && ready.claims.contains("test-ready-well-formed"))
    let text = world.report.text
    for part in [
      "  source\n", "├─ train  part of a split, random rows by a seed [split]", "predictions  outputs of model, with model [inference]",
      "signed by data owner City Bank", "No claim stands on an artefact whose well-formedness is unproved: checked for 8 artefacts.",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test("what no claim evidences is named") func gaps() throws {
    var world = try CreditWorld()
    func gaps(_ world: CreditWorld, _ word: String) -> Int { Chain(world.report).notEvidenced.filter { $0.contains(word) }.count }
    #expect(gaps(world, "source: where it comes from") == 1 && gaps(world, "model: how it was trained") == 1)
    #expect(gaps(world, "only the auditor can tell") == 1 && gaps(world, "no two parts hold equal rows") == 1)
    try world.sign("source", trusted: false)
    #expect(gaps(world, "source: whose data it is") == 1)
    world.tell("City Bank", .owner)
    world.add("apart", .disjoint(DisjointClaim(tables: ["train", "test"], columns: [], distinctCount: 1_000)))
    #expect(gaps(world, "source:") == 0 && gaps(world, "equal rows") == 0)
    func split(_ rule: SplitRule) -> CreditWorld {
      var other = world
      other.replace("split", .data(.split(SplitClaim(table: "source", parts: ["train", "test"], rule: rule))))
      return other
    }
    #expect(gaps(split(.random(Nonce(bytes: [1], source: .prover))), "could have been ground") == 1)
    #expect(gaps(split(.random(Nonce(bytes: [1], source: .dated("2026-10-01")))), "could have been ground") == 1)
    #expect(gaps(split(.random(Nonce(bytes: [1], source: .dated("2026-11-02")))), "look it up") == 1)
    #expect(gaps(split(.cutoff(column: "age", from: 30)), "the prover may have chosen the place") == 1)
    world.roles.append(("loose", "note"))
    world.contents["loose"] = world.contents["source"]
    #expect(gaps(world, "loose: anything") == 1 && gaps(world, "loose: where") == 1)
  }

  @Test("circles of equal data and long chains end, and no artefact is lost") func circles() throws {
    var world = try CreditWorld()
    world.roles += [("a", "copy"), ("b", "copy"), ("c", "copy")]
    for name in ["a", "b", "c"] { world.contents[name] = world.contents["source"] }
    for (first, second) in [("a", "b"), ("b", "c"), ("c", "a"), ("source", "a")] {
      world.claims.append(("\(first)-\(second)", .sameDataAs(artefact: first, original: second)))
    }
    let chain = Chain(world.report)
    #expect(chain.roots.flatMap(names).sorted() == world.roles.map(\.name).sorted())
    var long = try CreditWorld()
    for index in 0..<300 {
      long.roles.append(("step-\(index)", "step"))
      long.contents["step-\(index)"] = long.contents["source"]
      long.add("filter-\(index)", .filter(FilterClaim(table: index == 0 ? "source" : "step-\(index - 1)", output: "step-\(index)", conditions: [])))
    }
    #expect(Chain(long.report).roots.flatMap(names).count == 308)
    #expect(long.report.text.split(separator: "\n").allSatisfy { $0.count < 200 })
  }

  @Test("edges of other checkers make a tree too") func otherCheckers() throws {
    let report = try verifyBundle(try ExampleBundle.credit.bundle(), with: ExampleChecker())
    let chain = Chain(report)
    #expect(chain.roots.map(\.name) == ["test", "train"] || chain.roots.flatMap(names).count == 4)
    #expect(report.text.contains("model  is trained on it [training]"))
  }
}
