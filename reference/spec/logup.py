"""LogUp as one fraction tree (design 2, section 3.1), verifier generic over the claim algebra.

Statement: every selected row of every lookup is a row of its table.  Fingerprint of a tuple v of table number id:
    phi(id, v) = id + sum_{k=1..c} beta^k v_k,   ids 1, 2, ..., never 0; a shorter tuple simply ends.
Leaves (numerator, denominator):  selected lookup row (1, alpha - phi(w_i));  table row (-m_j, alpha - phi(t_j)), public or committed alike;
    everything else, unselected rows and the filling of tables included, (0, 1);  the last leaf (0, omega), omega committed, uniform, non-zero.
Sections (lookups, then tables) have power-of-two sizes and lie by decreasing size (ties: order of declaration), so each is
an aligned block.  Claim: sum of numerators over denominators = 0, i.e. root (p, q) = (0, q_root), q_root != 0 in clear
(uniform on E* because of omega).  Tree: node i of a layer of size 2^l has children i and i + 2^l of the next layer.
Layer step (l variables):  claims p(z) = a, q(z) = b;  lambda;
    a + lambda b = sum_x eq(z,x) [ u(x) q1(x) + p1(x) q0(x) ],  u = p0 + lambda q0;  l eq-form rounds -> x*, claim;
    the prover sends u, p1, q0, q1 at x*; two products, each of two single scalars;  p0 = u - lambda q0;
    mu;  new point (mu, x*), p = p0 + mu (p1 - p0), q = q0 + mu (q1 - q0).
The two leaf claims are linear in the committed columns: one claim on the multiplicities, one on the tuples.
"""

from algebra import LayoutTape
from blocks import Claim
from errors import CheckFailed, ProverAbort
from field import P, powers
from sumcheck import prove_eq, verify_eq
from weights import eq_range, eq_value, mask_sum, masked_eq, suffix_tables


class Expression:
    """constant + sum_k coefficient_k * view_k(i): one component of a looked-up tuple. Coefficients in F."""

    def __init__(self, constant, terms):
        self.constant, self.terms = constant % P, [(c % P, v) for c, v in terms]

    def values(self, read, count=None):
        """Dense values, `count` of them where a scalar or a constant stands for every row; read(view) -> list."""
        tables = [(c, read(v)) for c, v in self.terms]
        count = count or max(len(t) for _, t in tables)
        return [(self.constant + sum(c * t[i if len(t) > 1 else 0] for c, t in tables)) % P for i in range(count)]


class Lookup:
    """`components` of the tuple (views with the same variables), `table`: index into the table list,
    `selected`: [(bits, count)] per dimension, rows with every index below its count are selected."""

    def __init__(self, name, table, components, selected):
        self.name, self.table, self.components, self.selected = name, table, components, selected
        self.bits = sum(b for b, _ in selected)

    def selector(self):
        flags = [1]
        for bits, count in self.selected:
            flags = [f * (i < count) for f in flags for i in range(1 << bits)]
        return flags


class Table:
    """`rows`: distinct tuples; the leaves up to the next power of two are (0, 1); `multiplicity`: view of m.

    Never repeated rows: only the sum over equal rows is determined, so a multiplicity read as a count would be a lie.
    A multiplicity that is an OUTPUT needs an identifier of its own; others may share one table."""

    def __init__(self, name, identifier, rows, multiplicity):
        self.name, self.identifier, self.multiplicity = name, identifier, multiplicity
        assert len(set(rows)) == len(rows) and identifier > 0
        self.count, self.bits, self.width = len(rows), max(len(rows) - 1, 0).bit_length(), len(rows[0])
        self.rows = list(rows)

    def weighted_denominators(self, own, alpha, beta_powers, ext, eq):
        """sum_j eq(own, j) (alpha - phi(row j) - 1); tables with a closed form override it. eq(bits): the table of eq(own, .)."""
        total = ext.lift(0)
        for weight, row in zip(eq(self.bits), self.rows):
            total = total + weight * (alpha - fingerprint(self.identifier, row, beta_powers) - 1)
        return total


class CommittedTable:
    """Rows in committed columns: the first `count` rows of `components`, equal ones perhaps.  `multiplicity`: view of m, or None where
    every row stands for itself once (the lookups are a permutation of the rows)."""

    def __init__(self, name, identifier, components, extent, multiplicity):
        assert identifier > 0
        self.name, self.identifier, self.components, self.multiplicity = name, identifier, components, multiplicity
        (self.bits, self.count), self.width = extent, len(components)
        self.selected = [extent]


