"""The market marts on stores made by hand, each figure worked out here once more."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.core.validate import split
from schemas.registry import TABLES
from schemas.sources.ccer.tables import CCER_BULLETINS
from schemas.sources.pilots.tables import PILOT_DAILY
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from schemas.trading import shipped
from tests.support.marts import ccer, derive, held, load, pilot
from tests.support.rows import KNOWN_FROM, bulletin, method_total, quote
from warehouse.store.store import Warehouse

Rows = list[dict[str, Any]]


def day(on: date, listed: int, block: int, close: str, **other: Any) -> dict[str, Any]:
    """A day that trades at its close."""
    price = Decimal(close)
    return bulletin(
        on,
        close_cny_per_t=price,
        open_cny_per_t=price,
        high_cny_per_t=price + 1 if listed else None,
        low_cny_per_t=price - 1 if listed else None,
        listed_volume_t=listed,
        listed_turnover_cny=listed * price,
        block_volume_t=block,
        block_turnover_cny=block * (price - 2),
        total_volume_t=listed + block,
        total_turnover_cny=listed * price + block * (price - 2),
        is_no_trade=listed + block == 0,
        **({"ytd_volume_t": None, "ytd_turnover_cny": None} | other),
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_period_adds_up_its_days(home: Path) -> None:
    first, second, third, fourth = list(shipped().trading_days(date(2025, 3, 3), date(2025, 3, 6)))
    load(
        home,
        SEEE_BULLETINS,
        day(first, 0, 0, "90.00"),
        day(second, 1_000, 5_000, "92.00"),
        day(third, 3_000, 0, "91.00"),
    )
    derive(home)
    (row,) = held(
        home,
        "select first_trade_date, last_trade_date, trading_days, no_trade_days, no_listed_days, "
        "is_ended, open_cny_per_t, high_cny_per_t, low_cny_per_t, close_cny_per_t, "
        "high_close_cny_per_t, high_close_on, low_close_cny_per_t, total_volume_t, "
        "total_turnover_cny, totals_from, mean_price_cny_per_t, volume_yoy_pct "
        "from mart_market_monthly",
    )
    turnover = 1_000 * 92 + 5_000 * 90 + 3_000 * 91
    assert row == (
        *(first, third, 3, 1, 1, False),
        *(Decimal("92.00"), Decimal("93.00"), Decimal("90.00"), Decimal("91.00")),
        *(Decimal("92.00"), second, Decimal("90.00")),
        *(9_000, Decimal(turnover), "days", round(Decimal(turnover) / 9_000, 4), None),
    )
    (missing,) = held(home, "select missing_days from mart_market_annual")
    before = list(shipped().trading_days(date(2025, 1, 1), third))
    assert missing == (len(before) - 3,), "days that are not held are told, not guessed"
    load(home, SEEE_BULLETINS, day(fourth, 7, 0, "95.00"), night=2)
    assert {one.name: (one.new, one.revised) for one in derive(home)}["mart_market_monthly"] == (
        0,
        1,
    )


def test_the_bulletin_of_a_period_is_preferred_to_its_days_and_both_are_shown(home: Path) -> None:
    days = list(shipped().trading_days(date(2024, 3, 1), date(2024, 3, 31)))
    load(home, SEEE_BULLETINS, *(day(on, 100, 0, "91.00") for on in days))
    own = {"period": "month", "period_start": days[0], "high_cny_per_t": Decimal("99.00")}
    month = day(days[-1], 5_000, 10, "91.00") | own
    load(home, SEEE_BULLETINS, month)
    derive(home)
    found = held(
        home,
        "select totals_from, total_volume_t, listed_volume_t, days_total_volume_t, "
        "high_cny_per_t, is_ended, missing_days from mart_market_monthly",
    )
    assert found == [("bulletin", 5_010, 5_000, 100 * len(days), Decimal("99.00"), True, 0)]


def test_growth_is_told_of_whole_periods_only(home: Path) -> None:
    one = list(shipped().trading_days(date(2023, 3, 1), date(2023, 3, 31)))
    two = list(shipped().trading_days(date(2024, 3, 1), date(2024, 3, 31)))
    load(home, SEEE_BULLETINS, *(day(on, 100, 0, "50.00") for on in one[1:]))
    load(home, SEEE_BULLETINS, *(day(on, 300, 0, "100.00") for on in two))
    derive(home)
    growth = (
        "select volume_yoy_pct, turnover_yoy_pct from mart_market_monthly "
        "where month = '2024-03-01'"
    )
    assert held(home, growth) == [(None, None)], "a day of the year before is missing"
    load(home, SEEE_BULLETINS, day(one[0], 100, 0, "50.00"), night=2)
    derive(home)
    volume = round(Decimal(100) * (300 * len(two)) / (100 * len(one)) - 100, 2)
    turnover = round(Decimal(100) * (300 * 100 * len(two)) / (100 * 50 * len(one)) - 100, 2)
    assert held(home, growth) == [(volume, turnover)]


def test_a_day_without_a_bulletin_is_what_the_other_pages_say(home: Path) -> None:
    on = date(2025, 3, 3)
    load(home, SEEE_QUOTES, quote(on, "COMCEA"), quote(on, "CEA21"))
    legs = {"listed": 1_000, "block": 4_000}
    for leg, volume in legs.items():
        total = {"trade_method": leg, "day_volume_t": volume}
        load(home, SEEE_METHOD_TOTALS, method_total(on, **total))
    derive(home)
    columns = "stated_by, close_cny_per_t, listed_volume_t, block_volume_t, total_volume_t"
    found = held(home, f"select {columns}, derived_from from mart_market_daily")
    assert found[0][:5] == ("quote and query JSON", Decimal("91.00"), 1_000, 4_000, 5_000)
    assert "seee_quotes" in found[0][5]
    assert "seee_method_totals" in found[0][5]
    missing = "select missing_days, totals_from from mart_market_monthly"
    assert held(home, missing) == [(0, "days")]
    load(home, SEEE_QUOTES, quote(date(2025, 3, 4), "COMCEA"), night=2)
    derive(home)
    assert held(home, missing) == [(1, "part of the days")], "a price alone is no volume"
    Warehouse(home).retire(
        SEEE_QUOTES,
        [(date(2025, 3, 4), "COMCEA")],
        known_from=KNOWN_FROM + timedelta(days=2),
        run_id="night-2",
    )
    load(home, SEEE_BULLETINS, day(on, 1_000, 3_000, "91.50"), night=2)
    derive(home)
    found = held(home, f"select {columns}, revision from mart_market_daily")
    assert found == [("bulletin", Decimal("91.50"), 1_000, 3_000, 4_000, 2)]


def test_a_method_that_the_query_page_lacks_is_no_zero_in_a_total(home: Path) -> None:
    """Its row may be missing, or held back: the others are a part of the day."""
    for on in (date(2025, 3, 3), date(2025, 8, 1)):  # auctions are offered on the second
        load(home, SEEE_METHOD_TOTALS, method_total(on, trade_method="listed", day_volume_t=7))
    load(home, SEEE_METHOD_TOTALS, method_total(date(2025, 8, 1), trade_method="block"), night=2)
    derive(home)
    days = (
        "select trade_date, listed_volume_t, total_volume_t, cumulative_volume_t "
        "from mart_market_daily order by 1"
    )
    assert held(home, days) == [
        (date(2025, 3, 3), 7, None, None),
        (date(2025, 8, 1), 7, None, None),
    ]


def test_a_sum_is_of_days_that_each_say_it(home: Path) -> None:
    days = list(shipped().trading_days(date(2024, 3, 1), date(2024, 3, 31)))
    rows = [day(on, 10, 5, "90.00") for on in days]
    rows[3] |= {"block_volume_t": None, "block_turnover_cny": None}
    load(home, SEEE_BULLETINS, *rows)
    derive(home)
    sums = "select listed_volume_t, block_volume_t, total_volume_t from mart_market_monthly"
    assert held(home, sums) == [(None, None, 15 * len(days))], (
        "one day's legs do not make its total"
    )


def test_year_to_date_follows_from_cumulatives_where_it_is_not_printed(home: Path) -> None:
    last, first = date(2023, 12, 29), date(2024, 1, 2)
    turnover = {"cumulative_turnover_cny": Decimal("5000.00")}
    load(home, SEEE_BULLETINS, day(first, 10, 0, "80.00", cumulative_volume_t=110, **turnover))
    derive(home)
    ytd = "select ytd_volume_t, ytd_turnover_cny from mart_market_daily where trade_date = "
    assert held(home, f"{ytd}'{first}'") == [(None, None)]
    turnover = {"cumulative_turnover_cny": Decimal("4200.00")}
    load(home, SEEE_BULLETINS, day(last, 10, 0, "80.00", cumulative_volume_t=100, **turnover))
    derive(home)
    assert held(home, f"{ytd}'{first}'") == [(10, Decimal("800.00"))]


def test_a_store_of_nothing_derives_nothing(home: Path) -> None:
    assert derive(home) == []
    assert Warehouse(home).version("ops_marts") is None


def test_a_key_that_follows_from_nothing_is_retired_and_may_come_back(home: Path) -> None:
    one, two = date(2025, 3, 3), date(2025, 4, 1)
    load(home, SEEE_BULLETINS, day(one, 10, 0, "80.00"), day(two, 10, 0, "80.00"))
    derive(home)
    Warehouse(home).retire(
        SEEE_BULLETINS,
        [("day", two, two)],
        known_from=KNOWN_FROM + timedelta(days=2),
        run_id="night-2",
    )
    (month,) = [d for d in derive(home) if d.name == "mart_market_monthly"]
    assert (month.new, month.retired) == (0, 1)
    assert month.revised == 1, "March is not known to be over any more"
    assert held(home, "select month from mart_market_monthly") == [(date(2025, 3, 1),)]
    load(home, SEEE_BULLETINS, day(two, 10, 0, "80.00"), night=3)
    derive(home)
    history = "select revision, is_deleted from mart_market_monthly__history where month = "
    assert held(home, f"{history}'2025-04-01' order by 1") == [(1, False), (2, True), (3, False)]


@pytest.mark.parametrize("name", [n for n, t in TABLES.items() if t.is_mart])
def test_rows_of_a_mart_are_what_its_definition_says(home: Path, name: str) -> None:
    days = list(shipped().trading_days(date(2024, 12, 20), date(2025, 1, 10)))
    load(home, SEEE_BULLETINS, *(day(on, 100, 5, "91.00") for on in days))
    load(home, CCER_BULLETINS, ccer(date(2024, 1, 22), 5, None), ccer(date(2025, 3, 7), 7, "80.00"))
    load(home, PILOT_DAILY, pilot("guangdong", days[0], "GDEA", 9, "40.00"))
    derive(home)
    table = TABLES[name]
    if Warehouse(home).version(name) is None:
        pytest.fail(f"{name} was not derived")
    columns = ", ".join(column.name for column in table.stated)
    with Warehouse(home).connect(name) as connection:
        rows = connection.sql(f"select {columns} from {name}").to_arrow_table().to_pylist()
    parts = split(table, rows)
    assert not parts.refused
    assert parts.valid.num_rows == len(rows) > 0


@pytest.fixture
def stopped(home: Path) -> Path:
    """The list of bulletins stopped in June 2022; quotes and the query page went on into 2023."""
    days = list(shipped().trading_days(date(2022, 1, 1), date(2023, 1, 6)))
    told = [on for on in days if on < date(2022, 6, 30)]
    load(home, SEEE_BULLETINS, *(day(on, 100, 0, "58.00") for on in told))
    prices = [
        quote(
            on,
            "COMCEA",
            close_cny_per_t=Decimal("60.00") + number % 7,
            high_cny_per_t=Decimal("99.00") if number == 3 else Decimal("67.00"),
            low_cny_per_t=Decimal("57.50"),
        )
        for number, on in enumerate(on for on in days if on not in told)
    ]
    load(home, SEEE_QUOTES, *prices)
    totals = [
        method_total(
            on,
            trade_method=leg,
            day_volume_t=50,
            day_turnover_cny=Decimal("3000.00"),
            cumulative_volume_t=1_000 + 50 * number,
        )
        for number, on in enumerate(on for on in days if on not in told)
        for leg in ("listed", "block")
    ]
    load(home, SEEE_METHOD_TOTALS, *totals)
    return home


def figures(home: Path) -> dict[str, tuple[Any, ...]]:
    """The figures of 2022: value, formula, and the keys of the rows that are cited."""
    columns = "figure_id, value, formula, citations"
    found = held(home, f"select {columns} from mart_key_figures where period = '2022'")
    return {
        name: (value, formula, [(c["table"], c["key"]) for c in json.loads(citations)])
        for name, value, formula, citations in found
    }


def test_a_year_whose_bulletins_stopped_is_told_and_cited_from_the_other_pages(
    stopped: Path,
) -> None:
    derive(stopped)
    found = figures(stopped)
    last = list(shipped().trading_days(date(2022, 1, 1), date(2022, 12, 31)))[-1]
    days = len(list(shipped().trading_days(date(2022, 1, 1), date(2022, 12, 31))))
    early = len(list(shipped().trading_days(date(2022, 1, 1), date(2022, 6, 29))))
    quoted = ("seee_quotes", {"trade_date": str(last), "product": "COMCEA"})
    value, formula, cited = found["annual_volume"]
    assert (value, formula) == (100 * days, f"sum of {days} days")
    assert [(table, key["trade_method"]) for table, key in cited] == [
        ("seee_method_totals", "block"),
        ("seee_method_totals", "listed"),
    ]
    assert {key["trade_date"] for _, key in cited} == {str(last)}
    value, formula, cited = found["year_end_close"]
    assert (value, formula) == (60 + (days - early - 1) % 7, "of the last day")
    assert cited == [quoted]
    value, _, cited = found["high_price"]
    assert value == 99
    assert [table for table, _ in cited] == ["seee_quotes"]
    value, _, cited = found["low_price"]
    assert (value, [table for table, _ in cited]) == (57, ["seee_bulletins"])
    assert found["trading_days"][0] == days
    assert found["trading_days"][2][1] == quoted


def test_what_is_said_of_a_whole_year_is_not_said_where_a_day_of_it_is_missing(
    stopped: Path,
) -> None:
    last = list(shipped().trading_days(date(2022, 1, 1), date(2022, 12, 31)))[-1]
    for table in (SEEE_QUOTES, SEEE_METHOD_TOTALS):
        rest: tuple[tuple[str, ...], ...] = (("COMCEA",),)
        if table is SEEE_METHOD_TOTALS:
            rest = (("COMCEA", "listed"), ("COMCEA", "block"))
        Warehouse(stopped).retire(
            table,
            [(last, *more) for more in rest],
            known_from=KNOWN_FROM + timedelta(days=2),
            run_id="night-2",
        )
    derive(stopped)
    assert figures(stopped) == {}
