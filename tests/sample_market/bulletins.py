"""The bulletins of the simulated market: what each day, week, month and year says of it.

Prices and turnovers become decimals with two places here (yuan per tonne, yuan).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from extractors.sample.sites.seee.figures import COMPOSITE_FROM, NOTHING, Figures, Leg
from tests.sample_market.composite import MarketDay
from tests.sample_market.market import market
from tests.sample_market.published import AUCTION_FROM, LAUNCH_CLOSE

FIRST_YTD_DAY = date(2024, 8, 1)
"""From here the daily text has a year-to-date sentence (known only to be in 2024-07..12)."""
W1B_FROM = date(2023, 1, 1)


def yuan(fen: int) -> Decimal:
    """Fen as yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def change(close: Decimal, previous: Decimal) -> Decimal:
    """Change in percent, rounded half up to two decimals."""
    exact = (close / previous - 1) * 100
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def total_of(figures: list[Figures], name: str) -> Leg:
    """The sum of one leg; a missing auction counts as nothing."""
    total = NOTHING
    for each in figures:
        total += getattr(each, name) or NOTHING
    return total


def bulletins() -> list[Figures]:
    """All bulletins in the order of their publication: by last day, a shorter period first."""
    by_day = days()
    made = [*by_day, *weeks(by_day), *months(by_day), *years(by_day)]
    order = {"daily": 0, "weekly": 1, "monthly": 2, "yearly": 3}
    return sorted(made, key=lambda each: (each.period_end, order[each.kind]))


def _variety(day: MarketDay) -> str:
    if day.day == market()[0].day:
        return "D0-launch"
    if not day.listed.volume and not day.block.volume:
        return "D5-notrade"
    if day.day < COMPOSITE_FROM:
        base = "D1-listed"
    elif not day.listed.volume:
        base = "D8-nolisted" if day.day > AUCTION_FROM else "D4-nolisted"
    elif day.auction.volume:
        base = "D6-auction"
    elif day.day > AUCTION_FROM:
        base = "D7-noauction"
    elif day.day == COMPOSITE_FROM:
        base = "D2-composite-first"
    else:
        base = "D3-composite-ytd" if day.day >= FIRST_YTD_DAY else "D2-composite"
    block = "" if day.block.volume else "-noblock"
    return base + block + ("-flat" if day.close == day.previous else "")


def days() -> list[Figures]:
    """All trading days, ascending. Simulated."""
    made: list[Figures] = []
    ytd = cumulative = NOTHING
    for day in market():
        if made and made[-1].period_end.year != day.day.year:
            ytd = NOTHING
        legs = [Leg(t.volume, yuan(t.turnover)) for t in (day.listed, day.block, day.auction)]
        total = legs[0] + legs[1] + legs[2]
        ytd, cumulative = ytd + total, cumulative + total
        traded = bool(total.volume_t)
        got = day.band
        made.append(
            Figures(
                kind="daily",
                variety=_variety(day),
                period_start=day.day,
                period_end=day.day,
                price_basis="composite" if day.day >= COMPOSITE_FROM else "listed",
                open=yuan(got.open if got else day.close) if traded else None,
                high=yuan(got.high) if got else None,
                low=yuan(got.low) if got else None,
                close=yuan(day.close),
                change_pct=change(yuan(day.close), yuan(day.previous)),
                listed=legs[0],
                block=legs[1],
                auction=legs[2] if day.day >= AUCTION_FROM else None,
                total=total,
                ytd=ytd,
                cumulative=cumulative,
            )
        )
    return made


def _period(kind: str, variety: str, within: list[Figures], **printed: Decimal | None) -> Figures:
    """Totals over days. Prices are those in `printed`; no year-to-date."""
    last = within[-1]
    auction = total_of(within, "auction") if last.period_end >= AUCTION_FROM else None
    return Figures(
        kind=kind,
        variety=variety,
        period_start=within[0].period_end,
        period_end=last.period_end,
        price_basis=last.price_basis,
        open=None,
        high=printed.get("high"),
        low=printed.get("low"),
        close=printed.get("close"),
        change_pct=printed.get("change_pct"),
        listed=total_of(within, "listed"),
        block=total_of(within, "block"),
        auction=auction,
        total=total_of(within, "total"),
        ytd=last.ytd if variety.startswith("W3") else None,
        cumulative=None if variety.endswith("nocum") else last.cumulative,
    )


def _extremes(within: list[Figures]) -> dict[str, Decimal | None]:
    return {
        "high": max((d.high for d in within if d.high is not None), default=None),
        "low": min((d.low for d in within if d.low is not None), default=None),
    }


def _week_variety(last: date) -> str:
    if last < date(2021, 8, 1):
        return "W1-nocum"
    if last < COMPOSITE_FROM:
        return "W1b-listed" if last >= W1B_FROM else "W1-listed"
    return "W3-ytd" if last > AUCTION_FROM else "W2-composite"


def weeks(by_day: list[Figures]) -> list[Figures]:
    """Calendar weeks of two trading days and more, ascending. Simulated."""
    made: list[Figures] = []
    before: Figures | None = None
    for _, group in groupby(by_day, key=lambda d: d.period_end - timedelta(d.period_end.weekday())):
        within = list(group)
        last = within[-1]
        if len(within) > 1:
            variety = _week_variety(last.period_end)
            # The first weekly text has no change: there was no week before it.
            compared = before if made else None
            made.append(
                _period(
                    "weekly",
                    variety,
                    within,
                    **_extremes(within),
                    close=last.close if last.price_basis == "listed" else None,
                    change_pct=_against(last, compared),
                )
            )
        before = last
    return made


def _against(last: Figures, before: Figures | None) -> Decimal | None:
    if before is None or before.close is None or last.close is None:
        return None
    return change(last.close, before.close)


def months(by_day: list[Figures]) -> list[Figures]:
    """The published months, ascending.

    From 2023-08 no price is published with them, so none is given, not even a
    change, which would be simulated.
    """
    made: list[Figures] = []
    before: Figures | None = None
    for _, group in groupby(by_day, key=lambda d: (d.period_end.year, d.period_end.month)):
        within = list(group)
        last = within[-1]
        if last.price_basis == "listed":
            variety = "M1-listed" if made else "M1-nocum"
            prices = _extremes(within) | {"close": last.close, "change_pct": _against(last, before)}
        else:
            variety, prices = "M2-composite", {}
            if last.period_end > AUCTION_FROM:
                variety = "M3-composite-auction"
        made.append(_period("monthly", variety, within, **prices))
        before = last
    return made


def years(by_day: list[Figures]) -> list[Figures]:
    """The published years, ascending. 2021 is measured against the launch close."""
    varieties = {2021: "Y1-listed-first", 2022: "Y1-listed", 2023: "Y2-prose"}
    made: list[Figures] = []
    before = yuan(LAUNCH_CLOSE)
    for year, group in groupby(by_day, key=lambda d: d.period_end.year):
        within = list(group)
        close = within[-1].close or Decimal(0)
        prices: dict[str, Decimal | None] = {"close": close, "change_pct": change(close, before)}
        if within[-1].price_basis == "listed":
            prices |= _extremes(within)
        variety = varieties.get(year, "Y3-composite")
        if within[-1].period_end > AUCTION_FROM:
            variety += "-auction"
        made.append(_period("yearly", variety, within, **prices))
        before = close
    return made
