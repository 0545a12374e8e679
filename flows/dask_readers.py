"""The workers of an existing Dask cluster read (`dask worker tcp://...`).

They need the same carbonmart installed, and the archive under the same path (a shared
folder) or address (`s3://`). Nothing is written by them, and they ask no source.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from flows.preparing import Job, Prepared, prepare_job
from flows.readers import Pending, Spread
from flows.usage import UsageError

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S = 10
LOOK_S = 5.0
"""How long a result is waited for before it is asked whether anybody is left to give it."""

log = logging.getLogger("carbonmart.readers")


class DaskReaders(Spread):
    """A cluster's workers. What a lost worker had is given to another one by the scheduler."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def submit(self, job: Job) -> Pending:
        """See `Spread.submit`."""
        future = self._client.submit(prepare_job, job, pure=False)
        return partial(self._result, future, job)

    def _result(self, future: Any, job: Job) -> Prepared:
        from distributed import TimeoutError as Late

        while True:
            try:
                done: Prepared = future.result(timeout=LOOK_S)
                return done
            except Late:
                if not self._client.scheduler_info()["workers"]:
                    log.warning("%s: no Dask worker is left; its pages are read here", job.source)
                    future.cancel()
                    return prepare_job(job)


@contextmanager
def dask_readers(address: str) -> Iterator[DaskReaders]:
    """The workers of the scheduler at an address. Raises `UsageError` where none answers."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("Dask is not installed: pip install 'carbonmart[dask]'") from None
    try:
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=CONNECT_S, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from None
    try:
        yield DaskReaders(client)
    finally:
        client.close()  # type: ignore[no-untyped-call]
