"""Nights over the registry and the exchange: two publishers of one market, one of them spoilt."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.crc.figures import by_day, numbers
from flows.core.query.sql import WORKING
from flows.core.query.time_travel import of_release
from flows.core.settings import Settings
from flows.reports.brief.brief import brief
from flows.reports.brief.facts import ReportSpan
from flows.reports.brief.words import Lang
from flows.stages.checks.reconcile import reconcile
from tests.support.nights import FIRST_UNTIL, NEXT, Told, World, article
from tests.support.stores import store
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

DAY, NEXT_DAY = NEXT[:2]
TABLE, REPORT = r"/list/101\.html\?page=1$", rf"/view/{numbers()[DAY]}\.html$"


@pytest.fixture(scope="session")
def both_read(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has read the exchange to `DAY` and the registry to the trading day before;
    not to be written to."""

    def build(folder: Path) -> None:
        home = Path(shutil.copytree(first_night, folder / "home"))
        for source, until in (("seee", DAY), ("crc", FIRST_UNTIL)):
            with SampleServer(until=until) as server:
                told = World(home, server, source).night()
            assert (told.outcome, told.exit_code) == ("changed", 0), told.text

    return store("both", build, tmp_path_factory.mktemp("stores")) / "home"


@pytest.fixture
def crc(both_read: Path, tmp_path: Path) -> Iterator[World]:
    """That store, and a server on the evening of `DAY`."""
    home = tmp_path / "home"
    shutil.copytree(both_read, home)
    with SampleServer(until=DAY) as server:
        yield World(home, server, "crc")


def text(world: World, target: str) -> str:
    site = world.server.sites["crc"]
    return site.respond(site.hosts[0], target).body.decode()


def released(world: World, sql: str) -> list[tuple[Any, ...]]:
    """What readers of the release see."""
    warehouse = Warehouse(world.home)
    with warehouse.query(sql, versions=dict(releases(warehouse)[-1].versions)) as answer:
        return answer.fetchall()


def found(world: World, check: str) -> list[tuple[Any, ...]]:
    """Scope, expected, found and difference of a check's latest findings."""
    last = f"(select arg_max(run_id, checked_at) from ops_checks where name = '{check}')"
    return world.ask(
        "select scope, expected, found, difference from ops_checks "
        f"where name = '{check}' and verdict <> 'pass' and run_id = {last} order by 1"
    )


def held_rows(told: Told) -> list[str]:
    assert told.released is not None
    return [row.name for row in told.released.rows_held.rows]


def count(world: World, table: str, day: date = DAY) -> int:
    """Rows of a day that readers see."""
    ((rows,),) = released(world, f"select count(*) from {table} where trade_date = '{day}'")
    return int(rows)


SAYS: dict[Lang, str] = {
    "en": f"{DAY} close_cny_per_t: the registry's price table differs from the other pages by 1.00",
    "zh": f"{DAY} close_cny_per_t：登记机构行情表与其他页面不一致，相差 1.00",
}


def brief_of(world: World, lang: Lang) -> str:
    """The market report over the current release."""
    warehouse = Warehouse(world.home)
    snapshot = of_release(warehouse, releases(warehouse)[-1].release_id)
    html = brief(Settings(home=str(world.home)), ReportSpan(DAY.year), lang, snapshot)
    return unescape(html)


def test_two_publishers_that_agree_are_both_released(crc: World) -> None:
    told = crc.night()
    assert (told.outcome, told.exit_code, held_rows(told)) == ("changed", 0, []), told.text
    assert count(crc, "crc_market_daily") == 1
    assert count(crc, "crc_leg_daily") == 2


def test_a_row_of_the_registrys_that_stands_alone_is_named_and_held_back(crc: World) -> None:
    html = text(crc, "/list/101.html?page=1")
    close = str(by_day()[DAY].close)
    other = str(Decimal(close) + 1)
    spoilt = html.replace(f"<td>{close}</td>", f"<td>{other}</td>", 1)
    assert spoilt != html
    crc.server.fault(TABLE, "replace", body=spoilt)
    told = crc.night()
    assert told.exit_code == 5
    assert found(crc, "registry_equals_exchange") == [
        (f"{DAY} close_cny_per_t registry table", close, other, "1.00")
    ]
    assert held_rows(told) == [f"crc_market_daily {DAY}"]
    shown = {name: count(crc, name) for name in ("crc_leg_daily", "mart_market_daily")}
    assert (count(crc, "crc_market_daily"), shown) == (
        0,
        {"crc_leg_daily": 2, "mart_market_daily": 1},
    )
    for lang, says in SAYS.items():
        assert says in brief_of(crc, lang)
    crc.server.clear()
    crc.night()
    assert count(crc, "crc_market_daily") == 1, "the right row enters"
    assert not any(says in brief_of(crc, lang) for lang, says in SAYS.items())


def test_a_report_that_is_spoilt_throughout_stands_alone(crc: World) -> None:
    """Its own sums add up: the price table and the exchange say otherwise."""
    html = text(crc, f"/view/{numbers()[DAY]}.html")
    lines = [
        re.sub(r"<td>(\d+)</td>", lambda cell: f"<td>{int(cell[1]) - 1}</td>", line)
        if any(label in line for label in ("挂牌协议交易", "小计", "交易合计"))
        else line
        for line in html.splitlines()
    ]
    crc.server.fault(REPORT, "replace", body="\n".join(lines))
    told = crc.night()
    assert held_rows(told) == [f"crc_leg_daily {DAY} CEA19-20 listed"]
    volume = by_day()[DAY].listed.volume_t
    scopes = [scope for scope, *_ in found(crc, "registry_equals_exchange")]
    assert scopes == [f"{DAY} listed_volume_t registry report"]
    assert found(crc, "registry_vintages_equal_exchange")[0][1:3] != (f"{volume}", f"{volume}")
    assert count(crc, "crc_market_daily") == 1


