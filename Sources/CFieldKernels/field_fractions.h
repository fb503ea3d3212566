// The fraction tree over E: see include/CFieldKernels.h.
//
// A layer has the numerators p0, p1 and denominators q0, q1 of its left and right children; the rounds work on
// e (u q1 + p1 q0) with u = p0 + lambda q0. Numerators of leaves are in F until the first fold: field_leaves.h.

typedef struct {
  /// Over E. `u` is p0 before the first round of an inner layer.
  word *u, *q1, *p1, *q0;
  /// Numerators over F, for the leaves only.
  const word *base0, *base1;
  size_t half;
  const cubic_fixed *r, *lambda;
} layer;

typedef struct { vec v[BLOCK]; } base_column;

/// A block of entries j and half + j, of u, q1, p1, q0 in this order; `high` holds the differences.
typedef struct { column low[4], high[4]; } layer_block;

/// Adds the block's terms, with the weights from `weight` on.
INLINE void add_block(round_sums *sums, layer_block *b, const word *weight, size_t first, size_t count) {
  const size_t vectors = VECTORS(count);
  column term, weights;
  for (int k = 0; k < 4; k++) difference_column(&b->high[k], &b->low[k], vectors);
  reserve_round(sums, vectors);
  load_column(&weights, weight, first, count);
  cross_column(&term, &b->low[0], &b->low[1], &b->low[2], &b->low[3], vectors);
  accumulate_column(&sums->c0, &term, &weights, vectors);
  cross_column(&term, &b->high[0], &b->high[1], &b->high[2], &b->high[3], vectors);
  accumulate_column(&sums->c2, &term, &weights, vectors);
}

// MARK: Inner layers

/// u = p0 + lambda q0 in place, q0 given.
static void combine_column(column *u, const column *q0, word *table, size_t first, size_t count, const cubic_fixed *lambda) {
  FOR_VECTORS(i, n, count, {
    prefetch_block(table, first + i);
    u->v[i / LANES] = scale_add(load3(table, first + i, n), q0->v[i / LANES], lambda);
    store3(table, first + i, u->v[i / LANES], n);
  });
}

/// Without lambda: u as it is.
static void first_run(round_sums *sums, const layer *t, size_t first, size_t end, const word *weight) {
  word *const table[4] = {t->u, t->q1, t->p1, t->q0};
  layer_block b;
  FOR_BLOCKS(j, count, first, end, {
    for (int k = t->lambda ? 1 : 0; k < 4; k++) {
      load_column(&b.low[k], table[k], j, count);
      load_column(&b.high[k], table[k], t->half + j, count);
    }
    if (t->lambda) {
      combine_column(&b.low[0], &b.low[3], t->u, j, count, t->lambda);
      combine_column(&b.high[0], &b.high[3], t->u, t->half + j, count, t->lambda);
    }
    add_block(sums, &b, weight, j - first, count);
  })
}

static void fold_run(round_sums *sums, const layer *t, size_t first, size_t end, const word *weight) {
  word *const table[4] = {t->u, t->q1, t->p1, t->q0};
  layer_block b;
  FOR_BLOCKS(j, count, first, end, {
    for (int k = 0; k < 4; k++) {
      fold_column(&b.low[k], table[k], j, count, 2 * t->half, t->r);
      fold_column(&b.high[k], table[k], t->half + j, count, 2 * t->half, t->r);
    }
    add_block(sums, &b, weight, j - first, count);
  })
}

// MARK: Rounds

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

/// Adds the sums over first..<end with weights weight[j - first].
typedef void (*layer_run)(round_sums *, const layer *, size_t first, size_t end, const word *weight);

static zk_round layer_round(
    layer_run run, const layer *t, size_t first, size_t end, const word *eq_high, const word *eq_low, size_t low_bits) {
  zk_round total = {{0}, {0}};
  round_sums sums = empty_round();
  if (low_bits < SHORT_RUN_BITS) {
    word weight[2 * 3 * BLOCK * LANES];
    FOR_BLOCKS(j, count, first, end, {
      expand_weights(weight, eq_high, eq_low, low_bits, j, count);
      run(&sums, t, j, j + count, weight);
    })
    flush_round(&sums);
    return sums.total;
  }
  // Within a run of 2^low_bits entries eq_high is one factor: it multiplies the run's sums.
  const size_t length = (size_t)1 << low_bits;
  while (first < end) {
    const size_t offset = first & (length - 1);
    const size_t stop = end - first < length - offset ? end : first + (length - offset);
    sums = empty_round();
    run(&sums, t, first, stop, eq_low + 3 * offset);
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
  const layer t = {.u = (word *)u, .q1 = (word *)q1, .p1 = (word *)p1, .q0 = (word *)q0, .half = half};
  return layer_round(first_run, &t, first, end, eq_high, eq_low, low_bits);
}

static zk_round fraction_first_round(
    void *p0, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, zk_cubic lambda,
    const void *eq_high, const void *eq_low, size_t low_bits) {
  const cubic_fixed factor = fix3(lambda);
  const layer t = {.u = p0, .q1 = (word *)q1, .p1 = (word *)p1, .q0 = (word *)q0, .half = half, .lambda = &factor};
  return layer_round(first_run, &t, first, end, eq_high, eq_low, low_bits);
}

static zk_round fraction_fold_round(
    void *u, void *q1, void *p1, void *q0, size_t quarter, size_t first, size_t end, zk_cubic factor, const void *eq_high,
    const void *eq_low, size_t low_bits) {
  const cubic_fixed r = fix3(factor);
  const layer t = {.u = u, .q1 = q1, .p1 = p1, .q0 = q0, .half = quarter, .r = &r};
  return layer_round(fold_run, &t, first, end, eq_high, eq_low, low_bits);
}

// MARK: Parents

static void fraction_parents(const void *p, const void *q, size_t half, size_t first, size_t end, void *p_out, void *q_out) {
  FOR_VECTORS(i, n, end - first, {
    prefetch_block(p, first + i), prefetch_block(p, half + first + i);
    prefetch_block(q, first + i), prefetch_block(q, half + first + i);
    cubic left = load3(q, first + i, n), right = load3(q, half + first + i, n);
    cubic_split l = split3(left), r = split3(right);
    cubic_sum s = empty_sum3(), t = empty_sum3();
    accumulate3(&s, load3(p, first + i, n), r);
    accumulate3(&s, load3(p, half + first + i, n), l);
    accumulate3(&t, left, r);
    store3(p_out, first + i, reduce3(&s), n);
    store3(q_out, first + i, reduce3(&t), n);
  });
}
