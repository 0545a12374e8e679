"""Every kind of file of a home, and what can befall its bytes."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from extractors.sample.server.server import SampleServer
from schemas.sources.seee.tables import SEEE_QUOTES
from tests.support.nights import World
from warehouse.engine.delta.log import write_checkpoint
from warehouse.store.store import Warehouse

UNTIL = (date(2021, 8, 6), date(2021, 8, 9))


def build(folder: Path) -> None:
    """A home of two nights of two sources, released and published, with a checkpoint."""
    home = folder / "home"
    for until in UNTIL:
        with SampleServer(until=until) as server:
            for source in ("fx", "seee"):
                World(home, server, source).night(publish=True)
    settle(home)
    store = Warehouse(home)
    state = store._state(SEEE_QUOTES)
    assert state is not None
    assert write_checkpoint(state.root, state.delta)


def settle(home: Path) -> None:
    """Have all of the archive's index in its one file, as it is while nobody writes."""
    with closing(sqlite3.connect(home / "archive" / "index.sqlite")) as index:
        index.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy(home: Path, target: Path) -> Path:
    """A copy by hard links: nothing of a home is written in place but the index."""

    def taken(one: str, other: str) -> None:
        (shutil.copy2 if ".sqlite" in Path(one).name else os.link)(one, other)

    shutil.copytree(home, target, copy_function=taken)
    return target


def _newest(home: Path, pattern: str) -> Path:
    return sorted(home.glob(pattern))[-1]


def _largest(home: Path, pattern: str) -> Path:
    return max(sorted(home.glob(pattern)), key=lambda path: path.stat().st_size)


KINDS: dict[str, Callable[[Path], Path]] = {
    "WARC file": lambda home: _largest(home, "archive/seee/**/*.warc.gz"),
    "archive's index": lambda home: home / "archive" / "index.sqlite",
    "data file": lambda home: _largest(home, "tables/seee_quotes/*.parquet"),
    "newest commit": lambda home: _newest(home, "tables/seee_bulletins/_delta_log/*.json"),
    "earlier commit": lambda home: sorted(home.glob("tables/seee_quotes/_delta_log/*.json"))[1],
    "checkpoint": lambda home: _newest(home, "tables/seee_quotes/_delta_log/*.checkpoint.parquet"),
    "checkpoint's digest": lambda home: _newest(
        home, "tables/seee_quotes/_delta_log/*.checkpoint.sha256"
    ),
    "checkpoint's hint": lambda home: home / "tables/seee_quotes/_delta_log/_last_checkpoint",
    "data file of a mart": lambda home: _largest(home, "tables/mart_market_daily/*.parquet"),
    "data file of a log": lambda home: _largest(home, "tables/ops_checks/*.parquet"),
    "data file of the releases": lambda home: _largest(home, "tables/ops_releases/*.parquet"),
    "commit of the releases": lambda home: _newest(home, "tables/ops_releases/_delta_log/*.json"),
    "published Parquet": lambda home: _largest(home, "published/R*/seee_quotes.parquet"),
    "datapackage.json": lambda home: _newest(home, "published/R*/datapackage.json"),
    "latest.json": lambda home: home / "published" / "latest.json",
    "carbonmart.duckdb": lambda home: home / "published" / "carbonmart.duckdb",
}


HARMLESS = {
    ("checkpoint's hint", "flipped"),
    ("checkpoint's hint", "deleted"),
    ("checkpoint's digest", "deleted"),
}
"""The hint saves a look at the folder: without it, or with another size in it, all is read.
A checkpoint without a digest is read as it is."""


def _write(path: Path, data: bytes) -> None:
    """Other bytes under its name; not into the file, which a copy may share."""
    path.unlink()
    path.write_bytes(data)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[_in_a_row(bytes(data)) if path.suffix == ".sqlite" else len(data) // 2] ^= 1
    _write(path, bytes(data))


def _in_a_row(data: bytes) -> int:
    """A letter of an address in a row of a database, much of which is free room that nobody reads
    and where rows stood before they were changed."""
    where, sound = len(data), _fetches(data)
    while (where := data.rfind(b"https://", 0, where)) >= 0:
        if _fetches(data[:where] + b"i" + data[where + 1 :]) != sound:
            return where
    raise LookupError("no address in any row")


def _fetches(data: bytes) -> list[object]:
    with closing(sqlite3.connect(":memory:")) as index:
        index.deserialize(data[:18] + b"\1\1" + data[20:])  # in memory there is no WAL
        return list(index.execute("SELECT * FROM fetches"))


def _swap(path: Path) -> None:
    """Another file's bytes, of the same kind where there is one."""
    others = [p for p in sorted(path.parent.glob(f"*{path.suffix}")) if p != path and p.is_file()]
    other = others[0] if others else next(_any(path))
    _write(path, other.read_bytes())


def _any(path: Path) -> Iterator[Path]:
    yield from (p for p in sorted(path.parents[1].rglob("*")) if p.is_file() and p != path)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "flipped": _flip,
    "emptied": lambda path: _write(path, b""),
    "cut": lambda path: _write(path, path.read_bytes()[: path.stat().st_size // 2]),
    "deleted": Path.unlink,
    "swapped": _swap,
}
