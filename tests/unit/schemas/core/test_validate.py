"""Every row is either valid or refused, and for every reason there is."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.core import validate
from schemas.core.forms import pandera_model
from schemas.core.table import Table
from schemas.core.validate import split
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from tests.support.rows import bulletin, method_total, quote

MONDAY = date(2025, 3, 3)
LISTED_DAY = date(2023, 8, 25)


def broken(table: Table, row: dict[str, Any]) -> list[str]:
    return [finding.rule for finding in split(table, [row]).refused]


def warnings(table: Table, row: dict[str, Any]) -> list[str]:
    parts = split(table, [row])
    assert parts.refused == []
    return [finding.rule for finding in parts.warned]


def yuan(text: str) -> Decimal:
    return Decimal(text)


def no_trade(**other: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"is_no_trade": True}
    for leg in ("listed", "block", "total"):
        nothing |= {f"{leg}_volume_t": 0, f"{leg}_turnover_cny": yuan("0.00")}
    for name in ("open", "high", "low"):
        nothing[f"{name}_cny_per_t"] = None
    return bulletin(**nothing, **other)


def listed_basis(**other: Any) -> dict[str, Any]:
    day = {"price_basis": "listed", "ytd_volume_t": None, "ytd_turnover_cny": None}
    return bulletin(LISTED_DAY, **(day | other))


def week(start: date, end: date, **other: Any) -> dict[str, Any]:
    return bulletin(end, **({"period": "week", "period_start": start} | other))


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (SEEE_BULLETINS, bulletin()),
        (SEEE_BULLETINS, no_trade()),
        (SEEE_BULLETINS, no_trade(auction_volume_t=0, auction_turnover_cny=yuan("0.00"))),
        (SEEE_BULLETINS, listed_basis()),
        (SEEE_BULLETINS, week(date(2025, 3, 3), date(2025, 3, 7))),
        (SEEE_BULLETINS, bulletin(block_volume_t=None, block_turnover_cny=None)),
        (SEEE_QUOTES, quote()),
        (SEEE_QUOTES, quote(low_cny_per_t=None, high_cny_per_t=None, listed_volume_t=0)),
        (SEEE_METHOD_TOTALS, method_total()),
    ],
)
def test_good_rows_pass_without_a_word(table: Table, row: dict[str, Any]) -> None:
    parts = split(table, [row])
    assert (parts.refused, parts.warned) == ([], [])
    assert parts.valid.to_pylist() == [row]


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ("legs_add_up_volume", bulletin(total_volume_t=101_001)),
        ("legs_add_up_turnover", bulletin(total_turnover_cny=yuan("8891000.51"))),
        ("legs_add_up_volume", bulletin(auction_volume_t=5, auction_turnover_cny=yuan("0"))),
        ("low_within_high", bulletin(low_cny_per_t=yuan("93.00"))),
        ("open_in_range", bulletin(open_cny_per_t=yuan("92.01"))),
        ("open_in_range", bulletin(low_cny_per_t=None, open_cny_per_t=yuan("92.01"))),
        ("listed_close_in_range", listed_basis(close_cny_per_t=yuan("88.99"))),
        ("no_trade_no_volume", bulletin(is_no_trade=True)),
        ("block_volume_has_turnover", bulletin(block_turnover_cny=yuan("0.00"))),
        ("listed_volume_has_turnover", bulletin(listed_volume_t=0)),
        ("trade_date_is_period_end", bulletin(trade_date=date(2025, 3, 4))),
        ("day_is_one_day", bulletin(period_start=date(2025, 2, 28))),
        ("period_in_order", week(date(2025, 3, 10), date(2025, 3, 7))),
        ("ytd_within_cumulative_volume", bulletin(cumulative_volume_t=1_100_999)),
        ("total_within_ytd_volume", bulletin(ytd_volume_t=100_999)),
        ("total_within_cumulative_turnover", bulletin(cumulative_turnover_cny=yuan("1.00"))),
        ("on_a_trading_day", bulletin(date(2025, 3, 8))),
        ("on_a_trading_day", bulletin(date(2024, 2, 9))),
        ("not_nullable", bulletin(title=None)),
        ("one_of", bulletin(period="era")),
        ("minimum", bulletin(block_volume_t=-100_000, block_turnover_cny=yuan("-1.00"))),
        ("wrong_type", bulletin(close_cny_per_t=91.0)),
        ("wrong_type", bulletin(close_cny_per_t=Decimal("NaN"))),
        ("unknown_column", bulletin(closing=yuan("91.00"))),
    ],
)
def test_a_broken_bulletin_is_refused_by_its_rule(rule: str, row: dict[str, Any]) -> None:
    assert rule in broken(SEEE_BULLETINS, row)


@pytest.mark.parametrize(
    ("rule", "table", "row"),
    [
        ("open_in_range", SEEE_QUOTES, quote(open_cny_per_t=yuan("92.01"))),
        ("close_in_range", SEEE_QUOTES, quote(close_cny_per_t=yuan("88.99"))),
        ("known_product", SEEE_QUOTES, quote(product="CEA18")),
        ("day_within_ytd_volume", SEEE_METHOD_TOTALS, method_total(day_volume_t=11_001)),
        (
            "ytd_within_cumulative_turnover",
            SEEE_METHOD_TOTALS,
            method_total(ytd_turnover_cny=yuan("9991000.01")),
        ),
    ],
)
def test_broken_quotes_and_totals_are_refused(rule: str, table: Table, row: dict[str, Any]) -> None:
    assert broken(table, row) == [rule]


@pytest.mark.parametrize(
    ("rule", "table", "row"),
    [
        (
            "composite_close_in_range",
            SEEE_BULLETINS,
            bulletin(close_cny_per_t=yuan("92.01"), listed_volume_t=1_000),
        ),
        (
            "composite_close_in_range",
            SEEE_QUOTES,
            quote(product="COMCEA", close_cny_per_t=yuan("1")),
        ),
        ("composite_open_in_range", SEEE_QUOTES, quote(product="COMCEA", open_cny_per_t=yuan("1"))),
        ("close_is_listed_mean", SEEE_BULLETINS, listed_basis(close_cny_per_t=yuan("91.01"))),
    ],
)
def test_what_is_only_odd_is_warned_of(rule: str, table: Table, row: dict[str, Any]) -> None:
    assert warnings(table, row) == [rule]


def test_the_close_is_the_mean_to_half_a_cent_exactly() -> None:
    legs = {"block_volume_t": 0, "block_turnover_cny": yuan("0.00"), "listed_volume_t": 1_000}
    for turnover, rules in (("91005.00", []), ("91005.01", ["close_is_listed_mean"])):
        row = listed_basis(
            **legs,
            total_volume_t=1_000,
            listed_turnover_cny=yuan(turnover),
            total_turnover_cny=yuan(turnover),
        )
        assert warnings(SEEE_BULLETINS, row) == rules


def test_a_week_across_new_year_may_exceed_the_new_year() -> None:
    row = week(date(2024, 12, 30), date(2025, 1, 3), ytd_volume_t=5, ytd_turnover_cny=yuan("5.00"))
    assert broken(SEEE_BULLETINS, row) == []
    assert broken(SEEE_BULLETINS, row | {"period_start": date(2025, 1, 2)}) == [
        "total_within_ytd_volume",
        "total_within_ytd_turnover",
    ]


def test_a_finding_carries_rule_column_value_and_row() -> None:
    rows = [bulletin(), bulletin(open_cny_per_t="90"), bulletin(total_volume_t=5)]
    parts = split(SEEE_BULLETINS, rows)
    cell, rule = parts.refused
    assert (cell.row, cell.rule, cell.column, cell.value) == (
        1,
        "wrong_type",
        "open_cny_per_t",
        "90",
    )
    assert cell.detail == "str, not a decimal"
    assert (rule.row, rule.rule, rule.column) == (2, "legs_add_up_volume", "")
    assert json.loads(rule.value) == {
        "listed_volume_t": "1000",
        "block_volume_t": "100000",
        "auction_volume_t": "",
        "total_volume_t": "5",
    }
    assert parts.valid_rows == [0]


def test_one_bad_cell_hides_no_other() -> None:
    """Pandera alone reports a column that can't be coerced once, and nothing else of it."""
    rows = [
        bulletin(open_cny_per_t="ninety", total_volume_t=5, period="era"),
        bulletin(open_cny_per_t=yuan("-1.00"), is_flat=None),
        bulletin(),
    ]
    found = {(f.row, f.rule) for f in split(SEEE_BULLETINS, rows).refused}
    assert found == {
        (0, "wrong_type"),
        (0, "one_of"),
        (0, "legs_add_up_volume"),
        (1, "minimum"),
        (1, "open_in_range"),
        (1, "not_nullable"),
    }


