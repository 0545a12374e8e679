"""Pages, rows and days of the pilot markets that are refused, and what is no row at all."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from extractors.model import LayoutError, Record, Signal
from extractors.pilots.source import SOURCE
from extractors.sample.sites.pilots import pages
from tests.unit.transforms.pilots.pilot_pages import (
    GUANGDONG,
    HUBEI,
    checked,
    page_of,
    rows_of,
)
from transforms.model import Refused

DAY = ["20240306", "GDEA", "41.20", "40.71", "41.50", "40.50", "-0.49", "-1.19%", "100", "4100.00"]
LISTED = ["HBEA", "2024-08-15", "41.02", "-0.32", "41.30", "40.88", "2210.0", "90654.20", "41.15"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("最新", "结算价", "an unknown head of a column: '结算价'"),
        ("昨收盘价", "", "heads that do not go into columns"),
        ("最高", "最低", "heads that do not go into columns"),
        ("(吨)", "(万吨)", "an unknown unit of a column: '成交量(万吨)'"),
        ("(元)", "(千元)", "an unknown unit"),
        ("成交额(元)", "开盘价", "without volume or turnover"),
        ("<td>41.15</td>", "", "not 9 cells"),
        ("日期", "挂单号", "no table of days"),
        ("<table", "<div", "no table of days"),
        ("<table >", "<table ><caption>单位：万吨、万元</caption>", "another unit: '万吨'"),
        ("<table >", "<p>（吨、万元）</p><table >", "another unit: '万元'"),
        ("</table>", "<tr><td>注：成交额单位为千元</td></tr></table>", "another unit: '千元'"),
        ("<td>41.02</td><td>-0.32</td>", '<td colspan="2">41.02</td><td>1</td>', "not 9 cells"),
        ("成交额(元)</th>", "成交额(元)</th><th>大宗成交量</th>", "sums beside those of methods"),
    ],
)
def test_another_layout_refuses_the_page_and_is_named(old: str, new: str, told: str) -> None:
    html = pages.hubei([LISTED])
    assert old in html
    with pytest.raises(LayoutError, match=re.escape(told)):
        rows_of(html.replace(old, new), HUBEI)


def test_words_that_name_the_units_of_the_heads_are_understood() -> None:
    html = pages.hubei([LISTED]).replace("<table >", "<p>单位：吨、元，价格单位：元/吨</p><table >")
    assert len(rows_of(html, HUBEI)) == 1


def test_every_table_of_days_of_a_page_is_read() -> None:
    first, second = (pages.hubei([[LISTED[0], f"2024-08-{n}", *LISTED[2:]]]) for n in (15, 16))
    rows = rows_of(first.replace("</body>", second.partition("<body>")[2]), HUBEI)
    assert [row["trade_date"].day for row in rows] == [15, 16]


def test_a_note_and_a_pager_are_no_rows_and_heads_alone_an_empty_list() -> None:
    note = '<tr><td colspan="9">暂无 2 条</td></tr>\n</table>'
    html = pages.hubei([LISTED]).replace("</table>", note)
    assert len(rows_of(html, HUBEI)) == 1
    (found,) = SOURCE.parse(page_of(pages.hubei([]).replace("</table>", note), HUBEI))
    assert isinstance(found, Signal)
    assert (found.rule, found.is_remark) == ("empty_list", False)
    behind = page_of(pages.hubei([]), HUBEI.replace("=1", "=226"))
    assert list(SOURCE.parse(behind)) == [], "behind the last page"
    for year, is_over in ((2025, True), (2026, False)):
        asked = f"{GUANGDONG}&beginTime={year}-01-01&endTime={year}-12-31"
        (found,) = SOURCE.parse(page_of(pages.guangdong([]), asked))
        assert isinstance(found, Signal)
        assert found.is_remark is is_over


@pytest.mark.parametrize(
    "printed",
    [
        "20240815",
        "2024-08-15",
        "2024/8/15",
        "2024.08.15",
        "2024-08-15 00:00:00",
        "2024-08-15T00:00",
    ],
)
def test_a_day_is_read_in_every_form(printed: str) -> None:
    (row,) = rows_of(pages.hubei([[LISTED[0], printed, *LISTED[2:]]]), HUBEI)
    assert row["trade_date"] == date(2024, 8, 15)


@pytest.mark.parametrize(
    "printed", ["2024-8/15", "2024-02-30", "15.08.2024", "2024-08-15T16:00", ""]
)
def test_what_is_no_day_refuses_the_row(printed: str) -> None:
    with pytest.raises(Refused) as refused:
        rows_of(pages.hubei([[LISTED[0], printed, *LISTED[2:]]]), HUBEI)
    assert (refused.value.rule, refused.value.table) == ("bad_date", "pilot_daily")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({1: "2024-08-17"}, "on_an_open_day"),
        ({1: "2024-10-01"}, "on_an_open_day"),
        ({2: "0"}, "close_cny_per_t_is_a_price"),
        ({2: "41.31"}, "close_cny_per_t_within_high"),
        ({5: "41.03"}, "low_cny_per_t_within_close"),
        ({6: "0"}, "volume_has_turnover"),
        ({7: "0"}, "volume_has_turnover"),
        ({6: "90654", 7: "2210.00"}, "volume_t_costs_what_it_can"),
        ({7: "9.07"}, "volume_t_costs_what_it_can"),
        ({6: "2"}, "volume_t_costs_what_it_can"),
    ],
)
def test_a_row_that_can_not_be_is_refused(change: dict[int, str], rule: str) -> None:
    cells = [change.get(at, cell) for at, cell in enumerate(LISTED)]
    refused = checked(rows_of(pages.hubei([cells]), HUBEI)).refused
    assert rule in {each.rule for each in refused}
    assert checked(rows_of(pages.hubei([LISTED]), HUBEI)).refused == []


@pytest.mark.parametrize(
    ("at", "printed"), [(3, "41.49"), (6, "-0.59"), (6, "0.49"), (7, "-1.21%")]
)
def test_guangdongs_change_is_its_percentage(at: int, printed: str) -> None:
    cells: list[Any] = [*DAY]
    assert checked(rows_of(pages.guangdong([cells]), GUANGDONG)).refused == []
    cells[at] = printed
    (refused,) = checked(rows_of(pages.guangdong([cells]), GUANGDONG)).refused
    assert refused.rule == "change_is_its_percentage"


def test_a_change_in_per_cent_is_none_in_yuan() -> None:
    with pytest.raises(Refused) as refused:
        rows_of(pages.guangdong([[*DAY[:6], "-1.19%", "-", *DAY[8:]]]), GUANGDONG)
    assert refused.value.rule == "bad_number"


def test_a_day_and_product_stated_twice_is_refused_unless_alike() -> None:
    other = [*LISTED[:6], "2211.0", *LISTED[7:]]
    assert len(rows_of(pages.hubei([LISTED, LISTED]), HUBEI)) == 2
    with pytest.raises(Refused) as refused:
        rows_of(pages.hubei([LISTED, other]), HUBEI)
    assert (refused.value.rule, refused.value.table) == ("stated_twice", "pilot_daily")
    later = [LISTED[0], "2024-08-16", *other[2:]]
    assert len(rows_of(pages.hubei([LISTED, later]), HUBEI)) == 2


def test_a_page_of_dashes_is_no_empty_list() -> None:
    """A walk goes on behind it: nothing was traded for as many days as the page has."""
    dashes = [["HBEA", f"2024-08-{day}", *["--"] * 7] for day in (14, 15)]
    records = list(SOURCE.parse(page_of(pages.hubei(dashes), HUBEI)))
    assert [record.item for record in records if isinstance(record, Record)] == [
        "daily hubei 2024-08-14 HBEA",
        "daily hubei 2024-08-15 HBEA",
    ]
    assert rows_of(pages.hubei(dashes), HUBEI) == []
