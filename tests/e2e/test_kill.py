"""Kills at any moment: the old state or the new one, and the next run completes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractors.archive import Archive
from schemas.registry import TABLES
from schemas.seee import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from schemas.table import Table
from tests.e2e.commands import COMMAND, carbonmart, environment
from tests.e2e.warm import Warm
from warehouse.store import Warehouse

UNTIL = "2021-08-31"
KILLS = 20
CORE = (SEEE_BULLETINS, SEEE_QUOTES, SEEE_METHOD_TOTALS)
SMALL_BATCHES = {"CARBONMART_BATCH_PAGES": "15"}
"""Several commits to each table in one run, so that kills fall between them too."""
PER_RUN = {"known_from", "retrieved_at"}

pytestmark = pytest.mark.slow


def night(home: Path) -> tuple[str, ...]:
    return ("--home", str(home), "refresh", "--sample", "--until", UNTIL)


def statements(home: Path, table: Table) -> set[tuple[Any, ...]]:
    """Every held statement, in all columns but those that tell when it was learned."""
    columns = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in PER_RUN)
    rows = Warehouse(home).query(f"select {columns} from {table.name}__history").fetchall()
    assert len(rows) == len(set(rows)), f"{table.name}: a statement is held twice"
    return set(rows)


def assert_keys_once(home: Path, table: Table) -> None:
    key = ", ".join(table.key)
    for view, by in ((table.name, key), (f"{table.name}__history", f"{key}, revision")):
        sql = f"select {by}, count(*) from {view} group by {by} having count(*) > 1"
        assert Warehouse(home).query(sql).fetchall() == []


def books(home: Path) -> dict[str, Any]:
    """What the books say, without ids and times."""
    ask = Warehouse(home).query
    return {
        "held": {i.name: i.current_rows for i in Warehouse(home).tables() if i.name in CORE_NAMES},
        "quarantine": ask(
            "select table_name, rule, value, url, status from ops_quarantine order by all"
        ).fetchall(),
        "complete": ask(
            "select distinct source, business_day from ops_runs where outcome = 'changed'"
        ).fetchall(),
        "findings": ask(
            "select name, scope, expected, found, verdict from ops_checks where run_id = "
            "(select run_id from ops_runs order by started_at desc limit 1) order by all"
        ).fetchall(),
        "good pages": ask(
            "select distinct kind, url, payload_sha256 from ops_fetches "
            "where verdict = 'good' order by all"
        ).fetchall(),
    }


CORE_NAMES = {table.name for table in CORE}


def assert_as_undisturbed(home: Path, witness: Path) -> None:
    for table in CORE:
        assert statements(home, table) == statements(witness, table)
        assert_keys_once(home, table)
    assert books(home) == books(witness)
    assert Archive(home / "archive").verify() == []


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with Warm(tmp_path_factory.mktemp("warm"), **SMALL_BATCHES) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one night by the command, with nobody in its way."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    done = carbonmart(home, *night(home)[2:], env=SMALL_BATCHES)
    assert done.returncode == 0, done.stderr
    assert all(len(statements(home, table)) > 30 for table in CORE)
    return home


def test_a_night_killed_at_any_of_20_moments_is_completed_by_the_next(
    tmp_path: Path, warm: Warm, undisturbed: Path
) -> None:
    """The moments lie evenly over the run's real length: fetching, reading, loading, books."""
    rng = random.Random(2021)
    began = time.monotonic()
    warm.run(*night(tmp_path / "timed"))
    length = time.monotonic() - began
    assert_as_undisturbed(tmp_path / "timed", undisturbed)
    reached: set[str] = set()
    killed = 0
    for number in range(KILLS):
        home = tmp_path / str(number)
        pid = warm.start(*night(home))
        time.sleep(length * (number + rng.random()) / KILLS)
        os.kill(pid, signal.SIGKILL)
        killed += warm.end() == -signal.SIGKILL
        reached |= {name for name in TABLES if Warehouse(home).version(name) is not None}
        for table in CORE:  # whatever stands is true: a part of the undisturbed night
            assert statements(home, table) <= statements(undisturbed, table)
        warm.run(*night(home))
        assert_as_undisturbed(home, undisturbed)
    assert killed >= KILLS - 3, "the runs ended before their kills"
    assert reached >= CORE_NAMES, "no kill fell after the first load"


def test_a_home_killed_again_and_again_is_completed_by_a_last_run(
    tmp_path: Path, undisturbed: Path
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
    assert done.returncode == 0, done.stderr
    assert_as_undisturbed(home, undisturbed)
