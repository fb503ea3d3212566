"""How good and how even-handed committed answers are: counts by group, label and prediction; sums of scores; sums of errors.

Integers are proved; shares, areas and intervals follow by division.  Labels, answers and groups may lie in tables of equally many rows;
that row i of each is one row takes other claims of the bundle (transform, inference, sameDataAs), see `meaning`.
"""

from .data_columns import Cells, integers, public_column, recorded, recorded_bit, signed
from .errors import require
from .expressions import SCALAR, Expression, Extent, log2_ceil
from .json_text import elements, fields, integer, text
from .logarithm import rounded
from .names import bundle_name
from .schema import Range, integer64

MAXIMUM_CELLS, MAXIMUM_GROUPS, MAXIMUM_PAIRS, MAXIMUM_ROWS = 4_096, 1_024, 1 << 18, 1 << 30
LOSS_DIGITS, LARGEST_LOSS = 10, 360_436_533_891
UPPER = ("demographicParityDifference", "equalOpportunityDifference", "equalisedOddsDifference")
METRICS = ("accuracy", "precision", "recall", "f1", "demographicParityDifference", "demographicParityRatio", "equalOpportunityDifference",
           "equalisedOddsDifference")


def name_of(value, place):
    artefact, column = fields(value, ("artefact", "column"), place)
    return bundle_name(artefact, place), text(column, place)


def at(expression, bits, index):
    """One row of an expression over columns of 2^bits entries, as an expression without variables."""
    own = tuple(index >> (bits - 1 - i) & 1 for i in range(bits))
    return Expression(expression.constant, {(m, t, own + fixed[bits:]): c for (m, t, fixed), c in expression.terms.items()})


class Shown:
    """A number, or only an interval of it."""

    def __init__(self, value):
        fields(value, ("measure",), "a measure", ("value", "within"))
        require(("value" in value) != ("within" in value), "a measure has either value or within")
        self.value = integer64(value["value"], "value") if "value" in value else None
        self.within = Range.read(value["within"], "within") if "within" in value else None

    def canonical(self):
        return ["within", self.within.canonical()] if self.within else ["revealed", signed(self.value)]

    @property
    def range(self):
        return self.within or Range.only(self.value)

    def bind(self, builder, label, rows, part, bound):
        """The sum of the part over the rows is the number; `bound`: no sum can be larger."""
        require(bound < 1 << 61 and self.range.magnitude < 1 << 61, f"{label}: the sum could reach 2^61")
        if self.within is None:
            return builder.sum(rows, part, Expression(self.value))
        require(self.within.bits <= 60, f"{label}: {self.within.bits} bits are too wide")
        builder.interval(f"{label}.within", builder.total(label, rows, part), self.within, SCALAR)


class Group:
    """Categories, or bands of a number: the number of edges at or below it; missing cells are the last group."""

    def __init__(self, value):
        of, edges = fields(value, ("of", "edges"), "groups")
        self.artefact, self.column = name_of(of, "of")
        self.edges = integers(edges, "edges", MAXIMUM_GROUPS)

    def canonical(self):
        return [self.artefact, self.column, [signed(x) for x in self.edges]]

    def count(self, schema):
        column = schema.column(self.column)
        missing = column.missing == "presence"
        if column.kind == "category":
            require(not self.edges and len(column.categories) <= MAXIMUM_GROUPS, "categories are groups by themselves")
            return len(column.categories) + missing
        require(self.edges and all(a < b for a, b in zip(self.edges, self.edges[1:])) and self.edges[0] > column.range.lower
                and self.edges[-1] <= column.range.upper and len(self.edges) < MAXIMUM_GROUPS, "bands need ascending edges inside the range")
        return len(self.edges) + 1 + missing

    def bands(self, column):
        out = [(a, b) for a, b in zip([column.range.lower] + self.edges, [e - 1 for e in self.edges] + [column.range.upper])]
        return out + ([(column.range.lower, column.range.lower)] if column.missing == "presence" else [])

    def compile(self, artefacts, builder, prefix):
        """(the group of every row, number of groups, rows)."""
        source = artefacts[self.artefact]
        cells = Cells(self.column, source)
        count = self.count(source.table()[0])
        if not self.edges:
            absent = Expression(1).plus(cells.presence, -1)
            return (cells.value.plus(absent, count - 1) if cells.has_missing else cells.value), count, cells.rows
        bands = [(i, low, high, int(not (cells.has_missing and i == count - 1))) for i, (low, high) in enumerate(self.bands(cells.column))]
        table, _ = builder.table(f"{prefix}.bands", bands)
        group, low, high = (recorded(builder, f"{prefix}.{x}", cells.rows) for x in ("group", "low", "high"))
        builder.lookup(table, [group, low, high, cells.presence], cells.rows)
        builder.bits(f"{prefix}.from-low", cells.value.plus(low, -1), cells.range.bits, cells.rows)
        builder.bits(f"{prefix}.to-high", high.plus(cells.value, -1), cells.range.bits, cells.rows)
        return group, count, cells.rows


