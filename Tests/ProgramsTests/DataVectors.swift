/// The vectors of `Tests/Vectors/make_data_vectors.py`.

import Foundation

struct DataVectors: Decodable {
  struct Sigmoid: Decodable {
    struct Table: Decodable {
      let input: Int
      let output: Int
      let sha256: String
    }
    let samples: [[Int64]]
    let tables: [Table]
  }
  struct Decimals: Decodable {
    struct Case: Decodable {
      let text: String
      let digits: Int
      let exact: String
      let rounded: Int64?
    }
    struct Long: Decodable {
      let text: String
      let digits: Int
      let rounded: Int64
    }
    let good: [Case]
    let bad: [String]
    let long: [Long]
  }
  struct LinearModelVector: Decodable {
    struct Column: Decodable {
      let name: String
      let type: String
      let lower: Int64?
      let upper: Int64?
      let digits: Int?
      let values: [String]?
      let missing: Bool
    }
    struct Output: Decodable {
      let weights: [Int64]
      let score: [Int64]
      let probability: [Int64]?
      let prediction: [Int64]
      let labels: [Int64]?
      let confusion: [Int64]?
    }
    let columns: [Column]
    let rows: Int
    let featureBits: Int
    let weightFraction: Int
    let scoreFraction: Int
    let features: [[Int64]]
    let stored: [[Int64]]
    let binary: Output
    let classes: Output
  }

  let requantise: [[Int64]]
  let division: [[Int64]]
  let sigmoid: Sigmoid
  let decimals: Decimals
  let linearModel: LinearModelVector

  static func load() throws -> DataVectors {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try JSONDecoder().decode(DataVectors.self, from: Data(contentsOf: folder.appendingPathComponent("Vectors/data_vectors.json")))
  }
}
