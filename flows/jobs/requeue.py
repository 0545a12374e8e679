"""`quarantine --replay`: records that were refused, read again with the present reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from flows.core.clock import require_clock
from flows.core.context import RunContext
from flows.core.errors import UsageError
from flows.core.query.ask import ask
from flows.core.query.sql import REFUSED
from flows.core.settings import Settings
from flows.core.sources import names
from flows.jobs.monitor import after_run
from flows.jobs.replay import last_day
from flows.jobs.report.result import RunReport
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from flows.stages.source_run import SourceWork, run_source
from warehouse.store.home import open_home


def requeue(settings: Settings, identities: Sequence[str] = ()) -> RunReport:
    """Read the pages of open records again with the present reader; release what it understands.

    Rows that come of it are known from now. It ends with the watch, so that whoever was told
    of a record is told that it is over. Raises `UsageError` for an unknown record.
    """
    home = open_home(settings.home, None)
    context = RunContext(home, settings, job="quarantine")
    require_clock(context)
    context.day = last_day(context, names())
    started = datetime.now(UTC)
    opened = ask(settings, "select * from ops_quarantine where status = 'open'", REFUSED)
    known = {row["quarantine_id"] for row in opened}
    if unknown := [one for one in identities if one not in known]:
        raise UsageError(f"not open in quarantine: {', '.join(unknown)}")
    chosen = [row for row in opened if not identities or row["quarantine_id"] in identities]
    report = RunReport(context.run_id, context.job, str(home.path), home.kind == "sample")
    for source in sorted({row["source"] for row in chosen}):
        ids = dict.fromkeys(row["fetch_id"] for row in chosen if row["source"] == source)
        entries = sorted((context.archive.entry(i) for i in ids), key=lambda e: e.retrieved_at)
        report.runs.append(run_source(context, source, SourceWork(entries)))
    if chosen:
        report.released = release(context, report.runs)
        report.published = publish_current(context)
        report.watched = after_run(context, report)
    report.seconds = (datetime.now(UTC) - started).total_seconds()
    return report
