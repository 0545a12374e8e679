"""The Explorer's document: which value is which, and what is no such document."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.icap.explorer import EXPECTED
from extractors.model import LayoutError
from extractors.sample.sites.icap.explorer import systems
from schemas.core.validate import split
from schemas.sources.icap.prices import ICAP_PRICES
from tests.support.icap_pages import (
    document,
    page,
    prices,
    rows,
    signals,
    system,
    systems_page,
    whole,
)
from transforms.model import Refused

REAL = {
    "id": 14,
    "name": "China National Emissions Trading System ",
    "jurisdiction": "x",
    "description": "x",
    "currency": ["CNY", "\u00a5"],
    "color": "#000000",
    "preselected": True,
    "defaultMarketData": "secondary",
    "isRestrictedPrimary": False,
    "isRestrictedSecondary": False,
    "isRestrictedStability": False,
    "values": {
        "primary": [],
        "secondary": {"2022-03-03": [5.74, 5.13, 41], "2022-03-04": [5.81, 5.19, 41.5]},
        "revenue": [],
    },
}
"""An object in the layout of the real document, made up (rates 0.14 and 0.125)."""


def national() -> dict[str, Any]:
    return json.loads(json.dumps(REAL))  # type: ignore[no-any-return]


def found(array: list[Any]) -> dict[str, Any]:
    """The row of one array of the national series."""
    one = national()
    one["values"]["secondary"] = {"2022-03-03": array}
    (values,) = prices(rows(systems_page([one]))).values()
    return values


def test_the_third_value_is_the_local_price() -> None:
    values = prices(rows(systems_page([national()])))[14, "secondary", date(2022, 3, 3)]
    assert (values["price_local"], values["currency"]) == (Decimal(41), "CNY")
    assert values["price_usd"] == Decimal("5.74")
    assert values["price_eur"] == Decimal("5.13")
    assert values["system"] == "China National Emissions Trading System"
    units = {column.name: column.unit for column in ICAP_PRICES.own}
    assert units["price_local"] == "local currency/t"
    assert units["price_usd"] == "USD/t"
    assert units["price_eur"] == "EUR/t"


def test_an_array_in_another_order_can_not_become_a_row() -> None:
    """Local first, as some clients take it: the yuan price would be seven times too small."""
    values = found([41, 5.13, 5.74])
    (refused,) = split(ICAP_PRICES, [whole(values)]).refused
    assert refused.rule == "yuan_above_dollars"


@pytest.mark.parametrize("array", [[5.74, 5.13, 41, 0, 0, 0, 0, 70.5], [5.74, 5.13, 41]])
def test_arrays_of_both_lengths_may_stand_in_one_series(array: list[Any]) -> None:
    values = found(array)
    assert values["price_local"] == 41
    measures = [values[f"stability_{n}_local"] for n in range(1, 6)]
    assert measures == [None, None, None, None, Decimal("70.5") if len(array) == 8 else None]


@pytest.mark.parametrize(
    ("array", "rule"),
    [
        ([5.74, 5.13], "row_shape"),
        ([5.74, 5.13, 41, 0], "row_shape"),
        ([5.74, 5.13, 41, 0, 0, 0, 0, 0, 0], "row_shape"),
        ("5.74", "row_shape"),
        ([5.74, 5.13, 0], "row_shape"),
        ([5.74, 5.13, None], "bad_number"),
        ([5.74, 5.13, "41"], "bad_number"),
        ([5.74, 5.13, True], "bad_number"),
        ([5.74, 5.13, -41], "bad_number"),
        ([5.74, 5.13, 1e30], "bad_number"),
        ([5.74, 5.13, float("nan")], "bad_number"),
    ],
)
def test_an_array_that_is_none_is_refused(array: Any, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        found(array)
    assert refused.value.rule == rule
    assert refused.value.table == "icap_prices"


def test_an_auction_without_a_sale_has_no_price() -> None:
    values = prices(rows(systems_page()))[28, "primary", date(2023, 3, 15)]
    assert values["is_unsold"]
    assert [values[f"price_{unit}"] for unit in ("local", "usd", "eur")] == [None, None, None]


def test_a_float_s_own_digits_are_no_price() -> None:
    assert found([5.74, 5.13, 41.290000000000006])["price_local"] == Decimal("41.29")


def test_all_of_the_sample_is_understood() -> None:
    got = rows(systems_page())
    assert not signals(systems_page())
    by_table = {t: [r.values for r in got if r.table == t] for t in {r.table for r in got}}
    assert len(by_table["icap_systems"]) == 27 == len(EXPECTED) == len(systems())
    china = [v for v in by_table["icap_systems"] if v["system_kind"] != "other"]
    assert {v["secondary_last"] for v in china} == {max(v["secondary_last"] for v in china)}
    twins = {v["system_id"]: v["twin_of"] for v in by_table["icap_systems"] if v["twin_of"]}
    assert twins == {30: 16, 31: 13, 32: 6, 35: 34}
    of_twins = [v for v in by_table["icap_prices"] if v["system_id"] in twins]
    assert all(v["is_download_twin"] and v["is_restricted"] for v in of_twins)
    weekends = {
        v["date"] for v in by_table["icap_prices"] if v["system_id"] == 14 and v["is_weekend"]
    }
    assert sorted(weekends) == [date(2023, 6, 10), date(2023, 6, 17), date(2023, 7, 15), date(2023, 7, 16)]  # fmt: skip # noqa: E501
    (quarter,) = [
        v for v in by_table["icap_revenue"] if (v["system_id"], v["quarter"]) == (8, "2023-Q4")
    ]
    assert quarter["quarter_start"] == date(2023, 10, 1)
    assert quarter["quarter_end"] == date(2023, 12, 31)


def test_two_number_spaces_are_kept_apart() -> None:
    (values,) = [
        r.values
        for r in rows(systems_page())
        if r.table == "icap_systems" and r.values["system_id"] == 14
    ]
    assert (values["ets_id"], values["twin_of"]) == (55, None)


# --- documents that are not as they should be


def test_a_system_divided_in_two_is_told_and_neither_part_is_taken_for_it() -> None:
    spoilt = document()
    whole = system(spoilt, 14)
    whole["name"] += " (until 2026)"
    part = json.loads(json.dumps(whole))
    part["id"], part["name"] = 38, "China National Emissions Trading System (from 2027)"
    spoilt.append(part)
    told = {(s.rule, s.value.split(" ")[0]) for s in signals(systems_page(spoilt))}
    assert told == {("unknown_system", "14"), ("unknown_system", "38"), ("system_missing", "14")}
    read = prices(rows(systems_page(spoilt)))
    assert not {key for key in read if key[0] in (14, 38)}
    assert {key for key in read if key[0] == 18}


def test_a_system_under_another_number_is_told_and_not_read() -> None:
    spoilt = document()
    system(spoilt, 24)["id"] = 40
    told = {s.rule: s for s in signals(systems_page(spoilt))}
    assert "its number was 24" in told["unknown_system"].detail
    assert "24 Hubei" in told["system_missing"].value
    assert not {key for key in prices(rows(systems_page(spoilt))) if key[0] in (24, 40)}


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda s: s.__setitem__("volume", {}), "system_shape"),
        (lambda s: s["values"].pop("revenue"), "system_shape"),
        (lambda s: s["values"].__setitem__("primary", [1]), "system_shape"),
        (lambda s: s.__setitem__("currency", "CNY"), "system_shape"),
    ],
)
def test_a_system_of_another_shape_is_told(edit: Callable[[Any], object], rule: str) -> None:
    spoilt = document()
    edit(system(spoilt, 18))
    assert {s.rule for s in signals(systems_page(spoilt))} == {rule}
    assert not {key for key in prices(rows(systems_page(spoilt))) if key[0] == 18}


def test_dates_out_of_order_are_read_and_told() -> None:
    spoilt = document()
    series = system(spoilt, 18)["values"]
    series["secondary"] = dict(reversed(series["secondary"].items()))
    (remark,) = signals(systems_page(spoilt))
    assert (remark.rule, remark.is_remark) == ("dates_unsorted", True)
    assert prices(rows(systems_page(spoilt))) == prices(rows(systems_page(document())))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<!DOCTYPE html><html><body>Please wait</body></html>", "not JSON"),
        (b"[", "not JSON"),
        (b"[]", "no system 14"),
        (b'{"id": 14}', "JSON, but no list"),
        (b'[{"id": 18}]', "no system 14"),
        (b'[{"id": 14, "values": {"2022-03-03": [1], "2022-03-03": [2]}}]', "stands twice"),
        (b"[" * 100_000, "not JSON"),
        (b"[" + b"9" * 5000 + b"]", "no system 14"),
    ],
)
def test_what_is_no_such_document_is_a_layout_error(body: bytes, told: str) -> None:
    with pytest.raises(LayoutError, match=told):
        rows(page("systems", "https://x.example/api/systems", body))


cents = st.integers(1, 10**9).map(lambda n: Decimal(n) / 100)


@given(st.tuples(cents, cents, cents), st.dates(date(2005, 1, 1), date(2026, 7, 22)), st.booleans())
def test_whatever_the_values_each_keeps_its_place(
    values: tuple[Decimal, Decimal, Decimal], day: date, is_long: bool
) -> None:
    one = national()
    array = [float(value) for value in values] + [0] * (5 if is_long else 0)
    one["values"]["secondary"] = {day.isoformat(): array}
    ((key, row),) = prices(rows(systems_page([one]))).items()
    assert key == (14, "secondary", day)
    assert (row["price_usd"], row["price_eur"], row["price_local"]) == values
    assert row["is_weekend"] == (day.isoweekday() > 5)


def test_a_price_of_a_day_to_come_is_refused() -> None:
    one = national()
    one["values"]["secondary"] = {"2026-07-24": [5.74, 5.13, 41]}
    with pytest.raises(Refused) as refused:
        rows(systems_page([one]))
    assert refused.value.rule == "future_date"
