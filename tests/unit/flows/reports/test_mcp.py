"""What the server of the Model Context Protocol answers on small stores: caps, releases, marks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.core.errors import UsageError
from flows.core.query.time_travel import Wanted
from flows.core.settings import Settings
from flows.reports.mcp import answers as module
from flows.reports.mcp.answers import Answers
from flows.reports.mcp.cited import TEXT
from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.support.released import DAYS, PRODUCTS, load_days, night, release, two_releases
from tests.support.rows import bulletin
from warehouse.store.home import Home, open_home
from warehouse.store.releases import Release
from warehouse.store.store import Warehouse

World = tuple[Home, Release, Release]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two releases, and rows after the last that no release has let through."""
    home, first, second = two_releases(tmp_path_factory.mktemp("mcp") / "home")
    load_days(home, DAYS[2:3], 4, close="66.66")
    return home, first, second


def _asked(home: Home, **wanted: str) -> Answers:
    return Answers(Settings(home=str(home.path)), Wanted(**wanted))  # type: ignore[arg-type]


def test_the_current_release_is_asked_or_the_one_that_is_wanted(world: World) -> None:
    home, first, second = world
    prices = "select distinct close_cny_per_t as p from seee_quotes order by 1"
    now = _asked(home).query(prices)
    assert now["release"] == second.release_id
    assert now["rows"] == [{"p": "90.50"}, {"p": "91.00"}], "what is not released is not seen"
    then = _asked(home, release=first.release_id).query(prices)
    assert (then["release"], then["rows"]) == (first.release_id, [{"p": "91.00"}])
    past = _asked(home, as_of="2020-01-01").query(prices)
    assert past["rows"] == []
    assert "as known at 2020-01-01" in past["rows_are"]


def test_rows_are_capped_and_said_to_be(world: World) -> None:
    asked = _asked(world[0])
    few = asked.query("select * from seee_quotes order by trade_date, product", 3)
    assert (len(few["rows"]), few["is_cut"]) == (3, True)
    most = asked.query("select trade_date from seee_quotes", 10**9)
    assert len(DAYS) * len(PRODUCTS) - 1 < module.ROWS
    assert (len(most["rows"]), most["is_cut"]) == (len(DAYS) * len(PRODUCTS) - 1, False)
    endless = asked.query("select * from range(1000000000000000)", 10**9)
    assert (len(endless["rows"]), endless["is_cut"]) == (module.ROWS, True)


def test_seconds_are_capped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.05)
    with pytest.raises(UsageError, match="no answer within"):
        _asked(world[0]).query("select count(*) from range(10000000000) a, range(10000000) b")


def test_a_row_with_its_key_is_cited(world: World) -> None:
    told = _asked(world[0]).query(
        f"select trade_date, product, close_cny_per_t from seee_quotes "
        f"where trade_date = '{DAYS[0]}' and product = 'CEA21'"
    )
    (page, table) = told["citations"]
    assert page["key"] == {"trade_date": str(DAYS[0]), "product": "CEA21"}
    assert (page["payload_sha256"], page["is_simulated"]) == ("0" * 64, True)
    assert page["url"].startswith("https://overview.cneeex.example/")
    assert table["table"] == "seee_quotes"
    assert table["terms"]
    whole = _asked(world[0]).query("select avg(close_cny_per_t) as p from seee_quotes")
    assert whole["is_simulated"] is True, "a mean of simulated rows is one"
    assert [each["table"] for each in whole["citations"]] == ["seee_quotes"]


def test_a_cell_says_who_corrected_it_and_a_long_text_is_cut(tmp_path: Path) -> None:
    home, day = open_home(tmp_path / "home", "sample"), DAYS[0]
    noted = {"corrected": {"close_cny_per_t": {"published": "91.10", "reason": "a slip"}}}
    words = json.dumps({"close_cny_per_t": "收盘价91.10元/吨", **noted})
    row = bulletin(day, evidence=words, title="长" * (TEXT + 5))
    Warehouse(home.path).load(SEEE_BULLETINS, [row], known_from=night(1), run_id="night-1")
    with pytest.raises(UsageError, match="nothing is released yet"):
        _asked(home).tables()
    release(home)
    told = _asked(home).cite("seee_bulletins", ["day", str(day), str(day)], "close_cny_per_t")
    (page,) = told["citations"]
    assert (told["value"], told["unit"], page["words"]) == ("91.00", "CNY/t", "收盘价91.10元/吨")
    assert page["note"] == {"corrected": {"published": "91.10", "reason": "a slip"}}
    (shown,) = _asked(home).query("select title from seee_bulletins")["rows"]
    assert shown["title"] == "长" * TEXT + "…"
    with pytest.raises(UsageError, match="no row"):
        _asked(home).cite("seee_bulletins", ["day", "2020-01-01", "2020-01-01"], "change_pct")


def test_conflicts_and_freshness_are_there_before_any_mart_is(world: World) -> None:
    asked = _asked(world[0])
    assert asked.conflicts()["figures"] == []
    fresh = {one["source"]: one for one in asked.freshness()["sources"]}
    assert fresh["seee"]["newest_day"] == str(DAYS[-1])
    assert fresh["seee"]["last_run"]["run_id"] == "night-4"
    assert fresh["hkex"]["last_run"] is None
    assert asked.table("seee_quotes")["all_revisions_in"] == "seee_quotes__history"
    assert asked.key_figures("2024", "", all_publishers=True)["figures"] == []
