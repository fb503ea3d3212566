"""python3 test_networks.py: imported networks, the parts that need no bundle."""

import copy
import math
import random
import unittest

import auditor  # noqa: F401  (puts the specification on the path)
from auditor import elementary
from auditor.errors import Rejection
from auditor.expressions import Builder, log2_ceil
from auditor.network_architecture import NetworkArchitecture
from auditor.network_claim import NetworkInference
from auditor.network_compiler import GraphNode, Network, NetworkCompiler, add_lookups, permutation
from auditor.network_program import Geometry, Program
from auditor.network_reduction import Weights, inner_dimensions, operand_forms, varies
from auditor.schema import Range
from field import P, Ext3
from weights import eq_table

NARROW = ["-100", "100"]


def node(name, operation, operands, shape):
    return [name, operation, operands, shape]


def architecture(nodes, outputs, inputs, parameters):
    return {"program": {"nodes": nodes, "outputs": outputs}, "source": "none",
            "inputs": [{"name": n, "dimensions": d, "unit": [1, "0"], "range": r, "text": False, "missing": "none"} for n, d, r in inputs],
            "outputs": [{"name": n, "dimensions": [1], "unit": [1, "0"], "text": False} for n, _ in outputs],
            "parameters": [{"name": n, "dimensions": d, "range": r} for n, d, r in parameters]}


def dense(shift="3", interval=("-128", "127")):
    """max(0, round(x W / 2^shift)) of two inputs and one output, then its largest entry."""
    return architecture(
        [node("x", ["input", ["tensor", "input.x"], NARROW, [2, 1]], [], [2, 1]),
         node("w", ["input", ["tensor", "w"], NARROW, [6, 1]], [], [6, 1]),
         node("y", ["batch-matrix-multiply", ["1", "1", "2", "3"], True, True], [0, 1], [1, 3]),
         node("q", ["rescale", "1", shift, "halfUp", list(interval)], [2], [1, 3]),
         node("r", ["table", ["relu"], list(interval)], [3], [1, 3]), node("m", ["row-maximum"], [4], [1, 1])],
        [["m", 5]], [("x", [2], NARROW)], [("w", [2, 3], NARROW)])


class Elementary(unittest.TestCase):
    def test_functions_are_near_the_truth(self):
        for name, truth in (("exponential", math.exp), ("hyperbolicTangent", math.tanh), ("errorFunction", math.erf), ("sine", math.sin),
                            ("cosine", math.cos), ("arctangent", math.atan), ("softplus", lambda x: math.log1p(math.exp(x))),
                            ("gelu", lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2), ("logistic", lambda x: 1 / (1 + math.exp(-x))),
                            ("inverseHyperbolicSine", math.asinh)):
            for x in range(-8_000, 8_001, 61):
                own = elementary.FUNCTIONS[name][1](x << 30) / elementary.ONE
                self.assertLessEqual(abs(own - truth(x / 1024)), 2 ** -31 * max(1, abs(truth(x / 1024))), (name, x))

    def test_entries_are_rounded_half_up_and_clamped(self):
        leaky = elementary.read(["leakyRelu", str(1 << 39)], "")
        values = [elementary.value(leaky, x, 0, 0, Range(-2, 3)) for x in (-8, -3, -1, 0, 2, 9)]
        self.assertEqual(values, [-2, -1, 0, 0, 2, 3])
        for wrong in (["leakyRelu"], ["leakyRelu", "01"], ["guess"], ["leakyRelu", str(1 << 60)], [], "relu"):
            self.assertRaises(Rejection, elementary.read, wrong, "")


