"""The nightly job as Prefect flows: a flow, a subflow per source, a task per stage and batch.

Nothing is decided here: the stages and their order are in `flows.road`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed, Failed

from flows.night import Night
from flows.outcome import GOOD
from flows.refresh import NightReport, refresh
from flows.report import as_markdown, as_rows
from flows.road import run_source
from flows.settings import Settings

T = TypeVar("T")

RETRIES = {"fetch": 1, "fetch again": 0, "discover": 0, "read and load": 1, "check": 1}
"""Only what is safe and useful to repeat. The web client retries single requests itself."""
RETRY_DELAY_S = 5


def as_task(name: str, function: Callable[..., T], *arguments: Any) -> T:
    """Run a stage as a Prefect task.

    The arguments stay out of the task's parameters: Prefect would walk through
    thousands of links and pages to find futures in them.
    """
    retries = RETRIES.get(name, 0)

    @task(
        name=name,
        retries=retries,
        retry_delay_seconds=RETRY_DELAY_S,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    def stage() -> T:
        return function(*arguments)

    return stage()


def run_under_prefect(night: Night, sources: Sequence[str], report: NightReport) -> None:
    """Run the sources as subflows of a `nightly` flow; fills the report."""

    def take(name: str) -> State[Any]:
        run = run_source(night, name, as_task)
        report.runs.append(run)
        told = f"{run.outcome}" + (f": {run.why}" if run.why else "")
        if run.outcome in GOOD and not run.failed_checks:
            return Completed(message=told)
        return Failed(message=told or ", ".join(run.failed_checks))

    @flow(name="nightly", flow_run_name=f"nightly-{night.run_id}", validate_parameters=False)
    def nightly_run(run_id: str, home: str) -> State[Any]:
        for name in sources:
            subflow = flow(name=f"source-{name}", flow_run_name=f"{name}-{run_id}")(take)
            subflow(name, return_state=True)
        create_markdown_artifact(as_markdown(report), key="nightly-report")
        create_table_artifact(as_rows(report), key="nightly-sources")
        if report.exit_code:
            return Failed(message="; ".join(f"{r.source} {r.outcome}" for r in report.runs))
        return Completed(message="; ".join(f"{r.source} {r.outcome}" for r in report.runs))

    # Each flow would end with a second of waiting for its own heartbeat.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        nightly_run(night.run_id, str(night.home.path), return_state=True)


@flow(name="refresh")
def nightly(
    sources: list[str] | None = None, home: str | None = None, is_sample: bool = False
) -> None:
    """Deployment entry point of the nightly job.

    `sources`: names, all where none is given. `home`: folder of archive and tables,
    else `CARBONMART_HOME`. `is_sample`: read the embedded sample.
    """
    settings = Settings.load(home)
    report = refresh(settings, sources or (), is_sample=is_sample, with_prefect=True)
    if report.exit_code:
        told = "; ".join(f"{run.source} {run.outcome}: {run.why}" for run in report.runs)
        raise RuntimeError(f"exit code {report.exit_code}: {told}")
