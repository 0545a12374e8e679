"""A store that can't be written: said in one line, nothing half done, the next run completes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from extractors.archive.archive import Archive
from extractors.sample.server.server import SampleServer
from tests.support.disks import largest_file
from tests.support.nights import NEXT, World

REPO = Path(__file__).parents[3]
TABLES = {
    "seee_bulletins": "period, period_end",
    "seee_quotes": "product, trade_date",
    "seee_method_totals": "product, trade_method, trade_date",
}


def statements(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """All revisions of the core tables, without what differs from run to run."""
    return {
        name: world.ask(
            f"select * exclude (known_from, known_to, retrieved_at) from {name}__history "
            f"order by {order}, revision"
        )
        for name, order in TABLES.items()
    }


@pytest.fixture(scope="module")
def undisturbed(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """What the store holds after an undisturbed second night, on a server that is gone."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    shutil.copytree(first_night, home)
    with SampleServer(until=NEXT[3]) as server:
        world = World(home, server)
        assert world.night().outcome == "changed"
    return world


@contextmanager
def small_disk(size_kb: int) -> Iterator[Path]:
    """A file system of that size, where one may be mounted; its path. Else none is yielded."""
    folder = Path(tempfile.mkdtemp(prefix="small-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield folder
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.rmtree(folder)


def enlarge(folder: Path) -> None:
    subprocess.run(
        ["mount", "-o", "remount,size=64m", str(folder)], capture_output=True, check=True
    )


SAYS_FULL = ("No space left on device", "File too large", "full", "disk I/O error")


def assert_said(told: Any, home: Path) -> None:
    """One line that names the file or table and what the disk said."""
    assert told.exit_code == 3, told.text
    assert told.outcome in ("failed", "partial", "changed")
    # What was loaded and booked is not undone by a release that found no room.
    begins = "- release failed, " if told.outcome == "changed" else "- seee: "
    lines = [line for line in told.text.splitlines() if line.startswith(begins)]
    said = [line for line in lines if any(words in line for words in SAYS_FULL)]
    assert said, told.text
    assert str(home) in said[0], "which file?"
    assert "\x1b" not in told.text


@pytest.mark.parametrize("room_kb", [8, 95, 150])
def test_a_full_disk_fails_clearly_and_the_next_run_completes(
    first_night: Path, undisturbed: World, room_kb: int
) -> None:
    """The disk fills up while archiving, indexing, loading, booking or releasing, by how much
    room it has."""
    used = sum(f.stat().st_blocks // 2 for f in first_night.rglob("*")) + 64
    with small_disk(used + room_kb) as folder:
        home = folder / "home"
        shutil.copytree(first_night, home)
        with SampleServer(until=NEXT[3]) as server:
            world = World(home, server)
            if os.path.ismount(folder):
                told = world.night()
                enlarge(folder)
            else:
                with largest_file(room_kb * 250):
                    told = world.night()
            assert_said(told, home)
            told = world.night()
            assert told.exit_code == 0, told.text
            assert statements(world) == statements(undisturbed)
            assert Archive(home / "archive").verify() == []
            assert world.night().outcome == "unchanged"


# Root may write anywhere, unless a new process is denied the capability to (prctl 24, 1).
POWERLESS = """
import ctypes, os, sys
if os.geteuid() == 0:
    ctypes.CDLL(None, use_errno=True).prctl(24, 1, 0, 0, 0)
run = "from flows.cli.main import command; command()"
os.execv(sys.executable, [sys.executable, "-c", run, "--home", *sys.argv[1:]])
"""


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as somebody who is bound by the modes of files."""
    started = [sys.executable, "-c", POWERLESS, str(home), *arguments]
    return subprocess.run(started, cwd=REPO, capture_output=True, text=True, check=False)


@pytest.fixture
def read_only(first_night: Path) -> Iterator[Path]:
    """A copy of the first night's store that nobody may write to."""
    folder = Path(tempfile.mkdtemp(prefix="read-only-"))
    shutil.copytree(first_night, folder / "home")
    everything = [folder, *folder.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder / "home"
    for path in everything:
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_store_is_said_and_still_answers(read_only: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in read_only.rglob("*")}
    run = command(read_only, "refresh", "seee", "--sample", "--until", f"{NEXT[0]}")
    assert run.returncode == 3
    said = run.stdout + run.stderr
    assert "Traceback" not in said
    assert "Permission denied" in said or "readonly" in said
    assert str(read_only) in said
    assert {path: path.stat().st_mtime_ns for path in read_only.rglob("*")} == before
    asked = command(read_only, "sql", "select count(*) as n from seee_bulletins", "--json")
    assert asked.returncode == 0, asked.stderr
    assert '"n":' in asked.stdout


def test_a_home_that_cannot_be_made_is_said(read_only: Path) -> None:
    home = read_only / "below"
    run = command(home, "refresh", "seee", "--sample", "--until", f"{NEXT[0]}")
    assert run.returncode == 3
    (line,) = run.stderr.strip().splitlines()
    assert line.startswith(f"carbonmart: home {home} can't be created")
    assert "Permission denied" in line
