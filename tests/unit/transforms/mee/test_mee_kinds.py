"""Kinds of figures in the ministry's prose, each in sentences of ours: what is taken, and what
looks like it and is not.

A fact is written `metric period value`, with a sector, a market that is not CEA, and a day where
it has one.
"""

from __future__ import annotations

from datetime import date

import pytest

from transforms.mee.facts.reading import read_text
from transforms.text.frames.model import ClaimedFigure

TITLE = "全国碳排放权交易市场运行情况"
PUBLISHED = date(2026, 1, 8)


def told(claim: ClaimedFigure) -> str:
    value = "" if claim.value is None else f"{claim.value.normalize():f}"
    market = claim.scope if claim.scope == "CCER" else ""
    day = claim.due_on or claim.as_of or ""
    words = (claim.metric, claim.period, value, claim.sector, market, str(day))
    return " ".join(word for word in words if word)


def facts(text: str, title: str = TITLE) -> list[str]:
    return [told(claim) for claim in read_text(text, title=title, published_on=PUBLISHED).claims]


TAKEN: dict[str, tuple[str, list[str]]] = {
    "the market of voluntary projects": (
        "截至2024年12月31日，累计登记自愿减排项目42个，累计成交921.94万吨。",
        ["cumulative_volume 9219400 CCER 2024-12-31"],
    ),
    "offset cap": (
        "重点排放单位可使用核证自愿减排量抵销配额清缴，抵销比例不得超过应清缴配额量的4%。",
        ["offset_cap 4"],
    ),
    "borrowing": (
        "配额缺口率在12%及以上的重点排放单位可申请预支配额，预支量不超过配额缺口量的40%。",
        ["borrowing_threshold 12", "borrowing_cap 40"],
    ),
    "carry-over": (
        "最大可结转量为2024年1月1日至2025年12月31日净卖出配额量的1.6倍，基础可结转量为2万吨。"
        "2026年6月5日前，重点排放单位提出结转申请。",
        [
            "carry_over_window 2024-01-01/2025-12-31",
            "carry_over_multiple 1.6",
            "carry_over_base 20000",
            "deadline_carry_over 2026-06-05",
        ],
    ),
    "loads": ("常规燃煤机组负荷(出力)系数低于64%的，按规定调整。", ["load_threshold 64"]),
    "surplus": ("企业盈缺率控制在4%以内，调整系数α=0.12X。", ["alpha_slope 0.12", "alpha_limit 4"]),
    "balance values": (
        "2023年300MW等级以下常规燃煤机组供电平衡值为0.8111tCO2/MWh；"
        "燃气机组供电平衡值2023、2024年度分别为0.3901、0.3888tCO2/MWh。",
        [
            "balance_value 2023 0.8111 300MW等级以下常规燃煤机组",
            "balance_value 2023 0.3901 燃气机组",
            "balance_value 2024 0.3888 燃气机组",
        ],
    ),
    "verifiers": ("截至2025年底，核查技术服务机构共210家。", ["verifiers 210 2025-12-31"]),
    "agencies that falsified": (
        "生态环境部对3家核查机构数据弄虚作假问题公开通报，其间派出25个工作组。",
        ["agencies_named 3", "work_groups 25"],
    ),
    "firms that trade": (
        "2025年，55%以上的重点排放单位参与了交易。",
        ["trading_firms_share 2025 55"],
    ),
    "quarters": (
        "2025年，第一季度成交量占全年的11%，第四季度成交量占全年的66%。",
        ["quarter_share 2025-Q1 11", "fourth_quarter_share 2025 66"],
    ),
    "a month": (
        "2025年11月日均成交量101万吨，总成交量2020万吨，总成交额13亿元。",
        [
            "daily_mean_volume 2025-11 1010000",
            "monthly_volume 2025-11 20200000",
            "monthly_turnover 2025-11 1300000000",
        ],
    ),
    "legs, one after the other": (
        "2025年，挂牌协议年成交量620万吨，年成交额3.5亿元；大宗协议年成交量4400万吨，"
        "年成交额25亿元。",
        [
            "listed_volume 2025 6200000",
            "listed_turnover 2025 350000000",
            "block_volume 2025 44000000",
            "block_turnover 2025 2500000000",
        ],
    ),
    "extremes of trades, and of closes": (
        "2025年，最高成交价每吨88.60元，最低成交价每吨45.50元，每日收盘价在50元/吨至80元/吨之间。",
        ["year_high 2025 88.6", "year_low 2025 45.5", "price_low 2025 50", "price_high 2025 80"],
    ),
    "the year spoken of": (
        "2024年，全国碳市场成交量1.80亿吨，本年度最后一个交易日收盘价为每吨96.00元，"
        "较上年度最后一个交易日上涨20.10%。",
        ["annual_volume 2024 180000000", "year_end_close 2024 96", "close_growth 2024 20.1"],
    ),
    "the last day, by its date, against the year before": (
        "12月30日收盘价76.00元/吨，较2024年最后一个交易日（2024年12月31日）下跌22.05%。",
        ["close 76 2025-12-30", "close_growth 2025 -22.05 2025-12-30"],
    ),
    "against the first opening price": (
        "2025年底收盘价76元/吨，较启动首日开盘价上涨58.33%。",
        ["year_end_close 2025 76 2025-12-31", "close_since_opening 2025 58.33 2025-12-31"],
    ),
    "the first day": (
        "2021年7月16日，全国碳市场启动，首日成交量为410万吨，首笔交易的价格为52.70元/吨。",
        ["day_volume 4100000 2021-07-16", "first_trade_price 52.7 2021-07-16"],
    ),
    "a day's total": (
        "2025年12月3日，全国碳市场合计总成交量292万吨，总成交额1.8亿元。",
        ["day_volume 2920000 2025-12-03", "day_turnover 180000000 2025-12-03"],
    ),
    "a mark passed on a day": (
        "2025年12月22日，全国碳市场累计成交额突破600亿元大关。",
        ["cumulative_turnover 60000000000 2025-12-22"],
    ),
    "days of a cycle": (
        "第一个履约周期，全国碳市场累计运行114个交易日。",
        ["trading_days 2019-2020 114"],
    ),
    "sectors": (
        "水泥、铝冶炼行业是排放大户，年排放约20亿吨，占全国二氧化碳排放总量的14%以上。",
        ["sector_emissions 2000000000 水泥、铝冶炼", "sector_share 14 水泥、铝冶炼"],
    ),
    "a sector's share in its own clause": (
        "目前发电行业管控二氧化碳排放占全国总量比重约38%。",
        ["sector_share 38 发电"],
    ),
    "what will be covered": (
        "扩围后，预计新增1400家重点排放单位，覆盖全国二氧化碳排放总量占比将达到58%以上。",
        ["new_emitters_planned 1400", "national_share 58"],
    ),
    "what is controlled": (
        "对全国61%以上碳排放量实现了有效管控。",
        ["national_share 61"],
    ),
    "thresholds of sectors": (
        "钢铁、水泥行业年度直接排放量达到2.5万吨二氧化碳当量的单位，应当列入重点排放单位名录。",
        ["threshold 25000 钢铁、水泥"],
    ),
    "forty days": ("在每月结束后的45日内，开展存证。", ["monthly_evidence_days 45"]),
    "what is handed in is what was written": (
        "重点排放单位应当编制上一年度排放报告，并于每年4月10日前报省级生态环境主管部门。",
        ["deadline_report yearly"],
    ),
    "what is made public is the list": (
        "名录及其调整情况，于2026年6月20日前向社会公开，并书面向我部报告。",
        ["deadline_list 2026-06-20"],
    ),
    "a factor in words": (
        "2023年全国电力平均二氧化碳排放因子（不包括市场化交易的非化石能源电量）为"
        "0.6011千克二氧化碳/千瓦时。",
        ["grid_factor 2023 0.6011 不包括市场化交易非化石能源电量的"],
    ),
    "a dateline is no market": (
        "新华社上海1月7日电，截至2025年底，全国碳市场累计成交量8.60亿吨。",
        ["cumulative_volume 860000000 2025-12-31"],
    ),
    "a place among many is no market": (
        "北京等20个省份电力平均二氧化碳排放因子下降，2023年全国电力平均二氧化碳排放因子为"
        "0.5311kgCO2/kWh。",
        ["grid_factor 2023 0.5311 全国"],
    ),
    "将 of a future, and of what is taken in": (
        "将全国62%以上二氧化碳排放量纳入有效管控。扩围将使全国碳市场覆盖的二氧化碳排放总量占比跃升至"
        "64%以上。",
        ["national_share 62", "national_share 64"],
    ),
    "a list's threshold": (
        "制定2027年度重点排放单位名录，将钢铁、水泥行业年度直接排放量达到2.4万吨二氧化碳当量的单位，"
        "纳入管理。",
        ["threshold 2027 24000 钢铁、水泥"],
    ),
    "emitters of a list of years": (
        "2019-2020年全国碳市场纳入发电行业重点排放单位共计2200家。",
        ["key_emitters 2019-2020 2200 发电"],
    ),
    "each its own sector and its own work": (
        "各地于2026年3月底前，组织发电、钢铁及铝冶炼等产业重点排放单位完成2025年度排放报告申报；"
        "发电业排放报告须于6月底前完成技术核查，其余钢铁与铝冶炼产业于7月底前完成核查。",
        [
            "deadline_report 2025 发电、钢铁、铝冶炼 2026-03-31",
            "deadline_verification 2025 发电 2026-06-30",
            "deadline_verification 2025 钢铁、铝冶炼 2026-07-31",
        ],
    ),
    "verified, and filled in": (
        "每年6月30日前完成对重点排放单位上一年度排放报告的核查及管理平台填报。",
        ["deadline_verification yearly"],
    ),
    "sectors of a surplus": (
        "2025年度钢铁、水泥行业企业配额盈缺率控制在4%以内。",
        ["alpha_limit 2025 4 钢铁、水泥"],
    ),
    "sectors with notes in brackets": (
        "石化、建材（平板玻璃）、有色（铜冶炼）、民航行业企业，2026年9月30日前报送2025年度排放报告。",
        ["deadline_report 2025 石化、建材、有色、民航 2026-09-30"],
    ),
    "a range of loads": (
        "常规燃煤机组负荷率在64%至84%范围的，可按规定调整。",
        ["load_threshold 64", "load_threshold 84"],
    ),
    "a plan of data": (
        "2026年12月31日前完成2027年度数据质量控制方案的制定。",
        ["deadline_other 2027 2026-12-31"],
    ),
    "projects in three stages": (
        "截至2025年底，自愿减排市场已受理项目登记申请110个，已公示85个，完成登记30个。",
        [
            "projects_applied 110 CCER 2025-12-31",
            "projects_shown 85 CCER 2025-12-31",
            "registered_projects 30 CCER 2025-12-31",
        ],
    ),
    "newly covered, by sector": (
        "新增钢铁行业重点排放单位230家、水泥行业960家。",
        ["new_emitters_reported 230 钢铁", "new_emitters_reported 960 水泥"],
    ),
    "newly covered emissions that are a plan": (
        "扩围后，预计将新增重点排放单位约1450家，覆盖排放量新增加约29亿吨。",
        ["new_emitters_planned 1450", "covered_emissions_new_planned 2900000000"],
    ),
    "since the launch, beside a year that is not over": (
        "截至2025年12月18日，2025年配额成交量1.6亿吨，自启动以来累计成交量6.1亿吨。",
        ["cumulative_volume 610000000 2025-12-18"],
    ),
    "a sector's share of all": ("钢铁行业碳排放占全国总量的14%。", ["sector_share 14 钢铁"]),
    "begun on a day": (
        "全国碳市场于2021年7月16日启动交易，纳入发电行业重点排放单位2000多家。",
        ["key_emitters 2000 发电"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_a_kind_is_taken(name: str) -> None:
    text, wanted = TAKEN[name]
    assert facts(text) == wanted


LEFT: dict[str, tuple[str, list[str]]] = {
    "a further vintage, which is a part, too": (
        "2023年全国碳市场成交量2.12亿吨，其中CEA21成交1.2亿吨，CEA22成交6000万吨。",
        ["annual_volume 2023 212000000"],
    ),
    "a total behind what is new": (
        "2024年新增重点排放单位1334家，总数达到3421家。",
        ["new_emitters_reported 2024 1334"],
    ),
    "what is traded behind projects, of no market that is named": (
        "截至2024年12月31日，登记减排量1776万吨，累计成交额6.49亿元。",
        ["registered_volume 17760000 CCER 2024-12-31"],
    ),
    "what experts reckon": ("有专家测算，2025年全国碳市场成交量约2.35亿吨。", []),
    "the lowest of closes, which is no trade": ("2024年收盘价最高105元/吨，最低50元/吨。", []),
    "changes of several measures, told in turn": (
        "2024年，全国碳市场成交量分别同比增长24.3%、下降19.2%。",
        [],
    ),
    "accounts of an exchange that has other markets too": ("北京绿色交易所累计开户4500家。", []),
    "accounts of all markets of an exchange": ("上海环境能源交易所累计开户3000家。", []),
    "a batch of what there is": ("已发布第二批2项方法学。", []),
    "what was offset is no cap": ("2025年重点排放单位实际抵销比例为3%。", []),
    "a province's cap": ("湖北碳市场抵销比例不得超过10%。", []),
    "a load that is none of the rule": ("机组平均负荷率为72%。", []),
    "a range in which a rule holds": ("盈缺率在-20%至20%之间时，按规定调整。", []),
    "firms that have a shortfall": ("30%的重点排放单位有配额缺口。", []),
    "a number of firms that trade": ("2025年，150家重点排放单位参与了交易。", []),
    "a cycle's years are no deadline": ("第一个履约周期是2019年至2020年，市场运行平稳。", []),
    "a mark of the running total, said in a year": (
        "2025年，全国碳市场运行平稳，累计成交额突破500亿元。",
        [],
    ),
    "a part's sum, or all's": (
        "2025年，挂牌协议成交量3000万吨，累计成交额140亿元。",
        ["listed_volume 2025 30000000"],
    ),
    "a part's year, or all's": (
        "2025年，大宗协议成交量3000万吨，全年成交额140亿元。",
        ["block_volume 2025 30000000"],
    ),
    "a part's running total": ("截至2025年底，挂牌协议累计成交量1亿吨，累计成交额70亿元。", []),
    "a listed turnover is not the year's": ("挂牌协议成交额30亿元。", []),
    "this year, of nobody knows which": ("本年度配额成交量1亿吨。", []),
    "the year after": ("2024年启动，次年成交量0.50亿吨。", []),
    "a growth is no level": ("2025年，钢铁行业二氧化碳排放量下降2亿吨。", []),
    "a sector before, the market now": (
        "发电行业运行平稳，全国碳市场年覆盖二氧化碳排放量约50亿吨，占全国的41%以上。",
        ["covered_emissions 5000000000", "national_share 41"],
    ),
    "a sector that is included": ("纳入钢铁行业后，排放总量达到80亿吨。", []),
    "the first day's price is not the first trade's": ("首日价格为48元/吨。", []),
    "a rise by so much a tonne": ("2025年收盘价每吨上涨5元。", []),
    "those spoken of": ("上述行业重点排放单位2000家。", []),
    "a province's": ("截至2025年底，山东省累计成交额46亿元，累计成交量8000万吨。", []),
    "our province's": ("全省305家发电企业，截至2025年底累计成交额46亿元。", []),
    "a province's days": ("湖北省重点排放单位2026年6月30日前完成配额清繳。", []),
    "an earlier figure's year": (
        "2024年成交量1.80亿吨。2021年7月16日启动交易，挂牌协议成交量100万吨。",
        ["annual_volume 2024 180000000"],
    ),
    "a year that is not over": ("今年，全国碳市场配额成交量1.6亿吨。", []),
    "a year that is not over on the day": ("截至2025年8月22日，2025年成交量0.5亿吨。", []),
    "three quarters": ("2025年前三季度，全国碳市场成交量0.8亿吨。", []),
    "quarters from and to": ("2025年一至三季度，全国碳市场成交量0.8亿吨。", []),
    "a week of a year": ("2025年清缴截止日前一周，全国碳市场成交量3000万吨。", []),
    "from one mean to another": (
        "成交均价由2021年的42.00元/吨上涨到2024年的95元/吨。",
        [],
    ),
    "encouraged, not due": ("鼓励2026年11月30日前完成80%的配额清缴。", []),
    "of the sectors named before": ("2026年10月20日前完成上述行业2025年度配额发放。", []),
    "a threshold of sectors named elsewhere": (
        "凡属钢铁、水泥行业，且年度直接排放量达2.4万吨二氧化碳当量者，均须列入名录。",
        [],
    ),
    "of other sectors than those before": (
        "发电行业2025年度配额于2026年8月20日前发放，其他行业于10月20日前发放。",
        ["deadline_allocation 2025 发电 2026-08-20"],
    ),
    "who verifies is not verified": ("2026年3月20日前组织核查机构招标。", []),
    "two things by one day": ("2026年6月30日前，完成配额清缴和核查。", []),
    "what sectors bring about": (
        "钢铁、水泥行业的纳入使得全国碳市场重点排放单位总计达到3600家，覆盖排放量约78亿吨。",
        ["covered_emissions 7800000000"],
    ),
    "a threshold is no sector's": ("发电行业排放量达到2.6万吨二氧化碳当量的企业。", []),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_what_looks_like_a_kind_is_left(name: str) -> None:
    text, wanted = LEFT[name]
    assert facts(text) == wanted


def test_of_several_emission_years_none_is_lent_to_the_next_day() -> None:
    text = "2026年6月30日前完成2025年度核查，7月15日前完成核定配额发放。"
    assert facts(text, title="2024、2025年度配额总量和分配方案") == [
        "deadline_verification 2025 2026-06-30",
        "deadline_allocation 2026-07-15",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "抵消比例不得超过配额的5%。",
        "2025年，配额成交量100万吨，成交额5000万元。",
        "各单位于2026年6月30日前完成2025年度配额清缴。",
    ],
)
def test_another_markets_notice_says_nothing_of_ours(text: str) -> None:
    assert facts(text, title="上海市关于做好本市碳排放交易2025年度履约工作的通知") == []
    assert len(facts(text, title="关于做好全国碳排放权交易有关工作的通知")) >= 1


def test_ours_named_in_full_is_ours_in_another_markets_notice() -> None:
    text = "截至2025年底，全国碳市场累计成交量8.60亿吨。"
    assert facts(text, title="湖北碳市场运行情况") == ["cumulative_volume 860000000 2025-12-31"]
