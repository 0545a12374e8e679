"""Compaction and vacuum: fewer files, all kept releases read the same rows as before."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from schemas.sources.seee.tables import SEEE_QUOTES
from tests.support.released import DAYS, PRODUCTS, load_days, local, night, publish_now, release
from tests.support.rows import quote
from warehouse import maintenance
from warehouse.engine.delta import compaction
from warehouse.engine.delta.log import make_checkpoint
from warehouse.errors import UnknownVersion, WarehouseError
from warehouse.maintenance import Maintained, vacuum
from warehouse.store.home import Home, open_home
from warehouse.store.releases import Release, kept
from warehouse.store.store import Warehouse

NIGHTS = 8


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[Release]]:
    """Nine nights, each of a day, and a release of each but the last; not to be written to."""
    home = open_home(tmp_path_factory.mktemp("pattern") / "home", "sample")
    made = []
    for number, day in enumerate(DAYS[: NIGHTS + 1]):
        load_days(home, [day], number + 1)
        if number < NIGHTS:
            made.append(release(home))
    return home, made


@pytest.fixture
def store(pattern: tuple[Home, list[Release]], tmp_path: Path) -> tuple[Home, list[Release]]:
    """A copy of it."""
    shutil.copytree(local(pattern[0]), tmp_path / "home")
    return open_home(tmp_path / "home", "sample"), pattern[1]


def now_tidy(home: Home, keep: int = 30, *, grace: timedelta = timedelta(0)) -> Maintained:
    # A file's time is the disk's, a commit's the process's: leave some room.
    moment = datetime.now(UTC) + timedelta(seconds=2)
    return vacuum(Warehouse(home.path), keep=keep, grace=grace, now=moment)


def rows(home: Home, made: Release | None = None, as_of: datetime | None = None) -> list[object]:
    """All revisions of the quotes, with their places in time; of a release, or of now."""
    versions = made.versions if made else None
    with Warehouse(home.path).connect("seee_quotes", versions=versions, as_of=as_of) as connection:
        found = connection.sql("SELECT * FROM seee_quotes__history ORDER BY ALL")
        return [*found.fetchall(), *connection.sql("FROM seee_quotes ORDER BY ALL").fetchall()]


def data_files(home: Home) -> set[str]:
    return {p.name for p in (local(home) / "tables" / "seee_quotes").glob("*.parquet")}


def test_compaction_joins_files_and_changes_no_row(store: tuple[Home, list[Release]]) -> None:
    home, made = store
    before = [rows(home), *(rows(home, each) for each in made)]
    info = {i.name: i for i in Warehouse(home.path).tables()}["seee_quotes"]
    done = now_tidy(home)
    quotes = next(each for each in done.tables if each.table == "seee_quotes")
    assert (quotes.compacted, quotes.files) == (NIGHTS + 1, 1)
    after = {i.name: i for i in Warehouse(home.path).tables()}["seee_quotes"]
    assert (after.rows, after.current_rows) == (info.rows, info.current_rows)
    assert after.last_known_from == info.last_known_from == night(NIGHTS + 1)
    assert [rows(home), *(rows(home, each) for each in made)] == before
    assert now_tidy(home).tables == [
        each for each in now_tidy(home).tables if not each.compacted and not each.removed
    ]


def test_compacted_files_have_plain_types_and_statistics(store: tuple[Home, list[Release]]) -> None:
    home, _ = store
    now_tidy(home)
    table = DeltaTable(str(local(home) / "tables" / "seee_quotes"))
    (file,) = table.file_uris()
    assert pa.types.is_string(pq.read_schema(file).field("product").type)
    assert "string_view" not in str(pq.read_schema(file))
    found = pq.read_table(file, filters=[("product", "=", "CEA21")])
    assert found.num_rows == NIGHTS + 1
    adds = table.get_add_actions(flatten=True)
    assert adds.column("min.trade_date").to_pylist() == [DAYS[0]]
    assert adds.column("max.trade_date").to_pylist() == [DAYS[NIGHTS]]


def test_a_load_goes_on_after_compaction(store: tuple[Home, list[Release]]) -> None:
    home, _ = store
    now_tidy(home)
    warehouse = Warehouse(home.path)
    again = warehouse.load(
        SEEE_QUOTES,
        [quote(DAYS[0], product, retrieved_at=night(1)) for product in PRODUCTS]
        + [quote(date(2025, 9, 1), retrieved_at=night(1))],
        known_from=night(20),
        run_id="after",
    )
    assert (again.new, again.revised, again.duplicates) == (1, 0, len(PRODUCTS))
    assert warehouse.tables()[1].current_rows == (NIGHTS + 1) * len(PRODUCTS) + 1


def test_what_a_kept_release_needs_stays(store: tuple[Home, list[Release]]) -> None:
    home, made = store
    kept_ids = {r.release_id for r in kept(made, 3)}
    before = {r.release_id: rows(home, r) for r in made}
    now, past = rows(home), rows(home, as_of=night(2))
    files = data_files(home)
    now_tidy(home, keep=3)  # compacts; nothing was dead before it but what is dropped now
    done = now_tidy(home, keep=3)
    assert set(done.kept) == kept_ids
    assert done.dropped == [r.release_id for r in made if r.release_id not in kept_ids]
    assert len(done.dropped) == NIGHTS - 3 - (made[0].release_id in kept_ids)
    assert {r.release_id: rows(home, r) for r in made if r.release_id in kept_ids} == {
        each: before[each] for each in kept_ids
    }
    assert rows(home) == now
    assert rows(home, as_of=night(2)) == past
    # The file of the day after the last release is needed by no release any more.
    gone = files - data_files(home)
    assert gone, "nothing was removed"


def test_a_dropped_release_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = open_home(tmp_path / "home", "sample")
    load_days(home, DAYS[:9], 1)
    for number, day in enumerate(DAYS[9:18]):
        load_days(home, [day], number + 2)
    first = release(home)
    whole = rows(home, first)
    now_tidy(home)
    assert rows(home, first) == whole
    load_days(home, DAYS[18:19], 30)
    release(home)
    release(home)
    keep_last(monkeypatch, 1)
    done = now_tidy(home)
    assert first.release_id in done.dropped
    with pytest.raises(UnknownVersion, match="dropped by `carbonmart vacuum`"):
        rows(home, first)
    assert len(rows(home)) > len(whole)


def keep_last(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Keep so many releases, and not the first of this month, in which all were made."""
    monkeypatch.setattr(maintenance, "kept", lambda made, keep: list(made[-number:]))


