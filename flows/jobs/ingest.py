"""Pages and web archives saved by a person, taken down the same road as fetched ones.

The way round a wall: a bot wall is respected, a person with a browser is not a bot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from extractors.archive.warc_import import ImportReport, import_warc
from extractors.decoding import InflateError, inflate
from extractors.http.identity import another
from extractors.http.response_check import examine
from extractors.model import SAMPLE_META, SIMULATED_HEADER, Link
from extractors.source import PageKind
from extractors.warc.exchange import Entry, Exchange
from flows.core.clock import IN_THE_FUTURE, is_future, require_clock
from flows.core.context import RunContext
from flows.core.outcome import Issue, Tally
from flows.core.query.gates import gates_of
from flows.core.settings import Settings
from flows.core.sources import Pipeline, names, owner_of, owners_of, whole
from flows.jobs.monitor import after_run
from flows.jobs.nightly import UsageError
from flows.jobs.report.result import RunReport
from flows.stages.monitor.anew import mend_logs
from flows.stages.read import corrections, readings
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from flows.stages.source_run import SourceWork, run_source
from schemas.registry import IncompleteSource
from warehouse.errors import WrongHome
from warehouse.store.home import Home, home_path, open_home
from warehouse.store.trading import said_by_persons

PAGE_SUFFIXES = (
    *(".html", ".htm", ".shtml", ".json", ".csv"),
    *(".pdf", ".docx", ".xlsx", ".zip"),
)
WARC_SUFFIXES = (".warc", ".warc.gz", ".wacz")
LARGEST_PAGE = 64_000_000
"""Bytes of a page that are looked through for the names of the sample's hosts."""


@dataclass
class Intake:
    """What the files hold for one source: pages to read, and what is no good page, in `tally`."""

    tally: Tally
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class SavedPage:
    """A page file, with the address it was saved from, who that belongs to, and when it was
    saved: as somebody says, or by the file's own time."""

    file: Path
    url: str
    pipeline: Pipeline
    kind: PageKind
    saved_at: datetime
    is_own_time: bool


def ingest(
    settings: Settings,
    files: Sequence[Path],
    urls: Sequence[str] = (),
    saved_at: Sequence[datetime] = (),
) -> RunReport:
    """Archive the files' pages, then read and load them.

    Each page needs an address in `urls`, in the order of the page files, and may have a time in
    `saved_at` (one for all, or one each; else the file's own): what is older than what is held
    never becomes current. Web archives carry both. A store that does not exist yet becomes a
    live one. A file that holds a bot wall's page is archived and reported, and nothing is read
    from it. Raises `UsageError`, before anything is written, for files and addresses that don't
    fit.
    """
    is_sample = _is_sample(settings)
    pages = list(_saved_pages(files, urls, saved_at, is_sample=is_sample))
    gates_of(settings)
    corrections.present(settings)
    readings.present(settings)
    said_by_persons(home_path(settings.home))
    home = _home(settings)
    context = RunContext(home, settings, job="ingest")
    require_clock(context)
    intakes: dict[str, Intake] = {}
    for page in pages:
        name = page.pipeline.source.name
        _take(context, page, intakes.setdefault(name, Intake(Tally(name))))
    for file in files:
        if file.name.lower().endswith(WARC_SUFFIXES):
            _take_archive(context, file, intakes, is_sample=is_sample)
    if not intakes:
        raise UsageError("nothing was read: no file holds a page of a source")
    report = RunReport(context.run_id, context.job, str(home.path), is_sample)
    report.mended = mend_logs(context)
    for name, intake in intakes.items():
        report.runs.append(run_source(context, name, SourceWork(intake.entries, intake.tally)))
    report.released = release(context, report.runs)
    report.published = publish_current(context)
    report.watched = after_run(context, report)
    report.seconds = (datetime.now(UTC) - context.started_at).total_seconds()
    return report


def _is_sample(settings: Settings) -> bool:
    try:
        return open_home(settings.home, None).kind == "sample"
    except WrongHome:
        return False


def _home(settings: Settings) -> Home:
    """The store as it is; where there is none yet, a live one."""
    try:
        return open_home(settings.home, None)
    except WrongHome:
        return open_home(settings.home, "live")


