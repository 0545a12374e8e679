"""What a printed number says, and what nobody may read into it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.contracts.printed_numbers import states_day, states_value


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("3,378家", "3378"),
        ("1,234,567 t", "1234567"),
        ("2.35 亿吨", "235000000"),
        ("3.2億噸", "320000000"),
        ("3千万吨", "30000000"),
        ("2百家", "200"),
        ("1.2万亿元", "1200000000000"),
        ("EUR 5bn", "5000000000"),
        ("95.3 million tonnes", "95300000"),
        ("7.5MtCO2", "7500000"),
        ("12.4②亿元", "1240000000"),  # a footnote mark is no digit
        ("３３７８家", "3378"),
        ("-2.5%", "-2.5"),
        ("40-60元", "60"),
        ("5,000-6,000 t", "6000"),
    ],
)
def test_a_number_is_what_is_printed(printed: str, value: str) -> None:
    assert states_value(printed, Decimal(value), "")


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("12.4②亿元", "1242000000"),  # the mark joins nothing
        ("10⁸ t", "108"),
        ("10⁸ t", "10"),
        ("2½ t", "21"),
        ("2½ t", "2"),
        ("0,5 %", "5"),
        ("0,5 %", "0"),
        ("1.234.567 t", "1.234"),
        ("1,2345 t", "12345"),
        ("3千万吨", "3"),
        ("3千万吨", "3000"),
        ("2亿万吨", "200000000"),
        ("5bn", "5"),
        ("5 k", "5"),
        ("2.35亿吨", "2.35"),
        ("3378家", "378"),
        ("3378家", "337"),
        ("2019-2020年", "-2020"),
        ("5%", "-5"),
        ("五成", "50"),
        ("", "0"),
    ],
)
def test_what_is_not_printed_is_not_read(printed: str, value: str) -> None:
    assert not states_value(printed, Decimal(value), printed)


def test_a_fall_may_be_printed_without_its_sign() -> None:
    assert states_value("5.3%", Decimal("-5.3"), "成交量同比下降5.3%")
    assert states_value("5.3%", Decimal("-5.3"), "volume fell by 5.3%")
    assert not states_value("5.3%", Decimal("-5.3"), "成交量同比增长5.3%")
    assert not states_value("-5.3%", Decimal("5.3"), "下降了-5.3%"), "a printed sign stays"


@given(st.integers(0, 10**12), st.sampled_from(["{:d}家", "{:,d} t", "（{:d}）", "EUR{:,d}"]))
def test_each_whole_number_is_read_as_itself_alone(number: int, form: str) -> None:
    printed = form.format(number)
    assert states_value(printed, Decimal(number), "")
    assert not states_value(printed, Decimal(number + 1), "")
    assert not states_value(printed, Decimal(number * 10 + 1), "")


@example("1①0")
@given(st.text(alphabet="0123456789.,①²½万亿千 -kbn", max_size=12))
def test_no_digit_is_left_out_of_a_number(printed: str) -> None:
    """Of words with one run of digits no value is read that has other digits."""
    for n in range(100):
        if states_value(printed, Decimal(n), ""):
            assert str(n) in printed.replace(",", "").replace(" ", "") or not n


@pytest.mark.parametrize(
    ("printed", "day", "stands"),
    [
        ("12月31日", date(2026, 12, 31), True),
        ("2026年12月31日前", date(2026, 12, 31), True),
        ("2025年12月31日前", date(2026, 12, 31), False),
        ("31 December", date(2026, 12, 31), True),
        ("30 December", date(2026, 12, 31), False),
        ("2026年底", date(2026, 12, 31), True),
        ("6月底", date(2026, 6, 30), True),
        ("年底", date(2026, 12, 31), False),
        ("3378家", date(2026, 12, 31), False),
    ],
)
def test_a_day_is_what_is_printed(printed: str, day: date, *, stands: bool) -> None:
    assert states_day(printed, day) is stands
