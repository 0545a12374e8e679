"""What pilot markets answer as JSON, or assign in a script: figures as they are written."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from extractors.model import LayoutError
from extractors.sample.sites.pilots import pages
from tests.unit.transforms.pilots.pilot_pages import (
    HUBEI_HOME,
    SHANGHAI,
    SHENZHEN,
    checked,
    rows_of,
)
from transforms.model import Refused

ROW: dict[str, Any] = {
    "title": "2023年9月5日 每日行情SZEA",
    "tradeDate": "2023-09-05",
    "dailyOpeningPrice": 52.1,
    "dailyHighestPrice": 53.0,
    "dailyLowestPrice": "51.90",
    "dailyClosingPrice": 52.88,
    "sumAmount": 1840,
    "sumPrice": "97,299.20",
}
SERIES = '[{"riqi": "2014-04-02", "cjj": 21.0, "cjl": 510020.0, "zx": 21, "zd": 0.0}]'


def shenzhen(**other: Any) -> list[dict[str, Any]]:
    return rows_of(pages.shenzhen([ROW | other], 1, 10), SHENZHEN)


def test_shenzhens_sum_amount_is_the_volume_and_sum_price_the_turnover() -> None:
    (row,) = shenzhen()
    assert (row["volume_t"], row["turnover_cny"]) == (1840, Decimal("97299.20"))
    prices = [row[f"{name}_cny_per_t"] for name in ("open", "high", "low", "close")]
    assert prices == [Decimal("52.10"), Decimal(53), Decimal("51.90"), Decimal("52.88")]
    assert (row["product"], row["product_family"], row["method"]) == ("SZEA", "SZEA", "all")


def test_shenzhens_day_without_trade_carries_open_and_close() -> None:
    none = {"dailyHighestPrice": None, "dailyLowestPrice": None, "sumAmount": 0, "sumPrice": 0.0}
    (row,) = shenzhen(**none, dailyClosingPrice=52.1)
    assert (row["price_concept"], row["close_cny_per_t"]) == ("carried", Decimal("52.10"))
    assert (row["high_cny_per_t"], row["low_cny_per_t"]) == (None, None)
    assert checked([row]).refused == []
    assert shenzhen(**dict.fromkeys(list(ROW)[2:])) == [], "nothing is said: no row"


@pytest.mark.parametrize(
    ("title", "product"),
    [
        ("行情SZA-2019", "SZA-2019"),
        ("CCER", "CCER"),
        ("每日行情", "每日行情"),
        ("远期SZEA", "远期SZEA"),
        ("CCER-SZEA", "CCER-SZEA"),
    ],
)
def test_shenzhens_product_ends_the_title(title: str, product: str) -> None:
    (row,) = shenzhen(title=title)
    assert row["product"] == product
    assert row["product_family"] == ("SZEA" if product.startswith("SZA") else None)


@pytest.mark.parametrize("sums", [1840.5, True, -1, "1840吨", 1e30])
def test_a_volume_that_is_none_is_refused(sums: Any) -> None:
    with pytest.raises(Refused, match="bad_number"):
        shenzhen(sumAmount=sums)


@pytest.mark.parametrize(
    "answer",
    [
        b"[]",
        b"{}",
        b'{"data": null}',
        b'{"data": {"content": {}}}',
        b'{"data": {"content": [1]}}',
        json.dumps({"data": {"content": [{**ROW, "sumAmount": 1} | {}]}}).encode()[:-4],
        json.dumps({"data": {"content": [dict(list(ROW.items())[:-1])]}}).encode(),
    ],
)
def test_an_answer_of_another_shape_is_another_layout(answer: bytes) -> None:
    with pytest.raises(LayoutError):
        rows_of(answer, SHENZHEN)


@pytest.mark.parametrize(
    "assigned",
    [
        f"var cjj = '{SERIES}';",
        f"cjj='{SERIES}'",
        f'cjj  =\n  " {SERIES} "  ; var zd = 0;',
        f"window.cjj = {SERIES};",
        "var x = 1; cjj = '[\n {} ]';".replace("{}", SERIES[1:-1]),
    ],
)
def test_hubeis_series_is_the_assignment_wherever_it_stands(assigned: str) -> None:
    """No offset into the script, nor a fixed number of blanks."""
    (row,) = rows_of(f"<html><script>{assigned}</script></html>", HUBEI_HOME)
    assert row == {
        "pilot": "hubei",
        "trade_date": date(2014, 4, 2),
        "price_cny_per_t": Decimal("21.00"),
        "volume_t": 510020,
    }
    assert checked([row], "pilot_series").refused == []


@pytest.mark.parametrize(
    "script",
    [
        "",
        "cjj = null;",
        f"cjj = '{SERIES}'; cjj = '{SERIES}';",
        f"cjj = '{SERIES[:-9]}';",
        "cjj = '[[1]]';",
        """cjj = '[{"riqi": "2014-04-02", "cjj": 21.0}]';""",
    ],
)
def test_a_home_page_without_one_series_is_another_layout(script: str) -> None:
    with pytest.raises(LayoutError):
        rows_of(f"<html>cjj<script>{script}</script></html>", HUBEI_HOME)


def test_shanghais_lists_have_no_price() -> None:
    said = [("2022-01-05", "SHEA", "1,200", "48,960.00"), ("2022-01-06", "SHEA", "-", "-")]
    (row,) = rows_of(pages.shanghai(said), SHANGHAI)
    assert (row["price_concept"], row["close_cny_per_t"]) == ("derived", None)
    assert (row["volume_t"], row["turnover_cny"]) == (1200, Decimal(48960))
    with pytest.raises(LayoutError, match="not date, product, volume and amount"):
        rows_of(pages.shanghai([("2022-01-05", "SHEA", "1")]), SHANGHAI)
