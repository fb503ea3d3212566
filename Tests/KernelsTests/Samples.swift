import Fields
import Kernels
import Testing

/// Reproducible field elements, a third of them special: 0, 1, −1, −2, 2^32 − 1, 2^32, ….
struct Samples {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func base<F: PrimeField>(_: F.Type = F.self) -> F {
    let special: [F] = [
      .zero, .one, -F.one, -F(2), F(0xFFFF_FFFF), F(0x1_0000_0000), F(0xFFFF_FFFE_FFFF_FFFF), F(0x3F_FFFF), F(1 << 63),
    ]
    let choice = word()
    if choice % 3 == 0 { return special[Int(choice / 3 % UInt64(special.count))] }
    return F(word()) * F(word())
  }

  mutating func element<E: ChallengeField>(_: E.Type = E.self) -> E { E(limbs: (0..<E.degree).map { _ in base() }) }
  mutating func bases<F: PrimeField>(_ count: Int, _: F.Type = F.self) -> [F] { (0..<count).map { _ in base() } }
  mutating func elements<E: ChallengeField>(_ count: Int, _: E.Type = E.self) -> [E] { (0..<count).map { _ in element() } }
  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: word()) } }
}

/// Every vector length's borders, and some more.
let sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 64, 65, 127, 513, 1029]

/// (1, w, w², …), 2^(log2Count − 1) entries, w the field's root of order 2^log2Count.
func twiddles<F: PrimeField>(_ log2Count: Int, inverse: Bool = false) throws -> [F] {
  var root = try #require(F.rootOfUnity(log2Order: log2Count))
  if inverse { root = try #require(root.inverse()) }
  return root.powers(max(1, (1 << log2Count) >> 1))
}

func bitReversed(_ index: Int, bits: Int) -> Int { (0..<bits).reduce(0) { $0 << 1 | (index >> $1 & 1) } }

/// An array of pointers to the rows, for the duration of `body`.
func withRows<F>(_ rows: [[F]], _ body: (UnsafePointer<UnsafePointer<F>>) -> Void) {
  rows.flatMap { $0 }.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    var offset = 0
    var pointers: [UnsafePointer<F>] = []
    for row in rows {
      pointers.append(base + offset)
      offset += row.count
    }
    pointers.withUnsafeBufferPointer { if let address = $0.baseAddress { body(address) } }
  }
}
