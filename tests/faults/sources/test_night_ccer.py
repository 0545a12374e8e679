"""Nights over the voluntary market: bulletins against the JSON, a wall, pages that come late."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.ccer.figures import by_day, cumulative, types_of
from extractors.sample.sites.ccer.pages import article, day_rows, so_far, traded
from extractors.sample.sites.ccer.site import addresses, sentences
from tests.sources.case import issues
from tests.support.nights import Told, World
from tests.support.stores import store
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

DAY, NEXT_DAY, THIRD_DAY = date(2025, 3, 19), date(2025, 3, 20), date(2025, 3, 21)
NINETY, CHAIN = r"/90-first\.json$", "ccer_chain_volume_t"
LAUNCH = date(2024, 1, 22)


@pytest.fixture(scope="session")
def read_so_far(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has read the market to `DAY`; not to be written to."""

    def build(folder: Path) -> None:
        with SampleServer(until=DAY) as server:
            told = World(folder / "home", server, "ccer").night()
        assert (told.outcome, told.exit_code) == ("changed", 0), told.text

    return store("ccer", build, tmp_path_factory.mktemp("stores")) / "home"


@pytest.fixture
def ccer(read_so_far: Path, tmp_path: Path) -> Iterator[World]:
    """That store, and a server on the evening of the next day."""
    home = tmp_path / "home"
    shutil.copytree(read_so_far, home)
    with SampleServer(until=NEXT_DAY) as server:
        yield World(home, server, "ccer")


def at(day: date) -> str:
    """The pattern of the address of a day's article."""
    return re.escape(next(place for place, of in addresses().items() if of == day)) + "$"


def released(world: World, sql: str) -> list[tuple[Any, ...]]:
    warehouse = Warehouse(world.home)
    with warehouse.query(sql, versions=dict(releases(warehouse)[-1].versions)) as answer:
        return answer.fetchall()


def rows_of(world: World, table: str, day: date = NEXT_DAY) -> int:
    """Rows of a day that readers see."""
    ((rows,),) = released(world, f"select count(*) from {table} where trade_date = '{day}'")
    return int(rows)


def held_rows(told: Told) -> list[str]:
    assert told.released is not None
    return [row.name for row in told.released.rows_held.rows]


def found(world: World, check: str) -> list[tuple[Any, ...]]:
    """Scope and difference of a check's latest findings."""
    last = f"(select arg_max(run_id, checked_at) from ops_checks where name = '{check}')"
    return world.ask(
        "select scope, difference from ops_checks "
        f"where name = '{check}' and verdict <> 'pass' and run_id = {last} order by 1"
    )


def spoil_json(world: World, more: int) -> None:
    """The file of ninety days says of the newest one so much more: its own sums hold."""
    of = by_day()[NEXT_DAY]
    rows = day_rows(NEXT_DAY, types_of(NEXT_DAY, (of[0] + more, of[1])))
    days = [d for d in sorted(by_day(), reverse=True) if d < NEXT_DAY]
    body = json.dumps([rows, *(day_rows(d, types_of(d, by_day()[d])) for d in days)])
    world.server.fault(NINETY, "replace", body=body)


def test_a_day_that_agrees_is_released_and_the_launch_is_told_by_its_article(ccer: World) -> None:
    told = ccer.night()
    assert (told.outcome, told.exit_code, held_rows(told)) == ("changed", 0, []), told.text
    assert (rows_of(ccer, "ccer_bulletins"), rows_of(ccer, "ccer_types")) == (1, 3)
    assert (rows_of(ccer, "ccer_bulletins", LAUNCH), rows_of(ccer, "ccer_types", LAUNCH)) == (1, 0)
    assert "20240122-first" not in " ".join(target for *_, target, _ in ccer.server.requests)
    states = "select state, count(*) from ops_coverage where source = 'ccer' group by 1"
    assert ccer.ask(states) == [("complete", 10)], "the year behind the launch is not due"


def test_a_wall_ends_the_run_at_the_first_403_and_stops_no_other_host(ccer: World) -> None:
    ccer.server.fault(r"^www\.ccer", "status", status=403)
    told = ccer.pipeline()
    assert (told.outcome, told.exit_code) == ("blocked", 3)
    asked = [target for _, host, target, _ in ccer.server.requests if host.startswith("www.ccer")]
    assert len([target for target in asked if target != "/robots.txt"]) == 1
    other = World(ccer.home, ccer.server, "ccer_registry").pipeline()
    assert other.outcome == "changed", other.text
    ccer.server.clear()
    assert ccer.pipeline().outcome == "changed"


