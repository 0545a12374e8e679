"""The bulletins of the sample site as numbered articles, and the lists that hold them.

Bulletins as text: title and paragraphs of every variety, from a row of figures.

A row maps the columns of the bulletin facts (`open`, `listed_vol_t`, `cum_amt_cny` ...) to
values; what is None or empty is left out of the text. Volume 0 of block, listed or auction
becomes the sentence that says there was none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from extractors.sample.sites.seee.figures import COMPOSITE_FROM, Figures, bulletins
from extractors.sample.sites.seee.markup import FOLDERS
from extractors.sample.sites.seee.pages import ArticlePage
from extractors.sample.sites.seee.texts.period_text import monthly_text, weekly_text, yearly_text
from extractors.sample.sites.seee.texts.words import (
    Row,
    chinese_date,
    cumulative,
    date_of,
    decimal_of,
    leg,
    moved,
    pair_of,
    price,
    total,
)

FIRST_NUMBER = 491247
CATALOGUES = {"daily": 15372, "weekly": 15520, "monthly": 15540, "yearly": 15560}
_DAILY_CATALOGUES = {2021: 15372, 2022: 15369, 2023: 15416, 2024: 15440, 2025: 15464}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of bulletins: all of a kind in a year (yearly ones: of all years)."""

    kind: str
    year: int | None

    @property
    def folder(self) -> str:
        path = FOLDERS[self.kind][1]
        return f"{path}{self.year}n/" if self.year else path

    @property
    def catalogue(self) -> int:
        if self.kind == "daily" and self.year:
            return _DAILY_CATALOGUES[self.year]
        return CATALOGUES[self.kind] + (self.year or 2021) - 2021

    def holds(self, article: ArticlePage) -> bool:
        return article.kind == self.kind and self.year in (None, article.published.year)


LISTS = (
    *(ListOf(kind, y) for kind in ("daily", "weekly", "monthly") for y in range(2021, 2026)),
    ListOf("yearly", None),
)


@cache
def all_articles() -> tuple[ArticlePage, ...]:
    """All bulletins in the order of their site-wide numbers, which have gaps."""
    rng = Random(FIRST_NUMBER)  # noqa: S311 - the same numbers every time
    made, number = [], FIRST_NUMBER
    for each in bulletins():
        made.append(_article(each, number))
        number += 1 + rng.randrange(7)
    return tuple(made)


def _article(of: Figures, number: int) -> ArticlePage:
    title, paragraphs = render_bulletin(of.as_row())
    return ArticlePage(number, of.kind, title, of.period_end, tuple(paragraphs), of.is_simulated)


TITLE_PREFIX_FROM = date(2025, 1, 2)
"""From here titles begin with 【CEA】 (the real first day is not known)."""

KINDS = {"daily": "日", "weekly": "周", "monthly": "月", "yearly": "年"}
FLATS = ("收盘价与前一日持平", "收盘价与前一日收盘价持平", "收盘价与前日持平")


def render_bulletin(row: Row) -> tuple[str, list[str]]:
    """Title and paragraphs of the bulletin that carries the row's figures.

    Raises ValueError for an unknown kind, or a leg with only one of its two figures.
    """
    kind = str(row.get("kind"))
    start, end = date_of(row, "period_start"), date_of(row, "period_end")
    return render_title(kind, start, end), render_text(row).split("\n")


def render_title(kind: str, start: date, end: date) -> str:
    """The bulletin's title, in the wording in use at the time."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of bulletin: {kind!r}")
    prefix = "【CEA】" if end >= TITLE_PREFIX_FROM else ""
    words = "综合价格行情及成交信息" if end >= COMPOSITE_FROM else "成交数据"
    when = f"{end:%Y%m%d}" if kind == "daily" else f"{start:%Y%m%d}-{end:%Y%m%d}"
    return f"{prefix}全国碳市场每{KINDS[kind]}{words}{when}"


def render_text(row: Row) -> str:
    """The bulletin's body, paragraphs separated by line breaks."""
    kind, variety = str(row.get("kind")), str(row.get("variety"))
    if kind == "weekly":
        return "\n".join(weekly_text(row))
    if kind == "monthly":
        return "\n".join(monthly_text(row))
    if kind == "yearly":
        return "\n".join(yearly_text(row))
    if kind != "daily":
        raise ValueError(f"unknown kind of bulletin: {kind!r}")
    if variety.startswith("D0"):
        return "\n".join(_launch(row))
    if variety.startswith("D5"):
        return "\n".join([*_no_trade(row), *_dated_sums(row)])
    if row.get("price_basis") == "listed":
        return "\n".join(_listed(row))
    return "\n".join(_composite(row))


