"""The nightly job as Prefect flows: a flow, a subflow per source, a task per stage and batch.

Nothing is decided here: the stages and their order are in `flows.stages.source_run`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

# First of all: it sets Prefect up before Prefect is imported.
from flows.core import prefect_setup  # noqa: F401

# isort: split
from prefect import flow, get_client, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext, TaskRunContext
from prefect.logging.handlers import APILogHandler
from prefect.runtime import deployment
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed, Failed

from extractors.source import Source
from flows.core.context import RunContext
from flows.core.logs import logged
from flows.core.outcome import GOOD
from flows.core.result import SourceResult
from flows.core.settings import Settings
from flows.core.source_run import SourceRun
from flows.jobs.monitor import after_run
from flows.jobs.nightly import UsageError, refresh
from flows.jobs.prefect.dead_runs import end_dead_runs
from flows.jobs.prefect.stopping import insist_on_stopping
from flows.jobs.report.monitor import incidents_markdown
from flows.jobs.report.report import as_artifact, as_rows
from flows.jobs.report.result import RunReport
from flows.stages.monitor.anew import mend_logs
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from flows.stages.source_run import run_source

T = TypeVar("T")

NIGHTLY = "nightly"
RETRIES = {"fetch": 1, "fetch again": 0, "discover": 0, "read and load": 1, "check": 1}
"""Only what is safe and useful to repeat. The web client retries single requests itself."""
RETRY_DELAY_S = 5


def as_task(name: str, function: Callable[..., T], *arguments: Any) -> T:
    """Run a stage as a Prefect task.

    The arguments stay out of the task's parameters: Prefect would walk through
    thousands of links and pages to find futures in them. A repeated stage counts
    anew from where the first attempt began.
    """
    tallies = [
        (each.tally, deepcopy(vars(each.tally)))
        for each in arguments
        if isinstance(each, SourceRun)
    ]

    @task(
        name=name,
        retries=RETRIES.get(name, 0),
        retry_delay_seconds=RETRY_DELAY_S,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    def stage() -> T:
        for tally, before in tallies:
            vars(tally).update(deepcopy(before))
        return function(*arguments)

    return stage()


def run_under_prefect(context: RunContext, sources: Sequence[str], report: RunReport) -> None:
    """Run the sources as subflows of a `nightly` flow, of the present one if there is one.

    Fills the report. Raises `UsageError` if no server is where one should be.
    """

    def take(name: str) -> State[Any]:
        run = run_source(context, name, call=as_task)
        report.runs.append(run)
        is_good = run.outcome in GOOD and not run.failed_checks
        return (Completed if is_good else Failed)(message=told(run))

    def take_all() -> State[Any]:
        report.mended = mend_logs(context)
        for name in sources:
            subflow = flow(name=f"source-{name}", flow_run_name=f"{name}-{context.run_id}")(take)
            subflow(name, return_state=True)
            context.require_home()
        report.released = as_task("release", release, context, report.runs)
        report.published = as_task("publish", publish_current, context)
        report.watched = as_task("watch", after_run, context, report)
        create_markdown_artifact(as_artifact(report), key="nightly-report")
        create_table_artifact(as_rows(report), key="nightly-sources")
        show_incidents(report)
        return state_of(report)

    flow_of(NIGHTLY, context.run_id, take_all)


def show_incidents(report: RunReport) -> None:
    """What stands after the run, as an artifact of the present flow."""
    create_markdown_artifact(incidents_markdown(report.watched), key="incidents")


def flow_of(name: str, run_id: str, work: Callable[[], State[Any]]) -> None:
    """Do the work as a flow of its own, or inside the present one if there is one.

    Raises `UsageError` if no server is where one should be.
    """
    _look_for_server()
    _log_to_server()
    insist_on_stopping()
    # Each flow would end with a second of waiting for its own heartbeat.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        if FlowRunContext.get():
            work()
        else:
            flow(name=name, flow_run_name=f"{name}-{run_id}")(work)(return_state=True)


def _log_to_server() -> None:
    """Have what our own modules log among a run's logs on the server.

    Prefect's own setting for it is read before a worker has loaded this, and complains of
    what a thread logs that belongs to no run.
    """
    logger = logging.getLogger("carbonmart")
    if not any(isinstance(handler, APILogHandler) for handler in logger.handlers):
        handler = APILogHandler()
        # In the same lines: what a page did not give is told with its address.
        handler.setFormatter(next((each.formatter for each in logger.handlers), None))
        handler.addFilter(lambda record: bool(TaskRunContext.get() or FlowRunContext.get()))
        logger.addHandler(handler)


def _look_for_server() -> None:
    address = os.environ.get("PREFECT_API_URL")
    if not address or FlowRunContext.get():
        return
    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if error:
        raise UsageError(
            f"no Prefect server answers at PREFECT_API_URL={address} ({error}): start it "
            "(`prefect server start`), or unset the variable or give --no-prefect to run without"
        )


def told(run: SourceResult) -> str:
    """How a source ended, in words."""
    words = f"{run.outcome}" + (f": {run.why}" if run.why else "")
    return words + "".join(f"; check failed: {name}" for name in run.failed_checks)


def state_of(report: RunReport) -> State[Any]:
    """The flow's state: failed where the command would exit with another code than 0."""
    words = "; ".join(f"{run.source} {told(run)}" for run in report.runs)
    return Failed(message=words) if report.exit_code else Completed(message=words)


def settings_of(home: str | None) -> Settings:
    """The settings of a deployed run, which first ends what a dead one before it has left.

    Raises `UsageError` for a home that depends on where a worker happens to run it: that is a
    folder which is thrown away.
    """
    insist_on_stopping()
    end_dead_runs()
    settings = logged(home)
    is_fixed = "://" in settings.home or Path(settings.home).is_absolute()
    if deployment.id and not is_fixed:
        raise UsageError(
            f"a deployed run needs a home that is the same wherever it runs, not {settings.home}: "
            "set CARBONMART_HOME for the worker to an absolute path or an s3:// address"
        )
    return settings


def day_of_home(source: Source, until: date | None, *, is_sample: bool) -> date:
    """The source's present day."""
    if is_sample:
        from extractors.sample.sites.all import day_of

        return day_of(source.name, until)
    return datetime.now(ZoneInfo(source.timezone)).date()


@flow(name=NIGHTLY)
def nightly(
    sources: list[str] | None = None,
    home: str | None = None,
    is_sample: bool = False,
    until: date | None = None,
) -> State[Any]:
    """The nightly job: the entry point of its deployments.

    Args:
        sources: Names of sources; all, where none is given.
        home: Store of archive and tables; else `CARBONMART_HOME`. An absolute path or s3://.
        is_sample: Read the embedded sample.
        until: The day to which the sample's world has come.
    """
    settings = settings_of(home)
    report = refresh(
        settings, sources or (), is_sample=is_sample, until=until, runner=run_under_prefect
    )
    return state_of(report)
