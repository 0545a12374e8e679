"""The request for the further rows of a list: everything in it is what the page itself says.

`TabItemSourceID` differs by section of the site, and the live value of this one is not known,
so that no constant may stand in for a hidden input that is missing.
"""

from __future__ import annotations

import json
from typing import Any

from extractors.html import LayoutError, Tree
from extractors.model import Link, Page

MORE_PATH = "/layouts/HKEX_Common/Tab/NewsCentreDetailsLoad.aspx/DisplayNewsCentreDetailsLoad"

_INPUTS = (
    ("pageUrl", "pageUrl"),
    ("TopicFieldName", "TopicFieldName"),
    ("DateFieldName", "DateFieldName"),
    ("FilesFieldName", "FilesFieldName"),
    ("ImageFieldName", "ImageFieldName"),
    ("ContentFieldName", "ContentFieldName"),
    ("Category1FieldName", "Category1FieldName"),
    ("Category2FieldName", "Category2FieldName"),
    ("Category3FieldName", "Category3FieldName"),
    ("isCardView", "isCardView"),
    ("isHideDay", "isHideDay"),
    ("TabItemSourceID", "tabItemSourceID"),
    ("datefrom", "datefrom"),
    ("dateto", "dateto"),
    ("category", "category"),
    ("category2", "category2"),
    ("keyword", "keyword"),
    ("host", "urlHost"),
)
"""Key of the POST's body, id of the hidden input that holds its value."""
COUNTS = ("currentLoadCount", "LoadMoreCount")
"""Ids of the inputs that say how many rows are shown, and how many come at a time."""


def missing_inputs(inputs: dict[str, str]) -> list[str]:
    """Ids of the hidden inputs that a request needs and the page has not."""
    return sorted(name for name in (*dict(_INPUTS).values(), *COUNTS) if name not in inputs)


def row_count(page: Page, name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 1000):
        raise LayoutError(page, f"{name} is no count of rows", value)
    return int(value)


def load_more_link(host: str, page: Page, inputs: dict[str, str], count: int) -> Link:
    """The POST for the rows after the first `count`; everything in it is the page's own."""
    body: dict[str, Any] = {key: inputs[input_id] for key, input_id in _INPUTS}
    body |= {
        "currentcount": count,
        "loadmorecount": int(inputs["LoadMoreCount"]),
        "IsLoadMore": "true",
        "TargetLanguage": inputs["<html lang>"],
        "TargetSite": None,
    }
    return Link(
        f"https://{host}{MORE_PATH}",
        "load_more",
        body=json.dumps(body, separators=(",", ":"), ensure_ascii=False),
        content_type="application/json; charset=utf-8",
        headers=(
            ("Accept", "application/json, text/javascript, */*; q=0.01"),
            ("X-Requested-With", "XMLHttpRequest"),
            ("Origin", f"https://{host}"),
            ("Referer", page.url),
        ),
    )


def hidden_inputs(page: Page) -> dict[str, str]:
    """Id -> value of the page's hidden inputs, and `<html lang>`."""
    root = Tree(page).root
    found = {"<html lang>": str(root.get("lang") or "en")}
    for element in root.iter("input"):
        name = element.get("id")
        if name and element.get("type") == "hidden":
            found[str(name)] = str(element.get("value") or "")
    return found
