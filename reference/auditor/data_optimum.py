"""Optimum: the committed weights are near the minimum of a stated convex loss on committed rows, whoever found them.

f(w) = sum of the rows' losses + (Lambda/2)|w|^2, Lambda = p/q > 0, w the model's weights W in units of the features X / 2^Phi.  F, wf: fraction
bits of the model's features and weights, acc = sum feature W its accumulator.  Computed in integers:
  two classes  acc = 2^sigma s + lo, -2^(sigma-1) <= lo < 2^(sigma-1), sigma = F + wf - f; (s, A, B) a row of the sigmoid's table with its slope;
               prediction A + floor((B lo + 2^(tau-1)) / 2^tau), tau = beta + sigma + f - pi
  classes      largest - acc_k = 2^sigma t + rho, 0 <= rho < 2^sigma; (t, T) a row of the exponential's table; e_k = T + floor((-T (rho -
               2^(sigma-1)) + 2^(tau-1)) / 2^tau), tau = sigma + f; sum e_k >= 3/4; prediction round(2^pi e_k / sum e)
  a number     c + floor(acc / 2^sigma + 1/2), sigma = F + wf - u - shift; c + acc 2^-sigma where sigma <= 0
  gradient     q 2^S df/dw_jk = a sum_i X_j(i) (prediction - target)_k(i) + sum_l C_jl W_lk + C_j, in [-2^t, 2^t)
Error terms and what they leave of a distance: `Account`.
"""

from functools import lru_cache

from . import sigmoid
from .data_columns import recorded_bit, signed
from .data_training import LIMIT, Run, exponentials, feature_count, fraction, pair, read_feature, size
from .errors import require
from .expressions import SCALAR, Expression, Extent, entry, log2_ceil
from .gradient import Gradient
from .json_text import elements, fields, integer
from .names import bundle_name
from .schema import integer64
from .upper_bound import Bound, root

MOST = 10**12


@lru_cache(maxsize=None)
def sigmoid_rows(f, bits, pi, beta):
    half, drop = 1 << (bits - 1), 2 * pi - beta
    return tuple((s, a, (a * ((1 << pi) - a) + (1 << (drop - 1))) >> drop)
                 for s, a in zip(range(-half, half), sigmoid.table(f, pi, half)))


@lru_cache(maxsize=None)
def exponential_rows(f, bits, beta):
    """round(2^beta e^(-(t + 1/2) / 2^f))."""
    return tuple(enumerate(exponentials(f + 1, bits + 1, beta)[1::2]))


class Problem:
    read_target, canonical_columns = Run.read_target, Run.canonical_columns

    def __init__(self, value):
        features, target, formats, penalty, intercept, fixed = fields(
            value, ("features", "target", "formats", "penalty", "intercept"), "problem", ("fixed",))
        self.features = [read_feature(x) for x in elements(features, "features", 4_096)]
        self.read_target(target)
        self.count, (self.p, self.q) = feature_count(self.features), fraction(penalty, "penalty")
        phi, score, pi, beta = fields(formats, ("feature", "score", "probability", "slope"), "formats")
        self.phi, self.pi, self.beta = integer(phi, "formats", 0, 24), integer(pi, "formats", 0, 64), integer(beta, "formats", 0, 64)
        self.f, self.bits = (integer(x, "formats", 0, 64) for x in pair(score, "formats"))
        self.fixed = None if fixed is None else integer(fixed, "fixed", 0, 63)
        require(intercept in ("penalised", "eliminated"), "an intercept is penalised or eliminated")
        self.eliminated, self.is_number = intercept == "eliminated", self.kind == "number"
        require(self.p > 0, "without a penalty the loss is not strongly convex")
        require(self.f <= 30 and 2 <= self.bits, "number formats out of range")
        if self.is_number:
            require(self.bits <= 50, "number formats out of range")
        else:
            require(not self.eliminated or self.kind == "binary", "intercepts without penalty leave the loss of several classes flat in one direction")
            require(4 <= self.f <= 16 and 4 <= self.bits <= 18 and 16 <= self.pi <= 30 and 16 <= self.beta <= 30 and self.pi >= self.f + 5
                    and self.beta >= self.f + 2, "number formats out of range")
        require(self.fixed is None or self.kind == "classes" and self.fixed < self.outputs, "a fixed class is one of the classes")
        self.free = [k for k in range(self.outputs) if k != self.fixed]
        self.needs_curvature = self.eliminated and not self.is_number
        self.residual_bits = self.f if self.is_number else self.pi

    def canonical(self):
        return {**self.canonical_columns(), "formats": [self.phi, self.f, self.bits, self.pi, self.beta], "penalty": [signed(self.p), signed(self.q)],
                "intercept": "eliminated" if self.eliminated else "penalised", "fixed": [] if self.fixed is None else [self.fixed]}


