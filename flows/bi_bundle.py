"""The import bundle for Apache Superset: database, datasets, charts and one dashboard as YAML.

`superset import-dashboards` takes over databases, datasets and charts that it does not know
by their UUID, and replaces the dashboard. So a chart's UUID follows from what the chart is:
one that has changed comes in anew and takes the old one's place on the dashboard. All of
them follow from the database's address too, so that two stores live side by side.
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from flows.bi_charts import Chart
from flows.bi_dashboard import COLOURS, ROWS, TITLE, Row
from flows.bi_datasets import Dataset, Metric, datasets, needs_of, title_of
from schemas.forms import sql_type
from schemas.table import Column, Kind

VERSION = "1.0.0"
_ROOT = "carbonmart"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://superset.apache.org/carbonmart")


@dataclass(frozen=True)
class Bundle:
    """What goes into the file, and which charts had to stay out for want of which table."""

    documents: Mapping[str, Mapping[str, Any]]
    charts: tuple[str, ...]
    datasets: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


def bundle(database: str, published: Collection[str], release: datetime, notes: str) -> Bundle:
    """The bundle for the DuckDB file at a path (as Superset sees it) that holds these tables.

    `notes` is Markdown for the dashboard's head; `release` dates the file, so that the same
    release gives the same bytes.
    """
    uri = f"duckdb:///{database}?access_mode=read_only"
    identity = _Identity(uri)
    at_hand = datasets(published)
    left_out = {
        chart.name: ", ".join(n for n in needs_of(chart.dataset) if n not in published)
        for row in ROWS
        for chart in row.charts
        if chart.dataset not in at_hand
    }
    documents: dict[str, Mapping[str, Any]] = {
        "metadata.yaml": {
            "version": VERSION,
            "type": "Dashboard",
            "timestamp": release.isoformat(),
        },
        "databases/carbonmart.yaml": _database(uri, database, identity),
    }
    for dataset in at_hand.values():
        documents[f"datasets/carbonmart/{dataset.name}.yaml"] = _dataset(dataset, identity)
    rows = [row for row in (_kept(row, at_hand) for row in ROWS) if row]
    shown = [chart for row in rows for chart in row.charts]
    for chart in shown:
        document = _chart(chart, at_hand[chart.dataset], identity)
        documents[f"charts/{_file_name(chart.name)}.yaml"] = document
    documents["dashboards/national_market.yaml"] = _dashboard(rows, at_hand, identity, notes)
    return Bundle(documents, tuple(c.name for c in shown), tuple(at_hand), left_out)


def as_zip(made: Bundle) -> bytes:
    """The bundle as a zip file, the same bytes for the same contents."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, document in made.documents.items():
            text = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True)
            entry = zipfile.ZipInfo(f"{_ROOT}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class _Identity:
    """UUIDs of what belongs to one database."""

    uri: str

    def of(self, *parts: str) -> str:
        return str(uuid.uuid5(_SPACE, "\n".join((self.uri, *parts))))

    @property
    def database(self) -> str:
        return self.of("database")


def _database(uri: str, path: str, identity: _Identity) -> dict[str, Any]:
    return {
        "database_name": f"carbonmart {path}",
        "sqlalchemy_uri": uri,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": identity.database,
        "version": VERSION,
    }


def _dataset(dataset: Dataset, identity: _Identity) -> dict[str, Any]:
    return {
        "table_name": dataset.name,
        "main_dttm_col": dataset.time or None,
        "description": f"{dataset.says}.",
        "schema": "main",
        "sql": dataset.sql or None,
        "filter_select_enabled": True,
        "columns": [_column(column) for column in dataset.columns],
        "metrics": [_metric(metric) for metric in dataset.metrics],
        "uuid": _dataset_uuid(dataset, identity),
        "database_uuid": identity.database,
        "version": VERSION,
    }


def _dataset_uuid(dataset: Dataset, identity: _Identity) -> str:
    """Superset takes over a dataset of a known name and an unknown UUID: it updates its own."""
    meanings = [_column(column) for column in dataset.columns]
    metrics = [_metric(metric) for metric in dataset.metrics]
    what = [dataset.says, dataset.time, dataset.sql, meanings, metrics]
    return identity.of("dataset", dataset.name, json.dumps(what, sort_keys=True))


def _column(column: Column) -> dict[str, Any]:
    return {
        "column_name": column.name,
        "verbose_name": title_of(column),
        "description": column.says,
        "type": sql_type(column.kind),
        "is_dttm": column.kind in (Kind.DATE, Kind.INSTANT),
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.title,
        "metric_type": metric.sql.partition("(")[0].lower(),
        "expression": metric.sql,
        "description": metric.says,
        "d3format": metric.number_format,
    }


def _chart(chart: Chart, dataset: Dataset, identity: _Identity) -> dict[str, Any]:
    params = {"viz_type": chart.viz, **chart.params(dataset)}
    context = {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": chart.queries(dataset),
        "form_data": params,
        "result_format": "json",
        "result_type": "full",
    }
    return {
        "slice_name": chart.name,
        "description": chart.says,
        "viz_type": chart.viz,
        "params": params,
        "query_context": json.dumps(context),
        "uuid": _chart_uuid(chart, dataset, identity),
        "dataset_uuid": _dataset_uuid(dataset, identity),
        "version": VERSION,
    }


def _chart_uuid(chart: Chart, dataset: Dataset, identity: _Identity) -> str:
    return identity.of("chart", chart.name, json.dumps(chart.params(dataset), sort_keys=True))


def _kept(row: Row, at_hand: Collection[str]) -> Row | None:
    """The row with the charts that can be made, widened to fill it."""
    pairs = list(zip(row.charts, row.widths, strict=True))
    kept = [(chart, width) for chart, width in pairs if chart.dataset in at_hand]
    if not kept:
        return None
    share = 12 // len(kept)
    widths = row.widths if len(kept) == len(pairs) else (share,) * len(kept)
    return Row(row.height, tuple(chart for chart, _ in kept), widths, row.is_of_time)


def _dashboard(
    rows: list[Row], at_hand: Mapping[str, Dataset], identity: _Identity, notes: str
) -> dict[str, Any]:
    numbers = {chart.name: n for n, chart in enumerate(_charts(rows), 1)}
    timeless = [numbers[c.name] for row in rows if not row.is_of_time for c in row.charts]
    return {
        "dashboard_title": TITLE,
        "description": "Volume, turnover and price by day, month and year; runs and freshness",
        "slug": None,
        "published": True,
        "position": _position(rows, at_hand, identity, numbers, notes),
        "metadata": {
            "color_scheme": "supersetColors",
            "label_colors": _colours(at_hand),
            "refresh_frequency": 0,
            "cross_filters_enabled": False,
            "native_filter_configuration": [_time_filter(timeless)],
        },
        "uuid": identity.of("dashboard"),
        "version": VERSION,
    }


def _colours(at_hand: Mapping[str, Dataset]) -> dict[str, str]:
    """Colours by what a chart calls its lines: a metric's name, or its title."""
    titles = {m.name: m.title for dataset in at_hand.values() for m in dataset.metrics}
    return {
        label: colour
        for name, colour in COLOURS.items()
        for label in (name, titles.get(name, name))
    }


def _charts(rows: list[Row]) -> Iterator[Chart]:
    for row in rows:
        yield from row.charts


def _time_filter(excluded: list[int]) -> dict[str, Any]:
    return {
        "id": "NATIVE_FILTER-period",
        "name": "Period",
        "type": "NATIVE_FILTER",
        "filterType": "filter_time",
        "targets": [{}],
        "defaultDataMask": {"extraFormData": {}, "filterState": {}},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": excluded},
        "controlValues": {"enableEmptyFilter": False},
        "description": "",
    }


def _position(
    rows: list[Row],
    at_hand: Mapping[str, Dataset],
    identity: _Identity,
    numbers: Mapping[str, int],
    notes: str,
) -> dict[str, Any]:
    """The layout: a note across the top, then the rows."""
    grid = ["ROOT_ID", "GRID_ID"]
    names = ["ROW-notes", *(f"ROW-{number}" for number in range(1, len(rows) + 1))]
    found: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": names, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": TITLE}},
        "MARKDOWN-notes": {
            "type": "MARKDOWN",
            "id": "MARKDOWN-notes",
            "children": [],
            "parents": [*grid, "ROW-notes"],
            "meta": {"code": notes, "width": 12, "height": 14 + 4 * notes.count("\n")},
        },
    }
    found["ROW-notes"] = _row("ROW-notes", ["MARKDOWN-notes"])
    for name, row in zip(names[1:], rows, strict=True):
        placed = [f"CHART-{numbers[chart.name]}" for chart in row.charts]
        found[name] = _row(name, placed)
        for place, chart, width in zip(placed, row.charts, row.widths, strict=True):
            found[place] = {
                "type": "CHART",
                "id": place,
                "children": [],
                "parents": [*grid, name],
                "meta": {
                    "chartId": numbers[chart.name],
                    "uuid": _chart_uuid(chart, at_hand[chart.dataset], identity),
                    "sliceName": chart.name,
                    "width": width,
                    "height": row.height,
                },
            }
    return found


def _row(name: str, children: list[str]) -> dict[str, Any]:
    return {
        "type": "ROW",
        "id": name,
        "children": children,
        "parents": ["ROOT_ID", "GRID_ID"],
        "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
