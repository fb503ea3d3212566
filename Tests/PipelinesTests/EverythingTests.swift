import Evidence
import Foundation
import Importers
import Pipelines
import Testing

/// The examples that claim everything at once: one proof, of the size that an auditor can be sent.
@Suite("Everything at once") struct EverythingTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL

  /// Adult takes long and reads shared data: it runs where ZKMLOPS_LARGE_EXAMPLES is set.
  static var examples: [String] {
    ProcessInfo.processInfo.environment["ZKMLOPS_LARGE_EXAMPLES"] == nil ? ["german-credit"] : ["german-credit", "adult"]
  }

  @Test("the data phase, a training, metrics, fairness and slices in one proof of at most 4 MB", arguments: examples)
  func run(_ example: String) throws {
    let folder = try TemporaryFolder()
    let options = Pipeline.Options(store: folder.file("store"), output: folder.file("bundle"))
    let result = try Pipeline.run(Self.folder.appendingPathComponent("Examples/\(example)/everything.yaml").path, options: options)
    let bundle = try BundleReader.read(folder.file("bundle"))
    let clock = ContinuousClock()
    let start = clock.now
    let report = try BundleVerifier.verify(bundle)
    let verified = clock.now - start
    let size = try FileManager.default.subpathsOfDirectory(atPath: folder.file("bundle")).reduce(0) { sum, path in
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("bundle") + "/" + path)
      return attributes[.type] as? FileAttributeType == .typeRegular ? sum + (attributes[.size] as? Int ?? 0) : sum
    }
    let stages = result.stages.map { "\($0.name) \(($0.seconds * 100).rounded() / 100) s" }.joined(separator: ", ")
    print(
      "\(example), everything: \(report.claims.count) claims, \(report.manifest.proofs.count) proof, \(size / 1_024) KiB; verified in \(verified); \(stages)"
    )
    #expect(report.manifest.proofs.count <= 10 && size <= 4_000_000)
    let types = Set(report.claims.map(\.entry.type))
    for type in ["split", "fit", "transform", "statistics", "training", "inference", "confusion", "ranking"] {
      #expect(types.contains(type), "\(type)")
    }
    #expect(report.claims.filter { $0.entry.name.hasPrefix("ranking-sex-") }.count == 2)
  }
}
