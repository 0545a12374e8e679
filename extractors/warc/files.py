"""The archive's files: every function that opens, grows, reads or locks one.

Another storage needs another module like this, and nothing else.
"""

from __future__ import annotations

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from extractors.warc.exchange import ArchiveError
from extractors.warc.records import GZIP, Stored, parse

CHUNK = 1 << 18


def read_record(path: Path, offset: int, length: int) -> Stored:
    """The record at a place in a file.

    Raises `ArchiveError` if the file is gone or cut there, or its bytes are damaged.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            packed = file.read(length)
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error
    if len(packed) != length:
        raise ArchiveError(
            f"{path} is cut short: {length} bytes expected at {offset}, {len(packed)} there"
        )
    unpacker = zlib.decompressobj(GZIP)
    try:
        plain = unpacker.decompress(packed)
    except zlib.error as error:
        raise ArchiveError(f"{path} at {offset}: damaged record ({error})") from error
    if not unpacker.eof or unpacker.unused_data:
        raise ArchiveError(f"{path} at {offset}: no record of {length} bytes there")
    return parse(plain)


_MAGIC = b"\x1f\x8b\x08"


def members(file: BinaryIO, start: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Offset, packed length and unpacked bytes of each whole gzip member, up to a cut.

    A damaged one is passed over: reading goes on at the next that begins a WARC record.
    """
    file.seek(start)
    waiting, offset = b"", start
    while True:
        unpacker, parts, length = zlib.decompressobj(GZIP), [], 0
        try:
            while not unpacker.eof:
                waiting = waiting or file.read(CHUNK)
                if not waiting:
                    break
                parts.append(unpacker.decompress(waiting))
                length += len(waiting) - len(unpacker.unused_data)
                waiting = unpacker.unused_data
        except zlib.error:
            pass
        if unpacker.eof:
            yield offset, length, b"".join(parts)
            offset += length
            continue
        if length == 0 and not parts and not waiting:
            return  # the end
        found = _next_member(file, offset + 1)
        if found < 0:
            return
        offset, waiting = found, b""
        file.seek(offset)


def _next_member(file: BinaryIO, start: int) -> int:
    """Where the next gzip member with a WARC record in it begins; -1 if there is none."""
    file.seek(start)
    data, position = file.read(), -1
    while (position := data.find(_MAGIC, position + 1)) >= 0:
        try:
            begins = zlib.decompressobj(GZIP).decompress(data[position : position + CHUNK], 5)
        except zlib.error:
            continue
        if begins == b"WARC/":
            return start + position
    return -1


class AppendFile:
    """A new file that only grows, locked while it is open so that others see it is in use."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND
        self._fd = os.open(path, flags, 0o644)
        fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.size = 0
        self.is_sound = True

    def append(self, data: bytes) -> int:
        """Write all of `data`, or nothing: what was written of it is taken back. Gives its offset.

        Raises `OSError`. Where even the taking back failed, `is_sound` is False: whoever
        appended now would write behind a torn record.
        """
        offset, view = self.size, memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError:
            self.is_sound = False
            os.ftruncate(self._fd, offset)
            self.is_sound = True
            raise
        self.size += len(data)
        return offset

    def sync(self) -> None:
        """Have the bytes on the disk. Raises `OSError`."""
        os.fsync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


def sync_folder(path: Path) -> None:
    """Have a folder's new names on the disk. Raises `OSError`."""
    handle = os.open(path, os.O_RDONLY)
    with held(handle):
        os.fsync(handle)


def try_lock(path: Path, *, create: bool = True, shared: bool = True) -> int | None:
    """A lock on a file as an open descriptor, or None while another holds it against us."""
    handle = os.open(path, os.O_RDONLY | (os.O_CREAT if create else 0), 0o644)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def wait_for_lock(path: Path) -> int:
    """An exclusive lock on a file as an open descriptor, once nobody else holds it."""
    handle = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


@contextmanager
def held(handle: int) -> Iterator[None]:
    """Close a descriptor, and so let go of its lock, at the end."""
    try:
        yield
    finally:
        os.close(handle)


def release(handle: int) -> None:
    """Close a descriptor, and so let go of its lock."""
    os.close(handle)


def sync(handle: int) -> None:
    """Have the bytes of an open file on the disk. Raises `OSError`."""
    os.fsync(handle)
