import Evidence
import Testing

@Suite("Tar archives")
struct TarArchiveTests {
  /// A header block with fields set by hand and the right checksum.
  private func header(
    _ name: String, size: String = "00000000000", type: UInt8 = 0x30, magic: String = "ustar\u{0}00", prefix: String = "", checksum: Int? = nil
  ) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ offset: Int) { for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte } }
    put(name, 0)
    put(size, 124)
    block[156] = type
    put(magic, 257)
    put(prefix, 345)
    put("        ", 148)
    let sum = checksum ?? block.reduce(0) { $0 + Int($1) }
    let digits = String(sum, radix: 8)
    put(String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} ", 148)
    return block
  }

  private let end = [UInt8](repeating: 0, count: 1024)

  @Test("what is written is read, and equal files give equal bytes")
  func roundTrip() throws {
    let files: [String: [UInt8]] = [
      "manifest.json": Array("{}".utf8), "claims/a.json": [],
      "proofs/b.zkp": [UInt8](repeating: 7, count: 512), "proofs/c.zkp": [UInt8](repeating: 9, count: 513),
    ]
    let bytes = TarArchive.write(files)
    #expect(try TarArchive.read(bytes) == files)
    #expect(try TarArchive.read(bytes + [UInt8](repeating: 0, count: 9216)) == files)
    #expect(TarArchive.write(files) == bytes)
  }

  @Test("reads the headers of other writers")
  func dialects() throws {
    let gnu = header("./", type: 0x35, magic: "ustar  \u{0}") + header("./a/", type: 0x35) + header("./a/b", magic: "ustar  \u{0}") + end
    #expect(try TarArchive.read(gnu) == ["a/b": []])
    #expect(try TarArchive.read(header("b", type: 0, prefix: "a") + end) == ["a/b": []])
    let content = [UInt8](repeating: 1, count: 10)
    let spaced = header("b", size: "  12 ") + content + [UInt8](repeating: 0, count: 502) + end
    #expect(try TarArchive.read(spaced) == ["b": content])
  }

  @Test("refuses everything but regular files and directories", arguments: Array("1234567xgLKSVD".utf8) + [0xff])
  func types(type: UInt8) {
    guard type != 0x35 else { return }
    #expect(throws: BundleError.archiveHeader(offset: 0, problem: .memberType(type))) { try TarArchive.read(header("a", type: type) + end) }
  }

  @Test(
    "refuses names that leave the bundle or are ambiguous",
    arguments: ["", "/", "/etc/passwd", "..", "../a", "a/../b", "a/..", ".", "a/./b", "a//b", "a/", "././a", "a\\b", "a\nb", "é", "a\u{7f}", "./"])
  func names(name: String) {
    #expect(throws: BundleError.archiveHeader(offset: 0, problem: .name)) { try TarArchive.read(header(name) + end) }
    #expect(throws: BundleError.archiveHeader(offset: 0, problem: .name)) { try TarArchive.read(header("b", prefix: "../x") + end) }
  }

  @Test("refuses a name twice, also as file and directory")
  func duplicates() {
    #expect(throws: BundleError.duplicateMember(name: "a")) { try TarArchive.read(header("a") + header("./a") + end) }
    #expect(throws: BundleError.duplicateMember(name: "a")) { try TarArchive.read(header("a/", type: 0x35) + header("a") + end) }
  }

  @Test("refuses bad numbers, checksums and magic")
  func fields() {
    for size in ["-0000000001", "0000000008", "\u{1}", "", "12 3", "0x10"] {
      #expect(throws: BundleError.archiveHeader(offset: 0, problem: .number)) { try TarArchive.read(header("a", size: size) + end) }
    }
    var binary = header("a")
    binary[124] = 0x80
    #expect(throws: BundleError.archiveHeader(offset: 0, problem: .checksum)) { try TarArchive.read(binary + end) }
    #expect(throws: BundleError.archiveHeader(offset: 0, problem: .checksum)) { try TarArchive.read(header("a", checksum: 1) + end) }
    #expect(throws: BundleError.archiveHeader(offset: 0, problem: .notUstar)) { try TarArchive.read(header("a", magic: "") + end) }
    #expect(throws: BundleError.archiveHeader(offset: 0, problem: .number)) { try TarArchive.read(header("a/", size: "1", type: 0x35) + end) }
    #expect(throws: BundleError.archiveHeader(offset: 512, problem: .afterEnd)) { try TarArchive.read(header("a") + end + [1]) }
  }

  @Test("refuses every truncation and any size beyond the end")
  func truncation() throws {
    let bytes = TarArchive.write(["a": [1, 2, 3], "b": [UInt8](repeating: 1, count: 600)])
    for count in 0..<bytes.count { #expect(throws: BundleError.self) { try TarArchive.read(Array(bytes.prefix(count))) } }
    #expect(throws: BundleError.truncatedArchive(offset: 512)) { try TarArchive.read(header("a", size: "77777777777") + end) }
    #expect(throws: BundleError.truncatedArchive(offset: 512)) { try TarArchive.read(header("a", size: "777777777777") + end) }
    #expect(throws: BundleError.truncatedArchive(offset: 0)) { try TarArchive.read([]) }
    #expect(throws: BundleError.truncatedArchive(offset: 512)) { try TarArchive.read(header("a")) }
  }

  @Test("any changed byte ends in files or an error")
  func flips() throws {
    let bytes = TarArchive.write(["manifest.json": [1, 2, 3]])
    var refused = 0
    for index in 0..<512 {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        if (try? TarArchive.read(changed)) == nil { refused += 1 }
      }
    }
    // The checksum sees every bit of the header but those of its own field that mean the same.
    #expect(refused > 4_000)
  }

  @Test("bounds members and bytes")
  func bounds() {
    let members = (0..<10_001).flatMap { header("f\($0)") }
    #expect(throws: BundleError.tooManyFiles(limit: 10_000)) { try TarArchive.read(members + end) }
    #expect(throws: BundleError.tooLarge(name: "archive", limit: 64 << 20)) { try TarArchive.read([UInt8](repeating: 0, count: (64 << 20) + 1)) }
    #expect(throws: Never.self) { try TarArchive.read([UInt8](repeating: 0, count: 64 << 20)) }
  }
}
