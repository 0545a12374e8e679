"""What readers see after a bad night: the last good version, visibly stale; never half of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from extractors.model import Link
from extractors.source import Crawl, Source
from flows.core import sources
from flows.core.context import RunContext, Sample
from flows.core.settings import Settings
from flows.core.sources import Pipeline
from flows.jobs.nightly import run_plainly
from flows.jobs.report.result import RunReport
from schemas.core.table import Table
from schemas.registry import TABLES
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_QUOTES
from tests.e2e.commands import answer, assert_usage_error, carbonmart
from tests.support.nights import FIRST_UNTIL, NEXT, Told, World
from transforms.model import Record, Row
from warehouse.store.home import open_home
from warehouse.store.releases import Release, releases, rollback
from warehouse.store.store import Warehouse


def made(world: World) -> list[Release]:
    return releases(Warehouse(world.home))


def seen(world: World, what: str = "count(*)", table: str = "seee_bulletins") -> list[Any]:
    """What readers of the current release see."""
    versions = made(world)[-1].versions
    with Warehouse(world.home).query(f"select {what} from {table}", versions=versions) as found:
        return found.fetchall()


def statuses(release: Release, source: str = "seee") -> set[str]:
    return {pinned.status for pinned in release.of(source).values()}


def gates(world: World, **tables: dict[str, Any]) -> None:
    """Gates of this store's own; tables not named keep those shipped."""
    (world.home / "gates.yml").write_text(json.dumps(tables))  # YAML reads JSON


def booked(world: World, name: str) -> list[tuple[Any, ...]]:
    """The verdicts of a gate in the last run."""
    return world.ask(
        "select scope, found, verdict from ops_checks where run_id = (select run_id from "
        f"ops_runs order by started_at desc limit 1) and name = '{name}' order by scope"
    )


def held(told: Told) -> str:
    """Why the source was held back."""
    assert told.released
    (one,) = told.released.held
    return one.reason


def test_the_first_night_makes_a_release_and_a_quiet_one_none(world: World) -> None:
    (first,) = made(world)
    assert statuses(first) == {"fresh"}
    assert set(first.of("seee")) == {"seee_bulletins", "seee_quotes", "seee_method_totals"}
    assert set(first.of("ops")) >= {"ops_runs", "ops_fetches", "ops_checks"}
    assert world.ask("select distinct verdict from ops_checks where name like 'gate_%'") == [
        ("pass",)
    ]
    world.server.until = FIRST_UNTIL
    told = world.night()
    assert (told.outcome, told.exit_code) == ("unchanged", 0), told.text
    assert made(world) == [first]
    assert f"release {first.release_id} stands" in told.text
    world.server.until = NEXT[0]
    told = world.night()
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert [release.run_id for release in made(world)][:1] == [first.run_id]
    assert len(made(world)) == 2
    assert seen(world, "max(period_end)") == [(NEXT[0],)]


