"""The relation of an ordered list of claims, and the statement of the proof system made of it.

For every distinct row extent one random point r; each linear constraint becomes one linear claim at r; each product one
sumcheck over the inner index; each sum one linear claim; all shifts of one length share a random point; all row-wise products
of one length share a sumcheck; then one fraction tree for all lookups.  Every weight vanishes outside the logical shape.
"""

import logup
from blocks import Claim, MatrixLayout
from field import P, powers
from ligerito import schedule
from soundness import P100, P128, minimum
from statement import ArtefactReference, Statement
from sumcheck import verify_eq, verify_product
from weights import bit_factors, eq_factors, eq_table, mask_sum, masked_eq

from .claims import WellFormed
from .descent import verify_descent
from .errors import Rejection, require
from .expressions import AUX, Builder, log2_ceil
from .gradient import verify_gradient
from .network_reduction import verify_network

PROFILES = {"P128": P128, "P100": P100}
MAXIMUM_BITS = 30
MAXIMUM_TOTAL = 1 << 31


class IntegerTable(logup.Table):
    """0 ... 2^bits - 1, in closed form: sum_j eq(z, j) j = sum_i z_i 2^(bits-1-i)."""

    def __init__(self, name, identifier, bits, multiplicity):
        self.name, self.identifier, self.multiplicity = name, identifier, multiplicity
        self.bits, self.count, self.width = bits, 1 << bits, 1

    def weighted_denominators(self, own, alpha, beta_powers, ext, eq):
        index = ext.lift(0)
        for z in own:
            index = index + index + z
        return alpha - self.identifier - 1 - beta_powers[1] * index


class PairTable(logup.Table):
    """Explicit rows: one pass over eq, base-field sums limb by limb."""

    def weighted_denominators(self, own, alpha, beta_powers, ext, eq):
        weights = [w.c for w in eq(self.bits)[:self.count]]
        limbs = list(zip(*weights))

        def inner(values):
            return ext(tuple(sum(a * b for a, b in zip(limb, values)) % P for limb in limbs))
        total = inner([1] * self.count) * (alpha - self.identifier - 1)
        for k in range(self.width):
            total = total - beta_powers[k + 1] * inner([row[k] for row in self.rows])
        return total


def indicator(rows):
    """Factor lists whose tensors sum to 1 on the logical rows and to 0 elsewhere."""
    pieces, start = [], 0
    while start < rows.count:
        size = 0
        while size < rows.bits and start % (2 << size) == 0 and start + (2 << size) <= rows.count:
            size += 1
        pieces.append(bit_factors(start >> size, rows.bits - size) + [(1, 1)] * size)
        start += 1 << size
    return pieces


def successor(point):
    """Factor lists whose tensors sum to eq(point, j - 1): one for each bit k of j - 1 that turns from 0 to 1; those above agree, those
    below turn from 1 to 0."""
    return [[(1 - r, r) if i < k else (0, 1 - r) if i == k else (r, 0) for i, r in enumerate(point)] for k in range(len(point))]


