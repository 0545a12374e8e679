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
from flows.core.context import Night
from flows.core.outcome import GOOD, Outcome, Tally, Trouble, decide
from flows.core.result import SourceRun
from flows.core.run_log import (
    CompleteRun,
    Window,
    checked_since,
    last_complete_run,
    window_opens,
    write_books,
)
from flows.core.sources import Road
from flows.core.sources import road as road_of
from flows.stages.checks.source_checks import run_checks
from flows.stages.fetch import fetch as asking
from flows.stages.load import load as loading
from flows.stages.load.apply_corrections import report as report_corrections
from flows.stages.load.batch import turns_of
from flows.stages.load.finalize import settle
from flows.stages.read.batch import Turn
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
    night: Night,
    name: str,
    call: Call = plainly,
    *,
    entries: Sequence[Entry] | None = None,
    tally: Tally | None = None,
    turns: Sequence[Turn] | None = None,
    window: Window | None = None,
) -> SourceRun:
    """Take one source down its road; never raises for what a source or a disk can do.

    With `entries` (pages saved by a person, already archived) nothing is asked;
    `tally` then brings what was found out about them so far. With `turns` the archive
    is read again instead. With `window`, a partition of a backfill, its days are asked for
    and not those of the night; checks look at neighbours, and are left to its end.
    """
    road = road_of(name, is_sample=night.home.kind == "sample")
    said = {"run_id": night.run_id, "source": name}
    log.info("%s begins, business day %s", night.job, night.today(road.source), extra=said)
    tally = tally or Tally(name)
    started_at = datetime.now(UTC)
    failed_checks: list[str] = []
    outcome: Outcome
    why: Trouble | None
    if name in night.settings.disabled and entries is None and turns is None:
        outcome, why = Outcome.SKIPPED, Trouble("disabled", "", name, "the kill switch is on")
    else:
        try:
            last = None if window else last_complete_run(night.warehouse, name)
            today = night.today(road.source)
            asked = window or Window(window_opens(road.source, last, today), today)
            opening = asked.first if window else checked_since(night, road, asked.first)
            if turns is None:
                keep_edition(night)
                if entries is None:
                    _ask(night, road, tally, call, asked, last)
                    entries = _unread(night, road, last)
                turns = turns_of(night, road, entries)
            _read_and_load(night, road, tally, call, turns)
            report_corrections(night, road, tally)
            tally.conserve()
            if window is None:
                failed_checks = call("check", run_checks, night, road, tally, opening)
        except (ArchiveError, WarehouseError, OSError) as error:
            tally.fatal.append(Trouble(type(error).__name__, "", "", str(error)))
        except Exception as error:  # noqa: BLE001 - a source's bug must not stop the others
            where = traceback.extract_tb(error.__traceback__)[-1]
            told = f"{error} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})"
            tally.fatal.append(Trouble(type(error).__name__, "", "", told))
        outcome, why = decide(tally)
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    run = SourceRun(name, outcome, why, tally, started_at, seconds, failed_checks)
    try:
        write_books(night, road, run)
        night.archive.share()
    except (ArchiveError, WarehouseError, OSError) as error:
        told = f"the run could not be booked: {error}"
        log.error(told, extra=said)
        trouble = Trouble(type(error).__name__, "", "", told)
        tally.fatal.append(trouble)
        run.outcome, run.why = Outcome.FAILED, run.why or trouble
    _log_end(run, said)
    return run


def _log_end(run: SourceRun, said: dict[str, str]) -> None:
    """How the source ended: an error where somebody has to look."""
    level = logging.INFO if run.outcome in GOOD and not run.failed_checks else logging.ERROR
    why = f": {run.why.rule}: {run.why.detail}" if run.why else ""
    failed = "".join(f"; check failed: {name}" for name in run.failed_checks)
    told = f"{run.outcome} in {run.seconds:.1f} s{why}{failed}"
    more = f"; {run.tally.summary}" if run.tally.summary else ""
    url = {"url": run.why.url} if run.why and run.why.url else {}
    log.log(level, "%s%s", told, more, extra=said | url)


def _ask(
    night: Night, road: Road, tally: Tally, call: Call, window: Window, last: CompleteRun | None
) -> None:
    with (
        night.archive.writer(
            road.source.name, night.run_id, night.started_at, night.today(road.source)
        ) as writer,
        asking.open_client(night, road, writer) as client,
    ):
        links = call("discover", asking.discover, night, road, client, tally, window)
        again = _fetch(night, road, tally, call, client, links)
        if road.source.follow:
            since_last = last.started_at - LEFT_OVER if last else None
            more = call("follow", asking.followed, night, road, tally, since_last)
            again += _fetch(night, road, tally, call, client, more)
        if again:
            tally.silent.clear()
            left = call("fetch again", asking.fetch, night, road, client, again, tally)
            asking.give_up(left, tally)


def _fetch(
    night: Night, road: Road, tally: Tally, call: Call, client: WebClient, links: Sequence[Link]
) -> list[Link]:
    """Fetch in batches; gives the links worth a second try."""
    again: list[Link] = []
    done = 0
    night.progress(road.source.name, "fetch", done, len(links))
    for batch in _batches(links, FETCH_BATCH):
        again += call("fetch", asking.fetch, night, road, client, batch, tally)
        done += len(batch)
        night.progress(road.source.name, "fetch", done, len(links))
    return again


def _unread(night: Night, road: Road, last: CompleteRun | None) -> list[Entry]:
    """The archived pages that are still to be read, left over from a killed run or new."""
    return night.archive.to_read(
        road.source.name,
        [kind.name for kind in road.source.kinds if kind.yields_records],
        road.source.parser_version,
        since=last.started_at - LEFT_OVER if last else None,
    )


def _read_and_load(
    night: Night, road: Road, tally: Tally, call: Call, turns: Sequence[Turn]
) -> None:
    """Read, load and settle turn by turn; pages of later ones may be read meanwhile."""
    done, total = 0, sum(len(turn.entries) for turn in turns)
    night.progress(road.source.name, "read", done, total)
    is_sample = night.home.kind == "sample"
    pieces = _pieces(turns, night.settings.batch_pages)
    for piece, prepared in night.readers.ahead(night.archive, road, is_sample, pieces):
        turn, pages = piece.turn, piece.pages
        if pages:
            call("read and load", loading.read_and_load, night, road, pages, tally, turn, prepared)
        done += len(pages)
        night.progress(road.source.name, "read", done, total)
        if piece.is_last:
            call("settle", settle, night, road, turn, tally)
            turn.stated.clear()  # the keys of one night's series, not of all that are replayed


def _pieces(turns: Iterable[Turn], size: int) -> Iterator[Piece]:
    """The turns' pages, each of at most so many; a turn without pages is a piece, too."""
    for turn in turns:
        count = len(turn.entries)
        for start in range(0, max(count, 1), size):
            pages = tuple(turn.entries[start : start + size])
            yield Piece(turn, pages, is_last=start + size >= count)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
