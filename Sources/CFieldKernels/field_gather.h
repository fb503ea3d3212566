// Coefficient rows to position-major order, and powers: see include/CFieldKernels.h.

#if LANES > 1
/// v[k] of lane j becomes v[j] of lane k.
INLINE void transpose(vec v[LANES]) {
#if LANES == 8
  for (int k = 0; k < 8; k += 2) {
    vec a = v[k], b = v[k + 1];
    v[k] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
    v[k + 1] = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int k = 0; k < 8; k += (k & 1) ? 3 : 1) {
    vec a = v[k], b = v[k + 2];
    v[k] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
    v[k + 2] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (int k = 0; k < 4; k++) {
    vec a = v[k], b = v[k + 4];
    v[k] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    v[k + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  }
#else
  for (int k = 0; k < 4; k += 2) {
    vec a = v[k], b = v[k + 1];
    v[k] = __builtin_shufflevector(a, b, 0, 4, 2, 6);
    v[k + 1] = __builtin_shufflevector(a, b, 1, 5, 3, 7);
  }
  for (int k = 0; k < 2; k++) {
    vec a = v[k], b = v[k + 2];
    v[k] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
    v[k + 2] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  }
#endif
}

/// Columns first ..< first + LANES (those from `width` on are zero, those from `stride` on absent) of n positions from i.
INLINE void gather_tile(
    const word *const *rows, const word *const *tails, size_t width, size_t tail_count, uint64_t tail_factor, const word *scales,
    word *out, size_t stride, size_t first, size_t i, size_t n) {
  vec v[LANES];
  const vec scale = load_some(scales + i, n), factor = broadcast(tail_factor);
  for (size_t k = 0; k < LANES; k++) {
    v[k] = broadcast(0);
    if (first + k >= width) continue;
    vec value = load_some(rows[first + k] + i, n);
    if (i < tail_count) {
      size_t rest = tail_count - i < n ? tail_count - i : n;
      value = add(value, mul(load_some(tails[first + k] + i, rest), factor));
    }
    v[k] = mul(value, scale);
  }
  transpose(v);
  for (size_t k = 0; k < LANES && k < n; k++) store_some(out + (i + k) * stride + first, v[k], stride - first);
}

/// Positions that are gathered for all columns before the next ones: their part of `out` stays in the cache.
#define GATHER_TILE 64

static void gather_coset(
    const void *rows, const void *tails, size_t width, size_t log2_count, size_t tail_count, uint64_t tail_factor, const void *scales,
    void *out, size_t stride) {
  const size_t count = (size_t)1 << log2_count;
  for (size_t tile = 0; tile < count; tile += GATHER_TILE) {
    const size_t positions = count - tile < GATHER_TILE ? count - tile : GATHER_TILE;
    for (size_t first = 0; first < stride; first += LANES) {
      FOR_VECTORS(
          i, n, positions,
          gather_tile(rows, tails, width, tail_count, tail_factor, scales, out, stride, first, tile + i, n));
    }
  }
}
#else
static void gather_coset(
    const void *rows, const void *tails, size_t width, size_t log2_count, size_t tail_count, uint64_t tail_factor, const void *scales,
    void *out, size_t stride) {
  const size_t count = (size_t)1 << log2_count;
  const word *const *row = rows, *const *tail = tails;
  const word *scale = scales;
  word *o = out;
  for (size_t i = 0; i < count; i++, o += stride) {
    for (size_t u = 0; u < stride; u++) {
      vec value = u < width ? row[u][i] : 0;
      if (u < width && i < tail_count) value = add(value, mul(tail[u][i], tail_factor));
      o[u] = mul(value, scale[i]);
    }
  }
}
#endif

/// Vectors of powers that go on independently of each other, to hide the latency of a multiplication.
#define POWER_CHAINS 4

static void fill_powers(void *out, size_t count, uint64_t start, uint64_t ratio) {
  enum { SPAN = POWER_CHAINS * LANES };
  word *o = out, first[SPAN];
  // The first SPAN powers one after the other; then each lane by ratio^SPAN.
  const vec r = broadcast(ratio);
  vec power = broadcast(1), value = broadcast(start);
  for (size_t k = 0; k < SPAN; k++) {
    vec keep[1] = {value};
    memcpy(first + k, keep, sizeof(word));
    value = mul(value, r);
    power = mul(power, r);
  }
  vec chain[POWER_CHAINS];
  for (size_t k = 0; k < POWER_CHAINS; k++) chain[k] = load(first + k * LANES);
  size_t i = 0;
  for (; i + SPAN <= count; i += SPAN) {
    for (size_t k = 0; k < POWER_CHAINS; k++) {
      store(o + i + k * LANES, chain[k]);
      chain[k] = mul(chain[k], power);
    }
  }
  for (size_t k = 0; k < POWER_CHAINS; k++) {
    FOR_VECTORS(j, n, (i + k * LANES < count ? (count - i - k * LANES < LANES ? count - i - k * LANES : LANES) : 0),
                store_some(o + i + k * LANES + j, chain[k], n));
  }
}
