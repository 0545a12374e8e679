"""Charts of the dashboard, as declarations; and each in the two forms that Superset keeps.

`params` is what its chart editor and dashboard read, `queries` what its API answers for the
saved chart. Both ask the same: a chart's figures can be had without a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from flows.reports.superset.assets.datasets import Dataset
from flows.reports.superset.assets.queries import LARGE, MOST_ROWS, any_time, axes, formats, query


class Chart(Protocol):
    """A chart: its name, what it is made from and what it shows."""

    @property
    def name(self) -> str: ...
    @property
    def dataset(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def viz(self) -> str: ...

    def params(self, dataset: Dataset) -> dict[str, Any]:
        """What the chart editor keeps, beside `viz_type` and `datasource`."""

    def queries(self, dataset: Dataset) -> list[dict[str, Any]]:
        """The queries whose answers the chart shows."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, large: a metric over all rows, or its latest value over a line of all."""

    name: str
    dataset: str
    says: str
    metric: str
    is_latest: bool = False
    number_format: str = LARGE

    @property
    def viz(self) -> str:
        return "big_number" if self.is_latest else "big_number_total"

    def params(self, dataset: Dataset) -> dict[str, Any]:
        shown = {
            "metric": self.metric,
            "y_axis_format": self.number_format,
            "subtitle": self.says,
            "header_font_size": 0.3,
            "subtitle_font_size": 0.125,
            "adhoc_filters": any_time(dataset),
        }
        if not self.is_latest:
            return shown
        line = {"x_axis": dataset.time, "time_grain_sqla": "P1D", "aggregation": "LAST_VALUE"}
        return shown | line | {"show_trend_line": True, "start_y_axis_at_zero": False}

    def queries(self, dataset: Dataset) -> list[dict[str, Any]]:
        grain = "P1D" if self.is_latest else ""
        return [query(dataset, metrics=(self.metric,), grain=grain)]


@dataclass(frozen=True, slots=True)
class Lines:
    """Metrics over time, as lines; one line a value of `group_by` if there is one."""

    name: str
    dataset: str
    says: str
    metrics: tuple[str, ...]
    grain: str
    group_by: str = ""
    number_format: str = LARGE

    @property
    def viz(self) -> str:
        return "echarts_timeseries_line"

    def params(self, dataset: Dataset) -> dict[str, Any]:
        return axes(dataset, self.grain, self.number_format) | {
            "metrics": list(self.metrics),
            "groupby": [self.group_by] if self.group_by else [],
            "adhoc_filters": any_time(dataset),
            "row_limit": MOST_ROWS,
            "truncateYAxis": True,
            "y_axis_bounds": [None, None],
        }

    def queries(self, dataset: Dataset) -> list[dict[str, Any]]:
        groups = (self.group_by,) if self.group_by else ()
        return [query(dataset, metrics=self.metrics, grain=self.grain, columns=groups)]


@dataclass(frozen=True, slots=True)
class Bars:
    """Metrics over time as bars, one on the other; those of `line` over them, on a second axis."""

    name: str
    dataset: str
    says: str
    metrics: tuple[str, ...]
    grain: str
    line: tuple[str, ...] = ()
    line_format: str = ",.2f"
    time_format: str = "%Y-%m"

    @property
    def viz(self) -> str:
        return "mixed_timeseries" if self.line else "echarts_timeseries_bar"

    def params(self, dataset: Dataset) -> dict[str, Any]:
        bars = axes(dataset, self.grain, LARGE) | {
            "metrics": list(self.metrics),
            "groupby": [],
            "adhoc_filters": any_time(dataset),
            "row_limit": MOST_ROWS,
            "x_axis_time_format": self.time_format,
        }
        if not self.line:
            return bars | {"stack": "Stack", "orientation": "vertical"}
        return bars | {
            "seriesType": "bar",
            "stack": True,
            "yAxisIndex": 0,
            "metrics_b": list(self.line),
            "groupby_b": [],
            "adhoc_filters_b": any_time(dataset),
            "row_limit_b": MOST_ROWS,
            "seriesTypeB": "line",
            "stackB": False,
            "yAxisIndexB": 1,
            "markerEnabledB": True,
            "markerSizeB": 4,
            "truncate_metric_b": True,
            "y_axis_format_secondary": self.line_format,
        }

    def queries(self, dataset: Dataset) -> list[dict[str, Any]]:
        asked = [self.metrics, *([self.line] if self.line else [])]
        return [query(dataset, metrics=metrics, grain=self.grain) for metrics in asked]


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows as they are, the order's first ones first; `-name` orders downwards."""

    name: str
    dataset: str
    says: str
    columns: tuple[str, ...]
    order: tuple[str, ...]
    limit: int = 1_000
    time_format: str = "%Y-%m-%d"

    @property
    def viz(self) -> str:
        return "table"

    @property
    def _order(self) -> list[tuple[str, bool]]:
        return [(name.removeprefix("-"), not name.startswith("-")) for name in self.order]

    def params(self, dataset: Dataset) -> dict[str, Any]:
        return {
            "query_mode": "raw",
            "all_columns": list(self.columns),
            "order_by_cols": [f'["{name}", {str(up).lower()}]' for name, up in self._order],
            "row_limit": self.limit,
            "page_length": 20,
            "include_search": True,
            "table_timestamp_format": self.time_format,
            "column_config": formats(dataset, self.columns),
            "show_cell_bars": False,
            "adhoc_filters": any_time(dataset),
        }

    def queries(self, dataset: Dataset) -> list[dict[str, Any]]:
        return [
            query(dataset, columns=self.columns, limit=self.limit)
            | {"orderby": [list(each) for each in self._order]}
        ]


@dataclass(frozen=True, slots=True)
class Counts:
    """Metrics by the values of some columns, as a table."""

    name: str
    dataset: str
    says: str
    columns: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def viz(self) -> str:
        return "table"

    def params(self, dataset: Dataset) -> dict[str, Any]:
        return {
            "query_mode": "aggregate",
            "groupby": list(self.columns),
            "metrics": list(self.metrics),
            "all_columns": [],
            "row_limit": MOST_ROWS,
            "page_length": 20,
            "show_cell_bars": False,
            "adhoc_filters": any_time(dataset),
        }

    def queries(self, dataset: Dataset) -> list[dict[str, Any]]:
        return [
            query(dataset, columns=self.columns, metrics=self.metrics)
            | {"orderby": [[self.metrics[0], False]]}
        ]
