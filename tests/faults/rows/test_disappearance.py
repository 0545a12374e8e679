"""What is gone is said to be gone after two nights, never sooner, and comes back as a revision."""

from __future__ import annotations

import json
import re
from datetime import date

from extractors.sample.sites.seee.pages import article_page
from extractors.sample.sites.seee.site import SeeeSite
from tests.support.nights import FIRST_UNTIL, NEXT, World, article

DAY = date(2021, 9, 24)
QUOTES = "/zhhq/jsonData/hiskline.json"


def states(world: World, day: date) -> list[tuple[int, bool]]:
    """Revision and whether it is a tombstone, of a day's bulletin."""
    rows = world.ask(
        "select revision, is_deleted from seee_bulletins__history "
        f"where period = 'day' and period_end = '{day}' order by 1"
    )
    return [(revision, is_deleted) for revision, is_deleted in rows]


def test_a_page_gone_on_two_nights_is_a_tombstone_and_comes_back(world: World) -> None:
    path = article(DAY).path
    world.server.until = FIRST_UNTIL
    world.server.fault(re.escape(path), "not_found")
    for _ in range(2):  # twice on one night is one confirmation
        told = world.night()
        assert told.outcome == "partial"
        assert path in told.line("not_found")
    assert states(world, DAY) == [(1, False)]

    world.server.until = NEXT[0]
    told = world.night()
    assert "1 disappeared from seee_bulletins: day 2021-09-24" in told.text
    assert told.outcome == "changed", told.text
    assert "still names it" in told.line("note: page_gone")
    assert states(world, DAY) == [(1, False), (2, True)]
    assert DAY not in [day for (day,) in world.days()]
    (evidence,) = world.ask(
        "select evidence from seee_bulletins__history where is_deleted and period = 'day'"
    )[0]
    seen = json.loads(evidence)["disappeared"]
    assert seen["status"] == 404
    assert {one["night"] for one in seen["seen"]} == {f"{FIRST_UNTIL}", f"{NEXT[0]}"}

    told = world.night()
    assert told.outcome == "unchanged", "what is known to be gone is no news"
    assert states(world, DAY) == [(1, False), (2, True)]

    world.server.clear()
    told = world.night()
    assert states(world, DAY) == [(1, False), (2, True), (3, False)], told.text
    assert DAY in [day for (day,) in world.days()]


def test_a_quote_gone_on_two_nights_and_a_series_that_only_got_shorter(world: World) -> None:
    def rows() -> list[list[str]]:
        body = world.server.sites["seee"].respond("overview.cneeex.example", QUOTES).body
        return json.loads(body)  # type: ignore[no-any-return]

    gone = "select trade_date, product from seee_quotes__history where is_deleted"
    kept = [row for i, row in enumerate(rows()) if i > 2 and i != 10]
    missing = rows()[10][0]
    world.server.fault(QUOTES, "replace", body=json.dumps(kept))
    world.night()
    assert world.ask(gone) == []
    world.server.until = NEXT[1]
    told = world.night()  # the same bytes, on another night
    assert world.ask(gone) == [(date.fromisoformat(missing), "COMCEA")], told.text
    assert f"1 disappeared from seee_quotes: {missing} COMCEA" in told.text
    assert "3 rows of seee_quotes" in told.line("series_shorter")


def test_a_quote_missing_for_one_night_stays(world: World) -> None:
    for day in NEXT[:3]:
        world.server.clear()
        world.server.until = day
        body = world.server.sites["seee"].respond("overview.cneeex.example", QUOTES).body
        series = json.loads(body)
        if day == NEXT[1]:
            del series[10]
        world.server.fault(QUOTES, "replace", body=json.dumps(series))
        world.night()
    assert world.ask("select count(*) from seee_quotes__history where is_deleted") == [(0,)]


def test_lists_that_no_longer_name_a_page_prove_nothing(world: World) -> None:
    world.server.fault("/qgtpfqjy/mrgk/", "empty_list")
    world.night()
    world.server.until = NEXT[1]
    world.night()
    assert world.ask("select count(*) from seee_bulletins__history where is_deleted") == [(0,)]


def test_a_page_that_its_list_no_longer_names_is_asked_and_retired_only_if_gone(
    world: World,
) -> None:
    """The exchange takes a bulletin out of its list: the page itself tells whether it is gone."""
    number = article(DAY).number
    site = world.server.sites["seee"]
    assert isinstance(site, SeeeSite)
    missing = site._articles.pop(number)
    other = article(date(2021, 9, 27))
    site._articles.pop(other.number)
    # One of the two is still there, though no list names it.
    world.server.fault(re.escape(other.path), "replace", body=article_page(other))
    for day in NEXT[:2]:
        world.server.until = day
        told = world.night()
    assert states(world, DAY) == [(1, False), (2, True)], told.text
    assert states(world, other.published) == [(1, False)]
    site._articles[number] = missing
    world.server.until = NEXT[2]
    world.night()
    assert states(world, DAY) == [(1, False), (2, True), (3, False)]
    asked = [target for _, _, target, _ in world.server.requests]
    assert asked.count(other.path) == 3, "once a night"
