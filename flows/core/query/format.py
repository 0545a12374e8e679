"""Values as text: of a cell, of JSON, of an age; and the other way, a day out of text."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flows.core.errors import UsageError

LONGEST_CELL = 200
"""Characters of a text that a table shows."""


def parse_day(text: str) -> date:
    """A date as YYYY-MM-DD. Raises `UsageError`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"not a date as YYYY-MM-DD: {text!r}") from None


def plain(value: Any) -> Any:
    """A value as JSON can hold it: decimals as exact text-like numbers stay exact strings."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def cell(value: Any, name: str = "") -> str:
    """A value as a table for people shows it; years and article numbers are no quantities."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and (abs(value) < 10_000 or name == "article_no"):
        return str(value)
    if isinstance(value, (int, Decimal)):
        return _grouped(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%SZ}"
    return str(value)


def _grouped(value: int | Decimal) -> str:
    """Thousands apart; of a general quantity (six decimals) no zeros at the end."""
    text = f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text[:-3] else text


def _clipped(text: str) -> str:
    """A cell of a table in one line, a long text cut: `--json` has it whole."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_CELL else f"{line[:LONGEST_CELL]}…"


def age(span: timedelta) -> str:
    """An age in its largest unit: 3 d, 5 h, 12 min."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds // 60} min"


SAMPLE_NOTE = (
    "This store holds the embedded sample: published figures are credited to their publishers; "
    "the market's days and weeks are simulated, prices of other markets made up."
)
