"""Nights over the registry of the voluntary market: pages of tabs, details, what leaves a tab."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.ccer_registry.items import items
from extractors.sample.sites.ccer_registry.site import DETAIL, TAB
from tests.sources.case import issues
from tests.support.nights import World
from transforms.ccer_registry.events import LISTED, NOW
from warehouse.store.store import Warehouse

COUNTED = date(2026, 7, 19)
EARLY = date(2025, 4, 1)
"""An evening before one on which a display has ended."""


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with SampleServer(until=EARLY) as running:
        yield running


def listed_now(world: World) -> set[tuple[str, str]]:
    """Tab and application of what is listed as the tabs were seen last."""
    with Warehouse(world.home).connect("ccer_tabs") as connection:
        for basis in (LISTED, NOW):
            connection.execute(f"create temp table {basis.name} as {basis.sql}")
        asked = "select distinct data_type, apply_id from ccer_now"
        return set(connection.execute(asked).fetchall())


def test_tabs_of_several_pages_are_read_to_their_end(server: SampleServer, tmp_path: Path) -> None:
    server.until = COUNTED
    world = World(tmp_path / "home", server, "ccer_registry")
    told = world.pipeline()
    assert (told.outcome, told.exit_code, issues(told)) == ("changed", 0, []), told.text
    rows = world.ask("select data_type, count(*) from ccer_applications group by 1 order by 1")
    assert rows == [("1", 7), ("2", 41), ("3", 4), ("4", 21), ("5", 114)]
    pages = (
        "select count(*), sum(shown_items), max(total_items) from ccer_tabs where data_type = '5'"
    )
    assert world.ask(pages) == [(3, 114, 114)]
    assert world.ask("select count(distinct apply_id) from ccer_applications") == [(81,)]
    thrice = "select count(distinct data_type) as n from ccer_applications group by apply_id"
    assert world.ask(f"select max(n) from ({thrice})") == [(3,)]
    assert world.ask("select count(*) from ccer_details") == [(187,)]
    assert listed_now(world) == {(i.tab, i.apply_id) for i in items() if i.until > COUNTED}


def test_an_id_that_is_missing_brings_an_excuse(server: SampleServer) -> None:
    site = server.sites["ccer_registry"]
    item = next(item for item in items() if item.tab == "2")
    asked = {"applyId": item.apply_id, "dataType": "2", "applyStatus": None}
    told = json.loads(site.respond(site.hosts[0], DETAIL, json.dumps(asked).encode()).body)
    assert (told["successful"], told["msg"]) == (False, "公示编号为空")
    whole = asked | {"projectInfoId": item.project_id}
    told = json.loads(site.respond(site.hosts[0], DETAIL, json.dumps(whole).encode()).body)
    assert told["dataInfo"]["applyId"] == item.apply_id


def test_details_are_asked_for_once_and_again_after_a_week(
    server: SampleServer, tmp_path: Path
) -> None:
    world = World(tmp_path / "home", server, "ccer_registry")

    def details() -> int:
        server.requests.clear()
        world.pipeline()
        return Counter(target for _, _, target, _ in server.requests)[DETAIL]

    listed = [item for item in items() if item.since <= EARLY < item.until]
    assert (details(), details()) == (len(listed), 0)
    server.until = EARLY + timedelta(days=1)
    fresh = [item for item in items() if item.since == server.until]
    assert details() == len(fresh)
    server.until = EARLY + timedelta(days=7)
    later = [item for item in items() if item.since <= server.until < item.until]
    young = [item for item in later if item.since == EARLY + timedelta(days=1)]
    assert details() == len(later) - len(young)


def test_a_row_that_leaves_a_tab_is_an_event_and_stays(
    server: SampleServer, tmp_path: Path
) -> None:
    gone = [item for item in items() if item.until == EARLY + timedelta(days=1)]
    assert [item.tab for item in gone] == ["1"]
    world = World(tmp_path / "home", server, "ccer_registry")
    world.pipeline()
    assert ("1", gone[0].apply_id) in listed_now(world)
    server.until = EARLY + timedelta(days=1)
    told = world.pipeline()
    assert told.outcome == "changed"
    assert ("1", gone[0].apply_id) not in listed_now(world)
    assert told.run.tally.retired == []
    kept = (
        f"select data_type from ccer_applications where apply_id = '{gone[0].apply_id}' order by 1"
    )
    assert world.ask(kept) == [("1",)]


def test_a_tab_that_shows_fewer_items_than_it_says_is_told(
    server: SampleServer, tmp_path: Path
) -> None:
    world = World(tmp_path / "home", server, "ccer_registry")
    site = server.sites["ccer_registry"]
    body = json.dumps({"dataType": "2", "pageNumber": 1, "pageSize": 50}).encode()
    text = site.respond(site.hosts[0], TAB, body).body.decode()
    answer = json.loads(text)
    spoilt = json.dumps(answer | {"total": answer["total"] + 1})
    server.fault(f"{TAB}$", "replace", body=spoilt)
    told = world.pipeline()
    assert "list_truncated" in {rule for _, rule in issues(told)}
    assert told.outcome == "partial"
