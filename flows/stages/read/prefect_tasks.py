"""Reading by Dask workers as task runs of the flow that wants the pages.

They are seen on the Prefect server among the source's other tasks. Workers get the settings
of this process, and so have to reach the server at the same address.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

# First of all: it sets Prefect up before Prefect is imported.
from flows.core import prefect_setup  # noqa: F401

# isort: split
from distributed import Future
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.settings import PREFECT_API_URL
from prefect.task_engine import run_task_sync
from prefect.tasks import Task
from prefect_dask.client import PrefectDaskClient

from flows.stages.read.prepare import Job, Prepared, prepare_job


def is_shown() -> bool:
    """Whether this is part of a flow run that is kept by a server others can reach.

    One that Prefect starts for want of any has no address: each worker would start its own.
    """
    return FlowRunContext.get() is not None and bool(PREFECT_API_URL.value())


def submit_as_task(client: PrefectDaskClient, job: Job) -> Future[Prepared]:
    """Have a worker do a job as a task run of the present flow run."""
    with _bare_flow():
        future: Future[Prepared] = client.submit(  # type: ignore[no-untyped-call]
            _task_of(job), pure=False, return_type="result"
        )
    return future


def do_as_task(job: Job, task_run_id: UUID) -> Prepared:
    """Do in this process what no worker has ended, as the task run that it was there."""
    done = run_task_sync(_task_of(job), task_run_id=task_run_id)
    return cast(Prepared, done)


def _task_of(job: Job) -> Task[[], Prepared]:
    """The job stays out of the task's parameters, where Prefect would walk through its pages."""

    @task(
        name="read pages",
        task_run_name=f"read {len(job.entries)} pages of {job.source}",
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    def reading() -> Prepared:
        return prepare_job(job)

    return reading


@contextmanager
def _bare_flow() -> Iterator[None]:
    """The present flow run, with a flow that does nothing.

    Prefect sends the flow along with each task, and ours holds the whole night: its store,
    and the client of the cluster itself.
    """
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow is not None
    bare = flow(name=context.flow.name)(_nothing)
    with context.model_copy(update={"flow": bare}):
        yield


def _nothing() -> None:
    pass
