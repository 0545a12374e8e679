"""The checks of the pilot markets, each with a day that holds and one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from extractors.sample.sites.pilots import pages
from flows.stages.checks.source_checks import findings_of
from flows.stages.checks.window import CheckWindow
from schemas.core.forms import StoredRows, rows_sql
from schemas.registry import TABLES
from schemas.trading import shipped
from tests.unit.transforms.pilots.pilot_pages import (
    BEIJING,
    GUANGDONG,
    HUBEI,
    HUBEI_HOME,
    TIANJIN,
    rows_of,
)
from transforms.pilots.checks import CHECKS

ICAP = TABLES["icap_prices"]
USED = ("pilot_daily", "pilot_series", ICAP.name)
Found = dict[str, list[tuple[str, ...]]]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        for name in USED:
            opened.execute(f"create table {name} as {rows_sql(StoredRows(TABLES[name]))}")
        yield opened


def take(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))


def findings(connection: duckdb.DuckDBPyConnection, due: date) -> Found:
    """Scope, found, and suspects of each check that finds anything."""
    window = CheckWindow(date(2013, 1, 1), due, shipped())
    return {
        check.name: [(str(one.scope), str(one.found), *one.suspects) for one in found]
        for check, found in findings_of(connection, set(USED), CHECKS, window)
        if found
    }


def guangdong(day: str, opened: str, close: str, change: str = "-", **sums: str) -> dict[str, Any]:
    high, low = max(opened, close), min(opened, close)
    volume, turnover = sums.get("volume", "100"), sums.get("turnover", f"{float(close) * 100:.2f}")
    cells = (day, "GDEA", opened, close, high, low, change, "-", volume, turnover)
    (row,) = rows_of(pages.guangdong([cells]), GUANGDONG)
    return row


def name(day: str) -> str:
    return f"pilot_daily guangdong {day} GDEA all"


def test_guangdongs_change_leads_to_the_day_before(connection: duckdb.DuckDBPyConnection) -> None:
    """Over a weekend before any holiday is known, and over the holidays of the calendar."""
    days = [
        guangdong("20220228", "72.24", "71.38"),
        guangdong("20220301", "71.38", "69.44", "-1.94"),
        guangdong("20220930", "69.44", "69.50", "0.06"),
        guangdong("20221010", "69.50", "69.00", "-0.50"),
        guangdong("20140103", "60.00", "60.00"),
        guangdong("20140106", "60.00", "61.00", "1.00"),
    ]
    take(connection, "pilot_daily", days)
    assert findings(connection, date(2022, 10, 10)) == {}


def test_a_change_that_leads_elsewhere_names_both_days(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    days = [
        guangdong("20220301", "69.44", "69.44"),
        guangdong("20220302", "69.44", "69.00", "-0.45"),
        guangdong("20220304", "69.44", "66.80", "-0.15"),
        guangdong("20140103", "60.00", "60.00"),
        guangdong("20140107", "60.00", "61.00", "0.50"),
    ]
    take(connection, "pilot_daily", days)
    found = findings(connection, date(2022, 3, 4))
    day = "guangdong 2022-03-02 GDEA all"
    assert found["pilot_change_chain"] == [(day, "69.45", name("2022-03-02"), name("2022-03-01"))]
    gaps = [scope for scope, *_ in found["pilot_change_gap"]]
    assert gaps == ["guangdong 2014-01-07 GDEA all", "guangdong 2022-03-04 GDEA all"]
    assert found.keys() == {"pilot_change_chain", "pilot_change_gap"}


def test_an_open_that_is_not_the_close_before_is_only_told(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    days = [guangdong("20220301", "69.44", "69.44"), guangdong("20220302", "69.00", "69.10")]
    take(connection, "pilot_daily", days)
    assert findings(connection, date(2022, 3, 2)).keys() == {"pilot_open_is_previous_close"}
    assert not next(c for c in CHECKS if c.name == "pilot_open_is_previous_close").is_hard


@pytest.mark.parametrize(
    ("volume", "turnover", "broken"),
    [
        ("9000", "549000.00", ""),  # 61.00, the high
        ("9000", "549045.00", ""),  # half a cent above it
        ("9000", "549046.00", "pilot_mean_is_a_price"),
        ("9000", "539954.00", "pilot_mean_is_a_price"),
        ("135661", "7200000.00", "pilot_mean_within_prices"),  # a block trade may be in it
        ("135661", "5600000.00", "pilot_mean_is_a_price"),
        ("135661", "820.00", "pilot_mean_is_a_price"),  # in ten thousands of yuan
        ("135661", "72000000.00", "pilot_mean_is_a_price"),
    ],
)
def test_turnover_by_volume_is_a_price(
    connection: duckdb.DuckDBPyConnection, volume: str, turnover: str, broken: str
) -> None:
    day = guangdong("20220301", "60.00", "61.00", volume=volume, turnover=turnover)
    take(connection, "pilot_daily", [day])
    found = findings(connection, date(2022, 3, 1))
    assert list(found) == ([broken] if broken else [])
    assert not broken or found[broken][0][2] == name("2022-03-01")


def test_a_printed_mean_is_turnover_by_volume(connection: duckdb.DuckDBPyConnection) -> None:
    """To half a cent; amounts in ten thousands are not exact to it."""
    days = [("2023-05-11", "25900", "98.39", "2,548,260.51(BEA)")]
    days += [("2023-05-12", "1000", "98.40", "98,405.00(BEA)")]
    days += [("2023-05-15", "1000", "98.40", "98,406.00(BEA)")]
    take(connection, "pilot_daily", rows_of(pages.beijing(days, 1), BEIJING))
    sold = [("2023-05-15", "TJEA22", "70", "-", "0.22", "-", "31.50", "-")]
    html = pages.tianjin(sold).replace("（元）", "（万元）")
    take(connection, "pilot_daily", rows_of(html, TIANJIN))
    row = "beijing 2023-05-15 BEA all"
    due = date(2023, 5, 15)
    assert findings(connection, due) == {
        "pilot_average_is_mean": [(row, "98.406", f"pilot_daily {row}")]
    }


def test_no_trade_is_stated_twice_under_two_names_or_methods(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """A market's day adds up all rows of its allowance."""
    days = [("2023-05-11", "1000", "98.40", f"98,400.00({product})") for product in ("BEA", "BJEA")]
    days += [("2023-05-12", "1000", "98.40", "98,400.00(BEA)")]
    days += [("2023-05-12", "1001", "98.40", "98,498.40(BEA-1)")]
    take(connection, "pilot_daily", rows_of(pages.beijing(days, 1), BEIJING))
    due = date(2023, 5, 12)
    bea, bjea = (f"pilot_daily beijing 2023-05-11 {product} all" for product in ("BEA", "BJEA"))
    assert findings(connection, due) == {
        "pilot_stated_once": [("beijing 2023-05-11 BJEA all", "BEA all", bjea, bea)]
    }
    connection.execute("delete from pilot_daily")
    sold = [("2023-05-12", "TJEA22", "70", "30", "2205.00", "900.00", "31.50", "30.00")]
    take(connection, "pilot_daily", rows_of(pages.tianjin(sold), TIANJIN))
    assert findings(connection, due) == {}
    connection.execute(
        "insert into pilot_daily select * replace ('all' as method, 100 as volume_t, "
        "3105 as turnover_cny, 31.05 as average_cny_per_t) from pilot_daily where method = 'listed'"
    )
    found = findings(connection, due)["pilot_stated_once"]
    assert [one[1] for one in sorted(found)] == ["TJEA22 block", "TJEA22 listed"]


