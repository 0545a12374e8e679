"""Sentences and clauses in English and Chinese, and the language of a text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.languages import is_in
from transforms.text.sentences import (
    ABBREVIATION,
    ENDS_EN,
    ENDS_ZH,
    STOPS_EN,
    STOPS_ZH,
    clause_before,
    sentences,
    spans,
)

PIECES = ["It", " rose", " 5,000", ".", " ", "No.", "7", "约", "3万吨", "。", "；", "!", "”", "\n"]


@pytest.mark.parametrize("ends", [ENDS_EN, ENDS_ZH, STOPS_EN, STOPS_ZH])
@given(parts=st.lists(st.sampled_from(PIECES), max_size=14), is_careful=st.booleans())
def test_sentences_hold_all_words_in_their_order(
    ends: re.Pattern[str], parts: list[str], is_careful: bool
) -> None:
    text = "".join(parts)
    found = list(spans(text, ends, ABBREVIATION if is_careful else None))
    assert "".join("".join(text[a:b] for a, b in found).split()) == "".join(text.split())
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in found)
    assert [end for _, end in found[:-1]] <= [start for start, _ in found[1:]]


@pytest.mark.parametrize(
    ("text", "language", "printed"),
    [
        ("It rose. It fell.", "en", ["It rose.", "It fell."]),
        ("See No. 7. “It fell.” He left.", "en", ["See No. 7.", "“It fell.”", "He left."]),
        ("At 5.5 per cent. up", "en", ["At 5.5 per cent. up"]),
        (
            "成交3万吨。收盘价「5元」；最高6元",
            "zh-HK",
            ["成交3万吨。", "收盘价「5元」；", "最高6元"],
        ),
        (" \n", "en", []),
    ],
)
def test_where_sentences_end(text: str, language: str, printed: list[str]) -> None:
    assert [sentence.printed for sentence in sentences(text, language)] == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Order No. 7 applies, e.g. Article 3. It ends.", 2),
        ("It covers 5.5 Mt. 300 firms report! (All do.)", 3),
    ],
)
def test_numbers_and_examples_end_no_sentence(text: str, printed: int) -> None:
    assert len(list(spans(text, STOPS_EN))) == printed


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("In all, the cap is 5", "the cap is"),
        ("Of 1,500 firms: about 5", "about"),
        ("the cap is 5", "the cap is"),
        ("", ""),
    ],
)
def test_a_clause_goes_back_to_the_last_comma_outside_of_numbers(text: str, clause: str) -> None:
    assert clause_before(text, len(text.removesuffix("5"))) == clause


@pytest.mark.parametrize(
    ("text", "is_english", "is_chinese"),
    [
        ("Core Climate opened", True, False),
        ("Core Climate 于香港推出碳市场平台", False, True),
        ("12 345", False, False),
    ],
)
def test_the_language_of_a_text_is_that_of_its_letters(
    text: str, is_english: bool, is_chinese: bool
) -> None:
    assert (is_in(text, "en"), is_in(text, "zh-HK")) == (is_english, is_chinese)