def test_rows_that_vanish_by_the_half_never_reach_readers(world: World) -> None:
    before = seen(world)
    keys = world.ask("select period, period_start, period_end from seee_bulletins")
    store = Warehouse(world.home)
    at = made(world)[-1].created_at + timedelta(seconds=1)
    store.retire(SEEE_BULLETINS, keys[: len(keys) // 2], known_from=at, run_id="by hand")
    told = world.night()
    assert (told.outcome, told.exit_code) == ("changed", 4), told.text
    assert seen(world) == before
    assert statuses(made(world)[-1]) == {"stale"}
    assert "gate_min_kept at seee_bulletins" in held(told)
    assert "held back" in told.text
    ((scope, _, verdict),) = booked(world, "gate_min_kept")[:1]
    assert (scope, verdict) == ("seee_bulletins", "fail")
    again = world.night()
    assert again.exit_code == 4, "it stays held until somebody has looked"
    assert seen(world) == before


def test_a_column_that_stops_being_filled_holds_the_source_back(world: World) -> None:
    before = seen(world, "count(open_cny_per_t)", "seee_quotes")
    emptied = _emptied(world, SEEE_QUOTES, "open_cny_per_t", "product = 'COMCEA' limit 5")
    at = made(world)[-1].created_at + timedelta(seconds=1)
    Warehouse(world.home).load(SEEE_QUOTES, emptied, known_from=at, run_id="by hand")
    world.server.until = FIRST_UNTIL
    told = world.night()
    assert (told.outcome, told.exit_code) == ("unchanged", 4), told.text
    assert "gate_min_fill at seee_quotes.open_cny_per_t" in held(told)
    broken = [row for row in booked(world, "gate_min_fill") if row[2] == "fail"]
    assert [scope for scope, _, _ in broken] == ["seee_quotes.open_cny_per_t"]
    assert seen(world, "count(open_cny_per_t)", "seee_quotes") == before
    world.server.until = NEXT[0]  # the quote file is new, and states the prices again
    told = world.night()
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert statuses(made(world)[-1]) == {"fresh"}
    assert seen(world, "max(period_end)") == [(NEXT[0],)]


def _emptied(world: World, table: Table, column: str, which: str) -> list[dict[str, Any]]:
    """Rows of a table stated once more, a little later, without a column's value."""
    names = [c.name for c in table.stated]
    rows = world.ask(f"select {', '.join(names)} from {table.name} where {which}")
    stated = [dict(zip(names, row, strict=True)) for row in rows]
    later = timedelta(milliseconds=1)
    return [row | {column: None, "retrieved_at": row["retrieved_at"] + later} for row in stated]


def test_a_gate_that_warns_holds_nothing_back(world: World) -> None:
    gates(world, seee_quotes={"max_rows": 3})
    told = world.night()
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert statuses(made(world)[-1]) == {"fresh"}
    assert "gate warns: gate_max_rows at seee_quotes" in told.text
    ((_, _, verdict),) = booked(world, "gate_max_rows")[:1]
    assert verdict in ("warn", "pass")


def test_a_night_that_refuses_most_of_what_it_reads_is_held_back(world: World) -> None:
    world.server.until = NEXT[3]
    for day in NEXT[1:]:
        world.serve(day, lambda text: text + "另有某量12.34吨。")
    told = world.night()
    assert (told.outcome, told.exit_code) == ("partial", 3), told.text
    assert told.run.tally.quarantined == 3
    assert "gate_min_accepted at seee_bulletins" in held(told)
    assert seen(world, "max(period_end)") == [(FIRST_UNTIL,)]
    world.server.clear()
    told = world.night()
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert seen(world, "max(period_end)") == [(NEXT[3],)]
    assert statuses(made(world)[-1]) == {"fresh"}


def test_one_refused_page_is_no_reason_to_hold_the_night_back(world: World) -> None:
    world.server.until = NEXT[1]
    world.serve(NEXT[1], lambda text: text + "另有某量12.34吨。")
    told = world.night()
    assert (told.outcome, told.run.tally.quarantined) == ("partial", 1), told.text
    assert told.released
    assert told.released.held == []
    assert seen(world, "max(period_end)") == [(NEXT[0],)]


def test_a_wall_leaves_the_last_good_version_stale_since_the_first_bad_night(
    world: World,
) -> None:
    before = seen(world)
    world.server.fault("^overview", "challenge")
    first = world.night()
    assert (first.outcome, first.exit_code) == ("blocked", 3), first.text
    came = {name: pinned.status for name, pinned in made(world)[-1].of("seee").items()}
    walled = dict.fromkeys(("seee_bulletins", "seee_quotes"), "stale")
    assert came == walled | {"seee_method_totals": "fresh"}, "another host gave what it has"
    stale = made(world)[-1]
    since = {stale.of("seee")[name].stale_since for name in walled}
    assert len(since) == 1
    second = world.night()
    assert made(world)[-1] == stale, "as stale as before: nothing new to say"
    assert second.released
    assert second.released.held == [], "the host that answers has nothing new, and that is fresh"
    assert "seee is stale, 0 min: blocked: wall" in second.text
    assert seen(world) == before
    world.server.fault("/gateway/", "challenge")
    third = world.night()
    assert statuses(made(world)[-1]) == {"stale"}
    assert third.released
    (one,) = third.released.held
    assert {one.stale_since} == since, "its age counts from the first bad night"
    assert "seee held back, stale for 0 min: gate_outcome" in third.text
    world.server.clear()
    assert world.night().exit_code == 0
    assert statuses(made(world)[-1]) == {"fresh"}
    assert {p.stale_since for p in made(world)[-1].tables} == {None}


def test_a_wrong_figure_can_not_wait_until_the_window_has_passed_it(world: World) -> None:
    """The nightly checks look back 30 days; what was never released is asked for longer."""
    world.serve(NEXT[0], lambda text: text.replace("累计成交量", "累计成交量9"))
    told = world.night()
    assert told.exit_code == 5, told.text
    name = f"seee_bulletins day {NEXT[0]} {NEXT[0]}"
    assert f"held back from seee: {name} (revision 1): cumulative_chain" in told.text
    world.server.until = date(2021, 11, 19)
    assert world.night().exit_code == 5
    world.server.until = date(2021, 11, 22)
    told = world.night()
    assert "cumulative_chain_cumulative_volume" in told.run.failed_checks, told.text
    assert statuses(made(world)[-1]) == {"fresh"}
    assert seen(world, "max(period_end)") == [(date(2021, 11, 22),)], "the others go on"
    of_the_day = f"count(*) filter (period = 'day' and period_end = '{NEXT[0]}')"
    assert seen(world, of_the_day) == [(0,)]
    gates(world, known_failures={"held": {name: "misprinted, and will stay so"}})
    told = world.night()
    assert told.exit_code == 0, told.text
    assert seen(world, of_the_day) == [(1,)], "accepted by one line, with all that follows from it"


def test_rollback_holds_until_something_new_comes(world: World) -> None:
    (first,) = made(world)
    world.night()
    second = made(world)[-1]
    rollback(Warehouse(world.home), first.release_id)
    assert seen(world, "max(period_end)") == [(FIRST_UNTIL,)]
    told = world.night()
    assert (told.outcome, told.exit_code) == ("unchanged", 0), told.text
    assert len(made(world)) == 3, "what was withdrawn does not come back by itself"
    assert "rolled back by" in told.text
    rollback(Warehouse(world.home), second.release_id)
    assert seen(world, "max(period_end)") == [(NEXT[0],)]
    assert made(world)[-1].of("seee") == second.of("seee")
    rollback(Warehouse(world.home), first.release_id)
    world.server.until = NEXT[1]
    told = world.night()
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert seen(world, "max(period_end)") == [(NEXT[1],)]
    assert statuses(made(world)[-1]) == {"fresh"}


KILLED = """
import os, signal, sys
from datetime import date
from flows.jobs.nightly import refresh
from flows.core.settings import Settings
import warehouse.store.releases, flows.stages.release.source_gates

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[3] == "before the gates":
    flows.stages.release.source_gates.judged = die
else:
    warehouse.store.releases.commit = die
until = date.fromisoformat(sys.argv[2])
refresh(Settings(home=sys.argv[1]), ["seee"], is_sample=True, until=until)
"""


@pytest.mark.parametrize("moment", ["before the gates", "before the commit"])
def test_killed_between_load_and_release_the_next_run_releases(world: World, moment: str) -> None:
    (first,) = made(world)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(world.home), str(NEXT[0]), moment],
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert world.days()[-1] == (NEXT[0],), "it was loaded"
    assert made(world) == [first]
    assert seen(world, "max(period_end)") == [(FIRST_UNTIL,)]
    told = world.night()
    assert (told.outcome, told.exit_code) == ("unchanged", 0), told.text
    assert len(made(world)) == 2
    assert seen(world, "max(period_end)") == [(NEXT[0],)]


class Other:
    """A second source on the same pages, with tables of its own; `is_down` makes it fail."""

    is_down = False

    def pipeline(self) -> Pipeline:
        seee = sources.pipeline("seee")
        kept = replace(seee.source, name="other", links=self.links)
        return replace(
            seee,
            source=kept,
            transform=lambda record: [_other(row) for row in _rows(seee, record)],
            tables=tuple(_renamed(table) for table in seee.tables),
            checks=(),
            freshness=frozenset(),
        )

    def links(self, crawl: Crawl, source: Source) -> Iterator[Link]:
        if self.is_down:
            raise RuntimeError("the other source is down")
        yield from sources.declaration("seee").links(crawl, source)


def _rows(pipeline: Pipeline, record: Record) -> list[Row]:
    return pipeline.transform(record)  # type: ignore[arg-type]


def _other(row: Row) -> Row:
    return replace(row, table=row.table.replace("seee", "other"))


def _renamed(table: Table) -> Table:
    return replace(table, name=table.name.replace("seee", "other"))


def both(world: World) -> RunReport:
    settings = Settings(home=str(world.home), retries=1, backoff_s=0.0)
    sample = Sample(world.server.routes, world.server.until)
    night = RunContext(open_home(world.home, "sample"), settings, sample=sample)
    report = RunReport(night.run_id, night.job, str(world.home), True)
    run_plainly(night, ["other", "seee"], report)
    return report


def test_a_source_that_fails_holds_back_nobody_else(
    empty_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, other = empty_world, Other()
    known = sources._assembled
    monkeypatch.setattr(
        sources, "_assembled", lambda name: other.pipeline() if name == "other" else known(name)
    )
    for table in other.pipeline().tables:
        monkeypatch.setitem(TABLES, table.name, table)
    open_home(world.home, "sample")
    report = both(world)
    assert report.exit_code == 0, report.runs
    first = made(world)[-1]
    world.server.until = date(2021, 8, 2)
    other.is_down = True
    report = both(world)
    assert report.exit_code == 3
    assert report.released
    assert [held.source for held in report.released.held] == ["other"], report.released.held
    second = made(world)[-1]
    assert (statuses(second), statuses(second, "other")) == ({"fresh"}, {"stale"})
    assert {n: p.table_version for n, p in second.of("other").items()} == {
        n: p.table_version for n, p in first.of("other").items()
    }
    assert seen(world, "max(period_end)") == [(date(2021, 8, 2),)]
    assert seen(world, "max(period_end)", "other_bulletins") == [(date(2021, 7, 30),)]
    told = world.night()  # of seee alone: what is known of the other stays
    assert told.exit_code == 0
    assert told.released
    assert "other is stale" in told.text
    other.is_down = False
    assert both(world).exit_code == 0
    assert statuses(made(world)[-1], "other") == {"fresh"}


def test_the_commands(world: World) -> None:
    (first,) = made(world)
    world.night()
    rows = answer(world.home, "releases")
    assert [(row["release_id"], row["current"]) for row in rows] == [
        (first.release_id, False),
        (made(world)[-1].release_id, True),
    ]
    assert rows[0]["rows"] == sum(p.row_count for p in first.tables if p.source != "ops")
    rows = answer(world.home, "rollback", first.release_id)
    assert {r["table"]: r["version"] for r in rows} == first.versions
    assert made(world)[-1].action == "rollback"
    latest = json.loads((world.home / "published" / "latest.json").read_text())
    assert latest["release_id"] == made(world)[-1].release_id, "readers of the files see it too"
    done = carbonmart(world.home, "rollback", "R20200101T000000Z")
    assert_usage_error(done, "no release", first.release_id)
    assert_usage_error(carbonmart(world.home, "suggest-gates", "seee_quote"), "seee_quotes")
    done = carbonmart(world.home, "suggest-gates")
    assert done.returncode == 0, done.stderr
    (world.home / "gates.yml").write_text(done.stdout)
    world.server.until = NEXT[1]
    told = world.night()
    assert told.exit_code == 0, f"what is proposed must suit the present:\n{told.text}"
    assert len(booked(world, "gate_min_fill")) > 20


def test_a_file_of_gates_that_is_wrong_is_told_before_anybody_is_asked(world: World) -> None:
    gates(world, seee_quotes={"least_rows": 3})
    done = carbonmart(world.home, "refresh", "seee", "--sample")
    assert_usage_error(done, "gates.yml", "no such gate: least_rows")
    runs = world.ask("select count(*) from ops_runs")
    assert runs == [(1,)]
    (world.home / "gates.yml").unlink()
    away = {"CARBONMART_GATES": str(Path(world.home) / "nowhere.yml")}
    assert_usage_error(
        carbonmart(world.home, "refresh", "seee", "--sample", env=away), "nowhere.yml"
    )
