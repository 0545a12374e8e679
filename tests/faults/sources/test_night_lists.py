"""Lists that are empty, stale, cut short or on the move: a hole is never an ordinary night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.seee.pages import STATIC_PAGES
from extractors.sample.sites.seee.texts.bulletins import all_articles
from tests.support.nights import FIRST_UNTIL, NEXT, OVERVIEW, World

DAILY = "/qgtpfqjy/mrgk/2021n/"


def test_an_empty_list_beside_fresh_quotes_is_partial(world: World) -> None:
    world.server.fault(f"{DAILY}index.shtml", "empty_list")
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    told.line("empty_list: ")
    assert world.ask("select max(trade_date) from seee_quotes") == [(NEXT[0],)]
    world.server.clear()
    assert world.pipeline().outcome == "changed"
    assert world.days()[-1] == (NEXT[0],)


def test_a_list_that_stopped_is_an_alarm_each_night(world: World) -> None:
    """The list stays as it was while the market goes on: that is no night without news."""
    host = "overview.cneeex.example"
    with SampleServer(until=FIRST_UNTIL) as old:
        for name in ("mrgk/2021n/", "mzgk/2021n/", "jysj/ydgk/2021n/"):
            path = f"/qgtpfqjy/{name}index.shtml"
            body = old.sites["seee"].respond(host, path).body.decode()
            world.server.fault(f"{path}$", "replace", body=body)
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3), "the quotes are new"
    line = told.line("bulletins_are_fresh")
    assert f"{FIRST_UNTIL}" in line
    assert f"{NEXT[0]}" in line
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("empty_suspicious", 5), "nothing is new at all"
    told.line("bulletins_are_fresh")
    told.line("bulletin_coverage")
    world.server.clear()
    assert world.pipeline().outcome == "changed"
    assert world.days()[-1] == (NEXT[0],)


def test_a_list_that_is_gone_is_told(world: World) -> None:
    world.server.fault(DAILY, "not_found")
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    missing = [t for t in told.run.tally.signals if t.rule == "list_missing"]
    assert [t.url for t in missing] == [f"{OVERVIEW}{DAILY}index.shtml"]
    world.server.clear()
    assert world.pipeline().outcome == "changed"


def test_a_list_of_another_make_is_a_drift_and_holds_back_nothing_else(world: World) -> None:
    page = "<html><body><h1>行情</h1>" + "<p>新版页面。</p>" * 2000 + "</body></html>"
    world.server.fault(f"{DAILY}index.shtml", "replace", body=page)
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("drifted", 3)
    line = told.line("layout")
    assert OVERVIEW + DAILY in line
    assert "articel-list" in line
    assert world.ask("select max(trade_date) from seee_quotes") == [(NEXT[0],)]
    assert world.ask("select max(trade_date) from seee_method_totals") == [(NEXT[0],)]
    world.server.clear()
    assert world.pipeline().outcome == "changed"


def test_what_was_missed_for_longer_than_the_window_is_still_asked_for(world: World) -> None:
    """Nobody ran it for two months: the window reaches back to the last complete night."""
    world.server.until = date(2021, 12, 10)
    told = world.pipeline()
    assert told.outcome == "changed", told.text
    due = [a.published for a in all_articles() if a.kind == "daily"]
    due = sorted(day for day in due if day <= world.server.until)
    assert [day for (day,) in world.days()] == due
    totals = "select distinct trade_date from seee_method_totals order by 1"
    assert [day for (day,) in world.ask(totals)] == due
    assert told.run.failed_checks == []


# --- a list long enough for the dynamic pager

YEAR_END = date(2022, 10, 14)


@pytest.fixture(scope="module")
def long_lists() -> Iterator[SampleServer]:
    with SampleServer(until=YEAR_END) as server:
        yield server


def expected(until: date) -> int:
    return len([a for a in all_articles() if a.published <= until])


@pytest.mark.parametrize("direction", ["added", "removed"])
def test_a_list_that_shifts_while_it_is_paged_loses_nothing(
    long_lists: SampleServer, tmp_path: Path, direction: str
) -> None:
    long_lists.clear()
    long_lists.fault("/mrgk/2022n/", "shift", direction=direction)
    world = World(tmp_path / "home", long_lists)
    told = world.pipeline()
    assert told.outcome == "changed", told.text
    assert world.ask("select count(*) from seee_bulletins") == [(expected(YEAR_END),)]


def test_the_dynamic_pager_gone_is_told_and_later_made_good(
    long_lists: SampleServer, tmp_path: Path
) -> None:
    """Static pages alone hold 150 articles a year: a crawl that ends there is cut, not complete."""
    long_lists.clear()
    long_lists.fault("/zcms/", "not_found")
    world = World(tmp_path / "home", long_lists)
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    line = told.line("list_truncated")
    assert "index_11.shtml" in line
    held = "select count(*) from seee_bulletins where period='day' and year(period_end) = 2022"
    assert world.ask(held) == [(STATIC_PAGES * 15,)]
    long_lists.clear()

    tenth = "/qgtpfqjy/mrgk/2022n/index_10.shtml"
    body = long_lists.sites["seee"].respond("overview.cneeex.example", tenth).body.decode()
    no_more = re.sub(r'<a class="z_num" href="[^"]*zcms[^"]*">[^<]*</a>', "", body)
    assert no_more != body
    long_lists.fault(tenth, "replace", body=no_more)
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    line = told.line("list_truncated")
    assert re.search(r"10 of \d\d pages", line)
    assert "/mrgk/2022n/" in line
    long_lists.clear()

    told = world.pipeline()
    assert told.outcome == "changed", told.text
    assert world.ask("select count(*) from seee_bulletins") == [(expected(YEAR_END),)]
