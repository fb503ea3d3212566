"""Programs of imported networks: their canonical form, shapes, and interval analysis (`Docs/Semantics.md`; `Docs/WireFormat.md`, 5.5).

A node is [name, operation, operands, [rows, columns]]; an operation is [operator, parameter, ...] with signed numbers as decimal texts.
Every operator checks its operands' shapes and has a rule for bounds (`program.Bounds`); both sides of each relation stay below 2^62.
"""

import re
from math import isqrt

from . import elementary, sigmoid
from .errors import Rejection, require
from .json_text import boolean, elements, fields, integer, text
from .program import Bounds, checked, cover, key_bits
from .schema import Range

MAXIMUM_NODES, MAXIMUM_ENTRIES, MAXIMUM_TABLES, MAXIMUM_ROWS = 1 << 15, 1 << 26, 64, 1 << 16
SIGNED = re.compile(r"(0|-?[1-9][0-9]{0,18})\Z")
INT64 = 1 << 63
NOT_KNOWN = ("confusion-counts", "weighted-sum", "tree-paths", "tree-leaves")
MAXIMUM_DEPTH = 4_096


def signed(value, place):
    """An integer of 64 bits, written as a decimal text."""
    require(isinstance(value, str) and SIGNED.match(value), f"{place}: an integer as text is expected")
    require(-INT64 <= int(value) < INT64, f"{place}: an integer leaves 64 bits")
    return int(value)


def signed_list(value, place, count=None):
    out = [signed(x, place) for x in elements(value, place)]
    require(count is None or len(out) == count, f"{place}: {count} integers are expected")
    return out


def read_range(value, place):
    return Range(*signed_list(value, place, 2))


def product(sizes):
    out = 1
    for x in sizes:
        out *= x
    return out


def count_of(dimensions, place, largest=1 << 40):
    """The product of dimensions of 1 ... 2^31."""
    require(all(1 <= d <= 1 << 31 for d in dimensions), f"{place}: a dimension is not in 1 ... 2^31")
    require(product(dimensions) <= largest, f"{place}: too many entries")
    return product(dimensions)


def shape_of(value, place):
    rows, columns = (integer(x, place) for x in elements(value, place, 2))
    count_of([rows, columns], place)
    return rows, columns


class Node:
    """`operands`: numbers of nodes; `count`: rows times columns; `parameters` by name."""

    def __init__(self, name, kind, operands, shape, parameters):
        self.name, self.kind, self.operands, self.parameters = name, kind, operands, parameters
        self.rows, self.columns = shape
        self.count = self.rows * self.columns

    @property
    def shape(self):
        return self.rows, self.columns

    def __getitem__(self, key):
        return self.parameters[key]


class Program:
    def __init__(self, value):
        """From the entry `program` of an architecture."""
        nodes, outputs = fields(value, ("nodes", "outputs"), "program")
        require(1 <= len(elements(nodes, "nodes", MAXIMUM_NODES)) and len(elements(outputs, "outputs")) <= len(nodes), "nodes and outputs")
        self.nodes, self.names, total, tables = [], set(), 0, set()
        for number, own in enumerate(nodes):
            require(isinstance(own, list) and len(own) == 4, f"node {number}: [name, operation, operands, shape]")
            name, place = text(own[0], "a node's name"), f"node {own[0]!r}"
            require(name not in self.names, f"{place}: two nodes have this name")
            self.names.add(name)
            operands = [integer(x, place, 0, number - 1) for x in elements(own[2], place)]
            kind, parameters = read_operation(own[1], place)
            node = Node(name, kind, operands, shape_of(own[3], place), parameters)
            if node.kind != "input":
                total += node.count
            if node.kind == "table":
                tables.add(node["key"])
            require(total <= MAXIMUM_ENTRIES and len(tables) <= MAXIMUM_TABLES, "a program of too many entries or function tables")
            SHAPES[node.kind](node, [self.nodes[i] for i in operands], place)
            self.nodes.append(node)
        self.outputs = {}
        for own in outputs:
            require(isinstance(own, list) and len(own) == 2, "an output is [name, node]")
            name = text(own[0], "outputs")
            require(name not in self.outputs, f"output {name!r} twice")
            self.outputs[name] = integer(own[1], "outputs", 0, len(self.nodes) - 1)
        self.bounds = self.analyse()

    def inputs(self):
        """[(number, node)] of the input nodes."""
        return [(i, n) for i, n in enumerate(self.nodes) if n.kind == "input"]

    def analyse(self):
        out = []
        for node in self.nodes:
            operands = [out[i] for i in node.operands]
            if node.kind == "select":
                operands = self.narrowed(node, operands)
            out.append(BOUNDS[node.kind](node, operands, [self.nodes[i] for i in node.operands]))
        return out

    def narrowed(self, node, operands):
        """Where the condition is x >= t: an operand that is x itself is taken only on that side of t."""
        source = self.nodes[node.operands[0]]
        if source.kind != "compare-greater-or-equal":
            return operands
        out, t = list(operands), source["threshold"]
        for place, low, high in ((1, t, INT64 - 1), (2, -INT64, t - 1 if t > -INT64 else t)):
            if node.operands[place] == source.operands[0]:
                low, high = max(operands[place].values.lower, low), min(operands[place].values.upper, high)
                if low <= high:
                    out[place] = Bounds([("any", node.columns, Range(low, high))])
        return out


