import Foundation

/// A whole small proof of the executable specification, with the encoded statement, every secret input and the prover's seed.
public struct ProofVector: Decodable, Sendable {
  public let name: String
  /// Encoded parameters, relation (with auxiliary layout) and trees, as absorbed.
  public let parameters: HexBytes
  public let context: HexBytes
  public let relation: HexBytes
  public let relationDigest: HexBytes
  public let trees: HexBytes
  public let zeroBytes: Int
  /// By artefact name.
  public let artefacts: [String: Artefact]
  /// The auxiliary witness, by tensor name.
  public let aux: [String: [Limb]]
  public let proverSeed: HexBytes
  public let pads: Int
  /// Pairs of pad slots with a product.
  public let products: [[Int]]
  /// t, by shape name.
  public let queries: [String: Int]
  public let finalTranscriptState: HexBytes
  public let proof: HexBytes
  public let inventory: [InventoryEntry]

  public struct Artefact: Decodable, Sendable {
    public let values: [String: [Limb]]
    public let preimage: HexBytes
    public let identity: HexBytes
  }

  /// One absorption or challenge, in transcript order; in the file a list of four.
  public struct InventoryEntry: Decodable, Hashable, Sendable {
    /// `absorb` or `challenge`.
    public let verb: String
    public let label: String
    public let kind: Int
    public let count: Int
    public init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      verb = try container.decode(String.self)
      label = try container.decode(String.self)
      kind = try container.decode(Int.self)
      count = try container.decode(Int.self)
    }
  }

  enum CodingKeys: String, CodingKey {
    case name, parameters, context, relation, trees, artefacts, aux, pads, products, queries, proof, inventory
    case relationDigest = "relation digest"
    case zeroBytes = "zero bytes"
    case proverSeed = "prover seed"
    case finalTranscriptState = "final transcript state"
  }
}
