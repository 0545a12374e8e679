"""Readers of pages: what one is, and the one that reads in this process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from extractors.archive.archive import Archive
from extractors.warc.exchange import Entry
from flows.core.source_run import SourceRun

if TYPE_CHECKING:
    from flows.stages.read.batch import Batch
    from flows.stages.read.prepare import Job, Prepared

CHUNK_PAGES = 250
"""Pages that are read as one: a second of work at most, and little to do again."""
AHEAD_PAGES = 4000
"""Pages that are read ahead of those being loaded, at most: what bounds the memory."""
Pending = Callable[[], "Prepared"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Pages that are loaded in one commit on behalf of a batch, and whether they end it."""

    batch: Batch
    pages: tuple[Entry, ...]
    is_last: bool


class Readers(Protocol):
    """Whoever prepares batches of pages."""

    def ahead(self, run: SourceRun, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Pending]]:
        """Each piece, in order, with what gives its rows; later ones may be read meanwhile."""


class InProcess:
    """This process reads, each piece when its turn has come."""

    def ahead(self, run: SourceRun, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Pending]]:
        """See `Readers.ahead`."""
        from flows.stages.read.prepare import prepare

        archive, pipeline = run.context.archive, run.pipeline

        for piece in pieces:
            known = (piece.batch.corrections, piece.batch.readings)
            parts = [partial(prepare, archive, pipeline, chunk, *known) for chunk in _chunks(piece)]
            yield piece, partial(_all, parts)


class Spread(ABC):
    """Others read, ahead of what is being loaded."""

    def ahead(self, run: SourceRun, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Pending]]:
        """See `Readers.ahead`."""
        from flows.stages.read.prepare import Job

        archive, pipeline = run.context.archive, run.pipeline

        # Workers may have another working directory.
        reachable = type(archive)(archive.root.resolve()) if type(archive) is Archive else archive
        name, version = pipeline.source.name, pipeline.source.parser_version
        waiting: deque[tuple[Piece, Pending]] = deque()
        ahead = 0
        for piece in pieces:
            known = (tuple(piece.batch.corrections), tuple(piece.batch.readings))
            parts = [
                self.submit(Job(reachable, name, run.is_sample, version, chunk, *known))
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
    from flows.stages.read.prepare import joined

    return joined([part() for part in parts])
