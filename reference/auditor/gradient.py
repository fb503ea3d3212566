"""The gradient of a linear model's loss over a table, all coordinates at once, reduced to linear claims.

For features j < d and outputs k: value_k(j) = factor sum_{i in rows} X_j(i) residual_k(i) + penalty_k[j]; residual_k(i) = 0 outside the rows.
With a random point rho over the features and gamma, A(i) = sum_j eq(rho, j) X_j(i), R(i) = sum_k gamma^k residual_k(i), one sumcheck over the
rows is for v = sum_i A(i) R(i); it ends at A(z) and R(z), which are linear claims, as is
  sum_k gamma^k sum_{j < d} eq(rho, j) (value_k(j) - penalty_k[j]) = factor v   and   sum_{i outside the rows} eq(z, i) R(i) = 0.
"""

from blocks import Claim
from field import P, powers
from sumcheck import verify_product
from weights import eq_factors, eq_range, eq_table, masked_eq

from .expressions import Extent


class Gradient:
    def __init__(self, rows, features, residuals, factor, penalties, values):
        self.rows, self.features, self.residuals, self.factor, self.penalties, self.values = rows, features, residuals, factor, penalties, values
        self.extent = Extent(len(features))
        self.point_variables = max(rows.bits, self.extent.bits) + len(residuals)


def verify_gradient(relation, channel, g):
    ext = channel.ext
    one = ext.lift(1)
    point = channel.challenges("gradient.point", g.extent.bits)
    gammas = powers(channel.challenge("gradient.batch"), len(g.residuals))
    value = channel.receive("gradient.value", 1)[0]
    z, claim = verify_product(channel, value, g.rows.bits, "gradient.round")
    a, r = channel.receive("gradient.factors", 2)
    channel.assert_zero("gradient.final", channel.product(a, r) - claim)
    weights, pieces = eq_table(point, ext), masked_eq(point, [(g.extent.bits, g.extent.count)])
    coordinates, constant = [], ext.lift(0)
    for reference, own, gamma in zip(g.values, g.penalties, gammas):
        view = relation.view(reference)
        coordinates += [(view.matrix, view.tensor(piece, gamma)) for piece in pieces]
        for x, weight in zip(own, weights):
            scale = gamma * weight * (P - 1)
            coordinates += relation.terms(x, [], scale, one)
            constant = constant + scale * (x.constant % P)
    folded, shift = [], ext.lift(0)
    for x, weight in zip(g.features, weights):
        folded += relation.terms(x, [eq_factors(z)], weight, one)
        shift = shift + weight * (x.constant % P)
    views = [relation.view(reference) for reference in g.residuals]
    claims = [Claim(coordinates, value * ext.lift(g.factor % P) - constant), Claim(folded, a - shift),
              Claim([(v.matrix, v.eq(z, gamma)) for v, gamma in zip(views, gammas)], r)]
    outside = eq_range(z, g.rows.count, 1 << g.rows.bits)
    if outside:
        claims.append(Claim([(v.matrix, v.tensor(f, gamma)) for v, gamma in zip(views, gammas) for f in outside], channel.constant(0)))
    return claims