# Reading operations: the kind, and a dictionary of parameters.

def read_operation(value, place):
    require(isinstance(value, list) and value and isinstance(value[0], str), f"{place}: an operation")
    kind, parts = value[0], value[1:]
    if kind in NOT_KNOWN:
        raise Rejection(f"{place}: the operator {kind} is not known to this verifier")
    require(kind in READERS, f"{place}: no operator is called {kind!r}")
    names, read = READERS[kind]
    require(len(parts) == names, f"{place}: {kind} has {names} parameters")
    return kind, read(parts, place)


def _input(parts, place):
    require(isinstance(parts[0], list) and len(parts[0]) == 2 and parts[0][0] == "tensor", f"{place}: a network reads tensors only")
    return {"source": text(parts[0][1], place), "interval": read_range(parts[1], place), "shape": shape_of(parts[2], place)}


def _constant(parts, place):
    shape = shape_of(parts[2], place)
    if parts[0] == "uniform":
        return {"uniform": signed(parts[1], place), "values": None, "shape": shape}
    require(parts[0] == "values", f"{place}: a constant is uniform, or values")
    return {"values": signed_list(parts[1], place, shape[0] * shape[1]), "shape": shape}


def _requantise(parts, place):
    limit = None if parts[3] == "none" else read_range(parts[3], place)
    return {**_rounding(signed(parts[0], place), integer(parts[1], place), parts[2], place), "limit": limit}


def _rescale(parts, place):
    return {**_rounding(signed(parts[0], place), signed(parts[1], place), parts[2], place), "range": read_range(parts[3], place)}


def _rounding(multiplier, shift, rounding, place):
    require(multiplier >= 1 and 0 <= shift <= 61, f"{place}: a multiplier of at least 1, a shift of 0 to 61")
    require(rounding in ("halfUp", "halfEven"), f"{place}: the rounding is halfUp or halfEven")
    return {"multiplier": multiplier, "shift": shift, "even": rounding == "halfEven" and shift > 0}


def read_table(parts, place):
    function, domain = parts[0], read_range(parts[1], place)
    require(domain.upper - domain.lower < MAXIMUM_ROWS, f"{place}: a table of more than 2^16 rows")
    require(isinstance(function, list) and function and isinstance(function[0], str), f"{place}: a function")
    name, own = function[0], function[1:]
    sizes = {"relu": 0, "clamp": 1, "sigmoid": 2, "elementary": 4}
    require(name in sizes and len(own) == sizes[name], f"{place}: the function {name!r}")
    if name == "clamp":
        own = [read_range(own[0], place)]
    elif name == "sigmoid":
        own = [integer(own[0], place, 0, 30), integer(own[1], place, 1, 30)]
    elif name == "elementary":
        own = [elementary.read(own[0], place), signed(own[1], place), signed(own[2], place), read_range(own[3], place)]
        require(all(-30 <= x <= 40 for x in own[1:3]), f"{place}: -30 to 40 fraction bits")
    return {"function": name, "parameters": own, "domain": domain, "key": repr((function, parts[1]))}


