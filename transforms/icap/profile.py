"""A system's ETS page as a row of `icap_profiles`: each field raw, and parsed where it parses.

The page's labels carry the years ("Average secondary market price (2024)"), its values the
figures. A cap that can't be read stays a text; nothing is guessed from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.sources.icap.profiles import ICAP_PROFILES, MONEY_FIELDS
from transforms.icap.news.reading import read_text
from transforms.icap.news.rows import fact_rows, prose_row
from transforms.model import Record, Refused, Remark, Row
from transforms.text.figures.en_units import CODES
from transforms.text.numbers import NUMBER
from transforms.text.plain import one_blank
from transforms.text.qualifiers import bound_of, qualifiers
from transforms.text.quantities import SCALE_EN, TONNES, scaled

_BY_NAME = {
    "field-start-operation-year": "start_year",
    "field-regions": "regions",
    "field-sectoral-coverage": "sectors",
    "field-allowance-alloc-summary": "allocation",
    "field-ghgs-covered": "ghgs",
    "field-offsets-credits-summary": "offsets",
    "field-cap-summary": "cap",
    "field-summary-short": "summary",
}
_BY_LABEL = (
    ("status", r"ETS Status|Status"),
    ("regions", r"Jurisdictions"),
    ("official_name", r"Official name of scheme"),
    ("price_auction", r"Average auction price \((\d{4})\)"),
    ("price_secondary", r"Average secondary market price \((\d{4})\)"),
    ("revenue_total", r"Total revenue since beginning"),
    ("revenue", r"Total revenue \((\d{4})\)"),
)
_MONEY = re.compile(
    rf"(?P<code>{CODES}) ?(?P<n>{NUMBER})(?: (?P<s>{SCALE_EN}))?"
    rf"(?: ?\(USD ?(?P<usd>{NUMBER})(?: (?P<s2>{SCALE_EN}))?\))?"
)
_QUALIFIER = qualifiers(
    "approximately|around|about|roughly|some|nearly|~|more than|over|in excess of|>|at least"
    "|up to|fewer than|less than|below|<"
)
_CAP = re.compile(
    rf"(?:(?P<q>(?i:{_QUALIFIER})) ?)?(?P<n>{NUMBER}) ?(?:(?P<u>[kMG]?t) ?CO2e?"
    r"|(?P<million>million) (?P<short>short )?tons? ?(?:CO2e?)?)(?: \((?P<note>[^()]*)\))?"
)
_SPLIT_NUMBER = re.compile(r"(?<=\d)\. (?=\d)")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_SHORT_TON = Decimal("0.90718474")
"""Tonnes in a US short ton."""


def read_profile(record: Record) -> list[Row]:
    """The system's row, then the figures of its summary as rows of `icap_facts`, and one of
    `icap_prose`.

    Raises `Refused`: `bad_number`, `record_shape`.
    """
    fields = record.fields
    taken, remarks = _named(fields["fields"])
    values: dict[str, Any] = {"ets_id": fields["ets_id"], "name": fields["name"]}
    for name in ("official_name", "status", "allocation", "ghgs", "offsets"):
        values[name] = "; ".join(taken.get(name, _ABSENT).values) or None
    for name in ("regions", "sectors"):
        values[name] = "; ".join(taken.get(name, _ABSENT).values) or None
    values["start_year"] = _start_year(taken.get("start_year", _ABSENT))
    values |= _cap("; ".join(taken.get("cap", _ABSENT).values))
    evidence = {"cap_t": values["cap_raw"]} if values["cap_t"] is not None else {}
    for name in MONEY_FIELDS:
        money, odd = _money(name, taken.get(name, _ABSENT))
        values |= money
        remarks += odd
        if money[f"{name}_local"] is not None:
            evidence[f"{name}_local"] = f"{taken[name].label}: {money[f'{name}_raw']}"
    summary = read_text(taken.get("summary", _ABSENT).values)
    values["summary_facts"] = len(summary.facts)
    profile = Row(ICAP_PROFILES.name, values, evidence, tuple(remarks + summary.remarks))
    key = f"ets/{fields['ets_id']}"
    rows = [profile, *fact_rows(key, summary.facts, "", str(fields["name"]))]
    return [*rows, prose_row(key, summary.figures)] if summary.figures else rows


class _Field:
    """A field of the page: its label, the year in it, its values."""

    def __init__(self, label: str, values: list[str], year: int | None) -> None:
        self.label, self.values, self.year = label, values, year


_ABSENT = _Field("", [], None)


def _named(found: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, _Field], list[Remark]]:
    """The fields that are known, by the table's names; one remark about all others."""
    taken: dict[str, _Field] = {}
    strangers = []
    for token, field in found.items():
        label = one_blank(str(field["label"])).plain.strip(": ")
        values = [one_blank(value).plain for value in field["values"]]
        name, year = _BY_NAME.get(token, ""), None
        for known, pattern in _BY_LABEL if not name else ():
            if match := re.fullmatch(pattern, label):
                name = known
                year = int(match[1]) if match.groups() else None
        if not name:
            strangers.append(f"{token} ({label})")
        else:
            taken.setdefault(name, _Field(label, values, year))
    told = "fields of the page that have no column here"
    return taken, [Remark("unknown_field", ", ".join(strangers)[:500], told)] if strangers else []


