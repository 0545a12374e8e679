"""Strict numbers and dates: what is printed, exactly, or `Refused`.

Thousands commas group by three or are absent; nothing is rounded, trimmed or guessed.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from transforms.model import Refused

_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(\.[0-9]+)?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CENT = Decimal("0.01")
# What the columns of the tables hold: int64, decimal(20, 2), decimal(12, 2), decimal(9, 2).
_MAX_TONNES = 10**15
_MAX_CNY = Decimal(10**18)
_MAX_CNY_PER_T = Decimal(10**10)
_MAX_PERCENT = Decimal(10**7)
_MAX_CHARACTERS = 21  # 20 digits: times 10**8 still exact in Python's decimals (28)
_SCALES = {
    "吨": ("t", 1),
    "万吨": ("t", 10**4),
    "亿吨": ("t", 10**8),
    "元": ("cny", 1),
    "万元": ("cny", 10**4),
    "亿元": ("cny", 10**8),
}


def number(printed: str) -> Decimal:
    """A non-negative decimal, commas by three. Raises `Refused("bad_number")`."""
    return Decimal(_digits(printed)[0])


def _digits(printed: str) -> tuple[str, str]:
    """The number without its commas, and its decimals (`.85`, or nothing)."""
    match = _NUMBER.fullmatch(printed)
    if not match:
        raise Refused("bad_number", printed, "not a number with commas grouping by three")
    digits = printed.replace(",", "")
    if len(digits) > _MAX_CHARACTERS:
        raise Refused("bad_number", printed, "too long to be a figure of this market")
    return digits, match[1] or ""


def tonnes(printed: str) -> int:
    """Whole tonnes (`4,103,953`, also `4103953.0`). Raises `Refused("bad_number")`."""
    digits, decimals = _digits(printed)
    if decimals.strip(".0"):
        raise Refused("bad_number", printed, "not whole tonnes")
    whole = int(digits.removesuffix(decimals))
    if whole >= _MAX_TONNES:
        raise Refused("bad_number", printed, f"not below {_MAX_TONNES}, so too great to be true")
    return whole


def cny(printed: str) -> Decimal:
    """Yuan, exact to the cent. Raises `Refused("bad_number")`."""
    return _to_the_cent(printed, _MAX_CNY)


def cny_per_t(printed: str) -> Decimal:
    """A price in yuan per tonne, exact to the cent. Raises `Refused("bad_number")`."""
    return _to_the_cent(printed, _MAX_CNY_PER_T)


def percent(printed: str) -> Decimal:
    """A percentage without its sign, two decimals. Raises `Refused("bad_number")`."""
    return _to_the_cent(printed, _MAX_PERCENT)


def _to_the_cent(printed: str, limit: Decimal) -> Decimal:
    digits, decimals = _digits(printed)
    value = Decimal(digits)
    if value >= limit:
        raise Refused("bad_number", printed, f"not below {limit}, so it does not fit the column")
    if len(decimals) == 3:
        return value
    exact = value.quantize(_CENT)
    if exact != value:
        raise Refused("bad_number", printed, "more than two decimals")
    return exact


def scale(unit: str, base: str) -> int:
    """By what a figure in `unit` (吨, 万吨, 亿吨, 元, 万元, 亿元) is multiplied to `base`.

    `base` is `t` or `cny`. Raises `Refused("wrong_unit")` for tonnes where yuan are due,
    yuan where tonnes are due, and any other unit.
    """
    kind, factor = _SCALES.get(unit, ("", 0))
    if kind != base:
        raise Refused(
            "wrong_unit", unit, f"not a unit of {'volume' if base == 't' else 'turnover'}"
        )
    return factor


def day(year: str | int, month: str | int, day_of_month: str | int) -> date:
    """A date of the calendar. Raises `Refused("bad_date")`."""
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError as error:
        printed = f"{year}-{month}-{day_of_month}"
        raise Refused("bad_date", printed, f"no such day: {error}") from error


def iso_day(printed: str) -> date:
    """A date printed `YYYY-MM-DD`. Raises `Refused("bad_date")`."""
    return _matched_day(_ISO_DATE, printed, "YYYY-MM-DD")


def compact_day(printed: str) -> date:
    """A date printed `YYYYMMDD`. Raises `Refused("bad_date")`."""
    return _matched_day(_COMPACT_DATE, printed, "YYYYMMDD")


def _matched_day(form: re.Pattern[str], printed: str, shape: str) -> date:
    match = form.fullmatch(printed)
    if not match:
        raise Refused("bad_date", printed, f"not of the form {shape}")
    return day(*match.groups())
