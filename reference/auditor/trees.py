"""Tree ensembles: what is public of one, the program that it stands for, and the paths of rows through its committed nodes.

Nodes are rows of a committed table (variant, threshold, child, leaf, value.0, ...); node t is the root of tree t.  A row whose value x of
the node's variant is at most (`atLeast`: at least) the threshold goes to `child`, the others to `child` + 1; a leaf is its own child, with a
threshold that sends every row first.  Variants: the feature columns, twice where cells may be missing (missing goes first, goes second).
The outputs are sums of leaf values over the trees; then
  binary      class `positive` where the sum is at least 0, else the other
  classes     the class of the largest sum, ties to the lowest index
  regression  floor(sum / 2^shift + 1/2)
"""

from .errors import Rejection, require
from .expressions import Expression, Extent
from .json_text import elements, fields, integer, text
from .program import LIMIT, Bounds, Program, checked
from .schema import Range, Schema

KEYS = ("schema", "features", "target", "task", "comparison", "trees", "depth", "nodes", "values")


class TreeArchitecture:
    def __init__(self, value):
        """From the entry `architecture` of a model's format in a manifest."""
        schema, names, target, task, comparison, trees, depth, nodes, values = fields(value, KEYS, "architecture")
        self.schema = Schema.read(schema)
        names = [text(x, "features") for x in elements(names, "features")]
        require(names and len(set(names)) == len(names), "a feature column is listed twice, or none is")
        chosen = {name: self.schema.column(name) for name in names}
        self.features = [c for c in self.schema.columns if c.name in chosen]
        require([c.name for c in self.features] == names, "feature columns must be in the order of the schema")
        self.target = text(target, "target")
        require(comparison in ("atMost", "atLeast"), "comparison must be atMost or atLeast")
        self.comparison = comparison
        self.trees = integer(trees, "trees", 1, 1 << 16)
        self.depth = integer(depth, "depth", 1, 64)
        self.node_count = integer(nodes, "nodes", self.trees, 1 << 24)
        self.values = Range.read(values, "values")
        require(self.values.magnitude < 1 << 48 and self.values.contains(0), "leaf values need a range below 2^48 with 0 in it")
        self.read_task(task)
        self.range = self.features[0].range
        for c in self.features[1:]:
            self.range = self.range.hull(c.range)
        require(self.range.magnitude < 1 << 60 and self.range.bits <= 58, "features are too wide")
        self.thresholds = Range(self.range.lower - 1, self.range.upper + 1)
        self.leaf_threshold = self.thresholds.upper if comparison == "atMost" else self.thresholds.lower
        self.program(1).analyse()

    def read_task(self, task):
        require(self.target not in [c.name for c in self.features], f"the target {self.target!r} is a feature")
        target = self.schema.column(self.target)
        require(target.missing == "refuse", f"the target {self.target!r} may be missing")
        self.task, self.classes = task.get("type") if isinstance(task, dict) else None, None
        if self.task == "binary":
            _, positive = fields(task, ("type", "positive"), "task")
            require(target.kind == "category" and len(target.categories) == 2, "a binary model needs a target of two classes")
            require(positive in target.categories, "the positive class must be a category of the target")
            self.positive, self.classes, self.outputs = target.categories.index(positive), 2, 1
        elif self.task == "classes":
            fields(task, ("type",), "task")
            require(target.kind == "category" and len(target.categories) <= 1_024, "a classifier needs a target of at most 1024 classes")
            self.classes = self.outputs = len(target.categories)
        elif self.task == "regression":
            _, shift = fields(task, ("type", "shift"), "task")
            require(target.kind in ("integer", "decimal"), "a regression needs a numeric target")
            self.shift, self.outputs = integer(shift, "shift", 0, 48), 1
        else:
            raise Rejection("unknown task of the model")

    def canonical(self):
        """What the identity of a model binds."""
        number = {"binary": lambda: self.positive, "classes": lambda: self.classes, "regression": lambda: self.shift}[self.task]()
        return {"schema": self.schema.canonical(), "features": [c.name for c in self.features], "target": self.target,
                "task": [self.task, number], "comparison": self.comparison, "trees": self.trees, "depth": self.depth,
                "nodes": self.node_count, "values": self.values.canonical()}

    def variants(self):
        """[(column, where missing cells go: first, or None)]"""
        return [(c, first) for c in self.features for first in ([True, False] if c.missing == "presence" else [None])]

    def node_columns(self):
        """[(name, interval)] of the committed table of nodes."""
        own = [("variant", Range(0, len(self.variants()) - 1)), ("threshold", self.thresholds), ("child", Range(0, self.node_count - 1)),
               ("leaf", Range(0, 1))]
        return own + [(f"value.{k}", self.values) for k in range(self.outputs)]

    def accepts(self, schema):
        """Whether a table of this schema has every feature column with the same meaning."""
        return all(c.name in schema.by_name and schema.by_name[c.name].means() == c.means() for c in self.features)

    def program(self, rows):
        """Batch inference over stored columns; inputs named ("column", name, part) and ("node", name)."""
        p, parts = Program(), []
        nodes = [p.input(f"node({name})", ("node", name), interval, self.node_count) for name, interval in self.node_columns()]
        for c in self.features:
            value = p.input(f"value({c.name})", ("column", c.name, "value"), c.range, rows)
            if c.missing != "presence":
                parts.append(value)
                continue
            presence = p.input(f"presence({c.name})", ("column", c.name, "presence"), Range(0, 1), rows)
            for first in (True, False):
                low = first == (self.comparison == "atMost")
                step = (self.thresholds.lower if low else self.thresholds.upper) - c.range.lower
                parts.append(p.affine(f"{'first' if first else 'second'}({c.name})", [(1, value), (-step, presence)], step))
        features = parts[0] if len(parts) == 1 else p.concatenate("features", parts)
        paths = p.add("paths", "tree-paths", [*nodes[:3], features], self.depth + 1, self.trees * rows, trees=self.trees, depth=self.depth,
                      comparison=self.comparison)
        values = nodes[4] if self.outputs == 1 else p.concatenate("values", nodes[4:])
        score = p.add("score", "tree-leaves", [paths, nodes[3], values], self.outputs, rows, trees=self.trees)
        p.outputs["score"] = score
        if self.task == "binary":
            prediction = p.compare("is-positive", score, 0)
            if self.positive == 0:
                prediction = p.affine("prediction", [(-1, prediction)], 1)
        elif self.task == "classes":
            prediction = p.argmax("prediction", score)
        else:
            prediction = p.round("prediction", score, self.shift) if self.shift else score
        p.outputs["prediction"] = prediction
        return p


