"""What values ICAP's metrics can have: bounds of `news/frames.yml`, for people's readings."""

from __future__ import annotations

from decimal import Decimal

from transforms.icap.news.reading import rows

_UNITS = {"%": "percent", "1": "times"}
"""Units of facts that figures have under another name; what is counted is `count`."""


def out_of_bounds(metric: str, unit: str, value: Decimal) -> str:
    """Why a value can be none of a metric's; empty where it can, or no row is of the metric in
    that unit."""
    held = [row for row in rows().of(_UNITS.get(unit, unit)) if row.metric == metric]
    held = held or [row for row in rows().of("count") if row.metric == metric]
    if not held or any(row.holds(value) for row in held):
        return ""
    least = min((row.least for row in held if row.least is not None), default=None)
    most = max((row.most for row in held if row.most is not None), default=None)
    return f"{value:f} is not between {least} and {most}"
