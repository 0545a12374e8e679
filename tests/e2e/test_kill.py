"""Kills at any moment: the old state or the new one, and the next run completes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from extractors.sample.server.process import SampleProcess
from tests.e2e.commands import COMMAND, carbonmart, environment
from tests.e2e.holding import CORE_NAMES, Held, assert_as_undisturbed, held
from tests.e2e.warm import Warm

UNTIL = "2021-08-06"
KILLS = 6 if int(os.environ.get("KILLS", "0")) >= 100 else 3
"""Three in `make test`, six in `make kills`, which asks for 200 in all."""
SMALL_BATCHES = {"CARBONMART_BATCH_PAGES": "25"}
"""Several commits to each table in one run, so that kills fall between them too."""

pytestmark = pytest.mark.slow


def night(home: Path) -> tuple[str, ...]:
    return ("--home", str(home), "refresh", "seee", "--sample", "--until", UNTIL)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    folder = tmp_path_factory.mktemp("warm")
    with (
        SampleProcess(until=date.fromisoformat(UNTIL)) as sample,
        Warm(folder, sample.routes, **SMALL_BATCHES) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """What a home holds after one night by the command, with nobody in its way."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    done = carbonmart(home, *night(home)[2:], env=SMALL_BATCHES)
    assert done.returncode == 0, done.stdout + done.stderr
    found = held(home)
    assert all(len(rows) > 15 for rows in found.statements.values())
    assert found.twice == found.books["fetches booked twice"] == []
    assert_as_undisturbed(home, found)
    return found


def was_killed(warm: Warm, home: Path, after_s: float) -> bool:
    """Run a night, and kill it after so long unless it has ended by then."""
    pid = warm.start(*night(home))
    time.sleep(after_s)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return warm.end() == -signal.SIGKILL


def complete(warm: Warm, home: Path) -> None:
    done = warm.run(*night(home))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_night_killed_at_any_moment_is_completed_by_the_next(
    tmp_path: Path, warm: Warm, undisturbed: Held
) -> None:
    """The moments lie evenly over the run's real length: fetching, reading, loading, books."""
    rng = random.Random(2021)
    began = time.monotonic()
    complete(warm, tmp_path / "timed")
    length = time.monotonic() - began
    assert_as_undisturbed(tmp_path / "timed", undisturbed)
    reached: set[str] = set()
    for number in range(KILLS):
        while True:  # a run that was faster than its kill is no killed run
            home = tmp_path / f"{number}-{length}"
            if was_killed(warm, home, length * (number + rng.random()) / KILLS):
                break
            length *= 0.9
        left = held(home)
        assert left.twice == []
        for name, rows in left.statements.items():  # whatever stands is true
            assert rows <= undisturbed.statements[name]
            reached |= {name} if rows else set()
        complete(warm, home)
        assert_as_undisturbed(home, undisturbed)
    assert reached == CORE_NAMES, "no kill fell after the first load"


def test_a_home_killed_again_and_again_is_completed_by_a_last_run(
    tmp_path: Path, undisturbed: Held
) -> None:
    """The command itself, from a cold start, killed five times on one home, later each time."""
    home = tmp_path / "home"
    rng = random.Random(5)
    for number in range(5):
        process = subprocess.Popen(
            [str(COMMAND), *night(home)],
            env=environment(**SMALL_BATCHES),
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if len(list(home.glob("archive/seee/*/*.warc.gz"))) > number:
                break  # this run has begun to fetch
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 0.5 + number / 4))
        process.kill()
        process.wait()
    assert len(list(home.glob("archive/seee/*/*.warc.gz"))) == 5
    done = carbonmart(home, *night(home)[2:], env=SMALL_BATCHES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_as_undisturbed(home, undisturbed)