def comparison_bits(thresholds, features):
    """k with 2^k > |threshold - x|."""
    return max(1, thresholds.hull(features).bits)


def paths_rule(program, node, operands):
    """The interval analysis of paths: threshold - x + second 2^k, |second| at most the number of nodes."""
    count = program.nodes[node.operands[0]].rows
    require(Range(0, program.nodes[node.operands[3]].columns - 1).holds(operands[0].values), "a node's variant can leave the features")
    require(Range(0, count - 1).holds(operands[2].values), "a node's child can leave the nodes")
    threshold, x = operands[1].values, operands[3].values
    wide = count << comparison_bits(threshold, x)
    most = max(abs(threshold.lower - x.upper), abs(threshold.upper - x.lower))
    require(most + wide < LIMIT, f"node {node.name}: threshold - x + second 2^k could reach 2^62 and wrap around")
    return Bounds([("any", node.columns, Range(0, count - 1))])


def leaves_rule(program, node, operands):
    values, trees = operands[2].values, node["trees"]
    return Bounds([("any", node.columns, checked(values.lower * trees, values.upper * trees, node, "the sum of leaf values"))])


def public_grid(builder, name, bits, value):
    """A committed column that equals a public number in every cell of 2^bits."""
    require(bits <= 26, f"{name}: too many public numbers")
    column = Expression.of(builder.column(name, bits))
    builder.equal(Extent(1 << bits, bits), column, [value(i) for i in range(1 << bits)])
    return column


