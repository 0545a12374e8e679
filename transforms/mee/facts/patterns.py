"""Every clause of the ministry's prose that carries a figure: pattern, metric, unit, period.

Order is rank: of two patterns that match at one place, the earlier one counts. Patterns run
over plain text (NFKC, blanks out). Phrasings: yearly bulletins 2021 to 2025, reports of 2024
and 2025, work notices, allocation plans (mee.md 4.1, 4.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.mee.words import figure

_MOVE = r"(?P<mv>上涨|上升|增长|提高|下跌|下降|减少|降低)"
_GAP = r"[^,。;:!?\d]"
_TONNES = r"(?P<s>万|亿)?吨"
_YUAN = r"(?P<s>万|亿)?(?P<u>元|吨)"
FACTOR_UNIT = r"(?:kgCO2/kWh|tCO2/MWh|千克二氧化碳/千瓦时|吨二氧化碳/兆瓦时)"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A clause. `metric` empty: it only moves the state. `period`: what the figure is of.

    `year`: the year in force; `emission`: the emission year; `either`: that if stated, else the
    year; `none`: up to a day. `trade`: what the words before it make of it (year, day, cycle,
    since the launch).
    """

    name: str
    regex: re.Pattern[str]
    metric: str = ""
    unit: str = ""
    period: str = "none"
    scope: str = ""


def _p(
    name: str, pattern: str, metric: str = "", unit: str = "", period: str = "none", scope: str = ""
) -> Pattern:
    return Pattern(name, figure(pattern), metric, unit, period, scope)


_YEARLY_DEADLINE = r"每年(?P<m>\d{1,2})月(?P<d>\d{1,2})日(?:之前|以前|前)"
_DEADLINE = (
    r"(?:(?P<y>\d{4})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日(?:\(?(?P<h>\d{1,2})[点时:](?:00)?\)?)?"
    r"(?:之前|以前|前|底前)"
)

