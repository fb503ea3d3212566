// The kernels in vectors of 8 words, for processors with AVX-512.
#include "field_table.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), apply_to = function)
#define LANES 8
#define TABLE zk_field_v4
#include "field_kernels.h"
#pragma clang attribute pop
#endif
