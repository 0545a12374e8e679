"""The workers of an existing Dask cluster read (`dask worker tcp://...`).

They need the same carbonmart installed, and the archive under the same path (a shared
folder) or address (`s3://`). Nothing is written by them, and they ask no source. In a flow
run on a Prefect server each job is a task run of it, as far as workers reach the server;
else no Prefect is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

# First of all: it sets Prefect up before Prefect is imported.
from flows.stages.read.prefect_tasks import do_as_task, is_shown, submit_as_task

# isort: split
from distributed import Future, wait
from distributed import TimeoutError as Late
from prefect_dask.client import PrefectDaskClient
from prefect_dask.task_runners import DaskTaskRunner

from flows.core.errors import UsageError
from flows.stages.read.prepare import Job, Prepared, prepare_job
from flows.stages.read.readers import Pending, Spread

CONNECT_S = 10
LOOK_S = 5.0
"""How long a result is waited for before it is asked whether anybody is left to give it."""

log = logging.getLogger("carbonmart.readers")


class DaskReaders(Spread):
    """A cluster's workers. What a lost worker had is given to another one by the scheduler."""

    def __init__(self, client: PrefectDaskClient) -> None:
        self._client = client
        self._can_show = True
        self._is_deserted = False

    def submit(self, job: Job) -> Pending:
        """See `Spread.submit`."""
        if self._can_show and is_shown():
            future = submit_as_task(self._client, job)
        else:
            future = self._plainly(job)
        return partial(self._result, future, job)

    def _plainly(self, job: Job) -> Future[Prepared]:
        future: Future[Prepared] = self._client.submit(  # type: ignore[no-untyped-call]
            prepare_job, job, pure=False
        )
        return future

    def _result(self, future: Future[Prepared], job: Job) -> Prepared:
        task_run_id = getattr(future, "task_run_id", None)
        while not self._has_ended(future):
            if not self._has_workers():
                self._is_deserted = True
                log.warning("%s: no Dask worker is left; its pages are read here", job.source)
                future.cancel()  # type: ignore[no-untyped-call]
                return do_as_task(job, task_run_id) if task_run_id else prepare_job(job)
        try:
            return future.result()
        except Exception as error:
            if task_run_id is None:
                raise
            # A worker that does not reach the server can read all the same; an error of
            # the job's own will come again.
            told = "%s: a worker's task run failed, its pages are read without one: %s"
            log.warning(told, job.source, error)
            self._can_show = False
            return self._result(self._plainly(job), job)

    def _has_ended(self, future: Future[Prepared]) -> bool:
        """Whether it has, after a while of waiting for it; no second time for lost workers."""
        if self._is_deserted and not self._has_workers():
            return bool(future.done())  # type: ignore[no-untyped-call]
        try:
            with self._client.as_current():
                wait(future, timeout=LOOK_S)  # type: ignore[no-untyped-call]
        except Late:
            return False
        return True

    def _has_workers(self) -> bool:
        return bool(self._client.scheduler_info()["workers"])


@contextmanager
def dask_readers(address: str) -> Iterator[DaskReaders]:
    """The workers of the scheduler at an address. Raises `UsageError` where none answers."""
    with DaskTaskRunner(address=address, client_kwargs={"timeout": CONNECT_S}) as runner:
        try:
            client = runner.client
        except (OSError, ValueError) as error:
            raise UsageError(f"no Dask scheduler answers at {address}: {error}") from None
        yield DaskReaders(client)
