import Evidence
import Testing

private func parse(_ text: String, limits: JSONParser.Limits = .init()) throws(JSONError) -> JSONValue {
  try JSONParser.parse(Array(text.utf8), limits: limits)
}

@Suite("JSON parser")
struct JSONParserTests {
  @Test("reads every kind of value")
  func values() throws {
    #expect(try parse(" null ") == .null)
    #expect(try parse("[true,false]") == [true, false])
    #expect(try parse("-17") == -17)
    #expect(try parse("-0") == 0)
    #expect(try parse("9007199254740991") == .integer(JSONValue.largestInteger))
    #expect(try parse("\t{\"b\" : [ ] , \"a\":{}}\r\n") == .object(["a": .object([:]), "b": []]))
    #expect(try parse(#""\"\\\/\b\f\n\r\t\u0041\uD83D\ude00é""#) == "\"\\/\u{8}\u{c}\n\r\tA😀é")
  }

  @Test(
    "refuses what is not such JSON, with the place",
    arguments: [
      ("", JSONError(.unexpectedEnd, at: 0)),
      ("  ", JSONError(.unexpectedEnd, at: 2)),
      ("nul", JSONError(.unexpectedEnd, at: 3)),
      ("nulL", JSONError(.unexpectedByte(0x4c), at: 3)),
      ("1 2", JSONError(.trailingBytes, at: 2)),
      ("[1,]", JSONError(.unexpectedByte(0x5d), at: 3)),
      ("[1", JSONError(.unexpectedEnd, at: 2)),
      ("[1 2]", JSONError(.unexpectedByte(0x32), at: 3)),
      ("{1:2}", JSONError(.unexpectedByte(0x31), at: 1)),
      ("{\"a\"}", JSONError(.unexpectedByte(0x7d), at: 4)),
      ("{\"a\":1,}", JSONError(.unexpectedByte(0x7d), at: 7)),
      ("{\"a\":1,\"b\":2,\"a\":3}", JSONError(.duplicateKey("a"), at: 13)),
      ("{\"a\":1,\"\\u0061\":3}", JSONError(.duplicateKey("a"), at: 7)),
      ("1.0", JSONError(.notAnInteger, at: 1)),
      ("1e3", JSONError(.notAnInteger, at: 1)),
      ("-1E3", JSONError(.notAnInteger, at: 2)),
      ("01", JSONError(.leadingZero, at: 0)),
      ("-", JSONError(.unexpectedEnd, at: 1)),
      ("+1", JSONError(.unexpectedByte(0x2b), at: 0)),
      ("9007199254740992", JSONError(.integerOutOfRange, at: 0)),
      ("[-9007199254740992]", JSONError(.integerOutOfRange, at: 1)),
      (String(repeating: "9", count: 400), JSONError(.integerOutOfRange, at: 0)),
      ("NaN", JSONError(.unexpectedByte(0x4e), at: 0)),
      ("'a'", JSONError(.unexpectedByte(0x27), at: 0)),
      ("\"a", JSONError(.unexpectedEnd, at: 2)),
      ("\"\n\"", JSONError(.controlCharacter(10), at: 1)),
      ("\"\\x\"", JSONError(.invalidEscape, at: 1)),
      ("\"\\u12g4\"", JSONError(.invalidEscape, at: 5)),
      ("\"\\u12", JSONError(.unexpectedEnd, at: 5)),
      ("\"\\ud800\"", JSONError(.loneSurrogate, at: 1)),
      ("\"\\ud800\\n\"", JSONError(.loneSurrogate, at: 1)),
      ("\"\\ud800\\ud800\"", JSONError(.loneSurrogate, at: 1)),
      ("\"\\udc00\"", JSONError(.loneSurrogate, at: 1)),
      ("\u{feff}1", JSONError(.unexpectedByte(0xef), at: 0)),
      ("// a\n1", JSONError(.unexpectedByte(0x2f), at: 0)),
      ("\"\\", JSONError(.unexpectedEnd, at: 2)),
    ])
  func refusals(text: String, expected: JSONError) {
    #expect(throws: expected) { try parse(text) }
  }

