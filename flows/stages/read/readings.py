"""Readings of people: the files as they are, and their editions.

Like corrections, a changed file is kept as it was before any row follows from it, under
`<home>/archive/readings/`, so that a replay reads each figure as it was read then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.core.context import RunContext
from flows.core.settings import Settings
from schemas.contracts.readings import (
    FigureReading,
    ReadingError,
    read_readings,
)
from warehouse.engine.storage.base import Address
from warehouse.engine.storage.storage import storage
from warehouse.store.home import home_path

FILES = ("readings.yml", "readings.jsonl")
FOLDER = "readings"
_STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class ReadingsEdition:
    """The readings as they were from an instant on."""

    since: datetime
    readings: tuple[FigureReading, ...]


def present(settings: Settings) -> tuple[FigureReading, ...]:
    """The readings of the home's files. Raises `ReadingError`, also for a figure in both."""
    found: dict[tuple[str, ...], FigureReading] = {}
    for name in FILES:
        text, path = _file(settings, name)
        for one in read_readings(text, path):
            if one.place in found:
                told = f"{path}, line {one.line}: {one.printed} of {one.text} is read in"
                raise ReadingError(f"{told} {FILES[0]} already")
            found[one.place] = one
    return tuple(found.values())


def _file(settings: Settings, name: str) -> tuple[str, str]:
    home = home_path(settings.home) if "://" in settings.home else Path(settings.home)
    path = home / name
    try:
        if isinstance(path, Address):
            return (storage(path.parent).read_bytes(path.name) or b"").decode("utf-8"), str(path)
        return path.read_text(encoding="utf-8"), str(path)
    except FileNotFoundError:
        return "", str(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ReadingError(f"{path} can't be read: {error}") from error


def reading_editions(context: RunContext) -> list[ReadingsEdition]:
    """All editions that runs have seen, the oldest first; what would be refused today is out."""
    folder = storage(context.home.path / "archive" / FOLDER)
    return [
        ReadingsEdition(
            datetime.strptime(item.name.removesuffix(".jsonl"), _STAMP).replace(tzinfo=UTC),
            read_readings(
                (folder.read_bytes(item.name) or b"").decode("utf-8"), item.name, refused=[]
            ),
        )
        for item in sorted(folder.list(), key=lambda each: each.name)
        if item.name.endswith(".jsonl") and not item.name.startswith(".")
    ]


def keep_readings(context: RunContext) -> None:
    """Keep the readings as they are now, if they say anything else than when last kept."""
    readings = present(context.settings)
    known = reading_editions(context)
    last = known[-1].readings if known else ()
    if {one.identity for one in readings} == {one.identity for one in last}:
        return
    name = f"{context.started_at.astimezone(UTC):{_STAMP}}.jsonl"
    told = "".join(f"{one.as_json()}\n" for one in readings)
    storage(context.home.path / "archive" / FOLDER).write_bytes(name, told.encode())


def readings_in_force(
    known: Sequence[ReadingsEdition], at: datetime, source: str
) -> tuple[FigureReading, ...]:
    """A source's readings that were in force at an instant."""
    held = next((e.readings for e in reversed(known) if e.since <= at), ())
    return tuple(one for one in held if one.source == source)
