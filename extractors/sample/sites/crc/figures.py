"""What the sample's registry prints: the same simulated market as the sample's exchange."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from extractors.sample.sites.crc.pages import Four, table_report, title_of, worded_report
from extractors.sample.sites.seee.figures import NOTHING, Figures, Leg, days
from extractors.sample.sites.seee.quotes import COMPOSITE, METHODS, method_totals

IN_WORDS = 2022
"""The year of which reports in words are known; when the tables began, nobody has seen."""


@cache
def by_day() -> dict[date, Figures]:
    """The trading days, ascending."""
    return {each.trade_date: each for each in days()}


def price_row(day: date) -> tuple[str, ...]:
    """The day's row of the price table: dates are not padded, their mark changes by year; no
    listed trade is 0, no block trade a dash."""
    of = by_day()[day]
    mark = "." if day.year % 2 else "-"
    prices = (str(price or 0) for price in (of.close, of.high, of.low))
    block = _printed(of.block, "-")
    return (
        "CEA",
        f"{day.year}{mark}{day.month}{mark}{day.day}",
        *prices,
        *_printed(of.listed, "0"),
        *block,
        *_printed(of.total, "-"),
    )


@cache
def numbers() -> Mapping[date, int]:
    """The number of each day's report: they run over the whole site, with gaps."""
    return {day: 1000 + 3 * place for place, day in enumerate(by_day())}


def is_in_words(day: date) -> bool:
    return day.year == IN_WORDS


def report(day: date) -> str:
    """The page of a day's report."""
    title = title_of(day, in_words=is_in_words(day))
    if is_in_words(day):
        return worded_report(title, _sentences(by_day()[day]))
    vintages: dict[str, dict[str, Four]] = {}
    sums: dict[str, tuple[Leg, Leg]] = {}
    for each in method_totals(day):
        if each.product == COMPOSITE:
            continue
        vintage = each.product.removeprefix("CEA") or "19-20"
        four = (*_printed(each.day, "-"), *_printed(each.cumulative, "-"))
        vintages.setdefault(vintage, {})[METHODS[each.method]] = four
        for name in (vintage, "all"):
            so_far = sums.get(name, (NOTHING, NOTHING))
            sums[name] = (so_far[0] + each.day, so_far[1] + each.cumulative)
    printed = {name: (*_printed(d, "-"), *_printed(c, "-")) for name, (d, c) in sums.items()}
    return table_report(title, vintages, printed)


def _sentences(of: Figures) -> list[str]:
    assert of.cumulative is not None
    total = of.total
    mean = f"{total.turnover_cny / total.volume_t:.2f}" if total.volume_t else "0"
    low, high = of.low or of.close, of.high or of.close
    return [
        f"今日全国碳排放权交易市场成交总量{total.volume_t:,}吨，成交总额{total.turnover_cny:,}元，"
        f"最高成交价{high}元/吨，最低成交价{low}元/吨，成交均价{mean}元/吨，其中：",
        f"【挂牌协议交易】{_in_words(of.listed)}；",
        f"【大宗协议交易】{_in_words(of.block)}。",
        f"全国碳排放权交易市场开市至今累计成交总量{of.cumulative.volume_t:,}吨，"
        f"累计成交总额{of.cumulative.turnover_cny:,}元。",
    ]


def _in_words(leg: Leg) -> str:
    if not leg.volume_t:
        return "今日无成交"
    mean = leg.turnover_cny / Decimal(leg.volume_t)
    return f"今日成交{leg.volume_t:,}吨，成交额{leg.turnover_cny:,}元，成交均价{mean:.2f}元/吨"


def _printed(leg: Leg, none: str) -> tuple[str, str]:
    return (str(leg.volume_t), str(leg.turnover_cny)) if leg.volume_t else (none, none)
