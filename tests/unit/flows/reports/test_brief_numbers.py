"""Figures in the style of each language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reports.brief.charts import volume_and_price
from flows.reports.brief.words import Lang, amount, change, day, month, rounded


@pytest.mark.parametrize(
    ("value", "unit", "qualifier", "chinese", "english"),
    [
        ("188646053", "t", None, "1.89亿吨", "188.65 million t"),
        ("630268664", "t", None, "6.30亿吨", "630.27 million t"),
        ("3000000000", "t", "~", "约30亿吨", "about 3 billion t"),
        ("50000", "t", None, "5万吨", "50,000 t"),
        ("433", "t", None, "433吨", "433 t"),
        ("18113576584.23", "CNY", None, "181.14亿元", "CNY 18.11 billion"),
        ("2000000", "CNY", "<=", "不超过200万元", "up to CNY 2 million"),
        ("43120.60", "CNY", None, "4.31万元", "CNY 43,120.60"),
        ("97.49", "CNY/t", None, "97.49元/吨", "CNY 97.49/t"),
        ("96.0188", "CNY/t", None, "96.02元/吨", "CNY 96.02/t"),
        ("40.000000", "%", ">", "超过40%", "more than 40%"),
        ("2257", "count", None, "2,257", "2,257"),
        ("1", "days", None, "1天", "1 day"),
        ("0", "t", None, "0吨", "0 t"),
    ],
)
def test_amounts(value: str, unit: str, qualifier: str | None, chinese: str, english: str) -> None:
    assert amount(Decimal(value), unit, "zh", qualifier) == chinese
    assert amount(Decimal(value), unit, "en", qualifier) == english


@pytest.mark.parametrize(
    ("percent", "lang", "told"),
    [
        ("-10.99", "zh", "下降10.99%"),
        ("25.4", "zh", "增长25.40%"),
        ("-10.99", "en", "down 10.99%"),
        ("0", "zh", "持平"),
        ("0", "en", "unchanged"),
    ],
)
def test_changes(percent: str, lang: Lang, told: str) -> None:
    assert change(Decimal(percent), lang) == told


def test_prices_rise_and_fall() -> None:
    assert change(Decimal("22.75"), "zh", is_price=True) == "上涨22.75%"
    assert change(Decimal("-1"), "zh", is_price=True) == "下跌1.00%"


def test_days_and_months_need_no_locale() -> None:
    on = date(2024, 11, 3)
    assert (day(on, "zh"), day(on, "en")) == ("2024年11月3日", "3 November 2024")
    assert (month(on, "zh"), month(on, "en")) == ("2024年11月", "November 2024")
    assert day(on, "en", with_year=False) == "3 November"


@given(st.decimals(0, 10**12, places=2))
def test_a_scaled_figure_is_its_value_within_half_of_its_last_digit(value: Decimal) -> None:
    for lang, sizes in (("zh", {"亿": 10**8, "万": 10**4}), ("en", {"billion": 10**9})):
        told = amount(value, "CNY", lang)  # type: ignore[arg-type]
        digits = "".join(c for c in told if c.isdigit() or c == ".")
        size = next((n for word, n in sizes.items() if word in told), 1)
        size = 10**6 if "million" in told else size
        assert abs(Decimal(digits) * size - value) <= Decimal(size) * Decimal("0.005")


def test_half_is_rounded_up() -> None:
    assert rounded(Decimal("0.125")) == Decimal("0.13")


def test_bars_are_stacked_by_trade_method_with_a_legend() -> None:
    point = {"label": "Jan", "volume": 3.0, "price": 80.0, "listed": 1.0, "block": 2.0}
    words: dict[str, Any] = dict.fromkeys(
        ("volume_title", "price_title", "title", "description", "slug"), "x"
    )
    plain = volume_and_price([point], **words)
    svg = volume_and_price([point], **words, legs={"listed": "Listed", "block": "Block"})
    for word in ("Listed", "Block", "var(--bar)", "var(--bar-2)"):
        assert word in svg
    assert "var(--bar-2)" not in plain
    assert "var(--bar-3)" not in svg


def test_a_chart_is_the_same_bytes_and_its_words_are_escaped() -> None:
    points = [
        {"label": "1月", "volume": 1.5, "price": 80.0},
        {"label": "2月", "volume": 0, "price": None},
    ]
    words: dict[str, Any] = {
        "volume_title": "v",
        "price_title": "p",
        "title": "<b>&",
        "description": "1月: 1.5",
        "slug": "c",
    }
    svg = volume_and_price(points, **words)
    assert svg == volume_and_price(points, **words)
    assert "&lt;b&gt;&amp;" in svg
    assert "var(--bar)" in svg
    assert "var(--line)" in svg
    assert "1月" in svg
    assert 'role="img"' in svg
    assert "http://www.w3.org" in svg
    assert svg.count("http") == svg.count("http://www.w3.org"), "nothing is loaded"
