import Hashing
import Testing

@Suite struct DigestTests {
  let bytes = (0..<32).map { UInt8($0 * 7 + 1) }

  @Test func bytesAndHexadecimalRoundTrip() throws {
    let digest = try #require(Digest(bytes: bytes))
    #expect(digest.bytes == bytes)
    #expect(Digest(bytes: ([0, 0] + bytes)[2...]) == digest)
    #expect(digest.hex.count == 64 && digest.hex.hasPrefix("01080f16"))
    #expect(Digest(hex: digest.hex) == digest)
    #expect(Digest(hex: digest.hex.uppercased()) == digest)
    #expect("\(digest)" == digest.hex)
  }

  @Test(arguments: [0, 1, 31, 33, 64]) func otherLengthsAreRefused(count: Int) {
    #expect(Digest(bytes: [UInt8](repeating: 1, count: count)) == nil)
    #expect(Digest(hex: String(repeating: "ab", count: count)) == nil)
  }

  @Test func otherCharactersAreRefused() {
    let sixtyTwo = String(repeating: "0", count: 62)
    for end in ["g0", "0G", " 0", "/0", ":0", "@0", "`0", "0", "000", "é"] { #expect(Digest(hex: sixtyTwo + end) == nil) }
    #expect(Digest(hex: sixtyTwo + "fF") != nil)
  }

  @Test func orderIsThatOfTheBytes() throws {
    for index in 0..<32 {
      var greater = bytes
      greater[index] += 1
      let (a, b) = (try #require(Digest(bytes: bytes)), try #require(Digest(bytes: greater)))
      #expect(a < b && !(b < a) && a != b)
    }
  }

  @Test func hexadecimalOfAnyBytes() {
    #expect(hexadecimal([]) == "")
    #expect(hexadecimal([0x00, 0x0F, 0xA0, 0xFF]) == "000fa0ff")
  }
}
