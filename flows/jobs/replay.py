"""Rebuilding rows from the archive, with no network, through the code that loaded them first.

Runs are taken in the order they began. Each reads the pages it fetched then, with the
corrections that were in force then; rows are known from its start, which the archive
knows. So an archive replayed into an empty store gives the same rows, and replayed into the
store that it belongs to changes nothing. What a store learned from a new reader of old
pages is known at once in a replay: old readers are not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from extractors.archive.archive import Archive, ArchiveError, RebuildReport
from extractors.archive.index.history import History, Run
from extractors.archive.walk.scan import verdict_by_status
from extractors.http.client import kind_named
from extractors.http.identity import another
from extractors.http.response_check import verdict_of
from extractors.warc.exchange import Entry
from extractors.warc.records import Stored
from flows.core.clock import IN_THE_FUTURE, WITHDRAWN, is_future, require_clock, withdrawals
from flows.core.context import Progress, RunContext, archive_at, archive_of, no_progress
from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.core.sources import Pipeline, known, whole
from flows.jobs.report.result import RunReport
from flows.stages.read.batch import Batch
from flows.stages.read.corrections import editions, in_force
from flows.stages.read.readers import Readers
from flows.stages.read.readings import reading_editions, readings_in_force
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from flows.stages.source_run import SourceWork, run_source
from warehouse.errors import WrongHome
from warehouse.store.home import Home, HomeKind, home_path, open_home
from warehouse.store.trading import said_by_persons


def replay(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    progress: Progress = no_progress,
    readers: Readers | None = None,
) -> RunReport:
    """Read the archive again from its first page on; asks nobody.

    It does not end with the watch: in a sound store nothing has changed, and of a copy that is
    made to compare with, or of a store that is still being put together again, nobody is to be
    alarmed. The next night looks, or `carbonmart check`.

    Raises `UsageError` where there is no archive, `UnknownSource`, `ArchiveError`,
    `WrongCalendarFile`.
    """
    chosen = known(sources)
    home = _home(settings)
    context = RunContext(home, settings, "replay", progress=progress)
    require_clock(context)
    said_by_persons(home.path)
    context.day = last_day(context, chosen)
    report = RunReport(context.run_id, context.job, str(home.path), home.kind == "sample")
    for name in chosen:
        work = SourceWork(batches=batches_of_archive)
        report.runs.append(run_source(context, name, work, readers=readers))
    report.released = release(context, report.runs)
    report.published = publish_current(context)
    report.seconds = (datetime.now(UTC) - context.started_at).total_seconds()
    return report


def rebuild_index(settings: Settings) -> RebuildReport:
    """Make the archive's index anew from its WARC files, every fetch judged again.

    Raises `UsageError` where there is no archive, `ArchiveError` while a run is writing.
    """
    archive = _archive(settings)
    is_sample = _kind_of(settings, archive) == "sample"
    sources = whole(is_sample=is_sample)
    withdrawn = {one for each in withdrawals(home_path(settings.home)) for one in each.fetch_ids}

    def judge(entry: Entry, stored: Stored) -> str:
        if entry.fetch_id in withdrawn:
            return WITHDRAWN
        owner = sources.get(entry.source)
        if owner is None:
            return verdict_by_status(entry)
        kind = kind_named(owner, entry.kind)
        headers, asked = stored.http_headers, (entry.url, entry.request_body)
        verdict = verdict_of(kind, entry.status, headers, stored.body, entry.truncated)
        is_another = verdict == "good" and another(kind, asked, headers, stored.body)
        if verdict == "good" and is_future(entry.retrieved_at):
            return IN_THE_FUTURE
        return "wrong_content" if is_another else verdict

    return archive.rebuild(judge)


def batches_of_archive(context: RunContext, pipeline: Pipeline) -> list[Batch]:
    """All runs of a source, and the instants between them at which corrections changed."""
    history = context.archive.history()
    kinds = {kind.name for kind in pipeline.source.kinds if kind.yields_records}
    runs = history.runs(pipeline.source.name)
    known, read = editions(context), reading_editions(context)
    newest = _newest(context, pipeline)
    batches = [
        Batch(
            known_from=run.started_at,
            entries=_pages(history, run, kinds),
            run=run,
            # What is held already was corrected by what was in force when it was learned last.
            corrections=in_force(known, max(run.started_at, newest)),
            readings=readings_in_force(read, max(run.started_at, newest), pipeline.source.name),
            is_replay=True,
        )
        for run in runs
    ]
    begun = {run.started_at for run in runs}
    changed = {e.since for e in known} | {e.since for e in read}
    batches += [Batch(since, is_replay=True) for since in sorted(changed - begun)]
    return sorted(batches, key=lambda batch: batch.known_from)


def _pages(history: History, run: Run, kinds: set[str]) -> tuple[Entry, ...]:
    return tuple(
        entry
        for entry in history.entries(run)
        if entry.kind in kinds and entry.verdict == "good" and not entry.refers_to
    )


def _newest(context: RunContext, pipeline: Pipeline) -> datetime:
    """When the store learned the last of the source's rows."""
    names = {table.name for table in pipeline.tables}
    known = [info.last_known_from for info in context.warehouse.tables() if info.name in names]
    return max((k for k in known if k), default=datetime.min.replace(tzinfo=UTC))


def last_day(context: RunContext, sources: Sequence[str]) -> date | None:
    """The night of the last run of any of the sources."""
    history = context.archive.history()
    runs = {
        name: [r for r in history.runs(name) if not is_future(r.started_at)] for name in sources
    }
    nights = [found[-1].night for found in runs.values() if found]
    return date.fromisoformat(max(nights)) if nights else None


def _archive(settings: Settings) -> Archive:
    root = home_path(settings.home)
    if isinstance(root, Path) and not (root / "archive").is_dir():
        raise UsageError(f"{root / 'archive'}: no archive to read; `carbonmart refresh` makes one")
    try:
        return archive_of(open_home(root, None))
    except WrongHome:
        return archive_at(root)


def _home(settings: Settings) -> Home:
    """The store; where only its archive is left, of the kind that the archive tells."""
    return open_home(settings.home, _kind_of(settings, _archive(settings)))


def _kind_of(settings: Settings, archive: Archive) -> HomeKind:
    """What the home is stamped as; without a stamp, what the archive's addresses tell."""
    try:
        return open_home(settings.home, None).kind
    except WrongHome:
        pass  # the archive's addresses tell
    try:
        entry = next(archive.entries(), None)
    except ArchiveError:  # its index is lost too: addresses need no verdict
        archive.rebuild()
        entry = next(archive.entries(), None)
    if entry is None:
        raise UsageError(
            f"{home_path(settings.home)}: no page in its archive; `carbonmart refresh` fetches some"
        )
    return "sample" if (urlsplit(entry.url).hostname or "").endswith(".example") else "live"
