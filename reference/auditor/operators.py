"""From a program to constraints: what is committed for each node, and which checks pin it.

The value of a node is ("columns", [expression], extent), ("tensor", reference, rows, columns), ("entries", [expression]) or, for
counts, ("counts", reference of the column that holds them, number of them).
Every non-linear result is committed.  Bits b below are columns in the range 0 ... 1.
  one-hot   bits O_k: sum O_k = 1, sum k O_k = x
  product   one column of products per output; a sumcheck over the inner index proves them
  round     y with y - lower in [0, 2^k) and x + 2^(s-1) - y 2^s in [0, 2^s)
  compare   b with x - t + (1 - b) 2^k in [0, 2^k), 2^k > |x - t|
  select    y with cB +- (y - b) and (1-c)B +- (y - a) in [0, 2B), B a power of two above |a - b|
  table     (x, y) is a row
  argmax    keys z_j = x_j 2^kappa + 2^kappa - 1 - j are distinct; M with D_j = M - z_j in [0, 2^k) for all j; bits O_j, sum O_j = 1,
            (1 - O_j)(2^k - 1) - D_j in [0, 2^k): O_j = 1 forces D_j = 0.  Result sum j O_j
  counts    (label, prediction) is a row of the table of all pairs: its multiplicities are the counts
"""

from . import sigmoid, trees
from .errors import Rejection, require
from .expressions import Expression, Extent
from .program import RULES, TABLE_DOMAIN, key_bits

RULES.update({"tree-paths": trees.paths_rule, "tree-leaves": trees.leaves_rule})


