"""Which version of a table was committed last, noted beside its log: the newest commit is the only
one that no other tells of, and a log that has lost it looks like a shorter one that is whole."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import put_local

_NAME = "_newest_commit"


def note(root: Place, version: int) -> None:
    """Note a version that was committed. Where that fails, or two do so at once, an earlier one
    stands there, which is as true. In S3 it would be a request more."""
    if isinstance(root, Path):
        with suppress(OSError):
            put_local(root / "_delta_log" / _NAME, f"{version} {_digest(version)}".encode())


def noted(log: Path) -> int:
    """The version that was noted last; -1 where there is none, or it is not what was written.

    To be asked before the log is listed: then its commit is there.
    """
    try:
        told, _, digest = (log / _NAME).read_text(encoding="ascii").partition(" ")
        version = int(told)
    except (OSError, ValueError):
        return -1
    return version if digest == _digest(version) else -1


def _digest(version: int) -> str:
    return sha256(str(version).encode()).hexdigest()
