"""Corrections at work on rows that are held already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.outcome import Issue
from flows.core.source_run import SourceRun
from flows.stages.read.batch import Batch
from flows.stages.read.corrections import Key, Row, _key, _plain, _words, editions, in_force, noted
from schemas.contracts.corrections import Correction
from schemas.core.table import Table


def state_of(correction: Correction, row: Mapping[str, Any] | None) -> tuple[str, Any]:
    """How a correction stands to the current row of its key, and the published value as text.

    `bites`; `pending` (the next run applies it); `obsolete` (the source publishes the right
    value now); `mismatch` (it publishes another value than expected); `missing` (no such row).
    """
    if row is None:
        return "missing", None
    note = noted(row).get(correction.column)
    published = note["published"] if note else _plain(row[correction.column])
    if published == _plain(correction.expect):
        bites = note is not None and note["value"] == _plain(correction.value)
        return ("bites" if bites else "pending"), published
    is_mended = published == _plain(correction.value)
    return ("obsolete" if is_mended else "mismatch"), published


def current_rows(context: RunContext, table: Table, keys: Iterable[Key]) -> dict[Key, Row]:
    """The current rows of some keys."""
    wanted = list(dict.fromkeys(keys))
    if not wanted or context.warehouse.version(table.name) is None:
        return {}
    same = " and ".join(f'"{name}" = ?' for name in table.key)
    values = [part for key in wanted for part in key]
    with context.warehouse.connect(table.name) as connection:
        answer = connection.execute(
            f"select * from {table.name} where " + " or ".join([f"({same})"] * len(wanted)),  # noqa: S608
            values,
        )
        names = [column[0] for column in answer.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return {_key(table, row): row for row in rows}


def to_reread(run: SourceRun, batch: Batch) -> list[Entry]:
    """The pages whose rows are not corrected as the edition in force wants them.

    Found by the rows themselves, so that a run that was killed in between is made good.
    Rows learned after the batch are left alone: a later edition settles them.
    """
    known = [e for e in editions(run.context) if e.since <= batch.known_from]
    wanted = in_force(known, batch.known_from)
    entries: dict[str, Entry] = {}
    for table in run.pipeline.tables:
        ever = {c.key for e in known for c in e.corrections if c.table == table.name}
        rows = current_rows(run.context, table, ever)
        for key in ever:
            own = [c for c in wanted if (c.table, c.key) == (table.name, key)]
            row = rows.get(key)
            if row is None:
                found = _refused(run.context, table, key) if own else []
            elif row["known_from"] > batch.known_from or _is_as_wanted(row, own):
                found = []
            else:
                found = _page_of(run.context, row)
            entries.update((entry.fetch_id, entry) for entry in found)
    return sorted(entries.values(), key=lambda entry: entry.retrieved_at)


def _is_as_wanted(row: Row, corrections: Iterable[Correction]) -> bool:
    has = {column: note["value"] for column, note in noted(row).items()}
    states = {c.column: (c, state_of(c, row)[0]) for c in corrections}
    want = {n: _plain(c.value) for n, (c, s) in states.items() if s in ("bites", "pending")}
    return has == want


def _page_of(context: RunContext, row: Row) -> list[Entry]:
    entry = context.archive.history().payload(
        row["source"], row["source_url"], row["payload_sha256"], row["retrieved_at"]
    )
    return [entry] if entry else []


def _refused(context: RunContext, table: Table, key: Key) -> list[Entry]:
    """Pages of refused records about a key: a correction may be what makes them good."""
    if context.warehouse.version("ops_quarantine") is None:
        return []
    with context.warehouse.connect("ops_quarantine") as connection:
        found = connection.execute(
            "select fetch_id, record from ops_quarantine where status = 'open' and table_name = ?",
            [table.name],
        ).fetchall()
    wanted = [str(part) for part in key]
    return [
        context.archive.entry(fetch_id)
        for fetch_id, record in found
        if [str(json.loads(record).get(name)) for name in table.key] == wanted
    ]


def report(run: SourceRun) -> None:
    """Say of each correction that does not bite why not; all but a missing row is an alarm."""
    known = editions(run.context)
    for table in run.pipeline.tables:
        own = [c for c in in_force(known, run.context.started_at) if c.table == table.name]
        rows = current_rows(run.context, table, (c.key for c in own))
        for c in own:
            state, published = state_of(c, rows.get(c.key))
            if state not in _ALARMS:
                continue
            told = f"{table.name} {_words(c.key)}, {c.column}: {_ALARMS[state]}"
            url = rows[c.key]["source_url"] if c.key in rows else ""
            value = "" if published is None else f"published {published}, expected {c.expect}"
            issue = Issue(f"correction_{state}", url, value, told)
            (run.tally.remarks if state == "missing" else run.tally.signals).append(issue)


_ALARMS = {
    "obsolete": "the source has mended it; take the correction out of corrections.yml",
    "mismatch": "the published value is not the one expected, and stands as it is",
    "missing": "no such row to correct",
    "pending": "it could not be applied, and the published value stands",
}