def test_a_dry_run_changes_nothing(store: tuple[Home, list[Release]]) -> None:
    home, _ = store
    torn = local(home) / "tables" / "seee_quotes" / "part-torn.parquet"
    torn.write_bytes(b"PAR1 half a fi")
    old = time.time() - 2 * 86_400
    os.utime(torn, (old, old))
    everything = {p: p.stat().st_mtime_ns for p in local(home).rglob("*")}
    done = vacuum(Warehouse(home.path), keep=3, is_dry=True)
    quotes = next(each for each in done.tables if each.table == "seee_quotes")
    assert (quotes.compacted, quotes.removed) == (NIGHTS + 1, ["part-torn.parquet"])
    assert {p: p.stat().st_mtime_ns for p in local(home).rglob("*")} == everything


def test_files_of_killed_writers_go_young_ones_stay(store: tuple[Home, list[Release]]) -> None:
    home, _ = store
    folder = local(home) / "tables" / "seee_quotes"
    for name, age_s in (("part-old.parquet", 2 * 86_400), ("part-young.parquet", 60)):
        (folder / name).write_bytes(b"PAR1 half a fi")
        os.utime(folder / name, (time.time() - age_s,) * 2)
    done = vacuum(Warehouse(home.path))
    assert [e.removed for e in done.tables if e.table == "seee_quotes"] == [["part-old.parquet"]]
    assert "part-young.parquet" in data_files(home)
    # Compacted a moment ago: who opened the table before is still reading the small files.
    assert len(data_files(home)) == NIGHTS + 1 + 1 + 1


def test_nothing_is_removed_if_a_kept_version_is_lost(store: tuple[Home, list[Release]]) -> None:
    home, made = store
    now_tidy(home)
    log = local(home) / "tables" / "seee_quotes" / "_delta_log"
    lost = made[2].versions["seee_quotes"]
    (log / f"{lost:020}.json").unlink()
    torn = log.parent / "part-torn.parquet"
    torn.write_bytes(b"PAR1 half a fi")
    with pytest.raises(WarehouseError, match=r"seee_quotes.*can't be read"):
        now_tidy(home)
    assert torn.exists()


def test_the_log_is_cut_at_a_checkpoint_below_what_is_kept(
    store: tuple[Home, list[Release]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.engine.delta.checkpoint.EVERY", 5)
    home, made = store
    state = Warehouse(home.path)._state(SEEE_QUOTES, made[4].versions["seee_quotes"])
    assert state is not None
    assert make_checkpoint(state)
    before = {r.release_id: rows(home, r) for r in made[4:]}
    keep_last(monkeypatch, 4)
    done = now_tidy(home)
    quotes = next(each for each in done.tables if each.table == "seee_quotes")
    assert quotes.is_checkpointed
    assert quotes.log_removed == made[4].versions["seee_quotes"]
    log = local(home) / "tables" / "seee_quotes" / "_delta_log"
    assert min(p.name for p in log.glob("0*.json")) == f"{made[4].versions['seee_quotes']:020}.json"
    assert {r.release_id: rows(home, r) for r in made[4:]} == before
    load_days(home, DAYS[-1:], 40)
    assert max(row[0] for row in rows(home)) == DAYS[-1]  # type: ignore[index]


def test_a_load_in_the_midst_of_compaction_is_kept_and_counted(
    store: tuple[Home, list[Release]],
) -> None:
    home, _ = store
    state = Warehouse(home.path)._state(SEEE_QUOTES)
    assert state is not None
    load_days(home, DAYS[-1:], 40)
    wanted = rows(home)
    compaction.compact(state, "late")
    assert rows(home) == wanted
    load_days(home, DAYS[-2:-1], 41)
    for info in Warehouse(home.path).tables():
        if info.name == "seee_quotes":
            assert info.rows == info.current_rows == (NIGHTS + 3) * len(PRODUCTS)
            assert info.last_known_from == night(41)


def test_publication_after_vacuum_finds_the_same_rows(store: tuple[Home, list[Release]]) -> None:
    home, made = store
    now_tidy(home, keep=3)
    done = publish_now(home, made[-2].release_id)
    assert done.findings
    assert all(finding.is_same for finding in done.findings)