class Operators:
    def __init__(self, program, prefix, source, builder):
        """source(node) -> ("column", reference) | ("tensor", reference) | ("public", [integers])."""
        self.program, self.prefix, self.source, self.builder = program, prefix, source, builder
        self.bounds = program.analyse()

    def compile(self):
        values = []
        for number, node in enumerate(self.program.nodes):
            values.append(getattr(self, "_" + node.kind.replace("-", "_"))(number, node, [values[i] for i in node.operands]))
        return values

    def label(self, node):
        return f"{self.prefix}.{node.name}"

    def committed(self, node, column, rows):
        return Expression.of(self.builder.column(f"{self.label(node)}.{column}", rows.bits))

    def operand(self, node, index):
        return self.bounds[node.operands[index]].enforced

    @staticmethod
    def columns(value):
        if value[0] != "columns":
            raise Rejection("an operand is not a list of columns")
        return value[1], value[2]

    def _tree_paths(self, number, node, operands):
        return trees.compile_paths(self, number, node, operands)

    def _tree_leaves(self, number, node, operands):
        return trees.compile_leaves(self, number, node, operands)

    def _input(self, number, node, operands):
        kind, what = self.source(node)
        rows = Extent(node.rows)
        if kind == "column":
            return "columns", [Expression.of(what)], rows
        if kind == "tensor":
            return "tensor", what, rows, Extent(node.columns)
        require(len(what) == 1 == node.rows * node.columns and node["interval"].contains(what[0]),
                f"public value of {self.label(node)} leaves {node['interval']}")
        return "columns", [Expression(what[0])], rows

    def _constant(self, number, node, operands):
        return "columns", [Expression(node["value"])] * node.columns, Extent(node.rows)

    def _affine(self, number, node, operands):
        out = [Expression(node["constant"])] * node.columns
        for c, value in zip(node["coefficients"], operands):
            out = [total.plus(x, c) for total, x in zip(out, self.columns(value)[0], strict=True)]
        return "columns", out, Extent(node.rows)

    def _concatenate(self, number, node, operands):
        return "columns", [x for value in operands for x in self.columns(value)[0]], Extent(node.rows)

    def _one_hot(self, number, node, operands):
        (x,), rows = self.columns(operands[0])
        total, index, out = Expression(-1), x.times(-1), []
        for k in range(node.columns):
            bit = self.committed(node, k, rows)
            self.builder.bits(f"{self.label(node)}.{k}.bit", bit, 1, rows)
            total, index = total.plus(bit), index.plus(bit, k)
            out.append(bit)
        self.builder.equal(rows, total)
        self.builder.equal(rows, index)
        return "columns", out, rows

    def _product(self, number, node, operands):
        left, rows = self.columns(operands[0])
        _, right, inner, columns = operands[1]
        out = [self.committed(node, j, rows) for j in range(columns.count)]
        self.builder.products.append((rows, inner, columns, left, right, out))
        return "columns", out, rows

    def _round(self, number, node, operands):
        (list_, rows), s, out = self.columns(operands[0]), node["shift"], []
        if s == 0:
            return operands[0]
        enforced = self.bounds[number].enforced
        for j, x in enumerate(list_):
            total = x.plus(1 << (s - 1))
            y = self.committed(node, j, rows)
            label = f"{self.label(node)}.{j}"
            self.builder.bits(f"{label}.quotient", y.plus(-enforced.lower), enforced.bits, rows)
            self.builder.bits(f"{label}.remainder", total.plus(y, -(1 << s)), s, rows)
            out.append(y)
        return "columns", out, rows

    def _compare(self, number, node, operands):
        (list_, rows), t, x = self.columns(operands[0]), node["threshold"], self.operand(node, 0)
        k, out = max(x.upper - t, t - x.lower, 0).bit_length(), []
        require(k <= 60, f"{self.label(node)}: {k} bits are too wide")
        for j, value in enumerate(list_):
            bit = self.committed(node, j, rows)
            self.builder.bits(f"{self.label(node)}.{j}.bit", bit, 1, rows)
            self.builder.bits(f"{self.label(node)}.{j}.side", value.plus(-t).plus(1 << k).plus(bit, -(1 << k)), k, rows)
            out.append(bit)
        return "columns", out, rows

    def _select(self, number, node, operands):
        (conditions, rows), (a, _), (b, _) = map(self.columns, operands)
        hull = self.operand(node, 1).hull(self.operand(node, 2))
        k, out = hull.bits + 1, []
        require(k <= 59 and hull.magnitude < 1 << 60, f"{self.label(node)}: {k} bits are too wide")
        wide = 1 << k
        for j, (condition, left, right) in enumerate(zip(conditions, a, b, strict=True)):
            y = self.committed(node, j, rows)
            zero, one = condition.times(wide), Expression(wide).plus(condition, -wide)
            for name, side, other in (("right", zero, right), ("left", one, left)):
                difference = y.plus(other, -1)
                self.builder.bits(f"{self.label(node)}.{j}.{name}-above", side.plus(difference), k + 1, rows)
                self.builder.bits(f"{self.label(node)}.{j}.{name}-below", side.plus(difference, -1), k + 1, rows)
            out.append(y)
        return "columns", out, rows

    def _table(self, number, node, operands):
        list_, rows = self.columns(operands[0])
        parameters = (node["input_bits"], node["output_bits"])
        table = self.builder.function_table(self.label(node), parameters, lambda: list(
            zip(range(TABLE_DOMAIN.lower, TABLE_DOMAIN.upper + 1), sigmoid.table(*parameters), strict=True)))
        out = []
        for j, x in enumerate(list_):
            out.append(self.committed(node, j, rows))
            self.builder.lookup(table, [x, out[-1]], rows)
        return "columns", out, rows

    def _argmax(self, number, node, operands):
        (list_, rows), x = self.columns(operands[0]), self.operand(node, 0)
        kappa = key_bits(len(list_))
        k, scale = x.bits + kappa, 1 << kappa
        require(k <= 60 and x.magnitude < 1 << (61 - kappa), f"{self.label(node)}: {k} bits are too wide")
        maximum, top = self.committed(node, "maximum", rows), (1 << k) - 1
        total, result = Expression(-1), Expression()
        for j, value in enumerate(list_):
            label = f"{self.label(node)}.{j}"
            chosen = Expression.of(self.builder.column(f"{label}.selected", rows.bits))
            self.builder.bits(f"{label}.bit", chosen, 1, rows)
            distance = maximum.plus(value, -scale).plus(-(scale - 1 - j))
            self.builder.bits(f"{label}.below-maximum", distance, k, rows)
            self.builder.bits(f"{label}.is-maximum", Expression(top).plus(chosen, -top).plus(distance, -1), k, rows)
            total, result = total.plus(chosen), result.plus(chosen, j)
        self.builder.equal(rows, total)
        return "columns", [result], rows

    def _counts(self, number, node, operands):
        (labels,), rows = self.columns(operands[0])
        (predictions,), _ = self.columns(operands[1])
        pairs = [(a, b) for a in range(node["classes"]) for b in range(node["classes"])]
        table, counts = self.builder.table(self.label(node), pairs)
        self.builder.lookup(table, [labels, predictions], rows)
        return "counts", counts, len(pairs)

    def _weighted(self, number, node, operands):
        _, counts, count = operands[0]
        require(len(node["coefficients"]) == count, "weights and counts differ in number")
        bits = Extent(count).bits
        return "entries", [Expression(0, {(*counts[:2], tuple(i >> (bits - 1 - j) & 1 for j in range(bits))): c
                                          for i, c in enumerate(node["coefficients"]) if c})]
