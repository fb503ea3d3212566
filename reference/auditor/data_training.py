"""Training: the committed weights are exactly what a stated run of mini-batch gradient descent gives on a committed table.

Phi, v, s, pi are fraction bits of features, weights, scores and probabilities, sigma = Phi + v - s.  Step t has the rows of its batch; with
X integer features, w the weights before it, y the target with the prediction's fraction bits:
  score       floor((sum_j X_j w_j + 2^(sigma-1)) / 2^sigma)
  prediction  sigmoid table (two classes); rounded exponentials over their sum (classes); the score itself (a number)
  update      2^R (w' - w) + r = A (w - w_before) - a_t sum_b X (prediction - y) - l_t w + 2^(R-1),  0 <= r < 2^R
A = round(momentum 2^R), a_t = round(rate_t 2^(R+v-Phi-pi) / rows of the batch), l_t = round(rate_t penalty 2^R); without the last term for an
intercept that is not penalised.  All steps are one constraint (`relation.verify_descent`).
"""

import hashlib
from fractions import Fraction
from functools import lru_cache

from serialize import digest

from . import sigmoid
from .data_columns import recorded_bit, signed
from .data_split import Nonce
from .errors import require
from .expressions import SCALAR, Expression, Extent, entry, log2_ceil
from .json_text import boolean, elements, fields, integer, text
from .names import bundle_name
from .schema import Column, Range, Schema, integer64

LIMIT = 1 << 61


def rounded(value):
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def fraction(value, place):
    a, b = (integer64(x, place) for x in pair(value, place))
    require(0 <= a <= 10**12 and 1 <= b <= 10**12, f"{place}: must be a fraction from 0")
    return a, b


def pair(value, place):
    parts = elements(value, place, 2)
    require(len(parts) == 2, f"{place}: must be two numbers")
    return parts


