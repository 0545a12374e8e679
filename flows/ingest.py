"""Pages and web archives saved by a person, taken down the same road as fetched ones.

The way round a wall: a bot wall is respected, a person with a browser is not a bot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from extractors.exchange import Entry, Exchange
from extractors.inflate import InflateError
from extractors.model import Link
from extractors.walls import verdict_of
from flows.night import Night
from flows.refresh import NightReport, UsageError
from flows.road import run_source
from flows.settings import Settings
from flows.sources import Road, names, owner_of
from warehouse.errors import WrongHome
from warehouse.home import Home, open_home

PAGE_SUFFIXES = {".html", ".htm", ".shtml", ".json"}
WARC_SUFFIXES = (".warc", ".warc.gz")


def ingest(settings: Settings, files: Sequence[Path], url: str | None = None) -> NightReport:
    """Archive the files' pages, then read and load them.

    A page needs the `url` it was saved from; web archives carry theirs. A store that
    does not exist yet becomes a live one. Raises `UsageError` for what can't be taken.
    """
    home = _home(settings)
    night = Night(home, settings, job="ingest")
    is_sample = home.kind == "sample"
    entries: dict[str, list[Entry]] = {}
    for file in files:
        if not file.is_file():
            raise UsageError(f"no such file: {file}")
        if file.name.endswith(WARC_SUFFIXES):
            for entry in _from_warc(night, file, is_sample=is_sample):
                entries.setdefault(entry.source, []).append(entry)
        elif file.suffix.lower() in PAGE_SUFFIXES:
            road, entry = _from_page(night, file, url, is_sample=is_sample)
            entries.setdefault(road.source.name, []).append(entry)
        else:
            raise UsageError(f"{file}: neither a page {sorted(PAGE_SUFFIXES)} nor a WARC")
    report = NightReport(night.run_id, night.job, str(home.path), is_sample)
    for name, found in entries.items():
        report.runs.append(run_source(night, name, entries=found))
    report.seconds = (datetime.now(UTC) - night.started_at).total_seconds()
    return report


def _home(settings: Settings) -> Home:
    """The store as it is; where there is none yet, a live one."""
    try:
        return open_home(settings.home, None)
    except WrongHome:
        return open_home(settings.home, "live")


def _from_page(night: Night, file: Path, url: str | None, *, is_sample: bool) -> tuple[Road, Entry]:
    if not url:
        raise UsageError(f"{file}: a saved page needs --url, the address it was saved from")
    road = owner_of(url, is_sample=is_sample)
    if road is None:
        raise UsageError(_no_owner(url, is_sample=is_sample))
    source = road.source
    address = source.canonical(url)
    kind = source.kind_of(address)
    if kind is None or not kind.yields_records:
        known = ", ".join(k.name for k in source.kinds if k.yields_records)
        raise UsageError(f"{source.name}: {url} is no page that carries figures ({known})")
    body = file.read_bytes()
    headers = {"content-type": kind.content_types[0], "x-carbonmart-ingested": file.name}
    verdict = verdict_of(kind, 200, headers, body, "")
    exchange = Exchange(
        link=Link(address, kind.name),
        source=source.name,
        kind=kind.name,
        status=200,
        reason="OK",
        request_headers=(("User-Agent", "saved by a person"),),
        response_headers=tuple(headers.items()),
        body=body,
        retrieved_at=datetime.now(UTC),
    )
    with night.archive.writer(source.name, night.run_id, night.started_at) as writer:
        entry = writer.write(exchange)
        night.archive.judge(entry.fetch_id, verdict)
    if verdict != "good":
        raise UsageError(
            f"{source.name}: {file} is not the page {address} should be ({verdict}); "
            "it is archived, and nothing was read from it"
        )
    return road, night.archive.entry(entry.fetch_id)


def _from_warc(night: Night, file: Path, *, is_sample: bool) -> list[Entry]:
    def source_of(address: str) -> str | None:
        road = owner_of(address, is_sample=is_sample)
        return road.source.name if road and road.source.kind_of(address) else None

    def kind_of(address: str) -> str:
        road = owner_of(address, is_sample=is_sample)
        kind = road.source.kind_of(address) if road else None
        return kind.name if kind else ""

    imported = night.archive.import_warc(
        file, source_of, night.run_id, night.started_at, kind_of=kind_of
    )
    if not imported.entries:
        raise UsageError(
            f"{file}: no response in it belongs to a source ({', '.join(names())}); "
            f"left out: {imported.skipped}"
        )
    return [entry for entry in imported if _judged(night, entry, is_sample=is_sample)]


def _judged(night: Night, entry: Entry, *, is_sample: bool) -> bool:
    """Judge an imported response as a fetched one would be; whether it is a good page to read."""
    road = owner_of(entry.url, is_sample=is_sample)
    kind = road.source.kind_of(entry.url) if road else None
    try:
        page = night.archive.page(entry)
    except InflateError:
        verdict = "broken"
    else:
        headers = {**page.headers, "content-encoding": ""}
        verdict = verdict_of(kind, entry.status, headers, page.body, entry.truncated)
    night.archive.judge(entry.fetch_id, verdict)
    return verdict == "good" and kind is not None and kind.yields_records


def _no_owner(url: str, *, is_sample: bool) -> str:
    told = f"{url} is on no source's host"
    if is_sample and owner_of(url) is not None:
        return (
            f"{told} of this store: it holds the embedded sample, and real figures are never "
            "mixed with simulated ones. Name another store: carbonmart --home ./live ingest ..."
        )
    return f"{told}; see `carbonmart sources`"