PATTERNS: tuple[Pattern, ...] = (
    _p("yearly_deadline", _YEARLY_DEADLINE),
    _p("deadline", _DEADLINE),
    _p(
        "as_of",
        r"截[至止](?:到)?(?=\d)(?:(?P<y>\d{4})年)?(?:(?P<m>\d{1,2})月)?(?:(?P<d>\d{1,2})日)?(?:底|末)?",
    ),
    _p(
        "close_since_opening",
        r"较(?:\d{4}年)?[^,。;%]{0,12}?开盘价(?:\d+元/吨)?" + _MOVE + r"约?{N}%",
        "close_since_opening",
        "percent",
        "year",
    ),
    _p(
        "intensity",
        r"碳排放强度(?:较|比)2018年" + _MOVE + r"{Q}{N}%",
        "intensity_change",
        "percent",
        "year",
    ),
    _p(
        "daily_mean_growth",
        r"日均成交量(?:较|比)[^,。;%]{1,20}?" + _MOVE + r"{Q}{N}%",
        "daily_mean_volume_growth",
        "percent",
        "year",
    ),
    _p("daily_mean", r"日均成交量{IS}{Q}{N}" + _TONNES, "daily_mean_volume", "t", "year"),
    _p(
        "growth",
        r"(?:同比|(?:较|比)(?:\d{4}年|上年|上一?年|去年|前一交易日)(?:末|底|同期|年末)?(?:收盘价)?)"
        + _MOVE
        + r"{Q}{N}%",
        "growth",
        "percent",
        "year",
    ),
    _p("compared", r"(?:较|比|相比|与)\d{4}年度?(?:末|底|同期)?"),
    _p(
        "phase_named",
        r"(?P<name>[\u4e00-\u9fff]{2,8}阶段)\((?P<y1>\d{4})(?:年)?(?:{D}(?P<y2>\d{4})?年?|(?:年)?起|年及以后)(?:以后|起)?\)",
        "phase",
    ),
    _p(
        "phase_years",
        r"(?P<y1>\d{4})(?:年)?(?:{D}(?P<y2>\d{4})年|年起)(?:为|是|进入)(?P<name>[\u4e00-\u9fff]{2,8}阶段)",
        "phase",
    ),
    _p(
        "rate_pair",
        r"(?P<y1>\d{4})(?:年度?)?[、和](?P<y2>\d{4})年度(?:配额|碳排放配额)?(?:清缴|履约)完成率分别{IS}{Q}{N}%[、和](?P<n2>\d[\d.]*)%",
        "surrender_rate",
        "percent",
    ),
    _p(
        "surrender_due",
        r"(?:(?P<y>\d{4})年度)?(?:碳排放|全国碳排放权交易市场)?(?:配额)?应清缴(?:配额)?(?:总)?量{IS}{Q}{N}"
        + _TONNES,
        "surrender_due",
        "t",
        "emission",
    ),
    _p(
        "surrender_rate",
        r"(?:配额清缴|清缴|履约)(?:完成)?率{IS}{Q}{N}%",
        "surrender_rate",
        "percent",
        "emission",
    ),
    _p(
        "benchmark",
        r"(?P<sec>(?:(?![年度为是])[\u4e00-\u9fffI]){1,16}?)(?:供电|供热)?基准值{IS}?(?P<ys>(?:\d{4}年?度?[、,/和])*\d{4})年度?(?:分别)?{IS}(?P<ns>\d[\d.]*(?:[、,/和]\d[\d.]*)*)(?P<u>tCO2/MWh|tCO2/GJ)",
        "benchmark",
    ),
    _p(
        "benchmark_one",
        r"(?P<sec>(?:(?![年度为是])[\u4e00-\u9fffI]){1,16}?)(?:供电|供热)?基准值{IS}{N}(?P<u>tCO2/MWh|tCO2/GJ)",
        "benchmark",
    ),
    _p("cycle", r"第(?P<c>[一二三])个履约周期"),
    _p(
        "span",
        r"(?P<y1>\d{4})年\d{1,2}月(?:\d{1,2}日)?{D}(?:(?P<y>\d{4})年)?\d{1,2}月(?:\d{1,2}日)?",
    ),
    _p("day", r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
    _p("emission_years", r"(?P<y1>\d{4})(?:年度?)?(?:[、和]|{D})(?P<y>\d{4})年度"),
    _p("emission_year", r"(?P<y>\d{4})年度"),
    _p("year", r"(?P<y>(?:19|20)\d{2})年(?!版)"),
    _p("annual_switch", r"其中[,:]?"),
    _p(
        "first_trade",
        r"(?:首笔|第一笔)[^,。;\d]{0,14}?{N}元/吨,?(?:成交)?(?:量)?{IS}(?P<n2>\d[\d.]*)(?P<s>万)?吨",
        "first_trade_price",
        "CNY/t",
        "trade",
    ),
    _p(
        "listed_volume",
        r"挂牌协议(?:交易)?(?:总)?成交量{IS}{Q}{N}" + _TONNES,
        "listed_volume",
        "t",
        "year",
    ),
    _p(
        "block_volume",
        r"大宗协议(?:交易)?(?:总)?成交量{IS}{Q}{N}" + _TONNES,
        "block_volume",
        "t",
        "year",
    ),
    _p(
        "q4",
        r"第?四季度(?:配额)?成交量?占(?:全年|年度)[^%\d]{0,12}?{Q}{N}%",
        "fourth_quarter_share",
        "percent",
        "year",
    ),
    _p(
        "cum_volume",
        r"累计(?:总)?(?:成交|交易)(?:总?量|(?:核证自愿|CCER)?减排量|配额|CCER)?(?:总量)?{IS}{Q}{N}"
        + _TONNES,
        "cumulative_volume",
        "t",
    ),
    _p(
        "cum_turnover",
        r"累计(?:总)?(?:成交|交易)(?:总?额|总?金额){IS}{Q}{N}" + _YUAN,
        "cumulative_turnover",
        "CNY",
    ),
    _p("volume", r"(?:总)?成交(?:总)?(?:量|配额){IS}{Q}{N}" + _TONNES, "volume", "t", "trade"),
    _p("turnover", r"(?:总)?成交(?:总)?(?:额|金额){IS}{Q}{N}" + _YUAN, "turnover", "CNY", "trade"),
    _p(
        "close",
        r"(?:年底|年末|底|末|最后一个交易日|首日)?收盘价?格?{IS}{Q}{N}元/吨",
        "close",
        "CNY/t",
        "trade",
    ),
    _p(
        "range",
        r"(?:收盘价|成交价|价)格?(?:波动)?"
        + _GAP
        + r"{0,14}?{N}(?:元/吨)?{D}(?P<n2>\d[\d.]*)元/吨",
        "price_low",
        "CNY/t",
        "year",
    ),
    _p(
        "mean",
        r"(?:成交|交易)?(?:均价|平均价格?|平均成交价格?){IS}{Q}{N}元/吨",
        "mean_price",
        "CNY/t",
        "trade",
    ),
    _p("open", r"开盘价{IS}{Q}{N}元/吨", "open", "CNY/t", "trade"),
    _p("high", r"最高(?:价|成交价)?{IS}{N}元/吨", "high", "CNY/t", "trade"),
    _p("low", r"最低(?:价|成交价)?{IS}{N}元/吨", "low", "CNY/t", "trade"),
    _p("rise", r"(?:收盘)?(?:涨幅|上涨|涨){IS}{N}%", "day_change", "percent", "trade"),
    _p("trading_days", r"(?:运行(?:了)?|共计?|历经){N}个交易日", "trading_days", "count", "year"),
    _p("auctions", r"{N}场单向竞价", "auctions", "count", "year"),
    _p(
        "new_planned",
        r"预计(?:将)?(?:新增|增加|纳入)(?:重点排放单位)?{Q}{N}{T}家",
        "new_emitters_planned",
        "count",
    ),
    _p(
        "new",
        r"(?:新增|新纳入)(?:重点排放单位|控排企业)?{Q}{N}{T}家",
        "new_emitters_reported",
        "count",
    ),
    _p(
        "covered_new",
        r"(?:新增覆盖" + _GAP + r"{0,20}?|覆盖" + _GAP + r"{0,14}?(?:新增|增加)){Q}{N}" + _TONNES,
        "covered_emissions_new",
        "t",
    ),
    _p(
        "covered",
        r"覆盖(?:(?!新增|全国|我国)" + _GAP + r"){0,18}?{Q}{N}" + _TONNES,
        "covered_emissions",
        "t",
        "either",
    ),
    _p(
        "share",
        r"(?:占|覆盖|达到?)(?:了)?(?:到)?(?:全国|我国)" + _GAP + r"{0,16}?{Q}{N}%{T}",
        "national_share",
        "percent",
    ),
    _p(
        "entities_total",
        r"纳入[^,。;\d]{0,30}?(?:(?P<y>\d{4})年度)?[^,。;\d]{0,20}?重点排放单位(?:\([^)]*\))?(?:数量)?(?:共计|共有|共|总数){IS}{Q}{N}{T}家",
        "key_emitters",
        "count",
        "either",
    ),
    _p(
        "listed_entities",
        r"(?:名单|名录)[^,。;\d]{0,4}?(?:共|包括|列入|含)" + _GAP + r"{0,8}?{Q}{N}{T}家",
        "listed_entities",
        "count",
    ),
    _p(
        "entities_sector",
        r"(?P<sec>{SECTORS})(?:行业)?(?:重点排放单位)?{IS}{Q}{N}{T}家",
        "key_emitters",
        "count",
        "either",
    ),
    _p(
        "entities",
        r"重点排放单位(?:\([^)]*\))?(?:数量)?(?:共计|共有|共|达到|达)?{IS}{Q}{N}{T}家",
        "key_emitters",
        "count",
        "either",
    ),
    _p(
        "entities_before",
        r"{Q}{N}{T}家(?:(?P<sec>{SECTORS})行业)?重点排放单位",
        "key_emitters",
        "count",
        "either",
    ),
    _p("threshold", r"直接排放量?达到{Q}{N}(?P<s>万)?吨", "threshold", "t"),
    _p(
        "projects",
        r"(?:登记|注册)"
        + _GAP
        + r"{0,10}?项目{IS}{Q}{N}个|(?:登记|注册)(?:了)?(?P<q2>约)?(?P<n2>\d[\d,]*)个"
        + _GAP
        + r"{0,10}?项目",
        "registered_projects",
        "count",
        scope="CCER",
    ),
    _p(
        "registered",
        r"(?:登记|签发)(?:的)?(?:核证自愿|CCER)?减排量{IS}{Q}{N}" + _TONNES,
        "registered_volume",
        "t",
        scope="CCER",
    ),
    _p(
        "methodologies",
        r"{N}[项个]" + _GAP + r"{0,12}?方法学",
        "methodologies",
        "count",
        scope="CCER",
    ),
    _p(
        "accounts",
        r"(?:开立|开户|开设|注册登记)"
        + _GAP
        + r"{0,10}?{Q}{N}{T}(?:个|户)(?:账户)?|账户{IS}(?P<q2>约)?(?P<n2>\d[\d,]*)(?:个|户)",
        "accounts",
        "count",
    ),
    _p(
        "grid_factor",
        r"(?P<sec>(?:(?![年度为是])[\u4e00-\u9fff]){0,24}?)(?:电网|电力)(?:平均)?(?:二氧化碳)?排放因子(?:\([^)]*\))?(?:调整|更新)?(?:为|是){N}(?P<u>"
        + FACTOR_UNIT
        + ")",
        "grid_factor",
        "",
        "either",
    ),
    _p(
        "heat_factor",
        r"热力" + _GAP + r"{0,8}?排放因子" + _GAP + r"{0,8}?{N}tCO2/GJ",
        "heat_factor",
        "tCO2/GJ",
        "either",
    ),
    _p(
        "alpha",
        r"(?:α|系数|盈缺率)[^。;\d]{0,14}?[-\u2212\u00b1]{N}%(?:(?:至|到|~|和)\+?\d[\d.]*%)?",
        "alpha_limit",
        "percent",
    ),
    _p("preallocation", r"预分配" + _GAP + r"{0,16}?{N}%", "preallocation_share", "percent"),
    _p("gap_cap", r"缺口[^。;\d]{0,26}?{N}%", "gap_cap", "percent"),
    _p(
        "pilots",
        r"{N}个(?:省市|省区市|地区|地方)" + _GAP + r"{0,12}?试点",
        "pilot_regions",
        "count",
    ),
    _p("factors", r"{N}个(?:排放)?因子|因子{IS}(?P<n2>\d[\d,]*)个", "factor_count", "count"),
    _p("agencies", r"{N}家(?:技术服务|咨询|检验检测|核查)?机构", "agencies_named", "count"),
    _p("groups", r"{N}个(?:监督帮扶)?工作组", "work_groups", "count"),
    _p("monthly", r"每月结束后(?:的)?{N}个?(?:自然|工作)?日内", "monthly_evidence_days", "days"),
)

TABLE_ROW = re.compile(r"(?P<sec>[\u4e00-\u9fff]{2,16}?(?:\([^)]*\))?)(?P<n>0\.\d{3,5})")
"""A line of a table of electricity factors: region and factor."""
