"""Public weights w of linear claims <w, v> = y, as sums of succinct terms.

A vector v of length 2^L has index bits b = (b_0, ..., b_{L-1}), b_0 the MOST significant; variable i stands for b_i and
variables are bound in the order 0, 1, ... (project-wide order, design 3, 3.3).
`Tensor(coef, factors)`:  w(b) = coef * prod_i factors[i][b_i],  factors[i] = (a_i, b_i), each base or extension.
`Dense(values, L)`:       w(b) = values[b] for b < len(values), 0 beyond.
The multilinear extension of w is bound one variable at a time by `bind`.
A weight is a list of terms over the same number of variables.
"""

from field import P


def mul(x, y):
    """Product of base/extension values, reduced."""
    z = x * y
    return z % P if isinstance(z, int) else z


def lerp(a, b, r):
    """a + r (b - a)."""
    if isinstance(a, int) and isinstance(b, int):
        return r * ((b - a) % P) + a
    return r * (b - a) + a


class Tensor:
    __slots__ = ("coef", "factors")

    def __init__(self, coef, factors):
        self.coef, self.factors = coef, tuple(factors)

    @property
    def variables(self):
        return len(self.factors)

    def bind(self, r):
        a, b = self.factors[0]
        return Tensor(self.coef * lerp(a, b, r), self.factors[1:])

    def scale(self, c):
        return Tensor(self.coef * c, self.factors)

    def prepend(self, factors):
        return Tensor(self.coef, tuple(factors) + self.factors)

    def entries(self):
        """Nonzero entries as (index, value in E)."""
        live = [(0, self.coef)]
        for a, b in self.factors:
            grown = []
            for index, value in live:
                for bit, f in ((0, a), (1, b)):
                    if f != 0:
                        grown.append((2 * index + bit, value if isinstance(f, int) and f == 1 else value * f))
            live = grown
        return live


class Dense:
    __slots__ = ("values", "variables", "prefix", "coef")

    def __init__(self, values, variables, prefix=(), coef=1):
        """`prefix`: factors of leading variables in front of the dense part; `coef`: a factor of all entries."""
        assert len(values) <= 1 << variables
        self.values, self.variables, self.prefix, self.coef = list(values), variables + len(prefix), tuple(prefix), coef

    def bind(self, r):
        if self.prefix:
            return Dense(self.values, self.variables - len(self.prefix), self.prefix[1:], lerp(*self.prefix[0], r) * self.coef)
        half = 1 << (self.variables - 1)
        lo, hi = self.values[:half], self.values[half:]
        if not hi:
            return Dense(lo, self.variables - 1, (), (1 - r) * self.coef)
        return Dense([lerp(a, b, r) for a, b in zip(lo, hi)] + [a * (1 - r) for a in lo[len(hi):]], self.variables - 1, (), self.coef)

    def scale(self, c):
        return Dense(self.values, self.variables - len(self.prefix), self.prefix, c * self.coef)

    def prepend(self, factors):
        return Dense(self.values, self.variables - len(self.prefix), tuple(factors) + self.prefix, self.coef)

    def entries(self):
        tail = self.variables - len(self.prefix)
        for base, c in Tensor(1, self.prefix).entries() if self.prefix else [(0, 1)]:
            c = c * self.coef
            for i, v in enumerate(self.values):
                yield (base << tail) + i, v * c


def bit_factors(value, bits):
    """Factors that fix `bits` variables to the bits of `value`, most significant first."""
    return [((0, 1) if value >> (bits - 1 - i) & 1 else (1, 0)) for i in range(bits)]


def eq_factors(point):
    """eq(z, .) = (x)_i (1 - z_i, z_i)."""
    return [(1 - z, z) for z in point]


def power_factors(x, bits):
    """(1, x, x^2, ..., x^(2^bits - 1)) = (x)_i (1, x^(2^(bits-1-i)))."""
    squares = [x]
    for _ in range(bits - 1):
        squares.append(mul(squares[-1], squares[-1]))
    return [(1, s) for s in reversed(squares[:bits])]


