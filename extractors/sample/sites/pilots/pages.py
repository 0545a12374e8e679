"""Pages in the shapes of the pilot markets' sites. Figures come in as they are printed.

Our own markup around the cells, as on sites of this kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from extractors.model import SIMULATED_META

Cells = Sequence[str]


def _heads(printed: str) -> Cells:
    return printed.split()


HUBEI = [
    "交易品种",
    "日期",
    "最新",
    "涨跌幅(%)",
    "最高",
    "最低",
    "成交量(吨)",
    "成交额(元)",
    "昨收盘价",
]
SHENZHEN = [
    "交易日期",
    "市场交易指数",
    "开盘价",
    "最高价",
    "最低价",
    "成交均价",
    "收盘价",
    "成交量",
    "成交额",
]
FUJIAN = ("日期", "产品名称", "收盘价", "成交数量（吨）", "成交金额（元）")
_GUANGDONG = [
    "日期",
    "品种",
    "开盘价",
    "收盘价",
    "最高价",
    "最低价",
    "涨跌",
    "涨跌幅",
    "成交数量",
    "成交金额",
]
_BEIJING = ("日期", "成交量(吨)", "成交均价(元/吨)", "成交额(元)")
_TIANJIN = (
    '<tr><th rowspan="2">日期</th><th rowspan="2">交易品种</th><th colspan="2">成交量（吨）</th>'
    '<th colspan="2">成交金额（元）</th><th colspan="2">成交均价（元/吨）</th></tr>\n'
    f"<tr>{'<th>挂牌</th><th>大宗</th>' * 3}</tr>"
)
_CHONGQING = (
    '<tr><td rowspan="2">日期</td><td rowspan="2">交易品种</td><td rowspan="2">开盘价</td>'
    '<td rowspan="2">最高价</td><td rowspan="2">最低价</td><td rowspan="2">收盘价</td>'
    '<td rowspan="2">涨跌幅</td><td colspan="2">定价申报</td><td colspan="2">拍卖</td></tr>\n'
    f"<tr>{'<td>成交量（吨）</td><td>成交金额（万元）</td>' * 2}</tr>"
)


def guangdong(rows: Sequence[Cells]) -> str:
    """The history of a range: a table around the form, then the days, with heads in `td`."""
    form = '<table><tr><td>开始日期</td><td><input name="beginTime"></td></tr></table>'
    table = _table([_row(_GUANGDONG), *map(_row, rows)], 'id="mytable" class="lh_baseTable"')
    return _page("行情信息", f"{form}\n{table}")


def hubei(rows: Sequence[Cells]) -> str:
    """A page of the list of days."""
    return _page("历史行情", _table([_row(HUBEI, "th"), *map(_row, rows)]))


def hubei_former(rows: Sequence[Cells]) -> str:
    """The same as the site had it before: lists in a table's stead."""
    lists = [f"<ul>{_cells(HUBEI, 'li')}</ul>"]
    lists += [f'<ul class="cont">{_cells(row, "li")}</ul>' for row in rows]
    return _page("历史行情", f'<div class="future_table">{"".join(lists)}</div>')


def hubei_home(days: Sequence[tuple[str, Any, Any]]) -> str:
    """The home page, with the series of its chart: day, price, volume."""
    series = [
        {"riqi": day, "cjj": price, "cjl": volume, "zx": price, "zd": 0.0}
        for day, price, volume in days
    ]
    told = json.dumps(series, ensure_ascii=False)
    scripts = f"<script>var width = 640;</script>\n<script>\nvar cjj = '{told}';\n</script>"
    return _page("湖北碳排放权交易中心", f'<div class="threeLeft">{scripts}</div>')


def shenzhen(rows: Sequence[Mapping[str, Any]], total: int, size: int) -> bytes:
    """A page of the JSON, with what its framework says of pages."""
    told = {"content": list(rows), "totalElements": total, "totalPages": -(-total // size)}
    return json.dumps({"code": 200, "data": told}, ensure_ascii=False).encode()


def shenzhen_former(rows: Sequence[Cells], pages: int) -> str:
    """A page of the former site."""
    options = "".join(f'<option value="{n}">{n}</option>' for n in range(1, pages + 1))
    table = _table([_row(SHENZHEN), *map(_row, rows)], 'class="mt5"')
    return _page("每日行情", f'{table}\n<div class="pagebar"><select>{options}</select></div>')


def beijing(rows: Sequence[Cells], pages: int) -> str:
    """A page of the list of days; a script within the table says of how many pages it is."""
    script = f'<script>var totalpage = "1"; totalpage = "{pages}";</script>'
    pager = f'<tr><td colspan="4">{script}<a href="?2">下一页</a></td></tr>'
    table = _table([_row(_BEIJING, "th"), *map(_row, rows), pager], 'class="jyhq_tab"')
    return _page("交易行情", f'<div class="listtext">{table}</div>')


def shanghai(rows: Sequence[Cells]) -> bytes:
    """The lists of a year or month."""
    return json.dumps([list(row) for row in rows], ensure_ascii=False).encode()


def tianjin(rows: Sequence[Cells]) -> str:
    """A page of the list, with two rows of heads."""
    return _page("交易数据", _table([_TIANJIN, *map(_row, rows)], 'class="transData"'))


def chongqing(rows: Sequence[Cells]) -> str:
    """An article of a period: eleven cells a row, amounts in ten thousands of yuan."""
    return _page("碳排放权交易成交信息", _table([_CHONGQING, *map(_row, rows)]))


def fujian(rows: Sequence[Cells], *, is_history: bool = False) -> str:
    """The newest days, or the history, of which the second table is the one of days."""
    first = "<table><tr><td>交易日期</td><td>查询</td></tr></table>\n" if is_history else ""
    table = _table([_row(FUJIAN, "th"), *map(_row, rows)], 'class="tb-hq"')
    return _page("行情", first + table)


def _table(rows: Sequence[str], attributes: str = "") -> str:
    lines = "\n".join(rows)
    return f"<table {attributes}>\n{lines}\n</table>"


def _row(cells: Cells, tag: str = "td") -> str:
    return f"<tr>{_cells(cells, tag)}</tr>"


def _cells(cells: Cells, tag: str) -> str:
    return "".join(f"<{tag}>{cell}</{tag}>" for cell in cells)


def _page(title: str, content: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"{SIMULATED_META.decode()}\n<title>{title}</title>\n</head>\n<body>\n"
        '<ul class="menu"><li><a href="/">首页</a></li></ul>\n'
        f"{content}\n<p>样例数据，非交易所发布。</p>\n</body>\n</html>\n"
    )
