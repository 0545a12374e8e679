"""One source's whole road in one run, and what it leaves in the books.

`Call` runs a stage: as a plain function, or as a Prefect task. The order of things
is written once, here.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from extractors.archive.archive import ArchiveError
from extractors.http.client import WebClient
from extractors.model import Link
from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.outcome import GOOD, Issue, Outcome, Tally, decide
from flows.core.result import SourceResult
from flows.core.run_log import (
    CompleteRun,
    Window,
    checked_since,
    last_complete_run,
    record_run,
    window_opens,
)
from flows.core.sources import Pipeline
from flows.core.sources import pipeline as pipeline_of
from flows.stages.checks.source_checks import run_checks
from flows.stages.fetch import fetch as fetching
from flows.stages.load import load as loading
from flows.stages.load.apply_corrections import report as report_corrections
from flows.stages.load.batch import batches_of
from flows.stages.load.finalize import finalize
from flows.stages.read.batch import Batch
from flows.stages.read.corrections import keep_edition
from flows.stages.read.readers import Piece
from warehouse.store.store import WarehouseError

log = logging.getLogger("carbonmart.run")

FETCH_BATCH = 250
LEFT_OVER = timedelta(days=1)
"""How far before the last complete run a fetch may lie that was never read."""
T = TypeVar("T")
Call = Callable[..., Any]
"""Call(name, function, *arguments) -> what the function gives."""


def plainly(name: str, function: Callable[..., T], *arguments: Any) -> T:
    """Run a stage as the function it is."""
    return function(*arguments)


def run_source(
    context: RunContext,
    name: str,
    call: Call = plainly,
    *,
    entries: Sequence[Entry] | None = None,
    tally: Tally | None = None,
    batches: Sequence[Batch] | None = None,
    window: Window | None = None,
) -> SourceResult:
    """Take one source down its road; never raises for what a source or a disk can do.

    With `entries` (pages saved by a person, already archived) nothing is asked;
    `tally` then brings what was found out about them so far. With `turns` the archive
    is read again instead. With `window`, a partition of a backfill, its days are asked for
    and not those of the night; checks look at neighbours, and are left to its end.
    """
    pipeline = pipeline_of(name, is_sample=context.home.kind == "sample")
    said = {"run_id": context.run_id, "source": name}
    log.info("%s begins, business day %s", context.job, context.today(pipeline.source), extra=said)
    tally = tally or Tally(name)
    started_at = datetime.now(UTC)
    failed_checks: list[str] = []
    outcome: Outcome
    why: Issue | None
    if name in context.settings.disabled and entries is None and batches is None:
        outcome, why = Outcome.SKIPPED, Issue("disabled", "", name, "the kill switch is on")
    else:
        try:
            last = None if window else last_complete_run(context.warehouse, name)
            today = context.today(pipeline.source)
            asked = window or Window(window_opens(pipeline.source, last, today), today)
            opening = asked.first if window else checked_since(context, pipeline, asked.first)
            if batches is None:
                keep_edition(context)
                if entries is None:
                    _ask(context, pipeline, tally, call, asked, last)
                    entries = _unread(context, pipeline, last)
                batches = batches_of(context, pipeline, entries)
            _read_and_load(context, pipeline, tally, call, batches)
            report_corrections(context, pipeline, tally)
            tally.conserve()
            if window is None:
                failed_checks = call("check", run_checks, context, pipeline, tally, opening)
        except (ArchiveError, WarehouseError, OSError) as error:
            tally.fatal.append(Issue(type(error).__name__, "", "", str(error)))
        except Exception as error:  # noqa: BLE001 - a source's bug must not stop the others
            where = traceback.extract_tb(error.__traceback__)[-1]
            told = f"{error} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})"
            tally.fatal.append(Issue(type(error).__name__, "", "", told))
        outcome, why = decide(tally)
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    run = SourceResult(name, outcome, why, tally, started_at, seconds, failed_checks)
    try:
        record_run(context, pipeline, run)
        context.archive.share()
    except (ArchiveError, WarehouseError, OSError) as error:
        told = f"the run could not be booked: {error}"
        log.error(told, extra=said)
        issue = Issue(type(error).__name__, "", "", told)
        tally.fatal.append(issue)
        run.outcome, run.why = Outcome.FAILED, run.why or issue
    _log_end(run, said)
    return run


def _log_end(run: SourceResult, said: dict[str, str]) -> None:
    """How the source ended: an error where somebody has to look."""
    level = logging.INFO if run.outcome in GOOD and not run.failed_checks else logging.ERROR
    why = f": {run.why.rule}: {run.why.detail}" if run.why else ""
    failed = "".join(f"; check failed: {name}" for name in run.failed_checks)
    told = f"{run.outcome} in {run.seconds:.1f} s{why}{failed}"
    more = f"; {run.tally.summary}" if run.tally.summary else ""
    url = {"url": run.why.url} if run.why and run.why.url else {}
    log.log(level, "%s%s", told, more, extra=said | url)


def _ask(
    context: RunContext,
    pipeline: Pipeline,
    tally: Tally,
    call: Call,
    window: Window,
    last: CompleteRun | None,
) -> None:
    with (
        context.archive.writer(
            pipeline.source.name, context.run_id, context.started_at, context.today(pipeline.source)
        ) as writer,
        fetching.open_client(context, pipeline, writer) as client,
    ):
        links = call("discover", fetching.discover, context, pipeline, client, tally, window)
        again = _fetch(context, pipeline, tally, call, client, links)
        if pipeline.source.follow:
            since_last = last.started_at - LEFT_OVER if last else None
            more = call("follow", fetching.followed, context, pipeline, tally, since_last)
            again += _fetch(context, pipeline, tally, call, client, more)
        if again:
            tally.silent.clear()
            left = call("fetch again", fetching.fetch, context, pipeline, client, again, tally)
            fetching.give_up(left, tally)


def _fetch(
    context: RunContext,
    pipeline: Pipeline,
    tally: Tally,
    call: Call,
    client: WebClient,
    links: Sequence[Link],
) -> list[Link]:
    """Fetch in batches; gives the links worth a second try."""
    again: list[Link] = []
    done = 0
    context.progress(pipeline.source.name, "fetch", done, len(links))
    for some in _batches(links, FETCH_BATCH):
        again += call("fetch", fetching.fetch, context, pipeline, client, some, tally)
        done += len(some)
        context.progress(pipeline.source.name, "fetch", done, len(links))
    return again


def _unread(context: RunContext, pipeline: Pipeline, last: CompleteRun | None) -> list[Entry]:
    """The archived pages that are still to be read, left over from a killed run or new."""
    return context.archive.to_read(
        pipeline.source.name,
        [kind.name for kind in pipeline.source.kinds if kind.yields_records],
        pipeline.source.parser_version,
        since=last.started_at - LEFT_OVER if last else None,
    )


def _read_and_load(
    context: RunContext, pipeline: Pipeline, tally: Tally, call: Call, batches: Sequence[Batch]
) -> None:
    """Read, load and settle turn by turn; pages of later ones may be read meanwhile."""
    done, total = 0, sum(len(batch.entries) for batch in batches)
    context.progress(pipeline.source.name, "read", done, total)
    is_sample = context.home.kind == "sample"
    pieces = _pieces(batches, context.settings.batch_pages)
    for piece, prepared in context.readers.ahead(context.archive, pipeline, is_sample, pieces):
        batch, pages = piece.batch, piece.pages
        if pages:
            call(
                "read and load",
                loading.read_and_load,
                context,
                pipeline,
                pages,
                tally,
                batch,
                prepared,
            )
        done += len(pages)
        context.progress(pipeline.source.name, "read", done, total)
        if piece.is_last:
            call("settle", finalize, context, pipeline, batch, tally)
            batch.stated.clear()  # the keys of one night's series, not of all that are replayed


def _pieces(batches: Iterable[Batch], size: int) -> Iterator[Piece]:
    """The turns' pages, each of at most so many; a turn without pages is a piece, too."""
    for batch in batches:
        count = len(batch.entries)
        for start in range(0, max(count, 1), size):
            pages = tuple(batch.entries[start : start + size])
            yield Piece(batch, pages, is_last=start + size >= count)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
