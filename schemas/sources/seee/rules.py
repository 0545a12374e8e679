"""Row-level identities of the exchange's figures.

Each rule maps a frame with Arrow-typed columns to a boolean Series that is null where
the rule does not apply. Decimals stay decimals: every comparison is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemas.core.table import Rule
from schemas.sources.seee.products import KNOWN_PRODUCT, VINTAGE_HAS_BEGUN
from schemas.trading import shipped

if TYPE_CHECKING:
    import pandas as pd

LISTED_BASIS_UNTIL = date(2023, 8, 25)
"""Last day on which the close is the mean of the day's listed trades alone (seee.md 5.2)."""

_HALF_CENT = Decimal("0.005")
_AMOUNTS = ("volume_t", "turnover_cny")
_LEGS = ("listed", "block", "auction")

_Holds = Callable[["pd.DataFrame"], "pd.Series[Any]"]


def _at_most(smaller: str, greater: str) -> _Holds:
    return lambda frame: frame[smaller] <= frame[greater]


def _between(low: str, column: str, high: str) -> _Holds:
    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        # & is three-valued: a missing bound does not hide that the other is passed.
        return (frame[low] <= frame[column]) & (frame[column] <= frame[high])

    return holds


def _where(condition: _Holds, holds: _Holds) -> _Holds:
    """The rule where the condition is true, not applicable elsewhere."""
    return lambda frame: holds(frame).where(condition(frame).fillna(False))


def _is(column: str, value: str) -> _Holds:
    return lambda frame: frame[column] == value


def _is_not(column: str, value: str) -> _Holds:
    return lambda frame: frame[column] != value


def _legs_add_up(amount: str) -> Rule:
    """Auctions were not offered before 2025-07-16: their null counts as nothing."""
    names = tuple(f"{leg}_{amount}" for leg in (*_LEGS, "total"))
    listed, block, auction, total = names

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        return frame[listed] + frame[block] + frame[auction].fillna(0) == frame[total]

    unit = amount.split("_")[0]
    return Rule(f"legs_add_up_{unit}", f"total = listed + block + auction, {unit}", names, holds)


def _nothing_for_nothing(leg: str) -> Rule:
    volume, turnover = f"{leg}_volume_t", f"{leg}_turnover_cny"

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        return (frame[volume] == 0) == (frame[turnover] == 0)

    says = f"{leg}: volume is 0 where turnover is 0, and nowhere else"
    return Rule(f"{leg}_volume_has_turnover", says, (volume, turnover), holds)


def _grows(smaller: str, greater: str, where: _Holds | None = None) -> tuple[Rule, ...]:
    def rule(amount: str) -> Rule:
        names = (f"{smaller}_{amount}", f"{greater}_{amount}")
        holds = _at_most(*names)
        return Rule(
            f"{smaller}_within_{greater}_{amount.split('_')[0]}",
            f"{smaller} is at most {greater}, {amount.split('_')[0]}",
            names,
            _where(where, holds) if where else holds,
        )

    return tuple(rule(amount) for amount in _AMOUNTS)


def _no_trade(frame: pd.DataFrame) -> pd.Series[Any]:
    volumes = [f"{leg}_volume_t" for leg in (*_LEGS, "total")]
    nothing: pd.Series[Any] = (frame[volumes].fillna(0) == 0).all(axis=1)
    return nothing.where(frame["is_no_trade"].fillna(False))


def _within_one_year(frame: pd.DataFrame) -> pd.Series[Any]:
    is_one: pd.Series[Any] = frame["period_start"].dt.year == frame["period_end"].dt.year
    return is_one


def _is_open(column: str) -> Rule:
    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        days = set(frame[column].dropna())
        open_days = {day for day in days if shipped().on(day).may_trade}
        return frame[column].isin(open_days)

    says = f"{column} is a trading day, or a weekday that is not known to be closed"
    return Rule("on_a_trading_day", says, (column,), holds)


def _close_is_listed_mean(frame: pd.DataFrame) -> pd.Series[Any]:
    volume, turnover = frame["listed_volume_t"], frame["listed_turnover_cny"]
    # |turnover / volume - close| <= half a cent, multiplied out to stay exact.
    off = (frame["close_cny_per_t"] * volume - turnover).abs()
    applies = (
        (frame["period"] == "day")
        & (frame["price_basis"] == "listed")
        & (frame["period_end"] <= LISTED_BASIS_UNTIL)
        & (volume > 0)
    )
    holds: pd.Series[Any] = off <= volume.mul(_HALF_CENT)  # type: ignore[type-var]
    return holds.where(applies.fillna(False))