def test_a_rule_is_not_held_against_a_cell_that_was_refused() -> None:
    """The nulled auction would count as nothing, and the sum seem wrong."""
    row = bulletin(
        auction_volume_t="5 t",
        auction_turnover_cny=yuan("500.00"),
        total_volume_t=101_005,
        total_turnover_cny=yuan("8891500.50"),
    )
    found = split(SEEE_BULLETINS, [row]).refused
    assert [(f.rule, f.column) for f in found] == [("wrong_type", "auction_volume_t")]


def test_a_row_that_states_too_little_is_refused() -> None:
    row = bulletin()
    del row["rounded_figures"]
    found = split(SEEE_BULLETINS, [row]).refused
    assert [(f.rule, f.column) for f in found] == [("missing_column", "rounded_figures")]


def test_equal_keys_are_none_of_its_business() -> None:
    parts = split(SEEE_BULLETINS, [bulletin(), bulletin(), bulletin(title=None), bulletin()])
    assert parts.valid_rows == [0, 1, 3]
    assert parts.valid.num_rows == 3


def test_no_rows_and_only_bad_rows() -> None:
    for rows in ([], [bulletin(title=None)]):
        parts = split(SEEE_BULLETINS, rows)
        assert parts.valid.num_rows == 0
        assert parts.valid.column_names == [c.name for c in SEEE_BULLETINS.stated]


