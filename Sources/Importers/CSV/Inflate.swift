/// The deflate format (RFC 1951), decoded as a stream: total on any bytes, memory bounded by the 32 KiB window and one chunk.

/// Decodes one deflate stream from a byte source.
struct Inflate<Source: ByteSource> {
  private var input: BitReader<Source>
  private let file: String
  private var window = [UInt8](repeating: 0, count: 1 << 15)
  private var position = 0
  private var produced = 0
  private var out: [UInt8] = []
  private var block = Block.none
  private var isFinal = false

  private enum Block {
    case none
    case stored(remaining: Int)
    case compressed(HuffmanCode, HuffmanCode)
  }

  /// Decodes from the reader's position on.
  init(_ reader: BitReader<Source>, file: String) {
    input = reader
    self.file = file
  }

  /// The next chunk of at least 64 KiB (less at the end), or nil after the last block.
  mutating func next() throws(ImportError) -> [UInt8]? {
    out.removeAll(keepingCapacity: true)
    while out.count < 1 << 16 {
      switch block {
      case .none:
        if isFinal { return out.isEmpty ? nil : out }
        try beginBlock()
      case .stored(let remaining):
        guard remaining > 0 else {
          block = .none
          continue
        }
        emit(UInt8(truncatingIfNeeded: try bits(8)))
        block = .stored(remaining: remaining - 1)
      case .compressed(let literals, let distances):
        if try decodeSymbol(literals, distances) { block = .none }
      }
    }
    return out
  }

  /// The source after the stream, at a byte boundary.
  consuming func finish() -> BitReader<Source> {
    input.alignToByte()
    return input
  }

  private mutating func beginBlock() throws(ImportError) {
    isFinal = try bits(1) == 1
    switch try bits(2) {
    case 0:
      input.alignToByte()
      let length = try bits(16)
      let complement = try bits(16)
      guard length ^ complement == 0xFFFF else { throw corrupt("the length of a stored block does not match its check") }
      block = .stored(remaining: Int(length))
    case 1:
      var lengths = [Int](repeating: 8, count: 288)
      for symbol in 144..<256 { lengths[symbol] = 9 }
      for symbol in 256..<280 { lengths[symbol] = 7 }
      block = .compressed(try code(lengths), try code([Int](repeating: 5, count: 30)))
    case 2: try readDynamicCodes()
    default: throw corrupt("unknown block type")
    }
  }

  private mutating func readDynamicCodes() throws(ImportError) {
    let literalCount = Int(try bits(5)) + 257
    let distanceCount = Int(try bits(5)) + 1
    let lengthCount = Int(try bits(4)) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw corrupt("too many codes") }
    var codeLengths = [Int](repeating: 0, count: 19)
    for index in DeflateTables.codeLengthOrder.prefix(lengthCount) { codeLengths[index] = Int(try bits(3)) }
    let lengthCode = try code(codeLengths)
    var lengths: [Int] = []
    while lengths.count < literalCount + distanceCount {
      let symbol = try symbol(lengthCode)
      switch symbol {
      case 0..<16: lengths.append(symbol)
      case 16:
        guard let last = lengths.last else { throw corrupt("a repeat without a length before it") }
        lengths += [Int](repeating: last, count: 3 + Int(try bits(2)))
      case 17: lengths += [Int](repeating: 0, count: 3 + Int(try bits(3)))
      default: lengths += [Int](repeating: 0, count: 11 + Int(try bits(7)))
      }
    }
    guard lengths.count == literalCount + distanceCount, lengths[256] != 0 else { throw corrupt("code lengths do not fit") }
    block = .compressed(try code(Array(lengths[..<literalCount])), try code(Array(lengths[literalCount...])))
  }

  /// Decodes a literal or a match; true at the end of the block.
  private mutating func decodeSymbol(_ literals: HuffmanCode, _ distances: HuffmanCode) throws(ImportError) -> Bool {
    let symbol = try symbol(literals)
    if symbol < 256 {
      emit(UInt8(symbol))
      return false
    }
    if symbol == 256 { return true }
    guard symbol <= 285 else { throw corrupt("unknown length code") }
    let length = DeflateTables.lengthBase[symbol - 257] + Int(try bits(DeflateTables.lengthExtra[symbol - 257]))
    let distanceSymbol = try self.symbol(distances)
    guard distanceSymbol < 30 else { throw corrupt("unknown distance code") }
    let distance = DeflateTables.distanceBase[distanceSymbol] + Int(try bits(distanceSymbol < 2 ? 0 : distanceSymbol / 2 - 1))
    guard distance <= produced else { throw corrupt("a match reaches back before the start") }
    for _ in 0..<length { emit(window[(position - distance) & 0x7FFF]) }
    return false
  }

  private mutating func emit(_ byte: UInt8) {
    out.append(byte)
    window[position] = byte
    position = (position + 1) & 0x7FFF
    produced = min(produced + 1, 1 << 15)
  }

  private mutating func bits(_ count: Int) throws(ImportError) -> UInt32 {
    guard let value = try input.read(count) else { throw corrupt("the compressed data ends too early") }
    return value
  }

  private mutating func symbol(_ code: HuffmanCode) throws(ImportError) -> Int {
    let available = try input.peek(HuffmanCode.maximumLength)
    guard let (symbol, length) = code.decode(available.bits), length <= available.count else { throw corrupt("an invalid code") }
    input.skip(length)
    return symbol
  }

  private func code(_ lengths: [Int]) throws(ImportError) -> HuffmanCode {
    guard let code = HuffmanCode(lengths: lengths) else { throw corrupt("code lengths that no prefix code has") }
    return code
  }

  private func corrupt(_ found: String) -> ImportError {
    ImportError(
      .corruptData, at: FilePlace(file: file), found: found, expected: "a whole deflate stream", remedy: "Get the file again")
  }
}
