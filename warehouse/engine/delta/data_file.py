"""A table's data files: each has the digest of its bytes in its name, and is read only whole.

The name stands in the commit that adds the file, in every checkpoint after it, and in what a
release books of itself, on disk as in S3. So a byte that changed since it was written is told
from the file alone, before any row of it is used.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import digest_of, put_local, storage
from warehouse.errors import Damaged

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 32_768
"""Rows a row group: small enough that one day's keys are found without reading a year."""
_NAME = re.compile(r"part-[0-9a-f]{12}-([0-9a-f]{64})\.parquet")
SEAL, ADDED, BEFORE = "carbonmart.seal", "carbonmart.added", "carbonmart.before"
"""Notes of a commit: the digest of its notes, of what it adds, of the commit before it."""
_LONGEST = 32
"""Characters of a text in the statistics; a maximum cut there is followed by the last of all."""
_LAST = "\U0010ffff"

_lock = threading.Lock()
_whole: set[tuple[str, int, int, int, str]] = set()
"""What this process has found whole: path, inode, size, time of change, digest."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A data file that is not committed yet; `stats` is Delta's JSON of them."""

    name: str
    size: int
    stats: str

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what its commit says of it."""
        return hashlib.sha256(f"{self.name} {self.size} {self.stats}".encode()).hexdigest()


def write(root: Place, rows: pa.Table, watched: Iterable[str]) -> NewFile:
    """Write the rows as one data file, on the disk before anybody is told of it.

    The statistics are of the `watched` columns. Raises `OSError` or `WarehouseError`.
    """
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(
        rows, buffer, compression="zstd", row_group_size=ROW_GROUP, write_page_checksum=True
    )
    content = buffer.getvalue()
    name = f"part-{uuid.uuid4().hex[:12]}-{hashlib.sha256(content).hexdigest()}.parquet"
    if isinstance(root, Path):
        put_local(root / name, content)
    else:
        storage(root).write_bytes(name, content)
    return NewFile(name, len(content), json.dumps(_stats(rows, watched), ensure_ascii=False))


def seal(notes: Mapping[str, str]) -> str:
    """SHA-256 (hex) of what a commit says of itself, but for the seal."""
    said = sorted((name, value) for name, value in notes.items() if name != SEAL)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def is_unbroken(notes: Mapping[str, str]) -> bool:
    """Whether a commit's notes are those that were written; so are those of a commit that adds
    no rows, and of one from before there were seals, which have none."""
    return not {SEAL, ADDED} & notes.keys() or notes.get(SEAL) == seal(notes)


def digest_in(name: str, told: Mapping[str, str]) -> str:
    """The SHA-256 (hex) that a data file has to have: by its name, or as `told` of files that
    another writer named (compaction); empty where nobody said."""
    found = _NAME.fullmatch(name.rpartition("/")[2])
    return found[1] if found else told.get(name.rpartition("/")[2], "")


def check(table: str, path: Path, digest: str, rows: int) -> None:
    """Raise `Damaged` unless the file is there and its bytes are those that were written.

    Each file is read for it once a process, as long as nobody writes to it.
    """
    try:
        facts = path.stat()
        mark = (str(path), facts.st_ino, facts.st_size, facts.st_mtime_ns, digest)
        with _lock:
            if mark in _whole:
                return
        is_whole = facts.st_size and (not digest or digest_of(path) == digest)
    except FileNotFoundError:
        raise Damaged(table, path, "the data file is gone", rows) from None
    except OSError as error:
        told = f"the data file can't be read: {os.strerror(error.errno or 0)}"
        raise Damaged(table, path, told, rows) from error
    if not is_whole:
        raise Damaged(table, path, "the data file is not as it was written", rows)
    with _lock:
        _whole.add(mark)


def _stats(rows: pa.Table, watched: Iterable[str]) -> dict[str, Any]:
    """Number of rows; least, greatest and number of nulls of the columns."""
    import pyarrow.compute as pc

    low, high, nulls = {}, {}, {}
    for name in watched:
        column = rows.column(name)
        nulls[name] = column.null_count
        ends = pc.min_max(column)
        least, greatest = ends["min"].as_py(), ends["max"].as_py()
        if greatest is not None:
            low[name], high[name] = _bound(least), _bound(greatest)
            if isinstance(greatest, str) and len(greatest) > _LONGEST:
                high[name] += _LAST
    return {
        "numRecords": rows.num_rows,
        "minValues": low,
        "maxValues": high,
        "nullCount": nulls,
    }


def _bound(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bool | int):
        return value
    return str(value)[:_LONGEST]
