// Sums of products with one reduction at the end.
//
// Vectors: the left factor is taken as two halves of 32 bits, the right one is split into pieces of 22, 22 and 20 bits (23 when
// doubled). A partial product then has at most 55 bits, so sums of many of them fit a word, and a product costs 6 multiplies
// and 6 adds. A right factor that stays the same for a whole loop is kept with its multiple by 2^32 mod p: the left factor's
// high half takes that one, and three sums are enough instead of six.
// Vectors with IFMA (52 x 52 bits, low or high half added to a sum): both factors are taken as 52 + 12 bits, 7 operations a
// product, and 2^104 = -2^8. A factor that stays the same is kept with its multiple by 2^32 mod p, too: the other one is taken as
// two halves of 32 bits, 6 operations a product, and nothing comes to 2^104.
// Scalar: 128-bit products in a 192-bit sum.

/// low + term, a carry counted in high.
#define ADD_CARRY(low, high, term) \
  do { \
    vec term_ = (term); \
    low += term_; \
    high += IF_LESS(low, term_, 1); \
  } while (0)

/// a + b of canonical words.
INLINE uint64_t add_words(uint64_t a, uint64_t b) {
  uint64_t complement = P - b;
  return a < complement ? a + b : a - complement;
}

/// c * 2^32 mod p: 2^64 = 2^32 - 1.
INLINE uint64_t shift_word(uint64_t c) {
  uint64_t low = c << 32, sum = low + (c >> 32) * EPSILON;
  sum = sum < low ? sum + EPSILON : sum;
  return sum >= P ? sum - P : sum;
}

#if LANES == 1

typedef struct { unsigned __int128 low; uint64_t high; } sum;
typedef sum fixed_sum;
typedef struct { uint64_t value; } split;
typedef split fixed;

INLINE sum empty_sum(void) { return (sum){0}; }
INLINE fixed_sum start_fixed(vec addend) { return (fixed_sum){addend, 0}; }
INLINE split split_word(vec b) { return (split){b}; }
INLINE split split_twice(vec b, split s) { (void)s; return (split){add(b, b)}; }
INLINE fixed fix(uint64_t c) { return (fixed){c}; }
INLINE void accumulate(sum *s, vec a, split b) {
  unsigned __int128 product = (unsigned __int128)a * b.value;
  s->low += product;
  s->high += s->low < product;
}
INLINE void accumulate_fixed(fixed_sum *s, vec a, const fixed *b) { accumulate(s, a, *b); }
/// The sum mod p; 2^128 = -2^32.
INLINE vec reduce_sum(const sum *s) {
  return sub(canonical(reduce((uint64_t)(s->low >> 64), (uint64_t)s->low)), canonical(reduce(s->high >> 32, s->high << 32)));
}
INLINE vec reduce_fixed_sum(const fixed_sum *s) { return reduce_sum(s); }

#elif defined(IFMA)

/// Weights 2^0, 2^52 and 2^104; at the start s0 + s1 * 2^52 = p, so that s2 * 2^8 can be taken off s0.
typedef struct { vec s0, s1, s2; } sum;
/// Weights 2^0 and 2^52.
typedef struct { vec s0, s1, t1; } fixed_sum;
/// The word, of which the instructions take the low 52 bits, and the other 12 bits (13 when doubled).
typedef struct { vec all, top; } split;
/// The same of c and of c * 2^32 mod p.
typedef struct { uint64_t all, top, shifted, shifted_top; } fixed;

#define LOW52 ((UINT64_C(1) << 52) - 1)

INLINE vec add_low(vec s, vec a, vec b) { return (vec)_mm512_madd52lo_epu64((__m512i)s, (__m512i)a, (__m512i)b); }
INLINE vec add_high(vec s, vec a, vec b) { return (vec)_mm512_madd52hi_epu64((__m512i)s, (__m512i)a, (__m512i)b); }

