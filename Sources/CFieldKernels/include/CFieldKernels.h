// Inner loops over the Goldilocks field p = 2^64 - 2^32 + 1, its cubic extension E = F[X]/(X^3 - 2), and SHA-256.
//
// Field elements are canonical little-endian words in [0, p), on input and on output. An element of E is three consecutive
// words: coefficients of 1, X, X^2. Pointers to field data are `void *` so that callers need not rebind typed memory; they
// are aligned to 8 bytes. Ranges of input and output do not overlap unless said. Nothing here allocates, locks or fails.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Compiled variants of the field kernels. All give the same bytes.
enum {
  ZK_VARIANT_PLAIN = 0,
  ZK_VARIANT_X86_64_V3 = 1,
  ZK_VARIANT_X86_64_V4 = 2,
  ZK_VARIANT_X86_64_V4_IFMA = 3,
};

/// 1 if this machine can run the variant, else 0.
int zk_variant_available(int variant);
/// Makes the variant the one that the functions below use; 0 and no effect if it is not available. For tests and measurements:
/// the default is the best available one.
int zk_variant_select(int variant);
/// The variant in use.
int zk_variant_selected(void);

/// Two sums of a sumcheck round: h(0) and the leading coefficient, in E.
typedef struct {
  uint64_t c0[3];
  uint64_t c2[3];
} zk_round;

/// An element of E.
typedef struct {
  uint64_t c[3];
} zk_cubic;

// MARK: Codes, position-major: column u of position i is data[i*stride + u]

/// Decimation-in-frequency transform of 2^log2_count positions, natural order in, bit-reversed order out.
/// twiddles[i] = w^i, i < 2^log2_count / 2, w a primitive 2^log2_count-th root of unity.
void zk_transform(void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles);
/// The same, right only at `count` ascending positions: what no result of theirs depends on is left out, other positions hold anything.
void zk_transform_selected(
    void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles, const uint32_t *positions, size_t count);
/// The transposed map: bit-reversed order in, natural order out.
void zk_transform_transposed(void *data, size_t log2_count, size_t width, size_t stride, const void *twiddles);
/// out[i*stride + u] = (rows[u][i] + (i < tail_count ? tail_factor * tails[u][i] : 0)) * scales[i], count = 2^log2_count;
/// zero for width <= u < stride. `rows` and `tails` are arrays of `width` pointers.
void zk_gather_coset(
    const void *rows, const void *tails, size_t width, size_t log2_count, size_t tail_count, uint64_t tail_factor, const void *scales,
    void *out, size_t stride);
/// out[i] = start * ratio^i, i < count.
void zk_fill_powers(void *out, size_t count, uint64_t start, uint64_t ratio);
/// out[i] = a[i] * b[i] over F, i < count; out may be a or b.
void zk_multiply(void *out, const void *a, const void *b, size_t count);

// MARK: Linear algebra over E

/// out[b] += sum_u coefficients[u] * rows[u][b], out and coefficients over E, rows over F.
void zk_accumulate_rows(void *out, const void *rows, const void *coefficients, size_t row_count, size_t count);
/// sum_b weights[b] * values[b], weights over E, values over F.
zk_cubic zk_dot_base(const void *weights, const void *values, size_t count);
/// sum_b a[b] * b[b] over E.
zk_cubic zk_dot(const void *a, const void *b, size_t count);
/// out[i] = x[i] + factor * y[i] over E; out may be x or y.
void zk_scale_add(void *out, const void *x, const void *y, zk_cubic factor, size_t count);
/// out[i] = a[i] * b[i] over E; out may be a or b.
void zk_multiply_cubic(void *out, const void *a, const void *b, size_t count);
/// out[u] = scale * eq(point, u), 2^variables entries; point[0] belongs to the most significant bit of u.
void zk_fill_eq(void *out, const void *point, size_t variables, zk_cubic scale);
/// out[i] = table[i] + r * (table[half + i] - table[i]), i < half; out may be table.
void zk_fold(void *out, const void *table, size_t half, zk_cubic r);

// MARK: Sumcheck rounds over E, entries first <= j < end

/// c0 = sum a[j] b[j], c2 = sum (a[half + j] - a[j]) (b[half + j] - b[j]).
zk_round zk_product_round(const void *a, const void *b, size_t half, size_t first, size_t end);
/// Folds a and b (4 * quarter entries each, in place) by r, then the sums of zk_product_round with half = quarter.
zk_round zk_product_fold_round(void *a, void *b, size_t quarter, size_t first, size_t end, zk_cubic r);
// MARK: The fraction tree over E, with the weights e(j) = eq_high[j >> low_bits] * eq_low[j mod 2^low_bits]

/// c0 = sum e(j) (u q1 + p1 q0)(j), c2 = sum e(j) (du dq1 + dp1 dq0)(j), dx = x[half + j] - x[j].
zk_round zk_fraction_round(
    const void *u, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, const void *eq_high,
    const void *eq_low, size_t low_bits);
