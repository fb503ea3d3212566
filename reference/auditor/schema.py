"""Integer intervals and table schemas, as commitments bind them.

A table column is stored as one column of integers, or two when cells may be missing: the value and the presence (1 present,
0 missing; a missing cell stores the lower bound of the range).  The stored integer is the whole number, the decimal number times
10^scale, or the index of the category.
"""

import re
import unicodedata

from .errors import Rejection, require
from .json_text import LARGEST, elements, fields, integer, text

INT64 = 1 << 63
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
KEYS = {"integer": ("range",), "decimal": ("range", "digits"), "category": ("categories",)}
MAXIMUM_COLUMNS = 1 << 12
MAXIMUM_CATEGORIES = 65_536


class Range:
    """lower ... upper, both included, 64 bits."""

    __slots__ = ("lower", "upper")

    def __init__(self, lower, upper):
        require(lower <= upper, f"the interval {lower} ... {upper} is empty")
        require(-INT64 <= lower and upper < INT64, "an interval leaves 64 bits")
        self.lower, self.upper = lower, upper

    @classmethod
    def only(cls, value):
        return cls(value, value)

    @classmethod
    def signed(cls, bits):
        """Two's complement of `bits` bits."""
        return cls(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)

    def __eq__(self, other):
        return isinstance(other, Range) and (self.lower, self.upper) == (other.lower, other.upper)

    def __hash__(self):
        return hash((self.lower, self.upper))

    def __repr__(self):
        return f"[{self.lower}, {self.upper}]"

    @property
    def bits(self):
        """Least b with upper - lower < 2^b."""
        return (self.upper - self.lower).bit_length()

    @property
    def magnitude(self):
        return max(abs(self.lower), abs(self.upper))

    def holds(self, other):
        return self.lower <= other.lower and other.upper <= self.upper

    def contains(self, value):
        return self.lower <= value <= self.upper

    def hull(self, other):
        return Range(min(self.lower, other.lower), max(self.upper, other.upper))

    def canonical(self):
        return [str(self.lower), str(self.upper)]

    @classmethod
    def read(cls, value, place, digits=None):
        """[lowest, highest]; with `digits` decimal texts of that many digits after the point, standing for the number times 10^digits."""
        require(isinstance(value, list) and len(value) == 2, f"{place}: must be [lowest, highest]")
        return cls(*(integer64(x, place) if digits is None else decimal_text(x, digits, place) for x in value))


def integer64(value, place):
    """A number below 2^53 in size, else its decimal text: one form for each value."""
    if isinstance(value, str):
        require(len(value) <= 20 and INTEGER.match(value), f"{place}: must be an integer")
        value = int(value)
        require(abs(value) > LARGEST, f"{place}: an integer below 2^53 is written as a number")
    require(type(value) is int, f"{place}: must be an integer")
    require(-INT64 <= value < INT64, f"{place}: an integer leaves 64 bits")
    return value


def decimal_text(text, digits, place):
    """number * 10^digits of a text with exactly `digits` digits after the point."""
    require(isinstance(text, str) and len(text) <= 40, f"{place}: must be a decimal text")
    require(re.match(r"-?(0|[1-9][0-9]*)" + (r"\.[0-9]{%d}" % digits if digits else "") + r"\Z", text),
            f"{place}: must be a decimal number with {digits} digits after the point")
    value = int(text.replace(".", ""))
    require(value != 0 or text[0] != "-", f"{place}: a negative zero")
    require(-INT64 < value < INT64, f"{place}: a number leaves 64 bits")
    return value


class Column:
    def __init__(self, name, kind, range, missing, key, scale=None, categories=None):
        self.name, self.kind, self.range, self.missing, self.key = name, kind, range, missing, key
        self.scale, self.categories = scale, categories

    @classmethod
    def read(cls, value):
        """One column of a manifest."""
        kind = value.get("type") if isinstance(value, dict) else None
        require(isinstance(kind, str) and kind in KEYS, "a schema column has no type, or an unknown one")
        fields(value, ("name", "type", "missing", *KEYS[kind]), "a schema column", optional=("key",))
        name = text(value["name"], "a schema column")
        place = f"column {name!r}"
        require(name, "a column needs a name")
        require(value["missing"] in ("refuse", "presence"), f"{place}: missing must be refuse or presence")
        require(value.get("key", True) is True, f"{place}: key is left out unless true")
        scale = categories = None
        if kind == "category":
            categories = [text(x, place) for x in elements(value["categories"], place)]
            require(1 <= len(categories) <= MAXIMUM_CATEGORIES, f"{place}: {len(categories)} categories")
            require(distinct(categories), f"{place}: a category occurs twice")
            interval = Range(0, len(categories) - 1)
        else:
            if kind == "decimal":
                scale = integer(value["digits"], place, 0, 18)
            interval = Range.read(value["range"], place, scale)
        require(interval.magnitude < 1 << 62 and interval.bits <= 61, f"{place}: range {interval} is too wide")
        return cls(name, kind, interval, value["missing"], "key" in value, scale, categories)

    def canonical(self):
        out = {"name": self.name, "missing": self.missing, "key": self.key, "type": self.kind}
        if self.kind == "category":
            return {**out, "categories": list(self.categories)}
        if self.kind == "decimal":
            out["scale"] = self.scale
        return {**out, "range": self.range.canonical()}

    def means(self):
        """What a model relies on: type, interval or categories in order, scale, treatment of missing cells."""
        return (self.kind, self.range, self.scale, tuple(self.categories or ()), self.missing)


class Schema:
    def __init__(self, columns):
        require(columns, "a table needs at least one column")
        require(distinct([c.name for c in columns]), "a column name occurs twice")
        self.columns, self.by_name = columns, {c.name: c for c in columns}

    @classmethod
    def read(cls, value):
        return cls([Column.read(x) for x in elements(value, "a schema", MAXIMUM_COLUMNS)])

    def canonical(self):
        return [c.canonical() for c in self.columns]

    def column(self, name):
        if name not in self.by_name:
            raise Rejection(f"no column {name!r}")
        return self.by_name[name]

    def stored(self):
        """[(column name, "value" | "presence", interval)] in order."""
        out = []
        for c in self.columns:
            out.append((c.name, "value", c.range))
            if c.missing == "presence":
                out.append((c.name, "presence", Range(0, 1)))
        return out

    def index(self, name, part):
        """Number of a stored column."""
        for i, (column, own, _) in enumerate(self.stored()):
            if (column, own) == (name, part):
                return i
        raise Rejection(f"no stored column {part}({name})")


def distinct(texts):
    """No two texts are equal up to Unicode normalisation."""
    return len({unicodedata.normalize("NFC", t) for t in texts}) == len(texts)