class ClaimRelation:
    """What `statement.Statement` asks of a relation."""

    def __init__(self, claims, artefacts):
        require(1 <= len(claims) <= 1_000, "a proof carries 1 to 1,000 claims")
        named = {a.name: a for a in artefacts}
        mentioned = {name for c in claims for name in c.artefacts}
        require(set(named) == mentioned, "the artefacts of a proof are those that its claims mention")
        self.claims, self.artefacts = claims, artefacts
        own = [getattr(c, "row_bits", 0) for c in claims]
        # Entries of a hidden tensor are checked at once.
        networks = [named[c.artefact].network for c in claims if isinstance(c, WellFormed) and named[c.artefact].network is not None]
        own += [min(14, log2_ceil(x.count)) for network in networks for x in network.parameters]
        trees = max([log2_ceil(a.trees.trees) for a in artefacts if a.trees is not None], default=0)
        self.builder = Builder(max([a.rows.bits for a in artefacts if a.schema is not None] + own, default=0) + trees)
        for i, claim in enumerate(claims):
            claim.compile(named, self.builder, str(i))
        self.cells = sum(1 << bits for _, bits in self.builder.columns)
        self.shared = {a.name: a.shared for a in artefacts if a.shared}
        trees = {a.shared[0] if a.shared else a.name: (a.shared[2] if a.shared else a.layout.rows) << a.layout.m for a in artefacts}
        require(self.cells + sum(trees.values()) <= MAXIMUM_TOTAL, "the proof's artefacts are too large together")
        require(self.cells <= 1 << MAXIMUM_BITS, f"an auxiliary matrix of {self.cells} cells is too large")

    def place(self, m):
        """Fixes the layout: auxiliary rows of 2^m."""
        b = self.builder
        self.matrices = {a.name: (a.shape.name, a.layout) for a in self.artefacts}
        self.aux = MatrixLayout(AUX, m, [(name, [bits]) for name, bits in b.columns])
        self.views = {}
        self.tables = [self.table(i + 1, *table) for i, table in enumerate(b.tables)]
        self.lookups = [logup.Lookup("", table, self.components(components), [(e.bits, e.count) for e in rows])
                        for table, components, rows in b.lookups]
        for x in self.lookups:
            require(len(x.components) == self.tables[x.table].width, "a lookup and its table differ in width")
        self.extents = list(dict.fromkeys([rows for rows, _, _ in b.linear] + [p[0] for p in b.products]))
        self.point_variables = max([e.bits for e in self.extents] + [p[0].bits + p[2].bits for p in b.products]
                                   + [x[0] for x in b.shifts + b.hadamards] + [d.point_variables for d in b.descents + b.gradients + b.networks], default=0)
        self.tree = logup.Tree(self.lookups, self.tables) if self.lookups else None
        self.logup_degree = self.tree.degree if self.tree else 0
        require(self.tree is None or self.tree.depth <= 30, "the fraction tree is too deep")

    def components(self, expressions):
        return [logup.Expression(x.constant, [(c, self.view(r)) for r, c in x.terms.items()]) for x in expressions]

    def table(self, identifier, name, contents, multiplicity):
        view = self.view(multiplicity) if multiplicity else None
        if contents[0] == "integers":
            return IntegerTable(name, identifier, contents[1], view)
        if contents[0] == "rows":
            return PairTable(name, identifier, [tuple(v % P for v in row) for row in contents[1]], view)
        rows = contents[2]
        if contents[0] == "numbered":
            return logup.NumberedTable(name, identifier, [self.components(x) for x in contents[1]], (rows.bits, rows.count), view)
        return logup.CommittedTable(name, identifier, self.components(contents[1]), (rows.bits, rows.count), view)

    def view(self, reference):
        if reference not in self.views:
            matrix, tensor, fixed = reference
            whole = (self.aux if matrix == AUX else self.matrices[matrix][1]).view(tensor)
            self.views[reference] = whole.fix({i: bit for i, bit in enumerate(fixed) if bit is not None})
        return self.views[reference]

    def descriptor(self):
        return {"relation": "zkmlops/claims/v1", "field": "goldilocks", "claims": [c.canonical() for c in self.claims],
                "artefacts": [[a.name, a.kind, a.format] for a in self.artefacts]}

    def terms(self, expression, pieces, scale, mask):
        """scale * <w, expression> without its constant, w the sum of `pieces`, whose total is `mask`: a scalar counts for every row."""
        out = []
        for reference, c in expression.terms.items():
            view, coefficient = self.view(reference), scale * (c % P)
            out += ([(view.matrix, view.tensor(piece, coefficient)) for piece in pieces] if view.variables else
                    [(view.matrix, view.tensor([], coefficient * mask))])
        return out

    def verify(self, channel):
        ext = channel.ext
        points = {e: channel.challenges("rows.point", e.bits) for e in self.extents}
        pieces = {e: masked_eq(r, [(e.bits, e.count)]) for e, r in points.items()}
        masks = {e: mask_sum(r, [(e.bits, e.count)], ext) for e, r in points.items()}
        claims = []
        for rows, expression, public in self.builder.linear:
            # A column with fewer index bits than the rows is repeated over the last of them: every row has to count.
            require(rows.count == 1 << rows.bits or all(self.view(r).variables in (0, rows.bits) for r in expression.terms),
                    "a column is repeated over some rows only")
            target = masks[rows] * (-expression.constant % P)
            if public is not None:
                for weight, value in zip(eq_table(points[rows], ext), public):
                    target = target + weight * (value % P)
            claims.append(Claim(self.terms(expression, pieces[rows], ext.lift(1), masks[rows]), channel.constant(target)))
        for product in self.builder.products:
            claims += self.verify_product(channel, product, pieces[product[0]], masks[product[0]])
        claims += [self.sum_claim(channel, *x) for x in self.builder.sums]
        claims += self.verify_shifts(channel)
        groups = {}
        for x in self.builder.hadamards:
            groups.setdefault(x[0], []).append(x)
        for group in groups.values():
            claims += self.verify_hadamards(channel, group)
        for descent in self.builder.descents:
            claims += verify_descent(self, channel, descent)
        for gradient in self.builder.gradients:
            claims += verify_gradient(self, channel, gradient)
        for network in self.builder.networks:
            claims += verify_network(self, channel, network)
        return claims + (logup.verify(channel, self.tree) if self.tree else [])

    def sum_claim(self, channel, rows, expression, total):
        ext = channel.ext
        count = ext.lift(rows.count)
        terms = self.terms(expression, indicator(rows), ext.lift(1), count) + self.terms(total, [[]], ext.lift(P - 1), ext.lift(1))
        return Claim(terms, channel.constant(ext.lift((total.constant - rows.count * expression.constant) % P)))

    def verify_shifts(self, channel):
        """next~(r) = sum_j column(j) eq(r, j - 1): one random point for all shifts of one length."""
        points, claims = {}, []
        for bits, column, following in self.builder.shifts:
            if bits not in points:
                points[bits] = channel.challenges("shift.point", bits)
            source, target = self.view(column), self.view(following)
            terms = [(source.matrix, source.tensor(f, channel.ext.lift(1))) for f in successor(points[bits])]
            claims.append(Claim(terms + [(target.matrix, target.eq(points[bits], channel.ext.lift(P - 1)))], channel.constant(0)))
        return claims

    def verify_hadamards(self, channel, group):
        """sum_i eq(z, i) sum_k gamma^k (left_k right_k - product_k)(i) = 0: one sumcheck for all products of one length."""
        ext = channel.ext
        z = channel.challenges("hadamard.point", group[0][0])
        gamma = channel.challenge("hadamard.batch")
        point, claim = verify_eq(channel, channel.constant(0), z, "hadamard.round")
        factors = channel.receive("hadamard.factors", 2 * len(group))
        claims, products, total, one = [], [], channel.constant(0) - claim, ext.lift(1)
        for k, ((_, left, right, product), power) in enumerate(zip(group, powers(gamma, len(group)))):
            own, other = factors[2 * k], factors[2 * k + 1]
            total = total + channel.product(own, other) * power
            view = self.view(product)
            products.append((view.matrix, view.eq(point, power)))
            for value, expression in ((own, left), (other, right)):
                claims.append(Claim(self.terms(expression, [eq_factors(point)], one, one), value - ext.lift(expression.constant % P)))
        return claims + [Claim(products, total)]

    def verify_product(self, channel, product, pieces, mask):
        """sum_j eq(r', j) y_j(r) = sum_k x_k(r) w(k, r')."""
        rows, inner, columns, left, right, outputs = product
        ext = channel.ext
        beside = channel.challenges("product.columns", columns.bits)
        value = channel.receive("product.value", 1)[0]
        kappa, claim = verify_product(channel, value, inner.bits, "product.round")
        x, w = channel.receive("product.factors", 2)
        channel.assert_zero("product.final", channel.product(x, w) - claim)
        out = [t for e, y in zip(eq_table(beside, ext), outputs) for t in self.terms(y, pieces, e, mask)]
        constant, terms = ext.lift(0), []
        for e, expression in zip(eq_table(kappa, ext), left):
            terms += self.terms(expression, pieces, e, mask)
            constant = constant + e * (expression.constant % P)
        view = self.view(right)
        weights = [(view.matrix, view.tensor(f, ext.lift(1)))
                   for f in masked_eq(kappa + beside, [(inner.bits, inner.count), (columns.bits, columns.count)])]
        return [Claim(out, value), Claim(terms, x - constant * mask), Claim(weights, w)]


