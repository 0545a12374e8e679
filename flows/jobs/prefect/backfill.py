"""A backfill as Prefect flows: a flow, a subflow per partition, a task per stage and batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flows.core.outcome import GOOD
from flows.jobs.monitor import after_run
from flows.jobs.prefect.nightly import as_task, flow_of, show_incidents, state_of, told
from flows.jobs.report.report import as_artifact

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

    from flows.core.result import SourceResult
    from flows.jobs.backfill.backfill import Backfill

BACKFILL = "backfill"


def run_under_prefect(work: Backfill) -> None:
    """Run the partitions as subflows of a `backfill` flow, of the present one if there is one.

    Raises `UsageError` if no server is where one should be.
    """
    from prefect import flow
    from prefect.artifacts import create_markdown_artifact, create_table_artifact
    from prefect.states import Completed, Failed

    from flows.jobs.backfill.report import as_rows

    def part(source: str, partition: str, take: Callable[[], SourceResult]) -> SourceResult:
        taken: list[SourceResult] = []

        def whole() -> State[Any]:
            taken.append(run := take())
            return (Completed if run.outcome in GOOD else Failed)(message=told(run))

        subflow = flow(name=f"source-{source}", flow_run_name=f"{source}-{partition}-{work.id}")
        subflow(whole)(return_state=True)
        return taken[0]

    def take_all() -> State[Any]:
        work.run(as_task, part)
        work.report.watched = as_task("watch", after_run, work.context, work.report)
        markdown = as_artifact(work.report)
        create_markdown_artifact(markdown, key="backfill-report")
        create_table_artifact(as_rows(work.report), key="backfill-partitions")
        show_incidents(work.report)
        return state_of(work.report)

    flow_of(BACKFILL, work.id, take_all)
