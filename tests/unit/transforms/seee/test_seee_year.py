"""The prose on a year, as the exchange wrote it once, in figures of our own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from transforms.model import Refused
from transforms.seee.bulletin import claim, settle
from transforms.seee.period import read_title
from transforms.text.plain import without_blanks

PROSE_OF_A_YEAR = (
    "2023年1月3日至2023年12月29日，全国碳市场共运行242个交易日。碳排放配额年度成交量2.20亿吨，年度成交额150.00亿元，"
    "日均成交量90.91万吨。其中，“碳排放配额19-20”成交量2.20亿吨，占全年成交量的100.00%，成交额150.00亿元。"
    "截至2023年12月29日，全国碳市场碳排放配额累计成交量4.50亿吨，累计成交额255.00亿元。1.成交数量其中，挂牌协议交易成交量"
    "4000.00万吨，大宗协议交易成交量1.80亿吨。2.成交金额其中，挂牌协议交易成交额28.00亿元，大宗协议交易成交额122.00亿元。"
    "3.成交价格2023年每日综合价格收盘价在51.00-80.00元/吨之间。12月29日收盘价79.00元/吨，"
    "较2022年最后一个交易日（2022年12月30日）上涨43.64%。2023年市场成交均价68.18元/吨，较2022年市场成交均价上涨23.00%。"
)
MORE_PROSE = (
    "截至2023年12月29日，全国碳市场碳排放配额累计成交量4.50亿吨，累计成交额255.00亿元，"
    "每日综合价格收盘价在41.00-80.00元/吨之间。4.交易时间2023年交易集中在下半年，"
    "一至四季度成交量分别占全年总成交量的2.00%、3.00%、25.00%、70.00%。"
)


def test_ranges_of_the_year_and_since_the_launch_and_shares_of_quarters() -> None:
    period = read_title("全国碳市场每年综合价格行情及成交信息20230103-20231229")
    sheet = claim(without_blanks(PROSE_OF_A_YEAR + MORE_PROSE), period)
    settle(sheet, "composite")
    told = {
        name: sheet.rounded[name] for name in sheet.rounded if "close" in name or name[0] == "Q"
    }
    assert told == {
        "lowest_close_cny_per_t": "51.00",
        "highest_close_cny_per_t": "80.00",
        "lowest_close_since_launch_cny_per_t": "41.00",
        "highest_close_since_launch_cny_per_t": "80.00",
        "Q1_share_pct": "2.00",
        "Q2_share_pct": "3.00",
        "Q3_share_pct": "25.00",
        "Q4_share_pct": "70.00",
    }


@pytest.mark.parametrize("other", ["71.00%", "69.00%"])
def test_quarters_that_are_not_the_year_are_refused(other: str) -> None:
    period = read_title("全国碳市场每年综合价格行情及成交信息20230103-20231229")
    text = PROSE_OF_A_YEAR + MORE_PROSE.replace("70.00%", other)
    with pytest.raises(Refused, match="bad_number"):
        settle(claim(without_blanks(text), period), "composite")


def test_the_prose_on_a_year_gives_volumes_and_turnovers_in_sentences_of_their_own() -> None:
    period = read_title("全国碳市场每年综合价格行情及成交信息20230103-20231229")
    sheet = claim(without_blanks(PROSE_OF_A_YEAR), period)
    settle(sheet, "composite")
    assert (sheet.values["close_cny_per_t"], sheet.values["change_pct"]) == (79, Decimal("43.64"))
    assert sheet.rounded["block_turnover_cny"] == 12_200_000_000
    assert sheet.rounded["CEA19-20_share_pct"] == "100.00"
    assert sheet.rounded["mean_price_change_pct"] == "23.00"
    assert sheet.rounded["lowest_close_cny_per_t"] == "51.00"


@pytest.mark.parametrize(
    ("words", "other", "rule"),
    [
        ("大宗协议交易成交额122.00亿元", "", "missing_turnover"),
        ("12月29日收盘价", "12月28日收盘价", "date_mismatch"),
        ("较2022年最后", "较2021年最后", "date_mismatch"),
        ("51.00-80.00", "81.00-80.00", "bad_number"),
        ("占全年成交量的100.00%", "占全年的100.00%", "unclaimed_figure"),
    ],
)
def test_the_prose_on_a_year_is_refused_where_it_does_not_hold(
    words: str, other: str, rule: str
) -> None:
    period = read_title("全国碳市场每年综合价格行情及成交信息20230103-20231229")
    assert words in PROSE_OF_A_YEAR
    with pytest.raises(Refused, match=rule):
        settle(claim(without_blanks(PROSE_OF_A_YEAR.replace(words, other)), period), "composite")
