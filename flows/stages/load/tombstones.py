"""What both ways of disappearing share: two nights, the rows of a page, the tombstone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from extractors.archive.index.history import History
from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.source_run import SourceRun
from flows.stages.read.batch import Batch
from flows.stages.read.parse import Key
from schemas.core.table import Table

NIGHTS = 2
"""Different nights on which a page or row must be missing."""
SEEN = ("good", "not_modified")
Held = dict[str, list[tuple[Key, datetime]]]
"""Address -> the key of each current row that it stated, and when its bytes were first seen."""


def held_of(context: RunContext, table: Table, urls: Collection[str]) -> Held:
    """The current rows that these pages stated."""
    columns = ", ".join(f'"{name}"' for name in table.key)
    found: Held = {}
    with context.warehouse.connect(table.name) as connection:
        rows = connection.execute(
            f"select source_url, retrieved_at, {columns} from {table.name} "  # noqa: S608
            "where list_contains(?::varchar[], source_url)",
            [list(urls)],
        ).fetchall()
    for url, retrieved_at, *key in rows:
        found.setdefault(url, []).append((tuple(key), retrieved_at))
    return found


def retire(
    run: SourceRun,
    batch: Batch,
    table: Table,
    keys: set[Key],
    evidence: dict[str, Any],
) -> None:
    if not keys:
        return
    report = run.context.warehouse.retire(
        table,
        sorted(keys),
        known_from=batch.known_from,
        run_id=run.context.run_id,
        evidence=json.dumps(evidence, ensure_ascii=False, sort_keys=True),
    )
    words = [words_of(revision.key) for revision in report.revisions]
    if words:
        shown = ", ".join(words[:3]) + (", ..." if len(words) > 3 else "")
        run.tally.retired.append(f"{len(words):,} disappeared from {table.name}: {shown}")


def words_of(key: Iterable[Any]) -> str:
    """A key for a note; a period of a day is that day once."""
    return " ".join(dict.fromkeys(str(part) for part in key))


def sighting(history: History, entry: Entry) -> dict[str, str]:
    return {
        "night": history.night_of(entry),
        "fetch_id": entry.fetch_id,
        "retrieved_at": entry.retrieved_at.isoformat(),
    }
