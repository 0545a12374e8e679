"""Reading spread over processes and over a Dask cluster: the same rows, whoever is lost."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.jobs.executors import known_kind, readers
from flows.jobs.replay import replay
from flows.jobs.report.result import RunReport
from flows.stages.read import dask_executor as dask_readers
from flows.stages.read import readers as reading
from flows.stages.read.executors import Processes
from flows.stages.read.readers import Readers
from tests.e2e.clusters import Cluster, client_of, cluster
from tests.e2e.commands import answer, carbonmart
from tests.e2e.holding import all_revisions
from tests.support.nights import first_night

__all__ = ["first_night"]

pytestmark = pytest.mark.slow

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many jobs of few pages, and results that are soon missed."""
    monkeypatch.setattr(reading, "CHUNK_PAGES", 5)
    monkeypatch.setattr(dask_readers, "LOOK_S", 0.5)


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask"), 2) as running:
        with client_of(running.address) as client:
            client.wait_for_workers(2, timeout=60)
        yield running


def replayed(first_night: Path, home: Path, by: Readers | None, progress: Any = None) -> Rows:
    """The rows that come of the first night's archive in an empty store."""
    shutil.copytree(first_night / "archive", home / "archive")
    more = {"progress": progress} if progress else {}
    settings = Settings(home=str(home), publish=False, batch_pages=40)
    report: RunReport = replay(settings, ["seee"], readers=by, **more)
    (run,) = report.runs
    assert run.outcome == "changed", run.why
    assert run.tally.parsed == run.tally.accepted > 300
    return all_revisions(home)


def test_processes_read_the_same_rows_and_a_lost_one_loses_nothing(
    first_night: Path, tmp_path: Path
) -> None:
    wanted = all_revisions(first_night)
    assert sum(len(rows) for rows in wanted.values()) > 300
    pool = Processes(2)
    killed: list[int] = []

    def kill_one(source: str, stage: str, done: int, total: int) -> None:
        if stage == "read" and 0 < done < total and not killed:
            assert pool._pool is not None
            victim = next(iter(pool._pool._processes.values()))
            victim.kill()
            killed.append(done)

    try:
        assert replayed(first_night, tmp_path / "home", pool, kill_one) == wanted
    finally:
        pool.close()
    assert killed


def test_a_dask_cluster_reads_the_same_rows_by_the_command(
    first_night: Path, tmp_path: Path, two_workers: Cluster
) -> None:
    home = tmp_path / "home"
    shutil.copytree(first_night, home)
    asked = ("--task-runner", "dask", "--dask-address", two_workers.address)
    prefect = two_workers.folder / "prefect"
    # A relative home: the workers have another working directory.
    done = carbonmart(
        home,
        *("--home", "home", "backfill", "seee", "--from", "2021-07-16", "--to", "2021-09-30"),
        *("--reparse", "--json", *asked),
        env={"PREFECT_HOME": str(prefect)},
    )
    assert done.returncode == 0, done.stderr
    assert " | INFO " not in done.stderr
    assert not list(prefect.rglob("*.db")), "a Prefect server was started for it"
    with client_of(two_workers.address) as client:
        seen = client.run(lambda: "flows.stages.read.prepare" in __import__("sys").modules)
        assert any(seen.values()), "none of the workers read anything"
        assert os.getpid() not in client.run(os.getpid).values()
    (run,) = answer(home, "sql", "select parsed, duplicates from ops_runs where parsed > 0 "
                                 "and job = 'backfill'")  # fmt: skip
    assert run["parsed"] == run["duplicates"] > 300
    assert all_revisions(home) == all_revisions(first_night)


def test_workers_killed_in_the_middle_lose_no_page(
    first_night: Path, tmp_path: Path, two_workers: Cluster
) -> None:
    """One is killed with work in its hands, then, in another replay, the last one, too."""
    wanted = all_revisions(first_night)
    for number in (0, 1):
        two_workers.pause(number)
        held: list[int] = []

        def strike(number: int = number, held: list[int] = held) -> None:
            held[:] = two_workers.wait_until_busy()
            two_workers.kill(number)

        killer = threading.Thread(target=strike)
        with readers("dask", dask_address=two_workers.address) as by:
            killer.start()
            found = replayed(first_night, tmp_path / f"home{number}", by)
            killer.join()
        assert max(held) > 0, "it had nothing to do"
        assert found == wanted


@pytest.mark.parametrize(
    ("kind", "address", "told"),
    [
        ("dask", "", "needs --dask-address"),
        ("threads", "tcp://127.0.0.1:9", "goes with --task-runner dask"),
        ("ray", "", "threads, processes, dask"),
        ("dask", "tcp://127.0.0.1:9", "no Dask scheduler answers at tcp://127.0.0.1:9"),
    ],
)
def test_a_cluster_that_is_not_there_is_said(
    kind: str, address: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_readers, "CONNECT_S", 1)
    with (
        pytest.raises(UsageError, match=told),
        readers(known_kind(kind), dask_address=address),
    ):
        pass
