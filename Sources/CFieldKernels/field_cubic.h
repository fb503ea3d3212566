// Products and sums of products in E. Products are schoolbook; every coefficient is reduced once.

/// Cubic products whose sum fits before a reduction is due: 2^64 / (5 * 2^54) = 204, with IFMA 2^62 / (3 * 2^52) = 341.
#define SUM_LIMIT 64

typedef struct { sum c0, c1, c2; } cubic_sum;
/// A factor with c1 and c2 also doubled, for X^3 = 2.
typedef struct { split c0, c1, c2, twice1, twice2; } cubic_split;

INLINE cubic_sum empty_sum3(void) { return (cubic_sum){empty_sum(), empty_sum(), empty_sum()}; }
INLINE cubic_split split3(cubic b) {
  split c0 = split_word(b.c0), c1 = split_word(b.c1), c2 = split_word(b.c2);
  return (cubic_split){c0, c1, c2, split_twice(b.c1, c1), split_twice(b.c2, c2)};
}
INLINE void accumulate3(cubic_sum *s, cubic a, cubic_split b) {
  accumulate(&s->c0, a.c0, b.c0), accumulate(&s->c1, a.c0, b.c1), accumulate(&s->c2, a.c0, b.c2);
  accumulate(&s->c0, a.c1, b.twice2), accumulate(&s->c1, a.c1, b.c0), accumulate(&s->c2, a.c1, b.c1);
  accumulate(&s->c0, a.c2, b.twice1), accumulate(&s->c1, a.c2, b.twice2), accumulate(&s->c2, a.c2, b.c0);
}
INLINE cubic reduce3(const cubic_sum *s) { return (cubic){reduce_sum(&s->c0), reduce_sum(&s->c1), reduce_sum(&s->c2)}; }

typedef struct { fixed c0, c1, c2, twice1, twice2; } cubic_fixed;
typedef struct { fixed_sum c0, c1, c2; } cubic_fixed_sum;

INLINE cubic_fixed fix3(zk_cubic r) {
  return (cubic_fixed){fix(r.c[0]), fix(r.c[1]), fix(r.c[2]), fix(add_words(r.c[1], r.c[1])), fix(add_words(r.c[2], r.c[2]))};
}
INLINE cubic_fixed_sum start_fixed3(cubic x) { return (cubic_fixed_sum){start_fixed(x.c0), start_fixed(x.c1), start_fixed(x.c2)}; }
INLINE void accumulate_fixed3(cubic_fixed_sum *s, cubic y, const cubic_fixed *r) {
  accumulate_fixed(&s->c0, y.c0, &r->c0), accumulate_fixed(&s->c1, y.c0, &r->c1), accumulate_fixed(&s->c2, y.c0, &r->c2);
  accumulate_fixed(&s->c0, y.c1, &r->twice2), accumulate_fixed(&s->c1, y.c1, &r->c0), accumulate_fixed(&s->c2, y.c1, &r->c1);
  accumulate_fixed(&s->c0, y.c2, &r->twice1), accumulate_fixed(&s->c1, y.c2, &r->twice2), accumulate_fixed(&s->c2, y.c2, &r->c0);
}
INLINE cubic reduce_fixed3(const cubic_fixed_sum *s) {
  return (cubic){reduce_fixed_sum(&s->c0), reduce_fixed_sum(&s->c1), reduce_fixed_sum(&s->c2)};
}
/// x + r * y.
INLINE cubic scale_add(cubic x, cubic y, const cubic_fixed *r) {
  cubic_fixed_sum s = start_fixed3(x);
  accumulate_fixed3(&s, y, r);
  return reduce_fixed3(&s);
}

INLINE cubic mul3(cubic a, cubic b) {
  cubic_sum s = empty_sum3();
  accumulate3(&s, a, split3(b));
  return reduce3(&s);
}

// MARK: Sums over lanes

INLINE uint64_t sum_lanes(vec v) {
#if LANES == 1
  return v;
#else
  uint64_t total = 0;
  for (int k = 0; k < LANES; k++) total = add_words(total, v[k]);
  return total;
#endif
}
/// total += the sum over all lanes; the running sum starts again from zero.
INLINE void flush3(uint64_t total[3], cubic_sum *s) {
  cubic lanes = reduce3(s);
  total[0] = add_words(total[0], sum_lanes(lanes.c0));
  total[1] = add_words(total[1], sum_lanes(lanes.c1));
  total[2] = add_words(total[2], sum_lanes(lanes.c2));
  *s = empty_sum3();
}
