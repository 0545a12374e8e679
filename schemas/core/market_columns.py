"""Columns that every publisher of a carbon market states, a leg's sums and a price, and what a
tonne can have cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemas.core.table import Column, Kind, Rule

if TYPE_CHECKING:
    import pandas as pd

PILOTS = (
    "beijing",
    "chongqing",
    "fujian",
    "guangdong",
    "hubei",
    "shanghai",
    "shenzhen",
    "tianjin",
)
"""The regional pilot markets."""
PRICE_CONCEPTS = ("close", "last", "average", "derived", "carried")
"""What the price of a market's day can be, see `pilot_daily`."""

CHEAPEST, DEAREST = Decimal("0.5"), Decimal(1000)
"""Yuan for a tonne: no Chinese market ever had a day's mean beyond these. Columns that changed
places, and a unit (10,000 t, 10,000 yuan) that is another than believed, are further off."""


def leg_columns(name: str, says: str) -> tuple[Column, Column]:
    """Volume in tonnes and turnover in yuan of a trade method, or of all."""
    return (
        Column(f"{name}_volume_t", Kind.INT, f"{says}: volume", minimum=0, unit="t"),
        Column(f"{name}_turnover_cny", Kind.MONEY, f"{says}: turnover", minimum=0, unit="CNY"),
    )


def price_column(name: str, says: str) -> Column:
    """A price in yuan for a tonne."""
    return Column(f"{name}_cny_per_t", Kind.PRICE, says, minimum=0, unit="CNY/t")


def costs_rule(volume: str, turnover: str, *beside: str, step: str = "") -> Rule:
    """That turnover / volume is what a tonne can have cost, where the columns `beside` are told;
    `step` is the column of the turnover's last printed place."""

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        tonnes, yuan = frame[volume], frame[turnover]
        rounded: Any = frame[step] if step else Decimal(0)
        least: Any = tonnes.mul(CHEAPEST)
        most: Any = tonnes.mul(DEAREST)
        told: pd.Series[Any] = (least <= yuan + rounded) & (yuan - rounded <= most)
        return told

    says = f"{turnover} / {volume} is {CHEAPEST} to {DEAREST} yuan a tonne"
    columns = (volume, turnover, *beside, *([step] if step else []))
    return Rule(f"{volume}_costs_what_it_can", says, columns, holds)
