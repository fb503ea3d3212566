"""Programs over integer tensors, and the static interval analysis.

A node is (name, kind, parameters, operands, rows, columns).  Meaning of the kinds, row by row unless said otherwise:
  input      values from outside, in a declared interval          constant   one public number everywhere
  affine     constant + sum_t c_t x_t                             concatenate  operands side by side
  one-hot    y_k = 1 if x = k else 0                              product    x w, the matrix product
  round      floor((x + 2^(s-1)) / 2^s), x itself for s = 0       table      f(x), f tabulated over a declared interval
  compare    1 if x >= t else 0                                   select     a where c = 1, b where c = 0
  argmax     least j with the largest x_j                         counts     K x K: how often (label, prediction) occurs
  weighted   sum_i c_i x_i over a whole tensor
Analysis.  `values`: an interval that holds every value of the node; since every relation determines its result uniquely, what
arithmetic implies may be relied on.  `groups`: neighbouring columns, ("any", count, interval) or ("one", count, selected, others) when
in each row exactly one of them has the value `selected`.  `enforced`: what the range checks of the node enforce by themselves.
Both sides of every relation over the integers must stay below 2^62 in absolute value, so that equality modulo p > 2^63 is
equality over the integers; a program that could exceed it is refused.
"""

from . import sigmoid
from .errors import Rejection, require
from .schema import Range

LIMIT = 1 << 62
TABLE_DOMAIN = Range(-sigmoid.HALF_DOMAIN, sigmoid.HALF_DOMAIN - 1)


class Node:
    def __init__(self, name, kind, operands, rows, columns, **parameters):
        self.name, self.kind, self.operands, self.rows, self.columns = name, kind, operands, rows, columns
        self.parameters = parameters

    def __getitem__(self, key):
        return self.parameters[key]


class Bounds:
    def __init__(self, groups, enforced=None):
        self.groups = groups
        self.values = group_range(groups[0])
        for g in groups[1:]:
            self.values = self.values.hull(group_range(g))
        self.enforced = enforced or self.values


def group_range(group):
    if group[0] == "any":
        return group[2]
    _, count, selected, others = group
    return Range.only(selected) if count == 1 else Range.only(selected).hull(Range.only(others))


def span(*values):
    return Range(min(values), max(values))


def checked(low, high, node, what):
    """The interval [low, high] of one side of a relation."""
    require(max(abs(low), abs(high)) < LIMIT, f"node {node.name}: {what} could reach 2^62 and wrap around")
    return Range(low, high)


def cover(interval, node):
    """[lower, lower + 2^k - 1] with the least k: what a k-bit range check of value - lower enforces."""
    require(interval.bits <= 62, f"node {node.name}: the range {interval} is too wide")
    return Range(interval.lower, interval.lower + (1 << interval.bits) - 1)


