import Fields
import Foundation
import Hashing
import R1CS
import Testing

/// Circuits and files of the tests of `Sources/R1CS/Files`.
enum CircuitFixtures {
  /// Circuits that are not part of the repository: `shared/data/r1cs` beside the package.
  static let shared = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared/data/r1cs")

  /// The bytes of a shared file; nil, said aloud, when it is not there.
  static func sharedFile(_ name: String) -> [UInt8]? {
    guard let data = try? Data(contentsOf: shared.appendingPathComponent(name)) else {
      print("SKIPPED: \(name) is not in ../shared/data/r1cs")
      return nil
    }
    return Array(data)
  }

  /// x·y = z, (x + 2)·(z − 3) = out, over outputs [out], public inputs [x], private input y and inner wire z.
  static func small<F: PrimeField>(_ field: F.Type) throws -> BuiltCircuit<F> {
    var builder = CircuitBuilder<F>()
    let y = builder.privateInput("y")
    let x = builder.publicInput("x")
    let z = builder.product(x, y, name: "z")
    builder.publicOutput("out", builder.product(x + 2, z - 3))
    return try builder.build()
  }

  static func bytes(hex: String) -> [UInt8] {
    let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}

/// A file as its sections, to be changed and put together again.
struct RawSections {
  var magic: [UInt8]
  var version: UInt32
  var sections: [(type: UInt32, content: [UInt8])] = []

  init(_ bytes: [UInt8]) {
    func word(_ offset: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
    magic = Array(bytes[..<4])
    version = UInt32(word(4, 4))
    var at = 12
    for _ in 0..<word(8, 4) {
      let length = word(at + 4, 8)
      sections.append((UInt32(word(at, 4)), Array(bytes[(at + 12)..<(at + 12 + length)])))
      at += 12 + length
    }
  }

  var bytes: [UInt8] {
    var out = magic + little(version) + little(UInt32(sections.count))
    for section in sections { out += little(section.type) + little(UInt64(section.content.count)) + section.content }
    return out
  }

  subscript(type: UInt32) -> [UInt8] {
    get { sections.first { $0.type == type }?.content ?? [] }
    set {
      if let index = sections.firstIndex(where: { $0.type == type }) {
        sections[index].content = newValue
      } else {
        sections.append((type, newValue))
      }
    }
  }
}

func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { (0..<(T.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

/// The fault in a file that `body` throws; nil for no error or another one.
func fault(_ body: () throws -> Void) -> CircuitFileFault? {
  do {
    try body()
    return nil
  } catch CircuitError.file(_, let fault) {
    return fault
  } catch {
    return nil
  }
}

/// The place of it.
func place(_ body: () throws -> Void) -> CircuitFilePlace? {
  do {
    try body()
    return nil
  } catch CircuitError.file(let place, _) {
    return place
  } catch {
    return nil
  }
}
