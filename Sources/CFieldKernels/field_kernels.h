// All kernels of one variant: the including file sets LANES, TABLE (name of the variant's table) and the functions' target.

#include "field_lanes.h"
#include "field_sums.h"
#include "field_cubic.h"
#include "field_linear.h"
#include "field_codes.h"
#include "field_gather.h"
#include "field_rounds.h"
#include "field_fractions.h"
#include "field_leaves.h"
#include "field_columns.h"

const zk_field_table TABLE = {
    transform, transform_selected, transform_transposed, gather_coset, fill_powers, multiply, accumulate_rows, dot_base, dot,
    scale_add_all, multiply_cubic, fill_eq, fold, product_round, product_fold_round, fraction_round, fraction_first_round, fraction_fold_round,
    leaf_first_round, leaf_fold_round, fraction_parents, leaf_parents, combine_columns, constraint_first_round,
    limb,
};
