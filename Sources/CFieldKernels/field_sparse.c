// Sparse matrices by rows, one word at a time: what limits them is the memory behind the columns, which may lie anywhere, so the entries
// ahead are fetched early.

#include "include/CFieldKernels.h"

#define LANES 1
#include "field_lanes.h"
#include "field_sums.h"

/// Entries ahead that are fetched.
#define AHEAD 24

void zk_sparse_rows(
    void *out, const uint32_t *starts, const uint32_t *columns, const void *values, const void *vector, size_t first, size_t end) {
  word *o = out;
  const word *v = values, *z = vector;
  const size_t last = starts[end];
  size_t position = starts[first];
  for (size_t row = first; row < end; row++) {
    sum s = {0};
    for (const size_t stop = starts[row + 1]; position < stop; position++) {
      if (position + AHEAD < last) __builtin_prefetch(z + columns[position + AHEAD], 0);
      accumulate(&s, z[columns[position]], split_word(v[position]));
    }
    o[row] = reduce_sum(&s);
  }
}

void zk_scatter_rows(
    void *out, const uint32_t *starts, const uint32_t *columns, const void *values, const void *weights, size_t first, size_t end) {
  word *o = out;
  const word *v = values, *w = weights;
  const size_t last = starts[end];
  size_t position = starts[first];
  for (size_t row = first; row < end; row++, w += 3) {
    for (const size_t stop = starts[row + 1]; position < stop; position++) {
      if (position + AHEAD < last) {
        // An element may lie in two cache lines.
        const word *next = o + 3 * (size_t)columns[position + AHEAD];
        __builtin_prefetch(next, 1);
        __builtin_prefetch(next + 2, 1);
      }
      word *target = o + 3 * (size_t)columns[position];
      const uint64_t value = v[position];
      for (int k = 0; k < 3; k++) target[k] = add(target[k], mul(w[k], value));
    }
  }
}