def the_column(name, schemas):
    found = [s.by_name[name] for s in schemas if name in s.by_name]
    require(len(found) == 1, f"column {name} is not in exactly one of the tables")
    return found[0]


def shifted(value, bits):
    require(0 <= bits <= 61 and abs(value) << bits < 1 << 62, "the gradient could wrap around")
    return value << bits


class Plan:
    """The problem over the formats of model and tables; refuses what could wrap around."""

    def __init__(self, problem, model, schemas, rows):
        require(1 <= rows <= 1 << 28, "too many rows")
        self.problem, self.rows, x = problem, rows, problem
        reaches = [self.reach(f, schemas) for f in x.features]
        self.square, self.short_square = sum(r * r for r in reaches), sum(r * r for r in reaches[:-1])
        task = {"binary": "binary", "classes": "classes", "number": "regression"}[x.kind]
        require(model.task == task and model.target == x.target and model.outputs == x.outputs, "the model has another target or task")
        require(x.kind != "binary" or model.positive == x.positive, "the model has another positive class")
        unit, self.offset = 0, 0
        if x.is_number:
            unit, self.offset = model.unit_shift + x.shift, shifted(model.target_range.lower - x.centre, x.shift)
        self.sigma = model.feature_bits + model.weight_fraction - (unit if x.is_number else x.f)
        self.coordinates(model, unit - x.f if x.is_number else 0)
        data = x.phi + x.residual_bits
        self.scale = max(data, self.depth, 0 if self.offset == 0 or x.eliminated else x.f)
        self.factor = shifted(x.q, self.scale - data)
        self.constant = 0 if x.eliminated else shifted(x.p * self.offset, self.scale - x.f)
        groups = len(x.features)
        accumulator = groups << (model.feature_bits + model.weight_bits - 1)
        require(accumulator < LIMIT, "a score could wrap around")
        residual, weight = self.residual(schemas, accumulator), 1 << (model.weight_bits - 1)
        self.penalties, reach, place = [], 0, 0
        for feature, own in zip(x.features, reaches):
            largest = rows * own * residual * self.factor
            require(largest < 1 << 100, "the gradient could wrap around")
            for _ in range(size(feature)):
                is_last = feature[0] == "constant"
                terms = [] if is_last and x.eliminated else [(shifted(x.p * c, self.scale + e), row) for c, e, row in self.terms[place]]
                self.penalties.append(terms)
                reach = max(reach, largest + sum(abs(c) for c, _ in terms) * weight + (abs(self.constant) if is_last else 0))
                place += 1
        require(reach < (1 << 63) - (1 << 61), "the gradient could wrap around")
        self.tau = self.sigma + x.f + (0 if x.kind == "classes" else x.beta - x.pi)
        if x.is_number:
            require(-40 <= self.sigma <= 48 and accumulator << max(0, -self.sigma) < LIMIT, "a score could wrap around")
            widths = [self.sigma + x.bits] if self.sigma > 0 else []
        else:
            require(1 <= self.sigma <= 48 and 1 <= self.tau <= 60, "the model's weights are too coarse, or too fine")
            widths = ([self.sigma + x.bits, x.beta + self.sigma, self.tau + x.pi - x.f] if x.kind == "binary" else
                      [self.sigma + x.bits + 1, x.beta + self.sigma + 2, x.beta + x.pi + log2_ceil(x.outputs) + 4])
        require(all(w <= 61 for w in widths), "a prediction could wrap around")

    def reach(self, feature, schemas):
        kind, one = feature[0], 1 << self.problem.phi
        if kind == "constant":
            return one
        column = the_column(feature[1], schemas)
        if kind == "number":
            require(column.kind != "category", f"feature {feature[1]} is a category")
            reach = max(abs(column.range.lower - feature[2]), abs(column.range.upper - feature[2])) << feature[3]
            require(reach < 1 << 49, f"feature {feature[1]} is too wide")
            return reach
        if kind == "category":
            require(column.kind == "category" and len(column.categories) == feature[2] and feature[3] == (column.missing == "presence"),
                    f"feature {feature[1]} is no category of {feature[2]} classes")
        else:
            require(column.missing == "presence", f"{feature[1]} has no missing cells")
        return one

    def residual(self, schemas, accumulator):
        x, target = self.problem, the_column(self.problem.target, schemas)
        require(target.missing == "refuse" and (target.kind == "category") != x.is_number, "the target has another type")
        if x.is_number:
            label = max(abs(target.range.lower - x.centre), abs(target.range.upper - x.centre)) << x.shift
            score = 1 << (x.bits - 1) if self.sigma > 0 else accumulator << min(60, -self.sigma)
            require(label + score + abs(self.offset) < LIMIT, "the target is too wide")
            return label + score + abs(self.offset)
        require(len(target.categories) == (2 if x.kind == "binary" else x.outputs), "the target has other classes")
        return (1 << x.pi) + ((1 << max(0, x.pi - x.f - 2)) if x.kind == "binary" else 0)

    def coordinates(self, model, unit):
        """w_j = sum factor 2^exponent W_row; the model's own feature is (cell - lower) 2^shift."""
        x, expected = self.problem, []
        for c in model.features:
            if c.kind == "category":
                expected.append(("category", c.name, len(c.categories), c.missing == "presence"))
            else:
                expected += [("number", c.name)] + ([("presence", c.name)] if c.missing == "presence" else [])
        require(expected + [("constant",)] == [f[:2] if f[0] == "number" else f for f in x.features], "the model has other features")
        base, place, intercept = unit - model.weight_fraction, 0, []
        self.terms, self.shifts, self.lowers = [], [], {}
        for feature in x.features:
            if feature[0] == "number":
                interval = model.schema.column(feature[1]).range
                require(interval.bits <= model.feature_bits, f"feature {feature[1]} is rounded")
                self.terms.append([(1, x.phi - feature[3] - interval.bits + base, place)])
                self.shifts.append(model.feature_bits - interval.bits)
                self.lowers[feature[1]] = interval.lower
                if feature[2] != interval.lower:
                    intercept.append((feature[2] - interval.lower, base - interval.bits, place))
            else:
                for k in range(size(feature)):
                    self.terms.append([(1, base, place + k)])
                    self.shifts.append(model.feature_bits)
            place += size(feature)
        self.terms[-1] += intercept
        counted = self.terms[:-1] if x.eliminated else self.terms
        self.depth = max([0] + [-e for own in counted for _, e, _ in own])


