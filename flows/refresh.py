"""The nightly job, once, now: over live sources or over the embedded sample."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from flows import corrections
from flows.core.query.gates import gates_of
from flows.night import Night, Progress, Sample, no_progress
from flows.outcome import GOOD, Outcome
from flows.publishing import Published, publish_current
from flows.releasing import Released, release
from flows.road import SourceRun, run_source
from flows.settings import Settings
from flows.sources import names, road
from flows.usage import UsageError as UsageError
from flows.watch import Watched, after_run
from warehouse.store.home import Home, open_home


@dataclass
class NightReport:
    """What a night did, source by source."""

    run_id: str
    job: str
    home: str
    is_sample: bool
    runs: list[SourceRun] = field(default_factory=list)
    seconds: float = 0.0
    released: Released | None = None
    published: Published | None = None
    watched: Watched | None = None

    @property
    def exit_code(self) -> int:
        """0 done; 3 a source failed, was blocked or came in part, or no release could be
        written or published; 4 a gate held a source back; 5 a check failed."""
        outcomes = {run.outcome for run in self.runs}
        if outcomes - GOOD - {Outcome.EMPTY_SUSPICIOUS}:
            return 3
        if (self.released and self.released.error) or (self.published and self.published.error):
            return 3
        # Pages saved by a person seldom fill a table: that it is not released yet is told,
        # and is no failure of what was asked for.
        is_held = self.released and any(held.by_gate for held in self.released.held)
        if is_held and self.job != "ingest":
            return 4
        if Outcome.EMPTY_SUSPICIOUS in outcomes or any(run.failed_checks for run in self.runs):
            return 5
        failed = self.released and self.released.failed_checks
        return 5 if failed or (self.published and self.published.failed_checks) else 0


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
    home = ready(settings, is_sample=is_sample, until=until)
    runner: Runner = run_watched
    if wants_prefect(with_prefect):
        from flows.nightly import run_under_prefect as runner
    with sample_world(until) if is_sample else no_sample() as sample:
        night = Night(home, settings, sample=sample, progress=progress)
        report = NightReport(night.run_id, night.job, str(home.path), is_sample)
        runner(night, chosen, report)
    report.seconds = (datetime.now(UTC) - night.started_at).total_seconds()
    return report


def ready(settings: Settings, *, is_sample: bool, until: date | None = None) -> Home:
    """The store, opened, and all that is wrong told before anybody is asked.

    Raises `UsageError`, `GateError`, `CorrectionError`, `WrongHome`.
    """
    who_asks(settings, is_sample=is_sample, until=until)
    gates_of(settings)
    corrections.present(settings)
    return open_home(settings.home, "sample" if is_sample else "live")


def who_asks(settings: Settings, *, is_sample: bool, until: date | None) -> None:
    """Raise `UsageError` where live sources would be asked by nobody, or the sample about a
    day that it does not know."""
    if not is_sample and not settings.contact:
        raise UsageError(
            "live sources are asked with an honest User-Agent: set CARBONMART_CONTACT to an "
            "e-mail or URL by which a publisher can reach you (or try it with --sample)"
        )
    if until:
        _in_the_sample(until)


def wants_prefect(asked: bool | None) -> bool:
    """Whether to run as Prefect flows: as asked for, else if a server is configured."""
    wanted = bool(os.environ.get("PREFECT_API_URL")) if asked is None else asked
    if wanted:
        from flows.prefect_setup import quiet

        quiet()
    return wanted


def _in_the_sample(day: date) -> None:
    from extractors.sample.days import FIRST_DAY, last_day

    if not FIRST_DAY <= day <= last_day():
        raise UsageError(f"the sample's world is of {FIRST_DAY} to {last_day()}, not of {day}")


def run_plainly(night: Night, sources: Sequence[str], report: NightReport) -> None:
    """All sources in turn, in this process, without Prefect."""
    for name in sources:
        report.runs.append(run_source(night, name))
    report.released = release(night, report.runs)
    report.published = publish_current(night)


def run_watched(night: Night, sources: Sequence[str], report: NightReport) -> None:
    """The same, and the watch at its end."""
    run_plainly(night, sources, report)
    report.watched = after_run(night, report)


@contextmanager
def sample_world(until: date | None = None) -> Iterator[Sample]:
    """The embedded sample, listening on loopback in a process of its own."""
    from extractors.sample.server.process import SampleProcess

    with SampleProcess(until=until) as server:
        yield Sample(server.routes, until)


@contextmanager
def no_sample() -> Iterator[None]:
    """The live sources."""
    yield None
