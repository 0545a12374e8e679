"""What holds for every figure and every break: nothing is lost, nothing read differently."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.transforms.seee.seee_texts import DAY, TEXTS, bulletin, read
from transforms.model import Refused
from transforms.seee.transform import transform

BLANKS = st.sampled_from([" ", "\n", "\u3000", "\xa0", "\u200b", "\ufeff", "\r\n\t"])
WIDE = str.maketrans("0123456789,.%/", "０１２３４５６７８９，．％／")
CLAUSE_END = re.compile(r"(?<=[，。；\n])")
FIGURE = re.compile(r"[0-9][0-9,.]*")
# What a text may leave out, so that its absence can't be seen: by length of period.
OPTIONAL = {
    "day": ("ytd_",),
    "week": ("ytd_", "change_", "auction_", "is_no_auction"),
    "month": ("ytd_", "change_", "auction_"),
    "year": ("ytd_", "change_", "auction_", "high_", "low_", "rounded_"),
}
# Short texts, in which the price sentence is the close and the sums may be missing.
SHORT = {"D4-nolisted", "D5-notrade", "D0"}

prices = st.integers(1, 10**6).map(lambda cents: Decimal(cents).scaleb(-2))
volumes = st.integers(1, 10**12)
turnovers = st.integers(1, 10**15).map(lambda cents: Decimal(cents).scaleb(-2))
legs = st.tuples(volumes, turnovers)


def pair(volume_and_turnover: tuple[int, Decimal], label: str = "") -> str:
    volume, turnover = volume_and_turnover
    return f"{label}成交量{volume:,}吨，{label}成交额{turnover:,.2f}元"


@st.composite
def days(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """The text of a composite daily with any figures and clauses, and what is in it."""
    figures: dict[str, Any] = {}
    sentence = []
    names = {"open": "开盘价", "high": "最高价", "low": "最低价", "close": "收盘价"}
    for name, label in names.items():
        figures[f"{name}_cny_per_t"] = price = draw(prices)
        sentence.append(f"{label}{price:,}元/吨")
    if draw(st.booleans()):
        figures |= {"is_flat": True, "change_pct": Decimal(0)}
        sentence.append("收盘价与前一日持平")
    else:
        change = draw(st.integers(-(10**4), 10**4).map(lambda points: Decimal(points).scaleb(-2)))
        figures |= {"is_flat": False, "change_pct": change}
        sentence.append(f"收盘价较前一日{'下跌' if change < 0 else '上涨'}{abs(change)}%")
    text = f"今日全国碳市场综合价格行情为：{'，'.join(sentence)}。\n"

    def leg(name: str, stated: tuple[int, Decimal]) -> None:
        figures[f"{name}_volume_t"], figures[f"{name}_turnover_cny"] = stated

    for name, label in (
        ("listed", "挂牌协议交易"),
        ("block", "大宗协议交易"),
        ("auction", "单向竞价"),
    ):
        stated = draw(legs if name == "listed" else st.none() | legs)
        leg(name, stated or (0, Decimal(0)))
        text += f"今日{label}{pair(stated)}；" if stated else f"今日无{label}。"
    total, cumulative, ytd = draw(legs), draw(legs), draw(st.none() | legs)
    leg("total", total)
    leg("cumulative", cumulative)
    text += f"\n今日全国碳排放配额{pair(total, '总')}。\n"
    if ytd:
        leg("ytd", ytd)
        text += f"2025年1月1日至12月2日，全国碳市场碳排放配额{pair(ytd)}。\n"
    return f"{text}截至今日，全国碳排放配额{pair(cumulative, '累计')}。", figures


@settings(deadline=None)
@given(days())
def test_any_figures_come_back(day: tuple[str, Mapping[str, Any]]) -> None:
    text, figures = day
    values = transform(bulletin(f"{DAY}20251202", text))[0].values
    assert {name: values[name] for name in figures} == figures
    assert values["ytd_volume_t"] == figures.get("ytd_volume_t")


@settings(deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_blanks_and_full_width_forms_change_nothing(variety: str, data: st.DataObject) -> None:
    title, text = TEXTS[variety]
    for _ in range(data.draw(st.integers(0, 8))):
        position = data.draw(st.integers(0, len(text)))
        text = text[:position] + data.draw(BLANKS) + text[position:]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    text = text[:start] + text[start:end].translate(WIDE) + text[end:]
    position = data.draw(st.integers(0, len(title)))
    title = title[:position] + data.draw(BLANKS) + title[position:]
    assert transform(bulletin(title, text))[0].values == read(variety).values


def shortened(text: str) -> list[str]:
    """The text without one of its clauses, or without one of its figures: every way."""
    clauses = CLAUSE_END.split(text)
    without_clause = ["".join(clauses[:i] + clauses[i + 1 :]) for i in range(len(clauses))]
    found = [match.span() for match in FIGURE.finditer(text)]
    return without_clause + [text[:start] + text[end:] for start, end in found]


@pytest.mark.parametrize("variety", TEXTS)
def test_a_missing_clause_or_figure_never_changes_another_figure(variety: str) -> None:
    """A shortened text is refused, or gives the same row, with nulls only where they may be."""
    title, text = TEXTS[variety]
    whole = read(variety).values
    optional = OPTIONAL[whole["period"]] + (("cumulative_", "change_") if variety in SHORT else ())
    refused = 0
    for shorter in shortened(text):
        try:
            values = transform(bulletin(title, shorter))[0].values
        except Refused:
            refused += 1
            continue
        for name, value in values.items():
            if value == whole[name]:
                continue
            assert name.startswith(optional), shorter
            if name == "rounded_figures":
                assert json.loads(value).items() < json.loads(whole[name]).items(), shorter
            else:
                assert value in (None, False), shorter
    assert refused > len(FIGURE.findall(text)) / 2


WORDS = (
    "今日 全国碳市场 挂牌协议 大宗协议交易 单向竞价 总 累计 成交量 成交额 无成交 无 开盘价 最高价 "
    "最低价 收盘价 为 较前一日 上涨 下跌 持平 吨 元 元/吨 万 亿 % ， 。 ； 1,234 12 0.5 2024年 "
    "1月1日 至 12月11日 截至 20241211 - （ ㎏ ½ \u200b 碳排放配额 本周五 较上周五 个交易日 年度"
)
FRAGMENTS = st.sampled_from(WORDS.split())


@settings(deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.lists(FRAGMENTS, max_size=40), st.data())
def test_no_text_breaks_the_reader(variety: str, pieces: list[str], data: st.DataObject) -> None:
    """Whatever stands in a text: a whole row or a refusal, and no other error."""
    title, text = TEXTS[variety]
    position = data.draw(st.integers(0, len(text)))
    for candidate in ("".join(pieces), text[:position] + "".join(pieces) + text[position:]):
        try:
            (row,) = transform(bulletin(title, candidate))
        except Refused:
            continue
        assert row.values["close_cny_per_t"] or row.values["period"] in ("week", "month")


@settings(deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 10**6), st.data())
def test_a_figure_between_clauses_is_never_overlooked(
    variety: str, figure: int, data: st.DataObject
) -> None:
    title, text = TEXTS[variety]
    ends = [match.end() for match in re.finditer("。", text)]
    position = data.draw(st.sampled_from([0, *ends]))
    noisy = f"{text[:position]}参与机构{figure}家。{text[position:]}"
    with pytest.raises(Refused) as caught:
        transform(bulletin(title, noisy))
    assert caught.value.rule == "unclaimed_figure"
    assert caught.value.value == f"参与机构{figure}家。"
