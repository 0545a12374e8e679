"""Who reads pages: this process, more of them, or the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from flows.core.errors import UsageError
from flows.stages.read.executors import Processes
from flows.stages.read.readers import InProcess, Readers

Kind = Literal["threads", "processes", "dask"]


@contextmanager
def readers(
    kind: Kind = "threads", *, dask_address: str = "", workers: int = 0
) -> Iterator[Readers]:
    """Who reads, for as long as the block lasts. Raises `UsageError`."""
    if dask_address and kind != "dask":
        raise UsageError("--dask-address goes with --task-runner dask")
    if kind == "dask":
        if not dask_address:
            raise UsageError("--task-runner dask needs --dask-address, the scheduler's tcp://...")
        from flows.core.prefect_setup import quiet

        quiet()
        try:
            from flows.stages.read.dask_executor import dask_readers
        except ImportError:
            raise UsageError("Dask is not installed: pip install 'carbonmart[dask]'") from None
        with dask_readers(dask_address) as cluster:
            yield cluster
    elif kind == "processes":
        pool = Processes(workers or len(os.sched_getaffinity(0)))
        try:
            yield pool
        finally:
            pool.close()
    else:
        yield InProcess()


def known_kind(text: str) -> Kind:
    """The kind by its name. Raises `UsageError`."""
    kinds: tuple[Kind, ...] = ("threads", "processes", "dask")
    for kind in kinds:
        if text == kind:
            return kind
    raise UsageError(f"no task runner {text!r}; there are: {', '.join(kinds)}")
