"""Kills at any moment: the old state or the new one, and the next run completes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from extractors.archive import Archive
from extractors.sample.process import SampleProcess
from schemas.seee import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from tests.e2e.commands import COMMAND, carbonmart, environment
from tests.e2e.warm import Warm
from transforms.seee_checks import CHECKS
from warehouse.store import Warehouse

UNTIL = "2021-08-06"
KILLS = 20
CORE = (SEEE_BULLETINS, SEEE_QUOTES, SEEE_METHOD_TOTALS)
SMALL_BATCHES = {"CARBONMART_BATCH_PAGES": "25"}
"""Several commits to each table in one run, so that kills fall between them too."""
CORE_NAMES = {table.name for table in CORE}
PER_RUN = {"known_from", "retrieved_at"}

pytestmark = pytest.mark.slow


def night(home: Path) -> tuple[str, ...]:
    return ("--home", str(home), "refresh", "--sample", "--until", UNTIL)


@dataclass(frozen=True)
class Held:
    """What a home holds, without ids of runs and the times at which things were learned."""

    statements: dict[str, set[tuple[Any, ...]]]
    twice: list[tuple[Any, ...]]
    books: dict[str, list[tuple[Any, ...]]]


def held(home: Path) -> Held:
    """Every statement of the core tables, keys and revisions held twice, and the books."""
    with Warehouse(home).connect() as store:
        statements: dict[str, set[tuple[Any, ...]]] = {}
        twice: list[tuple[Any, ...]] = []
        for table in CORE:
            columns = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in PER_RUN)
            rows = store.execute(f"select {columns} from {table.name}__history").fetchall()
            statements[table.name] = set(rows)
            key = ", ".join(table.key)
            for view, by in ((table.name, key), (f"{table.name}__history", f"{key}, revision")):
                twice += store.execute(
                    f"select {by} from {view} group by {by} having count(*) > 1"
                ).fetchall()
        books = {name: store.execute(sql).fetchall() for name, sql in BOOKS.items()}
    return Held(statements, twice, books)


BOOKS = {
    "quarantine": "select table_name, rule, value, url, status from ops_quarantine order by all",
    # `unchanged` is the outcome of a run whose forerunner was killed after its last load.
    "complete": "select distinct source, business_day from ops_runs "
    "where outcome in ('changed', 'unchanged')",
    "findings": "select name, scope, expected, found, verdict from ops_checks where run_id = "
    "(select run_id from ops_runs order by started_at desc limit 1) "
    f"and name in ({', '.join(repr(check.name) for check in CHECKS)}) order by all",
    "good pages": "select distinct kind, url, payload_sha256 from ops_fetches "
    "where verdict = 'good' order by all",
    "fetches booked twice": "select fetch_id from ops_fetches group by all having count(*) > 1",
}


def assert_as_undisturbed(home: Path, witness: Held) -> None:
    assert held(home) == witness
    counts = {info.name: info.current_rows for info in Warehouse(home).tables()}
    assert {name: counts[name] for name in CORE_NAMES} == {
        name: len(rows) for name, rows in witness.statements.items()
    }
    archive = Archive(home / "archive")
    assert archive.verify() == []
    with Warehouse(home).connect() as store:
        booked = {i for (i,) in store.execute("select fetch_id from ops_fetches").fetchall()}
    assert booked == {entry.fetch_id for entry in archive.entries()}


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


def test_a_night_killed_at_any_of_20_moments_is_completed_by_the_next(
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
