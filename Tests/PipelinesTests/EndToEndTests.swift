import Evidence
import Foundation
import Hashing
import Pipelines
import Store
import Synchronization
import Testing

@Suite("Pipelines end to end") struct EndToEndTests {
  @Test("a run proves all its claims in one proof, and the bundle verifies alone, moved and as an archive") func runAndVerify() throws {
    let project = try Project()
    let result = try project.run()
    let report = try project.verify()
    #expect(report.proofs.count == 1)
    #expect(report.claims.map(\.entry.name) == ["test-well-formed", "model-well-formed", "predictions-well-formed", "inference", "accuracy"])
    #expect(
      Set(report.manifest.edges) == [
        ManifestEdge(.predictedBy, from: "predictions", to: "model"), ManifestEdge(.derivedFrom, from: "predictions", to: "test"),
        ManifestEdge(.evaluatedOn, from: "predictions", to: "test"),
      ])
    #expect(report.bundleID == result.report.bundleID)
    let elsewhere = try TemporaryFolder()
    try FileManager.default.moveItem(atPath: project.folder.file("bundle"), toPath: elsewhere.file("moved"))
    try FileManager.default.removeItem(atPath: project.folder.path)
    let bundle = try BundleReader.read(elsewhere.file("moved"))
    #expect(try BundleVerifier.verify(bundle).claims.count == 5)
    try BundleWriter.writeArchive(bundle, to: elsewhere.file("bundle.tar"))
    #expect(try BundleVerifier.verify(try BundleReader.read(elsewhere.file("bundle.tar"))).bundleID == report.bundleID)
  }

  @Test("the revealed confusion matrix is that of the predictions, with n, interval and baseline") func revealedAccuracy() throws {
    let project = try Project()
    try project.run()
    let claim = try #require(try project.verify().claim("accuracy"))
    let figures = claim.description.figures
    guard case .accuracy(let accuracy)? = figures.first, case .confusionMatrix(let matrix)? = figures.last else {
      Issue.record("no accuracy and matrix among \(figures)")
      return
    }
    #expect(accuracy.total == 16 && matrix.total == 16)
    #expect(accuracy.correct == matrix.correct)
    #expect(accuracy.interval != nil && accuracy.baseline?.count == matrix.classCounts.max())
  }

  @Test("a threshold is proved without the count, beside the class counts") func threshold() throws {
    let project = try Project(PipelineText(accuracy: "{atLeast: 0.5}"))
    try project.run()
    let report = try project.verify()
    let claim = try #require(report.claim("accuracy"))
    guard case .accuracy(let accuracy)? = claim.description.figures.first else {
      Issue.record("no accuracy")
      return
    }
    #expect(accuracy.extent == .atLeast && accuracy.correct == 8 && accuracy.total == 16)
    #expect(accuracy.baseline?.total == 16)
    let hidden = try Project(PipelineText(accuracy: "{atLeast: 0.5}, classCounts: hidden"))
    try hidden.run()
    let other = try hidden.verify()
    guard case .accuracy(let alone)? = other.claim("accuracy")?.description.figures.first else {
      Issue.record("no accuracy without class counts")
      return
    }
    #expect(other.claim("class-counts") == nil && alone.baseline == nil)
    #expect(other.text.contains("Majority-class baseline: not known, since no claim of this bundle publishes the class"))
    #expect(report.claim("class-counts")?.entry.type == "classCounts")
  }

  @Test("predictions can be published, with and without accuracy") func publishedPredictions() throws {
    let project = try Project(PipelineText(accuracy: "none", predictions: "public"))
    try project.run()
    let report = try project.verify()
    #expect(report.manifest.artefacts.map(\.name) == ["test", "model"])
    let values = try #require(report.claim("published-predictions")?.description.discloses.first { $0.field == "prediction" })
    #expect(values.extent == .exact && values.value.split(separator: ", ").count == 16)
    let both = try Project(PipelineText(predictions: "public"))
    try both.run()
    #expect(try both.verify().claims.count == 6)
  }

  @Test("a numeric target gets no accuracy claim") func regression() throws {
    let project = try Project(PipelineText(target: "income", accuracy: "none"))
    try project.run()
    let report = try project.verify()
    #expect(report.claim("accuracy") == nil && report.claim("inference") != nil)
  }

  @Test("the smaller profile proves and verifies, under its own name") func smallProfile() throws {
    let project = try Project()
    var options = project.options()
    options.profile = try #require(PublicProof.profile(named: "P100"))
    _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options)
    let report = try project.verify()
    #expect(report.manifest.profile == "P100")
    #expect(report.proofs.allSatisfy { (100..<128).contains($0.summary.soundnessBits) })
  }

  @Test("imported coefficients are proved like fitted ones") func importedModel() throws {
    let project = try Project(PipelineText(extra: "model: {import: weights.csv}"))
    let weights = ["feature,yes", "income,0.002", "job = clerk,0.1", "job = farmer,0", "job = nurse,-0.1", "age,0", "(intercept),-5.2"]
    try project.folder.write(weights.joined(separator: "\n") + "\n", to: "weights.csv")
    let result = try project.run()
    #expect(result.stages.contains { $0.outcome.contains("imported coefficients") })
    #expect(try project.verify().claims.count == 5)
  }

  @Test("a second run uses the same commitments and takes one opening more of each") func secondRun() throws {
    let project = try Project()
    let first = try project.run("one")
    let second = try project.run("two")
    #expect(first.report.manifest.artefacts.map(\.identity) == second.report.manifest.artefacts.map(\.identity))
    #expect(first.report.manifest.proofs.map(\.digest) != second.report.manifest.proofs.map(\.digest))
    for (before, after) in zip(first.spendings, second.spendings) { #expect(after.before.left < before.before.left) }
    #expect(try project.verify("one").claims.count == project.verify("two").claims.count)
  }

  @Test("what is revealed and spent is said before the proof is made") func announcements() throws {
    let project = try Project()
    let log = Mutex<[String]>([])
    try project.run { event in
      switch event {
      case .began(let name): log.withLock { $0.append(name) }
      case .willReveal(let plan): log.withLock { $0.append("reveal \(plan.count)") }
      case .willSpend(let plan): log.withLock { $0.append("spend \(plan.count)") }
      case .ended, .note, .warning: break
      }
    }
    let events = log.withLock { $0 }
    let reveal = try #require(events.firstIndex(of: "reveal 5"))
    let spend = try #require(events.firstIndex(of: "spend 1"))
    let prove = try #require(events.firstIndex(of: "prove"))
    #expect(reveal < prove && spend < prove)
  }

  @Test("the store's ledger has every value that proofs told") func ledger() throws {
    let project = try Project()
    try project.run()
    let inspection = try StoreInspection(path: project.store)
    let test = try #require(inspection.artefacts.first { $0.record.name.hasSuffix(".test") })
    #expect(test.revealed.contains { $0.claim == "accuracy" && $0.label == "confusion matrix" })
    #expect(test.openings.left == test.openings.all - 1)
    #expect(inspection.runCount == 1)
  }
}