class Account:
    """What is left of a distance: (|g| + n R delta) / Lambda, R the longest row, delta the largest error of a row's predictions."""

    def __init__(self, plan, t, curvature=None):
        x, n = plan.problem, plan.rows
        require(x.needs_curvature == (curvature is not None) and (curvature is None or curvature > 0),
                "a positive curvature is stated where the intercept of two classes has no penalty, and only there")
        if x.is_number:
            parts = [Bound.of(1 if plan.sigma > 0 else 0, exponent=-(x.f + 1))]
        elif x.kind == "binary":
            half = Bound.of(1, exponent=-(x.pi + 1))
            slope = Bound.of(1, exponent=-(x.beta + x.f + 2)) + Bound.of(1, exponent=-(x.pi + x.f + 2))
            parts = [Bound.of(1, 83, -2 * x.f), half + slope, half]
        else:
            own = root(x.outputs)
            parts = [Bound.of((1 << x.f) + 2, 64, -3 * x.f - 3).times(65),
                     Bound.of(4 * (x.outputs + own) * ((1 << x.f) + 1), 3, -x.beta - x.f), Bound.of(own, exponent=-(x.pi + 1))]
        row = parts[0]
        for part in parts[1:]:
            row = row + part
        self.tolerance = Bound.of(1, x.q, t - plan.scale)
        weights = x.count * len(x.free)
        if not x.eliminated:
            error = row.times(n) * Bound.of(root(plan.square), exponent=-x.phi)
            total = self.tolerance * Bound.of(root(weights << 32), exponent=-16) + error
            self.distance, self.gap = total.times(x.q, x.p), (total * total).times(x.q, 2 * x.p)
            return
        # The intercept is minimised out: the other coordinates lose the mean row times its own.
        short, base = Bound.of(root(plan.short_square), exponent=-x.phi), row.times(n) + self.tolerance
        gradient = self.tolerance * Bound.of(root((weights - 1) << 32), exponent=-16) + self.tolerance * short
        total = gradient + (row.times(n) * short).times(2)
        away = total.times(x.q, x.p)
        if curvature is None:
            near, below = base.times(1, n), (base * base).times(1, 2 * n)
        else:
            # The curvature along b is c where it is proved and c e^-t at a distance t: the optimum of b is within base / (c - base).
            slope = Bound.of(1, exponent=-(x.beta + 1)) + Bound.of(1, exponent=-(x.pi + 1)) + Bound.of(1, 20, -x.f)
            left = (curvature << 64 - x.beta) - (slope.times(n) + base).units
            require(left > 0, "the gradient along the intercept is not small beside the curvature")
            near = base.over(left)
            below = base * near
        self.distance = away + near + away * short
        self.gap = (total * total).times(x.q, 2 * x.p) + below