def _view(parts, place):
    require(isinstance(parts[0], list) and parts[0], f"{place}: a view's map")
    own = {"fill": signed(parts[1], place), "shape": shape_of(parts[2], place), "list": None}
    if parts[0][0] == "list" and len(parts[0]) == 2:
        return {**own, "list": signed_list(parts[0][1], place)}
    require(parts[0][0] == "axes" and len(parts[0]) == 3, f"{place}: a view is by list or by axes")
    axes = []
    for axis in elements(parts[0][2], place, 32):
        require(isinstance(axis, list) and len(axis) == 2, f"{place}: an axis")
        terms = [signed_list(x, place, 2) for x in elements(axis[1], place, 32)]
        axes.append((*signed_list(axis[0], place, 4), terms))
    return {**own, "dimensions": signed_list(parts[0][1], place), "axes": axes}


def _batched(parts, place):
    sizes = signed_list(parts[0], place, 4)
    return {"sizes": sizes, "left": boolean(parts[1], place), "right": boolean(parts[2], place)}


def _convolution(parts, place):
    return {"geometry": Geometry(*signed_list(parts[0], place, 4), *(signed_list(x, place) for x in parts[1:]), place=place)}


class Geometry:
    """A convolution's sizes; lists have one entry for each of 1 to 3 axes."""

    def __init__(self, batch, inputs, outputs, groups, input, kernel, output, strides, dilations, padding, place):
        self.batch, self.inputs, self.outputs, self.groups = batch, inputs, outputs, groups
        lists = (input, kernel, output, strides, dilations, padding)
        require(1 <= len(input) <= 3 and all(len(x) == len(input) for x in lists), f"{place}: a convolution of 1 to 3 axes")
        require(groups >= 1 and inputs >= groups and outputs >= groups and inputs % groups == 0 and outputs % groups == 0,
                f"{place}: channels are not multiples of the groups")
        require(all(1 <= x <= 1 << 20 for x in strides + dilations) and all(abs(x) <= 1 << 20 for x in padding), f"{place}: a step or padding")
        self.depth = inputs // groups
        count_of([batch, inputs, *input], place), count_of([outputs, self.depth, *kernel], place), count_of([batch, outputs, *output], place)
        missing = 3 - len(input)
        self.input, self.kernel, self.output, self.strides, self.dilations = ([1] * missing + x for x in lists[:5])
        self.padding = [0] * missing + padding
        self.kernel_count, self.output_count, self.input_count = product(kernel), product(output), product(input)
        self.fan_in = self.depth * self.kernel_count

    def positions(self):
        """(output position, kernel position, input position) of one channel, where the input exists; missing axes come first, of one entry."""
        def axis(a):
            return [[(o, k, x) for o in range(self.output[a]) for x in [o * self.strides[a] + k * self.dilations[a] - self.padding[a]]
                     if 0 <= x < self.input[a]] for k in range(self.kernel[a])]
        (_, o1, o2), (_, k1, k2), (_, i1, i2) = self.output, self.kernel, self.input
        lists = [[t for k in axis(a) for t in k] for a in range(3)]
        for a, b, c in lists[0]:
            for d, e, f in lists[1]:
                for g, h, i in lists[2]:
                    yield (a * o1 + d) * o2 + g, (b * k1 + e) * k2 + h, (c * i1 + f) * i2 + i


def _order(parts, place):
    return {"count": signed_list(parts[0], place, 1)[0], "descending": boolean(parts[1], place), "places": boolean(parts[2], place)}


def _trees(parts, place):
    trees, depth = signed_list(parts[0], place, 2)
    return {"trees": trees, "depth": depth, "missing": None if parts[1] == "none" else signed(parts[1], place)}


def nothing(parts, place):
    return {}


READERS = {
    "input": (3, _input), "constant": (3, _constant), "concatenate-columns": (0, nothing), "matrix-multiply": (0, nothing),
    "affine": (2, lambda p, w: {"coefficients": signed_list(p[0], w), "constant": signed(p[1], w)}),
    "one-hot": (1, lambda p, w: {"classes": integer(p[0], w, 1, 65_536)}), "requantise": (4, _requantise), "table": (2, read_table),
    "compare-greater-or-equal": (1, lambda p, w: {"threshold": signed(p[0], w)}), "select": (0, nothing), "argmax": (0, nothing),
    "view": (3, _view), "batch-matrix-multiply": (3, _batched), "convolution": (7, _convolution), "multiply": (0, nothing),
    "rescale": (4, _rescale),
    "divide": (3, lambda p, w: {"shift": signed_list(p[0], w, 1)[0], "floor": boolean(p[1], w), "range": read_range(p[2], w)}),
    "square-root": (1, lambda p, w: {"shift": signed_list(p[0], w, 1)[0]}), "row-maximum": (0, nothing),
    "row-lookup": (0, nothing), "row-order": (3, _order), "tree-ensemble": (2, _trees)}


