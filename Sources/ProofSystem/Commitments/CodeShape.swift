import Fields
import Hashing

/// One hiding code: rows of 2^m data and p uniformly random coefficients on top, evaluated at n = 2^log2Length points of the coset
/// generator·⟨w⟩; dimension d = 2^m + p exactly (design 2, 2.2.0; spec R1, R2).
///
/// Domain: x_j = g·w^rev(j), so leaf j of the tree holds the column at x_j: the output order of a decimation-in-frequency transform.
public struct CodeShape: Hashable, Sendable {
  /// Name inside a statement; not part of any identity.
  public let name: String
  /// m.
  public let log2RowLength: Int
  /// p.
  public let tailCount: Int
  public let log2Length: Int

  /// Nil unless 2^m + p ≤ n, 0 < p ≤ 2^m.
  public init?(name: String, log2RowLength: Int, tailCount: Int, log2Length: Int) {
    guard (0...28).contains(log2RowLength), (1...32).contains(log2Length), tailCount > 0, tailCount <= 1 << log2RowLength,
      (1 << log2RowLength) + tailCount <= 1 << log2Length
    else { return nil }
    self.name = name
    self.log2RowLength = log2RowLength
    self.tailCount = tailCount
    self.log2Length = log2Length
  }

  /// d.
  public var dimension: Int { (1 << log2RowLength) + tailCount }
  /// n.
  public var length: Int { 1 << log2Length }

  func description<Base: PrimeField>(of: Base.Type, named: Bool) -> [String: CanonicalValue] {
    var out: [String: CanonicalValue] = [
      "m": .integer(UInt64(log2RowLength)), "p": .integer(UInt64(tailCount)), "log_n": .integer(UInt64(log2Length)),
      "shift": .integer(Base.generator),
    ]
    if named { out["name"] = .text(name) }
    return out
  }
}

/// Points of the evaluation domain.
public enum EvaluationDomain {
  /// The lowest `bits` bits of j, reversed.
  public static func reverse(_ j: Int, bits: Int) -> Int {
    var out = 0
    var j = j
    for _ in 0..<bits {
      out = out << 1 | (j & 1)
      j >>= 1
    }
    return out
  }

  /// x_j = generator·w^rev(j) in a domain of 2^log2Length points, for each of `indices`.
  public static func points<Base: PrimeField>(_ indices: [Int], log2Length: Int, of: Base.Type) -> [Base] {
    guard let root = Base.rootOfUnity(log2Order: log2Length) else { preconditionFailure("no domain of 2^\(log2Length) points in \(Base.name)") }
    var squares: [Base] = []
    var square = root
    for _ in 0..<log2Length {
      squares.append(square)
      square *= square
    }
    return indices.map { index in
      let exponent = reverse(index, bits: log2Length)
      var x = Base(Base.generator)
      for (bit, power) in squares.enumerated() where (exponent >> bit) & 1 == 1 { x *= power }
      return x
    }
  }
}
