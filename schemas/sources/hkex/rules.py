"""Row-level bounds of what is said of Core Climate."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from schemas.core.table import Rule

if TYPE_CHECKING:
    import pandas as pd

CORE_CLIMATE_OPENED = date(2022, 10, 28)
_MAX_SETTLEMENT_T = 5_000_000
_MAX_COUNT = 1000


def _settlement_has_tonnes(frame: pd.DataFrame) -> pd.Series[Any]:
    """`settlement` is also the word for clearing: without tonnes it is none of carbon."""
    return frame["tonnes"].notna().where(frame["kind"] == "settlement")


def _settlement_is_possible(frame: pd.DataFrame) -> pd.Series[Any]:
    holds = (frame["tonnes"] > 0) & (frame["tonnes"] < _MAX_SETTLEMENT_T)
    return holds.where(frame["kind"] == "settlement")


def _not_before_launch(frame: pd.DataFrame) -> pd.Series[Any]:
    holds = frame["event_date"] >= CORE_CLIMATE_OPENED
    return holds.where(frame["kind"] == "settlement")


def _counts_are_possible(frame: pd.DataFrame) -> pd.Series[Any]:
    value = frame["value"]
    holds = (value >= 1) & (value <= _MAX_COUNT)
    return holds.where(frame["metric"].isin(["participants", "projects"]))


def _stats_after_launch(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["as_of"] >= CORE_CLIMATE_OPENED


def _range_in_order(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["as_of_start"] <= frame["as_of"]


EVENT_RULES = (
    Rule(
        "settlement_has_tonnes",
        "a settlement states its tonnes",
        ("kind", "tonnes"),
        _settlement_has_tonnes,
    ),
    Rule(
        "settlement_is_possible",
        f"one client settles less than {_MAX_SETTLEMENT_T:,} t",
        ("kind", "tonnes"),
        _settlement_is_possible,
    ),
    Rule(
        "not_before_launch",
        f"nothing settles on Core Climate before {CORE_CLIMATE_OPENED}",
        ("kind", "event_date"),
        _not_before_launch,
    ),
)
STAT_RULES = (
    Rule(
        "counts_are_possible",
        f"participants and projects are between 1 and {_MAX_COUNT:,}",
        ("metric", "value"),
        _counts_are_possible,
    ),
    Rule(
        "stats_after_launch",
        f"nothing is counted before {CORE_CLIMATE_OPENED}",
        ("as_of",),
        _stats_after_launch,
    ),
    Rule(
        "range_in_order",
        "a range begins before it ends",
        ("as_of_start", "as_of"),
        _range_in_order,
    ),
)
