"""The reduction of a network: one linear claim on all nodes, from the results back to committed cells (`Docs/Protocol.md`, 7.2, step 9).

sum_e gamma^e equation_e at a random point is sum_n <w_n, node_n> = 0.  From the last node to the first, a linear node adds its weight's
transpose to its operands, and a product with weight c eq(r, .) is replaced by claims on its two operands.  Weights are in product form
(coefficient times one factor for each dimension, zero beyond its count) where the protocol says so, because that decides which messages
there are; all others are lists with one entry for each of the node's.
"""

from algebra import LayoutTape
from blocks import Claim
from field import P, powers
from sumcheck import verify_eq, verify_product
from weights import eq_prefix_sum, eq_table, eq_value, mask_sum

from .expressions import log2_ceil

MOST_FORMS = 256


class Factor:
    """One dimension of a weight in product form: the product of eq(point, i) over `points`, i < count; or of a convolution's input
    positions, sum of eq(points[0], output position) eq(points[1], kernel position) over the pairs that read it."""

    def __init__(self, points, count, geometry=None):
        self.points, self.count, self.geometry = points, count, geometry

    @property
    def point(self):
        """The point where this is eq alone."""
        return self.points[0] if len(self.points) == 1 else None

    def pairs(self):
        """[(factor of bit 0, factor of bit 1)]."""
        out = [(1 - z, z) for z in self.points[0]]
        for other in self.points[1:]:
            out = [(a * (1 - z), b * z) for (a, b), z in zip(out, other)]
        return out

    def table(self, ext):
        tables = [eq_table(p, ext) for p in self.points]
        if self.geometry is not None:
            out = [ext.lift(0)] * self.count
            for o, k, i in self.geometry.positions():
                out[i] = out[i] + tables[0][o] * tables[1][k]
            return out
        out = tables[0][:self.count]
        for other in tables[1:]:
            out = [a * b for a, b in zip(out, other)]
        return out


class Form:
    """A weight in product form."""

    def __init__(self, coefficient, factors):
        self.coefficient, self.factors = coefficient, factors

    def times(self, x):
        return Form(self.coefficient * x, self.factors)

    def table(self, ext):
        out = [self.coefficient]
        for factor in self.factors:
            if factor.count > 1 or factor.points[0] or factor.geometry is not None:
                own = factor.table(ext)
                out = [a * b for a in out for b in own]
        return out


def cut(point, counts):
    """Consecutive parts of a point, one for each dimension."""
    out, start = [], 0
    for count in counts:
        out.append(point[start:start + log2_ceil(count)])
        start += log2_ceil(count)
    return out


def eq_form(coefficient, points, counts):
    return Form(coefficient, [Factor([p], c) for p, c in zip(points, counts)])


