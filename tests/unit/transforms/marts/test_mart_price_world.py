"""Prices of carbon side by side: each conversion and each mean worked out once more."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.marts.world import AUCTIONS, CERTIFICATE, COMPILED, MART_PRICE_WORLD
from schemas.sources.ccer.tables import CCER_BULLETINS
from schemas.sources.eu.tables import EU_AUCTIONS, EU_CBAM_PRICES
from schemas.sources.fx.tables import FX_RATES
from schemas.sources.icap.prices import ICAP_PRICES
from schemas.sources.pilots.tables import PILOT_DAILY
from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.support.marts import ccer, derive, held, load, pilot, row_of
from tests.support.rows import bulletin

DAY, NEXT_DAY = date(2025, 3, 10), date(2025, 3, 11)
PRICES = "select market, price_local, price_eur, price_cny, fx_basis from mart_price_world"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def rate(on: date, currency: str, units: str) -> dict[str, Any]:
    values = {"published_on": on, "currency": currency, "rate_per_eur": Decimal(units)}
    return row_of(FX_RATES, "fx", **values)


def auctions(first: date, weeks: int, contract: str = "T3PA", dear: int = 66) -> list[Any]:
    """An auction a week, at 60 of one tonne and `dear` of two in turn."""
    return [
        row_of(
            EU_AUCTIONS,
            "eu",
            auction_date=first + timedelta(days=7 * n),
            auction_name="A",
            contract=contract,
            status="successful",
            price_eur_per_t=Decimal(dear if n % 2 else 60),
            volume_t=1 + n % 2,
        )
        for n in range(weeks)
    ]


def compiled(system: str, market: str, price: str | None, **other: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"system_id": 13, "system": system, "place": "there"}
    values |= {"system_kind": "other", "currency": "GBP", "market": market, "date": DAY}
    values |= {"price_local": price and Decimal(price), "is_unsold": price is None}
    values |= {"is_restricted": False, "is_download_twin": False, "is_weekend": False}
    return row_of(ICAP_PRICES, "icap", **values | {"stated_in": "json"} | other)


def test_a_price_is_converted_at_the_rates_of_its_day_or_not_at_all(home: Path) -> None:
    load(home, SEEE_BULLETINS, *(bulletin(day) for day in (DAY, NEXT_DAY)))
    load(home, CCER_BULLETINS, ccer(DAY, 100, "80.00"))
    load(home, PILOT_DAILY, pilot("hubei", DAY, "HBEA", 5, "40.00"))
    load(home, FX_RATES, rate(DAY, "CNY", "8"), rate(DAY, "GBP", "0.8"))
    load(home, ICAP_PRICES, compiled("Elsewhere", "secondary", "40.00"))
    derive(home)
    at_rate, none = "rate of the day", "no rate of the day"
    assert held(home, f"{PRICES} order by date, market") == [
        ("CCER", Decimal(80), Decimal(10), Decimal(80), at_rate),
        ("CEA", Decimal(91), Decimal("11.375"), Decimal(91), at_rate),
        ("Elsewhere secondary", Decimal(40), Decimal(50), Decimal(400), at_rate),
        ("hubei", Decimal(40), Decimal(5), Decimal(40), at_rate),
        ("CEA", Decimal(91), None, Decimal(91), none),
    ]


def test_each_price_names_its_concept_and_nothing_is_subtracted(home: Path) -> None:
    load(home, SEEE_BULLETINS, bulletin(DAY))
    load(home, CCER_BULLETINS, ccer(DAY, 100, "80.00"))
    load(home, ICAP_PRICES, compiled("Elsewhere", "primary", "40.00"))
    derive(home)
    assert dict(held(home, "select market, concept from mart_price_world")) == {
        "CEA": "close",
        "CCER": "average",
        "Elsewhere primary": COMPILED["primary"],
    }
    assert not any("minus" in c.name or "spread" in c.name for c in MART_PRICE_WORLD.own)


def test_of_icap_only_what_is_a_price_of_its_own_elsewhere(home: Path) -> None:
    rows = (
        compiled("Twin", "secondary", "40.00", is_download_twin=True, is_restricted=True),
        compiled("Unsold", "primary", None, system_id=14),
        compiled("China", "secondary", "90.00", system_id=15, system_kind="national"),
        compiled("Elsewhere", "secondary", "40.00", system_id=16),
    )
    load(home, ICAP_PRICES, *rows)
    derive(home)
    assert held(home, "select market from mart_price_world") == [("Elsewhere secondary",)]


def test_of_auctions_there_is_the_weighted_mean_of_a_whole_quarter_that_is_over(
    home: Path,
) -> None:
    """Not of the running one, which begins on the last of these weeks, nor of aviation's."""
    other = auctions(date(2026, 1, 9), 3, contract="EAA3", dear=900)
    load(home, EU_AUCTIONS, *auctions(date(2026, 1, 8), 13), *other)
    asked = "select date::text, period, price_local, concept, derived_from from mart_price_world"
    derive(home)
    ((on, period, price, concept, rows),) = held(home, asked)
    assert (on, period, concept) == ("2026-03-31", "2026Q1", AUCTIONS)
    assert price == Decimal("64.0000")
    (cited,) = json.loads(rows)
    assert (cited["rows"], cited["where"]["auction_date"]) == (12, ["2026-01-08", "2026-03-26"])


@pytest.mark.parametrize(
    ("first", "weeks"),
    [(date(2026, 1, 8), 12), (date(2026, 2, 12), 8)],
    ids=["nothing of the next", "not its beginning"],
)
def test_of_a_part_of_a_quarter_there_is_no_mean(home: Path, first: date, weeks: int) -> None:
    load(home, EU_AUCTIONS, *auctions(first, weeks))
    derive(home)
    assert held(home, "from mart_price_world") == []


def test_a_certificate_is_of_its_quarter_and_of_the_day_it_was_published(home: Path) -> None:
    price = row_of(
        EU_CBAM_PRICES,
        "eu",
        period="2026Q1",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 3, 31),
        published_on=date(2026, 4, 7),
        price_eur_per_t=Decimal("64.00"),
    )
    load(home, EU_CBAM_PRICES, price)
    load(home, FX_RATES, rate(date(2026, 4, 7), "CNY", "8"), night=2)
    derive(home)
    told = "select date::text, period, concept, currency, price_eur, price_cny, fx_basis"
    assert held(home, f"{told} from mart_price_world") == [
        ("2026-04-07", "2026Q1", CERTIFICATE, "EUR", 64, 512, "rate of the day")
    ]
    history = "select revision, price_cny from mart_price_world__history order by 1"
    assert held(home, history) == [(1, None), (2, Decimal(512))], "known once its rate was"
