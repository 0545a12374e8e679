"""What can go wrong with the store, in words that name table and path."""

from __future__ import annotations


class WarehouseError(RuntimeError):
    """The store could not be read or written. What it held before is untouched."""


class WrongHome(WarehouseError):
    """A home that is not of the kind asked for, or none at all; says what to do."""


class Conflict(Exception):
    """Another writer's commit came first: read, compare and append again."""
