"""Row-level identities of the voluntary market's trades. Decimals stay decimals: each is exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemas.core.market_columns import costs_rule
from schemas.core.table import Rule
from schemas.trading import shipped

if TYPE_CHECKING:
    import pandas as pd

LAUNCH = date(2024, 1, 22)
"""The market's first day, alone for more than a year."""
FIRST_DAILY = date(2025, 3, 7)
"""From here on each trading day has its bulletin: the first new credits were issued."""
_VOLUME, _TURNOVER, _AVERAGE = "total_volume_t", "total_turnover_cny", "average_cny_per_t"
_HALF_A_CENT = Decimal("0.005")


def _open_day(frame: pd.DataFrame) -> pd.Series[Any]:
    open_days = {day for day in set(frame["trade_date"].dropna()) if shipped().on(day).may_trade}
    return frame["trade_date"].isin(open_days)


def _nothing_for_nothing(frame: pd.DataFrame) -> pd.Series[Any]:
    return (frame[_VOLUME] == 0) == (frame[_TURNOVER] == 0)


def _average_is_of_its_sums(frame: pd.DataFrame) -> pd.Series[Any]:
    volume = frame[_VOLUME]
    # |turnover / volume - average| <= half a cent, multiplied out to stay exact.
    off = (frame[_AVERAGE] * volume - frame[_TURNOVER]).abs()
    holds: pd.Series[Any] = off <= volume.mul(_HALF_A_CENT)  # type: ignore[type-var]
    return holds


def _within(amount: str) -> Rule:
    day, so_far = f"total_{amount}", f"cumulative_{amount}"

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        return frame[day] <= frame[so_far]

    says = f"{day} is at most {so_far}"
    return Rule(f"{amount}_within_cumulative", says, (day, so_far), holds)


_RULES: tuple[Rule, ...] = (
    costs_rule(_VOLUME, _TURNOVER),
    Rule(
        "on_a_trading_day",
        "trade_date is a trading day, or a weekday that is not known to be closed",
        ("trade_date",),
        _open_day,
    ),
    Rule(
        "volume_has_turnover",
        "volume is 0 where turnover is 0, and nowhere else",
        (_VOLUME, _TURNOVER),
        _nothing_for_nothing,
    ),
    Rule(
        "average_is_of_its_sums",
        "the printed average is turnover / volume within half a cent",
        (_AVERAGE, _VOLUME, _TURNOVER),
        _average_is_of_its_sums,
    ),
)


TYPE_RULES: tuple[Rule, ...] = (
    *_RULES,
    Rule(
        "types_since_daily",
        f"types are of {FIRST_DAILY} or later: of the launch day the JSON holds a part",
        ("trade_date",),
        lambda frame: frame["trade_date"] >= FIRST_DAILY,
    ),
    Rule(
        "type_traded_has_average",
        "a type has an average where it was traded, and the subtotal none",
        (_VOLUME, "is_subtotal"),
        lambda frame: frame[_AVERAGE].notna() == ((frame[_VOLUME] > 0) & ~frame["is_subtotal"]),
    ),
)


def _average_where_traded(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame[_AVERAGE].notna() == (frame["variety"] == "trade")


def _variety_is_of_its_day(frame: pd.DataFrame) -> pd.Series[Any]:
    is_launch = (frame["variety"] == "launch") == (frame["trade_date"] == LAUNCH)
    return is_launch & ((frame["variety"] == "none") == (frame[_VOLUME] == 0))


BULLETIN_RULES: tuple[Rule, ...] = (
    *_RULES,
    Rule(
        "on_a_day_of_the_market",
        f"trade_date is {LAUNCH}, or {FIRST_DAILY} or later",
        ("trade_date",),
        lambda frame: (frame["trade_date"] == LAUNCH) | (frame["trade_date"] >= FIRST_DAILY),
    ),
    Rule(
        "published_once_traded",
        "a bulletin comes out on its day or later",
        ("published_on", "trade_date"),
        lambda frame: frame["published_on"] >= frame["trade_date"],
    ),
    _within("volume_t"),
    _within("turnover_cny"),
    Rule(
        "average_where_traded",
        "the average is printed of a day of trade, but for the launch day, and nowhere else",
        ("variety", "trade_date"),
        _average_where_traded,
    ),
    Rule(
        "variety_is_of_its_day",
        "the launch's form is that of the launch day alone, that of no trade has no volume",
        ("variety", "trade_date", _VOLUME),
        _variety_is_of_its_day,
    ),
)
