"""Marts over whole nights: what moves them, what was known of them, what holds them back."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from flows.core.context import RunContext, Sample
from flows.core.query.sql import WORKING
from flows.core.settings import Settings
from flows.jobs.nightly import run_plainly
from flows.jobs.report.result import RunReport
from flows.reports.brief.brief import brief
from flows.reports.brief.facts import ReportSpan
from flows.reports.brief.words import WORDS, amount
from tests.e2e.commands import answer
from tests.support.marts import derive
from tests.support.nights import FIRST_UNTIL, NEXT, World, article
from transforms.checks import Check
from transforms.marts import registry as recipes
from transforms.marts.checks import MART_CHECKS
from transforms.marts.model import Mart
from warehouse.store.home import open_home
from warehouse.store.releases import Release, releases
from warehouse.store.store import Warehouse

MARTS = ("mart_market_daily", "mart_market_monthly", "mart_market_annual")


def versions(world: World) -> dict[str, int | None]:
    return {name: Warehouse(world.home).version(name) for name in (*MARTS, "ops_marts")}


def revisions(world: World, mart: str, columns: str) -> list[tuple[Any, ...]]:
    """Rows that were learned after the first night."""
    return world.ask(
        f"select {columns}, revision from {mart}__history where known_from > "
        f"(select min(known_from) from {mart}__history) order by 1, revision"
    )


def released(world: World) -> Release:
    return releases(Warehouse(world.home))[-1]


def accept(world: World, day: date) -> None:
    """Release what the bulletin of a day says, whatever the other pages do."""
    known = {"held": {f"seee_bulletins day {day} {day}": "told by hand"}}
    (world.home / "gates.yml").write_text(json.dumps({"known_failures": known}))


def test_a_new_day_adds_its_row_and_revises_its_month_and_year(world: World) -> None:
    before = versions(world)
    told = world.night()
    assert told.exit_code == 0, told.text
    assert revisions(world, "mart_market_daily", "trade_date") == [(NEXT[0], 1)]
    assert revisions(world, "mart_market_monthly", "month") == [(date(2021, 10, 1), 1)]
    assert revisions(world, "mart_market_annual", "year") == [(2021, 2)]
    (held,) = world.ask("select last_trade_date, trading_days from mart_market_annual")
    days = world.days()
    assert held == (NEXT[0], len(days))
    assert {name: v for name, v in versions(world).items() if v == before[name]} == {}
    assert released(world).of("marts").keys() >= set(MARTS)
    before = versions(world)
    assert world.night().outcome == "unchanged"
    assert versions(world) == before, "a quiet night derives nothing"


def test_a_revised_bulletin_revises_the_rows_it_touches_and_no_other(world: World) -> None:
    accept(world, FIRST_UNTIL)
    world.server.until = FIRST_UNTIL
    world.server.fault("", "revision", date=FIRST_UNTIL, changes={"high": "77.70"})
    told = world.night()
    assert told.outcome == "changed", told.text
    assert revisions(world, "mart_market_daily", "trade_date, high_cny_per_t") == [
        (FIRST_UNTIL, Decimal("77.70"), 2)
    ]
    # The month and the year print a high of their own, or take that of their days.
    months = revisions(world, "mart_market_monthly", "month")
    years = revisions(world, "mart_market_annual", "year, high_cny_per_t")
    assert months in ([], [(date(2021, 9, 1), 2)])
    assert years == [(2021, Decimal("77.70"), 2)]


def test_a_mart_has_history_differences_and_a_trace(world: World) -> None:
    (first,) = releases(Warehouse(world.home))
    world.night()
    history = answer(world.home, "history", "mart_market_annual", "2021")
    assert [row["action"] for row in history] == ["ADD", "MOD"]
    assert "total_volume_t" in history[1]["changed"]
    last = released(world).release_id
    changes = answer(world.home, "diff", "mart_market_daily", first.release_id, last)
    assert [(c["key"], c["action"]) for c in changes] == [({"trade_date": f"{NEXT[0]}"}, "ADD")]
    told = answer(world.home, "trace", "mart_market_monthly", "2021-10-01", "total_volume_t")
    (daily,) = told["derived_from"]
    (leaf,) = daily["leaves"]
    assert leaf["url"].endswith(article(NEXT[0]).path)
    assert f"{leaf['cells'][0]['value']:,}" in leaf["cells"][0]["words"]
    assert told["formula"]


def test_a_mart_of_the_past_agrees_with_its_inputs_of_then(world: World) -> None:
    world.night()
    accept(world, NEXT[0])
    world.server.until = NEXT[1]
    world.server.fault("", "revision", date=NEXT[0], changes={"high": "77.70"})
    world.night()
    warehouse = Warehouse(world.home)
    instants = world.ask("select distinct known_from from seee_bulletins__history order by 1")
    assert len(instants) == 3
    for (moment,) in instants:
        with warehouse.connect(as_of=moment) as connection:
            core = connection.execute(
                "select period_end, high_cny_per_t, total_volume_t from seee_bulletins "
                "where period = 'day' order by 1"
            ).fetchall()
            mart = connection.execute(
                "select trade_date, high_cny_per_t, total_volume_t from mart_market_daily "
                "order by 1"
            ).fetchall()
            (total,) = connection.execute(
                "select sum(days_total_volume_t) from mart_market_annual"
            ).fetchall()
        assert mart == core
        assert total == (sum(row[2] for row in core),)


def test_what_rests_on_a_source_held_back_is_held_back_with_it(world: World) -> None:
    first = released(world)
    gates = {"seee_quotes": {"min_rows": 10_000_000}}
    (world.home / "gates.yml").write_text(json.dumps(gates))
    told = world.night()
    assert told.exit_code == 4, told.text
    assert revisions(world, "mart_market_daily", "trade_date") == [(NEXT[0], 1)]
    second = released(world)
    assert second.release_id != first.release_id
    for name, pinned in second.of("marts").items():
        assert pinned.table_version == first.versions[name]
        assert pinned.status == "stale"
        assert "seee_bulletins" in (pinned.reason or "")
    (world.home / "gates.yml").unlink()
    assert world.night().exit_code == 0
    assert {p.status for p in released(world).of("marts").values()} == {"fresh"}
    assert released(world).versions["mart_market_daily"] > first.versions["mart_market_daily"]


def test_a_mart_that_fails_its_gate_holds_back_itself_alone(world: World) -> None:
    gates = {"mart_market_annual": {"min_rows": 2}}
    (world.home / "gates.yml").write_text(json.dumps(gates))
    told = world.night()
    assert told.exit_code == 4, told.text
    assert "mart_market_annual held back" in told.text
    found = {name: p.status for name, p in released(world).of("marts").items()}
    assert found["mart_market_annual"] == "stale"
    assert found["mart_market_daily"] == "fresh"
    assert {p.status for p in released(world).of("seee").values()} == {"fresh"}


def test_a_recipe_that_fails_leaves_all_else_released(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = recipes.recipes()
    broken = Mart(good[-1].table, "select no_such_column from seee_bulletins", good[-1].inputs)
    monkeypatch.setattr("flows.stages.release.build_marts.recipes", lambda: (*good[:-1], broken))
    told = world.night()
    assert told.exit_code == 4, told.text
    assert "no_such_column" in told.text
    assert {p.status for p in released(world).of("seee").values()} == {"fresh"}
    found = {name: p.status for name, p in released(world).of("marts").items()}
    assert found.pop(broken.table.name, "stale") == "stale"
    assert set(found.values()) == {"fresh"}
    assert revisions(world, "mart_market_daily", "trade_date") == [(NEXT[0], 1)]
    monkeypatch.undo()
    assert world.night().exit_code == 0
    assert {p.status for p in released(world).of("marts").values()} == {"fresh"}


def test_a_day_whose_page_is_gone_and_comes_back(world: World) -> None:
    world.server.until = FIRST_UNTIL
    day = date(2021, 9, 24)
    gone = article(day)
    path = "/zhhq/jsonData/hiskline.json"
    quotes = json.loads(world.server.sites["seee"].respond("overview.cneeex.example", path).body)
    world.server.fault(path, "replace", body=json.dumps(quotes))
    world.server.fault(gone.path, "not_found")
    world.night()
    world.server.until = NEXT[0]
    world.night()
    (row,) = world.ask(
        f"select stated_by, open_cny_per_t from mart_market_daily where trade_date = '{day}'"
    )
    if world.ask(f"select 1 from seee_bulletins where period='day' and period_end='{day}'"):
        pytest.fail("the bulletin should be gone")
    assert row[0] == "quote and query JSON", "the other pages still speak of the day"


def test_derived_again_it_says_nothing_new_however_often_it_was_killed(world: World) -> None:
    world.night()
    warehouse = Warehouse(world.home)
    before = {name: warehouse.version(name) for name in MARTS}
    # As if killed before the ledger was written: the derivation is done again.
    for name in ("ops_marts",):
        folder = world.home / "tables" / name
        for part in sorted(folder.rglob("*"), reverse=True):
            part.unlink() if part.is_file() else part.rmdir()
        folder.rmdir()
    assert not any(one.is_changed for one in derive(world.home))
    assert {name: warehouse.version(name) for name in MARTS} == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_brief_of_a_young_store_tells_what_it_has(first_night: Path, lang: str) -> None:
    settings = Settings(home=str(first_night))
    page = brief(settings, ReportSpan(2021), lang, WORKING)
    (volume, days) = (
        Warehouse(first_night)
        .query("select sum(total_volume_t), count(*) from mart_market_daily")
        .fetchall()[0]
    )
    assert amount(Decimal(volume), "t", "zh" if lang == "zh" else "en") in page
    assert f"{days}个交易日" in page or f"on {days} trading days" in page
    assert WORDS["zh" if lang == "zh" else "en"]["unstated"] in page, "no other source is held"
    assert brief(settings, ReportSpan(2021, 3), lang, WORKING) != page


def test_a_hard_check_between_tables_holds_the_marts_back_and_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = (
        "select year as scope, 0 as expected, total_volume_t as found, null as difference, "
        "'' as evidence from mart_market_annual"
    )
    broken = Check("a_check_that_fails", "nothing is traded", sql, ("mart_market_annual",))
    monkeypatch.setattr("flows.stages.checks.reconcile.MART_CHECKS", (*MART_CHECKS, broken))
    told = world.night()
    assert told.exit_code == 5, told.text
    assert "a_check_that_fails" in told.text
    found = {name: p.status for name, p in released(world).of("marts").items()}
    assert found["mart_market_annual"] == "stale"
    assert {p.status for p in released(world).of("seee").values()} == {"fresh"}
    booked = world.ask("select scope, verdict from ops_checks where name = 'a_check_that_fails'")
    assert booked == [("2021", "fail")]
    accepted = {"known_failures": {"a_check_that_fails": {"2021": "looked at"}}}
    (world.home / "gates.yml").write_text(json.dumps(accepted))
    world.server.until = NEXT[1]
    assert world.night().exit_code == 0
    assert {p.status for p in released(world).of("marts").values()} == {"fresh"}


def test_a_year_of_which_only_prices_are_held_has_no_uncited_figure(tmp_path: Path) -> None:
    """The public list may stop while the quote files go on."""
    home = open_home(tmp_path / "home", "sample")
    with SampleServer(until=date(2022, 1, 14)) as server:
        sample = Sample(server.routes, date(2021, 12, 27))
        night = RunContext(
            home, Settings(home=str(tmp_path / "home"), publish=False), sample=sample
        )
        report = RunReport(night.run_id, night.job, str(home.path), True)
        run_plainly(night, ["seee"], report)
    assert report.exit_code == 0, report
    with Warehouse(home.path).connect("seee_quotes", "mart_key_figures") as connection:
        newest = connection.execute("select max(trade_date) from seee_quotes").fetchone()
        years = connection.execute("select distinct left(period, 4) from mart_key_figures")
        assert newest == (date(2022, 1, 14),)
        assert years.fetchall() == [("2021",)]
