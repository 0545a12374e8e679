"""Who reads the pages: this process, a pool of processes, or the workers of a Dask cluster.

Only reading is spread: whoever runs the job alone asks the sources, and alone commits, one
writer a table. What a worker was doing when it was lost is done again by another, or here.
"""

from __future__ import annotations

import logging
import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver, get_context
from typing import TYPE_CHECKING, Literal, Protocol

from extractors.archive.archive import Archive
from extractors.warc.exchange import Entry
from flows.usage import UsageError

if TYPE_CHECKING:
    from flows.preparing import Job, Prepared
    from flows.sources import Road
    from flows.turns import Turn

CHUNK_PAGES = 250
"""Pages that are read as one: a second of work at most, and little to do again."""
Kind = Literal["threads", "processes", "dask"]
AHEAD_PAGES = 4000
"""Pages that are read ahead of those being loaded, at most: what bounds the memory."""
Pending = Callable[[], "Prepared"]

log = logging.getLogger("carbonmart.readers")


@dataclass(frozen=True, slots=True)
class Piece:
    """Pages that are loaded in one commit on behalf of a turn, and whether they end it."""

    turn: Turn
    pages: tuple[Entry, ...]
    is_last: bool


class Readers(Protocol):
    """Whoever prepares batches of pages."""

    def ahead(
        self,
        archive: Archive,
        road: Road,
        is_sample: bool,
        pieces: Iterable[Piece],
    ) -> Iterator[tuple[Piece, Pending]]:
        """Each piece, in order, with what gives its rows; later ones may be read meanwhile."""


class InProcess:
    """This process reads, each piece when its turn has come."""

    def ahead(
        self,
        archive: Archive,
        road: Road,
        is_sample: bool,
        pieces: Iterable[Piece],
    ) -> Iterator[tuple[Piece, Pending]]:
        """See `Readers.ahead`."""
        from flows.preparing import prepare

        for piece in pieces:
            known = piece.turn.corrections
            parts = [partial(prepare, archive, road, chunk, known) for chunk in _chunks(piece)]
            yield piece, partial(_all, parts)


class Spread(ABC):
    """Others read, ahead of what is being loaded."""

    def ahead(
        self,
        archive: Archive,
        road: Road,
        is_sample: bool,
        pieces: Iterable[Piece],
    ) -> Iterator[tuple[Piece, Pending]]:
        """See `Readers.ahead`."""
        from flows.preparing import Job

        # Workers may have another working directory.
        reachable = type(archive)(archive.root.resolve()) if type(archive) is Archive else archive
        name, version = road.source.name, road.source.parser_version
        waiting: deque[tuple[Piece, Pending]] = deque()
        ahead = 0
        for piece in pieces:
            known = tuple(piece.turn.corrections)
            parts = [
                self.submit(Job(reachable, name, is_sample, version, chunk, known))
                for chunk in _chunks(piece)
            ]
            waiting.append((piece, partial(_all, parts)))
            ahead += len(piece.pages)
            while ahead > AHEAD_PAGES:
                ahead -= len(waiting[0][0].pages)
                yield waiting.popleft()
        yield from waiting

    @abstractmethod
    def submit(self, job: Job) -> Pending:
        """Have a job done; gives what waits for its result."""


def _chunks(piece: Piece) -> Iterator[tuple[Entry, ...]]:
    """A piece's pages in parts: what reading them takes does not grow with the piece."""
    for start in range(0, len(piece.pages), CHUNK_PAGES):
        yield piece.pages[start : start + CHUNK_PAGES]


def _all(parts: Sequence[Pending]) -> Prepared:
    from flows.preparing import joined

    return joined([part() for part in parts])


class Processes(Spread):
    """A pool of processes on this machine."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        # A fork of this process would take over the locks of threads that it does not have.
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["flows.reading_process"])
        forkserver.ensure_running()  # it imports while this process looks what there is to read

    def submit(self, job: Job) -> Pending:
        """See `Spread.submit`."""
        return partial(self._result, self._ask(job), job)

    def _ask(self, job: Job) -> Future[Prepared]:
        from flows.preparing import prepare_job

        try:
            return self._open().submit(prepare_job, job)
        except BrokenProcessPool:
            self._pool = None
            return self._open().submit(prepare_job, job)

    def _result(self, future: Future[Prepared], job: Job) -> Prepared:
        try:
            return future.result()
        except BrokenProcessPool:  # one of them was killed: the others' work is lost, too
            from flows.preparing import prepare_job

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
        from flows.prefect_setup import quiet

        quiet()
        try:
            from flows.dask_readers import dask_readers
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
