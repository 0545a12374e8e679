"""The Allowance Price Explorer's JSON: systems, their price series and revenues.

Each array is `[USD, EUR, local, five of stability]`, the local price third: whoever takes
the first value for it gets a price in yuan that is seven times too small. Systems are
known by name; the numbers beside the names are expectations, for the publisher has split
two systems and may split more. A system that is not as expected is not read at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from extractors.model import LayoutError, Page, Record, Signal, record_of
from extractors.parsing.html import decode
from extractors.parsing.json import read_json

NATIONAL = 14
MARKETS = ("primary", "secondary")


@dataclass(frozen=True, slots=True)
class Expected:
    """A system of the Explorer: its number there, its name, the place that the name speaks
    of, the kind of market, its number among the ETS pages (another number space), of a
    "(download)" twin the number of its main system, and other forms of the name (a pattern)."""

    system_id: int
    name: str
    place: str
    kind: str = "other"
    ets_id: int | None = None
    twin_of: int | None = None
    also: str = ""

    def fits(self, name: str) -> bool:
        return name == self.name or (bool(self.also) and re.fullmatch(self.also, name) is not None)


def _pilot(system_id: int, city: str, ets_id: int) -> Expected:
    return Expected(system_id, f"{city} (Pilot) Emissions Trading System", city, "pilot", ets_id)


_EU = "European Union Emissions Trading System"
_UK = "United Kingdom Emissions Trading Scheme"
_NZ = "New Zealand Emissions Trading Scheme"
_NZ_ALSO = r"New Zealand(?: Emissions Trading System)?"
_WASHINGTON, _CALIFORNIA = "Washington Cap-and-Invest Program", "California Cap-and-Trade Program"

EXPECTED: tuple[Expected, ...] = (
    Expected(NATIONAL, "China National Emissions Trading System", "China", "national", 55),
    _pilot(18, "Shenzhen", 63),
    _pilot(19, "Shanghai", 62),
    _pilot(20, "Beijing", 53),
    _pilot(21, "Guangdong", 57),
    _pilot(23, "Tianjin", 65),
    _pilot(24, "Hubei", 58),
    _pilot(25, "Chongqing", 56),
    _pilot(26, "Fujian", 87),
    Expected(
        4, "Québec Cap-and-Trade System", "Québec", ets_id=73, also="Quebec Cap-and-Trade System"
    ),
    Expected(5, "Regional Greenhouse Gas Initiative", "RGGI", ets_id=50),
    Expected(6, _CALIFORNIA, "California", ets_id=45),
    Expected(7, "Ontario Cap-and-Trade Program (2017-2018)", "Ontario"),
    Expected(8, "Korean Emissions Trading System", "Korea", ets_id=47),
    Expected(11, "Nova Scotia Cap-and-Trade Program (2019-2022)", "Nova Scotia", ets_id=88),
    Expected(13, _UK, "United Kingdom", ets_id=99),
    Expected(15, "German National Emissions Trading System", "Germany", ets_id=108),
    Expected(16, _WASHINGTON, "Washington", ets_id=85),
    Expected(
        28, f"{_NZ} (Up to 2023)", "New Zealand", ets_id=48, also=rf"{_NZ_ALSO} \(Up to 2023\)"
    ),
    Expected(29, f"{_NZ} (From 2024)", "New Zealand", ets_id=48, also=rf"{_NZ_ALSO} \(From 2024\)"),
    Expected(33, f"{_EU} (until 2018)", "European Union", ets_id=43),
    Expected(34, f"{_EU} (from 2019)", "European Union", ets_id=43),
    Expected(37, "Switzerland Emissions Trading System", "Switzerland", ets_id=64),
    Expected(30, f"{_WASHINGTON} (download)", "Washington", ets_id=85, twin_of=16),
    Expected(31, f"{_UK} (download)", "United Kingdom", ets_id=99, twin_of=13),
    Expected(32, f"{_CALIFORNIA} (download)", "California", ets_id=45, twin_of=6),
    Expected(35, f"{_EU} (from 2019, download)", "European Union", ets_id=43, twin_of=34),
)

_KEYS = {
    *("id", "name", "jurisdiction", "description", "currency", "color", "preselected"),
    *("defaultMarketData", "isRestrictedPrimary", "isRestrictedSecondary"),
    *("isRestrictedStability", "values"),
}


def expected(name: str) -> Expected | None:
    """The system of that name, or None."""
    return next((one for one in EXPECTED if one.fits(name)), None)


def read_systems(page: Page) -> Iterator[Record | Signal]:
    """Records `system`, `price` and `revenue`; raises `LayoutError` for another document."""
    document = _document(page)
    seen: set[Any] = set()
    for system in document:
        if isinstance(system, dict):
            seen.add(_known_number(system))
        if (
            not isinstance(system, dict)
            or not _KEYS.issuperset(system.keys())
            or "id" not in system
        ):
            yield _odd(page, "system_shape", json.dumps(system, default=str)[:200], "unknown keys")
            continue
        yield from _system(page, system)
    for one in EXPECTED:
        if one.system_id not in seen:
            told = "expected in the Explorer and not there under its name and number"
            yield _odd(page, "system_missing", f"{one.system_id} {one.place}", told)


def _document(page: Page) -> list[Any]:
    # As printed: 41.5 stays 41.5, and 41 is the same decimal as 41.0.
    document = read_json(
        page, list, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=_once
    )
    if not any(isinstance(one, dict) and one.get("id") == NATIONAL for one in document):
        told = f"no system {NATIONAL}: not the whole document"
        raise LayoutError(page, told, decode(page)[:200])
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different: a date twice would lose one of its prices."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice in one object")
    return made


def _odd(page: Page, rule: str, value: str, told: str) -> Signal:
    return Signal(rule, page.url, value, told)


def _known_number(system: Mapping[str, Any]) -> int | None:
    """The number of a system that stands under its own name and number."""
    known = expected(str(system.get("name", "")).strip())
    return known.system_id if known and known.system_id == system.get("id") else None


def _system(page: Page, system: Mapping[str, Any]) -> Iterator[Record | Signal]:
    number, name = system["id"], str(system.get("name", "")).strip()
    known = expected(name)
    if known is None or known.system_id != number:
        wanted = next((e for e in EXPECTED if e.system_id == number), None)
        told = (
            f"its number was {known.system_id}"
            if known
            else f"that number was {wanted.place}: renamed or split"
            if wanted
            else "no such system is known"
        )
        yield _odd(page, "unknown_system", f"{number} {name}", f"{told}; nothing of it is read")
        return
    values = system.get("values")
    problem = _shape_of(system, values)
    if problem or not isinstance(values, dict):
        yield _odd(page, "system_shape", f"{number} {name}", problem)
        return
    common = {
        "system_id": known.system_id,
        "system": known.name,
        "place": known.place,
        "system_kind": known.kind,
        "currency": str(system["currency"][0]).strip(),
        "is_download_twin": known.twin_of is not None,
    }
    yield record_of(
        page,
        "system",
        item=f"system {known.system_id}",
        **common,
        currency_symbol=str(system["currency"][1]).strip(),
        ets_id=known.ets_id,
        twin_of=known.twin_of,
        default_market=system.get("defaultMarketData"),
        restricted={market: _is_restricted(system, market) for market in MARKETS},
        dates={market: _dates(values[market]) for market in MARKETS},
        quarters=list(values["revenue"] or {}),
    )
    for market in MARKETS:
        dates = _dates(values[market])
        if dates != sorted(dates):
            told = "dates do not ascend, as they always did"
            yield Signal("dates_unsorted", page.url, f"{number} {market}", told, is_remark=True)
        is_restricted = _is_restricted(system, market)
        for day, array in (values[market] or {}).items():
            yield record_of(
                page,
                "price",
                item=f"{known.system_id} {market} {day}",
                **common,
                market=market,
                date=day,
                array=array,
                is_restricted=is_restricted,
            )
    for quarter, pair in (values["revenue"] or {}).items():
        yield record_of(
            page,
            "revenue",
            item=f"{known.system_id} {quarter}",
            **common,
            quarter=quarter,
            pair=pair,
        )


def _is_restricted(system: Mapping[str, Any], market: str) -> bool:
    return system.get(f"isRestricted{market.title()}") is True


def _dates(series: Any) -> list[str]:
    return list(series or {})


def _shape_of(system: Mapping[str, Any], values: Any) -> str:
    """What is wrong with a system's outer shape; empty if nothing. `[]` is an empty series."""
    currency = system.get("currency")
    if not isinstance(currency, Sequence) or isinstance(currency, str) or len(currency) != 2:
        return f"no currency as [code, symbol]: {currency!r}"
    if not isinstance(values, dict) or set(values) != {*MARKETS, "revenue"}:
        return f"values are not primary, secondary and revenue: {str(values)[:100]}"
    for name, series in values.items():
        if not isinstance(series, dict) and series != []:
            return f"{name} is neither an object by date nor an empty list"
    return ""
