"""Price series of the sample's Explorer: made-up numbers in the real layout.

Only the national series of China is more than invented: it follows the exchange's
simulated days by the concept that ICAP's values had in each period (see `concept_on`).
Prices are decimals with two places in the market's own currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from random import Random

from extractors.sample.days import FIRST_DAY
from extractors.sample.sites.seee.figures import COMPOSITE_FROM, Figures, days

CENT = Decimal("0.01")
CLOSE, LISTED_VWAP, TOTAL_VWAP = "close", "listed_vwap", "total_vwap"

TOTAL_FROM, TOTAL_UNTIL = date(2025, 7, 1), date(2025, 9, 30)
CLOSE_DAYS = frozenset({date(2023, 9, 14)})
"""Single days on which the value is the published close, in a time of listed means."""
WEEKENDS_2023 = tuple(
    date.fromisoformat(day) for day in ("2023-06-10", "2023-06-17", "2023-07-15", "2023-07-16")
)
WEEKENDS_2024 = (date(2024, 7, 27), date(2024, 7, 28))
LAG = timedelta(days=45)
"""From the end of a quarter until its values appear, prepared by hand."""

Triple = list[Decimal]
Series = dict[date, Triple]


@dataclass(frozen=True, slots=True)
class PriceWalk:
    """How a made-up series walks: its dates, its level, and the share of days without a move."""

    first: date
    last: date | None
    level: int
    step_days: int = 7
    flat: int = 0
    weekends: tuple[date, ...] = ()


def concept_on(day: date) -> str:
    """What the sample's national value is on a trading day, as it was found on the real one.

    Listed mean to 2023-08-25, when it was the close too; the listed mean over all vintages
    to 2025-06-30, but for single days; the mean over all trades, blocks too, in the third
    quarter of 2025; the listed mean again after it.
    """
    if day < COMPOSITE_FROM or day in CLOSE_DAYS:
        return CLOSE
    return TOTAL_VWAP if TOTAL_FROM <= day <= TOTAL_UNTIL else LISTED_VWAP


def national_value(day: Figures) -> Decimal | None:
    """The value of a trading day by its concept; None where it has no trade to be a mean of."""
    concept = concept_on(day.trade_date)
    leg = day.total if concept == TOTAL_VWAP else day.listed
    if not leg.volume_t:
        return None
    return day.close if concept == CLOSE else cents(leg.turnover_cny / leg.volume_t)


@cache
def national() -> dict[date, Decimal]:
    """The national market's values by date. Four dates of 2023 lie on weekends, as on the
    real site: they carry the value before them."""
    values = {d.trade_date: v for d in days() if (v := national_value(d)) is not None}
    for weekend in WEEKENDS_2023:
        values[weekend] = values[max(day for day in values if day < weekend)]
    return dict(sorted(values.items()))


def walked(walk: PriceWalk, seed: int, until: date) -> dict[date, Decimal]:
    """A made-up series to a day: a walk that stands still on so many of a hundred days."""
    rng = Random(seed)  # noqa: S311 - a fixed seed on purpose
    price, values = Decimal(walk.level), {}
    for day in _dates(walk, until):
        if rng.randrange(100) >= walk.flat and day not in walk.weekends:
            moved = price * Decimal(1000 + rng.randrange(-18, 20)) / 1000
            price = cents(min(max(moved, Decimal(walk.level) / 2), Decimal(walk.level) * 2))
        values[day] = price
    return values


def _dates(walk: PriceWalk, until: date) -> Iterator[date]:
    last = min(walk.last or until, until)
    if walk.step_days == 1:
        traded = [d.trade_date for d in days() if walk.first <= d.trade_date <= last]
        yield from sorted({*traded, *(d for d in walk.weekends if walk.first <= d <= last)})
        return
    day = walk.first
    while day <= last:
        yield day
        day += timedelta(days=walk.step_days)


def quarter_end(until: date) -> date:
    """The end of the newest quarter whose values are out on an evening."""
    shown = until - LAG
    first_of_quarter = date(shown.year, (shown.month - 1) // 3 * 3 + 1, 1)
    if (shown + timedelta(days=1)).month != shown.month and shown.month % 3 == 0:
        return shown
    return first_of_quarter - timedelta(days=1)


def rates(currency: str, day: date) -> tuple[Decimal, Decimal]:
    """Made-up USD and EUR per unit of a currency, one pair a calendar month."""
    usd, eur = _LEVELS[currency]
    month = day.year * 12 + day.month
    drift = Decimal(month * 37 % 23 - 11) / 1000
    return (
        usd if currency == "USD" else significant(usd * (1 + drift)),
        eur if currency == "EUR" else significant(eur * (1 + drift / 2)),
    )


def triple(local: Decimal, currency: str, day: date, stability: tuple[int, ...] = ()) -> Triple:
    """`[USD, EUR, local]`, with five stability entries after it where there are any."""
    usd, eur = rates(currency, day)
    return [cents(local * usd), cents(local * eur), local, *map(Decimal, stability)]


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def significant(value: Decimal) -> Decimal:
    """Four significant digits: a printed rate."""
    return value.quantize(Decimal(1).scaleb(value.adjusted() - 3), ROUND_HALF_UP)


_LEVELS = {
    code: (Decimal(usd), Decimal(eur))
    for code, usd, eur in (
        ("CNY", "0.14", "0.125"),
        ("USD", "1", "0.9"),
        ("EUR", "1.1", "1"),
        ("CAD", "0.73", "0.66"),
        ("KRW", "0.00074", "0.00067"),
        ("NZD", "0.6", "0.54"),
        ("GBP", "1.26", "1.14"),
        ("CHF", "1.12", "1.02"),
    )
}
__all__ = ["FIRST_DAY", "PriceWalk", "Series", "Triple", "concept_on", "national", "walked"]
