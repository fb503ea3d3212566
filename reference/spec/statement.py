"""The public statement: parameters, relation, artefact references, and the layout they imply (rows, blocks, trees)."""

from errors import StatementMismatch
from padzk import pad_layout
from serialize import digest
from soundness import account, query_count, require
from weights import bit_factors

PROTOCOL = "zkmlops/padzk/v1"


class ArtefactReference:
    """What a statement says of an artefact: everything but the root, and the identity that fixes the root."""

    def __init__(self, kind, shape, layout, identity, format=None):
        self.kind, self.shape, self.layout, self.identity, self.format = kind, shape, layout, identity, format or {}


class Stack:
    """Row stack of one shape: matrices [(name, layout)] by decreasing row bits, aligned."""

    def __init__(self, members):
        self.members = sorted(members, key=lambda x: -x[1].row_bits)     # stable
        self.offsets, at = {}, 0
        for name, layout in self.members:
            self.offsets[name] = at
            at += 1 << layout.row_bits
        self.bits = max(at - 1, 0).bit_length()

    def lift(self, name, tensor):
        """A weight on one matrix as a weight on the stack."""
        layout = dict(self.members)[name]
        return tensor.prepend(bit_factors(self.offsets[name] >> layout.row_bits, self.bits - layout.row_bits))


class Statement:
    """Everything public. `relation` gives: descriptor(), matrices {name: (shape, MatrixLayout)}, aux (MatrixLayout),
    verify(channel) -> [Claim], prove(channel, read), logup_degree = c (N + M) or 0, point_variables = most variables of one
    random evaluation point; optionally shared {name: (tree, first row, rows of the tree)} for artefacts in shared trees."""

    def __init__(self, profile, shapes, primary, levels, relation, artefacts, context=b""):
        self.profile, self.ext = profile, profile.ext
        self.shapes, self.primary, self.levels = list(shapes), primary, levels
        self.relation, self.artefacts, self.context = relation, artefacts, context
        self.shape = {s.name: s for s in self.shapes}
        own = {"aux"} | {"mask." + s.name for s in self.shapes}
        if own & set(relation.matrices) or len(self.shape) != len(self.shapes):
            raise StatementMismatch("an artefact has the name of an auxiliary tree, whose root would stand for its own")
        self.shared = getattr(relation, "shared", {})
        self.check_trees(own)
        self.where = {n: s for n, (s, _) in relation.matrices.items()} | {"aux": primary}
        self.stacks = {}
        for s in self.shapes:
            members = [(n, lay) for n, (sh, lay) in relation.matrices.items() if sh == s.name]
            if s.name == primary and relation.aux.rows:
                members.append(("aux", relation.aux))
            self.stacks[s.name] = Stack(members)
        self.queries = {s.name: query_count(s.dimension, 1 << s.log_n, profile) for s in self.shapes}
        self.layout, self.claim_count = pad_layout(self)
        self.pad_rows = max(1, -(-self.layout.total >> self.shape[primary].m))
        self.blocks()

    def place(self, name):
        """(tree, first row, rows of the tree) of an artefact; its own tree has its name."""
        return self.shared.get(name) or (name, 0, self.relation.matrices[name][1].rows)

    def check_trees(self, reserved):
        """Artefacts of one tree agree on its shape and rows and lie apart; no tree has the name of another artefact or of the proof's own."""
        trees = {}
        for name, (shape, layout) in self.relation.matrices.items():
            tree, first, rows = self.place(name)
            if tree in reserved or first < 0 or first + layout.rows > rows:
                raise StatementMismatch(f"the rows of {name} leave its tree")
            trees.setdefault(tree, []).append((first, first + layout.rows, rows, shape, name in self.shared))
        for members in trees.values():
            ranges = sorted(m[:2] for m in members)
            if len({m[2:4] for m in members}) > 1 or any(a[1] > b[0] for a, b in zip(ranges, ranges[1:])) or \
                    len(members) > 1 and not all(m[4] for m in members):
                raise StatementMismatch("artefacts of one tree do not lie apart in it")

    def blocks(self):
        """Level-1 vector: one block of 2^(m+1) entries per shape, by decreasing m; only rows below 2^m + p exist."""
        self.block_offset, at = {}, 0
        for s in sorted(self.shapes, key=lambda s: -s.m):
            self.block_offset[s.name] = at
            at += 2 << s.m
        self.level1_variables = max(at - 1, 0).bit_length()
        first, row = self.levels[0], 1 << self.levels[0].m
        if first.k + first.m != self.level1_variables or any(b.k + b.m != a.m for a, b in zip(self.levels, self.levels[1:])):
            raise StatementMismatch("level table")
        if any(s.dimension % row or s.m < first.m for s in self.shapes):
            raise StatementMismatch("a level-1 row would hold free slots: 2^m + p must be a multiple of its length")
        self.present = sorted(u for s in self.shapes for u in
                              range(self.block_offset[s.name] // row, (self.block_offset[s.name] + s.dimension) // row))

    def block_prefix(self, shape):
        bits = self.level1_variables - shape.m - 1
        return bit_factors(self.block_offset[shape.name] >> (shape.m + 1), bits)

    def parameters(self):
        """Profile, code and level tables, query counts, pad layout."""
        return {"protocol": PROTOCOL, "profile": self.profile.describe(), "shapes": [s.describe() for s in self.shapes],
                "primary": self.primary, "levels": [x.describe() for x in self.levels],
                "queries": [self.queries[s.name] for s in self.shapes],
                "pads": [self.layout.count, list(self.layout.secrets), [list(x) for x in self.layout.products]]}

    def relation_digest(self):
        """Operators, sizes, tables, public inputs and outputs: everything the relation's descriptor and layouts hold."""
        return digest("zkmlops/relation/v1", [self.relation.descriptor(), self.relation.aux.describe()])

    def trees(self):
        """[name, shape, base rows]: auxiliary trees in shape order, then the artefacts' in order of the first artefact of each."""
        e, r = self.ext.DEGREE, self.relation
        own = [["aux", s.name, r.aux.rows + e * (2 * self.pad_rows + 1)] if s.name == self.primary else
               ["mask." + s.name, s.name, e] for s in self.shapes]
        return own + [list(x) for x in dict.fromkeys((tree, s, rows) for n, (s, _) in r.matrices.items() for tree, _, rows in [self.place(n)])]

    def zero_bytes(self):
        """Z = max(1024, ceil(N/8)), N = data cells of all matrices (rows * 2^m), aux witness included (design 2, 5.2)."""
        r = self.relation
        cells = (r.aux.rows << r.aux.m) + sum(lay.rows << lay.m for _, lay in r.matrices.values())
        return max(1024, -(-cells // 8))

    def accounting(self):
        e_rows = [(s.name, s.dimension, s.log_n, self.queries[s.name]) for s in self.shapes]
        level1 = len(self.shapes) + self.pad_rows + sum(self.queries.values())
        batch = max([self.claim_count, level1] + [x.t + 1 for x in self.levels])
        return account(self.profile, e_rows, [(1 << x.m, x.log_n, x.t) for x in self.levels], self.relation.logup_degree,
                       self.relation.point_variables, batch, self.layout.check_count, self.pad_rows)

    def check_soundness(self):
        require(self.accounting(), self.profile)
