"""Publication under kills, a full disk, two at once, and readers who look on meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from tests.support.nights import World
from tests.support.released import DAYS, load_days, local, publish_now, release, two_releases
from warehouse.errors import WarehouseError
from warehouse.publication.publish import is_whole
from warehouse.publication.shelf import LocalShelf, shelf
from warehouse.store.home import Home, open_home

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two releases, the first of them published; not to be written to."""
    home, first, _ = two_releases(tmp_path_factory.mktemp("pattern") / "home")
    publish_now(home, first.release_id)
    return home


@pytest.fixture
def store(pattern: Home, tmp_path: Path) -> Home:
    shutil.copytree(local(pattern), tmp_path / "home")
    return open_home(tmp_path / "home", "sample")


def shelf_of(home: Home) -> LocalShelf:
    found = shelf(home.path / "published")
    assert isinstance(found, LocalShelf)
    return found


def worker(home: Home, dies_at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.store.publish_worker", str(home.path), str(dies_at)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def named_by_the_file(shelf: LocalShelf) -> str:
    with duckdb.connect(str(shelf.root / "carbonmart.duckdb"), read_only=True) as mart:
        ((release_id,),) = mart.sql("SELECT release_id FROM release").fetchall()
        ((rows,),) = mart.sql("SELECT count(*) FROM seee_quotes").fetchall()
    assert rows > 0
    return str(release_id)


def test_killed_at_any_write_the_pointer_is_whole(pattern: Home, tmp_path: Path) -> None:
    def copy(name: str) -> Home:
        shutil.copytree(local(pattern), tmp_path / name)
        return open_home(tmp_path / name, "sample")

    unharmed = worker(copy("unharmed"), 0)
    assert unharmed.returncode == 0, unharmed.stderr
    last = int(unharmed.stdout)
    seen = set()
    # In the midst of the folder, before and after it gets its name, the file, the pointer.
    for dies_at in (3, last - 5, last - 4, last - 3, last - 2, last - 1, last):
        home = copy(f"dies-{dies_at}")
        shelf = shelf_of(home)
        before = (shelf.pointer() or {})["release_id"]
        assert worker(home, dies_at).returncode == -signal.SIGKILL
        named = (shelf.pointer() or {})["release_id"]
        assert is_whole(shelf, named)
        assert all(is_whole(shelf, each) for each in shelf.folders())
        assert named_by_the_file(shelf)
        seen.add("old" if named == before else "new")
        done = publish_now(home)
        assert done.is_latest
        assert named_by_the_file(shelf) == done.release_id
    assert seen == {"old", "new"}


def test_a_reader_never_finds_half_a_release(store: Home) -> None:
    shelf, stop = shelf_of(store), threading.Event()
    seen: list[str] = []
    wrong: list[str] = []

    def look() -> None:
        while not stop.is_set():
            pointer = json.loads((shelf.root / "latest.json").read_text("utf-8"))
            if not is_whole(shelf, pointer["release_id"]):
                wrong.append(pointer["release_id"])
            if not seen or seen[-1] != pointer["release_id"]:
                seen.append(pointer["release_id"])
            time.sleep(0.002)

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for number, day in enumerate(DAYS[:2]):
            publish_now(store)
            load_days(store, [day], 50 + number, close=f"90.{70 + number}")
            release(store)
        publish_now(store)
    finally:
        stop.set()
        reader.join()
    assert wrong == []
    assert len(seen) == len(set(seen)) >= 3


def test_two_at_once_leave_the_newest(store: Home) -> None:
    publish_now(store)
    load_days(store, DAYS[:1], 50, close="90.70")
    made = release(store)
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.store.publish_worker", str(store.path), "0"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    shelf = shelf_of(store)
    assert (shelf.pointer() or {})["release_id"] == made.release_id
    assert named_by_the_file(shelf) == made.release_id
    assert is_whole(shelf, made.release_id)
    assert [p.name for p in shelf.root.iterdir() if p.name.startswith(".")] == []


def test_a_full_disk_leaves_what_was_published(
    store: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_of(store)
    before = (shelf.pointer(), named_by_the_file(shelf), shelf.folders())
    device = Path("/dev/full")
    assert device.exists(), "needs a Linux with /dev/full"
    put = LocalShelf.put_folder

    def onto_full_disk(self: LocalShelf, draft: Path, name: str) -> None:
        # The last file goes to a disk that takes nothing.
        with device.open("w") as full:
            full.write("x")
        put(self, draft, name)

    monkeypatch.setattr(LocalShelf, "put_folder", onto_full_disk)
    with pytest.raises(WarehouseError, match=r"published can't be written: .*No space left"):
        publish_now(store)
    assert (shelf.pointer(), named_by_the_file(shelf), shelf.folders()) == before
    monkeypatch.undo()
    assert publish_now(store).is_latest


def test_drafts_of_killed_publishers_are_swept(store: Home) -> None:
    shelf = shelf_of(store)
    old, young = shelf.root / ".draft-old", shelf.root / ".draft-young"
    for path in (old, young):
        path.mkdir()
        (path / "half.parquet").write_bytes(b"PAR1")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(old, (two_days_ago, two_days_ago))
    publish_now(store)
    assert not old.exists()
    assert young.exists()


def test_a_night_publishes_what_it_released(world: World) -> None:
    (day,) = world.ask("select max(period_end) from seee_bulletins")
    told = world.night(publish=True)
    assert told.exit_code == 0, told.text
    (told_of,) = [line for line in told.text.splitlines() if " published: " in line]
    release_id = told_of.split()[1]
    place = shelf(world.home / "published")
    assert (place.pointer() or {})["release_id"] == release_id
    with duckdb.connect(
        str(world.home / "published" / "carbonmart.duckdb"), read_only=True
    ) as mart:
        ((newest,),) = mart.sql("SELECT max(period_end) FROM seee_bulletins").fetchall()
        held = mart.sql("FROM seee_quotes ORDER BY ALL").fetchall()
    assert newest > day[0]
    assert held == world.ask("FROM seee_quotes ORDER BY ALL")
    # A quiet night makes no release and publishes none; a held one leaves readers the last.
    assert " published: " not in world.night(publish=True).text
    assert place.folders() == [release_id]


def test_a_night_that_can_not_publish_says_so(world: World) -> None:
    (world.home / "published").write_text("in the way")
    told = world.night(publish=True)
    assert told.exit_code == 3
    assert "not published, what was published before stands: " in told.text
    (world.home / "published").unlink()
    told = world.night(publish=True)
    assert told.exit_code == 0
    assert "comparisons found the same rows" in told.text
