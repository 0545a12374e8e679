"""Real days with one row spoilt or missing: what is wrong is held back, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.core.query.gates import GATES_FILE
from flows.core.query.sql import WORKING
from flows.core.settings import Settings
from flows.reports.brief.brief import brief
from flows.reports.brief.facts import ReportSpan
from flows.stages.monitor.incidents import known
from tests.support.real_days import (
    DAYS,
    MAY,
    WEEK,
    RealDay,
    Saved,
    bulletin,
    held,
    period,
    quotes,
    told,
    totals,
)
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

MISSING = DAYS[3]
REST = tuple(day for day in DAYS if day is not MISSING)


def seen(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """What readers of the current release see."""
    store = Warehouse(home)
    with store.query(sql, versions=dict(releases(store)[-1].versions)) as answer:
        return answer.fetchall()


def incidents(home: Path) -> list[tuple[str, str]]:
    found = [each for each in known(Warehouse(home)) if each.is_open]
    return [(each.check_name, each.source) for each in found if each.source == "seee"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_missing_bulletin_is_one_finding_and_holds_nothing_back(home: Path) -> None:
    pages = [*map(bulletin, REST), *map(totals, DAYS), quotes(DAYS)]
    report = told(home, pages)
    assert (report.exit_code, held(report)) == (0, {})
    days = "select count(*), count(total_volume_t), sum(total_volume_t) from mart_market_daily"
    everything = sum(day.listed_t + day.block_t for day in DAYS)
    assert seen(home, days) == [(6, 6, everything)], "the query page's total explains the jump"
    assert incidents(home) == [], "what is missing is told by `coverage`, once it was asked for"
    again = told(home, [bulletin(MISSING)])
    assert (again.exit_code, held(again)) == (0, {})


def test_a_gap_that_nothing_explains_is_told_and_a_wrong_witness_held_back(home: Path) -> None:
    report = told(home, [*map(bulletin, REST), *map(totals, REST), quotes(DAYS)])
    assert (report.exit_code, held(report)) == (0, {})
    remarks = {remark.rule for run in report.runs for remark in run.tally.remarks}
    assert {"cumulative_gap_cumulative_volume", "cumulative_gap_cumulative_turnover"} <= remarks
    wrong = replace(MISSING, listed_t=MISSING.listed_t + 1_000)
    spoilt = told(home, [totals(wrong)])
    assert held(spoilt) == {
        f"seee_method_totals {MISSING.day} COMCEA listed": ["cumulative_chain_cumulative_volume"]
    }
    assert spoilt.exit_code == 5
    mended = told(home, [totals(MISSING)])
    assert (mended.exit_code, held(mended)) == (0, {})


def test_a_quarter_of_which_a_day_is_missing_is_told_as_a_part(home: Path) -> None:
    told(home, [*map(bulletin, REST), *map(totals, REST), quotes(DAYS)])
    months = "select total_volume_t, totals_from, days_total_volume_t from mart_market_monthly"
    part = sum(day.listed_t + day.block_t for day in REST)
    assert seen(home, months) == [(None, "part of the days", part)]
    settings = Settings(home=str(home))
    for lang, words in (("en", "the volume of 5 is held"), ("zh", "并非全期合计")):
        assert words in brief(settings, ReportSpan(2024, 3), lang, WORKING)


def test_a_month_of_which_four_days_are_held_is_not_summed_up(home: Path) -> None:
    month = period(
        "全国碳市场每月成交数据20220505-20220531",
        "2022-05-31",
        492_420,
        "本月全国碳市场碳排放配额（CEA）总成交量2,255,149吨，总成交额128,120,025.00元。",
        "挂牌协议月成交量125,149吨，月成交额7,280,025.00元，最高成交价61.00元/吨，"
        "最低成交价58.00元/吨，本月最后一个交易日收盘价为59.00元/吨。",
        "大宗协议月成交量2,130,000吨，月成交额120,840,000.00元。",
        "截至本月，全国碳市场碳排放配额（CEA）累计成交量192,736,660吨，"
        "累计成交额8,419,194,835.02元。",
    )
    report = told(home, [*map(bulletin, MAY), month])
    assert (report.exit_code, held(report)) == (0, {})
    months = "select total_volume_t, totals_from from mart_market_monthly"
    assert seen(home, months) == [(2_255_149, "bulletin")]


def week(
    listed: str = "11,572吨，周成交额507,298.30元",
    block: str = "本周无大宗协议交易。",
    close: str = "44.36",
    cumulative: str = "8,491,003",
) -> Saved:
    return period(
        "全国碳市场每周成交数据20210922-20210924",
        "2021-09-24",
        491_730,
        "本周全国碳市场碳排放配额（CEA）总成交量11,572吨，总成交额507,298.30元。",
        f"挂牌协议周成交量{listed}，最高成交价46.00元/吨，最低成交价42.20元/吨，"
        f"本周五收盘价为{close}元/吨，较上周五持平。",
        block,
        f"截至本周，全国碳市场碳排放配额（CEA）累计成交量{cumulative}吨，"
        "累计成交额418,357,004.16元。",
    )


@pytest.mark.parametrize(
    ("told_of_week", "checks"),
    [
        (week(close="43.43"), {"last_day_has_the_close"}),
        (week(cumulative="9,491,003"), {"last_day_has_the_cumulative_volume"}),
        (
            week("1,572吨，周成交额507,297.30元", "大宗协议周成交量10,000吨，周成交额1.00元。"),
            {
                f"days_add_up_{leg}_{a}"
                for leg in ("listed", "block")
                for a in ("volume_t", "turnover_cny")
            },
        ),
    ],
    ids=["close", "cumulative", "legs"],
)
def test_a_week_that_its_days_contradict_is_held_back_alone(
    home: Path, told_of_week: Saved, checks: set[str]
) -> None:
    report = told(home, [*map(bulletin, WEEK), quotes(WEEK), told_of_week])
    assert {name: set(said) for name, said in held(report).items()} == {
        "seee_bulletins week 2021-09-22 2021-09-24": checks
    }
    assert seen(home, "select period, count(*) from seee_bulletins group by 1") == [("day", 3)]
    (finding,) = [i for i in known(Warehouse(home)) if i.is_open and i.check_name == "held"]
    assert "week 2021-09-22" in finding.told


def test_prices_of_the_quote_file_are_compared_one_by_one(home: Path) -> None:
    wrong = replace(WEEK[1], open="50.00", high="99.00", low="1.00")
    report = told(
        home, [*map(bulletin, WEEK), *map(totals, WEEK), quotes([WEEK[0], wrong, WEEK[2]])]
    )
    names = {f"bulletin_equals_quote_{name}_cny_per_t" for name in ("open", "high", "low")}
    rows = ("seee_quotes 2021-09-23 COMCEA", "seee_bulletins day 2021-09-23 2021-09-23")
    assert {name: set(said) for name, said in held(report).items()} == dict.fromkeys(rows, names), (
        "nothing says which of the two is right"
    )
    later = told(home, [quotes(WEEK)])
    assert held(later) == {}, "the right quote beside it lets the day enter"
    spoilt = told(home, [quotes([WEEK[0], replace(WEEK[1], high="99.00"), WEEK[2]])])
    assert list(held(spoilt)) == [rows[0]], "what is released stands against what changes"


def doubled(day: RealDay) -> RealDay:
    return replace(day, listed_cny=str(2 * Decimal(day.listed_cny)))


def test_an_old_row_that_changes_is_checked_where_it_stands(home: Path) -> None:
    told(home, [*map(bulletin, DAYS), *map(totals, DAYS), quotes(DAYS)])
    old, name = DAYS[1], f"seee_bulletins day {DAYS[1].day} {DAYS[1].day}"
    before = seen(home, "select * from mart_market_daily order by 1")
    spoilt = told(home, [bulletin(doubled(old))])
    assert spoilt.exit_code == 5
    assert {"cumulative_chain_cumulative_turnover"} <= set(held(spoilt)[name])
    assert list(held(spoilt)) == [name]
    assert seen(home, "select * from mart_market_daily order by 1") == before
    quote = told(home, [quotes([DAYS[0], replace(old, close="95.89"), *DAYS[2:]])])
    assert set(held(quote)) == {name, f"seee_quotes {old.day} COMCEA"}, "what was held stays so"
    (home / GATES_FILE).write_text(f"known_failures: {{held: {{{name}: so it was printed}}}}")
    accepted = told(home, [quotes(DAYS)])
    assert held(accepted) == {}
    turnover = f"select total_turnover_cny from mart_market_daily where trade_date = '{old.day}'"
    assert seen(home, turnover) == [(doubled(old).total_cny,)]
    (home / GATES_FILE).unlink()
    mended = told(home, [bulletin(old)])
    assert (mended.exit_code, held(mended)) == (0, {}), "heals by itself"


def test_one_bulletin_under_many_addresses_is_stated_once(home: Path) -> None:
    day = DAYS[0]
    report = told(home, [bulletin(day, 495_000 + number) for number in range(12)])
    assert (report.runs[0].tally.new, report.runs[0].tally.revised) == (1, 0)


def test_two_pages_about_one_day_are_a_conflict_unless_one_corrects_the_other(home: Path) -> None:
    other = replace(DAYS[0], high="94.00")
    report = told(home, [bulletin(DAYS[0]), bulletin(other, 495_599)])
    name = f"seee_bulletins day {other.day} {other.day}"
    assert held(report) == {name: ["pages_agree_on_a_period"]}
    (one,) = [remark for remark in report.runs[0].tally.remarks if remark.rule.startswith("pages")]
    assert "495505" in one.detail
    assert "495599" in one.detail
    assert seen(home, "select high_cny_per_t from seee_bulletins") == [(Decimal("93.38"),)]
    words = "更正：9月5日发布的最高价有误，现更正如下："
    report = told(home, [bulletin(replace(other, high="94.60"), 495_600, said=words)])
    assert held(report) == {name: ["pages_agree_on_a_period"]}, "what lies between stays held"
    row = "select high_cny_per_t, evidence::json->>'title', source_url from seee_bulletins"
    assert seen(home, row) == [(Decimal("94.60"), words, bulletin(other, 495_600)[1])]
    urls = "select source_url from seee_bulletins__history order by revision"
    both = [bulletin(other, number)[1] for number in (495_505, 495_600)]
    assert [url for (url,) in seen(home, urls)] == both, "both stand behind the figure"


def test_a_page_that_states_two_figures_in_turn_is_held_back_as_unsteady(home: Path) -> None:
    other = replace(DAYS[0], high="94.00")
    turns = [DAYS[0], other, DAYS[0], other]
    reports = [told(home, [bulletin(day)]) for day in turns]
    assert [held(report) for report in reports[:3]] == [{}, {}, {}]
    name = f"seee_bulletins day {other.day} {other.day}"
    assert held(reports[3]) == {name: ["seee_rows_are_steady"]}
    assert seen(home, "select high_cny_per_t from seee_bulletins") == [(Decimal("93.38"),)]