def _saved_pages(
    files: Sequence[Path], urls: Sequence[str], times: Sequence[datetime], *, is_sample: bool
) -> Iterator[SavedPage]:
    """Each page file with its address; raises `UsageError` for any that does not fit."""
    for file in files:
        if not file.is_file():
            raise UsageError(f"no such file: {file}")
        if not file.name.lower().endswith(PAGE_SUFFIXES + WARC_SUFFIXES):
            wanted = ", ".join(PAGE_SUFFIXES + WARC_SUFFIXES)
            raise UsageError(f"{file}: neither a page nor a web archive ({wanted})")
    pages = [file for file in files if file.name.lower().endswith(PAGE_SUFFIXES)]
    if len(pages) != len(urls):
        raise UsageError(
            f"page files: {len(pages)}, addresses: {len(urls)}; each saved page needs its "
            "own --url, the address it was saved from, in the same order"
        )
    if len(times) > 1 and len(times) != len(pages):
        raise UsageError(
            f"page files: {len(pages)}, times: {len(times)}; --saved-at is given once for all "
            "pages, or once for each in the same order"
        )
    if ahead := [time for time in times if is_future(time)]:
        raise UsageError(f"--saved-at {ahead[0].isoformat()} is in the future")
    for number, (file, url) in enumerate(zip(pages, urls, strict=True)):
        owners = owners_of(url, is_sample=is_sample)
        if not owners:
            raise UsageError(_no_owner(url, is_sample=is_sample))
        pipeline = _reader_of(file, url, owners)
        source = pipeline.source
        kind = source.kind_of(source.canonical(url))
        if kind is None or not kind.yields_records:
            known = ", ".join(k.name for k in source.kinds if k.yields_records)
            raise UsageError(f"{source.name}: {url} is no page that carries figures ({known})")
        if not is_sample and (told := _of_sample((), file.read_bytes())):
            raise UsageError(f"{file}: {told}, and a live store takes none of it")
        said = times[number] if len(times) > 1 else next(iter(times), None)
        own = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        yield SavedPage(file, source.canonical(url), pipeline, kind, said or own, said is None)


def _reader_of(file: Path, url: str, owners: Sequence[Pipeline]) -> Pipeline:
    """Of several sources with such an address the first whose marks the page has."""
    for pipeline in owners if len(owners) > 1 else ():
        kind = pipeline.source.kind_of(pipeline.source.canonical(url))
        headers = {"content-type": kind.content_types[0]} if kind else {}
        if examine(kind, 200, headers, file.read_bytes())[0] == "good":
            return pipeline
    return owners[-1]


def _no_owner(url: str, *, is_sample: bool) -> str:
    told = f"{url} is on no source's host"
    if is_sample and owner_of(url) is not None:
        return (
            f"{told} of this store: it holds the embedded sample, and real figures are never "
            "mixed with simulated ones. Name another store: carbonmart --home ./live ingest ..."
        )
    if not is_sample and owner_of(url, is_sample=True) is not None:
        return f"{told}: it is an address of the embedded sample, and this store is not its"
    return f"{told}; see `carbonmart sources`"


def _take(context: RunContext, page: SavedPage, intake: Intake) -> None:
    """Archive a saved page and judge it as a fetched one would be."""
    source, body = page.pipeline.source, page.file.read_bytes()
    headers = (
        ("content-type", page.kind.content_types[0]),
        ("x-carbonmart-ingested", page.file.name.encode("ascii", "backslashreplace").decode()),
    )
    exchange = Exchange(
        link=Link(page.url, page.kind.name),
        source=source.name,
        kind=page.kind.name,
        status=200,
        reason="OK",
        request_headers=(("User-Agent", "saved by a person"),),
        response_headers=headers,
        body=body,
        retrieved_at=page.saved_at,
    )
    verdict, why = examine(page.kind, 200, headers, body)
    if verdict == "good" and (said := another(page.kind, (page.url, None), headers, body)):
        verdict, why = "wrong_content", said
    with context.archive.writer(
        source.name, context.run_id, context.started_at, context.today(source)
    ) as writer:
        entry = writer.write(exchange)
        _judged(context, entry, verdict, why)
    if page.is_own_time:
        told = "saved then by the file's own time; `--saved-at` says it where that is wrong"
        at = page.saved_at.isoformat(timespec="seconds")
        intake.tally.remarks.append(Issue("saved_at", page.url, at, told))
    _sort(intake, entry, verdict, f"{page.file}: {why}")


