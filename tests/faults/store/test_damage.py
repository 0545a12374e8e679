"""Every kind of file of a home, damaged in every way: told, others go on, repaired.

`tests/support/damage.py` names the kinds; the table of `docs/operations.md` is of these.
"""

from __future__ import annotations

import json
from datetime import date
from math import inf
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from extractors.sample.server.server import SampleServer
from flows.cli.main import app
from flows.core.outcome import GOOD
from flows.core.settings import Settings
from flows.core.sources import pipeline
from flows.jobs.backfill.backfill import Conduct, backfill
from flows.jobs.backfill.ledger import Order
from flows.jobs.repair import repair
from flows.stages.monitor.damage import Damage, damages
from schemas.registry import TABLES
from tests.support.damage import DAMAGES, HARMLESS, KINDS, UNTIL, build, copy
from tests.support.nights import World
from tests.support.stores import store
from warehouse.publication.whole import DUCKDB
from warehouse.store.home import open_home
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

QUOTES = "select * from seee_quotes__history order by all"
CASES = [(kind, damage) for kind in KINDS for damage in DAMAGES]
REPAIRED = [
    ("WARC file", "cut"),
    ("archive's index", "flipped"),
    ("data file", "flipped"),
    ("checkpoint", "flipped"),
    ("checkpoint's digest", "flipped"),
    ("data file of a mart", "swapped"),
    ("data file of a log", "emptied"),
    ("commit of the releases", "deleted"),
    ("carbonmart.duckdb", "flipped"),
]
"""One of each part that is made anew in a way of its own."""


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store("damage", build, tmp_path_factory.mktemp("stores")) / "home"


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    return copy(sound, tmp_path / "home")


def look(home: Path, part: int | None = None, until: float = inf) -> list[Damage]:
    return list(damages(open_home(home, None), part, until))


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    with Warehouse(home).query(sql) as answer:
        return answer.fetchall()


def test_a_sound_home_has_no_damage(sound: Path) -> None:
    assert look(sound) == []
    assert look(sound, 3) == []
    found = repair(Settings(home=str(sound)), is_dry=False)
    assert (found.done, found.left) == ([], [])


@pytest.mark.parametrize(("kind", "damage"), CASES, ids=[f"{k}, {d}" for k, d in CASES])
def test_damage_is_told_with_file_cost_and_remedy(home: Path, kind: str, damage: str) -> None:
    file = KINDS[kind](home)
    DAMAGES[damage](file)
    found = look(home, until=inf if "WARC" in kind else 0)  # the archive takes longest
    if (kind, damage) in HARMLESS:
        assert found == []
        assert rows(home, QUOTES)
        return
    assert found
    for each in found:
        assert each.what
        assert each.costs
        assert "`carbonmart repair" in each.remedy
        assert str(home) in each.file


@pytest.mark.parametrize(("kind", "damage"), REPAIRED, ids=[f"{k}, {d}" for k, d in REPAIRED])
def test_damage_is_repaired(home: Path, sound: Path, kind: str, damage: str) -> None:
    before = rows(home, QUOTES)
    known = [release.release_id for release in releases(Warehouse(home))]
    DAMAGES[damage](KINDS[kind](home))
    dry = repair(Settings(home=str(home)))
    found = look(home)
    assert dry.found == found, "dry, nothing is changed"
    done = repair(Settings(home=str(home)), is_dry=False)
    assert look(home) == []
    if done.report:
        assert {run.outcome for run in done.report.runs} <= GOOD, done.report
        assert done.report.released
        read = {run.source for run in done.report.runs}
        assert not [held for held in done.report.released.held if held.source in read]
    assert rows(home, QUOTES) == before, "byte for byte, revisions and knowledge time too"
    made = [release.release_id for release in releases(Warehouse(home))]
    assert made[: len(known)] == known, "no release is forgotten"
    assert bool(done.left) is (kind == "WARC file"), "what follows from nothing is said"


def test_an_earlier_publication_that_nothing_can_write_again_is_taken_away(home: Path) -> None:
    """Its file is damaged together with the rows that it was made of."""
    before = rows(home, QUOTES)
    out = sorted((home / "published").glob("R*"))[-1]
    DAMAGES["cut"](out / "seee_quotes.parquet")
    DAMAGES["cut"](KINDS["data file"](home))
    assert {damage.kind for damage in look(home)} == {"publication", "table"}
    done = repair(Settings(home=str(home)), is_dry=False)
    assert (look(home), done.left) == ([], [])
    assert not out.exists()
    assert any(line.startswith(f"remove published {out.name}") for line in done.done)
    assert rows(home, QUOTES) == before


