"""Rows that a page stating a whole series no longer holds (pages: `deleted_pages`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extractors.archive.index.history import History
from extractors.warc.exchange import Entry
from flows.core.outcome import Issue, Tally
from flows.core.source_run import SourceRun
from flows.stages.load.tombstones import NIGHTS, SEEN, held_of, retire, sighting, words_of
from flows.stages.read.batch import Batch
from flows.stages.read.parse import Key, Keys, read
from schemas.core.table import Kind, Table

MAX_LOST = 20
MAX_LOST_SHARE = 0.1
"""A page that lost more rows than both was not corrected, it is broken: none is retired."""


@dataclass(frozen=True)
class _Series:
    """What a page that states a whole series held on the last two nights."""

    entry: Entry
    newest: str
    since: datetime
    payloads: list[str]
    keys: Keys
    is_whole: bool
    evidence: dict[str, Any]


def retire_rows(
    run: SourceRun,
    batch: Batch,
    history: History,
    entries: Sequence[Entry],
    *,
    is_whole: bool = False,
) -> None:
    """Retire what the pages of a run no longer hold. `is_whole`: a page states all there is,
    down to nothing, and is no series of which the ends may be cut off."""
    series = [one for e in entries if (one := _series_of(run, batch, history, e, is_whole))]
    urls = [one.entry.url for one in series]
    series = [one for one in series if one.keys or is_whole]
    for table in run.pipeline.tables if series else ():
        held = held_of(run.context, table, urls)
        for one in series:
            before = {key for key, at in held.get(one.entry.url, ()) if at <= one.since}
            _rows_of(run, batch, table, one, before)
    history.settle([one.newest for one in series if one.payloads == [one.newest]])


def _series_of(
    run: SourceRun, batch: Batch, history: History, entry: Entry, is_whole: bool
) -> _Series | None:
    """None where nothing can be said: one night only, or a payload not wholly understood."""
    newest = entry.refers_to or entry.fetch_id
    if not batch.is_replay and history.is_settled(newest):
        return None
    seen = [e for e in history.sightings(entry.key, entry.retrieved_at) if e.verdict in SEEN]
    nights = list(dict.fromkeys(history.night_of(one) for one in seen))[:NIGHTS]
    if len(nights) < NIGHTS:
        return None
    recent = [one for one in seen if history.night_of(one) in nights]
    payloads = list(dict.fromkeys(one.refers_to or one.fetch_id for one in recent))
    keys = batch.stated.get(newest)
    if keys is None:
        keys = _keys(run, newest)
    if keys is None:
        return None  # what can't be read may be what seems to be missing
    since = run.context.archive.entry(newest).retrieved_at
    said = [sighting(history, one) for one in reversed(recent)]
    evidence = {"disappeared": {"url": entry.url, "status": 200, "seen": said}}
    return _Series(entry, newest, since, payloads, keys, is_whole, evidence)


def _rows_of(run: SourceRun, batch: Batch, table: Table, series: _Series, before: set[Key]) -> None:
    """Retire those of the rows `before` that the series no longer holds."""
    stated = series.keys.get(table.name, set())
    missing = before - stated
    if not series.is_whole:
        missing = _inside(table, missing, stated, run.tally, series.entry)
    for earlier in series.payloads:
        if missing and earlier != series.newest:
            keys = _keys(run, earlier)
            missing = set() if keys is None else missing - keys.get(table.name, set())
    if not series.is_whole:
        missing -= _too_many(table, missing, before, run.tally, series.entry)
    retire(run, batch, table, missing, series.evidence)


def _rest(table: Table, key: Key) -> Key:
    """What a key shares with its series: in a table by dates all but the date, else nothing."""
    if not table.prune_by or table.column(table.prune_by).kind is not Kind.DATE:
        return ()
    at = table.key.index(table.prune_by)
    return key[:at] + key[at + 1 :]


def _too_many(
    table: Table, missing: set[Key], before: set[Key], tally: Tally, entry: Entry
) -> set[Key]:
    """Those of the missing keys whose series has lost more than corrections would take."""
    lost, held = (Counter(_rest(table, key) for key in keys) for keys in (missing, before))
    broken = {rest for rest, n in lost.items() if n > MAX_LOST and n > MAX_LOST_SHARE * held[rest]}
    for rest in sorted(broken, key=str):
        told = f"{lost[rest]:,} of {held[rest]:,} rows of {table.name} are no longer on the page"
        kept = f"{told}: too many to be corrections; they are kept"
        tally.signals.append(Issue("series_shrunk", entry.url, words_of(rest), kept))
    return {key for key in missing if _rest(table, key) in broken}


def _inside(
    table: Table,
    missing: set[Key],
    stated: set[Key],
    tally: Tally,
    entry: Entry,
) -> set[Key]:
    """Those of the missing keys that lie within their series as it is stated now.

    In a table by dates a series is what shares the rest of the key (a product, a system's
    market). Other tables have no ends that could only have become shorter.
    """
    if not missing or not table.prune_by or table.column(table.prune_by).kind is not Kind.DATE:
        return missing
    at = table.key.index(table.prune_by)
    ends: dict[Key, tuple[Any, Any]] = {}
    for key in stated:
        rest = _rest(table, key)
        first, last = ends.get(rest, (key[at], key[at]))
        ends[rest] = (min(first, key[at]), max(last, key[at]))
    inside: set[Key] = set()
    outside: dict[Key, int] = {}
    for key in missing:
        rest = _rest(table, key)
        if rest in ends and ends[rest][0] <= key[at] <= ends[rest][1]:
            inside.add(key)
        else:
            outside[rest] = outside.get(rest, 0) + 1
    for rest, shorter in sorted(outside.items(), key=str):
        span = f"{ends[rest][0]} to {ends[rest][1]}" if rest in ends else "what is stated"
        told = f"{shorter:,} rows of {table.name} lie outside of {span}; they are kept"
        tally.remarks.append(Issue("series_shorter", entry.url, words_of(rest), told))
    return inside


def _keys(run: SourceRun, fetch_id: str) -> Keys | None:
    """The keys that a payload states, or None if any part of it is not understood."""
    return read(
        run.context.archive, run.pipeline, [run.context.archive.entry(fetch_id)]
    ).stated.get(fetch_id)
