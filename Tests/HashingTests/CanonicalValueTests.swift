import Hashing
import TestSupport
import Testing

@Suite struct CanonicalValueTests {
  @Test func knownAnswerOfTheSpecification() throws {
    let expected = try SpecVectors.load().codes.encode
    let value: CanonicalValue = ["b": [1, "two", .bytes([3])], "a": true]
    #expect(value.encoded == expected.bytes.bytes)
    #expect(value.digest(tag: "tag").bytes == expected.digestWithTag.bytes)
  }

  @Test func everyCase() {
    #expect(CanonicalValue.integer(0x0102).encoded == [0x69, 2, 1, 0, 0, 0, 0, 0, 0])
    #expect(CanonicalValue.integer(.max).encoded == [0x69] + [UInt8](repeating: 0xFF, count: 8))
    #expect(CanonicalValue.text("é").encoded == [0x73, 2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xA9])
    #expect(CanonicalValue.bytes([5]).encoded == [0x62, 1, 0, 0, 0, 0, 0, 0, 0, 5])
    #expect(CanonicalValue.boolean(true).encoded == [0x74] && CanonicalValue.boolean(false).encoded == [0x66])
    #expect(CanonicalValue.list([]).encoded == [0x6C] + [UInt8](repeating: 0, count: 8))
    #expect(CanonicalValue.dictionary([:]).encoded == [0x64] + [UInt8](repeating: 0, count: 8))
    let digest = SHA256.hash([])
    #expect(CanonicalValue(digest) == .bytes(digest.bytes))
  }

  @Test func keysAscendByCodePoint() {
    // U+FF5E before U+1F600 by code point (after it in UTF-16), "Z" before "a", a prefix before its extension.
    let keys = ["a", "Z", "", "é", "~", "\u{FF5E}", "\u{1F600}", "ab", "a b", "10", "9"]
    let value = CanonicalValue.dictionary(Dictionary(uniqueKeysWithValues: keys.map { ($0, .boolean(true)) }))
    let order = ["", "10", "9", "Z", "a", "a b", "ab", "~", "é", "\u{FF5E}", "\u{1F600}"]
    let body: [UInt8] = order.flatMap { (key: String) -> [UInt8] in CanonicalValue.text(key).encoded + [0x74] }
    #expect(value.encoded == [0x64, UInt8(keys.count), 0, 0, 0, 0, 0, 0, 0] + body)
  }

  @Test func differentValuesHaveDifferentEncodings() {
    let samples: [CanonicalValue] = [
      0, 1, "", "i", .bytes([]), .bytes([0x69]), [], [[]], [0], [0, 0], [:], ["a": 0], ["a": [0]], true, false, ["a", "b"], ["ab"],
    ]
    #expect(Set(samples.map(\.encoded)).count == samples.count)
    #expect(Set(samples.map { $0.digest(tag: "x") }).count == samples.count)
    #expect(samples.allSatisfy { $0.digest(tag: "x") != $0.digest(tag: "y") })
  }

  @Test func ofEqualKeysInALiteralTheLastCounts() {
    let value: CanonicalValue = ["a": 1, "a": 2]
    #expect(value == .dictionary(["a": .integer(2)]))
  }
}
