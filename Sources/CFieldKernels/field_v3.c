// The kernels in vectors of 4 words, for processors with AVX2.
#include "field_table.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"), min_vector_width(256))), apply_to = function)
#define LANES 4
#define TABLE zk_field_v3
#include "field_kernels.h"
#pragma clang attribute pop
#endif
