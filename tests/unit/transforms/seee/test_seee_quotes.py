"""The exchange's JSON: chart order, missing cells, trade methods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.sources.seee.tables import SEEE_METHOD_TOTALS, SEEE_QUOTES
from tests.unit.transforms.seee.seee_texts import record
from transforms.model import Refused, Row
from transforms.seee.transform import transform

METHOD_TOTAL: dict[str, Any] = {
    "tradeDate": "20250828",
    "subjectCode": "CEA",
    "subjectName": "碳排放配额19-20",
    "tradeMethod": "10",
    "tradeVolume": "12,345",
    "tradeAmount": "617,250.50",
    "yearVolume": "3212345",
    "yearAmount": 161617250.5,
    "totalVolume": 5212345,
    "totalAmount": "261617250.50",
}


def quote(*row: object, product: str = "COMCEA") -> Row:
    return transform(record("quote", product=product, row=list(row)))[0]


def method_total(**changes: object) -> Row:
    return transform(record("method_total", row=METHOD_TOTAL | changes))[0]


def test_chart_order_is_open_close_low_high() -> None:
    row = quote("2025-08-28", "50.00", "50.10", "49.80", "51.2", "12345", product="CEA22")
    assert row.table == "seee_quotes"
    assert row.values == {
        "trade_date": date(2025, 8, 28),
        "product": "CEA22",
        "open_cny_per_t": Decimal("50.00"),
        "high_cny_per_t": Decimal("51.20"),
        "low_cny_per_t": Decimal("49.80"),
        "close_cny_per_t": Decimal("50.10"),
        "listed_volume_t": 12345,
    }
    assert list(row.values) == [column.name for column in SEEE_QUOTES.own]
    assert row.evidence["high_cny_per_t"] == "51.2"


def test_no_listed_trade_has_neither_low_nor_high() -> None:
    values = quote("2025-08-28", "50.10", "50.10", "0.00", "0.00", "0").values
    assert values["low_cny_per_t"] is None
    assert values["high_cny_per_t"] is None
    assert values["listed_volume_t"] == 0
    assert values["close_cny_per_t"] == Decimal("50.10")


@pytest.mark.parametrize("missing", ["", "--", "—", "-", None, " "])
def test_missing_cells_are_null(missing: str | None) -> None:
    row = quote("2025-08-28", missing, "50.10", missing, missing, missing)
    assert [name for name, value in row.values.items() if value is None] == [
        "open_cny_per_t",
        "high_cny_per_t",
        "low_cny_per_t",
        "listed_volume_t",
    ]
    assert row.evidence == {"close_cny_per_t": "50.10"}


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (["2025-08-28", "50", "50", "50", "50"], "row_shape"),
        (["2025-08-28", "50", "50", "50", "50", "1", "2"], "row_shape"),
        (["2025-08-28", "50", "50", ["50"], "50", "1"], "row_shape"),
        (["2025-08-28", "50", "50", True, "50", "1"], "row_shape"),
        ("2025-08-28", "row_shape"),
        (["20250828", "50", "50", "50", "50", "1"], "bad_date"),
        (["", "50", "50", "50", "50", "1"], "bad_date"),
        (["2025-02-30", "50", "50", "50", "50", "1"], "bad_date"),
        (["2025-08-28", "-50", "50", "50", "50", "1"], "bad_number"),
        (["2025-08-28", "50", "50.123", "50", "50", "1"], "bad_number"),
        (["2025-08-28", "50", "50", "50", "50", "1.5"], "bad_number"),
        (["2025-08-28", "50", "50", "50", "n/a", "1"], "bad_number"),
    ],
)
def test_bad_quotes_are_refused(row: object, rule: str) -> None:
    with pytest.raises(Refused) as caught:
        transform(record("quote", product="COMCEA", row=row))
    assert (caught.value.rule, caught.value.table) == (rule, "seee_quotes")


@pytest.mark.parametrize("product", ["CEA", "CEA20", "", None])
def test_unknown_products_are_refused(product: str | None) -> None:
    with pytest.raises(Refused, match="unknown_product"):
        transform(record("quote", product=product, row=["2025-08-28", "1", "1", "1", "1", "1"]))


@settings(deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=4, max_size=4), st.integers(0, 10**9))
def test_quotes_come_back(cents: list[int], tonnes: int) -> None:
    prices = [Decimal(value).scaleb(-2) for value in cents]
    values = quote("2025-08-28", *(f"{price:.2f}" for price in prices), str(tonnes)).values
    names = ("open", "close", "low", "high")
    assert [values[f"{name}_cny_per_t"] for name in names] == prices
    assert values["listed_volume_t"] == tonnes


def test_method_totals() -> None:
    row = method_total()
    assert row.table == "seee_method_totals"
    assert row.values == {
        "trade_date": date(2025, 8, 28),
        "product": "CEA19-20",
        "trade_method": "listed",
        "day_volume_t": 12345,
        "day_turnover_cny": Decimal("617250.50"),
        "ytd_volume_t": 3212345,
        "ytd_turnover_cny": Decimal("161617250.50"),
        "cumulative_volume_t": 5212345,
        "cumulative_turnover_cny": Decimal("261617250.50"),
    }
    assert list(row.values) == [column.name for column in SEEE_METHOD_TOTALS.own]


@pytest.mark.parametrize(("code", "method"), [("10", "listed"), (20, "block"), ("21", "auction")])
def test_methods(code: object, method: str) -> None:
    assert method_total(tradeMethod=code).values["trade_method"] == method


@pytest.mark.parametrize(
    ("code", "product"), [("CEA19-20", "CEA19-20"), ("COMCEA", "COMCEA"), ("CEA25", "CEA25")]
)
def test_subjects(code: str, product: str) -> None:
    assert method_total(subjectCode=code).values["product"] == product


def test_a_missing_figure_is_null() -> None:
    assert method_total(yearAmount=None, yearVolume="--").values["ytd_turnover_cny"] is None


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("subjectCode", "CEA20", "unknown_product"),
        ("subjectCode", None, "unknown_product"),
        ("tradeMethod", "11", "unknown_method"),
        ("tradeDate", "2025-08-28", "bad_date"),
        ("tradeVolume", "12.5", "bad_number"),
        ("tradeAmount", "1.85亿元", "bad_number"),
        ("totalAmount", {"value": 1}, "row_shape"),
    ],
)
def test_bad_method_totals_are_refused(name: str, value: object, rule: str) -> None:
    with pytest.raises(Refused) as caught:
        method_total(**{name: value})
    assert (caught.value.rule, caught.value.table) == (rule, "seee_method_totals")


@pytest.mark.parametrize("name", [name for name in METHOD_TOTAL if name != "subjectName"])
def test_a_missing_field_is_refused(name: str) -> None:
    row = {key: value for key, value in METHOD_TOTAL.items() if key != name}
    with pytest.raises(Refused, match=f"no {name}"):
        transform(record("method_total", row=row))
    with pytest.raises(Refused, match="row_shape"):
        transform(record("method_total", row=None))