# Shapes: what the operands must look like for the stated shape.

def exactly(count, operands, place):
    require(len(operands) == count, f"{place}: {count} operands are expected")
    return operands


def stated(node, shape, place):
    require(node.shape == tuple(shape), f"{place}: the shape {node.shape} is not the operator's, {tuple(shape)}")


def declared_shape(node, operands, place):
    exactly(0, operands, place), stated(node, node["shape"], place)


def same_shape(count):
    def check(node, operands, place):
        for x in exactly(count, operands, place):
            stated(node, x.shape, place)
        if node.kind in ("divide", "square-root"):
            require(0 <= node["shift"] <= 60, f"{place}: a shift of 0 to 60")
    return check


def affine_shape(node, operands, place):
    require(operands and len(operands) == len(node["coefficients"]), f"{place}: one coefficient for each operand")
    rows = max(x.rows for x in operands)
    require(all(x.columns == operands[0].columns and x.rows in (1, rows) for x in operands), f"{place}: operands of other shapes")
    stated(node, (rows, operands[0].columns), place)


def concatenate_shape(node, operands, place):
    require(operands and all(x.rows == operands[0].rows for x in operands), f"{place}: operands of other rows")
    stated(node, (operands[0].rows, sum(x.columns for x in operands)), place)


def one_hot_shape(node, operands, place):
    x, = exactly(1, operands, place)
    require(x.columns == 1, f"{place}: a column is expected")
    stated(node, (x.rows, node["classes"]), place)


def product_shape(node, operands, place):
    left, right = exactly(2, operands, place)
    require(left.columns == right.rows, f"{place}: inner dimensions differ")
    stated(node, (left.rows, right.columns), place)


def row_shape(node, operands, place):
    x, = exactly(1, operands, place)
    stated(node, (x.rows, 1), place)


def lookup_shape(node, operands, place):
    index, table = exactly(2, operands, place)
    stated(node, (index.count, table.columns), place)


def order_shape(node, operands, place):
    x, = exactly(1, operands, place)
    require(1 <= node["count"] <= x.columns, f"{place}: {node['count']} of {x.columns} entries")
    stated(node, (x.rows, node["count"]), place)


def trees_shape(node, operands, place):
    x, nodes, leaves = exactly(3, operands, place)
    require(nodes.columns == 6 and nodes.rows == leaves.rows and 1 <= node["trees"] <= nodes.rows and 0 <= node["depth"] <= MAXIMUM_DEPTH,
            f"{place}: trees need [n, 6] nodes, [n, outputs] leaves, a root for each tree and at most {MAXIMUM_DEPTH} steps")
    stated(node, (x.rows * node["trees"], leaves.columns), place)


def view_shape(node, operands, place):
    x, = exactly(1, operands, place)
    stated(node, node["shape"], place)
    if node["list"] is None:
        require(count_of(node["dimensions"], place) == node.count, f"{place}: a view with other dimensions than its shape's")
        check_axes(node, x.count, place)
    node.parameters["positions"] = positions(node)
    require(len(node["positions"]) == node.count and all(-1 <= p < x.count for p in node["positions"]), f"{place}: the view leaves its operand")


def check_axes(node, count, place):
    """Strides, extents and steps that cannot leave the operand or the integers."""
    last, dimensions = 0, node["dimensions"]
    require(len(dimensions) <= 32, f"{place}: more than 32 dimensions")
    for extent, stride, start, divisor, terms in node["axes"]:
        require(1 <= extent <= 1 << 31 and 0 <= stride <= 1 << 40 and 1 <= divisor <= 1 << 20 and abs(start) <= 1 << 31
                and all(0 <= a < len(dimensions) and abs(step) <= 1 << 31 for a, step in terms), f"{place}: an axis of the view")
        require(abs(start) + sum(abs(step) * dimensions[a] for a, step in terms) < 1 << 42, f"{place}: steps of the view")
        last += stride * (extent - 1)
    require(last < count, f"{place}: the view leaves its operand")


