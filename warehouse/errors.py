"""What can go wrong with the store, in words that name table and path."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class WarehouseError(RuntimeError):
    """The store could not be read or written. What it held before is untouched."""


class NotASelect(WarehouseError):
    """SQL that would do anything else than read."""


class WrongHome(WarehouseError):
    """A home that is not of the kind asked for, or none at all; says what to do."""


def in_a_line(error: Exception) -> str:
    """The words of an error; deltalake spreads its own over coloured lines."""
    return " ".join(_COLOUR.sub("", str(error)).replace("↳", ":").split()).replace(" :", ":")


class UnknownVersion(WarehouseError):
    """A version that a table has not."""


class Conflict(Exception):
    """Another writer's commit came first: read, compare and append again."""
