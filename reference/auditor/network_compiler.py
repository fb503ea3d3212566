"""From a network's program to a graph over the rows of a claim, with committed cells for what is not linear (`Docs/Protocol.md`, 7.6).

Nodes are flat tensors of copies * count entries, copies = the rows of the claim, or 1 for what depends on hidden tensors and constants alone:
  parameter(number)  known(values)  columns(references)  cells([(column, offset, coefficient)], constant)
  gather(operand, positions, fill)  affine([(coefficient, node)], constant)  concatenate(operands, rows)
  public-product(operand, matrix, inner, columns)  matrices(left, right, sizes, batched)  convolution(left, right, geometry)
Digits of an integer are ("limbs", [(column, offset, shift)], lower, bits), ("sign", column, offset, [widths]) or ("table", column, offset, key).
Operators that read committed tables are in `network_tables`.
"""

from .errors import require
from .expressions import Extent, Expression, log2_ceil
from .network_program import Node, half_unit, is_positive_part, product, read_table, table_values
from .network_tables import CommittedTables, look_up_steps
from .program import key_bits
from .schema import Range

MAXIMUM_ENTRIES, MAXIMUM_CELLS, MAXIMUM_DEGREE = 1 << 27, 1 << 28, 4
NON_LINEAR = ("rescale", "requantise", "table", "row-maximum", "argmax", "compare-greater-or-equal")


