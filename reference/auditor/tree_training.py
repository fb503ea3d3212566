"""Training certificates: a committed tree is the one that greedy training on a committed table gives.

Grids, padded to powers of two: places of the full binary tree (1 the root, 2p and 2p + 1 the children of p; 0 a copy of the root that nothing
reads), numbered from the last one down, 2^(depth + 1) - 1 - p, so that the last level has the first half of the numbers and the children of inner
place q of the other half are 2q + 1 and 2q; and candidates (inner place, feature, bin), bin = threshold - base.  A leaf above the last level is
its own child on both sides.  Part 0, 1, ...: the rows of each class; where a number is predicted, the rows and the sum of numbers less the
least, which are counted digit by digit in base 16.  A forest's trees are trained on drawn rows, and a place compares some features only.  A column with fewer index bits than the rows of a linear constraint is repeated over the last bits.
"""

import hashlib

from .data_split import Nonce
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


def draws(seed, tree, kind, count):
    """count 64-bit words: four little-endian pieces of each SHA-256(name, seed, tree, kind, block)."""
    prefix = b"zkmlops/forest/v1" + seed + tree.to_bytes(8, "little") + kind.to_bytes(8, "little")
    text = b"".join(hashlib.sha256(prefix + block.to_bytes(8, "little")).digest() for block in range((count + 3) // 4))
    return [int.from_bytes(text[8 * i:8 * i + 8], "little") for i in range(count)]


def subsets(seed, tree, features, kept, depth):
    """The features that each place may compare: those with the least words, ties by number.  Place 0 compares none."""
    words = draws(seed, tree, 1, features << depth)
    own = [sorted(range(features), key=lambda f: (words[place * features + f], f))[:kept] for place in range(1 << depth)]
    return [frozenset()] + [frozenset(x) for x in own[1:]]


class TreeTraining:
    def __init__(self, value):
        require(isinstance(value, dict) and ("tree" in value) != ("forest" in value), "a certificate is of a tree or a forest")
        which = "tree" if "tree" in value else "forest"
        model, table, own, depth, split, leaf = fields(value, ("model", "table", which, "depth", "minimumSplit", "minimumLeaf"), "statement")
        self.model, self.table = bundle_name(model, "model"), bundle_name(table, "table")
        self.nonce = None
        if which == "tree":
            self.tree = integer(own, "tree", 0, (1 << 16) - 1)
        else:
            nonce, kept = fields(own, ("nonce", "features"), "forest")
            self.nonce, self.kept = Nonce(nonce), integer(kept, "features", 1, 65_536)
        self.depth = integer(depth, "depth", 1, 12)
        self.split, self.leaf = integer(split, "minimumSplit", 2, 65_536), integer(leaf, "minimumLeaf", 1, 65_536)
        self.artefacts, self.is_whole = list(dict.fromkeys([self.model, self.table])), False

    def canonical(self):
        rules = [self.depth, self.split, self.leaf]
        if self.nonce:
            return ["forest training/v1", self.model, self.table, *rules, self.nonce.canonical(), self.kept]
        return ["tree training/v1", self.model, self.table, self.tree, *rules]

    def words(self, artefacts):
        source, model = artefacts[self.table], artefacts[self.model].trees
        rule = "squared error" if model.classes is None else "Gini impurity"
        rows = f"the {source.rows.count} rows of {self.table}"
        if self.nonce:
            rows = f"as many rows drawn from {rows}, with {self.kept} features at each node, seeded by its commitment and a nonce"
        which = f"Every tree of {self.model}" if self.nonce else f"Tree {self.tree} of {self.model}"
        return [f"{which} is the one that greedy training on {rows} gives: {rule}, depth {self.depth}, splits of at least {self.split} rows with at "
                f"least {self.leaf} on either side."]

    def compile(self, artefacts, builder, prefix):
        own, source = artefacts[self.model], artefacts[self.table]
        require(own.trees is not None, f"{self.model} is no tree ensemble")
        self.a, (schema, rows) = own.trees, source.table()
        a, target = self.a, schema.column(self.a.target)
        require(a.depth == self.depth and a.task in ("classes", "regression") and a.comparison == "atMost",
                "a training certificate is of a classifier with one value for each class or of a regression, and of its own depth")
        require(self.nonce or self.tree < a.trees, f"no tree {getattr(self, 'tree', 0)} of {self.model}")
        require(a.accepts(schema) and target.means() == a.schema.column(a.target).means() and target.missing == "refuse",
                f"table {self.table} lacks a feature or the target of model {self.model}, or declares it otherwise")
        require(all(c.missing == "refuse" for c in a.features), "features of a training certificate have no missing cells")
        n = rows.count
        require(n <= 65_535, "at most 65,535 training rows")
        self.b, self.base = builder, a.range.lower
        self.fb, self.bb = log2_ceil(len(a.features)), max(1, a.range.bits)
        self.count, self.area = n.bit_length(), max(1, (n * n // 4).bit_length())
        self.read_target(target, n)
        self.bins, self.candidate, self.grid = 1 << self.bb, self.fb + self.bb, self.depth + self.fb + self.bb
        require(self.bb <= 12 and self.grid + self.cb <= 22, "a histogram of more than 2^22 counts")
        self.shift = a.leaf_threshold - self.base - (self.bins - 1)
        self.node = {name: Expression.of((self.model, name, ())) for name, _ in a.node_columns()}
        self.nodes = Extent(a.node_count)
        columns = [Expression.of(source.column(c.name)) for c in a.features]
        label = Expression.of(source.column(a.target))
        if self.nonce:
            require(self.kept <= len(columns) and len(columns) << self.depth <= 1 << 22, "more features at a node than there are")
            seed = self.nonce.seed("forest", source.identity)
            for tree in range(a.trees):
                self.sample = [w % n for w in draws(seed, tree, 0, n)], subsets(seed, tree, len(columns), self.kept, self.depth)
                self.certify(tree, f"{prefix}.{tree}", columns, label, rows)
        else:
            self.sample = None
            self.certify(self.tree, prefix, columns, label, rows)

    def read_target(self, target, n):
        """Bits of the histogram's labels, of a candidate's worth and of a bar's divisor; numbers are refused where anything could wrap around."""
        self.classes, self.number = self.a.classes, self.a.classes is None
        if not self.number:
            require(self.a.values.contains(0) and self.a.values.contains(1), "leaf values 0 and 1")
            self.parts, self.cb, self.worth_bits, self.bar_bits = self.classes, log2_ceil(self.classes), self.count, self.area
            return
        low, high = target.range.lower, target.range.upper
        width = high - low
        require(target.range.bits <= 32, "a target of more than 32 bits")
        self.lower, self.digits = low, max(1, (target.range.bits + 3) // 4)
        self.parts, self.cb = 2, 4 + log2_ceil(self.digits)
        self.worth_bits, self.bar_bits = max(1, (n * width * width).bit_length()), max(self.area, self.count + 1)
        mean = (n * max(abs(low), abs(high)) << (self.a.shift + 1)) + n * self.a.trees * (1 + 2 * self.a.values.magnitude)
        require(n ** 3 * width ** 2 // 4 < 1 << 62 and (n * width) ** 2 < 1 << 62 and mean < 1 << 62
                and self.worth_bits + max(self.area, self.count + 1) <= 61 and self.worth_bits <= 58, "sums of squares could wrap around")

    def certify(self, tree, prefix, features, label, rows):
        self.tree, self.name = tree, lambda part: f"{prefix}.{part}"
        features, label = self.drawn(features, label, rows)
        place = self.paths(features, rows)
        self.histogram(features, label, rows, place)
        self.candidates()
        self.places()
        self.bars()
        self.leaves()

    def drawn(self, features, label, rows):
        """Copies of the drawn rows, by their public numbers."""
        if not self.sample:
            return features, label
        b, numbers = self.b, self.sample[0]
        table = b.numbered_table(self.name("rows"), [[label, *features]], rows)
        number = public_grid(b, self.name("draw"), rows.bits, lambda i: numbers[i] if i < len(numbers) else 0)
        label = self.column("drawn.label", rows.bits)
        features = [self.column(f"drawn.{k}", rows.bits) for k in range(len(features))]
        b.lookup(table, [number, label, *features], rows)
        return features, label

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
        for own in self.labels(labels, rows):
            for k, feature in enumerate(features):
                key = Expression.sum([(1 << self.grid, own), (-(1 << self.candidate), place), (1, feature)],
                                     (((1 << d) - 1) << self.candidate) + (k << self.bb) - self.base)
                b.lookup(table, [key], rows)
        self.left, self.right, each = [], [], free(d + self.fb)
        for label in range(self.parts):
            histogram = self.histogram_part(label, counts)
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

    def labels(self, labels, rows):
        """What rows are counted by: the class, or digit k of the number plus 16 k."""
        if not self.number:
            return [labels]
        digits, out = [], []
        for k in range(self.digits):
            digits.append(self.column(f"digit.{k}", rows.bits))
            self.b.bits(self.name(f"digit.{k}"), digits[-1], 4, rows)
            out.append(digits[-1].plus(16 * k))
        self.b.equal(rows, Expression.sum([(-1, labels)] + [(16 ** k, x) for k, x in enumerate(digits)], self.lower))
        return out

    def histogram_part(self, part, counts):
        def view(label):
            return Expression.of((*counts[:2], bits_of(label, self.cb)))
        if not self.number:
            return view(part)
        if part == 0:
            return Expression.sum([(1, view(v)) for v in range(16)])
        return Expression.sum([(v * 16 ** k, view(16 * k + v)) for k in range(self.digits) for v in range(1, 16)])

    def counts(self, label, at_last):
        """Rows of a class at the inner places, or at the last ones."""
        return self.part(f"left.{label}", (0 if at_last else 1,) + free(self.depth) + bits_of(0, self.fb) + bits_of(self.bins - 1, self.bb))

    def candidates(self):
        """sum L_c^2 / L + sum R_c^2 / R = (quotient divisor + rest) / divisor, divisor = L R + empty."""
        b, bits, rows, name = self.b, self.grid, full(self.grid), self.name
        left = right = left_squares = right_squares = Expression()
        for label, (x, y) in enumerate(zip(self.left, self.right)):
            if not self.number or label == 0:
                left, right = left.plus(x), right.plus(y)
            if self.number and label == 0:
                continue
            left_squares = left_squares.plus(b.hadamard(name(f"left.square.{label}"), bits, x, x))
            right_squares = right_squares.plus(b.hadamard(name(f"right.square.{label}"), bits, y, y))
        area = b.hadamard(name("area"), bits, left, right)
        numerator = b.hadamard(name("left.part"), bits, right, left_squares)
        numerator = numerator.plus(b.hadamard(name("right.part"), bits, left, right_squares))
        empty = self.column("empty", bits)
        b.equal(rows, b.hadamard(name("empty.area"), bits, empty, area))
        divisor = area.plus(empty)
        quotient = self.column("quotient", bits)
        b.bits(name("quotient.range"), quotient, self.worth_bits, rows)
        rest = numerator.plus(b.hadamard(name("quotient.product"), bits, quotient, divisor), -1)
        b.bits(name("rest.range"), rest, self.area, rows)
        b.bits(name("rest.below"), divisor.plus(rest, -1).plus(-1), self.area, rows)
        self.worth = [quotient, rest, divisor, empty]
        self.valid(left, right)

    def valid(self, left, right):
        """Whether a candidate may be chosen: of a feature that the place may compare, with enough rows on both sides."""
        b, bits, rows, name, subset = self.b, self.grid, full(self.grid), self.name, None
        if self.sample:
            allowed, last, end = self.sample[1], self.bins - 1, (1 << self.depth) - 1
            subset = public_grid(b, name("subset"), bits, lambda i: int(
                i & last < last and (i >> self.bb & ((1 << self.fb) - 1)) in allowed[max(1, end - (i >> self.candidate))]))
        if self.leaf > 1:
            width, enough = max(self.count, self.leaf.bit_length()), []
            for side, count in (("left", left), ("right", right)):
                enough.append(self.column(f"enough.{side}", bits))
                b.bits(name(f"enough.{side}.bit"), enough[-1], 1, rows)
                b.bits(name(f"enough.{side}.range"), count.plus((1 << width) - self.leaf).plus(enough[-1], -(1 << width)), width, rows)
            both = b.hadamard(name("enough"), bits, *enough)
            subset = b.hadamard(name("valid"), bits, subset, both) if subset else both
        if subset:
            self.worth.append(subset)

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
        excused, own = self.excuses(), chosen[:3]
        if self.number:
            own = self.undivided(own)
        self.compare([own[0].plus(excused, 1 << self.worth_bits), own[1], own[2], candidate.plus(self.is_leaf, -(1 << self.candidate))])

    def undivided(self, bars):
        """S^2 / n = quotient + rest / divisor, divisor = n + none, of every place: the bar of a leaf, and less than a split's."""
        b, bits, rows, name = self.b, self.depth, full(self.depth), self.name
        count, total = self.counts(0, at_last=False), self.counts(1, at_last=False)
        square = b.hadamard(name("undivided.square"), bits, total, total)
        none = self.column("undivided.none", bits)
        b.equal(rows, b.hadamard(name("undivided.area"), bits, none, count))
        divisor = count.plus(none)
        quotient = self.column("undivided.quotient", bits)
        b.bits(name("undivided.quotient"), quotient, self.worth_bits, rows)
        rest = square.plus(b.hadamard(name("undivided.product"), bits, quotient, divisor), -1)
        b.bits(name("undivided.rest"), rest, self.count, rows)
        b.bits(name("undivided.below"), divisor.plus(rest, -1).plus(-1), self.count, rows)
        gains, width = self.column("gains", bits), self.area + self.count
        b.bits(name("gains.bit"), gains, 1, rows)
        b.bits(name("gains.lead"), bars[0].plus(quotient, -1).plus(gains, -1).plus(self.is_leaf, 1 << self.worth_bits), self.worth_bits + 1, rows)
        cross = b.hadamard(name("gains.bar"), bits, bars[1], divisor)
        cross = cross.plus(b.hadamard(name("gains.undivided"), bits, rest, bars[2]), -1)
        b.bits(name("gains.worth"), cross.plus(-1).plus(gains, 1 << width).plus(self.is_leaf, 1 << width), width + 1, rows)
        return [bar.plus(b.hadamard(name(f"undivided.bar.{k}"), bits, self.is_leaf, own.plus(bar, -1)))
                for k, (bar, own) in enumerate(zip(bars, (quotient, rest, divisor)))]

    def excuses(self):
        """`excused`: fewer rows than a split needs (`small`), or rows of one class.  A split has neither.  Of numbers `small` is all the excuse."""
        b, d, rows, name = self.b, self.depth, full(self.depth), self.name
        total = self.counts(0, at_last=False) if self.number else Expression()
        mixed = Expression()
        for label in range(self.classes or 0):
            count = self.counts(label, at_last=False)
            total = total.plus(count)
            mixed = mixed.plus(b.hadamard(name(f"count.square.{label}"), d, count, count), -1)
        if not self.number:
            mixed = mixed.plus(b.hadamard(name("count.square"), d, total, total))
        width = max(self.count, self.split.bit_length())
        unit, square, own = 1 << width, 1 << (2 * self.count), []
        for key in ("small",) if self.number else ("small", "pure", "excused"):
            own.append(self.column(key, d))
            b.bits(name(f"{key}.bit"), own[-1], 1, rows)
        b.bits(name("small.range"), Expression(self.split - 1 + unit).plus(total, -1).plus(own[0], -unit), width + 1, rows)
        if not self.number:
            small, pure, excused = own
            b.bits(name("pure.range"), Expression(square).plus(mixed, -1).plus(pure, -square), 2 * self.count + 1, rows)
            b.bits(name("excused.range"), small.plus(pure).plus(excused, -1), 2, rows)
        b.bits(name("split.rows"), total.plus(-self.split).plus(self.is_leaf, unit), width + 1, rows)
        if not self.number:
            b.bits(name("split.mixed"), mixed.plus(-1).plus(self.is_leaf, square), 2 * self.count + 1, rows)
        return own[-1]

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
            lead = lead.plus(2 << self.worth_bits).plus(self.worth[4], -(2 << self.worth_bits))
        b.bits(name("lead"), lead, self.worth_bits + (2 if has_enough else 1), rows)
        cross = b.hadamard(name("bar.product"), bits, bar[1], divisor)
        cross = cross.plus(b.hadamard(name("rest.product"), bits, rest, bar[2]), -1)
        width = self.area + self.bar_bits
        b.bits(name("worth"), cross.plus(ahead, 1 << width).plus(before, -1), width + 1, rows)
        b.bits(name("order"), numbers.plus(bar[3], -1).plus(before, 1 << self.candidate), self.candidate + 2, rows)

    def leaves(self):
        if self.number:
            self.means()
            return
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

    def means(self):
        """Every last place with rows is at a leaf v: 0 <= 2 2^shift sum y + n trees - 2 n trees v < 2 n trees."""
        b, d, rows, name = self.b, self.depth, full(self.depth), self.name
        count, total = self.counts(0, at_last=True), self.counts(1, at_last=True)
        value = self.column("last.value.0", d)
        b.lookup(b.numbered_table(name("leaves"), [[self.node["leaf"], self.node["value.0"]]], self.nodes), [self.last, Expression(1), value], rows)
        live = self.column("last.live", d)
        b.bits(name("last.live.bit"), live, 1, rows)
        b.bits(name("last.live.range"), live.times(1 << self.count).plus(count, -1), self.count + 1, rows)
        unit, parts = 2 << self.a.shift, 2 * self.a.trees
        rest = total.times(unit).plus(count, unit * self.lower).plus(count, self.a.trees)
        rest = rest.plus(b.hadamard(name("last.part"), d, value, count), -parts)
        width = self.count + parts.bit_length()
        b.bits(name("last.said"), rest, width, rows)
        b.bits(name("last.rest"), count.times(parts).plus(live, -1).plus(rest, -1), width, rows)
