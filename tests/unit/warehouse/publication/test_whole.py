"""What is published is what was written: damage is told and mended, side files never replayed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support.released import DAYS, load_days, local, publish_now, release, two_releases
from warehouse.publication.publish import shelf_of, wrong
from warehouse.store.home import Home, open_home
from warehouse.store.releases import current
from warehouse.store.store import Warehouse

NAMES = ["{}/seee_quotes.parquet", "{}/datapackage.json", "latest.json", "carbonmart.duckdb"]
DIES = """
import duckdb, os, sys
mart = duckdb.connect(sys.argv[1])
mart.execute('update seee_quotes_history set close_cny_per_t = 1.11')
mart.execute('create table my_notes (words varchar)')
os.kill(os.getpid(), 9)
"""
"""A reader that opened the file to write, and dies: its changes lie beside the file."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home, _, _ = two_releases(tmp_path_factory.mktemp("whole") / "home")
    publish_now(home)
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    shutil.copytree(local(made), tmp_path / "home")
    return open_home(tmp_path / "home", None)


def released(home: Home) -> str:
    found = current(Warehouse(home.path))
    assert found is not None
    return found.release_id


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["flip", "empty", "gone"])
def test_what_is_damaged_is_told_and_written_anew(home: Home, name: str, damage: str) -> None:
    name = name.format(released(home))
    file = local(home) / "published" / name
    whole = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o444, "and nobody writes to it by mistake"
    file.unlink()
    if damage != "gone":
        file.write_bytes(b"" if damage == "empty" else b"?" + whole[1:])
    assert [each.name for each in wrong(shelf_of(home), released(home))] == [name]
    done = publish_now(home)
    assert done.is_new or [each.name for each in done.mended] == [name]
    assert wrong(shelf_of(home), released(home)) == []
    again = publish_now(home)
    assert (again.is_new, again.mended) == (False, [])


def test_what_a_dead_reader_left_is_never_replayed_onto_a_release(home: Home) -> None:
    path = local(home) / "published" / "carbonmart.duckdb"

    def a_reader_dies() -> None:
        path.chmod(0o644)
        subprocess.run([sys.executable, "-c", DIES, str(path)], check=False)
        assert path.with_name("carbonmart.duckdb.wal").exists()

    def is_as_released() -> None:
        assert [p.name for p in path.parent.glob("carbonmart.duckdb*")] == ["carbonmart.duckdb"]
        with duckdb.connect(str(path), read_only=True) as mart:
            assert ("my_notes",) not in mart.execute("SHOW TABLES").fetchall()
            asked = "SELECT count(*) FROM seee_quotes_history WHERE close_cny_per_t = 1.11"
            assert mart.execute(asked).fetchone() == (0,)

    a_reader_dies()
    done = publish_now(home)
    assert [each.name for each in done.mended] == ["carbonmart.duckdb.wal"]
    is_as_released()
    a_reader_dies()
    load_days(home, DAYS[3:4], 2)
    newer = release(home)
    publish_now(home)
    is_as_released()
    assert (shelf_of(home).pointer() or {})["release_id"] == newer.release_id
