import Foundation
import Testing

import ModelImport
import Programs

@Suite("Rows of committed networks")
struct NetworkRowsTests {
  private func network() throws -> NetworkModel {
    let rows = ModelRows(["x": try #require(ModelRows.Array(dimensions: [2, 3], numbers: [1, 2, -1, 0.5, -0.25, 4]))])
    return try ModelImporter(bytes: try Sample.bytes(Sample.dense())).importModel(rows: rows).network
  }

  @Test("rows of an archive or a table become integers of the inputs, and the network answers as the float model")
  func answers() throws {
    let network = try network()
    let rows = ModelRows(["x": try #require(ModelRows.Array(dimensions: [2, 3], numbers: [1, 2, -1, 0, 0, 0]))])
    let (count, inputs) = try rows.integers(for: network.architecture)
    #expect(count == 2)
    let outputs = try network.run(rows: count, inputs: inputs)
    let output = try #require(network.architecture.outputs.first)
    let numbers = try #require(outputs[output.name]).map { Double($0) * output.unit.real }
    // x·W + b, then the maximum with 0: (1.85, 1.8) and (0.1, 0).
    for (number, wanted) in zip(numbers, [1.85, 1.8, 0.1, 0]) { #expect(abs(number - wanted) < 1e-3) }
    let table = Array("a,b,c\n1,2,-1\n0,0,0\n".utf8)
    let read = try ModelRows.read(table, file: "rows.csv", for: network.architecture).integers(for: network.architecture)
    #expect(read.inputs == inputs)
  }

  @Test("rows of another shape, beyond the format, missing or of different lengths are named")
  func refused() throws {
    let architecture = try network().architecture
    func rows(_ dimensions: [Int], _ numbers: [Double]) throws -> ModelRows {
      ModelRows(["x": try #require(ModelRows.Array(dimensions: dimensions, numbers: numbers))])
    }
    for (given, words) in [
      (try rows([1, 2], [1, 2]), "takes [3] a row"), (try rows([1, 3], [1, 1e6, 1]), "row 0, entry 1 of x"),
      (try rows([1, 3], [1, .nan, 1]), "is missing"), (ModelRows([:]), "no array called x"),
    ] {
      do {
        _ = try given.integers(for: architecture)
        Issue.record("taken: \(words)")
      } catch {
        #expect("\(error)".contains(words), "\(error)")
      }
    }
  }

  @Test("an architecture is read back from its canonical description, with its source")
  func canonical() throws {
    let architecture = try network().architecture
    #expect(architecture.source == nil)
    let file = try #require(try ModelImporter(bytes: try Sample.bytes(Sample.dense())).fileDigest)
    let source = try #require(ModelSource(salt: [UInt8](repeating: 3, count: 32), fileDigest: file))
    let bound = architecture.bound(to: source.commitment)
    #expect(bound != architecture)
    #expect(try NetworkArchitecture(canonical: bound.canonical) == bound)
    #expect(try NetworkArchitecture(canonical: architecture.canonical) == architecture)
  }
}
