"""From archived pages to what the store takes: read, corrected, validated.

A pure function of archived bytes, corrections, readings and code. What it gives is plain data
without the pages, so that another process, or another machine, may do the work.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from extractors.archive.archive import Archive
from extractors.model import LayoutError
from extractors.warc.exchange import Entry
from flows.core.clock import IN_THE_FUTURE, Days
from flows.core.outcome import Issue
from flows.core.sources import Pipeline
from flows.core.sources import pipeline as pipeline_of
from flows.stages.read.corrections import correct
from flows.stages.read.parse import Keys, Origin, Reading, read
from flows.stages.read.reviewed_figures import apply_readings
from schemas.contracts.corrections import Correction
from schemas.contracts.readings import FigureReading
from schemas.core.table import Table
from schemas.core.validate import Breach, split

if TYPE_CHECKING:
    import pyarrow as pa

LAYOUT = "layout"
"""The rule of a page that could not be read at all."""
PAGE = "0"
"""What a page as a whole is called among its items."""
CHECKED_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that was refused, and what of its page: the run and the reader are the store's."""

    identity: str
    fetch_id: str
    table: str
    rule: str
    column: str
    value: str
    detail: str
    record: str


@dataclass
class Prepared:
    """What a batch of pages gave. records = rows of `tables` + `refusals` of records."""

    records: int = 0
    tables: dict[str, pa.Table] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    unread: list[tuple[str, str, str]] = field(default_factory=list)
    """Fetch id, offending value and what is wrong of each page that could not be read."""
    understood: dict[str, list[str]] = field(default_factory=dict)
    """Fetch id of each page that could be read -> its items that were not refused."""
    in_windows: dict[str, list[str]] = field(default_factory=dict)
    """The same of those items that are known by their name, whatever page of a window has them."""
    stated: dict[str, Keys] = field(default_factory=dict)
    """See `Reading.stated`."""
    signals: list[Issue] = field(default_factory=list)
    remarks: list[Issue] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """Pages to be prepared by whoever can reach the archive and has the same code."""

    archive: Archive
    source: str
    is_sample: bool
    parser_version: str
    entries: tuple[Entry, ...]
    corrections: tuple[Correction, ...] = ()
    readings: tuple[FigureReading, ...] = ()


@dataclass
class RowChecks:
    """What every row is held against beside its table's own definition. `to_come` are records
    of documents that date themselves after their page's capture: by which column, which day."""

    days: Days
    corrections: Sequence[Correction]
    to_come: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


class OtherReader(RuntimeError):
    """A worker with another version of the reader: its rows would not be ours."""


def prepare_job(job: Job) -> Prepared:
    """Do a job, in this process. Raises `OtherReader`, `ArchiveError`."""
    pipeline = pipeline_of(job.source, is_sample=job.is_sample)
    if pipeline.source.parser_version != job.parser_version:
        raise OtherReader(
            f"a worker reads {job.source} as {pipeline.source.parser_version}, not as "
            f"{job.parser_version}: install the same carbonmart on all machines"
        )
    return prepare(job.archive, pipeline, job.entries, job.corrections, job.readings)


def prepare(
    archive: Archive,
    pipeline: Pipeline,
    entries: Sequence[Entry],
    corrections: Sequence[Correction],
    readings: Sequence[FigureReading] = (),
) -> Prepared:
    """Read, correct and validate the pages."""
    reading = read(archive, pipeline, entries)
    apply_readings(pipeline, reading, readings)
    done = Prepared(
        records=reading.records,
        stated=reading.stated,
        signals=reading.signals,
        remarks=reading.remarks,
    )
    done.refusals = [
        _refusal(o, r.table, Breach(0, r.rule, "", r.value, r.detail)) for o, r in reading.refused
    ]
    for entry, error in reading.unread:
        value, told = error.value if isinstance(error, LayoutError) else "", str(error)
        done.unread.append((entry.fetch_id, value, told))
        done.refusals.append(_refusal(Origin(entry, 0), "", Breach(0, LAYOUT, "", value, told)))
    done.understood = {entry.fetch_id: [] for entry in reading.read}
    for origin in reading.understood:
        names = done.in_windows if origin.in_window else done.understood
        names.setdefault(origin.entry.fetch_id, []).append(origin.name)
    checks = RowChecks(Days(pipeline.source.timezone), corrections)
    checks.to_come = _to_come(pipeline, reading, checks)
    for table in pipeline.tables:
        if reading.rows.get(table.name):
            _validate(table, reading, checks, done)
    return done


