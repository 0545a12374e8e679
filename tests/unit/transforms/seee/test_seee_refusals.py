"""What the grammar of the national market refuses: never a half row, never a guess."""

from __future__ import annotations

import pytest

from tests.unit.transforms.seee.seee_texts import BLOCK, CUMULATIVE, LISTED, TEXTS, record, refusal
from transforms.model import Refused
from transforms.seee.transform import transform


def refused_change(variety: str, old: str, new: str) -> Refused:
    title, text = TEXTS[variety]
    assert old in text
    return refusal(title, text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("variety", "old", "new", "rule"),
    [
        ("D3-ytd", "12,345吨", "12,34,5吨", "bad_number"),
        ("D3-ytd", "12,345吨", "1,629,4吨", "bad_number"),
        ("D3-ytd", "12,345吨", "12,345.5吨", "bad_number"),
        ("D3-ytd", "12,345吨", "012,345吨", "bad_number"),
        ("D3-ytd", "12,345吨", f"{'9' * 5000}吨", "bad_number"),
        ("D3-ytd", "617,250.50元", "617,250.505元", "bad_number"),
        ("D3-ytd", "12,345吨", "吨", "unclaimed_figure"),
        ("D3-ytd", "较前一日上涨0.20%", "较前一日上涨", "unknown_clause"),
        ("D3-ytd", "12,345吨", "约12,345吨", "unclaimed_figure"),
        ("D3-ytd", "12,345吨", "-12,345吨", "unclaimed_figure"),
        ("D3-ytd", "12,345吨，成交额617,250.50元", "12,345吨", "missing_turnover"),
        ("D3-ytd", "12,345吨，成交额", "12,345吨。成交额", "missing_turnover"),
        ("D3-ytd", "成交量12,345吨，成交额617,250.50元", "成交额617,250.50元", "unclaimed_figure"),
        ("D3-ytd", "12,345吨", "1.23万吨", "wrong_unit"),
        ("D3-ytd", "12,345吨", "12,345元", "wrong_unit"),
        ("Y2-prose", "成交额144.44亿元", "成交额144.44亿吨", "wrong_unit"),
        ("Y2-prose", "2.12亿吨", "211,943,768吨", "wrong_unit"),
        ("D3-ytd", "大宗协议交易成交量", "成交量", "unclaimed_figure"),
        ("D3-ytd", "总成交量", "成交量", "unclaimed_figure"),
        ("D3-ytd", "累计成交量", "成交量", "unclaimed_figure"),
        ("D3-ytd", "今日全国碳市场", "今日有3家机构入市。今日全国碳市场", "unclaimed_figure"),
        ("D3-ytd", "今日全国碳市场", "今日无竞买。今日全国碳市场", "unknown_clause"),
        ("D3-ytd", "今日全国碳市场", "今日暂停交易一小时。今日全国碳市场", "unknown_clause"),
        ("D3-ytd", "今日全国碳市场", "均价五十元。今日全国碳市场", "unknown_clause"),
        ("D3-ytd", "开盘价", "开盘价48.00元/吨，开盘价", "contradiction"),
        ("D3-ytd", "。", "。今日无大宗协议交易。", "contradiction"),
        ("D5-notrade", "。", f"。今日{BLOCK}。", "contradiction"),
        ("D8-nolisted-noauction", "开盘价", "最高价52元/吨，最低价4元/吨，开盘价", "contradiction"),
        ("D3-ytd", "截至2024年12月11日", "截至2024年12月10日", "date_mismatch"),
        ("D3-ytd", "至12月11日", "至12月10日", "date_mismatch"),
        ("D3-ytd", "2024年1月1日", "2023年1月1日", "date_mismatch"),
        ("D3-ytd", "截至2024年12月11日", "截至本周", "date_mismatch"),
        ("D3-ytd", "今日全国碳市场", "20241210\n今日全国碳市场", "date_mismatch"),
        ("D3-ytd", "截至2024年12月11日", "截至2024年13月11日", "bad_date"),
        ("W2", "20240520-20240524", "20240513-20240517", "date_mismatch"),
        ("Y1", "2022年", "2021年", "date_mismatch"),
        ("D3-ytd", "收盘价较前一日上涨", "较开盘价上涨", "unknown_clause"),
        ("W2", "周成交量", "月成交量", "unclaimed_figure"),
        ("W1", "本周五收盘价为", "收盘价为", "unclaimed_figure"),
    ],
)  # fmt: skip
def test_refused(variety: str, old: str, new: str, rule: str) -> None:
    assert refused_change(variety, old, new).rule == rule


@pytest.mark.parametrize(
    ("variety", "clause"),
    [
        ("D1-noblock-flat", "今日无大宗协议交易。"),
        ("D1", f"今日{BLOCK}。"),
        ("D3-ytd", f"今日{LISTED}；"),
        ("D3-ytd", "开盘价50.00元/吨，"),
        ("D3-ytd", "最低价49.80元/吨，"),
        ("D3-ytd", "收盘价50.10元/吨，"),
        ("D3-ytd", "，收盘价较前一日上涨0.20%"),
        ("D3-ytd", f"截至2024年12月11日，全国碳市场碳排放配额{CUMULATIVE}。"),
        ("D7-noauction", "今日无单向竞价。"),
        ("D8-nolisted-noauction", "今日无挂牌协议交易。"),
        ("D5-notrade", "，综合价格收盘价为50.10元/吨"),
        ("W1", "本周五收盘价为50.10元/吨，"),
        ("W1", f"截至本周，全国碳市场碳排放配额（CEA）{CUMULATIVE}。"),
        ("M1", "最高成交价51.20元/吨，"),
        ("Y3-auction", f"截至2025年12月31日，全国碳市场碳排放配额{CUMULATIVE}。"),
    ],
)
def test_a_clause_that_is_due_is_missed(variety: str, clause: str) -> None:
    assert refused_change(variety, clause, "").rule == "missing_clause"


def test_an_empty_text_is_refused() -> None:
    assert refusal(TEXTS["D1"][0], " \n").rule == "missing_clause"


def test_a_refusal_names_rule_value_table_and_page() -> None:
    refused = refused_change("D3-ytd", "今日全国碳市场", "今日有3家机构入市。今日全国碳市场")
    assert refused.value == "今日有3家机构入市。"
    assert refused.table == "seee_bulletins"
    assert refused.__notes__ == ["seee: https://overview.cneeex.example/news/1.html"]


def test_records_of_another_shape_are_refused() -> None:
    with pytest.raises(Refused, match="unknown_kind"):
        transform(record("weather"))
    with pytest.raises(Refused, match="record_shape"):
        transform(record("bulletin", title=TEXTS["D1"][0], published="", text=None))