def test_each_request_says_where_it_comes_from(read_so_far: Path) -> None:
    kept = [gzip.decompress(path.read_bytes()) for path in read_so_far.rglob("*.warc.gz")]
    requests = b"".join(kept).split(b"WARC-Type: request\r\n")[1:]
    assert len(requests) > 10
    referer = b"Referer: https://www.ccer.com.cn/wcm/ccer/html/2502lshq/index.html\r\n"
    assert all(referer in request for request in requests)


def test_an_article_that_is_listed_and_not_there_yet_is_asked_for_again(ccer: World) -> None:
    """And no failure on its own evening; later it is one, and still nothing is lost."""
    ccer.server.fault(at(NEXT_DAY), "not_found")
    told = ccer.pipeline()
    assert told.run.tally.failures == []
    assert [rule for _, rule in issues(told)] == ["ccer_bulletins_is_fresh"]
    ccer.server.until = THIRD_DAY
    told = ccer.pipeline()
    assert [issue.rule for issue in told.run.tally.failures] == ["not_found"]
    ccer.server.clear()
    assert ccer.pipeline().outcome == "changed"
    days = "select count(*) from ccer_bulletins where trade_date in ('2025-03-20', '2025-03-21')"
    assert ccer.ask(days) == [(2,)]


def test_a_day_that_the_long_file_lacks_is_asked_for_by_itself_until_it_is_there(
    ccer: World,
) -> None:
    days = [d for d in sorted(by_day(), reverse=True) if d <= DAY]
    body = json.dumps([day_rows(day, types_of(day, by_day()[day])) for day in days])
    ccer.server.fault(NINETY, "replace", body=body)
    ccer.server.fault("/20250320-first", "not_found")
    told = ccer.pipeline()
    assert told.run.tally.failures == []
    assert ccer.ask("select max(trade_date) from ccer_types") == [(DAY,)]
    ccer.server.clear()
    ccer.server.fault(NINETY, "replace", body=body)
    assert ccer.pipeline().outcome == "changed"
    asked = f"select source_url from ccer_types where trade_date = '{NEXT_DAY}' and is_subtotal"
    ((url,),) = ccer.ask(asked)
    assert url.endswith("20250320-first.json")


def test_a_day_whose_subtotal_disagrees_is_quarantined_and_the_others_are_loaded(
    ccer: World,
) -> None:
    volume = by_day()[NEXT_DAY][0]
    site = ccer.server.sites["ccer"]
    text = site.respond(site.hosts[0], "/wcm/ccer/data/90-first.json").body.decode()
    head, subtotal, rest = text.partition('"小计"')
    other = rest.replace(f'"{volume}"', f'"{volume + 1}"', 1)
    assert other != rest
    ccer.server.fault(NINETY, "replace", body=head + subtotal + other)
    assert ccer.night().outcome == "partial"
    assert ccer.quarantine("rule, table_name") == [("sums_differ", "ccer_types")]
    assert (rows_of(ccer, "ccer_bulletins"), rows_of(ccer, "ccer_types")) == (1, 0)
    assert rows_of(ccer, "ccer_types", DAY) == 3
    ccer.server.clear()
    assert ccer.night().outcome == "changed"
    assert (ccer.quarantine("rule"), rows_of(ccer, "ccer_types")) == ([], 3)


def test_types_against_which_the_bulletin_speaks_stay_out_whole(ccer: World) -> None:
    spoil_json(ccer, 100)
    told = ccer.night()
    assert told.exit_code == 5
    assert found(ccer, "ccer_subtotal_equals_bulletin_volume_t") == [(f"{NEXT_DAY}", "100")]
    assert {name.split()[0] for name in held_rows(told)} == {"ccer_types"}
    assert (rows_of(ccer, "ccer_bulletins"), rows_of(ccer, "ccer_types")) == (1, 0)
    ccer.server.clear()
    assert held_rows(ccer.night()) == []
    assert rows_of(ccer, "ccer_types") == 3


def spoilt_article(day: date, more: int) -> str:
    """A day's bulletin with so much more on the day; what it says of all days is right."""
    volume, turnover = by_day()[day]
    told = traded(day, (volume + more, turnover))
    return article(day, [told, so_far(day, *cumulative()[day])])


def test_a_bulletin_that_breaks_the_chain_stays_out_and_the_types_are_released(
    ccer: World,
) -> None:
    ccer.server.fault(at(NEXT_DAY), "replace", body=spoilt_article(NEXT_DAY, 7))
    told = ccer.night()
    assert found(ccer, CHAIN) == [(f"{NEXT_DAY}", "-7")]
    assert held_rows(told) == [f"ccer_bulletins {NEXT_DAY}"]
    assert (rows_of(ccer, "ccer_bulletins"), rows_of(ccer, "ccer_types")) == (0, 3)
    ccer.server.clear()
    ccer.night()
    assert rows_of(ccer, "ccer_bulletins") == 1


