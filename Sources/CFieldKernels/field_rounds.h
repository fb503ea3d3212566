// Columns of tables in work, and sumcheck rounds of products: see include/CFieldKernels.h.
//
// Entries go through in blocks: folded tables and terms of a block are kept as vectors, so that each pass over it has few
// live values.

/// Vectors in a block.
#define BLOCK 4

typedef struct { cubic v[BLOCK]; } column;

/// Runs the statement on blocks [j, j + count) of first..<end; `vectors` = number of vectors of the block.
#define FOR_BLOCKS(j, count, first, end, ...) \
  for (size_t j = (first), count; j < (end); j += count) { \
    count = (end) - j < BLOCK * LANES ? (end) - j : BLOCK * LANES; \
    __VA_ARGS__; \
  }

/// Asks for the memory of the next block while this one is worked on; the address may lie behind the table.
INLINE void prefetch_block(const word *table, size_t index) {
  const uintptr_t next = (uintptr_t)table + 24 * (index + BLOCK * LANES);
  for (size_t line = 0; line < 24 * LANES; line += 64) __builtin_prefetch((const void *)(next + line), 0, 2);
}

static void load_column(column *out, const word *table, size_t first, size_t count) {
  FOR_VECTORS(i, n, count, {
    prefetch_block(table, first + i);
    out->v[i / LANES] = load3(table, first + i, n);
  });
}

/// Folds entries first ..< first + count with those `distance` after them, in place, and keeps them.
static void fold_column(column *out, word *table, size_t first, size_t count, size_t distance, const cubic_fixed *r) {
  FOR_VECTORS(i, n, count, {
    prefetch_block(table, first + i);
    prefetch_block(table, first + distance + i);
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
    cubic_sum s = empty_sum3();
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

INLINE round_sums empty_round(void) { return (round_sums){{{0}, {0}}, empty_sum3(), empty_sum3(), 0}; }

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
  round_sums sums = empty_round();
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