/// Replaces p0 by u = p0 + lambda * q0, entries j and half + j, and gives the sums of zk_fraction_round.
zk_round zk_fraction_first_round(
    void *p0, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, zk_cubic lambda,
    const void *eq_high, const void *eq_low, size_t low_bits);
/// Folds the four tables (4 * quarter entries each, in place) by r, then the sums of zk_fraction_round with half = quarter.
zk_round zk_fraction_fold_round(
    void *u, void *q1, void *p1, void *q0, size_t quarter, size_t first, size_t end, zk_cubic r, const void *eq_high,
    const void *eq_low, size_t low_bits);
/// The sums of zk_fraction_first_round for p0 and p1 over F; nothing is written.
zk_round zk_leaf_first_round(
    const void *p0, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, zk_cubic lambda,
    const void *eq_high, const void *eq_low, size_t low_bits);
/// zk_fraction_fold_round for p0 and p1 over F (4 * quarter entries each): q1 and q0 are folded in place, the other two into u_out
/// (p0 + lambda * q0) and p1_out, 2 * quarter entries of E each.
zk_round zk_leaf_fold_round(
    const void *p0, void *q1, const void *p1, void *q0, void *u_out, void *p1_out, size_t quarter, size_t first, size_t end,
    zk_cubic r, zk_cubic lambda, const void *eq_high, const void *eq_low, size_t low_bits);
/// p_out[j] = p[j] q[half + j] + p[half + j] q[j], q_out[j] = q[j] q[half + j].
void zk_fraction_parents(const void *p, const void *q, size_t half, size_t first, size_t end, void *p_out, void *q_out);
/// The same for p over F.
void zk_leaf_parents(const void *p, const void *q, size_t half, size_t first, size_t end, void *p_out, void *q_out);

// MARK: Columns over F; `columns` is an array of `column_count` pointers

/// out[i] = constant + sum_u coefficients[u] * columns[u][i], i < count.
void zk_combine_columns(
    void *out, const void *columns, const void *coefficients, size_t column_count, uint64_t constant, size_t count);
/// At place j - first, first <= j < end, k = half + j: constant = a[j] * b[j] - c[j], leading = (a[k] - a[j]) * (b[k] - b[j]).
void zk_constraint_first_round(
    void *constant, void *leading, const void *a, const void *b, const void *c, size_t half, size_t first, size_t end);
/// out[i] = floor((constant + sum_u coefficients[u] * columns[u][i]) / 2^shift) & mask, i < count: entries as integers between -p/2 and p/2,
/// the sum modulo 2^64 as a signed number, shift < 64, mask < p.
void zk_limb(
    void *out, const void *columns, const int64_t *coefficients, size_t column_count, int64_t constant, size_t shift, uint64_t mask,
    size_t count);

// MARK: Sparse rows: entries starts[i] <= k < starts[i + 1] belong to row i; rows first <= i < end

/// out[i] = sum_k values[k] * vector[columns[k]] over F.
void zk_sparse_rows(
    void *out, const uint32_t *starts, const uint32_t *columns, const void *values, const void *vector, size_t first, size_t end);
/// out[columns[k]] += values[k] * weights[i - first], out and weights over E, values over F.
void zk_scatter_rows(
    void *out, const uint32_t *starts, const uint32_t *columns, const void *values, const void *weights, size_t first, size_t end);

// MARK: Integers

/// out[i][j] = sum_k a[i][k] * b[k][j] modulo 2^64, i < rows, k < inner, j < columns; rows of each matrix are `_stride` entries apart.
void zk_integer_products(
    int64_t *out, size_t out_stride, const int64_t *a, size_t a_stride, const int64_t *b, size_t b_stride, size_t rows, size_t inner,
    size_t columns);

// MARK: SHA-256 (FIPS 180-4)

/// 1 if the processor has SHA instructions that the functions below use.
int zk_sha256_accelerated(void);
/// 1: use the instructions if there are any (the default); 0: portable code. For tests.
void zk_sha256_set_accelerated(int enabled);
/// Compresses n 64-byte blocks into the state.
void zk_sha256_blocks(uint32_t state[8], const uint8_t *data, size_t n);
/// The digest of `length` bytes.
void zk_sha256(uint8_t digest[32], const uint8_t *data, size_t length);
/// out[j] = SHA256(0x00 | salts[j] (32 bytes; none if salts is NULL) | `length` bytes at base + j * stride), j < count.
void zk_sha256_leaves(uint8_t *out, const uint8_t *salts, const uint8_t *base, size_t length, size_t stride, size_t count);
/// out[i] = SHA256(0x01 | height | in[2i] | in[2i + 1]), i < count, digests of 32 bytes. out may equal in.
void zk_sha256_nodes(uint8_t *out, const uint8_t *in, uint8_t height, size_t count);
/// out[j] = SHA256(label | seed | u64le(first + j)), j < count; label_length + 40 <= 119 bytes.
void zk_sha256_counter(
    uint8_t *out, const uint8_t *label, size_t label_length, const uint8_t seed[32], uint64_t first, size_t count);

#ifdef __cplusplus
}
#endif
