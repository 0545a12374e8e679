"""The dashboard as Superset lays it out: a note, rows of charts, colours, a filter on time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from flows.reports.superset.assets.charts import Chart
from flows.reports.superset.assets.datasets import Dataset
from flows.reports.superset.dashboard import COLOURS, ROWS, TITLE, Row


def kept(at_hand: Collection[str]) -> list[Row]:
    """The dashboard's rows with the charts that can be made of these datasets."""
    return [row for row in (_kept(row, at_hand) for row in ROWS) if row]


def _kept(row: Row, at_hand: Collection[str]) -> Row | None:
    """The row with the charts that can be made, widened to fill it."""
    pairs = list(zip(row.charts, row.widths, strict=True))
    kept = [(chart, width) for chart, width in pairs if chart.dataset in at_hand]
    if not kept:
        return None
    share = 12 // len(kept)
    widths = row.widths if len(kept) == len(pairs) else (share,) * len(kept)
    return Row(row.height, tuple(chart for chart, _ in kept), widths, row.is_of_time)


def dashboard(
    rows: Sequence[Row], at_hand: Mapping[str, Dataset], uuids: Mapping[str, str], notes: str
) -> dict[str, Any]:
    """The dashboard of these rows; `uuids` are those of the charts, by name."""
    numbers = {chart.name: n for n, chart in enumerate(_charts(rows), 1)}
    timeless = [numbers[c.name] for row in rows if not row.is_of_time for c in row.charts]
    return {
        "dashboard_title": TITLE,
        "description": "Volume, turnover and price by day, month and year; runs and freshness",
        "slug": None,
        "published": True,
        "position": _position(rows, uuids, numbers, notes),
        "metadata": {
            "color_scheme": "supersetColors",
            "label_colors": _colours(at_hand),
            "refresh_frequency": 0,
            "cross_filters_enabled": False,
            "native_filter_configuration": [_time_filter(timeless)],
        },
    }


def _colours(at_hand: Mapping[str, Dataset]) -> dict[str, str]:
    """Colours by what a chart calls its lines: a metric's name, or its title."""
    titles = {m.name: m.title for dataset in at_hand.values() for m in dataset.metrics}
    return {
        label: colour
        for name, colour in COLOURS.items()
        for label in (name, titles.get(name, name))
    }


def _charts(rows: Sequence[Row]) -> Iterator[Chart]:
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
    rows: Sequence[Row],
    uuids: Mapping[str, str],
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
                    "uuid": uuids[chart.name],
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
