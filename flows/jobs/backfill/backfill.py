"""Past periods again, partition by partition, through the code that every night runs.

Each partition is a run of its own, with an id and books; the ledger (`ops_partitions`) says
how far a backfill has come, so that a killed one is taken up where it was. Checks look
across partitions: they are asked at the end, and what passes is released, once.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial

from extractors.warc.exchange import Entry
from flows.core.clock import require_clock
from flows.core.context import Progress, RunContext, no_progress
from flows.core.errors import UsageError, words_of_error
from flows.core.outcome import Issue, Tally, decide
from flows.core.result import SourceResult
from flows.core.run_log import COMPLETE, Asks, Window, record_run
from flows.core.settings import Settings
from flows.core.source_run import Call, SourceRun, plainly
from flows.core.sources import pipeline as pipeline_of
from flows.core.sources import switched_off
from flows.jobs import start
from flows.jobs.backfill.ledger import Backfilled, Order, covered, finish, record, unfinished
from flows.jobs.backfill.partitions import UNDATED, Partition, archived_pages, partitions_of
from flows.jobs.backfill.report import BackfillReport, progress_line
from flows.jobs.backfill.total import is_door_closed, total_of, walls_of
from flows.jobs.monitor import after_run
from flows.jobs.start import no_sample, ready
from flows.stages.checks.source_checks import run_checks
from flows.stages.monitor.anew import mend_logs
from flows.stages.read.readers import Readers
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from flows.stages.source_run import SourceWork, run_source
from schemas.ops.tables import INCOMPLETE, LOADED, PLANNED, RUNNING
from warehouse.store.home import Home, open_home

Told = Callable[[str], None]
Part = Callable[[str, str, Callable[[], SourceResult]], SourceResult]
"""Part(source, partition, work) -> what the work gives: as it is, or as a Prefect subflow."""


def tell_stderr(line: str) -> None:
    """Progress in words, for logs and scripts."""
    sys.stderr.write(f"{line}\n")


@dataclass(frozen=True)
class Conduct:
    """How a backfill is gone about: who is told of its progress, who reads, under what it runs."""

    progress: Progress = no_progress
    tell: Told = tell_stderr
    readers: Readers | None = None
    runner: Callable[[Backfill], None] | None = None


def backfill(
    settings: Settings,
    order: Order,
    *,
    is_sample: bool = False,
    until: date | None = None,
    conduct: Conduct | None = None,
) -> BackfillReport:
    """Ask for the days of the order again, or read their archived pages again.

    It ends with the watch, as a night does, but is no sign of life of the nights.

    Raises `UsageError`, `UnknownSource`, `WrongHome`.
    """
    pipeline_of(order.source)
    home = home_for(settings, order, is_sample=is_sample, until=until)
    off = switched_off(order.source, settings, is_sample=home.kind == "sample")
    if off and order.mode != "reparse":
        raise UsageError(f"{order.source} is not asked: {off}")
    conduct = conduct or Conduct()
    asks_sample = home.kind == "sample" and order.mode != "reparse"
    with start.sample_world(until) if asks_sample else no_sample() as sample:
        context = RunContext(home, settings, "backfill", sample, conduct.progress)
        (require_clock if order.mode == "reparse" else start.require_right_clock)(context)
        mended = mend_logs(context)  # the ledger is one of them
        work = Backfill(context, order, conduct)
        work.report.mended = mended
        (conduct.runner or run_watched)(work)
    work.report.seconds = (datetime.now(UTC) - context.started_at).total_seconds()
    return work.report


def home_for(settings: Settings, order: Order, *, is_sample: bool, until: date | None) -> Home:
    """The store of a backfill; one that only reads the archive asks nobody for a contact."""
    if order.mode == "reparse":
        return open_home(settings.home, None)
    return ready(settings, is_sample=is_sample, until=until)


def run_plainly(work: Backfill) -> None:
    """All partitions in turn, in this process, without Prefect."""
    work.run(plainly, lambda source, partition, take: take())


def run_watched(work: Backfill) -> None:
    """The same, and the watch at its end."""
    run_plainly(work)
    work.report.watched = after_run(work.context, work.report)


class Backfill:
    """One backfill in the making; `run` takes it as far as it goes."""

    def __init__(self, context: RunContext, order: Order, conduct: Conduct) -> None:
        self.context, self.tell, self._readers = context, conduct.tell, conduct.readers
        self.pipeline = pipeline_of(order.source, is_sample=context.home.kind == "sample")
        self.order = _within(
            order, self.pipeline.source.first_day, context.today(self.pipeline.source)
        )
        self.pages: dict[Partition, list[Entry]] = {}
        self.planned = self._all_partitions()
        standing = unfinished(context, self.order)
        known = next(iter(standing.values()), None)
        self.id = known.backfill_id if known else context.run_id
        self.begun_at = known.begun_at if known else context.started_at
        ends = {partition.name: partition.last for partition in self.planned}
        done = {
            name
            for name, state in standing.items()
            if state.status not in (PLANNED, RUNNING, INCOMPLETE) and state.last == ends.get(name)
        }
        if self.order.mode == "missing":
            done |= covered(context, self.order, self.planned)
        self.todo = [p for p in self.planned if p.name not in done]
        self._is_resumed = bool(standing)
        self._is_loaded = any(s.status == LOADED for s in standing.values())
        self._is_booked = standing.keys() >= {p.name for p in self.todo}
        kind = context.home.kind == "sample"
        self.report = BackfillReport(
            context.run_id, context.job, str(context.home.path), kind, backfill_id=self.id
        )

    def _all_partitions(self) -> list[Partition]:
        """The newest first: a list that can't be entered in the middle is walked from its top,
        and what is left of it is then each time only what is older."""
        first, last = self.order.first, self.order.last
        found = partitions_of(self.pipeline.source, first, last)[::-1]
        if self.order.mode == "reparse":
            self.pages = archived_pages(self.context, self.pipeline, found[::-1])
            found += [p for p in self.pages if p.name == UNDATED]
        return found

    def run(self, call: Call, part: Part) -> None:
        """Take what is still to be done, then check, release and publish."""
        count, todo = len(self.planned), self.todo
        if self._is_resumed:
            self.tell(f"backfill {self.id} is taken up: {count - len(todo)} of {count} are loaded")
        if not self._is_booked:
            self._record(self.context, todo, PLANNED)
        done = [p for p in self.planned if p not in todo]
        self.report.partitions += [(partition, None) for partition in done]
        began = time.monotonic()
        for number, partition in enumerate(todo):
            self.context.progress(self.order.source, "partitions", number, len(todo))
            take = partial(self._take, partition, call)
            run = part(self.order.source, partition.name, take)
            self.report.partitions.append((partition, run))
            self.tell(progress_line(todo, number + 1, run, time.monotonic() - began))
            if is_door_closed(run, self.pipeline.source):
                self.report.left = [p.name for p in todo[number + 1 :]]
                break
        self.context.progress(self.order.source, "partitions", len(todo), len(todo))
        self.report.runs.append(self._close(call))

    def _take(self, partition: Partition, call: Call) -> SourceResult:
        """One partition, down the road of every night; its outcome goes into the ledger."""
        context = self.context.another()
        self._record(context, [partition], RUNNING)
        name, mode = self.order.source, self.order.mode
        asks: Asks = "missing" if mode == "missing" else "all"
        window = Window(partition.first, partition.last, asks, self.begun_at)
        entries = self.pages.get(partition, []) if mode == "reparse" else None
        # A host that was closed to one partition stays closed to those after it.
        asked = SourceWork(entries, Tally(name, walls=walls_of(self._runs())), window=window)
        run = run_source(context, name, asked, call=call, readers=self._readers)
        is_done = run.outcome in COMPLETE
        self._record(context, [partition], LOADED if is_done else INCOMPLETE, run)
        return run

    def _close(self, call: Call) -> SourceResult:
        """Check the whole, release, publish; what was loaded is done then."""
        name, began = self.order.source, self.context.started_at
        # Marts are derived as of now: all that the partitions have loaded is known by then.
        context = self.context.another(self.context.run_id)
        total = total_of(name, self._runs())
        outcome, why = decide(total)
        closing = SourceResult(name, outcome, why, total, began, 0.0, [])
        if self.todo or self._is_loaded:
            aside = Tally(name)
            checked = SourceRun(context, self.pipeline, aside)
            try:
                closing.failed_checks = call("check", run_checks, checked, self.order.checked_from)
            except Exception as error:  # noqa: BLE001 - marts and other sources are released
                issue = Issue(type(error).__name__, "", "", words_of_error(error))
                total.fatal.append(issue)
                outcome, why = decide(total)
                closing.outcome, closing.why = outcome, why
            total.remarks += aside.remarks
            total.checked = aside.checked
            booked = SourceResult(
                name, outcome, why, aside, context.started_at, 0.0, closing.failed_checks
            )
            record_run(context, booked, context.today(self.pipeline.source))
            context.archive.share()
            self.report.released = call("release", release, context, [closing])
            self.report.published = call("publish", publish_current, context)
            finish(context, self._backfilled)
        closing.seconds = (datetime.now(UTC) - began).total_seconds()
        return closing

    def _runs(self) -> list[SourceResult]:
        """The partitions that were run so far."""
        return [run for _, run in self.report.partitions if run is not None]

    def _record(
        self,
        context: RunContext,
        partitions: Sequence[Partition],
        status: str,
        run: SourceResult | None = None,
    ) -> None:
        record(context, self._backfilled, partitions, status, run)

    @property
    def _backfilled(self) -> Backfilled:
        return Backfilled(self.id, self.order, self.begun_at, self.pipeline.source.parser_version)


def _within(order: Order, opens: date, today: date) -> Order:
    """The order's days as far as they are days of the source; `UsageError` if none is."""
    if order.first > order.last:
        raise UsageError(f"--from {order.first} is after --to {order.last}")
    first, last = max(order.first, opens), min(order.last, today)
    if first > last:
        raise UsageError(f"{order.source} has days from {opens} to {today}, none of those given")
    return replace(order, first=first, last=last)
