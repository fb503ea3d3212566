// Leaves of the fraction tree, whose numerators are in F: see include/CFieldKernels.h.

/// s += a * b for b over F.
INLINE void accumulate_base3(cubic_sum *s, cubic a, split b) {
  accumulate(&s->c0, a.c0, b), accumulate(&s->c1, a.c1, b), accumulate(&s->c2, a.c2, b);
}
/// s += y * r for y over F.
INLINE void accumulate_base_fixed3(cubic_fixed_sum *s, vec y, const cubic_fixed *r) {
  accumulate_fixed(&s->c0, y, &r->c0), accumulate_fixed(&s->c1, y, &r->c1), accumulate_fixed(&s->c2, y, &r->c2);
}
INLINE cubic lift(vec x) { return (cubic){x, broadcast(0), broadcast(0)}; }

/// u = p0 + lambda q0 for p0 over F.
static void combine_base_column(column *u, const column *q0, const word *base, size_t first, size_t count, const cubic_fixed *lambda) {
  FOR_VECTORS(i, n, count, u->v[i / LANES] = scale_add(lift(load_some(base + first + i, n)), q0->v[i / LANES], lambda));
}

/// out = u q1 + p1 q0 for p1 over F.
static void cross_base_column(
    column *out, const column *u, const column *q1, const base_column *p1, const column *q0, size_t vectors) {
  for (size_t k = 0; k < vectors; k++) {
    cubic_sum s = empty_sum3();
    accumulate3(&s, u->v[k], split3(q1->v[k]));
    accumulate_base3(&s, q0->v[k], split_word(p1->v[k]));
    out->v[k] = reduce3(&s);
  }
}

static void leaf_run(round_sums *sums, const layer *t, size_t first, size_t end, const word *weight) {
  const word *const table[2] = {t->q1, t->q0};
  column u[2], q[2][2], term, weights;
  base_column p1[2];
  FOR_BLOCKS(j, count, first, end, {
    const size_t vectors = VECTORS(count);
    for (size_t side = 0; side < 2; side++) {
      const size_t at = side * t->half + j;
      for (int k = 0; k < 2; k++) load_column(&q[k][side], table[k], at, count);
      combine_base_column(&u[side], &q[1][side], t->base0, at, count, t->lambda);
      FOR_VECTORS(i, n, count, p1[side].v[i / LANES] = load_some(t->base1 + at + i, n));
    }
    reserve_round(sums, vectors);
    load_column(&weights, weight, j - first, count);
    cross_base_column(&term, &u[0], &q[0][0], &p1[0], &q[1][0], vectors);
    accumulate_column(&sums->c0, &term, &weights, vectors);
    difference_column(&u[1], &u[0], vectors);
    for (int k = 0; k < 2; k++) difference_column(&q[k][1], &q[k][0], vectors);
    for (size_t k = 0; k < vectors; k++) p1[1].v[k] = sub(p1[1].v[k], p1[0].v[k]);
    cross_base_column(&term, &u[1], &q[0][1], &p1[1], &q[1][1], vectors);
    accumulate_column(&sums->c2, &term, &weights, vectors);
  })
}

/// Folds entries of a table over F with those `distance` after them; adds lambda q0 where q0 is given.
static void fold_base_column(
    column *out, word *target, const word *base, const column *q0, size_t first, size_t count, size_t distance, const layer *t) {
  FOR_VECTORS(i, n, count, {
    vec low = load_some(base + first + i, n);
    cubic_fixed_sum s = start_fixed3(lift(low));
    accumulate_base_fixed3(&s, sub(load_some(base + first + distance + i, n), low), t->r);
    if (q0) accumulate_fixed3(&s, q0->v[i / LANES], t->lambda);
    out->v[i / LANES] = reduce_fixed3(&s);
    store3(target, first + i, out->v[i / LANES], n);
  });
}

static void leaf_fold_run(round_sums *sums, const layer *t, size_t first, size_t end, const word *weight) {
  layer_block b;
  FOR_BLOCKS(j, count, first, end, {
    for (size_t side = 0; side < 2; side++) {
      column *out = side ? b.high : b.low;
      const size_t at = side * t->half + j;
      fold_column(&out[1], t->q1, at, count, 2 * t->half, t->r);
      fold_column(&out[3], t->q0, at, count, 2 * t->half, t->r);
      fold_base_column(&out[0], t->u, t->base0, &out[3], at, count, 2 * t->half, t);
      fold_base_column(&out[2], t->p1, t->base1, NULL, at, count, 2 * t->half, t);
    }
    add_block(sums, &b, weight, j - first, count);
  })
}

static zk_round leaf_first_round(
    const void *p0, const void *q1, const void *p1, const void *q0, size_t half, size_t first, size_t end, zk_cubic lambda,
    const void *eq_high, const void *eq_low, size_t low_bits) {
  const cubic_fixed factor = fix3(lambda);
  const layer t = {.q1 = (word *)q1, .q0 = (word *)q0, .base0 = p0, .base1 = p1, .half = half, .lambda = &factor};
  return layer_round(leaf_run, &t, first, end, eq_high, eq_low, low_bits);
}

static zk_round leaf_fold_round(
    const void *p0, void *q1, const void *p1, void *q0, void *u_out, void *p1_out, size_t quarter, size_t first, size_t end,
    zk_cubic factor, zk_cubic lambda, const void *eq_high, const void *eq_low, size_t low_bits) {
  const cubic_fixed r = fix3(factor), l = fix3(lambda);
  const layer t = {u_out, q1, p1_out, q0, p0, p1, quarter, &r, &l};
  return layer_round(leaf_fold_run, &t, first, end, eq_high, eq_low, low_bits);
}

static void leaf_parents(const void *p, const void *q, size_t half, size_t first, size_t end, void *p_out, void *q_out) {
  const word *base = p;
  FOR_VECTORS(i, n, end - first, {
    prefetch_block(q, first + i), prefetch_block(q, half + first + i);
    cubic left = load3(q, first + i, n), right = load3(q, half + first + i, n);
    cubic_sum s = empty_sum3(), t = empty_sum3();
    accumulate_base3(&s, right, split_word(load_some(base + first + i, n)));
    accumulate_base3(&s, left, split_word(load_some(base + half + first + i, n)));
    accumulate3(&t, left, split3(right));
    store3(p_out, first + i, reduce3(&s), n);
    store3(q_out, first + i, reduce3(&t), n);
  });
}
