"""Columns that every publisher of an allowance market states: a leg's sums, and a price."""

from __future__ import annotations

from schemas.core.table import Column, Kind

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


def leg_columns(name: str, says: str) -> tuple[Column, Column]:
    """Volume in tonnes and turnover in yuan of a trade method, or of all."""
    return (
        Column(f"{name}_volume_t", Kind.INT, f"{says}: volume", minimum=0, unit="t"),
        Column(f"{name}_turnover_cny", Kind.MONEY, f"{says}: turnover", minimum=0, unit="CNY"),
    )


def price_column(name: str, says: str) -> Column:
    """A price in yuan for a tonne."""
    return Column(f"{name}_cny_per_t", Kind.PRICE, says, minimum=0, unit="CNY/t")
