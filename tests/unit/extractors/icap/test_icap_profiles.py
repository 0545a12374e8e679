"""ETS pages: every field raw, and parsed where it parses."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.icap.profiles import CHINA, read_maplist
from extractors.model import LayoutError
from extractors.sample.sites.icap.profiles import ids, maplist, profile_page, standing
from tests.support.icap_pages import SITE, items, page, rows
from transforms.icap.prices import amount
from transforms.model import Refused, Row

LAST = date(2026, 5, 29)
FIELDS = {
    "name": "Some ETS",
    "status": "In force",
    "start": 2013,
    "regions": ["Austria", "Belgium"],
    "sectors": ["Industry", "Power"],
}


def profile(number: int = 58, until: date = LAST, **fields: Any) -> Row:
    if fields:
        html = profile_page({**FIELDS, **fields})
    else:
        found = standing(number, until)
        assert found is not None
        html = profile_page(found[0])
    return rows(page("profile", f"{SITE}/en/ets_system/{number}", html.encode()))[0]


def cap(text: str) -> tuple[Any, ...]:
    values = profile(cap=text).values
    names = ("cap_kind", "cap_t", "cap_year", "cap_qualifier", "cap_scope")
    assert values["cap_raw"] == (text or None)
    return tuple(values[name] for name in names)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("~8,000 MtCO2 (2024)", ("stated", 8_000_000_000, 2024, "about", None)),
        ("297 MtCO2 (2023)", ("stated", 297_000_000, 2023, None, None)),
        ("~4,500 MtCO2 (2019 and 2020 each)", ("stated", 4_500_000_000, 2020, "about", None)),
        (
            "31. 5 MtCO2 (excluding buildings, 2015)",
            ("stated", 31_500_000, 2015, None, "excluding buildings"),
        ),
        (
            "4.9 MtCO2e (2020, industry); 1.1 MtCO2e (2021, aviation)",
            ("stated", None, None, None, None),
        ),
        (
            "97.0 million short tons CO2 or 88.0 MtCO2 (2022)",
            ("stated", 88_000_000, 2022, None, None),
        ),
        ("260 MtCO2 (2025) - In the introductory phase", ("stated", 260_000_000, 2025, None, None)),
        ("Flexible cap in the fixed-price period", ("flexible", None, None, None, None)),
        ("No cap", ("none", None, None, None, None)),
        ("To be announced", (None, None, None, None, None)),
        ("", (None, None, None, None, None)),
    ],
)
def test_caps_in_all_their_forms(text: str, wanted: tuple[Any, ...]) -> None:
    assert cap(text) == wanted


def test_all_parts_of_a_cap_are_kept() -> None:
    parts = json.loads(
        profile(cap="4.9 MtCO2e (2020, industry); 1.1 MtCO2e (2021, aviation)").values["cap_parts"]
    )
    assert [(p["value"], p["years"], p["scope"]) for p in parts] == [
        (4_900_000, ["2020"], "industry"),
        (1_100_000, ["2021"], "aviation"),
    ]


def test_the_year_of_a_price_is_in_its_label_and_the_local_price_comes_first() -> None:
    values = profile(
        secondary=[2024, "CNY 12.34 (USD 1.70)"],
        revenue_total="CNY 123.45 million (USD 17.0 million)",
    ).values
    assert values["price_secondary_year"] == 2024
    assert values["price_secondary_local"] == Decimal("12.34")
    assert values["price_secondary_currency"] == "CNY"
    assert values["price_secondary_usd"] == Decimal("1.70")
    assert values["revenue_total_local"] == Decimal(123_450_000)
    assert values["revenue_total_usd"] == Decimal(17_000_000)
    assert values["price_auction_raw"] is None


def test_money_that_can_not_be_read_stays_a_text_and_is_told() -> None:
    row = profile(secondary=[2024, "about twelve yuan"])
    assert row.values["price_secondary_raw"] == "about twelve yuan"
    assert row.values["price_secondary_local"] is None
    assert [(remark.rule, remark.is_signal) for remark in row.remarks] == [("unread_money", True)]


def test_all_regions_and_sectors_are_read_and_none_is_the_main_one() -> None:
    values = profile(43).values
    assert values["regions"] == "Austria; Belgium; Bulgaria; Germany; Sweden"
    assert values["sectors"] == "Maritime; Domestic Aviation; Industry; Power"


def test_the_national_profile_over_time() -> None:
    sectors = {
        until: (profile(55, until).values["sectors"], profile(55, until).values["cap_t"])
        for until in (date(2022, 1, 1), date(2025, 3, 1), LAST)
    }
    assert list(sectors.values()) == [
        ("Power", 4_500_000_000),
        ("Power", 5_200_000_000),
        ("Industry; Power", 8_000_000_000),
    ]
    found = standing(55, LAST)
    assert found is not None
    html = profile_page(found[0]).encode()
    told_there = rows(page("profile", f"{SITE}/en/ets_system/55", html))
    facts = [row.values for row in told_there if row.table == "icap_facts"]
    told = {(f["metric"], f["scope"]): (f["value"], f["qualifier"]) for f in facts}
    assert told["entities", "total"] == (3500, "more than")
    assert told["emissions_share", "national carbon emissions"] == (60, "more than")
    assert {f["article_key"] for f in facts} == {"ets/55"}


def test_a_field_nobody_knows_is_told() -> None:
    html = profile_page(FIELDS).replace("field-ets-status", "field-x").replace("ETS Status", "Mood")
    (row,) = rows(page("profile", f"{SITE}/en/ets_system/1", html.encode()))
    assert row.values["status"] is None
    assert [(r.rule, r.value) for r in row.remarks] == [("unknown_field", "field-x (Mood)")]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<html><body><h1>Other</h1></body></html>", "no system's name"),
        ('<html><body><h1 class="ets-caption">X</h1></body></html>', "without a field"),
    ],
)
def test_a_page_that_is_no_profile_is_a_layout_error(html: str, told: str) -> None:
    with pytest.raises(LayoutError, match=told):
        items(page("profile", f"{SITE}/en/ets_system/55", html.encode()))


def test_a_start_that_is_no_year_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        profile(start="soon")
    assert (refused.value.rule, refused.value.table) == ("bad_number", "icap_profiles")


def test_the_map_is_read_past_elements_without_a_number() -> None:
    listed = read_maplist(page("maplist", f"{SITE}/en/json/maplist", maplist(LAST)))
    assert sorted(listed) == sorted(ids(LAST))
    assert set(CHINA) <= set(listed)
    for body in (b"{}", b"[]", b"<html>", b'[{"id": "x"}]', b'[{"name": "y"}]'):
        with pytest.raises(LayoutError):
            read_maplist(page("maplist", f"{SITE}/en/json/maplist", body))


@given(st.integers(1, 99_999), st.integers(2000, 2040), st.booleans())
def test_any_cap_of_the_common_form_is_read(amount_mt: int, year: int, is_about: bool) -> None:
    found = cap(f"{'~' if is_about else ''}{amount_mt:,} MtCO2 ({year})")
    assert found[:3] == ("stated", amount_mt * 10**6, year)
    assert found[3] == ("about" if is_about else None)


@given(st.decimals(0, 10**9, places=2, allow_nan=False))
def test_amounts_are_kept_to_the_millionth(value: Decimal) -> None:
    assert amount(value) == value
