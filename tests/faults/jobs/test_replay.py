"""The archive alone gives the same rows again: keys, values, evidence, instants, revisions."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from extractors.archive.archive import Archive, ArchiveError
from extractors.sample.server.server import SampleServer
from flows.core.errors import UsageError
from flows.core.query.gates import GATES_FILE
from flows.core.settings import Settings
from flows.jobs.replay import rebuild_index, replay
from tests.support.nights import FIRST_UNTIL, NEXT, World, article
from warehouse.store.store import Warehouse

CORE = ("seee_bulletins", "seee_quotes", "seee_method_totals")
MARTS = ("mart_market_daily", "mart_market_monthly", "mart_market_annual")


def content(home: Path) -> dict[str, list[object]]:
    """Every row of every revision of the core tables and of the marts, sorted."""
    held: dict[str, list[object]] = {}
    with Warehouse(home).connect() as connection:
        for table in (*CORE, *MARTS):
            rows = connection.execute(f"select * exclude known_to from {table}__history")
            held[table] = sorted(rows.fetchall(), key=repr)
    return held


def busy_nights(world: World) -> None:
    """Nights with a second bulletin, pages changed in place, a page and a quote that go.

    What other pages contradict is accepted: what was held back when is no matter of an archive.
    """
    rows = {f"seee_bulletins day {day} {day}": "told" for day in (FIRST_UNTIL, NEXT[0])}
    (world.home / GATES_FILE).write_text(json.dumps({"known_failures": {"held": rows}}))
    world.server.fault("", "second_bulletin", date=NEXT[0], changes={"high": "99.99"})
    world.night()
    world.server.fault("", "revision", date=FIRST_UNTIL, changes={"high": "77.70"})
    path = "/zhhq/jsonData/hiskline.json"
    quotes = json.loads(world.server.sites["seee"].respond("overview.cneeex.example", path).body)
    del quotes[10]
    world.server.until = NEXT[1]
    world.server.fault(path, "replace", body=json.dumps(quotes))
    gone = article(date(2021, 9, 24))
    world.server.fault(re.escape(gone.path), "not_found")
    world.night()
    world.server.until = NEXT[2]
    world.night()
    world.server.clear()
    world.server.until = NEXT[3]
    world.night()


@pytest.fixture(scope="module")
def after_busy_nights(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that those nights leave; not to be written to."""
    home = tmp_path_factory.mktemp("busy") / "home"
    shutil.copytree(first_night, home)
    with SampleServer(until=NEXT[0]) as server:
        busy_nights(World(home, server))
    return home


@pytest.fixture
def busy(after_busy_nights: Path, world: World) -> World:
    shutil.rmtree(world.home)
    shutil.copytree(after_busy_nights, world.home)
    return world


def rebuilt(world: World, tmp_path: Path, *, keep_index: bool = True) -> Path:
    home = tmp_path / "again"
    shutil.copytree(world.home / "archive", home / "archive")
    if (gates := world.home / GATES_FILE).exists():
        shutil.copy(gates, home)
    if not keep_index:
        for part in (home / "archive").glob("index.sqlite*"):
            part.unlink()
    return home


def test_an_archive_gives_the_same_rows_again(busy: World, tmp_path: Path) -> None:
    before = content(busy.home)
    revisions = busy.ask("select max(revision) from seee_bulletins__history")
    assert revisions[0][0] >= 3, "the nights are too quiet to prove anything"
    assert busy.ask("select count(*) from seee_quotes__history where is_deleted") == [(1,)]
    home = rebuilt(busy, tmp_path)
    report = replay(Settings(home=str(home)), ["seee"])
    assert [run.outcome for run in report.runs] == ["changed"], report.runs[0].why
    assert content(home) == before


def test_a_replay_into_the_full_store_changes_nothing(busy: World) -> None:
    before, versions = content(busy.home), busy.versions()
    report = replay(Settings(home=str(busy.home)), ["seee"])
    (run,) = report.runs
    assert run.outcome == "unchanged", run.why
    assert (run.tally.new, run.tally.revised, run.tally.retired) == (0, 0, [])
    assert run.tally.parsed > 100
    assert busy.versions() == versions
    assert content(busy.home) == before


def test_a_lost_index_is_rebuilt_with_its_verdicts(world: World, tmp_path: Path) -> None:
    """A bot wall that answers with 200 must not come back as a good page."""
    world.server.fault(re.escape(article(NEXT[0]).path), "challenge")
    world.night()
    world.server.clear()
    world.night()
    wall = [e for e in Archive(world.home / "archive").entries() if e.verdict == "blocked"]
    assert [e.status for e in wall] == [200]
    before = content(world.home)
    home = rebuilt(world, tmp_path, keep_index=False)
    with pytest.raises(ArchiveError, match="--rebuild-index"):
        list(Archive(home / "archive").entries())
    made = rebuild_index(Settings(home=str(home)))
    assert not made.problems
    verdicts = {e.fetch_id: e.verdict for e in Archive(world.home / "archive").entries()}
    assert {e.fetch_id: e.verdict for e in Archive(home / "archive").entries()} == verdicts
    assert [run.outcome for run in replay(Settings(home=str(home)), ["seee"]).runs] == ["changed"]
    assert content(home) == before


def test_pages_of_a_killed_run_are_known_from_its_own_start(
    world: World, first_night: Path, tmp_path: Path
) -> None:
    """A run that died between archive and table: the next one reads its pages for it."""
    before = world.versions()
    world.night()
    day = world.ask(f"select known_from from seee_bulletins where period_end = '{NEXT[0]}'")
    # Put the tables back, and the notes of what was read: as if killed before the load.
    fresh = tmp_path / "killed"
    shutil.copytree(world.home, fresh)
    shutil.rmtree(fresh / "tables")
    shutil.copytree(first_night / "tables", fresh / "tables")
    archive = fresh / "archive" / "index.sqlite"
    with sqlite3.connect(archive) as db:
        runs = db.execute("select run_id from files order by started_at desc limit 1").fetchall()
        own = "select fetch_id from fetches where run_id = ?"
        assert db.execute(f"delete from reads where fetch_id in ({own})", runs[0]).rowcount
        name = f"run:seee:{runs[0][0]}"
        assert db.execute("delete from reads where fetch_id = ?", (name,)).rowcount == 1
    after = World(fresh, world.server)
    assert after.versions() == before
    after.night()
    known = f"select known_from from seee_bulletins where period_end = '{NEXT[0]}'"
    assert after.ask(known) == day
    assert content(fresh) == content(world.home)


def test_no_archive_no_replay(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no archive"):
        replay(Settings(home=str(tmp_path)))
    assert not list(tmp_path.iterdir())
