// SHA-256 compression with the x86 SHA extensions (Intel SDM: SHA256RNDS2, SHA256MSG1, SHA256MSG2).
//
// Two rounds take 4 cycles from input to output but a new pair may start sooner, so four messages side by side keep the unit
// busy. The message schedules are written to memory first: the rounds then need two registers a message.
#include "sha256_internal.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define TARGET __attribute__((target("sha,ssse3,sse4.1")))
#define HELPER static inline __attribute__((always_inline)) TARGET

int zk_sha256_ni_available(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1)) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
}

/// schedule[t] = W_4t..W_4t+3 plus the round constants.
HELPER void expand(__m128i schedule[16], const uint8_t *block) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i *k = (const __m128i *)zk_sha256_k;
  __m128i w[4];
  for (int t = 0; t < 4; t++) {
    w[t] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + t), swap);
    schedule[t] = _mm_add_epi32(w[t], k[t]);
  }
#pragma clang loop unroll(full)
  for (int t = 4; t < 16; t++) {
    __m128i next = _mm_sha256msg1_epu32(w[t & 3], w[(t + 1) & 3]);
    next = _mm_add_epi32(next, _mm_alignr_epi8(w[(t + 3) & 3], w[(t + 2) & 3], 4));
    w[t & 3] = _mm_sha256msg2_epu32(next, w[(t + 3) & 3]);
    schedule[t] = _mm_add_epi32(w[t & 3], k[t]);
  }
}

typedef struct { __m128i abef, cdgh; } registers;

HELPER registers load_state(const uint32_t state[8]) {
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);        // b a d c (high to low: c d a b)
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B); // h g f e
  return (registers){_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xF0)};
}

HELPER void store_state(uint32_t state[8], registers r) {
  __m128i feba = _mm_shuffle_epi32(r.abef, 0x1B), dchg = _mm_shuffle_epi32(r.cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/// Four rounds.
HELPER registers rounds(registers r, __m128i words) {
  r.cdgh = _mm_sha256rnds2_epu32(r.cdgh, r.abef, words);
  r.abef = _mm_sha256rnds2_epu32(r.abef, r.cdgh, _mm_shuffle_epi32(words, 0x0E));
  return r;
}

TARGET void zk_sha256_compress_ni(uint32_t state[8], const uint8_t *data, size_t n) {
  registers r = load_state(state);
  for (; n > 0; n--, data += 64) {
    __m128i schedule[16];
    expand(schedule, data);
    registers old = r;
#pragma clang loop unroll(full)
    for (int t = 0; t < 16; t++) r = rounds(r, schedule[t]);
    r.abef = _mm_add_epi32(r.abef, old.abef);
    r.cdgh = _mm_add_epi32(r.cdgh, old.cdgh);
  }
  store_state(state, r);
}

TARGET void zk_sha256_compress4_ni(uint32_t state[STREAMS][8], const uint8_t *const data[STREAMS], size_t n) {
  registers r0 = load_state(state[0]), r1 = load_state(state[1]), r2 = load_state(state[2]), r3 = load_state(state[3]);
  for (size_t i = 0; i < n; i++) {
    __m128i schedule[STREAMS][16];
    for (int s = 0; s < STREAMS; s++) expand(schedule[s], data[s] + 64 * i);
    registers old[STREAMS] = {r0, r1, r2, r3};
#pragma clang loop unroll(full)
    for (int t = 0; t < 16; t++) {
      r0 = rounds(r0, schedule[0][t]);
      r1 = rounds(r1, schedule[1][t]);
      r2 = rounds(r2, schedule[2][t]);
      r3 = rounds(r3, schedule[3][t]);
    }
    r0.abef = _mm_add_epi32(r0.abef, old[0].abef), r0.cdgh = _mm_add_epi32(r0.cdgh, old[0].cdgh);
    r1.abef = _mm_add_epi32(r1.abef, old[1].abef), r1.cdgh = _mm_add_epi32(r1.cdgh, old[1].cdgh);
    r2.abef = _mm_add_epi32(r2.abef, old[2].abef), r2.cdgh = _mm_add_epi32(r2.cdgh, old[2].cdgh);
    r3.abef = _mm_add_epi32(r3.abef, old[3].abef), r3.cdgh = _mm_add_epi32(r3.cdgh, old[3].cdgh);
  }
  store_state(state[0], r0), store_state(state[1], r1), store_state(state[2], r2), store_state(state[3], r3);
}
#endif