class Programs(unittest.TestCase):
    def test_refused(self):
        def wrong(change):
            value = copy.deepcopy(dense())
            change(value)
            self.assertRaises(Rejection, NetworkArchitecture, value)
        NetworkArchitecture(dense())
        nodes = lambda v: v["program"]["nodes"]                                                             # noqa: E731
        for change in (lambda v: nodes(v)[3].__setitem__(1, ["row-lookup"]), lambda v: nodes(v)[3].__setitem__(2, [3]),
                       lambda v: nodes(v)[2][1].__setitem__(1, ["1", "1", "3", "2"]), lambda v: nodes(v)[4][1].__setitem__(2, ["0", "127"]),
                       lambda v: nodes(v)[1][1].__setitem__(1, ["tensor", "other"]), lambda v: v["parameters"].clear(),
                       lambda v: v["parameters"].append({"name": "input.x", "dimensions": [2], "range": NARROW}),
                       lambda v: v["outputs"][0].update(name="other"), lambda v: v["inputs"][0]["unit"].__setitem__(0, 2),
                       lambda v: nodes(v)[3][1].__setitem__(1, str(1 << 60)), lambda v: v.update(source="abc"),
                       lambda v: nodes(v)[0][1][2].__setitem__(0, "-0100"), lambda v: nodes(v).append(copy.deepcopy(nodes(v)[5]))):
            wrong(change)

    def test_transpositions_are_what_the_positions_say(self):
        """Of a view [3, 2] -> [2, 3]; a view that says so and fills in something is none."""
        def view(dimensions, axes, shape, count, fill="0"):
            rows = [node("x", ["input", ["tensor", "x"], NARROW, [count, 1]], [], [count, 1]),
                    node("v", ["view", ["axes", dimensions, axes], fill, shape], [0], shape)]
            return Program({"nodes": rows, "outputs": []}).nodes[1]
        own = view(["2", "3"], [[["3", "2", "0", "1"], [["1", "1"]]], [["2", "1", "0", "1"], [["0", "1"]]]], [2, 3], 6)
        self.assertEqual((own["positions"], permutation(own, 6)), ([0, 2, 4, 1, 3, 5], ([2, 3], [1, 0])))
        masked = view(["2", "3"], [[["3", "2", "0", "1"], [["1", "1"]]], [["2", "1", "0", "1"], [["0", "1"]]],
                                   [["1", "1", "0", "1"], [["1", "1"]]]], [2, 3], 6)
        self.assertIsNone(permutation(masked, 6))
        self.assertIsNone(permutation(view(["2"], [[["6", "1", "0", "1"], [["0", "3"]]]], [2, 1], 6), 6))


def random_point(bits, rng):
    return [Ext3(tuple(rng.randrange(P) for _ in range(3))) for _ in range(bits)]


def inner(weights, values):
    total = Ext3.lift(0)
    for w, v in zip(weights, values, strict=True):
        total = total + w * (v % P)
    return total


def boolean(k, bits):
    return [Ext3.lift(k >> (bits - 1 - i) & 1) for i in range(bits)]


