"""Tables of a pilot market's days: columns are told by what heads them, never by their place.

One vocabulary for all markets. A head that is not in it, or a unit that a column can't have, is
another layout: the page is refused, and the head named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bs4 import Tag

from extractors.model import LayoutError, Page
from extractors.parsing.html_tables import units_told
from extractors.parsing.soup import Soup, line_of

Cells = list[tuple[str, int, int]]
"""The cells of a row: text, and how many rows and columns each reaches over."""
Heads = list[tuple[str, str]]
"""Trade method and field of each column."""
_FIELDS = {
    "day": "日期|交易日期",
    "product": "品种|交易品种|产品|产品名称|市场交易指数",
    "open": "开盘价",
    "high": "最高价|最高",
    "low": "最低价|最低",
    "close": "收盘价|最新",
    "average": "成交均价|均价",
    "change": "涨跌",
    "change_pct": "涨跌幅",
    "volume": "成交数量|成交量",
    "turnover": "成交金额|成交额",
    "previous_close": "昨收盘价",
}
_FIELD_OF = {head: field for field, heads in _FIELDS.items() for head in heads.split("|")}
_METHODS = {
    "挂牌": "listed",
    "大宗": "block",
    "定价": "fixed",
    "拍卖": "auction",
    "竞价": "auction",
}
_HEAD = re.compile(
    rf"(?P<method>{'|'.join(_METHODS)})?(?:协议)?(?:交易|申报)?"
    rf"(?P<field>{'|'.join(sorted(_FIELD_OF, key=len, reverse=True))})?"
    r"(?:[(（](?P<unit>[^()（）]*)[)）])?"
)
_PRICES = ("open", "high", "low", "close", "average", "change", "previous_close")
_UNITS = {
    "volume": {"吨", "t"},
    "turnover": {"元", "万元"},
    "change_pct": {"%", "％"},
    **{price: {"元/吨", "元"} for price in _PRICES},
}
_DAY = re.compile(
    r"(\d{4})(?:(\d\d)(\d\d)|([-/.])(\d{1,2})\4(\d{1,2}))(?:[ T]00:00(?::00(?:\.0{1,6})?)?)?"
)
_IN_BRACKETS = re.compile(r"[(（]([^()（）]*+)[)）]\Z")
_NOTHING = frozenset({"", "-", "--", "—", "–"})
MOST_SPAN = 50


def day_parts(printed: str) -> tuple[int, ...]:
    """Year, month and day as printed; empty where that is no day in digits."""
    found = _DAY.fullmatch(printed)
    return tuple(int(part) for part in found.groups() if part and part.isdigit()) if found else ()


def daily_rows(page: Page, pilot: str, unit: str) -> list[dict[str, Any]]:
    """The fields of each row of the page's table of days. `unit` is that of turnovers of which
    the head has none.

    Raises `LayoutError` where there is no such table, for an unknown head, for a row of another
    number of cells or with one over several columns, and where the page's words tell of another
    unit. Rows without day and figure, and of one cell (a pager), are none.
    """
    soup, found, is_table = Soup(page), list[dict[str, Any]](), False
    for table in _tables(soup):
        start = next((y for y, row in enumerate(table) if _has_day(row)), None)
        if start is None:
            continue
        depth = 2 if any(wide > 1 for _, _, wide in table[start]) else 1
        heads, stated = _heads(page, table[start : start + depth], unit)
        if odd := [told for told in units_told(soup.root.get_text()) if told not in ("吨", stated)]:
            raise LayoutError(page, "words that tell of another unit", odd[0])
        for row in (row for row in table[start + depth :] if len(row) > 1):
            texts = [text for text, _, wide in row if wide == 1]
            if not len(texts) == len(row) == len(heads):
                raise LayoutError(page, f"not {len(heads)} cells", " | ".join(texts))
            found.append(_fields(heads, texts, pilot, stated))
        is_table = True
    if not is_table:
        raise LayoutError(page, "no table of days")
    return [fields for fields in found if fields]


def _tables(soup: Soup) -> Iterator[list[Cells]]:
    """The tables that hold no other, and the lists that Hubei once had in a table's stead."""
    for table in soup.all("table"):
        if table.find("table") is None:
            yield [_cells(row.find_all(["td", "th"])) for row in table.find_all("tr")]
    for box in soup.all("div.future_table"):
        yield [_cells(row.find_all("li")) for row in box.find_all("ul")]