def _start_year(field: _Field) -> int | None:
    if not field.values:
        return None
    if not re.fullmatch(r"(?:19|20)\d\d", field.values[0]):
        raise Refused("bad_number", field.values[0], "no year that a system could begin in")
    return int(field.values[0])


def _cap(raw: str) -> dict[str, Any]:
    """The cap: raw always; parsed where one amount is stated, in tonnes.

    Several amounts (by sector, by kind of ton) are all in `cap_parts`; one in metric tonnes
    that stands beside the same in short tons is the one.
    """
    text = _SPLIT_NUMBER.sub(".", one_blank(raw).plain)
    parts = [_cap_part(found) for found in _CAP.finditer(text)]
    metric = [part for part in parts if part["unit"] == "t"]
    one = metric[0] if len(metric) == 1 else None
    kind = None
    if re.match(r"(?i)no cap\b", text):
        kind = "none"
    elif re.match(r"(?i)flexible\b", text):
        kind = "flexible"
    elif parts:
        kind = "stated"
    return {
        "cap_raw": raw or None,
        "cap_kind": kind,
        "cap_t": int(one["value"]) if one else None,
        "cap_year": int(one["years"][-1]) if one and one["years"] else None,
        "cap_qualifier": one["qualifier"] or None if one else None,
        "cap_scope": one["scope"] or None if one else None,
        "cap_parts": json.dumps(parts, default=str) if parts else None,
    }


def _cap_part(found: re.Match[str]) -> dict[str, Any]:
    value = scaled(found["n"])
    if found["million"]:
        value *= 10**6 * (_SHORT_TON if found["short"] else 1)
    else:
        value *= TONNES[found["u"]]
    note = found["note"] or ""
    scope = " ".join(_YEAR.sub("", note).replace(" and each", "").strip(" ,").split())
    return {
        "value": int(value),
        "unit": "t from short tons" if found["short"] else "t",
        "years": _YEAR.findall(note),
        "scope": "" if scope in ("each", "and each") else scope,
        "qualifier": bound_of(found["q"]).value if found["q"] else "",
        "printed": found[0],
    }


def _money(name: str, field: _Field) -> tuple[dict[str, Any], list[Remark]]:
    """A price or revenue: local first, US dollars in brackets, the year from the label."""
    raw = "; ".join(field.values)
    found = _MONEY.fullmatch(raw)
    values: dict[str, Any] = {f"{name}_raw": raw or None}
    if name != "revenue_total":
        values[f"{name}_year"] = field.year
    values |= {
        f"{name}_local": scaled(found["n"], found["s"]) if found else None,
        f"{name}_currency": found["code"] if found else None,
        f"{name}_usd": scaled(found["usd"], found["s2"]) if found and found["usd"] else None,
    }
    if raw and not found:
        told = f"{field.label}: no amount as CNY 12.34 (USD 1.70)"
        return values, [Remark("unread_money", raw, told, is_signal=True)]
    return values, []
