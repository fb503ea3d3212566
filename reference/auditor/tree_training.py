"""Training certificates: a committed tree is the one that greedy training on a committed table gives.

Grids, padded to powers of two: places of the full binary tree (1 the root, 2p and 2p + 1 the children of p; 0 a copy of the root that nothing
reads), numbered from the last one down, 2^(depth + 1) - 1 - p, so that the last level has the first half of the numbers and the children of inner
place q of the other half are 2q + 1 and 2q; and candidates (inner place, feature, bin), bin = threshold - base.  A leaf above the last level is
its own child on both sides.  A column with fewer index bits than the rows of a linear constraint is repeated over the last bits.
"""

from .errors import require
from .expressions import Expression, Extent, log2_ceil
from .json_text import fields, integer
from .names import bundle_name
from .trees import comparison_bits, public_grid, tree_paths


def bits_of(number, count):
    """The bits of a number, most significant first."""
    return tuple(number >> (count - 1 - i) & 1 for i in range(count))


def free(count):
    return (None,) * count


def full(bits):
    return Extent(1 << bits, bits)


class TreeTraining:
    def __init__(self, value):
        model, table, tree, depth, split, leaf = fields(value, ("model", "table", "tree", "depth", "minimumSplit", "minimumLeaf"), "statement")
        self.model, self.table = bundle_name(model, "model"), bundle_name(table, "table")
        self.tree = integer(tree, "tree", 0, (1 << 16) - 1)
        self.depth = integer(depth, "depth", 1, 12)
        self.split, self.leaf = integer(split, "minimumSplit", 2, 65_536), integer(leaf, "minimumLeaf", 1, 65_536)
        self.artefacts, self.is_whole = list(dict.fromkeys([self.model, self.table])), False

    def canonical(self):
        return ["tree training/v1", self.model, self.table, self.tree, self.depth, self.split, self.leaf]

    def words(self, artefacts):
        return [f"Tree {self.tree} of {self.model} is the one that greedy training on the {artefacts[self.table].rows.count} rows of {self.table} gives: "
                f"Gini impurity, depth {self.depth}, splits of at least {self.split} rows with at least {self.leaf} on either side."]

    def compile(self, artefacts, builder, prefix):
        own, source = artefacts[self.model], artefacts[self.table]
        require(own.trees is not None, f"{self.model} is no tree ensemble")
        self.a, (schema, rows) = own.trees, source.table()
        a, target = self.a, schema.column(self.a.target)
        require(self.tree < a.trees and a.depth == self.depth and a.task == "classes" and a.comparison == "atMost",
                "a training certificate is of a classifier with one value for each class and of its own depth")
        require(a.accepts(schema) and (target.kind, target.categories, target.missing) == ("category", a.schema.column(a.target).categories, "refuse"),
                f"table {self.table} lacks a feature or the target of model {self.model}, or declares it otherwise")
        require(all(c.missing == "refuse" for c in a.features), "features of a training certificate have no missing cells")
        n = rows.count
        require(n <= 65_535 and a.values.contains(0) and a.values.contains(1), "at most 65,535 training rows, and leaf values 0 and 1")
        self.b, self.name = builder, lambda part: f"{prefix}.{part}"
        self.classes, self.base = a.classes, a.range.lower
        self.fb, self.bb, self.cb = log2_ceil(len(a.features)), max(1, a.range.bits), log2_ceil(a.classes)
        self.count, self.area = n.bit_length(), max(1, (n * n // 4).bit_length())
        self.bins, self.candidate, self.grid = 1 << self.bb, self.fb + self.bb, self.depth + self.fb + self.bb
        require(self.bb <= 12 and self.grid + self.cb <= 22, "a histogram of more than 2^22 counts")
        self.shift = a.leaf_threshold - self.base - (self.bins - 1)
        self.node = {name: Expression.of((self.model, name, ())) for name, _ in a.node_columns()}
        self.nodes = Extent(a.node_count)
        features = [Expression.of(source.column(c.name)) for c in a.features]
        place = self.paths(features, rows)
        self.histogram(features, Expression.of(source.column(a.target)), rows, place)
        self.candidates()
        self.places()
        self.bars()
        self.leaves()

    def column(self, key, bits):
        return Expression.of(self.b.column(self.name(key), bits))

    def part(self, key, fixed):
        """A column of the proof with some of its index bits fixed."""
        return Expression.of(("aux", self.name(key), tuple(fixed)))

    def paths(self, features, rows):
        bits = comparison_bits(self.a.thresholds, self.a.range)
        nodes = [self.node[k] for k in ("variant", "threshold", "child")]
        _, seconds = tree_paths(self.b, self.name("path"), nodes, self.nodes, features, Extent(1), rows, self.depth, "atMost", bits, self.tree)
        # No lookup reads the last node of a path, so nothing else says that this difference is a bit.
        self.b.bits(self.name("path.last"), seconds[-1], 1, rows)
        place = self.column("place", rows.bits)
        self.b.equal(rows, Expression.sum([(1 << (self.depth - 1 - i), x) for i, x in enumerate(seconds)] + [(-1, place)]))
        return place

    def histogram(self, features, labels, rows, place):
        b, d = self.b, self.depth
        table, counts = b.table(self.name("histogram"), None, self.grid + self.cb)
        for k, feature in enumerate(features):
            key = Expression.sum([(1 << self.grid, labels), (-(1 << self.candidate), place), (1, feature)],
                                 (((1 << d) - 1) << self.candidate) + (k << self.bb) - self.base)
            b.lookup(table, [key], rows)
        self.left, self.right, each = [], [], free(d + self.fb)
        for label in range(self.classes):
            histogram = Expression.of((*counts[:2], bits_of(label, self.cb)))
            running = self.column(f"sum.{label}", self.grid)
            following = b.next(self.name(f"sum.{label}.next"), next(iter(running.terms)), self.grid)
            b.equal(Extent((1 << self.grid) - 1, self.grid), following.plus(running, -1).plus(histogram, -1))
            b.equal(full(0), self.part(f"sum.{label}", bits_of(0, self.grid)))
            self.column(f"left.{label}", self.grid + 1)
            # What was there before the feature's first bin, repeated over the bins.
            start = self.part(f"sum.{label}", each + bits_of(0, self.bb))
            b.equal(full(self.grid), self.part(f"left.{label}", (0,)).plus(running, -1).plus(histogram, -1).plus(start))
            own = total = self.part(f"left.{label}", (1,))
            for side in (0, 1):
                total = total.plus(self.part(f"left.{label}", free(d) + (side,)), -1)
            b.equal(Extent(((1 << d) - 1) << self.candidate, self.grid), total)
            right = self.column(f"right.{label}", self.grid)
            b.equal(full(self.grid), right.plus(own).plus(self.part(f"left.{label}", (1,) + each + bits_of(self.bins - 1, self.bb)), -1))
            self.left.append(own)
            self.right.append(right)

    def counts(self, label, at_last):
        """Rows of a class at the inner places, or at the last ones."""
        return self.part(f"left.{label}", (0 if at_last else 1,) + free(self.depth) + bits_of(0, self.fb) + bits_of(self.bins - 1, self.bb))

    def candidates(self):
        """sum L_c^2 / L + sum R_c^2 / R = (quotient divisor + rest) / divisor, divisor = L R + empty."""
        b, bits, rows, name = self.b, self.grid, full(self.grid), self.name
        left = right = left_squares = right_squares = Expression()
        for label, (x, y) in enumerate(zip(self.left, self.right)):
            left, right = left.plus(x), right.plus(y)
            left_squares = left_squares.plus(b.hadamard(name(f"left.square.{label}"), bits, x, x))
            right_squares = right_squares.plus(b.hadamard(name(f"right.square.{label}"), bits, y, y))
        area = b.hadamard(name("area"), bits, left, right)
        numerator = b.hadamard(name("left.part"), bits, right, left_squares)
        numerator = numerator.plus(b.hadamard(name("right.part"), bits, left, right_squares))
        empty = self.column("empty", bits)
        b.equal(rows, b.hadamard(name("empty.area"), bits, empty, area))
        divisor = area.plus(empty)
        quotient = self.column("quotient", bits)
        b.bits(name("quotient.range"), quotient, self.count, rows)
        rest = numerator.plus(b.hadamard(name("quotient.product"), bits, quotient, divisor), -1)
        b.bits(name("rest.range"), rest, self.area, rows)
        b.bits(name("rest.below"), divisor.plus(rest, -1).plus(-1), self.area, rows)
        self.worth = [quotient, rest, divisor, empty]
        if self.leaf > 1:
            width, enough = max(self.count, self.leaf.bit_length()), []
            for side, count in (("left", left), ("right", right)):
                enough.append(self.column(f"enough.{side}", bits))
                b.bits(name(f"enough.{side}.bit"), enough[-1], 1, rows)
                b.bits(name(f"enough.{side}.range"), count.plus((1 << width) - self.leaf).plus(enough[-1], -(1 << width)), width, rows)
            self.worth.append(b.hadamard(name("enough"), bits, *enough))

    def places(self):
        b, d = self.b, self.depth
        keys = ("variant", "threshold", "child", "leaf")
        self.column("node", d + 1)
        own = [self.part("node", (1,))] + [self.column(key, d) for key in keys]
        table = b.numbered_table(self.name("nodes"), [[self.node[k] for k in keys]], self.nodes)
        b.lookup(table, own, full(d))
        _, self.variant, self.threshold, child, self.is_leaf = own
        self.last = self.part("node", (0,))
        b.equal(full(0), self.part("node", bits_of((2 << d) - 2, d + 1)).plus(-self.tree))
        for side in (0, 1):
            difference = self.part("node", free(d) + (1 - side,)).plus(child, -1).plus(-side).plus(self.is_leaf, side)
            b.equal(Extent((1 << d) - 1, d), difference)

    def bars(self):
        b, bits, rows, name = self.b, self.depth, full(self.depth), self.name
        place = public_grid(b, name("place.number"), bits, lambda i: i)
        candidate = Expression.sum([(1 << self.bb, self.variant), (1, self.threshold), (-self.shift, self.is_leaf)], -self.base)
        keys = ("quotient", "rest", "divisor", "empty", "enough")[:len(self.worth)]
        chosen = [self.column(f"chosen.{key}", bits) for key in keys]
        table = b.numbered_table(name("candidates"), [self.worth], full(self.grid))
        b.lookup(table, [candidate.plus(place, 1 << self.candidate), *chosen], rows)
        b.equal(rows, chosen[3].plus(self.is_leaf, -1))
        if len(chosen) > 4:
            b.equal(rows, chosen[4].plus(self.is_leaf).plus(-1))
        excused = self.excuses()
        self.compare([chosen[0].plus(excused, 1 << self.count), chosen[1], chosen[2], candidate.plus(self.is_leaf, -(1 << self.candidate))])

    def excuses(self):
        """`excused`: fewer rows than a split needs, or rows of one class.  A split has neither."""
        b, d, rows, name = self.b, self.depth, full(self.depth), self.name
        total = mixed = Expression()
        for label in range(self.classes):
            count = self.counts(label, at_last=False)
            total = total.plus(count)
            mixed = mixed.plus(b.hadamard(name(f"count.square.{label}"), d, count, count), -1)
        mixed = mixed.plus(b.hadamard(name("count.square"), d, total, total))
        width = max(self.count, self.split.bit_length())
        unit, square, own = 1 << width, 1 << (2 * self.count), []
        for key in ("small", "pure", "excused"):
            own.append(self.column(key, d))
            b.bits(name(f"{key}.bit"), own[-1], 1, rows)
        small, pure, excused = own
        b.bits(name("small.range"), Expression(self.split - 1 + unit).plus(total, -1).plus(small, -unit), width + 1, rows)
        b.bits(name("pure.range"), Expression(square).plus(mixed, -1).plus(pure, -square), 2 * self.count + 1, rows)
        b.bits(name("excused.range"), small.plus(pure).plus(excused, -1), 2, rows)
        b.bits(name("split.rows"), total.plus(-self.split).plus(self.is_leaf, unit), width + 1, rows)
        b.bits(name("split.mixed"), mixed.plus(-1).plus(self.is_leaf, square), 2 * self.count + 1, rows)
        return excused

    def compare(self, stored):
        b, bits, rows, name = self.b, self.grid, full(self.grid), self.name
        quotient, rest, divisor = self.worth[:3]
        numbers = public_grid(b, name("candidate.number"), bits, lambda i: i & ((1 << self.candidate) - 1))
        bar = []
        for key, own in zip(("quotient", "rest", "divisor", "candidate"), stored, strict=True):
            # The place's, repeated over its candidates.
            bar.append(self.column(f"bar.{key}", bits))
            b.equal(rows, bar[-1].plus(own, -1))
        flags = []
        for key in ("ahead", "before"):
            flags.append(self.column(key, bits))
            b.bits(name(f"{key}.bit"), flags[-1], 1, rows)
        ahead, before = flags
        lead, has_enough = bar[0].plus(quotient, -1).plus(ahead, -1), len(self.worth) > 4
        if has_enough:
            lead = lead.plus(2 << self.count).plus(self.worth[4], -(2 << self.count))
        b.bits(name("lead"), lead, self.count + (2 if has_enough else 1), rows)
        cross = b.hadamard(name("bar.product"), bits, bar[1], divisor)
        cross = cross.plus(b.hadamard(name("rest.product"), bits, rest, bar[2]), -1)
        b.bits(name("worth"), cross.plus(ahead, 1 << (2 * self.area)).plus(before, -1), 2 * self.area + 1, rows)
        b.bits(name("order"), numbers.plus(bar[3], -1).plus(before, 1 << self.candidate), self.candidate + 2, rows)

    def leaves(self):
        b, d, rows, name = self.b, self.depth, full(self.depth), self.name
        counts, values = [self.counts(label, at_last=True) for label in range(self.classes)], []
        for label in range(self.classes):
            values.append(self.column(f"last.value.{label}", d))
            b.bits(name(f"last.value.{label}.bit"), values[-1], 1, rows)
        stored = [self.node["leaf"]] + [self.node[f"value.{label}"] for label in range(self.classes)]
        b.lookup(b.numbered_table(name("leaves"), [stored], self.nodes), [self.last, Expression(1), *values], rows)
        b.equal(rows, Expression.sum([(1, v) for v in values], -1))
        live = self.column("last.live", d)
        b.bits(name("last.live.bit"), live, 1, rows)
        b.bits(name("last.live.range"), live.times(1 << self.count).plus(Expression.sum([(1, c) for c in counts]), -1), self.count + 1, rows)
        unit, width = 1 << self.cb, self.count + self.cb
        top = self.column("last.top", d)
        for label, count in enumerate(counts):
            distance = top.plus(count, -unit).plus(label + 1 - unit)
            b.bits(name(f"last.top.{label}"), distance, width, rows)
            slack = Expression((2 << width) - 1).plus(values[label], 1 - (1 << width)).plus(live, -(1 << width)).plus(distance, -1)
            b.bits(name(f"last.said.{label}"), slack, width + 1, rows)
