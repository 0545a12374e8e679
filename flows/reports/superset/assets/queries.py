"""The parts that Superset's charts are described with: filters, axes, formats, queries."""

from __future__ import annotations

from typing import Any

from flows.reports.superset.assets.datasets import NUMBERS, Dataset
from schemas.core.table import Kind

MOST_ROWS = 10_000
LARGE = "SMART_NUMBER"
"""Superset's number format for axes and single figures: 864.9M, 57.7B."""


def formats(dataset: Dataset, columns: tuple[str, ...]) -> dict[str, Any]:
    """Digits in groups, and as many decimals as the column has."""
    places = {Kind.INT: ",d", Kind.SECONDS: ",.1f", Kind.QUANTITY: ",.6~f"}
    return {
        column.name: {"d3NumberFormat": places.get(column.kind, ",.2f")}
        for column in dataset.columns
        if column.name in columns and column.kind in NUMBERS
    }


def any_time(dataset: Dataset) -> list[dict[str, Any]]:
    """A filter on time that lets all through: the dashboard's own takes its place."""
    if not dataset.time:
        return []
    return [
        {
            "clause": "WHERE",
            "expressionType": "SIMPLE",
            "subject": dataset.time,
            "operator": "TEMPORAL_RANGE",
            "comparator": "No filter",
        }
    ]


def axes(dataset: Dataset, grain: str, number_format: str) -> dict[str, Any]:
    """A time axis in steps of `grain` (ISO 8601: P1D, P1M, P1Y), a legend, an axis of numbers."""
    return {
        "x_axis": dataset.time,
        "time_grain_sqla": grain,
        "x_axis_sort_asc": True,
        "x_axis_time_format": "smart_date",
        "y_axis_format": number_format,
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "truncate_metric": True,
        "color_scheme": "supersetColors",
    }


def query(
    dataset: Dataset,
    *,
    columns: tuple[str, ...] = (),
    metrics: tuple[str, ...] = (),
    grain: str = "",
    limit: int = MOST_ROWS,
) -> dict[str, Any]:
    """A query of Superset's chart API; `grain` puts the dataset's time in front, in its steps."""
    asked: list[Any] = list(columns)
    if grain:
        axis = {"columnType": "BASE_AXIS", "expressionType": "SQL", "timeGrain": grain}
        asked.insert(0, axis | {"sqlExpression": dataset.time, "label": dataset.time})
    filters = [
        {"col": each["subject"], "op": each["operator"], "val": each["comparator"]}
        for each in any_time(dataset)
    ]
    return {
        "columns": asked,
        "metrics": list(metrics),
        "filters": filters,
        "extras": {"having": "", "where": ""},
        "orderby": [],
        "row_limit": limit,
        "series_limit": 0,
        "order_desc": True,
        "annotation_layers": [],
    }
