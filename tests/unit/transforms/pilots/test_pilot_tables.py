"""The pilot markets' tables: columns told by their heads, products, units, what stands for none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import pytest

from extractors.sample.sites.pilots import pages
from tests.unit.transforms.pilots.pilot_pages import (
    BEIJING,
    CHONGQING,
    FUJIAN,
    GUANGDONG,
    HUBEI,
    SHENZHEN_FORMER,
    TIANJIN,
    checked,
    rows_of,
)
from transforms.model import Refused

DAY = ["20240306", "GDEA", "41.20", "40.71", "41.50", "40.50", "-0.49", "-1.19%", "100", "4100.00"]
LISTED = ["HBEA", "2024-08-15", "41.02", "-0.32", "41.30", "40.88", "2210.0", "90654.20", "41.15"]
QUIET = ["2022-01-21", "SZA-2020", "13.80", "", "", "", "13.80", "0", "0"]
TWO = ["2023-12-04", "TJEA22", "300", "50,000", "9,450.00", "1,500,000.00", "31.50", "30.00"]
SOLD = ["2023/6/5", "CQEA-1", "30.00", "30.50", "29.90", "30.20", "0.67%", "1,200", "3.624"]
SOLD += ["-", "-"]
Money = Decimal


def cells_of(html: str, row: int) -> list[str]:
    """The cells of a row of the last table of a page."""
    rows = re.findall(r"<tr>.*?</tr>", html.rsplit("<table", 1)[1])
    return re.findall(r"<t[dh].*?</t[dh]>", rows[row])


def shuffled(html: str, order: Sequence[int]) -> str:
    """The page with the columns of its last table in another order."""
    for at in (0, 1):
        cells = cells_of(html, at)
        html = html.replace("".join(cells), "".join(cells[n] for n in order))
    return html


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (pages.guangdong([DAY]), GUANGDONG),
        (pages.hubei([LISTED]), HUBEI),
        (pages.shenzhen_former([QUIET], 1), SHENZHEN_FORMER),
        (pages.fujian([("20230605", "FJEA", "29.10", "1,050", "30,555.00")]), FUJIAN),
    ],
    ids=["guangdong", "hubei", "shenzhen", "fujian"],
)
def test_columns_in_any_order_say_the_same(html: str, url: str) -> None:
    """Sites differ in it: open-close-high-low, last-high-low, mean before close."""
    width = len(cells_of(html, 0))
    found = rows_of(html, url)
    assert len(found) == 1
    for turned in range(1, width):
        order = [*range(turned, width), *range(turned)]
        assert rows_of(shuffled(html, order), url) == found
        assert rows_of(shuffled(html, order[::-1]), url) == found


def test_guangdong_prints_the_close_behind_the_open_and_heads_in_td() -> None:
    (row,) = rows_of(pages.guangdong([DAY]), GUANGDONG)
    prices = [row[f"{name}_cny_per_t"] for name in ("open", "high", "low", "close")]
    assert prices == [Money("41.20"), Money("41.50"), Money("40.50"), Money("40.71")]
    assert row["printed_change_cny_per_t"] == Money("-0.49")
    assert (row["printed_change_pct"], row["volume_t"]) == (Money("-1.19"), 100)
    assert (row["price_concept"], row["product_family"]) == ("close", "GDEA")


def test_hubeis_last_column_is_the_close_before_and_no_open() -> None:
    (row,) = rows_of(pages.hubei([LISTED]), HUBEI)
    assert row["printed_previous_close_cny_per_t"] == Money("41.15")
    assert (row["open_cny_per_t"], row["price_concept"]) == (None, "last")
    assert row["volume_t"] == 2210
    assert rows_of(pages.hubei_former([LISTED]), HUBEI) == [row]
    assert rows_of(pages.hubei([LISTED]), "https://www.hbets.cn/list/13.html?page=2") == [row]


@pytest.mark.parametrize("mark", ["--", "-", "—", ""])
def test_a_row_of_dashes_is_no_row(mark: str) -> None:
    nothing = ["HBEA", "2024-08-14", *[mark] * 7]
    assert len(rows_of(pages.hubei([nothing, LISTED, [""] * 9]), HUBEI)) == 1


def test_a_dash_is_never_a_nought() -> None:
    (row,) = rows_of(pages.hubei([[*LISTED[:4], "--", "--", *LISTED[6:]]]), HUBEI)
    assert (row["high_cny_per_t"], row["low_cny_per_t"]) == (None, None)
    for at, rule in ((6, "missing_volume"), (7, "missing_turnover")):
        with pytest.raises(Refused) as refused:
            rows_of(pages.hubei([[*LISTED[:at], "--", *LISTED[at + 1 :]]]), HUBEI)
        assert (refused.value.rule, refused.value.table) == (rule, "pilot_daily")


def test_a_day_without_trade_has_no_price_of_its_own() -> None:
    quiet, zeros = QUIET, [*QUIET[:3], "0", "0.00", "0", "0", "0", "0.00"]
    for cells, close in ((quiet, Money("13.80")), (zeros, None)):
        (row,) = rows_of(pages.shenzhen_former([cells], 1), SHENZHEN_FORMER)
        assert (row["price_concept"], row["volume_t"], row["turnover_cny"]) == ("carried", 0, 0)
        assert row["close_cny_per_t"] == close
        assert {row[f"{name}_cny_per_t"] for name in ("high", "low", "average")} == {None}
        assert checked([row]).refused == []


def test_vintages_are_of_one_family_and_stay_rows_of_their_own() -> None:
    names = ("SZA-2013", "SZA-2019", "SZEA", "SZA", "CCER", "SZX-2019")
    rows = [[QUIET[0], name, *["7.10"] * 5, "10", "71.00"] for name in names]
    found = rows_of(pages.shenzhen_former(rows, 1), SHENZHEN_FORMER)
    assert [row["product"] for row in found] == list(names)
    families = [row["product_family"] for row in found]
    assert families == ["SZEA", "SZEA", "SZEA", "SZEA", None, None]


@pytest.mark.parametrize(
    ("printed", "product", "family"),
    [
        ("2,548,260.51(BEA)", "BEA", "BEA"),
        ("2,548,260.51（BEA）", "BEA", "BEA"),
        ("2548260.51 ( BEA ）", "BEA", "BEA"),
        ("2548260.51（PCER）", "PCER", None),
        ("2548260.51(CCER)", "CCER", None),
        ("2548260.51()", "(none printed)", None),
        ("2548260.51", "(none printed)", None),
    ],
)
def test_beijings_amount_has_its_product_in_brackets_of_either_width(
    printed: str, product: str, family: str | None
) -> None:
    (row,) = rows_of(pages.beijing([("2023-05-11", "25,900", "98.39", printed)], 1), BEIJING)
    assert (row["product"], row["product_family"]) == (product, family)
    assert row["turnover_cny"] == Money("2548260.51")
    assert (row["average_cny_per_t"], row["close_cny_per_t"]) == (Money("98.39"), None)
    assert row["price_concept"] == "average"


def test_two_points_in_an_amount_refuse_the_row() -> None:
    with pytest.raises(Refused) as refused:
        rows_of(pages.beijing([("2017-08-08", "1400", "50.05", "70.074.00（BEA）")], 1), BEIJING)
    assert (refused.value.rule, refused.value.value) == ("bad_number", "70.074.00")


def test_two_rows_of_heads_part_the_trade_methods() -> None:
    listed, block = rows_of(pages.tianjin([TWO]), TIANJIN)
    assert (listed["method"], listed["volume_t"]) == ("listed", 300)
    assert (block["method"], block["volume_t"]) == ("block", 50000)
    assert block["turnover_cny"] == Money("1500000.00")
    assert [row["average_cny_per_t"] for row in (listed, block)] == [Money("31.50"), Money(30)]
    alone = [*TWO[:3], "-", TWO[4], "-", TWO[6], "-"]
    assert [row["method"] for row in rows_of(pages.tianjin([alone]), TIANJIN)] == ["listed"]


def test_ten_thousands_of_yuan_are_yuan_and_say_how_exact() -> None:
    (row,) = rows_of(pages.chongqing([SOLD]), CHONGQING)
    assert (row["method"], row["price_concept"]) == ("fixed", "derived")
    assert (row["turnover_cny"], row["turnover_step_cny"]) == (Money(36240), Money(10))
    exact = [*SOLD[:8], "3.624001", *SOLD[9:]]
    (row,) = rows_of(pages.chongqing([exact]), CHONGQING)
    assert (row["turnover_cny"], row["turnover_step_cny"]) == (Money("36240.01"), Money("0.01"))
    with pytest.raises(Refused, match="bad_number"):
        rows_of(pages.chongqing([[*SOLD[:8], "3.6240013", *SOLD[9:]]]), CHONGQING)


def test_the_unit_in_the_head_counts_before_that_of_the_form() -> None:
    in_yuan = pages.chongqing([[*SOLD[:8], "36240.00", *SOLD[9:]]]).replace("万元", "元")
    (row,) = rows_of(in_yuan, CHONGQING)
    assert (row["turnover_cny"], row["turnover_step_cny"]) == (Money(36240), Money("0.01"))
    fjea = ("20230605", "FJEA", "29.10", "1,050", "3.0555")
    (row,) = rows_of(pages.fujian([fjea]).replace("（元）", "（万元）"), FUJIAN)
    assert row["turnover_cny"] == Money(30555)
