"""The store under kills, races and a full disk: the old state or the new one, always."""

from __future__ import annotations

import multiprocessing
import random
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

import warehouse.engine.delta.table as delta_table
from schemas.ops.tables import OPS_CHECKS
from schemas.sources.seee.tables import SEEE_QUOTES
from tests.faults.store.warehouse_worker import BATCH, batch, keep_loading
from tests.support.rows import KNOWN_FROM, quote
from warehouse.store.store import Warehouse, WarehouseError

REPO = Path(__file__).parents[3]
PRELOAD = [
    "deltalake",
    "duckdb",
    "pandas",
    "pyarrow.compute",
    "tests.faults.store.warehouse_worker",
    "warehouse.engine.delta.table",
    "warehouse.engine.revisions.coerce",
    "warehouse.engine.revisions.compare",
    "warehouse.engine.sql.views",
]


def worker(home: Path, *args: int) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "tests.faults.store.warehouse_worker",
        str(home),
        *map(str, args),
    ]
    return subprocess.Popen(
        command, cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def all_sent(pipe: Connection) -> list[int]:
    """What the dead writer had sent."""
    sent: list[int] = []
    with pipe:
        while True:
            try:
                sent.append(pipe.recv())
            except EOFError:
                return sent


def statements(home: Path) -> list[tuple[Any, ...]]:
    """Every held statement without what differs between undisturbed runs."""
    sql = (
        "SELECT trade_date, product, revision, close_cny_per_t, retrieved_at, is_deleted "
        "FROM seee_quotes__history ORDER BY ALL"
    )
    return Warehouse(home).query(sql).fetchall()


def load(home: Path, number: int) -> None:
    Warehouse(home).load(SEEE_QUOTES, batch(number), known_from=KNOWN_FROM, run_id=f"run {number}")


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    """20 writers are killed while they load; what stands is always a whole number of batches."""
    rng = random.Random(20)
    home, witness = tmp_path / "killed", tmp_path / "undisturbed"
    done = 0
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    for turn in range(20):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=keep_loading, args=(str(home), done, theirs))
        process.start()
        theirs.close()
        told = [ours.recv()]
        began = time.monotonic()
        if turn % 2:  # half of the kills strike after a first whole batch
            told.append(ours.recv())
        time.sleep(rng.uniform(0.0, 0.1 + time.monotonic() - began))
        process.kill()
        process.join()
        told += all_sent(ours)
        for number in range(done, told[-1] + 1):
            load(witness, number)
            done = number + 1
        held = statements(home)
        if held != statements(witness):
            # The commit had landed before its writer could say so.
            load(witness, done)
            done += 1
        assert held == statements(witness)
    assert done > 0
    load(home, done)
    load(witness, done)
    assert statements(home) == statements(witness)
    infos = [Warehouse(path).tables()[0] for path in (home, witness)]
    assert infos[0].rows == infos[1].rows
    assert infos[0].current_rows == infos[1].current_rows == 10 * (done + 1) + BATCH - 10


@pytest.mark.slow
def test_two_writers_of_overlapping_batches_lose_and_double_nothing(tmp_path: Path) -> None:
    count = 12
    with worker(tmp_path / "raced", 0, count) as one, worker(tmp_path / "raced", 0, count) as two:
        for process in (one, two):
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
    for number in range(count):
        load(tmp_path / "undisturbed", number)
    assert statements(tmp_path / "raced") == statements(tmp_path / "undisturbed")
    raced, undisturbed = (Warehouse(tmp_path / n).tables()[0] for n in ("raced", "undisturbed"))
    assert raced.current_rows == undisturbed.current_rows
    assert raced.version == undisturbed.version == count


