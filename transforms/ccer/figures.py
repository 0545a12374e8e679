"""The figures of the voluntary market as bulletins and JSON print them."""

from __future__ import annotations

from decimal import Decimal

from transforms.text.numbers import cny, cny_per_t, tonnes

SUMS = ("total_volume_t", "total_turnover_cny")
AVERAGE = "average_cny_per_t"


def figure(column: str, printed: str) -> int | Decimal:
    """A column's value, by the unit in its name. Raises `Refused("bad_number")`."""
    if column.endswith("_t") and not column.endswith("_per_t"):
        return tonnes(printed)
    return cny_per_t(printed) if column.endswith("_per_t") else cny(printed)
