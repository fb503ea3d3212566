import Foundation
import Testing

/// The exit codes that scripts rely on, of the programs as they are built: 0 verified, 1 does not hold, 2 cannot be done.
@Suite("Exit codes", .serialized) struct ExitCodeTests {
  let zkmlops: BuiltProgram
  let verifier: BuiltProgram

  init() throws {
    zkmlops = try .zkmlops()
    verifier = try .verifier()
  }

  // MARK: 0

  @Test("init, run and verify end with 0; both programs print JSON for programs") func verified() throws {
    let project = try SampleProject()
    let written = try zkmlops.run(["init", "data.csv", "--target", "approved", "--out", "made"], in: project.path)
    #expect(written.status == 0 && written.errors.isEmpty)
    let run = try project.run(zkmlops, "bundle", "--json")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(try !run.json().isEmpty)
    for program in [zkmlops, verifier] {
      let text = try program.run(["verify", "bundle"], in: project.path)
      #expect(text.status == 0 && text.errors.isEmpty && !text.output.isEmpty)
      let report = try program.run(["verify", "bundle", "--json"], in: project.path)
      #expect(report.status == 0 && report.errors.isEmpty)
      let json = try report.json()
      #expect(json["verified"] as? Bool == true && (json["claims"] as? [Any])?.count == 5)
      let inspection = try program.run(["inspect", "bundle", "--json"], in: project.path)
      #expect(try inspection.status == 0 && !inspection.json().isEmpty)
      #expect(try program.run(["report", "bundle", "--out", "report.html"], in: project.path).status == 0)
      #expect(try program.run(["--help"]).status == 0)
    }
    // Without a command, the verifier verifies.
    #expect(try verifier.run(["bundle"], in: project.path).status == 0)
    #expect(try zkmlops.run(["--version"]).status == 0)
    let store = try zkmlops.run(["inspect", "store", "--json"], in: project.path)
    #expect(try store.status == 0 && (store.json()["artefacts"] as? [Any])?.count == 3)
    #expect(try zkmlops.run(["store", "check", "--store", "store"], in: project.path).status == 0)
  }

