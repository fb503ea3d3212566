// Sumcheck rounds and the fraction tree over E: see include/CFieldKernels.h.
//
// Entries go through in blocks: folded tables and terms of a block are kept as vectors, so that each pass over it has few
// live values.

/// Vectors in a block.
#define BLOCK 8

typedef struct { cubic v[BLOCK]; } column;

/// Runs the statement on blocks [j, j + count) of first..<end; `vectors` = number of vectors of the block.
#define FOR_BLOCKS(j, count, first, end, ...) \
  for (size_t j = (first), count; j < (end); j += count) { \
    count = (end) - j < BLOCK * LANES ? (end) - j : BLOCK * LANES; \
    __VA_ARGS__; \
  }

static void load_column(column *out, const word *table, size_t first, size_t count) {
  FOR_VECTORS(i, n, count, out->v[i / LANES] = load3(table, first + i, n));
}

/// Folds entries first ..< first + count with those `distance` after them, in place, and keeps them.
static void fold_column(column *out, word *table, size_t first, size_t count, size_t distance, const cubic_fixed *r) {
  FOR_VECTORS(i, n, count, {
    cubic low = load3(table, first + i, n);
    cubic folded = scale_add(low, sub3(load3(table, first + distance + i, n), low), r);
    store3(table, first + i, folded, n);
    out->v[i / LANES] = folded;
  });
}

/// high -= low.
static void difference_column(column *high, const column *low, size_t vectors) {
  for (size_t k = 0; k < vectors; k++) high->v[k] = sub3(high->v[k], low->v[k]);
}

static void accumulate_column(cubic_sum *s, const column *a, const column *b, size_t vectors) {
  cubic_sum local = *s;
  for (size_t k = 0; k < vectors; k++) accumulate3(&local, a->v[k], split3(b->v[k]));
  *s = local;
}

/// out = a b + c d.
static void cross_column(column *out, const column *a, const column *b, const column *c, const column *d, size_t vectors) {
  for (size_t k = 0; k < vectors; k++) {
    cubic_sum s = {0};
    accumulate3(&s, a->v[k], split3(b->v[k]));
    accumulate3(&s, c->v[k], split3(d->v[k]));
    out->v[k] = reduce3(&s);
  }
}

#define VECTORS(count) (((count) + LANES - 1) / LANES)

// MARK: Products

typedef struct {
  zk_round total;
  cubic_sum c0, c2;
  size_t pending;
} round_sums;

static void flush_round(round_sums *r) {
  flush3(r->total.c0, &r->c0);
  flush3(r->total.c2, &r->c2);
  r->pending = 0;
}

/// Counts `vectors` more products in both sums, which are reduced before they can overflow.
static void reserve_round(round_sums *r, size_t vectors) {
  if (r->pending + vectors > SUM_LIMIT) flush_round(r);
  r->pending += vectors;
}

INLINE zk_round product_rounds(word *a, word *b, size_t half, size_t first, size_t end, const cubic_fixed *r) {
  round_sums sums = {0};
  column low[2], high[2];
  word *table[2] = {a, b};
  FOR_BLOCKS(j, count, first, end, {
    for (int k = 0; k < 2; k++) {
      if (r) {
        fold_column(&low[k], table[k], j, count, 2 * half, r);
        fold_column(&high[k], table[k], half + j, count, 2 * half, r);
      } else {
        load_column(&low[k], table[k], j, count);
        load_column(&high[k], table[k], half + j, count);
      }
      difference_column(&high[k], &low[k], VECTORS(count));
    }
    reserve_round(&sums, VECTORS(count));
    accumulate_column(&sums.c0, &low[0], &low[1], VECTORS(count));
    accumulate_column(&sums.c2, &high[0], &high[1], VECTORS(count));
  })
  flush_round(&sums);
  return sums.total;
}

static zk_round product_round(const void *a, const void *b, size_t half, size_t first, size_t end) {
  return product_rounds((word *)a, (word *)b, half, first, end, NULL);
}

static zk_round product_fold_round(void *a, void *b, size_t quarter, size_t first, size_t end, zk_cubic factor) {
  const cubic_fixed r = fix3(factor);
  return product_rounds(a, b, quarter, first, end, &r);
}

// MARK: Fractions

/// Runs of equal eq_high shorter than this are not worth a sum of their own: their weights are multiplied out.
#define SHORT_RUN_BITS 5

