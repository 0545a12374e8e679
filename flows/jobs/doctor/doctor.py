"""Whether each source answers, lets itself be read, and is still what its reader expects.

Everything goes into an archive in a temporary folder: neither the tables nor the archive of
a home see any of it. The pages are asked as politely as a night asks them, few of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from extractors.archive.archive import Archive
from extractors.decoding import InflateError
from extractors.errors import CAUSES, Blocked, Drifted, FetchError, NotFound
from extractors.http.client import WebClient, kind_named
from extractors.http.rate_limit import Pacer
from extractors.http.reachability import certificate, is_proxied, resolve
from extractors.http.transport import TransportError
from extractors.model import LayoutError, Link
from extractors.url_guard import AddressRefused
from flows.core.context import Sample, web_settings
from flows.core.errors import named_error
from flows.core.settings import Settings
from flows.core.sources import Pipeline, known, switched_off
from flows.core.sources import pipeline as pipeline_of
from flows.jobs.doctor.probe import Probe, newest_day, rows_of, walk
from schemas.registry import IncompleteSource
from transforms.model import Row
from warehouse.store.home import home_path
from warehouse.store.store import Warehouse
from warehouse.store.trading import said_by_persons

Verdict = Literal["ok", "skipped", "unproven", "warn", "failed", "drifted", "blocked"]
WORST: tuple[Verdict, ...] = ("blocked", "drifted", "failed", "warn", "unproven", "ok")
BAD = frozenset({"blocked", "drifted", "failed"})
WINDOW, MOST_REQUESTS = timedelta(days=7), 40
CERTIFICATE_DAYS = 14
LATE_TRADING_DAYS = 3
"""So many trading days may lie between the newest item and today before it is told."""


@dataclass(frozen=True, slots=True)
class CheckupStep:
    """One thing that was looked at."""

    step: str
    verdict: Verdict
    told: str
    next_step: str = ""


@dataclass
class Checkup:
    """A source with all that was looked at."""

    source: str
    steps: list[CheckupStep] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """The worst of the steps; `unproven` is worse than `ok`, since it is no proof."""
        found = {step.verdict for step in self.steps}
        return next((each for each in WORST if each in found), "skipped")

    def add(self, step: str, verdict: Verdict, told: str, next_step: str = "") -> None:
        self.steps.append(CheckupStep(step, verdict, told, next_step))

    def fail(self, step: str, error: FetchError | LayoutError | InflateError) -> None:
        """Add what came instead of a page."""
        if isinstance(error, FetchError):
            verdict: Verdict = "failed"
            if isinstance(error, Blocked):
                verdict = "blocked"
            elif isinstance(error, (Drifted, NotFound)):
                verdict = "drifted"
            told = f"{error.cause}: {error.detail} at {error.url}"
            self.add(step, verdict, told, error.next_step)
        else:
            self.add(step, "drifted", f"layout: {error}", CAUSES["layout"])


def examine(settings: Settings, sources: Sequence[str], sample: Sample | None) -> Iterator[Checkup]:
    """Look at each source (all, where none is named). Raises `UnknownSource`,
    `WrongCalendarFile`."""
    said_by_persons(home_path(settings.home))
    for name in known(sources):
        checkup = Checkup(name)
        if off := switched_off(name, settings, is_sample=sample is not None):
            checkup.add("switch", "skipped", f"{off}; nobody asks it")
        else:
            try:
                _examine(settings, pipeline_of(name, is_sample=sample is not None), sample, checkup)
            except IncompleteSource as error:
                checkup.add("folder", "failed", str(error))
            except Exception as error:  # noqa: BLE001 - the other sources are looked at, too
                checkup.add("reader", "failed", named_error(error))
        yield checkup


def _examine(
    settings: Settings, pipeline: Pipeline, sample: Sample | None, checkup: Checkup
) -> None:
    source = pipeline.source
    today = _today(pipeline, sample)
    for host in source.hosts:
        _reach(settings, host, checkup, is_sample=sample is not None)
    terms = source.terms or "none are declared: read them and declare them"
    checkup.add("terms", "ok" if source.terms else "warn", terms)
    pacer = Pacer(0.0 if sample else settings.pace(source.rate_per_second))
    with tempfile.TemporaryDirectory(prefix="carbonmart-doctor-") as folder:
        archive = Archive(Path(folder))
        with (
            archive.writer(source.name, "doctor", datetime.now(UTC), today) as writer,
            WebClient(
                replace(source, page_budget_per_day=MOST_REQUESTS),
                archive,
                writer,
                web_settings(settings, is_sample=sample is not None),
                pacer,
                routes=sample.routes if sample else None,
            ) as client,
        ):
            since = max(source.first_day, today - WINDOW)
            calendar = Warehouse(settings.home).calendar
            _ask(pipeline, client, Probe(client, archive, today, since, calendar), checkup)
        archive.close()
    for item in source.unproven:
        checkup.add("live layout", "unproven", item)


def _today(pipeline: Pipeline, sample: Sample | None) -> date:
    if sample:
        from extractors.sample.sites.all import day_of

        return day_of(pipeline.source.name, sample.until)
    return datetime.now(ZoneInfo(pipeline.source.timezone)).date()


def _reach(settings: Settings, host: str, checkup: Checkup, *, is_sample: bool) -> None:
    """DNS and TLS of a host."""
    if is_sample or is_proxied(host):
        told = "the sample, on loopback" if is_sample else "a proxy is asked instead"
        checkup.add(f"dns {host}", "skipped", told)
        checkup.add(f"tls {host}", "skipped", told)
        return
    step = f"dns {host}"
    try:
        addresses = resolve(host)
        checkup.add(step, "ok", ", ".join(addresses))
        step = f"tls {host}"
        found = certificate(host, addresses[0], settings.connect_timeout_s)
    except TransportError as error:
        checkup.add(step, "failed", f"{error.cause}: {error.detail}", CAUSES[error.cause])
        return
    except AddressRefused as error:
        checkup.add(step, "failed", f"host: {error}", CAUSES["host"])
        return
    left = (found.valid_until - datetime.now(UTC)).days
    told = f"{found.protocol}, {found.issuer}, valid until {found.valid_until:%Y-%m-%d}"
    checkup.add(step, "ok" if left >= CERTIFICATE_DAYS else "warn", f"{told} ({left} days)")


def _ask(pipeline: Pipeline, client: WebClient, probe: Probe, checkup: Checkup) -> None:
    """robots.txt of each host, the first list page, one page of each kind."""
    for host in pipeline.source.hosts:
        _robots(client, host, checkup)
    closed = ""
    try:
        walk(pipeline, probe)
    except (FetchError, LayoutError, InflateError) as error:
        checkup.fail("first list page", error)
        closed = urlsplit(error.url).netloc if isinstance(error, FetchError) else ""
    else:
        _list_page(pipeline, probe, checkup)
    rows: list[Row] = []
    for kind, link in probe.links.items():
        if urlsplit(link.url).netloc != closed:  # nobody hammers on a closed door
            rows += _page(pipeline, probe, kind, link, checkup)
    if rows and not closed:
        _age(pipeline, newest_day(pipeline, rows, probe.today), probe, checkup)


def _robots(client: WebClient, host: str, checkup: Checkup) -> None:
    step = f"robots {host}"
    try:
        gap_s = client.permission(f"https://{host}/")
    except FetchError as error:
        if "disallows" in error.detail:  # the pages that are asked for may be allowed all the same
            checkup.add(step, "warn", error.detail, error.next_step)
        else:
            checkup.fail(step, error)
    else:
        checkup.add(step, "ok", f"allowed, {gap_s:g} s apart" if gap_s else "allowed")


def _list_page(pipeline: Pipeline, probe: Probe, checkup: Checkup) -> None:
    step = "first list page"
    for issue in probe.signals:
        checkup.add(step, "drifted", str(issue), CAUSES["layout"])
    if not probe.signals and probe.pages:
        page = probe.pages[0]
        checkup.add(step, "ok", f"{len(page.body):,} bytes at {page.url}")
        checkup.add("sentinel", "ok", _sentinel(pipeline, page.kind))
    elif not probe.signals:
        checkup.add(step, "skipped", "this source has no list")


def _page(pipeline: Pipeline, probe: Probe, kind: str, link: Link, checkup: Checkup) -> list[Row]:
    """Fetch one page of a kind and read it to rows; nothing is loaded."""
    step = f"parse {kind}"
    try:
        page = probe.archive.page(probe.client.fetch(link).entry)
        checkup.add("sentinel", "ok", _sentinel(pipeline, kind))
        rows, issues = rows_of(pipeline, page)
    except (FetchError, LayoutError, InflateError) as error:
        checkup.fail(step, error)
        return []
    for issue in issues:
        checkup.add(step, "drifted", str(issue), CAUSES["layout"])
    if not issues:
        checkup.add(step, "ok", f"{len(rows):,} rows of {link.url}")
    return rows


def _sentinel(pipeline: Pipeline, kind: str) -> str:
    declared = kind_named(pipeline.source, kind)
    marks = declared.must_contain if declared else ()
    return f"{kind}: " + (f"has one of {', '.join(marks)}" if marks else "none is declared")


def _age(pipeline: Pipeline, newest: date | None, probe: Probe, checkup: Checkup) -> None:
    if newest is None:
        checkup.add("newest item", "skipped", "the pages that were read carry no date")
        return
    told = f"{newest}, {(probe.today - newest).days} days old"
    due = probe.calendar.due_days(newest, probe.today) if pipeline.source.is_daily else ()
    late = sum(day > newest for day in due)
    if late > LATE_TRADING_DAYS:
        step = "Look at the publisher's site: what is read may have stopped or moved."
        checkup.add("newest item", "warn", f"{told}: {late} trading days have passed", step)
    else:
        checkup.add("newest item", "ok", told)
