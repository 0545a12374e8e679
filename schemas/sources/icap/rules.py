"""Row-level rules of the Explorer's prices.

Each maps a frame with Arrow-typed columns to a boolean Series that is null where the rule
does not apply. Decimals stay decimals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.core.table import Rule

if TYPE_CHECKING:
    import pandas as pd


def _euro_first(frame: pd.DataFrame) -> pd.Series[Any]:
    """A price in yuan is several times the one in dollars; the other way round the array
    was read in the wrong order (it is USD, EUR, local)."""
    is_cny = frame["currency"] == "CNY"
    holds: pd.Series[Any] = frame["price_local"] > frame["price_usd"]
    return holds.where(is_cny.fillna(False))


def _own_currency(code: str) -> Rule:
    column = f"price_{code.lower()}"

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        is_own = frame["currency"] == code
        same: pd.Series[Any] = frame["price_local"] == frame[column]
        return same.where(is_own.fillna(False))

    return Rule(
        f"{code.lower()}_is_local",
        f"a price in {code} is its own {code} price",
        ("currency", "price_local", column),
        holds,
        hard=False,
    )


PRICE_RULES: tuple[Rule, ...] = (
    Rule(
        "yuan_above_dollars",
        "a price in CNY is greater than the same price in USD",
        ("currency", "price_local", "price_usd"),
        _euro_first,
    ),
    _own_currency("USD"),
    _own_currency("EUR"),
)