class Weights:
    """The weights of the claim; `forms` and `listed` by node.  `symbolic`: forms alone, for the run that lays out pads."""

    def __init__(self, network, point, gamma, ext, symbolic):
        self.network, self.nodes, self.ext, self.symbolic = network, network.nodes, ext, symbolic
        self.forms, self.has_list = [[] for _ in self.nodes], [False] * len(self.nodes)
        self.lists, self.columns = [None] * len(self.nodes), [[] for _ in network.columns]
        self.known = ext.lift(0)
        for (terms, constant, counts), power in zip(network.equations, powers(gamma, len(network.equations))):
            points = cut(point, counts)
            for coefficient, node in terms:
                self.forms[node].append(eq_form(power * (coefficient % P), points, counts))
            if constant:
                own = [z for p in points for z in p]
                self.known = self.known + power * mask_sum(own, [(log2_ceil(c), c) for c in counts], ext) * (constant % P)

    def used(self, node):
        return self.has_list[node] or bool(self.forms[node])

    def single(self, node):
        """(coefficient, points) of the one weight on a product, when it is eq over the product's own dimensions."""
        if self.has_list[node] or len(self.forms[node]) != 1:
            return None
        form = self.forms[node][0]
        if [f.count for f in form.factors] != self.nodes[node].dimensions() or any(f.point is None for f in form.factors):
            return None
        return form.coefficient, [f.point for f in form.factors]

    def plain(self, operand, node):
        """Whether the operand has the node's entries in their order."""
        return (self.nodes[operand].count, self.nodes[operand].copies) == (self.nodes[node].count, self.nodes[node].copies)

    def crowded(self, number):
        """Whether an operand would have more forms than `MOST_FORMS`."""
        node, own = self.nodes[number], len(self.forms[number])
        if own == 0:
            return False
        if node.kind == "gather":
            return len(self.forms[node["operand"]]) + own > MOST_FORMS
        counts = {}
        if node.kind == "affine":
            for _, x in node["terms"]:
                if self.plain(x, number):
                    counts[x] = counts.get(x, len(self.forms[x])) + own
        return any(c > MOST_FORMS for c in counts.values())

    def passed(self, number):
        """Hands the weights of a node that is no product to its operands."""
        if not self.used(number):
            return
        node = self.nodes[number]
        if self.crowded(number):
            self.put(number, [] if self.symbolic else self.full(number), replace=True)
            self.forms[number] = []
        getattr(self, "_" + node.kind.replace("-", "_"))(number, node)
        if node.kind not in ("parameter", "columns"):
            self.lists[number] = None

    def put(self, node, values, replace=False):
        """Adds a list to a node's weights."""
        self.has_list[node] = True
        if self.symbolic:
            return
        if self.lists[node] is None or replace:
            self.lists[node] = list(values)
        else:
            self.lists[node] = [a + b for a, b in zip(self.lists[node], values, strict=True)]

    def full(self, node, forms=None):
        """All weights of a node as a list."""
        out = self.lists[node]
        for form in self.forms[node] if forms is None else forms:
            own = form.table(self.ext)
            out = own if out is None else [a + b for a, b in zip(out, own, strict=True)]
        return out if out is not None else [self.ext.lift(0)] * self.nodes[node].total

    def total(self, values):
        limbs = [sum(x) % P for x in zip(*(v.c for v in values))]
        return self.ext(tuple(limbs)) if limbs else self.ext.lift(0)

    def inner(self, values, integers):
        return self.total([v * (x % P) for v, x in zip(values, integers, strict=True) if x])

    # One rule for each kind of node.

    def _affine(self, number, node):
        folded = [x for _, x in node["terms"] if not self.plain(x, number)]
        everything = self.full(number) if (folded or node["constant"]) and not self.symbolic else None
        for coefficient, x in node["terms"]:
            factor = coefficient % P
            if not self.plain(x, number):
                self.put(x, () if self.symbolic else self.folded(everything, node, self.nodes[x], factor))
                continue
            if self.has_list[number]:
                self.put(x, () if self.symbolic else [v * factor for v in self.lists[number]])
            self.forms[x] += [form.times(factor) for form in self.forms[number]]
        if node["constant"] and not self.symbolic:
            self.known = self.known + self.total(everything) * (node["constant"] % P)

    def folded(self, values, node, target, factor):
        """The transpose of repeating an operand over copies and entries."""
        out = [self.ext.lift(0)] * target.total
        for copy in range(node.copies):
            start = 0 if target.copies == 1 else copy * target.count
            for index in range(node.count):
                at = start + index % target.count
                out[at] = out[at] + values[copy * node.count + index]
        return [v * factor for v in out]

    def _gather(self, number, node):
        x, rest = node["operand"], []
        for form in self.forms[number]:
            own = self.transposed(form, number)
            if own is None:
                rest.append(form)
            else:
                self.forms[x].append(own)
        if not rest and not self.has_list[number]:
            return
        if self.symbolic:
            return self.put(x, ())
        values, count = self.full(number, rest), self.nodes[x].count
        out, filled = [self.ext.lift(0)] * self.nodes[x].total, self.ext.lift(0)
        for copy in range(node.copies):
            start = copy * node.count
            for index, place in enumerate(node["positions"]):
                if place < 0:
                    filled = filled + values[start + index]
                else:
                    out[copy * count + place] = out[copy * count + place] + values[start + index]
        self.put(x, out)
        self.known = self.known + filled * (node["fill"] % P)

    def transposed(self, form, number):
        """The form behind a transposition, where its dimensions are the transposition's."""
        if number not in self.network.permutations:
            return None
        dimensions, axes = self.network.permutations[number]
        # A factor of one entry is 1, unless it is a convolution's.
        own = [f for f in form.factors if f.count != 1 or f.geometry is not None]
        if [f.count for f in own] != dimensions:
            return None
        out = list(own)
        for factor, axis in zip(own, axes):
            out[axis] = factor
        return Form(form.coefficient, out)

    def _concatenate(self, number, node):
        everything, start = None if self.symbolic else self.full(number), 0
        width = node.count // node["rows"]
        for x in node["operands"]:
            target = self.nodes[x]
            columns = target.count // node["rows"]
            if self.symbolic:
                self.put(x, ())
                continue
            out = [self.ext.lift(0)] * target.total
            for row in range(node.copies * node["rows"]):
                at = row % (target.copies * node["rows"]) * columns
                for column in range(columns):
                    out[at + column] = out[at + column] + everything[row * width + start + column]
            self.put(x, out)
            start += columns

    def _public_product(self, number, node):
        if self.symbolic:
            return self.put(node["operand"], ())
        values, inner, columns = self.full(number), node["inner"], node["columns"]
        rows = [[(j, c % P) for j, c in enumerate(node["matrix"][k * columns:(k + 1) * columns]) if c] for k in range(inner)]
        out = [self.total([values[r + j] * c for j, c in row]) for r in range(0, len(values), columns) for row in rows]
        self.put(node["operand"], out)

    def _known(self, number, node):
        if not self.symbolic:
            self.known = self.known + self.inner(self.full(number), node["values"])

    def _cells(self, number, node):
        if self.symbolic:
            return
        everything = self.full(number)
        if node["constant"]:
            self.known = self.known + self.total(everything) * (node["constant"] % P)
        for column, offset, coefficient in node["terms"]:
            own, factor = self.columns[column], coefficient % P
            own += [self.ext.lift(0)] * (offset + node.total - len(own))
            for index, value in enumerate(everything, offset):
                own[index] = own[index] + (value if factor == 1 else value * factor)

    def _parameter(self, number, node):
        """Read at the end."""

    _columns = _parameter

    # The end.

    def value(self, node, points):
        """<w, eq(points, .)> of a node in its dimensions."""
        own = eq_form(self.ext.lift(1), points, self.nodes[node].dimensions()).table(self.ext)
        return self.total([a * b for a, b in zip(self.full(node), own, strict=True)])

    def tensors(self, number):
        """The forms of a hidden tensor when all of them are tensors over its own dimensions."""
        wanted = [d for d in self.network.shapes[self.nodes[number]["parameter"]].dimensions if d != 1]
        for form in self.forms[number]:
            if [f.count for f in form.factors if f.count != 1] != wanted or any(f.geometry is not None for f in form.factors):
                return None
        return None if self.has_list[number] else self.forms[number]

    def terms(self, view):
        """[(matrix, tensor)] on hidden tensors."""
        out = []
        for number, node in enumerate(self.nodes):
            if node.kind != "parameter" or not self.used(number) or self.tensors(number) is None:
                continue
            own = view(self.network.parameters[node["parameter"]])
            for form in self.tensors(number):
                pieces = [[]]
                for factor in form.factors:
                    if factor.count != 1:
                        pieces = [p + q for p in pieces for q in masked(factor.pairs(), factor.count)]
                out += [(own.matrix, own.tensor(p, form.coefficient)) for p in pieces]
        return out

    def parts(self, view):
        """[(view, weights())] of the last sumcheck: hidden tensors without such forms, columns of tables, then cells; by decreasing size."""
        out = []
        for number, node in enumerate(self.nodes):
            if not self.used(number):
                continue
            if node.kind == "parameter" and self.tensors(number) is None:
                out.append((view(self.network.parameters[node["parameter"]]), lambda n=number: self.padded(n)))
            elif node.kind == "columns":
                for entry, reference in enumerate(node["references"]):
                    out.append((view(reference), lambda n=number, e=entry, c=node.count: self.full(n)[e::c]))
        out += [(view(reference), lambda c=c: self.columns[c]) for c, reference in enumerate(self.network.columns) if c not in self.network.unread]
        return sorted(out, key=lambda part: -part[0].variables)

    def padded(self, number):
        parameter = self.network.shapes[self.nodes[number]["parameter"]]
        out = [self.ext.lift(0)] * (1 << sum(log2_ceil(d) for d in parameter.dimensions))
        for place, value in zip(parameter.padded_places(), self.full(number), strict=True):
            out[place] = value
        return out


