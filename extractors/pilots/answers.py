"""What pilot markets answer as JSON: Shenzhen's pages, Hubei's series, Shanghai's lists.

Figures are kept as they are written, whether the JSON has them as numbers or as texts.
"""

from __future__ import annotations

import json
import re
from typing import Any

from extractors.model import LayoutError, Page
from extractors.parsing.html import decode
from extractors.parsing.json import read_json
from extractors.pilots.tables import fields_of

_AS_WRITTEN: dict[str, Any] = {"parse_float": str, "parse_int": str}
_KEYS = {
    "open": "dailyOpeningPrice",
    "high": "dailyHighestPrice",
    "low": "dailyLowestPrice",
    "close": "dailyClosingPrice",
    "volume": "sumAmount",
    "turnover": "sumPrice",
}
_CODE = re.compile(r"(?<![A-Za-z0-9_-])[A-Z]{2,6}(?:-?\d{1,4})?$")
_DERIVED = re.compile("远期|期货|期权|掉期|互换|回购|质押|借碳|托管|置换")
"""A title that says so is of another thing than the product that it ends with."""
_SERIES = re.compile(r"\bcjj\s{0,20}=\s{0,20}['\"]?\s{0,20}(?=\[)")
_SERIES_KEYS = ("riqi", "cjj", "cjl")


def shenzhen_rows(page: Page) -> list[dict[str, Any]]:
    """The rows of a page of Shenzhen's data. Raises `LayoutError` for another shape."""
    data = read_json(page, dict, **_AS_WRITTEN).get("data")
    content = data.get("content") if isinstance(data, dict) else None
    if not isinstance(content, list):
        raise LayoutError(page, "no data.content", decode(page)[:200])
    return [_shenzhen_row(page, row) for row in content]


def _shenzhen_row(page: Page, row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or not {"title", "tradeDate", *_KEYS.values()} <= row.keys():
        raise LayoutError(page, "a row without its keys", str(row)[:200])
    said = {name: text_of(row[key]) for name, key in _KEYS.items()}
    title = text_of(row["title"])
    product = None if _DERIVED.search(title) else _CODE.search(title)
    name = product[0] if product else title
    return fields_of("shenzhen", text_of(row["tradeDate"]), name, {"all": said})


def shanghai_rows(page: Page) -> list[dict[str, Any]]:
    """Date, product, volume and amount of each row. Raises `LayoutError` for another shape."""
    found = []
    for row in read_json(page, list, **_AS_WRITTEN):
        if not isinstance(row, list) or len(row) != 4:
            raise LayoutError(page, "not date, product, volume and amount", str(row)[:200])
        printed_day, product, volume, turnover = map(text_of, row)
        said = {"volume": volume, "turnover": turnover}
        found.append(fields_of("shanghai", printed_day, product, {"all": said}))
    return found


def hubei_series(page: Page) -> list[dict[str, Any]]:
    """Day, price and volume of the series that a script of Hubei's home page assigns.

    Raises `LayoutError` where there is not one such assignment.
    """
    text = decode(page)
    starts = [found.end() for found in _SERIES.finditer(text)]
    if len(starts) != 1:
        raise LayoutError(page, f"{len(starts)} series assigned to cjj")
    try:
        rows, _ = json.JSONDecoder(**_AS_WRITTEN).raw_decode(text, starts[0])
    except (ValueError, RecursionError) as error:
        raise LayoutError(page, f"no JSON in cjj: {error}", text[starts[0] :][:200]) from error
    found = []
    for row in rows:
        if not isinstance(row, dict) or any(key not in row for key in _SERIES_KEYS):
            raise LayoutError(page, "a day of cjj without its keys", str(row)[:200])
        said = fields_of("hubei", text_of(row["riqi"]), "", {})
        found.append({**said, "price": text_of(row["cjj"]), "volume": text_of(row["cjl"])})
    return found


def text_of(value: Any) -> str:
    """A value of JSON as written; nothing for null."""
    return "" if value is None else str(value).strip()
