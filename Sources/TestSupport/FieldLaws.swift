public import Fields

/// A reproducible generator (SplitMix64; Steele, Lea, Flood 2014) for tests only.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64
  public init(seed: UInt64) { state = seed }
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
  /// A uniform base-field element.
  public mutating func element<F: PrimeField>(_ type: F.Type = F.self) -> F {
    while true {
      if let drawn = F(words: (0..<F.wordsPerDraw).map { _ in next() }) { return drawn }
    }
  }
  /// A uniform element of a challenge field.
  public mutating func challenge<E: ChallengeField>(_ type: E.Type = E.self) -> E {
    E(limbs: (0..<E.degree).map { _ in element() })
  }
}

/// The laws of a field, over all pairs and (a, b, c) triples with c running along, of `samples`.
/// Returns the names of the violated laws, without repetition: empty when all hold.
public func checkFieldLaws<F: Field>(samples: [F]) -> [String] {
  var violated: [String] = []
  func require(_ holds: Bool, _ law: String) {
    if !holds, !violated.contains(law) { violated.append(law) }
  }
  require(F.zero != F.one, "0 ≠ 1")
  require(F.zero.inverse() == nil, "0 has no inverse")
  require(F.zero.isZero && !F.one.isZero, "isZero")
  for (i, a) in samples.enumerated() {
    require(a + .zero == a && a * .one == a && a * .zero == .zero, "neutral elements")
    require(a + (-a) == .zero && a - a == .zero && -(-a) == a, "negation")
    require(a.isZero == (a == .zero), "isZero")
    if a != .zero {
      require(a.inverse().map { $0 * a } == .one, "inverse")
      require(a.inverse().flatMap { $0.inverse() } == a, "inverse is an involution")
    }
    require(a.power(0) == .one && a.power(1) == a && a.power(5) == a * a * a * a * a, "power")
    require(a.powers(4) == [.one, a, a * a, a * a * a] && a.powers(0) == [], "powers")
    for (j, b) in samples.enumerated() {
      let c = samples[(i + 3 * j + 1) % samples.count]
      require(a + b == b + a && a * b == b * a, "commutativity")
      require((a + b) + c == a + (b + c) && (a * b) * c == a * (b * c), "associativity")
      require(a * (b + c) == a * b + a * c, "distributivity")
      require(a - b == a + (-b) && (a - b) + b == a, "subtraction")
      require((a == b) == (a - b == .zero), "equality")
      require((a * b == .zero) == (a == .zero || b == .zero), "no zero divisors")
      if a == b { require(a.hashValue == b.hashValue, "hashing") }
      var d = a
      d += b
      d -= c
      d *= b
      require(d == (a + b - c) * b, "compound assignment")
    }
  }
  return violated
}