def published(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "published" / DUCKDB), read_only=True) as mart:
        found: list[tuple[Any, ...]] = mart.execute(sql).fetchall()
        return found


def test_others_go_on(home: Path) -> None:
    """A table of one source is beyond reading: the other source's night is a night like any, and
    is published; of the broken one readers have what was published last."""
    new = f"select count(*) from fx_rates where published_on > '{UNTIL[-1]}'"
    seen = "select * from seee_quotes order by all"
    quotes = rows(home, seen)
    for kind in ("data file", "newest commit"):
        DAMAGES["emptied"](KINDS[kind](home))
    with SampleServer(until=date(2021, 8, 10)) as server:
        told = World(home, server, "fx").night(publish=True)
        assert (told.outcome, told.exit_code) == ("changed", 3), told.text
        assert told.released
        assert told.released.release
        made = told.released.release.release_id
        assert f"{made} published" in told.text
        (line,) = [x for x in told.text.splitlines() if f"can't be read of {made}: seee: " in x]
        assert "seee_quotes" in line
        told = World(home, server, "seee").night(publish=True)
    assert (told.outcome, told.exit_code) == ("partial", 3)
    assert "next step for seee: A file of the store is not as it was written" in told.text
    assert rows(home, new) != [(0,)]
    assert published(home, new) == rows(home, new)
    assert published(home, seen) == quotes, "as published last"
    ((stale,),) = published(home, "select stale_tables from release")
    assert stale >= len(pipeline("seee").tables)
    repair(Settings(home=str(home)), is_dry=False)
    done = CliRunner().invoke(app, ["--home", str(home), "publish", "--json"])
    assert (done.exit_code, json.loads(done.stdout)["carried"]) == (0, [])
    assert published(home, seen) == rows(home, seen)
    assert published(home, "select stale_tables from release") != [(stale,)]


def test_damaged_logs_stop_nobody(home: Path) -> None:
    """They are made anew before the night, of what is whole and of what was published."""
    logs = [t.name for t in TABLES.values() if t.is_log and t.name != "ops_releases"]
    there = [name for name in logs if (home / "tables" / name).is_dir()]
    runs = rows(home, "select run_id from ops_runs order by all")
    for index, name in enumerate(there):
        pattern = ("*.parquet", "_delta_log/*.json")[index % 2]
        DAMAGES["emptied"](sorted((home / "tables" / name).glob(pattern))[-1])
    with SampleServer(until=date(2021, 8, 10)) as server:
        told = World(home, server, "fx").night(publish=True)
        assert (told.outcome, told.exit_code) == ("changed", 0), told.text
        assert told.text.count("was damaged: made anew") == len(there)
        assert set(runs) < set(rows(home, "select run_id from ops_runs"))
        assert look(home, until=0) == []
        server.until = date(2021, 8, 11)
        DAMAGES["emptied"](KINDS["commit of the releases"](home))
        told = World(home, server, "fx").pipeline()
    assert told.run.tally.new > 0, "which release readers see is no matter of what is loaded"
    assert "carbonmart repair" in told.text


def test_a_backfill_begins_with_damaged_logs_made_anew(home: Path) -> None:
    runs = rows(home, "select run_id from ops_runs")
    DAMAGES["emptied"](sorted((home / "tables/ops_runs/_delta_log").glob("*.json"))[-1])
    day = UNTIL[-1]
    conduct = Conduct(tell=lambda line: None)
    done = backfill(Settings(home=str(home)), Order("fx", day, day, "reparse"), conduct=conduct)
    assert [line.partition(":")[0] for line in done.mended] == ["ops_runs was damaged"]
    assert done.runs[0].outcome in GOOD
    assert set(runs) < set(rows(home, "select run_id from ops_runs"))


@pytest.mark.parametrize("kind", ["data file of the releases", "archive's index"])
def test_the_command_tells_and_repairs_without_a_traceback(home: Path, kind: str) -> None:
    DAMAGES["emptied"](KINDS[kind](home))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["--home", str(home), *words])
        assert done.exception is None or isinstance(done.exception, SystemExit | RuntimeError)
        return done.exit_code, done.output

    code, told = run("check", "--bytes")
    assert (code, "carbonmart repair" in told) == (5, True)
    assert run("repair")[0] == 5
    assert "would " in run("repair")[1]
    assert run("repair", "--yes")[0] == 0
    assert run("check", "--bytes")[0] == 0
