// The kernels in vectors of 8 words, for processors with AVX-512 and its 52-bit multiply-add.
#include "field_table.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512ifma"), min_vector_width(512))), apply_to = function)
#define LANES 8
#define IFMA 1
#define TABLE zk_field_ifma
#include "field_kernels.h"
#pragma clang attribute pop
#endif
