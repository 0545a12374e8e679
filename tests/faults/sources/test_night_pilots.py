"""Nights over the pilot markets: several publishers in one source, one of them in trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.pilots.figures import by_day
from extractors.sample.sites.pilots.site import HOSTS
from tests.support.nights import Told, World
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

FRIDAY, MONDAY = date(2021, 9, 17), date(2021, 9, 22)
"""The market was closed on the two days after the weekend between them."""
BEIJING, HISTORY = "/article/jyxx/", "/carbon/portalIndex/markethistory"


@pytest.fixture
def pilots(tmp_path: Path) -> Iterator[World]:
    """No store yet, and a server on the evening of a Friday."""
    with SampleServer(until=FRIDAY) as server:
        yield World(tmp_path / "home", server, "pilots")


def text(world: World, pilot: str, target: str) -> str:
    return world.server.sites["pilots"].respond(HOSTS[pilot], target).body.decode()


def loaded(world: World) -> set[str]:
    return {pilot for (pilot,) in world.ask("select distinct pilot from pilot_daily")}


def asked(world: World) -> list[tuple[str, str]]:
    """Host and target of each request but those for robots.txt."""
    made = ((host, target) for _, host, target, _ in world.server.requests)
    return [each for each in made if each[1] != "/robots.txt"]


@pytest.mark.parametrize("pilot", HOSTS)
def test_a_wall_at_one_exchange_holds_up_no_other(pilots: World, pilot: str) -> None:
    pilots.server.fault(f"^{re.escape(HOSTS[pilot])}", "challenge")
    told = pilots.pipeline()
    assert (told.outcome, told.exit_code) == ("blocked", 3), told.text
    assert HOSTS[pilot] in told.text
    assert loaded(pilots) == HOSTS.keys() - {pilot}
    hits = [host for host, _ in asked(pilots) if host == HOSTS[pilot]]
    assert len(hits) <= 1, "a closed door was knocked at again"


def test_several_in_trouble_are_all_named(pilots: World) -> None:
    pilots.server.fault(f"^{re.escape(HOSTS['beijing'])}", "challenge")
    pilots.server.fault(r"/list_51\.html", "replace", body="日期 <p>网站已改版</p>")
    told = pilots.pipeline()
    assert told.outcome == "blocked", told.text
    places = {issue.url for issue in told.run.tally.signals + told.run.tally.walls}
    assert {f"https://{HOSTS['beijing']}{BEIJING}"} <= places
    assert f"https://{HOSTS['hubei']}/list_51.html?page=1" in told.text
    assert loaded(pilots) == {"guangdong", "shenzhen"}
    assert pilots.ask("select count(*) > 0 from pilot_series") == [(True,)]


def test_a_night_asks_the_four_and_of_a_list_what_is_young(pilots: World) -> None:
    pilots.pipeline()
    pilots.server.requests.clear()
    told = pilots.pipeline()
    assert told.outcome == "empty_expected", told.text
    assert {host for host, _ in asked(pilots)} == set(HOSTS.values())
    years = [target for _, target in asked(pilots) if target.startswith(HISTORY)]
    assert years == [f"{HISTORY}?Top=1&beginTime=2021-01-01&endTime=2021-12-31"]


def test_a_misprint_is_refused_alone_and_settled_once_it_is_mended(pilots: World) -> None:
    """The row moves to another page meanwhile, as the list grows."""
    day = next(of for of in reversed(list(by_day("beijing").values())) if of.trade_date <= FRIDAY)
    amount = f"{day.turnover_cny:,}"
    html = text(pilots, "beijing", BEIJING)
    assert html.count(amount) == 1
    pilots.server.fault(f"{BEIJING}$", "replace", body=html.replace(amount, "70.074.00"))
    told = pilots.pipeline()
    assert (told.outcome, told.run.tally.quarantined) == ("partial", 1), told.text
    assert pilots.quarantine("rule, value, table_name") == [
        ("bad_number", "70.074.00", "pilot_daily")
    ]
    others = f"select count(*) from pilot_daily where pilot = 'beijing' and {{}} '{day.trade_date}'"
    assert pilots.ask(others.format("trade_date =")) == [(0,)]
    assert pilots.ask(others.format("trade_date <"))[0][0] > 1
    pilots.server.clear()
    pilots.server.until = MONDAY
    assert pilots.pipeline().outcome == "changed"
    assert pilots.quarantine("url") == []
    assert pilots.ask(others.format("trade_date =")) == [(1,)]


def test_a_change_that_leads_elsewhere_is_held_back_alone(pilots: World) -> None:
    """In yuan and in per cent it says the same, and leads to another close before."""
    pilots.night()
    pilots.server.until = MONDAY
    html = text(pilots, "guangdong", f"{HISTORY}?beginTime=2021-01-01&endTime=2021-12-31")
    of = by_day("guangdong")[MONDAY]
    printed = f"<td>{of.change}</td><td>{of.change_pct}%</td>"
    assert (html.count(printed), of.change, of.change_pct) == (1, Decimal("0.51"), Decimal("0.89"))
    spoilt = html.replace(printed, "<td>0.41</td><td>0.72%</td>")
    pilots.server.fault(HISTORY, "replace", body=spoilt)
    told = pilots.night()
    assert (told.run.failed_checks, told.exit_code) == (["pilot_change_chain"], 5), told.text
    assert names_held(told) == [f"pilot_daily guangdong {MONDAY} GDEA all"]
    day = f"select count(*) from pilot_daily where trade_date = '{MONDAY}' and pilot = 'guangdong'"
    assert released(pilots, day) == [(0,)]
    pilots.server.clear()
    told = pilots.night()
    assert (told.run.failed_checks, names_held(told)) == ([], [])
    assert released(pilots, day) == [(1,)]


def names_held(told: Told) -> list[str]:
    assert told.released is not None
    return [row.name for row in told.released.rows_held.rows]


def released(world: World, sql: str) -> list[tuple[object, ...]]:
    """What readers of the release see."""
    warehouse = Warehouse(world.home)
    with warehouse.query(sql, versions=dict(releases(warehouse)[-1].versions)) as answer:
        return answer.fetchall()