def tree_paths(builder, label, nodes, node_rows, features, trees, rows, depth, comparison, bits, root):
    """n_{l+1} from n_l: (n, variant, threshold, child) is a row of the nodes, (variant 2^r + row, x) of the cells, and +-(threshold - x) +
    second 2^k is in [0, 2^k), second = n_{l+1} - child.  Returns the nodes on the paths and `second`, level by level."""
    size, grid = trees.bits + rows.bits, [trees, rows]
    node_table = builder.numbered_table(f"{label}.nodes", [nodes], node_rows)
    cells = builder.numbered_table(f"{label}.cells", [[x] for x in features], rows)
    numbers = public_grid(builder, f"{label}.row", size, lambda i: i & ((1 << rows.bits) - 1))
    current = Expression(root) if root is not None else public_grid(builder, f"{label}.root", size, lambda i: i >> rows.bits)
    steps, seconds = [current], []
    for level in range(depth):
        own = f"{label}.{level}"
        variant, threshold, child, x, following = (
            Expression.of(builder.column(f"{own}.{part}", size)) for part in ("variant", "threshold", "child", "x", "next"))
        builder.lookup_grid(node_table, [current, variant, threshold, child], grid)
        builder.lookup_grid(cells, [numbers.plus(variant, 1 << rows.bits), x], grid)
        second = following.plus(child, -1)
        distance = threshold.plus(x, -1).times(1 if comparison == "atMost" else -1)
        builder.bits_grid(f"{own}.side", distance.plus(second, 1 << bits), bits, grid)
        current = following
        steps.append(current)
        seconds.append(second)
    return steps, seconds


def compile_paths(operators, number, node, operands):
    (variant, nodes), (threshold, _), (child, _) = ((c[0], rows) for c, rows in map(operators.columns, operands[:3]))
    features, rows = operators.columns(operands[3])
    bits = comparison_bits(operators.bounds[node.operands[1]].values, operators.bounds[node.operands[3]].values)
    trees = Extent(node["trees"])
    steps, _ = tree_paths(operators.builder, operators.label(node), [variant, threshold, child], nodes, features, trees, rows, node["depth"],
                          node["comparison"], bits, 0 if node["trees"] == 1 else None)
    return "paths", steps, trees, rows


def compile_leaves(operators, number, node, operands):
    """(last node, 1, values) is a row of the leaves; the outputs are sums over the trees."""
    _, steps, trees, rows = operands[0]
    (flag,), nodes = operators.columns(operands[1])
    values, _ = operators.columns(operands[2])
    builder, label, size = operators.builder, operators.label(node), trees.bits + rows.bits
    table = builder.numbered_table(f"{label}.nodes", [[flag, *values]], nodes)
    own = [builder.column(f"{label}.value.{k}", size) for k in range(len(values))]
    builder.lookup_grid(table, [steps[-1], Expression(1), *map(Expression.of, own)], [trees, rows])
    if trees.count == 1:
        return "columns", [Expression.of(x) for x in own], rows
    sums = []
    for k, reference in enumerate(own):
        total = operators.committed(node, k, rows)
        parts = [(1, Expression.of((*reference[:2], tuple(t >> (trees.bits - 1 - i) & 1 for i in range(trees.bits))))) for t in range(trees.count)]
        builder.equal(rows, Expression.sum([*parts, (-1, total)]))
        sums.append(total)
    return "columns", sums, rows


def well_formed(artefact, model, builder, prefix):
    """Columns in their ranges; inner nodes: threshold short of the leaves', number + 1 <= child <= N - 2; leaves: that threshold, child = number."""
    label, rows = f"{prefix}.{artefact.name}", Extent(model.node_count)
    column = {name: Expression.of((artefact.name, name, ())) for name, _ in model.node_columns()}
    for name, interval in model.node_columns():
        if name not in ("threshold", "child"):
            builder.interval(f"{label}.{name}", column[name], interval, rows)
    leaf, threshold, child = column["leaf"], column["threshold"], column["child"]
    ends = model.thresholds
    distance = Expression(ends.upper).plus(threshold, -1) if model.comparison == "atMost" else threshold.plus(-ends.lower)
    span = ends.upper - ends.lower
    builder.bits(f"{label}.threshold.side", distance.plus(leaf).plus(-1), span.bit_length(), rows)
    builder.bits(f"{label}.threshold.end", Expression(span).plus(leaf, -span).plus(distance, -1), span.bit_length(), rows)
    number = Expression.of(builder.column(f"{label}.number", rows.bits))
    builder.equal(rows, number, list(range(model.node_count)))
    step, size = child.plus(number, -1), model.node_count
    builder.bits(f"{label}.child.after", step.plus(leaf).plus(-1), size.bit_length(), rows)
    builder.bits(f"{label}.child.within", Expression(size - 2).plus(child, -1).plus(leaf), size.bit_length(), rows)
    builder.bits(f"{label}.child.self", Expression(size).plus(leaf, -size).plus(step, -1), size.bit_length(), rows)
