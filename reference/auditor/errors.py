"""Why a bundle is not accepted."""

from errors import ProofError, SpecError  # noqa: F401  (the specification's own failures)


class Rejection(Exception):
    """Something in the bundle is false, malformed or missing: exit code 1."""


class CannotRead(Exception):
    """The bundle could not be read at all: exit code 2."""


def require(holds, reason):
    if not holds:
        raise Rejection(reason)