class Reduction(unittest.TestCase):
    def product(self, own, copies, sizes):
        """A graph of two operands and their product."""
        nodes = [GraphNode("cells", "x", sizes[0], copies[0], {"terms": [], "constant": 0}),
                 GraphNode("cells", "w", sizes[1], copies[1], {"terms": [], "constant": 0}), own]

        class Graph:
            pass
        graph = Graph()
        graph.nodes = nodes
        return graph

    def check(self, graph, multiply):
        """Y~(z) = sum over copies and batch (where both operands vary) and over the inner index of the two ends."""
        rng = random.Random(1)
        x, w, own = graph.nodes
        a, b = ([rng.randrange(-9, 10) for _ in range(n.total)] for n in (x, w))
        dimensions = own.dimensions()
        points = [random_point(log2_ceil(d), rng) for d in dimensions]
        weights = [Ext3.lift(1)]
        for d, point in zip(dimensions, points):
            weights = [p * q for p in weights for q in eq_table(point, Ext3)[:d]]
        value = inner(weights, multiply(a, b))
        bits = [log2_ceil(d) for d in inner_dimensions(own)]
        both = own.kind == "matrices" and all(varies(graph, own))
        outer = [log2_ceil(d) for d in dimensions[:2]] if both else [0, 0]
        total = Ext3.lift(0)
        for o, scale in enumerate(eq_table(points[0] + points[1], Ext3) if both else [Ext3.lift(1)]):
            split = boolean(o, sum(outer))
            batch = [split[:outer[0]], split[outer[0]:]] if both else points[:2]
            for k in range(1 << sum(bits)):
                at, cut = boolean(k, sum(bits)), []
                for n in bits:
                    cut.append(at[:n])
                    at = at[n:]
                left, right = operand_forms(graph, own, points, batch, cut, Ext3)
                total = total + scale * inner(left.table(Ext3), a) * inner(right.table(Ext3), b)
        self.assertEqual(value, total)

    def test_matrices(self):
        """Either operand, both or none differ along copies or batch."""
        for copies in ((1, 1), (3, 1), (1, 3), (3, 3)):
            for batched in ((True, True), (True, False), (False, True), (False, False)):
                batch, rows, width, columns = 3, 2, 3, 2
                own = GraphNode("matrices", "y", batch * rows * columns, max(copies),
                                {"left": 0, "right": 1, "sizes": [batch, rows, width, columns], "batched": batched})
                sizes = ((batch if batched[0] else 1) * rows * width, (batch if batched[1] else 1) * width * columns)

                def multiply(a, b, copies=copies, batched=batched, sizes=sizes):
                    out = []
                    for c in range(max(copies)):
                        for m in range(batch):
                            i0 = (c if copies[0] > 1 else 0) * sizes[0] + (m if batched[0] else 0) * rows * width
                            j0 = (c if copies[1] > 1 else 0) * sizes[1] + (m if batched[1] else 0) * width * columns
                            out += [sum(a[i0 + i * width + k] * b[j0 + k * columns + j] for k in range(width))
                                    for i in range(rows) for j in range(columns)]
                    return out
                self.check(self.product(own, copies, sizes), multiply)

    def test_convolutions(self):
        """Groups, steps, padding, and an input of one entry, whose kernel reaches past it."""
        for groups, size, kernel, output, step, dilation, padding in ((1, [5], [3], [3], [2], [1], [1]), (2, [3, 4], [2, 3], [4, 2], [1, 1], [1, 2], [1, 1]),
                                                                      (2, [1, 1], [3, 3], [1, 1], [1, 1], [1, 1], [1, 1])):
            g = Geometry(2, 2 * groups, 3 * groups, groups, size, kernel, output, step, dilation, padding, place="")
            own = GraphNode("convolution", "y", g.batch * g.outputs * g.output_count, 2, {"left": 0, "right": 1, "geometry": g})

            def multiply(a, b, g=g):
                out, per = [], g.outputs // g.groups
                for s in range(2 * g.batch):
                    for o in range(g.outputs):
                        y = [0] * g.output_count
                        for c in range(g.depth):
                            for p, k, i in g.positions():
                                y[p] += b[(o * g.depth + c) * g.kernel_count + k] * a[(s * g.inputs + o // per * g.depth + c) * g.input_count + i]
                        out += y
                return out
            self.check(self.product(own, (2, 1), (g.batch * g.inputs * g.input_count, g.outputs * g.fan_in)), multiply)

    def test_a_convolution_of_one_entry_behind_a_transposition_is_no_transposed_form(self):
        """Its factor has one entry and is not 1: it may not be left out."""
        g = Geometry(1, 6, 6, 2, [1], [3], [1], [1], [1], [1], place="")
        own = GraphNode("convolution", "y", 6, 1, {"left": 0, "right": 1, "geometry": g})
        graph = self.product(own, (1, 1), (6, 18))
        graph.permutations, graph.equations, graph.columns = {0: ([2, 3], [1, 0])}, [], []
        rng = random.Random(2)
        points = [random_point(n, rng) for n in (0, 1, 2, 0)]
        left, _ = operand_forms(graph, own, points, points[:2], [random_point(n, rng) for n in (1, 2, 2)], Ext3)
        weights = Weights(graph, [], Ext3.lift(1), Ext3, False)
        self.assertIsNone(weights.transposed(left, 0))

    def test_weights_are_the_transpose(self):
        """What an equation says of random cells is what the weights on the cells say: every linear operator, for two rows."""
        operations = [
            node("x", ["input", ["tensor", "input.x"], ["-8", "7"], [6, 1]], [], [6, 1]),
            node("c", ["constant", "values", [str(i) for i in range(1, 4)], [1, 3]], [], [1, 3]),
            node("v", ["view", ["axes", ["2", "3"], [[["3", "2", "0", "1"], [["1", "1"]]], [["2", "1", "0", "1"], [["0", "1"]]]]], "0", [2, 3]], [0], [2, 3]),
            node("l", ["view", ["list", ["5", "-1", "0", "0", "2", "-1"]], "7", [2, 3]], [0], [2, 3]),
            node("a", ["affine", ["2", "-3", "5"], "11"], [2, 3, 1], [2, 3]), node("h", ["concatenate-columns"], [4, 2], [2, 6]),
            node("k", ["constant", "values", [str(3 * i - 7) for i in range(12)], [6, 2]], [], [6, 2]),
            node("p", ["matrix-multiply"], [5, 6], [2, 2]), node("w", ["input", ["tensor", "w"], NARROW, [4, 1]], [], [4, 1]),
            node("w2", ["view", ["axes", ["4"], [[["4", "1", "0", "1"], [["0", "1"]]]]], "0", [2, 2]], [8], [2, 2]),
            node("s", ["affine", ["1", "1"], "0"], [7, 9], [2, 2])]
        value = architecture(operations, [["s", 10]], [("x", [6], ["-8", "7"])], [("w", [2, 2], NARROW)])
        value["outputs"][0]["dimensions"] = [4]
        own = NetworkArchitecture(value)
        rng = random.Random(3)
        published = [rng.randrange(-50, 50) for _ in range(8)]
        claim = NetworkInference({"model": "m", "rows": 2, "inputs": {"x": "hidden"}, "outputs": {"s": {"published": [str(v) for v in published]}}})
        compiler = NetworkCompiler(claim, own, "0", None)
        compiler.compile()
        network = Network(compiler, [None] * compiler.column_count, own, "m")
        x, w = [rng.randrange(16) for _ in range(12)], [rng.randrange(-9, 9) for _ in range(4)]
        point, gamma = random_point(network.point_bits, rng), random_point(1, rng)[0]
        weights = Weights(network, point, gamma, Ext3, False)
        for number in reversed(range(len(network.nodes))):
            weights.passed(number)
        out = []
        for row in range(2):
            a = [v - 8 for v in x[6 * row:6 * row + 6]]
            v = [a[i] for i in (0, 2, 4, 1, 3, 5)]
            t = [a[5], 7, a[0], a[0], a[2], 7]
            s = [2 * p - 3 * q + 5 * (1 + i % 3) + 11 for i, (p, q) in enumerate(zip(v, t))]
            h = s[:3] + v[:3] + s[3:] + v[3:]
            out += [sum(h[6 * i + k] * (3 * (2 * k + j) - 7) for k in range(6)) + w[2 * i + j] for i in range(2) for j in range(2)]
        direct = inner(eq_table(point, Ext3)[:8], [p - q for p, q in zip(out, published)])
        parameter = next(n for n, g in enumerate(network.nodes) if g.kind == "parameter")
        self.assertEqual(direct, weights.known + inner(weights.columns[0], x) + inner(weights.full(parameter), w))

    def test_lookups_of_a_small_network(self):
        """Cells are looked up kind by kind: digits with signs, then remainders; tables are shared."""
        claim = NetworkInference({"model": "m", "rows": 1, "inputs": {"x": "hidden"}, "outputs": {"m": {"published": ["3"]}}})
        compiler = NetworkCompiler(claim, NetworkArchitecture(dense()), "0", None)
        compiler.compile()
        kinds = [(c.kind, c.first, c.count) for c in compiler.kinds.values()]
        # Two numbers and their distances from 100; three quotients and the two differences of the tournament; three remainders.
        self.assertEqual(kinds, [(("limb", 8), 0, 4), (("sign", 8), 1, 5), (("limb", 3), 4, 3)])
        builder = Builder(8)
        for cells in compiler.kinds.values():
            add_lookups(builder, cells, [builder.column(f"c{c}", 2) for c in range(cells.first, cells.first + cells.width)], "t")
        self.assertEqual([t[0] for t in builder.tables], ["range8", "sign8", "range3"])


if __name__ == "__main__":
    unittest.main()
