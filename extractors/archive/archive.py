"""The raw archive: every response, before anything reads it, in WARC files with an index.

    root/<source>/<year>/<start of the run>-<run id>.warc.gz
    root/index.sqlite

The files are the truth and any web-archive tool reads them; the index only finds
things in them and can be made anew (`Archive.rebuild`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path

from extractors.archive import owner
from extractors.archive.index.history import History
from extractors.archive.index.index import Index
from extractors.archive.index.pending import PendingIndex
from extractors.archive.walk import scan as archive_scan
from extractors.archive.walk import verify as verifying
from extractors.archive.walk.scan import Problem, RebuildReport, VerdictOf
from extractors.archive.writer import ArchiveWriter
from extractors.decoding import inflate
from extractors.model import Page
from extractors.warc import files as archive_files
from extractors.warc.exchange import ArchiveError, Entry

__all__ = ["Archive", "ArchiveError", "ArchiveWriter", "Problem", "RebuildReport"]

MAX_DECODED_BYTES = 64_000_000
INDEX_NAME = "index.sqlite"
LOCK_NAME = ".writers.lock"


class Archive:
    """The archive below `root`. Nothing is made on the disk before it is needed.

    Threads may share one; every process has its own, several may write at once. A
    fetch is found by its own process as soon as it is written, by others once its
    bytes are on the disk. All errors are `ArchiveError`.
    """

    def __init__(self, root: Path, *, max_decoded_bytes: int = MAX_DECODED_BYTES) -> None:
        self.root = Path(root)
        self._max_decoded_bytes = max_decoded_bytes
        self._index = Index(self.root / INDEX_NAME)
        self._catalog = PendingIndex(self._index)
        self._lock = threading.Lock()
        self._writers: dict[int, tuple[ArchiveWriter, int]] = {}

    def __reduce__(self) -> tuple[Callable[..., Archive], tuple[Path | str, ...]]:
        return Archive, (self.root,)

    def writer(
        self, source: str, run_id: str, started_at: datetime, business_day: date | None = None
    ) -> ArchiveWriter:
        """A writer for one run of one source, to be closed by the caller (`with`).

        `business_day` is the source's present day: it says which night the run belongs to.
        What a killed run left is put in order first. The file is made at the first write.
        """
        handle = self._join_writers()
        try:
            self._put_in_order()
            made = ArchiveWriter(
                self.root,
                self._catalog,
                source,
                run_id,
                started_at,
                self._writer_closed,
                business_day,
            )
        except BaseException:
            archive_files.release(handle)
            raise
        with self._lock:
            self._writers[id(made)] = (made, handle)
        return made

    def _put_in_order(self) -> None:
        archive_scan.reconcile(self.root, self._index)

    def _join_writers(self) -> int:
        """Writers share a lock, so that a rebuild knows that it is alone."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.require_own()
            owner.claim(self.root)
            handle = archive_files.try_lock(self.root / LOCK_NAME)
        except OSError as error:
            raise ArchiveError(f"archive at {self.root}: {error.strerror}") from error
        if handle is None:
            raise ArchiveError(f"archive at {self.root}: its index is being rebuilt, try again")
        return handle

    def require_own(self) -> None:
        """Raise `ArchiveError` where a link has given another home the same archive."""
        owner.require_own(self.root)

    def _writer_closed(self, writer: ArchiveWriter) -> None:
        with self._lock:
            _, handle = self._writers.pop(id(writer))
        archive_files.release(handle)

    def share(self) -> None:
        """Have the index where other machines find it: nothing to do for a folder."""

    def flush(self) -> None:
        """Have everything that was written on the disk and in the index."""
        for writer in self._open_writers():
            writer.flush()

    def _open_writers(self) -> list[ArchiveWriter]:
        with self._lock:
            return [writer for writer, _ in self._writers.values()]

    def latest(self, key: str) -> Entry | None:
        """The newest good response to a request (`Link.key`): the fetch that holds its bytes.

        `etag` and `last_modified` are those that the server sent last with these bytes.
        """
        newest = self._catalog.newest_good(key)
        base = self._catalog.base_of(newest) if newest else None
        if newest is None or base is None or base is newest:
            return base
        return replace(
            base,
            etag=newest.etag or base.etag,
            last_modified=newest.last_modified or base.last_modified,
        )

    def last_seen(self, key: str) -> datetime | None:
        """When the newest good response to a request, or a 304 for it, was received."""
        newest = self.newest(key)
        return newest.retrieved_at if newest else None

    def newest(self, key: str) -> Entry | None:
        """The newest good response to a request, or the 304 or revisit that confirmed it."""
        return self._catalog.newest_good(key)

    def entry(self, fetch_id: str) -> Entry:
        """A fetch by its id; `ArchiveError` if there is none."""
        found = self._catalog.get(fetch_id)
        if found is None:
            raise ArchiveError(f"archive at {self.root}: no fetch {fetch_id!r}")
        return found

    def entries(self, *, source: str | None = None, run_id: str | None = None) -> Iterator[Entry]:
        """The fetches in the order of writing: runs as they began, each from its first fetch on."""
        self.flush()
        for file in self._index.files(source, run_id):
            yield from self._index.in_file(file.warc)

    def history(self) -> History:
        """What was seen of each address, and which run saw it."""
        self.flush()
        return History(self._index)

    def of_the_future(self, limit: datetime, run_ids: Sequence[str] = ()) -> list[Entry]:
        """The fetches that claim to be after an instant, and those of some runs; but for what
        is withdrawn."""
        self.flush()
        return self._index.of_the_future(limit, run_ids)

    def newest_at(self, source: str, kinds: Sequence[str], urls: Sequence[str]) -> list[Entry]:
        """The newest good payload of each request of these kinds at these addresses."""
        self.flush()
        return self._index.newest_at(source, kinds, urls)

    def mark_unread(self, source: str, urls: Sequence[str]) -> None:
        """Have what is held of these addresses read again by the next run that reads."""
        self.flush()
        self._index.mark_unread(source, urls)

    def newest_run(self, without: Sequence[str] = ()) -> tuple[datetime, str] | None:
        """When the newest run began that left anything, and its id; but for some runs."""
        return self._index.newest_run(without)

    def ended_runs(self, source: str, since: datetime | None) -> list[str]:
        """The runs begun since then that left pages of the source; killed ones once repaired."""
        files = [f for f in self._index.files(source) if f.state != "open"]
        return [f.run_id for f in files if since is None or f.started_at >= since]

    def page(self, entry: Entry) -> Page:
        """Read a fetch back: of a revisit, the payload, headers and ids of what it refers to.

        Raises `ArchiveError` if the bytes are not there or not those that were written,
        and `extractors.decoding.InflateError` if they do not decode or exceed the cap.
        """
        base = self.entry(entry.refers_to) if entry.refers_to else entry
        stored = archive_scan.read(self.root, base)
        headers: dict[str, str] = {}
        for name, value in stored.http_headers:
            lower = name.lower()
            headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
        encoding = headers.get("content-encoding", "")
        return Page(
            source=base.source,
            kind=base.kind,
            url=base.url,
            status=base.status,
            headers=headers,
            body=inflate(stored.body, encoding, self._max_decoded_bytes),
            fetch_id=base.fetch_id,
            run_id=base.run_id,
            retrieved_at=base.first_seen_at,
            payload_sha256=base.payload_sha256,
            request_body=base.request_body,
        )

    def judge(self, fetch_id: str, verdict: str) -> None:
        """Set the verdict on a fetch; only a `good` one is ever served by `latest`."""
        if not self._catalog.judge(fetch_id, verdict):
            raise ArchiveError(f"archive at {self.root}: no fetch {fetch_id!r} to judge")
        for writer in self._open_writers():
            writer.flush_if_due()

    def count_since(self, source: str, since: datetime) -> int:
        """How many requests were made of a source at or after an instant."""
        return self._catalog.count_since(source, since)

    def mark_read(self, fetch_ids: Iterable[str], parser_version: str) -> None:
        """Note durably that these payloads were read, and their rows loaded, by this parser.

        The note holds for the payload's present stretch: revisits share it, but bytes
        that come back after others stood at the address have to be read again.
        """
        self.flush()
        wanted = list(fetch_ids)
        bases = self._index.stretches(wanted)
        if unknown := [fetch_id for fetch_id in wanted if fetch_id not in bases]:
            raise ArchiveError(f"archive at {self.root}: no fetch {unknown[0]!r}")
        self._index.mark_read(sorted(set(bases.values())), parser_version)

    def unread(self, fetch_ids: Iterable[str], parser_version: str) -> list[str]:
        """Those of the fetches whose payload this version of the parser has not read yet."""
        return [
            fetch_id
            for fetch_id in fetch_ids
            if not self._index.is_read(self._stretch(fetch_id), parser_version)
        ]

    def to_read(self, source: str, kinds: Sequence[str], parser_version: str) -> list[Entry]:
        """Good payloads of these page kinds that this parser still has to read, oldest first.

        What a killed run left unread is among them, what a wrong clock dated otherwise, and
        after a change of parser the newest payload of every request.
        """
        self.flush()
        return self._index.to_read(source, kinds, parser_version)

    def present(self, source: str, kinds: Sequence[str], since: datetime | None) -> list[Entry]:
        """The newest good payload of every request of these page kinds, oldest first.

        With `since` only those whose payload came at or after that instant.
        """
        self.flush()
        since = since or datetime.min.replace(tzinfo=UTC)
        return self._index.present(source, kinds, since)

    def _stretch(self, fetch_id: str) -> str:
        entry = self.entry(fetch_id)
        return entry.refers_to or entry.fetch_id

    def rebuild(self, verdict_of: VerdictOf | None = None) -> RebuildReport:
        """Make the index anew from the WARC files alone; the notes of what was read stay.

        `verdict_of` judges every fetch again; without it only status and completeness
        are looked at, and a bot wall behind a 200 would pass as good. Raises
        `ArchiveError` while anyone writes.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = archive_files.try_lock(self.root / LOCK_NAME, shared=False)
        except OSError as error:
            raise ArchiveError(f"archive at {self.root}: {error.strerror}") from error
        if handle is None:
            raise ArchiveError(f"archive at {self.root}: a run is writing, rebuild when it is done")
        with archive_files.held(handle):
            return archive_scan.rebuild(self.root, self._index, verdict_of)

    def verify(self, part: tuple[int, int] | None = None, until: float = inf) -> list[Problem]:
        """Check that every indexed record is there, whole, with its digest; of a `part` (which,
        of how many) of the files alone where one is named, and of no further one after `until`
        (of `time.monotonic`)."""
        self.flush()
        return verifying.verify(self.root, self._index, part, until)

    def put_back(self, problems: Sequence[Problem]) -> list[Problem]:
        """Mend what a copy elsewhere is whole of; gives the rest. A folder has none."""
        return list(problems)

    def give_up(self, problems: Sequence[Problem]) -> list[Entry]:
        """Have what is damaged asked for again; gives the fetches that are good no more."""
        return verifying.give_up(self.root, self._index, problems)

    def close(self) -> None:
        """Let go of the index; the next use opens it again."""
        self._index.close()
