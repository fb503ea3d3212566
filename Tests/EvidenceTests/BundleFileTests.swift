import Evidence
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Bundles on disk")
struct BundleFileTests {
  private let directory: TemporaryDirectory
  private let bundle: EvidenceBundle
  private var path: String { directory.path + "/out" }

  init() throws {
    directory = try TemporaryDirectory()
    bundle = try ExampleBundle.credit.bundle()
  }

  @Test("a bundle is read back from directory, archive, and archive of a directory")
  func roundTrip() throws {
    try BundleWriter.write(bundle, to: path, report: "<p>")
    let read = try BundleReader.read(path)
    #expect(read.files == bundle.files)
    #expect(read.manifest == bundle.manifest && read.claims == bundle.claims && read.proofs == bundle.proofs)
    #expect(read.hasReport && !bundle.hasReport)
    #expect(read.byteCount == bundle.files.values.reduce(0) { $0 + $1.count })
    try BundleWriter.writeArchive(bundle, to: path + ".tar")
    #expect(try BundleReader.read(path + ".tar").files == bundle.files)
    var below: [String: [UInt8]] = [:]
    for (name, bytes) in bundle.files { below["credit/" + name] = bytes }
    try directory.write(TarArchive.write(below), to: "below.tar")
    #expect(try BundleReader.read(directory.path + "/below.tar").files == bundle.files)
    below["other/x"] = []
    try directory.write(TarArchive.write(below), to: "below.tar")
    #expect(throws: BundleError.missingFile(name: "manifest.json")) { try BundleReader.read(directory.path + "/below.tar") }
    #expect(symlink(path, directory.path + "/link") == 0)
    #expect(try BundleReader.read(directory.path + "/link").files == bundle.files)
    #expect(directory.names == ["below.tar", "link", "out", "out.tar"])
  }

  @Test("every file must be named by the manifest and be there")
  func names() throws {
    for name in ["claims/extra.json", "proofs/extra.zkp", "extra", "claims/accuracy.json~", "claims.jsonl"] {
      #expect(throws: BundleError.unexpectedFile(name: name)) { try EvidenceBundle(files: bundle.files.merging([name: []]) { $1 }) }
    }
    for name in bundle.files.keys {
      var files = bundle.files
      files[name] = nil
      #expect(throws: BundleError.missingFile(name: name)) { try EvidenceBundle(files: files) }
      files[name] = (bundle.files[name] ?? []) + [0x20]
      if name != "manifest.json" { #expect(throws: BundleError.digest(file: name)) { try EvidenceBundle(files: files) } }
    }
  }

  @Test("links, pipes, foreign folders and names are refused", .timeLimit(.minutes(1)))
  func hostileDirectories() throws {
    func refuses(_ error: BundleError, _ change: () throws -> Void) throws {
      try? FileManager.default.removeItem(atPath: path)
      try BundleWriter.write(bundle, to: path)
      try change()
      #expect(throws: error) { try BundleReader.read(path) }
    }
    try refuses(.notARegularFile(name: "claims/accuracy.json")) {
      unlink(path + "/claims/accuracy.json")
      #expect(symlink("/etc/hostname", path + "/claims/accuracy.json") == 0)
    }
    try refuses(.notARegularFile(name: "manifest.json")) {
      unlink(path + "/manifest.json")
      #expect(mkfifo(path + "/manifest.json", 0o644) == 0)
    }
    try refuses(.notARegularFile(name: "proofs")) {
      try FileManager.default.removeItem(atPath: path + "/proofs")
      #expect(symlink("/dev", path + "/proofs") == 0)
    }
    try refuses(.unexpectedFile(name: "other")) { #expect(mkdir(path + "/other", 0o755) == 0) }
    try refuses(.unexpectedFile(name: "claims/deeper")) { #expect(mkdir(path + "/claims/deeper", 0o755) == 0) }
    try refuses(.unexpectedFile(name: "proofs/K")) { try directory.write([], to: "out/proofs/\u{212a}") }
    try refuses(.unexpectedFile(name: ".hidden")) { try directory.write([], to: "out/.hidden") }
    try refuses(.tooManyFiles(limit: 10_000)) {
      for index in 0..<10_001 { close(open(path + "/claims/\(index).json", O_CREAT | O_WRONLY, 0o644)) }
    }
    try refuses(.tooLarge(name: "proofs/x.zkp", limit: 64 << 20)) {
      try directory.write([], to: "out/proofs/x.zkp")
      #expect(truncate(path + "/proofs/x.zkp", 1 << 40) == 0)
    }
  }

  @Test("what is not there or no bundle ends with exit code 2, what is spoiled with 1")
  func exitCodes() throws {
    #expect(throws: BundleError.unreadable(path: path, code: ENOENT)) { try BundleReader.read(path) }
    #expect(throws: BundleError.notABundle(path: "/dev/null")) { try BundleReader.read("/dev/null") }
    #expect(mkfifo(path, 0o644) == 0)
    #expect(throws: BundleError.notABundle(path: path)) { try BundleReader.read(path) }
    #expect(BundleError.notABundle(path: path).exitCode == .cannotDo && BundleError.unreadable(path: path, code: 2).exitCode == .cannotDo)
    #expect(BundleError.manifestNotCanonical.exitCode.rawValue == 1)
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
  }

  @Test("JSON of a bundle is bounded in total")
  func totalJSON() throws {
    let limit = bundle.manifest.json.canonicalBytes.count
    let limits = BundleLimits(totalJSONByteCount: limit)
    #expect(throws: BundleError.tooLarge(name: "claims/test-well-formed.json", limit: limit)) {
      try EvidenceBundle(files: bundle.files, limits: limits)
    }
    #expect(throws: BundleError.tooManyFiles(limit: 3)) { try EvidenceBundle(files: bundle.files, limits: BundleLimits(fileCount: 3)) }
    #expect(throws: BundleError.json(file: "manifest.json", JSONError(.tooLarge(limit: 10), at: 10))) {
      try EvidenceBundle(files: bundle.files, limits: BundleLimits(jsonByteCount: 10))
    }
  }

  @Test("claim files of another shape or type are refused")
  func claimFiles() throws {
    #expect(throws: BundleError.claimType(claim: "accuracy")) {
      var manifest = bundle.manifest
      manifest.claims[5].type = "precision"
      var files = bundle.files
      files["manifest.json"] = manifest.json.canonicalBytes
      _ = try EvidenceBundle(files: files)
    }
  }

