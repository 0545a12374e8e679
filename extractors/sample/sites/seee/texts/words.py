"""Figures in the market's own words: the pieces of which bulletin sentences are made.

Our own sentences in the exchange's grammar: full-width punctuation, thousands
commas, 吨 and 元, two decimals for money.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from extractors.sample.sites.seee.figures import Value

Row = Mapping[str, Value]
Pair = tuple[int, Decimal]


def decimal_of(row: Row, name: str) -> Decimal | None:
    """A number of the row, None where it is missing or empty. Raises on anything else."""
    value = row.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, date):
        raise TypeError(f"{name} is a date: {value}")
    return Decimal(value)


def pair_of(row: Row, name: str) -> Pair | None:
    """Volume (t) and turnover (yuan) of a leg, None where the row has neither."""
    volume, turnover = decimal_of(row, f"{name}_vol_t"), decimal_of(row, f"{name}_amt_cny")
    if volume is None and turnover is None:
        return None
    if volume is None or turnover is None:
        raise ValueError(f"{name}: one of volume and turnover is missing")
    return int(volume), turnover


def date_of(row: Row, name: str) -> date:
    """A date of the row. Raises ValueError where there is none."""
    value = row.get(name)
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def money(value: Decimal) -> str:
    return f"{value:,.2f}"


def leg(pair: Pair, period: str = "") -> str:
    """`成交量1吨，成交额2.00元`, with the period's word before each."""
    return f"{period}成交量{pair[0]:,}吨，{period}成交额{money(pair[1])}元"


def total(pair: Pair) -> str:
    return f"总成交量{pair[0]:,}吨，总成交额{money(pair[1])}元"


def cumulative(pair: Pair) -> str:
    return f"累计成交量{pair[0]:,}吨，累计成交额{money(pair[1])}元"


def price(label: str, value: Decimal | None) -> list[str]:
    """One price, or nothing where it is missing."""
    return [] if value is None else [f"{label}{money(value)}元/吨"]


def moved(change: Decimal) -> str:
    """`上涨0.64%` or `下跌0.64%`."""
    return f"{'下跌' if change < 0 else '上涨'}{abs(change):.2f}%"


def chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def rounded(value: Decimal | int, unit: str) -> str:
    """A figure in 万 or 亿, two decimals, rounded half up."""
    scale = {"万": 4, "亿": 8}[unit]
    return f"{Decimal(value).scaleb(-scale).quantize(Decimal('0.01'), ROUND_HALF_UP):,}{unit}"
