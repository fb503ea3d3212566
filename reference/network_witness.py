"""For tests: an honest prover's cells of a compiled network, and the relation checked on integers.

`Witness` fills the cells of a claim compiled by `auditor`, from hidden tensors and rows of the inputs, by what the operators mean; `broken` names
the first equation or lookup that cells do not satisfy.  Nothing here is used by the verifier.
"""

import auditor  # noqa: F401  (puts the specification on the path)
from auditor.expressions import Builder
from auditor.network_claim import NetworkInference
from auditor.network_compiler import NetworkCompiler
from auditor.network_tables import step_columns
from field import P

TESTS = {1: lambda x, t: x <= t, 2: lambda x, t: x < t, 3: lambda x, t: x >= t, 4: lambda x, t: x > t, 5: lambda x, t: x == t, 6: lambda x, t: x != t}


class Artefact:
    def __init__(self, architecture):
        self.network = architecture


class Witness:
    """`inputs`: {name: integers of all rows}; `parameters`: integers of each hidden tensor, of one dimension or of powers of two."""

    def __init__(self, architecture, outputs, rows, inputs, parameters):
        statement = {"model": "m", "rows": rows, "inputs": {name: "hidden" for name in inputs},
                     "outputs": {name: {"published": [str(v) for v in values]} for name, values in outputs.items()}}
        claim, self.builder = NetworkInference(statement), Builder(8)
        claim.compile({"m": Artefact(architecture)}, self.builder, "0")
        self.network, self.parameters = self.builder.networks[0], parameters
        self.compiler = NetworkCompiler(claim, architecture, "0", None)
        self.compiler.compile()
        self.kind = {k.first + i: k for k in self.compiler.kinds.values() for i in range(k.width)}
        self.cells = [[None] * self.kind[c].count for c in range(self.compiler.column_count)]
        self.memory, self.programs = {}, {n.name: n for n in architecture.program.nodes}
        sources = {own.source: inputs[own.name] for own in architecture.inputs}
        for number, node in enumerate(self.network.nodes):
            program = self.programs.get(node.name)
            if node.kind == "cells" and program is not None and program.kind == "input":
                self.fill(number, sources[program["source"]])
            self.special(number, node)
            for terms, constant, _ in self.network.equations:
                # A further node of digits that equals what is known.
                if max(x for _, x in terms) == number:
                    self.settle(number, terms, constant)

    def settle(self, number, terms, constant):
        """Fills the digits of the equation's last node, from the others'."""
        factor = sum(c for c, x in terms if x == number)
        if abs(factor) != 1 or self.is_filled(number):
            return
        own = self.network.nodes[number]
        total = [constant] * own.total
        for c, x in terms:
            if x != number:
                total = [a + c * b for a, b in zip(total, self.value(x), strict=True)]
        self.fill(number, [-factor * v for v in total])

    def is_filled(self, number):
        node = self.network.nodes[number]
        if node.kind == "concatenate":
            return all(self.is_filled(x) for x in node["operands"])
        return node.kind != "cells" or all(self.cells[c][o] is not None for c, o, _ in node["terms"])

    def fill(self, number, values):
        node = self.network.nodes[number]
        if node.kind == "concatenate":
            width = len(node["operands"])
            for k, x in enumerate(node["operands"]):
                self.fill(x, values[k::width])
            return
        kind = self.kind[node["terms"][0][0]].kind[0]
        first, offset, _ = node["terms"][0]
        for i, v in enumerate(values):
            at, rest = offset + i, v - node["constant"]
            if kind == "limb":
                for c, o, scale in sorted(node["terms"], key=lambda t: -t[2]):
                    self.cells[c][o + i], rest = divmod(rest, scale)
            elif kind == "sign":
                widths, shift = self.kind[first].kind[1:], sum(self.kind[first].kind[2:])
                hi, rest = divmod(rest, 1 << shift)
                s = int(hi >= 1 << (widths[0] - 1))
                self.cells[first][at], self.cells[first + 1][at] = hi, s
                self.cells[first + 2][at] = s * (hi - (1 << (widths[0] - 1)))
                for place, width in enumerate(widths[1:]):
                    shift -= width
                    lo, rest = divmod(rest, 1 << shift)
                    self.cells[first + 3 + 2 * place][at], self.cells[first + 4 + 2 * place][at] = lo, s * lo
            else:
                self.cells[first][at] = v
                if kind == "reading":
                    for k, part in enumerate(self.row(self.kind[first].kind[1], v)):
                        self.cells[first + 1 + k][at] = part

    def row(self, table, key):
        """Components of a row of a table of one piece."""
        _, (piece,), rows = self.compiler.tables[table]
        assert 0 <= key < rows
        return [self.cells[x][key] if what == "column" else self.parameters[x][key] for what, x in piece]

    def special(self, number, node):
        """Places of an order, and steps of trees."""
        name, _, what = node.name.rpartition(".")
        program = self.programs.get(name)
        if node.kind != "cells" or program is None:
            return
        if program.kind == "row-order" and what == "columns":
            operand, columns = self.compiler.values[program.operands[0]], self.programs[name].operands
            width = self.compiler.program.nodes[columns[0]].columns
            values, out = self.value(operand), []
            for start in range(0, len(values), width):
                sign = -1 if program["descending"] else 1
                out += sorted(range(width), key=lambda j, start=start, sign=sign: (sign * values[start + j], j))
            self.fill(number, out)
        elif program.kind == "tree-ensemble" and what == "key":
            self.walk(program, node["terms"][0][0])

    def walk(self, program, first):
        x, nodes = (self.value(self.compiler.values[i]) for i in program.operands[:2])
        features, kind = self.compiler.program.nodes[program.operands[0]].columns, self.kind[first].kind
        missing, limbs, count = kind[3], kind[4:], len(nodes) // 6
        names, entry = step_columns(missing), 0
        samples = len(x) // features
        sample_bits, key_bits = max(samples - 1, 0).bit_length(), max(count - 1, 0).bit_length()
        for sample in range(samples):
            for tree in range(program["trees"]):
                here = tree
                for _ in range(program["depth"]):
                    test, feature, threshold, true, false, tracks = nodes[6 * here:6 * here + 6]
                    if test == 0:
                        test, feature, threshold, tracks, move, delta = 7, 0, 0, 0, 2, 0
                    value = x[sample * features + feature]
                    flag = value == program["missing"]
                    if test != 7:
                        move = int(tracks == 1 if flag else TESTS[test](value, threshold))
                        delta = (true if move else false) - here
                    less, equal = int(value < threshold), int(value == threshold)
                    own = {"key": here + (move << key_bits), "move": move, "test": test, "feature": feature, "threshold": threshold, "delta": delta,
                           "cell": (feature << sample_bits) + sample, "value": value, "isLess": less, "isEqual": equal, "tracksTrue": tracks,
                           "isMissing": int(flag)}
                    for k, name in enumerate(names):
                        self.cells[first + k][entry] = own[name]
                    rest = (value - threshold + ((1 << sum(limbs)) + 1) * less + equal - 1) >> limbs[0]
                    for k, width in enumerate(limbs[1:]):
                        self.cells[first + len(names) + k][entry], rest = rest & ((1 << width) - 1), rest >> width
                    here, entry = here + delta, entry + 1

    def value(self, number):
        if number not in self.memory:
            self.memory[number] = evaluate(self.network.nodes[number], self.value, self.cells, self.parameters, self.network.nodes)
        return self.memory[number]

    def broken(self, cells=None):
        """The first equation or lookup that does not hold, or None."""
        cells = self.cells if cells is None else cells
        values = []
        for node in self.network.nodes:
            values.append(evaluate(node, values.__getitem__, cells, self.parameters, self.network.nodes))
        for place, (terms, constant, _) in enumerate(self.network.equations):
            for i in range(self.network.nodes[terms[0][1]].total):
                if (sum(c * values[x][i] for c, x in terms) + constant) % P:
                    return f"equation {place}"
        columns = {f"0.cells{c}": own for c, own in enumerate(cells)}

        def entries(expressions, count):
            def entry(expression, i):
                return (expression.constant + sum(c * (columns[r[1]] if r[0] == "aux" else self.parameters[int(r[1][1:])])[i]
                                                  for r, c in expression.terms.items())) % P
            return [tuple(entry(e, i) for e in expressions) for i in range(count)]
        for place, (table, components, rows) in enumerate(self.builder.lookups):
            name, contents, _ = self.builder.tables[table]
            if contents[0] == "numbered":
                extent = contents[2]
                allowed = {((f << extent.bits) + i, *row) for f, piece in enumerate(contents[1]) for i, row in enumerate(entries(piece, extent.count))}
            elif contents[0] == "integers":
                allowed = None
            else:
                allowed = {tuple(v % P for v in row) for row in contents[1]}
            for row in entries(components, rows[0].count if rows else 1):
                if not (row[0] < 1 << contents[1] if allowed is None else row in allowed):
                    return f"lookup {place} in {name}"
        return None


