"""Rows for tests: a simulated day of the national market that keeps every identity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from schemas.core.table import Table

RETRIEVED_AT = datetime(2025, 3, 3, 14, 0, tzinfo=UTC)
KNOWN_FROM = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)

LINEAGE: dict[str, Any] = {
    "source": "seee",
    "source_url": "https://overview.cneeex.example/c/2025-03-03/496000.shtml",
    "retrieved_at": RETRIEVED_AT,
    "payload_sha256": "0" * 64,
    "parser_version": "1",
    "evidence": None,
    "is_simulated": True,
}


def bulletin(day: date = date(2025, 3, 3), **other: Any) -> dict[str, Any]:
    """A daily bulletin, all stated columns; `other` overrides."""
    row: dict[str, Any] = {
        "period": "day",
        "period_start": day,
        "period_end": day,
        "trade_date": day,
        "title": f"{day:%Y%m%d}",
        "published_on": day,
        "article_no": 496_000,
        "price_basis": "composite",
        "weight_regime": "CEA19-20,CEA21,CEA22,CEA23:1/4",
        "open_cny_per_t": Decimal("90.00"),
        "high_cny_per_t": Decimal("92.00"),
        "low_cny_per_t": Decimal("89.00"),
        "close_cny_per_t": Decimal("91.00"),
        "change_pct": Decimal("1.11"),
        "change_basis": "previous_close",
        "listed_volume_t": 1_000,
        "listed_turnover_cny": Decimal("91000.00"),
        "block_volume_t": 100_000,
        "block_turnover_cny": Decimal("8800000.50"),
        "auction_volume_t": None,
        "auction_turnover_cny": None,
        "total_volume_t": 101_000,
        "total_turnover_cny": Decimal("8891000.50"),
        "ytd_volume_t": 1_101_000,
        "ytd_turnover_cny": Decimal("98891000.50"),
        "cumulative_volume_t": 601_101_000,
        "cumulative_turnover_cny": Decimal("43098891000.50"),
        "is_no_trade": False,
        "is_no_listed": False,
        "is_no_block": False,
        "is_no_auction": False,
        "is_flat": False,
        "rounded_figures": None,
        **LINEAGE,
    }
    return row | other


def bulletins(days: Iterable[date]) -> list[dict[str, Any]]:
    """A bulletin of each day, sums since the year's begin and since launch going on from day to
    day, closes level: rows that no check has anything against."""
    rows: list[dict[str, Any]] = []
    for day in days:
        row = bulletin(day, change_pct=Decimal("0.00"))
        for name in ("volume_t", "turnover_cny") if rows else ():
            last, total = rows[-1], row[f"total_{name}"]
            row[f"cumulative_{name}"] = last[f"cumulative_{name}"] + total
            is_new_year = last["period_end"].year != day.year
            row[f"ytd_{name}"] = total + (0 if is_new_year else last[f"ytd_{name}"])
        rows.append(row)
    return rows


def quote(day: date = date(2025, 3, 3), product: str = "CEA21", **other: Any) -> dict[str, Any]:
    """A row of the quote page, all stated columns; `other` overrides."""
    row: dict[str, Any] = {
        "trade_date": day,
        "product": product,
        "open_cny_per_t": Decimal("90.00"),
        "high_cny_per_t": Decimal("92.00"),
        "low_cny_per_t": Decimal("89.00"),
        "close_cny_per_t": Decimal("91.00"),
        "listed_volume_t": 1_000,
        **LINEAGE,
    }
    return row | other


def method_total(day: date = date(2025, 3, 3), **other: Any) -> dict[str, Any]:
    """A row of the query page, all stated columns; `other` overrides."""
    row: dict[str, Any] = {
        "trade_date": day,
        "product": "COMCEA",
        "trade_method": "listed",
        "day_volume_t": 1_000,
        "day_turnover_cny": Decimal("91000.00"),
        "ytd_volume_t": 11_000,
        "ytd_turnover_cny": Decimal("991000.00"),
        "cumulative_volume_t": 111_000,
        "cumulative_turnover_cny": Decimal("9991000.00"),
        **LINEAGE,
    }
    return row | other


def check_states_all(table: Table, row: dict[str, Any]) -> None:
    """Fails if a table's columns have moved on from these examples."""
    assert row.keys() == {column.name for column in table.stated}
