"""Who reads the pages: this process, a pool of processes, or the workers of a Dask cluster.

Only reading is spread: whoever runs the job alone asks the sources, and alone commits, one
writer a table. What a worker was doing when it was lost is done again by another, or here.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import forkserver, get_context
from typing import TYPE_CHECKING

from flows.stages.read.readers import Pending, Spread

if TYPE_CHECKING:
    from flows.stages.read.prepare import Job, Prepared

log = logging.getLogger("carbonmart.readers")


class Processes(Spread):
    """A pool of processes on this machine."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        # A fork of this process would take over the locks of threads that it does not have.
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["flows.stages.read.preload"])
        forkserver.ensure_running()  # it imports while this process looks what there is to read

    def submit(self, job: Job) -> Pending:
        """See `Spread.submit`."""
        return partial(self._result, self._ask(job), job)

    def _ask(self, job: Job) -> Future[Prepared]:
        from flows.stages.read.prepare import prepare_job

        try:
            return self._open().submit(prepare_job, job)
        except BrokenProcessPool:
            self._pool = None
            return self._open().submit(prepare_job, job)

    def _result(self, future: Future[Prepared], job: Job) -> Prepared:
        try:
            return future.result()
        except BrokenProcessPool:  # one of them was killed: the others' work is lost, too
            from flows.stages.read.prepare import prepare_job

            log.warning("%s: a reading process was lost; its pages are read here", job.source)
            return prepare_job(job)

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._workers, mp_context=self._context)
        return self._pool

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