CELLS = st.sampled_from(
    [
        None, 0, -1, 2**70, True, 1.5, float("nan"), "", "x", "day", "\ud800", MONDAY,
        date(2030, 1, 1), Decimal("1.00"), Decimal("NaN"), Decimal("1.001"), Decimal("1e30"),
    ]
)  # fmt: skip
CHANGES = st.dictionaries(st.sampled_from(sorted(bulletin())), CELLS, max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=6))
def test_whatever_is_in_the_cells_counts_add_up_and_valid_is_valid(
    changes: list[dict[str, Any]],
) -> None:
    rows = [bulletin() | change for change in changes]
    parts = split(SEEE_BULLETINS, rows)
    assert {*parts.valid_rows, *(f.row for f in parts.refused)} == set(range(len(rows)))
    assert parts.valid.num_rows == len(parts.valid_rows)
    assert parts.valid.to_pylist() == [rows[i] for i in parts.valid_rows]
    frame = parts.valid.to_pandas(types_mapper=pd.ArrowDtype)
    pandera_model(SEEE_BULLETINS, stated_only=True).validate(frame, lazy=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(CHANGES, max_size=4), st.sampled_from([{}, {"period": "week"}, {"title": None}]))
def test_pandera_is_asked_wherever_it_would_find_something(
    changes: list[dict[str, Any]], other: dict[str, Any]
) -> None:
    rows = [bulletin() | other | change for change in changes]
    found = split(SEEE_BULLETINS, rows)
    with mock.patch.object(validate, "_is_clean", return_value=False):  # always asked
        assert split(SEEE_BULLETINS, rows) == found


@pytest.mark.parametrize("column", ["title", "period", "block_volume_t", "close_cny_per_t"])
def test_a_batch_is_clean_only_without_nulls_foreign_values_and_values_too_small(
    column: str,
) -> None:
    bad: dict[str, Any] = {
        "title": None,
        "period": "era",
        "block_volume_t": -1,
        "close_cny_per_t": yuan("-0.01"),
    }
    schema = validate._schema(SEEE_BULLETINS)
    good, wrong = bulletin(), bulletin(**{column: bad[column]})
    assert validate._is_clean(SEEE_BULLETINS, validate._to_arrow([good, good], schema))
    assert not validate._is_clean(SEEE_BULLETINS, validate._to_arrow([good, wrong], schema))
