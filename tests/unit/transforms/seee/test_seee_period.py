"""What a bulletin is about: titles, publication, weights and the basis of its prices."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.transforms.seee.seee_texts import TEXTS, bulletin, read, refusal
from transforms.seee.transform import transform


def test_period_and_lineage_columns() -> None:
    title, text = TEXTS["W2"]
    url = "https://overview.cneeex.com/c/2024-05-24/495432.shtml"
    values = transform(bulletin(title, text, "2024-05-24", url))[0].values
    assert values["period"] == "week"
    assert (values["period_start"], values["period_end"]) == (date(2024, 5, 20), date(2024, 5, 24))
    assert values["trade_date"] == date(2024, 5, 24)
    assert (values["published_on"], values["article_no"]) == (date(2024, 5, 24), 495432)
    assert values["title"] == title


@pytest.mark.parametrize(
    ("variety", "regime"),
    [
        ("D1", "CEA19-20:1"),
        ("D2-semicolon", "CEA19-20,CEA21,CEA22:1/3"),
        ("D3-ytd", "CEA19-20,CEA21,CEA22,CEA23:1/4"),
        ("Y3-auction", "CEA19-20,CEA21,CEA22,CEA23,CEA24:1/5"),
        ("D5-notrade", "CEA25:1"),
    ],
)
def test_weight_regime_is_that_of_the_last_day(variety: str, regime: str) -> None:
    assert read(variety).values["weight_regime"] == regime


@pytest.mark.parametrize(
    ("url", "line", "rules"),
    [
        ("/c/2024-12-11/495000.shtml", "2024-12-11", []),
        ("/c/2024-12-12/495000.shtml?x=1", "2024-12-12", ["published_late"]),
        ("/c/2024-12-11/495000.shtml", "2024-12-12", ["published_mismatch"]),
        ("/news_info/1.html", "2024-12-12", ["published_late"]),
        ("/news_info/1.html", "", []),
    ],
)
def test_publication_remarks(url: str, line: str, rules: list[str]) -> None:
    title, text = TEXTS["D3-ytd"]
    row = transform(bulletin(title, text, line, f"https://overview.cneeex.com{url}"))[0]
    assert [remark.rule for remark in row.remarks] == rules


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("", "unknown_title"),
        ("全国碳市场每日成交数据", "unknown_title"),
        ("关于休市的公告20241211", "unknown_title"),
        ("全国碳市场每日成交数据20241211-20241212", "unknown_title"),
        ("全国碳市场每周成交数据20241211", "unknown_title"),
        ("全国碳市场每日成交数据20241311", "bad_date"),
        ("全国碳市场每周成交数据20241206-20241211", "bad_period"),
        ("全国碳市场每月成交数据20241101-20241211", "bad_period"),
        ("全国碳市场每年成交数据20231201-20241211", "bad_period"),
        ("全国碳市场每周成交数据20241211-20241209", "bad_period"),
        ("全国碳市场每日综合价格行情及成交信息20241214", "closed_day"),
        ("全国碳市场每日综合价格行情及成交信息20240209", "closed_day"),
        ("全国碳市场每日成交数据20210715", "closed_day"),
        ("全国碳市场每日综合价格行情及成交信息20270103", "closed_day"),
        ("全国碳市场每日综合价格行情及成交信息20241210", "date_mismatch"),
    ],
)
def test_titles_refused(title: str, rule: str) -> None:
    assert refusal(title, TEXTS["D3-ytd"][1]).rule == rule


def test_price_basis_must_fit_the_date() -> None:
    plain = TEXTS["D1"][1]
    assert refusal("全国碳市场每日成交数据20230828", plain).rule == "basis_mismatch"
    text = TEXTS["D2-noblock"][1]
    assert refusal("全国碳市场每日成交数据20230825", text).rule == "basis_mismatch"


def test_published_before_the_day_is_refused() -> None:
    title, text = TEXTS["D3-ytd"]
    url = "https://overview.cneeex.com/c/2024-12-10/495000.shtml"
    refused = refusal(title, text, url=url)
    assert refused.rule == "published_early"
    assert refusal(title, text, published="2024-12-10").rule == "published_early"
    assert refusal(title, text, published="11.12.2024").rule == "bad_date"