def _cells(cells: Sequence[Tag]) -> Cells:
    return [(line_of(c), _span(c, "rowspan"), _span(c, "colspan")) for c in cells]


def _span(cell: Tag, name: str) -> int:
    printed = str(cell.get(name, "1")).strip()
    return min(max(int(printed), 1), MOST_SPAN) if printed.isascii() and printed.isdigit() else 1


def _has_day(row: Cells) -> bool:
    """Whether a row heads a table of days: one of its cells does, and others have columns."""
    return len(row) > 2 and any(_FIELD_OF.get("".join(text.split())) == "day" for text, *_ in row)


def _heads(page: Page, rows: Sequence[Cells], unit: str) -> tuple[Heads, str]:
    """Method and field of each column, and the unit of turnovers."""
    above: list[tuple[str, bool]] = []
    for text, high, wide in rows[0]:
        above += [(text, high == 1 and len(rows) > 1)] * wide
    below = iter([text for row in rows[1:] for text, _, wide in row for _ in range(wide)])
    heads: Heads = []
    units = {unit}
    for text, is_parted in above:
        method, field = "all", ""
        for part in (text, next(below, "")) if is_parted else (text,):
            found = _HEAD.fullmatch("".join(part.split()))
            if found is None:
                raise LayoutError(page, "an unknown head of a column", part)
            method = _METHODS.get(found["method"] or "", method)
            field = _FIELD_OF.get(found["field"] or "", field)
            if found["unit"] and field and found["unit"] not in _UNITS.get(field, ()):
                raise LayoutError(page, "an unknown unit of a column", part)
            if found["unit"] and field == "turnover":
                units.add(found["unit"])
        heads.append((method, field))
    stated = units - {unit} or {unit}
    names = [field for _, field in heads]
    if list(below) or len(set(heads)) < len(heads) or len(stated) > 1 or "" in names:
        raise LayoutError(page, "heads that do not go into columns", str(rows)[:200])
    whole = {field for method, field in heads if method == "all"} & {"volume", "turnover"}
    if whole and len({method for method, _ in heads} - {"all"}):
        raise LayoutError(page, "sums beside those of methods: of all, or of the rest", str(heads))
    if not {"day", "volume", "turnover"} <= set(names):
        raise LayoutError(page, "a table of days without volume or turnover", str(rows)[:200])
    return heads, stated.pop()


def _fields(heads: Heads, row: Sequence[str], pilot: str, unit: str) -> dict[str, Any]:
    """A row as the fields of a record; none for a row without day and figure."""
    legs: dict[str, dict[str, str]] = {}
    named = {"day": "", "product": ""}
    for (method, field), cell in zip(heads, row, strict=True):
        if field in named:
            named[field] = cell
        else:
            legs.setdefault(method, {})[field] = cell
    if len(legs) > 1:  # prices beside the columns of two methods are nobody knows whose
        legs.pop("all", None)
    turnover = legs.get("all", {}).get("turnover", "")
    if ("all", "product") not in heads and (found := _IN_BRACKETS.search(turnover)):
        legs["all"]["turnover"] = turnover[: found.start()].strip()
        named["product"] = found[1].strip()
    if not named["day"] and _NOTHING.issuperset(c for leg in legs.values() for c in leg.values()):
        return {}
    return fields_of(pilot, named["day"], named["product"], legs, unit)


def fields_of(
    pilot: str, printed_day: str, product: str, legs: dict[str, dict[str, str]], unit: str = "元"
) -> dict[str, Any]:
    """What a record of a market's day has, whatever its form."""
    return {
        "pilot": pilot,
        "printed_day": printed_day,
        "day": day_parts(printed_day),
        "product": product,
        "legs": legs,
        "unit": unit,
    }