def positions(node):
    """The operand's entry of every entry of a view, -1 for the fill."""
    if node["list"] is not None:
        return node["list"]
    dimensions, out = node["dimensions"], []
    steps = [[sum(step for a, step in terms if a == d) for *_, terms in node["axes"]] for d in range(len(dimensions))]
    coordinates, digits = [start for _, _, start, _, _ in node["axes"]], [0] * len(dimensions)
    for _ in range(node.count):
        place = 0
        for (extent, stride, _, divisor, _), c in zip(node["axes"], coordinates):
            if c < 0 or c % divisor or c // divisor >= extent:
                place = -1
                break
            place += c // divisor * stride
        out.append(place)
        for d in reversed(range(len(dimensions))):
            digits[d] += 1
            wrap = digits[d] == dimensions[d]
            if wrap:
                digits[d] = 0
            times = 1 - dimensions[d] if wrap else 1
            coordinates = [c + times * s for c, s in zip(coordinates, steps[d])]
            if not wrap:
                break
    return out


def batched_shape(node, operands, place):
    left, right = exactly(2, operands, place)
    batch, rows, inner, columns = node["sizes"]
    count_of(node["sizes"], place, 1 << 160), count_of([batch, rows], place)
    require(left.count == count_of([batch if node["left"] else 1, rows, inner], place)
            and right.count == count_of([batch if node["right"] else 1, inner, columns], place), f"{place}: operands of other sizes")
    stated(node, (batch * rows, columns), place)


def convolution_shape(node, operands, place):
    x, kernel = exactly(2, operands, place)
    g = node["geometry"]
    require(x.count == g.batch * g.inputs * g.input_count and kernel.count == g.outputs * g.fan_in, f"{place}: operands of other sizes")
    stated(node, (g.batch * g.outputs, g.output_count), place)


SHAPES = {"input": declared_shape, "constant": declared_shape, "affine": affine_shape, "concatenate-columns": concatenate_shape,
          "one-hot": one_hot_shape, "matrix-multiply": product_shape, "requantise": same_shape(1), "rescale": same_shape(1),
          "table": same_shape(1), "compare-greater-or-equal": same_shape(1), "square-root": same_shape(1), "select": same_shape(3),
          "divide": same_shape(2), "multiply": same_shape(2), "argmax": row_shape, "row-maximum": row_shape, "view": view_shape,
          "batch-matrix-multiply": batched_shape, "convolution": convolution_shape, "row-lookup": lookup_shape, "row-order": order_shape,
          "tree-ensemble": trees_shape}


# Bounds.

def times(a, b):
    corners = [x * y for x in (a.lower, a.upper) for y in (b.lower, b.upper)]
    return min(corners), max(corners)


def any_of(node, low, high, what, enforced=None):
    return Bounds([("any", node.columns, checked(low, high, node, what))], enforced)


def input_bounds(node, operands, sources):
    return any_of(node, node["interval"].lower, node["interval"].upper, "the declared range")


def constant_bounds(node, operands, sources):
    values = node["values"] or [node["uniform"]]
    return any_of(node, min(values), max(values), "the constant")


def affine_bounds(node, operands, sources):
    low = high = node["constant"]
    for c, x in zip(node["coefficients"], operands):
        ends = (c * x.values.lower, c * x.values.upper)
        low, high = low + min(ends), high + max(ends)
    whole = any_of(node, low, high, "constant + sum c x")
    if len(operands) > 1:
        return whole
    c, constant, groups = node["coefficients"][0], node["constant"], []
    for g in operands[0].groups:
        if g[0] == "any":
            ends = [constant + c * e for e in (g[2].lower, g[2].upper)]
            groups.append(("any", g[1], Range(min(ends), max(ends))))
        else:
            groups.append(("one", g[1], constant + c * g[2], constant + c * (g[2] if g[1] == 1 else g[3])))
    return Bounds(groups)


def concatenate_bounds(node, operands, sources):
    own = Bounds([g for x in operands for g in x.groups])
    checked(own.values.lower, own.values.upper, node, "the values")
    return own


def one_hot_bounds(node, operands, sources):
    require(Range(0, node.columns - 1).holds(operands[0].values), f"node {node.name}: the index can leave its classes")
    return Bounds([("one", node.columns, 1, 1 if node.columns == 1 else 0)], Range(0, 1))


def product_bounds(node, operands, sources):
    w, low, high = operands[1].values, 0, 0
    for g in operands[0].groups:
        parts = [(g[1], g[2])] if g[0] == "any" else [(1, Range.only(g[2])), (g[1] - 1, Range.only(g[3]))]
        for factor, x in parts:
            ends = times(x, w)
            low, high = low + factor * ends[0], high + factor * ends[1]
    return any_of(node, low, high, "sum x w")


