"""Gates that `suggest-gates` proposes: no later true day that has less to say breaks one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flows.core.query.gates import GATES_FILE
from flows.core.settings import Settings
from flows.stages.release.suggest_gates import as_yaml, suggestions
from schemas.registry import TABLES
from tests.support.real_days import DAYS, bulletin, held, period, quotes, told, totals

PRICES = ("open_cny_per_t", "high_cny_per_t", "low_cny_per_t")
NO_LISTED = replace(
    DAYS[-1], day="2024-09-13", listed_t=0, listed_cny="0.00", open="0.00", high="0.00", low="0.00"
)
NO_LISTED = replace(NO_LISTED, block_t=100_000, block_cny="9000000.00")
NO_LISTED = replace(NO_LISTED, cumulative_t=475_185_649, cumulative_cny="27862199905.88")


def test_what_is_empty_by_nature_is_a_column_that_may_be_empty() -> None:
    for table in TABLES.values():
        nullable = {column.name for column in table.own if column.nullable}
        assert set(table.sparse) <= nullable, table.name


def test_a_day_without_a_listed_trade_breaks_no_gate_that_was_proposed_before(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    first = told(home, [*map(bulletin, DAYS), *map(totals, DAYS), quotes(DAYS)])
    assert (first.exit_code, held(first)) == (0, {})
    proposed = suggestions(Settings(home=str(home)))
    for name in ("seee_bulletins", "seee_quotes"):
        filled = proposed[name]["min_fill"]
        assert filled["close_cny_per_t"] > 0.9, "each day has one, and so it is asked for"
        assert not filled.keys() & {*PRICES, "change_pct"}, "filled, and not by nature"
    (home / GATES_FILE).write_text(as_yaml(proposed), encoding="utf-8")
    day = period(
        "全国碳市场每日综合价格行情及成交信息20240913",
        NO_LISTED.day,
        495_513,
        f"今日全国碳市场综合价格行情为：收盘价{NO_LISTED.close}元/吨。",
        "今日无挂牌协议交易。今日大宗协议交易成交量100,000吨，成交额9,000,000.00元。",
        "今日全国碳排放配额总成交量100,000吨，总成交额9,000,000.00元。",
        "截至今日，全国碳市场碳排放配额累计成交量475,185,649吨，累计成交额27,862,199,905.88元。",
    )
    report = told(home, [day, totals(NO_LISTED), quotes([*DAYS, NO_LISTED])])
    assert report.runs[0].tally.quarantined == 0
    assert (report.exit_code, held(report)) == (0, {})
    assert report.released
    assert report.released.warned == []
