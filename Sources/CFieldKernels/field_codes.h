// Transforms: see include/CFieldKernels.h.
//
// One pass does two layers (radix 4): with I = w^(n/4) = +-2^48 it takes three multiplications and a shift per four entries.
// The recursion goes depth first, so that a block of positions is finished while it is in the cache.

/// A factor for all columns of a position, with its high half.
typedef struct { vec all, high; } twiddle;

INLINE vec twist(vec a, twiddle w) { return mul_split(a, w.all, w.high); }

typedef struct {
  size_t width, stride;
  /// w^i, i < n/2, of the whole transform and of a block of 2^compact_log2 positions.
  const word *twiddles, *compact;
  size_t log2_count, compact_log2;
  /// Whether w^(n/4) is -2^48 (else it is 2^48).
  int negative;
} plan;

/// Blocks of up to 2^8 positions have a compact copy of their twiddles.
#define COMPACT_LOG2 8

/// w^i of a block of 2^log2 positions, i < 2^log2.
INLINE twiddle twiddle_at(const plan *t, size_t log2, size_t i) {
  const word *table = log2 <= t->compact_log2 ? t->compact : t->twiddles;
  size_t step = (log2 <= t->compact_log2 ? t->compact_log2 : t->log2_count) - log2, half = (size_t)1 << (log2 - 1);
  uint64_t w = i < half ? table[i << step] : P - table[(i - half) << step];
  return (twiddle){broadcast(w), broadcast(w >> 32)};
}

// MARK: Natural order in, bit-reversed out

/// Two layers on four positions; `unit` says that the twiddles are all 1. (plus, minus) = (b, d), or (d, b) if I = -2^48.
INLINE void forward4(word *a, word *b, word *c, word *d, const word *plus, const word *minus, int unit, const twiddle w[4], size_t n) {
  vec x0 = load_some(a, n), x2 = load_some(c, n), x1 = load_some(plus, n), x3 = load_some(minus, n);
  vec even = add(x0, x2), odd = add(x1, x3), rest = sub(x0, x2), turned = mul_2_48(sub(x1, x3));
  vec y1 = sub(even, odd), y2 = add(rest, turned), y3 = sub(rest, turned);
  store_some(a, add(even, odd), n);
  store_some(b, unit ? y1 : twist(y1, w[2]), n);
  store_some(c, unit ? y2 : twist(y2, w[1]), n);
  store_some(d, unit ? y3 : twist(y3, w[3]), n);
}

INLINE void forward4_row(const plan *t, word *data, size_t log2, size_t i, int unit) {
  const size_t quarter = ((size_t)1 << (log2 - 2)) * t->stride;
  word *a = data + i * t->stride, *b = a + quarter, *c = b + quarter, *d = c + quarter;
  const word *plus = t->negative ? d : b, *minus = t->negative ? b : d;
  twiddle w[4];
  if (!unit) {
    for (size_t k = 1; k < 4; k++) w[k] = twiddle_at(t, log2, k * i);
  }
  FOR_VECTORS(u, n, t->width, forward4(a + u, b + u, c + u, d + u, plus + u, minus + u, unit, w, n));
}

static void forward2(const plan *t, word *data) {
  word *high = data + t->stride;
  FOR_VECTORS(u, n, t->width, {
    vec a = load_some(data + u, n), b = load_some(high + u, n);
    store_some(data + u, add(a, b), n);
    store_some(high + u, sub(a, b), n);
  });
}

static void forward(const plan *t, word *data, size_t log2) {
  if (log2 < 2) {
    if (log2 == 1) forward2(t, data);
    return;
  }
  const size_t quarter = (size_t)1 << (log2 - 2);
  forward4_row(t, data, log2, 0, 1);
  for (size_t i = 1; i < quarter; i++) forward4_row(t, data, log2, i, 0);
  if (log2 == 2) return;
  for (size_t k = 0; k < 4; k++) forward(t, data + k * quarter * t->stride, log2 - 2);
}

