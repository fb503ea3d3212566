import Foundation
import Testing

/// One answer for one person, through the programs as they are built.
@Suite("Receipts", .serialized) struct ReceiptTests {
  let zkmlops: BuiltProgram
  let verifier: BuiltProgram

  init() throws {
    zkmlops = try .zkmlops()
    verifier = try .verifier()
  }

  private func project() throws -> SampleProject {
    let project = try SampleProject()
    try project.write(
      "version: 1\ndata: data.csv\nschema: schema.yaml\ntarget: approved\nsplit: {test: 0.4, method: random}\nprepare: auto\nopenings: 8\n",
      to: "pipeline.yaml")
    return project
  }

  @Test("a row as it was measured is answered, the receipt verifies, and --audited ties it to its run alone") func whole() throws {
    let project = try project()
    try #require(try project.run(zkmlops).status == 0)
    let arguments = ["infer", "--bundle", "bundle", "--row", "income=2000,job=nurse", "--store", "store"]
    let answer = try zkmlops.run(arguments + ["--out", "answer"], in: project.path)
    #expect(answer.status == 0 && answer.output.contains("income 2000; job nurse"), "\(answer.errors)")
    let hidden = try zkmlops.run(arguments + ["--out", "hidden", "--hide-row", "--json"], in: project.path)
    #expect(hidden.status == 0 && !hidden.output.contains("job nurse"))
    _ = try hidden.json()
    for receipt in ["answer", "hidden"] {
      let verified = try verifier.run([receipt, "--audited", "bundle"], in: project.path)
      #expect(verified.status == 0 && verified.output.contains("published prediction") && verified.output.contains("1 met"))
    }
    // Another run of the same pipeline with a store of its own: another commitment to another model.
    let other = try zkmlops.run(["run", "pipeline.yaml", "--out", "other", "--store", "other-store"], in: project.path)
    #expect(other.status == 0)
    let foreign = try verifier.run(["answer", "--audited", "other"], in: project.path)
    #expect(foreign.status == 4 && foreign.output.contains("not met"))
    #expect(try verifier.run(["answer", "--audited", "nothing"], in: project.path).status == 2)
    let strange = try zkmlops.run(
      ["infer", "--bundle", "other", "--row", "income=2000,job=nurse", "--store", "store", "--out", "strange"], in: project.path)
    #expect(strange.status == 2 && strange.errors.contains("does not have"))
  }

  @Test("what `infer` cannot answer ends with 2 and a remedy") func refusals() throws {
    let project = try project()
    try #require(try project.run(zkmlops).status == 0)
    for (arguments, words) in [
      (["--row", "income=2000"], "--bundle"), (["--model", "x", "--hide-row", "--row", "income=2000"], "--hide-row"),
      (["--bundle", "bundle", "--row", "income=2000"], "job"), (["--bundle", "bundle", "--row", "income=2000,job=pilot"], "pilot"),
      (["--bundle", "bundle", "--row", "income=99999,job=nurse"], "income"), (["--bundle", "absent", "--row", "income=1,job=nurse"], "absent"),
    ] {
      let outcome = try zkmlops.run(["infer", "--store", "store", "--out", "answer"] + arguments, in: project.path)
      #expect(outcome.status == 2 && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
    }
    #expect(!project.names.contains("answer"))
  }

  @Test("the claim file of the german-credit example is proved after its pipeline") func example() throws {
    let folder = try SampleProject()
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    let example = root + "/Examples/german-credit/"
    try #require(try zkmlops.run(["run", example + "pipeline.yaml", "--out", "bundle", "--store", "store"], in: folder.path).status == 0)
    let proved = try zkmlops.run(["prove", example + "claims.yaml", "--out", "more", "--store", "store"], in: folder.path)
    #expect(proved.status == 0, "\(proved.errors)")
    let verified = try verifier.run(["more"], in: folder.path)
    #expect(verified.status == 0 && verified.output.contains("demographic"))
  }
}
