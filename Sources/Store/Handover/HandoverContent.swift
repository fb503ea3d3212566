import Evidence
import Hashing

/// What a handover file carries: everything that opening a commitment takes, and a share of its hiding budget.
///
/// > Warning: it opens the commitment; whoever reads it knows every value. Printing one shows only its name.
public struct HandoverContent: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Random, 16 bytes: a store accepts a handover once.
  public let id: [UInt8]
  /// Id of the giving store, 16 bytes.
  public let from: [UInt8]
  /// When it was made, by the giver's clock.
  public let created: Timestamp
  /// The artefact's public side; its name is the giver's.
  public let artefact: NewArtefact
  /// Bytes of one value.
  public let valueWidth: Int
  /// Canonical encodings of the data values in layout order.
  public let values: [UInt8]
  /// Seed of tails and salts, 32 bytes.
  public let tailSeed: [UInt8]
  /// Codeword positions that the receiver may open.
  public let share: Int
  /// Positions opened before the handover, ascending, distinct: they cost the receiver nothing.
  let opened: PositionSet
  /// Signed statements of data owners on the artefact: files as in a bundle.
  public let statements: [[UInt8]]

  /// Name only.
  public var description: String { "HandoverContent(\(artefact.name), redacted)" }
  /// Name only.
  public var debugDescription: String { description }
  /// Shows no stored property.
  public var customMirror: Mirror { Mirror(self, children: ["name": artefact.name]) }
}

/// The file of a handover. All numbers little-endian:
///
/// | bytes | |
/// | --- | --- |
/// | 8 | magic `ZKMLHAND` |
/// | 4 | version, 1 |
/// | 4 | bytes of the header h, at most 4 MiB |
/// | h | header, canonical JSON |
/// | 32 | tail seed |
/// | 4·k | opened positions, ascending |
/// | n·w | values |
/// | 32 | SHA-256 of all bytes before |
///
/// The checksum finds damage, not forgery: the receiver recomputes the commitment and checks the owners' signatures.
enum HandoverFile {
  static let magic = Array("ZKMLHAND".utf8)
  static let version: UInt64 = 1
  static let maximumHeader = 4 << 20
  static let maximumByteCount = 1 << 36
  static let maximumStatements = 64

  static func bytes(of content: HandoverContent) -> [UInt8] {
    let artefact = content.artefact
    let header = JSONValue.object([
      "id": .string(hexadecimal(content.id)), "from": .string(hexadecimal(content.from)), "created": .string(content.created.description),
      "name": .string(artefact.name), "kind": .string(artefact.kind), "identity": .string(artefact.identity.hex),
      "description": .string(hexadecimal(artefact.preimage)),
      "code": .object([
        "m": .integer(artefact.shape.log2RowLength), "p": .integer(artefact.shape.tailLength), "logN": .integer(artefact.shape.log2CodeLength),
      ]),
      "valueWidth": .integer(content.valueWidth), "valueCount": .integer(content.values.count / max(1, content.valueWidth)),
      "share": .integer(content.share), "openedCount": .integer(content.opened.count),
      "statements": .array(content.statements.map { .string(String(decoding: $0, as: UTF8.self)) }),
    ]).canonicalBytes
    var out = magic + littleEndian(version, 4) + littleEndian(UInt64(header.count), 4) + header
    out.reserveCapacity(out.count + 64 + 4 * content.opened.count + content.values.count)
    out += content.tailSeed
    out += content.opened.encoded
    out += content.values
    return out + sha256(out)
  }

  /// Reads a file of any content.
  /// - Throws: `handoverFile`, `cannotRead`.
  static func read(_ path: String) throws(StoreError) -> HandoverContent {
    func damaged(_ detail: String) -> StoreError { StoreError(.handoverFile(path: path, detail: detail)) }
    let bytes = try PrivateFiles.contents(path, limit: maximumByteCount, isPrivate: false) { damaged($0) }
    guard bytes.prefix(8).elementsEqual(magic) else { throw damaged("it is not a handover file") }
    guard bytes.count >= 16 + 32 + 32 else { throw damaged("it is cut off") }
    guard littleEndian(bytes[8..<12]) == version else { throw damaged("its version is not known") }
    let headerCount = Int(littleEndian(bytes[12..<16]))
    guard headerCount <= maximumHeader, bytes.count >= 16 + headerCount + 64 else { throw damaged("it is cut off, or its header is too long") }
    var hasher = SHA256()
    hasher.update(bytes[..<(bytes.count - 32)])
    guard hasher.finalize().bytes.elementsEqual(bytes.suffix(32)) else { throw damaged("its checksum does not match") }
    let header: Header
    do { header = try Header(Array(bytes[16..<(16 + headerCount)])) } catch { throw damaged("its header is malformed (\(error))") }
    let start = 16 + headerCount
    // No overflow: both counts are below 2^53 and a width is at most 64.
    let (openedBytes, valueBytes) = (4 * header.openedCount, header.valueWidth * header.valueCount)
    guard openedBytes <= bytes.count, valueBytes <= bytes.count, bytes.count == start + 32 + openedBytes + valueBytes + 32 else {
      throw damaged("its length is not the one that its header gives")
    }
    guard let opened = PositionSet(encoded: Array(bytes[(start + 32)..<(start + 32 + openedBytes)])),
      opened.sorted.last.map({ UInt64($0) >> UInt64(header.shape.log2CodeLength) == 0 }) ?? true
    else { throw damaged("its list of opened positions is not in order") }
    // Over all holders no more than p distinct positions may ever be opened.
    guard header.share >= 1, header.share <= header.shape.tailLength, opened.count <= header.shape.tailLength - header.share else {
      throw damaged("it gives a larger share than the commitment can have left")
    }
    return HandoverContent(
      id: header.id, from: header.from, created: header.created,
      artefact: NewArtefact(
        identity: header.identity, name: header.name, kind: header.kind, preimage: header.preimage, shape: header.shape),
      valueWidth: header.valueWidth, values: Array(bytes[(start + 32 + openedBytes)..<(bytes.count - 32)]),
      tailSeed: Array(bytes[start..<(start + 32)]), share: header.share, opened: opened, statements: header.statements)
  }
}