class Optimum:
    def __init__(self, value):
        tables, model, problem, tolerance, radius, curvature = fields(
            value, ("tables", "model", "problem", "tolerance", "radius"), "statement", ("curvature",))
        self.curvature = integer64(curvature, "curvature") if "curvature" in value else None
        self.tables = [bundle_name(x, "tables") for x in elements(tables, "tables", 256)]
        self.model, self.problem = bundle_name(model, "model"), Problem(problem)
        self.tolerance, self.radius = integer(tolerance, "tolerance", 0, 60), fraction(radius, "radius")
        require(0 < self.radius[0] <= MOST, "a radius is a positive fraction")
        self.artefacts = self.tables + [self.model]
        require(self.tables and len(set(self.artefacts)) == len(self.artefacts), "a claim about an optimum names tables and a model, each once")

    def canonical(self):
        return ["optimum/v1", self.tables, self.model, self.problem.canonical(), self.tolerance, [signed(x) for x in self.radius]] + (
            [] if self.curvature is None else [signed(self.curvature)])

    def radius_text(self):
        return str(self.radius[0]) if self.radius[1] == 1 else f"{self.radius[0]}/{self.radius[1]}"

    def plan(self, artefacts):
        own = [artefacts[name].table() for name in self.tables]
        require(all(rows == own[0][1] for _, rows in own), "tables side by side have the same number of rows")
        return Plan(self.problem, artefacts[self.model].model(), [schema for schema, _ in own], own[0][1].count)

    def account(self, artefacts):
        account = Account(self.plan(artefacts), self.tolerance, self.curvature)
        require(account.distance.times(self.radius[1]).units <= self.radius[0] << 64, "gradient and errors leave more than the stated radius")
        return account

    def words(self, artefacts):
        account = self.account(artefacts)
        return [f"The weights of {self.model} are within {account.distance} of the optimum of a convex loss with the penalty {self.problem.p}/{self.problem.q} "
                f"on the rows of {', '.join(self.tables)}; the loss is at most {account.gap} above the least."]

    def compile(self, artefacts, builder, prefix):
        plan = self.plan(artefacts)
        self.account(artefacts)
        model, schemas = artefacts[self.model].model(), [artefacts[name].table()[0] for name in self.tables]
        for column in model.features + [model.schema.column(model.target)]:
            require(the_column(column.name, schemas).means() == column.means(), f"the tables declare column {column.name} otherwise than the model")
        own = Compiler(self, plan, artefacts, builder, prefix)
        features = own.features()
        residuals = own.residuals(own.accumulators(features))
        own.gradient(features, residuals)


