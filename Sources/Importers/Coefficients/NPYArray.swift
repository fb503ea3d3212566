/// NumPy arrays (format versions 1 to 3) of floats, integers and texts. Total on any bytes.

/// An array in row-major order.
package struct NPYArray: Equatable {
  /// Dimensions.
  package let shape: [Int]
  /// The values, if numeric (integers exactly up to 2^53).
  package let numbers: [Double]?
  /// The values as texts, if texts or integers.
  package let texts: [String]?

  /// Reads a .npy file.
  /// - Throws: `.malformedArchive`, or `.unsupportedArchive` for other types, byte orders or column-major order.
  init(_ bytes: [UInt8], file: String) throws(ImportError) {
    func error(_ problem: ImportProblem, _ found: String) -> ImportError {
      ImportError(
        problem, at: FilePlace(file: file), found: found, expected: "a NumPy array of floats, integers or texts in C order",
        remedy: "Save it with numpy.ascontiguousarray and a plain type")
    }
    let input = LittleEndianReader(bytes)
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), let version = input.integer(6, 1), (1...3).contains(version) else {
      throw error(.malformedArchive, "no NumPy header")
    }
    let lengthWidth = version == 1 ? 2 : 4
    guard let length = input.integer(8, lengthWidth), let headerBytes = input.bytes(8 + lengthWidth, length),
      let header = String(validating: headerBytes, as: UTF8.self), let type = Self.value(of: "descr", in: header, from: "'", to: "'"),
      let order = Self.value(of: "fortran_order", in: header, from: " ", to: ","),
      let shapeText = Self.value(of: "shape", in: header, from: "(", to: ")")
    else { throw error(.malformedArchive, "a broken NumPy header") }
    guard order == "False" else { throw error(.unsupportedArchive, "an array in column-major order") }
    var shape: [Int] = []
    var count = 1
    for part in shapeText.split(separator: ",") {
      let trimmed = part.filter { $0 != " " }
      if trimmed.isEmpty { continue }
      guard let dimension = Int(trimmed), (0...(1 << 26)).contains(dimension) else { throw error(.malformedArchive, "a broken shape") }
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow, product <= 1 << 26 else { throw error(.malformedArchive, "a shape that is too large") }
      shape.append(dimension)
      count = product
    }
    guard let kind = Kind(type) else { throw error(.unsupportedArchive, "the type \(type.quoted)") }
    let start = 8 + lengthWidth + length
    guard let content = input.bytes(start, bytes.count - start), content.count == count * kind.width else {
      throw error(.malformedArchive, "another number of bytes than the shape asks for")
    }
    self.shape = shape
    let items = (0..<count).map { content[(content.startIndex + $0 * kind.width)..<(content.startIndex + ($0 + 1) * kind.width)] }
    numbers = kind.isText ? nil : items.map(kind.number)
    texts = kind.isFloat ? nil : items.map(kind.text)
  }

  /// The text between two delimiters after `'key':` in the header, which NumPy writes as a Python dictionary.
  private static func value(of key: String, in header: String, from: Character, to: Character) -> String? {
    let parts = header.split(separator: "'\(key)':", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let start = parts[1].firstIndex(of: from) else { return nil }
    let rest = parts[1][parts[1].index(after: start)...]
    guard let end = rest.firstIndex(of: to) else { return nil }
    return String(rest[..<end])
  }

  /// A little-endian element type.
  private struct Kind {
    let letter: Character
    let width: Int

    init?(_ type: String) {
      var rest = Substring(type)
      guard let order = rest.popFirst(), let letter = rest.popFirst(), let size = Int(rest), (1...4_096).contains(size) else { return nil }
      self.letter = letter
      switch letter {
      case "f": guard size == 4 || size == 8 else { return nil }
      case "i", "u", "b": guard [1, 2, 4, 8].contains(size), letter != "b" || size == 1 else { return nil }
      case "S", "U": break
      default: return nil
      }
      guard order == "<" || order == "|" else { return nil }
      width = letter == "U" ? size * 4 : size
    }

    var isText: Bool { letter == "S" || letter == "U" }
    var isFloat: Bool { letter == "f" }

    private func pattern(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    private func signed(_ bytes: ArraySlice<UInt8>) -> Int64 {
      let shift = Int64(64 - 8 * width)
      return (Int64(bitPattern: pattern(bytes)) << shift) >> shift
    }

    func number(_ bytes: ArraySlice<UInt8>) -> Double {
      switch letter {
      case "f": width == 4 ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern(bytes)))) : Double(bitPattern: pattern(bytes))
      case "i": Double(signed(bytes))
      default: Double(pattern(bytes))
      }
    }

    func text(_ bytes: ArraySlice<UInt8>) -> String {
      switch letter {
      case "i": return String(signed(bytes))
      case "S": return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      case "U":
        var text = ""
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 4) {
          let code = pattern(bytes[start..<(start + 4)])
          if code == 0 { break }
          text.unicodeScalars.append(Unicode.Scalar(UInt32(truncatingIfNeeded: code)) ?? "\u{FFFD}")
        }
        return text
      default: return String(pattern(bytes))
      }
    }
  }
}
