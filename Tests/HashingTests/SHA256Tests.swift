import Hashing
import TestSupport
import Testing

@Suite struct SHA256Tests {
  private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// NIST FIPS 180-4 examples and the long message of the same suite.
  @Test func standardVectors() {
    #expect(SHA256.hash([]).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA256.hash(ascii("abc")).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hash(ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).hex
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      SHA256.hash(ascii("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")).hex
        == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")
    #expect(SHA256.hash([UInt8](repeating: 0x61, count: 1_000_000)).hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func everyLengthAroundThePaddingAgainstSwiftCrypto() {
    var generator = SeededGenerator(seed: 256)
    for length in 0...300 {
      let message = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      #expect(SHA256.hash(message).bytes == referenceSHA256(message))
      // Slices whose indices do not start at zero, and the hasher in two pieces.
      #expect(SHA256.hash(([1, 2, 3] + message + [4])[3..<(3 + length)]).bytes == referenceSHA256(message))
      var hasher = SHA256()
      let cut = length == 0 ? 0 : Int(generator.next() % UInt64(length))
      hasher.update(message[..<cut])
      hasher.update(message[cut...])
      #expect(hasher.finalize().bytes == referenceSHA256(message))
      #expect(hasher.finalize().bytes == referenceSHA256([]))
    }
  }

  @Test func aMegabyteInUnevenPieces() {
    var generator = SeededGenerator(seed: 20)
    let message = (0..<(1 << 20)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    var hasher = SHA256()
    var at = 0
    while at < message.count {
      let count = min(message.count - at, Int(generator.next() % 1000))
      hasher.update(message[at..<(at + count)])
      at += count
    }
    let expected = referenceSHA256(message)
    #expect(hasher.finalize().bytes == expected)
    #expect(SHA256.hash(message).bytes == expected)
  }

  @Test func conveniencesAppendTheirBytes() {
    let digest = SHA256.hash([9])
    var hasher = SHA256()
    hasher.update(byte: 0xAB)
    hasher.update(littleEndian: 0x0102_0304_0506_0708)
    hasher.update(digest)
    hasher.update([1, 2])
    #expect(hasher.finalize().bytes == referenceSHA256([0xAB, 8, 7, 6, 5, 4, 3, 2, 1] + digest.bytes + [1, 2]))
  }

  /// The default of the protocol, for a hash function that only has the three basic operations.
  @Test func aCallerSuppliedHashFunction() {
    struct Wrapped: HashFunction {
      var inner = SHA256()
      mutating func update(_ bytes: ArraySlice<UInt8>) { inner.update(bytes) }
      mutating func finalize() -> Digest { inner.finalize() }
    }
    #expect(Wrapped.hash([1, 2, 3]) == SHA256.hash([1, 2, 3]))
  }
}