  @Test("a bundle or an empty directory is replaced, anything else is left alone")
  func replacing() throws {
    try BundleWriter.write(bundle, to: path)
    var other = ExampleBundle.credit
    other.profile = "P100"
    let second = try other.bundle()
    try BundleWriter.write(second, to: path + "/")
    #expect(try BundleReader.read(path).manifest.profile == "P100")
    #expect(directory.names == ["out"])

    #expect(mkdir(directory.path + "/empty", 0o755) == 0)
    try BundleWriter.write(bundle, to: directory.path + "/empty")
    #expect(try BundleReader.read(directory.path + "/empty").manifest == bundle.manifest)

    try directory.write([1], to: "out/notes.txt")
    #expect(throws: BundleWriteError.destinationNotABundle(path: path)) { try BundleWriter.write(bundle, to: path) }
    #expect(FileManager.default.contents(atPath: path + "/notes.txt") == Data([1]))
    try directory.write([2], to: "file")
    #expect(symlink("empty", directory.path + "/link") == 0)
    for name in ["file", "link"] {
      #expect(throws: BundleWriteError.destinationNotABundle(path: directory.path + "/" + name)) {
        try BundleWriter.write(bundle, to: directory.path + "/" + name)
      }
    }
    #expect(throws: BundleWriteError.destinationNotABundle(path: path)) { try BundleWriter.writeArchive(bundle, to: path) }
    #expect(directory.names == ["empty", "file", "link", "out"])
  }

  @Test("a failed write leaves nothing behind and is exit code 2")
  func failedWrites() throws {
    #expect {
      try BundleWriter.write(bundle, to: "/proc/x")
    } throws: { error in
      guard case .system(operation: "create", let path, _) = error as? BundleWriteError else { return false }
      return path.hasPrefix("/proc/.x.new-")
    }
    #expect(throws: BundleWriteError.self) { try BundleWriter.write(bundle, to: directory.path + "/missing/out") }
    #expect(throws: BundleWriteError.self) { try BundleWriter.write(bundle, to: "/") }
    #expect(throws: BundleWriteError.self) { try BundleWriter.write(bundle, to: "") }
    #expect(throws: BundleWriteError.self) { try BundleWriter.writeFile([1], to: directory.path + "/missing/report.html") }
    #expect(directory.names.isEmpty)
    #expect(BundleWriteError.destinationNotABundle(path: "").exitCode.rawValue == 2)
  }

  /// `/dev/full` refuses every byte; a file-size limit would stop the whole test process.
  @Test("single files are written whole or not at all")
  func singleFiles() throws {
    try BundleWriter.writeFile([1, 2, 3], to: directory.path + "/a")
    try BundleWriter.writeFile([4], to: directory.path + "/a")
    #expect(FileManager.default.contents(atPath: directory.path + "/a") == Data([4]))
    #expect(throws: BundleWriteError.destinationNotABundle(path: "/dev/full")) { try BundleWriter.writeFile([1], to: "/dev/full") }
    #expect(directory.names == ["a"])
  }
}