def test_a_bulletin_against_which_the_registry_alone_speaks_is_held_back(crc: World) -> None:
    """100 t moved from listed to block trades: its own sums hold, and the query page is walled."""
    crc.server.until = NEXT_DAY
    assert held_rows(crc.night()) == []
    crc.server.fault("^shyx", "challenge")
    of = by_day()[NEXT_DAY]
    changes = {
        "listed_vol_t": of.listed.volume_t - 100,
        "block_vol_t": of.block.volume_t + 100,
    }
    crc.server.fault("", "revision", date=f"{NEXT_DAY}", changes=changes)
    told = World(crc.home, crc.server, "seee").night()
    assert f"seee_bulletins day {NEXT_DAY} {NEXT_DAY}" in held_rows(told)
    assert {name.split()[0] for name in held_rows(told)} == {"seee_bulletins"}
    scopes = [scope for scope, *_ in found(crc, "exchange_equals_registry")]
    assert scopes == [f"{NEXT_DAY} {leg}_volume_t bulletin" for leg in ("block", "listed")]
    assert count(crc, "crc_market_daily", NEXT_DAY) == 1
    assert held_rows(crc.night()) == [], "the registry is not at fault"


def test_a_report_that_does_not_add_up_is_refused_and_the_rest_is_loaded(crc: World) -> None:
    html = text(crc, f"/view/{numbers()[DAY]}.html")
    spoilt = re.sub(
        r"(<td>小计</td><td>)(\d)", lambda m: f"{m[1]}{(int(m[2]) + 1) % 9 + 1}", html, count=1
    )
    assert spoilt != html
    crc.server.fault(REPORT, "replace", body=spoilt)
    told = crc.night()
    assert told.outcome == "partial"
    assert crc.quarantine("rule, table_name") == [("sums_differ", "crc_leg_daily")]
    assert released(crc, "select max(trade_date) from crc_market_daily") == [(DAY,)]
    assert released(crc, "select max(trade_date) from crc_leg_daily") == [(FIRST_UNTIL,)]
    assert [scope for scope, *_ in found(crc, "crc_leg_daily_coverage")] == [f"{DAY}"]


def test_a_list_that_loses_its_pager_is_told(crc: World) -> None:
    html = text(crc, "/list/101.html?page=2")
    bare = re.sub(r'<div class="pager">.*?</div>', "", html, flags=re.DOTALL)
    crc.server.fault(r"/list/101\.html\?page=2$", "replace", body=bare)
    told = crc.pipeline()
    assert "a further page of a list without a pager" in told.text
    assert told.exit_code == 3
    assert crc.ask("select max(trade_date) from crc_leg_daily") == [(DAY,)], (
        "the other list is read"
    )


def test_a_day_that_the_exchange_lacks_is_told_as_the_registrys(crc: World) -> None:
    """Its bulletin is missing, its quote file has no such day, its query page is walled."""
    seee = World(crc.home, crc.server, "seee")
    seee.server.until = NEXT[2]
    quotes = "/zhhq/jsonData/hiskline.json"
    body = seee.server.sites["seee"].respond("overview.cneeex.example", quotes).body.decode()
    without = [row for row in json.loads(body) if row[0] != f"{NEXT_DAY}"]
    seee.server.fault(re.escape(quotes), "replace", body=json.dumps(without))
    seee.server.fault(re.escape(article(NEXT_DAY).path), "not_found")
    seee.server.fault("^shyx", "challenge")
    seee.night()
    gaps = [scope for scope, *_ in found(crc, "cumulative_gap_cumulative_volume")]
    assert gaps == [f"{NEXT[2]}"], "it grew over a day of which nothing is held"
    crc.night()
    of = by_day()[NEXT_DAY]
    figures = (of.close, of.listed.volume_t, of.total.volume_t, of.total.turnover_cny)
    asked = (
        "select close_cny_per_t, listed_volume_t, total_volume_t, total_turnover_cny, stated_by, "
        "open_cny_per_t, cumulative_volume_t, derived_from from mart_market_daily "
        f"where trade_date = '{NEXT_DAY}'"
    )
    ((*told, derived),) = released(crc, asked)
    assert told == [*figures, "registry", None, None]
    assert {each["table"] for each in json.loads(derived)} == {"crc_market_daily", "crc_leg_daily"}
    day = f"('seee', '{NEXT_DAY}')"
    state = f"select state, missing from ops_coverage where (source, trade_date) = {day}"
    assert crc.ask(state)[0][0] == "other witness"
    october = "select missing_days, totals_from from mart_market_monthly where month = '2021-10-01'"
    assert released(crc, october) == [(1, "part of the days")], "it is in no sum of the exchange's"
    asked_again = reconcile(Settings(home=str(crc.home)), WORKING, ["seee"])
    explained = {one.check.name: one.findings for one in asked_again if "_gap_" in one.check.name}
    assert set(explained.values()) == {()}, "the registry says what was traded"
    seee.server.clear()
    seee.night()
    ((*_, said, _, _, derived),) = released(crc, asked)
    assert (said, "crc_" in derived) == ("bulletin", False)
    assert crc.ask(state) == [("complete", None)]


def test_what_is_not_released_of_the_registry_holds_back_nothing_of_the_exchange(
    crc: World,
) -> None:
    crc.server.until = NEXT_DAY
    crc.pipeline()
    assert count(crc, "crc_market_daily") == 0
    World(crc.home, crc.server, "seee").night()
    asked = f"select stated_by from mart_market_daily where trade_date = '{NEXT_DAY}'"
    assert released(crc, asked) == [("bulletin",)]