def joined(parts: Iterable[Prepared]) -> Prepared:
    """Several parts of a batch as one, in their order."""
    import pyarrow as pa

    found = list(parts)
    if len(found) == 1:
        return found[0]
    whole = Prepared()
    tables: dict[str, list[Any]] = {}
    for part in found:
        whole.records += part.records
        for name in ("refusals", "unread", "signals", "remarks"):
            getattr(whole, name).extend(getattr(part, name))
        whole.understood |= part.understood
        whole.in_windows |= part.in_windows
        whole.stated |= part.stated
        for table, rows in part.tables.items():
            tables.setdefault(table, []).append(rows)
    whole.tables = {name: pa.concat_tables(rows) for name, rows in tables.items()}
    return whole


def identity(place: str, item: str, table: str) -> str:
    """The name of an item of a page in quarantine: the same whatever bytes the page has now,
    and of an item of a window the same whatever days it was asked for.

    `place` is the page's request, of a window's item its source. The page itself has the item
    `PAGE`, and no table.
    """
    return hashlib.sha256(f"{place}|{item}|{table}".encode()).hexdigest()[:16]


def _to_come(
    pipeline: Pipeline, reading: Reading, checks: RowChecks
) -> dict[tuple[str, str], tuple[str, str]]:
    """The records whose document dates itself after its page's capture: nothing of it is taken."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for table in pipeline.tables:
        for at, row in enumerate(reading.rows.get(table.name, ())):
            if table.name == pipeline.spoken_in and _dated_ahead(table, row, checks.days):
                (said,), _ = correct(table, [row], checks.corrections, checks.days)
                if ahead := _dated_ahead(table, said, checks.days):
                    origin = reading.origins[table.name][at]
                    found[origin.entry.fetch_id, origin.name] = ahead
    return found


def _dated_ahead(table: Table, row: dict[str, Any], days: Days) -> tuple[str, str] | None:
    """The column and day of a document that is to come: further ahead than its publisher dates
    what he puts out, or of a column that may not lie ahead at all."""
    found = days.ahead(table, row)
    is_own = found is not None and found[0] == "published_on"
    return found if found and (is_own or not table.column(found[0]).ahead_days) else None


def _validate(table: Table, reading: Reading, checks: RowChecks, done: Prepared) -> None:
    """Correct and split one table's rows, so many at a time.

    One page may hold tens of thousands of rows: what checking them takes must not grow with it.
    """
    import pyarrow as pa

    rows, valid = reading.rows[table.name], []
    for start in range(0, len(rows), CHECKED_ROWS):
        origins = reading.origins[table.name][start : start + CHECKED_ROWS]
        stated = rows[start : start + CHECKED_ROWS]
        some, issues = correct(table, stated, checks.corrections, checks.days)
        parts = split(table, some)
        done.signals += issues
        done.remarks += [
            Issue(w.rule, origins[w.row].entry.url, w.value, w.detail) for w in parts.warned
        ]
        first = _ahead(table, checks.days, some, parts.valid_rows)
        for at in parts.valid_rows if checks.to_come else ():
            if dated := checks.to_come.get((origins[at].entry.fetch_id, origins[at].name)):
                told = "its document dates itself after the capture of its page"
                first.setdefault(at, Breach(at, IN_THE_FUTURE, *dated, told))
        here = [at for at, row in enumerate(parts.valid_rows) if row not in first]
        valid.append(parts.valid if not first else parts.valid.take(pa.array(here, pa.int64())))
        for finding in parts.refused:
            first.setdefault(finding.row, finding)
        done.refusals += [
            _refusal(origins[i], table.name, breach, some[i]) for i, breach in first.items()
        ]
    done.tables[table.name] = pa.concat_tables(valid)


def _ahead(
    table: Table, days: Days, rows: Sequence[dict[str, Any]], valid: Sequence[int]
) -> dict[int, Breach]:
    """Of the valid rows those that speak of a day to come as of one that has been."""
    found = {}
    for at in valid:
        if ahead := days.ahead(table, rows[at]):
            told = f"{ahead[0]} is after the capture of its page, {rows[at]['retrieved_at']}"
            found[at] = Breach(at, IN_THE_FUTURE, *ahead, told)
    return found


def _refusal(
    origin: Origin, table: str, breach: Breach, row: dict[str, Any] | None = None
) -> Refusal:
    record = row if row is not None else (dict(origin.record.fields) if origin.record else {})
    told = json.dumps(record, ensure_ascii=False, default=str)
    fetch_id = origin.entry.fetch_id
    name = identity(origin.place, origin.name, table)
    why = (breach.rule, breach.column, breach.value, breach.detail)
    return Refusal(name, fetch_id, table, *why, told)
