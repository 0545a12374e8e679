"""Publication: a release as files that need nothing of carbonmart.

`<home>/published/<release_id>/` has one plain Parquet file per table (current rows), one
`_history` (all revisions), a zipped CSV per table that is no log, the marts as a workbook,
`datapackage.json` and the data dictionary. Beside the
releases lie `carbonmart.duckdb`, the current release in one file, and `latest.json`,
which names it and is moved last. What does not hold the same rows as the Delta tables at
the release's versions is not published at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from warehouse.engine.storage.base import Place
from warehouse.errors import WarehouseError, in_a_line
from warehouse.publication.build import PublicationError, Work
from warehouse.publication.formats.data_package import Credit
from warehouse.publication.shelf import EXPORTS, Shelf, shelf
from warehouse.publication.verify import FileComparison
from warehouse.publication.whole import (
    Wrong,
    is_whole,
    lacks,
    wrong_beside,
    wrong_in_folder,
)
from warehouse.store.home import Home
from warehouse.store.releases import KEEP, Release, UnknownRelease, find, kept, releases
from warehouse.store.store import Warehouse

__all__ = [
    "Publication",
    "PublicationError",
    "is_whole",
    "lacks",
    "prune",
    "publish",
    "shelf_of",
    "wrong",
]


@dataclass
class Publication:
    """What a publication did. `is_latest`: whether `latest.json` names the release now;
    `mended`: files that were published before, were not as they were written, and are now.
    `carried`: what can't be read of the release, is published as it was before, and why."""

    release_id: str
    folder: str
    is_new: bool
    is_latest: bool
    tables: int
    files: int
    bytes: int
    findings: list[FileComparison] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)
    mended: list[Wrong] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)


@contextmanager
def written_to(root: Place) -> Iterator[None]:
    """Errors of disk and of writers as `WarehouseError`, naming the folder."""
    import duckdb

    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise WarehouseError(f"{root} can't be written: {in_a_line(error)}") from error


def shelf_of(home: Home) -> Shelf:
    """The place where a home's releases are published."""
    return shelf(home.path / "published")


def publish(
    home: Home,
    release_id: str | None = None,
    *,
    credits_: Mapping[str, Credit],
    software: str,
    keep: int = KEEP,
) -> Publication:
    """Publish a release, the current one by default, and prune old ones.

    Doing it again does nothing; what was damaged or removed is written anew.
    Raises `WarehouseError` if there is no such release, `PublicationError` if what was
    written is not what the tables hold; what was published before then stands.
    """
    warehouse, place = Warehouse(home.path), shelf_of(home)
    known = releases(warehouse)
    release = _chosen(known, release_id)
    work = Work(home, warehouse, place, credits_, software)
    findings: list[FileComparison] = []
    mended = wrong(place, known[-1].release_id) if is_out(place, known[-1].release_id) else []
    with written_to(place.root):
        lacked = lacks(place, release.release_id)
        if is_new := lacked or not is_whole(place, release.release_id):
            findings += work.write_folder(release)
        findings += work.settle(release.release_id if lacked else "")
        pruned = prune(place, releases(warehouse), keep, spare=release.release_id)
    pointer, document = place.pointer() or {}, place.package(release.release_id) or {}
    resources = document["resources"]
    listed = [*resources, *document.get(EXPORTS, ())]
    return Publication(
        release.release_id,
        str(place.root / release.release_id),
        is_new,
        pointer.get("release_id") == release.release_id,
        len({file["name"].removesuffix("_history") for file in resources}),
        len(listed),
        sum(file["bytes"] for file in listed),
        findings,
        pruned,
        mended,
        list(work.carried),
    )


def is_out(shelf: Shelf, release_id: str) -> bool:
    """Whether a release was published, however it looks now."""
    pointer = shelf.pointer()
    named = pointer.get("release_id") if pointer else release_id
    return named == release_id and release_id in shelf.folders()


def wrong(shelf: Shelf, release_id: str) -> list[Wrong]:
    """What of the current release, which is out, is not as it was published."""
    return [*wrong_in_folder(shelf, release_id), *wrong_beside(shelf, release_id)]


def prune(shelf: Shelf, known: Sequence[Release], keep: int, *, spare: str = "") -> list[str]:
    """Remove published releases that are not kept; gives their names, the oldest first.

    Never the one that `latest.json` names, nor `spare`.
    """
    wanted = {release.release_id for release in kept(known, keep)} | {spare}
    wanted.add(str((shelf.pointer() or {}).get("release_id", "")))
    dropped = [name for name in shelf.folders() if name not in wanted]
    for name in dropped:
        shelf.remove(name)
    shelf.sweep()
    return dropped


def _chosen(known: Sequence[Release], release_id: str | None) -> Release:
    if not known:
        raise UnknownRelease("there is no release yet: `carbonmart refresh` makes one")
    return find(known, release_id) if release_id else known[-1]
