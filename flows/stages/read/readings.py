"""Readings of people at work: the files as they are, their editions, and the rows that they give.

Like corrections, a changed file is kept as it was before any row follows from it, under
`<home>/archive/readings/`, so that a replay reads each figure as it was read then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from flows.core.context import RunContext
from flows.core.settings import Settings
from flows.core.sources import Pipeline
from schemas.contracts.readings import (
    READ_BY,
    READING_ID,
    FigureReading,
    ReadingError,
    plain,
    read_readings,
)
from schemas.core.facts import FactsShape
from schemas.core.prose import FIGURES, is_ledger
from schemas.core.table import Kind, Table
from schemas.registry import FACTS
from warehouse.engine.storage.base import Address
from warehouse.engine.storage.storage import storage
from warehouse.store.home import home_path

FILES = ("readings.yml", "readings.jsonl")
FOLDER = "readings"
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_LINEAGE = (
    *("source", "source_url", "retrieved_at", "payload_sha256", "parser_version"),
    "is_simulated",
)


class ReadRows(Protocol):
    """What a batch of pages gave (`flows.stages.read.parse.Reading`), as far as it counts here."""

    rows: dict[str, list[dict[str, Any]]]
    origins: dict[str, list[Any]]
    stated: dict[str, Any]
    records: int


@dataclass(frozen=True)
class ReadingsEdition:
    """The readings as they were from an instant on."""

    since: datetime
    readings: tuple[FigureReading, ...]


def present(settings: Settings) -> tuple[FigureReading, ...]:
    """The readings of the home's files. Raises `ReadingError`."""
    return tuple(one for name in FILES for one in read_readings(*_file(settings, name)))


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


def ledger_of(pipeline: Pipeline) -> Table | None:
    """The source's ledger of prose, if it has one."""
    return next((table for table in pipeline.tables if is_ledger(table)), None)


def text_of(ledger: Table, row: Mapping[str, Any]) -> str:
    """The name of a ledger row's text, as `prose_figures` has it."""
    return " ".join(str(row[name]) for name in ledger.key if row[name])


def figures_of(row: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each figure of a ledger's row with its sentence."""
    for sentence in json.loads(row[FIGURES.name]):
        for figure in sentence["figures"]:
            yield sentence["sentence"], figure


def is_about(reading: FigureReading, sentence: str, figure: Mapping[str, Any]) -> bool:
    """Whether a reading is of this figure of this sentence."""
    printed = str(figure.get("printed", ""))
    return reading.place[2:] == (plain(sentence), plain(printed))


def apply_readings(pipeline: Pipeline, pages: ReadRows, readings: Sequence[FigureReading]) -> None:
    """Add a fact for each figure that a person read, and say so in the ledger.

    A figure that the grammar reads by now, or a sentence that is no more, is left as it is;
    `flows.stages.load.apply_readings.report` tells of it.
    """
    ledger, shape = ledger_of(pipeline), FACTS.get(pipeline.source.name)
    if ledger is None or shape is None or not readings:
        return
    for at, row in enumerate(pages.rows.get(ledger.name, [])):
        text = text_of(ledger, row)
        for one in readings:
            if one.text == text and _mark(row, one, dict(one.said)["metric"]):
                _add(pages, shape, one, (ledger, at))


def _mark(row: dict[str, Any], one: FigureReading, metric: str) -> bool:
    """Say in a ledger's row that a figure was read; whether there is one that was left."""
    sentences = json.loads(row[FIGURES.name])
    for sentence in sentences:
        for figure in sentence["figures"]:
            if figure["fate"] != "taken" and is_about(one, sentence["sentence"], figure):
                row[figure["fate"]] -= 1
                row["reviewed"] += 1
                figure |= {"fate": "reviewed", "metric": metric, "reading": one.identity}
                figure.pop("reason", None)
                figure.pop("words", None)
                text = json.dumps(sentences, ensure_ascii=False, separators=(",", ":"))
                row[FIGURES.name] = text
                return True
    return False


def _add(pages: ReadRows, shape: FactsShape, one: FigureReading, place: tuple[Table, int]) -> None:
    """The row of a reading, beside the facts of its text."""
    ledger, at = place
    row, origin = pages.rows[ledger.name][at], pages.origins[ledger.name][at]
    table = shape.table
    fact: dict[str, Any] = {
        column.name: row.get(column.name)
        if column.name in row
        else ("" if column.kind is Kind.TEXT and not column.nullable else None)
        for column in table.own
    }
    fact |= {name: row[name] for name in _LINEAGE} | dict(one.said)
    for part, value in (("printed", one.printed), ("quote", one.quote)):
        if (column := shape.column(part)) is not None:
            fact[column.name] = value
    note = {"value": one.quote, READ_BY: f"{one.read_by}, {one.date}", READING_ID: one.identity}
    fact["evidence"] = json.dumps(note, ensure_ascii=False, sort_keys=True)
    rows = pages.rows.setdefault(table.name, [])
    taken = {tuple(other[name] for name in table.key) for other in rows}
    if (number := shape.column("number")) is not None:
        fact[number.name] = 1
        while tuple(fact[name] for name in table.key) in taken:
            fact[number.name] += 1
    rows.append(fact)
    pages.origins.setdefault(table.name, []).append(origin)
    pages.records += 1
    if (stated := pages.stated.get(origin.entry.fetch_id)) is not None:
        stated.setdefault(table.name, set()).add(tuple(fact[name] for name in table.key))
