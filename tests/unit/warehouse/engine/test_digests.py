"""A table's bytes are checked against their digests before a row of them is used."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyarrow.parquet import read_table

from schemas.core.forms import arrow_schema
from schemas.sources.seee.tables import SEEE_QUOTES
from tests.support.released import local, publish_now, two_releases
from warehouse.engine.delta.checkpoint import checkpoints
from warehouse.engine.delta.compaction import compact, keep_digests
from warehouse.engine.delta.data_file import ADDED, BEFORE, SEAL
from warehouse.engine.delta.log import write_checkpoint
from warehouse.engine.delta.log_check import wrong_in_log
from warehouse.engine.delta.state import forget
from warehouse.engine.delta.table import append
from warehouse.errors import Damaged
from warehouse.maintenance import vacuum
from warehouse.store.home import Home
from warehouse.store.rebuild import lacks_checkpoints_alone, put_checkpoint_anew
from warehouse.store.releases import current
from warehouse.store.store import Warehouse

COUNT = "SELECT count(*) FROM seee_quotes"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home, _, _ = two_releases(tmp_path_factory.mktemp("digests") / "home")
    publish_now(home)
    return home


@pytest.fixture
def folder(made: Home, tmp_path: Path) -> Path:
    """A copy of the table's folder, in a home of its own."""
    shutil.copytree(local(made), tmp_path / "home")
    return tmp_path / "home" / "tables" / "seee_quotes"


def store_of(folder: Path) -> Warehouse:
    return Warehouse(folder.parent.parent)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage", [flip, Path.unlink, lambda path: path.write_bytes(b"")], ids=["flip", "gone", "empty"]
)
def test_a_damaged_data_file_is_named_before_a_row_is_read(
    folder: Path, damage: Callable[[Path], object]
) -> None:
    store = store_of(folder)
    assert store.query(COUNT).fetchone() == (167,)
    file = max(folder.glob("*.parquet"), key=lambda path: path.stat().st_size)
    damage(file)
    with pytest.raises(Damaged, match=r"seee_quotes: .*carbonmart repair") as caught:
        store.query(COUNT)
    assert caught.value.path == str(file)
    assert caught.value.rows > 0


def test_digests_stand_in_names_and_outlive_checkpoints(folder: Path) -> None:
    state = store_of(folder)._state(SEEE_QUOTES)
    assert state is not None
    assert all(len(file.digest) == 64 for file in state.files)
    before = state.digest
    state.delta.create_checkpoint()
    for commit in (folder / "_delta_log").glob("*.json"):
        if int(commit.stem) < state.version:
            commit.unlink()
    again = store_of(folder)._state(SEEE_QUOTES)
    assert again is not None
    assert again.digest == before, "and what a version is made of is the same, however it is told"


def test_compaction_keeps_the_digests_of_what_it_writes(folder: Path) -> None:
    state = store_of(folder)._state(SEEE_QUOTES)
    assert state is not None
    compacted = compact(state, "compact")
    assert compacted is not None
    assert [file.digest for file in compacted.files] == [""]
    kept = keep_digests(compacted, "compact")
    assert kept is not None
    assert len(kept.files[0].digest) == 64
    assert kept.notes["carbonmart.current_rows"] == state.notes["carbonmart.current_rows"]
    flip(Path(kept.files[0].path))
    with pytest.raises(Damaged):
        store_of(folder).query(COUNT)


def test_vacuum_leaves_no_file_without_a_digest(folder: Path) -> None:
    store = store_of(folder)
    vacuum(store)
    for info in store.tables():
        state = store._state(store._tables[info.name])
        assert state is not None
        assert all(file.digest for file in state.files), info.name
    assert store.query(COUNT).fetchone() == (167,)


def test_an_empty_commit_is_damage_and_no_commit_without_rows(folder: Path) -> None:
    newest = max((folder / "_delta_log").glob("*.json"))
    newest.write_bytes(b"")
    with pytest.raises(Damaged, match="is empty"):
        store_of(folder).query(COUNT)


def test_a_version_that_tells_of_other_files_than_were_released_is_no_release(
    folder: Path,
) -> None:
    """A commit that lost a line is well-formed, and a table of fewer rows."""
    store = store_of(folder)
    release = current(store)
    assert release is not None
    assert store.connect("seee_quotes", versions=release.versions)
    newest = max((folder / "_delta_log").glob("*.json"))
    lines = newest.read_text().splitlines()
    newest.write_text("\n".join(line for line in lines if '"add"' not in line))
    with pytest.raises(Damaged, match="holds other files than were released"):
        store_of(folder).connect("seee_quotes", versions=release.versions)


def test_a_checkpoint_is_read_only_as_it_was_written(folder: Path) -> None:
    store, log = store_of(folder), folder / "_delta_log"
    state = store._state(SEEE_QUOTES)
    assert state is not None
    assert write_checkpoint(folder, state.delta)
    assert not write_checkpoint(folder, state.delta), "there is one"
    assert store_of(folder).query(COUNT).fetchone() == (167,)
    assert DeltaTable(folder).version() == state.version, "other readers pass over its digest"
    (path,) = log.glob("*.checkpoint.parquet")
    flip(path)
    forget(folder)
    with pytest.raises(Damaged, match="the checkpoint is not what was written"):
        store_of(folder).query(COUNT)
    assert lacks_checkpoints_alone(folder)
    put_checkpoint_anew(SEEE_QUOTES, folder)
    assert store_of(folder).query(COUNT).fetchone() == (167,)
    assert list(wrong_in_log(log)) == []
    flip(path)
    min(log.glob("*.json")).unlink()
    assert not lacks_checkpoints_alone(folder), "it tells what no commit does any more"


def test_a_load_makes_checkpoints_of_its_own_with_their_digests(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not deltalake, whose have none."""
    state = store_of(folder)._state(SEEE_QUOTES)
    assert state is not None
    monkeypatch.setattr("warehouse.engine.delta.checkpoint.EVERY", state.version + 2)
    rows = read_table(min(folder.glob("*.parquet"))).cast(arrow_schema(SEEE_QUOTES))
    for number in range(2):
        newest = store_of(folder)._state(SEEE_QUOTES)
        assert newest is not None
        append(newest, rows, {"run_id": f"r{number}"})
    assert checkpoints(folder) == {state.version + 2: True}


def test_no_byte_of_a_commit_of_rows_flips_untold(folder: Path) -> None:
    """But of what nobody reads: deltalake's own notes, the moment of writing."""
    log = folder / "_delta_log"
    newest = max(log.glob("*.json"))
    data = newest.read_bytes()
    own, *more = (line for line in data.splitlines(keepends=True) if b'"commitInfo"' not in line)
    assert b'"add"' in own
    assert not more
    told = 0
    for at in range(data.index(own), data.index(own) + len(own) - 1):
        newest.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        told += bool(list(wrong_in_log(log)))
    idle = len(b'"partitionValues":{},"modificationTime":1234567890123,"dataChange":true,')
    assert told >= len(own) - 1 - 2 * idle
    for name in (SEAL, ADDED, BEFORE, "run_id"):
        at = data.index(name.encode())
        newest.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert list(wrong_in_log(log)), name


def test_a_log_that_lost_its_newest_commit_is_no_shorter_one(folder: Path) -> None:
    log = folder / "_delta_log"
    newest = max(log.glob("*.json"))
    newest.rename(folder / "away")
    with pytest.raises(Damaged, match="the commit is gone"):
        store_of(folder).query(COUNT)
    (log / "_newest_commit").write_text("99 not its digest")
    assert store_of(folder).query(COUNT).fetchone() != (167,), "as one of before it was noted"