def test_threads_that_append_to_one_log_lose_nothing(tmp_path: Path) -> None:
    def write(name: str) -> None:
        for n in range(8):
            row = {
                "run_id": name,
                "checked_at": KNOWN_FROM,
                "name": "chain",
                "scope": str(n),
                "verdict": "pass",
            }
            Warehouse(tmp_path).append_log(OPS_CHECKS, [row], run_id=name)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = Warehouse(tmp_path).query(
        "SELECT count(*), count(DISTINCT (run_id, scope)) FROM ops_checks"
    )
    assert found.fetchall() == [(24, 24)]
    assert Warehouse(tmp_path).version("ops_checks") == 24


def test_the_loser_of_a_race_compares_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rival's same rows land between our reading and our commit: nothing is left to add."""
    load(tmp_path, 0)
    append, rivals = delta_table.append, [1]

    def slow_append(*args: Any) -> int:
        if rivals:
            load(tmp_path, rivals.pop())
        return append(*args)

    monkeypatch.setattr(delta_table, "append", slow_append)
    report = Warehouse(tmp_path).load(SEEE_QUOTES, batch(1), known_from=KNOWN_FROM, run_id="late")
    assert (report.new, report.revised, report.duplicates) == (0, 0, BATCH)
    assert (report.version_before, report.version_after) == (2, 2)


@pytest.mark.parametrize("limit", [400, 1500, 3000])
def test_a_full_disk_is_said_and_the_old_state_stands(tmp_path: Path, limit: int) -> None:
    """A limit on file sizes fails writes in the same places as a full disk."""
    load(tmp_path, 0)
    before = statements(tmp_path)
    with worker(tmp_path, 1, 2, limit) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    said = errors.strip().splitlines()[-1]
    assert said.startswith("warehouse.errors.WarehouseError: seee_quotes at ")
    assert str(tmp_path / "tables" / "seee_quotes") in said
    assert "File too large" in said
    assert statements(tmp_path) == before
    load(tmp_path, 1)
    assert Warehouse(tmp_path).version("seee_quotes") == 2


def test_an_unacknowledged_commit_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit lands, then its writer gets an error: a checkpoint that fails, say."""
    import deltalake

    write = deltalake.DeltaTable.create_write_transaction

    def write_and_fail(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        raise OSError("No space left on device")

    monkeypatch.setattr(deltalake.DeltaTable, "create_write_transaction", write_and_fail)
    report = Warehouse(tmp_path).load(SEEE_QUOTES, [quote()], known_from=KNOWN_FROM, run_id="run")
    assert (report.new, report.version_after) == (1, 1)
    monkeypatch.undo()
    assert Warehouse(tmp_path).query("SELECT count(*) FROM seee_quotes").fetchall() == [(1,)]


def test_torn_files_of_a_killed_writer_are_not_read(tmp_path: Path) -> None:
    load(tmp_path, 0)
    folder = tmp_path / "tables" / "seee_quotes"
    (whole,) = folder.glob("*.parquet")
    (folder / "part-00000-torn.snappy.parquet").write_bytes(whole.read_bytes()[:500])
    (folder / "_delta_log" / "_commit_torn.json.tmp").write_text('{"add":')
    before = statements(tmp_path)
    load(tmp_path, 0)
    assert statements(tmp_path) == before
    assert Warehouse(tmp_path).tables()[0].files == 1


def test_a_table_that_was_killed_before_its_first_version_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "tables" / "seee_quotes" / "_delta_log").mkdir(parents=True)
    assert Warehouse(tmp_path).version("seee_quotes") is None
    load(tmp_path, 0)
    assert len(statements(tmp_path)) == BATCH


def test_a_damaged_log_is_said_with_its_path(tmp_path: Path) -> None:
    load(tmp_path, 0)
    log = tmp_path / "tables" / "seee_quotes" / "_delta_log" / "00000000000000000001.json"
    log.write_text("{")
    with pytest.raises(
        WarehouseError, match=r"seee_quotes: .*can't be read: [^<]*; `carbonmart repair`"
    ):
        load(tmp_path, 0)


def test_a_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("")
    with pytest.raises(WarehouseError, match=r"file is a file, and a home is a folder"):
        load(home, 0)
