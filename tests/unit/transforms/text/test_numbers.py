"""Strict numbers and dates, and the two forms of a text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.model import Refused
from transforms.text import dates, numbers
from transforms.text.plain import without_blanks
from transforms.text.quantities import unit_factor


@pytest.mark.parametrize(
    ("reader", "printed", "value"),
    [
        (numbers.tonnes, "0", 0),
        (numbers.tonnes, "4,103,953", 4103953),
        (numbers.tonnes, "4103953", 4103953),
        (numbers.tonnes, "4103953.00", 4103953),
        (numbers.cny, "210,230,053.25", Decimal("210230053.25")),
        (numbers.cny, "6841289", Decimal("6841289.00")),
        (numbers.cny, "0.5", Decimal("0.50")),
        (numbers.cny, "0.500", Decimal("0.50")),
        (numbers.cny_per_t, "51.23", Decimal("51.23")),
        (numbers.percent, "10.01", Decimal("10.01")),
    ],
)
def test_what_is_printed_is_read_exactly(
    reader: Callable[[str], int | Decimal], printed: str, value: int | Decimal
) -> None:
    found = reader(printed)
    assert (found, type(found)) == (value, type(value))
    assert str(found) == str(value)


@pytest.mark.parametrize("reader", [numbers.tonnes, numbers.cny, numbers.cny_per_t])
@pytest.mark.parametrize(
    "printed",
    [
        "", " 1", "1 ", "-1", "+1", "1,23", "1,2345", "1629,472", "1,629,4", ",629", "1,", "1.",
        ".5", "01", "00", "0,123", "1e5", "1_000", "1.2.3", "１", "٣", "NaN", "inf", "9" * 22,
        "9" * 5000, "1\n",
    ],
)  # fmt: skip
def test_bad_numbers_are_refused(reader: Callable[[str], object], printed: str) -> None:
    with pytest.raises(Refused) as caught:
        reader(printed)
    assert (caught.value.rule, caught.value.value) == ("bad_number", printed)


@pytest.mark.parametrize(
    ("reader", "printed"),
    [
        (numbers.tonnes, "12.5"),
        (numbers.tonnes, "1000000000000000"),
        (numbers.cny, "1.005"),
        (numbers.cny, "1000000000000000000"),
        (numbers.cny_per_t, "10000000000"),
        (numbers.percent, "10000000"),
    ],
)
def test_figures_that_fit_no_column_are_refused(
    reader: Callable[[str], object], printed: str
) -> None:
    with pytest.raises(Refused, match="bad_number"):
        reader(printed)


@settings(deadline=None)
@given(st.integers(0, 10**15 - 1))
def test_tonnes_come_back_from_every_print(value: int) -> None:
    assert numbers.tonnes(f"{value:,}") == numbers.tonnes(str(value)) == value


@settings(deadline=None)
@given(st.integers(0, 10**20 - 1))
def test_yuan_come_back_from_every_print(cents: int) -> None:
    value = Decimal(cents).scaleb(-2)
    found = numbers.cny(f"{value:,.2f}")
    assert found == value
    assert found.as_tuple().exponent == -2


@settings(deadline=None)
@given(st.text("0123456789,.", max_size=12))
def test_a_number_is_read_only_if_it_prints_back(printed: str) -> None:
    try:
        value = numbers.number(printed)
    except Refused:
        return
    assert printed in (f"{value:,}", f"{value}")


@pytest.mark.parametrize(
    ("unit", "base", "factor"),
    [("吨", "t", 1), ("万吨", "t", 10**4), ("亿吨", "t", 10**8), ("亿元", "cny", 10**8)],
)
def test_units(unit: str, base: str, factor: int) -> None:
    assert unit_factor(unit, base) == factor


@pytest.mark.parametrize(("unit", "base"), [("元", "t"), ("亿吨", "cny"), ("千吨", "t"), ("", "t")])
def test_units_of_the_other_kind_are_refused(unit: str, base: str) -> None:
    with pytest.raises(Refused, match="wrong_unit"):
        unit_factor(unit, base)


def test_dates() -> None:
    assert dates.iso_day("2024-02-29") == date(2024, 2, 29)
    assert dates.compact_day("20240229") == date(2024, 2, 29)
    assert dates.day("2024", "2", "29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("reader", "printed"),
    [
        (dates.iso_day, "2023-02-29"),
        (dates.iso_day, "2023-2-9"),
        (dates.iso_day, "20230209"),
        (dates.iso_day, "2023-02-09T00:00"),
        (dates.iso_day, ""),
        (dates.compact_day, "20230230"),
        (dates.compact_day, "2023-02-03"),
        (dates.compact_day, "２０２３０２０３"),
    ],
)
def test_bad_dates_are_refused(reader: Callable[[str], date], printed: str) -> None:
    with pytest.raises(Refused, match="bad_date"):
        reader(printed)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_plain_texts_hold_nothing_blank_and_quotes_are_printed_text(text: str) -> None:
    reading = without_blanks(text)
    assert not any(character.isspace() for character in reading.plain)
    assert reading.quote(0, len(reading.plain)) in reading.printed
    for position, character in enumerate(reading.plain):
        quote = reading.quote(position, position + 1)
        assert len(quote) == 1
        assert character in without_blanks(quote).plain


def test_a_quote_keeps_full_width_forms_and_loses_blanks() -> None:
    reading = without_blanks(" 收盘\u3000价 ５０．１０ 元／吨\u200b，㎏ ")
    assert reading.plain == "收盘价50.10元/吨,kg"
    assert reading.quote(0, 11) == "收盘价５０．１０元／吨"
    assert reading.quote(12, 13) == "㎏"
    assert reading.sentence(5) == "收盘价５０．１０元／吨，㎏"