def test_the_chain_begins_with_the_launch_article(tmp_path: Path) -> None:
    """With the 300 t of its JSON every running figure would be 375,015 t too great."""
    with SampleServer(until=DAY) as server:
        world = World(tmp_path / "home", server, "ccer")
        text = article(LAUNCH, sentences(LAUNCH)).replace("375,315", "300")
        text = text.replace("375</span><span>,315", "300").replace("23,835,280", "27,600")
        server.fault(at(LAUNCH), "replace", body=text)
        world.pipeline()
        first = min(day for day in cumulative() if len(sentences(day)) > 1)
        assert found(world, CHAIN) == [(f"{first}", "375015")]


def test_a_day_that_is_missing_is_named_and_explains_the_running_figure(ccer: World) -> None:
    """Neither the bulletin nor the JSON of a day is there: the calendar knows that it is due."""
    ccer.server.until = THIRD_DAY
    days = [d for d in sorted(by_day(), reverse=True) if d <= THIRD_DAY and d != NEXT_DAY]
    body = json.dumps([day_rows(day, types_of(day, by_day()[day])) for day in days])
    ccer.server.fault(NINETY, "replace", body=body)
    ccer.server.fault("/20250320", "not_found")
    ccer.server.fault(at(THIRD_DAY), "replace", body=spoilt_article(THIRD_DAY, 0))
    told = ccer.night()
    assert held_rows(told) == []
    assert found(ccer, CHAIN) == []
    assert found(ccer, "ccer_gap_volume_t") == [(f"{THIRD_DAY}", str(by_day()[NEXT_DAY][0]))]
    for table in ("ccer_bulletins", "ccer_types"):
        assert [scope for scope, _ in found(ccer, f"{table}_coverage")] == [f"{NEXT_DAY}"]
    ccer.server.clear()
    ccer.night()
    assert found(ccer, "ccer_gap_volume_t") == []


def test_the_json_stands_in_for_a_bulletin_in_the_chain(ccer: World) -> None:
    ccer.server.until = THIRD_DAY
    ccer.server.fault(at(NEXT_DAY), "not_found")
    ccer.server.fault(at(THIRD_DAY), "replace", body=spoilt_article(THIRD_DAY, 0))
    ccer.pipeline()
    assert (found(ccer, CHAIN), found(ccer, "ccer_gap_volume_t")) == ([], [])
    assert [scope for scope, _ in found(ccer, "ccer_bulletins_coverage")] == [f"{NEXT_DAY}"]


def test_an_average_that_is_not_of_its_sums_is_refused(ccer: World) -> None:
    volume, turnover = by_day()[NEXT_DAY]
    printed = f"{(turnover / volume).quantize(Decimal('0.01')):f}"
    text = article(NEXT_DAY, [traded(NEXT_DAY, (volume, turnover))])
    other = text.replace(f"均价{printed}元", f"均价{Decimal(printed) + Decimal('0.01')}元")
    assert other != text
    ccer.server.fault(at(NEXT_DAY), "replace", body=other)
    ccer.pipeline()
    assert ccer.quarantine("rule, table_name") == [("average_is_of_its_sums", "ccer_bulletins")]


def test_a_closed_day_has_no_figures(ccer: World) -> None:
    saturday = date(2025, 3, 15)
    body = json.dumps(
        [day_rows(day, types_of(day, by_day()[NEXT_DAY])) for day in (NEXT_DAY, saturday)]
    )
    ccer.server.fault(NINETY, "replace", body=body)
    ccer.pipeline()
    assert set(ccer.quarantine("rule, table_name")) == {("on_a_trading_day", "ccer_types")}
    assert ccer.ask(f"select count(*) from ccer_types where trade_date = '{NEXT_DAY}'") == [(3,)]


def test_an_article_of_the_list_that_is_no_bulletin_is_told(ccer: World) -> None:
    site = ccer.server.sites["ccer"]
    text = site.respond(site.hosts[0], "/wcm/ccer/data/2502lshq.json").body.decode()
    other = text.replace("市场交易行情", "市场行情更正说明", 1).replace("自愿减排", "", 1)
    ccer.server.fault("2502lshq.json$", "replace", body=other)
    told = ccer.pipeline()
    assert ("unknown_title" in {rule for _, rule in issues(told)}, told.outcome) == (
        True,
        "partial",
    )
