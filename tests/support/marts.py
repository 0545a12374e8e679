"""Stores made by hand, and their marts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.core.context import RunContext
from flows.core.settings import Settings
from flows.stages.release.build_marts import Derived
from flows.stages.release.build_marts import derive as run
from schemas.core.table import Table
from schemas.sources.ccer.tables import CCER_BULLETINS
from schemas.sources.pilots.tables import FAMILIES, PILOT_DAILY
from tests.support.rows import KNOWN_FROM, LINEAGE, RETRIEVED_AT
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse


def derive(home: Path) -> list[Derived]:
    """Derive the marts of a store as the end of a night does."""
    return run(RunContext(open_home(home, "sample"), Settings(home=str(home))))


def load(home: Path, table: Table, *rows: dict[str, Any], night: int = 1) -> None:
    seen = RETRIEVED_AT + timedelta(days=night)
    Warehouse(open_home(home, "sample").path).load(
        table,
        [row | {"retrieved_at": seen} for row in rows],
        known_from=KNOWN_FROM + timedelta(days=night),
        run_id=f"night-{night}",
    )


def held(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with Warehouse(home).query(sql) as answer:
        return answer.fetchall()


def row_of(table: Table, source: str, **stated: Any) -> dict[str, Any]:
    """A row of any table: what it states, null for all else."""
    empty = dict.fromkeys((column.name for column in table.stated), None)
    return empty | LINEAGE | {"source": source, "is_simulated": False} | stated


def ccer(on: date, volume: int, price: str | None, **other: Any) -> dict[str, Any]:
    """A bulletin of CCER, whose trades are all at one price."""
    row = row_of(
        CCER_BULLETINS,
        "ccer",
        trade_date=on,
        total_volume_t=volume,
        total_turnover_cny=volume * Decimal(price or 0),
        average_cny_per_t=price and Decimal(price),
        variety="trade" if volume else "none",
        published_on=on,
    )
    return row | other


def pilot(market: str, on: date, product: str, volume: int, close: str, **other: Any) -> Any:
    """A pilot's row of a product, whose trades are all at its close."""
    family = FAMILIES[market]
    return row_of(PILOT_DAILY, "pilots", pilot=market, trade_date=on, product=product) | {
        "method": "all",
        "product_family": family,
        "close_cny_per_t": Decimal(close),
        "price_concept": "close" if volume else "carried",
        "volume_t": volume,
        "turnover_cny": volume * Decimal(close),
        "turnover_step_cny": Decimal("0.01"),
        **other,
    }
