import Hashing
import Kernels
import Testing

/// With the processor's instructions and without: one after the other, the choice is the process's.
@Suite(.serialized) struct FastSHA256Tests {
  private func both(_ body: () -> Void) {
    for accelerated in [false, true] {
      FastSHA256.setAccelerated(accelerated)
      if !accelerated { #expect(!FastSHA256.isAccelerated) }
      body()
    }
  }

  /// FIPS 180-4 examples (NIST, SHA256.pdf and SHA2_Additional.pdf).
  @Test func knownAnswers() {
    both {
      #expect(
        FastSHA256.hash(Array("abc".utf8)).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      #expect(FastSHA256.hash([]).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
      #expect(
        FastSHA256.hash(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)).hex
          == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
      #expect(
        FastSHA256.hash([UInt8](repeating: 0x61, count: 1_000_000)).hex
          == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
  }

  @Test func everyLength() {
    var samples = Samples(1)
    let bytes = samples.bytes(300)
    both {
      for length in 0...300 {
        let message = Array(bytes[..<length])
        let expected = SHA256.hash(message)
        #expect(FastSHA256.hash(message) == expected)
        var digest = [UInt8](repeating: 0, count: 32)
        FastSHA256.hash(&digest, message, byteCount: length)
        #expect(digest == expected.bytes)
      }
    }
  }

  private func compare(
    _ count: Int, _ fast: (UnsafeMutablePointer<UInt8>) -> Void, with twin: (UnsafeMutablePointer<UInt8>) -> Void,
    _ location: SourceLocation = #_sourceLocation
  ) {
    var left = [UInt8](repeating: 0xA5, count: 32 * count + 5)
    var right = left
    fast(&left)
    twin(&right)
    let equal = left == right
    #expect(equal, sourceLocation: location)
  }

  @Test func leaves() {
    var samples = Samples(2)
    let data = samples.bytes(9 * 310)
    let salts = samples.bytes(9 * 32)
    both {
      for length in 0...300 {
        let count = length % 9 + 1
        for salt in [nil, salts] {
          for stride in [length, 310] {
            salt.withPointer { salt in
              compare(count) {
                FastSHA256.leaves($0, salts: salt, columns: data, byteCount: length, strideBytes: stride, count: count)
              } with: {
                ReferenceSHA256.leaves($0, salts: salt, columns: data, byteCount: length, strideBytes: stride, count: count)
              }
            }
          }
        }
      }
    }
  }

  @Test func nodesAndCounters() {
    var samples = Samples(3)
    let children = samples.bytes(64 * 9)
    let seed = samples.bytes(32)
    both {
      for count in 0...9 {
        compare(count) {
          FastSHA256.nodes($0, children: children, height: 7, count: count)
        } with: {
          ReferenceSHA256.nodes($0, children: children, height: 7, count: count)
        }
        for first in [0, 5, 0x0102_0304_0506_0708, UInt64.max - 3] {
          compare(count) {
            FastSHA256.salts($0, seed: seed, first: first, count: count)
          } with: {
            ReferenceSHA256.salts($0, seed: seed, first: first, count: count)
          }
          compare(count) {
            FastSHA256.randomBlocks($0, seed: seed, first: first, count: count)
          } with: {
            ReferenceSHA256.randomBlocks($0, seed: seed, first: first, count: count)
          }
        }
      }
    }
  }

  /// A layer may overwrite the one below.
  @Test func nodesInPlace() {
    var samples = Samples(4)
    let start = samples.bytes(64 * 11)
    both {
      var layer = start
      var expected = start
      layer.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { FastSHA256.nodes(base, children: base, height: 1, count: 11) }
      }
      ReferenceSHA256.nodes(&expected, children: start, height: 1, count: 11)
      #expect(layer[..<352] == expected[..<352])
    }
  }
}

extension Optional<[UInt8]> {
  fileprivate func withPointer(_ body: (UnsafePointer<UInt8>?) -> Void) {
    if let bytes = self { bytes.withUnsafeBufferPointer { body($0.baseAddress) } } else { body(nil) }
  }
}
