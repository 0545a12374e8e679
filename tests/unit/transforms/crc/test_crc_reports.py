"""The registry's reports: tables by vintage and method with their sums, and sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from extractors.model import LayoutError
from extractors.sample.sites.crc.pages import Four, table_report, title_of, worded_report
from tests.unit.transforms.crc.crc_pages import NONE, REPORT, report, rows_of
from transforms.model import Refused

LISTED: Four = ("1000", "76390.00", "5000", "380000.00")
BLOCK: Four = ("2,000", "150,000.50", "2000", "150000.50")
BOTH: Four = ("3000", "226390.50", "7000", "530000.50")
TITLE = "2026年1月7日全国碳排放权交易市场交易结算信息日报"
WORDS = (
    "今日全国碳排放权交易市场成交总量3,000吨，成交总额226,390.5元，最高成交价76.39元/吨，"
    "最低成交价75元/吨，成交均价75.46元/吨，其中：",
    "【挂牌协议交易】今日成交1,000吨，成交额76,390元，成交均价76.39元/吨；",
    "【大宗协议交易】今日成交2,000吨，成交额150,000.5元，成交均价75元/吨。",
    "全国碳排放权交易市场开市至今累计成交总量194,922,371吨，累计成交总额8,545,632,055.58元。",
)
NO_BLOCK = (
    WORDS[0].replace("3,000", "1,000").replace("226,390.5", "76,390").replace("75.46", "76.39"),
    WORDS[1],
    "【大宗协议交易】今日无成交。",
    WORDS[3],
)


def legs(rows: list[dict[str, Any]]) -> list[tuple[str, str, int | None, int | None]]:
    names = ("vintage", "method", "day_volume_t", "cumulative_volume_t")
    return [tuple(row[name] for name in names) for row in rows]


def test_each_vintage_and_method_is_a_row_under_its_own_name() -> None:
    """A label may have a blank, a dash is none, and listed trades are no auctions."""
    both = {"listed": LISTED, "block": BLOCK}
    found = report(
        {"19-20": both, "25": {"listed": NONE, "auction": BLOCK}, "26": {"listed": LISTED}},
        {
            "19-20": BOTH,
            "25": BLOCK,
            "26": LISTED,
            "all": ("6000", "452781.00", "14000", "1060001.00"),
        },
    )
    assert legs(found) == [
        ("CEA19-20", "listed", 1000, 5000),
        ("CEA19-20", "block", 2000, 2000),
        ("CEA25", "listed", None, None),
        ("CEA25", "auction", 2000, 2000),
        ("CEA26", "listed", 1000, 5000),
    ]
    assert found[1]["day_turnover_cny"] == Decimal("150000.50")
    assert {str(row["trade_date"]) for row in found} == {"2026-01-07"}
    assert {row["report_no"] for row in found} == {7001}


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("which", ["25", "all"])
def test_a_report_whose_sums_do_not_add_up_is_refused_whole(which: str, at: int) -> None:
    wrong = list(BOTH)
    wrong[at] = str(Decimal(wrong[at]) + Decimal(1))
    sums: dict[str, Any] = {"25": BOTH, "all": BOTH, which: tuple(wrong)}
    with pytest.raises(Refused) as refused:
        report({"25": {"listed": LISTED, "block": BLOCK}}, sums)
    assert (refused.value.rule, refused.value.table) == ("sums_differ", "crc_leg_daily")
    assert wrong[at] in refused.value.value


GOOD = table_report(TITLE, {"25": {"listed": LISTED, "block": BLOCK}}, {"25": BOTH, "all": BOTH})


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("碳排放配额25", "碳排放配额", "unknown_row"),
        ("碳排放配额25", "国家核证自愿减排量", "unknown_row"),
        ("大宗协议交易", "挂牌协议交易", "duplicate_leg"),
        ("大宗协议交易", "协议转让", "unknown_row"),
        (' rowspan="3"', "", "unknown_row"),
        ("小计", "合 计", "unknown_row"),
        ("<td>1000</td>", "<td>1000吨</td>", "bad_number"),
        ("<td>1000</td>", "<td>1000.5</td>", "bad_number"),
        ("<td>1000</td>", "<td>-</td>", "sums_differ"),
        ("成交量（吨）</td><td>成交金额", "成交金额（元）</td><td>成交量", "unknown_head"),
        ("本日</td><td>本日</td><td>累计", "累计</td><td>累计</td><td>本日", "unknown_head"),
    ],
)
def test_what_is_not_known_refuses_the_report(old: str, new: str, rule: str) -> None:
    assert old in GOOD
    with pytest.raises(Refused) as refused:
        rows_of(GOOD.replace(old, new, 1), REPORT)
    assert refused.value.rule == rule


def test_heads_in_tens_of_thousands_refuse_the_page() -> None:
    with pytest.raises(LayoutError, match="another unit: '万吨'"):
        rows_of(GOOD.replace("（吨）", "（万吨）"), REPORT)


def test_lines_of_totals_below_the_table_have_to_agree() -> None:
    line = "<tr><td>成交量（吨）</td><td>{}</td><td>7000</td></tr>\n</table>"
    assert len(rows_of(GOOD.replace("</table>", line.format("3000")), REPORT)) == 2
    assert len(rows_of(GOOD.replace('<td colspan="2">交易合计', "<td>交易合计"), REPORT)) == 2
    with pytest.raises(Refused, match="sums_differ"):
        rows_of(GOOD.replace("</table>", line.format("3001")), REPORT)


@pytest.mark.parametrize(
    "title", ["交易结算信息日报", "2026年1月7日至2026年1月8日", "2026年2月30日"]
)
def test_a_report_is_of_the_one_day_of_its_title(title: str) -> None:
    with pytest.raises(LayoutError):
        rows_of(GOOD.replace(TITLE, title), REPORT)


def test_a_sentence_states_the_market_and_its_methods() -> None:
    title = title_of(date(2022, 8, 16), in_words=True)
    total, listed, block = rows_of(worded_report(title, WORDS), REPORT)
    assert legs([total, listed, block]) == [
        ("all", "total", 3000, 194922371),
        ("all", "listed", 1000, None),
        ("all", "block", 2000, None),
    ]
    assert total["cumulative_turnover_cny"] == Decimal("8545632055.58")
    prices = ("high_cny_per_t", "low_cny_per_t", "mean_price_cny_per_t")
    assert [total[name] for name in prices] == [Decimal("76.39"), Decimal(75), Decimal("75.46")]
    assert listed["high_cny_per_t"] is None
    *_, none = rows_of(worded_report(title, NO_BLOCK), REPORT)
    assert (none["method"], none["day_volume_t"]) == ("block", None)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("成交总量3,000吨", "成交总量3,001吨", "sums_differ"),
        ("成交总额226,390.5元", "成交总额226,390.6元", "sums_differ"),
        ("成交总量3,000吨", "成交总量约3,000吨", "unknown_clause"),
        ("成交总量3,000吨", "成交总量0.3万吨", "unknown_clause"),
        ("其中：", "较昨日增加3吨，其中：", "unknown_clause"),
        ("今日成交2,000吨", "昨日成交2,000吨", "unknown_clause"),
        ("1,000吨", "1,00吨", "bad_number"),
    ],
)
def test_a_sentence_is_understood_whole_or_not_taken(old: str, new: str, rule: str) -> None:
    html = worded_report("2022年8月16日日报", WORDS)
    assert old in html
    with pytest.raises(Refused) as refused:
        rows_of(html.replace(old, new), REPORT)
    assert (refused.value.rule, refused.value.table) == (rule, "crc_leg_daily")


def test_two_sentences_or_none_are_no_report() -> None:
    for words in ((), (*WORDS, *WORDS), ("今日全国碳排放权交易市场休市。",)):
        with pytest.raises(LayoutError, match="sentences of trades"):
            rows_of(worded_report("2022年8月16日日报", words), REPORT)