/// The laws of a prime field: `checkFieldLaws`, Fermat, encodings, draws, integers and roots of unity.
public func checkPrimeFieldLaws<F: PrimeField>(_ type: F.Type, seed: UInt64) -> [String] {
  var generator = SeededGenerator(seed: seed)
  let minusOne = -F.one
  let samples = [F.zero, .one, .two, minusOne, minusOne - .one, F(F.generator), F(.max), F(1 << 32)] + (0..<12).map { _ in generator.element() }
  var violated = checkFieldLaws(samples: samples)
  func require(_ holds: Bool, _ law: String) {
    if !holds, !violated.contains(law) { violated.append(law) }
  }
  func bytes(_ a: F) -> [UInt8] {
    var out: [UInt8] = []
    a.appendBytes(to: &out)
    return out
  }
  let p = F.modulusBytes
  require(p.count == F.byteCount, "byte count")
  let topBit = (0..<(8 * p.count)).last { p[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
  require(topBit == F.modulusBitCount - 1, "bit count")
  for a in samples {
    let encoded = bytes(a)
    require(encoded.count == F.byteCount && F(canonicalBytes: encoded[...]) == a, "encoding round trip")
    require(F(canonicalBytes: [7, 7, 7] + encoded + [7], at: 3) == a, "encoding at an offset")
    require(F(canonicalBytes: ([7, 7, 7] + encoded)[3...]) == a, "encoding in a slice")
    for offset in [-1, 1, F.byteCount, .max, .min] { require(F(canonicalBytes: encoded, at: offset) == nil, "offset out of range") }
    require(F(canonicalBytes: encoded.dropLast()) == nil && F(canonicalBytes: (encoded + [0])[...]) == nil, "length of an encoding")
    require(encoded.reversed().lexicographicallyPrecedes(p.reversed()), "encodings are canonical")
    // a + p, where it fits the bytes, is the non-canonical twin of a.
    var carry = 0
    let twin = zip(encoded, p).map { x, y in
      let sum = Int(x) + Int(y) + carry
      carry = sum >> 8
      return UInt8(sum & 0xFF)
    }
    if carry == 0 { require(F(canonicalBytes: twin[...]) == nil, "non-canonical encodings are rejected") }
    require(raise(a, p) == a, "Fermat")
  }
  var last = p
  last[0] -= 1
  require(bytes(minusOne) == last && p[0] & 1 == 1, "encoding of p − 1")
  require(F(canonicalBytes: p[...]) == nil && F(canonicalBytes: [UInt8](repeating: 0xFF, count: p.count)[...]) == nil, "p is rejected")
  require(words(p).count == F.wordsPerDraw && F(words: words(p)) == nil && F(words: words(last)) == minusOne, "draws")
  require(F(words: []) == nil && F(words: [UInt64](repeating: 0, count: F.wordsPerDraw)) == .zero, "draws")
  for value in [0, 1, 2, 1000, 1 << 40, 1 << 62] as [Int64] {
    require(F(signed: value).signedInteger == value && F(signed: -value).signedInteger == -value, "signed integers")
    require(F(signed: -value) == -F(UInt64(value)), "signed integers")
  }
  require(F(signed: .min) == -F(1 << 63), "signed integers")
  require(F(.max) + .one == F(1 << 32) * F(1 << 32), "2^64")
  require(F.rootOfUnity(log2Order: -1) == nil && F.rootOfUnity(log2Order: F.twoAdicity + 1) == nil, "roots beyond the two-adicity")
  for k in 0...F.twoAdicity {
    guard let root = F.rootOfUnity(log2Order: k) else {
      require(false, "roots of unity")
      continue
    }
    var half = root
    for _ in 0..<max(0, k - 1) { half *= half }
    require(k == 0 ? root == .one : half == minusOne, "root of exact order 2^k")
    if k > 0 { require(F.rootOfUnity(log2Order: k - 1) == root * root, "roots square to roots") }
  }
  // The generator is no square, so the two-adicity is exact: the greatest root has none either.
  require(F.rootOfUnity(log2Order: F.twoAdicity).map { raise($0, half(last)) } == minusOne, "two-adicity is exact")
  require(raise(F(F.generator), half(last)) == minusOne, "generator is no square")
  return violated
}

/// The laws of a challenge field: `checkFieldLaws`, the embedding of its base field, limbs and encodings.
public func checkChallengeFieldLaws<E: ChallengeField>(_ type: E.Type, seed: UInt64) -> [String] {
  var generator = SeededGenerator(seed: seed)
  let samples = [E.zero, .one, -.one, E(base: -.one), E(2)] + (0..<E.degree).map(E.basis) + (0..<12).map { _ in generator.challenge() }
  var violated = checkFieldLaws(samples: samples)
  func require(_ holds: Bool, _ law: String) {
    if !holds, !violated.contains(law) { violated.append(law) }
  }
  for a in samples {
    let limbs = (0..<E.degree).map(a.limb)
    require(E(limbs: limbs) == a, "limbs round trip")
    require(limbs.enumerated().reduce(E.zero) { $0 + E.basis($1.offset).scaled(by: $1.element) } == a, "limbs are coefficients of the basis")
    var encoded: [UInt8] = []
    a.appendBytes(to: &encoded)
    var expected: [UInt8] = []
    for limb in limbs { limb.appendBytes(to: &expected) }
    require(encoded == expected && encoded.count == E.byteCount, "encoding is the limbs in order")
    for s in [E.Base.zero, .one, -.one, E.Base(12345 as UInt64)] + (0..<3).map({ _ in generator.element() }) {
      require(a.scaled(by: s) == a * E(base: s), "scaling by the base field")
      require(a.adding(base: s) == a + E(base: s), "adding of the base field")
    }
  }
  for _ in 0..<20 {
    let (x, y): (E.Base, E.Base) = (generator.element(), generator.element())
    require(E(base: x) * E(base: y) == E(base: x * y) && E(base: x) + E(base: y) == E(base: x + y), "embedding is a homomorphism")
  }
  require(E(signed: -3) == -E(3) && E(base: .one) == .one && E.basis(0) == .one, "embedding of integers")
  let x = E.basis(E.degree > 1 ? 1 : 0)
  for i in 0..<E.degree { require(E.basis(i) == x.power(UInt64(i)), "basis is powers of X") }
  return violated
}

/// base^exponent, the exponent as little-endian bytes.
public func raise<F: Field>(_ base: F, _ exponent: [UInt8]) -> F {
  var result = F.one
  for byte in exponent.reversed() {
    for bit in (0..<8).reversed() {
      result *= result
      if byte >> UInt8(bit) & 1 == 1 { result *= base }
    }
  }
  return result
}

/// ⌊x/2⌋ of little-endian bytes.
private func half(_ bytes: [UInt8]) -> [UInt8] {
  bytes.indices.map { bytes[$0] >> 1 | ($0 + 1 < bytes.count ? bytes[$0 + 1] << 7 : 0) }
}

/// Little-endian bytes as 8-byte words.
private func words(_ bytes: [UInt8]) -> [UInt64] {
  stride(from: 0, to: bytes.count, by: 8).map { start in
    bytes[start..<min(start + 8, bytes.count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
