"""The ministry's prose: every published figure of the fact sheet, in a sentence of ours.

Each case names the notice it stands for; the figures are the published ones, the words are not.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from schemas.sources.mee.metrics import METRICS, UNITS
from transforms.mee.facts.reading import metrics, read_text
from transforms.mee.facts.rows import of_whole_market
from transforms.model import Refused
from transforms.text.frames.model import ClaimedFigure, ProseReading

TITLE = "全国碳排放权交易市场运行情况"


def scan(text: str, title: str = TITLE, published_on: date | None = None) -> ProseReading:
    return read_text(text, title=title, published_on=published_on)


Wanted = dict[tuple[str, str, str], str]
"""(metric, period, sector) -> value; a scope other than CEA stands before the metric."""


def told(facts: list[ClaimedFigure]) -> dict[tuple[str, str, str], Decimal | date | str | None]:
    return {
        (f.metric if f.scope != "CCER" else f"{f.scope} {f.metric}", f.period, f.sector): (
            f.value if f.value is not None else f.due_on or f.printed
        )
        for f in map(of_whole_market, facts)
    }


CASES: dict[str, tuple[str, str, Wanted]] = {
    "2011-10-29 pilots": (
        "碳排放权交易试点工作",
        "同意7个省市开展碳排放权交易试点。",
        {("pilot_regions", "", ""): "7"},
    ),
    "2020-12-30 list": (
        "2019-2020年配额分配实施方案",
        "重点排放单位名单共2225家，均属发电行业。",
        {("listed_entities", "", ""): "2225"},
    ),
    "2021-07-16 first day": (
        "全国碳市场启动上线交易",
        "2021年7月16日，开盘价48元/吨，最高价52.80元/吨，最低价48元/吨，成交均价51.23元/吨，"
        "收盘价51.23元/吨，涨幅6.73%，成交量410.4万吨，成交额2.1亿元。"
        "首笔成交价52.78元/吨，成交16万吨。",
        {
            ("day_open", "", ""): "48",
            ("day_high", "", ""): "52.80",
            ("day_low", "", ""): "48",
            ("day_mean_price", "", ""): "51.23",
            ("close", "", ""): "51.23",
            ("day_change", "", ""): "6.73",
            ("day_volume", "", ""): "4104000",
            ("day_turnover", "", ""): "210000000",
            ("first_trade_price", "", ""): "52.78",
            ("first_trade_volume", "", ""): "160000",
        },
    ),
    "2022-03-14 enforcement": (
        "数据弄虚作假典型问题案例",
        "2021年10月至12月派出31个工作组，公开通报4家机构的问题。",
        {("work_groups", "", ""): "31", ("agencies_named", "", ""): "4"},
    ),
    "2022-03-15 factor": (
        "2022年排放报告管理工作",
        "2021年度电网排放因子调整为0.5810 tCO₂/MWh。",
        {("grid_factor", "2021", ""): "0.5810"},
    ),
    "2022-07-21 press conference": (
        "7月例行新闻发布会",
        "市场纳入重点排放单位2162家，覆盖二氧化碳排放量约45亿吨。"
        "截至2022年7月15日，累计成交量1.94亿吨，累计成交额84.92亿元。",
        {
            ("key_emitters", "", ""): "2162",
            ("covered_emissions", "", ""): "4500000000",
            ("cumulative_volume", "", ""): "194000000",
            ("cumulative_turnover", "", ""): "8492000000",
        },
    ),
    "2023-02-07 factor": (
        "2023—2025年排放报告",
        "2022年度全国电网排放因子为0.5703tCO2/MWh。",
        {("grid_factor", "2022", "全国"): "0.5703"},
    ),
    "2023-10-18 heat": (
        "2023—2025年部分重点行业",
        "热力排放因子取0.11tCO2/GJ。",
        {("heat_factor", "", ""): "0.11"},
    ),
    "2024-01-02 year 2023": (
        "2023年全国碳市场运行情况",
        "2023年共运行242个交易日，成交量2.12亿吨，成交额144.44亿元，日均成交量87.58万吨。"
        "其中，挂牌协议成交量3499.66万吨，大宗协议成交量1.77亿吨。"
        "收盘价在50.52-81.67元/吨之间，年底收盘价79.42元/吨，较2022年底上涨44.40%，"
        "成交均价68.15元/吨，较2022年上涨23.24%。"
        "截至2023年底，累计成交量4.42亿吨，累计成交额249.19亿元。",
        {
            ("trading_days", "2023", ""): "242",
            ("annual_volume", "2023", ""): "212000000",
            ("annual_turnover", "2023", ""): "14444000000",
            ("daily_mean_volume", "2023", ""): "875800",
            ("listed_volume", "2023", ""): "34996600",
            ("block_volume", "2023", ""): "177000000",
            ("price_low", "2023", ""): "50.52",
            ("price_high", "2023", ""): "81.67",
            ("year_end_close", "2023", ""): "79.42",
            ("close_growth", "2023", ""): "44.40",
            ("mean_price", "2023", ""): "68.15",
            ("mean_price_growth", "2023", ""): "23.24",
            ("cumulative_volume", "", ""): "442000000",
            ("cumulative_turnover", "", ""): "24919000000",
        },
    ),
    "2024-07-22 report": (
        "《全国碳市场发展报告（2024）》发布",
        "市场纳入重点排放单位2257家，年覆盖二氧化碳排放量约51亿吨。"
        "截至2023年底，配额累计成交量4.42亿吨，累计成交额249.19亿元。"
        "第二个履约周期成交量2.63亿吨，成交额172.58亿元。",
        {
            ("key_emitters", "", ""): "2257",
            ("covered_emissions", "", ""): "5100000000",
            ("cumulative_volume", "", ""): "442000000",
            ("cumulative_turnover", "", ""): "24919000000",
            ("cycle_volume", "2021-2022", ""): "263000000",
            ("cycle_turnover", "2021-2022", ""): "17258000000",
        },
    ),
    "2024-12-26 factors": (
        "关于发布2022年电力二氧化碳排放因子的公告",
        "2022年全国电力平均二氧化碳排放因子为0.5366kgCO2/kWh。\n南方0.3869\n广东0.4403\n"
        "北京0.5580\n黑龙江0.5368\n内蒙古0.6849",
        {
            ("grid_factor", "2022", "全国"): "0.5366",
            ("grid_factor", "2022", "南方"): "0.3869",
            ("grid_factor", "2022", "广东"): "0.4403",
            ("grid_factor", "2022", "北京"): "0.5580",
            ("grid_factor", "2022", "黑龙江"): "0.5368",
            ("grid_factor", "2022", "内蒙古"): "0.6849",
        },
    ),
    "2025-01-05 bulletin": (
        "2024年全国碳排放权交易市场配额交易及清缴工作结束",
        "纳入2023年度配额管理的发电行业重点排放单位共计2096家，年覆盖二氧化碳排放量约52亿吨。"
        "2023年度配额应清缴总量52.44亿吨，配额清缴完成率约99.98%。"
        "截至2024年12月31日，配额累计成交量6.3亿吨，累计成交额430.33亿元，"
        "其中2024年配额成交量1.89亿吨，成交额181.14亿元，收盘价97.49元/吨，较2023年底上涨22.75%。",
        {
            ("key_emitters", "2023", ""): "2096",
            ("covered_emissions", "2023", ""): "5200000000",
            ("surrender_due", "2023", ""): "5244000000",
            ("surrender_rate", "2023", ""): "99.98",
            ("cumulative_volume", "", ""): "630000000",
            ("cumulative_turnover", "", ""): "43033000000",
            ("annual_volume", "2024", ""): "189000000",
            ("annual_turnover", "2024", ""): "18114000000",
            ("year_end_close", "2024", ""): "97.49",
            ("close_growth", "2024", ""): "22.75",
        },
    ),
    "2025-04-15 work notice": (
        "关于做好2025年全国碳排放权交易市场有关工作的通知",
        "年度直接排放量达到2.6万吨二氧化碳当量的单位应列入名录，"
        "每月结束后的40个自然日内存证。\n"
        "2025年5月10日前，报送重点排放单位名录；10月31日前，确定2026年度名录。\n"
        "4月20日前，完成发电行业2024年度配额预分配；6月30日前，完成发电行业核查；"
        "8月31日前，完成钢铁、水泥、铝冶炼行业核查。\n"
        "8月20日前，发放发电行业2024年度配额；10月20日前，发放钢铁、水泥、铝冶炼行业2024年度配额；"
        "12月31日前，完成2024年度配额清缴。",
        {
            ("threshold", "", ""): "26000",
            ("monthly_evidence_days", "", ""): "40",
            ("deadline_list", "", ""): "2025-05-10",
            ("deadline_list", "2026", ""): "2025-10-31",
            ("deadline_preallocation", "2024", "发电"): "2025-04-20",
            ("deadline_verification", "2024", "发电"): "2025-06-30",
            ("deadline_verification", "2024", "钢铁、水泥、铝冶炼"): "2025-08-31",
            ("deadline_allocation", "2024", "发电"): "2025-08-20",
            ("deadline_allocation", "2024", "钢铁、水泥、铝冶炼"): "2025-10-20",
            ("deadline_surrender", "2024", ""): "2025-12-31",
        },
    ),
    "2025-09-27 report": (
        "《全国碳市场发展报告（2025）》",
        "2024年运行242个交易日，日均成交量较上一履约周期增长43.55%。"
        "全年成交量1.89亿吨，成交额181.14亿元，第四季度成交量占全年的79%。"
        "收盘价在69—106元/吨之间，年底收盘价97.49元/吨，较2021年开盘价上涨103.1%，"
        "较2023年底上涨22.75%。火电碳排放强度较2018年下降10.8%。\n"
        "新增重点排放单位1300多家，新增覆盖二氧化碳排放量约30亿吨，覆盖全国60%以上的二氧化碳排放。"
        "截至2025年8月底，累计成交量6.96亿吨，累计成交额478.26亿元。\n"
        "二、温室气体自愿减排\n截至2025年8月底，累计成交量270.61万吨，累计成交额2.29亿元。",
        {
            ("trading_days", "2024", ""): "242",
            ("daily_mean_volume_growth", "2024", ""): "43.55",
            ("annual_volume", "2024", ""): "189000000",
            ("annual_turnover", "2024", ""): "18114000000",
            ("fourth_quarter_share", "2024", ""): "79",
            ("price_low", "2024", ""): "69",
            ("price_high", "2024", ""): "106",
            ("year_end_close", "2024", ""): "97.49",
            ("close_since_opening", "2024", ""): "103.1",
            ("close_growth", "2024", ""): "22.75",
            ("intensity_change", "2024", ""): "-10.8",
            ("new_emitters_reported", "", ""): "1300",
            ("covered_emissions_new", "", ""): "3000000000",
            ("national_share", "", ""): "60",
            ("cumulative_volume", "", ""): "696000000",
            ("cumulative_turnover", "", ""): "47826000000",
            ("CCER cumulative_volume", "", ""): "2706100",
            ("CCER cumulative_turnover", "", ""): "229000000",
        },
    ),
    "2025-11-18 allocation": (
        "2024、2025年度配额总量和分配方案",
        "调整系数α的取值范围为-3%至+3%。",
        {("alpha_limit", "", ""): "3"},
    ),
    "2025-12-31 factors": (
        "关于发布2023年电力二氧化碳排放因子的公告",
        "2023年全国电力平均二氧化碳排放因子为0.5306kgCO2/kWh；化石能源电力二氧化碳排放因子为"
        "0.8273kgCO2/kWh；不包括市场化交易非化石能源电量的电力平均二氧化碳排放因子为0.6096kgCO2/kWh。"
        "\n南方0.4042\n广东0.4419",
        {
            ("grid_factor", "2023", "全国"): "0.5306",
            ("grid_factor", "2023", "化石能源"): "0.8273",
            ("grid_factor", "2023", "不包括市场化交易非化石能源电量的"): "0.6096",
            ("grid_factor", "2023", "南方"): "0.4042",
            ("grid_factor", "2023", "广东"): "0.4419",
        },
    ),
    "2026-01-01 bulletin": (
        "2025年全国碳市场平稳有序运行",
        "一、强制碳市场\n截至2025年12月31日，纳入配额管理的重点排放单位共计3378家，其中发电行业2087家、"
        "钢铁行业232家、水泥行业962家、铝冶炼行业97家。共运行243个交易日，配额累计成交量为8.65亿吨，"
        "累计成交额为576.63亿元；其中，2025年配额成交量为2.35亿吨，同比增长约24%，"
        "成交额为146.30亿元，年底收盘价为74.63元/吨，全年交易均价为62.36元/吨，完成8场单向竞价。"
        "2024年度配额应清缴总量81.94亿吨，配额清缴完成率约99.99%。\n"
        "二、自愿减排市场\n截至2025年12月31日，登记项目33个，登记减排量1776.37万吨，累计成交量921.94万吨，"
        "累计成交额6.50亿元，2025年交易均价70.76元/吨，开立账户6106个，已发布12项方法学。",
        {
            ("key_emitters", "2025", ""): "3378",
            ("key_emitters", "2025", "发电"): "2087",
            ("key_emitters", "2025", "钢铁"): "232",
            ("key_emitters", "2025", "水泥"): "962",
            ("key_emitters", "2025", "铝冶炼"): "97",
            ("trading_days", "2025", ""): "243",
            ("cumulative_volume", "", ""): "865000000",
            ("cumulative_turnover", "", ""): "57663000000",
            ("annual_volume", "2025", ""): "235000000",
            ("annual_volume_growth", "2025", ""): "24",
            ("annual_turnover", "2025", ""): "14630000000",
            ("year_end_close", "2025", ""): "74.63",
            ("mean_price", "2025", ""): "62.36",
            ("auctions", "2025", ""): "8",
            ("surrender_due", "2024", ""): "8194000000",
            ("surrender_rate", "2024", ""): "99.99",
            ("CCER registered_projects", "", ""): "33",
            ("CCER registered_volume", "", ""): "17763700",
            ("CCER cumulative_volume", "", ""): "9219400",
            ("CCER cumulative_turnover", "", ""): "650000000",
            ("CCER mean_price", "2025", ""): "70.76",
            ("CCER accounts", "", ""): "6106",
            ("CCER methodologies", "", ""): "12",
        },
    ),
    "2026-03-01 factors": (
        "国家温室气体排放因子数据库（第二版）",
        "第二版数据库共收录576个因子。",
        {("factor_count", "", ""): "576"},
    ),
    "2026-07-27 draft": (
        "2025、2026年度配额总量和分配方案（征求意见稿）",
        "Ⅰ类机组供电基准值2024、2025、2026年度分别为0.7910、0.7902、0.7894tCO2/MWh，"
        "Ⅱ类机组供电基准值2024、2025、2026年度分别为0.8049、0.8017、0.7985tCO2/MWh，"
        "Ⅲ类机组供电基准值2024、2025、2026年度分别为0.8244、0.8162、0.8080tCO2/MWh；"
        "燃气机组供电基准值为0.3288tCO2/MWh；"
        "燃煤机组供热基准值2024、2025、2026年度分别为0.1033、0.1027、0.1021tCO2/GJ；"
        "供热燃气机组基准值为0.0533tCO2/GJ。预分配比例为50%，履约缺口上限为20%。"
        "每年12月31日前完成清缴。",
        {
            **{
                ("benchmark", year, f"{kind}机组"): value
                for kind, values in {
                    "I类": ("0.7910", "0.7902", "0.7894"),
                    "II类": ("0.8049", "0.8017", "0.7985"),
                    "III类": ("0.8244", "0.8162", "0.8080"),
                    "燃煤": ("0.1033", "0.1027", "0.1021"),
                }.items()
                for year, value in zip(("2024", "2025", "2026"), values, strict=True)
            },
            ("benchmark", "", "燃气机组"): "0.3288",
            ("benchmark", "", "供热燃气机组"): "0.0533",
            ("preallocation_share", "", ""): "50",
            ("gap_cap", "", ""): "20",
            ("deadline_surrender", "yearly", ""): "每年12月31日前",
        },
    ),
    "cycle 1": (
        "全国碳排放权交易市场第一个履约周期顺利结束",
        "截至2021年12月31日，碳排放配额累计成交量1.79亿吨，累计成交额76.61亿元。"
        "2021年7月16日至12月31日，共运行114个交易日，收盘价54.22元/吨，成交均价42.85元/吨。"
        "第一个履约周期履约完成率为99.5%。",
        {
            ("cumulative_volume", "", ""): "179000000",
            ("cumulative_turnover", "", ""): "7661000000",
            ("trading_days", "2021", ""): "114",
            ("year_end_close", "2021", ""): "54.22",
            ("mean_price", "2021", ""): "42.85",
            ("surrender_rate", "2019-2020", ""): "99.5",
        },
    ),
    "2025-03-26 plan": (
        "工作方案答记者问",
        "预计新增1500家重点排放单位。启动实施阶段（2024—2026年）熟悉规则，"
        "深化完善阶段（2027年起）更加严格。",
        {
            ("new_emitters_planned", "", ""): "1500",
            ("phase", "2024-2026", ""): "启动实施阶段",
            ("phase", "2027-", ""): "深化完善阶段",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_published_figure_is_read(name: str) -> None:
    title, text, wanted = CASES[name]
    stated = date.fromisoformat(name[:10]) if name[:4].isdigit() else None
    found = scan(text, title, stated)
    facts = told(found.claims)
    shown = {
        key: (f"{value:%Y-%m-%d}" if isinstance(value, date) else value)
        for key, value in facts.items()
    }
    for key, value in wanted.items():
        assert key in shown, f"{key} not in {sorted(shown)}"
        held = shown[key]
        assert held == (Decimal(value) if isinstance(held, Decimal) else value), key
    assert shown.keys() == wanted.keys()
    assert {f.fate for f in found.figures} <= {"taken", "context"}


def one(text: str, metric: str, title: str = TITLE) -> ClaimedFigure:
    (fact,) = [f for f in scan(text, title=title).claims if f.metric == metric]
    return fact


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("覆盖二氧化碳排放量约51亿吨。", "约"),
        ("覆盖二氧化碳排放量近51亿吨。", "近"),
        ("覆盖二氧化碳排放量超过51亿吨。", "超过"),
        ("覆盖二氧化碳排放量达51亿吨。", "达"),
        ("覆盖二氧化碳排放量51亿吨。", None),
    ],
)
def test_what_stands_before_a_figure_qualifies_it(text: str, qualifier: str | None) -> None:
    fact = one(text, "covered_emissions")
    assert (fact.qualifier, fact.value, fact.printed) == (
        qualifier,
        Decimal(5_100_000_000),
        "51亿吨",
    )


@pytest.mark.parametrize("word", ["余", "多"])
def test_what_stands_behind_a_figure_qualifies_it_too(word: str) -> None:
    fact = one(f"新增重点排放单位1300{word}家。", "new_emitters_reported")
    assert (fact.qualifier, fact.value) == (word, Decimal(1300))


def test_expected_and_reported_emitters_are_two_things() -> None:
    text = "预计新增1500家重点排放单位。实际新增重点排放单位1300多家，重点排放单位共计3378家。"
    assert {f.metric: f.value for f in scan(text, title="2025年").claims} == {
        "new_emitters_planned": 1500,
        "new_emitters_reported": 1300,
        "key_emitters": 3378,
    }


def fates(text: str, title: str = TITLE, published_on: date | None = None) -> dict[str, str]:
    return {f.printed: f.fate.value for f in scan(text, title, published_on).figures}


def test_tonnes_where_yuan_are_due_are_not_taken() -> None:
    found = scan("截至2024年12月31日，累计成交量6.30亿吨，累计成交额430.33亿吨。")
    assert [f.metric for f in found.claims] == ["cumulative_volume"]
    assert found.figures[-1].fate == "unclaimed"


def test_qizhong_turns_from_the_launch_to_the_year() -> None:
    text = "截至2025年12月31日，累计成交量8.65亿吨，成交额576.63亿元，其中2025年成交量2.35亿吨。"
    facts = {f.metric: (f.value, f.period) for f in scan(text).claims}
    assert facts == {
        "cumulative_volume": (Decimal(865_000_000), ""),
        "cumulative_turnover": (Decimal(57_663_000_000), ""),
        "annual_volume": (Decimal(235_000_000), "2025"),
    }


def test_the_emission_year_is_not_the_year_of_what_follows() -> None:
    text = "2024年，成交量1.89亿吨；2023年度配额应清缴总量52.44亿吨，年底收盘价97.49元/吨。"
    facts = {f.metric: f.period for f in scan(text).claims}
    assert facts == {"annual_volume": "2024", "surrender_due": "2023"}


def test_a_year_that_is_only_compared_with_moves_nothing() -> None:
    text = "2024年底收盘价97.49元/吨，较2023年底上涨22.75%，成交额181.14亿元。"
    facts = {f.metric: f.period for f in scan(text).claims}
    assert facts == {"year_end_close": "2024", "close_growth": "2024", "cumulative_turnover": ""}


def test_the_heading_says_which_market_until_a_sentence_says_another() -> None:
    text = (
        "二、温室气体自愿减排交易\n截至2025年底，累计成交量10万吨。\n"
        "截至2025年底，全国碳排放权交易市场累计成交量6亿吨。"
    )
    scopes = [(f.scope, f.value) for f in scan(text, title="").claims]
    assert scopes == [("CCER", Decimal(100_000)), ("CEA", Decimal(600_000_000))]


def test_without_a_market_nothing_is_taken() -> None:
    assert fates("2024年成交量1.89亿吨。", title="新闻发布会实录") == {
        "2024年": "context",
        "1.89亿吨": "unclaimed",
    }


def test_a_share_of_entities_and_the_hour_belong_to_their_deadline() -> None:
    text = (
        "2021年12月15日17点前，95%的重点排放单位完成履约；"
        "12月31日17点前，全部重点排放单位完成履约。"
    )
    facts = [(f.metric, f.due_on, f.due_hour, f.value) for f in scan(text).claims]
    assert facts == [
        ("deadline_surrender", date(2021, 12, 15), 17, Decimal(95)),
        ("deadline_surrender", date(2021, 12, 31), 17, Decimal(100)),
    ]


def test_a_deadline_without_a_year_is_the_next_after_publication_or_none() -> None:
    text = "9月30日前，完成核查。"
    assert scan(text).claims == []
    assert fates(text) == {"9月30日": "no_period"}
    (fact,) = scan(text, published_on=date(2025, 10, 8)).claims
    assert (fact.due_on, fact.as_of_basis) == (date(2026, 9, 30), "next after publication")


@pytest.mark.parametrize("text", ["成交量1.89亿吨。", "累计成交量1.89亿吨。"])
def test_a_volume_without_any_period_is_not_taken(text: str) -> None:
    assert scan(text).claims == []
    assert fates(text) == {"1.89亿吨": "no_period"}


def test_a_line_broken_by_a_layout_and_a_page_number_between_are_one_sentence() -> None:
    text = "2024年全年配额成\n- 3 -\n交量1.89\n亿吨，成交额181.14亿元。"
    facts = {f.metric: f.value for f in scan(text).claims}
    assert facts == {"annual_volume": 189_000_000, "annual_turnover": 18_114_000_000}


@pytest.mark.parametrize("text", ["2024年，成交量1,8.9万吨。", "2024年，成交量01.89亿吨。"])
def test_a_figure_whose_number_is_none_refuses_the_document(text: str) -> None:
    with pytest.raises(Refused, match="bad_number"):
        scan(text)


@pytest.mark.parametrize(
    "text", ["2025年2月30日前，完成清缴。", "截至2025年13月底，累计成交量1亿吨。"]
)
def test_a_day_that_is_none_dates_nothing(text: str) -> None:
    assert scan(text).claims == []


def test_the_quote_is_the_printed_sentence() -> None:
    text = "２０２４年，全国碳市场配额成交量 １．８９ 亿吨。下一句没有数字。"
    fact = one(text, "annual_volume")
    assert fact.value == 189_000_000
    assert fact.quote == "２０２４年，全国碳市场配额成交量１．８９亿吨。"


SENTENCES: dict[str, tuple[str, set[tuple[str, str, str]]]] = {
    "a cycle said with 累计": (
        "截至2023年底，累计成交量4.50亿吨。其中，第二个履约周期配额累计成交量2.70亿吨。",
        {("cumulative_volume", "", "450000000"), ("cycle_volume", "2021-2022", "270000000")},
    ),
    "a year said with 累计": (
        "2024年，全国碳市场共运行242个交易日，全年累计成交量1.90亿吨。",
        {("trading_days", "2024", "242"), ("annual_volume", "2024", "190000000")},
    ),
    "since the launch is no day counted up to": (
        "自2021年7月16日启动以来，全国碳市场累计成交量1.90亿吨。",
        set(),
    ),
    "a mark that was passed": (
        "截至2021年11月9日，累计成交额突破10亿元，达到10.20亿元。",
        {("cumulative_turnover", "", "1020000000")},
    ),
    "shares of sectors are none of the market": (
        "钢铁、水泥行业占全国二氧化碳排放总量的19%以上。",
        {("sector_share", "", "19")},
    ),
    "a share of what is covered": (
        "纳入重点排放单位2162家，年覆盖二氧化碳排放量约45亿吨，占全国二氧化碳排放的40%以上。",
        {
            ("key_emitters", "", "2162"),
            ("covered_emissions", "", "4500000000"),
            ("national_share", "", "40"),
        },
    ),
    "another market in the sentence": ("2024年，湖北试点碳市场配额成交量500万吨。", set()),
    "not so": ("2024年，未成交配额500万吨。", set()),
    "from one to another": ("重点排放单位由2257家增加到3378家。", {("key_emitters", "", "3378")}),
    "an example": ("例如，2024年某企业配额成交量1万吨。", set()),
    "but for a part": ("2024年，除大宗协议外，配额成交量1亿吨。", set()),
    "a plan in the clause before": ("预计到2025年，全国碳市场成交量3亿吨。", set()),
    "since the launch, in a year": (
        "2024年，配额成交量1.89亿吨，自启动以来累计成交量6.3亿吨。",
        {("annual_volume", "2024", "189000000")},
    ),
    "a sum of what stands before": (
        "截至2025年底，钢铁行业232家、水泥行业962家重点排放单位，共计1194家。",
        {("key_emitters", "2025", "962")},
    ),
    "two texts of one line in traditional characters": (
        "截至8月底，全國碳排放權交易市場累計成交量近7億噸，成交額約480億元人民幣。",
        {("cumulative_volume", "", "700000000"), ("cumulative_turnover", "", "48000000000")},
    ),
    "held somewhere is no market": (
        "記者從北京舉行的發布會獲悉，2024年，全国碳市场成交量1.89亿吨。",
        {("annual_volume", "2024", "189000000")},
    ),
    "a quarter is no year": ("2024年，第四季度成交量1.5亿吨。", set()),
    "a difference is no level": ("2024年成交量比2023年增加0.3亿吨。", set()),
    "an unknown word": ("2024年，配额蓝色成交量1万吨。", set()),
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_a_clause_is_read_whole(name: str) -> None:
    text, wanted = SENTENCES[name]
    found = scan(text, published_on=date(2025, 9, 24))
    told = {(f.metric, f.period, str(int(f.value))) for f in found.claims if f.value}
    assert told == wanted


def test_every_row_of_a_metric_is_one_of_the_table() -> None:
    rows = metrics().rows
    assert {name for row in rows for name in row.pair or (row.metric,) if name} <= METRICS.keys()
    assert {unit for row in rows for unit in row.units} - {"trading days"} <= set(UNITS)
