"""One process at a time does with a table what two must not do at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse.engine.storage.base import Address, Place
from warehouse.engine.storage.storage import storage
from warehouse.errors import WarehouseError

_LOCK = "_compaction.lock"
_ABANDONED = timedelta(hours=24)
"""A lock in S3 this old was left behind by a killed process."""


@contextmanager
def turn(root: Place) -> Iterator[bool]:
    """Whether it is our turn at the table; nobody waits for his. Raises `WarehouseError`."""
    if isinstance(root, Address):
        with _turn_in_s3(root) as is_ours:
            yield is_ours
        return
    with _opened(root) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError as error:
            raise WarehouseError(f"{root} can't be locked: {error}") from error
        yield True  # closing the folder ends the turn, and so does a kill


@contextmanager
def _opened(root: Path) -> Iterator[int]:
    try:
        handle = os.open(root / "_delta_log", os.O_RDONLY)
    except OSError as error:
        raise WarehouseError(f"{root} can't be locked: {error}") from error
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _turn_in_s3(root: Address) -> Iterator[bool]:
    held = storage(root)
    if not held.write_if_absent(_LOCK, datetime.now(UTC).isoformat().encode()):
        since = held.read_bytes(_LOCK)
        if since and datetime.now(UTC) - datetime.fromisoformat(since.decode()) > _ABANDONED:
            held.delete(_LOCK)  # the next one takes its turn
        yield False
        return
    try:
        yield True
    finally:
        held.delete(_LOCK)