def rounded(node, x):
    """floor((x M + 2^(s-1)) / 2^s), or half to even."""
    s = node["shift"]
    total = x * node["multiplier"] + (1 << s >> 1)
    quotient = total >> s
    return quotient - 1 if node["even"] and quotient & 1 and total & ((1 << s) - 1) == 0 else quotient


def half_unit(node):
    return 1 << node["shift"] >> 1


def rounding_bounds(node, operands, sources):
    x, m = operands[0].values, node["multiplier"]
    checked(x.lower * m + half_unit(node), x.upper * m + half_unit(node), node, "x M + 2^(s-1)")
    reached = Range(rounded(node, x.lower), rounded(node, x.upper))
    values = whole = reached
    if node.kind == "rescale":
        whole = node["range"]
        low, high = max(whole.lower, reached.lower), min(whole.upper, reached.upper)
        values = Range(low, high) if low <= high else whole
    else:
        require(node["limit"] is None or node["limit"].holds(reached), f"node {node.name}: {reached} can leave the limit")
    enforced, unit = wide_cover(whole, node), 1 << node["shift"]
    checked(enforced.lower * unit, enforced.upper * unit + unit, node, "y 2^s + remainder")
    return Bounds([("any", node.columns, values)], enforced)


def wide_cover(interval, node):
    require(interval.bits <= 62 and interval.lower + (1 << interval.bits) <= INT64, f"node {node.name}: the range {interval} is too wide")
    return cover(interval, node)


_tables = {}


def table_values(node):
    """f(lower), ..., f(upper) of a table node."""
    if node["key"] not in _tables:
        _tables[node["key"]] = [table_value(node, x) for x in range(node["domain"].lower, node["domain"].upper + 1)]
    return _tables[node["key"]]


def table_value(node, x):
    name, own = node["function"], node["parameters"]
    if name == "relu":
        return max(0, x)
    if name == "clamp":
        return min(max(x, own[0].lower), own[0].upper)
    if name == "elementary":
        return elementary.value(own[0], x, *own[1:])
    extent = max(abs(node["domain"].lower), abs(node["domain"].upper)) + 1
    require(extent <= MAXIMUM_ROWS, f"node {node.name}: a sigmoid over {node['domain']}")
    return sigmoid.table(own[0], own[1], extent)[x + extent]


def is_rising(node):
    return node["function"] != "elementary" or node["parameters"][0] == ("leakyRelu", (0,))


def table_bounds(node, operands, sources):
    x, domain = operands[0].values, node["domain"]
    require(domain.holds(x), f"node {node.name}: the argument {x} can leave the table {domain}")
    if is_rising(node):
        values = Range(table_value(node, x.lower), table_value(node, x.upper))
        enforced = Range(table_value(node, domain.lower), table_value(node, domain.upper))
    else:
        entries = table_values(node)
        values = enforced = Range(min(entries), max(entries))
    both = enforced.hull(domain)
    checked(both.lower, both.upper, node, "a table entry")
    return Bounds([("any", node.columns, values)], enforced)


def is_positive_part(node):
    """Whether a table is max(0, x) on its domain, seen from its parameters."""
    if node["function"] == "relu":
        return True
    if node["function"] != "elementary" or node["parameters"][0] != ("leakyRelu", (0,)):
        return False
    _, bits, out, interval = node["parameters"]
    domain = node["domain"]
    return (bits == out and 0 <= bits <= 40 and interval.lower <= 0 and interval.upper >= max(0, domain.upper)
            and domain.upper < 1 << min(61, 22 + bits) and domain.lower > -(1 << 61))


def compare_bounds(node, operands, sources):
    x, t = operands[0].values, node["threshold"]
    checked(x.lower - t - 1, x.upper - t + 1, node, "x - threshold")
    checked(0, (1 << max(x.upper - t, t - x.lower, 0).bit_length()) - 1, node, "the difference")
    return Bounds([("any", node.columns, Range(int(x.lower >= t), int(x.upper >= t)))], Range(0, 1))


def select_bounds(node, operands, sources):
    condition, a, b = (x.values for x in operands)
    require(Range(0, 1).holds(condition), f"node {node.name}: the condition can leave 0 ... 1")
    checked(a.lower - b.upper, a.upper - b.lower, node, "a - b")
    both = a.hull(b)
    return any_of(node, both.lower, both.upper, "a or b")