def _launch(row: Row) -> list[str]:
    market = "全国碳市场碳排放配额（CEA）"
    listed, summed = pair_of(row, "listed"), pair_of(row, "cum")
    change = decimal_of(row, "change_pct")
    clauses = [
        f"{chinese_date(date_of(row, 'period_end'))}，全国碳市场启动上线交易。"
        f"{market}挂牌协议交易{leg(listed)}"
        if listed
        else "",
        *price("收盘价", decimal_of(row, "close")),
    ]
    if change is not None:
        clauses.append(f"较开盘价{moved(change)}")
    paragraphs = ["，".join(clauses) + "。"]
    if summed:
        paragraphs.append(f"截至今日，{market}{cumulative(summed)}。")
    return paragraphs


def _prices(row: Row) -> str:
    clauses = [
        *price("开盘价", decimal_of(row, "open")),
        *price("最高价", decimal_of(row, "high")),
        *price("最低价", decimal_of(row, "low")),
        *price("收盘价", decimal_of(row, "close")),
    ]
    change = decimal_of(row, "change_pct")
    if change == 0:
        listed = row.get("price_basis") == "listed"
        which = date_of(row, "period_end").toordinal() % 3 if listed else 0
        clauses.append(FLATS[which])
    elif change is not None:
        clauses.append(f"收盘价较前一日{moved(change)}")
    return "，".join(clauses)


def _listed(row: Row) -> list[str]:
    """D1: volumes come before prices, and the prices are those of listed trades."""
    market = "碳排放配额（CEA）"
    listed, block, whole = (pair_of(row, name) for name in ("listed", "block", "total"))
    summed = pair_of(row, "cum")
    first = []
    if listed:
        prices = _prices(row)
        first.append(f"今日全国碳市场{market}挂牌协议交易{leg(listed)}，{prices}。")
    if block:
        first.append(f"今日大宗协议交易{leg(block)}。" if block[0] else "今日无大宗协议交易。")
    if whole:
        first.append(f"今日全国{market}{total(whole)}。")
    paragraphs = ["".join(first)]
    if summed:
        paragraphs.append(f"截至今日，全国碳市场{market}{cumulative(summed)}。")
    return paragraphs


def _composite(row: Row) -> list[str]:
    """D2, D3, D4, D6, D7, D8: prices, then the legs, then the totals."""
    # The half-width colon and the blank after it are the source's own habit.
    paragraphs = [f"今日全国碳市场综合价格行情为: {_prices(row)}。", _legs(row)]
    whole = pair_of(row, "total")
    sums = _dated_sums(row)
    if whole:
        paragraphs.append(f"今日全国碳排放配额{total(whole)}。")
    return [p for p in paragraphs if p] + sums


def _legs(row: Row) -> str:
    listed, block, auction = (pair_of(row, name) for name in ("listed", "block", "auction"))
    clauses, absent = [], []
    for name, pair in (("挂牌协议交易", listed), ("大宗协议交易", block), ("单向竞价", auction)):
        if pair is None:
            continue
        if pair[0]:
            clauses.append(f"{name}{leg(pair)}")
        else:
            absent.append(f"今日无{name}。")
    text = "今日" + "；".join(clauses) if clauses else ""
    # On the first day of the composite the clause ended in a semicolon.
    stop = "；" if str(row.get("variety")).endswith("-first") else "。"
    text = text + stop if text else ""
    no_listed = [a for a in absent if "挂牌" in a]
    return "".join(no_listed) + text + "".join(a for a in absent if a not in no_listed)


def _no_trade(row: Row) -> list[str]:
    close = "".join(price("综合价格收盘价为", decimal_of(row, "close")))
    return [f"今日全国碳市场无成交，{close}。" if close else "今日全国碳市场无成交。"]


def _dated_sums(row: Row) -> list[str]:
    """Year-to-date and cumulative sums: dated from D3 on, `截至今日` in D2."""
    day, variety = date_of(row, "period_end"), str(row.get("variety"))
    ytd, summed = pair_of(row, "ytd"), pair_of(row, "cum")
    paragraphs = []
    dated = not variety.startswith("D2")
    if ytd and dated:
        until = f"{day.year}年1月1日至{day.month}月{day.day}日"
        paragraphs.append(f"{until}，全国碳市场碳排放配额{leg(ytd)}。")
    if summed and dated:
        paragraphs.append(f"截至{chinese_date(day)}，全国碳市场碳排放配额{cumulative(summed)}。")
    elif summed:
        paragraphs.append(f"截至今日，全国碳排放配额{cumulative(summed)}。")
    return paragraphs
