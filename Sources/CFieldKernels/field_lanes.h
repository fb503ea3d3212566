// Vectors of LANES words: loads, stores, the arithmetic of F, and cubic elements as three vectors.
//
// Included once by each field_*.c after it has set LANES (8, 4 or 1) and, on x86, the target of all functions; so vectors may
// pass by value between the always-inlined helpers. Sources: 2^64 = 2^32 - 1 and 2^96 = -1 (mod p).

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

#define P UINT64_C(0xFFFFFFFF00000001)
#define EPSILON UINT64_C(0xFFFFFFFF)

#if LANES == 1
typedef uint64_t vec;
typedef uint64_t vec_memory __attribute__((may_alias));
#else
typedef uint64_t vec __attribute__((ext_vector_type(LANES)));
typedef vec vec_memory __attribute__((aligned(8), may_alias));
#endif
typedef uint64_t word __attribute__((may_alias));

/// The low halves' product; the masks tell the compiler that 32 x 32 bits are enough (vpmuludq).
#define MUL32(a, b) (((a)&EPSILON) * ((b)&EPSILON))

INLINE vec load(const word *p) { return *(const vec_memory *)p; }
INLINE void store(word *p, vec v) { *(vec_memory *)p = v; }
INLINE vec broadcast(uint64_t x) { return (vec)x; }

/// The first n < LANES words at p, then zeros; nothing beyond them is touched.
INLINE vec load_part(const word *p, size_t n) {
#if LANES == 8
  return (vec)_mm512_maskz_loadu_epi64((__mmask8)((1u << n) - 1), (const void *)p);
#elif LANES == 4
  const vec index = {0, 1, 2, 3};
  return (vec)_mm256_maskload_epi64((const long long *)p, (__m256i)(index < (vec)n));
#else
  (void)p;
  (void)n;
  return 0;
#endif
}

INLINE void store_part(word *p, vec v, size_t n) {
#if LANES == 8
  _mm512_mask_storeu_epi64((void *)p, (__mmask8)((1u << n) - 1), (__m512i)v);
#elif LANES == 4
  const vec index = {0, 1, 2, 3};
  _mm256_maskstore_epi64((long long *)p, (__m256i)(index < (vec)n), (__m256i)v);
#else
  (void)p;
  (void)v;
  (void)n;
#endif
}

INLINE vec load_some(const word *p, size_t n) { return n >= LANES ? load(p) : load_part(p, n); }
INLINE void store_some(word *p, vec v, size_t n) {
  if (n >= LANES) store(p, v);
  else store_part(p, v, n);
}

// MARK: F

/// `value` where a < b, else 0. As a mask for vectors, because the compiler turns a choice between sums into something slower.
#if LANES == 1
#define IF_LESS(a, b, value) ((a) < (b) ? (value) : 0)
#else
#define IF_LESS(a, b, value) ((vec)((a) < (b)) & (value))
#endif
/// The same where either outcome is likely; scalar: hidden from the compiler, which would make a branch of it.
INLINE vec if_less(vec a, vec b, uint64_t value) {
#if LANES == 1
  uint64_t mask = -(uint64_t)(a < b);
  __asm__("" : "+r"(mask));
  return mask & value;
#else
  return IF_LESS(a, b, value);
#endif
}

/// x mod p for any word: x - p wraps around to more than x if x < p.
INLINE vec canonical(vec x) {
#if LANES == 1
  return x >= P ? x - P : x;
#else
  return __builtin_elementwise_min(x, x - P);
#endif
}
/// a + b, canonical operands and result.
INLINE vec add(vec a, vec b) {
  vec complement = P - b;
  return a - complement + if_less(a, complement, P);
}
/// a - b, canonical operands and result.
INLINE vec sub(vec a, vec b) { return a - b + if_less(a, b, P); }
/// low - negative + (high mod 2^32) * 2^64 mod p as some word, not canonical; negative < 2^63.
INLINE vec reduce_parts(vec high, vec low, vec negative) {
  vec t = low - negative;
  t -= IF_LESS(low, negative, EPSILON);
  vec r = t + MUL32(high, EPSILON);
  return r + if_less(r, t, EPSILON);
}
/// high * 2^64 + low mod p as some word, not canonical.
INLINE vec reduce(vec high, vec low) { return reduce_parts(high, low, high >> 32); }
/// a * b, canonical, for any two words; b's high half is passed apart because it often is a constant.
INLINE vec mul_split(vec a, vec b, vec b_high) {
#if LANES == 1
  (void)b_high;
  unsigned __int128 product = (unsigned __int128)a * b;
  return canonical(reduce((uint64_t)(product >> 64), (uint64_t)product));
#else
  vec a_high = a >> 32;
  vec ll = MUL32(a, b), hl = MUL32(a_high, b), lh = MUL32(a, b_high), hh = MUL32(a_high, b_high);
  vec middle = hl + (ll >> 32);
  vec middle2 = lh + (middle & EPSILON);
  vec high = hh + (middle >> 32) + (middle2 >> 32);
  vec low = (middle2 << 32) | (ll & EPSILON);
  return canonical(reduce(high, low));
#endif
}
INLINE vec mul(vec a, vec b) { return mul_split(a, b, b >> 32); }
/// a * 2^48, canonical.
INLINE vec mul_2_48(vec a) { return canonical(reduce(a >> 16, a << 48)); }

