"""The nightly job, once, now: over live sources or over the embedded sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from flows.core.context import Progress, RunContext, no_progress
from flows.core.errors import UsageError as UsageError
from flows.core.settings import Settings
from flows.core.sources import for_a_night
from flows.jobs import start
from flows.jobs.monitor import after_run
from flows.jobs.report.result import RunReport
from flows.jobs.start import no_sample, ready
from flows.stages.monitor.anew import mend_logs
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from flows.stages.source_run import run_source

Runner = Callable[[RunContext, Sequence[str], RunReport], None]


def refresh(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    is_sample: bool = False,
    until: date | None = None,
    progress: Progress = no_progress,
    runner: Runner | None = None,
) -> RunReport:
    """Run the nightly job over the sources (all, where none is named).

    `runner` takes the sources through the stages: as plain functions, or under Prefect
    (`flows.jobs.prefect.nightly.run_under_prefect`), in the same order. `until` is the day
    to which the sample's world has come. Raises `UsageError`, `UnknownSource`, `WrongHome`,
    `ClockError`.
    """
    chosen = for_a_night(sources, settings, is_sample=is_sample)
    home = ready(settings, is_sample=is_sample, until=until)
    with start.sample_world(until) if is_sample else no_sample() as sample:
        context = RunContext(home, settings, sample=sample, progress=progress)
        start.require_right_clock(context)
        report = RunReport(context.run_id, context.job, str(home.path), is_sample)
        (runner or run_watched)(context, chosen, report)
    report.seconds = (datetime.now(UTC) - context.started_at).total_seconds()
    return report


def run_plainly(context: RunContext, sources: Sequence[str], report: RunReport) -> None:
    """All sources in turn, in this process, without Prefect."""
    report.mended = mend_logs(context)
    for name in sources:
        report.runs.append(run_source(context, name))
        context.require_home()
    report.released = release(context, report.runs)
    report.published = publish_current(context)


def run_watched(context: RunContext, sources: Sequence[str], report: RunReport) -> None:
    """The same, and the watch at its end."""
    run_plainly(context, sources, report)
    report.watched = after_run(context, report)