class Compiler:
    def __init__(self, claim, plan, artefacts, builder, prefix):
        self.claim, self.plan, self.x, self.builder, self.prefix = claim, plan, plan.problem, builder, prefix
        self.sources = [artefacts[name] for name in claim.tables]
        self.rows = self.sources[0].table()[1]

    def cell(self, name, part="value"):
        source, = (s for s in self.sources if name in s.table()[0].by_name)
        return Expression.of(source.column(name, part))

    def recorded(self, key):
        return Expression.of(self.builder.column(f"{self.prefix}.{key}", self.rows.bits))

    def features(self):
        """[(what the model reads, X)]."""
        out, one = [], 1 << self.x.phi
        for place, feature in enumerate(self.x.features):
            if feature[0] == "number":
                cell = self.cell(feature[1])
                out.append((cell.plus(-self.plan.lowers[feature[1]]).times(1 << self.plan.shifts[len(out)]), cell.plus(-feature[2]).times(1 << feature[3])))
                continue
            if feature[0] == "presence":
                bits = [self.cell(feature[1], "presence")]
            elif feature[0] == "constant":
                bits = [Expression(1)]
            else:
                code = self.cell(feature[1]).plus(self.cell(feature[1], "presence")) if feature[3] else self.cell(feature[1])
                bits = self.one_hot(f"class.{place}", code, size(feature))
            out += [(bit.times(1 << self.plan.shifts[len(out)]), bit.times(one)) for bit in bits]
        return out

    def one_hot(self, key, code, count):
        bits = [recorded_bit(self.builder, f"{self.prefix}.{key}.{k}", self.rows) for k in range(count)]
        self.builder.equal(self.rows, Expression.sum([(1, b) for b in bits], -1))
        self.builder.equal(self.rows, Expression.sum(list(enumerate(bits))).plus(code, -1))
        return bits

    def accumulators(self, features):
        out = [self.recorded(f"accumulator.{k}") for k in range(self.x.outputs)]
        self.builder.products.append((self.rows, Extent(len(features)), Extent(self.x.outputs), [own for own, _ in features],
                                      (self.claim.model, "W", ()), out))
        return out

    def residuals(self, accumulators):
        x, unit, target = self.x, 1 << self.x.pi, self.cell(self.x.target)
        if x.is_number:
            differences = [self.number(accumulators[0]).plus(target.plus(-x.centre).times(1 << x.shift), -1)]
        elif x.kind == "binary":
            label = target.times(unit) if x.positive else Expression(unit).plus(target, -unit)
            differences = [self.binary(accumulators[0]).plus(label, -1)]
        else:
            labels = self.one_hot("label", target, x.outputs)
            differences = [p.plus(label, -unit) for p, label in zip(self.classes(accumulators), labels)]
        out = []
        for k, difference in enumerate(differences):
            out.append(self.builder.column(f"{self.prefix}.residual.{k}", self.rows.bits))
            self.builder.equal(self.rows, Expression.of(out[k]).plus(difference, -1))
        return out

    def number(self, accumulator):
        sigma, b, p = self.plan.sigma, self.builder, self.prefix
        if sigma <= 0:
            return accumulator.times(1 << -sigma).plus(self.plan.offset)
        score = self.recorded("score.0")
        b.bits(f"{p}.score-remainder.0", accumulator.plus(score, -(1 << sigma)).plus(1 << (sigma - 1)), sigma, self.rows)
        b.bits(f"{p}.score.0", score.plus(1 << (self.x.bits - 1)), self.x.bits, self.rows)
        return score.plus(self.plan.offset)

    def corrected(self, name, value, product, sign, bits):
        """value + floor((sign product + 2^(tau-1)) / 2^tau), the correction at most 2^bits in size."""
        tau, out = self.plan.tau, self.recorded(name)
        correction = out.plus(value, -1)
        self.builder.bits(f"{self.prefix}.{name}.correction", correction.plus(1 << bits), bits + 1, self.rows)
        remainder = product.times(sign).plus(correction, -(1 << tau)).plus(1 << (tau - 1))
        self.builder.bits(f"{self.prefix}.{name}.remainder", remainder, tau, self.rows)
        return out

    def binary(self, accumulator):
        x, b, p, sigma = self.x, self.builder, self.prefix, self.plan.sigma
        score, value, slope = self.recorded("score.0"), self.recorded("value.0"), self.recorded("slope.0")
        own = (x.f, x.bits, x.pi, x.beta)
        b.lookup(b.function_table(f"{p}.sigmoid", ("sigmoid with slope", *own), lambda: sigmoid_rows(*own)), [score, value, slope], self.rows)
        if self.claim.curvature is not None:
            total = b.total(f"{p}.curvature", self.rows, slope)
            b.bits(f"{p}.curvature", total.plus(-self.claim.curvature), log2_ceil(self.rows.count) + x.beta - 1, SCALAR)
        low = accumulator.plus(score, -(1 << sigma))
        b.bits(f"{p}.low.0", low.plus(1 << (sigma - 1)), sigma, self.rows)
        product = b.hadamard(f"{p}.tangent.0", self.rows.bits, slope, low)
        return self.corrected("prediction.0", value, product, 1, x.pi - x.f - 2)

    def classes(self, accumulators):
        x, b, p, sigma, rows = self.x, self.builder, self.prefix, self.plan.sigma, self.rows
        table = b.function_table(f"{p}.exponential", ("exponential with slope", x.f, x.bits, x.pi, x.beta), lambda: exponential_rows(x.f, x.bits, x.beta))
        largest, exps, out = self.recorded("largest"), [], []
        for k, accumulator in enumerate(accumulators):
            step, value = self.recorded(f"step.{k}"), self.recorded(f"value.{k}")
            b.lookup(table, [step, value], rows)
            low = largest.plus(accumulator, -1).plus(step, -(1 << sigma))
            b.bits(f"{p}.low.{k}", low, sigma, rows)
            product = b.hadamard(f"{p}.tangent.{k}", rows.bits, value, low.plus(-(1 << (sigma - 1))))
            exps.append(self.corrected(f"exponential.{k}", value, product, -1, x.beta - x.f))
        total, classes = Expression.sum([(1, e) for e in exps]), log2_ceil(x.outputs)
        b.bits(f"{p}.sum", total.plus(-(3 << (x.beta - 2))), x.beta + classes + 1, rows)
        width = x.beta + classes + 3
        for k, exponential in enumerate(exps):
            probability = self.recorded(f"prediction.{k}")
            b.bits(f"{p}.prediction.{k}", probability, x.pi + 1, rows)
            product = b.hadamard(f"{p}.prediction.{k}.product", rows.bits, probability, total)
            remainder = exponential.times(2 << x.pi).plus(total).plus(product, -2)
            b.bits(f"{p}.prediction.{k}.remainder", remainder, width, rows)
            b.bits(f"{p}.prediction.{k}.below", total.times(2).plus(-1).plus(remainder, -1), width, rows)
            out.append(probability)
        return out

    def gradient(self, features, residuals):
        x, plan, b, t, name = self.x, self.plan, self.builder, self.claim.tolerance, self.claim.model
        extent, width = Extent(len(features)), log2_ceil(x.outputs)
        cells = extent.bits + width
        if x.fixed is not None:
            bits = tuple(x.fixed >> (width - 1 - i) & 1 for i in range(width))
            b.equal(extent, Expression.of((name, "W", (None,) * extent.bits + bits)))
        values, penalties = [], []
        for k in x.free:
            values.append(b.column(f"{self.prefix}.gradient.{k}", extent.bits))
            b.bits(f"{self.prefix}.gradient.{k}", Expression.of(values[-1]).plus(1 << t), t + 1, extent)
            penalties.append([
                Expression.sum([(c, Expression.of(entry((name, "W", ()), cells, row << width | k))) for c, row in terms],
                               plan.constant if j == len(features) - 1 else 0) for j, terms in enumerate(plan.penalties)])
        b.gradients.append(Gradient(self.rows, [own for _, own in features], [residuals[k] for k in x.free], plan.factor, penalties, values))