class GraphNode:
    def __init__(self, kind, name, count, copies, parameters):
        self.kind, self.name, self.count, self.copies, self.parameters = kind, name, count, copies, parameters
        self.total = count * copies

    def __getitem__(self, key):
        return self.parameters[key]

    def dimensions(self):
        """Of a product's result; of any other node all its entries."""
        if self.kind == "matrices":
            batch, rows, _, columns = self["sizes"]
            return [self.copies, batch, rows, columns]
        if self.kind == "convolution":
            g = self["geometry"]
            return [self.copies * g.batch, g.groups, g.outputs // g.groups, g.output_count]
        return [self.total]

    def operand_dimensions(self, side):
        """Dimensions in which a product's claim on an operand without copies is in product form; none for a convolution's input."""
        if self.kind == "convolution":
            g = self["geometry"]
            return [] if side == "left" else [g.groups, g.outputs // g.groups, g.depth, g.kernel_count]
        batch, rows, inner, columns = self["sizes"]
        return [batch if self["batched"][side == "right"] else 1] + ([rows, inner] if side == "left" else [inner, columns])


class Cells:
    """A kind of cells: its columns, and lookups over all entries of that kind."""

    def __init__(self, kind, first, width):
        self.kind, self.first, self.width, self.count = kind, first, width, 0


class Network:
    """A compiled inference: what the reduction is about."""

    def __init__(self, compiler, columns, architecture, model):
        self.nodes, self.equations, self.permutations = compiler.nodes, compiler.equations, compiler.permutations
        self.columns, self.parameters = columns, [(model, f"w{i}", ()) for i in range(len(architecture.parameters))]
        self.shapes, self.unread = architecture.parameters, compiler.unread
        self.point_bits = max((sum(log2_ceil(d) for d in e[2]) for e in self.equations), default=0)
        self.point_variables = max([self.point_bits + len(self.equations)] + [log2_ceil(n.total) + 8 for n in self.nodes])


class NetworkCompiler(CommittedTables):
    def __init__(self, claim, architecture, prefix, resolve):
        """resolve(what, table, columns, range): references of the stored columns."""
        self.claim, self.architecture, self.prefix, self.resolve = claim, architecture, prefix, resolve
        self.program, self.bounds = architecture.program, architecture.program.bounds
        self.nodes, self.products, self.equations, self.kinds, self.column_count, self.degrees = [], [], [], {}, 0, []
        self.permutations, self.fused, self.values = {}, {}, []
        # Committed tables; those of rows by (node, width); columns that lookups alone read.
        self.tables, self.row_tables, self.unread = [], {}, set()
        self.readers = [[] for _ in self.program.nodes]
        for node in self.program.nodes:
            for operand in node.operands:
                self.readers[operand].append(node)
        entries = claim.rows * sum(self.limited(n) for n in self.program.nodes)
        require(entries <= MAXIMUM_CELLS, f"{claim.rows} rows of a network are too many")
        self.limb_bits = min(16, max(8, log2_ceil(entries) - 3))

    def limited(self, node):
        """Entries of a node that decide how wide limbs are."""
        if node.kind == "row-order":
            return self.program.nodes[node.operands[0]].count
        return node.rows * node["depth"] if node.kind == "tree-ensemble" else node.count if node.kind in NON_LINEAR else 0

    def compile(self):
        for number, node in enumerate(self.program.nodes):
            operands = [self.values[i] for i in node.operands]
            self.values.append(getattr(self, "_" + node.kind.replace("-", "_"))(number, node, operands))
        declared = {x.name for x in self.architecture.outputs}
        for name, target in self.claim.outputs.items():
            require(name in declared, f"the network has no output {name}")
            self.bind(name, self.values[self.program.outputs[name]], target)
        free = self.in_product_form()
        require(sum(n.total for i, n in enumerate(self.nodes) if i not in free) <= MAXIMUM_ENTRIES, "a network's tensors have too many entries")
        require(max(self.degrees) <= MAXIMUM_DEGREE, "uncommitted values of a degree above 4")

    def in_product_form(self):
        """Hidden tensors that products in the tensor's own dimensions alone read: nobody writes out weights of theirs."""
        out = {i for i, n in enumerate(self.nodes) if n.kind == "parameter"}
        for node in self.nodes:
            if node.kind not in ("matrices", "convolution"):
                out -= {node[k] for k in ("operand",) if k in node.parameters} | set(node.parameters.get("operands", ()))
                out -= {x for _, x in node["terms"]} if node.kind == "affine" else set()
                continue
            for side in ("left", "right"):
                own = self.nodes[node[side]]
                if own.kind == "parameter":
                    wanted = [d for d in self.architecture.parameters[own["parameter"]].dimensions if d != 1]
                    if [d for d in node.operand_dimensions(side) if d != 1] != wanted:
                        out.discard(node[side])
        return out - {x for terms, _, _ in self.equations for _, x in terms}

    # Parts.

    def add(self, kind, name, count, copies, **parameters):
        if kind in ("matrices", "convolution"):
            parameters["left"], parameters["right"] = self.lowered(name, parameters["left"], parameters["right"])
        node, number = GraphNode(kind, name, count, copies, parameters), len(self.nodes)
        self.nodes.append(node)
        own, degree = None, 1
        if kind in ("matrices", "convolution"):
            own, degree = number, sum(self.degrees[x] for x in (node["left"], node["right"]))
        elif kind == "affine":
            # The product that the first operand of the same size comes from.
            own = next((self.products[x] for _, x in node["terms"] if self.nodes[x].total == node.total and self.products[x] is not None), None)
            degree = max((self.degrees[x] for _, x in node["terms"]), default=0)
        elif kind in ("gather", "public-product"):
            degree = self.degrees[node["operand"]]
        elif kind == "concatenate":
            degree = max(self.degrees[x] for x in node["operands"])
        elif kind == "known":
            degree = 0
        self.products.append(own)
        self.degrees.append(degree)
        return number

    def lowered(self, name, left, right):
        """Operands whose degrees add up to no more than a product may have: copies in cells in place of others."""
        while self.degrees[left] + self.degrees[right] > MAXIMUM_DEGREE:
            larger = left if self.degrees[left] >= self.degrees[right] else right
            copy = self.duplicate(f"{name}.{larger}", larger)
            left, right = copy if left == larger else left, copy if right == larger else right
        return left, right

    def affine(self, name, terms, constant, count, copies):
        return self.add("affine", name, count, copies, terms=terms, constant=constant)

    def like(self, name, terms, constant, node):
        """An affine combination with the entries of a node."""
        return self.affine(name, terms, constant, self.nodes[node].count, self.nodes[node].copies)

    def copies(self, operands):
        return max([1] + [self.nodes[x].copies for x in operands])

    def equal(self, name, terms, constant=0):
        """sum of coefficient node + constant = 0, at a point in the dimensions of the product that the first node comes from."""
        source = self.products[terms[0][1]]
        node = self.nodes[terms[0][1] if source is None else source]
        self.equations.append((terms, constant, node.dimensions() if source is not None else [node.total]))

    def cells(self, kind, width, total):
        """(first column, offset) of `total` new entries of a kind."""
        if kind not in self.kinds:
            self.kinds[kind] = Cells(kind, self.column_count, width)
            self.column_count += width
        own = self.kinds[kind]
        own.count += total
        return own.first, own.count - total

    def split(self, bits):
        """Nearly equal widths of at most `limb_bits`, the larger first."""
        count = max(1, -(-bits // self.limb_bits))
        return [bits // count + (i < bits % count) for i in range(count)]

    def limbs(self, name, bits, lower, total):
        require(bits <= 61, f"{self.prefix}.{name}: {bits} bits are too wide")
        out, shift = [], 0
        for width in self.split(bits) if bits else ():
            out.append((*self.cells(("limb", width), 1, total), shift))
            shift += width
        return "limbs", out, lower, bits

    def sign_digits(self, bits, total):
        widths = self.split(max(2, bits))
        first, offset = self.cells(("sign", *widths), 1 + 2 * len(widths), total)
        return "sign", first, offset, widths

    def table_digits(self, node, total):
        key = ("table", node["key"])
        first, offset = self.cells(key, 2, total)
        self.kinds[key].table = node
        return "table", first, offset, node["key"]

    def value(self, name, digits, count, copies):
        """The integer of digits."""
        if digits[0] == "limbs":
            return self.add("cells", name, count, copies, terms=[(c, o, 1 << s) for c, o, s in digits[1]], constant=digits[2])
        kind, first, offset, own = digits
        if kind == "table":
            return self.add("cells", name, count, copies, terms=[(first, offset, 1)], constant=0)
        return self.add("cells", name, count, copies, terms=self.weighted(first, offset, own, 0), constant=-(1 << (sum(own) - 1)))

    def positive(self, name, digits, node):
        """max(0, value) of digits with a sign."""
        _, first, offset, widths = digits
        own = self.nodes[node]
        return self.add("cells", name, own.count, own.copies, terms=self.weighted(first, offset, widths, 1), constant=0)

    def sign(self, name, digits, node):
        """1 where the value is not negative, else 0."""
        own = self.nodes[node]
        return self.add("cells", name, own.count, own.copies, terms=[(digits[1] + 1, digits[2], 1)], constant=0)

    @staticmethod
    def weighted(first, offset, widths, part):
        """Columns hi, s, s(hi - 2^(h-1)), then lo, s lo for each lower limb: the digits (part 0), or those of the positive part (part 1)."""
        shift, out = sum(widths[1:]), []
        out.append((first + 2 * part, offset, 1 << shift))
        for place, width in enumerate(widths[1:]):
            shift -= width
            out.append((first + 3 + 2 * place + part, offset, 1 << shift))
        return out

    def signed(self, name, node, interval):
        """Digits with a sign that equal a node of these values."""
        low = ~interval.lower if interval.lower < 0 else interval.lower
        bits = max(abs(interval.upper).bit_length(), low.bit_length()) + 1
        require(bits <= 60, f"{self.prefix}.{name}: {bits} bits are too wide")
        own = self.nodes[node]
        digits = self.sign_digits(bits, own.total)
        self.equal(name, [(1, node), (-1, self.value(f"{name}.digits", digits, own.count, own.copies))])
        return digits

    def bound(self, name, node, bits):
        """0 <= node < 2^bits."""
        own = self.nodes[node]
        require(bits <= 60, f"{self.prefix}.{name}: {bits} bits are too wide")
        digits = self.limbs(name, bits, 0, own.total)
        self.equal(name, [(1, node), (-1, self.value(f"{name}.digits", digits, own.count, own.copies))])

    def above(self, name, node, interval):
        """upper - node in limbs, with an equation of its own, where the limbs of a range reach beyond it."""
        if interval.upper - interval.lower == (1 << interval.bits) - 1:
            return
        own = self.nodes[node]
        other = self.value(f"{name}.above", self.limbs(name, interval.bits, 0, own.total), own.count, own.copies)
        self.equal(f"{name}.above", [(1, node), (1, other)], -interval.upper)

    def room(self, name, node, interval):
        """The same of a node that is no limbs' own value: a difference, bounded like any other."""
        if interval.upper - interval.lower != (1 << interval.bits) - 1:
            self.bound(f"{name}.above", self.like(f"{name}.room", [(-1, node)], interval.upper, node), interval.bits)

    def elementwise(self, name, left, right, count):
        return self.add("matrices", name, count, self.copies([left, right]), left=left, right=right, sizes=[count, 1, 1, 1], batched=(True, True))

    def bind(self, name, node, target):
        own = self.nodes[node]
        require(own.copies == self.claim.rows, f"output {name} does not depend on the rows")
        if target[0] == "published":
            require(len(target[1]) == own.total, f"output {name} has {own.total} integers")
            other = self.add("known", f"output.{name}", own.count, own.copies, values=target[1])
        else:
            other = self.table_columns(name, target, own.count, None)
        self.equal(f"output.{name}", [(1, node), (-1, other)])

    def table_columns(self, name, source, count, interval):
        _, table, columns = source
        require(len(columns) == count, f"{name} has {count} entries, not {len(columns)}")
        return self.add("columns", name, count, self.claim.rows, references=self.resolve(name, table, columns, interval))

    # Operators.

    def _input(self, number, node, operands):
        for p, own in enumerate(self.architecture.parameters):
            if own.name == node["source"]:
                return self.add("parameter", node.name, node.count, 1, parameter=p)
        own = next(x for x in self.architecture.inputs if x.source == node["source"])
        require(own.name in self.claim.inputs, f"the claim does not say where input {own.name} comes from")
        source, rows, interval = self.claim.inputs[own.name], self.claim.rows, node["interval"]
        if source[0] == "published":
            require(len(source[1]) == rows * node.count and all(map(interval.contains, source[1])),
                    f"input {own.name} has {rows * node.count} integers in {interval}")
            return self.add("known", node.name, node.count, rows, values=source[1])
        if source[0] == "columns":
            return self.table_columns(f"input {own.name}", source, node.count, interval)
        require(interval.bits <= 60, f"input {own.name}: {interval.bits} bits are too wide")
        digits = self.limbs(node.name, interval.bits, interval.lower, rows * node.count)
        value = self.value(node.name, digits, node.count, rows)
        self.above(node.name, value, interval)
        return value

    def _constant(self, number, node, operands):
        values = node["values"] if node["values"] is not None else [node["uniform"]] * node.count
        return self.add("known", node.name, node.count, 1, values=values)

    def _view(self, number, node, operands):
        source = self.nodes[operands[0]]
        places = node["positions"]
        if len(places) == source.count and all(i == p for i, p in enumerate(places)):
            return operands[0]
        own = self.add("gather", node.name, node.count, source.copies, operand=operands[0], positions=places, fill=node["fill"])
        found = permutation(node, source.count)
        if found is not None:
            self.permutations[own] = found
        return own

    def _affine(self, number, node, operands):
        return self.affine(node.name, list(zip(node["coefficients"], operands)), node["constant"], node.count, self.copies(operands))

    def _concatenate_columns(self, number, node, operands):
        return self.add("concatenate", node.name, node.count, self.copies(operands), operands=operands, rows=node.rows)

    def matrices(self, node, operands, sizes, batched):
        left, right = operands
        if self.nodes[right].kind == "known" and self.nodes[right].copies == 1 and (sizes[0] == 1 or batched == (True, False)):
            return self.add("public-product", node.name, node.count, self.copies(operands), operand=left, matrix=self.nodes[right]["values"],
                            inner=sizes[2], columns=sizes[3])
        return self.add("matrices", node.name, node.count, self.copies(operands), left=left, right=right, sizes=sizes, batched=batched)

    def _matrix_multiply(self, number, node, operands):
        inner = self.program.nodes[node.operands[0]].columns
        return self.matrices(node, operands, [1, node.rows, inner, node.columns], (False, False))

    def _batch_matrix_multiply(self, number, node, operands):
        return self.matrices(node, operands, node["sizes"], (node["left"], node["right"]))

    def _convolution(self, number, node, operands):
        left, right = operands
        require(self.nodes[right].copies == 1, f"{node.name}: the kernel of a convolution must not depend on the rows")
        return self.add("convolution", node.name, node.count, self.copies(operands), left=left, right=right, geometry=node["geometry"])

    def _multiply(self, number, node, operands):
        return self.elementwise(node.name, *operands, node.count)

    def _select(self, number, node, operands):
        condition, a, b = operands
        everything = self.copies(operands)
        difference = self.affine(f"{node.name}.difference", [(1, a), (-1, b)], 0, node.count, everything)
        chosen = self.elementwise(f"{node.name}.chosen", condition, difference, node.count)
        return self.affine(node.name, [(1, b), (1, chosen)], 0, node.count, everything)

    def _rescale(self, number, node, operands):
        return self.rounding(number, node, node["range"], operands[0])

    def _requantise(self, number, node, operands):
        return self.rounding(number, node, self.bounds[number].enforced, operands[0])

    def rounding(self, number, node, interval, operand):
        """x M + 2^(s-1) = q 2^s + rest."""
        if node["even"]:
            return self.half_even(node, interval, operand)
        own, bits, shift = self.nodes[operand], interval.bits, node["shift"]
        require(bits <= 60, f"{node.name}: {bits} bits are too wide")
        # A table that takes exactly this range enforces it.
        reader = next((x for x in self.readers[number] if x.kind == "table" and x["domain"] == interval), None)
        if reader is not None and is_positive_part(reader) and bits >= 2 and interval == Range(-(1 << (bits - 1)), (1 << (bits - 1)) - 1):
            quotient = self.sign_digits(bits, own.total)
        elif reader is not None and not is_positive_part(reader):
            quotient = self.table_digits(reader, own.total)
        else:
            quotient = self.limbs(node.name, bits, interval.lower, own.total)
        remainder = self.limbs(node.name, shift, 0, own.total)
        q = self.value(node.name, quotient, own.count, own.copies)
        rest = self.value(f"{node.name}.remainder", remainder, own.count, own.copies)
        self.equal(node.name, [(node["multiplier"], operand), (-(1 << shift), q), (-1, rest)], half_unit(node))
        self.fused[q] = quotient
        if quotient[0] == "limbs":
            self.above(node.name, q, interval)
        return q

    def half_even(self, node, interval, operand):
        """x M + 2^(s-1) = (2 h + p) 2^s + rest; y = 2 h + p [rest >= 1]."""
        own, unit = self.nodes[operand], 1 << node["shift"]
        require(-(1 << 60) < interval.lower and interval.upper < 1 << 60, f"{node.name}: the range {interval} is too wide")
        wide = Range(interval.lower >> 1, (interval.upper >> 1) + 1)
        digits = [self.limbs(node.name, wide.bits, wide.lower, own.total), self.limbs(node.name, 1, 0, own.total),
                  self.limbs(node.name, node["shift"], 0, own.total)]
        h, p, rest = (self.value(f"{node.name}.{x}", d, own.count, own.copies) for x, d in zip(("half", "parity", "remainder"), digits))
        self.equal(node.name, [(node["multiplier"], operand), (-2 * unit, h), (-unit, p), (-1, rest)], half_unit(node))
        less = self.like(f"{node.name}.less", [(1, rest)], -1, rest)
        no_tie = self.sign(f"{node.name}.noTie", self.signed(f"{node.name}.tie", less, Range(-1, unit - 2)), less)
        kept = self.elementwise(f"{node.name}.kept", p, no_tie, own.count)
        y = self.like(f"{node.name}.even", [(2, h), (1, kept)], 0, rest)
        self.bound(f"{node.name}.range", self.like(f"{node.name}.from-below", [(1, y)], -interval.lower, y), interval.bits)
        self.room(f"{node.name}.range", y, interval)
        return y

    def _table(self, number, node, operands):
        operand = operands[0]
        own, known = self.nodes[operand], self.fused.get(operand)
        if is_positive_part(node):
            digits = known if known is not None and known[0] == "sign" else self.signed(f"{node.name}.digits", operand, node["domain"])
            return self.positive(node.name, digits, operand)
        if known is not None and known[0] == "table" and known[3] == node["key"]:
            digits = known
        else:
            digits = self.table_digits(node, own.total)
            self.equal(f"{node.name}.argument", [(1, operand), (-1, self.value(f"{node.name}.argument", digits, own.count, own.copies))])
        return self.add("cells", node.name, own.count, own.copies, terms=[(digits[1] + 1, digits[2], 1)], constant=0)

    def _compare_greater_or_equal(self, number, node, operands):
        t, x = node["threshold"], self.bounds[node.operands[0]].values
        shifted = self.affine(f"{node.name}.shifted", [(1, operands[0])], -t, node.count, self.copies(operands))
        return self.sign(node.name, self.signed(f"{node.name}.digits", shifted, Range(x.lower - t, x.upper - t)), shifted)

    def maximum(self, name, operand, interval, rows, columns):
        """A tournament over halves of the columns: max(a, b) = a + max(0, b - a)."""
        gap = Range(interval.lower - interval.upper, interval.upper - interval.lower)
        current, width, copies = operand, columns, self.nodes[operand].copies
        while width > 1:
            pairs, rest = width // 2, width - width // 2

            def pick(what, first, count, current=current, width=width):
                places = [row * width + first + i for row in range(rows) for i in range(count)]
                return self.add("gather", f"{name}.{width}.{what}", rows * count, copies, operand=current, positions=places, fill=0)
            first, a, b = pick("a", 0, rest), pick("left", 0, pairs), pick("right", rest, pairs)
            difference = self.like(f"{name}.{width}.gap", [(1, b), (-1, a)], 0, a)
            more = self.positive(f"{name}.{width}.more", self.signed(f"{name}.{width}", difference, gap), difference)
            if rest > pairs:
                places = [row * pairs + i if i < pairs else -1 for row in range(rows) for i in range(rest)]
                more = self.add("gather", f"{name}.{width}.spread", rows * rest, copies, operand=more, positions=places, fill=0)
            current, width = self.like(f"{name}.{width}.larger", [(1, first), (1, more)], 0, first), rest
        return current

    def _row_maximum(self, number, node, operands):
        source = self.program.nodes[node.operands[0]]
        return self.maximum(node.name, operands[0], self.bounds[node.operands[0]].values, *source.shape)

    def _argmax(self, number, node, operands):
        """The largest of x_j 2^kappa + 2^kappa - 1 - j, and its remainder modulo 2^kappa."""
        source, interval = self.program.nodes[node.operands[0]], self.bounds[node.operands[0]].values
        copies, kappa = self.nodes[operands[0]].copies, key_bits(source.columns)
        unit = 1 << kappa
        if kappa == 0:
            return self.add("known", node.name, source.rows, copies, values=[0] * (copies * source.rows))
        order = self.add("known", f"{node.name}.order", source.count, 1,
                         values=[unit - 1 - j for _ in range(source.rows) for j in range(source.columns)])
        keys = self.affine(f"{node.name}.keys", [(unit, operands[0]), (1, order)], 0, source.count, copies)
        largest = self.maximum(f"{node.name}.largest", keys, Range(interval.lower * unit, interval.upper * unit + unit - 1), *source.shape)
        require(interval.bits + kappa <= 60, f"{node.name}: {interval.bits + kappa} bits are too wide")
        digits = [self.limbs(node.name, interval.bits, interval.lower, copies * source.rows), self.limbs(node.name, kappa, 0, copies * source.rows)]
        q, rest = (self.value(f"{node.name}.{x}", d, source.rows, copies) for x, d in zip(("value", "rest"), digits))
        self.equal(f"{node.name}.index", [(1, largest), (-unit, q), (-1, rest)])
        return self.affine(node.name, [(-1, rest)], unit - 1, source.rows, copies)

    def _one_hot(self, number, node, operands):
        """1 - sign(x - k)^2."""
        own, classes = self.nodes[operands[0]], node["classes"]
        count, top = own.count * classes, max(1, classes) - 1
        repeated = self.add("gather", f"{node.name}.repeated", count, own.copies, operand=operands[0],
                            positions=[i for i in range(own.count) for _ in range(classes)], fill=0)
        numbers = self.add("known", f"{node.name}.classes", count, 1, values=[k for _ in range(own.count) for k in range(classes)])
        gap = self.affine(f"{node.name}.gap", [(1, repeated), (-1, numbers)], 0, count, own.copies)
        parts = [["elementary", ["sign"], "0", "0", ["-1", "1"]], [str(-top), str(top)]]
        table = Node(f"{node.name}.sign", "table", [], (count, 1), read_table(parts, node.name))
        digits = self.table_digits(table, own.copies * count)
        self.equal(f"{node.name}.argument", [(1, gap), (-1, self.value(f"{node.name}.argument", digits, count, own.copies))])
        sign = self.add("cells", f"{node.name}.sign", count, own.copies, terms=[(digits[1] + 1, digits[2], 1)], constant=0)
        return self.affine(node.name, [(-1, self.elementwise(f"{node.name}.square", sign, sign, count))], 1, count, own.copies)

    def advice(self, name, interval, count, copies):
        """A value of the prover in a range."""
        require(interval.bits <= 60, f"{name}: {interval.bits} bits are too wide")
        value = self.value(name, self.limbs(name, interval.bits, interval.lower, count * copies), count, copies)
        self.room(name, value, interval)
        return value

    def _divide(self, number, node, operands):
        """2 a 2^s + b = 2 b y + rest, 0 <= rest < 2 b; of a floor without the + b."""
        (a, b), count, copies = operands, node.count, self.copies(operands)
        y = self.advice(node.name, node["range"], count, copies)
        own = self.elementwise(f"{node.name}.product", b, y, count)
        rest = self.affine(f"{node.name}.remainder", [(1 << (node["shift"] + 1), a), (0 if node["floor"] else 1, b), (-2, own)], 0, count, copies)
        room = self.affine(f"{node.name}.room", [(2, b), (-1, rest)], -1, count, copies)
        bits = max(1, self.bounds[node.operands[1]].values.upper).bit_length() + 1
        self.bound(f"{node.name}.remainder", rest, bits)
        self.bound(f"{node.name}.room", room, bits)
        return y

    def _square_root(self, number, node, operands):
        """y^2 <= x 2^s <= y^2 + 2 y."""
        interval, count, copies = self.bounds[number].enforced, node.count, self.nodes[operands[0]].copies
        y = self.advice(node.name, interval, count, copies)
        square = self.elementwise(f"{node.name}.square", y, y, count)
        rest = self.affine(f"{node.name}.rest", [(1 << node["shift"], operands[0]), (-1, square)], 0, count, copies)
        room = self.affine(f"{node.name}.room", [(2, y), (-1, rest)], 0, count, copies)
        self.bound(f"{node.name}.rest", rest, interval.bits + 1)
        self.bound(f"{node.name}.room", room, interval.bits + 1)
        return y


def permutation(node, count):
    """(dimensions, axes) of a view that is a transposition, or None: output axis k, of dimensions[k] entries, is source axis axes[k]; axes of
    one entry left out.  The view says so by its axes, and its positions are compared besides."""
    if node["list"] is not None or product(node["dimensions"]) != count:
        return None
    dimensions, strides = node["dimensions"], [0] * len(node["dimensions"])
    for extent, stride, start, divisor, terms in node["axes"]:
        if start != 0 or divisor != 1:
            return None
        if extent <= 1:
            if not all(step == 0 or dimensions[a] == 1 for a, step in terms):
                return None
            continue
        reach = 1
        live = [(a, step) for a, step in terms if dimensions[a] > 1]
        for a, step in live:
            if step <= 0 or strides[a] != 0:
                return None
            strides[a] = step * stride
            reach += step * (dimensions[a] - 1)
        if not live or reach != extent:
            return None
    live = [a for a, d in enumerate(dimensions) if d > 1]
    # Row-major in the source: by decreasing stride, each the product of the smaller axes.
    order, expected = sorted(live, key=lambda a: -strides[a]), 1
    for a in reversed(order):
        if strides[a] != expected:
            return None
        expected *= dimensions[a]
    sizes, axes = [dimensions[a] for a in live], [order.index(a) for a in live]
    return (sizes, axes) if transposed_places(sizes, axes) == node["positions"] else None


def transposed_places(dimensions, axes):
    """Position in the source of every entry of the transposition."""
    sizes = [0] * len(axes)
    for output, axis in enumerate(axes):
        sizes[axis] = dimensions[output]
    strides = [product(sizes[axis + 1:]) for axis in axes]
    places = [0]
    for d, stride in zip(dimensions, strides):
        places = [p + i * stride for p in places for i in range(d)]
    return places


def add_lookups(builder, cells, references, name, made=None):
    """What gives a kind of cells its meaning; `made`: numbers of committed tables in the relation, by theirs in the network."""
    rows, columns = Extent(cells.count), [Expression.of(r) for r in references]
    kind, *own = cells.kind
    if kind in ("plain", "held"):
        return None
    if kind == "reading":
        return builder.lookup(made[own[0]], columns, rows)
    if kind == "steps":
        return look_up_steps(builder, cells.kind, columns, rows, made)
    if kind == "limb":
        return builder.lookup(builder.range_table(own[0]), columns, rows)
    if kind == "table":
        node = cells.table
        low = node["domain"].lower
        table = builder.function_table(name, node["key"], lambda: [(low + i, y) for i, y in enumerate(table_values(node))])
        return builder.lookup(table, columns, rows)
    half = 1 << (own[0] - 1)
    top = builder.function_table(f"sign{own[0]}", ("sign", own[0]), lambda: [(x, int(x >= half), max(0, x - half)) for x in range(2 * half)])
    builder.lookup(top, columns[:3], rows)
    for place, width in enumerate(own[1:]):
        size = 1 << width
        # (s 2^w + lo, lo, s lo): the first two determine s.
        part = builder.function_table(f"part{width}", ("part", width), lambda: [(k, k % size, k - size if k >= size else 0) for k in range(2 * size)])
        low, positive = columns[3 + 2 * place], columns[4 + 2 * place]
        builder.lookup(part, [low.plus(columns[1], size), low, positive], rows)
