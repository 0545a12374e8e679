"""Whether what is published is what was written: each file's digest, and nothing beside it.

A DuckDB file may have side files (`.wal`): what a reader that opened it to write left behind
when it died, and what the next reader of any file of that name replays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from warehouse.publication.shelf import EXPORTS, PACKAGE, POINTER, Shelf

DUCKDB = "carbonmart.duckdb"
UNREADABLE = "unreadable"
"""In a descriptor: what of its release could not be read, and was carried over or left out."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A published file that is not what was written: its name below `published`, and what."""

    name: str
    what: str


def wrong_in_folder(shelf: Shelf, release_id: str) -> Iterator[Wrong]:
    """What is wrong in a release's folder; its descriptor says what has to be there."""
    document = shelf.package(release_id)
    name = f"{release_id}/{PACKAGE}"
    if document is None or not isinstance(document.get("resources"), list):
        is_there = shelf.digest(name) is not None
        yield Wrong(name, "can't be read" if is_there else "the file is gone")
        return
    for file in (*document["resources"], *document.get(EXPORTS, ())):
        told = file if isinstance(file, dict) else {}
        yield from _wrong(shelf, f"{release_id}/{told.get('path')}", str(told.get("hash", "")))


def wrong_beside(shelf: Shelf, release_id: str) -> Iterator[Wrong]:
    """What is wrong with the pointer, which has to name that release, and the DuckDB file."""
    pointer = shelf.pointer() or {}
    if pointer.get("release_id") != release_id:
        is_there = shelf.digest(POINTER) is not None
        other = f"names {pointer.get('release_id')}" if pointer else "can't be read"
        yield Wrong(POINTER, other if is_there else "the file is gone")
        return
    yield from _wrong(shelf, DUCKDB, f"sha256:{pointer.get('duckdb_sha256', '')}")
    for name in shelf.beside(DUCKDB):
        yield Wrong(name, "changes that a reader made, and that other readers would replay")


def _wrong(shelf: Shelf, name: str, told: str) -> Iterator[Wrong]:
    found: Any = shelf.digest(name)
    if found is None:
        yield Wrong(name, "the file is gone")
    elif f"sha256:{found}" != told:
        yield Wrong(name, "is not as it was written")


def is_whole(shelf: Shelf, release_id: str) -> bool:
    """Whether a release is published, and its files are still those that were written."""
    return next(wrong_in_folder(shelf, release_id), None) is None


def lacks(shelf: Shelf, release_id: str) -> bool:
    """Whether something of a published release could not be read when it was published."""
    return bool((shelf.package(release_id) or {}).get(UNREADABLE))