_OPEN, _HIGH, _LOW, _CLOSE = (f"{name}_cny_per_t" for name in ("open", "high", "low", "close"))
_RANGE_OF_OPEN = "low <= open <= high"
_RANGE_OF_CLOSE = "low <= close <= high"
_DAY = _is("period", "day")
_LISTED = _is("price_basis", "listed")
_COMPOSITE = _is("price_basis", "composite")
_VINTAGE = _is_not("product", "COMCEA")
_MARKET = _is("product", "COMCEA")


def _range(name: str, says: str, column: str, where: _Holds | None, hard: bool = True) -> Rule:
    holds = _between(_LOW, column, _HIGH)
    columns = (_LOW, column, _HIGH)
    return Rule(name, says, columns, _where(where, holds) if where else holds, hard)


BULLETIN_RULES: tuple[Rule, ...] = (
    Rule(
        "trade_date_is_period_end",
        "trade_date equals period_end",
        ("trade_date", "period_end"),
        lambda frame: frame["trade_date"] == frame["period_end"],
    ),
    Rule(
        "period_in_order",
        "period_start is not after period_end",
        ("period_start", "period_end"),
        _at_most("period_start", "period_end"),
    ),
    Rule(
        "day_is_one_day",
        "a day starts and ends on the same day",
        ("period", "period_start", "period_end"),
        _where(_DAY, lambda frame: frame["period_start"] == frame["period_end"]),
    ),
    _is_open("period_end"),
    Rule("low_within_high", "low <= high", (_LOW, _HIGH), _at_most(_LOW, _HIGH)),
    _range("open_in_range", _RANGE_OF_OPEN, _OPEN, None),
    _range("listed_close_in_range", f"{_RANGE_OF_CLOSE}, listed basis", _CLOSE, _LISTED),
    # A composite close may leave the range: five such days are known, 2023-10-23 to 2024-07-15.
    _range(
        "composite_close_in_range",
        f"{_RANGE_OF_CLOSE}, composite (a mean over vintages, which may lie outside)",
        _CLOSE,
        _COMPOSITE,
        hard=False,
    ),
    *(_legs_add_up(amount) for amount in _AMOUNTS),
    *(_nothing_for_nothing(leg) for leg in (*_LEGS, "total", "ytd", "cumulative")),
    Rule(
        "no_trade_no_volume",
        "nothing was traded: no leg has a volume",
        ("is_no_trade", *(f"{leg}_volume_t" for leg in (*_LEGS, "total"))),
        _no_trade,
    ),
    # A week across New Year holds trades that are not in the new year's total.
    *_grows("total", "ytd", _within_one_year),
    *_grows("total", "cumulative"),
    *_grows("ytd", "cumulative"),
    Rule(
        "close_is_listed_mean",
        "listed turnover / listed volume is the close within 0.005 (listed basis, daily)",
        (_CLOSE, "listed_volume_t", "listed_turnover_cny"),
        _close_is_listed_mean,
        hard=False,
    ),
)

QUOTE_RULES: tuple[Rule, ...] = (
    KNOWN_PRODUCT,
    VINTAGE_HAS_BEGUN,
    _is_open("trade_date"),
    Rule("low_within_high", "low <= high", (_LOW, _HIGH), _at_most(_LOW, _HIGH)),
    _range("open_in_range", f"{_RANGE_OF_OPEN}, vintages", _OPEN, _VINTAGE),
    _range("close_in_range", f"{_RANGE_OF_CLOSE}, vintages", _CLOSE, _VINTAGE),
    _range("composite_open_in_range", f"{_RANGE_OF_OPEN}, composite", _OPEN, _MARKET, hard=False),
    _range(
        "composite_close_in_range",
        f"{_RANGE_OF_CLOSE}, composite (a mean over vintages, which may lie outside)",
        _CLOSE,
        _MARKET,
        hard=False,
    ),
)

METHOD_TOTAL_RULES: tuple[Rule, ...] = (
    KNOWN_PRODUCT,
    VINTAGE_HAS_BEGUN,
    _is_open("trade_date"),
    *_grows("day", "ytd"),
    *_grows("day", "cumulative"),
    *_grows("ytd", "cumulative"),
    *(_nothing_for_nothing(leg) for leg in ("day", "ytd", "cumulative")),
)
