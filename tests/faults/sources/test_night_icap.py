"""Nights over ICAP's sites: documents cut short, divided systems, pages overwritten in place."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.icap.explorer import systems_json
from extractors.sample.sites.icap.news import all_items
from extractors.sample.sites.icap.pages import article_page
from tests.support.icap_pages import system
from tests.support.nights import Told, World
from tests.support.stores import store

UNTIL = date(2021, 12, 15)
"""The third quarter of 2021 is out: 53 dates of China's national market."""
SYSTEMS = r"/api/systems$"
LAUNCH = "/en/news-archive/789-china-national-ets-commences-trading"
Document = list[dict[str, Any]]


@pytest.fixture(scope="module")
def first_icap_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after its first night; not to be written to."""
    return store("icap", _first_night, tmp_path_factory.mktemp("stores")) / "home"


def _first_night(folder: Path) -> None:
    with SampleServer(until=UNTIL) as server:
        told = World(folder / "home", server, "icap").night()
    assert told.outcome == "changed", told.text
    assert told.exit_code == 0, told.text


@pytest.fixture
def icap(first_icap_night: Path, tmp_path: Path) -> Iterator[World]:
    """The store of the first night, and a server on the next evening."""
    home = tmp_path / "home"
    shutil.copytree(first_icap_night, home)
    with SampleServer(until=UNTIL + timedelta(days=1)) as server:
        yield World(home, server, "icap")


def serve(world: World, edit: Callable[[Document], object]) -> None:
    """Serve the Explorer's document with an edit of it."""
    document = json.loads(systems_json(date(2021, 9, 30)))
    edit(document)
    world.server.clear()
    world.server.fault(SYSTEMS, "replace", body=json.dumps(document))


def next_night(world: World) -> Told:
    """The night after, on the next day."""
    told = world.pipeline()
    world.server.until += timedelta(days=1)
    return told


def national(world: World) -> list[tuple[Any, ...]]:
    return world.ask("select date, price_local from icap_prices where system_id = 14 order by date")


def tombstones(world: World) -> int:
    ((number,),) = world.ask("select count(*) from icap_prices__history where is_deleted")
    return int(number)


def test_the_document_is_asked_for_once_a_day_and_news_of_nothing_costs_no_version(
    icap: World,
) -> None:
    icap.server.until = UNTIL
    versions = icap.versions()
    assert icap.pipeline().outcome == "empty_expected"
    asked = [(target, status) for _, _, target, status in icap.server.requests]
    assert not [target for target, _ in asked if "/api/" in target]
    icap.server.until = UNTIL + timedelta(days=1)
    for _ in range(2):
        assert icap.pipeline().outcome == "empty_expected"
    asked = [(target, status) for _, _, target, status in icap.server.requests]
    assert [status for target, status in asked if "/api/" in target] == [304]
    assert icap.versions() == versions


def test_a_new_quarter_appends_and_revises_nothing(icap: World) -> None:
    before = national(icap)
    icap.server.until = date(2022, 3, 1)
    told = icap.pipeline()
    assert told.outcome == "changed", told.text
    assert icap.ask("select max(revision) from icap_prices") == [(1,)]
    assert icap.ask("select max(revision) from icap_systems where system_id = 14") == [(2,)]
    after = national(icap)
    assert after[: len(before)] == before
    assert after[-1][0] == date(2021, 12, 31)
    assert tombstones(icap) == 0


def test_a_page_where_the_document_is_due_replaces_nothing(icap: World) -> None:
    versions = icap.versions()
    page = "<!DOCTYPE html><html><body><h1>One moment</h1></body></html>"
    icap.server.fault(SYSTEMS, "replace", body=page, content_type="text/html")
    told = icap.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3), told.text
    assert "/api/systems" in told.line("layout")
    icap.server.clear()
    icap.server.fault(SYSTEMS, "replace", body=page)  # under the right type
    told = icap.pipeline()
    assert told.exit_code == 3
    assert "/api/systems" in told.text
    assert icap.versions() == versions
    icap.server.clear()
    assert icap.pipeline().outcome == "empty_expected", "asked for again the same day"


