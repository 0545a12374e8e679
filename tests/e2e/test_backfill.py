"""Backfills by the command: killed and taken up, and beside a night."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from extractors.archive.archive import Archive
from extractors.sample.server.process import SampleProcess
from tests.e2e.commands import COMMAND, answer, carbonmart, environment
from tests.e2e.holding import CORE_NAMES, Held, assert_as_undisturbed, held
from tests.e2e.warm import Warm
from warehouse.store.store import Warehouse

FIRST, LAST = "2021-07-16", "2022-02-28"
BRISK = {"CARBONMART_BATCH_PAGES": "60", "CARBONMART_PUBLISH": "false"}

pytestmark = pytest.mark.slow


def order(home: Path, *more: str) -> tuple[str, ...]:
    asked = ("backfill", "seee", "--from", FIRST, "--to", LAST, "--sample", "--until", LAST)
    return ("--home", str(home), *asked, "--json", *more)


def ledger(home: Path) -> dict[str, tuple[str, str]]:
    """Partition -> its status, and the run that took it last."""
    with Warehouse(home).connect("ops_partitions") as store:
        rows = store.execute("select partition, status, run_id from ops_partitions").fetchall()
    return {partition: (status, run_id) for partition, status, run_id in rows}


def kill_when(
    warm: Warm, home: Path, is_time: Callable[[dict[str, tuple[str, str]]], bool]
) -> None:
    """Run the backfill, and kill it once the ledger says that it is time."""
    pid = warm.start(*order(home))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (home / "tables/ops_partitions/_delta_log").exists() and is_time(ledger(home)):
            break
        time.sleep(0.02)
    time.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    assert warm.end() == -signal.SIGKILL


def test_a_backfill_killed_twice_and_taken_up_equals_an_undisturbed_one(tmp_path: Path) -> None:
    home, witness = tmp_path / "home", tmp_path / "witness"
    with (
        SampleProcess(until=date.fromisoformat(LAST)) as sample,
        Warm(tmp_path, sample.routes, **BRISK) as warm,
    ):
        done = warm.run(*order(witness))
        assert done.returncode == 0, done.stderr
        undisturbed: Held = held(witness)
        assert undisturbed.twice == undisturbed.books["fetches booked twice"] == []
        assert {len(rows) > 150 for rows in undisturbed.statements.values()} == {True}

        # The newest year comes first.
        kill_when(warm, home, lambda now: now.get("2022", ("",))[0] == "running")
        assert {status for status, _ in ledger(home).values()} == {"planned", "running"}
        kill_when(warm, home, lambda now: now.get("2021", ("",))[0] == "running")
        halfway = ledger(home)
        assert [halfway[year][0] for year in ("2022", "2021")] == ["loaded", "running"]
        asked_before = _requests(home)
        done = warm.run(*order(home))
        assert done.returncode == 0, done.stderr
        assert "is taken up: 1 of 2 are loaded" in done.stderr
        assert_as_undisturbed(home, undisturbed)
        after = ledger(home)
        assert {status for status, _ in after.values()} == {"done"}
        assert after["2022"][1] == halfway["2022"][1], "a loaded partition was taken again"
        asked = {url.partition("/c/")[2][:4] for url in _requests(home, beside=asked_before)}
        assert "2021" in asked
        assert "2022" not in asked

        versions = _versions(home)
        again = warm.run("--home", str(home), "replay", "--json")
        assert again.returncode == 0, again.stderr
        assert _versions(home) == versions, "the archive tells another story than the tables"


def _requests(home: Path, beside: frozenset[Any] = frozenset()) -> Any:
    archive = Archive(home / "archive")
    if beside:
        return {e.url for e in archive.entries() if e.fetch_id not in beside}
    return frozenset(e.fetch_id for e in archive.entries())


def _versions(home: Path) -> dict[str, int | None]:
    return {name: Warehouse(home).version(name) for name in CORE_NAMES}


def test_a_backfill_beside_a_night_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Both from a cold start at once, on a store that is not there yet, page by page abreast."""
    until, home = "2021-07-30", tmp_path / "home"
    small = {"CARBONMART_BATCH_PAGES": "15", "CARBONMART_PUBLISH": "false"}
    alone = tmp_path / "alone"
    done = carbonmart(alone, "refresh", "seee", "--sample", "--until", until, env=small)
    assert done.returncode == 0, done.stderr
    world = ("--sample", "--until", until, "--json")
    runs = [
        subprocess.Popen(
            [str(COMMAND), "--home", str(home), *command, *world],
            env=environment(**small),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in (
            ("refresh", "seee"),
            ("backfill", "seee", "--from", "2021-07-16", "--to", until),
        )
    ]
    for run in runs:
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, out + err
    found, wanted = held(home), held(alone)
    for each in (found, wanted):
        del each.books["findings"]  # whose checks came last is chance
    assert found == wanted
    assert found.twice == found.books["fetches booked twice"] == []
    assert Archive(home / "archive").verify() == []
    jobs = answer(home, "sql", "select job, count(*) n from ops_runs group by 1 order by 1")
    assert jobs == [{"job": "backfill", "n": 2}, {"job": "refresh", "n": 1}]
