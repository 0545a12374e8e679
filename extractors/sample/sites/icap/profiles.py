"""The sample's ETS pages: systems' headline fields in the markup of the site's fact sheets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from extractors.sample.items import load
from extractors.sample.sites.icap.pages import FOOT, gases, head

_FILE = Path(__file__).parent / "data" / "profiles.yml"
Fields = Mapping[str, Any]


@cache
def _systems() -> dict[int, Fields]:
    return {entry["id"]: entry for entry in load(_FILE)}


def ids(until: date) -> list[int]:
    """The systems that have a page on an evening."""
    return [number for number in _systems() if standing(number, until) is not None]


def slugs() -> dict[str, int]:
    """The addresses of pages that have one in words."""
    return {e["slug"]: number for number, e in _systems().items() if "slug" in e}


def standing(number: int, until: date) -> tuple[Fields, date] | None:
    """A system's fields as they stand on an evening, and since when; None if it has no page."""
    entry = _systems().get(number)
    versions = [v for v in entry["versions"] if v["from"] <= until] if entry else []
    if not versions or entry is None:
        return None
    fields: dict[str, Any] = {"name": entry["name"]}
    for version in versions:
        fields |= version
    return fields, versions[-1]["from"]


def maplist(until: date) -> bytes:
    """The array behind the map; not every element of it has an id."""
    rows = [{"id": str(number), "title": _systems()[number]["name"]} for number in ids(until)]
    return json.dumps([*rows, {"title": "Under consideration"}]).encode()


def profile_page(fields: Fields) -> str:
    """A system's page: absent fields are absent, and the year of a price is in its label."""
    parts = [f'<h1 class="ets-caption">{escape(fields["name"])}</h1>\n']
    if "summary" in fields:
        parts.append(
            '<div class="field field--label-above field--type-text_long field-summary-short '
            'dropdown-menu hide-frame">\n<div>Summary</div>\n'
            f'<div class="dropdown-menu__frame"><p>{gases(escape(fields["summary"]))}</p></div>'
            "</div>\n"
        )
    for label, kind, name, value in _plain(fields):
        parts.append(
            f'<div class="field field--label-above field--type-{kind} {name}">\n'
            f"<div>{label}</div>\n<div>{value}</div>\n</div>\n"
        )
    return head(fields["name"]) + "<main>\n" + "".join(parts) + "</main>\n" + FOOT


def _plain(fields: Fields) -> list[tuple[str, str, str, str]]:
    """Label, type, name and value of each field that there is."""
    regions = "".join(f'<div class="field__content">{escape(r)}</div>' for r in fields["regions"])
    sectors = "".join(
        f'<div class="sector"><div class="field field--type-string field-name"><div>{escape(s)}'
        "</div></div></div>"
        for s in fields["sectors"]
    )
    rows = [
        ("ETS Status", "string", "field-ets-status", escape(fields["status"])),
        ("Jurisdictions", "entity_reference", "field-regions", regions),
        (
            "Start of operation (year)",
            "integer",
            "field-start-operation-year",
            str(fields["start"]),
        ),
        ("Sectoral coverage", "entity_reference", "field-sectoral-coverage", sectors),
    ]
    for key, label, kind, name in (
        ("allocation", "Allocation", "string", "field-allowance-alloc-summary"),
        ("offsets", "Offsets and credits", "string", "field-offsets-credits-summary"),
        ("cap", "Cap", "string", "field-cap-summary"),
        ("ghgs", "GHGs covered", "string_long", "field-ghgs-covered"),
    ):
        if key in fields:
            rows.append((label, kind, name, gases(escape(fields[key]))))
    for key, label, name in (
        ("auction", "Average auction price ({})", "field-average-auction-price"),
        ("secondary", "Average secondary market price ({})", "field-average-secondary-price"),
        ("revenue", "Total revenue ({})", "field-total-revenue"),
    ):
        if key in fields:
            year, value = fields[key]
            rows.append((label.format(year), "string", name, value))
    if "revenue_total" in fields:
        name = "field-total-revenue-since-beginning"
        rows.append(("Total revenue since beginning", "string", name, fields["revenue_total"]))
    return rows