def _take_archive(
    context: RunContext, file: Path, intakes: dict[str, Intake], *, is_sample: bool
) -> None:
    """Import a web archive's responses of known addresses, each judged."""

    def owner(address: str) -> tuple[Pipeline, PageKind] | None:
        try:
            pipeline = owner_of(address, is_sample=is_sample)
        except IncompleteSource:  # the pages of other sources are taken
            return None
        kind = pipeline.source.kind_of(address) if pipeline else None
        return (pipeline, kind) if pipeline and kind else None

    imported = import_warc(
        file,
        lambda url: found[0].source.name if (found := owner(url)) else None,
        lambda url: found[1].name if (found := owner(url)) else "",
        lambda source: context.archive.writer(source, context.run_id, context.started_at),
        lambda made: "" if is_sample else _of_sample(made.response_headers, made.body),
    )
    if not imported.entries and not intakes:
        raise UsageError(
            f"{file}: no response in it that belongs to a source ({', '.join(names())}) can be "
            f"taken; left out: {_counted(imported)}"
        )
    for entry in imported:
        found = owner(entry.url)
        kind = found[1] if found else None
        verdict, why = _judged(context, entry, *_examine(context, entry, kind))
        intake = intakes.setdefault(entry.source, Intake(Tally(entry.source)))
        if kind is None or kind.yields_records:
            _sort(intake, entry, verdict, f"{file}: {why}")
    for one in imported.left_out:
        if one.source:
            found = owner(one.url)
            tally = intakes.setdefault(one.source, Intake(Tally(one.source))).tally
            is_figures = found is None or found[1].yields_records
            told = Issue("left_out", one.url, "", f"{one.why}, in {file.name}")
            (tally.failures if is_figures else tally.remarks).append(told)
    nobodys = sum(not one.source for one in imported.left_out)
    for intake in list(intakes.values())[:1] if nobodys else ():
        says = f"{nobodys:,} records of {file.name} left out: no source has their address"
        intake.tally.remarks.append(Issue("left_out", "", "", says))
    for cut in imported.cut:
        for intake in intakes.values():
            intake.tally.signals.append(Issue("archive_cut", "", str(file), cut))


def _counted(imported: ImportReport) -> str:
    """What was left out, by why, with the first address of each kind."""
    first = {one.why: one.url for one in reversed(imported.left_out)}
    counts = imported.skipped.items()
    return ", ".join(f"{n:,} ({why}: {first[why]})" for why, n in counts) or "nothing else in it"


def _of_sample(headers: Iterable[tuple[str, str]], body: bytes) -> str:
    """Why a page is none for a live store: it is the embedded sample's, whatever its address."""
    names = {name.lower() for name, _ in headers}
    if SIMULATED_HEADER in names:
        return "a page of the embedded sample: its headers say so"
    coding = next((v for n, v in headers if n.lower() == "content-encoding"), "")
    try:
        page = inflate(body, coding, LARGEST_PAGE)
    except InflateError:
        page = body
    for mark in (SAMPLE_META, *_sample_hosts()):
        if mark in page:
            return f"a page of the embedded sample: it says {mark.decode()!r}"
    return ""


@cache
def _sample_hosts() -> tuple[bytes, ...]:
    sources = whole(is_sample=True).values()
    return tuple(host.encode() for source in sources for host in source.hosts)


def _examine(context: RunContext, entry: Entry, kind: PageKind | None) -> tuple[str, str]:
    try:
        page = context.archive.page(entry)
    except InflateError as error:
        return "broken", str(error)
    headers = {**page.headers, "content-encoding": ""}
    verdict, why = examine(kind, entry.status, headers, page.body, entry.truncated)
    asked = (entry.url, entry.request_body)
    if verdict == "good" and (said := another(kind, asked, headers, page.body)):
        return "wrong_content", said
    return verdict, why


def _judged(context: RunContext, entry: Entry, verdict: str, why: str) -> tuple[str, str]:
    """Set the verdict on a page. One saved in the future is none that later nights may ask the
    publisher about, or read: it goes to be refused, and no further."""
    is_ahead = verdict == "good" and is_future(entry.retrieved_at)
    context.archive.judge(entry.fetch_id, IN_THE_FUTURE if is_ahead else verdict)
    return verdict, why


def _sort(intake: Intake, entry: Entry, verdict: str, why: str) -> None:
    """A good page is to be read; anything else is told in the run's report."""
    if verdict == "good":
        intake.entries.append(entry)
        return
    issue = Issue(verdict, entry.url, "", f"{why}; archived, and nothing read from it")
    (intake.tally.walls if verdict == "blocked" else intake.tally.failures).append(issue)
