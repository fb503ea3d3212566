import Fields
import R1CS
import Testing

@Suite("Names of primes") struct KnownPrimeTests {
  @Test("files and the field call a prime by the same name, and every one with a name is a prime") func names() throws {
    #expect(KnownPrime.all.count > 15)
    for known in KnownPrime.all {
      let prime = try RuntimePrime(modulusBytes: known.prime.littleEndianBytes)
      #expect(prime.name == known.name && prime.hexadecimal == known.prime.hex)
    }
  }
}
