// Columns over F, row by row: see include/CFieldKernels.h.

static void combine_columns_tile(
    word *out, const word *const *column, const word *c, size_t column_count, const word *constant, size_t first, size_t count) {
  fixed factor[ROW_TILE];
  for (size_t u = 0; u < column_count; u++) factor[u] = fix(c[u]);
  FOR_VECTORS(i, n, count, {
    fixed_sum s = start_fixed(constant ? broadcast(*constant) : load_some(out + first + i, n));
    for (size_t u = 0; u < column_count; u++) accumulate_fixed(&s, load_some(column[u] + first + i, n), &factor[u]);
    store_some(out + first + i, reduce_fixed_sum(&s), n);
  });
}

static void combine_columns(
    void *out, const void *columns, const void *coefficients, size_t column_count, uint64_t constant, size_t count) {
  const word *const *column = columns;
  const word *c = coefficients;
  const word start = constant;
  for (size_t first = 0; first < count; first += ENTRY_TILE) {
    const size_t entries = count - first < ENTRY_TILE ? count - first : ENTRY_TILE;
    for (size_t u = 0; u < column_count || u == 0; u += ROW_TILE) {
      const size_t tile = column_count - u < ROW_TILE ? column_count - u : ROW_TILE;
      combine_columns_tile(out, column + u, c + u, tile, u == 0 ? &start : NULL, first, entries);
    }
  }
}

static void constraint_first_round(
    void *constant, void *leading, const void *a, const void *b, const void *c, size_t half, size_t first, size_t end) {
  word *low_out = constant, *high_out = leading;
  const word *x = (const word *)a + first, *y = (const word *)b + first, *z = (const word *)c + first;
  FOR_VECTORS(i, n, end - first, {
    const vec x0 = load_some(x + i, n), y0 = load_some(y + i, n);
    const vec x1 = load_some(x + half + i, n), y1 = load_some(y + half + i, n);
    store_some(low_out + i, sub(mul(x0, y0), load_some(z + i, n)), n);
    store_some(high_out + i, mul(sub(x1, x0), sub(y1, y0)), n);
  });
}

#if LANES == 1
typedef int64_t signed_vec;
#else
typedef int64_t signed_vec __attribute__((ext_vector_type(LANES)));
#endif

static void limb(
    void *out, const void *columns, const int64_t *coefficients, size_t column_count, int64_t constant, size_t shift, uint64_t mask,
    size_t count) {
  const word *const *column = columns;
  word *o = out;
  FOR_VECTORS(i, n, count, {
    vec sum = broadcast((uint64_t)constant);
    for (size_t u = 0; u < column_count; u++) {
      const vec value = load_some(column[u] + i, n);
      // Above (p - 1) / 2 it stands for value - p; wraps around like the sum.
      sum += broadcast((uint64_t)coefficients[u]) * (value - if_less(broadcast(P >> 1), value, P));
    }
    store_some(o + i, (vec)((signed_vec)sum >> (int64_t)shift) & mask, n);
  });
}