def masked(pairs, count):
    """Factor lists whose tensors sum to the product of the pairs on the first `count` entries, and to 0 elsewhere."""
    out, start, n = [], 0, len(pairs)
    while start < count:
        size = 0
        while size < n and start % (2 << size) == 0 and start + (2 << size) <= count:
            size += 1
        out.append([(0, b) if start >> (n - 1 - i) & 1 else (a, 0) for i, (a, b) in enumerate(pairs[:n - size])] + pairs[n - size:])
        start += 1 << size
    return out


class Stack:
    """The columns of the last sumcheck in one vector, each at a multiple of its size."""

    def __init__(self, parts):
        self.parts, offset = [], 0
        for view, weights in parts:
            self.parts.append((view, weights, offset))
            offset += 1 << view.variables
        self.bits = log2_ceil(offset)

    def sections(self, point, ext):
        """(view, weights, eq of the part's place, the part's own point)."""
        for view, weights, offset in self.parts:
            own = view.variables
            yield view, weights, eq_value(point[:self.bits - own], offset >> own, ext), point[self.bits - own:]

    def value(self, point, ext):
        out, tables = ext.lift(0), {}
        for view, weights, prefix, own in self.sections(point, ext):
            if view.variables not in tables:
                tables[view.variables] = eq_table(own, ext)
            inner = ext.lift(0)
            for a, b in zip(weights(), tables[view.variables]):
                inner = inner + a * b
            out = out + prefix * inner
        return out


