"""A market of our own for a site that is no sample: figures of every trading day, made up from a
fixed seed, that agree with one another on every page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from random import Random

from extractors.sample.sites.seee.figures import COMPOSITE_FROM, NOTHING, Figures, Leg
from extractors.sample.sites.seee.pages import ArticlePage
from extractors.sample.sites.seee.texts.bulletins import FIRST_NUMBER, render_bulletin
from schemas.trading import shipped

YTD_FROM, AUCTIONS_FROM = date(2024, 10, 8), date(2025, 7, 16)
_CENT = Decimal("0.01")
_WORDS = {"weekly": "W", "monthly": "M", "yearly": "Y"}


@dataclass(frozen=True)
class Market:
    """Every bulletin of a stretch of the calendar, by the order of publication."""

    days: tuple[Figures, ...]
    periods: tuple[Figures, ...]

    def articles(self) -> Iterator[ArticlePage]:
        """The bulletins as numbered pages, a shorter period before a longer one."""
        rank = ("daily", *_WORDS)
        found = sorted(
            (*self.days, *self.periods), key=lambda one: (one.period_end, rank.index(one.kind))
        )
        for number, one in enumerate(found):
            title, paragraphs = render_bulletin(one.as_row())
            place = FIRST_NUMBER + 4 * number
            yield ArticlePage(place, one.kind, title, one.period_end, tuple(paragraphs), False)


def market(first: date, last: date) -> Market:
    """The market from its first to its last day. A period counts as over with its last trading
    day; the stretch may begin and end within one."""
    days = tuple(_days(first, last))
    periods = [
        *_periods(days, "weekly", lambda day: day.isocalendar()[:2]),
        *_periods(days, "monthly", lambda day: (day.year, day.month)),
        *_periods(days, "yearly", lambda day: (day.year, 0)),
    ]
    return Market(days, tuple(periods))


def _days(first: date, last: date) -> Iterator[Figures]:
    rng = Random(20_210_716)
    close, cumulative, ytd, year = Decimal("48.00"), NOTHING, NOTHING, 0
    for day in shipped().trading_days(first, last):
        before, opened = close, _cents(close * Decimal(rng.uniform(0.99, 1.01)))
        close = _cents(before * Decimal(rng.uniform(0.97, 1.031)))
        listed = _leg(rng.randrange(500, 400_000), close)
        traded = rng.random() < 0.8
        block = _leg(rng.randrange(100_000, 900_000), close * 9 / 10) if traded else NOTHING
        total = listed + block
        ytd = total if day.year != year else ytd + total
        cumulative, year = cumulative + total, day.year
        yield Figures(
            kind="daily",
            variety=_wording(day),
            period_start=day,
            period_end=day,
            price_basis="composite" if day >= COMPOSITE_FROM else "listed",
            open=opened,
            high=max(opened, close) + _CENT,
            low=min(opened, close) - _CENT,
            close=close,
            change_pct=_change(close, before),
            listed=listed,
            block=block,
            auction=NOTHING if day >= AUCTIONS_FROM else None,
            total=total,
            ytd=ytd,
            cumulative=cumulative,
        )


def _wording(day: date) -> str:
    if day < COMPOSITE_FROM:
        return "D1-listed"
    if day < YTD_FROM:
        return "D2-composite"
    return "D3-composite-ytd" if day < AUCTIONS_FROM else "D7-noauction"


def _periods(
    days: Sequence[Figures], kind: str, of: Callable[[date], tuple[int, int]]
) -> Iterator[Figures]:
    """The periods that are wholly of one wording, but for a last one that is not over yet."""
    before: Decimal | None = None
    for _, group in groupby(days, key=lambda day: of(day.period_end)):
        mine = list(group)
        end = mine[-1].period_end
        following = next(shipped().trading_days(*_after(end)))
        if of(following) != of(end) and len({day.price_basis for day in mine}) == 1:
            yield _period(mine, kind, before)
        before = mine[-1].close


def _after(day: date) -> tuple[date, date]:
    return date.fromordinal(day.toordinal() + 1), date.fromordinal(day.toordinal() + 40)


def _period(days: Sequence[Figures], kind: str, before: Decimal | None) -> Figures:
    last, is_listed = days[-1], days[0].price_basis == "listed"
    has_sums = last.period_end >= YTD_FROM and kind == "weekly"
    close = last.close
    assert close is not None
    number = 1 if is_listed else 3 if has_sums or kind == "yearly" else 2
    return Figures(
        kind=kind,
        variety=f"{_WORDS[kind]}{number}-{'listed' if is_listed else 'composite'}",
        period_start=days[0].period_end,
        period_end=last.period_end,
        price_basis=last.price_basis,
        open=None,
        high=max(day.high for day in days if day.high),
        low=min(day.low for day in days if day.low),
        close=close if is_listed or kind == "yearly" else None,
        change_pct=_change(close, before) if before else None,
        listed=_sum(day.listed for day in days),
        block=_sum(day.block for day in days),
        auction=NOTHING if days[0].auction else None,
        total=_sum(day.total for day in days),
        ytd=last.ytd if has_sums else None,
        cumulative=last.cumulative,
    )


def _sum(legs: Iterator[Leg]) -> Leg:
    return sum(legs, NOTHING)


def _leg(volume_t: int, price: Decimal) -> Leg:
    return Leg(volume_t, _cents(volume_t * price))


def _change(now: Decimal, before: Decimal) -> Decimal:
    return _cents(100 * (now / before - 1))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT)