/// out[i] = eq_high[(first + i) >> low_bits] * eq_low[(first + i) mod 2^low_bits], one by one.
static void expand_weights(word *out, const word *eq_high, const word *eq_low, size_t low_bits, size_t first, size_t count) {
  const size_t mask = ((size_t)1 << low_bits) - 1;
  for (size_t i = 0; i < count; i++) {
    memcpy(out + 3 * i, eq_low + 3 * ((first + i) & mask), 24);
    memcpy(out + 3 * (BLOCK * LANES + i), eq_high + 3 * ((first + i) >> low_bits), 24);
  }
  multiply_cubic(out, out, out + 3 * BLOCK * LANES, count);
}

/// total += factor * part.
static void add_scaled(uint64_t total[3], const uint64_t part[3], zk_cubic factor) {
  zk_cubic y;
  memcpy(y.c, part, sizeof y.c);
  scale_add_all(total, total, y.c, factor, 1);
}

/// The sums over first..<end with weights weight[j - first]; folds first if r.
static void fraction_run(
    round_sums *sums, word *const table[4], size_t half, size_t first, size_t end, const cubic_fixed *r, const word *weight) {
  column low[4], high[4], term;
  FOR_BLOCKS(j, count, first, end, {
    const size_t vectors = VECTORS(count);
    for (int k = 0; k < 4; k++) {
      if (r) {
        fold_column(&low[k], table[k], j, count, 2 * half, r);
        fold_column(&high[k], table[k], half + j, count, 2 * half, r);
      } else {
        load_column(&low[k], table[k], j, count);
        load_column(&high[k], table[k], half + j, count);
      }
      difference_column(&high[k], &low[k], vectors);
    }
    reserve_round(sums, vectors);
    cross_column(&term, &low[0], &low[1], &low[2], &low[3], vectors);
    load_column(&low[0], weight, j - first, count);
    accumulate_column(&sums->c0, &term, &low[0], vectors);
    cross_column(&term, &high[0], &high[1], &high[2], &high[3], vectors);
    accumulate_column(&sums->c2, &term, &low[0], vectors);
  })
}

static zk_round fraction_rounds(
    word *const table[4], size_t half, size_t first, size_t end, const cubic_fixed *r, const word *eq_high, const word *eq_low,
    size_t low_bits) {
  zk_round total = {{0}, {0}};
  round_sums sums = {0};
  if (low_bits < SHORT_RUN_BITS) {
    word weight[2 * 3 * BLOCK * LANES];
    FOR_BLOCKS(j, count, first, end, {
      expand_weights(weight, eq_high, eq_low, low_bits, j, count);
      fraction_run(&sums, table, half, j, j + count, r, weight);
    })
    flush_round(&sums);
    return sums.total;
  }
  // Within a run of 2^low_bits entries eq_high is one factor: it multiplies the run's sums.
  const size_t length = (size_t)1 << low_bits;
  while (first < end) {
    const size_t offset = first & (length - 1);
    const size_t stop = end - first < length - offset ? end : first + (length - offset);
    sums = (round_sums){0};
    fraction_run(&sums, table, half, first, stop, r, eq_low + 3 * offset);
    flush_round(&sums);
    zk_cubic factor;
    memcpy(factor.c, eq_high + 3 * (first >> low_bits), sizeof factor.c);
    add_scaled(total.c0, sums.total.c0, factor);
    add_scaled(total.c2, sums.total.c2, factor);
    first = stop;
  }
  return total;
}

static zk_round fraction_round(
    const void *u, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, const void *eq_high,
    const void *eq_low, size_t low_bits) {
  word *const table[4] = {(word *)u, (word *)q1, (word *)p1, (word *)q0};
  return fraction_rounds(table, half, first, end, NULL, eq_high, eq_low, low_bits);
}

static zk_round fraction_fold_round(
    void *u, void *q1, void *p1, void *q0, size_t quarter, size_t first, size_t end, zk_cubic factor, const void *eq_high,
    const void *eq_low, size_t low_bits) {
  word *const table[4] = {u, q1, p1, q0};
  const cubic_fixed r = fix3(factor);
  return fraction_rounds(table, quarter, first, end, &r, eq_high, eq_low, low_bits);
}

static void fraction_parents(const void *p, const void *q, size_t half, size_t first, size_t end, void *p_out, void *q_out) {
  FOR_VECTORS(i, n, end - first, {
    cubic left = load3(q, first + i, n), right = load3(q, half + first + i, n);
    cubic_split l = split3(left), r = split3(right);
    cubic_sum s = {0}, t = {0};
    accumulate3(&s, load3(p, first + i, n), r);
    accumulate3(&s, load3(p, half + first + i, n), l);
    accumulate3(&t, left, r);
    store3(p_out, first + i, reduce3(&s), n);
    store3(q_out, first + i, reduce3(&t), n);
  });
}