class Slice:
    """The rows of one group: a bit of every row, and how many there are."""

    def __init__(self, value):
        of, edges, index, rows = fields(value, ("of", "edges", "group", "rows"), "slice")
        self.group = Group({"of": of, "edges": edges})
        self.index, self.rows = integer(index, "group", 0, MAXIMUM_GROUPS), integer(rows, "rows", 1, MAXIMUM_ROWS)

    @staticmethod
    def read(value, own):
        return Slice(own) if "slice" in value else None

    def canonical(self):
        return [self.group.canonical(), signed(self.index), signed(self.rows)]

    def compile(self, artefacts, builder, prefix, extent):
        code, count, own = self.group.compile(artefacts, builder, f"{prefix}.slice")
        require(own == extent and count >= 2 and self.index < count and self.rows <= extent.count, "a slice is one of several groups of the rows that are measured")
        inside = recorded(builder, f"{prefix}.slice.inside", extent)
        table, counts = builder.table(f"{prefix}.slice.groups", [(g, int(g == self.index)) for g in range(count)])
        builder.lookup(table, [code, inside], extent)
        builder.equal(SCALAR, at(Expression.of(counts), log2_ceil(count), self.index), [self.rows])
        return inside


class Confusion:
    def __init__(self, value):
        labels, predictions, shown, minimum, groups, counts, rows, bounds = fields(
            value, ("labels", "predictions", "shown", "minimumGroup"), "statement", ("groups", "counts", "rows", "bounds"))
        self.labels, self.predictions = name_of(labels, "labels"), name_of(predictions, "predictions")
        self.group = Group(groups) if "groups" in value else None
        self.shown = integers(shown, "shown", MAXIMUM_GROUPS)
        self.minimum = integer(minimum, "minimumGroup", 1, MAXIMUM_ROWS)
        require(("counts" in value) != ("rows" in value) and ("rows" in value) == ("bounds" in value), "counts, or rows and bounds")
        self.counts = integers(counts, "counts", MAXIMUM_CELLS) if "counts" in value else None
        self.rows = integers(rows, "rows", MAXIMUM_CELLS) if "rows" in value else None
        self.bounds = [self.read_bound(x) for x in elements(bounds, "bounds", 64)] if "bounds" in value else None
        self.artefacts = list(dict.fromkeys([self.labels[0], self.predictions[0]] + ([self.group.artefact] if self.group else [])))

    @staticmethod
    def read_bound(value):
        metric, bound, selected = fields(value, ("metric", "bound"), "a bound", ("class",))
        require(metric in METRICS and (metric == "accuracy") == ("class" not in value), "a bound names a metric, and its class")
        require(len(elements(bound, "bound", 2)) == 2, "bound: must be numerator and denominator")
        return metric, None if metric == "accuracy" else integer(selected, "class", 0, 1_023), integers(bound, "bound")

    def canonical(self):
        disclosed = ["counts", [signed(x) for x in self.counts]] if self.bounds is None else \
            ["bounds", [signed(x) for x in self.rows],
             [[metric, [] if k is None else [signed(k)], *(signed(x) for x in bound)] for metric, k, bound in self.bounds]]
        return ["confusion/v1", list(self.labels), list(self.predictions), [self.group.canonical()] if self.group else [],
                [signed(x) for x in self.shown], signed(self.minimum), disclosed]

    def sizes(self, artefacts):
        own, others = (Cells(column, artefacts[name]) for name, column in (self.labels, self.predictions))
        require(own.column.kind == others.column.kind == "category" and own.column.categories == others.column.categories
                and not own.has_missing and not others.has_missing and own.rows == others.rows,
                "labels and predictions are columns of equal length with the same classes in the same order")
        return own, others

    def compile(self, artefacts, builder, prefix):
        own, others = self.sizes(artefacts)
        classes, groups, components = len(own.column.categories), 1, [own.value, others.value]
        if self.group:
            expression, groups, rows = self.group.compile(artefacts, builder, f"{prefix}.group")
            require(rows == own.rows, f"the groups have {rows.count} rows, the labels {own.rows.count}")
            components = [expression] + components
        require(classes ** 2 * groups <= MAXIMUM_CELLS and all(a < b for a, b in zip(self.shown, self.shown[1:]))
                and all(0 <= g < groups for g in self.shown) and self.minimum < 1 << 31 and (self.group or self.shown == [0]),
                f"{groups} groups of {classes} classes")
        marginals = self.rows if self.bounds is not None else [0] * (len(self.shown) * classes)
        require(len(marginals) == len(self.shown) * classes and all(0 <= x <= own.rows.count for x in marginals), "rows by shown group and label")
        every = [(g, y, p) for g in range(groups) for y in range(classes) for p in range(classes)]
        table, counts = builder.table(f"{prefix}.counts", [x if self.group else x[1:] for x in every])
        builder.lookup(table, components, own.rows)
        bits = log2_ceil(len(every))

        def count(index):
            return at(Expression.of(counts), bits, index)

        def cells(group=None, label=None, prediction=None):
            return [i for i, (g, y, p) in enumerate(every) if group in (None, g) and label in (None, y) and prediction in (None, p)]
        for g in range(groups):
            if g not in self.shown:
                spare = Expression(self.minimum - 1).plus(Expression.sum([(1, count(i)) for i in cells(g)]), -1)
                builder.bits(f"{prefix}.small.{g}", spare, (self.minimum - 1).bit_length(), SCALAR)
        shown = [i for g in self.shown for i in cells(g)]
        if self.bounds is None:
            require(len(shown) == len(self.counts), f"{len(self.counts)} counts for {len(shown)} pairs of classes")
            if len(shown) == len(every):
                return builder.equal(Extent(len(shown)), Expression.of(counts), self.counts)
            for i, value in zip(shown, self.counts):
                builder.equal(SCALAR, count(i), [value])
            return
        require(1 <= len(self.bounds) <= 64, "1 to 64 bounds")
        for place, g in enumerate(self.shown):
            for label in range(classes):
                builder.equal(SCALAR, Expression.sum([(1, count(i)) for i in cells(g, label)]), [marginals[place * classes + label]])
        for place, bound in enumerate(self.bounds):
            for number, (constant, factors) in enumerate(self.inequalities(bound, cells, classes, own.rows.count)):
                largest = abs(constant) + max((abs(c) for c in factors.values()), default=0) * own.rows.count
                require(largest.bit_length() <= 60, f"{prefix}: a bound is too wide")
                slack = Expression.sum([(factors[i], count(i)) for i in sorted(factors)], constant)
                builder.bits(f"{prefix}.bound.{place}.{number}", slack, largest.bit_length(), SCALAR)

    def total(self, place, classes, label=None):
        own = self.rows[place * classes:(place + 1) * classes]
        total = sum(own) if label is None else own[label]
        require(total > 0, f"group {self.shown[place]} has no rows, hence no rate")
        return total

    def inequalities(self, bound, cells, classes, rows):
        """[(constant, {count: factor})]: constant + sum factor * count >= 0."""
        metric, selected, (p, q) = bound
        require(1 <= q <= 1_000_000 and 0 <= p <= q, f"a bound of {p} / {q}")
        require(selected is None or selected < classes, f"a bound on class {selected} of {classes}")
        hits = cells(label=selected, prediction=selected)

        def added(constant, *parts):
            factors = {}
            for factor, indices in parts:
                for i in indices:
                    factors[i] = factors.get(i, 0) + factor
            return constant, factors

        def at_least(q, base):
            return [added(0, (q, hits), (-p, base))] + ([added(-1, (1, hits))] if p else [])

        def pairs():
            return [(a, b) for a in range(len(self.shown)) for b in range(len(self.shown)) if a != b]

        def differences(label):
            out = []
            for a, b in pairs():
                n, m = self.total(a, classes, label), self.total(b, classes, label)
                out.append(added(p * n * m, (-q * m, cells(self.shown[a], label, selected)), (q * n, cells(self.shown[b], label, selected))))
            return out
        if metric == "accuracy":
            return [added(-p * rows, *[(q, cells(label=k, prediction=k)) for k in range(classes)])]
        if metric == "precision":
            return at_least(q, cells(prediction=selected))
        if metric == "recall":
            return at_least(q, cells(label=selected))
        if metric == "f1":
            return at_least(2 * q, cells(prediction=selected) + cells(label=selected))
        if metric == "demographicParityDifference":
            return differences(None)
        if metric == "equalOpportunityDifference":
            return differences(selected)
        if metric == "equalisedOddsDifference":
            return [x for label in range(classes) for x in differences(label)]
        ratios = [added(0, (q * self.total(b, classes), cells(self.shown[a], None, selected)), (-p * self.total(a, classes), cells(self.shown[b], None, selected)))
                  for a, b in pairs()]
        return ratios + [added(-1, *[(1, cells(g, None, selected)) for g in self.shown])]

    def words(self, artefacts):
        own, _ = self.sizes(artefacts)
        by = f" by {self.group.column} of {self.group.artefact}, groups of fewer than {self.minimum} rows aside" if self.group else ""
        what = "counts of labels and predictions" if self.bounds is None else "bounds on " + ", ".join(dict.fromkeys(x[0] for x in self.bounds))
        return [f"Of {own.rows.count} rows, {what} in {'.'.join(self.labels)} and {'.'.join(self.predictions)}{by} are as stated."]


