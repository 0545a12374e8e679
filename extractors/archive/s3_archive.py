"""The archive at an `s3://` address: an archive in a spool on this machine, and its remote."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path

from extractors.archive.archive import Archive
from extractors.archive.s3_sync import Remote
from extractors.archive.walk.scan import Problem, RebuildReport, VerdictOf
from extractors.archive.writer import ArchiveWriter
from extractors.model import Page
from extractors.warc.exchange import Entry

_OTHER_UP = "is not what it was, where the archive is kept; this machine has a whole copy"


class SharedArchive(Archive):
    """The archive at `address`; `spool` is a folder of this machine, for this archive alone.

    Knows what was there when it was made. A writer's file is up once the writer is closed,
    the index once `share` was called. Several machines may write at once.
    """

    def __init__(self, address: str, spool: Path) -> None:
        super().__init__(spool)
        self._remote = Remote(address, spool)
        self._remote.pull(self._index)

    def __reduce__(self) -> tuple[Callable[..., Archive], tuple[Path | str, ...]]:
        return SharedArchive, (self._remote.address, self.root)

    def _put_in_order(self) -> None:
        super()._put_in_order()
        self._remote.settle(self._index)

    def _writer_closed(self, writer: ArchiveWriter) -> None:
        super()._writer_closed(writer)
        if writer.is_finished:
            self._remote.upload(writer.warc)

    def share(self) -> None:
        """Have the index where other machines find it. Raises `ArchiveError`."""
        self.flush()
        self._remote.push(self._index)

    def page(self, entry: Entry) -> Page:
        """Read a fetch back, see `Archive.page`; its file comes down if it is not here."""
        self._remote.need((self.entry(entry.refers_to) if entry.refers_to else entry).warc)
        return super().page(entry)

    def rebuild(self, verdict_of: VerdictOf | None = None) -> RebuildReport:
        """Make the index anew from all files, see `Archive.rebuild`, and share it."""
        self._remote.need_all()
        report = super().rebuild(verdict_of)
        self._remote.push(self._index, is_rebuilt=True)
        return report

    def verify(self, part: tuple[int, int] | None = None, until: float = inf) -> list[Problem]:
        """Check every record, see `Archive.verify`; all files come down for it, and the whole look
        holds those that are up against them."""
        self._remote.need_all()
        problems = super().verify(part, until)
        if part is not None or time.monotonic() > until:
            return problems
        other = set(self._remote.other_than_here())
        if wrong := other & {problem.warc for problem in problems}:
            for warc in wrong:  # the copy may be it, and not the original
                self._remote.bring_again(warc)
            problems = super().verify()
        whole = sorted(other - wrong)
        return problems + [Problem(warc, 0, "", "", _OTHER_UP) for warc in whole]

    def put_back(self, problems: Sequence[Problem]) -> list[Problem]:
        """Have whole copies up again in the place of what is damaged there; gives the rest."""
        for problem in problems:
            if problem.says == _OTHER_UP:
                self._remote.replace(problem.warc)
        return [problem for problem in problems if problem.says != _OTHER_UP]
