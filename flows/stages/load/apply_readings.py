"""Readings at work on figures that are held already: applied, changed, and undone."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from extractors.warc.exchange import Entry
from flows.core.outcome import Issue
from flows.core.source_run import SourceRun
from flows.core.sources import Pipeline
from flows.stages.load.load import read_and_load
from flows.stages.read.batch import Batch
from flows.stages.read.corrections import editions, in_force
from flows.stages.read.readings import reading_editions, readings_in_force
from flows.stages.read.reviewed_figures import (
    can_be_read,
    figures_of,
    is_about,
    ledger_of,
    outside,
    text_of,
)
from schemas.contracts.readings import READING_ID, FigureReading
from schemas.core.table import Table
from schemas.registry import FACTS

Row = dict[str, Any]


def wanted_readings(run: SourceRun, batch: Batch) -> tuple[FigureReading, ...]:
    """The source's readings in force when a batch's rows became known."""
    known = reading_editions(run.context)
    return readings_in_force(known, batch.known_from, run.pipeline.source.name)


def settle_readings(run: SourceRun, batch: Batch) -> None:
    """Read texts again whose figures are not read as the edition in force wants it, and retire
    the facts of readings that were taken out.

    Found by the rows themselves, so that a run that was killed in between is made good.
    """
    known = [e for e in reading_editions(run.context) if e.since <= batch.known_from]
    ledger, name = ledger_of(run.pipeline), run.pipeline.source.name
    if not known or ledger is None:
        return
    wanted = readings_in_force(known, batch.known_from, name)
    ever = {one.text for e in known for one in e.readings if one.source == name}
    entries: dict[str, Entry] = {}
    for text, row in _texts(run, ledger, ever).items():
        own = [one for one in wanted if one.text == text and not outside(run.pipeline, one)]
        if row["known_from"] > batch.known_from or _is_as_wanted(row, own):
            continue
        history = run.context.archive.history()
        entry = history.payload(
            row["source"], row["source_url"], row["payload_sha256"], row["retrieved_at"]
        )
        if entry is not None:
            entries[entry.fetch_id] = entry
    if entries:
        pages = sorted(entries.values(), key=lambda entry: entry.retrieved_at)
        corrections = in_force(editions(run.context), batch.known_from)
        again = Batch(
            known_from=known[-1].since,
            entries=tuple(pages),
            corrections=corrections,
            readings=wanted,
            is_replay=batch.is_replay,
        )
        read_and_load(run, pages, again)
    _retire(run, batch, {one.identity for one in wanted}, known[-1].since)


def _is_as_wanted(row: Row, own: Collection[FigureReading]) -> bool:
    """Whether exactly those readings are applied that can be."""
    applied = {f["reading"] for _, f in figures_of(row) if f.get("reading")}
    possible = {
        one.identity
        for one in own
        for sentence, figure in figures_of(row)
        if is_about(one, sentence, figure) and can_be_read(one, figure)
    }
    return applied == possible


def _texts(run: SourceRun, ledger: Table, texts: Collection[str]) -> dict[str, Row]:
    """The current ledger rows of some texts."""
    if not texts or run.context.warehouse.version(ledger.name) is None:
        return {}
    name = "concat_ws(' ', " + ", ".join(f"nullif(\"{key}\", '')" for key in ledger.key) + ")"
    sql = f"select * from {ledger.name} where list_contains(?::varchar[], {name})"  # noqa: S608
    return {text_of(ledger, row): row for row in _rows(run, ledger, sql, [list(texts)])}


def _rows(run: SourceRun, table: Table, sql: str, values: list[Any]) -> list[Row]:
    with run.context.warehouse.connect(table.name) as connection:
        answer = connection.execute(sql, values)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _retire(run: SourceRun, batch: Batch, wanted: Collection[str], since: Any) -> None:
    """Take away the facts of readings that are no longer in force."""
    table = FACTS[run.pipeline.source.name].table
    if run.context.warehouse.version(table.name) is None:
        return
    sql = f"select * from {table.name} where evidence like ?"  # noqa: S608
    for row in _rows(run, table, sql, [f'%"{READING_ID}"%']):
        identity = json.loads(row["evidence"]).get(READING_ID)
        if identity in wanted or row["known_from"] > batch.known_from:
            continue
        key = tuple(row[name] for name in table.key)
        run.context.warehouse.retire(
            table,
            [key],
            known_from=since,
            run_id=run.context.run_id,
            evidence=json.dumps({"reading_removed": identity}),
        )
        words = " ".join(dict.fromkeys(str(part) for part in key if part != ""))
        run.tally.retired.append(f"1 taken from {table.name} with its reading: {words}")


def report(run: SourceRun) -> None:
    """Say of each reading that is not applied why not: a person is asked again."""
    known = reading_editions(run.context)
    ledger = ledger_of(run.pipeline)
    if not known or ledger is None:
        return
    own = readings_in_force(known, run.context.started_at, run.pipeline.source.name)
    rows = _texts(run, ledger, {one.text for one in own})
    for one in own:
        state, told = state_of(run.pipeline, one, rows.get(one.text))
        if state in ("applied", "pending"):
            continue
        url = rows[one.text]["source_url"] if one.text in rows else ""
        issue = Issue(f"reading_{state}", url, one.printed, f"{one.text}: {told}")
        run.tally.remarks.append(issue)


def state_of(pipeline: Pipeline, one: FigureReading, row: Row | None) -> tuple[str, str]:
    """How a reading stands to its metric's bounds and to the ledger's row of its text, and what
    that means."""
    if why := outside(pipeline, one):
        return "out_of_bounds", f"{why}: wrongly read, or `accepts` says why it stands"
    if row is None:
        return "missing", "no such text is held"
    about = [figure for sentence, figure in figures_of(row) if is_about(one, sentence, figure)]
    if not about:
        return "unmatched", "no such figure in it: the sentence has changed, read it again"
    if any(figure.get("reading") == one.identity for figure in about):
        return "applied", ""
    if not any(can_be_read(one, figure) for figure in about):
        if one.accepts and any(figure["fate"] == "taken" for figure in about):
            return "other", "the fact is another: metric or value are not what was read"
        return "obsolete", "it is read without a person by now"
    return "pending", "the next run applies it"
