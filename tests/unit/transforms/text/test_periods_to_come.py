"""A figure of a period that begins after its text is published is no fact: nobody knows it yet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas.core.validate import split
from schemas.sources.icap.news import ICAP_FACTS
from schemas.sources.mee.tables import MEE_FACTS
from transforms.mee.facts.reading import read_text

TITLE = "全国碳排放权交易市场运行情况"


def taken(text: str, published: date) -> dict[str, str]:
    """Metric -> period or day counted up to."""
    claims = read_text(text, title=TITLE, published_on=published).claims
    return {one.metric: one.period or f"{one.as_of}" for one in claims}


@pytest.mark.parametrize(
    ("text", "published", "facts"),
    [
        ("2027年成交量1.90亿吨。", date(2026, 12, 30), {}),
        ("2027年成交量1.90亿吨。", date(2027, 1, 4), {"annual_volume": "2027"}),
        ("截至2027年8月底，累计成交量7.00亿吨。", date(2027, 7, 31), {}),
        (
            "截至2027年8月底，累计成交量7.00亿吨。",
            date(2027, 8, 29),
            {"cumulative_volume": "2027-08-31"},
        ),
        ("2027年9月30日，收盘价80.00元/吨。", date(2027, 9, 29), {}),
        ("2027年9月30日，收盘价80.00元/吨。", date(2027, 9, 30), {"close": "2027-09-30"}),
        ("2027年3月，成交量100万吨。", date(2027, 2, 28), {}),
        ("2027年3月，成交量100万吨。", date(2027, 4, 1), {"monthly_volume": "2027-03"}),
    ],
)
def test_of_the_ministrys_figures(text: str, published: date, facts: dict[str, str]) -> None:
    assert taken(text, published) == facts
    fates = {f.fate.value for f in read_text(text, title=TITLE, published_on=published).figures}
    assert ("doubted" in fates) == (not facts)


def test_what_is_due_and_what_is_planned_lies_ahead() -> None:
    published = date(2025, 4, 15)
    text = "12月31日前，完成2024年度配额清缴。"
    assert taken(text, published) == {"deadline_surrender": "2024"}
    text = "2026年预计新增1500家重点排放单位。"
    assert taken(text, published) == {"new_emitters_planned": "2026"}


@pytest.mark.parametrize(
    ("metric", "period", "is_good"),
    [
        ("price", "2027", False),
        ("turnover", "2027-03", False),
        ("price", "2026", True),
        ("price", "2024-2026", True),
        ("price", None, True),
        ("cap", "2030", True),
    ],
)
def test_of_what_was_paid_by_icaps_news(metric: str, period: str | None, is_good: bool) -> None:
    told: dict[str, Any] = {
        **dict.fromkeys(column.name for column in ICAP_FACTS.stated),
        "article_key": "node/1",
        "metric": metric,
        "fact_no": 1,
        "value": Decimal(70),
        "unit": "CNY/t",
        "printed": "70",
        "period": period,
        "quote": "70",
        "source": "icap",
        "source_url": "https://icap.example/1",
        "retrieved_at": datetime(2026, 11, 30, 14, tzinfo=UTC),
        "payload_sha256": "0" * 64,
        "parser_version": "x",
        "is_simulated": False,
    }
    refused = split(ICAP_FACTS, [told]).refused
    assert [one.rule for one in refused] == ([] if is_good else ["in_the_future"])


@pytest.mark.parametrize(
    ("metric", "period", "is_good"),
    [
        ("annual_volume", "2027", False),
        ("monthly_turnover", "2027-01", False),
        ("cycle_volume", "2027-2028", False),
        ("close", "2027", False),
        ("annual_volume", "2026", True),
        ("cumulative_volume", "", True),
        ("key_emitters", "2027", True),
        ("deadline_surrender", "yearly", True),
    ],
)
def test_of_what_a_person_or_a_table_says_of_the_ministrys(
    metric: str, period: str, is_good: bool
) -> None:
    at = datetime(2026, 11, 30, 14, tzinfo=UTC)
    texts = ("document_key", "unit", "sector", "printed", "quote", "file_name")
    told: dict[str, Any] = {
        **dict.fromkeys(column.name for column in MEE_FACTS.stated),
        **dict.fromkeys(texts, ""),
        "metric": metric,
        "period": period,
        "value": Decimal(70),
        "scope": "CEA",
        "item": 1,
        "rank": 1,
        "source": "mee",
        "source_url": "https://mee.example/1",
        "retrieved_at": at,
        "payload_sha256": "0" * 64,
        "parser_version": "x",
        "is_simulated": False,
    }
    refused = split(MEE_FACTS, [told]).refused
    assert [one.rule for one in refused] == ([] if is_good else ["in_the_future"])
