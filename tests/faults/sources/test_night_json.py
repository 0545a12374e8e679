"""The JSON routes when they answer something else, or nothing, or shuffle their columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.nights import FIRST_UNTIL, NEXT, OVERVIEW, SHYX, Told, World

HOST = "overview.cneeex.example"
MARKET = "/zhhq/jsonData/hiskline.json"
VINTAGE = "/zhhq/jsonData/hiskline-CEA.json"
QUERY = "/gateway/common/querySubStat"
HOLIDAYS = "/assets/json/holidays.json"
HTML = "<html><body><h2>行情</h2><p>[数据]</p>" + "<p>暂无。</p>" * 3000 + "</body></html>"


def quotes_of(world: World, path: str) -> list[list[str]]:
    """The rows of a quote file, as the sample has them."""
    rows: list[list[str]] = json.loads(world.server.sites["seee"].respond(HOST, path).body)
    return rows


def bulletins_are_in(world: World) -> None:
    """What does not come from the broken route is there, whatever the route did."""
    assert world.days()[-1] == (world.server.until,)


def recovered(world: World) -> Told:
    world.server.clear()
    told = world.pipeline()
    assert told.outcome == "changed", told.text
    assert world.ask("select max(trade_date) from seee_quotes") == [(world.server.until,)]
    assert world.ask("select max(trade_date) from seee_method_totals") == [(world.server.until,)]
    assert world.quarantine("url, rule") == []
    return told


@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
def test_html_where_quotes_are_due(world: World, content_type: str) -> None:
    world.server.fault(f"{MARKET}$", "replace", body=HTML, content_type=content_type)
    before = world.ask("select count(*) from seee_quotes where product = 'COMCEA'")
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    line = told.line("layout")
    assert OVERVIEW + MARKET in line
    assert ("not JSON" if content_type == "application/json" else "text/html") in line
    assert world.ask("select count(*) from seee_quotes where product = 'COMCEA'") == before
    assert world.ask("select max(trade_date) from seee_quotes where product = 'CEA19-20'") == [
        (NEXT[0],)
    ]
    bulletins_are_in(world)
    recovered(world)


def test_a_quote_file_of_another_shape_is_kept_and_told(world: World) -> None:
    shapes = {
        '{"data": [1]}': "no list",
        "[" * 100_000: "not JSON",
        "[" + "9" * 10_000 + "]": "not JSON",
        "[]": "without rows",
    }
    for body, words in shapes.items():
        world.server.clear()
        world.server.fault(f"{MARKET}$", "replace", body=body)
        told = world.pipeline()
        assert (told.outcome, told.exit_code) == ("partial", 3)
        line = told.line("layout")
        assert words in line
        assert OVERVIEW + MARKET in line
        assert world.quarantine("url, rule") == [(OVERVIEW + MARKET, "layout")]
        bulletins_are_in(world)
    recovered(world)


def test_one_more_column_refuses_every_row(world: World) -> None:
    rows = [[*row, "0"] for row in quotes_of(world, VINTAGE)]
    world.server.fault(f"{VINTAGE}$", "replace", body=json.dumps(rows))
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    assert told.run.tally.quarantined == len(rows)
    line = told.line("row_shape")
    assert OVERVIEW + VINTAGE in line
    assert rows[0][0] in line
    assert f"and {len(rows) - 1} more" in line
    recovered(world)


def _swap(one: int, other: int) -> Callable[[list[str]], list[str]]:
    def swapped(row: list[str]) -> list[str]:
        changed = list(row)
        changed[one], changed[other] = row[other], row[one]
        return changed

    return swapped


@pytest.mark.parametrize(
    ("swap", "rules"),
    [
        (_swap(3, 4), {"low_within_high"}),
        (_swap(2, 4), {"low_within_high", "open_in_range", "close_in_range"}),
    ],
)
def test_swapped_columns_of_a_vintage_are_refused(
    world: World, swap: Callable[[list[str]], list[str]], rules: set[str]
) -> None:
    """Not a single swapped row gets in where it can be told from a right one."""
    rows = quotes_of(world, VINTAGE)
    world.server.fault(f"{VINTAGE}$", "replace", body=json.dumps([swap(r) for r in rows]))
    told = world.pipeline()
    assert told.exit_code == 3
    assert {rule for (rule,) in world.quarantine("rule")} <= rules
    differing = [row for row in rows if swap(row) != row and row[3] != row[4]]
    assert told.run.tally.quarantined >= 0.9 * len(differing) > 10
    wrong = world.ask("select count(*) from seee_quotes where low_cny_per_t > high_cny_per_t")
    assert wrong == [(0,)]


def test_swapped_columns_of_the_market_fail_a_check(world: World) -> None:
    """The composite's close may leave its range, so the bulletins have to tell."""
    rows = [_swap(2, 4)(row) for row in quotes_of(world, MARKET)]
    world.server.fault(f"{MARKET}$", "replace", body=json.dumps(rows))
    told = world.pipeline()
    assert told.exit_code in (3, 5)
    assert "bulletin_equals_quote_close_cny_per_t" in told.run.failed_checks
    line = next(x for x in told.text.splitlines() if "note: bulletin_equals_quote_close" in x)
    assert "expected" in line
    assert "found" in line
    world.server.clear()
    told = world.pipeline()
    assert told.exit_code == 0, told.text
    assert told.run.tally.revised > 0


def _closed(**other: Any) -> str:
    return json.dumps({"success": False, "code": 401, "msg": "无数据", "data": None} | other)


def test_no_data_on_a_trading_day_is_told_and_asked_again(world: World) -> None:
    """Longer than the days that are asked again anyway: the hole does not stay."""
    world.server.until = NEXT[3]
    world.server.fault(QUERY, "replace", body=_closed())
    told = world.pipeline()
    line = told.line("method_totals_coverage")
    assert f"{NEXT[0]}" in line
    assert f"and {len(NEXT) - 1} more" in line
    no_data = told.line("no_data")
    assert SHYX + QUERY in no_data
    bulletins_are_in(world)
    held = world.ask("select max(trade_date) from seee_method_totals")
    assert held == [(FIRST_UNTIL,)], "an answer without data takes nothing away"

    world.server.until = None
    world.server.until = NEXT[3].replace(day=29)
    told = world.pipeline()
    assert len(world.ask("select distinct trade_date from seee_method_totals")) < len(world.days())
    world.server.clear()
    told = world.pipeline()
    totals = {d for (d,) in world.ask("select distinct trade_date from seee_method_totals")}
    assert {day for (day,) in world.days()} == totals, told.text
