"""Read a batch of pages, refuse what is not a row, load what is, and count everything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from extractors.exchange import Entry
from extractors.html import LayoutError
from flows.correcting import correct
from flows.night import Night
from flows.outcome import Tally, Trouble
from flows.reading import Origin, Reading, read
from flows.sources import Road
from flows.turns import Turn
from schemas.ops import OPS_QUARANTINE
from schemas.table import Table
from schemas.validate import split
from warehouse.store import LoadReport

_LAYOUT = "layout"
"""The rule of a page that could not be read at all."""
LOAD_ROWS = 10_000
_LOOK = "see `carbonmart quarantine`"


def read_and_load(
    night: Night, road: Road, entries: Sequence[Entry], tally: Tally, turn: Turn
) -> None:
    """One batch: read, validate, load, quarantine; last of all note the pages as read.

    A kill anywhere before the last step only means that the batch is read again:
    loading the same rows twice gives nothing new. A batch that fails counts nothing, so
    that the counts of a run add up however it ends.
    """
    batch = Tally(tally.source)
    _read_and_load(night, road, entries, batch, turn)
    night.archive.mark_read([e.fetch_id for e in entries], road.source.parser_version)
    tally.add(batch)


def _read_and_load(
    night: Night, road: Road, entries: Sequence[Entry], tally: Tally, turn: Turn
) -> None:
    reading = read(night.archive, road, entries)
    refusals = [
        _refusal(night, road, o, r.table, r.rule, "", r.value, r.detail) for o, r in reading.refused
    ]
    for entry, error in reading.unread:
        value = error.value if isinstance(error, LayoutError) else ""
        if not turn.is_replay or _is_newest(night, entry):
            tally.layouts.append(Trouble("layout", entry.url, value, str(error)))
        refusals.append(_refusal(night, road, Origin(entry, 0), "", _LAYOUT, "", value, str(error)))
    tally.pages_read += len(entries)
    tally.parsed += reading.records + len(reading.unread)
    tally.signals += reading.signals
    tally.remarks += reading.remarks
    for table in road.tables:
        refusals += _load(night, road, table, reading, tally, turn)
    tally.quarantined += len(refusals)
    tally.signals += [
        Trouble(row["rule"], row["url"], row["value"], f"{row['detail']}; {_LOOK}")
        for row in _quarantine(night, road, refusals, reading, turn)
        if row["rule"] != _LAYOUT
    ]


def _load(
    night: Night, road: Road, table: Table, reading: Reading, tally: Tally, turn: Turn
) -> list[dict[str, Any]]:
    """Split and load one table's rows, so many at a time; gives its refusals, as quarantine rows.

    One page may hold tens of thousands of rows: what checking them takes must not grow with it.
    """
    rows, origins = reading.rows.get(table.name, []), reading.origins.get(table.name, [])
    refusals: list[dict[str, Any]] = []
    for start in range(0, len(rows), LOAD_ROWS):
        end = start + LOAD_ROWS
        refusals += _load_part(night, road, table, rows[start:end], origins[start:end], tally, turn)
    return refusals


def _load_part(
    night: Night,
    road: Road,
    table: Table,
    rows: list[dict[str, Any]],
    origins: list[Origin],
    tally: Tally,
    turn: Turn,
) -> list[dict[str, Any]]:
    rows, troubles = correct(table, rows, turn.corrections)
    tally.signals += troubles
    parts = split(table, rows)
    tally.remarks += [
        Trouble(w.rule, origins[w.row].entry.url, w.value, w.detail) for w in parts.warned
    ]
    report = night.warehouse.load(
        table, parts.valid, known_from=turn.known_from, run_id=night.run_id
    )
    tally.new += report.new
    tally.revised += report.revised
    tally.accepted += report.new + report.revised
    tally.duplicates += report.duplicates
    if report.new:
        tally.added[table.name] = tally.added.get(table.name, 0) + report.new
    tally.revisions += _revisions(report)
    first_refusal: dict[int, Any] = {}
    for refusal in parts.refused:
        first_refusal.setdefault(refusal.row, refusal)
    return [
        _refusal(night, road, origins[i], table.name, r.rule, r.column, r.value, r.detail, rows[i])
        for i, r in first_refusal.items()
    ]


def _revisions(report: LoadReport) -> list[str]:
    """Each revision in words, by column: old -> new."""
    words = []
    for revision in report.revisions:
        columns = ", ".join(f"{c}: {old} -> {new}" for c, (old, new) in revision.changed.items())
        key = " ".join(str(part) for part in revision.key)
        words.append(f"{report.table} {key} revised ({columns})")
    return words


def _refusal(
    night: Night,
    road: Road,
    origin: Origin,
    table: str,
    rule: str,
    column: str,
    value: str,
    detail: str,
    row: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A row of `ops_quarantine`. Its id names the record, so that a later fix finds it."""
    entry = origin.entry
    record = row if row is not None else (dict(origin.record.fields) if origin.record else {})
    return {
        "quarantine_id": _identity(origin, table),
        "run_id": night.run_id,
        "source": road.source.name,
        "table_name": table,
        "rule": rule,
        "column_name": column,
        "value": value,
        "detail": detail,
        "url": entry.url,
        "fetch_id": entry.fetch_id,
        "payload_sha256": entry.payload_sha256,
        "record": json.dumps(record, ensure_ascii=False, default=str),
        "parser_version": road.source.parser_version,
        "refused_at": datetime.now(UTC),
        "status": "open",
    }


def _identity(origin: Origin, table: str) -> str:
    """The name of an item of a page in quarantine: the same whatever bytes the page has now."""
    identity = f"{origin.entry.key}|{origin.item or origin.position}|{table}"
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def _quarantine(
    night: Night, road: Road, refusals: list[dict[str, Any]], reading: Reading, turn: Turn
) -> list[dict[str, Any]]:
    """Book what is newly refused (and give it), release what was refused and is accepted now.

    A replay reads old payloads again: only the newest of each page says how things stand.
    """
    standing = {e.fetch_id for e in turn.entries if not turn.is_replay or _is_newest(night, e)}
    refused = {r["quarantine_id"]: r for r in refusals if r["fetch_id"] in standing}
    understood = {
        _identity(Origin(entry, 0), "") for entry in reading.read if entry.fetch_id in standing
    }
    # A record may be refused under one table and give rows of another once it is understood.
    understood.update(
        _identity(origin, table.name)
        for origin in reading.understood
        if origin.entry.fetch_id in standing
        for table in road.tables
    )
    held = night.warehouse.open_quarantine(understood | refused.keys())
    news = [r for r in refused.values() if not _same(held.get(r["quarantine_id"]), r)]
    now = datetime.now(UTC)
    released = [
        row | {"status": "released", "run_id": night.run_id, "refused_at": now}
        for key, row in held.items()
        if key not in refused
    ]
    night.warehouse.append_log(OPS_QUARANTINE, news + released, run_id=night.run_id)
    return news


def _is_newest(night: Night, entry: Entry) -> bool:
    """Whether no other payload of the page came after it."""
    latest = night.archive.latest(entry.key)
    return latest is not None and latest.fetch_id == entry.fetch_id


def _same(held: dict[str, Any] | None, refusal: dict[str, Any]) -> bool:
    """Whether the record is in quarantine already, for the same reason by the same reader."""
    return held is not None and all(
        held[name] == refusal[name] for name in ("rule", "value", "parser_version")
    )
