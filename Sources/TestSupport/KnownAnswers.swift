/// The contents of `Vectors/known-answers.json`, written by `Vectors/known_answers.py` with exact integers.
public struct KnownAnswers: Decodable, Sendable {
  public let bn254: BN254
  public let queryCounts: [QueryCountCase]
  public let accounts: [AccountCase]

  /// Reads the resource of this module.
  public static func load() throws -> KnownAnswers { try loadVectors("known-answers") }

  public struct BN254: Decodable, Sendable {
    public let modulusBytes: HexBytes
    public let rootOfOrder2To28: HexBytes
    public let cases: [Case]
    public let draws: [Draw]
    public struct Case: Decodable, Sendable {
      public let a: HexBytes
      public let b: HexBytes
      public let sum: HexBytes
      public let difference: HexBytes
      public let product: HexBytes
      public let inverseOfA: HexBytes?
      enum CodingKeys: String, CodingKey {
        case a, b, sum, difference, product
        case inverseOfA = "inverse of a"
      }
    }
    /// Four words and the element drawn from them; nil when rejected.
    public struct Draw: Decodable, Sendable {
      public let words: [Limb]
      public let value: HexBytes?
    }
    enum CodingKeys: String, CodingKey {
      case cases, draws
      case modulusBytes = "modulus bytes"
      case rootOfOrder2To28 = "root of order 2^28"
    }
  }

  /// `t` is absent where the rate is too near to 1 to be of interest.
  public struct QueryCountCase: Decodable, Sendable {
    public let dimension: Int
    public let codeLength: Int
    public let target: Int
    public let t: Int?
    enum CodingKeys: String, CodingKey {
      case dimension, target, t
      case codeLength = "code length"
    }
  }

  public struct AccountCase: Decodable, Sendable {
    public let degree: Int
    public let shapes: [Code]
    public let levels: [Code]
    public let lookupDegree: Int
    public let pointVariables: Int
    public let batchedClaims: Int
    public let linearChecks: Int
    public let padRows: Int
    public let terms: [Term]
    public struct Code: Decodable, Sendable {
      public let name: String?
      public let dimension: Int
      public let log2n: Int
      public let t: Int
      enum CodingKeys: String, CodingKey {
        case name, dimension, t
        case log2n = "log2 n"
      }
    }
    public struct Term: Decodable, Sendable {
      public let name: String
      public let bits: Double
    }
    enum CodingKeys: String, CodingKey {
      case degree, shapes, levels, terms
      case lookupDegree = "lookup degree"
      case pointVariables = "point variables"
      case batchedClaims = "batched claims"
      case linearChecks = "linear checks"
      case padRows = "pad rows"
    }
  }

  enum CodingKeys: String, CodingKey {
    case bn254, accounts
    case queryCounts = "query counts"
  }
}
