// The kernels one word at a time, for any processor: 64 x 64 -> 128 bit multiplications.
#include "field_table.h"

#define LANES 1
#define TABLE zk_field_plain
#include "field_kernels.h"
