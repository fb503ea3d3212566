"""Committed artefacts: from the entry of a manifest to what the identity is the digest of.

Com = SHA256(encode(["zkmlops/artefact/v1", {kind, format, tensors, rows, m, p, log_n, shift, salt, hash, root[, tree]}])), tree =
[first row, rows of the tree] for an artefact that shares its tree with others.
format of a table: {rows, schema}, one tensor c0, c1, ... per stored column; of a linear model: {architecture}, one tensor W
[features, outputs]; of a tree ensemble: {architecture}, one tensor for each column of its nodes; of a
network: {architecture}, one tensor w0, w1, ... for each hidden tensor.  Codes: rows of 2^m values and p = 2^m / 8 uniform ones, evaluated at 2^(m+2) points, m = 11 ... 22.
"""

from artefact import Artefact, Shape
from blocks import MatrixLayout

from .architecture import Architecture
from .errors import Rejection, require
from .expressions import Extent, log2_ceil
from .json_text import elements, fields, integer
from .network_architecture import NetworkArchitecture
from .schema import Schema
from .trees import TreeArchitecture

MAXIMUM_CELLS, MAXIMUM_ROWS = 1 << 28, 1 << 14


def tree_rows(value):
    """(first row, rows of the tree)."""
    first, rows = fields(value, ("firstRow", "rows"), "tree")
    integer(rows, "rows", 1, MAXIMUM_ROWS)
    return integer(first, "firstRow", 0, rows - 1), rows


def check_trees(artefacts):
    """Artefacts of one root lie apart in one tree of one code: no committed cell has two readings."""
    trees = {}
    for a in artefacts:
        trees.setdefault(a.root, []).append(a)
    for own in trees.values():
        if len(own) > 1:
            own.sort(key=lambda a: a.shared[1] if a.shared else 0)
            for a, b in zip(own, own[1:]):
                require(a.shared and b.shared and a.shared[2] == b.shared[2] and a.shape.name == b.shape.name
                        and a.shared[1] + a.layout.rows <= b.shared[1],
                        f"the artefacts {a.name} and {b.name} have one root and do not lie apart in one tree")


class Committed:
    """An artefact as a verifier knows it; `identity` is recomputed."""

    def __init__(self, name, kind, format, tensors, code, root, tree=None):
        require(name != "aux" and not name.startswith("mask."), f"artefact {name}: the name is one of the proof system's own trees")
        self.name, self.kind, self.root = name, kind, root
        self.schema = self.architecture = self.trees = self.network = None
        if kind == "table":
            rows, columns = fields(format, ("rows", "columns"), "format")
            self.rows = Extent(integer(rows, "rows", 1, 1 << 24))
            self.schema = Schema.read(columns)
            self.format = {"rows": self.rows.count, "schema": self.schema.canonical()}
            self.tensors = [(f"c{i}", [self.rows.bits]) for i in range(len(self.schema.stored()))]
        elif kind == "linear-model":
            self.architecture = Architecture(*fields(format, ("architecture",), "format"))
            self.format = {"architecture": self.architecture.canonical()}
            self.tensors = [("W", [log2_ceil(self.architecture.feature_count), log2_ceil(self.architecture.outputs)])]
        elif kind == "tree-ensemble":
            self.trees = TreeArchitecture(*fields(format, ("architecture",), "format"))
            self.format = {"architecture": self.trees.canonical()}
            self.tensors = [(column, [log2_ceil(self.trees.node_count)]) for column, _ in self.trees.node_columns()]
        elif kind == "network":
            self.network = NetworkArchitecture(*fields(format, ("architecture",), "format"))
            self.format = {"architecture": self.network.canonical()}
            self.tensors = self.network.tensors()
        else:
            raise Rejection(f"artefact {name}: kind {kind!r} is unknown")
        self.check_layout(tensors, code)
        place, self.shared = None, None
        if tree is not None:
            first, rows = tree_rows(tree)
            require(first + self.layout.rows <= rows, f"artefact {name}: its rows leave the tree that it says to share")
            place, self.shared = (first, rows), (f"tree:{root.hex()}", first, rows)
        self.identity = Artefact(kind, self.shape, self.layout, root, self.format, place).identity

    def check_layout(self, tensors, code):
        stated = [fields(x, ("name", "logDimensions"), "tensors") for x in elements(tensors, "tensors", 4_096)]
        require([list(x) for x in stated] == [[n, d] for n, d in self.tensors],
                f"artefact {self.name}: its tensors are not those that its format calls for")
        m, p, log_n = (integer(x, "code", 0, 1 << 40) for x in fields(code, ("m", "p", "logN"), "code"))
        require(11 <= m <= 22 and p == 1 << (m - 3) and log_n == m + 2, f"artefact {self.name}: its code is not one of the table")
        cells = sum(1 << sum(d) for _, d in self.tensors)
        require(cells <= MAXIMUM_CELLS and cells >> m < MAXIMUM_ROWS, f"artefact {self.name}: {cells} cells are too many")
        self.shape = Shape(f"m{m}p{p}n{log_n}", m, p, log_n)
        self.layout = MatrixLayout(self.name, m, self.tensors)

    def table(self):
        require(self.schema is not None, f"artefact {self.name} is not a table")
        return self.schema, self.rows

    def model(self):
        require(self.schema is None and self.network is None, f"artefact {self.name} is not a model of columns")
        return self.architecture or self.trees

    def column(self, name, part="value"):
        """Reference of a stored column."""
        return (self.name, f"c{self.table()[0].index(name, part)}", ())