  @Test("commit, prove, infer, refresh, doctor and inspect print JSON alone with --json") func jsonOutput() throws {
    let project = try SampleProject(openings: 5)
    try #require(try project.run(zkmlops).status == 0)
    try project.write("version: 1\nclaims: [{name: whole, type: wellFormed, artefact: table}]\n", to: "claim.yaml")
    let stored = try zkmlops.run(["inspect", "store", "--json"], in: project.path).json()["artefacts"] as? [[String: Any]]
    let model = try #require(stored?.compactMap { $0["name"] as? String }.first { $0.hasSuffix(".model") })
    let proof = try #require(project.files("bundle").first { $0.hasSuffix(".zkp") })
    for arguments in [
      ["commit", "data.csv", "--schema", "schema.yaml", "--name", "table", "--openings", "2", "--store", "store"],
      ["prove", "claim.yaml", "--out", "claim", "--store", "store"],
      ["infer", "--model", model, "--row", "income=2000,job=nurse", "--out", "answer", "--store", "store"],
      ["refresh", "table", "--out", "refreshed", "--store", "store"], ["doctor", "--store", "store"], ["inspect", "bundle/\(proof)"],
    ] {
      let outcome = try zkmlops.run(arguments + ["--json"], in: project.path)
      #expect(outcome.exited && outcome.status == 0 && outcome.errors.isEmpty, "\(arguments): \(outcome)")
      _ = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    }
    for bundle in ["claim", "answer", "refreshed"] { #expect(try verifier.run([bundle], in: project.path).status == 0) }
  }

  @Test("paths of one letter, with and without a slash") func shortPaths() throws {
    let project = try SampleProject()
    try FileManager.default.copyItem(atPath: project.path + "/pipeline.yaml", toPath: project.path + "/p")
    for arguments in [
      ["init", "data.csv", "--target", "approved", "--out", "d"], ["run", "p", "--out", "b", "--store", "s"],
      ["run", "p", "--out", "b/", "--store", "s/"],
      ["verify", "b"], ["report", "b", "--out", "r"], ["inspect", "s"], ["store", "check", "--store", "s"],
    ] {
      let outcome = try zkmlops.run(arguments, in: project.path)
      #expect(outcome.exited && outcome.status == 0, "\(arguments): \(outcome)")
    }
    #expect(project.names == ["b", "d", "data.csv", "p", "pipeline.yaml", "r", "s", "schema.yaml"])
  }

  @Test("output that cannot be written ends with 2, an unwritable error output changes nothing") func fullOutput() throws {
    let project = try SampleProject()
    func redirecting(_ redirection: String) -> [String] { ["/bin/sh", "-c", "exec \"$@\" \(redirection)", "sh"] }
    let run = try zkmlops.run(project.arguments(), in: project.path, wrapper: redirecting("2>/dev/full"))
    #expect(run.exited && run.status == 0)
    for program in [zkmlops, verifier] {
      for arguments in [["verify", "bundle"], ["verify", "bundle", "--json"], ["inspect", "bundle"]] {
        let outcome = try program.run(arguments, in: project.path, wrapper: redirecting(">/dev/full"))
        #expect(outcome.exited && outcome.status == 2 && outcome.errors.contains("cannot be written"), "\(outcome)")
      }
      let missing = try program.run(["verify", "absent"], in: project.path, wrapper: redirecting("2>/dev/full"))
      #expect(missing.exited && missing.status == 2)
      // No standard error at all.
      #expect(try program.run(["verify", "absent"], in: project.path, wrapper: redirecting("2>&-")).status == 2)
    }
  }

  // MARK: 4

  @Test("a policy: 0 when all is met, 4 when not, 2 when it is none; estimate makes nothing") func policy() throws {
    let project = try SampleProject()
    let estimate = try zkmlops.run(["estimate", "pipeline.yaml", "--calibration", "0.1", "--json"], in: project.path)
    #expect(try estimate.status == 0 && estimate.errors.isEmpty && (estimate.json()["proofs"] as? [Any])?.count == 1)
    #expect(project.names == SampleProject.initialNames)
    #expect(try zkmlops.run(["estimate", "pipeline.yaml", "--calibration", "0"], in: project.path).status == 2)
    try #require(try project.run(zkmlops).status == 0)
    func write(_ requirement: String) throws {
      try project.write("version: 1\nname: x\nrequirements:\n  - require: \(requirement)\n", to: "policy.yaml")
    }
    for program in [zkmlops, verifier] {
      let verify = ["verify", "bundle", "--policy", "policy.yaml"]
      try write("inference\n    model: model\n    input: testSet")
      let met = try program.run(verify, in: project.path)
      #expect(met.status == 0 && met.errors.isEmpty && met.output.contains("1 met"), "\(met)")
      for open in ["soundness\n    bits: 900", "lineage", "claim\n    type: magic\n    about: model"] {
        try write(open)
        let outcome = try program.run(verify, in: project.path)
        #expect(outcome.status == 4 && outcome.isClearError && !outcome.output.isEmpty, "\(outcome)")
        let json = try program.run(verify + ["--json"], in: project.path)
        #expect(try json.status == 4 && (json.json()["requirements"] as? [Any])?.count == 1)
        #expect(try program.run(["report", "bundle", "--policy", "policy.yaml", "--out", "report.html"], in: project.path).status == 0)
      }
      try write("magic")
      let none = try program.run(verify, in: project.path)
      #expect(none.status == 2 && none.isClearError && none.errors.contains("line 4") && none.output.isEmpty, "\(none)")
      #expect(try program.run(["verify", "bundle", "--policy", "absent"], in: project.path).status == 2)
    }
  }

  // MARK: 1

  @Test("a bundle in which anything is changed ends with 1") func tampered() throws {
    let project = try SampleProject()
    try #require(try project.run(zkmlops).status == 0)
    let bundle = project.path + "/bundle"
    let proof = try #require(project.files("bundle").first { $0.hasSuffix(".zkp") })
    let changes: [(String, (inout Data) -> Void)] = [
      (proof, { $0[$0.count / 2] ^= 1 }), (proof, { $0.removeLast() }), (proof, { $0.append(0) }), (proof, { $0 = Data() }),
      ("claims/accuracy.json", { $0[$0.count / 2] ^= 1 }), ("claims/inference.json", { $0.append(0x20) }),
      ("manifest.json", { $0[$0.count / 2] ^= 1 }), ("manifest.json", { $0 = Data("{".utf8) }), ("manifest.json", { $0 = Data() }),
      ("manifest.json", { $0 = Data(String(repeating: "[", count: 100_000).utf8) }),
    ]
    for (name, change) in changes {
      let url = URL(fileURLWithPath: bundle + "/" + name)
      let honest = try Data(contentsOf: url)
      var data = honest
      change(&data)
      try data.write(to: url)
      try expectRejected("bundle", project, name)
      try honest.write(to: url)
    }
    try FileManager.default.removeItem(atPath: bundle + "/claims/accuracy.json")
    try expectRejected("bundle", project, "a claim is missing")
    try FileManager.default.createSymbolicLink(atPath: bundle + "/claims/accuracy.json", withDestinationPath: "/dev/zero")
    try expectRejected("bundle", project, "a claim is a link to an endless device")
    try project.write("no archive", to: "broken.tar")
    try expectRejected("broken.tar", project, "no archive")
    try FileManager.default.createDirectory(atPath: project.path + "/empty", withIntermediateDirectories: true)
    #expect(try verifier.run(["verify", "empty"], in: project.path).status != 0)
  }

  private func expectRejected(_ bundle: String, _ project: SampleProject, _ what: String) throws {
    for program in [zkmlops, verifier] {
      let outcome = try program.run(["verify", bundle], in: project.path)
      #expect(outcome.exited && outcome.status == 1, "\(what): \(outcome)")
      #expect(outcome.isClearError && outcome.output.isEmpty, "\(what): \(outcome)")
    }
    let report = try verifier.run(["report", bundle, "--out", "report.html"], in: project.path)
    #expect(report.status == 1 && !project.names.contains("report.html"), "\(what): no report")
  }

  // MARK: 2

  @Test("wrong usage ends with 2") func usage() throws {
    let cases: [(BuiltProgram, [String])] = [
      (zkmlops, ["frobnicate"]), (zkmlops, ["run"]), (zkmlops, ["run", "a", "b"]), (zkmlops, ["verify", "--frob", "x"]),
      (zkmlops, ["init", "data.csv"]), (zkmlops, ["commit", "x.csv", "--schema", "s", "--openings", "0"]),
      (zkmlops, ["run", "p", "--profile", "p64"]), (zkmlops, ["bench", "nothing"]), (verifier, ["--frob", "x"]), (verifier, ["verify"]),
      (verifier, ["report", "a", "b"]),
    ]
    for (program, arguments) in cases {
      let outcome = try program.run(arguments)
      #expect(outcome.exited && outcome.status == 2, "\(arguments): \(outcome)")
      #expect(!outcome.errors.isEmpty && outcome.output.isEmpty, "\(arguments)")
    }
  }

  @Test("missing files end with 2") func missing() throws {
    let project = try SampleProject()
    for arguments in [
      ["run", "absent.yaml"], ["verify", "absent"], ["inspect", "absent"], ["report", "absent"], ["init", "absent.csv", "--target", "y"],
      ["commit", "absent.csv", "--schema", "schema.yaml"], ["prove", "absent.yaml"], ["infer", "--model", "m", "--row", "absent.csv"],
      ["store", "check", "--store", "absent"],
    ] {
      let outcome = try zkmlops.run(arguments, in: project.path)
      #expect(outcome.exited && outcome.status == 2 && !outcome.errors.isEmpty, "\(arguments): \(outcome)")
    }
    for arguments in [["absent"], ["verify", "absent"], ["inspect", "absent"], ["report", "absent"]] {
      let outcome = try verifier.run(arguments, in: project.path)
      #expect(outcome.exited && outcome.status == 2 && !outcome.errors.isEmpty, "\(arguments): \(outcome)")
    }
    #expect(!project.names.contains("bundle"))
  }

  @Test("malformed input ends with 2 and leaves nothing") func malformed() throws {
    let header = "income,job,approved\n"
    let cases: [(String, String)] = [
      ("data.csv", header + "1,clerk\n"), ("data.csv", header + "x,clerk,yes\n"), ("data.csv", header + "10000,clerk,yes\n"),
      ("data.csv", header + "1,pilot,yes\n"), ("data.csv", ""), ("data.csv", header), ("data.csv", header + "1,\"clerk,yes\n"),
      ("data.csv", header + String(repeating: "9", count: 1_000_000) + ",clerk,yes\n"),
      ("schema.yaml", "version: 1\ncolumns: []\ncolour: red\n"), ("schema.yaml", "version: 1\nversion: 1\ncolumns: []\n"),
      ("schema.yaml", "version: &a 1\ncolumns: *a\n"), ("schema.yaml", "version: !!int 1\ncolumns: []\n"), ("schema.yaml", "{"),
      ("pipeline.yaml", "version: 2\n"), ("pipeline.yaml", "\u{0}"),
    ]
    for (name, text) in cases {
      let project = try SampleProject()
      try project.write(text, to: name)
      let outcome = try project.run(zkmlops)
      #expect(outcome.exited && outcome.status == 2, "\(name): \(outcome.errors)")
      #expect(outcome.isClearError, "\(name): \(outcome.errors.prefix(300))")
      #expect(outcome.errors.contains(name), "the place is named: \(outcome.errors.prefix(300))")
      #expect(project.names == SampleProject.initialNames)
    }
    let project = try SampleProject()
    try Data(header.utf8 + [0x31, 0x2c, 0xff, 0xfe, 0x2c, 0x79, 0x0a]).write(to: URL(fileURLWithPath: project.path + "/data.csv"))
    let outcome = try project.run(zkmlops)
    #expect(outcome.status == 2 && outcome.isClearError && project.names == SampleProject.initialNames)
  }

  @Test("a spent budget ends with 2, and the bundle of before stays") func spentBudget() throws {
    let project = try SampleProject(openings: 1)
    var last = try project.run(zkmlops)
    #expect(last.status == 0)
    for turn in 0..<20 where last.status == 0 { last = try project.run(zkmlops, "more-\(turn)") }
    #expect(last.exited && last.status == 2 && last.errors.contains("refresh"), "\(last.errors)")
    let names = project.names
    let again = try project.run(zkmlops, "another")
    #expect(again.status == 2 && again.isClearError && project.names == names)
    #expect(try project.run(zkmlops, "bundle").status == 2)
    #expect(try verifier.run(["bundle"], in: project.path).status == 0)
  }

  @Test("a claim that does not hold ends with 2 and spends nothing") func falseClaim() throws {
    let project = try SampleProject(pipeline: "claims: {accuracy: {atLeast: 1.0}}")
    let outcome = try project.run(zkmlops)
    #expect(outcome.exited && outcome.status == 2 && !project.names.contains("bundle"), "\(outcome)")
  }
}
