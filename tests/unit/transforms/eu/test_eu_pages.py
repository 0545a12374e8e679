"""Each pitfall of the European pages: what is read, what is refused, what is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from extractors.model import LayoutError
from extractors.sample.sites.eu import pages
from extractors.sample.sites.mee.attachments import Cell
from schemas.sources.eu.periods import due_on, quarter
from tests.unit.transforms.eu.eu_pages import (
    BOOK,
    COLUMNS,
    COMMISSION,
    auctions,
    checked,
    rows_of,
    signals_of,
)
from transforms.model import Refused

WEEKLY = (
    "<table><tr><th>Week</th><th>Publication date</th><th>Price (EUR/tCO2e)</th></tr>"
    "<tr><td>W1 2027</td><td>11 January 2027</td><td>61.10</td></tr></table>"
)
Q1 = ("Q1 2026", "7 April 2026", "61.05")


def auction(**changed: Cell) -> tuple[Cell, ...]:
    good: dict[str, Cell] = {
        "day": 46030,
        "name": "CAP3 EU Auction",
        "contract": "T3PA",
        "status": "successful",
        "price": Decimal("61.05"),
        "volume": 3000000,
    }
    return tuple((good | changed).values())


@pytest.mark.parametrize("period", ["Q1 2026", "2026 Q1"])
@pytest.mark.parametrize("price", ["61.05", "61,05"])
def test_both_ways_of_naming_a_quarter_and_of_writing_decimals(period: str, price: str) -> None:
    (row,) = rows_of(pages.commission([(period, "7 April 2026", price)]), COMMISSION)
    assert (row["period"], row["price_eur_per_t"]) == ("2026Q1", Decimal("61.05"))
    assert (row["period_start"], row["period_end"]) == (date(2026, 1, 1), date(2026, 3, 31))
    assert row["published_on"] == date(2026, 4, 7)


@pytest.mark.parametrize("dash", ["", "-", "–"])
def test_a_quarter_that_has_no_price_yet_is_no_row(dash: str) -> None:
    html = pages.commission([("Q4 2026", "4 January 2027", dash), Q1])
    assert [row["period"] for row in rows_of(html, COMMISSION)] == ["2026Q1"]
    assert signals_of(html, COMMISSION) == []


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (("Q5 2026", "7 April 2026", "61.05"), "bad_period"),
        (("W1 2026", "7 April 2026", "61.05"), "bad_period"),
        (("Q1 2026", "04/07/2026", "61.05"), "bad_date"),
        (("Q1 2026", "31 April 2026", "61.05"), "bad_date"),
        (("Q1 2026", "7 April 2026", "1,061.05"), "bad_number"),
        (("Q1 2026", "7 April 2026", "about 61"), "bad_number"),
        (("Q1 2026", "7 April 2026", "61.055"), "bad_number"),
    ],
)
def test_what_is_no_quarter_day_or_price_is_refused(row: tuple[str, ...], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        rows_of(pages.commission([row]), COMMISSION)
    assert (refused.value.rule, refused.value.table) == (rule, "eu_cbam_prices")


def test_a_table_by_the_week_is_told_and_the_quarters_are_read() -> None:
    html = pages.commission([Q1], WEEKLY)
    assert len(rows_of(html, COMMISSION)) == 1
    (signal,) = signals_of(html, COMMISSION)
    assert (signal.rule, signal.is_remark) == ("unknown_table", False)
    assert "Week | Publication date" in signal.value


@pytest.mark.parametrize(
    "html",
    [
        pages.commission([Q1]).replace("Quarter", "Week"),
        pages.commission([Q1]).replace("EUR/tCO2e", "USD/tCO2e"),
        pages.commission([Q1], pages.commission([Q1])),
        pages.commission([("Q1 2026", "61.05")]),
    ],
    ids=["by the week alone", "in dollars", "twice", "a cell too few"],
)
def test_another_table_in_its_place_is_refused(html: str) -> None:
    with pytest.raises(LayoutError):
        rows_of(html, COMMISSION)


def test_a_schedule_without_prices_is_none_of_prices() -> None:
    schedule = WEEKLY.replace("<th>Price (EUR/tCO2e)</th>", "").replace("<td>61.10</td>", "")
    assert signals_of(pages.commission([Q1], schedule), COMMISSION) == []


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (("Q4 2025", "5 January 2026", "61.05"), "has_cbam_price"),
        (("Q1 2026", "30 March 2026", "61.05"), "said_after_its_quarter"),
        (("Q1 2026", "7 May 2026", "61.05"), "said_after_its_quarter"),
        (("Q1 2026", "7 April 2026", "0"), "price_eur_per_t_is_positive"),
    ],
)
def test_a_price_that_can_be_none_of_its_quarter_is_refused(
    row: tuple[str, ...], rule: str
) -> None:
    found = checked(rows_of(pages.commission([row]), COMMISSION), "eu_cbam_prices")
    assert [breach.rule for breach in found.refused] == [rule]


def test_a_price_off_its_schedule_warns() -> None:
    late = checked(
        rows_of(pages.commission([("Q1 2026", "8 April 2026", "61.05")]), COMMISSION),
        "eu_cbam_prices",
    )
    assert (len(late.valid_rows), [w.rule for w in late.warned]) == (1, ["said_on_schedule"])


def test_the_schedule_of_the_first_year() -> None:
    """Easter Monday puts the first one off by a day."""
    due = [due_on(quarter(2026, number)[1]) for number in (1, 2, 3, 4)]
    assert [str(day) for day in due] == ["2026-04-07", "2026-07-06", "2026-10-05", "2027-01-04"]


def test_days_are_serial_numbers_or_dates() -> None:
    rows = auctions(auction(), auction(day="2026-01-08", name="CAP3 DE Auction"))
    assert {row["auction_date"] for row in rows} == {date(2026, 1, 8)}


def test_columns_go_by_their_heads_and_not_by_their_place() -> None:
    turned = auctions(auction()[::-1], columns=COLUMNS[::-1])
    assert turned == auctions(auction())
    assert turned[0]["price_eur_per_t"] == Decimal("61.05")


def test_an_unknown_column_is_told_and_the_known_ones_are_not() -> None:
    book = pages.workbook([(*auction(), "x")], (*COLUMNS, "Delivery Zone"))
    assert [(s.rule, s.value) for s in signals_of(book, BOOK)] == [
        ("unknown_column", "Delivery Zone")
    ]
    assert len(rows_of(book, BOOK)) == 1
    assert signals_of(pages.workbook([(*auction(), 9)], (*COLUMNS, "Median €/tCO2")), BOOK) == []


@pytest.mark.parametrize(
    "columns",
    [
        [c.replace("Auction Price €/tCO2", "Auction Price £/tCO2") for c in COLUMNS],
        [c.replace("Status", "") for c in COLUMNS],
        [c.replace("Auction Volume", "Auction Price") for c in COLUMNS],
    ],
    ids=["in pounds", "no status", "two prices"],
)
def test_a_workbook_without_its_columns_is_refused(columns: list[str]) -> None:
    with pytest.raises(LayoutError):
        auctions(auction(), columns=columns)


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(LayoutError, match="unknown_type"):
        rows_of(b"xl/workbook.xml, and nothing else", BOOK)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"status": "cancelled"}, "unknown_status"),
        ({"day": "08.01.2026"}, "bad_date"),
        ({"day": 45658}, "other_year"),
        ({"price": "n/a"}, "bad_number"),
        ({"price": Decimal("61.0512")}, "bad_number"),
        ({"volume": Decimal("300.5")}, "bad_number"),
    ],
)
def test_an_auction_that_is_not_understood_is_refused(changed: dict[str, Cell], rule: str) -> None:
    with pytest.raises(Refused) as refused:
        auctions(auction(**changed))
    assert (refused.value.rule, refused.value.table) == (rule, "eu_auctions")


def test_one_auction_stated_in_two_ways_is_refused_both_times() -> None:
    same = auctions(auction(), auction())
    assert same[0] == same[1]
    with pytest.raises(Refused, match="stated_twice"):
        auctions(auction(), auction(price=Decimal("61.06")))


def test_a_note_below_the_auctions_is_none() -> None:
    assert len(auctions(auction(), ("Our own words.", "a note"))) == 1


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"contract": "T4XX"}, "one_of"),
        ({"price": 0}, "price_eur_per_t_is_positive"),
        ({"volume": 0}, "volume_t_is_positive"),
        ({"day": "2026-01-10"}, "auctions_on_weekdays"),
    ],
)
def test_an_auction_that_can_be_none_is_refused(changed: dict[str, Cell], rule: str) -> None:
    found = checked(auctions(auction(**changed)), "eu_auctions")
    assert [breach.rule for breach in found.refused] == [rule]


def test_a_year_without_an_auction_is_suspicious_only_later_on() -> None:
    (signal,) = signals_of(pages.workbook([]), BOOK)
    assert (signal.rule, signal.is_remark) == ("empty_list", False)
    (signal,) = signals_of(pages.workbook([]), BOOK.replace("2026", "2027"))
    assert signal.is_remark


def test_a_long_note_in_the_workbook_hides_no_auction() -> None:
    book = pages.workbook([auction(), auction(name="CAP3 DE Auction"), ("a note " * 60,)], COLUMNS)
    assert len(rows_of(book, BOOK)) == 2
