"""Figures as a reader writes them: 亿 and 万 in Chinese, million and billion in English.

The brief's fixed words in both languages.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from transforms.text.months import MONTHS

Lang = Literal["zh", "en"]
_BOUND = {
    "zh": {">": "超过", ">=": "不少于", "~": "约", "<=": "不超过"},
    "en": {">": "more than ", ">=": "at least ", "~": "about ", "<=": "up to "},
}
_SCALES = {
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, " billion"), (10**6, " million")),
}


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Half up, as the publishers round."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Decimal, places: int | None = None) -> str:
    """With commas; without decimals that say nothing, unless their number is given."""
    if places is not None:
        return f"{rounded(value, places):,}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(value: Decimal, lang: Lang) -> str:
    """1.89亿 or 188.65 million; small figures in full. No unit."""
    for size, name in _SCALES[lang]:
        if abs(value) >= size:
            exact = Decimal(value) / size
            shown = rounded(exact)
            return f"{plain(shown) if shown == exact else plain(shown, 2)}{name}"
    return plain(rounded(value)) if value == value.to_integral_value() else plain(value, 2)


def amount(value: Decimal, unit: str, lang: Lang, qualifier: str | None = None) -> str:
    """A figure with its unit and bound: 约30亿吨, about 3 billion t."""
    bound = _BOUND[lang].get(qualifier or "", "")
    return bound + _with_unit(value, unit, lang)


def _with_unit(value: Decimal, unit: str, lang: Lang) -> str:
    if unit == "t":
        return f"{scaled(value, lang)}吨" if lang == "zh" else f"{scaled(value, lang)} t"
    if unit == "CNY":
        return f"{scaled(value, lang)}元" if lang == "zh" else f"CNY {scaled(value, lang)}"
    if unit == "CNY/t":
        price = plain(value, 2)
        return f"{price}元/吨" if lang == "zh" else f"CNY {price}/t"
    if unit == "%":
        return f"{plain(value)}%"
    if unit == "days":
        days = plain(value)
        return f"{days}天" if lang == "zh" else f"{days} {'day' if value == 1 else 'days'}"
    return plain(value)


def change(percent: Decimal, lang: Lang, *, is_price: bool = False) -> str:
    """增长12.34% or up 12.34%; 上涨, 下跌 of prices."""
    size = f"{plain(abs(percent), 2)}%"
    if lang == "en":
        return "unchanged" if not percent else f"{'up' if percent > 0 else 'down'} {size}"
    if not percent:
        return "持平"
    up, down = ("上涨", "下跌") if is_price else ("增长", "下降")
    return f"{up if percent > 0 else down}{size}"


def day(on: date, lang: Lang, *, with_year: bool = True) -> str:
    """2024年11月13日 or 13 November 2024."""
    if lang == "zh":
        year = f"{on.year}年" if with_year else ""
        return f"{year}{on.month}月{on.day}日"
    year = f" {on.year}" if with_year else ""
    return f"{on.day} {MONTHS[on.month - 1]}{year}"


def month(on: date, lang: Lang) -> str:
    """2024年11月 or November 2024."""
    return f"{on.year}年{on.month}月" if lang == "zh" else f"{MONTHS[on.month - 1]} {on.year}"


WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "title": "碳市场简报",
        "year": "{year}年",
        "quarter": "{year}年第{quarter}季度",
        "known": "数据截至",
        "release": "数据版本",
        "summary": "摘要",
        "figures": "主要数据",
        "figure": "指标",
        "value": "数值",
        "exact": "精确值",
        "beside": "其他来源",
        "formula": "口径",
        "source": "来源",
        "quote": "原文",
        "fetched": "获取时间",
        "digest": "摘要值（SHA-256）",
        "row": "表中记录",
        "simulated": "模拟",
        "agrees": "一致",
        "conflicts": "不一致",
        "differs": "不一致",
        "not in any source": "所读来源均无",
        "chart": "成交量与收盘价",
        "chart_says": "柱为分交易方式的成交量（{unit}），线为收盘价（元/吨）。数据见下表。",
        "volume_unit": "百万吨",
        "volume": "成交量",
        "turnover": "成交额",
        "volume_axis": "成交量（百万吨）",
        "price_axis": "收盘价（元/吨）",
        "mean_axis": "成交均价（元/吨）",
        "month": "月份",
        "date": "日期",
        "close": "收盘价",
        "high": "最高价",
        "low": "最低价",
        "mean": "均价",
        "range": "收盘价区间",
        "yoy": "成交量同比",
        "cumulative": "累计成交量",
        "days": "交易日",
        "no_trade": "无成交日",
        "basis": "价格口径",
        "listed": "挂牌协议",
        "block": "大宗协议",
        "auction": "单向竞价",
        "composite": "综合价格",
        "years": "历年数据",
        "years_says": "柱为全年成交量（百万吨），线为成交均价（元/吨）。",
        "comparison": "价格比较",
        "comparison_says": "国际碳行动伙伴组织（ICAP）的价格与交易所各口径价格逐日对照"
        "（相差不超过0.011元/吨为相等），按季度归纳。",
        "quarter_head": "季度",
        "concept": "ICAP价格相当于",
        "compared_days": "对照天数",
        "unlike": "均不相等的天数",
        "gap": "与收盘价最大差距",
        "rules": "制度与处罚",
        "article": "条款",
        "offender": "对象",
        "conduct": "行为",
        "fine": "罚款",
        "cut": "核减配额",
        "in_force": "施行日期",
        "notices": "本期文件",
        "number": "文号",
        "name": "名称",
        "expansion": "行业扩围与覆盖范围",
        "climate": "香港 Core Climate",
        "timeline": "大事记",
        "event": "事项",
        "parties": "参与方",
        "tonnes": "数量",
        "participants": "参与者与项目",
        "metric": "指标",
        "claims": "年度报告所列数字核对",
        "claim": "报告所述",
        "table_says": "表中数据",
        "verdict": "结论",
        "findings": "不一致之处",
        "changes": "自上期简报以来的变化",
        "first_brief": "此前没有已发布的数据版本，本期为首期。",
        "no_changes": "自数据版本 {release} 以来，主要数据没有变化。",
        "since": "与数据版本 {release} 相比：",
        "ADD": "新增",
        "MOD": "修订",
        "DEL": "撤销",
        "freshness": "数据时效与核对",
        "outcome": "最近一次运行",
        "newest": "最新日期",
        "checks": "核对结果",
        "pass": "通过",
        "warn": "提示",
        "fail": "未通过",
        "expected": "应为",
        "found": "实为",
        "about": "说明",
        "credit": "成交数据：上海环境能源交易所。政策数据：生态环境部。香港数据：香港交易所。"
        "国际数据：国际碳行动伙伴组织（ICAP）。引用请注明来源，未经同意不得转载。",
        "reproduce": "重现本简报：",
        "sample": "本简报由内置样本数据生成，标有“模拟”的数字为模拟值，不得引用。",
        "none": "无。",
        "unstated": "表中没有这部分数据。",
        "national": "全国碳排放权交易市场",
        "seee": "上海环境能源交易所",
        "mee": "生态环境部",
        "hkex": "香港交易所",
        "icap": "ICAP",
        "participants_m": "参与者",
        "projects_m": "项目",
        "trades_m": "交易宗数",
        "cumulative_tonnes_m": "累计成交量",
        "persons": "责任人员",
        "times_gains": "违法所得{a}至{b}倍",
        "times_market": "未清缴配额市值{a}至{b}倍",
        "value_of_trade": "买卖等值以下",
        "by_shortfall": "等量核减",
    },
    "en": {
        "title": "Carbon market brief",
        "year": "{year}",
        "quarter": "Q{quarter} {year}",
        "known": "Data known until",
        "release": "Release",
        "summary": "Summary",
        "figures": "Key figures",
        "figure": "Figure",
        "value": "Value",
        "exact": "Exact",
        "beside": "Other sources",
        "formula": "How",
        "source": "Source",
        "quote": "Quote",
        "fetched": "Fetched at",
        "digest": "SHA-256",
        "row": "Row",
        "simulated": "simulated",
        "agrees": "agrees",
        "conflicts": "conflicts",
        "differs": "differs",
        "not in any source": "not in any source read",
        "chart": "Volume and close",
        "chart_says": "Bars are volume by trade method ({unit}), the line is the close (CNY/t). "
        "The same data is in the table below.",
        "volume_unit": "million t",
        "volume": "Volume",
        "turnover": "Turnover",
        "volume_axis": "Volume (million t)",
        "price_axis": "Close (CNY/t)",
        "mean_axis": "Mean price (CNY/t)",
        "month": "Month",
        "date": "Date",
        "close": "Close",
        "high": "High",
        "low": "Low",
        "mean": "Mean price",
        "range": "Range of closes",
        "yoy": "Volume on the year before",
        "cumulative": "Volume since the launch",
        "days": "Trading days",
        "no_trade": "Days without a trade",
        "basis": "Price basis",
        "listed": "Listed",
        "block": "Block",
        "auction": "Auction",
        "composite": "composite",
        "years": "All years",
        "years_says": "Bars are the year's volume (million t), the line is the mean price (CNY/t).",
        "comparison": "Price comparison",
        "comparison_says": "ICAP's price of each day held against the exchange's prices "
        "(equal within CNY 0.011/t), by quarter.",
        "quarter_head": "Quarter",
        "concept": "ICAP's price equals",
        "compared_days": "Days compared",
        "unlike": "Days equal to none",
        "gap": "Greatest gap to the close",
        "rules": "Rules and penalties",
        "article": "Article",
        "offender": "Who",
        "conduct": "What for",
        "fine": "Fine",
        "cut": "Cut of allowances",
        "in_force": "In force from",
        "notices": "Documents of the period",
        "number": "Number",
        "name": "Title",
        "expansion": "Sector expansion and coverage",
        "climate": "Core Climate, Hong Kong",
        "timeline": "Time line",
        "event": "Event",
        "parties": "Parties",
        "tonnes": "Quantity",
        "participants": "Participants and projects",
        "metric": "Metric",
        "claims": "The annual report's figures against the tables",
        "claim": "The report says",
        "table_says": "The tables say",
        "verdict": "Verdict",
        "findings": "Conflicts",
        "changes": "What changed since the last brief",
        "first_brief": "There is no earlier release: this is the first brief.",
        "no_changes": "No key figure has changed since release {release}.",
        "since": "Against release {release}:",
        "ADD": "new",
        "MOD": "revised",
        "DEL": "gone",
        "freshness": "Freshness and checks",
        "outcome": "Last run",
        "newest": "Newest date",
        "checks": "Checks",
        "pass": "passed",
        "warn": "warned",
        "fail": "failed",
        "expected": "expected",
        "found": "found",
        "about": "About",
        "credit": "Trading figures: Shanghai Environment and Energy Exchange. Policy: Ministry of "
        "Ecology and Environment. Hong Kong: HKEX. International: ICAP. Credit the source; "
        "no republication without consent.",
        "reproduce": "This brief again:",
        "sample": "Made from the embedded sample: figures marked simulated are simulated and "
        "not to be cited.",
        "none": "None.",
        "unstated": "The tables hold nothing of this.",
        "national": "the national carbon market",
        "seee": "Shanghai Environment and Energy Exchange",
        "mee": "Ministry of Ecology and Environment",
        "hkex": "HKEX",
        "icap": "ICAP",
        "participants_m": "participants",
        "projects_m": "projects",
        "trades_m": "trades",
        "cumulative_tonnes_m": "volume since the launch",
        "persons": "persons",
        "times_gains": "{a} to {b} times the gains",
        "times_market": "{a} to {b} times the market value",
        "value_of_trade": "up to the value of the trade",
        "by_shortfall": "by the shortfall",
    },
}
EVENTS: dict[Lang, dict[str, str]] = {
    "zh": {
        "mou": "合作备忘录",
        "launch": "平台推出",
        "settlement": "交收",
        "trade": "交易",
        "council": "委员会成立",
        "product_added": "新增标准",
        "listing": "产品上市",
        "commitment": "承诺",
        "guide": "指引",
    },
    "en": {
        "mou": "Memorandum of understanding",
        "launch": "Launch",
        "settlement": "Settlement",
        "trade": "Trade",
        "council": "Council formed",
        "product_added": "Standard added",
        "listing": "Product listed",
        "commitment": "Commitment",
        "guide": "Guide",
    },
}
CONCEPTS: dict[Lang, dict[str, str]] = {
    "zh": {"close": "收盘价", "listed_vwap": "挂牌均价", "total_vwap": "总均价", "mixed": "混合"},
    "en": {
        "close": "close",
        "listed_vwap": "listed mean",
        "total_vwap": "mean of all trades",
        "mixed": "mixed",
    },
}

FORMULAS_ZH = {
    "as the year's bulletin states it": "年度公告原文",
    "cumulative at the year's end less cumulative at the end of the year before": (
        "年末累计减上年末累计"
    ),
    "of the last day": "最后一个交易日公告",
    "of its day": "当日公告",
    "turnover / volume of the year": "全年成交额÷成交量",
    "volume / volume of the year before - 1": "成交量÷上年成交量−1",
    "turnover / turnover of the year before - 1": "成交额÷上年成交额−1",
    "last close / last close before - 1": "年末收盘价÷上年末收盘价−1",
    "October to December / all days": "10月至12月÷全年各日",
    "count of days with a bulletin": "有公告的交易日数",
    "count of days without a trade": "无成交的交易日数",
    "as printed": "原文",
    "as the rule states it": "条文原文",
}
"""How a figure follows, as `mart_key_figures` says it, in Chinese."""

OUTCOMES_ZH = {
    "changed": "有更新",
    "unchanged": "无变化",
    "empty_expected": "无新内容",
    "empty_suspicious": "应有而无",
    "blocked": "被拒绝",
    "drifted": "版式变化",
    "partial": "部分完成",
    "failed": "失败",
    "skipped": "跳过",
}
