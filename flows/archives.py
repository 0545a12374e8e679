"""Where a home's archive is: a folder of it, or its address with a spool on this machine."""

from __future__ import annotations

from pathlib import Path

from extractors.archive.archive import Archive
from warehouse.engine.storage.base import Place
from warehouse.store.home import Home


def archive_of(home: Home) -> Archive:
    """The archive of an opened home. Raises `ArchiveError` if its address can't be reached."""
    return archive_at(home.path, home.id)


def archive_at(path: Place, identity: str = "") -> Archive:
    """The archive of the home at a place; `identity` keeps a later home's spool apart."""
    if isinstance(path, Path):
        return Archive(path / "archive")
    from extractors.archive.s3_archive import SharedArchive
    from warehouse.engine.storage.s3 import cache_of

    spool = cache_of(path) / (f"archive-{identity}" if identity else "archive")
    return SharedArchive(str(path / "archive"), spool)
