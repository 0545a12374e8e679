"""What is in quarantine: the record, the rule it broke, and its place in the archived page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from extractors.archive.archive import ArchiveError
from extractors.parsing.excerpt import around, excerpt, find_value
from extractors.parsing.safe_html import plain_text
from extractors.warc.exchange import Entry
from flows.core.context import RunContext, archive_of
from flows.core.errors import UsageError
from flows.core.query.ask import ask
from flows.core.query.sql import quarantine_sql
from flows.core.settings import Settings
from flows.core.sources import names
from flows.jobs.monitor import after_run
from flows.jobs.replay import last_day
from flows.jobs.report.result import RunReport
from flows.lineage.trace import page_of
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from flows.stages.source_run import run_source
from warehouse.store.home import open_home


def show(settings: Settings, identity: str) -> dict[str, Any]:
    """One record, whole, with what stands around the offending value in its page.

    Raises `UsageError` if there is none of that name.
    """
    found = ask(settings, quarantine_sql(identity, with_released=True))
    if not found:
        raise UsageError(f"no record {identity!r} in quarantine; see `carbonmart quarantine --all`")
    row = found[0]
    archive = archive_of(open_home(settings.home, None))
    try:
        entry = archive.entry(row["fetch_id"])
    except ArchiveError as error:
        return row | {"record": json.loads(row["record"]), "context": None, "archive": str(error)}
    return row | {
        "record": json.loads(row["record"]),
        "context": _context(settings, entry, row),
        "retrieved_at": entry.first_seen_at,
        "warc": f"archive/{entry.warc}",
        "offset": entry.offset,
    }


def _context(settings: Settings, entry: Entry, row: dict[str, Any]) -> str | None:
    """The words at fault, marked, in the text of their page; None if they can't be found."""
    text = plain_text(page_of(settings, entry))
    record = json.loads(row["record"])
    if (cells := record.get("row")) and (places := find_value(text, cells)):
        place = around(text, *places[0])
        return place.marked()
    found = excerpt(text, _words(row, record))
    return found.marked() if found else None


def _words(row: dict[str, Any], record: dict[str, Any]) -> list[str]:
    """What to look for, the best first: the value as read, the words that carried it, the title."""
    evidence = json.loads(record.get("evidence") or "{}")
    columns = [row["column_name"]] if row["column_name"] else []
    try:
        value = json.loads(row["value"] or "")
        columns += list(value) if isinstance(value, dict) else []
    except ValueError:
        pass  # a value as printed is no JSON, and is looked for as it is
    words = [evidence[name] for name in columns if name in evidence]
    return [word for word in (*words, row["value"], record.get("title")) if word]


def replay(settings: Settings, identities: Sequence[str] = ()) -> RunReport:
    """Read the pages of open records again with the present reader; release what it understands.

    Rows that come of it are known from now. It ends with the watch, so that whoever was told
    of a record is told that it is over. Raises `UsageError` for an unknown record.
    """
    home = open_home(settings.home, None)
    context = RunContext(home, settings, job="quarantine")
    context.day = last_day(context, names())
    started = datetime.now(UTC)
    opened = ask(settings, "select * from ops_quarantine where status = 'open'")
    known = {row["quarantine_id"] for row in opened}
    if unknown := [one for one in identities if one not in known]:
        raise UsageError(f"not open in quarantine: {', '.join(unknown)}")
    chosen = [row for row in opened if not identities or row["quarantine_id"] in identities]
    report = RunReport(context.run_id, context.job, str(home.path), home.kind == "sample")
    for source in sorted({row["source"] for row in chosen}):
        ids = dict.fromkeys(row["fetch_id"] for row in chosen if row["source"] == source)
        entries = sorted((context.archive.entry(i) for i in ids), key=lambda e: e.retrieved_at)
        report.runs.append(run_source(context, source, entries=entries))
    if chosen:
        report.released = release(context, report.runs)
        report.published = publish_current(context)
        report.watched = after_run(context, report)
    report.seconds = (datetime.now(UTC) - started).total_seconds()
    return report