class NumberedTable:
    """Rows in committed columns with a public key: row i of piece f is (f 2^bits + i, pieces[f](i)...), i < count.  No two keys are equal."""

    def __init__(self, name, identifier, pieces, extent, multiplicity):
        assert identifier > 0 and len({len(x) for x in pieces}) == 1
        self.name, self.identifier, self.pieces, self.extent, self.multiplicity = name, identifier, pieces, extent, multiplicity
        outer = max(len(pieces) - 1, 0).bit_length()
        self.selected, self.bits, self.width = [(outer, len(pieces)), extent], outer + extent[0], 1 + len(pieces[0])


def key_sum(point, count, ext):
    """sum_{i < count} eq(point, i) i, over the dyadic pieces of the range."""
    total = ext.lift(0)
    for piece in eq_range(point, 0, count):
        weight, numbers = ext.lift(1), ext.lift(0)
        for low, high in piece:
            numbers = (numbers + numbers) * (low + high) + weight * high
            weight = weight * (low + high)
        total = total + numbers
    return total


class Tree:
    """Section layout shared by prover and verifier."""

    def __init__(self, lookups, tables):
        self.lookups, self.tables = lookups, tables
        sections = list(lookups) + list(tables)
        self.order = sorted(range(len(sections)), key=lambda i: (-sections[i].bits, i))
        offset, self.offsets = 0, {}
        for i in self.order:
            self.offsets[id(sections[i])] = offset
            offset += 1 << sections[i].bits
        self.depth = offset.bit_length()            # at least one free leaf for omega
        self.width = max([len(x.components) for x in lookups] + [t.width for t in tables])
        self.degree = (self.width + 1) << self.depth

    def section_eq(self, z, section, ext):
        """(eq of the section's prefix, the section's own point)."""
        prefix = self.depth - section.bits
        return eq_value(z[:prefix], self.offsets[id(section)] >> section.bits, ext), z[prefix:]


def verify(channel, tree, label="logup"):
    """Returns the two leaf claims."""
    ext = channel.ext
    omega = channel.secret(label + ".omega")
    alpha, beta = channel.challenges(label + ".fingerprint", 2)
    q_root = channel.clear(label + ".root", 1)[0]
    if q_root.is_zero() and label + ".root_nonzero" not in channel.disabled:
        raise CheckFailed(label + ".root_nonzero")
    p, q, z = channel.constant(0), channel.constant(q_root), []
    for _ in range(tree.depth):
        lam = channel.challenge(label + ".lambda")
        point, claim = verify_eq(channel, p + q * lam, z, label + ".round")
        u, p1, q0, q1 = channel.receive(label + ".children", 4)
        channel.assert_zero(label + ".layer", channel.product(u, q1) + channel.product(p1, q0) - claim)
        mu = channel.challenge(label + ".mu")
        p0 = u - q0 * lam
        p, q, z = p0 + (p1 - p0) * mu, q0 + (q1 - q0) * mu, [mu] + point
    return leaf_claims(tree, z, p, q, omega, alpha, beta, ext, isinstance(getattr(channel, "tape", None), LayoutTape))


def fingerprint(identifier, row, beta_powers):
    total = beta_powers[0] * identifier
    for k, value in enumerate(row, 1):
        total = total + beta_powers[k] * value
    return total


def leaf_claims(tree, z, p, q, omega, alpha, beta, ext, symbolic=False):
    """`symbolic`: for the run that lays out pads, which asks for no public number."""
    eq = suffix_tables(z, ext)
    last = eq_value(z, (1 << tree.depth) - 1, ext)
    beta_powers = powers(beta, tree.width + 1)
    numerators, denominators = ext.lift(0), ext.lift(1) - last
    p_terms, q_terms = [], []

    def committed(x, identifier):
        """The public part of the section's denominators; the committed part, negated, goes to q_terms.  A scalar counts for every row."""
        e, own = tree.section_eq(z, x, ext)
        chosen, pieces = e * mask_sum(own, x.selected, ext), masked_eq(own, x.selected)
        constant = alpha - identifier
        for k, component in enumerate(x.components, 1):
            constant = constant - beta_powers[k] * component.constant
            for c, v in component.terms:
                if v.variables:
                    q_terms.extend((v.matrix, v.tensor(f, e * beta_powers[k] * c)) for f in pieces)
                else:
                    q_terms.append((v.matrix, v.tensor([], chosen * beta_powers[k] * c)))
        return chosen, chosen * (constant - 1)

    def numbered(t, e, own):
        """The same of a table with public keys, piece by piece."""
        bits, count = t.extent
        high, low, total = own[:len(own) - bits], own[len(own) - bits:], ext.lift(0)
        mask, keys, pieces = mask_sum(low, [t.extent], ext), key_sum(low, count, ext), masked_eq(low, [t.extent])
        for f, components in enumerate(t.pieces):
            weight, constant = e * eq_value(high, f, ext), alpha - t.identifier
            for k, component in enumerate(components, 2):
                constant = constant - beta_powers[k] * component.constant
                for c, v in component.terms:
                    if v.variables:
                        q_terms.extend((v.matrix, v.tensor(x, weight * beta_powers[k] * c)) for x in pieces)
                    else:
                        q_terms.append((v.matrix, v.tensor([], weight * mask * beta_powers[k] * c)))
            total = total + weight * (mask * (constant - 1) - beta_powers[1] * (keys + mask * (f << bits)))
        return total
    for x in tree.lookups:
        chosen, own = committed(x, tree.tables[x.table].identifier)
        numerators, denominators = numerators + chosen, denominators + own
    for t in tree.tables:
        e, own = tree.section_eq(z, t, ext)
        if t.multiplicity is None:
            numerators = numerators - e * mask_sum(own, t.selected, ext)
        else:
            shape = t.selected if isinstance(t, NumberedTable) else [(t.bits, t.count)]
            p_terms += [(t.multiplicity.matrix, t.multiplicity.tensor(f, e)) for f in masked_eq(own, shape)]
        if isinstance(t, CommittedTable):
            denominators = denominators + committed(t, t.identifier)[1]
        elif isinstance(t, NumberedTable):
            denominators = denominators + numbered(t, e, own)
        elif not symbolic:
            denominators = denominators + e * t.weighted_denominators(own, alpha, beta_powers, ext, eq)
    # <eq, m> = numerators - p;   <eq, phi parts> = denominators + eq_last omega - q
    return [Claim(p_terms, numerators - p), Claim(q_terms, denominators + omega * last - q)]