class Ranking:
    def __init__(self, value):
        labels, scores, positive, positives, measures, unit, own = fields(
            value, ("labels", "scores", "positive", "positives", "measures"), "statement", ("unit", "slice"))
        self.slice = Slice.read(value, own)
        self.labels, self.scores = name_of(labels, "labels"), name_of(scores, "scores")
        self.positive, self.positives = integer(positive, "positive", 0, 1_023), integer(positives, "positives", 0, MAXIMUM_ROWS)
        self.unit = integer(unit, "unit", 1, 1 << 30) if "unit" in value else None
        self.measures = [self.read(x) for x in elements(measures, "measures", 64)]
        self.artefacts = list(dict.fromkeys([self.labels[0], self.scores[0]] + ([self.slice.group.artefact] if self.slice else [])))

    @staticmethod
    def read(value):
        require(isinstance(value, dict) and value.get("measure") in ("rankSum", "distance", "squaredError", "logLoss", "calibration"), "a measure")
        if value["measure"] == "calibration":
            _, edges, counts = fields(value, ("measure", "edges", "counts"), "calibration")
            return "calibration", (integers(edges, "edges", 1_025), integers(counts, "counts", 3_072))
        return value["measure"], Shown(value)

    def canonical(self):
        names = {"rankSum": "rank sum", "distance": "distance", "squaredError": "squared error", "logLoss": "log loss"}
        measures = [["calibration", *([signed(x) for x in y] for y in own)] if kind == "calibration" else [names[kind], own.canonical()]
                    for kind, own in self.measures]
        return ["ranking/v1", list(self.labels), list(self.scores), signed(self.positive), signed(self.positives),
                [] if self.unit is None else [signed(self.unit)], measures] + ([self.slice.canonical()] if self.slice else [])

    def sizes(self, artefacts):
        own, values = (Cells(column, artefacts[name]) for name, column in (self.labels, self.scores))
        require(own.column.kind == "category" and values.column.kind != "category" and not own.has_missing and not values.has_missing
                and own.rows == values.rows and self.positive < len(own.column.categories) and self.positives <= self.count(own.rows),
                "labels (a category column) and scores (numbers) are columns of equal length, without missing cells")
        return own, values

    def count(self, rows):
        """Rows that are measured."""
        return self.slice.rows if self.slice else rows.count

    def compile(self, artefacts, builder, prefix):
        own, values = self.sizes(artefacts)
        bits, lower, classes = values.range.bits, values.range.lower, len(own.column.categories)
        require(1 <= bits <= 16, f"{prefix}: scores of {bits} bits")
        label_bits = log2_ceil(classes)
        require(1 << (bits + label_bits) <= MAXIMUM_PAIRS and 1 <= len(self.measures) <= 64, "too many pairs of score and class, or no measure")
        table, counts = builder.table(f"{prefix}.pairs", None, bits + label_bits)
        score, truth = values.value.plus(-lower), own.value
        if self.slice:
            # Rows outside count as the least score with label 0, and are taken off again.
            inside = self.slice.compile(artefacts, builder, prefix, own.rows)
            score = builder.hadamard(f"{prefix}.slice.score", own.rows.bits, inside, score)
            truth = builder.hadamard(f"{prefix}.slice.label", own.rows.bits, inside, truth)
        builder.lookup(table, [score.times(1 << label_bits).plus(truth)], own.rows)
        rows = Extent(1 << bits)

        def column(label):
            return Expression.of((*counts[:2], (None,) * bits + tuple(label >> (label_bits - 1 - i) & 1 for i in range(label_bits))))
        positive = column(self.positive)
        negative = Expression.sum([(1, column(y)) for y in range(1 << label_bits) if y != self.positive])
        sums, total = {}, self.count(own.rows)
        if total < own.rows.count:
            outside = public_column(builder, f"{prefix}.slice.outside", rows, [own.rows.count - total] + [0] * (rows.count - 1))
            positive, negative = (positive.plus(outside, -1), negative) if self.positive == 0 else (positive, negative.plus(outside, -1))
        for y in range(classes, 1 << label_bits):
            builder.equal(rows, column(y))
        builder.sum(rows, positive, Expression(self.positives))
        pairs = self.positives * (total - self.positives)

        def before(name, part):
            if name not in sums:
                sums[name] = builder.column(f"{prefix}.{name}", bits)
                following = builder.next(f"{prefix}.{name}.next", sums[name], bits)
                builder.equal(SCALAR, at(Expression.of(sums[name]), bits, 0))
                builder.equal(Extent(rows.count - 1, bits), following.plus(Expression.of(sums[name]), -1).plus(part, -1))
            return Expression.of(sums[name])
        for place, (kind, measure) in enumerate(self.measures):
            label = f"{prefix}.{place}"
            if kind == "rankSum":
                below = before("negatives", negative)
                product = builder.hadamard(f"{label}.product", bits, positive, negative.plus(below, 2))
                measure.bind(builder, label, rows, product, 2 * pairs)
            elif kind == "distance":
                self.distance(builder, prefix, label, measure, rows, pairs, total,
                              before("positives", positive).plus(positive), before("negatives", negative).plus(negative))
            elif kind == "calibration":
                self.calibration(builder, label, measure, rows, lower, positive, negative, before)
            else:
                yes, no = self.weights(kind, lower, rows.count)
                first = public_column(builder, f"{label}.yes", rows, yes)
                other = public_column(builder, f"{label}.no", rows, no)
                one = builder.hadamard(f"{label}.positive", bits, positive, first)
                two = builder.hadamard(f"{label}.negative", bits, negative, other)
                measure.bind(builder, label, rows, one.plus(two), total * max(yes + no))

    def weights(self, kind, lower, count):
        """What a row of a score costs, with the positive class and without."""
        require(self.unit is not None and lower >= 0, "a score that estimates a probability needs a unit, and no negative values")
        scores = range(lower, lower + count)
        if kind == "squaredError":
            return [(s - self.unit) ** 2 for s in scores], [s * s for s in scores]
        whole = rounded("natural", self.unit, 0, LOSS_DIGITS)

        def loss(x):
            return whole - rounded("natural", x, 0, LOSS_DIGITS) if x > 0 else LARGEST_LOSS
        return [loss(min(s, self.unit)) for s in scores], [loss(self.unit - min(s, self.unit)) for s in scores]

    def distance(self, builder, prefix, label, measure, rows, pairs, total, yes, no):
        """D >= +-d(s) everywhere, and one of them is D where the flags say so."""
        require(pairs < 1 << 58, f"{label}: too many pairs")
        width = pairs.bit_length() + 1
        difference = yes.times(total - self.positives).plus(no, -self.positives)
        up, down = recorded_bit(builder, f"{label}.up", rows), recorded_bit(builder, f"{label}.down", rows)
        builder.sum(rows, up.plus(down), Expression(1))
        reached = builder.hadamard(f"{label}.reached", rows.bits, up.plus(down, -1), difference)
        value = builder.total(f"{label}.value", rows, reached)
        builder.bits(f"{label}.above", value.plus(difference, -1), width, rows)
        builder.bits(f"{label}.below", value.plus(difference), width, rows)
        if measure.within is None:
            return builder.equal(SCALAR, value, [measure.value])
        require(measure.within.bits <= 60, f"{label}: too wide")
        builder.interval(f"{label}.within", value, measure.within, SCALAR)

    @staticmethod
    def calibration(builder, label, measure, rows, lower, positive, negative, before):
        """Differences of running sums at the edges."""
        edges, counts = measure
        require(2 <= len(edges) <= 1_025 and all(a < b for a, b in zip(edges, edges[1:])) and len(counts) == 3 * (len(edges) - 1)
                and edges[0] == lower and edges[-1] == lower + rows.count and all(abs(x) < 1 << 60 for x in counts),
                f"bins of scores from {lower} to {lower + rows.count} and three numbers for each")
        places = public_column(builder, f"{label}.places", rows, range(rows.count))
        product = builder.hadamard(f"{label}.scores", rows.bits, positive.plus(negative), places)
        columns = [(before("positives", positive), positive), (before("negatives", negative), negative), (before("scores", product), product)]
        for bin, (low, high) in enumerate(zip(edges, edges[1:])):
            count, own, scores = counts[3 * bin:3 * bin + 3]
            for (below, part), expected in zip(columns, (own, count - own, scores - lower * count)):
                end = high - lower - 1
                value = at(below, rows.bits, end).plus(at(part, rows.bits, end)).plus(at(below, rows.bits, low - lower), -1)
                builder.equal(SCALAR, value, [expected])

    def words(self, artefacts):
        own, _ = self.sizes(artefacts)
        where = f" with {self.slice.group.column} in group {self.slice.index}" if self.slice else ""
        return [f"Of {self.count(own.rows)} rows{where}, {self.positives} of the class {own.column.categories[self.positive]}, these measures of the scores "
                f"{'.'.join(self.scores)} are as stated: {', '.join(dict.fromkeys(kind for kind, _ in self.measures))}."]