INLINE sum empty_sum(void) { return (sum){broadcast(P & LOW52), broadcast(P >> 52), broadcast(0)}; }
INLINE split split_word(vec b) { return (split){b, b >> 52}; }
INLINE split split_twice(vec b, split s) { (void)s; return (split){b + b, b >> 51}; }
INLINE fixed fix(uint64_t c) {
  uint64_t d = shift_word(c);
  return (fixed){c, c >> 52, d, d >> 52};
}
INLINE void accumulate(sum *s, vec a, split b) {
  vec top = a >> 52;
  s->s0 = add_low(s->s0, a, b.all);
  s->s1 = add_low(add_low(add_high(s->s1, a, b.all), a, b.top), top, b.all);
  s->s2 = add_low(add_high(add_high(s->s2, a, b.top), top, b.all), top, b.top);
}
INLINE fixed_sum start_fixed(vec addend) { return (fixed_sum){addend & LOW52, addend >> 52, broadcast(0)}; }
INLINE void accumulate_fixed(fixed_sum *s, vec a, const fixed *b) {
  vec low = a & EPSILON, high = a >> 32;
  s->s0 = add_low(add_low(s->s0, low, broadcast(b->all)), high, broadcast(b->shifted));
  s->s1 = add_low(add_low(s->s1, low, broadcast(b->top)), high, broadcast(b->shifted_top));
  s->t1 = add_high(add_high(s->t1, low, broadcast(b->all)), high, broadcast(b->shifted));
}
/// s0 + s1 * 2^52, canonical; s0 < 2^62, s1 any word. Twice the part from 2^64 on is multiplied by 2^32 - 1.
INLINE vec reduce_words(vec s0, vec s1) {
  const vec epsilon = broadcast(EPSILON);
  vec high = s1 >> 12;
  s0 = add_low(s0, high, epsilon);
  s1 = add_high(s1 & 0xFFF, high, epsilon);
  s0 = add_low(s0, s1 >> 12, epsilon);
  vec low = s0 + (s1 << 52);
  return canonical(low + IF_LESS(low, s0, EPSILON));
}
INLINE vec reduce_fixed_sum(const fixed_sum *s) { return reduce_words(s->s0, s->s1 + s->t1); }
/// s2 < 2^43.
INLINE vec reduce_sum(const sum *s) { return reduce_words(s->s0 - (s->s2 << 8), s->s1); }

#else

/// Sums of low half * piece k and of high half * piece k.
typedef struct { vec l0, l1, l2, h0, h1, h2; } sum;
/// Sums of products with piece k, and a word.
typedef struct { vec s0, s1, s2, addend; } fixed_sum;
typedef struct { vec p0, p1, p2; } split;
/// Pieces of c and of c * 2^32 mod p.
typedef struct { uint64_t l[3], h[3]; } fixed;

#define PIECE ((UINT64_C(1) << 22) - 1)

INLINE sum empty_sum(void) { return (sum){0}; }
INLINE fixed_sum start_fixed(vec addend) { return (fixed_sum){broadcast(0), broadcast(0), broadcast(0), addend}; }
INLINE split split_word(vec b) { return (split){b & PIECE, b >> 22 & PIECE, b >> 44}; }
INLINE split split_twice(vec b, split s) { (void)b; return (split){s.p0 + s.p0, s.p1 + s.p1, s.p2 + s.p2}; }
INLINE fixed fix(uint64_t c) {
  uint64_t d = shift_word(c);
  return (fixed){{c & PIECE, c >> 22 & PIECE, c >> 44}, {d & PIECE, d >> 22 & PIECE, d >> 44}};
}
INLINE void accumulate(sum *s, vec a, split b) {
  vec high = a >> 32;
  s->l0 += MUL32(a, b.p0), s->l1 += MUL32(a, b.p1), s->l2 += MUL32(a, b.p2);
  s->h0 += MUL32(high, b.p0), s->h1 += MUL32(high, b.p1), s->h2 += MUL32(high, b.p2);
}
INLINE void accumulate_fixed(fixed_sum *s, vec a, const fixed *b) {
  vec high = a >> 32;
  s->s0 += MUL32(a, broadcast(b->l[0])) + MUL32(high, broadcast(b->h[0]));
  s->s1 += MUL32(a, broadcast(b->l[1])) + MUL32(high, broadcast(b->h[1]));
  s->s2 += MUL32(a, broadcast(b->l[2])) + MUL32(high, broadcast(b->h[2]));
}
/// Weights of l0, l1, l2, h0, h1, h2: 2^0, 2^22, 2^44, 2^32, 2^54, 2^76; any words. Canonical.
INLINE vec reduce_sum(const sum *s) {
  vec low = s->l0;
  // h2 * 2^76 = (h2 mod 2^20) * 2^12 * 2^64 - floor(h2 / 2^20); the shifted parts stay below 2^57 together.
  vec high = (s->l1 >> 42) + (s->l2 >> 20) + (s->h0 >> 32) + (s->h1 >> 10) + ((s->h2 & ((UINT64_C(1) << 20) - 1)) << 12);
  ADD_CARRY(low, high, s->l1 << 22);
  ADD_CARRY(low, high, s->l2 << 44);
  ADD_CARRY(low, high, s->h0 << 32);
  ADD_CARRY(low, high, s->h1 << 54);
  return canonical(reduce_parts(high, low, (s->h2 >> 20) + (high >> 32)));
}
/// The sum (weights 2^0, 2^22, 2^44; any words) plus a word, canonical.
INLINE vec reduce_fixed_sum(const fixed_sum *s) {
  vec low = s->addend, high = (s->s1 >> 42) + (s->s2 >> 20);
  ADD_CARRY(low, high, s->s0);
  ADD_CARRY(low, high, s->s1 << 22);
  ADD_CARRY(low, high, s->s2 << 44);
  return canonical(reduce(high, low));
}

#endif