def leaves(tree, read, omega, alpha, beta, ext):
    """Prover: dense (numerators, denominators); read(view) -> base values."""
    n, d = [ext.lift(0)] * (1 << tree.depth), [ext.lift(1)] * (1 << tree.depth)
    beta_powers = powers(beta, tree.width + 1)
    for x in tree.lookups:
        at, rows = tree.offsets[id(x)], zip(*[c.values(read, 1 << x.bits) for c in x.components])
        for i, (s, row) in enumerate(zip(x.selector(), rows)):
            if s:
                n[at + i], d[at + i] = ext.lift(1), alpha - fingerprint(tree.tables[x.table].identifier, row, beta_powers)
    for t in tree.tables:
        at, m = tree.offsets[id(t)], read(t.multiplicity) if t.multiplicity else [1] * (1 << t.bits)
        for j, row in enumerate(table_rows(t, read)):
            if row is None:
                continue
            n[at + j], d[at + j] = ext.lift(-m[j]), alpha - fingerprint(t.identifier, row, beta_powers)
    d[-1] = omega
    return n, d


def table_rows(table, read):
    if isinstance(table, CommittedTable):
        return list(zip(*[c.values(read, 1 << table.bits) for c in table.components]))[:table.count]
    if isinstance(table, NumberedTable):
        # None in the padding of a piece.
        bits, count = table.extent
        pieces = [list(zip(*[c.values(read, 1 << bits) for c in components])) for components in table.pieces]
        return [(f << bits | i, *row) if i < count else None for f, piece in enumerate(pieces) for i, row in enumerate(piece)]
    return table.rows


def prove(channel, tree, read, label="logup"):
    """Prover; aborts on a pole."""
    ext = channel.tape.ext
    omega = channel.secret(label + ".omega")
    alpha, beta = channel.challenges(label + ".fingerprint", 2)
    layers = [leaves(tree, read, omega, alpha, beta, ext)]
    if any(x.is_zero() for x in layers[0][1][:-1]):
        raise ProverAbort("pole")
    while len(layers[0][0]) > 1:
        p, q = layers[0]
        h = len(p) // 2
        layers.insert(0, ([p[i] * q[h + i] + p[h + i] * q[i] for i in range(h)], [q[i] * q[h + i] for i in range(h)]))
    channel.clear(label + ".root", [layers[0][1][0]])
    z = []
    for p, q in layers[1:]:
        lam, h = channel.challenge(label + ".lambda"), len(p) // 2
        u = [p[i] + lam * q[i] for i in range(h)]
        point, ((u0, q1), (p1, q0)) = prove_eq(channel, z, [(u, q[h:]), (p[h:], q[:h])], label + ".round")
        channel.send(label + ".children", [u0, p1, q0, q1])
        z = [channel.challenge(label + ".mu")] + point


def multiplicities(lookups, table_index, table, read):
    """Count of each table row among the selected rows (0 at the filling; of equal rows the first has it); others are not counted."""
    where, counts = {}, [0] * (1 << table.bits)
    for j, row in enumerate(table_rows(table, read)):
        where.setdefault(row, j)
    for x in lookups:
        if x.table == table_index:
            for s, row in zip(x.selector(), zip(*[c.values(read, 1 << x.bits) for c in x.components])):
                if s and row in where:
                    counts[where[row]] += 1
    return counts
