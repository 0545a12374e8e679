"""Which day a release's page states, where that is not the day of its address."""

from __future__ import annotations

import re

from extractors.hkex.urls import address_of

_STAMP = re.compile(
    r"""class\s*=\s*["'][^"'<>]*news-timetag-container[^<>]*>\s*([^<>]{6,60})<""", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = re.compile(r"\d{1,4}")


def other_release(url: str, query: str | None, body: bytes) -> str:
    """The id of a release has its day; `18 Jun 2026` or `2026年6月18日` on its page says it."""
    address = address_of(url)
    found = _STAMP.search(body.decode("utf-8", "replace"))
    if address is None or found is None:
        return ""
    stamp, day = found[1].strip(), address.day
    numbers = [int(number) for number in _NUMBER.findall(stamp)]
    named = [n for n, month in enumerate(_MONTHS, 1) if month in stamp.lower()]
    if len(numbers + named) != 3 or {*numbers, *named} == {day.year, day.month, day.day}:
        return ""
    return f"the page is of {stamp}, its address of {day}"
