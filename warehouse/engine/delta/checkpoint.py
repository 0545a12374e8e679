"""A table's checkpoints: each is written with the digest of its bytes beside it, and read only
as it was written.

deltalake would write them by itself after every so many commits, without a digest, so it is told
not to. Other readers of Delta pass over the digest's file, as over any that they do not know.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Any

from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import digest_of, storage

EVERY = 50
LOG, HINT, DIGEST = "_delta_log", "_last_checkpoint", ".checkpoint.sha256"
_NAME = re.compile(r"(\d{20})\.(json|checkpoint\.parquet|checkpoint\.sha256)")

_lock = threading.Lock()
_whole: set[tuple[str, ...]] = set()
"""What this process has found whole: path, inode, size and time of change of both files."""


def by_ourselves() -> dict[str, Any]:
    """What tells deltalake to leave checkpoints to us, as a commit's arguments."""
    from deltalake import PostCommitHookProperties

    return {"post_commithook_properties": PostCommitHookProperties(create_checkpoint=False)}


def path_of(version: int) -> str:
    """A checkpoint's name in its log."""
    return f"{version:020}.checkpoint.parquet"


def checkpoints(root: Place) -> dict[int, bool]:
    """The versions that have a checkpoint, and whether it has a digest."""
    found = {version: ends for version, ends in _log(root).items() if "checkpoint.parquet" in ends}
    return {version: "checkpoint.sha256" in ends for version, ends in found.items()}


def _log(root: Place) -> dict[int, set[str]]:
    """Of each version what its files in the log end with."""
    names = (item.name.removeprefix(f"{LOG}/") for item in storage(root).list(LOG))
    found: dict[int, set[str]] = {}
    for name in names:
        if match := _NAME.fullmatch(name):
            found.setdefault(int(match[1]), set()).add(match[2])
    return found


def wrong(log: Path, version: int) -> str:
    """What is wrong with a checkpoint, as far as its digest tells; empty where nothing is.

    Each is read for it once a process, as long as nobody writes to it.
    """
    path, digest = log / path_of(version), log / f"{version:020}{DIGEST}"
    if not digest.exists():
        return ""
    try:
        mark = (*_mark(path), *_mark(digest))
        with _lock:
            if mark in _whole:
                return ""
        is_whole = digest.read_bytes() == digest_of(path).encode()
    except FileNotFoundError:
        return "the checkpoint is gone"
    except OSError as error:
        return f"the checkpoint can't be read: {os.strerror(error.errno or 0)}"
    if not is_whole:
        return "the checkpoint is not what was written"
    with _lock:
        _whole.add(mark)
    return ""


def _mark(path: Path) -> tuple[str, ...]:
    facts = path.stat()
    return str(path), f"{facts.st_ino} {facts.st_size} {facts.st_mtime_ns}"


def is_derivable(root: Place) -> bool:
    """Whether all that the log's checkpoints say stands in its commits, from the first one on."""
    commits = sorted(version for version, ends in _log(root).items() if "json" in ends)
    return bool(commits) and commits == list(range(commits[-1] + 1))


def remove_all(root: Place) -> None:
    """Have the table read from its commits alone: it has to be `is_derivable`.

    Killed anywhere, it leaves a log that says the same.
    """
    held, names = storage(root), {item.name for item in storage(root).list(LOG)}
    for version in sorted(_log(root)):
        for name in (HINT, f"{version:020}{DIGEST}", path_of(version)):
            if f"{LOG}/{name}" in names:
                held.delete(f"{LOG}/{name}")
