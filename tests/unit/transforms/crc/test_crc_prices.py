"""The registry's price table: eleven columns without heads, told by what they add up to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from extractors.crc.source import SOURCE
from extractors.model import LayoutError, Signal
from extractors.sample.sites.crc.pages import list_page, price_table
from schemas.core.validate import split
from schemas.registry import TABLES
from tests.unit.transforms.crc.crc_pages import PRICES, ROW, changed, page_of, prices, rows_of
from transforms.model import Refused

NOTHING = {"c5": "0", "c6": "0", "c7": "-", "c8": "—", "c9": "-", "c10": ""}


@pytest.mark.parametrize("printed", ["2026-1-7", "2026.1.7", "2026.01.07", "2026-01-07"])
def test_a_day_is_read_in_every_form(printed: str) -> None:
    (row,) = prices(changed(c1=printed))
    assert row["trade_date"] == date(2026, 1, 7)
    assert row["close_cny_per_t"] == Decimal("77.97")
    assert (row["listed_volume_t"], row["block_volume_t"]) == (424311, 2946405)
    assert row["total_turnover_cny"] == Decimal("255269191.50")


def test_days_of_two_years_are_compared_as_days_and_none_is_dropped() -> None:
    """As text, 2026-1-5 lies behind 2026-01-01 and 2025-12-31 does not."""
    days = ("2026-1-5", "2025-12-31", "2025.9.30")
    assert [row["trade_date"].isoformat() for row in prices(*(changed(c1=d) for d in days))] == [
        "2026-01-05",
        "2025-12-31",
        "2025-09-30",
    ]


def test_a_day_without_trade_is_kept_and_its_zero_prices_are_none() -> None:
    (row,) = prices(changed(c2="78.31", c3="0", c4="0", **NOTHING))
    assert row["close_cny_per_t"] == Decimal("78.31")
    assert (row["high_cny_per_t"], row["low_cny_per_t"]) == (None, None)
    assert (row["listed_volume_t"], row["block_volume_t"]) == (0, None)
    assert row["total_volume_t"] is None


def test_a_zero_price_beside_listed_trades_stays_to_be_refused() -> None:
    (row,) = prices(changed(c3="0"))
    assert row["high_cny_per_t"] == 0


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"c9": "3370715"}, "do not make the total"),
        ({"c10": "255269191.51"}, "do not make the total"),
        ({"c5": "2946405", "c7": "3370716", "c9": "424311"}, "do not make the total"),
        ({"c6": "n/a"}, "no number"),
        ({"c5": "NaN", "c9": "NaN"}, "no number"),
        ({"c5": "Infinity", "c9": "Infinity"}, "no number"),
        ({"c5": "9E+999999999999999999", "c7": "9E+999999999999999999"}, "no number"),
        ({"c5": "４24311"}, "no number"),
        ({"c1": "2026-13-1"}, "no day"),
        ({"c1": "CEA"}, "no day"),
    ],
)
def test_one_row_whose_columns_do_not_add_up_refuses_the_page(
    cells: dict[str, str], told: str
) -> None:
    with pytest.raises(LayoutError, match=told):
        prices(ROW, changed(**{"c1": "2026-1-6", **cells}))


SWAPPED = {"c5": ROW[7], "c6": ROW[8], "c7": ROW[5], "c8": ROW[6]}
"""Listed and block trades changed places."""


def test_a_day_stated_twice_is_refused_unless_alike() -> None:
    assert len(prices(ROW, ROW)) == 2
    with pytest.raises(Refused) as refused:
        prices(ROW, changed(c2="78.97"))
    assert (refused.value.rule, refused.value.table) == ("stated_twice", "crc_market_daily")


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, set()),
        # Volumes and amounts changed places, all of them: they still add up.
        (
            {"c5": "33000000", "c6": "424311", "c7": "222269191", "c8": "2946405"}
            | {"c9": "255269191", "c10": "3370716"},
            {"block_volume_t_costs_what_it_can", "total_volume_t_costs_what_it_can"}
            | {"listed_mean_is_a_price"},
        ),
        # Listed and block trades did.
        ({"c1": "2023-8-25", "c3": "77.80", "c4": "77.70"} | SWAPPED, {"listed_mean_is_a_price"}),
        ({"c1": "2023-8-25", "c3": "77.70"}, {"listed_mean_is_a_price"}),
        # A composite's low and high are none of the listed trades'.
        ({"c3": "77.70"}, set()),
        ({"c3": "38.80", "c4": "38.70"}, {"listed_mean_is_a_price"}),
    ],
)
def test_what_was_traded_cost_what_it_can(cells: dict[str, str], rules: set[str]) -> None:
    (row,) = prices(changed(**cells))
    lineage = {
        "source": "crc",
        "source_url": "https://www.example/",
        "retrieved_at": datetime(2026, 6, 1, tzinfo=UTC),
        "payload_sha256": "0" * 64,
        "parser_version": "1",
        "evidence": None,
        "is_simulated": True,
    }
    refused = split(TABLES["crc_market_daily"], [row | lineage]).refused
    assert {each.rule for each in refused} == rules


def test_every_table_of_days_is_read_and_words_of_another_unit_refuse_the_page() -> None:
    first, second = price_table([ROW]), price_table([changed(c1="2026-1-8")])
    html = list_page("/list/101.html", first + second, 1, 1)
    assert [row["trade_date"].day for row in rows_of(html, PRICES)] == [7, 8]
    with pytest.raises(LayoutError, match="another unit: '万元, 万吨'"):
        rows_of(html.replace("<table", "<p>单位：万吨、万元</p><table", 1), PRICES)


def test_a_page_of_other_columns_is_refused() -> None:
    with pytest.raises(LayoutError, match="not 11 cells"):
        prices(ROW, (*ROW, "1"))


def test_a_total_may_hold_auctions_since_there_are_any() -> None:
    more = {"c9": "3500716", "c10": "265040691.50"}
    (row,) = prices(changed(c1="2025-7-16", **more))
    assert row["total_volume_t"] == 3500716
    with pytest.raises(LayoutError, match="do not make the total"):
        prices(changed(c1="2025-7-15", **more))
    with pytest.raises(LayoutError, match="do not make the total"):
        prices(changed(c1="2025-7-16", c9="3500716"))


def test_another_product_is_refused_alone() -> None:
    with pytest.raises(Refused) as refused:
        prices(changed(c0="CCER"))
    assert (refused.value.rule, refused.value.table) == ("unknown_product", "crc_market_daily")


def test_a_table_without_days_is_an_empty_list_and_a_page_without_a_table_no_page() -> None:
    page = page_of(list_page("/list/101.html", price_table(()), 1, 1), PRICES)
    (found,) = SOURCE.parse(page)
    assert isinstance(found, Signal)
    assert found.rule == "empty_list"
    with pytest.raises(LayoutError, match="no table"):
        list(SOURCE.parse(page_of("<p>2026-1-7</p>", PRICES)))
