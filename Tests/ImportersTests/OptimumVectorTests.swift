import Foundation
import Importers
import Programs
import Testing

/// scikit-learn's optimum on the prepared rows of an example (reference/vectors/optimum.py).
private struct Expected: Decodable {
  let weights: [Double]
  let loss: Double
  /// Length of the gradient at these weights.
  let gradient: Double
  let digest: Int
}

@Suite("Weights near an optimum beside scikit-learn's") struct OptimumVectorTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL

  @Test("scikit-learn's optimum lies within the distance and the loss gap that a claim states", arguments: [false, true])
  func distance(_ isFree: Bool) throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("Tests/Vectors/optimum.json"))
    let expected = try #require(try JSONDecoder().decode([String: Expected].self, from: data)["german-credit\(isFree ? ", free intercept" : "")"])
    let path = Self.folder.appendingPathComponent("Examples/german-credit/pipeline.yaml").path
    let pipeline = try PreparedPipeline(try LoadedPipeline.load(path: path) { _, _ in throw CancellationError() })
    var sum = 0
    for table in [pipeline.trainingTable, pipeline.testTable] {
      for column in table.columns { for value in column { sum = (sum &* 31 &+ Int(value)) % 1_000_000_007 } }
    }
    #expect(sum == expected.digest, "other rows than those of the vectors: make them anew")
    let table = pipeline.trainingTable
    let model = try #require(pipeline.model.linear)
    let architecture = model.architecture
    var settings = TrainingSettings()
    settings.proof = .optimum
    settings.intercept = isFree ? .eliminated : nil
    let place = FilePlace(file: path)
    let fitted = try OptimumFitting.fit(
      table, encoding: pipeline.encoding, target: architecture.target, task: architecture.task, settings: settings, place: place)
    let plan = try OptimumPlan(fitted.problem, architecture: fitted.model.architecture, schemas: [table.schema], rowCount: table.rowCount)
    var own: [Double] = []
    for terms in plan.coordinates {
      var sum = 0.0
      for term in terms {
        let scale = Double(sign: .plus, exponent: term.exponent, significand: 1)
        sum += Double(term.factor) * scale * Double(fitted.model.weights[term.weight])
      }
      own.append(sum)
    }
    #expect(own.count == expected.weights.count)
    var squares = 0.0
    for (one, other) in zip(own, expected.weights) { squares += (one - other) * (one - other) }
    let distance = squares.squareRoot()
    let unit = Double(sign: .plus, exponent: 64, significand: 1)
    let bound = Double(fitted.account.distance.units) / unit
    #expect((fitted.curvature != nil) == isFree)
    print("german-credit\(isFree ? ", free intercept" : ""): \(distance) from scikit-learn's optimum, the claim says at most \(bound)")
    #expect(distance <= bound + expected.gradient)
    #expect(bound < (isFree ? 1e-2 : 1e-3))
    let radius = Double(fitted.radius.numerator) / Double(fitted.radius.denominator)
    #expect(bound <= radius && radius < 1.2 * bound)
    // A radius below what can be shown is refused, as is a loss without penalty; the fit in integers of the pipeline is further away.
    settings.radius = "0.000000001"
    #expect(throws: ImportError.self) {
      try OptimumFitting.fit(
        table, encoding: pipeline.encoding, target: architecture.target, task: architecture.task, settings: settings, place: place)
    }
    settings.radius = nil
    // The fit of the pipeline penalises its intercept: of the other loss it is no optimum.
    if !isFree {
      let other = try OptimumFitting.fit(
        table, encoding: pipeline.encoding, target: architecture.target, task: architecture.task, settings: settings, model: model,
        place: place)
      #expect(other.model == model && other.account.distance > fitted.account.distance)
    }
    settings.regularisation = "0"
    #expect(throws: ImportError.self) {
      try OptimumFitting.fit(
        table, encoding: pipeline.encoding, target: architecture.target, task: architecture.task, settings: settings, place: place)
    }
  }
}
