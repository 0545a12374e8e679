"""What the store says about a load and about its tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

HeldRow = tuple[str, ...]
"""A row's key, value by value, and its revision, as texts."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A row that replaced an earlier statement about its key.

    `key` holds the key's values in the order of the table's key, `changed` maps each
    column that differs to its old and new value.
    """

    key: tuple[Any, ...]
    revision: int
    changed: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one load did: rows given = new + revised + duplicates.

    A duplicate states what is held already, or is an older statement than the one held
    (superseded). `version_before` is None where there was no table.
    """

    table: str
    new: int
    revised: int
    duplicates: int
    version_before: int | None
    version_after: int | None
    revisions: tuple[Revision, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A stored table in numbers. `last_known_from` (UTC) is null for logs."""

    name: str
    says: str
    rows: int
    current_rows: int
    version: int
    files: int
    bytes: int
    last_known_from: datetime | None


def utc(moment: datetime, name: str) -> datetime:
    """The moment in UTC; raises `ValueError` if it has no zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{name}={moment!r} has no time zone")
    return moment.astimezone(UTC)
