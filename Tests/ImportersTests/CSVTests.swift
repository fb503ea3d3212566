import Hashing
import Importers
import Programs
import Testing

@Suite("CSV")
struct CSVTests {
  @Test("quotes, commas, line ends, byte order mark and Unicode", arguments: [1, 2, 3, 5, 1_000])
  func accepted(step: Int) throws {
    let text = "\u{FEFF}a,\"b,c\",\"d\"\"e\"\r\n1,\"x\ny\",Žluťoučký 🐎\n\n\"\",,\"\r\n\"\r\nlast,no,newline"
    #expect(
      try records(text, step: step) == [
        ["a", "b,c", "d\"e"], ["1", "x\ny", "Žluťoučký 🐎"], ["", "", "\r\n"], ["last", "no", "newline"],
      ])
  }

  @Test("blank lines count only in a table of one column")
  func blankLines() throws {
    var parser = CSVParser(MemorySource(Array("a\n1\n\n2\n".utf8)), file: "t")
    let header = try CSVHeader(&parser, file: "t")
    var rows: [String] = []
    while let record = try header.next(&parser) { rows.append(record.text(0)) }
    #expect(rows == ["1", "", "2"])
    #expect(try records("\n\na,b\n\n1,2\n\n") == [["a", "b"], ["1", "2"]])
    #expect(try records("") == [] && records("\u{FEFF}") == [] && records("\n\r\n") == [])
  }

  @Test(
    "malformed text has a typed error with a place",
    arguments: [
      ("a,b\n1,\"x", ImportProblem.malformedQuote, 2), ("a,b\n1,x\"y", .malformedQuote, 2), ("a,b\n\"x\"y,1", .malformedQuote, 2),
      ("a,b\r1,2", .malformedQuote, 1), ("a,b\n1,2\r", .malformedQuote, 2),
    ])
  func malformed(text: String, expected: ImportProblem, line: Int) {
    let error = failure { _ = try records(text) }
    #expect(error?.problem == expected)
    #expect(error?.place.line == line)
    #expect(error?.remedy.isEmpty == false)
  }

  @Test("lines of a million characters, too many cells, invalid UTF-8, empty file, headers")
  func limits() throws {
    func read(_ bytes: [UInt8]) -> ImportProblem? {
      problem {
        var parser = CSVParser(MemorySource(bytes), file: "t")
        let header = try CSVHeader(&parser, file: "t")
        while try header.next(&parser) != nil {}
      }
    }
    let long = [UInt8](repeating: 0x41, count: 1_000_000)
    #expect(read(Array("a,b\n".utf8) + long) == .tooLong)
    #expect(read(long) == .tooLong)
    #expect(read([0x22] + [UInt8](repeating: 0x0A, count: 1_000_000)) == .tooLong)
    #expect(read(Array(repeating: Array("xxxxxxx,".utf8), count: 125_000).flatMap { $0 }) == .tooLong)
    #expect(read([UInt8](repeating: 0x2C, count: 1_000_000)) == .tooLong)
    #expect(read(Array("a,b\n1,".utf8) + [0xFF, 0xFE]) == .invalidUTF8)
    #expect(read(Array("a,b\n1,".utf8) + [0xED, 0xA0, 0x80]) == .invalidUTF8)
    #expect(read([]) == .emptyFile)
    #expect(read(Array("\n\n".utf8)) == .emptyFile)
    #expect(read(Array("a,a\n1,2".utf8)) == .duplicateHeader)
    #expect(read(Array("a,\n1,2".utf8)) == .duplicateHeader)
    #expect(read(Array("a,b\n1,2,3".utf8)) == .raggedRow)
    #expect(read(Array("a,b\n1".utf8)) == .raggedRow)
  }

  @Test("any bytes end in records or a typed error")
  func total() {
    var random = SplitMix(state: 11)
    let alphabet: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0x41, 0x31, 0x2E, 0xC3, 0xA9, 0x00, 0xFF, 0xEF, 0xBB, 0xBF]
    for _ in 0..<3_000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
      let one = Result { try recordsOf(bytes, step: 1) }
      let all = Result { try recordsOf(bytes, step: 100) }
      #expect((try? one.get()) == (try? all.get()), "\(bytes)")
    }
  }

  private func recordsOf(_ bytes: [UInt8], step: Int) throws -> [[String]] {
    var parser = CSVParser(TricklingSource(bytes: bytes[...], step: step), file: "t")
    var result: [[String]] = []
    while let record = try parser.next(keepsBlankLines: true) { result.append((0..<record.count).map(record.text)) }
    return result
  }

  @Test("a table is read by its schema")
  func table() throws {
    let document = try SchemaDocument(
      yaml: Array(
        """
        version: 1
        columns:
          - {name: n, type: integer, range: [-5, 5]}
          - {name: d, type: decimal, digits: 2, range: [0, 9.99], missing: presence}
          - {name: c, type: category, values: ["x", "y, z", "1"], missing: presence}
          - {name: t, type: category, values: [a, b], missing: drop, role: target}
          - {name: r, type: decimal, digits: 1, range: [-9, 9], moreDigits: round}
        ignore: [other]
        """.utf8), file: "s.yaml")
    func read(_ text: String) throws -> ImportedTable {
      try TableReader.read(MemorySource(Array(text.utf8)), file: "t.csv", document: document)
    }
    let imported = try read("other,t,c,d,n,r\nq,b,\"y, z\",1.5,-5,0.25\nq,a,,,5,-0.25\nq,,x,1,1,1\n")
    #expect(imported.droppedRowCount == 1)
    #expect(imported.table.columns == [[-5, 5], [150, 0], [1, 0], [1, 0], [1, 0], [1, 0], [3, -2]])
    let cases: [(String, ImportProblem, String)] = [
      ("b,x,1.5,x,0", .wrongType, "n"), ("b,x,1.5,,0", .missingCell, "n"), ("b,x,1.5,6,0", .outOfRange, "n"),
      ("b,x,1.555,5,0", .tooManyDigits, "d"), ("b,x,10,5,0", .outOfRange, "d"), ("b,w,1,5,0", .unknownCategory, "c"),
      ("b,x,1,5.0,0", .tooManyDigits, "n"), ("b,x,1,99999999999999999999,0", .outOfRange, "n"),
    ]
    for (row, expected, column) in cases {
      let error = failure { _ = try read("other,t,c,d,n,r\nq,a,x,1,1,1\nq,\(row)\n") }
      #expect(error?.problem == expected, "\(row)")
      #expect(error?.place == FilePlace(file: "t.csv", line: 3, column: column), "\(row)")
    }
    #expect(failure { _ = try read("t,c,d,n,r,zzz\n") }?.problem == .unknownColumn)
    #expect(failure { _ = try read("t,c,d,n\n") }?.problem == .missingColumn)
    #expect(try read("t,c,d,n,r\n").table.rowCount == 0)
  }

  @Test("messages are one line and escape what data contain")
  func messages() {
    let error = failure { _ = try records("a,b\n1,\"x") }
    #expect(
      error?.description
        == "t.csv, line 2, column 2: the file ends inside a quoted cell; expected comma-separated values as in RFC 4180. Close the quote.")
    #expect("a\u{1B}[31m\u{202E}\"\n".escaped() == "a\\u{1b}[31m\\u{202e}\\\"\\u{a}")
    #expect(String(repeating: "x", count: 200).escaped().count == 81)
  }
}

