"""The dashboard's layout, out of its tabs: each has a note, and rows of charts side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.reports.superset.datasets import WORDS, Dataset

_COLUMNS = 12
_GRID = ["ROOT_ID", "GRID_ID"]
_IN_TABS = [*_GRID, "TABS-1"]
Nodes = dict[str, Any]


def laid_out(dashboard: Mapping[str, Any], titles: Mapping[str, str], notes: str) -> Nodes:
    """The dashboard as Superset exports it, of the charts that have a title (file -> title).

    The charts of a row share its width. A row, a tab or a filter without a chart is left out.
    """
    tabs = [{**tab, "rows": _rows(tab["rows"], titles)} for tab in dashboard["tabs"]]
    tabs = [tab for tab in tabs if tab["rows"]]
    own = {key: value for key, value in dashboard.items() if key not in ("tabs", "filters")}
    shown = {tab["id"] for tab in tabs}
    filters = [
        _filter(each, [tab for tab in each["tabs"] if tab in shown])
        for each in dashboard["filters"]
        if shown.intersection(each["tabs"])
        and (not each.get("with") or f"charts/{each['with']}" in titles)
    ]
    return own | {
        "position": _position(own["dashboard_title"], tabs, titles, notes),
        "metadata": own["metadata"] | {"native_filter_configuration": filters},
    }


def placed(dashboard: Mapping[str, Any]) -> list[str]:
    """The files of all charts, in the dashboard's order."""
    return [
        f"charts/{chart}"
        for tab in dashboard["tabs"]
        for row in tab["rows"]
        for chart in row["charts"]
    ]


def colour_titles(colours: dict[str, str], at_hand: Iterable[Dataset]) -> None:
    """Colour lines by what Superset calls them too: a metric by its title; a market by its word,
    alone, beside the kind of its price, and behind the metric."""
    metrics = [metric for dataset in at_hand for metric in dataset.metrics]
    for metric in metrics:
        if colour := colours.get(metric["metric_name"]):
            colours[metric["verbose_name"]] = colour
    of_price = {m["verbose_name"] for m in metrics if m["metric_name"] == "avg_price_cny_per_t"}
    for market, word in WORDS["market"].items():
        lines = [word, *(f"{word}, {concept}" for concept in WORDS["price_concept"].values())]
        lines += [f"{title}, {line}" for title in of_price for line in lines]
        colours |= dict.fromkeys(lines, colours.pop(market))


def _rows(rows: list[dict[str, Any]], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    kept = [
        {**row, "charts": [c for c in row["charts"] if f"charts/{c}" in titles]} for row in rows
    ]
    return [row for row in kept if row["charts"]]


def _position(
    title: str, tabs: list[dict[str, Any]], titles: Mapping[str, str], notes: str
) -> Nodes:
    numbers = {name: number for number, name in enumerate(titles, 1)}
    nodes: Nodes = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": title}},
    }
    _node(nodes, "GRID", "GRID_ID", _GRID[:1], {}, children=["ROW-notes", "TABS-1"])
    _note(nodes, "notes", _GRID, notes)
    _node(nodes, "TABS", "TABS-1", _GRID, {}, children=[f"TAB-{tab['id']}" for tab in tabs])
    for tab in tabs:
        name = f"TAB-{tab['id']}"
        path = [*_IN_TABS, name]
        _node(nodes, "TAB", name, _IN_TABS, {"text": tab["title"]})
        _note(nodes, f"{tab['id']}-notes", path, tab["notes"])
        nodes[name]["children"] = [f"ROW-{tab['id']}-notes"]
        for number, row in enumerate(tab["rows"], 1):
            line = f"ROW-{tab['id']}-{number}"
            nodes[name]["children"].append(line)
            charts = [f"charts/{chart}" for chart in row["charts"]]
            _line(nodes, line, path, [f"CHART-{numbers[chart]}" for chart in charts])
            for chart in charts:
                meta = {
                    "chartId": numbers[chart],
                    "uuid": f"${{{chart}}}",
                    "sliceName": titles[chart],
                    "width": _COLUMNS // len(charts),
                    "height": row["height"],
                }
                _node(nodes, "CHART", f"CHART-{numbers[chart]}", [*path, line], meta)
    return nodes


def _node(
    nodes: Nodes,
    kind: str,
    name: str,
    parents: list[str],
    meta: dict[str, Any],
    children: list[str] | None = None,
) -> None:
    nodes[name] = {
        "type": kind,
        "id": name,
        "children": children or [],
        "parents": list(parents),
        "meta": meta,
    }


def _line(nodes: Nodes, name: str, parents: list[str], children: list[str]) -> None:
    meta = {"background": "BACKGROUND_TRANSPARENT"}
    _node(nodes, "ROW", name, parents, meta, children)


def _note(nodes: Nodes, name: str, parents: list[str], text: str) -> None:
    """A row of Markdown, as high as its lines."""
    _line(nodes, f"ROW-{name}", parents, [f"MARKDOWN-{name}"])
    meta = {"code": text, "width": _COLUMNS, "height": 8 + 4 * text.count("\n")}
    _node(nodes, "MARKDOWN", f"MARKDOWN-{name}", [*parents, f"ROW-{name}"], meta)


def _filter(each: Mapping[str, Any], tabs: list[str]) -> Nodes:
    """A filter of the charts on some tabs: by time, or by what a dataset's column holds."""
    made: Nodes = {
        "id": f"NATIVE_FILTER-{each['id']}",
        "name": each["name"],
        "type": "NATIVE_FILTER",
        "filterType": "filter_time",
        "targets": [{}],
        "defaultDataMask": {"extraFormData": {}, "filterState": {}},
        "cascadeParentIds": [],
        "scope": {"rootPath": [f"TAB-{tab}" for tab in tabs], "excluded": []},
        "controlValues": {"enableEmptyFilter": False},
        "description": "",
    }
    if "column" in each:
        dataset = f"${{datasets/carbonmart/{each['dataset']}}}"
        made["filterType"] = "filter_select"
        made["targets"] = [{"datasetUuid": dataset, "column": {"name": each["column"]}}]
        made["controlValues"]["multiSelect"] = True
    return made
