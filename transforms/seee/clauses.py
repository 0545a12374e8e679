"""The clauses of the exchange's bulletins: one scanner per length of period.

A scanner is all clauses of a period in one alternation, run once over the plain text
(see `transforms.text.plain`). A match claims its characters; what lies between two matches
must hold neither figures nor words of the market (`SUSPECT`), or the text says
something that nobody understood. Grammar: dailies since 2021-07-16, weekly, monthly and
yearly bulletins, as seen on the exchange's pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

SUSPECT = re.compile(
    r"\d|无|未|没有|暂停|停牌|休市|挂牌|大宗|单向|竞价|成交|累计|开盘|最高|最低|收盘|涨|跌|持平|吨|元(?!旦)|%"
)
"""What no gap between two claims may hold: figures, and words that a clause is made of."""

# Each clause begins with one fixed character: the search then skips to the next place
# where any can begin. (Years lose their century for that: all are of this one.)
# Figures are caught loosely here and judged strictly by `transforms.text.numbers`: a number
# that was cut (`1,629,4`) must be seen to be refused.
_N = r"([0-9][0-9,.]*)"
_QUANTITY = rf"{_N}([十百千万亿]*[吨元])"
_PRICE = rf"为?{_N}元/吨"
_MOVE = rf"(上涨|下跌){_N}%"
_YEAR = "20(?<![0-9]20)([0-9]{2})年"
_MONTH_AND_DAY = "([0-9]{1,2})月([0-9]{1,2})日"
_MARKET = r"(?:全国碳市场|全国|碳排放配额|\(CEA\))*"
_SPAN = r"[-\u2013\u2014~至]"
_LEVEL = r"[^,。;0-9]{0,2}持平"
_LAST_DAY = r"最后一个?交易日"

_LEG_PERIOD = {"day": "日?", "week": "周?", "month": "月?", "year": "(?:年度?)?"}
_THIS = {"day": "[今本当]日", "week": "[本上]周", "month": "[本上]月", "year": "[本上]年度?"}
_OWN_CLOSE = {
    "week": rf"本周(?:[一二三四五]|{_LAST_DAY})",
    "month": rf"本月(?:末|{_LAST_DAY})",
    "year": rf"本年[度末]?{_LAST_DAY}",
}
_BEFORE = {
    "day": ("前一?(?:个?交易)?日", "上一?(?:个?交易)?日"),
    "week": (rf"上一?周(?:[一二三四五]|{_LAST_DAY})",),
    "month": (rf"上一?月(?:末|{_LAST_DAY})",),
    "year": (rf"上一?年[度末]?{_LAST_DAY}",),
}


class Claim(NamedTuple):
    """A clause found: its name, the texts of its groups, its place in the plain text."""

    name: str
    groups: tuple[str | None, ...]
    start: int
    end: int


def _volume_and_turnover(period: str, turnover_label: str = "成交额") -> str:
    """Volume with the turnover of the same clause; a missing turnover is seen, not hidden."""
    return rf"{period}成交量{_QUANTITY}(?:,{period}{turnover_label}{_QUANTITY})?"


def _shared(kind: str) -> list[tuple[str, str]]:
    leg = _volume_and_turnover(_LEG_PERIOD[kind])
    return [
        ("listed", rf"挂牌协议(?:交易)?{leg}"),
        ("block", rf"大宗协议(?:交易)?{leg}"),
        ("auction", rf"单向竞价(?:交易)?{leg}"),
        ("total", rf"总{_volume_and_turnover('', '总?成交额')}"),
        ("cumulative", rf"累计{_volume_and_turnover('', '累计成交额')}"),
        (
            "ytd",
            rf"{_YEAR}1月1日{_SPAN}(?:{_YEAR})?{_MONTH_AND_DAY},?"
            rf"{_MARKET}(?:累计)?总?{_volume_and_turnover('', '(?:累计)?总?成交额')}",
        ),
        (
            "no_trade",
            rf"全国碳市场(?:{_THIS[kind]}|全国|碳排放配额|\(CEA\))*无(?:成交|交易)(?![量额])",
        ),
        ("no_listed", r"无挂牌协议(?:交易)?(?:成交)?"),
        ("no_block", r"无大宗协议(?:交易)?(?:成交)?"),
        ("no_auction", r"无单向竞价(?:交易)?(?:成交)?"),
        ("high", rf"最高(?:成交)?价{_PRICE}"),
        ("low", rf"最低(?:成交)?价{_PRICE}"),
        ("dates", rf"20(?<![0-9]20)([0-9]{{6}}){_SPAN}20([0-9]{{6}})(?![0-9])"),
        ("dates_in_words", rf"{_YEAR}{_MONTH_AND_DAY}{_SPAN}(?:{_YEAR})?{_MONTH_AND_DAY}"),
        ("last_date", rf"{_YEAR}{_MONTH_AND_DAY}"),
        ("caption", r"20(?<![0-9]20)([0-9]{6})(?:-[0-9])?(?![-0-9]|年(?!报))"),
        ("as_of", r"截[至止]([本上今当][日周月年])"),
    ]


def _moves(kind: str) -> list[tuple[str, str]]:
    """The change of the close against the last one before the period, or its being level."""
    clauses = []
    for before in _BEFORE[kind]:
        against = rf"较{before}(?:收盘价)?(?:{_N}元/吨)?"
        level = rf"{before}(?:收盘价)?{_LEVEL}"
        clauses += [
            ("change", rf"收盘价{against}{_MOVE}"),
            ("change", rf"{against}{_MOVE}"),
            ("flat", rf"收盘价[^,。;0-9]{{0,2}}{level}"),
            ("flat", level),
        ]
    return clauses


def _day() -> list[tuple[str, str]]:
    return [
        ("open", rf"开盘价{_PRICE}"),
        ("close", rf"收盘价{_PRICE}"),
        ("change", rf"收盘价(){_MOVE}"),
        ("flat", rf"收盘价(?:{_LEVEL}|无涨跌|无变化|未变[动化]?|不变)"),
        ("day_in_brackets", rf"\({_MONTH_AND_DAY}\)"),
        ("launch_day_change", rf"收盘价较开盘价(?:{_N}元/吨)?{_MOVE}"),
        ("launch_day_change", rf"较开盘价(?:{_N}元/吨)?{_MOVE}"),
    ]


def _year() -> list[tuple[str, str]]:
    reference = rf"(?:{_N}元/吨)?{_MOVE}"
    return [
        ("launch_close_change", rf"较(?:启动)?首日收盘价{reference}"),
        ("launch_open_change", rf"较(?:启动)?首日开盘价{reference}"),
        ("trading_days", "运行([0-9]{1,3})个交易日"),
        *_year_in_prose(),
        # Ahead of the bare year, which begins alike.
        (
            "vintage",
            rf"20(?<![-0-9]20)([0-9]{{2}})(?:-20([0-9]{{2}}))?年度碳排放配额成交量{_QUANTITY}",
        ),
        ("year", rf"{_YEAR}(?![0-9度])"),
        # The prose of 2023 calls the total by no other name.
        ("total", rf"碳排放配额(?:\(CEA\))?{_volume_and_turnover('')}"),
    ]


def _year_in_prose() -> list[tuple[str, str]]:
    """The prose on a year: volumes in one sentence and turnovers in another, vintages in
    quotation marks with their shares, the close by its date, ranges and means."""
    leg = rf"(?:交易)?(?:年度)?成交额为?{_QUANTITY}"
    closes = rf"(?:综合价格)?收盘价在{_N}(?:元/吨)?{_SPAN}{_N}元/吨之间"
    shares = f"{_N}%[、,]{_N}%[、,]{_N}%(?:[、,]|和|以及){_N}%"
    vintage = '[“"]碳排放配额([0-9]{2})(?:-([0-9]{2}))?[”"]'
    return [
        ("heading", "[1-9]\\.(?:成交(?:数量|金额|价格)|交易时间)"),
        ("listed_turnover", rf"挂牌协议{leg}"),
        ("block_turnover", rf"大宗协议{leg}"),
        ("total_turnover", rf"碳排放配额{leg}"),
        ("total", rf"碳排放配额年度成交量为?{_QUANTITY}(?:,年度成交额为?{_QUANTITY})?"),
        ("daily_mean", rf"日均成交量为?{_QUANTITY}"),
        (
            "vintage_share",
            rf"{vintage}成交量{_QUANTITY},占全年成交量的{_N}%,成交额{_QUANTITY}",
        ),
        ("close_range", rf"(?<=年)每日{closes}"),
        ("launch_range", rf"每日{closes}"),
        ("quarter_shares", rf"[一1](?:{_SPAN})[四4]季度成交量分别占全年总?成交量的{shares}"),
        ("december_close", rf"12月([0-9]{{1,2}})日收盘价{_PRICE}"),
        (
            "year_change",
            rf"较{_YEAR}{_LAST_DAY}(?:\({_YEAR}{_MONTH_AND_DAY}\))?{_MOVE}",
        ),
        (
            "mean",
            rf"{_YEAR}市场成交均价{_PRICE}(?:,较{_YEAR}市场成交均价{_MOVE})?",
        ),
    ]


def _clauses(kind: str) -> list[tuple[str, str]]:
    clauses = _shared(kind) + _moves(kind)
    if kind == "day":
        return clauses + _day()
    clauses.append(("close", rf"{_OWN_CLOSE[kind]}(?:综合价格)?收盘价{_PRICE}"))
    if kind == "year":
        return clauses + _year()
    return [*clauses, ("month", rf"{_YEAR}([0-9]{{1,2}})月(?![0-9])")]


class Scanner:
    """All clauses of a period as one regular expression."""

    def __init__(self, clauses: list[tuple[str, str]]) -> None:
        # An empty group closes each alternative, so that `lastindex` names the one that
        # matched and where its own groups end.
        self._regex = re.compile("|".join(rf"{pattern}()" for _, pattern in clauses))
        self._found: dict[int, tuple[str, int]] = {}
        end = 0
        for name, pattern in clauses:
            first = end
            end += re.compile(pattern).groups + 1
            self._found[end] = (name, first)

    def claims(self, plain: str) -> Iterator[Claim]:
        """The clauses of a plain text, left to right, none overlapping another."""
        for match in self._regex.finditer(plain):
            last = match.lastindex or 0
            name, first = self._found[last]
            start, end = match.span()
            yield Claim(name, match.groups()[first : last - 1], start, end)


@cache
def scanner(kind: str) -> Scanner:
    """The clauses of a `Period.kind`, compiled when the first text of it is read."""
    return Scanner(_clauses(kind))
