"""What a chart asks, out of its form. Superset keeps it beside the form, for its API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Params = Mapping[str, Any]


def query_context(params: Params) -> str:
    """The query context of a chart with this form, as Superset writes it."""
    suffixes = ("", "_b") if params["viz_type"] == "mixed_timeseries" else ("",)
    return json.dumps(
        {
            "datasource": {"id": 0, "type": "table"},
            "force": False,
            "form_data": params,
            "queries": [_query(params, suffix) for suffix in suffixes],
            "result_format": "json",
            "result_type": "full",
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _query(params: Params, suffix: str) -> dict[str, Any]:
    """One query of the chart; keys of the second one's settings end in `_b`."""
    metrics = params.get(f"metrics{suffix}") or [
        params[key] for key in ("metric",) if key in params
    ]
    if params.get("query_mode") == "raw":
        columns, metrics = list(params["all_columns"]), []
        order = [json.loads(each) for each in params["order_by_cols"]]
    else:
        columns = [*_axis(params), *params.get(f"groupby{suffix}", ())]
        order = [[metrics[0], False]] if params.get("query_mode") == "aggregate" else []
    return {
        "annotation_layers": [],
        "columns": columns,
        "extras": {"having": "", "where": ""},
        "filters": [
            {"col": each["subject"], "op": each["operator"], "val": each.get("comparator")}
            for each in params[f"adhoc_filters{suffix}"]
        ],
        "metrics": metrics,
        "order_desc": True,
        "orderby": order,
        "row_limit": params.get(f"row_limit{suffix}", 10_000),
        "series_limit": 0,
    }


def _axis(params: Params) -> list[dict[str, str]]:
    if "x_axis" not in params:
        return []
    return [
        {
            "columnType": "BASE_AXIS",
            "expressionType": "SQL",
            "label": params["x_axis"],
            "sqlExpression": params["x_axis"],
            "timeGrain": params["time_grain_sqla"],
        }
    ]
