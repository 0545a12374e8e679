"""The nightly job, once, now: over live sources or over the embedded sample."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from flows.night import Night, Progress, Sample, no_progress
from flows.outcome import GOOD, Outcome
from flows.road import SourceRun, run_source
from flows.settings import Settings
from flows.sources import names, road
from warehouse.home import open_home


class UsageError(ValueError):
    """A request that can't be carried out as it stands; the message says what to do."""


@dataclass
class NightReport:
    """What a night did, source by source."""

    run_id: str
    job: str
    home: str
    is_sample: bool
    runs: list[SourceRun] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 done; 3 a source failed, was blocked or came in part; 5 a check failed."""
        outcomes = {run.outcome for run in self.runs}
        if outcomes - GOOD - {Outcome.EMPTY_SUSPICIOUS}:
            return 3
        if Outcome.EMPTY_SUSPICIOUS in outcomes or any(run.failed_checks for run in self.runs):
            return 5
        return 0


Runner = Callable[[Night, Sequence[str], NightReport], None]


def refresh(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    is_sample: bool = False,
    until: date | None = None,
    progress: Progress = no_progress,
    with_prefect: bool | None = None,
) -> NightReport:
    """Run the nightly job over the sources (all, where none is named).

    Under Prefect where a server is configured (`PREFECT_API_URL`) or it is asked for,
    as plain functions otherwise: the same stages in the same order. `until` is the
    day to which the sample's world has come. Raises `UsageError`, `UnknownSource`,
    `WrongHome`.
    """
    chosen = list(sources) or names()
    for name in chosen:
        road(name)
    if not is_sample and not settings.contact:
        raise UsageError(
            "live sources are asked with an honest User-Agent: set CARBONMART_CONTACT to an "
            "e-mail or URL by which a publisher can reach you (or try `refresh --sample`)"
        )
    home = open_home(settings.home, "sample" if is_sample else "live")
    if with_prefect is None:
        with_prefect = bool(os.environ.get("PREFECT_API_URL"))
    runner: Runner = run_plainly
    if with_prefect:
        from flows.nightly import run_under_prefect as runner
    with sample_world(until) if is_sample else no_sample() as sample:
        night = Night(home, settings, sample=sample, progress=progress)
        report = NightReport(night.run_id, night.job, str(home.path), is_sample)
        runner(night, chosen, report)
    report.seconds = (datetime.now(UTC) - night.started_at).total_seconds()
    return report


def run_plainly(night: Night, sources: Sequence[str], report: NightReport) -> None:
    """All sources in turn, in this process, without Prefect."""
    for name in sources:
        report.runs.append(run_source(night, name))


@contextmanager
def sample_world(until: date | None = None) -> Iterator[Sample]:
    """The embedded sample, listening on loopback in a process of its own."""
    from extractors.sample.process import SampleProcess
    from extractors.sample.seee_published import LAST_DAY

    with SampleProcess(until=until) as server:
        yield Sample(server.routes, until or LAST_DAY)


@contextmanager
def no_sample() -> Iterator[None]:
    """The live sources."""
    yield None


def plan(
    settings: Settings, sources: Sequence[str], *, is_sample: bool, until: date | None
) -> list[dict[str, object]]:
    """What `refresh` would do, source by source; asks nobody and writes nothing."""
    from datetime import timedelta
    from pathlib import Path

    from flows.books import last_complete_run
    from warehouse.store import Warehouse

    rows: list[dict[str, object]] = []
    for name in list(sources) or names():
        source = road(name, is_sample=is_sample).source
        last = last_complete_run(Warehouse(settings.home), name)
        today = until or datetime.now(UTC).date()
        newest = min(today, last.business_day) if last and last.business_day else None
        since = newest - timedelta(days=source.reread_days) if newest else source.first_day
        rows.append(
            {
                "source": name,
                "would": "be skipped (disabled)" if name in settings.disabled else "be asked",
                "hosts": ", ".join(source.hosts),
                "window_opens": since,
                "last_complete_run": last.started_at if last else None,
                "requests_per_second": settings.rate_per_second or source.rate_per_second,
                "pages_left_today": settings.page_budget_per_day or source.page_budget_per_day,
                "home": str(Path(settings.home).resolve()),
            }
        )
    return rows
