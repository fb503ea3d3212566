"""Strict JSON as bundles use it: UTF-8, distinct keys, no fractions, integers below 2^53, no lone surrogates, depth at most 64;
and the canonical form of RFC 8785 (no floats)."""

import json

from .errors import Rejection, require

LARGEST = (1 << 53) - 1
DEPTH = 64
MAXIMUM_BYTES = 4 << 20

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def parse(raw, name, limit=MAXIMUM_BYTES):
    """The value of a document; `name` for the reason of a rejection."""
    require(len(raw) <= limit, f"{name}: more than {limit} bytes of JSON")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Rejection(f"{name}: not UTF-8 ({error.reason} at byte {error.start})") from None
    require(_nesting(text) <= DEPTH, f"{name}: nested deeper than {DEPTH}")
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_float=_no_float, parse_constant=_no_float)
        _scalars_only(value)
    except Rejection as error:
        raise Rejection(f"{name}: {error}") from None
    except ValueError as error:
        raise Rejection(f"{name}: {error}") from None
    return value


def _nesting(text):
    depth = deepest = 0
    inside = escaped = False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _object(pairs):
    out = {}
    for key, value in pairs:
        require(key not in out, f"key {key!r} occurs twice")
        out[key] = value
    return out


def _integer(digits):
    require(len(digits.lstrip("-")) <= 16 and abs(int(digits)) <= LARGEST, "an integer of 2^53 or more")
    return int(digits)


def _no_float(text):
    raise Rejection(f"{text} is not an integer")


def _scalars_only(value):
    """Escapes may write lone surrogates, which are no text."""
    if isinstance(value, str):
        require(not any(0xD800 <= ord(c) < 0xE000 for c in value), "a lone surrogate")
    elif isinstance(value, list):
        for item in value:
            _scalars_only(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _scalars_only(key)
            _scalars_only(item)


def canonical(value):
    """The bytes of RFC 8785: keys by UTF-16 code units, no space, shortest escapes."""
    return _write(value).encode()


def _write(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(_write, value)) + "]"
    keys = sorted(value, key=lambda k: k.encode("utf-16-be"))
    return "{" + ",".join(_write(k) + ":" + _write(value[k]) for k in keys) + "}"


def fields(value, required, place, optional=()):
    """The members of an object that has exactly the `required` keys and perhaps `optional` ones, in the order asked for."""
    require(isinstance(value, dict), f"{place}: an object is expected")
    for key in value:
        require(key in required or key in optional, f"{place}: {key!r} is not a field of this format")
    for key in required:
        require(key in value, f"{place}: {key!r} is missing")
    return [value.get(key) for key in (*required, *optional)]


def text(value, place):
    require(isinstance(value, str), f"{place}: a string is expected")
    return value


def integer(value, place, low=-LARGEST, high=LARGEST):
    require(type(value) is int, f"{place}: an integer is expected")
    require(low <= value <= high, f"{place}: {value} is outside {low}...{high}")
    return value


def elements(value, place, most=None):
    require(isinstance(value, list), f"{place}: an array is expected")
    require(most is None or len(value) <= most, f"{place}: more than {most} elements")
    return value


def boolean(value, place):
    require(isinstance(value, bool), f"{place}: true or false is expected")
    return value


def public_object(value, place):
    """A JSON value as it enters digests: no null, no negative integer (such numbers are strings)."""
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        require(value >= 0, f"{place}: negative integers are written as strings here")
        return value
    if isinstance(value, list):
        return [public_object(x, f"{place}/{i}") for i, x in enumerate(value)]
    require(isinstance(value, dict), f"{place}: null cannot stand here")
    return {k: public_object(v, f"{place}/{k}") for k, v in value.items()}