def verify_network(relation, channel, network):
    ext = channel.ext
    symbolic = isinstance(getattr(channel, "tape", None), LayoutTape)
    point = channel.challenges("network.point", network.point_bits)
    weights = Weights(network, point, channel.challenge("network.batch"), ext, symbolic)
    value = channel.constant(0)
    for number in reversed(range(len(network.nodes))):
        node = network.nodes[number]
        if node.kind not in ("matrices", "convolution"):
            weights.passed(number)
            continue
        if not weights.used(number):
            continue
        single = weights.single(number)
        if single is not None:
            own = channel.receive("network.value", 1)[0]
            value, points = value - own * single[0], single[1]
        else:
            total = channel.receive("network.sum", 1)[0]
            value = value - total
            dimensions = node.dimensions()
            end, claim = verify_product(channel, total, sum(map(log2_ceil, dimensions)), "network.dense")
            points = cut(end, dimensions)
            weight = ext.lift(1) if symbolic else weights.value(number, points)
            own = channel.receive("network.value", 1)[0]
            channel.assert_zero("network.dense", own * weight - claim)
        weights.lists[number] = None
        left, right, batch, inner = reduce_product(channel, network, node, own, points)
        factors = channel.challenges("network.factors", 2)
        value = value + left * factors[0] + right * factors[1]
        a, b = operand_forms(network, node, points, batch, inner, ext)
        weights.forms[node["left"]].append(a.times(factors[0]))
        weights.forms[node["right"]].append(b.times(factors[1]))
    value = value - weights.known
    stack = Stack(weights.parts(relation.view))
    cells = channel.receive("network.cells", 1)[0]
    end, claim = verify_product(channel, cells, stack.bits, "network.stack")
    weight = ext.lift(1) if symbolic else stack.value(end, ext)
    opened = channel.receive("network.opening", 1)[0]
    channel.assert_zero("network.stack", opened * weight - claim)
    return [Claim(weights.terms(relation.view), value - cells),
            Claim([(view.matrix, view.eq(own, prefix)) for view, _, prefix, own in stack.sections(end, ext)], opened)]


def varies(network, node):
    """Which operands of a product of matrices differ along copies and batch."""
    batch = node["sizes"][0]
    return [network.nodes[node[side]].copies > 1 or batched and batch > 1 for side, batched in zip(("left", "right"), node["batched"])]


def inner_dimensions(node):
    if node.kind == "matrices":
        return [node["sizes"][2]]
    g = node["geometry"]
    return [g.groups, g.depth, g.kernel_count]


def reduce_product(channel, network, node, claim, points):
    """(left claim, right claim, points of copies and batch, points of the inner sum)."""
    batch, dimensions = points[:2], inner_dimensions(node)
    if node.kind == "matrices" and all(varies(network, node)):
        end, claim = verify_eq(channel, claim, points[0] + points[1], "network.batch.round")
        batch = [end[:len(points[0])], end[len(points[0]):]]
    end, claim = verify_product(channel, claim, sum(map(log2_ceil, dimensions)), "network.round")
    x, w = channel.receive("network.operands", 2)
    channel.assert_zero("network.product", channel.product(x, w) - claim)
    return x, w, batch, cut(end, dimensions)


def operand_forms(network, node, points, batch, inner, ext):
    """Weights of the two operands at the end of a product's reduction."""
    one = ext.lift(1)
    if node.kind == "convolution":
        g = node["geometry"]
        channels = Factor([inner[1]], g.depth)
        left = Form(one, [Factor([points[0]], node.copies * g.batch), Factor([inner[0]], g.groups), channels,
                          Factor([points[3], inner[2]], g.input_count, g)])
        return left, Form(one, [Factor([points[1], inner[0]], g.groups), Factor([points[2]], g.outputs // g.groups), channels,
                                Factor([inner[2]], g.kernel_count)])
    count, rows, width, columns = node["sizes"]
    moving = varies(network, node)

    def operand(place, rest):
        number, out, factors = node[("left", "right")[place]], one, []
        # One operand that is the same everywhere comes out of the sum over copies and batch: the right one if it is, else the left one.
        constant = not moving[1] if place == 1 else moving[1] and not moving[0]
        for point, size, has in ((batch[0], node.copies, network.nodes[number].copies == node.copies),
                                 (batch[1], count, node["batched"][place] or count == 1)):
            if has:
                factors.append(Factor([point], size))
            elif not constant:
                # A dimension that an operand lacks sums to the mask of the result's.
                out = out * eq_prefix_sum(point, size, ext)
        return Form(out, factors + rest)
    return (operand(0, [Factor([points[2]], rows), Factor([inner[0]], width)]),
            operand(1, [Factor([inner[0]], width), Factor([points[3]], columns)]))
