"""One source, one run: the order of its stages, written once, and what it leaves in the run log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TypeVar

from extractors.archive.archive import ArchiveError
from extractors.http.client import WebClient
from extractors.model import Link
from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.errors import words_of_error
from flows.core.outcome import GOOD, Issue, Outcome, Tally, decide
from flows.core.result import SourceResult
from flows.core.run_log import (
    CompleteRun,
    Window,
    last_complete_run,
    record_run,
    window_opens,
)
from flows.core.source_run import Call, SourceRun, plainly
from flows.core.sources import Pipeline, declaration, switched_off
from flows.core.sources import pipeline as pipeline_of
from flows.stages.checks.source_checks import run_checks
from flows.stages.fetch import fetch as fetching
from flows.stages.load.apply_corrections import report as report_corrections
from flows.stages.load.apply_readings import report as report_readings
from flows.stages.load.batch import batches_of
from flows.stages.load.finalize import finalize
from flows.stages.load.load import read_and_load
from flows.stages.read.batch import Batch
from flows.stages.read.corrections import keep_edition
from flows.stages.read.readers import InProcess, Piece, Readers
from flows.stages.read.readings import keep_readings
from schemas.registry import IncompleteSource
from warehouse.store.store import WarehouseError

log = logging.getLogger("carbonmart.run")

FETCH_BATCH = 250
LEFT_OVER = timedelta(days=1)
"""How far before the last complete run a page may have come that leads to others."""
T = TypeVar("T")


@dataclass(frozen=True)
class SourceWork:
    """What a run is to do of a source; without any of these what every night does.

    With `entries` (pages saved by a person, already archived) nothing is asked; `tally` then
    brings what was found out about them so far. With `batches`, what gives them, the archive is
    read again instead. With `window`, a partition of a backfill, its days are asked for and not
    those of the night; checks look at neighbours, and are left to its end.
    """

    entries: Sequence[Entry] | None = None
    tally: Tally | None = None
    batches: Callable[[RunContext, Pipeline], Sequence[Batch]] | None = None
    window: Window | None = None

    @property
    def asks(self) -> bool:
        """Whether the publisher is asked for anything."""
        return self.entries is None and self.batches is None


def run_source(
    context: RunContext,
    name: str,
    work: SourceWork | None = None,
    *,
    call: Call = plainly,
    readers: Readers | None = None,
) -> SourceResult:
    """Take one source down its pipeline; never raises for what a source or a disk can do."""
    work = work or SourceWork()
    said = {"run_id": context.run_id, "source": name}
    tally, started_at = work.tally or Tally(name), datetime.now(UTC)
    failed_checks: list[str] = []
    outcome: Outcome
    why: Issue | None
    day = _day_of(context, name)
    off = switched_off(name, context.settings, is_sample=context.home.kind == "sample")
    if off and work.asks:
        outcome, why = Outcome.SKIPPED, Issue("disabled", "", name, off)
    else:
        try:
            log.info("%s begins, business day %s", context.job, day, extra=said)
            pipeline = pipeline_of(name, is_sample=context.home.kind == "sample")
            run = SourceRun(context, pipeline, tally, call)
            failed_checks = _all_stages(run, work, readers or InProcess())
        except (ArchiveError, WarehouseError, OSError, IncompleteSource) as error:
            tally.fatal.append(Issue(type(error).__name__, "", "", str(error)))
        except Exception as error:  # noqa: BLE001 - a source's bug must not stop the others
            tally.fatal.append(Issue(type(error).__name__, "", "", words_of_error(error)))
        outcome, why = decide(tally)
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    result = SourceResult(name, outcome, why, tally, started_at, seconds, failed_checks)
    _record(context, result, day, said)
    _log_end(result, said)
    return result


def _day_of(context: RunContext, name: str) -> date | None:
    """The source's present day; None of one that can't say it."""
    try:
        return context.today(declaration(name, is_sample=context.home.kind == "sample"))
    except Exception:  # noqa: BLE001 - its turn tells what is wrong
        return None


def _all_stages(run: SourceRun, work: SourceWork, readers: Readers) -> list[str]:
    """Fetch, read, load, finalize, check; gives the names of hard checks that failed."""
    context, pipeline = run.context, run.pipeline
    name, window = pipeline.source.name, work.window
    batches = work.batches(context, pipeline) if work.batches else None
    last = None if window else last_complete_run(context.warehouse, name)
    today = context.today(pipeline.source)
    asked = window or Window(window_opens(pipeline.source, last, today), today)
    if batches is None:
        keep_edition(context)
        keep_readings(context)
        entries = work.entries
        if entries is None:
            _ask(run, asked, last)
            entries = _unread(run)
        batches = batches_of(context, pipeline, entries)
    context.require_home()
    _read_and_load(run, readers, batches)
    report_corrections(run)
    report_readings(run)
    run.tally.conserve()
    if window is not None:
        return []
    failed: list[str] = run.call("check", run_checks, run, asked.first)
    return failed


def _record(
    context: RunContext, result: SourceResult, day: date | None, said: dict[str, str]
) -> None:
    """Write the run into the run log; where that fails, the run has failed."""
    try:
        context.require_home()
        record_run(context, result, day)
        context.archive.share()
    except Exception as error:  # noqa: BLE001 - nor may a log that can't be written
        words = f"the run could not be booked: {words_of_error(error)}"
        log.error(words, extra=said)
        issue = Issue(type(error).__name__, "", "", words)
        result.tally.fatal.append(issue)
        result.outcome, result.why = Outcome.FAILED, result.why or issue


def _log_end(result: SourceResult, said: dict[str, str]) -> None:
    """How the source ended: an error where somebody has to look."""
    level = logging.INFO if result.outcome in GOOD and not result.failed_checks else logging.ERROR
    why = f": {result.why.rule}: {result.why.detail}" if result.why else ""
    failed = "".join(f"; check failed: {name}" for name in result.failed_checks)
    told = f"{result.outcome} in {result.seconds:.1f} s{why}{failed}"
    more = f"; {result.tally.summary}" if result.tally.summary else ""
    url = {"url": result.why.url} if result.why and result.why.url else {}
    log.log(level, "%s%s", told, more, extra=said | url)


def _ask(run: SourceRun, window: Window, last: CompleteRun | None) -> None:
    with (
        run.context.archive.writer(
            run.pipeline.source.name,
            run.context.run_id,
            run.context.started_at,
            run.context.today(run.pipeline.source),
        ) as writer,
        fetching.open_client(run, writer) as client,
    ):
        links = run.call("discover", fetching.discover, run, client, window)
        again = _fetch(run, client, links)
        if run.pipeline.source.follow:
            since_last = last.started_at - LEFT_OVER if last else None
            more = run.call("follow", fetching.followed, run, since_last)
            again += _fetch(run, client, more)
        if again:
            run.tally.silent.clear()
            left = run.call("fetch again", fetching.fetch, run, client, again)
            fetching.give_up(left, run.tally)


def _fetch(run: SourceRun, client: WebClient, links: Sequence[Link]) -> list[Link]:
    """Fetch in batches; gives the links worth a second try."""
    again: list[Link] = []
    done = 0
    run.progress("fetch", done, len(links))
    for some in _batches(links, FETCH_BATCH):
        again += run.call("fetch", fetching.fetch, run, client, some)
        done += len(some)
        run.progress("fetch", done, len(links))
    return again


def _unread(run: SourceRun) -> list[Entry]:
    """The archived pages that are still to be read, left over from a killed run or new."""
    return run.context.archive.to_read(
        run.pipeline.source.name,
        [kind.name for kind in run.pipeline.source.kinds if kind.yields_records],
        run.pipeline.source.parser_version,
    )


def _read_and_load(run: SourceRun, readers: Readers, batches: Sequence[Batch]) -> None:
    """Read, load and finalize batch by batch; pages of later ones may be read meanwhile."""
    done, total = 0, sum(len(batch.entries) for batch in batches)
    run.progress("read", done, total)
    pieces = _pieces(batches, run.context.settings.batch_pages)
    for piece, prepared in readers.ahead(run, pieces):
        batch, pages = piece.batch, piece.pages
        if pages:
            run.call("read and load", read_and_load, run, pages, batch, prepared)
        done += len(pages)
        run.progress("read", done, total)
        if piece.is_last:
            run.call("finalize", finalize, run, batch)
            batch.stated.clear()  # the keys of one night's series, not of all that are replayed


def _pieces(batches: Iterable[Batch], size: int) -> Iterator[Piece]:
    """The batches' pages, each of at most so many; a batch without pages is a piece, too."""
    for batch in batches:
        count = len(batch.entries)
        for start in range(0, max(count, 1), size):
            pages = tuple(batch.entries[start : start + size])
            yield Piece(batch, pages, is_last=start + size >= count)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
