"""Data files near at hand: DuckDB reads those of S3 from a copy on this machine.

Delta never changes a data file once it is written, so a copy is good for as long as
anybody names it. It is made when a query first needs the file; the log says which files
a query can leave out, as on disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import put_local, storage

_AT_ONCE = 8


def near(root: Place) -> Path:
    """Where the data files of a table at `root` lie for a reader on this machine."""
    if isinstance(root, Path):
        return root
    from warehouse.engine.storage.s3 import cache_of

    return cache_of(root.parent.parent) / root.parent.name / root.name


def bring(root: Place, paths: Iterable[str]) -> None:
    """Have these files (below `near(root)`) on this machine; raises `WarehouseError`."""
    if isinstance(root, Path):
        return
    here = near(root)
    missing = [path for path in map(Path, paths) if not path.exists()]
    if not missing:
        return
    from concurrent.futures import ThreadPoolExecutor

    far = storage(root)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for each in [pool.submit(far.fetch, p.relative_to(here).as_posix(), p) for p in missing]:
            each.result()


def nearby(root: Place, name: str) -> Path | None:
    """A file of a home, or a fresh copy of it on this machine; None if there is none."""
    from warehouse.engine.storage.s3 import cache_of

    if isinstance(root, Path):
        return root / name if (root / name).is_file() else None
    content, copy = storage(root).read_bytes(name), cache_of(root) / name
    if content is None:
        return None
    put_local(copy, content)
    return copy


def forget(root: Place, needed: Iterable[str]) -> None:
    """Remove the copies that nothing names any more."""
    if isinstance(root, Path):
        return
    wanted = set(needed)
    for path in near(root).glob("*.parquet"):
        if str(path) not in wanted:
            path.unlink(missing_ok=True)
