"""What claims about tables share: stored columns, public columns, order, rows packed into words, rows selected into another table.

In every function `builder` collects columns and constraints; names and their order decide the layout of the witness.
"""

from .errors import require
from .expressions import Expression, Extent
from .schema import integer64
from .json_text import elements

WORD_BITS = 56
MAXIMUM_NAMES, MAXIMUM_TEXTS, MAXIMUM_ROWS = 64, 1 << 12, 1 << 30


def integers(value, place, most=None):
    return [integer64(x, place) for x in elements(value, place, most)]


def signed(value):
    """A signed integer in the encoding of public objects: two's complement of 64 bits."""
    return value % (1 << 64)


def total_bits(count):
    """Bits of the numbers 0 ... count."""
    return count.bit_length()


def stored_columns(artefact):
    schema, _ = artefact.table()
    return [Expression.of(artefact.column(name, part)) for name, part, _ in schema.stored()]


def ranged_columns(artefact, names):
    """[(expression, interval)] of the stored columns of some table columns, in the order of the schema; no names: of all."""
    schema, _ = artefact.table()
    for name in names:
        schema.column(name)
    return [(Expression.of(artefact.column(name, part)), interval) for name, part, interval in schema.stored() if not names or name in names]


def public_column(builder, name, rows, values):
    column = Expression.of(builder.column(name, rows.bits))
    builder.equal(rows, column, list(values))
    return column


def recorded(builder, name, rows):
    return Expression.of(builder.column(name, rows.bits))


def recorded_bit(builder, name, rows):
    bit = recorded(builder, name, rows)
    builder.bits(f"{name}.bit", bit, 1, rows)
    return bit


def plain(name, column):
    """The reference of an expression that is one committed column."""
    require(column.constant == 0 and list(column.terms.values()) == [1], f"{name}: order is proved of plain columns only")
    return next(iter(column.terms))


def ascending(builder, name, rows, column, step, bits):
    """column(i + 1) - column(i) >= step for every i < count - 1."""
    reference = plain(name, column)
    if rows.count > 1:
        following = builder.next(f"{name}.next", reference, rows.bits)
        builder.bits(f"{name}.difference", following.plus(column, -1).plus(-step), bits, Extent(rows.count - 1, rows.bits))


def strictly_ascending(builder, name, rows, words, bits):
    """Rows of words increase lexicographically: one of the words is the first to grow, those before it stay."""
    if rows.count <= 1:
        return
    if len(words) == 1:
        return ascending(builder, name, rows, words[0], 1, bits[0])
    pairs = Extent(rows.count - 1, rows.bits)
    flags = []
    for i in range(len(words)):
        flags.append(recorded(builder, f"{name}.first.{i}", rows))
        builder.bits(f"{name}.first.{i}.bit", flags[i], 1, pairs)
    builder.equal(pairs, Expression.sum([(1, f) for f in flags], -1))
    for i, (word, width) in enumerate(zip(words, bits)):
        growth = builder.next(f"{name}.next.{i}", plain(name, word), rows.bits).plus(word, -1)
        wide = 1 << width
        builder.bits(f"{name}.{i}.grows", growth.plus(wide - 1).plus(flags[i], -wide), width + 1, pairs)
        if i + 1 < len(words):
            slack = Expression(wide).plus(Expression.sum([(1, f) for f in flags[i + 1:]]), -wide)
            builder.bits(f"{name}.{i}.not-less", slack.plus(growth), width + 1, pairs)
            builder.bits(f"{name}.{i}.not-more", slack.plus(growth, -1), width + 1, pairs)


def packed_rows(columns, label):
    """(words, bits of each): columns less their lower bounds, side by side in words of at most 56 bits."""
    words, bits = [], []
    for expression, interval in columns:
        width = max(1, interval.bits)
        require(width <= WORD_BITS, f"{label}: {width} bits are too wide")
        shifted = expression.plus(-interval.lower)
        if words and bits[-1] + width <= WORD_BITS:
            words[-1] = words[-1].plus(shifted, 1 << bits[-1])
            bits[-1] += width
        else:
            words.append(shifted)
            bits.append(width)
    return words, bits


def select(builder, rows, extent, selected, artefact, prefix):
    """The rows of the artefact are the selected ones of `rows` (row number first), in the same order; their origins."""
    _, own = artefact.table()
    taken = builder.column(f"{prefix}.taken", extent.bits)
    builder.equal(extent, Expression.of(taken).plus(selected, -1))
    table, _ = builder.committed_table(f"{prefix}.rows", rows, extent, taken)
    origin = recorded(builder, f"{prefix}.origin", own)
    builder.lookup(table, [origin] + stored_columns(artefact), own)
    ascending(builder, f"{prefix}.origin", own, origin, 1, total_bits(extent.count))
    return origin


class Cells:
    """A column as statistics read it: value, presence (the column or the constant 1), interval, rows."""

    def __init__(self, name, artefact):
        schema, self.rows = artefact.table()
        column = schema.column(name)
        self.column, self.range = column, column.range
        self.value = Expression.of(artefact.column(name))
        self.has_missing = column.missing == "presence"
        self.presence = Expression.of(artefact.column(name, "presence")) if self.has_missing else Expression(1)

    @property
    def span(self):
        return self.range.upper - self.range.lower

    def masked(self, centre):
        """presence * (value - centre): a missing cell holds the lower bound L, so it is (value - L) + (L - centre) presence."""
        if not self.has_missing:
            return self.value.plus(-centre)
        low = self.range.lower
        return self.value.plus(-low).plus(self.presence, low - centre)


def sorted_cells(builder, label, cells, present):
    """The present cells in ascending order: a permutation of them whose neighbours do not decrease. Its reference and its extent."""
    rows = Extent(present)
    presence = next(iter(cells.presence.terms)) if cells.has_missing else None
    table, _ = builder.committed_table(label, [cells.value], cells.rows, presence)
    column = recorded(builder, label, rows)
    builder.lookup(table, [column], rows)
    require(cells.range.bits <= 58, f"{label}: {cells.range.bits} bits are too wide")
    ascending(builder, label, rows, column, 0, cells.range.bits)
    return plain(label, column), rows
