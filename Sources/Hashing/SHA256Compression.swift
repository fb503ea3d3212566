/// The SHA-256 block function, FIPS 180-4, 6.2.2, in portable Swift: the definition that every replacement must equal.

extension SHA256 {
  /// Absorbs the whole 64-byte blocks of `blocks` into `state`, in order; trailing bytes short of a block are ignored.
  public static func compress(_ state: inout SHA256State, _ blocks: Span<UInt8>) {
    var offset = 0
    while blocks.count &- offset >= 64 {
      // Cut out first: constant indices into 64 bytes need one bounds check.
      var window = MessageWindow(blocks.extracting(offset..<(offset &+ 64)))
      var next = WorkingVariables(state)
      next.sixteenRounds(
        window, 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174)
      window.advance()
      next.sixteenRounds(
        window, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967)
      window.advance()
      next.sixteenRounds(
        window, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070)
      window.advance()
      next.sixteenRounds(
        window, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2)
      state.h0 = state.h0 &+ next.a
      state.h1 = state.h1 &+ next.b
      state.h2 = state.h2 &+ next.c
      state.h3 = state.h3 &+ next.d
      state.h4 = state.h4 &+ next.e
      state.h5 = state.h5 &+ next.f
      state.h6 = state.h6 &+ next.g
      state.h7 = state.h7 &+ next.h
      offset = offset &+ 64
    }
  }
}

@inline(__always) private func rotate(_ x: UInt32, _ count: UInt32) -> UInt32 { x &>> count | x &<< (32 &- count) }

/// Sixteen consecutive words of the message schedule.
private struct MessageWindow {
  var w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15: UInt32

  @inline(__always) init(_ bytes: Span<UInt8>) {
    @inline(__always) func word(_ index: Int) -> UInt32 {
      let i = 4 &* index
      return UInt32(bytes[i]) &<< 24 | UInt32(bytes[i &+ 1]) &<< 16 | UInt32(bytes[i &+ 2]) &<< 8 | UInt32(bytes[i &+ 3])
    }
    (w0, w1, w2, w3, w4, w5, w6, w7) = (word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7))
    (w8, w9, w10, w11, w12, w13, w14, w15) = (word(8), word(9), word(10), word(11), word(12), word(13), word(14), word(15))
  }

  /// **Formula**: W[t] = σ1(W[t−2]) + W[t−7] + σ0(W[t−15]) + W[t−16], sixteen steps.
  @inline(__always) mutating func advance() {
    @inline(__always) func step(_ w: inout UInt32, _ w1: UInt32, _ w9: UInt32, _ w14: UInt32) {
      let sigma0 = rotate(w1, 7) ^ rotate(w1, 18) ^ w1 &>> 3
      let sigma1 = rotate(w14, 17) ^ rotate(w14, 19) ^ w14 &>> 10
      w = w &+ sigma0 &+ w9 &+ sigma1
    }
    step(&w0, w1, w9, w14)
    step(&w1, w2, w10, w15)
    step(&w2, w3, w11, w0)
    step(&w3, w4, w12, w1)
    step(&w4, w5, w13, w2)
    step(&w5, w6, w14, w3)
    step(&w6, w7, w15, w4)
    step(&w7, w8, w0, w5)
    step(&w8, w9, w1, w6)
    step(&w9, w10, w2, w7)
    step(&w10, w11, w3, w8)
    step(&w11, w12, w4, w9)
    step(&w12, w13, w5, w10)
    step(&w13, w14, w6, w11)
    step(&w14, w15, w7, w12)
    step(&w15, w0, w8, w13)
  }
}

/// The variables a … h of the rounds.
private struct WorkingVariables {
  var a, b, c, d, e, f, g, h: UInt32

  @inline(__always) init(_ state: SHA256State) {
    (a, b, c, d, e, f, g, h) = (state.h0, state.h1, state.h2, state.h3, state.h4, state.h5, state.h6, state.h7)
  }

  @inline(__always) mutating func sixteenRounds(
    _ w: MessageWindow, _ k0: UInt32, _ k1: UInt32, _ k2: UInt32, _ k3: UInt32, _ k4: UInt32, _ k5: UInt32, _ k6: UInt32, _ k7: UInt32,
    _ k8: UInt32, _ k9: UInt32, _ k10: UInt32, _ k11: UInt32, _ k12: UInt32, _ k13: UInt32, _ k14: UInt32, _ k15: UInt32
  ) {
    // The variables rotate by renaming: each round writes only the new e (in d) and the new a (in h).
    @inline(__always) func round(
      _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ input: UInt32
    ) {
      let choice = e & f ^ ~e & g
      let majority = a & b ^ a & c ^ b & c
      let t1 = h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ input
      d = d &+ t1
      h = t1 &+ (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
    }
    round(a, b, c, &d, e, f, g, &h, k0 &+ w.w0)
    round(h, a, b, &c, d, e, f, &g, k1 &+ w.w1)
    round(g, h, a, &b, c, d, e, &f, k2 &+ w.w2)
    round(f, g, h, &a, b, c, d, &e, k3 &+ w.w3)
    round(e, f, g, &h, a, b, c, &d, k4 &+ w.w4)
    round(d, e, f, &g, h, a, b, &c, k5 &+ w.w5)
    round(c, d, e, &f, g, h, a, &b, k6 &+ w.w6)
    round(b, c, d, &e, f, g, h, &a, k7 &+ w.w7)
    round(a, b, c, &d, e, f, g, &h, k8 &+ w.w8)
    round(h, a, b, &c, d, e, f, &g, k9 &+ w.w9)
    round(g, h, a, &b, c, d, e, &f, k10 &+ w.w10)
    round(f, g, h, &a, b, c, d, &e, k11 &+ w.w11)
    round(e, f, g, &h, a, b, c, &d, k12 &+ w.w12)
    round(d, e, f, &g, h, a, b, &c, k13 &+ w.w13)
    round(c, d, e, &f, g, h, a, &b, k14 &+ w.w14)
    round(b, c, d, &e, f, g, h, &a, k15 &+ w.w15)
  }
}