// MARK: E as three vectors

typedef struct {
  vec c0, c1, c2;
} cubic;

#if LANES == 8
#define PICK0(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 0, 3, 6, 9, 12, 15, -1, -1), c, 0, 1, 2, 3, 4, 5, 10, 13)
#define PICK1(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 1, 4, 7, 10, 13, -1, -1, -1), c, 0, 1, 2, 3, 4, 8, 11, 14)
#define PICK2(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 2, 5, 8, 11, 14, -1, -1, -1), c, 0, 1, 2, 3, 4, 9, 12, 15)
#define ZIP0(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 0, 8, -1, 1, 9, -1, 2, 10), c, 0, 1, 8, 3, 4, 9, 6, 7)
#define ZIP1(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, -1, 3, 11, -1, 4, 12, -1, 5), c, 10, 1, 2, 11, 4, 5, 12, 7)
#define ZIP2(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 13, -1, 6, 14, -1, 7, 15, -1), c, 0, 13, 2, 3, 14, 5, 6, 15)
#elif LANES == 4
#define PICK0(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 0, 3, 6, -1), c, 0, 1, 2, 5)
#define PICK1(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 1, 4, 7, -1), c, 0, 1, 2, 6)
#define PICK2(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 2, 5, -1, -1), c, 0, 1, 4, 7)
#define ZIP0(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 0, 4, -1, 1), c, 0, 1, 4, 3)
#define ZIP1(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, 5, -1, 2, 6), c, 0, 5, 2, 3)
#define ZIP2(a, b, c) __builtin_shufflevector(__builtin_shufflevector(a, b, -1, 3, 7, -1), c, 6, 1, 2, 7)
#endif

/// Words of vector k among the 3n words of n < LANES elements.
INLINE size_t part_words(size_t n, size_t k) {
  size_t words = 3 * n, before = k * LANES;
  return words <= before ? 0 : words - before >= LANES ? LANES : words - before;
}

/// Element `index` and its successors, n of them if n < LANES, else LANES; missing ones are zero.
INLINE cubic load3(const word *p, size_t index, size_t n) {
  p += 3 * index;
#if LANES == 1
  (void)n;
  return (cubic){p[0], p[1], p[2]};
#else
  vec a, b, c;
  if (n >= LANES) {
    a = load(p), b = load(p + LANES), c = load(p + 2 * LANES);
  } else {
    a = load_some(p, part_words(n, 0)), b = load_some(p + LANES, part_words(n, 1)), c = load_some(p + 2 * LANES, part_words(n, 2));
  }
  return (cubic){PICK0(a, b, c), PICK1(a, b, c), PICK2(a, b, c)};
#endif
}

INLINE void store3(word *p, size_t index, cubic x, size_t n) {
  p += 3 * index;
#if LANES == 1
  (void)n;
  p[0] = x.c0, p[1] = x.c1, p[2] = x.c2;
#else
  vec a = ZIP0(x.c0, x.c1, x.c2), b = ZIP1(x.c0, x.c1, x.c2), c = ZIP2(x.c0, x.c1, x.c2);
  if (n >= LANES) {
    store(p, a), store(p + LANES, b), store(p + 2 * LANES, c);
  } else {
    store_some(p, a, part_words(n, 0));
    store_some(p + LANES, b, part_words(n, 1));
    store_some(p + 2 * LANES, c, part_words(n, 2));
  }
#endif
}

INLINE cubic sub3(cubic a, cubic b) { return (cubic){sub(a.c0, b.c0), sub(a.c1, b.c1), sub(a.c2, b.c2)}; }
