"""Into quarantine and out of it: what a batch of pages was refused, and what is understood now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.source_run import SourceRun
from flows.core.sources import Pipeline
from flows.stages.read.batch import Batch
from flows.stages.read.prepare import PAGE, Prepared, Refusal, identity
from schemas.ops.tables import OPS_QUARANTINE


def _row(run: SourceRun, entry: Entry, refusal: Refusal) -> dict[str, Any]:
    """A row of `ops_quarantine`. Its id names the record, so that a later fix finds it."""
    return {
        "quarantine_id": refusal.identity,
        "run_id": run.context.run_id,
        "source": run.pipeline.source.name,
        "table_name": refusal.table,
        "rule": refusal.rule,
        "column_name": refusal.column,
        "value": refusal.value,
        "detail": refusal.detail,
        "url": entry.url,
        "fetch_id": entry.fetch_id,
        "payload_sha256": entry.payload_sha256,
        "record": refusal.record,
        "parser_version": run.pipeline.source.parser_version,
        "refused_at": datetime.now(UTC),
        "status": "open",
    }


def record_refusals(
    run: SourceRun,
    entries: dict[str, Entry],
    prepared: Prepared,
    batch: Batch,
) -> list[dict[str, Any]]:
    """Book what is newly refused (and give it), release what was refused and is accepted now.

    What one page of this run shows wrong and a later one right was refused all the same: it is
    booked, told and released.

    A replay reads old payloads again: only the newest of each page says how things stand, and
    what a later page has released stays so.
    """
    at = {fetch_id: entry.retrieved_at for fetch_id, entry in entries.items()}
    windows = prepared.in_windows.keys()
    names = {r.identity for r in prepared.refusals}
    names |= _understood(run.pipeline, entries, prepared, windows).keys()
    held = run.context.warehouse.quarantined((entry.url for entry in entries.values()), names)
    urls = {row["url"] for row in held.values()}
    concerned = {f for f, entry in entries.items() if entry.url in urls} | windows
    concerned |= {r.fetch_id for r in prepared.refusals}
    standing = {f for f in concerned if not batch.is_replay or is_newest(run.context, entries[f])}
    understood = _understood(run.pipeline, entries, prepared, standing)
    refusals = [r for r in prepared.refusals if r.fetch_id in standing]
    # Several pages of a batch may show one item: the newest says how things stand.
    refused = {
        r.identity: _row(run, entries[r.fetch_id], r)
        for r in sorted(refusals, key=lambda r: at[r.fetch_id])
        if at[understood.get(r.identity, r.fetch_id)] <= at[r.fetch_id]
    }
    news = [r for r in refused.values() if not _same(held.get(r["quarantine_id"]), r)]
    if batch.is_replay:
        refused_now = [r["quarantine_id"] for r in news]
        released = run.context.warehouse.quarantined((), refused_now, status="released")
        news = [r for r in news if not _is_over(released.get(r["quarantine_id"]), r, at)]
    passing = [
        _row(run, entries[r.fetch_id], r)
        for r in refusals
        if r.identity not in refused and _is_shown_twice(run, entries, r, understood)
    ]
    held |= {row["quarantine_id"]: row for row in passing}
    news += passing
    now = datetime.now(UTC)
    over = [
        row | {"status": "released", "run_id": run.context.run_id, "refused_at": now}
        for name, row in held.items()
        if name in understood and name not in refused
    ]
    run.context.warehouse.append_log(OPS_QUARANTINE, news + over, run_id=run.context.run_id)
    return news


def _is_shown_twice(
    run: SourceRun, entries: Mapping[str, Entry], refusal: Refusal, understood: Mapping[str, str]
) -> bool:
    """Whether it was another page of the very same run that was understood."""
    one, other = entries[refusal.fetch_id], entries[understood[refusal.identity]]
    return one.key != other.key and one.run_id == other.run_id == run.context.run_id


def _understood(
    pipeline: Pipeline, entries: dict[str, Entry], prepared: Prepared, fetch_ids: Iterable[str]
) -> dict[str, str]:
    """What would be in quarantine of these pages, had it not been understood: its identity and
    the fetch by which it was understood last.

    A record may have been refused under one table and give rows of another now.
    """
    found: dict[str, str] = {}
    for fetch_id in sorted(fetch_ids, key=lambda one: entries[one].retrieved_at):
        entry, items = entries[fetch_id], prepared.understood.get(fetch_id)
        named = [(entry.key, item) for item in items or ()]
        named += [(entry.source, item) for item in prepared.in_windows.get(fetch_id, ())]
        names = [identity(*one, table.name) for one in named for table in pipeline.tables]
        if items is not None:
            names.append(identity(entry.key, PAGE, ""))
        found |= dict.fromkeys(names, fetch_id)
    return found


def is_newest(context: RunContext, entry: Entry) -> bool:
    """Whether no other payload of the page came after it."""
    latest = context.archive.latest(entry.key)
    return latest is not None and latest.fetch_id == entry.fetch_id


def _is_over(
    released: dict[str, Any] | None, refusal: dict[str, Any], at: Mapping[str, datetime]
) -> bool:
    """Whether the record was released after these bytes of it had come."""
    if released is None or not _same(released, refusal):
        return False
    is_later: bool = released["refused_at"] > at[refusal["fetch_id"]]
    return is_later


def _same(held: dict[str, Any] | None, refusal: dict[str, Any]) -> bool:
    """Whether the record is in quarantine already, for the same reason by the same reader."""
    return held is not None and all(
        held[name] == refusal[name] for name in ("rule", "value", "parser_version")
    )
