// The functions of one variant, by name.
#pragma once

#include "include/CFieldKernels.h"

typedef struct {
  void (*transform)(void *, size_t, size_t, size_t, const void *);
  void (*transform_selected)(void *, size_t, size_t, size_t, const void *, const uint32_t *, size_t);
  void (*transform_transposed)(void *, size_t, size_t, size_t, const void *);
  void (*gather_coset)(const void *, const void *, size_t, size_t, size_t, uint64_t, const void *, void *, size_t);
  void (*fill_powers)(void *, size_t, uint64_t, uint64_t);
  void (*multiply)(void *, const void *, const void *, size_t);
  void (*accumulate_rows)(void *, const void *, const void *, size_t, size_t);
  zk_cubic (*dot_base)(const void *, const void *, size_t);
  zk_cubic (*dot)(const void *, const void *, size_t);
  void (*scale_add)(void *, const void *, const void *, zk_cubic, size_t);
  void (*multiply_cubic)(void *, const void *, const void *, size_t);
  void (*fill_eq)(void *, const void *, size_t, zk_cubic);
  void (*fold)(void *, const void *, size_t, zk_cubic);
  zk_round (*product_round)(const void *, const void *, size_t, size_t, size_t);
  zk_round (*product_fold_round)(void *, void *, size_t, size_t, size_t, zk_cubic);
  zk_round (*fraction_round)(
      const void *, const void *, const void *, const void *, size_t, size_t, size_t, const void *, const void *, size_t);
  zk_round (*fraction_first_round)(
      void *, const void *, const void *, const void *, size_t, size_t, size_t, zk_cubic, const void *, const void *, size_t);
  zk_round (*fraction_fold_round)(
      void *, void *, void *, void *, size_t, size_t, size_t, zk_cubic, const void *, const void *, size_t);
  zk_round (*leaf_first_round)(
      const void *, const void *, const void *, const void *, size_t, size_t, size_t, zk_cubic, const void *, const void *, size_t);
  zk_round (*leaf_fold_round)(
      const void *, void *, const void *, void *, void *, void *, size_t, size_t, size_t, zk_cubic, zk_cubic, const void *,
      const void *, size_t);
  void (*fraction_parents)(const void *, const void *, size_t, size_t, size_t, void *, void *);
  void (*leaf_parents)(const void *, const void *, size_t, size_t, size_t, void *, void *);
  void (*combine_columns)(void *, const void *, const void *, size_t, uint64_t, size_t);
  void (*constraint_first_round)(void *, void *, const void *, const void *, const void *, size_t, size_t, size_t);
  void (*limb)(void *, const void *, const int64_t *, size_t, int64_t, size_t, uint64_t, size_t);
} zk_field_table;

extern const zk_field_table zk_field_plain;
#if defined(__x86_64__)
extern const zk_field_table zk_field_v3;
extern const zk_field_table zk_field_v4;
extern const zk_field_table zk_field_ifma;
#endif
