// Products of matrices of 64-bit integers modulo 2^64, for the integers of a network: one body, compiled for the vectors of each variant.

#include "include/CFieldKernels.h"

#include <string.h>

typedef uint64_t lanes __attribute__((vector_size(64)));

/// Rows and vectors of one block of sums, and the inner entries and columns that stay in a cache.
enum { ROWS = 4, VECTORS = 2, LANES = 8, COLUMNS = VECTORS * LANES, INNER = 128, PANEL = 256 };

/// Unaligned copies of one vector, in either direction.
#define COPY(to, from) memcpy((to), (from), sizeof(lanes))

/// out[i][j] += sum_k a[i][k] b[k][j] for `rows` <= ROWS rows and COLUMNS columns.
static inline __attribute__((always_inline)) void block(
    int64_t *out, size_t out_stride, const int64_t *a, size_t a_stride, const int64_t *b, size_t b_stride, int rows, size_t inner) {
  lanes sums[ROWS][VECTORS] = {{{0}}};
  for (size_t k = 0; k < inner; k++) {
    lanes right[VECTORS];
    for (int v = 0; v < VECTORS; v++) COPY(&right[v], b + k * b_stride + v * LANES);
    for (int i = 0; i < rows; i++) {
      for (int v = 0; v < VECTORS; v++) sums[i][v] += (uint64_t)a[i * a_stride + k] * right[v];
    }
  }
  for (int i = 0; i < rows; i++) {
    for (int v = 0; v < VECTORS; v++) {
      lanes total;
      COPY(&total, out + i * out_stride + v * LANES);
      total += sums[i][v];
      COPY(out + i * out_stride + v * LANES, &total);
    }
  }
}

/// out[j] += sum_k a[k] b[j][k] for the few columns that fill no vector; b is packed with INNER entries a column.
static inline __attribute__((always_inline)) void narrow(int64_t *out, const int64_t *a, const int64_t *b, size_t columns, size_t inner) {
  for (size_t j = 0; j < columns; j++) {
    lanes sums = {0};
    uint64_t total = (uint64_t)out[j];
    size_t k = 0;
    for (; k + LANES <= inner; k += LANES) {
      lanes left, right;
      COPY(&left, a + k);
      COPY(&right, b + j * INNER + k);
      sums += left * right;
    }
    for (; k < inner; k++) total += (uint64_t)a[k] * (uint64_t)b[j * INNER + k];
    for (int l = 0; l < LANES; l++) total += sums[l];
    out[j] = (int64_t)total;
  }
}

static inline __attribute__((always_inline)) void products(
    int64_t *out, size_t out_stride, const int64_t *a, size_t a_stride, const int64_t *b, size_t b_stride, size_t rows, size_t inner,
    size_t columns) {
  for (size_t i = 0; i < rows; i++) memset(out + i * out_stride, 0, columns * sizeof *out);
  for (size_t panel = 0; panel < columns; panel += PANEL) {
    const size_t end = panel + PANEL < columns ? panel + PANEL : columns;
    const size_t whole = panel + (end - panel) / COLUMNS * COLUMNS;
    for (size_t first = 0; first < inner; first += INNER) {
      const size_t depth = first + INNER < inner ? INNER : inner - first;
      int64_t packed[COLUMNS * INNER];
      for (size_t j = whole; j < end; j++) {
        for (size_t k = 0; k < depth; k++) packed[(j - whole) * INNER + k] = b[(first + k) * b_stride + j];
      }
      for (size_t i = 0; i < rows; i += ROWS) {
        const size_t height = i + ROWS < rows ? ROWS : rows - i;
        const int64_t *left = a + i * a_stride + first;
        for (size_t j = panel; j < whole; j += COLUMNS) {
          int64_t *target = out + i * out_stride + j;
          const int64_t *right = b + first * b_stride + j;
          if (height == ROWS) {
            block(target, out_stride, left, a_stride, right, b_stride, ROWS, depth);
          } else {
            for (size_t r = 0; r < height; r++) block(target + r * out_stride, out_stride, left + r * a_stride, a_stride, right, b_stride, 1, depth);
          }
        }
        for (size_t r = 0; r < height && whole < end; r++) {
          narrow(out + (i + r) * out_stride + whole, left + r * a_stride, packed, end - whole, depth);
        }
      }
    }
  }
}

#define VARIANT(name, ...)                                                                                                              \
  __VA_ARGS__ static void name(                                                                                                         \
      int64_t *out, size_t out_stride, const int64_t *a, size_t a_stride, const int64_t *b, size_t b_stride, size_t rows, size_t inner, \
      size_t columns) {                                                                                                                 \
    products(out, out_stride, a, a_stride, b, b_stride, rows, inner, columns);                                                          \
  }

VARIANT(products_plain)
#if defined(__x86_64__)
VARIANT(products_v3, __attribute__((target("avx2"))))
VARIANT(products_v4, __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw"))))
#endif

void zk_integer_products(
    int64_t *out, size_t out_stride, const int64_t *a, size_t a_stride, const int64_t *b, size_t b_stride, size_t rows, size_t inner,
    size_t columns) {
  switch (zk_variant_selected()) {
#if defined(__x86_64__)
  case ZK_VARIANT_X86_64_V4_IFMA:
  case ZK_VARIANT_X86_64_V4:
    products_v4(out, out_stride, a, a_stride, b, b_stride, rows, inner, columns);
    return;
  case ZK_VARIANT_X86_64_V3:
    products_v3(out, out_stride, a, a_stride, b, b_stride, rows, inner, columns);
    return;
#endif
  default:
    products_plain(out, out_stride, a, a_stride, b, b_stride, rows, inner, columns);
  }
}
