"""Strict numbers, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.model import Refused
from transforms.text import numbers


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


@given(st.integers(1, 9999))
def test_chinese_numerals_are_numbers(value: int) -> None:
    digits = "零一二三四五六七八九"
    printed, zero = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            printed += ("零" if zero and printed else "") + digits[digit] + word
            zero = False
        else:
            zero = True
    assert numbers.chinese_number(printed) == value
    assert numbers.chinese_number(str(value)) == value


@given(st.integers(1, 99))
def test_english_words_are_numbers(value: int) -> None:
    printed = in_words(value)
    assert numbers.spelled_number(printed) == numbers.spelled_number(printed.upper()) == value
    assert re.fullmatch(numbers.SPELLED, printed)


SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety"


def in_words(value: int) -> str:
    """Words written out here, not taken from what is tested."""
    small = SMALL.split()
    if value < 20:
        return small[value]
    return TENS.split()[value // 10] + (f"-{small[value % 10]}" if value % 10 else "")


@pytest.mark.parametrize("printed", ["", "zero", "third", "one hundred", "two-", "百"])
def test_no_other_words_are_numbers(printed: str) -> None:
    with pytest.raises(Refused, match="bad_number"):
        numbers.spelled_number(printed)


@pytest.mark.parametrize("printed", ["", "第", "三.五", "万", "3百"])
def test_no_other_characters_are_numerals(printed: str) -> None:
    with pytest.raises(Refused, match="bad_number"):
        numbers.chinese_number(printed)


@given(st.text("0123456789,. a-", max_size=14))
def test_a_number_in_prose_is_found_whole_or_not(text: str) -> None:
    for found in re.finditer(numbers.NUMBER, text):
        assert not re.search(r"[\w.]$|[0-9],$", text[: found.start()])
        assert not re.match(r"[0-9,.]*[0-9]", text[found.end() :])
        assert not re.search(r"[0-9]{4},|,(?![0-9]{3})", found[0])