@Suite("Gzip")
struct GzipTests {
  @Test("unpacks what Python packed, in any chunking", arguments: ["level0", "level1", "level6", "level9"])
  func unpack(name: String) throws {
    let vectors = try ImportVectors.load().archives
    let packed = bytes(hex: try #require(vectors.gzip[name]))
    for step in [1, 13, 1 << 20] {
      let content = try drain(GzipSource(TricklingSource(bytes: packed[...], step: step), file: "x"))
      #expect(SHA256.hash(content).hex == vectors.sha256)
    }
  }

  @Test("fixed codes, several members, padding")
  func members() throws {
    let vectors = try ImportVectors.load().archives
    #expect(try drain(GzipSource(MemorySource(bytes(hex: vectors.gzip["fixed"] ?? "")), file: "x")) == bytes(hex: vectors.first500))
    let two = try drain(GzipSource(MemorySource(bytes(hex: vectors.gzip["twoMembers"] ?? "")), file: "x"))
    #expect(SHA256.hash(two).hex == vectors.first1500)
  }

  @Test("every truncation and every changed byte is an error or the same content")
  func damaged() throws {
    let vectors = try ImportVectors.load().archives
    let packed = bytes(hex: try #require(vectors.gzip["fixed"]))
    let content = bytes(hex: vectors.first500)
    for count in 0..<packed.count {
      #expect(problem { _ = try drain(GzipSource(MemorySource(Array(packed[..<count])), file: "x")) } == .corruptData, "\(count)")
    }
    for index in packed.indices {
      for bit in 0..<8 {
        var changed = packed
        changed[index] ^= 1 << bit
        if let other = try? drain(GzipSource(MemorySource(changed), file: "x")) { #expect(other == content, "\(index)") }
      }
    }
  }

  @Test("random bytes after a gzip header are refused")
  func random() {
    var random = SplitMix(state: 3)
    for _ in 0..<500 {
      let tail = (0..<Int.random(in: 0...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let source = GzipSource(MemorySource([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0] + tail), file: "x")
      #expect(problem { _ = try drain(source) } == .corruptData)
    }
  }
}
