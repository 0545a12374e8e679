"""The two forms of a text: what is plain leads back to what was printed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.text.plain import PlainText, one_blank, same_length, squeezed, without_blanks

PIECES = ("t", "Mt", "CO", " ", "2", "e", "eq", "\u00a0", "\n", "“", "’", "—", "5,000", "of", ".")
PROSE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def letters(text: PlainText) -> list[str]:
    """The printed character behind each plain one."""
    return [text.quote(place, place + 1) for place in range(len(text.plain))]


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


@given(st.text("价Ａ％，１２.㎏½\u200b \u3000é", max_size=20), st.data())
def test_a_quote_is_what_was_printed_from_first_to_last(text: str, data: st.DataObject) -> None:
    read = without_blanks(text)
    start = data.draw(st.integers(0, len(read.plain)))
    end = data.draw(st.integers(start, len(read.plain)))
    quote = read.quote(start, end)
    assert quote in read.printed
    assert read.plain[start:end] in without_blanks(quote).plain
    assert bool(quote) == (end > start)


@given(st.text(max_size=40))
@example("\u00a05\u3000ｍ‘")
def test_a_text_of_the_same_length_stays_in_step(text: str) -> None:
    read = same_length(text)
    assert read.printed == text
    assert len(read.plain) == len(text)
    for plain, printed in zip(read.plain, letters(read), strict=True):
        known = {"‘": "'", "’": "'"}
        assert plain in (printed, known.get(printed, unicodedata.normalize("NFKC", printed)))


@settings(deadline=None)
@given(st.one_of(PROSE, st.text(max_size=40)))
@example("600 kt CO 2 eq, and t\u00a0CO 2 e")
def test_each_character_of_plain_english_is_one_that_was_printed(text: str) -> None:
    read = one_blank(text)
    straight = {"‘": "'", "’": "'", "“": '"', "”": '"', "—": "-", "–": "-", "\u2212": "-"}
    assert "".join(straight.get(c, c) for c in letters(read)) == read.plain
    assert one_blank(read.printed) == read
    assert "  " not in read.printed


def test_gases_have_one_form_in_plain_english() -> None:
    read = one_blank("About 1.5 Mt CO 2 eq  (“t CO 2 e”) – or tCO2.")
    assert read.plain == 'About 1.5 MtCO2e ("tCO2e") - or tCO2.'
    start = read.plain.index("MtCO2e")
    assert read.quote(start, start + len("MtCO2")) == "Mt CO 2"
    assert read.quote(read.plain.index('("'), read.plain.index(" -")) == "(“t CO 2 e”)"


@given(st.text(max_size=40))
def test_what_is_squeezed_is_nfkc_without_blanks(text: str) -> None:
    found = squeezed(text)
    assert not any(character.isspace() for character in found)
    assert squeezed(f" {text}\u3000\n") == found


@pytest.mark.parametrize(("text", "plain"), [("ｃａｆé １ ２", "café12"), ("e\u0301", "é")])
def test_what_composes_is_one_character_when_squeezed(text: str, plain: str) -> None:
    assert squeezed(text) == plain
