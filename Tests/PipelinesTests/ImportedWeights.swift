import Foundation
import Programs

/// Weights of a logistic regression that somebody else found, over real numbers, on the prepared rows of a pipeline: as files.
struct ImportedWeights {
  /// Columns in the order of the table, in its units.
  let names: [String]
  let coefficients: [Double]
  let intercept: Double

  /// Newton's method on Σ losses + (penalty/2)·|w|², w in the units that a claim about an optimum counts in; `isFree`: the intercept has no penalty.
  init(_ table: StoredTable, target: String, penalty: Double, isFree: Bool) {
    var columns: [(name: String, values: [Double], perUnit: Double)] = []
    for column in table.schema.columns where column.name != target {
      var (unit, digits) = (1.0, 1.0)
      if case .decimal(let scale, _) = column.type {
        unit = Double(sign: .plus, exponent: (scale * 332 + 50) / 100, significand: 1)
        digits = pow(10, Double(scale))
      }
      columns.append((column.name, (table.values(column.name) ?? []).map { Double($0) / unit }, digits / unit))
    }
    let labels = (table.values(target) ?? []).map { Double($0) }
    let rows = columns.map(\.values) + [[Double](repeating: 1, count: labels.count)]
    let width = rows.count
    var w = [Double](repeating: 0, count: width)
    for _ in 0..<40 {
      let p = labels.indices.map { i in 1 / (1 + exp(-(0..<width).reduce(0.0) { $0 + rows[$1][i] * w[$1] })) }
      var (matrix, gradient) = ([[Double]](), [Double]())
      for j in 0..<width {
        let own = j == width - 1 && isFree ? 0 : penalty
        gradient.append(labels.indices.reduce(own * w[j]) { $0 + rows[j][$1] * (p[$1] - labels[$1]) })
        matrix.append(
          (0..<width).map { k in labels.indices.reduce(j == k ? own : 0.0) { $0 + rows[j][$1] * rows[k][$1] * p[$1] * (1 - p[$1]) } })
      }
      let step = Self.solve(matrix, gradient)
      for j in 0..<width { w[j] -= step[j] }
    }
    names = columns.map(\.name)
    coefficients = zip(w, columns).map { $0 * $1.perUnit }
    intercept = w[width - 1]
  }

  /// Gaussian elimination of a positive definite matrix.
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var (a, b) = (matrix, right)
    for column in b.indices {
      for row in b.indices where row > column {
        let factor = a[row][column] / a[column][column]
        for j in column..<b.count { a[row][j] -= factor * a[column][j] }
        b[row] -= factor * b[column]
      }
    }
    for row in b.indices.reversed() {
      for j in (row + 1)..<max(row + 1, b.count) { b[row] -= a[row][j] * b[j] }
      b[row] /= a[row][row]
    }
    return b
  }

  /// `feature,score` and a line for each.
  var csv: Data {
    let lines = zip(names, coefficients).map { "\($0),\($1)" } + ["(intercept),\(intercept)"]
    return Data(("feature,score\n" + lines.joined(separator: "\n") + "\n").utf8)
  }

  /// An archive of `coef`, `intercept` and `classes` as scikit-learn has them, not compressed.
  func npz(classes: [String]) -> Data {
    let width = classes.map(\.unicodeScalars.count).max() ?? 1
    let texts = classes.flatMap { name -> [UInt8] in
      let scalars = name.unicodeScalars.map(\.value)
      return (scalars + [UInt32](repeating: 0, count: width - scalars.count)).flatMap { Self.bytes(UInt64($0), 4) }
    }
    return Self.archive([
      ("coef.npy", Self.array("<f8", "(1, \(coefficients.count))", coefficients.flatMap { Self.bytes($0.bitPattern, 8) })),
      ("intercept.npy", Self.array("<f8", "(1,)", Self.bytes(intercept.bitPattern, 8))),
      ("classes.npy", Self.array("<U\(width)", "(\(classes.count),)", texts)),
    ])
  }

  private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) } }

  private static func array(_ type: String, _ shape: String, _ content: [UInt8]) -> [UInt8] {
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + bytes(UInt64(header.utf8.count), 2) + Array(header.utf8) + content
  }

  private static func archive(_ members: [(name: String, content: [UInt8])]) -> Data {
    var (body, directory) = ([UInt8](), [UInt8]())
    for (name, content) in members {
      let size = bytes(UInt64(content.count), 4)
      let common =
        bytes(20, 2) + bytes(0, 2) + bytes(0, 2) + bytes(0, 4) + bytes(UInt64(checksum(content)), 4) + size + size + bytes(UInt64(name.utf8.count), 2)
      directory += bytes(0x0201_4B50, 4) + bytes(20, 2) + common + bytes(0, 2) + bytes(0, 2) + bytes(0, 2) + bytes(0, 2) + bytes(0, 4)
      directory += bytes(UInt64(body.count), 4) + Array(name.utf8)
      body += bytes(0x0403_4B50, 4) + common + bytes(0, 2) + Array(name.utf8) + content
    }
    let count = bytes(UInt64(members.count), 2)
    let end = bytes(0x0605_4B50, 4) + bytes(0, 4) + count + count + bytes(UInt64(directory.count), 4) + bytes(UInt64(body.count), 4) + bytes(0, 2)
    return Data(body + directory + end)
  }

  /// CRC-32, bit by bit.
  private static func checksum(_ content: [UInt8]) -> UInt32 {
    ~content.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }
}
