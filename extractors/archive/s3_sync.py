"""An archive whose home is in S3: written and read on this machine, kept there.

The spool, a folder like any archive, takes the bytes first. A WARC file goes up whole
when its writer closes; what a killed run left goes up with the next run on the machine.
Files that others wrote come down when they are read. The index goes up at the end of a
run, if nobody put another one there meanwhile (`If-Match`); else the two are joined, which
never conflicts: a fetch, and its file, is written by one run alone. Fetches whose file
is not up yet stay out of the index that is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.archive.index.index import Index
from extractors.archive.index.schema import COMPLETE, prepare
from extractors.archive.walk import scan as archive_scan
from extractors.warc import files as archive_files
from extractors.warc.exchange import ArchiveError

if TYPE_CHECKING:
    from obstore.store import S3Store

INDEX_NAME = "index.sqlite"
_TAG_NAME, _LOCK_NAME = "index.etag", ".sync.lock"
_ATTEMPTS = 20
_PARTS_FROM = 32 * 2**20
_SUFFIX = ".warc.gz"


class Remote:
    """The archive at an address, and its spool in a folder. Errors are `ArchiveError`."""

    def __init__(self, address: str, spool: Path) -> None:
        self.address, self.spool = address, spool

    @cached_property
    def _store(self) -> S3Store:
        from obstore.store import S3Store

        retries = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
        with self._told(""):
            return S3Store.from_url(self.address, retry_config=retries)  # type: ignore[arg-type]

    def need(self, warc: str) -> None:
        """Have a file of the archive in the spool."""
        if not (self.spool / warc).exists():
            self._download(warc, self.spool / warc)

    def need_all(self) -> None:
        """Have all files of the archive in the spool."""
        for warc in self.warcs():
            self.need(warc)

    def warcs(self) -> dict[str, int]:
        """The files that are up, with their sizes in bytes."""
        import obstore

        with self._told(""):
            found = [meta for batch in obstore.list(self._store) for meta in batch]
        return {m["path"]: m["size"] for m in sorted(found, key=lambda m: m["path"])
                if m["path"].endswith(_SUFFIX) and m["path"].count("/") == 2}  # fmt: skip

    def upload(self, warc: str) -> None:
        """Have a finished file up. Doing it again does nothing."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        path = self.spool / warc
        with self._told(warc):
            if path.stat().st_size > _PARTS_FROM:  # in parts there is no condition: look first
                if warc not in self.warcs():
                    obstore.put(self._store, warc, path)
                    return
            else:
                try:
                    obstore.put(self._store, warc, path, mode="create", use_multipart=False)
                    return
                except AlreadyExistsError:
                    pass
            with tempfile.TemporaryDirectory() as folder:
                other = Path(folder) / "other"
                self._download(warc, other)
                if _digest(other) != _digest(path):
                    raise ArchiveError(f"{self.address}/{warc} holds other bytes than {path}")

    def other_than_here(self) -> Iterator[str]:
        """The files that are up and are not as the spool's. Each comes down for it."""
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder) / "other"
            for warc in self.warcs():
                self._download(warc, other)
                if _digest(other) != _digest(self.spool / warc):
                    yield warc

    def bring_again(self, warc: str) -> None:
        """Have the file that is up in the place of the spool's."""
        self._download(warc, self.spool / warc)

    def replace(self, warc: str) -> None:
        """Have the spool's file up in the place of what is there."""
        import obstore

        with self._told(warc):
            obstore.put(self._store, warc, self.spool / warc)

    def pull(self, index: Index) -> None:
        """Join the index that is up into this machine's, if it is not known yet."""
        with self._alone():
            self._pull(index)

    def settle(self, index: Index) -> None:
        """Have up what killed runs left here, and know of what others' killed runs left there."""
        with self._alone():
            self._pull(index)
            up = self.warcs()
            archive_scan.adopt_left(self.spool, index)
            known = {file.warc: file for file in index.files()}
            for file in known.values():
                if file.state != "open" and file.warc not in up and self._is_here(file.warc):
                    self.upload(file.warc)
            for warc in up.keys() - known.keys():
                self.need(warc)
                archive_scan.adopt(self.spool, index, warc)

    def push(self, index: Index, *, is_rebuilt: bool = False) -> None:
        """Put this machine's index up; of a rebuilt one nothing is taken back from there."""
        with self._alone():
            for _ in range(_ATTEMPTS):
                up = self.warcs()
                with _snapshot(index, up) as snapshot:
                    tag, digest = self._known()
                    if digest == _digest(snapshot):
                        return
                    new = self._put_index(snapshot, tag)
                    if new is not None:
                        self._note(new, _digest(snapshot))
                        return
                if is_rebuilt:
                    self._note(self._tag(), "")
                else:
                    self._pull(index)
        raise ArchiveError(f"{self.address}/{INDEX_NAME}: others came first {_ATTEMPTS} times")

    def _put_index(self, snapshot: Path, tag: str) -> str | None:
        """The new tag, None if another index is up than the one with this tag."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._told(INDEX_NAME):
            try:
                if tag:
                    made = obstore.put(
                        self._store, INDEX_NAME, snapshot, mode={"e_tag": tag}, use_multipart=False
                    )
                else:
                    made = obstore.put(
                        self._store, INDEX_NAME, snapshot, mode="create", use_multipart=False
                    )
            except (AlreadyExistsError, PreconditionError):
                return None
            except FileNotFoundError:  # If-Match, and it is gone
                self._note("", "")
                return None
        return str(made["e_tag"])

    def _tag(self) -> str:
        import obstore

        with self._told(INDEX_NAME):
            try:
                return str(obstore.head(self._store, INDEX_NAME)["e_tag"])
            except FileNotFoundError:
                return ""

    def _pull(self, index: Index) -> None:
        tag = self._tag()
        if not tag or tag == self._known()[0]:
            return
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder) / INDEX_NAME
            tag = self._download(INDEX_NAME, other)
            try:
                with closing(sqlite3.connect(other, isolation_level=None)) as db:
                    prepare(db, other.parent)
            except sqlite3.Error as error:
                raise ArchiveError(f"{self.address}/{INDEX_NAME} is damaged: {error}") from error
            if (self.spool / INDEX_NAME).exists():
                index.join(other)
            else:
                draft = self.spool / f"{INDEX_NAME}.draft"
                shutil.copyfile(other, draft)
                os.replace(draft, self.spool / INDEX_NAME)
        self._note(tag, "")

    def _known(self) -> tuple[str, str]:
        """The tag of the index that was last joined or put up from here, and its digest."""
        path = self.spool / _TAG_NAME
        if not (self.spool / INDEX_NAME).exists() or not path.exists():
            return "", ""
        tag, _, digest = path.read_text(encoding="utf-8").partition(" ")
        return tag, digest

    def _note(self, tag: str, digest: str) -> None:
        path = self.spool / _TAG_NAME
        draft = path.with_suffix(".draft")
        draft.write_text(f"{tag} {digest}", encoding="utf-8")
        os.replace(draft, path)

    def _is_here(self, warc: str) -> bool:
        path = self.spool / warc
        return path.exists() and path.stat().st_size > 0

    def _download(self, name: str, target: Path) -> str:
        import obstore

        with self._told(name):
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(prefix=".part-", dir=target.parent)
            try:
                found = obstore.get(self._store, name)
                with os.fdopen(handle, "wb") as file:
                    for chunk in found.stream():
                        file.write(chunk)
                os.replace(draft, target)
            finally:
                Path(draft).unlink(missing_ok=True)
        return str(found.meta["e_tag"])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process of this machine at a time."""
        try:
            self.spool.mkdir(parents=True, exist_ok=True)
            handle = archive_files.wait_for_lock(self.spool / _LOCK_NAME)
        except OSError as error:
            raise ArchiveError(f"spool of the archive, {self.spool}: {error.strerror}") from error
        with archive_files.held(handle):
            yield

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            words = " ".join(str(error).split("Debug source")[0].split())
            where = f"{self.address}/{name}" if name else self.address
            raise ArchiveError(f"{where}: {words[:400]}") from error


@contextmanager
def _snapshot(index: Index, up: dict[str, int]) -> Iterator[Path]:
    """A copy of the index without the fetches whose file is not up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / INDEX_NAME
        index.copy_to(path)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("CREATE TEMP TABLE up (warc TEXT PRIMARY KEY)")
            db.executemany("INSERT INTO up VALUES (?)", ((warc,) for warc in up))
            db.execute("DELETE FROM fetches WHERE warc NOT IN (SELECT warc FROM up)")
            db.execute("DELETE FROM files WHERE warc NOT IN (SELECT warc FROM up)")
            db.execute(f"PRAGMA user_version = {COMPLETE}")
        yield path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
