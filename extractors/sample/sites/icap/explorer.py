"""The sample's Allowance Price Explorer: `/api/systems`, and the same values as a CSV.

Names, numbers, currencies, spans and shapes are those of the real site; every value is
made up (see `icap_series`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from extractors.sample.sites.icap.series import (
    FIRST_DAY,
    WEEKENDS_2023,
    WEEKENDS_2024,
    PriceWalk,
    Triple,
    national,
    rates,
    triple,
    walked,
)

NATIONAL = 14
TWIN_LAG = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class System:
    """A system of the Explorer: what is fixed about it, and how its made-up series walk."""

    system_id: int
    name: str
    currency: str
    symbol: str
    secondary: PriceWalk | None = None
    primary: PriceWalk | None = None
    stability: tuple[int, ...] = ()
    twin_of: int = 0
    has_revenue: bool = False
    unsold: frozenset[date] = field(default_factory=frozenset)


def _pilot(
    number: int, city: str, level: int, flat: int, primary: date | None, more: str = ""
) -> System:
    """A pilot: an average that stands still on the days without trades."""
    weekends = (*WEEKENDS_2023, *WEEKENDS_2024, *map(date.fromisoformat, more.split()))
    return System(
        number,
        f"{city} (Pilot) Emissions Trading System",
        "CNY",
        "¥",
        PriceWalk(FIRST_DAY, None, level, 1, flat, tuple(sorted(weekends))),
        PriceWalk(primary, None, level, 364) if primary else None,
    )


def _weekly(first: str, level: int, last: str = "") -> PriceWalk:
    return PriceWalk(date.fromisoformat(first), date.fromisoformat(last) if last else None, level)


def _auctions(first: str, level: int, last: str = "") -> PriceWalk:
    until = date.fromisoformat(last) if last else None
    return PriceWalk(date.fromisoformat(first), until, level, 91)


SYSTEMS: tuple[System, ...] = (
    System(
        4,
        "Québec Cap-and-Trade System",
        "CAD",
        "$",
        primary=_auctions("2021-08-18", 30),
        stability=(40, 50, 60, 0, 0),
        has_revenue=True,
    ),
    System(
        5,
        "Regional Greenhouse Gas Initiative",
        "USD",
        "$",
        _weekly("2021-08-07", 12),  # a Saturday: the real series has weekend dates too
        _auctions("2021-09-08", 11),
        has_revenue=True,
    ),
    System(
        6,
        "California Cap-and-Trade Program",
        "USD",
        "$",
        _weekly("2021-08-04", 28),
        _auctions("2021-08-18", 26),
        has_revenue=True,
    ),
    System(
        7,
        "Ontario Cap-and-Trade Program (2017-2018)",
        "CAD",
        "$",
        primary=_auctions("2017-03-22", 18, "2018-05-15"),
        has_revenue=True,
    ),
    System(
        8,
        "Korean Emissions Trading System",
        "KRW",
        "₩",
        _weekly("2021-08-02", 20000),
        _auctions("2021-08-11", 19000),
        has_revenue=True,
    ),
    System(
        11,
        "Nova Scotia Cap-and-Trade Program (2019-2022)",
        "CAD",
        "$",
        primary=_auctions("2020-06-10", 24, "2022-12-07"),
    ),
    System(
        13,
        "United Kingdom Emissions Trading Scheme",
        "GBP",
        "£",
        _weekly("2021-08-04", 45),
        _auctions("2021-08-11", 44),
        has_revenue=True,
    ),
    System(NATIONAL, "China National Emissions Trading System", "CNY", "¥"),
    System(
        15,
        "German National Emissions Trading System",
        "EUR",
        "€",
        primary=_auctions("2021-10-05", 25),
        has_revenue=True,
    ),
    System(
        16,
        "Washington Cap-and-Invest Program",
        "USD",
        "$",
        _weekly("2023-03-01", 48),
        _auctions("2023-02-28", 47),
        has_revenue=True,
    ),
    _pilot(18, "Shenzhen", 38, 43, date(2022, 8, 12), "2025-08-30 2025-08-31"),
    _pilot(19, "Shanghai", 62, 43, date(2022, 6, 30)),
    _pilot(20, "Beijing", 96, 61, date(2022, 11, 16), "2023-09-24"),
    _pilot(21, "Guangdong", 58, 5, date(2021, 12, 20), "2024-02-04"),
    _pilot(23, "Tianjin", 33, 80, date(2022, 6, 14)),
    _pilot(24, "Hubei", 43, 6, date(2022, 7, 22)),
    _pilot(25, "Chongqing", 36, 70, date(2021, 11, 23)),
    _pilot(26, "Fujian", 22, 47, None),
    System(
        28,
        "New Zealand Emissions Trading Scheme (Up to 2023)",
        "NZD",
        "$",
        _weekly("2021-08-02", 60, "2023-12-31"),
        _auctions("2021-12-15", 58, "2023-12-06"),
        (0, 0, 0, 0, 70),
        unsold=frozenset({date(2023, 3, 15), date(2023, 6, 14), date(2023, 9, 13)}),
    ),
    System(
        29,
        "New Zealand Emissions Trading Scheme (From 2024)",
        "NZD",
        "$",
        _weekly("2024-01-03", 64),
        _auctions("2024-03-20", 64),
        (0, 0, 0, 0, 70),
        unsold=frozenset({date(2024, 6, 19)}),
    ),
    System(
        30,
        "Washington Cap-and-Invest Program (download)",
        "USD",
        "$",
        _weekly("2023-03-03", 48),
        _auctions("2023-02-28", 47),
        twin_of=16,
    ),
    System(
        31,
        "United Kingdom Emissions Trading Scheme (download)",
        "GBP",
        "£",
        _weekly("2021-08-06", 45),
        _auctions("2021-08-11", 44),
        twin_of=13,
    ),
    System(
        32,
        "California Cap-and-Trade Program (download)",
        "USD",
        "$",
        _weekly("2021-08-06", 28),
        _auctions("2021-08-18", 26),
        twin_of=6,
    ),
    System(
        33,
        "European Union Emissions Trading System (until 2018)",
        "EUR",
        "€",
        _weekly("2018-01-03", 12, "2018-12-28"),
        _auctions("2018-01-08", 12, "2018-12-17"),
    ),
    System(
        34,
        "European Union Emissions Trading System (from 2019)",
        "EUR",
        "€",
        _weekly("2021-08-04", 60),
        _auctions("2021-08-05", 59),
        has_revenue=True,
    ),
    System(
        35,
        "European Union Emissions Trading System (from 2019, download)",
        "EUR",
        "€",
        _weekly("2021-08-06", 60),
        _auctions("2021-08-05", 59),
        twin_of=34,
    ),
    System(
        37,
        "Switzerland Emissions Trading System",
        "CHF",
        "Fr",
        primary=_auctions("2021-11-17", 55),
        has_revenue=True,
    ),
)


def local_values(system: System, market: str, until: date) -> dict[date, Decimal]:
    """A market's local prices by date to the end of a quarter; empty if it has none."""
    shown = until
    if system.system_id == NATIONAL:
        return {d: v for d, v in national().items() if d <= shown} if market == "secondary" else {}
    walk = system.secondary if market == "secondary" else system.primary
    if walk is None:
        return {}
    if system.twin_of and market == "secondary":
        shown -= TWIN_LAG
    values = walked(walk, system.system_id * 10 + len(market), shown)
    return {day: Decimal(0) if day in system.unsold else value for day, value in values.items()}


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
    return [_system(system, until) for system in SYSTEMS]


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


__all__ = ["NATIONAL", "SYSTEMS", "System", "local_values", "rates", "systems_json"]
