// All kernels of one variant: the including file sets LANES, TABLE (name of the variant's table) and the functions' target.

#include "field_lanes.h"
#include "field_sums.h"
#include "field_cubic.h"
#include "field_linear.h"
#include "field_codes.h"
#include "field_gather.h"
#include "field_rounds.h"

const zk_field_table TABLE = {
    transform, transform_transposed, gather_coset, fill_powers, multiply, accumulate_rows, dot_base, dot, scale_add_all,
    multiply_cubic, fill_eq, fold, product_round, product_fold_round, fraction_round, fraction_fold_round, fraction_parents,
};
