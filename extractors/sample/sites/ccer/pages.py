"""Pages in the exchange's shapes: the list of bulletins, articles, days by type of project.

Our own markup around the sentences, with the tags that split words and figures anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from extractors.model import SIMULATED_META

LIST, ARTICLES = "/wcm/ccer/data/2502lshq.json", "/wcm/ccer/html/"
NINETY = "/wcm/ccer/data/90-first.json"
ENERGY, FORESTRY, SUBTOTAL = "能源产业类型", "林业和其他碳汇类型", "小计"
_MARKET = "全国温室气体自愿减排交易市场"
Sums = tuple[int, Decimal]
"""Tonnes and yuan."""
NOTHING: Sums = (0, Decimal("0.00"))


def average(sums: Sums) -> Decimal:
    """Turnover / volume, rounded half up to the cent, as it is printed."""
    return (sums[1] / sums[0]).quantize(Decimal("0.01"), ROUND_HALF_UP)


def in_words(day: date) -> str:
    """2025年3月7日: neither month nor day is padded."""
    return f"{day.year}年{day.month}月{day.day}日"


def title_of(day: date) -> str:
    return f"{in_words(day)}{_MARKET}交易行情"


def traded(day: date, sums: Sums) -> str:
    """The sentence of a day, with trades or without any."""
    if not sums[0]:
        return f"{in_words(day)}，核证自愿减排量无成交。"
    return (
        f"{in_words(day)}，核证自愿减排量成交量{sums[0]:,}吨，成交额{sums[1]:,}元，"
        f"成交均价{average(sums)}元/吨。"
    )


def so_far(day: date, volume: int, turnover: Decimal | None = None) -> str:
    """The sentence of all days up to one; some tell the volume alone."""
    money = f"，累计成交额{turnover:,}元" if turnover is not None else ""
    return f"截至{in_words(day)}，{_MARKET}累计成交量{volume:,}吨{money}。"


def launched(day: date, sums: Sums) -> str:
    """The sentence of the launch day, with a blank before its unit."""
    return f"{in_words(day)}，{_MARKET}总成交量{sums[0]:,} 吨，总成交额{sums[1]:,}元。"


def article(day: date, sentences: Sequence[str]) -> str:
    """A bulletin's page; tags split a word and a figure of the first sentence."""
    first, *rest = sentences
    first = re.sub("成交(量|。)", r"<span>成</span>交\1", first, count=1)
    first = re.sub(r"(\d),(\d)", r"\1</span><span>,\2", f"<span>{first}</span>", count=1)
    text = "\n".join(f'<p style="text-indent: 2em;">{each}</p>' for each in (first, *rest))
    title = title_of(day)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"{SIMULATED_META.decode()}\n<title>{title}</title>\n</head>\n<body>\n"
        '<div class="menu"><a href="/">首页</a> <a href="/wcm/ccer/html/2502lshq/index.html">'
        f'历史行情</a></div>\n<h1>{title}</h1>\n<div class="cont" id="zoom">\n{text}\n</div>\n'
        "<footer>样例站点，仅供软件测试与演示，与任何交易机构无关。</footer>\n</body>\n</html>\n"
    )


def address(day: date, clock: int) -> str:
    """Where an article stands below `ARTICLES`; its number begins with the clock (17:00 to 17:05,
    in milliseconds after it)."""
    minutes, rest = divmod(clock, 60_000)
    return f"2502lshq/{day:%Y%m%d}/17{minutes:02}{rest:05}.shtml"


def bulletin_list(items: Iterable[tuple[date, str]]) -> str:
    """The file of all bulletins, day and address, newest first."""
    rows = [
        {"title": title_of(day), "url": url, "redirectUrl": "", "publishedTime": f"{day} 17:03:00"}
        for day, url in items
    ]
    return json.dumps({"rows": rows}, ensure_ascii=False, indent=1)


def day_rows(day: date, types: Sequence[tuple[str, Sums]]) -> list[dict[str, str]]:
    """The rows of a day: of each type and of their subtotal, which has no average."""
    whole: Sums = (sum(s[0] for _, s in types), sum((s[1] for _, s in types), NOTHING[1]))
    return [
        {
            "business_date": f"{day:%Y%m%d}",
            "profession_name": name,
            "business_amount": str(sums[0]) if sums[0] else "-",
            "business_price": str(sums[1]) if sums[0] else "-",
            "business_ave_price": str(average(sums)) if sums[0] and name != SUBTOTAL else "-",
        }
        for name, sums in (*types, (SUBTOTAL, whole))
    ]