/// As `forward`, for the positions start + i among `count` ascending ones.
static void forward_selected(const plan *t, word *data, size_t log2, const uint32_t *positions, size_t count, size_t start) {
  if (count == 0) return;
  if (log2 <= 2) {
    forward(t, data, log2);
    return;
  }
  const size_t quarter = (size_t)1 << (log2 - 2);
  forward4_row(t, data, log2, 0, 1);
  for (size_t i = 1; i < quarter; i++) forward4_row(t, data, log2, i, 0);
  for (size_t k = 0, first = 0; k < 4; k++) {
    const size_t begin = start + k * quarter;
    size_t next = first;
    while (next < count && positions[next] < begin + quarter) next++;
    forward_selected(t, data + k * quarter * t->stride, log2 - 2, positions + first, next - first, begin);
    first = next;
  }
}

// MARK: Bit-reversed order in, natural out

/// Two layers on four positions, the transposed map of forward4. (plus, minus) are the outputs b, d or d, b.
INLINE void backward4(word *a, const word *b, word *c, const word *d, word *plus, word *minus, int unit, const twiddle w[4], size_t n) {
  vec x0 = load_some(a, n), x1 = load_some(b, n), x2 = load_some(c, n), x3 = load_some(d, n);
  if (!unit) x1 = twist(x1, w[2]), x2 = twist(x2, w[1]), x3 = twist(x3, w[3]);
  vec even = add(x0, x1), rest = sub(x0, x1), odd = add(x2, x3), turned = mul_2_48(sub(x2, x3));
  store_some(a, add(even, odd), n);
  store_some(c, sub(even, odd), n);
  store_some(plus, add(rest, turned), n);
  store_some(minus, sub(rest, turned), n);
}

INLINE void backward4_row(const plan *t, word *data, size_t log2, size_t i, int unit) {
  const size_t quarter = ((size_t)1 << (log2 - 2)) * t->stride;
  word *a = data + i * t->stride, *b = a + quarter, *c = b + quarter, *d = c + quarter;
  word *plus = t->negative ? d : b, *minus = t->negative ? b : d;
  twiddle w[4];
  if (!unit) {
    for (size_t k = 1; k < 4; k++) w[k] = twiddle_at(t, log2, k * i);
  }
  FOR_VECTORS(u, n, t->width, backward4(a + u, b + u, c + u, d + u, plus + u, minus + u, unit, w, n));
}

static void backward(const plan *t, word *data, size_t log2) {
  if (log2 < 2) {
    if (log2 == 1) forward2(t, data);
    return;
  }
  const size_t quarter = (size_t)1 << (log2 - 2);
  if (log2 > 2) {
    for (size_t k = 0; k < 4; k++) backward(t, data + k * quarter * t->stride, log2 - 2);
  }
  backward4_row(t, data, log2, 0, 1);
  for (size_t i = 1; i < quarter; i++) backward4_row(t, data, log2, i, 0);
}

/// A plan whose compact table is in `compact`, 2^(COMPACT_LOG2 - 1) words.
static plan make_plan(size_t log2_count, size_t width, size_t stride, const word *twiddles, word *compact) {
  plan t = {width, stride, twiddles, compact, log2_count, log2_count < COMPACT_LOG2 ? log2_count : COMPACT_LOG2, 0};
  if (log2_count >= 2) {
    const size_t entries = (size_t)1 << (t.compact_log2 - 1), step = log2_count - t.compact_log2;
    for (size_t i = 0; i < entries; i++) compact[i] = twiddles[i << step];
    t.negative = compact[entries / 2] != UINT64_C(1) << 48;
  }
  return t;
}

static void transform(void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles) {
  word compact[1 << (COMPACT_LOG2 - 1)];
  const plan t = make_plan(log2_count, width, stride, twiddles, compact);
  forward(&t, data, log2_count);
}

static void transform_selected(
    void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles, const uint32_t *positions, size_t count) {
  word compact[1 << (COMPACT_LOG2 - 1)];
  const plan t = make_plan(log2_count, width, stride, twiddles, compact);
  forward_selected(&t, data, log2_count, positions, count, 0);
}

static void transform_transposed(void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles) {
  word compact[1 << (COMPACT_LOG2 - 1)];
  const plan t = make_plan(log2_count, width, stride, twiddles, compact);
  backward(&t, data, log2_count);
}
