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
from network_witness import Witness
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
        for change in (lambda v: nodes(v)[3].__setitem__(1, ["tree-paths"]), lambda v: nodes(v)[3].__setitem__(2, [3]),
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


def flat(name, source, interval, count):
    return node(name, ["input", ["tensor", source], interval, [count, 1]], [], [count, 1])


def viewed(name, operand, shape):
    return node(name, ["view", ["list", [str(i) for i in range(shape[0] * shape[1])]], "0", shape], [operand], shape)


class Tables(unittest.TestCase):
    """Honest cells satisfy the relation, and no cell may be changed."""

    def check(self, value, rows, inputs, parameters, expected):
        own = NetworkArchitecture(value)
        witness = Witness(own, expected, rows, inputs, parameters)
        self.assertIsNone(witness.broken())
        for column, cells in enumerate(witness.cells):
            for entry in range(len(cells)):
                for step in (1, -1):
                    changed = [list(c) for c in witness.cells]
                    changed[column][entry] += step
                    self.assertIsNotNone(witness.broken(changed), (column, entry, witness.kind[column].kind))
        name = next(iter(expected))
        wrong = {name: expected[name][:-1] + [expected[name][-1] + 1]}
        self.assertIsNotNone(Witness(own, wrong, rows, inputs, parameters).broken())
        return witness

    def architecture(self, nodes, outputs, inputs, parameters):
        value = architecture(nodes, [[name, place] for name, place, _ in outputs], inputs, parameters)
        for own, (_, _, count) in zip(value["outputs"], outputs):
            own["dimensions"] = [count]
        return value

    def test_rows_by_number(self):
        """Hidden rows of two columns, a hidden column, one row of 17 entries, and the row's own numbers."""
        wide = [(7 * i) % 23 - 11 for i in range(34)]
        nodes = [flat("i", "input.i", ["0", "2"], 2), flat("x", "input.x", ["-3", "4"], 3), flat("a", "a", NARROW, 6), flat("b", "b", NARROW, 3),
                 flat("c", "c", NARROW, 34), viewed("a2", 2, [3, 2]), viewed("c2", 4, [2, 17]),
                 node("first", ["row-lookup"], [0, 5], [2, 2]), node("second", ["row-lookup"], [0, 3], [2, 1]),
                 node("own", ["row-lookup"], [0, 1], [2, 1]), node("j", ["view", ["list", ["1"]], "0", [1, 1]], [0], [1, 1]),
                 node("wide", ["row-lookup"], [10, 6], [1, 17])]
        value = self.architecture(nodes, [("first", 7, 4), ("second", 8, 2), ("own", 9, 2), ("wide", 11, 17)], [("i", [2], ["0", "2"]), ("x", [3], ["-3", "4"])],
                                  [("a", [6], NARROW), ("b", [3], NARROW), ("c", [34], NARROW)])
        i, x, a, b = [2, 0, 1, 1], [-3, 0, 4, 1, 2, 3], [5, 6, -7, 8, 9, 1], [-20, 30, 40]
        witness = self.check(value, 2, {"i": i, "x": x}, [a, b, wide],
                             {"first": [v for k in i for v in a[2 * k:2 * k + 2]], "second": [b[k] for k in i],
                              "own": [x[3 * (n // 2) + k] for n, k in enumerate(i)], "wide": [v for k in (i[1], i[3]) for v in wide[17 * k:17 * k + 17]]})
        self.assertEqual([t[0] for t in witness.builder.tables if t[1][0] == "numbered"], ["0.first.table", "0.second.table", "0.own.table", "0.wide.table"])
        self.assertRaises(AssertionError, Witness, NetworkArchitecture(value), {"second": [0] * 4}, 2, {"i": [2, 0, 1, 3], "x": x}, [a, b, wide])

    def test_orders(self):
        """Either direction, with ties, of three rows of the claim."""
        for descending in (True, False):
            for places in (True, False):
                nodes = [flat("x", "input.x", ["-2", "5"], 6), flat("w", "w", ["0", "1"], 6), node("s", ["affine", ["1", "1"], "0"], [0, 1], [6, 1]),
                         viewed("t", 2, [2, 3]), node("y", ["row-order", ["2"], descending, places], [3], [2, 2])]
                x, w = [5, -2, 5, 0, 0, 0, 1, 2, 3, 3, 2, 1, -1, 4, -1, 2, 2, 4], [0, 1, 0, 1, 1, 0]
                expected = []
                for row in range(0, 18, 3):
                    own = [x[row + k] + w[row % 6 + k] for k in range(3)]
                    order = sorted(range(3), key=lambda k, own=own: (-own[k] if descending else own[k], k))[:2]
                    expected += order if places else [own[k] for k in order]
                self.check(self.architecture(nodes, [("y", 4, 4)], [("x", [6], ["-2", "5"])], [("w", [6], ["0", "1"])]), 3, {"x": x}, [w], {"y": expected})

    def test_trees(self):
        """Two trees of two levels, one with a leaf at once; all tests; a value that is missing is sent where its node says."""
        for tests in ((1, 2, 3), (4, 5, 6)):
            for missing in ("none", "-8", "3"):
                nodes, leaves = [], [0, 0, 0, 11, 12, 13, 14]
                for own in ((tests[0], 0, 1, 2, 3, 1), (0, 0, 0, 0, 0, 0), (tests[1], 1, -2, 4, 5, 0), (tests[2], 1, 3, 5, 6, 1)) + ((0,) * 6,) * 3:
                    nodes += own
                leaves[1] = 9
                program = [flat("x", "input.x", ["-8", "7"], 4), flat("n", "n", ["-16", "15"], 42), flat("l", "l", ["0", "63"], 7), viewed("x2", 0, [2, 2]),
                           viewed("n2", 1, [7, 6]), node("y", ["tree-ensemble", ["2", "2"], missing], [3, 4, 2], [4, 1])]
                x = [-8, 3, 1, -2, 2, 3, 7, 7]
                value = self.architecture(program, [("y", 5, 4)], [("x", [4], ["-8", "7"])], [("n", [42], ["-16", "15"]), ("l", [7], ["0", "63"])])
                expected = []
                for row in range(0, 8, 2):
                    expected += [self.walked(nodes, leaves, x[row:row + 2], tree, None if missing == "none" else int(missing)) for tree in (0, 1)]
                self.check(value, 2, {"x": x}, [nodes, leaves], {"y": expected})

    def walked(self, nodes, leaves, x, here, missing):
        while nodes[6 * here]:
            test, feature, threshold, true, false, tracks = nodes[6 * here:6 * here + 6]
            v = x[feature]
            holds = (v <= threshold, v < threshold, v >= threshold, v > threshold, v == threshold, v != threshold)[test - 1]
            here = true if (tracks == 1 if v == missing else holds) else false
        return leaves[here]

    def test_products_of_products_read_copies(self):
        """x^2, x^4, then x^4 * x^2: the copy of the larger factor."""
        program = [flat("x", "input.x", ["-3", "3"], 2), flat("w", "w", NARROW, 2), node("a", ["multiply"], [0, 0], [2, 1]),
                   node("b", ["multiply"], [2, 2], [2, 1]), node("c", ["multiply"], [2, 3], [2, 1]), node("d", ["multiply"], [3, 3], [2, 1]),
                   node("s", ["affine", ["1", "1", "1"], "0"], [4, 5, 1], [2, 1])]
        value = self.architecture(program, [("s", 6, 2)], [("x", [2], ["-3", "3"])], [("w", [2], NARROW)])
        witness = self.check(value, 1, {"x": [-2, 3]}, [[10, 20]], {"s": [64 + 256 + 10, 729 + 6561 + 20]})
        own = [n for n in witness.network.nodes if n.kind == "cells" and n["terms"] and witness.kind[n["terms"][0][0]].kind == ("plain",)]
        # Of b in c, and once of b in d.
        self.assertEqual(([n.total for n in own], max(witness.compiler.degrees)), ([2, 2], 4))


if __name__ == "__main__":
    unittest.main()
