"""Stores that many tests begin with: built once a machine, copied for each session.

What a first night leaves is a function of the product and of whoever asks for it. So it is
kept below `.pytest_cache`, under a digest of all that can change it, and both runners of a
session take it from there; a session that finds none builds it while the other waits. It is
only ever copied: a test that writes to its copy spoils nobody else's.
"""

from __future__ import annotations

import fcntl
import hashlib
import inspect
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

REPO = Path(__file__).parents[2]
KEPT = REPO / ".pytest_cache" / "stores"
ROOMS = ("extractors", "flows", "schemas", "transforms", "warehouse", "tests/support")
YOUNG_S = 6 * 3600
"""A store that is older is built anew: nothing is to hang on what day it was built on."""
UNUSED_S = 3600
"""When a store of other code is cleared away."""

Build = Callable[[Path], None]


def store(name: str, build: Build, folder: Path) -> Path:
    """A folder in `folder` as `build` leaves it, which is given an empty one to fill.

    `name` and the file that defines `build` tell one store from another.
    """
    mine = folder / name
    mine.mkdir()
    kept = KEPT / _digest(Path(inspect.getfile(build))) / name
    _ask_for(kept.parent)
    KEPT.chmod(0o700)
    with _locked(kept.with_suffix(".lock")):
        if _is_young(kept):
            shutil.copytree(kept, mine, dirs_exist_ok=True)
            return mine
        _clear()
        shutil.rmtree(kept, ignore_errors=True)
        build(mine)
        being_made = kept.with_suffix(".partial")
        shutil.rmtree(being_made, ignore_errors=True)
        # A copy, and not the folder itself: this process may hold files of it open.
        shutil.copytree(mine, being_made)
        being_made.rename(kept)
    return mine


def _ask_for(folder: Path) -> None:
    """Have the folder be there, and young; another session may be clearing away an old one."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            os.utime(folder)
        except FileNotFoundError:
            continue
        return


def _is_young(kept: Path) -> bool:
    return kept.is_dir() and time.time() - kept.stat().st_mtime < YOUNG_S


@cache
def _digest(builder: Path) -> str:
    """Of the product's files, the tests' support, what is installed, and the builder's own."""
    found = hashlib.sha256(f"{sys.version} {sys.platform}".encode())
    paths = [path for room in ROOMS for path in (REPO / room).rglob("*") if path.is_file()]
    for path in (*sorted(paths), REPO / "requirements.lock", builder):
        if "__pycache__" not in path.parts:
            found.update(f"\0{path}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:20]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _clear() -> None:
    """Remove what no run has asked for in a while."""
    for each in KEPT.iterdir():
        if time.time() - each.stat().st_mtime > UNUSED_S:
            shutil.rmtree(each, ignore_errors=True)
