"""Bulletins of the voluntary market: every form of their sentences, and nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from extractors.ccer.source import SOURCE
from extractors.model import LayoutError
from extractors.sample.sites.ccer.pages import article
from tests.unit.transforms.ccer.ccer_pages import ADDRESS, DAY, SO_FAR, TRADE, bulletin, read
from transforms.model import Refused

NONE = "2025年6月24日，核证自愿减排量无成交。"
LAUNCH_DAY = date(2024, 1, 22)
LAUNCH = "2024年1月22日，全国温室气体自愿减排交易市场总成交量375,315 吨，总成交额23,835,280.00元。"
LAUNCHED_AT = "/wcm/ccer/html/2502lshq/20240122/170000000.shtml"


def test_a_day_is_told_by_the_first_sentence_and_no_other() -> None:
    """The running figure, too, is a 成交量 with 吨 behind it."""
    row = bulletin(TRADE, SO_FAR)
    assert (row["total_volume_t"], row["total_turnover_cny"]) == (620, Decimal("54720.20"))
    assert (row["average_cny_per_t"], row["variety"]) == (Decimal("88.26"), "trade")
    assert (row["trade_date"], row["published_on"]) == (DAY, DAY)
    assert row["cumulative_volume_t"] == 1_000_620
    assert row["cumulative_turnover_cny"] == Decimal("80054720.20")


@pytest.mark.parametrize(
    ("told", "volume"), [((), None), ((SO_FAR.split("，累计")[0] + "。",), 1_000_620)]
)
def test_a_running_figure_that_is_not_printed_is_null_and_not_zero(
    told: tuple[str, ...], volume: int | None
) -> None:
    row = bulletin(TRADE, *told)
    assert (row["cumulative_volume_t"], row["cumulative_turnover_cny"]) == (volume, None)


def test_a_day_without_trade_has_nothing_and_no_average() -> None:
    row = bulletin(NONE, SO_FAR)
    assert (row["total_volume_t"], row["total_turnover_cny"]) == (0, 0)
    assert (row["average_cny_per_t"], row["variety"]) == (None, "none")
    assert row["cumulative_volume_t"] == 1_000_620


@pytest.mark.parametrize("before", ["2024年1月22日，", "", "首日，", "2024年1月22日，启动首日，"])
def test_the_launch_has_a_form_of_its_own(before: str) -> None:
    text = LAUNCH.replace("2024年1月22日，", before)
    row = bulletin(text, day=LAUNCH_DAY, target=LAUNCHED_AT)
    assert (row["total_volume_t"], row["variety"]) == (375_315, "launch")
    assert row["total_turnover_cny"] == Decimal("23835280.00")
    assert row["average_cny_per_t"] is None


@pytest.mark.parametrize(
    "html",
    [
        TRADE.replace("成交量620", "<b>成</b>交<span>量</span>6<i></i>20"),
        TRADE.replace("54,720.20", "54,<br/>720</span><span>.20"),
        f"\u3000\u3000{TRADE}",
        TRADE.replace("，", ","),
        TRADE.replace("620吨", "６２０ 吨"),
        TRADE.replace("2025年6月24日，", "") + "来源：北京绿色交易所。",
        TRADE.replace("6月", "06月"),
    ],
)
def test_tags_blanks_and_widths_change_nothing(html: str) -> None:
    row = bulletin(html)
    assert (row["total_volume_t"], row["total_turnover_cny"]) == (620, Decimal("54720.20"))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("成交量620吨", "成交量约620吨", "unknown_clause"),
        ("成交量620吨", "成交量0.062万吨", "unknown_clause"),
        ("核证自愿", "昨日核证自愿", "unknown_clause"),
        ("核证自愿", "碳排放配额和核证自愿", "unknown_clause"),
        ("620吨", "620.5吨", "bad_number"),
        ("620吨", "6,20吨", "unknown_clause"),
        ("88.26元/吨", "88.26元/吨，较前日上涨1%", "unknown_clause"),
        ("6月24日，核", "6月23日，核", "other_day"),
        ("截至2025年6月24日", "截至2025年6月20日", "other_day"),
        ("累计成交量1,000,620吨", "累计交易量1,000,620吨", "unknown_clause"),
        ("2025年6月24日，核", "2025年6月31日，核", "bad_date"),
        ("620吨", "6 20吨", "unknown_clause"),
        ("1,000,620吨", "1000 620吨", "unknown_clause"),
        ("88.26元/吨。", "88.26元/吨。以上数据有误，请勿引用。", "unknown_clause"),
        ("88.26元/吨。", "88.26元/吨。以交易系统为准。", "unknown_clause"),
    ],
)
def test_what_is_not_known_refuses_the_bulletin(old: str, new: str, rule: str) -> None:
    assert old in TRADE + SO_FAR
    with pytest.raises(Refused) as refused:
        bulletin(*(each.replace(old, new) for each in (TRADE, SO_FAR)))
    assert (refused.value.rule, refused.value.table) == (rule, "ccer_bulletins")


@pytest.mark.parametrize("mark", ["²", "<sup>2</sup>", "②"])
def test_a_mark_never_joins_a_figure(mark: str) -> None:
    row = bulletin(TRADE, SO_FAR.replace("1,000,620", f"1000620{mark}"))
    assert row["cumulative_volume_t"] == 1_000_620


@pytest.mark.parametrize(
    "sentences", [(TRADE, TRADE), (TRADE, NONE), (SO_FAR,), (TRADE, SO_FAR, SO_FAR), ("休市。",)]
)
def test_one_sentence_of_the_day_and_at_most_one_of_all(sentences: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="not_one_trade"):
        bulletin(*sentences)


@pytest.mark.parametrize(
    ("old", "new"),
    [("自愿减排交易市场交易行情", "公告"), ('id="zoom"', 'id="body"'), ("6月24日全国", "全国")],
)
def test_a_page_without_title_or_text_is_no_bulletin(old: str, new: str) -> None:
    html = article(DAY, [TRADE]).replace('class="cont" ', "")
    assert old in html
    with pytest.raises(LayoutError):
        read(html.replace(old, new), ADDRESS)
    assert read(html.replace('id="zoom"', 'class="cont"'), ADDRESS)[0]


def test_a_bulletin_of_another_day_is_not_taken_for_the_one_asked_for() -> None:
    kind = next(kind for kind in SOURCE.kinds if kind.name == "bulletin")
    assert kind.stated is not None
    body = article(DAY, [TRADE, SO_FAR]).encode()
    assert kind.stated(ADDRESS, None, body) == ""
    other = kind.stated(ADDRESS.replace("20250624", "20250625"), None, body)
    assert other == "the page is of (2025, 6, 24), its address of (2025, 6, 25)"
    assert kind.stated(ADDRESS, None, b"<html>404</html>") == ""
