"""Row-level identities of the registry's figures. Decimals stay decimals: each is exact."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemas.core.market_columns import costs_rule
from schemas.core.table import Rule
from schemas.trading import shipped

if TYPE_CHECKING:
    import pandas as pd

AUCTIONS_FROM = date(2025, 7, 16)
"""First day on which one-way auctions were offered (the exchange's notice)."""
LISTED_BASIS_UNTIL = date(2023, 8, 25)
"""Last day whose prices are those of listed trades; then they are a composite over vintages, and
the mean of the listed trades may lie outside of low and high (the exchange's notice)."""
_VINTAGE = re.compile(r"all|CEA19-20|CEA(?:2[1-9]|[3-9][0-9])")
_AMOUNTS = ("volume_t", "turnover_cny")
_CENT = Decimal("0.01")
_LOW, _HIGH = "low_cny_per_t", "high_cny_per_t"


def _open_day(frame: pd.DataFrame) -> pd.Series[Any]:
    open_days = {day for day in set(frame["trade_date"].dropna()) if shipped().on(day).may_trade}
    return frame["trade_date"].isin(open_days)


def _at_most(smaller: str, greater: str) -> Rule:
    columns = (smaller, greater)
    says = f"{smaller} is at most {greater}"
    return Rule(f"{smaller}_within", says, columns, lambda frame: frame[smaller] <= frame[greater])


def _nothing_for_nothing(leg: str) -> Rule:
    volume, turnover = f"{leg}_volume_t", f"{leg}_turnover_cny"

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        return (frame[volume].fillna(0) == 0) == (frame[turnover].fillna(0) == 0)

    says = f"{leg}: volume is 0 where turnover is 0, and nowhere else"
    return Rule(f"{leg}_volume_has_turnover", says, (volume, turnover), holds)


def _legs_within_total(amount: str) -> Rule:
    """Auctions are in the total, and in no column of their own: what it has beside listed and
    block trades is theirs, and none before they were offered."""
    columns = tuple(f"{leg}_{amount}" for leg in ("listed", "block", "total"))

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        listed, block, total = (frame[column].fillna(0) for column in columns)
        rest: pd.Series[Any] = total - listed - block
        return (rest == 0) | ((rest > 0) & (frame["trade_date"] >= AUCTIONS_FROM))

    says = f"total = listed + block, and from {AUCTIONS_FROM} on auctions, {amount}"
    return Rule(f"legs_add_up_{amount.split('_')[0]}", says, ("trade_date", *columns), holds)


def _listed_has_prices(frame: pd.DataFrame) -> pd.Series[Any]:
    traded: pd.Series[Any] = frame["listed_volume_t"].fillna(0) > 0
    return traded == (frame["high_cny_per_t"].notna() & frame["low_cny_per_t"].notna())


def _listed_mean_is_a_price(frame: pd.DataFrame) -> pd.Series[Any]:
    volume, turnover = frame["listed_volume_t"], frame["listed_turnover_cny"]
    half: Any = volume.mul(_CENT / 2)
    least, most = frame[_LOW] * volume, frame[_HIGH] * volume
    is_listed = frame["trade_date"] <= LISTED_BASIS_UNTIL
    within: pd.Series[Any] = (least - half <= turnover) & (turnover <= most + half)
    twice, half_of_it = turnover.mul(Decimal(2)), turnover.mul(Decimal("0.5"))  # type: ignore[type-var]
    near: pd.Series[Any] = (least <= twice) & (half_of_it <= most)
    return (is_listed & within) | (~is_listed & near)


def _mean_is_of_its_sums(frame: pd.DataFrame) -> pd.Series[Any]:
    volume, turnover = frame["day_volume_t"], frame["day_turnover_cny"]
    # |turnover / volume - mean| <= a cent, multiplied out to stay exact.
    off = (frame["mean_price_cny_per_t"] * volume - turnover).abs()
    holds: pd.Series[Any] = off <= volume.mul(_CENT)  # type: ignore[type-var]
    return holds


_OPEN = Rule(
    "on_a_trading_day",
    "trade_date is a trading day, or a weekday that is not known to be closed",
    ("trade_date",),
    _open_day,
)

MARKET_RULES: tuple[Rule, ...] = (
    _OPEN,
    _at_most(_LOW, _HIGH),
    *(_legs_within_total(amount) for amount in _AMOUNTS),
    *(_nothing_for_nothing(leg) for leg in ("listed", "block", "total")),
    *(costs_rule(f"{leg}_volume_t", f"{leg}_turnover_cny") for leg in ("block", "total")),
    Rule(
        "listed_mean_is_a_price",
        "turnover / volume of listed trades is between low and high, within half a cent; of a "
        "composite's low and high between half and twice as much",
        ("trade_date", _LOW, _HIGH, "listed_volume_t", "listed_turnover_cny"),
        _listed_mean_is_a_price,
    ),
    Rule(
        "listed_trades_have_prices",
        "a day has a high and a low where it has listed trades, and nowhere else",
        ("listed_volume_t", _HIGH, _LOW),
        _listed_has_prices,
    ),
)

LEG_RULES: tuple[Rule, ...] = (
    _OPEN,
    Rule(
        "known_vintage",
        "vintage is CEA19-20, CEA with two digits, or all",
        ("vintage",),
        lambda frame: frame["vintage"].str.fullmatch(_VINTAGE),
    ),
    _at_most(_LOW, _HIGH),
    *(_at_most(f"day_{amount}", f"cumulative_{amount}") for amount in _AMOUNTS),
    *(_nothing_for_nothing(leg) for leg in ("day", "cumulative")),
    *(costs_rule(f"{leg}_volume_t", f"{leg}_turnover_cny") for leg in ("day", "cumulative")),
    Rule(
        "mean_is_of_its_sums",
        "the mean price is turnover / volume within a cent",
        ("mean_price_cny_per_t", "day_volume_t", "day_turnover_cny"),
        _mean_is_of_its_sums,
    ),
)