def eq_range(point, start, stop):
    """Factor lists whose tensors sum to eq(point, b) on [start, stop), 0 elsewhere."""
    n, pieces = len(point), []
    while start < stop:
        k = 0
        while k < n and start % (2 << k) == 0 and start + (2 << k) <= stop:
            k += 1
        fixed = [((0, z) if start >> (n - 1 - i) & 1 else (1 - z, 0)) for i, z in enumerate(point[:n - k])]
        pieces.append(fixed + eq_factors(point[n - k:]))
        start += 1 << k
    return pieces


def masked_eq(point, dims):
    """Factor lists whose tensors sum to eq(point, .) restricted to the logical shape; dims = [(bits, count)]."""
    products, at = [[]], 0
    for bits, count in dims:
        pieces = eq_range(point[at:at + bits], 0, count)
        products, at = [p + q for p in products for q in pieces], at + bits
    return products


def mask_sum(point, dims, ext):
    """sum of eq(point, .) over the logical shape: the multilinear extension of the shape's indicator."""
    total, at = ext.lift(1), 0
    for bits, count in dims:
        total, at = total * eq_prefix_sum(point[at:at + bits], count, ext), at + bits
    return total


def bind_all(terms, point):
    """Terms bound at the point; tensors that agree in what is left are one (views of one matrix at one point differ in their first bits)."""
    for r in point:
        known, bound = {}, []
        for t in terms:
            if isinstance(t, Tensor):
                first = t.factors[0]
                if first not in known:
                    known[first] = lerp(*first, r)
                bound.append(Tensor(t.coef * known[first], t.factors[1:]))
            else:
                bound.append(t.bind(r))
        terms = bound
    return merged(terms)


def merged(terms):
    """The same weight with one tensor for each list of factors."""
    tensors, rest = {}, []
    for t in terms:
        if isinstance(t, Tensor):
            tensors[t.factors] = tensors[t.factors] + t.coef if t.factors in tensors else t.coef
        else:
            rest.append(t)
    return rest + [Tensor(coef, factors) for factors, coef in tensors.items()]


def accumulate(dense, terms):
    """dense[b] += sum of terms at b, in place (indices beyond len(dense) are skipped)."""
    for t in terms:
        for i, v in t.entries():
            if i < len(dense):
                dense[i] = dense[i] + v
    return dense


def evaluate_at_indices(terms, count, ext):
    """The first `count` entries of the weight as a dense list in E."""
    return accumulate([ext.lift(0)] * count, terms)


def inner(terms, vector, ext):
    """<w, vector>; vector shorter than 2^L stands for itself followed by zeros."""
    total = ext.lift(0)
    for t in terms:
        for i, v in t.entries():
            if i < len(vector):
                x = vector[i]
                if x != 0:
                    total = total + v * x
    return total


def eq_value(point, index, ext):
    """eq(point, bits of index), index MSB first."""
    out = ext.lift(1)
    n = len(point)
    for i, z in enumerate(point):
        out = out * (z if index >> (n - 1 - i) & 1 else 1 - z)
    return out


def eq_table(point, ext):
    """[eq(point, u)]_u of length 2^len(point)."""
    table = [ext.lift(1)]
    for z in point:
        table = [x for v in table for high in (v * z,) for x in (v - high, high)]
    return table


def suffix_tables(point, ext):
    """bits -> eq_table of the last `bits` coordinates of the point; each is made of the one before."""
    known = [[ext.lift(1)]]

    def table(bits):
        while len(known) <= bits:
            high = [v * point[len(point) - len(known)] for v in known[-1]]
            known.append([v - h for v, h in zip(known[-1], high)] + high)
        return known[bits]
    return table


def eq_prefix_sum(point, count, ext):
    """sum_{u < count} eq(point, u): walk down the bits of count."""
    n, total, run = len(point), ext.lift(0), ext.lift(1)
    if count >= 1 << n:
        return ext.lift(1)
    for i, z in enumerate(point):
        if count >> (n - 1 - i) & 1:
            total = total + run * (1 - z)
            run = run * z
        else:
            run = run * (1 - z)
    return total
