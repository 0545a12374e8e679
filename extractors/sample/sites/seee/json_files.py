"""The JSON of the sample site: quote files, query answers, closed days."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache

from extractors.sample.sites.seee.figures import lines_of
from extractors.sample.sites.seee.quotes import COMPOSITE, Quote, method_totals, quotes

_NAMES = {
    COMPOSITE: "综合行情",
    "CEA": "碳排放配额19-20",
    "CEA21": "碳排放配额21",
    "CEA22": "碳排放配额22",
    "CEA23": "碳排放配额23",
    "CEA24": "碳排放配额24",
}
QUOTE_FILES = {
    "hiskline.json" if name == COMPOSITE else f"hiskline-{name}.json": name for name in _NAMES
}


def quote_file(product: str, until: date) -> tuple[bytes, date] | None:
    """The daily series of a product to `until` and its last day; None before its first."""
    rows = [quote for quote in quotes(product) if quote.trade_date <= until]
    if not rows:
        return None
    text = json.dumps([_row(quote) for quote in rows], separators=(",", ":"))
    return text.encode(), rows[-1].trade_date


def _row(quote: Quote) -> list[str]:
    """Date, open, close, low, high, listed volume, as strings; `0.00` where there is none."""
    prices = (quote.open, quote.close, quote.low, quote.high)
    return [
        quote.trade_date.isoformat(),
        *(f"{price or Decimal(0):.2f}" for price in prices),
        str(quote.listed_volume_t),
    ]


def sub_stat(request: bytes, until: date) -> bytes:
    """The answer to a query for a day: a row per product and method, code 401 on a closed day.

    A request that is not `{"tradeDate": "YYYYMMDD"}` gets code 500.
    """
    try:
        asked = json.loads(request)["tradeDate"]
        day = date.fromisoformat(f"{asked[:4]}-{asked[4:6]}-{asked[6:8]}")
    except (ValueError, KeyError, TypeError):
        return _json({"success": False, "code": 500, "msg": "参数错误", "data": None})
    rows = method_totals(day) if day <= until else ()
    if not rows:
        return _json({"success": False, "code": 401, "msg": "无数据", "data": None})
    data = [
        {
            "tradeDate": asked,
            "subjectCode": row.product,
            "subjectName": _NAMES[row.product],
            "tradeMethod": row.method,
            "tradeVolume": str(row.day.volume_t),
            "tradeAmount": f"{row.day.turnover_cny:.2f}",
            "yearVolume": str(row.ytd.volume_t),
            "yearAmount": f"{row.ytd.turnover_cny:.2f}",
            "totalVolume": str(row.cumulative.volume_t),
            "totalAmount": f"{row.cumulative.turnover_cny:.2f}",
        }
        for row in rows
    ]
    return _json({"success": True, "code": 200, "data": data})


@cache
def closed_days() -> tuple[date, ...]:
    """Closed weekdays, ascending."""
    return tuple(date.fromisoformat(line) for line in lines_of("closed_days.txt"))


def holidays(until: date) -> bytes:
    """The closed weekdays, to the end of the year of `until`: a year is announced as a whole."""
    return _json([day.isoformat() for day in closed_days() if day.year <= until.year])


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
