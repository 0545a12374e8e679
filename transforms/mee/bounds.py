"""What values the ministry's metrics can have, for people's readings: bounds of `metrics.yml`."""

from __future__ import annotations

from decimal import Decimal

from transforms.mee.facts.reading import metrics
from transforms.text.frames.rows import out_of_bounds as outside


def out_of_bounds(metric: str, unit: str, value: Decimal) -> str:
    """Why a value can be none of a metric's; empty where it can, or no row is of the metric."""
    rows = metrics().rows
    return outside((r for r in rows if metric in (r.metric, *(r.pair or ()))), unit, value)
