"""Names inside bundles, and moments."""

import re

from .errors import require
from .json_text import text

BUNDLE_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z\Z", re.ASCII)


def bundle_name(value, place):
    text(value, place)
    require(1 <= len(value) <= 80 and set(value) <= BUNDLE_NAME and value[0] not in "._-", f"{place}: {value!r} cannot be a name in a bundle")
    return value


def moment(value):
    """Whether a text is a UTC time of the form 2026-01-31T23:59:59Z."""
    found = MOMENT.match(value)
    if not found:
        return False
    year, month, day, hour, minute, second = map(int, found.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= days[month - 1] and hour < 24 and minute < 60 and second < 60
