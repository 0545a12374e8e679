"""The checks of European prices, each with a quarter that holds and one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from flows.stages.checks.source_checks import findings_of
from flows.stages.checks.window import CheckWindow
from schemas.core.forms import StoredRows, rows_sql
from schemas.registry import TABLES
from schemas.sources.eu.periods import due_on, quarter
from schemas.trading import shipped
from transforms.eu.checks import AUCTIONS, CBAM, CHECKS

DUE = date(2026, 7, 6)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        for name in (CBAM, AUCTIONS):
            opened.execute(f"create table {name} as {rows_sql(StoredRows(TABLES[name]))}")
        yield opened


def take(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))


def price(connection: duckdb.DuckDBPyConnection, number: int, printed: str) -> None:
    begins, ends = quarter(2026, number)
    row = {"period": f"2026Q{number}", "period_start": begins, "period_end": ends}
    row |= {"published_on": due_on(ends), "price_eur_per_t": Decimal(printed)}
    take(connection, CBAM, row)


def auctions(connection: duckdb.DuckDBPyConnection, first: date, weeks: int) -> None:
    """An auction a week, at 60.00 of one tonne and 66.00 of two in turn."""
    for n in range(weeks):
        on, is_dear = first + timedelta(days=7 * n), n % 2
        row = {"auction_date": on, "auction_name": "A", "contract": "T3PA"}
        row |= {"price_eur_per_t": 60 + 6 * is_dear, "volume_t": 1 + is_dear}
        take(connection, AUCTIONS, row)


def findings(connection: duckdb.DuckDBPyConnection, due: date = DUE) -> dict[str, list[Any]]:
    window = CheckWindow(date(2021, 1, 1), due, shipped())
    return {
        check.name: list(found)
        for check, found in findings_of(connection, {CBAM, AUCTIONS}, CHECKS, window)
        if found
    }


def test_the_price_is_the_mean_weighted_by_volume(connection: duckdb.DuckDBPyConnection) -> None:
    """Not the plain mean, which is 63.00; what rounding may do is none."""
    auctions(connection, date(2026, 4, 2), 12)
    auctions(connection, date(2026, 7, 2), 1)
    price(connection, 2, "64.01")
    assert findings(connection) == {}


@pytest.mark.parametrize("printed", ["63.00", "64.02", "63.98"])
def test_another_price_is_told_and_gives_way_first(
    connection: duckdb.DuckDBPyConnection, printed: str
) -> None:
    auctions(connection, date(2026, 4, 2), 12)
    auctions(connection, date(2026, 7, 2), 1)
    price(connection, 2, printed)
    ((finding,),) = findings(connection).values()
    assert (finding.scope, str(finding.found)) == ("2026Q2", "64.00")
    assert finding.suspects[:2] == (f"{CBAM} 2026Q2", f"{AUCTIONS} 2026-04-02 A T3PA")
    assert len(finding.suspects) == 13


@pytest.mark.parametrize(("first", "weeks"), [((2026, 4, 2), 6), ((2026, 5, 14), 7)])
def test_of_a_part_of_a_quarter_nothing_is_said(
    connection: duckdb.DuckDBPyConnection, first: tuple[int, int, int], weeks: int
) -> None:
    auctions(connection, date(*first), weeks)
    auctions(connection, date(2026, 7, 2), 1)
    price(connection, 2, "63.00")
    assert findings(connection) == {}


def test_a_quarter_between_two_prices_is_missed(connection: duckdb.DuckDBPyConnection) -> None:
    price(connection, 1, "64.00")
    price(connection, 3, "64.00")
    ((finding,),) = findings(connection, date(2026, 10, 5)).values()
    assert (finding.scope, finding.found) == ("2026Q3", "2026Q1")


def test_auctions_that_stopped_are_told(connection: duckdb.DuckDBPyConnection) -> None:
    auctions(connection, date(2026, 5, 28), 1)
    assert findings(connection, date(2026, 7, 2)) == {}
    assert list(findings(connection, date(2026, 7, 3))) == ["eu_auctions_go_on"]
