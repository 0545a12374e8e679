"""A daily report of the registry: tables by vintage and trade method, in 2022 a sentence.

The first row of a vintage has six cells, its further ones five, since the vintage's cell reaches
into them: label, method, volume and amount of the day, volume and amount so far. Rows of sums are
no rows of ours, but have to be what the rows above them add up to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from transforms.model import Refused
from transforms.text.numbers import cny, cny_per_t, tonnes

SUMS = ("day_volume_t", "day_turnover_cny", "cumulative_volume_t", "cumulative_turnover_cny")
METHODS = {"挂牌协议交易": "listed", "大宗协议交易": "block", "单向竞价": "auction"}
_NOTHING = frozenset({"", "-", "--", "—", "–"})
_VINTAGE = re.compile(r"碳排放配额 ?(19-20|[0-9]{2})")
_HEADS = ("交易情况", "交易品种", "交易方式", "配额", "碳排放配额", "成交量", "成交金额")
_LINES = {"成交量": SUMS[::2], "成交金额": SUMS[1::2]}
_OF_VINTAGE, _OF_ALL = "小计", ("交易合计", "合计")
_N = r"([0-9,.]+)"
_TRADES = rf"(?:今日成交{_N}吨[,，]成交额{_N}元[,，]成交均价{_N}元/吨|今日无成交)"
_SENTENCE = re.compile(
    rf"今日全国碳排放权交易市场成交总量{_N}吨[,，]成交总额{_N}元[,，]最高成交价{_N}元/吨[,，]"
    rf"最低成交价{_N}元/吨[,，]成交均价{_N}元/吨[,，]其中[:：]"
    rf"【挂牌协议交易】{_TRADES}[;；。]【大宗协议交易】{_TRADES}。"
    rf"全国碳排放权交易市场开市至今累计成交总量{_N}吨[,，]累计成交总额{_N}元"
)
_MEAN = "mean_price_cny_per_t"
_IN_ORDER = (*SUMS[:2], "high_cny_per_t", "low_cny_per_t", _MEAN)
Values = dict[str, int | Decimal | None]


@dataclass(frozen=True)
class LegReport:
    """What a report says of a vintage and method; `evidence` are the cells or words."""

    vintage: str
    method: str
    values: Values
    evidence: dict[str, str]


def figure(name: str, cell: str) -> int | Decimal | None:
    """A cell of the column `name`, None for a dash. Raises `Refused("bad_number")`."""
    if cell in _NOTHING:
        return None
    if name.endswith("_cny_per_t"):
        return cny_per_t(cell)
    return tonnes(cell) if name.endswith("_volume_t") else cny(cell)


def read_tables(tables: Sequence[Mapping[str, Any]]) -> list[LegReport]:
    """The legs of a report's tables. Raises `Refused` for a row that is none, and no sum of any,
    and for heads of columns in another order."""
    legs: list[LegReport] = []
    vintage = ""
    for above, cells in (row for table in tables for row in _rows(table)):
        name = next((name for name in _LINES if cells[0].startswith(name)), "")
        if cells[0].startswith(_HEADS) and not any(map(str.isdecimal, "".join(cells))):
            _must_head(cells)
            continue
        if name and len(cells) in (2, 3):
            _must_add_up(cells, _LINES[name][: len(cells) - 1], legs)
            continue
        labels = cells[:-4] if len(cells) > 5 else [above, *cells[:-4]]
        found = _VINTAGE.fullmatch(labels[0])
        vintage = f"CEA{found[1]}" if found else vintage
        if labels[-1] == _OF_VINTAGE or labels[-1] in _OF_ALL:
            mine = [leg for leg in legs if leg.vintage == vintage or labels[-1] in _OF_ALL]
            _must_add_up(cells, SUMS, mine)
            continue
        if found is None or len(labels) != 2 or labels[1] not in METHODS:
            raise Refused("unknown_row", " | ".join(cells), "no vintage with a method")
        method = METHODS[labels[1]]
        if any((leg.vintage, leg.method) == (vintage, method) for leg in legs):
            raise Refused("duplicate_leg", " | ".join(cells), "it stands there twice")
        legs.append(_leg(vintage, method, dict(zip(SUMS, cells[-4:], strict=True))))
    if tables and not legs:
        raise Refused("no_leg", str(tables)[:200], "no table of trades by vintage")
    return legs


def _must_head(cells: Sequence[str]) -> None:
    """Heads of columns have to come as `SUMS` do: volume before amount, the day before so far."""
    named = [found[0] for cell in cells if (found := re.search("成交(?:量|金?额)", cell))]
    is_so_far = ["累计" in cell for cell in cells if re.search("本日|累计", cell)]
    ordered = all((name == "成交量") is (n % 2 == 0) for n, name in enumerate(named))
    if not ordered or is_so_far != sorted(is_so_far):
        raise Refused("unknown_head", " | ".join(cells), "columns in another order")


def _rows(table: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The cells of each row, and the first one of a row above that reaches into it."""
    rows, above, covered = table["rows"], dict[int, str](), set[tuple[int, int]]()
    for y, x, high, wide in table["spans"]:
        covered |= {(y + i, x + j) for i in range(high) for j in range(wide)} - {(y, x)}
        above |= {y + i: rows[y][x] for i in range(1, high) if x == 0}
    for y, row in enumerate(rows):
        cells = [cell for x, cell in enumerate(row) if (y, x) not in covered]
        while cells and not cells[-1]:  # a row may be shorter than its table is wide
            cells.pop()
        if cells:
            yield above.get(y, ""), cells


def _leg(vintage: str, method: str, printed: Mapping[str, str | None]) -> LegReport:
    said = {name: cell for name, cell in printed.items() if cell is not None}
    values = {name: figure(name, said.get(name, "")) for name in (*_IN_ORDER, *SUMS[2:])}
    evidence = {name: said[name] for name, value in values.items() if value is not None}
    return LegReport(vintage, method, values, evidence)


def _must_add_up(cells: Sequence[str], names: Sequence[str], legs: Sequence[LegReport]) -> None:
    for name, cell in zip(names, cells[-len(names) :], strict=True):
        summed = sum((leg.values[name] or 0 for leg in legs), Decimal(0))
        if (figure(name, cell) or 0) != summed:
            told = f"{name} of the rows above it is {summed}"
            raise Refused("sums_differ", " | ".join(cells), told)


def read_sentence(text: str) -> list[LegReport]:
    """The market's day in words, which name no vintage. Raises `Refused`."""
    found = _SENTENCE.fullmatch(text)
    if found is None:
        raise Refused("unknown_clause", text, "not the sentence of a day's trades")
    said = found.groups()
    total = dict(zip((*_IN_ORDER, *SUMS[2:]), (*said[:5], *said[11:]), strict=True))
    names = (*SUMS[:2], _MEAN)
    parts = [
        _leg("all", method, dict(zip(names, said[at : at + 3], strict=True)))
        for method, at in (("listed", 5), ("block", 8))
    ]
    whole = _leg("all", "total", total)
    for name in SUMS[:2]:
        summed = sum((part.values[name] or 0 for part in parts), Decimal(0))
        if whole.values[name] != summed:
            raise Refused("sums_differ", text, f"{name} by method is {summed}")
    return [whole, *parts]