class Errors:
    def __init__(self, value):
        labels, predictions, measures, own = fields(value, ("labels", "predictions", "measures"), "statement", ("slice",))
        self.slice = Slice.read(value, own)
        self.labels, self.predictions = name_of(labels, "labels"), name_of(predictions, "predictions")
        self.measures = [self.read(x) for x in elements(measures, "measures", 64)]
        self.artefacts = list(dict.fromkeys([self.labels[0], self.predictions[0]] + ([self.slice.group.artefact] if self.slice else [])))

    @staticmethod
    def read(value):
        require(isinstance(value, dict) and value.get("measure") in ("squared", "absolute", "labels"), "a measure")
        if value["measure"] == "labels":
            return "labels", [integer64(x, "labels") for x in fields(value, ("measure", "sum", "centre", "squares"), "labels")[1:]]
        return value["measure"], Shown(value)

    def canonical(self):
        return ["errors/v1", list(self.labels), list(self.predictions),
                [[kind, *(signed(x) for x in own)] if kind == "labels" else [kind, own.canonical()] for kind, own in self.measures]] + ([self.slice.canonical()] if self.slice else [])

    def count(self, rows):
        """Rows that are measured."""
        return self.slice.rows if self.slice else rows.count

    def sizes(self, artefacts):
        own, others = (Cells(column, artefacts[name]) for name, column in (self.labels, self.predictions))
        require("category" not in (own.column.kind, others.column.kind) and (own.column.scale or 0) == (others.column.scale or 0)
                and not own.has_missing and not others.has_missing and own.rows == others.rows,
                "labels and predictions are numbers with equally many digits, columns of equal length, without missing cells")
        return own, others

    def compile(self, artefacts, builder, prefix):
        own, others = self.sizes(artefacts)
        require(1 <= len(self.measures) <= 64, "1 to 64 measures")
        rows, error = own.rows, others.value.plus(own.value, -1)
        span = own.range.magnitude + others.range.magnitude
        inside = self.slice.compile(artefacts, builder, prefix, rows) if self.slice else None
        if inside is not None:
            error = builder.hadamard(f"{prefix}.slice.error", rows.bits, inside, error)
        for place, (kind, measure) in enumerate(self.measures):
            label = f"{prefix}.{place}"
            if kind == "squared":
                square = builder.hadamard(f"{label}.square", rows.bits, error, error)
                measure.bind(builder, label, rows, square, rows.count * span * span)
            elif kind == "absolute":
                require(span.bit_length() <= 58, f"{label}: too wide")
                negative = recorded_bit(builder, f"{label}.negative", rows)
                size = builder.hadamard(f"{label}.size", rows.bits, error, Expression(1).plus(negative, -2))
                builder.bits(f"{label}.size", size, span.bit_length(), rows)
                measure.bind(builder, label, rows, size, rows.count * span)
            else:
                total, centre, squares = measure
                require(own.range.contains(centre), f"the centre {centre} is outside the range of {self.labels[1]}")
                value, off = own.value, own.value.plus(-centre)
                if inside is not None:
                    off = builder.hadamard(f"{label}.slice.off", rows.bits, inside, off)
                    value = off.plus(inside, centre)
                square = builder.hadamard(f"{label}.square", rows.bits, off, off)
                require(rows.count * max(own.range.magnitude, own.span ** 2) < 1 << 61 and max(abs(total), abs(squares)) < 1 << 61,
                        f"{label}: the sum could reach 2^61")
                builder.sum(rows, value, Expression(total))
                builder.sum(rows, square, Expression(squares))

    def words(self, artefacts):
        own, _ = self.sizes(artefacts)
        where = f" with {self.slice.group.column} in group {self.slice.index}" if self.slice else ""
        return [f"Of {self.count(own.rows)} rows{where}, these sums of differences between {'.'.join(self.predictions)} and {'.'.join(self.labels)} are as stated: "
                f"{', '.join(dict.fromkeys(kind for kind, _ in self.measures))}."]
