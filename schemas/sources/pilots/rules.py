"""Row-level identities of the pilot markets' figures. Decimals stay decimals: each is exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemas.core.market_columns import costs_rule
from schemas.core.table import Rule
from schemas.trading import LAUNCH, shipped

if TYPE_CHECKING:
    import pandas as pd

_LOW, _HIGH, _CLOSE = "low_cny_per_t", "high_cny_per_t", "close_cny_per_t"
_PRICES = ("open_cny_per_t", _HIGH, _LOW, _CLOSE, "average_cny_per_t")
_CHANGE, _PCT = "printed_change_cny_per_t", "printed_change_pct"
_BEFORE = "printed_previous_close_cny_per_t"
_PCT_STEP = Decimal("0.006")
"""Half of the last place of a percentage, and what rounding the change adds to it."""


def is_open(day: date) -> bool:
    """Whether a pilot may trade: they keep the statutory holidays, which are known from the
    national market's launch on; before it, any weekday."""
    return shipped().on(day).may_trade if day >= LAUNCH else day.weekday() < 5


def _open_day(frame: pd.DataFrame) -> pd.Series[Any]:
    open_days = {day for day in set(frame["trade_date"].dropna()) if is_open(day)}
    return frame["trade_date"].isin(open_days)


def _at_most(smaller: str, greater: str) -> Rule:
    columns = (smaller, greater, "volume_t")

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        told: pd.Series[Any] = (frame["volume_t"] == 0) | (frame[smaller] <= frame[greater])
        return told

    says = f"{smaller} is at most {greater} where anything was traded"
    return Rule(f"{smaller}_within_{greater.partition('_')[0]}", says, columns, holds)


def _no_zero(price: str) -> Rule:
    says = f"{price} is more than 0: no allowance ever cost nothing"
    return Rule(f"{price}_is_a_price", says, (price,), lambda frame: frame[price] > 0)


def _nothing_for_nothing(frame: pd.DataFrame) -> pd.Series[Any]:
    volume, turnover = frame["volume_t"], frame["turnover_cny"]
    told: pd.Series[Any] = (volume == 0) == (turnover == 0)
    return told | turnover.isna()


def _carried_without_trade(frame: pd.DataFrame) -> pd.Series[Any]:
    told: pd.Series[Any] = (frame["volume_t"] == 0) == (frame["price_concept"] == "carried")
    return told


def _off(frame: pd.DataFrame, change: pd.Series[Any], before: pd.Series[Any]) -> pd.Series[Any]:
    """Whether the printed percentage is the change in per cent, multiplied out to stay exact."""
    told: pd.Series[Any] = (change * 100 - frame[_PCT] * before).abs() <= before.mul(_PCT_STEP)  # type: ignore[type-var]
    return told


ON_AN_OPEN_DAY = Rule(
    "on_an_open_day",
    "trade_date is a weekday, and no statutory holiday that is known",
    ("trade_date",),
    _open_day,
)

DAILY_RULES: tuple[Rule, ...] = (
    ON_AN_OPEN_DAY,
    _at_most(_LOW, _HIGH),
    _at_most(_LOW, _CLOSE),
    _at_most(_CLOSE, _HIGH),
    *map(_no_zero, _PRICES),
    Rule(
        "volume_has_turnover",
        "volume is 0 where turnover is 0, and nowhere else",
        ("volume_t", "turnover_cny"),
        _nothing_for_nothing,
    ),
    # Credits, and what nobody knows, may cost anything.
    costs_rule("volume_t", "turnover_cny", "product_family", step="turnover_step_cny"),
    Rule(
        "carried_without_trade",
        "price_concept is carried where nothing was traded, and nowhere else",
        ("volume_t", "price_concept"),
        _carried_without_trade,
    ),
    Rule(
        "change_is_its_percentage",
        "the change in yuan is the change in per cent of the close before (close - change)",
        (_CLOSE, _CHANGE, _PCT),
        lambda frame: _off(frame, frame[_CHANGE], frame[_CLOSE] - frame[_CHANGE]),
    ),
    Rule(
        "percentage_follows_previous_close",
        "the change in per cent is that of the close from the close before printed beside it",
        (_CLOSE, _PCT, _BEFORE),
        lambda frame: _off(frame, frame[_CLOSE] - frame[_BEFORE], frame[_BEFORE]),
        hard=False,
    ),
)
