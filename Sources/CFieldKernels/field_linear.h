// Linear combinations and tables over E. See include/CFieldKernels.h for what each function computes.

/// Runs a statement for every vector of `count` entries: index i, n entries (n < LANES only in the last one, which the compiler
/// sees as a separate copy).
#define FOR_VECTORS(i, n, count, ...) \
  do { \
    size_t i = 0; \
    for (; i + LANES <= (count); i += LANES) { \
      const size_t n = LANES; \
      __VA_ARGS__; \
    } \
    if (LANES > 1 && i < (count)) { \
      const size_t n = (count) - i; \
      __VA_ARGS__; \
    } \
  } while (0)

static void scale_add_all(void *out, const void *x, const void *y, zk_cubic factor, size_t count) {
  const cubic_fixed r = fix3(factor);
  FOR_VECTORS(i, n, count, store3(out, i, scale_add(load3(x, i, n), load3(y, i, n), &r), n));
}

static void fold(void *out, const void *table, size_t half, zk_cubic factor) {
  const cubic_fixed r = fix3(factor);
  const word *low = table, *high = low + 3 * half;
  FOR_VECTORS(i, n, half, {
    cubic a = load3(low, i, n);
    store3(out, i, scale_add(a, sub3(load3(high, i, n), a), &r), n);
  });
}

static void multiply_cubic(void *out, const void *a, const void *b, size_t count) {
  FOR_VECTORS(i, n, count, store3(out, i, mul3(load3(a, i, n), load3(b, i, n)), n));
}

static void multiply(void *out, const void *a, const void *b, size_t count) {
  word *o = out;
  const word *x = a, *y = b;
  FOR_VECTORS(i, n, count, store_some(o + i, mul(load_some(x + i, n), load_some(y + i, n)), n));
}

/// The table grows by its most significant variable: last coordinate first, the upper half is written behind the lower one.
static void fill_eq(void *out, const void *point, size_t variables, zk_cubic scale) {
  word *table = out;
  memcpy(table, scale.c, sizeof scale.c);
  size_t size = 1;
  for (size_t k = variables; k-- > 0;) {
    zk_cubic coordinate;
    memcpy(coordinate.c, (const char *)point + 24 * k, sizeof coordinate.c);
    const cubic_fixed r = fix3(coordinate);
    const cubic zero = {broadcast(0), broadcast(0), broadcast(0)};
    FOR_VECTORS(i, n, size, {
      cubic value = load3(table, i, n);
      cubic one = scale_add(zero, value, &r);
      store3(table, i, sub3(value, one), n);
      store3(table, size + i, one, n);
    });
    size *= 2;
  }
}

static zk_cubic dot_base(const void *weights, const void *values, size_t count) {
  zk_cubic total = {{0, 0, 0}};
  cubic_sum s = empty_sum3();
  const word *v = values;
  for (size_t first = 0; first < count; first += SUM_LIMIT * LANES) {
    size_t end = count - first < SUM_LIMIT * LANES ? count : first + SUM_LIMIT * LANES;
    FOR_VECTORS(i, n, end - first, {
      cubic w = load3(weights, first + i, n);
      split b = split_word(load_some(v + first + i, n));
      accumulate(&s.c0, w.c0, b), accumulate(&s.c1, w.c1, b), accumulate(&s.c2, w.c2, b);
    });
    flush3(total.c, &s);
  }
  return total;
}

static zk_cubic dot(const void *a, const void *b, size_t count) {
  zk_cubic total = {{0, 0, 0}};
  cubic_sum s = empty_sum3();
  for (size_t first = 0; first < count; first += SUM_LIMIT * LANES) {
    size_t end = count - first < SUM_LIMIT * LANES ? count : first + SUM_LIMIT * LANES;
    FOR_VECTORS(i, n, end - first, accumulate3(&s, load3(a, first + i, n), split3(load3(b, first + i, n))));
    flush3(total.c, &s);
  }
  return total;
}

/// Rows at a time: below 2^64 / 2^55 = 512 so that sums fit, and few enough for the processor's prefetch streams.
#define ROW_TILE 16
/// Entries at a time: `out` stays in the cache from one group of rows to the next.
#define ENTRY_TILE 2048

static void accumulate_rows_tile(word *out, const word *const *row, size_t offset, const word *c, size_t row_count, size_t count) {
  fixed factor[ROW_TILE][3];
  for (size_t u = 0; u < row_count; u++) {
    for (size_t k = 0; k < 3; k++) factor[u][k] = fix(c[3 * u + k]);
  }
  FOR_VECTORS(i, n, count, {
    cubic old = load3(out, offset + i, n);
    fixed_sum s0 = start_fixed(old.c0), s1 = start_fixed(old.c1), s2 = start_fixed(old.c2);
    for (size_t u = 0; u < row_count; u++) {
      vec value = load_some(row[u] + offset + i, n);
      accumulate_fixed(&s0, value, &factor[u][0]);
      accumulate_fixed(&s1, value, &factor[u][1]);
      accumulate_fixed(&s2, value, &factor[u][2]);
    }
    cubic new = {reduce_fixed_sum(&s0), reduce_fixed_sum(&s1), reduce_fixed_sum(&s2)};
    store3(out, offset + i, new, n);
  });
}

static void accumulate_rows(void *out, const void *rows, const void *coefficients, size_t row_count, size_t count) {
  const word *const *row = rows;
  const word *c = coefficients;
  for (size_t offset = 0; offset < count; offset += ENTRY_TILE) {
    size_t entries = count - offset < ENTRY_TILE ? count - offset : ENTRY_TILE;
    for (size_t first = 0; first < row_count; first += ROW_TILE) {
      size_t tile = row_count - first < ROW_TILE ? row_count - first : ROW_TILE;
      accumulate_rows_tile(out, row + first, offset, c + 3 * first, tile, entries);
    }
  }
}