def test_hubeis_two_statements_of_a_day_agree(connection: duckdb.DuckDBPyConnection) -> None:
    listed = ("HBEA", "2024-08-15", "41.02", "-", "41.30", "40.88", "2210", "90654.20", "41.15")
    take(connection, "pilot_daily", rows_of(pages.hubei([listed]), HUBEI))
    take(
        connection,
        "pilot_series",
        rows_of(pages.hubei_home([("2024-08-15", 41.03, 2210)]), HUBEI_HOME),
    )
    assert findings(connection, date(2024, 8, 15)) == {}
    connection.execute("update pilot_series set volume_t = 2211")
    ((scope, found, *suspects),) = findings(connection, date(2024, 8, 15))[
        "pilot_series_equals_list"
    ]
    assert (scope, found) == ("hubei 2024-08-15", "41.03, 2211")
    assert suspects == ["pilot_series hubei 2024-08-15", "pilot_daily hubei 2024-08-15 HBEA all"]


def test_icaps_price_is_one_of_a_traded_day(connection: duckdb.DuckDBPyConnection) -> None:
    icap = dict.fromkeys((c.name for c in ICAP.columns), None) | {
        "place": "Guangdong",
        "system_kind": "pilot",
        "market": "secondary",
        "currency": "CNY",
        "is_download_twin": False,
    }
    days = [(date(2022, 3, 1), "69.45"), (date(2022, 3, 2), "69.50"), (date(2022, 3, 3), "1.00")]
    take(connection, ICAP.name, [icap | {"date": on, "price_local": price} for on, price in days])
    market = [guangdong("20220301", "69.44", "69.44"), guangdong("20220302", "69.44", "69.44")]
    take(connection, "pilot_daily", market)
    found = findings(connection, date(2022, 3, 2))
    assert [scope for scope, *_ in found["pilot_equals_icap"]] == ["guangdong 2022-03-02"]
    assert list(found) == ["pilot_equals_icap"]


def test_a_page_that_stopped_is_told_and_so_is_an_unknown_product(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """A copy that is held somewhere shows the same day for weeks."""
    rows = [("2023-05-11", "100", "98.00", f"9,800.00({name})") for name in ("BEA", "PCER", "XYZ")]
    take(connection, "pilot_daily", rows_of(pages.beijing(rows, 1), BEIJING))
    assert findings(connection, date(2023, 6, 9)).keys() == {"pilot_products_are_known"}
    found = findings(connection, date(2023, 6, 12))
    assert found["pilot_products_are_known"] == [("beijing XYZ", "XYZ")]
    assert found["pilot_is_fresh"] == [("beijing", "2023-05-11")]