def plan_shapes(artefacts, cells, limit=256):
    """Distinct shapes by decreasing row length; the first carries the auxiliary matrix, at most `limit` rows of it, else a longer one is added:
    the shortest of rows 2^14 ... 2^22, longer than all others, with at most 128 rows."""
    from artefact import Shape
    shapes = sorted({a.shape.name: a.shape for a in artefacts}.values(), key=lambda s: (-s.m, -s.p, s.name))
    if shapes and cells <= limit << shapes[0].m:
        return shapes
    for m in range(max(14, shapes[0].m + 1 if shapes else 14), 23):
        if cells <= 128 << m or m == 22:
            return [Shape(f"m{m}p{1 << (m - 3)}n{m + 2}", m, 1 << (m - 3), m + 2)] + shapes
    raise Rejection(f"an auxiliary matrix of {cells} cells is too large")


def make_statement(claims, artefacts, profile, context):
    """The statement of a proof for `claims` over `artefacts`, both in the proof's order."""
    relation = ClaimRelation(claims, artefacts)
    shapes = plan_shapes(artefacts, relation.cells, 32 if relation.builder.descents else 256)
    require(len(shapes) <= 8, "more than 8 shapes")
    relation.place(shapes[0].m)
    for layout in [relation.aux] + [lay for _, lay in relation.matrices.values()]:
        require(layout.variables <= MAXIMUM_BITS and layout.rows <= 1 << 14, "a matrix is too large")
    variables = log2_ceil(sum(2 << s.m for s in shapes))
    row_bits = min([variables] + [min(s.m - 3, (s.dimension & -s.dimension).bit_length() - 1) for s in shapes])
    levels = schedule(variables, row_bits, min(6, row_bits), profile, 3, 3)
    references = {a.name: ArtefactReference(a.kind, a.shape, a.layout, a.identity, a.format) for a in artefacts}
    return Statement(profile, shapes, shapes[0].name, levels, relation, references, context)


def soundness_bits(statement):
    return minimum(statement.accounting())
