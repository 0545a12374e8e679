"""What can go wrong with the store, in words that name table and path."""

from __future__ import annotations

import re

_FRAMES = re.compile(r" 0: (?:<unknown>|\w+::).*")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class WarehouseError(RuntimeError):
    """The store could not be read or written. What it held before is untouched."""


class Damaged(WarehouseError):
    """A file of a table is not what was written: which, what it costs, what brings it back."""

    def __init__(self, table: str, path: object, what: str, rows: int = 0) -> None:
        cost = f", {rows:,} rows of {table} can't be read" if rows else ""
        super().__init__(
            f"{table}: {path}: {what}{cost}; `carbonmart repair` says how it comes back"
        )
        self.table, self.path, self.what, self.rows = table, str(path), what, rows


class NotASelect(WarehouseError):
    """SQL that would do anything else than read."""


class WrongHome(WarehouseError):
    """A home that is not of the kind asked for, or none at all; says what to do."""


def in_a_line(error: Exception) -> str:
    """The words of an error; deltalake spreads its own over coloured lines, and adds
    the frames of its stack."""
    words = " ".join(_COLOUR.sub("", str(error)).replace("↳", ":").split()).replace(" :", ":")
    return _FRAMES.sub("", words)


class UnknownVersion(WarehouseError):
    """A version that a table has not."""


class Conflict(Exception):
    """Another writer's commit came first: read, compare and append again."""
