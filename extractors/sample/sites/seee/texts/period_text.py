"""Weekly, monthly and yearly bulletins as text, in our own words in the source's grammar."""

from __future__ import annotations

from bisect import bisect_left

from extractors.sample.sites.seee.figures import Leg, bulletins_of, days
from extractors.sample.sites.seee.quotes import vintage_tonnes
from extractors.sample.sites.seee.texts.words import (
    Row,
    chinese_date,
    cumulative,
    date_of,
    decimal_of,
    leg,
    money,
    moved,
    pair_of,
    price,
    rounded,
    total,
)

VINTAGE_NAMES = {"CEA": "2019-2020年度", "CEA21": "2021年度", "CEA22": "2022年度"}


def weekly_text(row: Row) -> list[str]:
    """W1, W1b, W2, W3. A period without change is printed as a rise of 0.00%."""
    friday = date_of(row, "period_end").weekday() == 4
    last = "本周五" if friday else "本周最后一个交易日"
    before = "较上周五" if _last_week_ended_on_friday(row) else "较上周最后一个交易日"
    return _period_text(row, "周", last, before)


def monthly_text(row: Row) -> list[str]:
    """M1, M2, M3."""
    return _period_text(row, "月", "本月最后一个交易日", "较上月最后一个交易日")


def _last_week_ended_on_friday(row: Row) -> bool:
    start = date_of(row, "period_start")
    first = bisect_left(days(), start, key=lambda day: day.period_end)
    return not first or days()[first - 1].period_end.weekday() == 4


def _period_text(row: Row, word: str, last: str, before: str) -> list[str]:
    if row.get("price_basis") == "listed":
        first = _listed_period(row, word, last, before)
    else:
        first = _composite_period(row, word, before)
    return [*first, *_sums(row, word)]


def _span(row: Row) -> str:
    return f"{date_of(row, 'period_start'):%Y%m%d}-{date_of(row, 'period_end'):%Y%m%d}"


def _listed_period(row: Row, word: str, last: str, before: str) -> list[str]:
    whole, listed, block = (pair_of(row, name) for name in ("total", "listed", "block"))
    name = "挂牌协议交易" if str(row.get("variety")).startswith("W1b") else "挂牌协议"
    change = decimal_of(row, "change_pct")
    text = f"本{word}（{_span(row)}）全国碳市场碳排放配额（CEA）"
    text += f"{total(whole)}。" if whole else ""
    if listed:
        clauses = [f"其中{name}{leg(listed, word)}", *_high_low(row)]
        clauses += price(f"{last}收盘价为", decimal_of(row, "close"))
        if change is not None:
            clauses.append(before + moved(change))
        text += "，".join(clauses) + "。"
    if block:
        text += f"大宗协议{leg(block, word)}。" if block[0] else f"本{word}无大宗协议交易。"
    return [text]


def _high_low(row: Row) -> list[str]:
    return [
        *price("最高成交价", decimal_of(row, "high")),
        *price("最低成交价", decimal_of(row, "low")),
    ]


def _composite_period(row: Row, word: str, before: str) -> list[str]:
    change = decimal_of(row, "change_pct")
    clauses = [
        *price("最高价", decimal_of(row, "high")),
        *price("最低价", decimal_of(row, "low")),
    ]
    paragraphs = []
    if word == "周":
        if change is not None:
            clauses.append(f"收盘价{before}{moved(change)}")
        text = "，".join(clauses)
        paragraphs.append(f"本周（{_span(row)}）全国碳市场综合价格行情为：{text}。")
    elif change is not None:
        clauses.append(f"综合价格收盘价{before}{moved(change)}")
        paragraphs.append(f"本月（{_span(row)}）全国碳市场{'，'.join(clauses)}。")
    paragraphs.append(_legs(row, word))
    whole = pair_of(row, "total")
    if whole:
        paragraphs.append(f"本{word}全国碳市场碳排放配额{total(whole)}。")
    return paragraphs


def _legs(row: Row, word: str) -> str:
    clauses, absent = [], []
    for name, key in (
        ("挂牌协议交易", "listed"),
        ("大宗协议交易", "block"),
        ("单向竞价", "auction"),
    ):
        pair = pair_of(row, key)
        if pair is None:
            continue
        if pair[0]:
            clauses.append(f"{name}{leg(pair, word)}")
        else:
            absent.append(f"本{word}无{name}。")
    text = f"本{word}全国碳市场碳排放配额{'；'.join(clauses)}。" if clauses else ""
    return text + "".join(absent)


