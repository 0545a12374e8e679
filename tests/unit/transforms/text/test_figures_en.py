"""English figures: every printed one is found, with its value, unit and hedge, and none twice."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.figures import FigureKind, PrintedFigure
from transforms.text.figures.en import scan
from transforms.text.plain import one_blank

SCALES = {"": 1, " thousand": 10**3, " million": 10**6, " billion": 10**9}
UNITS = {
    " tonnes": ("t", 1),
    " MtCO2e": ("t", 10**6),
    " GtCO2": ("t", 10**9),
    "%": ("percent", 1),
    " percent": ("percent", 1),
    " MW": ("MW", 1),
    " tCO2 per MWh": ("tCO2/MWh", 1),
}
HEDGES = ("", "about ", "more than ", "up to ", "approximately ", "at least ", "nearly ")
NUMBERS = st.one_of(
    st.integers(2, 10**6).map(Decimal),
    st.decimals(Decimal("0.01"), Decimal(99999), places=2, allow_nan=False),
).filter(lambda n: not 1900 <= n < 2100)


def one(text: str) -> PrintedFigure:
    (found,) = scan(one_blank(text).plain)
    return found


@given(
    NUMBERS,
    st.sampled_from(sorted(SCALES)),
    st.sampled_from(sorted(UNITS)),
    st.sampled_from(HEDGES),
    st.booleans(),
)
def test_any_amount_has_its_value_unit_and_hedge(
    number: Decimal, scale: str, unit: str, hedge: str, has_commas: bool
) -> None:
    printed = f"{number:,}" if has_commas else f"{number}"
    found = one(f"It is {hedge}{printed}{scale}{unit} now.")
    base, factor = UNITS[unit]
    assert found.kind is FigureKind.MEASURE
    assert (found.value, found.unit) == (number * SCALES[scale] * factor, base)
    assert found.hedge == hedge.strip()


@given(NUMBERS, NUMBERS, st.sampled_from(sorted(UNITS)), st.sampled_from(["-", "–", " to "]))
def test_a_range_has_both_ends_whatever_joins_them(
    first: Decimal, second: Decimal, unit: str, joint: str
) -> None:
    low, high = sorted((first, second))
    if low == high:
        return
    found = one(f"It is {low}{joint}{high}{unit} now.")
    base, factor = UNITS[unit]
    assert (found.value, found.value_to, found.unit) == (low * factor, high * factor, base)


@pytest.mark.parametrize(
    ("text", "value", "value_to", "unit", "hedge"),
    [
        ("4-6 billion tons of CO2e", 4 * 10**9, 6 * 10**9, "t", ""),
        ("from 1.9 % to 2.6 %", "1.9", "2.6", "percent", "from"),
        ("between EUR 55 and EUR 65", 55, 65, "EUR", "between"),
        ("USD 5-10 per tonne", 5, 10, "USD/t", ""),
        ("-59% to -67%", -59, -67, "percent", ""),
        ("ranging from 6.5% to 18.8%", "6.5", "18.8", "percent", "ranging from"),
        ("NZD 30 in all", 30, None, "NZD", ""),
        ("CNY 210 million", 210 * 10**6, None, "CNY", ""),
        ("GBP 22/t", 22, None, "GBP/t", ""),
        ("20 MMTCO2e", 20 * 10**6, None, "t", ""),
        ("88 million short tons", 88 * 10**6, None, "short t", ""),
        ("12,000 tCO2e/yr", 12000, None, "t", ""),
        ("5,000 GT", 5000, None, "GT", ""),
        ("Eighty plants", 80, None, "count", ""),
        ("two hundred and five firms", 205, None, "count", ""),
        ("three billion tonnes", 3 * 10**9, None, "t", ""),
        ("1.5 times as many", "1.5", None, "times", ""),
        ("approximately 2000 power plants", 2000, None, "count", "approximately"),
    ],
)
def test_forms_of_amounts(
    text: str, value: object, value_to: object, unit: str, hedge: str
) -> None:
    found = one(text)
    assert found.value == Decimal(str(value))
    assert found.value_to == (None if value_to is None else Decimal(str(value_to)))
    assert (found.unit, found.hedge) == (unit, hedge)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("on 3 May 2023 and in May 2024, by 2030", ["date"] * 3),
        ("September 29 to October 22, 2014", ["date"]),
        ("2018-2020, fiscal year 2027-28, FY2027 and Q4 2025", ["date"] * 4),
        ("the first half of 2018", ["date"]),
        ("It may be; they march on.", []),
        ("at 9:30 and 4 p.m.", ["time", "time"]),
        ("on the 20th day, the 32nd member", ["ordinal", "ordinal"]),
        ("by 61 votes out of 90 members", ["vote"]),
        ("a 12-year process, the previous 3 months, five to six years", ["duration"] * 3),
        ("stock code: 3060 / 83060 / 9060", ["code"]),
        ("Cathay (0293)", ["code"]),
        ("tel. +852 2522 1122", ["phone"]),
        ("pages 12-14", ["page"]),
        ("Law No. 7552, Directive 2003/87/EC and Order 2020", ["document number"] * 3),
        ("Article 6.4, phase 4, Scope 3", ["ordinal"] * 3),
        ("a note [3] here", ["list mark"]),
        ("CO2, CF4 and N2O", ["formula"] * 3),
        ("2096b firms and A50", ["glued to letters"] * 2),
        ("1,00 firms, 10 000 t", ["malformed"] * 2),
        ("two thirds of it", ["bare number"]),
        ("see https://example.org/2020/5", ["address"]),
    ],
)
def test_what_is_no_measure(text: str, kinds: list[str]) -> None:
    assert [figure.kind.value for figure in scan(one_blank(text).plain)] == kinds


@given(st.text(alphabet="0123456789.,%-()$€ abCNYtonesMGWmilpr/:'\n", max_size=80))
def test_every_digit_of_any_text_stands_in_one_figure(text: str) -> None:
    plain = one_blank(text).plain
    figures = scan(plain)
    spans = [(figure.start, figure.end) for figure in figures]
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    for digit in re.finditer(r"[0-9]", plain):
        assert any(start <= digit.start() < end for start, end in spans), plain


@pytest.mark.parametrize("word", [" ", "1", "1,", "1 ", "a ", "A ", "No. ", "one ", "from ", "$ "])
def test_a_long_run_of_one_thing_costs_what_it_is_long(word: str) -> None:
    """What is quadratic in it takes minutes, not the second that this takes."""
    scan(word * (20_000 // len(word)))