  @Test(
    "refuses bytes that are not UTF-8",
    arguments: [
      [0x80], [0xc0, 0xaf], [0xc1, 0xbf], [0xc3], [0xe0, 0x80, 0xaf], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf0, 0x80, 0x80, 0xaf],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xe2, 0x28, 0xa1],
    ] as [[UInt8]])
  func utf8(bytes: [UInt8]) {
    #expect(throws: JSONError(.invalidUTF8, at: 2)) { try JSONParser.parse([0x22, 0x61] + bytes + [0x22]) }
  }

  @Test("bounds depth, values and bytes")
  func bounds() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(try parse(nested(64)).kind == .array)
    #expect(throws: JSONError(.tooDeep(limit: 64), at: 64)) { try parse(nested(65)) }
    #expect(throws: JSONError(.tooDeep(limit: 64), at: 64)) { try parse(String(repeating: "[", count: 4_000_000)) }
    #expect(throws: JSONError(.tooDeep(limit: 64), at: 320)) { try parse(String(repeating: "{\"a\":", count: 500_000)) }
    #expect(throws: JSONError(.tooLarge(limit: 3), at: 3)) { try parse("1234", limits: .init(byteCount: 3)) }
    #expect(throws: JSONError(.tooManyValues(limit: 3), at: 5)) { try parse("[1,2,3]", limits: .init(valueCount: 3)) }
    #expect(throws: JSONError(.tooManyValues(limit: 2), at: 5)) { try parse("{\"a\":1}", limits: .init(valueCount: 2)) }
  }

  @Test("any prefix and any changed byte of a document ends in a value or an error")
  func mutations() {
    let text = Array(#"{"a":[1,-2,"é\u00e9😀\ud83d\ude00",{"b":null,"c":true}],"d":""}"#.utf8)
    var refused = 0
    for count in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.prefix(count))) }
      for byte in UInt8.min...UInt8.max {
        var changed = text
        changed[count] = byte
        guard let value = try? JSONParser.parse(changed) else {
          refused += 1
          continue
        }
        #expect((try? JSONParser.parse(value.canonicalBytes)) == value)
      }
    }
    #expect(refused > 5_000)
  }

  @Test("strings are compared scalar by scalar, not up to normalisation")
  func normalisation() throws {
    #expect(JSONValue.string("e\u{301}") != JSONValue.string("\u{e9}"))
    let both = try parse("{\"e\u{301}\":1,\"\u{e9}\":2}")
    #expect(try JSONNode(both).object()["\u{e9}"] == 2)
    #expect(try JSONNode(both).object()["e\u{301}"] == 1)
    #expect(throws: JSONShapeError(.notAllowed(rule: "another key is the same up to Unicode normalisation"), at: "/\u{e9}")) {
      try JSONNode(both).canonicalValue()
    }
  }

  @Test("shape errors name the path")
  func shapes() throws {
    let node = JSONNode(try parse(#"{"a":{"b/c~":[1,"x"]},"n":-5}"#))
    #expect(throws: JSONShapeError(.unknownField, at: "/n")) { try node.fields(["a"]) }
    #expect(throws: JSONShapeError(.missing, at: "/z")) { try node.fields(["a", "n", "z"]) }
    let fields = try node.fields(["a"], optional: ["n", "z"])
    #expect(fields.optional("z")?.value == nil)
    let list = try fields.node("a").fields(["b/c~"]).node("b/c~").elements()
    #expect(throws: JSONShapeError(.kind(expected: .integer, actual: .string), at: "/a/b~1c~0/1")) { try list[1].integer() }
    #expect(throws: JSONShapeError(.notAllowed(rule: "must be in 2...3"), at: "/a/b~1c~0/0")) { try list[0].integer(in: 2...3) }
    #expect(throws: JSONShapeError(.notAllowed(rule: "negative integers are written as strings here"), at: "/n")) { try node.canonicalValue() }
    #expect(throws: JSONShapeError(.kind(expected: .object, actual: .integer), at: "/n")) { try fields.node("n").fields([]) }
  }
}