def test_a_series_that_lost_its_tail_is_refused_and_keeps_its_rows(icap: World) -> None:
    before = national(icap)

    def cut(document: Document) -> None:
        values = system(document, 14)["values"]
        values["secondary"] = dict(list(values["secondary"].items())[:-10])

    for _ in range(3):
        serve(icap, cut)
        told = next_night(icap)
        assert "icap_series_keep_their_tail" in told.run.failed_checks
        assert told.exit_code == 5
        assert "check failed: icap_series_keep_their_tail" in told.text
        assert "China National Emissions Trading System secondary: the Explorer is" in told.text
    assert national(icap) == before
    assert tombstones(icap) == 0
    icap.server.clear()
    assert not icap.pipeline().run.failed_checks


def test_a_document_that_lost_most_of_a_series_buries_nothing(icap: World) -> None:
    before = national(icap)

    def thin(document: Document) -> None:
        values = system(document, 14)["values"]
        values["secondary"] = dict(list(values["secondary"].items())[::2])

    texts = []
    for _ in range(3):
        serve(icap, thin)
        texts.append(next_night(icap).text)
    assert any("series_shrunk" in text for text in texts)
    assert national(icap) == before
    assert tombstones(icap) == 0


def test_a_date_that_is_gone_on_two_nights_is_gone(icap: World) -> None:
    def remove(document: Document) -> None:
        del system(document, 14)["values"]["secondary"]["2021-08-17"]

    serve(icap, remove)
    told = next_night(icap)
    assert tombstones(icap) == 0
    assert "icap_series_keep_their_dates" in told.text
    serve(icap, remove)
    told = next_night(icap)
    assert tombstones(icap) == 1, told.text
    assert "1 disappeared from icap_prices: 14 secondary 2021-08-17" in told.text
    assert date(2021, 8, 17) not in [day for day, _ in national(icap)]


def test_a_system_divided_in_two_is_told_and_its_rows_stay(icap: World) -> None:
    before = national(icap)

    def divide(document: Document) -> None:
        system(document, 14)["name"] += " (until 2021)"

    for _ in range(3):
        serve(icap, divide)
        told = next_night(icap)
    assert national(icap) == before
    assert tombstones(icap) == 0

    def divide_again(document: Document) -> None:
        divide(document)
        document.reverse()  # other bytes, so that they are read

    serve(icap, divide_again)
    told = next_night(icap)
    assert (told.outcome, told.exit_code) == ("partial", 3)
    assert "14 China National Emissions Trading System (until 2021)" in told.line("unknown_system")


def test_a_price_that_is_none_waits_in_quarantine_under_its_own_name(icap: World) -> None:
    """The document grows in its middle: the refused price is still the one it was."""

    def spoil(document: Document) -> None:
        system(document, 18)["values"]["secondary"]["2021-08-17"] = [1, 2]

    serve(icap, spoil)
    told = next_night(icap)
    assert told.run.tally.quarantined == 1
    held = icap.quarantine("quarantine_id, rule, table_name, value")
    assert [row[1:3] for row in held] == [("row_shape", "icap_prices")]
    assert "2021-08-17" in held[0][3]

    def grow(document: Document) -> None:
        spoil(document)
        values = system(document, 14)["values"]
        values["secondary"]["2021-10-08"] = [5.6, 5, 40]

    serve(icap, grow)
    told = next_night(icap)
    assert icap.quarantine("quarantine_id, rule, table_name, value") == held
    assert told.outcome == "changed", "what waits already is no news"
    icap.server.clear()
    icap.pipeline()
    assert icap.quarantine("quarantine_id") == []


def test_another_rate_within_a_month_fails_the_check(icap: World) -> None:
    def shift(document: Document) -> None:
        array = system(document, 14)["values"]["secondary"]["2021-08-17"]
        array[0] = round(array[0] * 1.02, 2)

    serve(icap, shift)
    told = icap.pipeline()
    assert told.run.failed_checks == ["icap_usd_rate_of_month"]
    assert "China National Emissions Trading System 2021-08: 22 days" in told.text
    assert "icap_china_unrevised" in told.text