def evaluate(node, value, cells, parameters, nodes):
    """Integers of a graph node."""
    if node.kind == "known":
        return node["values"]
    if node.kind == "parameter":
        return parameters[node["parameter"]]
    if node.kind == "cells":
        return [node["constant"] + sum(c * cells[column][o + i] for column, o, c in node["terms"]) for i in range(node.total)]
    if node.kind == "gather":
        own, count = value(node["operand"]), nodes[node["operand"]].count
        starts = [copy * count if node.copies > 1 else 0 for copy in range(node.copies)]
        return [own[s + p] if p >= 0 else node["fill"] for s in starts for p in node["positions"]]
    if node.kind == "affine":
        out = [node["constant"]] * node.total
        for c, x in node["terms"]:
            own, target = value(x), nodes[x]
            out = [v + c * own[(i // node.count * target.count if target.copies > 1 else 0) + i % node.count % target.count] for i, v in enumerate(out)]
        return out
    if node.kind == "concatenate":
        parts = [(value(x), nodes[x].count // node["rows"], nodes[x].copies) for x in node["operands"]]
        return [own[(row if copies > 1 else row % node["rows"]) * width + k] for row in range(node.copies * node["rows"])
                for own, width, copies in parts for k in range(width)]
    assert node.kind == "matrices" and node["sizes"][1:] == [1, 1, 1], node.kind
    left, right = ((value(node[s]), nodes[node[s]]) for s in ("left", "right"))
    return [left[0][i % left[1].total] * right[0][i % right[1].total] for i in range(node.total)]
