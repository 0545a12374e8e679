"""The days that the sample's world knows, source by source.

The exchange's simulated days end with 2025; the other publishers spoke of them afterwards.
"""

from __future__ import annotations

from datetime import date

FIRST_DAY = date(2021, 7, 16)
"""The launch of the national market: no `--until` lies before it."""
LAST_DAYS = {
    "seee": date(2025, 12, 31),
    "icap": date(2026, 5, 29),
    "hkex": date(2025, 12, 31),
    "mee": date(2026, 9, 14),
}
"""The last day on which each site of the sample shows something new."""


def last_day(source: str | None = None) -> date:
    """The last day of a source's site; of a source without one, of the whole sample."""
    return LAST_DAYS.get(source or "", max(LAST_DAYS.values()))


def day_of(source: str, until: date | None) -> date:
    """The day that a source's site has come to when the sample has come to `until`."""
    last = last_day(source)
    return min(until or last, last)