@lru_cache(maxsize=None)
def exponentials(f, bits, o):
    """round(2^o e^(-d / 2^f)), d = 0 ... 2^bits - 1."""
    low_step, high_step = sigmoid.exponential_step(f)
    low = high = sigmoid.ONE
    out = []
    for d in range(1 << bits):
        a, b = ((2 * (x << o) + sigmoid.ONE) // (2 * sigmoid.ONE) for x in (low, high))
        out.append(sigmoid.decided(a, b, d))
        low, high = low * low_step >> sigmoid.BITS, -(-high * high_step >> sigmoid.BITS)
    return tuple(out)


class Run:
    def __init__(self, value):
        keys = ("features", "target", "batch", "epochs", "rate", "schedule", "momentum", "penalty", "penalisedIntercept", "formats")
        features, target, batch, epochs, rate, schedule, momentum, penalty, intercept, formats = fields(value, keys, "run")
        self.features = [read_feature(x) for x in elements(features, "features", 4_096)]
        self.read_target(target)
        self.batch, self.epochs = integer(batch, "batch", 1, 65_536), integer(epochs, "epochs", 1, 100_000)
        self.rate, self.momentum, self.penalty = (fraction(x, n) for x, n in ((rate, "rate"), (momentum, "momentum"), (penalty, "penalty")))
        self.read_schedule(schedule)
        self.intercept = boolean(intercept, "penalisedIntercept")
        feature, weight, score, probability, update = fields(formats, ("feature", "weight", "score", "probability", "update"), "formats")
        self.phi = integer(feature, "formats", 0, 24)
        self.v, self.weight_bits = (integer(x, "formats", 0, 64) for x in pair(weight, "formats"))
        self.s, self.score_bits = (integer(x, "formats", 0, 64) for x in pair(score, "formats"))
        self.pi, self.r = integer(probability, "formats", 1, 16), integer(update, "formats", 1, 40)
        self.sigma = self.phi + self.v - self.s
        self.residual_bits = self.s if self.kind == "number" else self.pi
        require(self.v <= 40 and 2 <= self.weight_bits <= 44 and self.s <= 30 and 1 <= self.sigma <= 48
                and 2 <= self.score_bits <= (40 if self.kind == "number" else 16), "number formats out of range")
        self.count = feature_count(self.features)
        require(self.momentum[0] <= self.momentum[1], "a momentum above 1")
        self.weights, self.scores = Range.signed(self.weight_bits), Range.signed(self.score_bits)
        self.a = rounded(Fraction(*self.momentum) * 2**self.r)

    def read_target(self, value):
        if isinstance(value, dict) and "binary" in value:
            column, positive = fields(value, ("binary", "positive"), "target")
            self.kind, self.positive, self.outputs = "binary", integer(positive, "positive", 0, 1), 1
        elif isinstance(value, dict) and "classes" in value:
            column, count = fields(value, ("classes", "count"), "target")
            self.kind, self.outputs = "classes", integer(count, "count", 2, 64)
        else:
            column, centre, shift = fields(value, ("number", "centre", "shift"), "target")
            self.kind, self.centre, self.shift, self.outputs = "number", integer64(centre, "centre"), integer(shift, "shift", 0, 30), 1
            require(abs(self.centre) < 1 << 60, "the target's centre")
        self.target = text(column, "target")

    def read_schedule(self, value):
        fields(value, (), "schedule", ("constant", "inverse", "halving", "linear"))
        require(len(value) == 1, "a schedule is one of constant, inverse, halving, linear")
        (self.schedule, own), = value.items()
        if self.schedule == "inverse":
            self.decay = fraction(own, "inverse")
        elif self.schedule == "halving":
            self.every = integer(own, "halving", 1, 100_000)
        else:
            require(own is True, "a schedule without numbers is true")

    def canonical_columns(self):
        features = [{"number": lambda x: ["number", x[1], signed(x[2]), x[3]], "presence": lambda x: ["presence", x[1]],
                     "category": lambda x: ["category", x[1], x[2], int(x[3])], "constant": lambda x: ["constant"]}[x[0]](x) for x in self.features]
        target = {"binary": lambda: ["binary", self.target, self.positive], "classes": lambda: ["classes", self.target, self.outputs],
                  "number": lambda: ["number", self.target, signed(self.centre), self.shift]}[self.kind]()
        return {"features": features, "target": target}

    def canonical(self):
        schedule = {"inverse": lambda: ["inverse", list(self.decay)], "halving": lambda: ["halving", self.every]}.get(
            self.schedule, lambda: [self.schedule])()
        return {**self.canonical_columns(),
                "formats": [self.phi, self.v, self.weight_bits, self.s, self.score_bits, self.pi, self.r], "batch": self.batch, "epochs": self.epochs,
                "rate": list(self.rate), "schedule": schedule, "momentum": list(self.momentum), "penalty": list(self.penalty),
                "penalisedIntercept": int(self.intercept)}

    def steps_per_epoch(self, rows):
        return -(-rows // self.batch)

    def rate_of(self, epoch):
        rate = Fraction(*self.rate)
        return {"constant": lambda: rate, "inverse": lambda: rate / (1 + Fraction(*self.decay) * epoch),
                "halving": lambda: rate / 2**min(60, epoch // self.every), "linear": lambda: rate * Fraction(self.epochs - epoch, self.epochs)}[self.schedule]()

    def coefficients(self, first, last, rows):
        """[(a_t, l_t)]."""
        per, scale, known, out = self.steps_per_epoch(rows), Fraction(2)**(self.r + self.v - self.phi - self.residual_bits), {}, []
        for step in range(first, last):
            epoch, place = divmod(step, per)
            count = min(self.batch, rows - place * self.batch)
            if (epoch, count) not in known:
                rate = self.rate_of(epoch)
                known[epoch, count] = (rounded(rate * scale / count), rounded(rate * Fraction(*self.penalty) * 2**self.r))
            out.append(known[epoch, count])
        return out

    def batches(self, seed, rows, first, last, bits):
        """The row of every place, None where there is none."""
        per, out, current, order = self.steps_per_epoch(rows), [], None, []
        for step in range(first, last):
            epoch, place = divmod(step, per)
            if epoch != current:
                current, order = epoch, epoch_order(seed, epoch, rows)
            own = order[place * self.batch:(place + 1) * self.batch]
            out.append(own + [None] * ((1 << bits) - len(own)))
        return out

    def check(self, schema):
        """Columns are what the run says, and no relation can wrap around."""
        sizes, one = [], 1 << self.phi
        for x in self.features:
            column = schema.column(x[1]) if len(x) > 1 else None
            if x[0] == "number":
                require(column.kind != "category", f"feature {x[1]} is a category")
                sizes.append(max(abs(column.range.lower - x[2]), abs(column.range.upper - x[2])) << x[3])
            elif x[0] == "category":
                require(column.kind == "category" and len(column.categories) == x[2] and x[3] == (column.missing == "presence"),
                        f"feature {x[1]} is no category of {x[2]} classes")
                sizes += [one] * size(x)
            else:
                require(x[0] == "constant" or column.missing == "presence", f"feature {x[1:]} has no missing cells")
                sizes.append(one)
        target = schema.column(self.target)
        require(target.missing == "refuse" and (target.kind == "category") == (self.kind != "number"), "the target has another type")
        if self.kind == "number":
            reach = max(abs(target.range.lower - self.centre), abs(target.range.upper - self.centre)) << self.shift
            residual = reach + (1 << self.score_bits)
            require(residual < 1 << 50, "the target is too wide")
        else:
            require(len(target.categories) == (2 if self.kind == "binary" else self.outputs), "the target has other classes")
            residual = 2 << self.pi
        weight = 1 << self.weight_bits
        whole = rounded(Fraction(*self.rate) * Fraction(2)**(self.r + self.v - self.phi - self.residual_bits)) + self.batch
        decay = rounded(Fraction(*self.rate) * Fraction(*self.penalty) * 2**self.r)
        require(max(sizes) < 1 << 58 and sum(sizes) * weight + (1 << (self.sigma + self.score_bits)) < LIMIT
                and (2 * (1 << self.r) + self.a + decay) * weight + max(sizes) * residual * whole < LIMIT, "a relation of the run could wrap around")

    def checkpoint(self):
        return Schema([Column(f"{part}.{k}", "integer", self.weights, "refuse", False) for part in ("weight", "previous") for k in range(self.outputs)])


def feature_count(features):
    kinds = [x[0] for x in features]
    require(kinds and kinds[-1] == "constant" and "constant" not in kinds[:-1], "the constant feature comes last")
    count = sum(size(x) for x in features)
    require(count <= 4_096, "too many features")
    return count


def size(feature):
    return feature[2] + feature[3] if feature[0] == "category" else 1


def read_feature(value):
    require(isinstance(value, dict), "a feature is an object")
    if "number" in value:
        column, centre, shift = fields(value, ("number", "centre", "shift"), "feature")
        centre = integer64(centre, "centre")
        require(abs(centre) < 1 << 60, "a feature's centre")
        return "number", text(column, "feature"), centre, integer(shift, "shift", 0, 24)
    if "category" in value:
        column, classes, missing = fields(value, ("category", "classes", "missing"), "feature")
        return "category", text(column, "feature"), integer(classes, "classes", 1, 1_024), boolean(missing, "missing")
    if "presence" in value:
        return "presence", text(*fields(value, ("presence",), "feature"), "feature")
    require(boolean(*fields(value, ("constant",), "feature"), "constant"), "a feature has a kind")
    return ("constant",)


def epoch_order(seed, epoch, rows):
    """Rows by increasing 64-bit word: word i is piece i mod 4 of SHA-256(tag | seed | epoch | floor(i / 4)), little-endian."""
    start, words = b"zkmlops/training-order/v1" + seed + epoch.to_bytes(8, "little"), []
    for block in range(-(-rows // 4)):
        own = hashlib.sha256(start + block.to_bytes(8, "little")).digest()
        words += [int.from_bytes(own[i:i + 8], "little") for i in range(0, 32, 8)]
    return sorted(range(rows), key=lambda i: (words[i], i))


class Descent:
    """All steps as one constraint; see `relation.verify_descent`."""

    def __init__(self, **parts):
        self.__dict__.update(parts)
        self.feature_bits = log2_ceil(len(self.features))
        self.point_variables = self.steps.bits + self.batch_bits + self.feature_bits + len(self.scores)


class Training:
    def __init__(self, value):
        table, run, nonce, steps, model, checkpoint, start = fields(
            value, ("table", "run", "nonce", "steps"), "statement", ("model", "checkpoint", "start"))
        self.table, self.run, self.nonce = bundle_name(table, "table"), Run(run), Nonce(nonce)
        require((model is None) != (checkpoint is None), "a run ends at a model or at a checkpoint")
        self.end = bundle_name(checkpoint if model is None else model, "end")
        self.is_model, self.start = model is not None, None if start is None else bundle_name(start, "start")
        first, last = pair(steps, "steps")
        self.first = integer(first, "steps", 0, 1 << 40)
        self.count = integer(last, "steps", self.first + 1, (1 << 40) + 1) - self.first
        self.artefacts = [self.table] + ([self.start] if self.start else []) + [self.end]
        self.row_bits = log2_ceil(min(self.count, 1 << 24)) + log2_ceil(self.run.batch)

    def canonical(self):
        return ["training/v1", self.table, [self.start] if self.start else [], ["model" if self.is_model else "checkpoint", self.end],
                self.run.canonical(), self.nonce.canonical(), self.first, self.count]

    def words(self, artefacts):
        rows = artefacts[self.table].rows.count
        total = self.run.epochs * self.run.steps_per_epoch(rows)
        return [f"{self.end} holds what steps {self.first + 1} to {self.first + self.count} of {total} of gradient descent on the {rows} rows of "
                f"{self.table} give, from {self.start or 'zero'}; order of the rows: nonce of the {self.nonce.source} kind."]

    def compile(self, artefacts, builder, prefix):
        source, run = artefacts[self.table], self.run
        schema, rows = source.table()
        run.check(schema)
        total = run.epochs * run.steps_per_epoch(rows.count)
        require(len(set(self.artefacts)) == len(self.artefacts) and self.first + self.count <= total and (self.start is None) == (self.first == 0),
                "a claim starts at zero or at a checkpoint, and has steps of the run")
        steps, bits, features = Extent(self.count), log2_ceil(run.batch), log2_ceil(run.count)
        require(steps.bits + max(bits, features) <= 24, "too many steps in one claim")
        own = Compiler(self, builder, prefix, rows, steps, source)
        xs, targets = own.features(), own.targets()
        scores, outputs = own.predictions()
        weights, remainders = own.updates()
        initial, previous = own.state(artefacts[self.start]) if self.start else ([], [])
        numbers = run.coefficients(self.first, self.first + self.count, rows.count)
        seed = digest("zkmlops/seed/v1", ["training", source.identity, self.nonce.bytes])
        builder.descents.append(Descent(
            rows=rows, steps=steps, batch_bits=bits, batches=run.batches(seed, rows.count, self.first, self.first + self.count, bits), features=xs,
            targets=targets, scores=scores, outputs=outputs, weights=weights, remainders=remainders, initial=initial, previous=previous,
            update_bits=run.r, momentum=run.a, gradient=[a for a, _ in numbers], penalty=[b for _, b in numbers],
            free=None if run.intercept else run.count - 1))
        if self.is_model:
            require(self.first + self.count == total, "a model has the weights after the last step")
            model = artefacts[self.end].model()
            own_target, target = model.schema.by_name.get(model.target), schema.by_name.get(run.target)
            require(model.accepts(schema) and own_target is not None and target is not None and own_target.means() == target.means(),
                    f"table {self.table} lacks a feature or the target of model {self.end}, or declares it otherwise")
            own.model(self.end, model, weights)
        else:
            own.checkpoint(artefacts[self.end], weights, initial)


class Compiler:
    def __init__(self, claim, builder, prefix, rows, steps, source):
        self.run, self.builder, self.prefix, self.rows, self.steps, self.source = claim.run, builder, prefix, rows, steps, source
        batch, features = log2_ceil(claim.run.batch), log2_ceil(claim.run.count)
        self.places = Extent(steps.count << batch, steps.bits + batch)
        self.cells = Extent(steps.count << features, steps.bits + features)
        self.feature_bits = features

    def cell(self, name, part="value"):
        return Expression.of(self.source.column(name, part))

    def features(self):
        out, one = [], 1 << self.run.phi
        for place, x in enumerate(self.run.features):
            if x[0] == "number":
                out.append(self.cell(x[1]).plus(-x[2]).times(1 << x[3]))
            elif x[0] == "presence":
                out.append(self.cell(x[1], "presence").times(one))
            elif x[0] == "constant":
                out.append(Expression(one))
            else:
                code = self.cell(x[1]).plus(self.cell(x[1], "presence")) if x[3] else self.cell(x[1])
                out += [bit.times(one) for bit in self.one_hot(f"class.{place}", code, size(x))]
        return out

    def targets(self):
        run, value, unit = self.run, self.cell(self.run.target), 1 << self.run.pi
        if run.kind == "binary":
            return [value.times(unit) if run.positive else Expression(unit).plus(value, -unit)]
        if run.kind == "classes":
            return [bit.times(unit) for bit in self.one_hot("label", value, run.outputs)]
        return [value.plus(-run.centre).times(1 << run.shift)]

    def one_hot(self, key, code, count):
        bits = [recorded_bit(self.builder, f"{self.prefix}.{key}.{k}", self.rows) for k in range(count)]
        self.builder.equal(self.rows, Expression.sum([(1, b) for b in bits], -1))
        self.builder.equal(self.rows, Expression.sum(list(enumerate(bits))).plus(code, -1))
        return bits

    def recorded(self, key, rows):
        return Expression.of(self.builder.column(f"{self.prefix}.{key}", rows.bits))

    def predictions(self):
        run, b, p = self.run, self.builder, self.prefix
        sums, scores = [], []
        for k in range(run.outputs):
            score, remainder = self.recorded(f"score.{k}", self.places), self.recorded(f"score-remainder.{k}", self.places)
            b.bits(f"{p}.score-remainder.{k}", remainder, run.sigma, self.places)
            sums.append(score.times(1 << run.sigma).plus(remainder).plus(-(1 << (run.sigma - 1))))
            scores.append(score)
        if run.kind == "number":
            b.bits(f"{p}.score.0", scores[0].plus(-run.scores.lower), run.score_bits, self.places)
            return sums, scores
        if run.kind == "binary":
            probability = self.recorded("prediction.0", self.places)
            half, middle = 1 << (run.score_bits - 1), sigmoid.HALF_DOMAIN

            def rows():
                return list(zip(range(-half, half), sigmoid.table(run.s, run.pi)[middle - half:middle + half]))
            key = (run.s, run.pi) if half == middle else ("sigmoid", run.s, run.pi, run.score_bits)
            table = b.function_table(f"{p}.sigmoid", key, rows)
            b.lookup(table, [scores[0], probability], self.places)
            return sums, [probability]
        return sums, self.softmax(scores)

    def softmax(self, scores):
        run, b, p, places = self.run, self.builder, self.prefix, self.places
        parameters = (run.s, run.score_bits, run.pi)
        table = b.function_table(f"{p}.exponential", ("exponential", *parameters), lambda: list(enumerate(exponentials(*parameters))))
        largest, top = self.recorded("largest", places), (1 << run.score_bits) - 1
        exps, chosen, out = [], [], []
        for k, score in enumerate(scores):
            b.bits(f"{p}.score.{k}", score.plus(-run.scores.lower), run.score_bits, places)
            exps.append(self.recorded(f"exponential.{k}", places))
            difference = largest.plus(score, -1)
            b.lookup(table, [difference, exps[k]], places)
            chosen.append(recorded_bit(b, f"{p}.chosen.{k}", places))
            b.bits(f"{p}.chosen.{k}.is-largest", Expression(top).plus(chosen[k], -top).plus(difference, -1), run.score_bits, places)
        b.equal(places, Expression.sum([(1, x) for x in chosen], -1))
        total = Expression.sum([(1, x) for x in exps])
        width = log2_ceil(2 * len(scores) << run.pi) + 1
        for k, exponential in enumerate(exps):
            probability = self.recorded(f"prediction.{k}", places)
            b.bits(f"{p}.prediction.{k}", probability, run.pi + 1, places)
            product = b.hadamard(f"{p}.prediction.{k}.product", places.bits, probability, total)
            remainder = exponential.times(2 << run.pi).plus(total).plus(product, -2)
            b.bits(f"{p}.prediction.{k}.remainder", remainder, width, places)
            b.bits(f"{p}.prediction.{k}.below", total.times(2).plus(-1).plus(remainder, -1), width, places)
            out.append(probability)
        return out

    def updates(self):
        run, b, p = self.run, self.builder, self.prefix
        weights, remainders = [], []
        for k in range(run.outputs):
            weights.append(b.column(f"{p}.weight.{k}", self.cells.bits))
            b.bits(f"{p}.weight.{k}", Expression.of(weights[k]).plus(-run.weights.lower), run.weight_bits, self.cells)
            remainders.append(b.column(f"{p}.update-remainder.{k}", self.cells.bits))
            b.bits(f"{p}.update-remainder.{k}", Expression.of(remainders[k]), run.r, self.cells)
        return weights, remainders

    def state(self, artefact):
        schema, rows = artefact.table()
        require(schema.canonical() == self.run.checkpoint().canonical() and rows.count == self.run.count, f"{artefact.name} is no checkpoint of this run")
        return [[artefact.column(f"{part}.{k}") for k in range(self.run.outputs)] for part in ("weight", "previous")]

    def row(self, reference, t):
        """The row of step t of a (step, feature) column."""
        return (*reference[:2], tuple(t >> (self.steps.bits - 1 - i) & 1 for i in range(self.steps.bits)))

    def checkpoint(self, artefact, weights, initial):
        after, before = self.state(artefact)
        extent, count = Extent(self.run.count), self.steps.count
        for k, weight in enumerate(weights):
            self.builder.equal(extent, Expression.of(after[k]).plus(Expression.of(self.row(weight, count - 1)), -1))
            earlier = Expression.of(self.row(weight, count - 2)) if count > 1 else Expression.of(initial[k]) if initial else Expression()
            self.builder.equal(extent, Expression.of(before[k]).plus(earlier, -1))

    def model(self, name, model, weights):
        """0 <= sum M w + c + 2^(s-1) - 2^s W < 2^s."""
        shift, terms, constant = export(self.run, model)
        columns, half = log2_ceil(self.run.outputs), (1 << shift) >> 1
        for k, weight in enumerate(weights):
            last = self.row(weight, self.steps.count - 1)
            for j, own in enumerate(terms):
                committed = entry((name, "W", ()), self.feature_bits + columns, j << columns | k)
                cells = [(c, Expression.of((*last[:2], last[2] + bits_of(i, self.feature_bits)))) for c, i in own]
                value = Expression.sum(cells + [(-(1 << shift), Expression.of(committed))], half + (constant if j == len(terms) - 1 else 0))
                self.builder.bits(f"{self.prefix}.model.{j}.{k}", value, shift, SCALAR)


def bits_of(value, count):
    return tuple(value >> (count - 1 - i) & 1 for i in range(count))


def export(run, model):
    """(s, [[(coefficient, feature)]], constant): the model's weights as rounded combinations of the run's."""
    require(model.target == run.target and {"binary": "binary", "classes": "classes", "number": "regression"}[run.kind] == model.task,
            "the model has another target than the run")
    require(run.kind != "binary" or model.positive == run.positive, "the model has another positive class")
    require(model.outputs == run.outputs, "the model has another number of classes than the run")
    unit = offset = unit_shift = 0
    if run.kind == "number":
        require(model.score_bits == 0, "scores of a regression have no fraction bits")
        unit_shift = model.unit_shift
        unit, offset = run.s - run.shift - unit_shift, run.centre - model.target_range.lower
    base = model.weight_fraction - run.v + unit
    s = max(0, run.phi - base, -base, unit_shift - model.weight_fraction if offset else 0)
    require(s <= 60, "the model's weights are too coarse")
    expected = []
    for c in model.features:
        if c.kind == "category":
            expected.append(("category", c.name, len(c.categories), c.missing == "presence"))
        else:
            expected += [("number", c.name)] + ([("presence", c.name)] if c.missing == "presence" else [])
    expected.append(("constant",))
    stated = [x[:2] if x[0] == "number" else x for x in run.features]
    require(expected == stated, "the model has other features than the run")
    terms, intercept, place = [], [], 0

    def term(factor, shift, feature):
        require(0 <= shift <= 60 and abs(factor << shift) < 1 << 60, "the formats are too far apart")
        return factor << shift, feature
    for x in run.features:
        if x[0] == "number":
            interval = model.schema.column(x[1]).range
            require(interval.bits <= model.feature_bits, f"feature {x[1]} is rounded")
            own = s + base - run.phi + x[3]
            terms.append([term(1, own + interval.bits, place)])
            if x[2] != interval.lower:
                intercept.append(term(interval.lower - x[2], own, place))
        elif x[0] == "constant":
            terms.append([term(1, s + base, place)] + intercept)
        else:
            terms += [[term(1, s + base, place + k)] for k in range(size(x))]
        place += size(x)
    moved = offset << max(0, s + model.weight_fraction - unit_shift) if offset else 0
    largest = max(sum(abs(c) for c, _ in own) for own in terms) << (run.weight_bits - 1)
    require(abs(moved) < 1 << 60 and largest + abs(moved) < 1 << 60 and s + model.weight_bits < 60, "a model weight could wrap around")
    return s, terms, moved
