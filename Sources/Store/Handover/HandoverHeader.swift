import Evidence
import Hashing

extension HandoverFile {
  /// The header of a handover file, read strictly.
  struct Header {
    let id: [UInt8]
    let from: [UInt8]
    let created: Timestamp
    let name: String
    let kind: String
    let identity: Digest
    let preimage: [UInt8]
    let shape: StoredCodeShape
    let valueWidth: Int
    let valueCount: Int
    let share: Int
    let openedCount: Int
    let statements: [[UInt8]]

    /// - Throws: `JSONError`, `JSONShapeError` or `StoreError` for the first thing wrong.
    init(_ bytes: [UInt8]) throws {
      let value = try JSONParser.parse(bytes, limits: .init(byteCount: HandoverFile.maximumHeader, valueCount: 1 << 10, depth: 4))
      let node = JSONNode(value)
      guard value.canonicalBytes == bytes else { throw node.notAllowed("must be canonical JSON") }
      let fields = try node.fields([
        "id", "from", "created", "name", "kind", "identity", "description", "code", "valueWidth", "valueCount", "share", "openedCount", "statements",
      ])
      id = try fields.node("id").hexadecimalBytes(count: 16)
      from = try fields.node("from").hexadecimalBytes(count: 16)
      let moment = try fields.node("created")
      guard let time = Timestamp(try moment.string()) else { throw moment.notAllowed("must be a time") }
      created = time
      name = try fields.node("name").string("must be a name of artefacts") { BundleName.isValid($0) }
      kind = try fields.node("kind").string("must be a name") { BundleName.isValid($0) }
      let stated = try fields.node("identity")
      guard let digest = Digest(bytes: try stated.hexadecimalBytes(count: 32)) else { throw stated.notAllowed("must be a digest") }
      identity = digest
      preimage = try fields.node("description").hexadecimalBytes(count: nil)
      let code = try fields.node("code").fields(["m", "p", "logN"])
      shape = try StoredCodeShape(
        log2RowLength: try code.node("m").integer(in: 0...31), tailLength: try code.node("p").integer(in: 1...(1 << 31)),
        log2CodeLength: try code.node("logN").integer(in: 1...32))
      valueWidth = try fields.node("valueWidth").integer(in: 1...64)
      valueCount = try fields.node("valueCount").integer(in: 0...JSONValue.largestInteger)
      share = try fields.node("share").integer(in: 1...(1 << 32))
      openedCount = try fields.node("openedCount").integer(in: 0...(1 << 32))
      statements = try fields.node("statements").elements(atMost: HandoverFile.maximumStatements).map { Array(try $0.string().utf8) }
    }
  }
}

extension JSONNode {
  /// Bytes in lower-case hexadecimal, of a fixed count when one is given.
  fileprivate func hexadecimalBytes(count: Int?) throws(JSONShapeError) -> [UInt8] {
    let text = Array(try string().utf8)
    guard text.count.isMultiple(of: 2), count.map({ 2 * $0 == text.count }) ?? true else { throw notAllowed("must be hexadecimal of another length") }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: text.count, by: 2) {
      guard let high = Self.digit(text[index]), let low = Self.digit(text[index + 1]) else { throw notAllowed("must be lower-case hexadecimal") }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