def _sums(row: Row, word: str) -> list[str]:
    day = date_of(row, "period_end")
    ytd, summed = pair_of(row, "ytd"), pair_of(row, "cum")
    paragraphs = []
    if ytd:
        until = f"{day.year}年1月1日至{day.month}月{day.day}日"
        paragraphs.append(f"{until}，全国碳市场碳排放配额{leg(ytd)}。")
    if summed:
        variety = str(row.get("variety"))
        dated = variety.startswith(("W3", "M3"))
        since = f"截至{chinese_date(day)}" if dated else f"截至本{word}"
        tag = "（CEA）" if row.get("price_basis") == "listed" else ""
        paragraphs.append(f"{since}，全国碳市场碳排放配额{tag}{cumulative(summed)}。")
    return paragraphs


def yearly_text(row: Row) -> list[str]:
    """Y1, Y2, Y3."""
    variety = str(row.get("variety"))
    if variety.startswith("Y2"):
        return _year_in_prose(row)
    return [_year(row, listed=variety.startswith("Y1"))]


def _year(row: Row, listed: bool) -> str:
    end = date_of(row, "period_end")
    tag, comma = ("（CEA）", "") if listed else ("", "，")
    name = "协议" if listed else "协议交易"
    text = f"{end.year}年（{_span(row)}）{comma}全国碳市场碳排放配额{tag}"
    whole, summed = pair_of(row, "total"), pair_of(row, "cum")
    text += f"{total(whole)}。" if whole else ""
    legs = {
        f"挂牌{name}": pair_of(row, "listed"),
        f"大宗{name}": pair_of(row, "block"),
        "单向竞价": pair_of(row, "auction"),
    }
    clauses = [f"{label}{leg(pair, '年')}" for label, pair in legs.items() if pair]
    if listed:
        first = "，".join([f"其中{clauses[0]}", *_high_low(row), *_year_close(row)])
        text += "。".join([first, *clauses[1:]]) + "。"
    else:
        text += f"其中{'；'.join(clauses)}。" + "，".join(_year_close(row)) + "。"
    if summed:
        text += f"截至{chinese_date(end)}，全国碳市场碳排放配额{tag}{cumulative(summed)}。"
    return text


def _year_close(row: Row) -> list[str]:
    """The last close and its change; in 2021 against the launch, close and open."""
    variety, change = str(row.get("variety")), decimal_of(row, "change_pct")
    close = decimal_of(row, "close")
    label = "综合价格收盘价为" if variety.startswith("Y3") else "收盘价为"
    clauses = price(f"本年度最后一个交易日{label}", close)
    if change is None:
        return clauses
    if not variety.endswith("-first"):
        return [*clauses, f"较上年度最后一个交易日{moved(change)}"]
    clauses.append(f"较启动首日收盘价{moved(change)}")
    opening = days()[0].open
    if close is not None and opening is not None:
        against = (close / opening - 1) * 100
        clauses.append(f"较启动首日开盘价{money(opening)}元/吨{moved(against)}")
    return clauses


def _year_in_prose(row: Row) -> list[str]:
    """The prose of 2023: rounded to 0.01 of 亿 and 万, with the vintages' tonnes.

    Its figures are not in the row, since it has none to the tonne: they are
    rounded here from the year's published months.
    """
    end = date_of(row, "period_end")
    figures = [each for each in bulletins_of("yearly") if each.period_end.year == end.year]
    if not figures:
        raise ValueError(f"no figures are published for {end.year}")
    whole, listed, block = figures[0].total, figures[0].listed, figures[0].block
    trading_days = sum(day.period_end.year == end.year for day in days())
    tonnes = vintage_tonnes(end.year)
    text = (
        f"{end.year}年，全国碳市场共运行{trading_days}个交易日，"
        f"碳排放配额{_rounded_leg(whole, '亿')}，其中挂牌协议交易{_rounded_leg(listed, '万')}；"
        f"大宗协议交易{_rounded_leg(block, '亿')}。"
        f"{'，'.join(_year_close(row))}。"
        f"{'，'.join(_vintage_clause(name, tonnes[name]) for name in tonnes)}。"
    )
    summed = pair_of(row, "cum")
    if not summed:
        return [text]
    return [text, f"截至{chinese_date(end)}，全国碳市场碳排放配额{cumulative(summed)}。"]


def _rounded_leg(figures: Leg, unit: str) -> str:
    volume, turnover = rounded(figures.volume_t, unit), rounded(figures.turnover_cny, "亿")
    return f"成交量{volume}吨，成交额{turnover}元"


def _vintage_clause(name: str, tonnes: int) -> str:
    unit = "亿" if tonnes >= 10**8 else "万"
    return f"{VINTAGE_NAMES[name]}碳排放配额成交量{rounded(tonnes, unit)}吨"