def test_an_old_tail_is_stale(icap: World) -> None:
    serve(icap, lambda document: None)
    icap.server.until = date(2022, 2, 27)
    assert "icap_prices_are_fresh" not in icap.pipeline().text
    icap.server.until = date(2022, 2, 28)
    assert "icap_prices_are_fresh" in icap.pipeline().text


# --- news


def texts(world: World) -> list[tuple[Any, ...]]:
    return world.ask(
        "select revision, title, facts from icap_news__history "
        f"where article_key = '{LAUNCH[1:]}' order by revision"
    )


def facts(world: World) -> list[tuple[Any, ...]]:
    return world.ask(
        f"select metric, value from icap_facts where article_key = '{LAUNCH[1:]}' order by all"
    )


def test_a_page_overwritten_in_place_keeps_both_texts_and_only_its_own_figures(
    tmp_path: Path,
) -> None:
    with SampleServer(until=date(2021, 7, 20)) as server:
        world = World(tmp_path / "home", server, "icap")
        assert world.pipeline().outcome == "changed"
        assert len(facts(world)) == 12
        item = next(item for item in all_items() if item.path == LAUNCH)
        changed = replace(item, body=(item.body[0], "The market counts 2,162 companies."))
        server.fault(re.escape(LAUNCH), "replace", body=article_page(changed))
        for day in (21, 22):
            server.until = date(2021, 7, day)
            told = world.pipeline()
        assert [(revision, number) for revision, _, number in texts(world)] == [(1, 12), (2, 3)]
        assert facts(world) == [
            ("entities", Decimal(2162)),
            ("entities", Decimal(2200)),
            ("threshold", Decimal(26000)),
        ], told.text


def test_an_older_page_is_read_again_when_the_list_shows_another_title(icap: World) -> None:
    item = next(item for item in all_items() if item.path == LAUNCH)
    body = icap.server.sites["icap"].respond("icapcarbonaction.example", "/en/news").body.decode()
    assert item.title in body
    icap.server.fault("/en/news$", "replace", body=body.replace(item.title, "Another title"))
    changed = article_page(replace(item, title="Another title"))
    icap.server.fault(re.escape(LAUNCH), "replace", body=changed)
    assert icap.pipeline().outcome == "changed"
    assert [title for _, title, _ in texts(icap)] == [item.title, "Another title"]


def test_without_a_next_link_the_pages_are_counted(tmp_path: Path) -> None:
    with SampleServer(until=UNTIL) as server:
        body = server.sites["icap"].respond("icapcarbonaction.example", "/en/news").body.decode()
        assert 'rel="next"' in body
        server.fault("/en/news$", "replace", body=body.replace('rel="next"', ""))
        world = World(tmp_path / "home", server, "icap")
        told = world.pipeline()
        assert told.outcome == "changed", told.text
        ((number,),) = world.ask("select count(*) from icap_news")
        assert number == len([item for item in all_items() if item.shown <= UNTIL])
        assert "/en/news?page=1" in [target for _, _, target, _ in server.requests]


def test_a_map_that_is_gone_holds_back_no_page_of_china(tmp_path: Path) -> None:
    with SampleServer(until=date(2021, 7, 20)) as server:
        server.fault("/en/json/maplist", "not_found")
        world = World(tmp_path / "home", server, "icap")
        told = world.pipeline()
        assert told.outcome == "partial"
        assert "maplist" in told.line("list_missing")
        assert world.ask("select count(*) from icap_profiles") == [(9,)]


def test_a_complete_list_is_not_walked_to_its_end_every_night(icap: World) -> None:
    assert icap.pipeline().outcome == "empty_expected"
    pages = [target for _, _, target, _ in icap.server.requests if "/en/news" in target]
    assert pages == ["/en/news", "/en/news?page=1"]
