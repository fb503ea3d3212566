import Foundation

/// The test vectors of the executable specification (`Vectors/vectors.json`), typed. Field elements are decimal strings in the
/// file and limbs here; byte strings are hexadecimal in the file.
public struct SpecVectors: Decodable, Sendable {
  public let field: FieldSection
  public let transcript: [TranscriptStep]
  public let codes: CodeSection
  public let soundness: SoundnessSection
  public let proofs: [ProofVector]

  /// Reads the resource of this module.
  public static func load() throws -> SpecVectors { try loadVectors("vectors") }

  public struct FieldSection: Decodable, Sendable {
    public let modulus: Limb
    public let generator: UInt64
    public let rootOfOrder2To32: Limb
    public let cases: [Case]
    public struct Case: Decodable, Sendable {
      public let degree: Int
      public let a: [Limb]
      public let b: [Limb]
      public let sum: [Limb]
      public let product: [Limb]
      public let inverseOfA: [Limb]
      enum CodingKeys: String, CodingKey {
        case degree, a, b, sum, product
        case inverseOfA = "inverse of a"
      }
    }
    enum CodingKeys: String, CodingKey {
      case modulus, generator, cases
      case rootOfOrder2To32 = "root of order 2^32"
    }
  }

  /// One step of the transcript example; `values` are extension elements, `indices` positions.
  public struct TranscriptStep: Decodable, Sendable {
    public let step: String
    public let state: HexBytes
    public let label: String?
    public let payload: HexBytes?
    public let count: Int?
    public let log2Range: Int?
    public let values: [[Limb]]
    public let indices: [Int]
    enum CodingKeys: String, CodingKey {
      case step, state, label, payload, count, values
      case log2Range = "log2 range"
    }
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      step = try container.decode(String.self, forKey: .step)
      state = try container.decode(HexBytes.self, forKey: .state)
      label = try container.decodeIfPresent(String.self, forKey: .label)
      payload = try container.decodeIfPresent(HexBytes.self, forKey: .payload)
      count = try container.decodeIfPresent(Int.self, forKey: .count)
      log2Range = try container.decodeIfPresent(Int.self, forKey: .log2Range)
      indices = step == "indices" ? try container.decode([Int].self, forKey: .values) : []
      values = step == "challenges" ? try container.decode([[Limb]].self, forKey: .values) : []
    }
  }

  public struct CodeSection: Decodable, Sendable {
    public let reedSolomon: ReedSolomon
    public let merkle: MerkleExample
    public let eq: EqTable
    public let maskedEq: MaskedEqTable
    public let encode: Encoding
    public struct ReedSolomon: Decodable, Sendable {
      public let coefficients: [UInt64]
      public let log2Length: Int
      public let points: [Limb]
      public let codeword: [Limb]
      enum CodingKeys: String, CodingKey {
        case coefficients, points, codeword
        case log2Length = "log2 length"
      }
    }
    /// Leaf j of 8: salt = 32 bytes of value j, column = one byte of value j.
    public struct MerkleExample: Decodable, Sendable {
      public let root: HexBytes
      public let indices: [Int]
      public let multiproof: [HexBytes]
    }
    public struct EqTable: Decodable, Sendable {
      public let point: [[Limb]]
      public let table: [[Limb]]
    }
    /// At the point of `eq`; dimensions are [bits, count].
    public struct MaskedEqTable: Decodable, Sendable {
      public let dimensions: [[Int]]
      public let table: [[Limb]]
      enum CodingKeys: String, CodingKey {
        case table
        case dimensions = "dimensions [bits, count]"
      }
    }
    /// The object is {b: [1, "two", bytes 03], a: true}.
    public struct Encoding: Decodable, Sendable {
      public let bytes: HexBytes
      public let digestWithTag: HexBytes
      enum CodingKeys: String, CodingKey {
        case bytes
        case digestWithTag = "digest with tag 'tag'"
      }
    }
    enum CodingKeys: String, CodingKey {
      case merkle, eq, encode
      case reedSolomon = "reed solomon"
      case maskedEq = "masked eq"
    }
  }

  public struct SoundnessSection: Decodable, Sendable {
    public let hidingRows: [HidingRow]
    public let plainCodes: [PlainCode]
    public struct HidingRow: Decodable, Sendable {
      public let profile: String
      public let m: Int
      public let p: Int
      public let log2n: Int
      public let t: Int
      public let budget: Int
      enum CodingKeys: String, CodingKey {
        case profile, m, p, t, budget
        case log2n = "log2 n"
      }
    }
    public struct PlainCode: Decodable, Sendable {
      public let profile: String
      public let dimension: Int
      public let log2n: Int
      public let t: Int
      enum CodingKeys: String, CodingKey {
        case profile, dimension, t
        case log2n = "log2 n"
      }
    }
    enum CodingKeys: String, CodingKey {
      case hidingRows = "hiding rows"
      case plainCodes = "plain codes"
    }
  }
}

/// A 64-bit integer written as a decimal string.
public struct Limb: Decodable, Hashable, Sendable {
  public let value: UInt64
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = UInt64(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a 64-bit integer: \(text)")
    }
    self.value = value
  }
}

/// Bytes written as hexadecimal digits.
public struct HexBytes: Decodable, Hashable, Sendable {
  public let bytes: [UInt8]
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let digits = Array(try container.decode(String.self).utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for start in stride(from: 0, to: digits.count, by: 2) {
      guard start + 1 < digits.count, let byte = UInt8(String(decoding: digits[start...(start + 1)], as: UTF8.self), radix: 16) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hexadecimal")
      }
      bytes.append(byte)
    }
    self.bytes = bytes
  }
}

/// Reads and decodes `Vectors/<name>.json`.
func loadVectors<T: Decodable>(_ name: String) throws -> T {
  guard let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors") else {
    throw CocoaError(.fileNoSuchFile)
  }
  return try JSONDecoder().decode(T.self, from: Data(contentsOf: url))
}