class Program:
    """Nodes in evaluation order; `add_*` return the number of the new node."""

    def __init__(self):
        self.nodes, self.outputs, self.names = [], {}, set()

    def add(self, name, kind, operands, columns, rows=None, **parameters):
        require(name not in self.names, f"two nodes are named {name}")
        self.names.add(name)
        rows = rows if rows is not None else self.nodes[operands[0]].rows
        self.nodes.append(Node(name, kind, list(operands), rows, columns, **parameters))
        return len(self.nodes) - 1

    def input(self, name, source, interval, rows, columns=1):
        return self.add(name, "input", [], columns, rows, source=source, interval=interval)

    def constant(self, name, value, rows, columns=1):
        return self.add(name, "constant", [], columns, rows, value=value)

    def affine(self, name, terms, constant=0):
        """terms: [(coefficient, node)], all of one shape."""
        require(all(-(1 << 63) <= c < 1 << 63 for c in [constant, *(c for c, _ in terms)]), f"node {name}: a coefficient leaves 64 bits")
        return self.add(name, "affine", [n for _, n in terms], self.nodes[terms[0][1]].columns,
                        coefficients=[c for c, _ in terms], constant=constant)

    def concatenate(self, name, parts):
        return self.add(name, "concatenate", parts, sum(self.nodes[p].columns for p in parts))

    def one_hot(self, name, x, classes):
        return self.add(name, "one-hot", [x], classes)

    def product(self, name, left, right):
        require(self.nodes[left].columns == self.nodes[right].rows, f"node {name}: dimensions")
        return self.add(name, "product", [left, right], self.nodes[right].columns, self.nodes[left].rows)

    def round(self, name, x, shift):
        require(0 <= shift <= 61, f"node {name}: a shift of {shift} bits; 0 to 61 are possible")
        return self.add(name, "round", [x], self.nodes[x].columns, shift=shift)

    def sigmoid(self, name, x, input_bits, output_bits):
        return self.add(name, "table", [x], self.nodes[x].columns, input_bits=input_bits, output_bits=output_bits)

    def compare(self, name, x, threshold):
        return self.add(name, "compare", [x], self.nodes[x].columns, threshold=threshold)

    def select(self, name, condition, a, b):
        return self.add(name, "select", [condition, a, b], self.nodes[condition].columns)

    def argmax(self, name, x):
        return self.add(name, "argmax", [x], 1)

    def counts(self, name, labels, predictions, classes):
        return self.add(name, "counts", [labels, predictions], classes, classes, classes=classes)

    def weighted(self, name, x, coefficients):
        return self.add(name, "weighted", [x], 1, 1, coefficients=coefficients)

    def saturate(self, name, x, interval):
        """min(max(x, lower), upper) from two comparisons and two selections."""
        rows, columns = self.nodes[x].rows, self.nodes[x].columns
        low = self.constant(f"{name}.low", interval.lower, rows, columns)
        high = self.constant(f"{name}.high", interval.upper, rows, columns)
        above_low = self.compare(f"{name}.above-low", x, interval.lower)
        raised = self.select(f"{name}.raised", above_low, x, low)
        above_high = self.compare(f"{name}.above-high", raised, interval.upper + 1)
        return self.select(f"{name}.saturated", above_high, high, raised)

    def analyse(self):
        """[Bounds] of all nodes; refuses what could wrap around."""
        out = []
        for node in self.nodes:
            out.append(RULES[node.kind](self, node, [out[i] for i in node.operands]))
        return out


def _input(program, node, operands):
    r = node["interval"]
    return Bounds([("any", node.columns, checked(r.lower, r.upper, node, "the declared range"))])


def _constant(program, node, operands):
    return Bounds([("any", node.columns, checked(node["value"], node["value"], node, "the constant"))])


def _affine(program, node, operands):
    low = high = node["constant"]
    for c, x in zip(node["coefficients"], operands):
        ends = (c * x.values.lower, c * x.values.upper)
        low, high = low + min(ends), high + max(ends)
    whole = checked(low, high, node, "constant + sum c x")
    if len(operands) > 1:
        return Bounds([("any", node.columns, whole)])
    c, constant = node["coefficients"][0], node["constant"]
    groups = []
    for g in operands[0].groups:
        if g[0] == "any":
            groups.append(("any", g[1], span(constant + c * g[2].lower, constant + c * g[2].upper)))
        else:
            groups.append(("one", g[1], constant + c * g[2], constant + c * (g[2] if g[1] == 1 else g[3])))
    return Bounds(groups)


def _concatenate(program, node, operands):
    bounds = Bounds([g for x in operands for g in x.groups])
    checked(bounds.values.lower, bounds.values.upper, node, "the values")
    return bounds


def _one_hot(program, node, operands):
    allowed = Range(0, node.columns - 1)
    require(1 <= node.columns <= 65_536, f"node {node.name}: {node.columns} classes")
    require(allowed.holds(operands[0].values), f"node {node.name}: the index {operands[0].values} can leave {allowed}")
    return Bounds([("one", node.columns, 1, 1 if node.columns == 1 else 0)], Range(0, 1))


def _product(program, node, operands):
    left, w = operands[0], operands[1].values
    low = high = 0

    def add(times, a, b):
        nonlocal low, high
        corners = [a * w.lower, a * w.upper, b * w.lower, b * w.upper]
        low, high = low + times * min(corners), high + times * max(corners)
    for g in left.groups:
        if g[0] == "any":
            add(g[1], g[2].lower, g[2].upper)
        else:
            # In every row one column is `selected`, the others are `others`.
            add(1, g[2], g[2])
            add(g[1] - 1, g[3], g[3])
    return Bounds([("any", node.columns, checked(low, high, node, "sum x w"))])


