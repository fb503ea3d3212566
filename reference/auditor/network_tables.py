"""Rows by number, orders of rows and tree ensembles inside networks: cells that are read from committed tables with public row numbers
(`Docs/Protocol.md`, 7.6, committed tables).

A table is (name, pieces, rows): row i of piece f has the key f 2^b + i, b the bits of the rows; a component of a piece is ("column", number),
("parameter", number) or ("constant", integer).
"""

from .errors import require
from .expressions import Extent, Expression, log2_ceil
from .schema import Range

MAXIMUM_ENTRIES = 1 << 27
WIDEST_ROW, WIDEST_LEAF = 16, 256
STAY = 7                                                              # the test of a step that stays where it is
STEP = ("key", "move", "test", "feature", "threshold", "delta", "cell", "value", "isLess", "isEqual", "tracksTrue", "isMissing")
READ_BY_EQUATIONS = ("key", "move", "feature", "delta", "cell")


class CommittedTables:
    """What `NetworkCompiler` does for operators that read tables."""

    # Parts.

    def few(self, name, *sizes):
        """Refuses what would have more entries than a network may have."""
        out = 1
        for size in sizes:
            out *= size
        require(out <= MAXIMUM_ENTRIES, f"{self.prefix}.{name}: too many entries")

    def narrow(self, name, bits, most):
        require(bits <= most, f"{self.prefix}.{name}: {bits} bits are too wide")

    def column_node(self, name, column, offset, count, copies):
        """A node that is one committed column, from `offset` on."""
        return self.add("cells", name, count, copies, terms=[(column, offset, 1)], constant=0)

    def duplicate(self, name, node):
        """Cells that equal a node, entry by entry."""
        own = self.nodes[node]
        column, offset = self.cells(("plain",), 1, own.total)
        copy = self.column_node(name, column, offset, own.count, own.copies)
        self.equal(name, [(1, node), (-1, copy)])
        return copy

    def hold(self, name, node, rows, width):
        """Commits the entries [rows, width] of a node of one copy, a column for each entry of a row; the number of the first."""
        first, _ = self.cells(("held", len(self.kinds), width), width, rows)
        columns = [self.column_node(f"{name}.{k}", first + k, 0, rows, 1) for k in range(width)]
        everything = columns[0] if width == 1 else self.add("concatenate", f"{name}.all", rows * width, 1, operands=columns, rows=rows)
        self.equal(name, [(1, node), (-1, everything)])
        return first

    def new_table(self, name, pieces, rows):
        self.tables.append((name, pieces, rows))
        return len(self.tables) - 1

    def read(self, name, key, table):
        """A node for each component of the rows of a table of one piece that a node's entries number."""
        own, width = self.nodes[key], len(self.tables[table][1][0])
        first, offset = self.cells(("reading", table, width), 1 + width, own.total)
        self.equal(f"{name}.key", [(1, key), (-1, self.column_node(f"{name}.key", first, offset, own.count, own.copies))])
        return [self.column_node(f"{name}.read{k}", first + 1 + k, offset, own.count, own.copies) for k in range(width)]

    def turned(self, name, node, width):
        """(node, bits r): entry j of sample i at j 2^r + i, 0 in the padding; samples of all rows of the claim, in one copy."""
        own = self.nodes[node]
        samples = own.total // width
        bits = log2_ceil(samples)
        self.few(name, width, 1 << bits)
        if own.copies == 1 and samples == 1:
            return node, 0
        places = [i * width + j if i < samples else -1 for j in range(width) for i in range(1 << bits)]
        return self.add("gather", f"{name}.turned", len(places), 1, operand=node, positions=places, fill=0), bits

    def sample_numbers(self, name, copies, samples, width):
        """The number of its sample at every entry of [copies, samples of a copy, width]."""
        self.few(name, copies, samples, width)
        return self.add("known", name, samples * width, copies, values=[i for i in range(copies * samples) for _ in range(width)])

    def magnitude_bits(self, operand):
        """Bits of the greatest absolute value of a program node."""
        return self.bounds[operand].values.magnitude.bit_length()

    # Rows by number.

    def _row_lookup(self, number, node, operands):
        """(index, row) is a row of the table; rows of many columns entry by entry; of a table that depends on the rows, copy by copy."""
        (index, table), source = operands, self.program.nodes[node.operands[1]]
        flat = source.columns > WIDEST_ROW
        width, rows = (1, source.count) if flat else (source.columns, source.rows)
        everything, count, own = self.copies(operands), self.nodes[index].count, self.nodes[table].copies
        self.few(node.name, everything, count, source.columns)
        copy_bits = log2_ceil(own)
        self.narrow(node.name, self.magnitude_bits(node.operands[0]) + (log2_ceil(source.columns) if flat else 0) + copy_bits, 61)
        if (table, width) not in self.row_tables:
            self.row_tables[table, width] = self.row_table(f"{node.name}.table", table, rows, width)
        key, size = index, count
        if flat:
            size = count * source.columns
            repeated = self.add("gather", f"{node.name}.repeated", size, self.nodes[index].copies, operand=index,
                                positions=[i for i in range(count) for _ in range(source.columns)], fill=0)
            columns = self.add("known", f"{node.name}.columns", size, 1, values=[c for _ in range(count) for c in range(source.columns)])
            key = self.affine(f"{node.name}.entry", [(source.columns, repeated), (1, columns)], 0, size, self.nodes[index].copies)
        if own > 1:
            numbers = self.sample_numbers(f"{node.name}.copy", everything, 1, size)
            key = self.affine(f"{node.name}.place", [(1 << copy_bits, key), (1, numbers)], 0, size, everything)
        parts = self.read(node.name, key, self.row_tables[table, width])
        if len(parts) == 1:
            return parts[0]
        return self.add("concatenate", f"{node.name}.rows", count * source.columns, everything, operands=parts, rows=count)

    def row_table(self, name, table, rows, width):
        """Row i; of a table with a copy for each of 2^c rows of the claim row i of copy b at i 2^c + b."""
        own = self.nodes[table]
        if own.copies == 1:
            if width == 1 and own.kind == "parameter" and len(self.architecture.parameters[own["parameter"]].dimensions) == 1:
                return self.new_table(name, [[("parameter", own["parameter"])]], rows)
            source = table
        else:
            bits = log2_ceil(own.copies)
            self.few(name, rows, 1 << bits, width)
            places = [b * own.count + i * width + c if b < own.copies else -1 for i in range(rows) for b in range(1 << bits) for c in range(width)]
            source, rows = self.add("gather", f"{name}.turned", len(places), 1, operand=table, positions=places, fill=0), rows << bits
        first = self.hold(name, source, rows, width)
        return self.new_table(name, [[("column", first + c) for c in range(width)]], rows)

    # Orders.

    def _row_order(self, number, node, operands):
        """Places j_0, j_1, ... of a row's entries v, each read at its place, (v, j) strictly in order: as many as there are, so all of them."""
        (operand,), source = operands, self.program.nodes[node.operands[0]]
        own, rows, columns = self.nodes[operand], source.rows, source.columns
        if columns == 1:
            return self.add("known", node.name, rows, own.copies, values=[0] * own.total) if node["places"] else operand
        kappa, interval = log2_ceil(columns), self.bounds[node.operands[0]].values
        entries, sample_bits = self.turned(f"{node.name}.entries", operand, columns)
        bits = interval.bits + kappa
        self.narrow(node.name, max(bits, kappa + sample_bits), 60)
        first = self.hold(f"{node.name}.entries", entries, columns << sample_bits, 1)
        table = self.new_table(f"{node.name}.entries", [[("column", first)]], columns << sample_bits)
        places = self.value(f"{node.name}.columns", self.limbs(node.name, kappa, 0, own.total), own.count, own.copies)
        numbers = self.sample_numbers(f"{node.name}.samples", own.copies, rows, columns)
        key = self.affine(f"{node.name}.place", [(1 << sample_bits, places), (1, numbers)], 0, own.count, own.copies)
        values, = self.read(node.name, key, table)

        def pick(what, source, start, width):
            return self.add("gather", f"{node.name}.{what}", rows * width, own.copies, operand=source, fill=0,
                            positions=[i * columns + start + k for i in range(rows) for k in range(width)])
        unit = (1 if node["descending"] else -1) << kappa
        terms = [(unit, pick("value", values, 0, columns - 1)), (-unit, pick("nextValue", values, 1, columns - 1)),
                 (-1, pick("column", places, 0, columns - 1)), (1, pick("nextColumn", places, 1, columns - 1))]
        self.bound(f"{node.name}.order", self.affine(f"{node.name}.gap", terms, -1, rows * (columns - 1), own.copies), bits)
        return pick("first", places if node["places"] else values, 0, node["count"])

    # Trees.

    def _tree_ensemble(self, number, node, operands):
        """Paths of one length from the roots, each step to a child or nowhere, to nodes with test 0."""
        (x, nodes, leaves), count, paths = operands, self.program.nodes[node.operands[1]].rows, node.rows
        require(self.nodes[nodes].copies == self.nodes[leaves].copies == 1, f"{node.name}: trees that depend on the rows")
        require(node.columns <= WIDEST_LEAF, f"{node.name}: more than {WIDEST_LEAF} values of a leaf")
        copies, outputs, depth = self.nodes[x].copies, node.columns, node["depth"]
        self.few(node.name, copies, paths, max(1, depth), 8)
        self.few(node.name, copies, paths, outputs)
        self.few(node.name, count, 6)
        # Children less their parent's number: staying is 0.
        numbers = self.add("known", f"{node.name}.numbers", 6 * count, 1, values=[v for i in range(count) for v in (0, 0, 0, i, i, 0)])
        relative = self.affine(f"{node.name}.relative", [(1, nodes), (-1, numbers)], 0, 6 * count, 1)
        held = self.hold(f"{node.name}.nodes", relative, count, 6)
        leaf = self.hold(f"{node.name}.leaves", leaves, count, outputs)
        table = self.new_table(f"{node.name}.leaves", [[("column", held)] + [("column", leaf + k) for k in range(outputs)]], count)
        if depth == 0:
            last = self.add("known", f"{node.name}.last", paths, copies, values=[i % node["trees"] for _ in range(copies) for i in range(paths)])
        else:
            last = self.walk(node, x, held, count)
        test, *values = self.read(f"{node.name}.leaf", last, table)
        self.equal(f"{node.name}.end", [(1, test)])
        return values[0] if outputs == 1 else self.add("concatenate", node.name, paths * outputs, copies, operands=values, rows=paths)

    def walk(self, node, x, held, count):
        """The nodes at the ends of the paths; the cells of every step are looked up in `look_up_steps`."""
        copies, paths, depth, trees = self.nodes[x].copies, node.rows, node["depth"], node["trees"]
        features, steps = self.program.nodes[node.operands[0]].columns, node.rows * node["depth"]
        entries, sample_bits = self.turned(f"{node.name}.features", x, features)
        key_bits, nodes = log2_ceil(count), self.magnitude_bits(node.operands[1])
        bits = max(1, self.magnitude_bits(node.operands[0]), nodes) + 1
        self.narrow(node.name, max(bits, nodes + sample_bits, key_bits + 2), 59)
        total = features << sample_bits
        parts = [("column", self.hold(f"{node.name}.features", entries, total, 1))]
        missing = node["missing"] is not None
        if missing:
            flags, _ = self.turned(f"{node.name}.missing", self.is_equal(f"{node.name}.missing", x, node["missing"], node.operands[0]), features)
            parts.append(("column", self.hold(f"{node.name}.missing", flags, total, 1)))
        feature_table = self.new_table(f"{node.name}.features", [parts], total)

        def piece(move, child):
            own = [("column", held + k) for k in ((0, 1, 2, 5, child) if missing else (0, 1, 2, child))]
            return [("constant", move), *own]
        stay = [("constant", v) for v in (2, STAY, 0, 0, 0, *([0] if missing else []))]
        node_table = self.new_table(f"{node.name}.nodes", [piece(0, 4), piece(1, 3), stay], count)
        limbs = self.split(bits)
        names = step_columns(missing)
        first, offset = self.cells(("steps", node_table, feature_table, missing, *limbs), len(names) + len(limbs) - 1, copies * steps)
        self.unread.update(first + k for k in range(len(names) + len(limbs) - 1) if k >= len(names) or names[k] not in READ_BY_EQUATIONS)

        def part(name):
            return self.column_node(f"{node.name}.{name}", first + names.index(name), offset, steps, copies)
        here = self.affine(f"{node.name}.here", [(1, part("key")), (-(1 << key_bits), part("move"))], 0, steps, copies)
        following = self.affine(f"{node.name}.next", [(1, here), (1, part("delta"))], 0, steps, copies)
        before = self.add("gather", f"{node.name}.before", steps, copies, operand=following,
                          positions=[-1 if i % depth == 0 else i - 1 for i in range(steps)], fill=0)
        roots = self.add("known", f"{node.name}.roots", steps, 1, values=[i // depth % trees if i % depth == 0 else 0 for i in range(steps)])
        self.equal(f"{node.name}.path", [(1, here), (-1, self.affine(f"{node.name}.expected", [(1, before), (1, roots)], 0, steps, copies))])
        samples = self.sample_numbers(f"{node.name}.samples", copies, paths // trees, trees * depth)
        self.equal(f"{node.name}.cell", [(1, part("cell")), (-(1 << sample_bits), part("feature")), (-1, samples)])
        return self.add("gather", f"{node.name}.last", paths, copies, operand=following,
                        positions=[i * depth + depth - 1 for i in range(paths)], fill=0)

    def is_equal(self, name, x, value, operand):
        """[x = value] = [x >= value] + [value >= x] - 1, entry by entry; a term that the range makes 1 is left out."""
        own, interval = self.nodes[x], self.bounds[operand].values
        require(abs(value) < 1 << 60, f"{self.prefix}.{name}: the missing value is too large")
        if not interval.contains(value):
            return self.add("known", name, own.count, own.copies, values=[0] * own.total)
        terms, above = [], Range(interval.lower - value, interval.upper - value)
        for what, factor, own_range, needed in (("above", 1, above, value != interval.lower),
                                                ("below", -1, Range(-above.upper, -above.lower), value != interval.upper)):
            if needed:
                moved = self.like(f"{name}.{what}", [(factor, x)], -factor * value, x)
                terms.append((1, self.sign(f"{name}.{what}.sign", self.signed(f"{name}.{what}", moved, own_range), moved)))
        return self.affine(name, terms, 1 - len(terms), own.count, own.copies)


def step_columns(missing):
    """Columns of the cells of a step before the limbs of the distance."""
    return STEP if missing else STEP[:-2]


def rules(missing):
    """(test, isLess, isEqual, move), or (test, tracksTrue, isMissing, isLess, isEqual, move): every move that a node allows."""
    out = []
    for less, equal in ((1, 0), (0, 1), (0, 0)):
        holds = (less or equal, less, 1 - less, 1 - (less or equal), equal, 1 - equal)
        for test, true in enumerate(holds, 1):
            if not missing:
                out.append((test, less, equal, true))
                continue
            for tracks in (0, 1):
                out += [(test, tracks, 0, less, equal, true), (test, tracks, 1, less, equal, tracks)]
        out += [(STAY, 0, m, less, equal, 2) for m in (0, 1)] if missing else [(STAY, less, equal, 2)]
    return out


def add_tables(builder, cells, references, tables, made, prefix, model):
    """Tables that a kind of cells is looked up in and that are not in the relation yet, over columns that are; `made` by number."""
    kind, *own = cells.kind
    for number in own[:1] if kind == "reading" else own[:2] if kind == "steps" else ():
        if number in made:
            continue
        name, pieces, rows = tables[number]

        def component(what, x):
            if what == "constant":
                return Expression(x)
            return Expression.of(references[x] if what == "column" else (model, f"w{x}", ()))
        made[number] = builder.numbered_table(f"{prefix}.{name}", [[component(*c) for c in piece] for piece in pieces], Extent(rows))


def look_up_steps(builder, kind, columns, rows, made):
    """A step is a row of the nodes, its value one of the features', its move one that the rules allow; limbs tell how value and threshold
    compare: with |d| <= 2^k, d + (2^k + 1) isLess + isEqual - 1 is in [0, 2^k), and 0 where isEqual."""
    node_table, feature_table, missing, *limbs = kind[1:]
    part = dict(zip(step_columns(missing), columns))
    higher = columns[len(part):]

    def several(*names):
        return [part[n] for n in names if n in part]
    builder.lookup(made[node_table], several("key", "move", "test", "feature", "threshold", "tracksTrue", "delta"), rows)
    builder.lookup(made[feature_table], several("cell", "value", "isMissing"), rows)
    table = builder.function_table("rules", ("rules", missing), lambda: rules(missing))
    builder.lookup(table, several("test", "tracksTrue", "isMissing", "isLess", "isEqual", "move"), rows)
    lowest = part["value"].plus(part["threshold"], -1).plus(part["isLess"], (1 << sum(limbs)) + 1).plus(part["isEqual"]).plus(-1)
    shift = limbs[0]
    for width, limb in zip(limbs[1:], higher):
        lowest = lowest.plus(limb, -(1 << shift))
        shift += width
    for width, limb in zip(limbs, [lowest, *higher]):
        side = builder.function_table(f"side{width}", ("side", width), lambda width=width: [(0, v) for v in range(1 << width)] + [(1, 0)])
        builder.lookup(side, [part["isEqual"], limb], rows)
