"""The marts of CCER, of the pilot markets and of all markets, each figure worked out once more."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.registry import TABLES
from schemas.sources.ccer.tables import CCER_BULLETINS, CCER_TYPES, SUBTOTAL
from schemas.sources.ccer_registry.tables import CCER_TABS
from schemas.sources.pilots.tables import PILOT_DAILY
from schemas.sources.seee.tables import SEEE_BULLETINS
from schemas.trading import shipped
from tests.support.marts import ccer, derive, held, load, pilot, row_of
from tests.support.rows import bulletin

LAUNCH = date(2024, 1, 22)
DAYS = list(shipped().trading_days(date(2025, 3, 7), date(2025, 4, 3)))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def launch() -> dict[str, Any]:
    day = ccer(LAUNCH, 375_315, None, variety="launch")
    return day | {"total_turnover_cny": Decimal("23835280.00")}


def ccer_type(on: date, profession: str, volume: int, price: int) -> dict[str, Any]:
    return row_of(
        CCER_TYPES,
        "ccer",
        trade_date=on,
        profession=profession,
        total_volume_t=volume,
        total_turnover_cny=Decimal(volume * price),
        average_cny_per_t=None if profession == SUBTOTAL else Decimal(price),
        is_subtotal=profession == SUBTOTAL,
    )


def test_sums_of_ccer_go_on_from_the_launch_and_stop_at_a_missing_day(home: Path) -> None:
    one, two, three, four = DAYS[:4]
    rows = [launch(), ccer(one, 100, "80.00"), ccer(two, 0, None), ccer(four, 300, "90.00")]
    load(home, CCER_BULLETINS, *rows)
    derive(home)
    days = "select trade_date, ytd_volume_t, cumulative_volume_t, cumulative_turnover_cny, "
    days += "mean_price_cny_per_t, is_no_trade from mart_ccer_daily order by 1"
    assert held(home, days) == [
        (LAUNCH, 375_315, 375_315, Decimal("23835280.00"), Decimal("63.5074"), False),
        (one, 100, 375_415, Decimal("23843280.00"), Decimal("80"), False),
        (two, 100, 375_415, Decimal("23843280.00"), None, True),
        (four, None, None, None, Decimal("90"), False),
    ]
    years = "select year, trading_days, missing_days, no_trade_days, is_ended, total_volume_t, "
    years += "days_total_volume_t, high_average_cny_per_t, high_average_on, volume_yoy_pct "
    years += "from mart_ccer_annual order by 1"
    assert held(home, years) == [
        (2024, 1, 0, 0, True, 375_315, 375_315, None, None, None),
        (2025, 3, 1, 1, False, None, 400, Decimal("90.00"), four, None),
    ]
    load(home, CCER_BULLETINS, ccer(three, 50, "100.00"), night=2)
    derive(home)
    (healed,) = held(home, f"{years} offset 1")
    assert healed == (2025, 4, 0, 1, False, 450, 450, Decimal("100.00"), three, None)
    (last,) = held(home, f"{days} desc limit 1")
    assert last[:3] == (four, 450, 375_765)


def test_a_day_that_was_not_due_stands_for_none_that_is_missing(home: Path) -> None:
    one, two = DAYS[:2]
    closed = date(2025, 4, 4)
    rows = [launch(), ccer(one, 100, "80.00"), ccer(closed, 300, "90.00")]
    rows += [ccer(day, 0, None) for day in DAYS if day not in (one, two)]
    load(home, CCER_BULLETINS, *rows)
    derive(home)
    year = "select trading_days, missing_days, total_volume_t from mart_ccer_annual where year = "
    assert held(home, f"{year} 2025") == [(len(DAYS), 1, None)]
    last = "select ytd_volume_t, cumulative_volume_t from mart_ccer_daily where trade_date = "
    assert held(home, f"{last} '{DAYS[-1]}'") == [(None, None)]


def test_a_printed_cumulative_is_told_as_printed(home: Path) -> None:
    one, _, three = DAYS[:3]
    load(
        home,
        CCER_BULLETINS,
        ccer(one, 100, "80.00"),
        ccer(three, 7, "90.00", cumulative_volume_t=999_999),
    )
    derive(home)
    sql = "select cumulative_volume_t, cumulative_turnover_cny from mart_ccer_daily order by "
    assert held(home, sql + "trade_date") == [(None, None), (999_999, None)]


def test_a_day_without_a_bulletin_is_its_subtotals_and_names_it(home: Path) -> None:
    one, two = DAYS[:2]
    load(home, CCER_BULLETINS, launch(), ccer(one, 100, "80.00"))
    parts = [ccer_type(two, "energy", 60, 70), ccer_type(two, "forest", 40, 90)]
    total = ccer_type(two, SUBTOTAL, 100, 78)
    load(home, CCER_TYPES, *parts, total)
    derive(home)
    (row,) = held(
        home,
        "select total_volume_t, total_turnover_cny, average_cny_per_t, mean_price_cny_per_t, "
        "types, stated_by, ytd_volume_t, derived_from from mart_ccer_daily "
        f"where trade_date = '{two}'",
    )
    assert row[:-1] == (100, Decimal(7_800), None, Decimal("78"), 2, "day JSON", 200)
    (cited,) = json.loads(row[-1])
    assert (cited["table"], cited["rows"]) == ("ccer_types", 3)


def test_a_pilots_day_is_its_allowances(home: Path) -> None:
    on = DAYS[0]
    credits = pilot("guangdong", on, "CCER", 9_999, "20.00", product_family=None)
    load(
        home,
        PILOT_DAILY,
        pilot("guangdong", on, "GDEA", 100, "40.00", high_cny_per_t=Decimal(41)),
        credits,
        pilot("shenzhen", on, "SZEA", 10, "50.00"),
        pilot("shenzhen", on, "SZA-2019", 30, "30.00"),
        pilot("shenzhen", on, "SZA-2013", 0, "25.00"),
    )
    derive(home)
    columns = "pilot, price_cny_per_t, price_concept, high_cny_per_t, volume_t, turnover_cny, "
    columns += "mean_price_cny_per_t, products, is_no_trade"
    assert held(home, f"select {columns} from mart_pilot_daily order by pilot") == [
        *[("guangdong", 40, "close", 41, 100, 4_000, 40, 1, False)],
        *[("shenzhen", 50, "close", None, 40, 1_400, 35, 3, False)],
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # Several vintages and no series of the allowance itself: nobody's price.
        (
            [
                pilot("shenzhen", DAYS[0], "SZA-2019", 30, "30.00"),
                pilot("shenzhen", DAYS[0], "SZA-2020", 10, "50.00"),
            ],
            (None, None, 40, 1_400),
        ),
        ([pilot("tianjin", DAYS[0], "TJEA22", 30, "30.00")], (30, "close", 30, 900)),
        # A price carried over from an earlier day is none of this one.
        ([pilot("guangdong", DAYS[0], "GDEA", 0, "40.00")], (None, None, 0, 0)),
        # A market that prints no turnover has a volume and a price all the same.
        (
            [pilot("guangdong", DAYS[0], "GDEA", 5, "40.00", turnover_cny=None)],
            (40, "close", 5, None),
        ),
        (
            [
                pilot("tianjin", DAYS[0], "TJEA22", 30, "30.00", method="listed"),
                pilot("tianjin", DAYS[0], "TJEA22", 70, "20.00", method="block"),
            ],
            (30, "close", 100, 2_300),
        ),
    ],
)
def test_which_price_is_a_pilots(home: Path, rows: list[Any], told: tuple[Any, ...]) -> None:
    load(home, PILOT_DAILY, *rows)
    derive(home)
    sql = "select price_cny_per_t, price_concept, volume_t, turnover_cny from mart_pilot_daily"
    assert held(home, sql) == [told]


def test_a_pilots_year_is_of_the_days_that_are_held(home: Path) -> None:
    one, two, three = DAYS[:3]
    load(
        home,
        PILOT_DAILY,
        pilot("guangdong", one, "GDEA", 100, "40.00"),
        pilot("guangdong", two, "GDEA", 0, "40.00"),
        pilot("guangdong", three, "GDEA", 50, "43.00"),
        pilot(
            "beijing", two, "BEA", 1, "9.00", price_concept="average", average_cny_per_t=Decimal(90)
        ),
    )
    derive(home)
    columns = "pilot, days, traded_days, held_volume_t, held_turnover_cny, high_price_cny_per_t, "
    columns += "last_price_cny_per_t, price_concepts"
    assert held(home, f"select {columns} from mart_pilot_annual order by pilot") == [
        ("beijing", 1, 1, 1, 9, 90, 90, "average"),
        ("guangdong", 3, 2, 150, 6_150, 43, 43, "close"),
    ]


def test_all_markets_side_by_side_with_their_concepts(home: Path) -> None:
    on = DAYS[0]
    load(home, SEEE_BULLETINS, bulletin(on))
    load(home, CCER_BULLETINS, launch(), ccer(on, 1_000, "85.50"))
    load(home, PILOT_DAILY, pilot("guangdong", on, "GDEA", 2_000, "40.00"))
    derive(home)
    columns = "market, kind, price_cny_per_t, price_concept, volume_t, ytd_volume_t, "
    columns += "volume_share_pct, minus_cea_close_cny_per_t, spread_concept"
    share = [round(Decimal(100 * v) / 104_000, 2) for v in (101_000, 1_000, 2_000)]
    sql = f"select {columns} from mart_markets where trade_date = '{on}' order by market"
    low, high = Decimal("85.50"), Decimal("91.00")
    credit = ("CCER", "national credits", low, "average", 1_000, 1_000, share[1], low - high)
    allowance = ("CEA", "national allowances", high, "close", 101_000, 1_101_000, share[0])
    regional = ("guangdong", "regional allowances", 40, "close", 2_000, None, share[2], 40 - high)
    assert held(home, sql) == [
        (*credit, "average less close"),
        (*allowance, None, None),
        (*regional, "close less close"),
    ]
    (alone,) = held(home, f"select {columns} from mart_markets where trade_date = '{LAUNCH}'")
    assert alone[6:] == (100, None, None)


def test_what_rests_on_a_simulated_day_is_simulated(home: Path) -> None:
    one, two = DAYS[:2]
    load(home, SEEE_BULLETINS, bulletin(two))
    load(home, CCER_BULLETINS, launch(), ccer(one, 5, "80.00", is_simulated=True))
    load(home, CCER_BULLETINS, ccer(two, 5, "80.00"), night=2)
    derive(home)
    days = "select is_simulated from mart_ccer_daily order by trade_date"
    assert held(home, days) == [(False,), (True,), (True,)]
    assert held(home, "select is_simulated from mart_ccer_annual order by year") == [
        (False,),
        (True,),
    ]
    side = f"select market, is_simulated from mart_markets where trade_date = '{two}' order by 1"
    assert held(home, side) == [("CCER", True), ("CEA", True)]


def figures(home: Path, *names: str) -> dict[str, tuple[Any, ...]]:
    listed = ", ".join(f"'{name}'" for name in names)
    told = held(
        home,
        "select figure_id || ' ' || period, value, formula, json_array_length(citations), source "
        f"from mart_key_figures where figure_id in ({listed})",
    )
    return {name: tuple(rest) for name, *rest in told}


def test_key_figures_of_ccer_are_of_whole_years_and_cited(home: Path) -> None:
    year = list(shipped().trading_days(date(2025, 3, 7), date(2025, 12, 31)))
    assert len(year) == 203
    rows = [ccer(on, 10, "70.00") for on in year]
    rows[5] = ccer(year[5], 1, "99.00")
    tabs = [
        row_of(
            CCER_TABS,
            "ccer_registry",
            data_type="2",
            page_number=1,
            total_items=total,
            shown_items=0,
            items="[]",
            published_on=on,
        )
        for on, total in ((date(2026, 1, 5), 40), (date(2026, 1, 6), 41))
    ]
    load(home, CCER_BULLETINS, launch(), *rows)
    load(home, CCER_TABS, *tabs)
    derive(home)
    volume, days = 10 * 202 + 1, "sum of the days, of which none is missing"
    asked = ("volume", "high_average", "cumulative_volume", "trading_days", "projects_registered")
    told = figures(home, *(f"ccer_{name}" for name in asked))
    assert told == {
        "ccer_volume 2024": (375_315, days, 1, "ccer"),
        "ccer_volume 2025": (volume, days, 2, "ccer"),
        "ccer_high_average 2025": (99, "of its day", 1, "ccer"),
        "ccer_cumulative_volume 2024": (375_315, "launch day and all days since", 1, "ccer"),
        "ccer_cumulative_volume 2025": (
            *(375_315 + volume, "launch day and all days since", 1, "ccer"),
        ),
        "ccer_trading_days 2024": (1, "count of days that are stated", 1, "ccer"),
        "ccer_trading_days 2025": (203, "count of days that are stated", 2, "ccer"),
        "ccer_projects_registered 2026-01-06": (
            *(41, "as the registry counts them", 1, "ccer_registry"),
        ),
    }


def test_no_key_figure_of_ccer_is_of_a_year_that_lacks_a_day(home: Path) -> None:
    year = list(shipped().trading_days(date(2025, 3, 7), date(2025, 12, 31)))
    load(home, CCER_BULLETINS, launch(), *(ccer(on, 10, "70.00") for on in year if on != year[9]))
    derive(home)
    told = held(home, "select figure_id from mart_key_figures where period = '2025'")
    assert told == []


def test_the_ministrys_rounded_figure_of_ccer_agrees_with_the_exact_one(home: Path) -> None:
    year = list(shipped().trading_days(date(2025, 3, 7), date(2025, 12, 31)))
    load(home, CCER_BULLETINS, launch(), *(ccer(on, 43_567, "70.76") for on in year))
    fact = row_of(TABLES["mee_facts"], "mee", metric="annual_volume", scope="CCER", unit="t")
    fact |= {"document_key": "d1", "file_name": "", "sector": "", "period": "2025", "item": 1}
    fact |= {"value": Decimal(8_844_100), "printed": "884.41万吨", "quote": "成交量884.41万吨"}
    load(home, TABLES["mee_facts"], fact | {"rank": 1})
    derive(home)
    sql = "select source, value, is_preferred, agreement from mart_key_figures "
    assert held(home, sql + "where figure_id = 'ccer_volume' and period = '2025' order by 1") == [
        ("ccer", 43_567 * 203, True, None),
        ("mee", 8_844_100, False, "agrees"),
    ]


def test_key_figures_of_a_pilot_market_say_of_which_days_they_are(home: Path) -> None:
    one, two, next_year = date(2025, 3, 3), date(2025, 3, 4), date(2026, 1, 5)
    load(
        home,
        PILOT_DAILY,
        pilot("guangdong", one, "GDEA", 100, "40.00"),
        pilot("guangdong", two, "GDEA", 0, "40.00"),
        pilot("guangdong", next_year, "GDEA", 5, "41.00"),
    )
    derive(home)
    assert figures(home, "guangdong_held_volume", "guangdong_last_price") == {
        "guangdong_held_volume 2025": (100, "sum of the days that are held", 2, "pilots"),
        "guangdong_last_price 2025": (40, "close of the last day with a price", 1, "pilots"),
    }
