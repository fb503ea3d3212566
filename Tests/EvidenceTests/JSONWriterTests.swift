import Evidence
import Hashing
import Testing

/// Cases of RFC 8785 (JSON Canonicalization Scheme) that concern strings, order and integers; sections in the test names.
@Suite("Canonical JSON")
struct JSONWriterTests {
  private func canonical(_ text: String) throws -> String {
    try JSONParser.parse(Array(text.utf8)).canonicalText
  }

  @Test("3.2.2: whitespace, literals, string escapes")
  func primitives() throws {
    let input = #"{ "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }"#
    #expect(try canonical(input) == #"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#)
  }

  @Test("3.2.3: keys ascending by UTF-16 code units")
  func order() throws {
    let input = #"""
      {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
       "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
      """#
    let expected =
      "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
      + "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
    #expect(try canonical(input) == expected)
  }

  @Test("3.2.3: order holds at every depth, array order is kept")
  func nesting() throws {
    #expect(
      try canonical(#"{"1":{"f":{"f":"hi","F":5},"\n":56},"10":{},"":"empty","a":{},"111":[{"e":"yes","E":"no"}],"A":{}}"#)
        == #"{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}"#)
    #expect(try canonical("[56,{\"d\":true,\"10\":null,\"1\":[ ]}]") == #"[56,{"1":[],"10":null,"d":true}]"#)
  }

  @Test(
    "3.2.2.3 and appendix B: integers",
    arguments: [
      ("0", "0"), ("-0", "0"), ("-1", "-1"), ("9007199254740991", "9007199254740991"),
      ("-9007199254740991", "-9007199254740991"), ("1000000000000000", "1000000000000000"),
    ])
  func integers(input: String, expected: String) throws {
    #expect(try canonical(input) == expected)
  }

  @Test("3.2.2.2: every control character by its shortest escape, nothing else escaped")
  func controls() throws {
    let short: [UInt8: String] = [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"]
    for byte in UInt8(0)..<32 {
      let text = JSONValue.string(String(Unicode.Scalar(byte))).canonicalText
      #expect(text == "\"\(short[byte] ?? "\\u00" + hexadecimal([byte]))\"")
    }
    #expect(JSONValue.string("\u{7f}\u{2028}/<\u{e000}").canonicalText == "\"\u{7f}\u{2028}/<\u{e000}\"")
  }

  @Test("both ways of writing read back as the same value")
  func roundTrip() throws {
    let value: JSONValue = .object([
      "empty": [], "none": .object([:]), "deep": [[[1, -2]], .object(["k": .null])], "text": "a\"\\\u{1}\u{2029}é😀", "flag": false,
    ])
    #expect(try JSONParser.parse(value.canonicalBytes) == value)
    #expect(try JSONParser.parse(value.prettyBytes) == value)
    #expect(JSONValue.object(["b": [1, 2], "a": .object([:])]).prettyText == "{\n  \"a\": {},\n  \"b\": [\n    1,\n    2\n  ]\n}\n")
  }

  @Test("objects keep the first of equal keys and find every key")
  func lookup() {
    var object = JSONObject([("b", 1), ("a", 2), ("b", 3)])
    #expect(object.members.map(\.key) == ["a", "b"])
    #expect(object["b"] == 1)
    object = object.setting("c", to: 4).setting("a", to: nil)
    #expect(JSONValue.object(object) == .object(["b": 1, "c": 4]))
    let many = JSONObject((0..<200).map { ("k\($0)", .integer($0)) })
    #expect((0..<200).allSatisfy { many["k\($0)"] == .integer($0) })
    #expect(many["k200"] == nil && many[""] == nil)
  }
}
