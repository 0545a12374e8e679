"""Days of the voluntary market by type of project, as its JSON has them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from extractors.ccer.source import SOURCE
from extractors.model import LayoutError
from extractors.sample.sites.ccer.pages import ENERGY, FORESTRY, SUBTOTAL, day_rows
from tests.unit.transforms.ccer.ccer_pages import DAY, DAYS, TYPES, days, june, page_of, read
from transforms.model import Refused

ONE_DAY = "/wcm/ccer/data/20250624-first.json"


def changed(at: int, **cells: Any) -> list[dict[str, Any]]:
    """The day with other cells in a row."""
    rows: list[dict[str, Any]] = [dict(row) for row in june()]
    rows[at] |= cells
    return rows


def test_a_price_is_the_turnover_and_the_subtotal_has_no_average() -> None:
    energy, forestry, subtotal = days(june())
    assert [row["profession"] for row in (energy, forestry)] == [ENERGY, FORESTRY]
    assert energy["total_volume_t"] == 500
    assert energy["total_turnover_cny"] == Decimal("44130.00")
    assert energy["average_cny_per_t"] == Decimal("88.26")
    assert (subtotal["profession"], subtotal["is_subtotal"]) == (SUBTOTAL, True)
    assert (subtotal["total_volume_t"], subtotal["average_cny_per_t"]) == (620, None)


def test_a_flat_list_of_one_day_says_the_same_as_the_list_of_days() -> None:
    flat, _ = read(json.dumps(june()), ONE_DAY)
    assert [row.values for row in flat] == days(june())


@pytest.mark.parametrize("nothing", ["-", "", None, "—", " - "])
def test_a_dash_an_empty_and_a_missing_cell_are_none_traded(nothing: str | None) -> None:
    none = dict.fromkeys(("business_amount", "business_price", "business_ave_price"), nothing)
    rows = [row | none for row in june()]
    assert {row["total_volume_t"] for row in days(rows)} == {0}
    assert {row["average_cny_per_t"] for row in days(rows)} == {None}
    if nothing is None:
        bare = {name: cell for name, cell in rows[1].items() if cell is not None}
        assert days([rows[0], bare, rows[2]])[1]["total_turnover_cny"] == 0


def test_a_column_that_is_gone_is_no_day_without_trade() -> None:
    rows = [{k.replace("business_amount", "amount"): v for k, v in row.items()} for row in june()]
    with pytest.raises(LayoutError, match="a column is gone"):
        days(rows)


def test_a_column_that_is_new_is_told() -> None:
    _, signals = read(json.dumps(changed(0, close="88.26")), ONE_DAY)
    assert [(s.rule, s.value, s.is_remark) for s in signals] == [("unknown_key", "close", False)]


@pytest.mark.parametrize(
    ("at", "cells", "rule"),
    [
        (2, {"business_amount": "621"}, "sums_differ"),
        (2, {"business_price": "54720.21"}, "sums_differ"),
        (1, {"business_amount": "-", "business_price": "-"}, "sums_differ"),
        (0, {"business_amount": "500.5"}, "bad_number"),
        (0, {"business_price": "4.413e4"}, "bad_number"),
        (2, {"profession_name": "合计"}, "no_subtotal"),
        (1, {"profession_name": ENERGY}, "duplicate_row"),
        (1, {"profession_name": " "}, "duplicate_row"),
    ],
)
def test_a_day_that_does_not_add_up_is_refused_whole(
    at: int, cells: dict[str, str], rule: str
) -> None:
    with pytest.raises(Refused) as refused:
        days(changed(at, **cells))
    assert (refused.value.rule, refused.value.table) == (rule, "ccer_types")


def test_a_type_of_a_new_name_is_taken_and_told_of() -> None:
    """Its trades belong to the market, whatever it is."""
    rows, _ = read(json.dumps(changed(1, profession_name="甲烷利用类型")), ONE_DAY)
    assert [row.values["total_volume_t"] for row in rows] == [500, 120, 620]
    told = [(r.rule, r.value, r.is_signal) for row in rows for r in row.remarks]
    assert told == [("unknown_type", "甲烷利用类型", True)]
    known, _ = read(
        json.dumps(changed(0, profession_name="能源产业（可再生/不可再生资源）")), ONE_DAY
    )
    assert [row.remarks for row in known] == [(), (), ()]


@pytest.mark.parametrize("target", [DAYS, "/wcm/ccer/data/20240122-first.json"])
def test_the_launch_day_is_never_told_by_its_json(target: str) -> None:
    """It says 300 t of 375,315."""
    launch = day_rows(date(2024, 1, 22), [(ENERGY, (300, Decimal(27600)))])
    rows, signals = read(json.dumps([launch]), target)
    assert rows == []
    assert [(s.rule, s.value, s.is_remark) for s in signals] == [("launch_day", "20240122", True)]


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '["20250624"]',
        '[{"business_date": "2025-06-24"}]',
        '[{"business_date": 20250624.0}]',
        json.dumps(changed(0, business_amount={"t": 1})),
        json.dumps(changed(0, business_amount=True)),
        "<html>403</html>",
    ],
)
def test_what_is_no_list_of_days_is_refused(body: str) -> None:
    with pytest.raises(LayoutError):
        read(body, DAYS)


def test_a_file_of_another_day_is_not_taken_for_the_one_asked_for() -> None:
    kind = next(kind for kind in SOURCE.kinds if kind.name == "days")
    assert kind.stated is not None
    body = json.dumps(day_rows(DAY, TYPES)).encode()
    asked = page_of("[]", "/wcm/ccer/data/20250625-first.json").url
    assert "20250624" in kind.stated(asked, None, body)
    assert kind.stated(asked.replace("20250625", "20250624"), None, body) == ""
    assert kind.stated(page_of("[]", DAYS).url, None, body) == ""


def test_a_file_without_a_day_is_an_empty_list() -> None:
    rows, signals = read("[]", DAYS)
    assert (rows, [signal.rule for signal in signals]) == ([], ["empty_list"])
