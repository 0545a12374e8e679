"""The grammar of the national market: every variety read, figure by figure."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.unit.transforms.seee.seee_texts import (
    BLOCK,
    CUMULATIVE,
    LISTED,
    TEXTS,
    bulletin,
    changed,
    read,
)
from transforms.seee.transform import transform

Expected = dict[str, Any]


def figures(printed: str) -> Expected:
    """`open=50.00 listed=1/2.00` as columns: prices, legs (tonnes/yuan), change."""
    found: Expected = {}
    for name, value in (pair.split("=") for pair in printed.split()):
        if "/" in value:
            tonnes, yuan = value.split("/")
            found |= {f"{name}_volume_t": int(tonnes), f"{name}_turnover_cny": Decimal(yuan)}
        elif name == "change":
            found["change_pct"] = Decimal(value)
        else:
            found[f"{name}_cny_per_t"] = Decimal(value)
    return found


LEGS = "listed=12345/617250.50 block=200000/9000000.00"
SUMS = "total=212345/9617250.50 cumulative=5212345/261617250.50"
NO_BLOCK = (
    "listed=12345/617250.50 block=0/0.00 total=12345/617250.50 cumulative=5212345/261617250.50"
)
NO_LISTED = (
    "listed=0/0.00 block=200000/9000000.00 total=200000/9000000.00 cumulative=5212345/261617250.50"
)
AUCTION = f"{LEGS} auction=5000/250000.00 total=217345/9867250.50"
NOTHING = "listed=0/0.00 block=0/0.00 total=0/0.00"
YTD = "ytd=3212345/161617250.50"
RANGE = "high=51.20 low=49.80"
FULL = f"open=50.00 {RANGE} close=50.10"
DAY, WEEK, YEAR = "previous_close", "previous_period_close", "previous_period_close"

# variety -> figures, basis of the change, flags, price basis
GOLDEN: dict[str, tuple[str, str | None, str, str]] = {
    "D0": (
        "close=50.00 change=4.17 listed=4000000/200000000.00 total=4000000/200000000.00"
        " cumulative=4000000/200000000.00",
        "opening_price", "", "listed",
    ),
    "D1": (f"{FULL} change=-5.10 {LEGS} {SUMS}", DAY, "", "listed"),
    "D1-noblock-flat": (f"{FULL} change=0.00 {NO_BLOCK}", DAY, "no_block flat", "listed"),
    "D2-semicolon": (f"{FULL} change=0.20 {LEGS} {SUMS}", DAY, "", "composite"),
    "D2-noblock": (f"{FULL} change=0.20 {NO_BLOCK}", DAY, "no_block", "composite"),
    "D3-ytd": (f"{FULL} change=0.20 {LEGS} {SUMS} {YTD}", DAY, "", "composite"),
    "D4-nolisted": (f"close=50.10 {NO_LISTED}", None, "no_listed", "composite"),
    "D5-notrade-early": (f"close=50.10 {NOTHING}", None, "no_trade", "composite"),
    "D5-notrade": (
        f"close=50.10 {NOTHING} auction=0/0.00 {YTD} cumulative=5212345/261617250.50",
        None, "no_trade", "composite",
    ),
    "D6-auction": (
        f"{FULL} change=0.20 {AUCTION} cumulative=5212345/261617250.50", DAY, "", "composite",
    ),
    "D7-noauction": (
        f"{FULL} change=0.20 {LEGS} auction=0/0.00 {SUMS}", DAY, "no_auction", "composite",
    ),
    "D8-nolisted-noauction": (
        f"open=50.10 close=50.10 change=0.00 {NO_LISTED} auction=0/0.00",
        DAY, "no_listed no_auction flat", "composite",
    ),
    "W1-nocum": (f"{RANGE} close=50.10 {LEGS} total=212345/9617250.50", None, "", "listed"),
    "W1": (f"{RANGE} close=50.10 change=-0.46 {LEGS} {SUMS}", WEEK, "", "listed"),
    "W1b-noblock": (f"{RANGE} close=50.10 change=-0.46 {NO_BLOCK}", WEEK, "no_block", "listed"),
    "W2": (f"{RANGE} change=-0.56 {LEGS} {SUMS}", WEEK, "", "composite"),
    "W3-ytd": (
        f"{RANGE} change=0.56 {LEGS} auction=0/0.00 {SUMS} {YTD}", WEEK, "no_auction", "composite",
    ),
    "M1": (f"{RANGE} close=50.10 change=1.27 {LEGS} {SUMS}", WEEK, "", "listed"),
    "M2": (f"change=2.50 {LEGS} {SUMS}", WEEK, "", "composite"),
    "M3-auction": (f"{AUCTION} cumulative=5212345/261617250.50", None, "", "composite"),
    "Y1-first": (f"{RANGE} close=50.10 change=5.84 {LEGS} {SUMS}", "launch_close", "", "listed"),
    "Y1": (f"high=51.20 close=50.10 change=-1.44 {LEGS} {SUMS}", YEAR, "", "listed"),
    "Y2-prose": (
        "close=50.10 change=44.40 cumulative=5212345/261617250.50", YEAR, "", "composite",
    ),
    "Y3-auction": (
        f"close=50.10 change=-23.45 {AUCTION} cumulative=5212345/261617250.50",
        YEAR, "", "composite",
    ),
}  # fmt: skip
ABOUT = ("period", "trade_date", "title", "published_on", "article_no", "weight_regime", "rounded")


def test_every_variety_has_a_golden_row() -> None:
    assert GOLDEN.keys() == TEXTS.keys()


@pytest.mark.parametrize("variety", GOLDEN)
def test_golden_rows(variety: str) -> None:
    row = read(variety)
    printed, change_basis, flags, basis = GOLDEN[variety]
    expected: Expected = dict.fromkeys(column.name for column in SEEE_BULLETINS.own)
    expected |= {name: False for name in expected if name.startswith("is_")}
    expected |= {f"is_{flag}": True for flag in flags.split()}
    expected |= figures(printed)
    expected |= {"change_basis": change_basis, "price_basis": basis}
    assert list(row.values) == list(expected)
    read_figures = {k: v for k, v in row.values.items() if not k.startswith(ABOUT)}
    assert read_figures == {k: v for k, v in expected.items() if not k.startswith(ABOUT)}


@pytest.mark.parametrize("variety", TEXTS)
def test_every_figure_has_a_quote_that_is_on_the_page(variety: str) -> None:
    row = read(variety)
    page = "".join(TEXTS[variety][1].split())
    stated = {
        name
        for name, value in row.values.items()
        if value is not None and name.endswith(("_t", "_cny", "_pct"))
    }
    assert stated <= row.evidence.keys()
    for column in row.evidence.keys() - {"rounded_figures"}:
        assert row.evidence[column] in page


def test_decimals_have_two_places_and_tonnes_are_whole() -> None:
    row = changed("D1", "617,250.50元", "617,250元")
    assert str(row.values["listed_turnover_cny"]) == "617250.00"
    assert str(row.values["change_pct"]) == "-5.10"
    assert type(row.values["listed_volume_t"]) is int


def test_turnover_comes_from_the_clause_of_its_volume() -> None:
    row = read("D6-auction")
    assert row.evidence["listed_turnover_cny"] == LISTED
    assert row.evidence["block_turnover_cny"] == BLOCK
    assert row.evidence["auction_volume_t"] == "单向竞价成交量5,000吨，成交额250,000.00元"


def test_rounded_prose_keeps_exact_columns_empty() -> None:
    row = read("Y2-prose")
    assert json.loads(row.values["rounded_figures"]) == {
        "trading_days": 242,
        "total_volume_t": 212_000_000,
        "total_turnover_cny": 14_444_000_000,
        "listed_volume_t": 34_996_600,
        "listed_turnover_cny": 2_569_000_000,
        "block_volume_t": 177_000_000,
        "block_turnover_cny": 11_875_000_000,
        "CEA19-20_volume_t": 47_528_400,
        "CEA21_volume_t": 41_676_000,
        "CEA22_volume_t": 123_000_000,
    }
    assert "挂牌协议交易成交量3,499.66万吨，成交额25.69亿元" in row.evidence["rounded_figures"]


@pytest.mark.parametrize(
    "flat",
    [
        "收盘价与前一日收盘价持平",
        "收盘价与前日持平",
        "收盘价与上一交易日持平",
        "收盘价较前一日持平",
        "与前一日收盘价基本持平",
        "收盘价无涨跌",
        "收盘价持平",
    ],
)
def test_wordings_of_a_level_close(flat: str) -> None:
    values = changed("D1-noblock-flat", "收盘价与前一日持平", flat).values
    assert (values["change_pct"], values["is_flat"]) == (Decimal("0.00"), True)


@pytest.mark.parametrize(
    ("variety", "old", "new"),
    [
        ("D1", "收盘价较前一日下跌", "收盘价下跌"),
        ("D1", "收盘价较前一日下跌", "较前一日收盘价下跌"),
        ("D1", "开盘价50.00", "开盘价为50.00"),
        ("D1", "截至今日", "截止2021年8月25日"),
        ("D1", "今日全国碳市场碳排放", "20210825\n今日全国碳市场碳排放"),
        ("D1", "挂牌协议交易成交量", "挂牌协议成交量"),
        ("D3-ytd", "至12月11日", "至2024年12月11日"),
        ("D6-auction", "单向竞价成交量", "单向竞价交易成交量"),
        ("W2", "（20240520-20240524）", "（20240520至20240524）"),
        ("W2", "（20240520-20240524）", "（2024年5月20日至5月24日）"),
        ("W2", "（20240520-20240524）", ""),
        ("W2", "较上周五", "较上周最后一个交易日"),
        ("W2", "较上周五", "较上周五收盘价50.38元/吨"),
        ("Y1-first", "开盘价48.00元/吨", "开盘价"),
        ("Y1-first", "较启动首日收盘价", "较首日收盘价47.33元/吨"),
    ],
)
def test_other_wordings_of_the_same_figures(variety: str, old: str, new: str) -> None:
    assert changed(variety, old, new).values == read(variety).values


def test_broken_words_and_numbers_read_the_same() -> None:
    text = TEXTS["D3-ytd"][1]
    broken = (
        text.replace("12,345吨", "12,3 \u200b45\u3000吨", 1)
        .replace("总成交量", "总 成\xa0交\n量", 1)
        .replace("200,000", "２００，０００", 1)
    )
    row = transform(bulletin(TEXTS["D3-ytd"][0], broken))[0]
    assert row.values == read("D3-ytd").values
    assert (
        row.evidence["block_volume_t"] == "大宗协议交易成交量２００，０００吨，成交额9,000,000.00元"
    )


def test_quotes_stay_exact_where_normalising_changes_lengths() -> None:
    title, text = TEXTS["D1"]
    row = transform(bulletin(title, "㈱㎏" + text))[0]
    assert row.evidence == read("D1").evidence


def test_silence_on_auctions_and_sums_is_remarked() -> None:
    assert [r.rule for r in changed("W3-ytd", "本周无单向竞价。", "").remarks] == [
        "auction_not_stated"
    ]
    short = changed("D4-nolisted", f"截至今日，全国碳排放配额{CUMULATIVE}。", "")
    assert [r.rule for r in short.remarks] == ["no_cumulative"]
    assert short.values["cumulative_volume_t"] is None
