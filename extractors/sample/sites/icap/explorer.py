"""The sample's Allowance Price Explorer: `/api/systems`, and the same values as a CSV.

Names, numbers, currencies, spans and shapes are those of the real site; every value is
made up (see `series`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from extractors.sample.items import read_items
from extractors.sample.sites.icap.series import DATA, Triple, rates, series, triple

NATIONAL = 14
TWIN_LAG = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class System:
    """A system of the Explorer: what is fixed about it."""

    system_id: int
    name: str
    currency: str
    symbol: str
    stability: tuple[int, ...] = ()
    twin_of: int = 0
    has_revenue: bool = False


@cache
def systems() -> tuple[System, ...]:
    """All systems, in the order of the Explorer."""
    return read_items(DATA / "systems.yml", System)


def local_values(system: System, market: str, until: date) -> dict[date, Decimal]:
    """A market's local prices by date to the end of a quarter; empty if it has none."""
    lag = TWIN_LAG if system.twin_of and market == "secondary" else timedelta(0)
    values = series().get((system.system_id, market), {})
    return {day: value for day, value in values.items() if day <= until - lag}


def market_values(system: System, market: str, until: date) -> dict[date, Triple]:
    """A market's arrays by date. Arrays of both lengths may stand in one series."""
    values = local_values(system, market, until)
    return {
        day: triple(
            value,
            system.currency,
            day,
            system.stability if system.stability and day.month % 2 == 0 else (),
        )
        for day, value in values.items()
    }


def _revenue(system: System, until: date) -> dict[str, list[int]]:
    if not system.has_revenue:
        return {}
    sold = market_values(system, "primary", until)
    made: dict[str, list[int]] = {}
    for day, (usd, eur, *_) in sold.items():
        quarter = f"{day.year} Q{(day.month + 2) // 3}"
        held = made.setdefault(quarter, [0, 0])
        held[0] += int(usd * 1_000_000)
        held[1] += int(eur * 1_000_000)
    return made


def systems_document(until: date) -> list[dict[str, Any]]:
    """The array behind `/api/systems`. An empty market is a list, not an object."""
    return [_system(system, until) for system in systems()]


def _system(system: System, until: date) -> dict[str, Any]:
    is_twin = bool(system.twin_of)
    markets: dict[str, Any] = {
        market: {
            day.isoformat(): [_number(value) for value in row]
            for day, row in market_values(system, market, until).items()
        }
        or []
        for market in ("primary", "secondary")
    }
    return {
        "id": system.system_id,
        "name": system.name,
        "jurisdiction": "A sentence about the place, in the words of the sample.",
        "description": "A sentence about the prices, in the words of the sample.",
        "currency": [system.currency, system.symbol],
        "color": f"#{system.system_id * 5:02x}5f7a",
        "preselected": system.system_id == NATIONAL,
        "defaultMarketData": "secondary" if markets["secondary"] else "primary",
        "isRestrictedPrimary": is_twin,
        "isRestrictedSecondary": is_twin,
        "isRestrictedStability": False,
        "values": {**markets, "revenue": _revenue(system, until) or []},
    }


def _number(value: Decimal) -> int | float:
    """JSON mixes integers and floats: 41 stands beside 41.5."""
    return int(value) if value == value.to_integral_value() else float(value)


@cache
def systems_json(until: date) -> bytes:
    """The bytes of `/api/systems` on an evening; every non-ASCII letter is escaped."""
    return json.dumps(systems_document(until), separators=(",", ":")).encode("ascii")


__all__ = ["NATIONAL", "System", "local_values", "rates", "systems", "systems_json"]
