"""The brief's charts as static SVG: drawn offline, the same bytes each time, no scripts.

Vega-Lite specifications, rendered by vl-convert. Colours are names of the page's style sheet,
so that a chart follows print and dark mode; text stays text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

BAR, LINE, TEXT, GRID = "#101001", "#202002", "#303003", "#404004"
SECOND, THIRD = "#505005", "#606006"
"""Marks that stand for the style sheet's colours until the SVG is drawn."""
_COLOURS = {
    BAR: "var(--bar)",
    SECOND: "var(--bar-2)",
    THIRD: "var(--bar-3)",
    LINE: "var(--line)",
    TEXT: "var(--ink)",
    GRID: "var(--grid)",
}
_FONT = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
WIDTH, HEIGHT = 640, 260


def volume_and_price(
    points: Sequence[dict[str, Any]],
    *,
    volume_title: str,
    price_title: str,
    title: str,
    description: str,
    slug: str,
    legs: Mapping[str, str] | None = None,
) -> str:
    """Bars of volume and a line of prices over `points` (label, volume, price), as SVG.

    With `legs` (field of a point -> its name), up to three, the bars are their stack.
    """
    labels = [point["label"] for point in points]
    every = max(1, round(len(labels) / 12))
    x: dict[str, Any] = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "labelAngle": 0, "values": labels[::every]},
    }
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": None,
        "data": {"values": [dict(point) for point in points]},
        "layer": [
            _stack(x, volume_title, legs)
            if legs
            else {
                "mark": {"type": "bar", "color": BAR},
                "encoding": {"x": x, "y": _y("volume", volume_title)},
            },
            {
                "mark": {"type": "line", "color": LINE, "strokeWidth": 2.5, "point": _POINT},
                "encoding": {"x": x, "y": _y("price", price_title, zero=False)},
            },
        ],
        "resolve": {"scale": {"y": "independent"}},
        "config": _CONFIG,
    }
    return _drawn(spec, title, description, slug)


def _stack(x: dict[str, Any], title: str, legs: Mapping[str, str]) -> dict[str, Any]:
    """Bars of the legs, the first at the bottom, with a legend above the chart."""
    names, fields = list(legs.values()), list(legs)
    named = " : ".join(f"datum.leg == '{field}' ? '{name}'" for field, name in legs.items())
    colour = {
        "field": "name",
        "type": "nominal",
        "scale": {"domain": names, "range": [BAR, SECOND, THIRD][: len(names)]},
        "legend": {"title": None, "orient": "top"},
    }
    return {
        "transform": [
            {"fold": fields, "as": ["leg", "traded"]},
            {"calculate": f"{named} : ''", "as": "name"},
            {"calculate": f"indexof({fields}, datum.leg)", "as": "place"},
        ],
        "mark": {"type": "bar"},
        "encoding": {
            "x": x,
            "y": _y("traded", title),
            "color": colour,
            "order": {"field": "place", "type": "quantitative"},
        },
    }


_POINT = {"color": LINE, "filled": True, "size": 28}
_CONFIG: dict[str, Any] = {
    "font": _FONT,
    "view": {"stroke": None},
    "legend": {"labelColor": TEXT, "labelFontSize": 12},
    "axis": {
        "labelColor": TEXT,
        "titleColor": TEXT,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
}


def _y(field: str, title: str, *, zero: bool = True) -> dict[str, Any]:
    grid = zero
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": zero, **({} if zero else {"padding": 12})},
        "axis": {"title": title, "grid": grid, "format": "~r" if zero else "~f"},
    }


def _drawn(spec: dict[str, Any], title: str, description: str, slug: str) -> str:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(spec)
    for mark, colour in _COLOURS.items():
        svg = svg.replace(mark, colour)
    found = re.match(r'<svg [^<>]{0,300}?viewBox="([^"<>]{1,80})"[^<>]{0,300}>', svg)
    assert found, "vl-convert draws one svg element"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="{found[1]}" role="img" '
        f'aria-labelledby="{slug}-title {slug}-desc">'
        f'<title id="{slug}-title">{escape(title)}</title>'
        f'<desc id="{slug}-desc">{escape(description)}</desc>'
    )
    return head + svg[found.end() :]
