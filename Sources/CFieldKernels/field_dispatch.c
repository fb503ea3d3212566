// Chooses the variant of the field kernels at first use and forwards to it.
#include "field_table.h"

#include <stdatomic.h>

/// The variant in use, or -1 before the first use.
static _Atomic int selected = -1;

int zk_variant_available(int variant) {
  switch (variant) {
  case ZK_VARIANT_PLAIN:
    return 1;
#if defined(__x86_64__)
  case ZK_VARIANT_X86_64_V3:
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v3") != 0;
  case ZK_VARIANT_X86_64_V4:
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v4") != 0;
  case ZK_VARIANT_X86_64_V4_IFMA:
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512ifma");
#endif
  default:
    return 0;
  }
}

int zk_variant_select(int variant) {
  if (!zk_variant_available(variant)) return 0;
  atomic_store_explicit(&selected, variant, memory_order_relaxed);
  return 1;
}

int zk_variant_selected(void) {
  int variant = atomic_load_explicit(&selected, memory_order_relaxed);
  if (variant >= 0) return variant;
  variant = ZK_VARIANT_X86_64_V4_IFMA;
  while (!zk_variant_available(variant)) variant--;
  // Two threads that come here at the same time store the same value.
  atomic_store_explicit(&selected, variant, memory_order_relaxed);
  return variant;
}

static const zk_field_table *table(void) {
  switch (zk_variant_selected()) {
#if defined(__x86_64__)
  case ZK_VARIANT_X86_64_V4_IFMA:
    return &zk_field_ifma;
  case ZK_VARIANT_X86_64_V4:
    return &zk_field_v4;
  case ZK_VARIANT_X86_64_V3:
    return &zk_field_v3;
#endif
  default:
    return &zk_field_plain;
  }
}

/// One or two columns would leave most of a vector empty.
static const zk_field_table *transform_table(size_t width) { return width <= 2 ? &zk_field_plain : table(); }

void zk_transform(void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles) {
  transform_table(width)->transform(data, log2_count, width, stride, twiddles);
}
void zk_transform_selected(
    void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles, const uint32_t *positions, size_t count) {
  transform_table(width)->transform_selected(data, log2_count, width, stride, twiddles, positions, count);
}
void zk_transform_transposed(void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles) {
  transform_table(width)->transform_transposed(data, log2_count, width, stride, twiddles);
}
void zk_gather_coset(
    const void *rows, const void *tails, size_t width, size_t log2_count, size_t tail_count, uint64_t tail_factor, const void *scales,
    void *out, size_t stride) {
  table()->gather_coset(rows, tails, width, log2_count, tail_count, tail_factor, scales, out, stride);
}
void zk_fill_powers(void *out, size_t count, uint64_t start, uint64_t ratio) { table()->fill_powers(out, count, start, ratio); }
void zk_multiply(void *out, const void *a, const void *b, size_t count) { table()->multiply(out, a, b, count); }
void zk_accumulate_rows(void *out, const void *rows, const void *coefficients, size_t row_count, size_t count) {
  table()->accumulate_rows(out, rows, coefficients, row_count, count);
}
zk_cubic zk_dot_base(const void *weights, const void *values, size_t count) { return table()->dot_base(weights, values, count); }
zk_cubic zk_dot(const void *a, const void *b, size_t count) { return table()->dot(a, b, count); }
void zk_scale_add(void *out, const void *x, const void *y, zk_cubic factor, size_t count) {
  table()->scale_add(out, x, y, factor, count);
}
void zk_multiply_cubic(void *out, const void *a, const void *b, size_t count) { table()->multiply_cubic(out, a, b, count); }
void zk_fill_eq(void *out, const void *point, size_t variables, zk_cubic scale) { table()->fill_eq(out, point, variables, scale); }
void zk_fold(void *out, const void *entries, size_t half, zk_cubic r) { table()->fold(out, entries, half, r); }
zk_round zk_product_round(const void *a, const void *b, size_t half, size_t first, size_t end) {
  return table()->product_round(a, b, half, first, end);
}
zk_round zk_product_fold_round(void *a, void *b, size_t quarter, size_t first, size_t end, zk_cubic r) {
  return table()->product_fold_round(a, b, quarter, first, end, r);
}
zk_round zk_fraction_round(
    const void *u, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, const void *eq_high,
    const void *eq_low, size_t low_bits) {
  return table()->fraction_round(u, q1, p1, q0, half, first, end, eq_high, eq_low, low_bits);
}
zk_round zk_fraction_first_round(
    void *p0, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, zk_cubic lambda,
    const void *eq_high, const void *eq_low, size_t low_bits) {
  return table()->fraction_first_round(p0, q1, p1, q0, half, first, end, lambda, eq_high, eq_low, low_bits);
}
zk_round zk_fraction_fold_round(
    void *u, void *q1, void *p1, void *q0, size_t quarter, size_t first, size_t end, zk_cubic r, const void *eq_high,
    const void *eq_low, size_t low_bits) {
  return table()->fraction_fold_round(u, q1, p1, q0, quarter, first, end, r, eq_high, eq_low, low_bits);
}
zk_round zk_leaf_first_round(
    const void *p0, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, zk_cubic lambda,
    const void *eq_high, const void *eq_low, size_t low_bits) {
  return table()->leaf_first_round(p0, q1, p1, q0, half, first, end, lambda, eq_high, eq_low, low_bits);
}
zk_round zk_leaf_fold_round(
    const void *p0, void *q1, const void *p1, void *q0, void *u_out, void *p1_out, size_t quarter, size_t first, size_t end,
    zk_cubic r, zk_cubic lambda, const void *eq_high, const void *eq_low, size_t low_bits) {
  return table()->leaf_fold_round(p0, q1, p1, q0, u_out, p1_out, quarter, first, end, r, lambda, eq_high, eq_low, low_bits);
}
void zk_fraction_parents(const void *p, const void *q, size_t half, size_t first, size_t end, void *p_out, void *q_out) {
  table()->fraction_parents(p, q, half, first, end, p_out, q_out);
}
void zk_leaf_parents(const void *p, const void *q, size_t half, size_t first, size_t end, void *p_out, void *q_out) {
  table()->leaf_parents(p, q, half, first, end, p_out, q_out);
}
void zk_combine_columns(
    void *out, const void *columns, const void *coefficients, size_t column_count, uint64_t constant, size_t count) {
  table()->combine_columns(out, columns, coefficients, column_count, constant, count);
}
void zk_constraint_first_round(
    void *constant, void *leading, const void *a, const void *b, const void *c, size_t half, size_t first, size_t end) {
  table()->constraint_first_round(constant, leading, a, b, c, half, first, end);
}
void zk_limb(
    void *out, const void *columns, const int64_t *coefficients, size_t column_count, int64_t constant, size_t shift, uint64_t mask,
    size_t count) {
  table()->limb(out, columns, coefficients, column_count, constant, shift, mask, count);
}
