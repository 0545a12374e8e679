"""Figures as the ministry prints them: number, scale, unit, and the words around that qualify.

Patterns run over a plain text (see `transforms.text`): NFKC, nothing blank in it.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from decimal import Decimal

from transforms.model import Refused
from transforms.numbers import day, number

N = r"(?<![\d.,])(?P<n>\d[\d,]{0,20}(?:\.\d{1,12})?)"
"""Bounded, and never begun inside a number: a text of nothing but digits costs no more."""
Q = r"(?P<q>约为|约|近|超过|超|达到|达|不超过)?"
T = r"(?P<t>余|多|以上)?"
IS = r"(?:为|是|共计为|共计|共有|共|累计)?"
DASH = r"[-\u2010-\u2015~至到]"
SECTORS = r"发电|钢铁|水泥|铝冶炼|铝电解|石化|化工|建材|有色|造纸|航空"
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10**4, "百万": 10**6, "亿": 10**8}
_QUALIFIERS = {"约为": "约", "约": "约", "达到": "达到", "达": "达"}
MOST = Decimal(10) ** 18


def value_of(printed: str, scale: str | None = "") -> Decimal:
    """The figure in its base unit, exact. Raises `Refused("bad_number")`."""
    if (scale or "") not in _SCALES:
        raise Refused("bad_number", f"{printed}{scale}", "no such scale")
    value = number(printed) * _SCALES[scale or ""]
    if value >= MOST:
        raise Refused("bad_number", f"{printed}{scale}", f"not below {MOST}")
    if value != value.quantize(Decimal("0.000001")):
        raise Refused("bad_number", f"{printed}{scale}", "more than six decimals")
    return value


def qualifier_of(before: str | None, after: str | None = None) -> str | None:
    """The one word that qualifies a figure: what stands before it, else after it."""
    if before:
        return _QUALIFIERS.get(before, before)
    return after or None


def as_of(year: str | None, month: str | None, day_of_month: str | None, known: int | None) -> date:
    """The day that `截至...` names; a missing year is the last one named, a missing day the
    month's last. Raises `Refused`: `bad_date`, `no_year`."""
    at = int(year) if year else known
    if at is None:
        raise Refused("no_year", f"截至{month}月", "no full date before it to take the year from")
    if not month:
        return day(at, 12, 31)
    if day_of_month:
        return day(at, month, day_of_month)
    number_of_month = int(month)
    if not 1 <= number_of_month <= 12:
        raise Refused("bad_date", f"{at}-{month}", "no such month")
    return day(at, number_of_month, calendar.monthrange(at, number_of_month)[1])


def figure(pattern: str) -> re.Pattern[str]:
    """A pattern with the words `{N}`, `{Q}`, `{T}`, `{IS}`, `{D}`, `{SECTORS}` filled in."""
    words = {"N": N, "Q": Q, "T": T, "IS": IS, "D": DASH, "SECTORS": SECTORS}
    for name, text in words.items():
        pattern = pattern.replace("{" + name + "}", text)
    return re.compile(pattern)
