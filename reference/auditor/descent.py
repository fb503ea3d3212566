"""The reduction of all steps of a linear descent to linear claims.

With a random point (r_t, r_b, r_j), gamma, alpha and, for steps t, features j, places b with a row,
  P(t, j) = eq(r_t, t) sum_b eq(r_b, b) X_j(row)          W(t, j) = sum_k gamma^k w_t[j, k]
  Q(t, b) = eq(r_t, t) a_t sum_j eq(r_j, j) X_j(row)      E(t, b) = sum_k gamma^k (output_k(t, b) - target_k(row))
one sumcheck over the bits of t is for
  0 = sum_t alpha (sum_j P W - M(t) Z(t)) + sum_b Q E + M(t) L(t) + l(t) V(t),
M(t) = eq(r_t, t) [t < T], l(t) = eq(r_t, t) l_t, Z the scores at r_b, L the linear part of the update and V the penalised weights at r_j.
P and Q at a point are sums over the table's rows with public weights: one more sumcheck over the rows.
"""

from blocks import Claim
from field import P, powers
from sumcheck import verify_lockstep, verify_product
from weights import bit_factors, eq_factors, eq_table, masked_eq


def eq_at(point, index, ext):
    out = ext.lift(1)
    for i, z in enumerate(point):
        out = out * (z if index >> (len(point) - 1 - i) & 1 else 1 - z)
    return out


def predecessor(point):
    """Factor lists whose tensors sum to eq(z, c + 1) for every c but the last: bits above the one that turns agree, those below go from 1 to 0."""
    return [[(1 - r, r) if i < k else (r, 0) if i == k else (0, 1 - r) for i, r in enumerate(point)] for k in range(len(point))]


def verify_descent(relation, channel, d):
    ext = channel.ext
    point = channel.challenges("descent.point", d.steps.bits + d.batch_bits + d.feature_bits)
    at_step, at_place, at_feature = (point[:d.steps.bits], point[d.steps.bits:d.steps.bits + d.batch_bits], point[d.steps.bits + d.batch_bits:])
    gamma, alpha = channel.challenges("descent.batch", 2)
    gammas = powers(gamma, len(d.scores))
    steps, total = verify_product(channel, channel.constant(0), d.steps.bits, "descent.steps")
    own = [a * b for a, b in zip(eq_table(at_step, ext), eq_table(steps, ext))][:d.steps.count]
    mask, penalty = sum(own, ext.lift(0)), sum((w * (c % P) for w, c in zip(own, d.penalty)), ext.lift(0))
    scored, scores, linear, penalised = channel.receive("descent.parts", 4)
    rest = total - (scored - scores * mask) * alpha - linear * mask - penalised * penalty
    (features, first), (places, second) = verify_lockstep(channel, [scored, rest], [d.feature_bits, d.batch_bits], "descent.inner")
    p, w, q, e, y = channel.receive("descent.factors", 5)
    channel.assert_zero("descent.scores", channel.product(p, w) - first)
    channel.assert_zero("descent.gradients", channel.product(q, e) - second)
    ends = verify_lockstep(channel, [p, q, y], [d.rows.bits] * 3, "descent.rows")
    at_row = ends[0][0]
    row_weights = eq_table(at_row, ext)

    def gather(step_weights, place_point):
        batch, out = eq_table(place_point, ext), ext.lift(0)
        for weight, rows in zip(step_weights, d.batches):
            inner = ext.lift(0)
            for b, row in zip(batch, rows):
                if row is not None:
                    inner = inner + b * row_weights[row]
            out = out + weight * inner
        return out
    gathers = [gather(own, at_place), gather([x * (a % P) for x, a in zip(own, d.gradient)], places), gather(eq_table(steps, ext), places)]

    def combination(expressions, weights, pieces, value, scale=ext.lift(1)):
        terms, constant = [], ext.lift(0)
        for x, weight in zip(expressions, weights):
            weight = weight * scale
            terms += relation.terms(x, pieces, weight, ext.lift(1))
            constant = constant + weight * (x.constant % P)
        return Claim(terms, value - constant)

    def weights(offset, factors, pieces, scale):
        """scale * sum_k gamma^k w_(t + offset) at `steps`; `factors` on the features, `pieces` the same on the logical ones alone."""
        shifted = {1: lambda: [eq_factors(steps)], 0: lambda: predecessor(steps),
                   -1: lambda: [f + eq_factors(steps[-1:]) for f in predecessor(steps[:-1])] if steps else []}[offset]()
        out = []
        for reference, g in zip(d.weights, gammas):
            view = relation.view(reference)
            out += [(view.matrix, view.tensor(f + factors, g * scale)) for f in shifted]
        starts = {1: [], 0: [(d.initial, 0)], -1: [(d.previous, 0)] + ([(d.initial, 1)] if steps else [])}[offset]
        for references, index in starts:
            for reference, g in zip(references, gammas):
                view, weight = relation.view(reference), g * scale * eq_at(steps, index, ext)
                out += [(view.matrix, view.tensor(f, weight)) for f in pieces]
        return out

    def on(z):
        return eq_factors(z), masked_eq(z, [(d.feature_bits, len(d.features))])
    scale, half = ext.lift(1 << d.update_bits), ext.lift(1 << (d.update_bits - 1))
    update = weights(1, *on(at_feature), scale) + weights(0, *on(at_feature), ext.lift(-((1 << d.update_bits) + d.momentum) % P))
    if d.momentum:
        update += weights(-1, *on(at_feature), ext.lift(d.momentum))
    for reference, g in zip(d.remainders, gammas):
        view = relation.view(reference)
        update.append((view.matrix, view.eq(steps + at_feature, g)))
    decayed = weights(0, *on(at_feature), ext.lift(1))
    if d.free is not None:
        fixed = bit_factors(d.free, d.feature_bits)
        decayed += weights(0, fixed, [fixed], ext.lift(P - 1) * eq_at(at_feature, d.free, ext))
    row = [eq_factors(at_row)]
    return [
        combination(d.scores, gammas, [eq_factors(steps + at_place)], scores),
        combination(d.outputs, gammas, [eq_factors(steps + places)], e + y),
        Claim(weights(0, *on(features), ext.lift(1)), w),
        Claim(update, linear + half * sum(gammas, ext.lift(0))),
        Claim(decayed, penalised),
        combination(d.features, eq_table(features, ext), row, ends[0][1], gathers[0]),
        combination(d.features, eq_table(at_feature, ext), row, ends[1][1], gathers[1]),
        combination(d.targets, gammas, row, ends[2][1], gathers[2]),
    ]
