"""A bit of the archive's index that flipped is told, or it was of nothing that anybody reads."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from extractors.archive.archive import Archive
from extractors.archive.index.index import Index
from extractors.archive.index.seals import BLOCK
from extractors.warc.exchange import ArchiveError
from tests.support.archive_world import BEGAN, exchange, put

FLIPS = 400
ROWS = ("fetches", "files", "reads")


def filled(root: Path) -> Path:
    """An archive of two runs with a revisit, read by a parser; gives the path of its index."""
    archive = Archive(root)
    for number, run in enumerate(("r1", "r2")):
        with archive.writer("seee", run, BEGAN) as writer:
            made = [
                put(archive, writer, exchange(n, body=b"page %d" % n, after_s=60 * number))
                for n in range(20)
            ]
        archive.mark_read([entry.fetch_id for entry in made], "seee-1")
    archive.close()
    return settled(root / "index.sqlite")


def settled(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def dump(path: Path) -> list[object]:
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as db:
        return [db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in ROWS]


def told(path: Path, part: tuple[int, int] | None = None) -> list[str]:
    index = Index(path)
    try:
        return index.faults(part)
    except ArchiveError as error:
        return [str(error)]
    finally:
        index.close()


def test_every_flip_is_told_or_changes_no_row(tmp_path: Path) -> None:
    sound = filled(tmp_path / "archive")
    assert told(sound) == []
    settled(sound)
    data, before, seen = sound.read_bytes(), dump(sound), 0
    drawn, copy = random.Random(17), tmp_path / "index.sqlite"
    for _ in range(FLIPS):
        at, bit = drawn.randrange(100, len(data)), drawn.randrange(8)
        copy.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
        try:
            changed = dump(copy) != before
        except (sqlite3.Error, UnicodeDecodeError):
            changed = True
        found = told(copy)
        for end in ("-wal", "-shm"):
            copy.with_name(copy.name + end).unlink(missing_ok=True)
        seen += changed
        assert found or not changed, f"bit {bit} of byte {at}"
    assert seen > FLIPS / 10, "enough of them hit a row"


def spoilt(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(sql)


SPOILT = {
    "a fetch": "UPDATE fetches SET etag = 'x' WHERE rowid = 7",
    "a file": "UPDATE files SET business_day = '2021-08-08' WHERE run_id = 'r1'",
    "a note": "UPDATE reads SET parser_version = 'seee-2' WHERE rowid IS NULL OR fetch_id = "
    "(SELECT min(fetch_id) FROM reads)",
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_told_of_all_is_told_of_one_part_and_gone_after_a_rebuild(
    tmp_path: Path, what: str
) -> None:
    path = filled(tmp_path / "archive")
    spoilt(path, SPOILT[what].replace("rowid IS NULL OR ", ""))
    (line,) = told(path)
    assert line.startswith("a row of ")
    parts = [told(path, (part, 28)) for part in range(28)]
    assert [found for found in parts if found] == [[line]]
    archive = Archive(path.parent)
    archive.rebuild()
    assert told(path) == []
    assert len(list(archive.entries())) == 40
    notes = 40 - 20 - (what == "a note")
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM reads").fetchone() == (notes,)


def test_a_verdict_is_sealed_and_a_spoilt_row_stays_told(tmp_path: Path) -> None:
    path = filled(tmp_path / "archive")
    archive = Archive(path.parent)
    one, other = [entry.fetch_id for entry in archive.entries()][:2]
    archive.judge(one, "blocked")
    assert told(path) == []
    spoilt(path, f"UPDATE fetches SET status = 201 WHERE fetch_id = '{other}'")
    archive.judge(other, "blocked")
    assert told(path) == [f"a row of fetches is not what was written: {other}"]


def test_parts_take_every_row_once(tmp_path: Path) -> None:
    path = filled(tmp_path / "archive")
    spoilt(path, f"UPDATE fetches SET rowid = rowid + {BLOCK * 3}")
    spoilt(path, "UPDATE fetches SET etag = 'x'")
    found: Callable[[int], list[str]] = lambda part: told(path, (part, 28))  # noqa: E731
    assert [part for part in range(28) if any("row of" in line for line in found(part))] == [3]


def test_an_index_from_before_seals_gets_them(tmp_path: Path) -> None:
    path = filled(tmp_path / "archive")
    before = dump(path)
    with closing(sqlite3.connect(path)) as db:
        for table in ROWS:
            db.execute(f"ALTER TABLE {table} DROP COLUMN seal")
    assert told(path) == []
    assert dump(settled(path)) == before
