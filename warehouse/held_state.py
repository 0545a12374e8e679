"""Tables on disk that this thread has opened, kept for as long as nobody commits to them.

Opening a Delta table reads its log, which costs some milliseconds; a night opens each
table dozens of times. Whether a held state is still the newest is one look at the folder:
the commit it was opened at is still the same file, and there is none after it.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.storage import Place

if TYPE_CHECKING:
    from schemas.core.table import Table
    from warehouse.delta import State

_Mark = tuple[int, int, int]
_held = threading.local()


def _mine() -> dict[tuple[int, str], tuple[State, _Mark]]:
    """What this thread holds. What a forked process inherits is not its own."""
    if not hasattr(_held, "states"):
        _held.states = {}
    states: dict[tuple[int, str], tuple[State, _Mark]] = _held.states
    return states


def recall(table: Table, root: Place) -> State | None:
    """The held state of the table, if it is certain to be the newest."""
    found = _mine().get((os.getpid(), str(root)))
    if found is None or not isinstance(root, Path):
        return None
    state, mark = found
    if state.table is table and state.delta.version() == state.version:
        after = root / "_delta_log" / f"{state.version + 1:020}.json"
        if _mark(root, state.version) == mark and not after.exists():
            return state
    release(root)
    return None


def hold(state: State) -> None:
    """Keep a newest state that was just opened. Of an address in S3 none is kept: there a
    look costs a request, as opening does."""
    if isinstance(state.root, Path):
        mark = _mark(state.root, state.version)
        if mark is not None:
            _mine()[(os.getpid(), str(state.root))] = (state, mark)


def release(root: Place) -> None:
    """Forget the table's state: it is about to be written to."""
    _mine().pop((os.getpid(), str(root)), None)


def _mark(root: Path, version: int) -> _Mark | None:
    """What tells a commit's file from any other; None if it is not there."""
    try:
        found = (root / "_delta_log" / f"{version:020}.json").stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
