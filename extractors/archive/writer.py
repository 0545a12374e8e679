"""Writing exchanges into one WARC file of one run of one source."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from extractors.archive.index.pending import PendingIndex
from extractors.warc import convert as archive_records
from extractors.warc.exchange import ArchiveError, Entry, Exchange, WarcFile
from extractors.warc.files import AppendFile, sync_folder

BATCH = 64
BATCH_S = 1.0

_UNSAFE_NAME = re.compile(r"[^A-Za-z0-9_.-]|^\.")


class ArchiveWriter:
    """Appends exchanges to a new WARC file, made at the first of them. Use it in a `with`.

    The bytes are forced to the disk, and then the rows into the index, in batches of
    `BATCH` records or `BATCH_S` seconds, by `flush` and by `close`.
    """

    def __init__(
        self,
        root: Path,
        catalog: PendingIndex,
        source: str,
        run_id: str,
        started_at: datetime,
        on_close: Callable[[ArchiveWriter], None],
        business_day: date | None = None,
    ) -> None:
        for name in (source, run_id):
            if not name or _UNSAFE_NAME.search(name):
                raise ArchiveError(f"not fit for a file name in the archive: {name!r}")
        self.source, self.run_id, self.started_at = source, run_id, started_at
        self.warc = ""
        self._business_day = business_day.isoformat() if business_day else ""
        self._root, self._catalog, self._on_close = root, catalog, on_close
        self._info_id = archive_records.new_id()
        self._lock = threading.RLock()
        self._file: AppendFile | None = None
        self._is_broken = self._is_closed = self._is_finished = False
        self._unflushed: list[str] = []
        self._oldest = 0.0
        self._count = 0

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, exchange: Exchange) -> Entry:
        """Archive an exchange: a request with a response, or with a revisit of a known payload.

        A 304, and a payload equal to the newest good one of the same request, become
        revisits. The entry is not judged yet (`Archive.judge`).

        Raises `ArchiveError` naming source, URL and file if the bytes can't be written;
        then nothing of the exchange is kept.
        """
        self.flush_if_due()
        if exchange.source != self.source:
            raise ArchiveError(f"a page of {exchange.source!r} in the archive of {self.source!r}")
        base, payload = self._base_of(exchange)
        made = archive_records.pack(exchange, payload, base, self.run_id, self._info_id)
        with self._lock:
            start = self._append(exchange.link.url, made.request + made.response)
            entry = replace(
                made.entry,
                warc=self.warc,
                offset=start + len(made.request),
                length=len(made.response),
            )
            self._catalog.add(entry)
            self._count += 1
            if not self._unflushed:
                self._oldest = time.monotonic()
            self._unflushed.append(entry.fetch_id)
        return entry

    @property
    def is_finished(self) -> bool:
        """Whether the file is closed, with all that was written on the disk and in the index."""
        return self._is_finished

    def flush(self) -> None:
        """Have what was written on the disk, and then in the index.

        Raises `ArchiveError`. If it was the disk that refused, the fetches are forgotten and
        the writer takes no more; if it was the index, they wait for the next flush.
        """
        with self._lock:
            if self._file is None or not self._unflushed:
                return
            try:
                self._file.sync()
            except OSError as error:
                self._is_broken = True
                self._catalog.discard(self._unflushed)
                self._unflushed = []
                raise ArchiveError(
                    f"{self.source}: {self._root / self.warc}: {error.strerror}"
                ) from error
            self._catalog.commit(self._unflushed, self._row("open", self._file.size))
            self._unflushed = []

    def flush_if_due(self) -> None:
        """Flush if a batch is full or has waited long enough."""
        with self._lock:
            count = len(self._unflushed)
            if count >= BATCH or (count and time.monotonic() - self._oldest >= BATCH_S):
                self.flush()

    def close(self) -> None:
        """Flush and let go of the file. What an error leaves, the next writer puts in order."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            try:
                self.flush()
                if self._file is not None and not self._is_broken:
                    self._catalog.index.put_file(self._row("closed", self._file.size))
                    self._is_finished = True
            finally:
                self._catalog.discard(self._unflushed)
                if self._file is not None:
                    self._file.close()
                self._on_close(self)

    def _base_of(self, exchange: Exchange) -> tuple[Entry | None, str]:
        """The good fetch whose payload this exchange repeats, if any, and the payload's SHA-256."""
        payload = sha256(exchange.body).hexdigest()
        newest = self._catalog.newest_good(exchange.link.key, exchange.retrieved_at)
        if newest is None and exchange.status == 304:  # a clock that was set back
            newest = self._catalog.newest_good(exchange.link.key)
        if newest is None or exchange.truncated:
            return None, payload
        base = self._catalog.base_of(newest)
        if base is not None and exchange.status == 304:
            return base, base.payload_sha256
        if base is None or base.payload_sha256 != payload or base.status != exchange.status:
            return None, payload
        return base, payload

    def _append(self, url: str, data: bytes) -> int:
        if self._is_broken or self._is_closed:
            raise ArchiveError(f"{self.source}: {url}: the archive file {self.warc} takes no more")
        try:
            if self._file is None:
                self._file = self._create()
            if self._file.size == 0:
                self._file.append(archive_records.warcinfo(self._row("open", 0), self._info_id))
            return self._file.append(data)
        except OSError as error:
            self._is_broken = self._file is not None and not self._file.is_sound
            where = self._root / self.warc
            raise ArchiveError(
                f"{self.source}: could not archive {url} in {where}: {error.strerror}"
            ) from error

    def _create(self) -> AppendFile:
        """Make the file, and have the index know of it before anything is in it."""
        began = self.started_at.astimezone(UTC)
        stem = f"{self.source}/{began:%Y}/{began:%Y%m%dT%H%M%SZ}-{self.run_id}"
        for number in itertools.count(1):
            self.warc = f"{stem}{f'-{number}' if number > 1 else ''}.warc.gz"
            try:
                file = AppendFile(self._root / self.warc)
            except FileExistsError:
                continue  # an earlier file is never written to again
            break
        try:
            sync_folder(file.path.parent)
            self._catalog.index.put_file(self._row("open", 0))
        except BaseException:
            file.close()
            file.path.unlink()  # it is empty still
            raise
        return file

    def _row(self, state: str, size: int) -> WarcFile:
        return WarcFile(
            self.warc,
            self.source,
            self.run_id,
            self.started_at,
            state,
            size,
            self._count,
            self._business_day,
        )
