import Foundation
import Testing

/// Places where nothing can be written: one clear error, exit 2, and nothing half-written.
@Suite("Full disks and closed folders", .serialized) struct FullDiskTests {
  let zkmlops: BuiltProgram

  init() throws { zkmlops = try .zkmlops() }

  private func expectNothing(_ outcome: BuiltProgram.Outcome, _ project: SampleProject, _ what: String) {
    #expect(outcome.exited && outcome.status == 2, "\(what): \(outcome)")
    #expect(outcome.errors.contains("error: ") && !outcome.errors.contains("Fatal"), "\(what): \(outcome.errors)")
    #expect(project.names.filter { $0 != "store" && $0 != "small" } == SampleProject.initialNames, "\(what): \(project.names)")
  }

  @Test("files that may not grow, as on a full disk, at many limits") func fileLimit() throws {
    // In blocks of 512 bytes: too little for a secret, for the database, and last for the proof alone.
    for limit in [0, 8, 64, 256, 640] {
      let project = try SampleProject(openings: 1)
      let outcome = try zkmlops.run(project.arguments(), in: project.path, fileLimit: limit)
      if outcome.status == 0, limit == 640 {
        // The largest file, the proof, fits: then it must be whole.
        #expect(try zkmlops.run(["verify", "bundle"], in: project.path).status == 0)
        continue
      }
      if limit > 0 { expectNothing(outcome, project, "\(limit) blocks") } else { #expect(outcome.status != 0 && !project.names.contains("bundle")) }
      // Once there is room, the same store and command go through.
      let again = try project.run(zkmlops)
      if again.status == 0 {
        #expect(try zkmlops.run(["verify", "bundle"], in: project.path).status == 0)
      } else {
        // The one opening may have been reserved by the run that failed.
        #expect(again.exited && again.status == 2 && again.errors.contains("refresh"), "\(again)")
      }
    }
  }

  @Test("a report and a bundle that find no room leave the old ones") func replacing() throws {
    let project = try SampleProject()
    try #require(try project.run(zkmlops).status == 0)
    try project.write("old", to: "report.html")
    let before = project.names
    let report = try zkmlops.run(["report", "bundle", "--out", "report.html"], in: project.path, fileLimit: 4)
    #expect(report.exited && report.status == 2 && report.isClearError, "\(report)")
    #expect(FileManager.default.contents(atPath: project.path + "/report.html") == Data("old".utf8))
    let run = try zkmlops.run(project.arguments(), in: project.path, fileLimit: 400)
    #expect(run.exited && run.status == 2, "\(run)")
    #expect(project.names == before, "\(project.names)")
    #expect(try zkmlops.run(["verify", "bundle"], in: project.path).status == 0)
  }

  @Test("a file system without room") func smallFileSystem() throws {
    let project = try SampleProject(openings: 1)
    let small = project.path + "/small"
    try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
    func mount(_ size: String) throws -> Bool { try Self.call("/bin/mount", ["-t", "tmpfs", "-o", "size=\(size)", "none", small]) == 0 }
    guard try mount("200k") else {
      print("SKIPPED: no file system may be mounted here; the limit on files stands in for it")
      return
    }
    defer { _ = try? Self.call("/bin/umount", [small]) }
    let bundle = try zkmlops.run(project.arguments("small/bundle"), in: project.path)
    expectNothing(bundle, project, "the bundle")
    #expect(project.files("small").isEmpty)
    #expect(try Self.call("/bin/umount", [small]) == 0)
    // Room for the database's first pages, for it and a secret, and for some more.
    for size in ["8k", "64k", "128k"] {
      try #require(try mount(size))
      let store = try zkmlops.run(["run", "pipeline.yaml", "--out", "bundle", "--store", "small/store"], in: project.path)
      expectNothing(store, project, "the store in \(size)")
      #expect(project.files("small/store/secrets").allSatisfy { $0.hasSuffix(".secret") })
      #expect(try Self.call("/bin/umount", [small]) == 0)
    }
    #expect(try Self.call("/bin/mount", ["-t", "tmpfs", "-o", "size=1M", "none", small]) == 0)
  }

  @Test("a folder that may not be written") func unwritable() throws {
    let project = try SampleProject()
    let closed = project.path + "/small"
    try FileManager.default.createDirectory(atPath: closed, withIntermediateDirectories: true)
    #expect(chmod(closed, 0o555) == 0 && chmod(project.path, 0o777) == 0)
    defer { chmod(closed, 0o755) }
    // The superuser may write everywhere: be somebody else.
    var wrapper: [String] = []
    if geteuid() == 0 { wrapper = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] }
    guard wrapper.first.map(FileManager.default.isExecutableFile) ?? true, try zkmlops.run(["--version"], wrapper: wrapper).status == 0 else {
      print("SKIPPED: nobody else may run the program here")
      return
    }
    for arguments in [
      project.arguments("small/bundle"), ["run", "pipeline.yaml", "--out", "bundle", "--store", "small/store"],
      ["init", "data.csv", "--target", "approved", "--out", "small"],
      ["commit", "data.csv", "--schema", "schema.yaml", "--store", "small/store"],
    ] {
      let outcome = try zkmlops.run(arguments, in: project.path, wrapper: wrapper)
      expectNothing(outcome, project, arguments.joined(separator: " "))
      #expect(project.files("small").isEmpty)
    }
  }

  private static func call(_ program: String, _ arguments: [String]) throws -> Int32 {
    guard FileManager.default.isExecutableFile(atPath: program) else { return -1 }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