def rounded(x, shift):
    return x if shift == 0 else (x + (1 << (shift - 1))) >> shift


def _round(program, node, operands):
    x, s = operands[0].values, node["shift"]
    half = 0 if s == 0 else 1 << (s - 1)
    checked(x.lower + half, x.upper + half, node, "x + 2^(s-1)")
    values = Range(rounded(x.lower, s), rounded(x.upper, s))
    enforced = cover(values, node)
    unit = 1 << s
    checked(enforced.lower * unit, enforced.upper * unit + unit, node, "y 2^s + remainder")
    return Bounds([("any", node.columns, values)], enforced)


def _table(program, node, operands):
    x = operands[0].values
    require(0 <= node["input_bits"] <= 30 and 1 <= node["output_bits"] <= 30, f"node {node.name}: fraction bits of the sigmoid")
    require(TABLE_DOMAIN.holds(x), f"node {node.name}: the argument {x} can leave the table {TABLE_DOMAIN}")
    y = sigmoid.table(node["input_bits"], node["output_bits"])
    values = Range(y[x.lower - TABLE_DOMAIN.lower], y[x.upper - TABLE_DOMAIN.lower])       # monotone
    return Bounds([("any", node.columns, values)], Range(y[0], y[-1]))


def _compare(program, node, operands):
    x, t = operands[0].values, node["threshold"]
    checked(x.lower - t - 1, x.upper - t + 1, node, "x - threshold")
    checked(0, (1 << max(x.upper - t, t - x.lower, 0).bit_length()) - 1, node, "the difference")
    return Bounds([("any", node.columns, Range(int(x.lower >= t), int(x.upper >= t)))], Range(0, 1))


def _select(program, node, operands):
    condition, (a, b) = operands[0].values, (x.values for x in operands[1:])
    source = program.nodes[node.operands[0]]
    if source.kind == "compare":
        # Where the condition is x >= t: an operand that is x itself is taken only on that side of t.
        x, t = source.operands[0], source["threshold"]
        if node.operands[1] == x and max(a.lower, t) <= a.upper:
            a = Range(max(a.lower, t), a.upper)
        if node.operands[2] == x and b.lower <= min(b.upper, t - 1):
            b = Range(b.lower, min(b.upper, t - 1))
    require(Range(0, 1).holds(condition), f"node {node.name}: the condition can leave 0 ... 1")
    checked(a.lower - b.upper, a.upper - b.lower, node, "a - b")
    values = a.hull(b)
    checked(values.lower, values.upper, node, "a or b")
    return Bounds([("any", node.columns, values)])


def key_bits(columns):
    """kappa with columns <= 2^kappa."""
    return (columns - 1).bit_length()


def _argmax(program, node, operands):
    x, columns = operands[0].values, program.nodes[node.operands[0]].columns
    unit = 1 << key_bits(columns)
    low, high = x.lower * unit, x.upper * unit + unit - 1
    checked(low, high, node, "the keys")
    top = cover(Range(0, high - low), node).upper
    checked(low, top + high, node, "maximum - key")
    return Bounds([("any", 1, Range(0, columns - 1))])


def _counts(program, node, operands):
    classes = node["classes"]
    require(1 <= classes <= 1_024, f"node {node.name}: {classes} classes; 1 to 1024 are possible")
    for x in operands:
        require(Range(0, classes - 1).holds(x.values), f"node {node.name}: {x.values} can leave the classes")
    return Bounds([("any", classes, Range(0, program.nodes[node.operands[0]].rows))])


def _weighted(program, node, operands):
    x = operands[0].values
    low = sum(min(c * x.lower, c * x.upper) for c in node["coefficients"])
    high = sum(max(c * x.lower, c * x.upper) for c in node["coefficients"])
    return Bounds([("any", 1, checked(low, high, node, "sum c x"))])


RULES = {"input": _input, "constant": _constant, "affine": _affine, "concatenate": _concatenate, "one-hot": _one_hot,
         "product": _product, "round": _round, "table": _table, "compare": _compare, "select": _select, "argmax": _argmax,
         "counts": _counts, "weighted": _weighted}
