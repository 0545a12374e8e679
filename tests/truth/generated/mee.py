"""Sentences of the ministry's metrics, made by a grammar of ours, with what each must give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

from tests.truth.model import Fact, Sample, drawn
from transforms.mee.facts.reading import read_text

TITLE = "全国碳排放权交易市场运行情况"
PUBLISHED = date(2026, 1, 5)
_CYCLES = {"第一个履约周期": "2019-2020", "第二个履约周期": "2021-2022"}
_TAKEN: tuple[tuple[str, str, str, str], ...] = (
    ("{y}年，全国碳市场配额成交量{v}亿吨", "annual_volume", "{y}", "亿"),
    ("{y}年全年累计成交额{v}亿元", "annual_turnover", "{y}", "亿"),
    ("截至{y}年底，配额累计成交量{v}亿吨", "cumulative_volume", "", "亿"),
    ("截至{y}年{m}月底，累计成交额约{v}亿元", "cumulative_turnover", "", "亿"),
    ("第二个履约周期配额累计成交量{v}亿吨", "cycle_volume", "2021-2022", "亿"),
    ("{y}年度配额清缴完成率为{p}%", "surrender_rate", "{y}", ""),
    ("{y}年度配额应清缴总量{v}亿吨", "surrender_due", "{y}", "亿"),
    ("{y}年底收盘价{v}元/吨", "year_end_close", "{y}", ""),
    ("{y}年成交均价{v}元/吨", "mean_price", "{y}", ""),
    ("{y}年，全国碳市场共运行{n}个交易日", "trading_days", "{y}", ""),
    ("纳入重点排放单位{n}家", "key_emitters", "", ""),
    ("预计新增{n}家重点排放单位", "new_emitters_planned", "", ""),
    ("年覆盖二氧化碳排放量约{v}亿吨", "covered_emissions", "", "亿"),
    ("{y}年挂牌协议成交量{v}万吨", "listed_volume", "{y}", "万"),
    ("申请登记的温室气体自愿减排项目共{n}个", "projects_applied", "", ""),
    ("{y}年大宗协议成交额{v}亿元", "block_turnover", "{y}", "亿"),
    ("{y}年{m}月日均成交量{v}万吨", "daily_mean_volume", "{y}-{m:02}", "万"),
    ("{y}年{m}月，总成交量{v}万吨", "monthly_volume", "{y}-{m:02}", "万"),
    ("{y}年，第二季度成交量占全年的{p}%", "quarter_share", "{y}-Q2", ""),
    ("{y}年，最高成交价每吨{v}元", "year_high", "{y}", ""),
    ("{y}年，{p}%的重点排放单位参与了交易", "trading_firms_share", "{y}", ""),
    ("水泥行业是排放大户，年排放约{v}亿吨", "sector_emissions", "", "亿"),
    ("抵销比例不得超过应清缴配额量的{p}%", "offset_cap", "", ""),
    ("预支量不超过配额缺口量的{p}%", "borrowing_cap", "", ""),
    ("2025年11月{m}日，全国碳市场总成交量{v}万吨", "day_volume", "", "万"),
    ("预计覆盖全国二氧化碳排放总量占比将达到{p}%", "national_share", "", ""),
    ("截至{y}年底，核查技术服务机构共{n}家", "verifiers", "", ""),
    ("钢铁行业占全国二氧化碳排放总量的{p}%", "sector_share", "", ""),
    ("已登记温室气体自愿减排项目{n}个", "registered_projects", "", ""),
)
"""A sentence, the metric that it states, its period, and the scale of its figure."""
_LEFT = (
    "{y}年，湖北试点碳市场配额成交量{v}亿吨",
    "预计{y}年全国碳市场配额成交量{v}亿吨",
    "若配额成交量达到{v}亿吨",
    "{y}年，除大宗协议外，配额成交量{v}亿吨",
    "{y}年未成交配额{v}亿吨",
    "例如，某企业{y}年配额成交量{v}万吨",
    "{y}年成交量比上年增加{v}亿吨",
    "自启动以来，全国碳市场累计成交量{v}亿吨",
    "{n}家重点排放单位被处罚",
    "{y}年第四季度成交量{v}亿吨",
    "配额成交量{v}亿吨",
    "单笔最高罚款{v}万元",
    "{y}年绿证交易量{v}亿吨",
    "{y}年前三季度，配额成交量{v}亿吨",
    "{y}年清缴截止日前一周，配额成交量{v}万吨",
    "今年，配额成交量{v}亿吨",
    "截至{y}年{m}月底，{y}年成交量{v}万吨",
    "截至{y}年底，挂牌协议累计成交量{v}亿吨",
    "截至{y}年底，山东省累计成交额{v}亿元",
    "{y}年，全国碳市场累计成交额突破{v}亿元",
    "{y}年重点排放单位实际抵销比例为{p}%",
    "机组平均负荷率为{p}%",
    "{y}年收盘价每吨上涨{v}元",
    "上述行业重点排放单位{n}家",
)
"""Distractors: like measures of another stage, market, period or kind, of which none is a fact
of those above."""
_FACTORS = {"": 1, "万": 10**4, "亿": 10**8}


def samples(count: int, seed: int | Random) -> Iterator[Sample]:
    """Texts of one to four sentences, in whatever order."""
    draw = drawn(seed)
    for _ in range(count):
        lines: list[str] = []
        facts: set[Fact] = set()
        for _ in range(draw.randint(1, 4)):
            words = {
                "y": draw.randint(2021, 2025),
                "m": draw.randint(1, 11),
                "v": Decimal(draw.randint(100, 9999)) / 100,
                "n": draw.randint(100, 250),
                "p": Decimal(draw.randint(9000, 9999)) / 100,
            }
            if draw.random() < 0.5:
                text, metric, period, scale = draw.choice(_TAKEN)
                printed = next(f"{words[k]}" for k in "vpn" if f"{{{k}" in text)
                value = Decimal(printed) * _FACTORS[scale]
                facts.add(Fact(metric, value, period.format(**words)))
            else:
                text = draw.choice(_LEFT)
            lines.append(f"{text.format(**words)}。")
        yield Sample("\n".join(lines), frozenset(facts))


def read(text: str) -> frozenset[Fact]:
    """What the ministry's reader takes from a text."""
    claims = read_text(text, title=TITLE, published_on=PUBLISHED).claims
    return frozenset(Fact(c.metric, c.value, c.period) for c in claims if c.value is not None)
