"""Pages in the registry's shapes: a table without heads, a list, reports as tables and in words.

Our own markup around the cells, as on a site of this kind. Figures come in as they are printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from extractors.model import SIMULATED_META

PRICES, REPORTS = "/list/101.html", "/list/18.html"
LABELS = {"listed": "挂牌协议交易", "block": "大宗协议交易", "auction": "单向竞价"}
Four = tuple[str, str, str, str]
"""Volume and amount of the day, volume and amount so far."""
_MENU = "".join(
    f'<li><a href="/list/{number}.html">{name}</a></li>'
    for number, name in ((101, "行情数据"), (18, "每日信息"), (20, "通知公告"), (31, "业务指南"))
)


def list_page(path: str, content: str, number: int, pages: int) -> str:
    """A page of a list; its pager names neighbours and the last page."""
    near = sorted({1, *range(max(1, number - 3), min(pages, number + 3) + 1), max(pages, 1)})
    links = "".join(f'<a href="{path}?page={n}">{n}</a>\n' for n in near)
    title = "行情数据" if path == PRICES else "每日信息"
    return _page(title, f'{content}\n<div class="pager">{links}</div>')


def price_table(rows: Sequence[Sequence[str]]) -> str:
    """The rows of the price table, eleven cells each."""
    lines = "\n".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return f'<table class="data">\n{lines}\n</table>'


def report_items(items: Sequence[tuple[int, str]]) -> str:
    """The entries of the list of reports: number and title."""
    lines = "\n".join(
        f'<li><a href="/view/{number}.html" title="{title}">{title[:18]}...</a></li>'
        for number, title in items
    )
    return f'<ul class="news">\n{lines}\n</ul>'


def title_of(day: date, *, in_words: bool = False) -> str:
    """The title of a day's report."""
    about = "清结算信息日报" if in_words else "交易结算信息日报"
    return f"{day.year}年{day.month}月{day.day}日全国碳排放权交易市场{about}"


def table_report(
    title: str, vintages: Mapping[str, Mapping[str, Four]], sums: Mapping[str, Four]
) -> str:
    """A report's table: by vintage (`25`) and method, with the sums of each vintage and of all
    (`sums`, under the vintage and under `all`)."""
    lines = [
        _row('<td colspan="2" rowspan="2">交易情况</td>', ["本日", "本日", "累计", "累计"]),
        _row("", ["成交量（吨）", "成交金额（元）", "累计成交量（吨）", "累计成交金额（元）"]),
    ]
    for n, (vintage, methods) in enumerate(vintages.items()):
        blank = " " if n % 2 else ""
        label = f'<td rowspan="{len(methods) + 1}">碳排放配额{blank}{vintage}</td>'
        for method, four in methods.items():
            lines.append(_row(f"{label}<td>{LABELS[method]}</td>", four))
            label = ""
        lines.append(_row("<td>小计</td>", sums[vintage]))
    lines.append(_row('<td colspan="2">交易合计</td>', sums["all"]))
    table = "\n".join(lines)
    return _page(title, f'<h2>{title}</h2>\n<table border="1">\n{table}\n</table>')


def worded_report(title: str, sentences: Sequence[str]) -> str:
    """A report in words, a paragraph each."""
    text = "\n".join(f"<p>&nbsp;&nbsp;{each}</p>" for each in sentences)
    return _page(title, f"<h2>{title}</h2>\n{text}")


def _row(labels: str, cells: Sequence[str]) -> str:
    return f"<tr>{labels}{_cells(cells)}</tr>"


def _cells(row: Sequence[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in row)


def _page(title: str, content: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"{SIMULATED_META.decode()}\n<title>{title}</title>\n</head>\n<body>\n"
        f'<ul class="menu">{_MENU}</ul>\n<div class="main">\n{content}\n</div>\n'
        "<footer>样例站点，仅供软件测试与演示，与任何登记机构无关。</footer>\n</body>\n</html>\n"
    )
