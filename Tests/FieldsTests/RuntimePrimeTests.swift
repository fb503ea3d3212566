import Fields
import TestSupport
import Testing

@Suite struct RuntimePrimeTests {
  struct Known: Sendable {
    let hexadecimal: String
    let name: String
    let bitCount: Int
    let twoAdicity: Int
    let nonResidue: UInt64
    /// log2(p) to 12 decimals, cut off.
    let log2: Double
  }

  /// From an independent computation with exact integers.
  static let known = [
    Known(hexadecimal: TestPrimes.bn254, name: "bn254", bitCount: 254, twoAdicity: 28, nonResidue: 5, log2: 253.596691355002),
    Known(hexadecimal: TestPrimes.bls12381, name: "bls12-381", bitCount: 255, twoAdicity: 32, nonResidue: 5, log2: 254.857089413047),
    Known(hexadecimal: TestPrimes.bls12377, name: "bls12-377", bitCount: 253, twoAdicity: 47, nonResidue: 11, log2: 252.222612585028),
    Known(hexadecimal: TestPrimes.pallas, name: "pallas", bitCount: 255, twoAdicity: 32, nonResidue: 5, log2: 254),
    Known(hexadecimal: TestPrimes.vesta, name: "vesta", bitCount: 255, twoAdicity: 32, nonResidue: 5, log2: 254),
    Known(hexadecimal: TestPrimes.stark252, name: "stark252", bitCount: 252, twoAdicity: 192, nonResidue: 3, log2: 251),
    Known(hexadecimal: TestPrimes.secp256k1, name: "secp256k1", bitCount: 256, twoAdicity: 6, nonResidue: 5, log2: 255.999999999999),
    Known(hexadecimal: TestPrimes.grumpkin, name: "grumpkin", bitCount: 254, twoAdicity: 1, nonResidue: 3, log2: 253.596691355002),
    Known(hexadecimal: "78000001", name: "babybear", bitCount: 31, twoAdicity: 27, nonResidue: 11, log2: 30.906890596325),
    Known(hexadecimal: "ffffffff00000001", name: "goldilocks", bitCount: 64, twoAdicity: 32, nonResidue: 7, log2: 63.999999999664),
  ]

  @Test(arguments: known) func constants(_ known: Known) throws {
    let prime = try TestPrimes.prime(known.hexadecimal)
    #expect(prime.name == known.name && prime.bitCount == known.bitCount)
    #expect(prime.twoAdicity == known.twoAdicity && prime.nonResidue == known.nonResidue)
    #expect(prime.log2Modulus <= known.log2 + 1e-12 && prime.log2Modulus > known.log2 - 1e-11)
    #expect(prime.hexadecimal == "0x" + known.hexadecimal)
    let bytes = TestPrimes.bytes(known.hexadecimal)
    #expect(prime.modulusBytes == bytes + [UInt8](repeating: 0, count: 32 - bytes.count))
  }

  @Test func unknownPrimesAreNamedByDigest() throws {
    let names = try [TestPrimes.random200, TestPrimes.random256, TestPrimes.greatest].map { try TestPrimes.prime($0).name }
    #expect(Set(names).count == 3)
    for name in names { #expect(name.hasPrefix("prime-") && name.count == 22) }
  }

  /// Zeros above the number change nothing: an R1CS header may give more bytes than the prime needs.
  @Test func zerosAboveAreAccepted() throws {
    let bytes = TestPrimes.bytes(TestPrimes.vesta)
    #expect(try RuntimePrime(modulusBytes: bytes + [0, 0, 0]) == RuntimePrime(modulusBytes: bytes))
    #expect(try RuntimePrime(modulusBytes: [101]).modulusBytes.prefix(2) == [101, 0])
  }

  @Test func refusals() {
    #expect(throws: RuntimePrimeError.tooSmall) { try RuntimePrime(modulusBytes: []) }
    #expect(throws: RuntimePrimeError.tooSmall) { try RuntimePrime(modulusBytes: [0, 0]) }
    #expect(throws: RuntimePrimeError.tooSmall) { try RuntimePrime(modulusBytes: [1]) }
    #expect(throws: RuntimePrimeError.even) { try RuntimePrime(modulusBytes: [2]) }
    #expect(throws: RuntimePrimeError.even) { try TestPrimes.prime("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe") }
    #expect(throws: RuntimePrimeError.tooWide(bits: 257)) { try TestPrimes.prime("1" + String(repeating: "0", count: 63) + "1") }
    // The prime 2^384 − 2^128 − 2^96 + 2^32 − 1 of P-384.
    #expect(throws: RuntimePrimeError.tooWide(bits: 384)) {
      try TestPrimes.prime("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff")
    }
    #expect(throws: RuntimePrimeError.composite(modulus: "0xf")) { try RuntimePrime(modulusBytes: [15]) }
  }

