"""The registry's records as rows: pages of its tabs, applications, details, methodologies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from transforms.model import Record, Refused, Row
from transforms.text.dates import compact_day, iso_day
from transforms.text.numbers import tonnes

_OWN = {"2": "projectInfoId", "4": "certificationId", "5": "ccerId"}
"""What a tab of things registered lists of an application; it can't do without."""
_SECONDARY = ("ccerId", "certificationId", "projectInfoId")
_ID = re.compile(r"[1-9][0-9]{16,18}")
_APPLICATION = {
    "project_name": "projectName",
    "owner_name": "orgCustomerName",
    "project_type_code": "projectType",
    "project_type": "projectTypeName",
    "status_code": "applyStatus",
    "status": "statusName",
    "project_info_id": "projectInfoId",
    "certification_id": "certificationId",
    "ccer_id": "ccerId",
}
_DETAIL = {
    "methodology_num": "methodologyNum",
    "methodology_name": "methodologyName",
    "province": "provinceName",
}
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def transform(record: Record) -> list[Row]:
    """The row of a record `tab`, `application`, `detail` or `methodology`.

    Raises `Refused`: `bad_id`, `bad_date`, `bad_number`.
    """
    readers = {
        "tab": ("ccer_tabs", _tab),
        "application": ("ccer_applications", _application),
        "detail": ("ccer_details", _detail),
        "methodology": ("ccer_methodologies", _methodology),
    }
    if record.kind not in readers:
        raise Refused("unknown_kind", record.kind, "no such kind of record in this source")
    table, read = readers[record.kind]
    try:
        values = read(record)
    except Refused as refused:
        refused.table = table
        raise
    return [Row(table, values, {})]


def _key(data_type: str, item: Mapping[str, str]) -> dict[str, Any]:
    """What an item of a tab is about: the application, and what of it the tab lists.

    An id that has lost digits (a number that went through a float) is none.
    """
    held = [item[name] for name in _SECONDARY if item.get(name)]
    own = _OWN.get(data_type)
    ids = {"apply_id": item.get("applyId", ""), "secondary_id": (held or [""])[0]}
    if own:
        ids["secondary_id"] = item.get(own, "")
    for name, value in ids.items():
        if not _ID.fullmatch(value) and (value or own or name == "apply_id"):
            raise Refused("bad_id", f"{dict(item)}", f"no {name} in tab {data_type}")
    return {**ids, "data_type": data_type}


def _tab(record: Record) -> dict[str, Any]:
    """A page of a tab: which items it shows."""
    tab, items = record.fields["data_type"], record.fields["items"]
    keys = [_key(tab, item) for item in items]
    total = record.fields["total"]
    return {
        "data_type": tab,
        "page_number": record.fields["number"],
        "total_items": tonnes(total) if total else None,
        "shown_items": len(items),
        "items": json.dumps([[key["apply_id"], key["secondary_id"]] for key in keys]),
        "published_on": record.retrieved_at.astimezone(_SHANGHAI).date(),
    }


def _application(record: Record) -> dict[str, Any]:
    item = record.fields["item_fields"]
    return _key(record.fields["data_type"], item) | _texts(_APPLICATION, item)


def _texts(names: Mapping[str, str], item: Mapping[str, str]) -> dict[str, Any]:
    return {name: item.get(key) or None for name, key in names.items()}


def _detail(record: Record) -> dict[str, Any]:
    """A detail; the ids are those that were asked for, since a tab lists one thing of several."""
    asked, item = record.fields["asked"], record.fields["item_fields"]
    numbers = {"expected_reduction_t_a": "expectYearNum", "certified_reduction_t": "certifiedNum"}
    days = {"display_from": "publicStartDate", "display_until": "publicEndDate"}
    return {
        **_key(record.fields["data_type"], asked),
        **_texts(_DETAIL, item),
        **{name: tonnes(item[key]) if item.get(key) else None for name, key in numbers.items()},
        **{name: compact_day(item[key]) if item.get(key) else None for name, key in days.items()},
    }


def _methodology(record: Record) -> dict[str, Any]:
    """A methodology; the day of its publication begins the instant that is printed."""
    item = record.fields["item_fields"]
    printed = item.get("publishDatetime", "")
    return {
        "methodology_num": item.get("methodologyNum", ""),
        "methodology_name": item.get("methodologyName") or None,
        "published_on": iso_day(printed[:10]),
    }