def argmax_bounds(node, operands, sources):
    x, columns = operands[0].values, sources[0].columns
    unit = 1 << key_bits(columns)
    low, high = x.lower * unit, x.upper * unit + unit - 1
    checked(low, high, node, "the keys")
    checked(low, cover(Range(0, high - low), node).upper + high, node, "maximum - key")
    return Bounds([("any", 1, Range(0, columns - 1))])


def view_bounds(node, operands, sources):
    x = operands[0].values
    if node["list"] is not None:
        filled = -1 in node["list"]
    else:
        filled = any(not total(axis, node["dimensions"]) for axis in node["axes"])
    if filled:
        x = x.hull(Range.only(node["fill"]))
    return any_of(node, x.lower, x.upper, "the view")


def total(axis, dimensions):
    """Whether no coordinate falls outside the axis."""
    extent, _, start, divisor, terms = axis
    reach = [step * (dimensions[a] - 1) for a, step in terms]
    return divisor == 1 and start + sum(min(0, r) for r in reach) >= 0 and start + sum(max(0, r) for r in reach) < extent


def batched_bounds(node, operands, sources):
    low, high = times(operands[0].values, operands[1].values)
    return any_of(node, node["sizes"][2] * low, node["sizes"][2] * high, "sum x w")


def convolution_bounds(node, operands, sources):
    low, high = times(operands[0].values.hull(Range.only(0)), operands[1].values)
    return any_of(node, node["geometry"].fan_in * low, node["geometry"].fan_in * high, "sum x w")


def multiply_bounds(node, operands, sources):
    return any_of(node, *times(operands[0].values, operands[1].values), "a b")


def divide_bounds(node, operands, sources):
    a, b = operands[0].values, operands[1].values
    require(b.lower >= 0 and b.upper >= 1, f"node {node.name}: the divisor can be negative")
    enforced, s = wide_cover(node["range"], node), node["shift"]
    scaled = (a.lower << (s + 1), a.upper << (s + 1))
    checked(scaled[0] + b.lower, scaled[1] + b.upper, node, "2 a 2^s + b")
    low, high = times(enforced, Range(2 * b.lower, 2 * b.upper))
    checked(low, high + 2 * b.upper, node, "2 b y + remainder")
    return Bounds([("any", node.columns, node["range"])], enforced)


def root_bounds(node, operands, sources):
    x = operands[0].values
    require(x.lower >= 0, f"node {node.name}: the root of a value that can be negative")
    checked(0, x.upper << node["shift"], node, "x 2^s")
    values = Range(0, isqrt(x.upper << node["shift"]))
    enforced = wide_cover(values, node)
    checked(0, (enforced.upper + 1) ** 2, node, "(y + 1)^2")
    return Bounds([("any", node.columns, values)], enforced)


def lookup_bounds(node, operands, sources):
    return any_of(node, operands[1].values.lower, operands[1].values.upper, "a table's entry")


def order_bounds(node, operands, sources):
    x = operands[0].values
    checked(x.lower - x.upper, x.upper - x.lower, node, "x - x'")
    return Bounds([("any", node.columns, Range(0, sources[0].columns - 1) if node["places"] else x)])


def trees_bounds(node, operands, sources):
    x, nodes, leaves = (o.values for o in operands)
    checked(x.lower - nodes.upper - 1, x.upper - nodes.lower + 1, node, "x - threshold")
    return Bounds([("any", node.columns, leaves)])


def maximum_bounds(node, operands, sources):
    x = operands[0].values
    checked(x.lower - x.upper, x.upper - x.lower, node, "maximum - x")
    return Bounds([("any", 1, x)])


BOUNDS = {"input": input_bounds, "constant": constant_bounds, "affine": affine_bounds, "concatenate-columns": concatenate_bounds,
          "one-hot": one_hot_bounds, "matrix-multiply": product_bounds, "requantise": rounding_bounds, "rescale": rounding_bounds,
          "table": table_bounds, "compare-greater-or-equal": compare_bounds, "select": select_bounds, "argmax": argmax_bounds,
          "view": view_bounds, "batch-matrix-multiply": batched_bounds, "convolution": convolution_bounds, "multiply": multiply_bounds,
          "divide": divide_bounds, "square-root": root_bounds, "row-maximum": maximum_bounds, "row-lookup": lookup_bounds, "row-order": order_bounds,
          "tree-ensemble": trees_bounds}