  /// Composites that simple tests take for primes.
  @Test(arguments: [
    // Carmichael numbers: 561, 6601, and (6k + 1)(12k + 1)(18k + 1) of 244 bits.
    "231", "19c9", "e3e2f91a6cf8084991139443b1214ee52f3d89cba8779189135b554856b39",
    // Strong pseudoprimes to all prime bases up to 7, 37 and 41 (Jaeschke 1993; Sorenson, Webster 2015).
    "bfa17dc7", "437ae92817f9fc85b7e5", "2be6951adc5b22410a5fd",
    // p(2p − 1), the square of a prime, the product of two random primes.
    "fd98b501e74358e3f23d483ccce496233fcb173812a924ad7c20f57b703e3cf",
    "4608910d65a68b2be1ad269332e4d72389452e73bf87a97994ab07bb80000001",
    "7232d955ad9b8b20c2602f8c9e352883c43b9e0e31d0e3bfb1e23084e10af5e1",
    // 2^255 − 21, 2^255 − 17, 2^256 − 1, 2^254 + 1.
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeb", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffef",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "4000000000000000000000000000000000000000000000000000000000000001",
  ]) func composites(_ hexadecimal: String) {
    #expect(throws: RuntimePrimeError.composite(modulus: "0x" + hexadecimal)) { try TestPrimes.prime(hexadecimal) }
  }

  /// Against trial division, on both sides of the border between the two rules.
  @Test func smallNumbers() {
    func isPrime(_ n: Int) -> Bool { n > 1 && !(2..<n).prefix { $0 * $0 <= n }.contains { n % $0 == 0 } }
    for n in Array(stride(from: 3, to: 2000, by: 2)) + Array(stride(from: 1 << 20 - 301, to: 1 << 20 + 301, by: 2)) {
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: n >> (8 * $0)) }
      #expect(((try? RuntimePrime(modulusBytes: bytes)) != nil) == isPrime(n), "\(n)")
    }
  }
}

@Suite struct RuntimePrimeFieldTests {
  static let primes = [
    TestPrimes.bn254, TestPrimes.bls12381, TestPrimes.bls12377, TestPrimes.pallas, TestPrimes.vesta, TestPrimes.stark252, TestPrimes.secp256k1,
    TestPrimes.random200, TestPrimes.random256, TestPrimes.random142, TestPrimes.greatest,
  ]

  @Test(arguments: primes) func laws(_ hexadecimal: String) throws {
    try TestPrimes.prime(hexadecimal).withModulus {
      #expect(checkPrimeFieldLaws(RuntimePrimeField.self, seed: 4) == [])
      #expect(checkChallengeFieldLaws(RuntimePrimeField.self, seed: 5) == [])
    }
  }

  /// Primes below one word: no field of the engine, but no wrong arithmetic either.
  @Test(arguments: ["3", "5", "11", "78000001", "ffffffff00000001"]) func smallPrimes(_ hexadecimal: String) throws {
    let prime = try TestPrimes.prime(hexadecimal)
    try prime.withModulus {
      typealias F = RuntimePrimeField
      var generator = SeededGenerator(seed: 8)
      #expect(checkFieldLaws(samples: [F.zero, .one, -.one] + (0..<8).map { _ in generator.element() }) == [])
      #expect((-F.one).signedInteger == -1 && F.zero.signedInteger == 0 && F.one.signedInteger == 1)
    }
  }

  /// Element by element and byte by byte the static type.
  @Test func agreesWithTheStaticType() throws {
    try TestPrimes.prime(TestPrimes.bn254).withModulus {
      #expect(RuntimePrimeField.name == BN254Scalar.name && RuntimePrimeField.generator == BN254Scalar.generator)
      #expect(RuntimePrimeField.modulusBytes == BN254Scalar.modulusBytes && RuntimePrimeField.twoAdicity == BN254Scalar.twoAdicity)
      func bytes<F: PrimeField>(_ values: [F?]) -> [[UInt8]?] {
        values.map { value in
          value.map {
            var out: [UInt8] = []
            $0.appendBytes(to: &out)
            return out
          }
        }
      }
      func values<F: PrimeField>(_: F.Type) -> [[UInt8]?] {
        var generator = SeededGenerator(seed: 11)
        var out: [F?] = [F.rootOfUnity(log2Order: 28), F.rootOfUnity(log2Order: 29), F(signed: .min), F(.max)]
        for _ in 0..<200 {
          let (a, b): (F, F) = (generator.element(), generator.element())
          out += [a, b, a + b, a - b, a * b, -a, a.inverse(), a.power(12345)]
        }
        return bytes(out)
      }
      #expect(values(RuntimePrimeField.self) == values(BN254Scalar.self))
    }
  }
}
